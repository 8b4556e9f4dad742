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
from skincompare.metrics._pore_score import Looks, chance_of_pore, lean_of, looks_of, texture_level
from skincompare.metrics._scale_space import BoolImage, FloatImage

__all__ = [
    "DETECTION_PX_PER_MM",
    "TYPICAL_BLUR_PX",
    "Candidates",
    "PoreList",
    "PoreOptions",
    "candidates_of",
    "effective_px_per_mm",
    "find_pores",
    "pores_of",
]

FloatArray = npt.NDArray[np.float64]

RED_SHARE, GREEN_SHARE = 0.7, 0.3
"""Optical density in which pores are looked for: that of red light, in which blood and pigment are least uneven, and
some green, in which small pores are darker (of luminance, red alone and other mixtures these found most at 8 px/mm and
on dark skin, rendered)."""
LEAN_MM = 0.12
"""Most that the darkest spot of a pore lies beside its middle: so much nearer to the edge marks are looked at, mm."""
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
"""Resolution at which pores are looked for at most: finer adds cost and no pores."""
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
        Least probability of a mark that it is a pore (rendered: F1 is flat from 0.4 to 0.65, and skin without pores
        shows fewer marks the higher it is).
    max_texture : float
        Largest fine texture, optical density, in which pores can be told (dark skin has 0.008 to 0.010, dark oily skin
        0.011 to 0.014, and F1 0.7 to 0.8 there).
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
    min_ring_share: float = 0.3
    min_chance: float = 0.6
    max_texture: float = 0.0100
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
    lean : ndarray of float64, shape (2,)
        Where the darkest spot of a pore lies from its centre, (x, y) in its diameters: toward the lamp.
    """

    x: FloatArray
    y: FloatArray
    diameter_mm: FloatArray
    contrast: FloatArray
    interior: BoolImage
    blur_px: float
    texture: float
    lean: FloatArray


@dataclass(frozen=True, eq=False)
class Candidates:
    """Dark round marks, before it is told which of them are pores; `px_per_mm` is that of the pixels they are in.

    A place on them is `shrink` times the native one, from the corner (x, y) in native pixels on.
    """

    blobs: Blobs
    looks: Looks
    px_per_mm: float
    shrink: float
    corner: tuple[int, int]
    interior: BoolImage
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
    found = candidates_of(patch, options)
    if found is None:
        none = np.empty(0)
        nothing = np.zeros(patch.mask.shape, dtype=np.bool_)
        return PoreList(none, none, none, none, nothing, math.nan, math.nan, np.zeros(2))
    blobs, looks = found.blobs, found.looks
    chance = chance_of_pore(looks, blobs.diameter / found.px_per_mm, found.px_per_mm)
    lean = lean_of(looks, chance)
    blur = TYPICAL_BLUR_PX if math.isnan(patch.blur_px) else patch.blur_px * found.shrink
    diameter = _unblurred(blobs.diameter, blur) / found.px_per_mm
    # What is found is the darkest spot; the pore lies away from the lamp.
    x, y = (
        (place - turn * blobs.diameter + 0.5) / found.shrink - 0.5 + first
        for place, turn, first in zip((blobs.x, blobs.y), lean, found.corner, strict=True)
    )
    kept = (
        (chance > options.min_chance) & (diameter >= options.min_counted_mm) & _inside(found.interior, x, y)
    )
    kept[kept] = without_doubles(blobs.kept(kept), options.overlap)
    return PoreList(
        x[kept],
        y[kept],
        diameter[kept],
        looks.contrast[kept],
        found.interior,
        patch.blur_px,
        found.texture,
        lean,
    )


def candidates_of(patch: SkinPatch, options: PoreOptions) -> Candidates | None:
    """Return the dark round marks of a patch and what they look like; None where nothing counts.

    Parameters
    ----------
    patch : SkinPatch
        The skin; its scale must be known.
    options : PoreOptions
        What counts as a pore.
    """
    px_per_mm = patch.scale.px_per_mm
    box = patch.box
    mask = patch.mask[box]
    if not mask.any():
        return None
    interior = np.zeros(patch.mask.shape, dtype=np.bool_)
    interior[box] = _interior(mask, options.edge_mm * px_per_mm)
    near = _interior(mask, (options.edge_mm - LEAN_MM) * px_per_mm)
    linear, (mask, near), shrink = _working(patch.linear[box], (mask, near), px_per_mm)
    px_per_mm *= shrink
    red, green = (_optical_density(np.ascontiguousarray(linear[..., channel])) for channel in (0, 1))
    mixed = np.asarray(cv2.addWeighted(red, RED_SHARE, green, GREEN_SHARE, 0.0), np.float32)
    density = _filled(mixed, mask, FILL_SIGMA_MM * px_per_mm)
    noise = noise_sigma(density, mask)
    noise_limit = 0.0 if math.isnan(noise) else options.noise_factor * CENTRE_NOISE * noise
    least = max(options.min_contrast, noise_limit)
    blur = 0.0 if math.isnan(patch.blur_px) else patch.blur_px * shrink
    texture = texture_level(_optical_density(luminance(linear)), mask, px_per_mm, blur)
    blobs, looks = _marks(density, near, px_per_mm, least, options)
    corner = (box[1].start, box[0].start)
    return Candidates(blobs, looks, px_per_mm, shrink, corner, interior, texture)


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
    density: FloatImage,
    near: BoolImage,
    px_per_mm: float,
    min_contrast: float,
    options: PoreOptions,
) -> tuple[Blobs, Looks]:
    """Return the dark round marks, as seen (not freed from blur), and what they look like."""
    diameters = np.geomspace(options.min_diameter_mm, options.max_diameter_mm, options.n_scales) * px_per_mm
    blobs = dark_blobs(density, diameters, RESPONSE_OF_CONTRAST * min_contrast)
    rows, columns = (np.rint(values).astype(np.intp) for values in (blobs.y, blobs.x))
    blobs = blobs.kept(near[rows, columns] & (blobs.roundness > options.min_roundness))
    looks = looks_of(density, blobs)
    seen = (looks.contrast > min_contrast) & (looks.darker > options.min_ring_share)
    return blobs.kept(seen), looks.kept(seen)


def _inside(interior: BoolImage, x: FloatArray, y: FloatArray) -> npt.NDArray[np.bool_]:
    """Return which points lie where pores are counted."""
    rows, columns = (
        np.rint(values).astype(np.intp).clip(0, side - 1)
        for values, side in ((y, interior.shape[0]), (x, interior.shape[1]))
    )
    return np.asarray(interior[rows, columns])


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
