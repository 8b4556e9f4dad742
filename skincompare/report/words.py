"""Numbers and verdicts in plain words: the one place where a change is put into a sentence.

A number never says "improved" and nothing here names an illness. Every sentence about a change carries how much
repeat photographs of unchanged skin differ by themselves.
"""

import math
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from skincompare.comparison import Comparison
from skincompare.imaging.light import Light
from skincompare.imaging.mirroring import is_flipped
from skincompare.imaging.scale import Scale
from skincompare.measurement import Change, Flag
from skincompare.photo import Photo
from skincompare.report.headlines import (
    headline,
    headline_of,
    marks_words,
    sentence_for,
    sorted_changes,
)
from skincompare.report.labels import (
    MINUS,
    VERDICT_SYMBOLS,
    VERDICT_WORDS,
    capitalised,
    change_unit,
    change_with_sigma,
    effect_words,
    format_change,
    format_number,
    format_value,
    is_measurable,
    joined,
    quantity_label,
    region_label,
    smallest_detectable,
)
from skincompare.report.reasons import (
    ReasonGroup,
    grouped_cautions,
    grouped_reasons,
    grouped_unconfirmed,
)

__all__ = [
    "LIGHT_TAKEN_OFF",
    "MINUS",
    "MOVED",
    "NOT_A_DIAGNOSIS",
    "PAIRED_NOTE",
    "VERDICT_SYMBOLS",
    "VERDICT_WORDS",
    "ReasonGroup",
    "alignment_words",
    "are_paired",
    "capitalised",
    "captured_words",
    "change_unit",
    "change_with_sigma",
    "effect_words",
    "flipped_words",
    "format_change",
    "format_number",
    "format_value",
    "grouped_cautions",
    "grouped_reasons",
    "grouped_unconfirmed",
    "headline",
    "headline_of",
    "is_measurable",
    "joined",
    "light_words",
    "marks_words",
    "matched_words",
    "pair_flags",
    "quantity_label",
    "region_errors",
    "region_label",
    "scale_words",
    "sentence_for",
    "smallest_detectable",
    "sorted_changes",
]

NOT_A_DIAGNOSIS = (
    "A measurement of two photographs, not a diagnosis. Show what worries you to your clinician."
)
MOVED = (
    "The after picture is moved so that the same skin lies at the same place. This is for the eye only: all numbers "
    "are measured in each photo's own pixels."
)
"""What was done to the picture of an aligned pair."""
LIGHT_TAKEN_OFF = (
    "What the light alone did to redness is told by untreated skin and taken off every change of colour."
)
"""What was done to the numbers of colour."""
PAIRED_NOTE = (
    "This change was measured by itself: on the same features in both photos, less what untreated skin shows. So it "
    "need not be the difference of the two values beside it, which were measured each on its own."
)
"""Why before, after and change of some numbers do not add up."""
SCALE_SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "iris": "by the width of the iris (11.7 ± 0.5 mm in adults)",
        "marker": "by the printed marker",
        "given": "as typed in",
        "unknown": "no ruler found",
    }
)
LEAST_MM = 0.01
"""Smallest length that is spelled out, mm."""
LEAST_BRIGHTENING = 0.03
"""Smallest change of brightness that is told."""


def pair_flags(comparison: Comparison) -> tuple[Flag, ...]:
    """Return the circumstances of the pair that neither the headline nor the grouped reasons tell, each once."""
    if not comparison.alignment.is_aligned:
        told = set(comparison.alignment.flags)
        return tuple(dict.fromkeys(flag for flag in comparison.flags if flag not in told))
    codes = {group.code for group in grouped_reasons(comparison.changes)}
    flags = (flag for flag in comparison.light.flags if flag.code not in codes)
    return tuple(dict.fromkeys((*comparison.flags, *flags)))


def are_paired(changes: Iterable[Change]) -> bool:
    """Return whether some changes that can be told were measured themselves, so that before and after do not add up."""
    return any(one.is_paired and is_measurable(one) for one in changes)


def alignment_words(comparison: Comparison) -> str:
    """Return how well the photos were aligned, with the error in px and mm, and where it is least and greatest."""
    alignment = comparison.alignment
    if not alignment.is_aligned:
        return "Refused"
    points = alignment.points
    marked = f" with {points} point pairs marked by hand" if points else ""
    text = f"Aligned{marked}, typical error {alignment.error_px:.1f} px"
    millimetres = alignment.error_mm(comparison.scales[0].px_per_mm)
    if not math.isnan(millimetres):
        text += f" ({_length(millimetres)} mm)"
    errors = region_errors(comparison)
    if len({size for _, size in errors}) < 2:
        return text
    (most, largest), (least, smallest) = errors[0], errors[-1]
    return f"{text}, by region from {smallest} ({least}) to {largest} ({most})"


def region_errors(comparison: Comparison) -> list[tuple[str, str]]:
    """Return the stated error of the alignment in each region, the largest first.

    Parameters
    ----------
    comparison : Comparison
        Any comparison.

    Returns
    -------
    list of (str, str)
        Region and length with its unit, in mm where the scale is known; regions that show nothing are left out.
    """
    known = sorted(
        (one for one in comparison.regions if not math.isnan(one.error_px)), key=lambda one: -one.error_px
    )
    px_per_mm = comparison.scales[0].px_per_mm
    if math.isnan(px_per_mm):
        return [(region_label(one.name), f"{one.error_px:.1f} px") for one in known]
    return [(region_label(one.name), f"{_length(one.error_px / px_per_mm)} mm") for one in known]


def _length(millimetres: float) -> str:
    return f"{millimetres:.2f}" if millimetres >= LEAST_MM else f"below {LEAST_MM}"


def light_words(light: Light) -> str:
    """Return by what the light was told, with its error."""
    if not light.references:
        return "Not known: no untreated skin was named, so no change of colour can be told"
    shift = format_number(light.shift.u, 1, signed=True)
    places = joined(region_label(one.name) for one in light.references)
    return (
        f"Told by {light.rung.value} ({places}): the light alone shifts redness by "
        f"{shift} ± {light.shift.sigma_u:.1f} EI, which is taken off"
    )


def matched_words(comparison: Comparison) -> str:
    """Return what was changed in the picture whose light is matched; empty where there is none."""
    found = comparison.matched_after
    if found is None:
        return ""
    light, brightening = comparison.light, found[1]
    parts = [f"colour by {format_number(-light.shift.u, 1, signed=True)} EI"]
    if abs(brightening - 1) >= LEAST_BRIGHTENING:
        parts.append(f"brightness to {brightening:.0%}")
    if light.tone.bend:
        parts.append("tone curve")
    return f"For the eye only: the after photo is shown in the light of the before photo ({joined(parts)})."


def scale_words(scale: Scale) -> str:
    """Return the scale of a photo with its error and source."""
    source = SCALE_SOURCES.get(scale.source, scale.source)
    if not scale.is_known:
        return f"not known: {source}"
    return f"{scale.px_per_mm:.1f} ± {scale.sigma:.1f} px/mm, {source}"


def captured_words(photo: Photo) -> str:
    """Return when a photo was taken, and who says so."""
    if photo.captured is None:
        return "capture time not known"
    moment = f"{photo.captured.local:%Y-%m-%d %H:%M}"
    if photo.captured.source == "exif":
        return f"taken {moment}"
    return f"file of {moment} (copying may change this date)"


def flipped_words(photo: Photo) -> str:
    """Return what is added where a photo was flipped, or nothing."""
    return ", flipped left-right for this comparison" if is_flipped(photo) else ""
