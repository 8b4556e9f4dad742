"""Flags of many changes, brought together: one entry for each reason instead of one for each number."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from skincompare.imaging.light import OWN_REFERENCE
from skincompare.measurement import Change, Effect, Flag, Measurement
from skincompare.metrics.registry import quantities
from skincompare.report.labels import (
    capitalised,
    is_measurable,
    joined,
    quantity_label,
    region_label,
    smallest_detectable,
)

__all__ = [
    "ReasonGroup",
    "grouped_cautions",
    "grouped_reasons",
    "grouped_unconfirmed",
    "grouped_withheld",
    "measured_cautions",
]

MAX_SENTENCES = 2
"""Most sentences of one kind that are spelled out."""
MAX_NAMED = 4
"""Most regions that a line names one by one."""
VERBS: Mapping[Effect, str] = MappingProxyType(
    {
        Effect.NOTE: "noted",
        Effect.WIDER_ERROR: "less certain",
        Effect.UNCONFIRMED: "beyond the error, but not confirmed",
        Effect.NOT_MEASURABLE: "not measurable",
    }
)
UNKNOWN_ERROR = Flag(
    "unknown_error",
    "The error of this number is not known, so nothing is said of its change.",
    "Take the photograph again, closer and in even light.",
    Effect.NOT_MEASURABLE,
)
Number = Change | Measurement
Pairs = Sequence[tuple[Number, Flag]]


@dataclass(frozen=True, slots=True)
class ReasonGroup:
    """One reason, and all numbers that it bears on.

    Parameters
    ----------
    code : str
        The flag's code.
    effect : Effect
        What it does to the numbers.
    quantities, regions : tuple of str
        Names of what it bears on, in the order of the changes.
    reasons : tuple of str
        Its sentences, each once.
    advice : str
        What to do; may be empty.
    """

    code: str
    effect: Effect
    quantities: tuple[str, ...]
    regions: tuple[str, ...]
    reasons: tuple[str, ...]
    advice: str

    @property
    def what(self) -> str:
        """The quantities in words: ``Pores and roughness``."""
        if len(self.quantities) == len(quantities()):
            return "All quantities"
        return capitalised(joined(quantity_label(name).lower() for name in self.quantities))

    @property
    def where(self) -> str:
        """The regions in words: named when they are few, else counted."""
        if len(self.regions) <= MAX_NAMED:
            return joined(region_label(name) for name in self.regions)
        return f"{len(self.regions)} regions"

    @property
    def why(self) -> str:
        """The sentences, the first of them spelled out."""
        left = len(self.reasons) - MAX_SENTENCES
        more = f" And {left} more like {'it' if left == 1 else 'them'}." if left > 0 else ""
        return " ".join(self.reasons[:MAX_SENTENCES]) + more

    @property
    def line(self) -> str:
        """All of it in one line."""
        return f"{self.what}: {VERBS[self.effect]} on {self.where}. {self.why} {self.advice}".rstrip()


def grouped_reasons(changes: Iterable[Change], reference: Sequence[str] = ()) -> tuple[ReasonGroup, ...]:
    """Return why numbers are not measurable, each reason once.

    Where several reasons forbid one number, the reason that forbids most numbers is given.

    Parameters
    ----------
    changes : iterable of Change
        Measurable ones are passed over.
    reference : sequence of str
        Regions that told the light: a single one is told so instead of "no reference".

    Returns
    -------
    tuple of ReasonGroup
        The one that bears on most numbers first.
    """
    open_changes = [change for change in changes if not is_measurable(change)]
    candidates = [_forbidding(change, reference) for change in open_changes]
    return _leading(open_changes, candidates)


def grouped_withheld(measurements: Iterable[Measurement]) -> tuple[ReasonGroup, ...]:
    """Return why numbers of a single photo are withheld, each reason once, as :func:`grouped_reasons` does."""
    withheld = [one for one in measurements if math.isnan(one.value)]
    candidates = [
        [flag for flag in one.flags if flag.effect is Effect.NOT_MEASURABLE] or [UNKNOWN_ERROR]
        for one in withheld
    ]
    return _leading(withheld, candidates)


def measured_cautions(measurements: Iterable[Measurement]) -> tuple[ReasonGroup, ...]:
    """Return what makes numbers of a single photo less certain, each reason once."""
    return _grouped(
        [
            (one, flag)
            for one in measurements
            if not math.isnan(one.value)
            for flag in one.flags
            if flag.effect is Effect.WIDER_ERROR
        ]
    )


def _leading(numbers: Sequence[Number], candidates: Sequence[list[Flag]]) -> tuple[ReasonGroup, ...]:
    """Give each number the one of its reasons that forbids most numbers, and group them."""
    counts = Counter(code for flags in candidates for code in dict.fromkeys(flag.code for flag in flags))
    leading = [max(flags, key=lambda flag: counts[flag.code]) for flags in candidates]
    return _grouped(list(zip(numbers, leading, strict=True)))


def grouped_cautions(changes: Iterable[Change], pair_wide: Iterable[Flag] = ()) -> tuple[ReasonGroup, ...]:
    """Return what makes measurable numbers less certain, each reason once.

    Parameters
    ----------
    changes : iterable of Change
        Those that are not measurable are passed over.
    pair_wide : iterable of Flag
        Flags that are told elsewhere, left out here.

    Returns
    -------
    tuple of ReasonGroup
        The one that bears on most numbers first.
    """
    told = set(pair_wide)
    return _grouped(
        [
            (change, flag)
            for change in changes
            if is_measurable(change)
            for flag in change.flags
            if flag.effect is Effect.WIDER_ERROR and flag not in told
        ]
    )


def grouped_unconfirmed(changes: Iterable[Change]) -> tuple[ReasonGroup, ...]:
    """Return why numbers beyond their error are no change all the same, each reason once.

    Parameters
    ----------
    changes : iterable of Change
        Those within their error, and those that are not measurable, are passed over.

    Returns
    -------
    tuple of ReasonGroup
        The one that bears on most numbers first.
    """
    return _grouped(
        [
            (change, flag)
            for change in changes
            if is_measurable(change) and abs(change.change) > smallest_detectable(change)
            for flag in change.flags
            if flag.effect is Effect.UNCONFIRMED
        ]
    )


def _forbidding(change: Change, reference: Sequence[str]) -> list[Flag]:
    flags = [flag for flag in change.flags if flag.effect is Effect.NOT_MEASURABLE] or [UNKNOWN_ERROR]
    if tuple(reference) == (change.region,):
        flags = [OWN_REFERENCE if flag.code == "no_reference" else flag for flag in flags]
    return flags


def _grouped(pairs: Pairs) -> tuple[ReasonGroup, ...]:
    """Group by code; sentences that are the same on every region of a quantity stay apart from other ones."""
    texts: dict[tuple[str, str], set[str]] = {}
    for change, flag in pairs:
        texts.setdefault((flag.code, change.metric), set()).add(_without_label(change, flag))
    groups: dict[tuple[str, str], list[tuple[Number, Flag]]] = {}
    for change, flag in pairs:
        own = texts[flag.code, change.metric]
        groups.setdefault((flag.code, min(own) if len(own) == 1 else ""), []).append((change, flag))
    made = [_group(members) for members in groups.values()]
    sizes = [len(members) for members in groups.values()]
    return tuple(made[index] for index in sorted(range(len(made)), key=lambda one: -sizes[one]))


def _group(members: Pairs) -> ReasonGroup:
    first = members[0][1]
    names = tuple(dict.fromkeys(change.metric for change, _ in members))
    reasons = dict.fromkeys(flag.reason for _, flag in members)
    if len(names) > 1 and len({_without_label(change, flag) for change, flag in members}) == 1:
        reasons = dict.fromkeys([_without_label(*members[0])])
    return ReasonGroup(
        first.code,
        first.effect,
        names,
        tuple(dict.fromkeys(change.region for change, _ in members)),
        tuple(reasons),
        first.advice,
    )


def _without_label(change: Number, flag: Flag) -> str:
    """Return the sentence with ``Each`` in place of the quantity's name, so that quantities can share it."""
    label = quantity_label(change.metric)
    return f"Each{flag.reason[len(label) :]}" if flag.reason.startswith(f"{label} ") else flag.reason
