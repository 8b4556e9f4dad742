"""The tone curve by which the after photo bends the light more than the before photo does.

Phones brighten shadows and flatten highlights, each photo by its own amount, and a bent curve changes the ratios of the
channels: a false redness that differs between bright and dark skin. Untreated skin tells the bend, since within one
region bright and dark skin must have changed alike.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from skincompare.imaging.colour import DARKEST, decoded, encoded
from skincompare.imaging.sampling import FieldArray, FloatArray

__all__ = ["STRAIGHT", "ToneCurve", "ToneSamples", "fit_tone_curve"]

LARGEST_BEND, BEND_STEP = 0.6, 0.01
"""Largest bend that is looked for, either way, and the step between those that are tried."""
RESIDUAL_SCALE = 0.03
"""Scale of the robust loss on a natural logarithm (fitted on 102 people)."""
PRIOR_SD = 0.25
"""SD of the bend between two photos of phones, before looking (fitted on 102 people)."""
MIN_SAMPLES = 2
"""Fewest samples (a region's third of one brightness) that tell a bend."""
TABLE_SIZE = 1 << 14
"""Entries of the table by which a picture is bent, even in the root of the light."""
STEP = 1e-3
"""Step of the bend in a derivative."""


@dataclass(frozen=True, eq=False)
class ToneSamples:
    """Median light of the same skin in both photos, by region and brightness.

    Parameters
    ----------
    before, after : ndarray of float64, shape (N, 3)
        Linear light in (0, 1], RGB; row for row the same skin.
    """

    before: FloatArray
    after: FloatArray


@dataclass(frozen=True)
class ToneCurve:
    """t' = t - bend t (1 - t) (2 t - 1) on coded values t: what brings the after photo to the before photo's curve.

    Parameters
    ----------
    bend : float
        In [-0.6, 0.6]; 0 leaves everything as it is.
    sigma : float
        Its standard deviation.
    """

    bend: float
    sigma: float

    def corrected(self, linear: FieldArray) -> FieldArray:
        """Return linear light, any shape of three dimensions, float32, brought to the before photo's curve."""
        if self.bend == 0:
            return linear
        place = cv2.sqrt(np.clip(linear, 0, 1)) * np.float32(TABLE_SIZE - 1)
        return np.asarray(self._table[np.rint(place).astype(np.uint16)], np.float32)

    @cached_property
    def _table(self) -> FieldArray:
        roots = np.linspace(0, 1, TABLE_SIZE)
        return _bent(roots**2, np.array(self.bend)).astype(np.float32)

    @staticmethod
    def slope_of(linear: FloatArray) -> tuple[float, float]:
        """Return by how much u = 100 log10(R/G) and v = 100 log10(G/B) of a colour grow with the bend.

        Parameters
        ----------
        linear : ndarray of float64, shape (3,)
            Corrected linear light of the after photo, RGB; NaN gives NaN.

        Returns
        -------
        tuple of float
            EI units for a bend of 1.
        """
        low, high = (
            100 * np.log10(np.maximum(_bent(linear, np.array(step)), DARKEST)) for step in (-STEP, STEP)
        )
        red, green, blue = (high - low) / (2 * STEP)
        return float(red - green), float(green - blue)


STRAIGHT = ToneCurve(0.0, PRIOR_SD)
"""When nothing tells the bend: none is taken off, and it stays as uncertain as it is before looking."""


def fit_tone_curve(samples: Sequence[ToneSamples]) -> ToneCurve:
    """Find the bend after which all untreated skin changed alike, bright or dark.

    Parameters
    ----------
    samples : sequence of ToneSamples
        One for each untreated region.

    Returns
    -------
    ToneCurve
        The most probable bend (exactly 0 for one photo given twice), and the standard deviation of the posterior.

    Notes
    -----
    The change of ln light of every sample and channel is freed of the sample's own mean (exposure, shading) and of the
    median over the samples of its channel (white balance); what is left is the bend's. The loss is that of Geman and
    McClure 1985 at :data:`RESIDUAL_SCALE`, the prior normal.
    """
    before = np.concatenate([one.before for one in samples]) if samples else np.zeros((0, 3))
    if len(before) < MIN_SAMPLES:
        return STRAIGHT
    after = np.concatenate([one.after for one in samples])
    count = round(LARGEST_BEND / BEND_STEP)
    bends = np.arange(-count, count + 1) * BEND_STEP
    moved = np.log(np.maximum(_bent(after[None], bends[:, None, None].astype(np.float64)), DARKEST)) - np.log(
        np.maximum(before, DARKEST)
    )
    rest = moved - moved.mean(axis=2, keepdims=True)
    rest -= np.median(rest, axis=1, keepdims=True)
    squared = (rest / RESIDUAL_SCALE) ** 2
    loss = (squared / (2 * (1 + squared))).sum(axis=(1, 2)) + (bends / PRIOR_SD) ** 2 / 2
    weight = np.exp(loss.min() - loss)
    weight /= weight.sum()
    mean = float(weight @ bends)
    return ToneCurve(float(bends[loss.argmin()]), math.sqrt(float(weight @ (bends - mean) ** 2)))


def _bent(linear: npt.NDArray[np.float64], bend: npt.NDArray[np.float64]) -> FloatArray:
    """Bend linear light on its sRGB codes; the two shapes are broadcast."""
    coded = encoded(linear)
    return np.asarray(decoded(coded - bend * coded * (1 - coded) * (2 * coded - 1)), np.float64)
