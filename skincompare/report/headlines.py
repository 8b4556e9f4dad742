"""What a comparison says, in sentences: each change with how much repeat photographs differ by themselves."""

from collections.abc import Iterable, Sequence

from skincompare.comparison import Comparison
from skincompare.marks import MarkState
from skincompare.measurement import Z95, Change, Effect, Flag, Verdict
from skincompare.metrics.registry import metrics, quantities
from skincompare.report.labels import (
    VERDICT_WORDS,
    capitalised,
    change_unit,
    format_change,
    format_value,
    is_measurable,
    joined,
    quantity_label,
    region_label,
    smallest_detectable,
)
from skincompare.report.reasons import ReasonGroup, grouped_reasons

__all__ = ["headline", "headline_of", "marks_words", "sentence_for", "sorted_changes"]

MAX_NAMED = 4
"""Most regions that a headline names one by one."""
BESIDE = "Beside the treated skin: "
"""How a sentence begins about skin that was not named as treated."""


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
    return headline_of(
        comparison.changes,
        treated=comparison.treated,
        reference=comparison.reference,
        flags=comparison.flags,
        several=len(comparison.regions) > 1,
    )


def headline_of(
    changes: Iterable[Change],
    *,
    treated: Sequence[str] = (),
    reference: Sequence[str] = (),
    flags: Iterable[Flag] = (),
    several: bool = True,
) -> list[str]:
    """Return what the changes of an aligned pair say, in sentences, the most important first.

    Parameters
    ----------
    changes : iterable of Change
        Of one pair.
    treated, reference : sequence of str
        Regions.
    flags : iterable of Flag
        Circumstances of the pair.
    several : bool
        Whether more than one region was looked at, so that each is named.

    Returns
    -------
    list of str
        At least one sentence.
    """
    ordered = sorted_changes(changes, treated)
    found = [one for one in ordered if one.verdict in (Verdict.INCREASED, Verdict.DECREASED)]
    still = [one for one in ordered if one.verdict is Verdict.NO_DETECTABLE_CHANGE]
    inside = [one for one in found if not treated or one.region in treated]
    outside = [one for one in found if treated and one.region not in treated]
    same = [one for one in still if one.region in treated]
    hidden = [
        one
        for one in ordered
        if one.metric == "redness" and one.region in treated and one.verdict is Verdict.NOT_MEASURABLE
    ]
    sentences = _changed(inside, several)
    if hidden and not any(one.metric == "redness" for one in inside):
        where = joined(region_label(one.region) for one in hidden)
        why = next((flag for flag in hidden[0].flags if flag.effect is Effect.NOT_MEASURABLE), None)
        because = f" {why.reason} {why.advice}".rstrip() if why else ""
        sentences.insert(0, f"Redness on the {where} could not be told.{because}")
    elif not inside and outside and same:
        sentences.append(f"No detectable change on the treated skin.{_missable(same)}")
    sentences += [f"{BESIDE}{one[:1].lower()}{one[1:]}" for one in _changed(outside, several)]
    sentences += _doubtful(flags)
    if still:
        begin = "No other detectable change" if found else "No detectable change"
        sentences.append(f"{begin}: {_counted(still, several)}.{_missable(still)}")
    elif not found:
        sentences.append("Nothing could be measured on these two photos.")
    return sentences + _untold(ordered, reference)


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


def _doubtful(flags: Iterable[Flag]) -> list[str]:
    """Return a warning when skin that counts as untreated changed: the other numbers hang on it."""
    if all(flag.code != "reference_changed" for flag in flags):
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
