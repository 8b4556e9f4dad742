"""Numbers and verdicts in plain words: the one place where a change is put into a sentence.

A number never says "improved" and nothing here names an illness. Every sentence about a change carries how much
repeat photographs of unchanged skin differ by themselves.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from skincompare.comparison import Comparison
from skincompare.imaging.light import Light
from skincompare.imaging.mirroring import is_flipped
from skincompare.imaging.scale import Scale
from skincompare.marks import MarkState
from skincompare.measurement import Z95, Change, Effect, Flag, Verdict
from skincompare.metrics.registry import metrics, quantities
from skincompare.photo import Photo
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
from skincompare.report.reasons import ReasonGroup, grouped_cautions, grouped_reasons

__all__ = [
    "MINUS",
    "NOT_A_DIAGNOSIS",
    "VERDICT_SYMBOLS",
    "VERDICT_WORDS",
    "ReasonGroup",
    "alignment_words",
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
    "headline",
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
MAX_NAMED = 4
"""Most regions that a headline names one by one."""


def sentence_for(change: Change, *, with_region: bool = False) -> str:
    """Return one change as a sentence without a full stop.

    Parameters
    ----------
    change : Change
        Any change.
    with_region : bool
        Whether to say where: ``Redness on the left cheek lower by ...``.

    Returns
    -------
    str
        ``Redness lower by 4.1 EI (repeat photos differ by up to 1.9)``; where single features were compared, what
        became of them is added: ``; 12 pores of 87 no longer seen``.
    """
    label = quantity_label(change.metric)
    if with_region:
        label = f"{label} on the {region_label(change.region)}"
    if change.verdict is Verdict.NOT_MEASURABLE:
        reason = next((flag.reason for flag in change.flags if flag.effect is Effect.NOT_MEASURABLE), "")
        return f"{label} not measurable: {reason.rstrip('.')}" if reason else f"{label} not measurable"
    unit = change_unit(change.unit)
    if change.verdict is Verdict.NO_DETECTABLE_CHANGE:
        limit = format_value(change.metric, smallest_detectable(change))
        size = format_change(change.metric, change.change)
        return f"{label}: no detectable change ({size} {unit}; only more than {limit} could be told)"
    size, floor = (format_value(change.metric, abs(one)) for one in (change.change, change.mdc95))
    told = f"{label} {VERDICT_WORDS[change.verdict]} by {size} {unit} (repeat photos differ by up to {floor})"
    features = marks_words(change)
    return f"{told}; {features}" if features else told


def marks_words(change: Change) -> str:
    """Return what became of the features that a change compared one by one; empty when there are none.

    ``12 pores of 87 no longer seen, 3 new``: of those seen in the before photo.
    """
    known = quantities().get(change.metric)
    if known is None or not known.marks or not change.marks:
        return ""
    gone, new = change.count(MarkState.GONE), change.count(MarkState.NEW)
    seen = gone + change.count(MarkState.STILL_THERE)
    if not gone:
        return f"all {seen} {known.marks} still seen" + (f", {new} new" if new else "")
    what = f"1 of {seen} {known.marks}" if gone == 1 else f"{gone} {known.marks} of {seen}"
    return f"{what} no longer seen" + (f", {new} new" if new else "")


def sorted_changes(changes: Iterable[Change], treated: Sequence[str] = ()) -> list[Change]:
    """Return the changes by quantity in the registry's order with redness first, treated regions first."""
    order = [*dict.fromkeys(("redness", *quantities()))]
    listed = list(changes)
    regions = [*dict.fromkeys((*treated, *(change.region for change in listed)))]
    return sorted(
        listed,
        key=lambda one: (
            order.index(one.metric) if one.metric in order else len(order),
            one.metric,
            regions.index(one.region),
        ),
    )


def headline(comparison: Comparison) -> list[str]:
    """Return what the comparison says, in sentences: what changed, what did not, what could not be told.

    Parameters
    ----------
    comparison : Comparison
        Any comparison; a refused one gives its reasons and advice.

    Returns
    -------
    list of str
        At least one sentence, the most important first.
    """
    if not comparison.alignment.is_aligned:
        told = [f"{flag.reason} {flag.advice}".strip() for flag in comparison.alignment.flags]
        return ["These two photos cannot be compared.", *told]
    changes = sorted_changes(comparison.changes, comparison.treated)
    found = [one for one in changes if one.verdict in (Verdict.INCREASED, Verdict.DECREASED)]
    still = [one for one in changes if one.verdict is Verdict.NO_DETECTABLE_CHANGE]
    several = len(comparison.regions) > 1
    sentences = _changed(found, several) + _doubtful(comparison)
    if still:
        begin = "No other detectable change" if found else "No detectable change"
        sentences.append(f"{begin}: {_counted(still, several)}.{_missable(still)}")
    elif not found:
        sentences.append("Nothing could be measured on these two photos.")
    return sentences + _untold(changes, comparison.reference)


