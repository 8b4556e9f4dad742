"""What a document says of one pair, in words and numbers: made of a comparison, or of what is stored of one."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from skincompare.comparison import Comparison
from skincompare.imaging.mirroring import is_flipped
from skincompare.imaging.scale import Scale
from skincompare.imaging.subject import Subject
from skincompare.measurement import Change, Flag
from skincompare.metrics.registry import metrics
from skincompare.report import words
from skincompare.report.gate import GateRow, gate_rows, gate_sentence
from skincompare.report.locale import date_words

__all__ = ["PairSheet", "PhotoFacts", "day_words", "method_lines", "sheet_of"]


@dataclass(frozen=True, slots=True)
class PhotoFacts:
    """What a document says of a photo. Its file name is left out: it may hold a person's name.

    Parameters
    ----------
    taken : str
        The day, in words; says so where it is not known.
    day : str
        ``Day 3``, or empty.
    lines : tuple of str
        Size, kind of file, scale.
    sha256 : str
        Of the file.
    """

    taken: str
    day: str
    lines: tuple[str, ...]
    sha256: str

    @property
    def label(self) -> str:
        """Day and date, as far as they are known."""
        return ", ".join(filter(None, (self.day, self.taken)))


@dataclass(frozen=True, eq=False)
class PairSheet:
    """What a document says of one pair.

    Parameters
    ----------
    before, after : PhotoFacts
        The photos.
    is_aligned : bool
        Whether the pair could be compared.
    headline : tuple of str
        What changed, the most important first.
    changes : tuple of Change
        All of them.
    treated, reference : tuple of str
        Regions.
    notes : tuple of Flag
        Circumstances of the pair.
    gate_answer : str
        Whether the photos may be compared, in a sentence; empty when it is not stored.
    gate : tuple of GateRow
        Check by check.
    facts : tuple of (str, str)
        How it was measured.
    corrections : tuple of str
        What was corrected in numbers and pictures.
    software : str
        Version that measured.
    """

    before: PhotoFacts
    after: PhotoFacts
    is_aligned: bool
    headline: tuple[str, ...]
    changes: tuple[Change, ...]
    treated: tuple[str, ...] = ()
    reference: tuple[str, ...] = ()
    notes: tuple[Flag, ...] = ()
    gate_answer: str = ""
    gate: tuple[GateRow, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    corrections: tuple[str, ...] = ()
    software: str = ""


def sheet_of(comparison: Comparison, *, software: str, days: tuple[str, str] = ("", "")) -> PairSheet:
    """Return what a document says of a comparison.

    Parameters
    ----------
    comparison : Comparison
        Any; a refused one gives its reasons.
    software : str
        Version of this program.
    days : (str, str)
        Words for the day of each photo, where a course knows it.
    """
    is_aligned = comparison.alignment.is_aligned
    facts = [("Alignment", words.alignment_words(comparison))]
    if is_aligned:
        facts += [("Light", words.light_words(comparison.light))]
        facts += [("Metrics", line) for line in method_lines(comparison.changes)]
    return PairSheet(
        before=_photo(comparison.before, comparison.scales[0], days[0]),
        after=_photo(comparison.after, comparison.scales[1], days[1]),
        is_aligned=is_aligned,
        headline=tuple(words.headline(comparison)),
        changes=comparison.changes,
        treated=comparison.treated,
        reference=comparison.reference,
        notes=words.pair_flags(comparison),
        gate_answer=gate_sentence(comparison.comparability, is_aligned=is_aligned),
        gate=gate_rows(comparison.comparability),
        facts=tuple(facts),
        corrections=tuple(_corrections(comparison)),
        software=software,
    )


def method_lines(changes: Sequence[Change]) -> tuple[str, ...]:
    """Return each metric that was run, with its version and where its formula comes from."""
    used = dict.fromkeys((one.after.method.name, one.after.method.version) for one in changes)
    lines = []
    for name, version in used:
        spec = metrics().get(name)
        source = f": {spec.source}." if spec else "."
        lines.append(f"{words.capitalised(name)}, version {version}{source}")
    return tuple(lines)


def day_words(day: float, *, is_baseline: bool = False) -> str:
    """Return a day of a course: ``Before``, ``Day 0``, ``Day 3``."""
    if is_baseline or day < 0:
        return "Before"
    return f"Day {math.floor(day + 0.5)}"


def _photo(subject: Subject, scale: Scale, day: str) -> PhotoFacts:
    photo = subject.photo
    taken = "date not known"
    if photo.captured is not None and photo.captured.source == "exif":  # a file's own time is this machine's
        taken = f"{date_words(photo.captured.local)}, {photo.captured.local:%H:%M}"
    profile = photo.colour_profile or "none, taken for sRGB"
    return PhotoFacts(
        taken=taken,
        day=day,
        lines=(
            f"{photo.width} × {photo.height} pixels, {photo.file_format}, colour profile: {profile}",
            f"Scale: {words.scale_words(scale)}",
        ),
        sha256=photo.sha256,
    )


def _corrections(comparison: Comparison) -> list[str]:
    """Return what was corrected, in numbers and in pictures."""
    told = []
    for name, subject in (("before", comparison.before), ("after", comparison.after)):
        if is_flipped(subject.photo):
            told.append(f"The {name} photo was flipped left-right, as asked for.")
        profile = subject.photo.colour_profile
        if profile and "srgb" not in profile.lower():
            told.append(f"The {name} photo's colours were converted from {profile} to sRGB.")
    if not comparison.alignment.is_aligned:
        return told
    told.append(words.MOVED)
    light = comparison.light
    if not math.isnan(light.shift.u):
        shift = words.format_number(light.shift.u, 1, signed=True)
        told.append(
            f"The light alone shifts redness by {shift} ± {light.shift.sigma_u:.1f} EI between the photos; this is "
            "taken off every change of colour."
        )
        if light.tone.bend:
            told.append("The tone curve of the after photo was straightened before colours were compared.")
    return told
