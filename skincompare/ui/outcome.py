"""What is kept of a comparison once its pixels are gone: numbers, sentences, encoded pictures, files to download.

A comparison holds some 300 MB of pictures and masks; this holds 2 MB, so that results can be kept and shown again at
once.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from skincompare.compare import Comparison
from skincompare.measurement import Change, Flag
from skincompare.photo import Photo
from skincompare.report import words
from skincompare.report.document import report_html
from skincompare.report.gate import gate_sentence, gate_table
from skincompare.report.overlays import overlays_of
from skincompare.report.viewer_pair import viewer_pair

__all__ = ["Outcome", "outcome_of"]


@dataclass(frozen=True, eq=False)
class Outcome:
    """A comparison as the page shows it.

    Parameters
    ----------
    is_aligned : bool
        Whether the photos could be compared.
    mirrored : tuple of str, or None
        The sha256 of both files, where one photo is the mirror image of the other: what a flip is remembered by.
    unchecked : tuple of str, or None
        The sha256 of both files, where it could not be checked that both photos show the same person.
    headline : tuple of str
        Sentences, the most important first.
    changes : tuple of Change
        All numbers.
    treated, light_references : tuple of str
        Regions that were treated, and those that told the light.
    pair_flags, light_flags : tuple of Flag
        Circumstances of the pair, and of its light.
    facts : tuple of (str, str)
        How it was measured: name and text.
    gate : tuple of str
        Whether the photos may be compared: the answer, and the table of checks as HTML.
    notes : tuple of str
        A few words on the before and on the after photo.
    pair : dict
        The pictures as the viewer takes them.
    file_stem : str
        Name of the files to download, without its ending.
    report, numbers : bytes
        The report as HTML, the numbers as JSON.
    """

    is_aligned: bool
    mirrored: tuple[str, str] | None
    unchecked: tuple[str, str] | None
    headline: tuple[str, ...]
    changes: tuple[Change, ...]
    treated: tuple[str, ...]
    light_references: tuple[str, ...]
    pair_flags: tuple[Flag, ...]
    light_flags: tuple[Flag, ...]
    facts: tuple[tuple[str, str], ...]
    notes: tuple[str, str]
    pair: dict[str, Any]
    file_stem: str
    report: bytes
    numbers: bytes
    gate: tuple[str, str] = ("", "")


def outcome_of(comparison: Comparison) -> Outcome:
    """Return all that a page needs of a comparison, so that its pixels can be let go."""
    before, after = comparison.before.photo, comparison.after.photo
    files = before.sha256, after.sha256
    codes = {flag.code for flag in comparison.alignment.flags}
    overlays = overlays_of(comparison)
    report = report_html(comparison, overlays).encode()
    # A name of its own for each content: Streamlit tells large files apart by name, length and samples only.
    mark = hashlib.sha256(report).hexdigest()[:6]
    return Outcome(
        is_aligned=comparison.alignment.is_aligned,
        mirrored=files if "mirrored" in codes else None,
        unchecked=files if "no_fine_detail" in codes else None,
        headline=tuple(words.headline(comparison)),
        changes=comparison.changes,
        treated=comparison.treated,
        light_references=tuple(one.name for one in comparison.light.references),
        pair_flags=comparison.flags,
        light_flags=comparison.light.flags,
        facts=_facts(comparison),
        notes=(_note(before), _note(after)),
        pair=viewer_pair(comparison, overlays),
        file_stem=f"skincompare-{before.sha256[:8]}-{after.sha256[:8]}-{mark}",
        report=report,
        numbers=json.dumps(comparison.to_dict(), indent=1).encode(),
        gate=(
            gate_sentence(comparison.comparability, is_aligned=comparison.alignment.is_aligned),
            gate_table(comparison.comparability, "sc-gate"),
        ),
    )


def _facts(comparison: Comparison) -> tuple[tuple[str, str], ...]:
    return (
        ("Alignment", words.alignment_words(comparison)),
        ("Light", words.light_words(comparison.light)),
        ("Scale, before", words.scale_words(comparison.scales[0])),
        ("Scale, after", words.scale_words(comparison.scales[1])),
        ("Before photo", _photo_words(comparison.before.photo)),
        ("After photo", _photo_words(comparison.after.photo)),
    )


def _photo_words(photo: Photo) -> str:
    return f"{photo.name}, {photo.width} × {photo.height} px, {words.captured_words(photo)}{words.flipped_words(photo)}"


def _note(photo: Photo) -> str:
    """Return the day a photo was taken, where the camera wrote it, and the name of its file."""
    if photo.captured is None or photo.captured.source != "exif":
        return photo.name
    taken = photo.captured.local
    return f"{taken.day} {taken:%B %Y} · {photo.name}"