def _changed(found: Sequence[Change], several: bool) -> list[str]:
    """Return a sentence for each quantity and direction that changed."""
    groups: dict[tuple[str, Verdict], list[Change]] = {}
    for change in found:
        groups.setdefault((change.metric, change.verdict), []).append(change)
    sentences = []
    for (metric, verdict), members in groups.items():
        if len(members) == 1:
            sentences.append(f"{sentence_for(members[0], with_region=several)}.")
            continue
        unit = change_unit(members[0].unit)
        places = [
            f"{region_label(one.region)} (by {format_value(metric, abs(one.change))} {unit})"
            for one in members[:MAX_NAMED]
        ]
        if len(members) > MAX_NAMED:
            places.append(f"{_regions(len(members) - MAX_NAMED)} more")
        floor = format_value(metric, max(one.mdc95 for one in members))
        sentences.append(
            f"{quantity_label(metric)} {VERDICT_WORDS[verdict]} on the {joined(places)}; "
            f"repeat photos differ by up to {floor}."
        )
    return sentences


def _doubtful(comparison: Comparison) -> list[str]:
    """Return a warning when skin that counts as untreated changed: the other numbers hang on it."""
    if all(flag.code != "reference_changed" for flag in comparison.flags):
        return []
    return [
        "Skin that counts as untreated changed too, so these numbers are in doubt: was all that was treated named?"
    ]


def _missable(changes: Sequence[Change]) -> str:
    """Return how large a change of the headline quantity could have gone unseen."""
    first = [one for one in changes if one.metric == changes[0].metric]
    limits = sorted(max(one.mdc95, Z95 * one.sigma) for one in first)
    unit = change_unit(first[0].unit)
    least, most = (format_value(first[0].metric, limit) for limit in (limits[0], limits[-1]))
    size = least if least == most else f"{least} to {most}"
    return (
        f" A change of {quantity_label(first[0].metric).lower()} below {size} {unit} could not be seen here."
    )


def _counted(changes: Sequence[Change], several: bool) -> str:
    counts: dict[str, int] = {}
    for change in changes:
        counts[change.metric] = counts.get(change.metric, 0) + 1
    return joined(
        quantity_label(name).lower() + (f" on {_regions(count)}" if several else "")
        for name, count in counts.items()
    )


def pair_flags(comparison: Comparison) -> tuple[Flag, ...]:
    """Return the circumstances of the pair that neither the headline nor the grouped reasons tell, each once."""
    if not comparison.alignment.is_aligned:
        told = set(comparison.alignment.flags)
        return tuple(dict.fromkeys(flag for flag in comparison.flags if flag not in told))
    codes = {group.code for group in grouped_reasons(comparison.changes)}
    flags = (flag for flag in comparison.light.flags if flag.code not in codes)
    return tuple(dict.fromkeys((*comparison.flags, *flags)))


def _regions(count: int) -> str:
    return f"{count} region" if count == 1 else f"{count} regions"


def _untold(changes: Sequence[Change], reference: Sequence[str]) -> list[str]:
    """Return a sentence for each reason that forbids the headline number of a metric on every region."""
    told = {one.metric for one in changes if is_measurable(one)}
    wanted = {spec.quantities[0].name for spec in metrics().values()} - told
    groups = grouped_reasons([one for one in changes if one.metric in wanted], reference)
    by_code: dict[str, list[ReasonGroup]] = {}
    named: set[str] = set()
    for group in sorted(groups, key=lambda one: -len(one.regions)):
        if named.issuperset(group.quantities):
            continue
        named.update(group.quantities)
        by_code.setdefault(group.code, []).append(group)
    sentences = []
    for members in by_code.values():
        names = dict.fromkeys(name for group in members for name in group.quantities)
        labels = capitalised(joined(quantity_label(name).lower() for name in names))
        why = " ".join(group.reasons[0] for group in members)
        sentences.append(f"{labels} could not be told. {why} {members[0].advice}".rstrip())
    return sentences


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
