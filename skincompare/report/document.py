"""The report: one self-contained HTML file that opens without a network and prints on A4."""

import base64
import hashlib
from html import escape
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from os import PathLike
from string import Template

from skincompare.comparison import Comparison
from skincompare.imaging.subject import Subject
from skincompare.report import pictures, sections, words
from skincompare.report.files import write_text
from skincompare.report.overlays import Overlays

__all__ = ["report_html", "write_report"]


def write_report(comparison: Comparison, path: str | PathLike[str]) -> None:
    """Write the report of a comparison.

    Parameters
    ----------
    comparison : Comparison
        Any comparison; of a refused one the reasons and both photos are shown.
    path : path
        The HTML file.

    Raises
    ------
    OptionError
        When the file cannot be written.
    """
    write_text(path, report_html(comparison))


def report_html(comparison: Comparison, overlays: Overlays | None = None) -> str:
    """Return the report of a comparison as one HTML document.

    Parameters
    ----------
    comparison : Comparison
        Any comparison.
    overlays : Overlays, optional
        Its marks and maps, where they were made already.

    Returns
    -------
    str
        Pictures, style and script inside; the same comparison gives the same text. All names are escaped, and
        the page's own policy lets no other script run and nothing be fetched.
    """
    script = _part("report.js").strip()
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    is_aligned = comparison.alignment.is_aligned
    body = [pictures.picture_section(comparison, overlays)]
    if is_aligned:
        body += [
            sections.forest_section(comparison),
            sections.table_section(comparison),
            sections.reasons_section(comparison),
        ]
    body += [
        sections.flags_section(comparison),
        sections.gate_section(comparison),
        sections.method_section(comparison),
    ]
    before, after = (one.photo.name for one in (comparison.before, comparison.after))
    return Template(_part("report.html")).substitute(
        title=escape(f"Skin comparison: {before} and {after}"),
        css=_part("report.css"),
        js=script,
        script_hash=f"sha256-{digest}",
        pair=_pair(comparison),
        status="aligned" if is_aligned else "refused",
        headline=_headline(comparison),
        body="\n".join(part for part in body if part),
        disclaimer=escape(words.NOT_A_DIAGNOSIS),
        version=escape(_version()),
    )


def _part(name: str) -> str:
    return files("skincompare.report").joinpath(name).read_text(encoding="utf-8")


def _version() -> str:
    try:
        return version("skincompare")
    except PackageNotFoundError:
        return "(not installed)"


def _pair(comparison: Comparison) -> str:
    def entry(name: str, subject: Subject) -> str:
        photo = subject.photo
        captured = escape(words.captured_words(photo))
        return f"<dt>{name}</dt><dd>{escape(photo.name)} <small>{captured}</small></dd>"

    return entry("Before", comparison.before) + entry("After", comparison.after)


def _headline(comparison: Comparison) -> str:
    first, *rest = words.headline(comparison)
    lines = [f'<p class="lead">{escape(first)}</p>']
    if comparison.alignment.is_aligned:
        lines += [f"<p>{escape(one)}</p>" for one in rest]
    else:
        for flag in comparison.alignment.flags:
            lines.append(f'<p>{escape(flag.reason)}</p><p class="advice">{escape(flag.advice)}</p>')
    return "\n".join(lines)
