"""Progress between sessions: the trend of any metric with its interval, or about how many photos would tell it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from skincompare.errors import OptionError
from skincompare.measurement import Z95, Change, Effect, Verdict
from skincompare.recovery.curves import own_sigma, photo_sigma
from skincompare.recovery.interval import UNKNOWN, Interval

__all__ = ["Progress", "TrendStatus", "Visit", "measure_progress"]

MOST_PHOTOS = 20
"""More photos than this a visit are not asked for: the change, if there is one, is too small [judgement]."""


class TrendStatus(StrEnum):
    """What can be said of a trend."""

    RISING = "rising"
    FALLING = "falling"
    CANNOT_TELL = "cannot tell yet"
    NOT_MEASURABLE = "not measurable"


@dataclass(frozen=True, slots=True)
class Visit:
    """What the photos of one visit say against the baseline.

    Parameters
    ----------
    sessions : float
        Sessions done before the visit, above 0. Visits are compared at comparable days after their session.
    change : Change
        Against the baseline, for one photo or the mean of several.
    shots : int
        Photos that `change` is the mean of; its sigma is that of the mean.
    """

    sessions: float
    change: Change
    shots: int = 1

    def __post_init__(self) -> None:
        if not (self.sessions > 0 and math.isfinite(self.sessions)) or self.shots < 1:
            raise OptionError(
                f"A visit comes after a session and has a photo, not {self.sessions} sessions and {self.shots} photos."
            )


@dataclass(frozen=True, slots=True)
class Progress:
    """How a metric went over the sessions.

    Parameters
    ----------
    region, metric, unit : str
        What is followed.
    status : TrendStatus
        Rising or falling only where the interval of the trend excludes 0 and the change at the last visit exceeds
        what repeat photos differ by.
    n_visits : int
        Measurable visits.
    per_session : Interval
        Slope of a straight line through the baseline, in the unit of the metric for each session.
    latest : Interval
        Change at the last measurable visit.
    detectable : float
        Smallest change that could have been told at the last visit.
    photos_needed : int or None
        About how many more photos at the next visit would tell a change as large as the latest one; None when no
        number of photos would, or nothing is missing.
    baseline_limits : bool
        Whether the error of the baseline alone hides a change as large as the latest one.
    unconfirmed : str
        Why the latest change is not taken for one although it is large enough: pigment that reads as redness. Empty
        where nothing speaks against it; more photos would not help.
    """

    region: str
    metric: str
    unit: str
    status: TrendStatus
    n_visits: int
    per_session: Interval
    latest: Interval
    detectable: float
    photos_needed: int | None = None
    baseline_limits: bool = False
    unconfirmed: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; NaN becomes None."""
        return {
            "region": self.region,
            "metric": self.metric,
            "unit": self.unit,
            "status": self.status.value,
            "n_visits": self.n_visits,
            "per_session": self.per_session.to_dict(),
            "latest": self.latest.to_dict(),
            "detectable": self.detectable if math.isfinite(self.detectable) else None,
            "photos_needed": self.photos_needed,
            "baseline_limits": self.baseline_limits,
            "unconfirmed": self.unconfirmed,
        }


def measure_progress(visits: Sequence[Visit], *, baseline_shots: int = 1) -> Progress:
    """Measure the trend of one metric of one region over sessions.

    Parameters
    ----------
    visits : sequence of Visit
        All of one metric and region, in any order; those that were not measurable are left out.
    baseline_shots : int
        Photos of the baseline visit that were averaged.

    Returns
    -------
    Progress
        Not measurable when no visit was.

    Raises
    ------
    OptionError
        When there are no visits, or they mix metrics or regions.

    Notes
    -----
    Generalised least squares of a line through the baseline. The baseline's error is in all changes alike, so their
    covariance is ``diag(own^2) + baseline^2``. Where the visits scatter more about the line than their errors allow,
    the error of the slope is widened by the root of chi-square over its degrees of freedom.
    """
    named = {(visit.change.region, visit.change.metric, visit.change.unit) for visit in visits}
    if len(named) != 1 or baseline_shots < 1:
        raise OptionError("Progress is measured over at least one visit, all of one metric and region.")
    region, metric, unit = named.pop()
    told = sorted(
        (one for one in visits if one.change.verdict is not Verdict.NOT_MEASURABLE and one.change.sigma > 0),
        key=lambda one: one.sessions,
    )
    if not told:
        return Progress(region, metric, unit, TrendStatus.NOT_MEASURABLE, 0, UNKNOWN, UNKNOWN, math.nan)
    slope = _slope(told, baseline_shots)
    last = told[-1]
    latest = Interval(last.change.change, *last.change.interval)
    detectable = max(_mean_mdc(last, baseline_shots), Z95 * last.change.sigma)
    is_clear = slope.low * slope.high > 0 and abs(latest.value) > detectable
    doubts = [flag.reason for flag in last.change.flags if flag.effect is Effect.UNCONFIRMED]
    if is_clear and doubts:
        cannot = TrendStatus.CANNOT_TELL
        return Progress(
            region, metric, unit, cannot, len(told), slope, latest, detectable, unconfirmed=doubts[0]
        )
    if is_clear and slope.value * latest.value > 0:
        status = TrendStatus.RISING if slope.value > 0 else TrendStatus.FALLING
        return Progress(region, metric, unit, status, len(told), slope, latest, detectable)
    needed, baseline_limits = _photos_needed(last, baseline_shots)
    return Progress(
        region,
        metric,
        unit,
        TrendStatus.CANNOT_TELL,
        len(told),
        slope,
        latest,
        detectable,
        needed,
        baseline_limits,
    )


def _mean_mdc(visit: Visit, baseline_shots: int) -> float:
    """Return the smallest detectable change between means of several photos."""
    return Z95 * photo_sigma(visit.change) * math.sqrt(1.0 / visit.shots + 1.0 / baseline_shots)


def _slope(told: Sequence[Visit], baseline_shots: int) -> Interval:
    x = np.array([one.sessions for one in told])
    y = np.array([one.change.change for one in told])
    baseline = float(np.median([photo_sigma(one.change) for one in told])) / math.sqrt(baseline_shots)
    own = np.array([own_sigma(one.change, baseline) for one in told])
    weights = np.linalg.inv(np.diag(own**2) + baseline**2)
    precision = float(x @ weights @ x)
    value = float(x @ weights @ y) / precision
    rest = y - value * x
    freedom = len(told) - 1
    scatter = math.sqrt(float(rest @ weights @ rest) / freedom) if freedom else 1.0
    half = Z95 * max(1.0, scatter) / math.sqrt(precision)
    return Interval(value, value - half, value + half)


def _photos_needed(visit: Visit, baseline_shots: int) -> tuple[int | None, bool]:
    """Return how many more photos of one visit would tell its change, and whether the baseline alone hides it.

    The visit's own error falls with the root of its photos; the baseline's stays as it is, for no photo of it can be
    taken again.
    """
    baseline = photo_sigma(visit.change) / math.sqrt(baseline_shots)
    one_photo = own_sigma(visit.change, baseline) * math.sqrt(visit.shots)
    room = (visit.change.change / Z95) ** 2 - baseline**2
    if room <= 0:
        return None, True
    photos = math.ceil(one_photo**2 / room)
    if photos > MOST_PHOTOS:
        return None, False
    return max(1, photos - visit.shots), False
