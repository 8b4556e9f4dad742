"""Fit a recovery: half-life and time to return, each with its interval, or why they cannot be told yet.

The fit is a bounded, robust least squares of :func:`skincompare.recovery.model.elevation`. Every point counts by its
own sigma. The error of the baseline photo is in all points alike, so it is fitted as one offset that is known to be
near 0. Intervals are profile likelihoods: a day T lies in the interval when some curve that returns on T fits the
photos about as well as the best one. That needs no seed, follows the skewness of T, and costs a few dozen small fits
where a bootstrap of equal steadiness costs hundreds.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from skincompare.measurement import Verdict
from skincompare.recovery.curves import RecoveryCurve, RecoveryPoint
from skincompare.recovery.interval import UNKNOWN, Interval
from skincompare.recovery.likelihood import (
    ENERGY_RISE_DAYS,
    USUAL_RISE_DAYS,
    BestCurve,
    Photos,
    best_curve,
    half_life_interval,
    photos_of,
    return_interval,
)
from skincompare.recovery.model import elevation, return_day

__all__ = ["FitStatus", "RecoveryFit", "fit_recovery"]

Floats = npt.NDArray[np.float64]

LEAST_PHOTOS = 4
"""Fewest measurable photos after the treatment: one more than the curve has shape parameters [judgement]."""
LEAST_AFTER_PEAK = 3
"""Fewest photos from the highest one on, itself included: two could not contradict an exponential [judgement]."""
FALLEN = 0.5
"""Share of the highest value to which one later photo must have fallen: one half-life was seen [judgement]."""
EXTRAPOLATION = 1.5
"""The return is told at most this many times as late as the last photo [judgement]."""
ODD_Z, MOST_ODD = 2.8, 1
"""A photo this many sigmas off the best curve is odd; with more odd ones than this the curve is wrong, not a photo
[judgement]: the robust fit would else take a second rise for bad photos and tell an early return."""


class FitStatus(StrEnum):
    """Whether a recovery could be fitted."""

    FITTED = "fitted"
    NEVER_ABOVE = "never detectably above the baseline"
    TOO_FEW = "too few photos"
    NOT_FALLEN = "not fallen by half yet"
    MISFIT = "the photos do not follow one rise and one return"
    TOO_FAR = "the return lies too far after the last photo"


@dataclass(frozen=True, slots=True)
class RecoveryFit:
    """What a fit says of one curve.

    Parameters
    ----------
    region, metric, unit : str
        As in the curve.
    status : FitStatus
        Whether it could be fitted; if not, half-life and return are NaN.
    n_photos : int
        Measurable photos after the treatment.
    last_day : float
        Day of the last of them; NaN when there is none.
    threshold : float
        Smallest detectable change, unit of the curve: what counts as returned.
    half_life : Interval
        Days in which the elevation falls by half.
    returned : Interval
        Day from which the elevation stays within `threshold` of the baseline.
    amplitude, rise_days, offset : float
        Other parameters of the best curve; `offset` is the likely error of the baseline photo. NaN if not fitted.
    photos_needed : int
        About how many more photos a refused fit needs; else 0.
    needed_until : float
        Day of the last of them; NaN when it cannot be told or none is needed.
    """

    region: str
    metric: str
    unit: str
    status: FitStatus
    n_photos: int
    last_day: float
    threshold: float
    half_life: Interval = UNKNOWN
    returned: Interval = UNKNOWN
    amplitude: float = math.nan
    rise_days: float = math.nan
    offset: float = math.nan
    photos_needed: int = 0
    needed_until: float = math.nan

    def values_at(self, days: npt.ArrayLike) -> Floats:
        """Return the fitted elevation on days, in the unit of the curve; NaN when nothing was fitted."""
        if self.status is not FitStatus.FITTED:
            return np.full(np.shape(days), math.nan)
        return elevation(days, self.amplitude, self.half_life.value / math.log(2.0), self.rise_days)

    def without_return(self) -> "RecoveryFit":
        """Return the same without half-life and return, for a course that is known to have more than one rise."""
        return RecoveryFit(
            self.region,
            self.metric,
            self.unit,
            FitStatus.MISFIT,
            self.n_photos,
            self.last_day,
            self.threshold,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; NaN becomes None."""

        def plain(value: float) -> float | None:
            return value if math.isfinite(value) else None

        return {
            "region": self.region,
            "metric": self.metric,
            "unit": self.unit,
            "status": self.status.value,
            "n_photos": self.n_photos,
            "last_day": plain(self.last_day),
            "threshold": plain(self.threshold),
            "half_life_days": self.half_life.to_dict(),
            "return_day": self.returned.to_dict(),
            "amplitude": plain(self.amplitude),
            "rise_days": plain(self.rise_days),
            "offset": plain(self.offset),
            "photos_needed": self.photos_needed,
            "needed_until_day": plain(self.needed_until),
        }


