"""The likelihood of a recovery curve: the best one, and profile intervals of half-life and day of return.

Every photo counts by its own sigma, with the long tails of a Student t so that one bad photo does not bend the curve.
The error of the baseline photo is in all photos alike, so it is fitted as one offset that is known to be near 0.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares

from skincompare.measurement import Z95
from skincompare.recovery.curves import RecoveryPoint, own_sigma, photo_sigma
from skincompare.recovery.interval import Interval
from skincompare.recovery.model import amplitude_for_return, elevation, peak_day

__all__ = ["BestCurve", "Photos", "best_curve", "half_life_interval", "photos_of", "return_interval"]

Floats = npt.NDArray[np.float64]

RETURN_DAYS = (0.15, 60.0)
"""Bounds of the time constant of the return, days: from a flush of hours to months [judgement]."""
RISE_DAYS = (0.003, 2.0)
"""Bounds of the time constant of the rise, days: minutes, to a peak on days 1-3 after radio-frequency (Wu 2022)."""
USUAL_RISE_DAYS, ENERGY_RISE_DAYS, RISE_SPREAD = 0.015, 0.25, 1.0
"""Expected time constant of the rise, days, after needles alone (redness is bright at once) and with radio-frequency
or laser (it is highest on days 1-3, Wu 2022); SD of both in ln [judgement]. They matter while no photo saw the rise."""
AMPLITUDE = (0.1, 300.0)
"""Bounds of the amplitude, in smallest detectable changes."""
TAIL_FREEDOM = 5.0
"""Degrees of freedom of the Student t of a photo's error: a photo 4 sigma off weighs 0.3 of its due [judgement]."""
DAY_TO_DAY = 0.06
"""Day-to-day wobble of redness, as a share of its height, that no sigma of a photo knows (heat, meals, exercise)
[judgement]; ``benchmarks/recovery.py --fit`` prints the coverage of intervals with other shares."""
STARTS = ((0.6, 0.02), (2.0, 0.02), (5.0, 0.02), (2.0, 0.4))
"""Where fits start: time constants of return and rise, days."""
PROFILE_STEPS = 12
"""Most fits to find one end of an interval."""
PROFILE_TOLERANCE = 0.01
"""How exactly an end is found, in standard normal units."""


@dataclass(frozen=True, eq=False)
class Photos:
    """Points of a curve as the fit sees them: independent error of each, and the baseline's, which they share."""

    days: Floats
    values: Floats
    own_sigma: Floats
    baseline_sigma: float
    threshold: float
    usual_rise: float

    def residuals(self, curve: Floats, rise_days: float, offset: float) -> Floats:
        """Return standardised residuals: of the photos, then of what is known of rise and baseline."""
        # A share of the measured height, so that it does not move with the fit.
        wobble = DAY_TO_DAY * np.maximum(self.values, 0.0)
        photos = (self.values - curve - offset) / np.hypot(self.own_sigma, wobble)
        rise = math.log(rise_days / self.usual_rise) / RISE_SPREAD
        return np.append(photos, (rise, offset / self.baseline_sigma))


@dataclass(frozen=True, slots=True)
class _Optimum:
    """The best parameters, in the coordinates that a fit was free in, and twice their negative log-likelihood."""

    free: Floats
    deviance: float


@dataclass(frozen=True, slots=True)
class BestCurve(_Optimum):
    """The best of all curves: ln amplitude, ln time constants of return and rise, offset."""

    @property
    def amplitude(self) -> float:
        """Height of the return carried back to day 0."""
        return math.exp(self.free[0])

    @property
    def return_days(self) -> float:
        """Time constant of the return, days."""
        return math.exp(self.free[1])

    @property
    def rise_days(self) -> float:
        """Time constant of the rise, days."""
        return math.exp(self.free[2])

    @property
    def offset(self) -> float:
        """Likely error of the baseline."""
        return float(self.free[3])


def photos_of(points: Sequence[RecoveryPoint], baseline_sigma: float | None, usual_rise: float) -> Photos:
    """Return the points of a curve as the fit sees them.

    Parameters
    ----------
    points : sequence of RecoveryPoint
        Measurable ones.
    baseline_sigma : float or None
        Error of the baseline; None: the repeatability of one photo.
    usual_rise : float
        Expected time constant of the rise, days.

    Returns
    -------
    Photos
        With each point's own error, the baseline's taken out.
    """
    threshold = float(np.median([point.change.mdc95 for point in points]))
    usual = [photo_sigma(point.change) for point in points]
    shared = float(np.median(usual)) if baseline_sigma is None else baseline_sigma
    return Photos(
        days=np.array([point.day for point in points]),
        values=np.array([point.change.change for point in points]),
        own_sigma=np.array([own_sigma(point.change, shared) for point in points]),
        baseline_sigma=shared,
        threshold=threshold,
        usual_rise=usual_rise,
    )


