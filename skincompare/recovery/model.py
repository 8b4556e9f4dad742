"""The shape of a recovery: a quick rise, then an exponential return to the baseline."""

import math

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from skincompare.errors import OptionError

__all__ = ["amplitude_for_return", "elevation", "peak_day", "return_day"]

Floats = npt.NDArray[np.float64]

MAX_EXPONENT = 50.0
"""Exponents are cut here, so that no trial of a fit overflows; e^50 is far beyond any redness."""


def elevation(days: npt.ArrayLike, amplitude: float, return_days: float, rise_days: float) -> Floats:
    """Return how far a quantity is above its baseline: ``A (1 - exp(-t / rise)) exp(-t / return)``.

    Parameters
    ----------
    days : array_like, shape (n,)
        Days since the treatment; before it the elevation is 0.
    amplitude : float
        A, in the unit of the quantity: the height of the return carried back to day 0.
    return_days, rise_days : float
        Time constants, days. The half-life is ``ln 2`` times the first.

    Returns
    -------
    ndarray of float64, shape (n,)
        In the unit of `amplitude`.
    """
    t = np.maximum(np.asarray(days, dtype=np.float64), 0.0)
    return np.asarray(amplitude * -np.expm1(-t / rise_days) * np.exp(-t / return_days))


def peak_day(return_days: float, rise_days: float) -> float:
    """Return the day on which the elevation is highest."""
    return rise_days * math.log1p(return_days / rise_days)


def return_day(amplitude: float, return_days: float, rise_days: float, threshold: float) -> float:
    """Return the day from which the elevation stays within a threshold.

    Parameters
    ----------
    amplitude, return_days, rise_days : float
        As :func:`elevation` takes them.
    threshold : float
        In the unit of `amplitude`, above 0: usually the smallest detectable change.

    Returns
    -------
    float
        Days since the treatment; 0 when the elevation never exceeds the threshold.

    Raises
    ------
    OptionError
        When the threshold is not above 0.
    """
    if not threshold > 0:
        raise OptionError(f"A threshold of return is above 0, not {threshold}.")
    highest = peak_day(return_days, rise_days)

    def above(day: float) -> float:
        return float(elevation(day, amplitude, return_days, rise_days)) - threshold

    if above(highest) <= 0:
        return 0.0
    # Without the rise the curve is higher, so its crossing bounds the true one from above.
    latest = return_days * math.log(amplitude / threshold)
    return float(brentq(above, highest, latest)) if above(latest) < 0 else latest


def amplitude_for_return(day: float, return_days: float, rise_days: float, threshold: float) -> float:
    """Return the amplitude with which the elevation equals a threshold on a day: the inverse of :func:`return_day`."""
    risen = -math.expm1(-day / rise_days)
    return threshold * math.exp(min(day / return_days, MAX_EXPONENT)) / risen
