"""The shading of dents of 1 to 5 mm: light without blood and pigment, band-passed, on a coarse grid of millimetres."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from skincompare.errors import OptionError
from skincompare.imaging.colour import DARKEST
from skincompare.imaging.patches import PatchPair, SkinPatch
from skincompare.metrics._beside import LogRatio
from skincompare.metrics._scale_space import BoolImage, FloatImage, sampled

__all__ = ["ScarOptions", "Shading", "SharedShading", "shading_of", "shared_shading"]

FloatArray = npt.NDArray[np.float64]

COLOURLESS = (1.430, -0.009, -0.421)
"""Weights of ln (R, G, B): their sum is 1 (shading stays whole), and the optical densities of hemoglobin
(0.28, 1, 0.93) and of melanin (0.53, 1, 1.78), the axes of the whole package, drop out."""
LEAST_WEIGHT = 0.05
"""Share of counted skin under a kernel below which its mean is not believed."""
SAMPLE_AREA_MM2 = 4.0
"""Area of skin that gives one independent sample of the band [judgement, the coarser blur squared]."""
POINT_STEP = 2
"""Every so many-th grid pixel is compared: the band holds nothing finer."""
WHOLE = 0.99
"""Share of counted skin round a mapped point from which it counts."""
FULL_SHARE = 0.5
"""Share of counted skin under a grid pixel from which it counts."""


@dataclass(frozen=True, slots=True)
class ScarOptions:
    """How scars are measured.

    Parameters
    ----------
    grid_px_per_mm : float
        Grid on which shading is seen.
    finer_mm, coarser_mm : float
        Blurs (sigma) between which shading counts: wavelengths of 3 to 10 mm, dents of 1 to 5 mm.
    neighbourhood_mm : float
        Blur (sigma) over which the strength of shading is gathered.
    scar_strength : float
        Local strength (RMS, %) from which skin counts as scar-like.
    min_scar_mm2 : float
        Least area of one scar-like place.
    min_support : float
        Least share of the wider kernel that lies on skin that counts.
    min_area_cm2 : float
        Least area that carries a value.
    min_block_samples : int
        Fewest grid pixels that carry the value of one block.
    """

    grid_px_per_mm: float = 3.0
    finer_mm: float = 0.7
    coarser_mm: float = 2.0
    neighbourhood_mm: float = 0.8
    scar_strength: float = 2.2
    min_scar_mm2: float = 1.0
    min_support: float = 0.75
    min_area_cm2: float = 1.0
    min_block_samples: int = 100


@dataclass(frozen=True, eq=False)
class Shading:
    """The shading of a patch on the grid.

    Parameters
    ----------
    band : ndarray of float32, shape (height, width)
        Band-passed shading, %; 0 where it does not count.
    strength : ndarray of float32, shape (height, width)
        Root mean square of `band` in the neighbourhood, %.
    counted : ndarray of bool, shape (height, width)
        Where both count.
    shrink : float
        Grid pixels of one native pixel.
    corner : tuple of int
        Native pixel (x, y) of the patch where the grid begins.
    """

    band: FloatImage
    strength: FloatImage
    counted: BoolImage
    shrink: float
    corner: tuple[int, int]

    def to_native(self, xy: FloatArray) -> FloatArray:
        """Bring points (N, 2) of the grid to native pixels of the patch."""
        return np.asarray((xy + 0.5) / self.shrink - 0.5 + self.corner, np.float64)

    def from_native(self, xy: FloatArray) -> FloatArray:
        """Bring native pixels (N, 2) of the patch to the grid."""
        return np.asarray((xy - self.corner + 0.5) * self.shrink - 0.5, np.float64)


def shading_of(patch: SkinPatch, options: ScarOptions) -> Shading:
    """Return the shading of a patch.

    Parameters
    ----------
    patch : SkinPatch
        The skin; its scale must be known, and something must count. No gate is applied here.
    options : ScarOptions
        The band.

    Returns
    -------
    Shading
        On the grid.

    Raises
    ------
    OptionError
        When the scale is unknown.

    Notes
    -----
    Normalised convolution: Knutsson and Westin 1993, doi 10.1109/CVPR.1993.341081.
    """
    if not patch.scale.is_known:
        raise OptionError("Scars need a known scale: how many pixels make a millimetre.")
    box = patch.box
    shrink = options.grid_px_per_mm / patch.scale.px_per_mm
    weight = patch.mask[box].astype(np.float32)
    way = cv2.INTER_AREA if shrink < 1 else cv2.INTER_LINEAR
    # No size is given, so that the reduction is exact on both axes.
    share, *light = (
        np.asarray(cv2.resize(one, None, fx=shrink, fy=shrink, interpolation=way), np.float32)
        for one in (weight, *(cv2.extractChannel(patch.linear[box], k) * weight for k in range(3)))
    )
    full = (share > FULL_SHARE).astype(np.float32)
    logs = (np.log(np.maximum(one / np.maximum(share, LEAST_WEIGHT), DARKEST)) for one in light)
    shade = sum(np.float32(w) * one for w, one in zip(COLOURLESS, logs, strict=True)) * full
    scale = options.grid_px_per_mm
    finer, _ = _smoothed(shade, full, options.finer_mm * scale)
    coarser, support = _smoothed(shade, full, options.coarser_mm * scale)
    counted = (support > options.min_support) & (full > 0)
    band = np.where(counted, np.float32(100) * (finer - coarser), np.float32(0)).astype(np.float32)
    power, _ = _smoothed(band**2, counted.astype(np.float32), options.neighbourhood_mm * scale)
    corner = (box[1].start, box[0].start)
    strength = np.asarray(np.sqrt(np.maximum(power, 0)), np.float32)
    return Shading(band, strength, counted, shrink, corner)


def _smoothed(image: FloatImage, weight: FloatImage, sigma: float) -> tuple[FloatImage, FloatImage]:
    """Return the mean of what counts under a Gaussian, and how much of the Gaussian counts."""
    middle = np.float32(image.sum() / max(float(weight.sum()), 1.0))
    sums, support = (
        np.asarray(
            cv2.GaussianBlur(one, (0, 0), sigma, borderType=cv2.BORDER_CONSTANT),
            np.float32,
        )
        for one in ((image - middle) * weight, weight)
    )
    mean = sums / np.maximum(support, np.float32(LEAST_WEIGHT)) + middle
    return np.asarray(mean, np.float32), support


@dataclass(frozen=True, eq=False)
class SharedShading:
    """The shading of the same skin in two photos, point by point; arrays of shape (n,).

    Parameters
    ----------
    before, after : ndarray of float64
        Band-passed shading, %.
    scarred : ndarray of bool
        Where either photo shows scar-like skin.
    area_cm2 : float
        Area of the skin that both show.
    """

    before: FloatArray
    after: FloatArray
    scarred: npt.NDArray[np.bool_]
    area_cm2: float

    @property
    def agreement(self) -> float:
        """Correlation of the two; NaN with fewer than three points or where one is flat."""
        if self.before.size < 3 or not (np.ptp(self.before) > 0 and np.ptp(self.after) > 0):
            return math.nan
        return float(np.corrcoef(self.before, self.after)[0, 1])

    @property
    def log_ratio(self) -> LogRatio:
        """Ratio of the strengths, after over before, with the error of its sampling (Morgan 1939)."""
        samples = max(1.0, 100 * self.area_cm2 / SAMPLE_AREA_MM2)
        sampling = math.sqrt((1 - min(1.0, self.agreement**2)) / samples)
        before, after = (float(np.mean(np.square(side))) for side in (self.before, self.after))
        return LogRatio(math.log(after / before) / 2, sampling)


def shared_shading(pair: PatchPair, shadings: tuple[Shading, Shading], options: ScarOptions) -> SharedShading:
    """Return the shading of the skin that both photos count, read at the same places.

    Parameters
    ----------
    pair : PatchPair
        The same region of both photos.
    shadings : tuple of Shading
        Of the before and the after patch.
    options : ScarOptions
        What counts as scar-like.
    """
    first, second = shadings
    rows, columns = np.nonzero(first.counted)
    chosen = (rows % POINT_STEP == 0) & (columns % POINT_STEP == 0)
    rows, columns = rows[chosen], columns[chosen]
    xy = np.column_stack([columns, rows]).astype(np.float64)
    there = second.from_native(pair.to_after(first.to_native(xy)))
    x, y = there[:, :1], there[:, 1:]
    # Border pixels are continued, so places outside the grid are dropped by hand.
    inside = np.all((there >= 0) & (there <= np.array(second.band.shape[::-1]) - 1), axis=1)
    counted = inside & (sampled(second.counted.astype(np.float32), x, y, cv2.INTER_LINEAR)[:, 0] > WHOLE)
    rows, columns, x, y = rows[counted], columns[counted], x[counted], y[counted]
    strength = sampled(second.strength, x, y, cv2.INTER_LINEAR)[:, 0]
    scarred = np.maximum(first.strength[rows, columns], strength) > options.scar_strength
    area_cm2 = rows.size * (POINT_STEP / options.grid_px_per_mm) ** 2 / 100
    after = sampled(second.band, x, y, cv2.INTER_LINEAR)[:, 0]
    return SharedShading(first.band[rows, columns].astype(np.float64), after, scarred, area_cm2)
