"""The course of a recovery: how far each region is from its baseline, day by day, with its error. Pure."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from skincompare.errors import OptionError
from skincompare.measurement import Z95, Change

__all__ = [
    "DayOfChanges",
    "RecoveryCurve",
    "RecoveryPoint",
    "days_since",
    "own_sigma",
    "photo_sigma",
    "recovery_curves",
]

SECONDS_A_DAY = 86400.0
LEAST_OWN_SHARE = 0.05
"""Least share of the variance of a change that is the later photo's own, whatever the baseline's is [judgement]."""


@dataclass(frozen=True, slots=True)
class DayOfChanges:
    """What one day's photo says against the baseline.

    Parameters
    ----------
    day : float
        Days since the treatment, hour-exact.
    changes : tuple of Change
        Against the baseline.
    """

    day: float
    changes: tuple[Change, ...]

    def __post_init__(self) -> None:
        if not math.isfinite(self.day):
            raise OptionError(f"A day is a finite number of days since the treatment, not {self.day}.")


@dataclass(frozen=True, slots=True)
class RecoveryPoint:
    """One day of a curve: the change against the baseline."""

    day: float
    change: Change


@dataclass(frozen=True, slots=True)
class RecoveryCurve:
    """How one quantity of one region went from day to day.

    Parameters
    ----------
    region, metric, unit : str
        What is followed.
    points : tuple of RecoveryPoint
        In the order of days; days on which it was not measurable are kept, with NaN.
    """

    region: str
    metric: str
    unit: str
    points: tuple[RecoveryPoint, ...]

    @property
    def peak(self) -> RecoveryPoint | None:
        """The point farthest above the baseline, or None when no day was measurable."""
        known = [point for point in self.points if not math.isnan(point.change.change)]
        return max(known, key=lambda point: point.change.change, default=None)


def photo_sigma(change: Change) -> float:
    """Return the repeatability of one photo behind a change, ``mdc95 / (1.96 sqrt 2)``, in the unit of the change."""
    return change.mdc95 / (Z95 * math.sqrt(2.0))


def own_sigma(change: Change, baseline_sigma: float) -> float:
    """Return the part of a change's sigma that is not the baseline's, which all days of a course share."""
    return math.sqrt(max(change.sigma**2 - baseline_sigma**2, LEAST_OWN_SHARE * change.sigma**2))


def days_since(treated_at: datetime, moment: datetime) -> float:
    """Return the days from a treatment to a moment, hour-exact; negative before it.

    Parameters
    ----------
    treated_at, moment : datetime
        Both with a time zone, or both without.

    Returns
    -------
    float
        Days.

    Raises
    ------
    OptionError
        When only one of the two has a time zone.
    """
    if (treated_at.tzinfo is None) != (moment.tzinfo is None):
        raise OptionError("The treatment and the photo must both have a time zone, or neither.")
    return (moment - treated_at).total_seconds() / SECONDS_A_DAY


def recovery_curves(
    days: Iterable[DayOfChanges], *, metric: str = "redness", regions: Sequence[str] | None = None
) -> tuple[RecoveryCurve, ...]:
    """Put the changes of many days together, one curve a region.

    Parameters
    ----------
    days : iterable of DayOfChanges
        In any order.
    metric : str
        The quantity to follow.
    regions : sequence of str, optional
        Regions to follow, in this order; default: all there are.

    Returns
    -------
    tuple of RecoveryCurve
        Empty when the quantity was never looked at.
    """
    ordered = sorted(days, key=lambda one: one.day)
    found: dict[str, list[RecoveryPoint]] = {}
    units: dict[str, str] = {}
    for one in ordered:
        for change in one.changes:
            if change.metric == metric:
                found.setdefault(change.region, []).append(RecoveryPoint(one.day, change))
                units[change.region] = change.unit
    names = list(found) if regions is None else [name for name in regions if name in found]
    return tuple(RecoveryCurve(name, metric, units[name], tuple(found[name])) for name in names)
