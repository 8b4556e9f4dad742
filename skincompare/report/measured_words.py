"""A single photo's numbers in words: values with their error, and what they are worth. No verdicts."""

import math
from collections.abc import Sequence

from skincompare.measured import Measured
from skincompare.measurement import Effect, Measurement
from skincompare.metrics.registry import quantities
from skincompare.report.labels import (
    MISSING,
    capitalised,
    format_number,
    joined,
    quantity_label,
    region_label,
)

__all__ = ["level_words", "measured_notes", "measured_rows", "value_with_sigma"]

USUAL_DECIMALS, MOST_DECIMALS = 2, 4
"""Digits after the point of a quantity that the registry does not know, and at most."""


def measured_rows(measured: Measured) -> list[tuple[str, str, str, str]]:
    """Return what was measured, by quantity as the registry lists them.

    Parameters
    ----------
    measured : Measured
        Of any photo.

    Returns
    -------
    list of tuple
        Region, quantity, value ± one standard deviation, unit.
    """
    order = [*quantities()]
    known = [one for one in measured.measurements if not math.isnan(one.value)]
    known.sort(key=lambda one: order.index(one.metric))
    return [
        (
            capitalised(region_label(one.region)),
            quantity_label(one.metric),
            value_with_sigma(one),
            one.unit,
        )
        for one in known
    ]


def value_with_sigma(one: Measurement) -> str:
    """Return ``22.6 ± 6.0``, one standard deviation; with more digits where the error would read as none, or a dash."""
    if math.isnan(one.value):
        return MISSING
    known = quantities().get(one.metric)
    decimals = known.decimals if known is not None else USUAL_DECIMALS
    if one.sigma > 0:
        decimals = max(decimals, min(MOST_DECIMALS, -math.floor(math.log10(one.sigma))))
    return f"{format_number(one.value, decimals)} ± {format_number(one.sigma, decimals)}"


def measured_notes(measured: Measured) -> list[str]:
    """Return what a reader must know of the numbers beside their error, each once, and of which ones."""
    groups: dict[tuple[str, str], list[Measurement]] = {}
    for one in measured.measurements:
        for flag in one.flags:
            if flag.effect is Effect.NOTE:
                groups.setdefault((flag.reason, flag.advice), []).append(one)
    return [f"{_named(members)}: {reason} {advice}".rstrip() for (reason, advice), members in groups.items()]


def level_words(measured: Measured) -> str:
    """Return which untreated skin sets the level of colour."""
    if not measured.reference:
        return "no untreated skin named"
    return joined(region_label(name) for name in measured.reference)


def _named(members: Sequence[Measurement]) -> str:
    names = dict.fromkeys(one.metric for one in members)
    return capitalised(joined(quantity_label(name).lower() for name in names))
