"""Finding pores: dark round marks that stand out of the skin round them in almost every direction."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from skincompare.errors import OptionError
from skincompare.imaging.patches import SkinPatch
from skincompare.imaging.sharpness import blur_sigma, noise_sigma
from skincompare.metrics._blobs import SIGMA_OF_DIAMETER, Blobs, dark_blobs, without_doubles
from skincompare.metrics._scale_space import BoolImage, FloatImage, sampled

__all__ = ["TYPICAL_BLUR_PX", "PoreList", "PoreOptions", "find_pores"]

FloatArray = npt.NDArray[np.float64]

RESPONSE_OF_CONTRAST = 0.3
"""Least response of a mark over its least contrast (a disc has 0.74, a soft mark 0.5; the rest is margin)."""
CENTRE_NOISE = 0.5
"""Noise of the mean over the centre of a mark, over that of a pixel."""
FILL_SIGMA_MM = 1.0
"""Blur of what stands in for skin that does not count."""
TYPICAL_BLUR_PX = 0.8
"""Blur of a photo that is too small to show its own, px."""
WORKING_PX_PER_MM = 12.0
"""Resolution at which pores are looked for at most: finer adds cost and no pores (F1 0.95 at 12 px/mm, 0.94 at 16,
0.95 at 20)."""
NEARLY_WORKING = 0.9
"""A photo is reduced only when it has more than that over :data:`WORKING_PX_PER_MM`."""
FULL_SHARE = 0.99
"""Share of counted pixels under a reduced one from which it counts."""
RING_DIRECTIONS = 16
"""Directions in which a mark is compared with its surroundings."""
LEAST_WEIGHT = 0.01
"""Share of counted skin below which the continuation fades to the mean."""
LEAST_UNBLURRED = 1 / 3
"""Least true diameter over the seen one: below it the blur alone explains the mark."""
CENTRE_RADIUS = 0.18
"""Radius of the circle that stands for the centre of a mark, diameters."""
RING_RADII = (0.8, 0.95)
"""Radii of the circles that stand for its surroundings, diameters."""
DARK_DIRECTIONS = 0.2
"""Share of the directions that may be as dark as the centre: a line takes two of sixteen and their neighbours."""


@dataclass(frozen=True, slots=True)
class PoreOptions:
    """What counts as a pore.

    Parameters
    ----------
    min_diameter_mm, max_diameter_mm : float
        Range of diameters that is searched.
    n_scales : int
        How many diameters are tried in that range.
    min_counted_mm : float
        Least diameter, freed from blur, of a pore that is listed.
    min_contrast : float
        Least optical density of the centre over its surroundings.
    noise_factor : float
        The contrast exceeds the noise at least so many times.
    min_roundness : float
        Least ratio of the two curvatures.
    min_ring_share : float
        In 4 of 5 directions the surroundings are lighter than the centre by this share of the contrast.
    overlap : float
        Of two marks nearer than this many mean diameters, the weaker is dropped.
    edge_mm : float
        Pores so near the edge of what counts are left out, and that rim from the area.
    min_area_cm2 : float
        Least area that carries a value.
    min_block_cm2 : float
        Least area that carries the value of one block.
    min_block_pores : int
        Fewest pores whose median diameter counts as that of a block.
    """

    min_diameter_mm: float = 0.16
    max_diameter_mm: float = 0.9
    n_scales: int = 13
    min_counted_mm: float = 0.2
    min_contrast: float = 0.045
    noise_factor: float = 4.0
    min_roundness: float = 0.4
    min_ring_share: float = 0.6
    overlap: float = 0.8
    edge_mm: float = 0.25
    min_area_cm2: float = 0.5
    min_block_cm2: float = 0.3
    min_block_pores: int = 5


@dataclass(frozen=True, eq=False)
class PoreList:
    """The pores of a patch, one an entry; arrays of float64, shape (n,).

    Parameters
    ----------
    x, y : ndarray
        Centre, native pixels of the patch.
    diameter_mm : ndarray
        Diameter, freed from the blur of the photo.
    contrast : ndarray
        Optical density of the centre over its surroundings.
    interior : ndarray of bool, shape (height, width)
        Where pores were looked for: what counts, without the rim.
    blur_px : float
        Blur of the photo (sigma); NaN when unknown.
    """

    x: FloatArray
    y: FloatArray
    diameter_mm: FloatArray
    contrast: FloatArray
    interior: BoolImage
    blur_px: float


def find_pores(patch: SkinPatch, options: PoreOptions) -> PoreList:
    """Return the pores of a patch.

    Dark round marks of the optical density -log10(Y), by the Laplacian in space and scale; kept where they stand
    out of their surroundings in almost every direction (a line does not) and are round.

    Parameters
    ----------
    patch : SkinPatch
        The skin; its scale must be known. No gate is applied here.
    options : PoreOptions
        What counts as a pore.

    Returns
    -------
    PoreList
        In the order of their sizes as first found, then rows.

    Raises
    ------
    OptionError
        When the scale is unknown.

    Notes
    -----
    Source: Lindeberg 1998, doi 10.1023/A:1008045108935 (the detector); the tests were fitted on rendered skin.
    """
    if not patch.scale.is_known:
        raise OptionError("Pores need a known scale: how many pixels make a millimetre.")
    px_per_mm = patch.scale.px_per_mm
    box = patch.box
    mask = patch.mask[box]
    interior = np.zeros(patch.mask.shape, dtype=np.bool_)
    if not mask.any():
        none = np.empty(0)
        return PoreList(none, none, none, none, interior, math.nan)
    interior[box] = _interior(mask, options.edge_mm * px_per_mm)
    density = patch.density[box]
    density, (mask, inside), shrink = _working(density, (mask, interior[box]), px_per_mm)
    px_per_mm *= shrink
    noise, blur = noise_sigma(density, mask), blur_sigma(density, mask)
    noise_limit = 0.0 if math.isnan(noise) else options.noise_factor * CENTRE_NOISE * noise
    filled = _filled(density, mask, FILL_SIGMA_MM * px_per_mm)
    blobs, contrast = _marks(filled, inside, px_per_mm, max(options.min_contrast, noise_limit), options)
    diameter = _unblurred(blobs.diameter, TYPICAL_BLUR_PX if math.isnan(blur) else blur) / px_per_mm
    wide = diameter >= options.min_counted_mm
    x = (blobs.x[wide] + 0.5) / shrink - 0.5 + box[1].start
    y = (blobs.y[wide] + 0.5) / shrink - 0.5 + box[0].start
    return PoreList(x, y, diameter[wide], contrast[wide], interior, blur / shrink)


def _working(
    density: FloatImage, masks: tuple[BoolImage, BoolImage], px_per_mm: float
) -> tuple[FloatImage, tuple[BoolImage, BoolImage], float]:
    """Bring skin and masks to the resolution at which pores are looked for, and say by how much."""
    shrink = WORKING_PX_PER_MM / px_per_mm
    if shrink >= NEARLY_WORKING:
        return density, masks, 1.0
    # No size is given, so that the reduction is exact on both axes.
    images = (density, *(mask.astype(np.float32) for mask in masks))
    small, *full = (
        np.asarray(cv2.resize(one, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.float32)
        for one in images
    )
    return small, (full[0] > FULL_SHARE, full[1] > FULL_SHARE), shrink


def _marks(
    density: FloatImage, interior: BoolImage, px_per_mm: float, min_contrast: float, options: PoreOptions
) -> tuple[Blobs, FloatArray]:
    """Return the marks of `density` that are pores, as seen (not freed from blur), and their contrasts."""
    diameters = np.geomspace(options.min_diameter_mm, options.max_diameter_mm, options.n_scales) * px_per_mm
    blobs = dark_blobs(density, diameters, RESPONSE_OF_CONTRAST * min_contrast)
    rows, columns = (np.rint(values).astype(np.intp) for values in (blobs.y, blobs.x))
    blobs = blobs.kept(interior[rows, columns] & (blobs.roundness > options.min_roundness))
    contrast, weakest_side = _contrast(density, blobs)
    real = (contrast > min_contrast) & (weakest_side > options.min_ring_share * contrast)
    blobs, contrast = blobs.kept(real), contrast[real]
    single = without_doubles(blobs, options.overlap)
    return blobs.kept(single), contrast[single]


def _filled(image: FloatImage, mask: BoolImage, sigma_px: float) -> FloatImage:
    """Return the image with a smooth continuation of what counts in place of what does not."""
    if mask.all():
        return image
    step = max(1, int(sigma_px / 2))
    small = (math.ceil(image.shape[1] / step), math.ceil(image.shape[0] / step))
    weight = mask.astype(np.float32)
    middle = np.float32(image[mask].mean())
    sums, weights = (
        cv2.GaussianBlur(cv2.resize(part, small, interpolation=cv2.INTER_AREA), (0, 0), sigma_px / step)
        for part in ((image - middle) * weight, weight)
    )
    smooth = sums / np.maximum(weights, np.float32(LEAST_WEIGHT)) + middle
    wide = cv2.resize(smooth, image.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.where(mask, image, wide).astype(np.float32)


def _interior(mask: BoolImage, edge_px: float) -> BoolImage:
    """Return what is farther than `edge_px`, along rows and columns, from everything that does not count."""
    side = 2 * round(edge_px) + 1
    square = np.ones((side, side), dtype=np.uint8)
    eroded = cv2.erode(mask.astype(np.uint8), square, borderType=cv2.BORDER_CONSTANT, borderValue=(0.0,))
    return np.asarray(eroded > 0)


def _unblurred(diameter: FloatArray, blur: float) -> FloatArray:
    """Return the diameters that marks had before a blur, all in px; never below a third of what is seen."""
    squared = diameter**2 - (blur / SIGMA_OF_DIAMETER) ** 2
    return np.sqrt(np.maximum(squared, (diameter * LEAST_UNBLURRED) ** 2))


def _contrast(density: FloatImage, blobs: Blobs) -> tuple[FloatArray, FloatArray]:
    """Return the contrast of each mark against the median of its ring, and against its darker directions."""
    eighths = np.arange(8) * (math.pi / 4)
    turns = np.arange(RING_DIRECTIONS) * (2 * math.pi / RING_DIRECTIONS)
    centre = np.vstack(
        (np.zeros((1, 2)), CENTRE_RADIUS * np.column_stack((np.cos(eighths), np.sin(eighths))))
    )
    spokes = np.column_stack((np.cos(turns), np.sin(turns)))
    offsets = np.vstack((centre, *(radius * spokes for radius in RING_RADII)))
    x = blobs.x[:, None] + blobs.diameter[:, None] * offsets[:, 0]
    y = blobs.y[:, None] + blobs.diameter[:, None] * offsets[:, 1]
    samples = sampled(density, x, y, cv2.INTER_LINEAR)
    middle = samples[:, : len(centre)].mean(axis=1)
    ring = samples[:, len(centre) :].reshape(-1, len(RING_RADII), RING_DIRECTIONS).mean(axis=1)
    sides = middle[:, None] - ring
    return np.median(sides, axis=1), np.quantile(sides, DARK_DIRECTIONS, axis=1)
