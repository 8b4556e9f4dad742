"""Finding pores: dark round marks that stand out of the skin round them, scored by what they look like."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from skincompare.errors import OptionError
from skincompare.imaging.colour import DARKEST, luminance
from skincompare.imaging.patches import SkinPatch
from skincompare.imaging.sharpness import noise_sigma
from skincompare.metrics._blobs import SIGMA_OF_DIAMETER, Blobs, dark_blobs, without_doubles
from skincompare.metrics._pore_score import chance_of_pore, looks_of, texture_level
from skincompare.metrics._scale_space import BoolImage, FloatImage

__all__ = [
    "DETECTION_PX_PER_MM",
    "TYPICAL_BLUR_PX",
    "PoreList",
    "PoreOptions",
    "effective_px_per_mm",
    "find_pores",
    "pores_of",
]

FloatArray = npt.NDArray[np.float64]

RESPONSE_OF_CONTRAST = 0.3
"""Least response of a mark over its least contrast (a disc has 0.74, a soft mark 0.5; the rest is margin)."""
CENTRE_NOISE = 0.5
"""Noise of the mean over the centre of a mark, over that of a pixel."""
FILL_SIGMA_MM = 1.0
"""Blur of what stands in for skin that does not count."""
TYPICAL_BLUR_PX = 0.8
"""Blur of a photo that is too small to show its own, px."""
SHARP_BLUR_PX = 0.75
"""Blur of a sharp photo, px: one blurred by b mm shows as much as a sharp one of 0.75 / b px/mm."""
DETECTION_PX_PER_MM = (6.0, 8.0, 12.0, 16.0)
"""Effective resolutions of the next rows, px/mm: 8 to 16 measured on rendered skin, 6 judged."""
WORKING_PX_PER_MM = 12.0
"""Resolution at which pores are looked for at most: finer adds cost and no pores (F1 0.95 at 12 px/mm, 0.95 at 16,
0.95 at 20)."""
NEARLY_WORKING = 0.9
"""A photo is reduced only when it has more than that over :data:`WORKING_PX_PER_MM`."""
FULL_SHARE = 0.99
"""Share of counted pixels under a reduced one from which it counts."""
LEAST_WEIGHT = 0.01
"""Share of counted skin below which the continuation fades to the mean."""
LEAST_UNBLURRED = 1 / 3
"""Least true diameter over the seen one: below it the blur alone explains the mark."""


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
        All but three of 16 directions are lighter than the centre by this share of the contrast: a line is no pore.
    min_chance : float
        Least probability of a mark that it is a pore; below one half, as a pore missed costs more than a mark too many.
    max_texture : float
        Largest fine texture, optical density, in which pores can be told (F1 0.65 above it, on dark oily
        skin).
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
    min_counted_mm: float = 0.15
    min_contrast: float = 0.02
    noise_factor: float = 4.0
    min_roundness: float = 0.3
    min_ring_share: float = 0.45
    min_chance: float = 0.37
    max_texture: float = 0.0085
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
        Blur of the photo (sigma), native px; NaN when unknown.
    texture : float
        SD of the fine texture that pores have to stand out of, optical density; NaN when nothing counts.
    """

    x: FloatArray
    y: FloatArray
    diameter_mm: FloatArray
    contrast: FloatArray
    interior: BoolImage
    blur_px: float
    texture: float