def fit_recovery(
    curve: RecoveryCurve,
    *,
    baseline_sigma: float | None = None,
    with_energy: bool = False,
    expected_until: float = math.nan,
) -> RecoveryFit:
    """Fit rise and return to one curve.

    Parameters
    ----------
    curve : RecoveryCurve
        Points before the treatment, and such that are NaN or have no known sigma, are left out.
    baseline_sigma : float, optional
        One standard deviation of the error that the baseline puts into every point, in the unit of the curve;
        default: the repeatability of one photo, which is ``mdc95 / (1.96 sqrt 2)``. Several baseline shots make it
        smaller by the square root of their number.
    with_energy : bool
        Whether radio-frequency or a laser was used: redness then rises more slowly.
    expected_until : float
        Day until which a recovery of this depth is expected to last, to say until when photos are needed.

    Returns
    -------
    RecoveryFit
        Refused, with what is still needed, when the photos do not carry a fit.
    """
    points = [point for point in curve.points if _is_usable(point)]
    if not points:
        return _refused(curve, points, FitStatus.TOO_FEW, LEAST_PHOTOS, expected_until)
    if all(point.change.verdict is not Verdict.INCREASED for point in points):
        missing = max(0, LEAST_PHOTOS - len(points))
        return _refused(
            curve, points, FitStatus.NEVER_ABOVE, missing, expected_until if missing else math.nan
        )
    missing = _photos_missing(points)
    if missing:
        return _refused(curve, points, FitStatus.TOO_FEW, missing, expected_until)
    if not _has_fallen(points):
        return _refused(curve, points, FitStatus.NOT_FALLEN, LEAST_AFTER_PEAK - 1, expected_until)
    data = photos_of(points, baseline_sigma, ENERGY_RISE_DAYS if with_energy else USUAL_RISE_DAYS)
    best = best_curve(data)
    day = return_day(best.amplitude, best.return_days, best.rise_days, data.threshold)
    if day > EXTRAPOLATION * points[-1].day:
        return _refused(curve, points, FitStatus.TOO_FAR, LEAST_AFTER_PEAK - 1, day)
    returned = return_interval(data, best, day)
    if _is_misfit(data, best) or _is_raised_again(points, returned):
        return _refused(curve, points, FitStatus.MISFIT, 0, math.nan)
    return RecoveryFit(
        *_named(curve),
        FitStatus.FITTED,
        len(points),
        points[-1].day,
        data.threshold,
        half_life=half_life_interval(data, best),
        returned=returned,
        amplitude=best.amplitude,
        rise_days=best.rise_days,
        offset=best.offset,
    )


def _named(curve: RecoveryCurve) -> tuple[str, str, str]:
    return curve.region, curve.metric, curve.unit


def _is_usable(point: RecoveryPoint) -> bool:
    change = point.change
    return (
        point.day >= 0
        and change.verdict is not Verdict.NOT_MEASURABLE
        and change.sigma > 0
        and change.mdc95 > 0
    )


def _photos_missing(points: list[RecoveryPoint]) -> int:
    highest = max(range(len(points)), key=lambda index: points[index].change.change)
    return max(0, LEAST_PHOTOS - len(points), LEAST_AFTER_PEAK - (len(points) - highest))


def _has_fallen(points: list[RecoveryPoint]) -> bool:
    highest = max(points, key=lambda point: point.change.change)
    later = [point.change.change for point in points if point.day > highest.day]
    return min(later, default=math.inf) <= FALLEN * highest.change.change


def _is_misfit(data: Photos, best: BestCurve) -> bool:
    """Return whether more photos are off the best curve than bad photos could be."""
    curve = elevation(data.days, best.amplitude, best.return_days, best.rise_days)
    odd = np.abs(data.residuals(curve, best.rise_days, best.offset)[:-2]) > ODD_Z
    return int(odd.sum()) > MOST_ODD


def _is_raised_again(points: list[RecoveryPoint], returned: Interval) -> bool:
    """Return whether the last photo is detectably raised although all of the interval of the return is over."""
    return points[-1].day > returned.high and points[-1].change.verdict is Verdict.INCREASED


def _refused(
    curve: RecoveryCurve, points: list[RecoveryPoint], status: FitStatus, needed: int, until: float
) -> RecoveryFit:
    last = points[-1].day if points else math.nan
    threshold = float(np.median([point.change.mdc95 for point in points])) if points else math.nan
    if not math.isnan(until):
        # One photo a day is asked for at the most.
        until = max(until, (0.0 if math.isnan(last) else last) + needed)
    return RecoveryFit(
        *_named(curve), status, len(points), last, threshold, photos_needed=needed, needed_until=until
    )
