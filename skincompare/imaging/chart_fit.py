"""What the patches of a colour chart say of a photo: its tone curve from the greys, then a 3 x 3 matrix.

Both are fitted in linear light by least squares of relative errors, as redness is a ratio of channels. The matrix is
drawn toward plain gains, so that few or bad patches do little harm.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares
from skimage.color import deltaE_ciede2000

from skincompare.imaging.chart_colours import GREYS, PATCH_COLOURS
from skincompare.imaging.colour import (
    SRGB_EXPONENT,
    SRGB_OFFSET,
    SRGB_TOE_CODED,
    SRGB_TOE_SLOPE,
    lab_from_linear,
)

__all__ = ["ChartFit", "ToneCurve", "fit_chart", "patch_difference"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

BEND_SD, POWER_SD = 0.4, 0.15
"""Prior SD of the shapes of the tone curve: phones bend by -0.6 to 0.6, the power covers other curves [judgement]."""
BEND_LIMIT, POWER_LIMITS = 0.9, (0.5, 2.0)
"""Bounds of the shapes: within them the curve rises everywhere."""
GREY_SD = 0.03
"""Relative error of a grey patch: print, shade and noise [judgement]."""
GREY_FLOOR, PATCH_FLOOR = 0.01, 0.02
"""Linear light that is added before errors are taken relative to it, so that black weighs less."""
MATRIX_PULL = 0.15
"""Weight of the identity in the fit of the matrix, against relative errors of the patches [judgement]."""
SKIN_WEIGHT = 3.0
"""Weight of the patches that resemble skin most, over that of the others [measured: benchmarks/light_chart.py]."""
SKIN_LIKE = (0, 1)
"""Numbers of the patches with the spectra of skin: dark skin, light skin."""
LEAST_GREYS, LEAST_PATCHES = 3, 12
"""Fewest patches that a curve and a matrix can be fitted to [judgement]."""
TABLE_STEPS = 4096
"""Steps of the table by which whole pictures are bent."""


@dataclass(frozen=True, slots=True)
class ToneCurve:
    """How a camera bent its tones.

    Coded values are t' = t - bend t (1 - t) (2 t - 1) of what they should be, and linear light is raised to `power`.
    """

    bend: float = 0.0
    power: float = 1.0

    def straighten(self, linear: npt.NDArray[np.floating]) -> FloatArray:
        """Return proportional light of what an sRGB decoder takes for linear light, any shape."""
        straight = _table(self)
        return np.asarray(np.interp(linear, straight[0], straight[1]))

    def apply(self, light: npt.NDArray[np.floating]) -> FloatArray:
        """Return what an sRGB decoder makes of proportional light: undoes :meth:`straighten` within [0, 1]."""
        straight = _table(self)
        return np.asarray(np.interp(light, straight[1], straight[0]))


def _table(curve: ToneCurve) -> tuple[FloatArray, FloatArray]:
    """Return decoded values and the proportional light of each, both rising from 0 to 1."""
    coded = np.linspace(0, 1, TABLE_STEPS)
    bent = coded - curve.bend * coded * (1 - coded) * (2 * coded - 1)
    return _decoded(bent), _decoded(coded) ** curve.power


def _decoded(coded: FloatArray) -> FloatArray:
    curve = ((np.maximum(coded, 0) + SRGB_OFFSET) / (1 + SRGB_OFFSET)) ** SRGB_EXPONENT
    return np.where(coded <= SRGB_TOE_CODED, coded / SRGB_TOE_SLOPE, curve)


@dataclass(frozen=True, eq=False)
class ChartFit:
    """From a photo's linear light to the colours in daylight.

    Parameters
    ----------
    curve : ToneCurve
        Undone first.
    matrix : ndarray of float64, shape (3, 3)
        Then applied, to columns of R, G, B.
    residuals : ndarray of float64, shape (24,)
        Difference of each patch from its published colour after correction, dE00; NaN where it was left out.
    """

    curve: ToneCurve
    matrix: FloatArray
    residuals: FloatArray

    def correct(self, linear: npt.NDArray[np.floating]) -> FloatArray:
        """Return the linear sRGB (..., 3) in daylight of the photo's linear light (..., 3).

        NaN stays NaN; values may leave [0, 1].
        """
        return np.asarray(self.curve.straighten(linear) @ self.matrix.T)

    def undo(self, corrected: npt.NDArray[np.floating]) -> FloatArray:
        """Return what the photo shows (..., 3) of colours in daylight (..., 3): the inverse of :meth:`correct`."""
        return self.curve.apply(corrected @ np.linalg.inv(self.matrix).T)


def fit_chart(colours: FloatArray, counted: BoolArray) -> ChartFit | None:
    """Fit tone curve and matrix to the patches of a chart.

    Parameters
    ----------
    colours : ndarray of float64, shape (24, 3)
        Linear light of the patches in the photo, RGB, in the order of :data:`PATCH_COLOURS`.
    counted : ndarray of bool, shape (24, 3)
        Which channels of which patches are seen and not clipped.

    Returns
    -------
    ChartFit or None
        None where too few patches are left.
    """
    whole = np.asarray(counted.all(axis=1), np.bool_)
    if np.count_nonzero(whole[GREYS]) < LEAST_GREYS or np.count_nonzero(whole) < LEAST_PATCHES:
        return None
    curve, gains = _fit_curve(colours[GREYS][whole[GREYS]], PATCH_COLOURS[GREYS][whole[GREYS]])
    light = curve.straighten(colours) * gains
    matrix = _fit_matrix(light[whole], PATCH_COLOURS[whole], _weights()[whole]) * gains
    residuals = np.full(len(colours), np.nan)
    corrected = curve.straighten(colours[whole]) @ matrix.T
    residuals[whole] = patch_difference(corrected, PATCH_COLOURS[whole])
    return ChartFit(curve, matrix, residuals)


def _fit_curve(greys: FloatArray, wanted: FloatArray) -> tuple[ToneCurve, FloatArray]:
    """Fit the shapes of the curve and a gain for each channel to the greys."""

    def misfit(values: FloatArray) -> FloatArray:
        light = ToneCurve(float(values[0]), float(np.exp(values[1]))).straighten(greys) * np.exp(values[2:])
        away = np.log((light + GREY_FLOOR) / (wanted + GREY_FLOOR)) / GREY_SD
        return np.concatenate([away.ravel(), [values[0] / BEND_SD, values[1] / POWER_SD]])

    start = np.concatenate([[0.0, 0.0], np.log(np.median(wanted / np.maximum(greys, GREY_FLOOR), axis=0))])
    low, high = np.log(POWER_LIMITS)
    bounds = ([-BEND_LIMIT, low, -np.inf, -np.inf, -np.inf], [BEND_LIMIT, high, np.inf, np.inf, np.inf])
    found = least_squares(misfit, start, bounds=bounds, loss="soft_l1").x
    return ToneCurve(float(found[0]), float(np.exp(found[1]))), np.exp(found[2:])


def _fit_matrix(light: FloatArray, wanted: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the matrix (3, 3) that brings balanced light to the wanted colours, drawn toward the identity."""
    scale = weights / (wanted.mean(axis=1) + PATCH_FLOOR)
    rows = np.vstack([light * scale[:, None], MATRIX_PULL * np.eye(3)])
    goal = np.vstack([wanted * scale[:, None], MATRIX_PULL * np.eye(3)])
    return np.asarray(np.linalg.lstsq(rows, goal, rcond=None)[0].T)


def _weights() -> FloatArray:
    weights = np.ones(len(PATCH_COLOURS))
    weights[list(SKIN_LIKE)] = SKIN_WEIGHT
    return weights


def patch_difference(first: FloatArray, second: FloatArray) -> FloatArray:
    """Return the colour difference CIEDE2000 (N,) of linear sRGB colours (N, 3).

    Notes
    -----
    Sharma, Wu and Dalal 2005, doi 10.1002/col.20070.
    """
    labs = [lab_from_linear(one.astype(np.float32)) for one in (first, second)]
    difference: Any = deltaE_ciede2000
    return np.asarray(difference(*labs), dtype=np.float64)