def _loss(squares: Floats) -> Floats:
    """Return SciPy's rho of squared residuals and its two derivatives: Student t, but plain for the last two."""
    nu = TAIL_FREEDOM
    rho = np.stack([squares, np.ones_like(squares), np.zeros_like(squares)])
    photos = squares[:-2]
    rho[0, :-2] = (nu + 1.0) * np.log1p(photos / nu)
    rho[1, :-2] = (nu + 1.0) / (nu + photos)
    rho[2, :-2] = -(nu + 1.0) / (nu + photos) ** 2
    return rho


def _solve(residuals: Callable[[Floats], Floats], start: Floats, bounds: tuple[Floats, Floats]) -> _Optimum:
    inside = np.clip(start, bounds[0] + 1e-6, bounds[1] - 1e-6)
    found = least_squares(residuals, inside, bounds=bounds, loss=_loss, x_scale="jac", max_nfev=60)
    return _Optimum(np.asarray(found.x, dtype=np.float64), 2.0 * float(found.cost))


def _bounds(data: Photos) -> tuple[Floats, Floats]:
    """Return lower and upper bounds of ln A, ln return, ln rise and the offset."""
    reach = 5.0 * data.baseline_sigma
    pairs = [[data.threshold * one for one in AMPLITUDE], RETURN_DAYS, RISE_DAYS]
    low, high = ([math.log(pair[side]) for pair in pairs] for side in (0, 1))
    return np.array([*low, -reach]), np.array([*high, reach])


def best_curve(data: Photos) -> BestCurve:
    """Return the best curve, from several starts: ln A, ln return, ln rise, offset."""

    def residuals(free: Floats) -> Floats:
        curve = elevation(data.days, *np.exp(free[:3]))
        return data.residuals(curve, math.exp(free[2]), free[3])

    height = math.log(max(data.values.max(), data.threshold))
    starts = [np.array([height, math.log(slow), math.log(rise), 0.0]) for slow, rise in STARTS]
    found = min((_solve(residuals, start, _bounds(data)) for start in starts), key=lambda one: one.deviance)
    return BestCurve(found.free, found.deviance)


def half_life_interval(data: Photos, best: BestCurve) -> Interval:
    """Return the half-life, with the interval by its profile likelihood (in its logarithm)."""
    low, high = _bounds(data)
    others = [0, 2, 3]

    def profile(log_days: float, start: Floats) -> _Optimum:
        def residuals(free: Floats) -> Floats:
            curve = elevation(data.days, math.exp(free[0]), math.exp(log_days), math.exp(free[1]))
            return data.residuals(curve, math.exp(free[1]), free[2])

        return _solve(residuals, start, (low[others], high[others]))

    centre = float(best.free[1])
    ends = [
        _end(profile, centre, best.free[others], best.deviance, step, limit)
        for step, limit in ((-0.15, low[1]), (0.15, high[1]))
    ]
    return Interval(*(math.log(2.0) * math.exp(one) for one in (centre, *ends)))


def return_interval(data: Photos, best: BestCurve, day: float) -> Interval:
    """Return the day of return with its profile likelihood: curves that return on a day, in ln of that day."""
    low, high = _bounds(data)
    least = max(day, 0.1 * RISE_DAYS[1])

    def profile(log_day: float, start: Floats) -> _Optimum:
        fixed = math.exp(log_day)

        def residuals(free: Floats) -> Floats:
            slow, rise = math.exp(free[0]), math.exp(free[1])
            amplitude = amplitude_for_return(fixed, slow, rise, data.threshold)
            penalty = max(0.0, peak_day(slow, rise) / fixed - 1.0)
            found = data.residuals(elevation(data.days, amplitude, slow, rise), rise, free[2])
            found[-2] = math.hypot(found[-2], 10.0 * penalty)
            return found

        return _solve(residuals, start, (low[1:], high[1:]))

    centre = math.log(least)
    ends = [
        _end(profile, centre, best.free[1:], best.deviance, step, limit)
        for step, limit in ((-0.15, math.log(RISE_DAYS[0])), (0.15, math.log(2.0 * RETURN_DAYS[1])))
    ]
    return Interval(day, *(math.exp(one) for one in ends))


def _end(
    profile: Callable[[float, Floats], _Optimum],
    centre: float,
    start: Floats,
    best: float,
    step: float,
    limit: float,
) -> float:
    """Return where the root of the deviance reaches 1.96: a secant search, as that root is nearly straight."""
    inner, inner_root = centre, 0.0
    outer: tuple[float, float] | None = None
    at = centre + step
    for _ in range(PROFILE_STEPS):
        at = min(at, limit) if step > 0 else max(at, limit)
        found = profile(at, start)
        root = math.sqrt(max(0.0, found.deviance - best))
        if abs(root - Z95) < PROFILE_TOLERANCE:
            return at
        if root < Z95:
            if at == limit:
                return math.inf * step if step > 0 else limit
            inner, inner_root, start = at, root, found.free
        else:
            outer = (at, root)
        if outer is None:
            at = inner + min(2.0, max(1.2, (Z95 - inner_root) / max(inner_root, 0.3))) * step
        else:
            share = (Z95 - inner_root) / (outer[1] - inner_root)
            at = inner + min(0.9, max(0.1, share)) * (outer[0] - inner)
    return at