def find_pores(patch: SkinPatch, options: PoreOptions) -> PoreList:
    """Return the pores of a patch.

    Dark round marks of the optical density -log10(Y), by the Laplacian in space and scale; kept where what they look
    like (contrast alone and over the skin's own texture, darkness against every direction, redness, size) makes them
    pores more probably than not.

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
    Source: Lindeberg 1998, doi 10.1023/A:1008045108935 (the detector); the score was fitted on rendered skin.
    """
    if not patch.scale.is_known:
        raise OptionError("Pores need a known scale: how many pixels make a millimetre.")
    px_per_mm = patch.scale.px_per_mm
    box = patch.box
    mask = patch.mask[box]
    interior = np.zeros(patch.mask.shape, dtype=np.bool_)
    if not mask.any():
        none = np.empty(0)
        return PoreList(none, none, none, none, interior, math.nan, math.nan)
    interior[box] = _interior(mask, options.edge_mm * px_per_mm)
    linear, (mask, inside), shrink = _working(patch.linear[box], (mask, interior[box]), px_per_mm)
    px_per_mm *= shrink
    density, red = (
        _filled(_optical_density(light), mask, FILL_SIGMA_MM * px_per_mm)
        for light in (luminance(linear), np.ascontiguousarray(linear[..., 0]))
    )
    noise, blur = noise_sigma(density, mask), patch.blur_px * shrink
    noise_limit = 0.0 if math.isnan(noise) else options.noise_factor * CENTRE_NOISE * noise
    texture = texture_level(density, mask, px_per_mm)
    least = max(options.min_contrast, noise_limit)
    blobs, contrast = _marks((density, red), inside, (px_per_mm, texture), least, options)
    diameter = _unblurred(blobs.diameter, TYPICAL_BLUR_PX if math.isnan(blur) else blur) / px_per_mm
    wide = diameter >= options.min_counted_mm
    x = (blobs.x[wide] + 0.5) / shrink - 0.5 + box[1].start
    y = (blobs.y[wide] + 0.5) / shrink - 0.5 + box[0].start
    return PoreList(x, y, diameter[wide], contrast[wide], interior, patch.blur_px, texture)


def pores_of(patch: SkinPatch, options: PoreOptions) -> PoreList:
    """Return the list of a patch, made once for both its own numbers and the paired change."""
    return patch.remembered(("pores", options), lambda: find_pores(patch, options))


def effective_px_per_mm(patch: SkinPatch) -> float:
    """Return the px/mm at which a sharp photo would show as much."""
    blur_px = TYPICAL_BLUR_PX if math.isnan(patch.blur_px) else patch.blur_px
    px_per_mm = patch.scale.px_per_mm
    return min(px_per_mm, SHARP_BLUR_PX * px_per_mm / max(blur_px, SHARP_BLUR_PX / 2))


def _working(
    linear: FloatImage, masks: tuple[BoolImage, BoolImage], px_per_mm: float
) -> tuple[FloatImage, tuple[BoolImage, BoolImage], float]:
    """Bring skin and masks to the resolution at which pores are looked for, and say by how much."""
    shrink = WORKING_PX_PER_MM / px_per_mm
    if shrink >= NEARLY_WORKING:
        return linear, masks, 1.0
    # No size is given, so that the reduction is exact on both axes.
    images = (linear, *(mask.astype(np.float32) for mask in masks))
    small, *full = (
        np.asarray(cv2.resize(one, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.float32)
        for one in images
    )
    return small, (full[0] > FULL_SHARE, full[1] > FULL_SHARE), shrink


def _marks(
    densities: tuple[FloatImage, FloatImage],
    interior: BoolImage,
    skin: tuple[float, float],
    min_contrast: float,
    options: PoreOptions,
) -> tuple[Blobs, FloatArray]:
    """Return the marks that are pores, as seen (not freed from blur), and their contrasts.

    `densities` are those of luminance and of red light, `skin` is its px/mm and its texture.
    """
    px_per_mm, texture = skin
    diameters = np.geomspace(options.min_diameter_mm, options.max_diameter_mm, options.n_scales) * px_per_mm
    blobs = dark_blobs(densities[0], diameters, RESPONSE_OF_CONTRAST * min_contrast)
    rows, columns = (np.rint(values).astype(np.intp) for values in (blobs.y, blobs.x))
    blobs = blobs.kept(interior[rows, columns] & (blobs.roundness > options.min_roundness))
    looks = looks_of(*densities, blobs)
    seen = (looks.contrast > min_contrast) & (looks.darker > options.min_ring_share)
    blobs, looks = blobs.kept(seen), looks.kept(seen)
    chance = chance_of_pore(looks, blobs.diameter / px_per_mm, texture, px_per_mm)
    real = chance > options.min_chance
    blobs, looks = blobs.kept(real), looks.kept(real)
    single = without_doubles(blobs, options.overlap)
    return blobs.kept(single), looks.contrast[single]


def _optical_density(light: FloatImage) -> FloatImage:
    log = cv2.log(np.maximum(light, np.float32(DARKEST)))
    return np.asarray(log * np.float32(-1 / math.log(10)), dtype=np.float32)


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
