"""All treated regions together: one curve of their mean, with an error that does not shrink with their number.

The regions of one photo share the light's error, and how much of each region's sigma that is, no point says. The SD of
a mean is at most the mean of the SDs, whatever the errors share; that bound is what the curve carries.
"""

import math
from collections.abc import Sequence
from statistics import fmean

from skincompare.measurement import Change, Effect, Flag, Measurement, Verdict
from skincompare.recovery.curves import RecoveryCurve, RecoveryPoint

__all__ = ["OVERALL", "overall_curve"]

OVERALL = "all_treated_regions"
"""Name of all treated regions together, where the name of a region stands."""
LEAST_REGIONS = 2
"""Fewer regions have no mean beside themselves."""
LEAST_SHARE = 0.5
"""A region counts when it was measurable on at least this share of the days on which any was [judgement]."""


def overall_curve(curves: Sequence[RecoveryCurve]) -> RecoveryCurve | None:
    """Return the mean of some regions day by day, each region counting alike.

    Parameters
    ----------
    curves : sequence of RecoveryCurve
        Of one quantity, one a region. Regions that were measurable on less than half of the days are left out.

    Returns
    -------
    RecoveryCurve or None
        None with fewer than two regions. A day on which one of the regions is missing is NaN with a flag: the mean of
        the others would jump where regions differ. Sigma and smallest detectable change are the means of the regions':
        as if all of their error were shared, which is the largest that it can be.
    """
    days = sorted({point.day for curve in curves for point in curve.points if _is_told(point)})
    told = [
        (curve, {point.day: point.change for point in curve.points if _is_told(point)}) for curve in curves
    ]
    kept = [(curve, changes) for curve, changes in told if days and len(changes) >= LEAST_SHARE * len(days)]
    if len(kept) < LEAST_REGIONS:
        return None
    first = kept[0][0]
    points = []
    for day in days:
        missing = tuple(curve.region for curve, changes in kept if day not in changes)
        there = [changes[day] for _, changes in kept if day in changes]
        points.append(RecoveryPoint(day, _mean(there, missing)))
    return RecoveryCurve(OVERALL, first.metric, first.unit, tuple(points))


def _is_told(point: RecoveryPoint) -> bool:
    return point.change.verdict is not Verdict.NOT_MEASURABLE


def _mean(changes: Sequence[Change], missing: Sequence[str]) -> Change:
    """Return the mean of the regions of one photo, or NaN with the reason when one of them is missing."""
    flags = (_flag(missing),) if missing else ()

    def side(ones: Sequence[Measurement]) -> Measurement:
        known = not missing
        return Measurement(
            metric=ones[0].metric,
            region=OVERALL,
            value=fmean(one.value for one in ones) if known else math.nan,
            sigma=fmean(one.sigma for one in ones) if known else math.nan,
            unit=ones[0].unit,
            n_pixels=sum(one.n_pixels for one in ones),
            flags=flags,
            method=ones[0].method,
            photo_sha256=ones[0].photo_sha256,
        )

    return Change.between(
        side([one.before for one in changes]),
        side([one.after for one in changes]),
        sigma=math.nan if missing else fmean(one.sigma for one in changes),
        mdc95=math.nan if missing else fmean(one.mdc95 for one in changes),
        flags=flags,
        paired=math.nan if missing else fmean(one.change for one in changes),
    )


def _flag(missing: Sequence[str]) -> Flag:
    names = ", ".join(name.replace("_", " ") for name in missing)
    return Flag(
        "region_missing",
        f"On this photo {names} could not be measured, so all treated regions together could not either.",
        "Show all treated regions in every photo.",
        Effect.NOT_MEASURABLE,
    )
