"""The relief of a patch, band by band: how strongly it modulates light, at a fixed total blur and freed from noise."""

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from skincompare.imaging.blocks import block_numbers, block_values
from skincompare.imaging.patches import SkinPatch
from skincompare.imaging.sharpness import noise_sigma
from skincompare.metrics._pore_list import PoreOptions, pores_of
from skincompare.metrics._scale_space import MIN_INCREMENT_PX, BoolImage, FloatImage, Level, cascade

__all__ = ["BANDS_MM", "BandRelief", "Places", "RoughnessOptions", "pore_places", "relief_of"]

FloatArray = npt.NDArray[np.float64]

BANDS_MM = (0.32, 0.16, 0.12, 0.09)
"""Finer blur s of each band, mm, the headline first. A band passes wavelengths round 6.5 s."""
RED_SHARE_OF_BLOOD = 0.28
"""Optical density of hemoglobin in linear red over that in green; the axis that the whole package uses."""
IQR_OF_NORMAL = 1.349
"""Interquartile range of a standard normal distribution."""
CHAIN_RATIO = 1.9
"""Least ratio of two blurs of which one is made from the other."""
HALVING_VARIANCE = 0.25
"""Blur (variance, px squared) that the mean of two pixels adds along its axis; wide blurs begin on such a grid."""
MIN_SUPPORT = 0.75
"""Least share of the wider kernel that must lie on skin that counts."""
WITH_PORES_MM = 0.16
"""Band from which on pores are counted: without them its changes of untouched skin scatter by 4.0 instead of 2.7 %."""
PORE_ROOM = 1.0
"""Radius round the middle of a pore that is left out of the finer bands, diameters. A pore is darker than any furrow
and does not change with the relief: relief of 0.8 times its depth reads -7.9 % in the finest band with pores, -10.6 %
without them (lamp at 50 degrees; -12.6 and -15.0 % at 30), at a scatter of untouched skin of 1.1 and 1.6 % (rendered
skin, 15 px/mm, seeds 6200 to 6203). 0.75 and 1.5 diameters do as much."""
MAX_SAMPLES = 1 << 16
"""Band values of which quartiles are taken: this to four times as many (a band has one independent value on 4 s
squared)."""


@dataclass(frozen=True, slots=True)
class RoughnessOptions:
    """How roughness is measured.

    Parameters
    ----------
    min_pixels : int
        Fewest native pixels that carry a value.
    min_block_samples : int
        Fewest band values that carry the value of one block.
    max_blur : float
        Largest blur of the photo over s: 1 / 1.2.
    max_tilt_degrees : float
        Largest angle between the skin and an untreated reference that meets the light alike.
    min_reference_cm2 : float
        Least area of such a reference.
    """

    min_pixels: int = 2000
    min_block_samples: int = 100
    max_blur: float = 1 / 1.2
    max_tilt_degrees: float = 10.0
    min_reference_cm2: float = 1.0


@dataclass(frozen=True, eq=False)
class BandRelief:
    """The relief of one band.

    Parameters
    ----------
    value : float
        100 IQR(z) / 1.349 freed from noise, %; NaN when too little can be counted.
    blocks : ndarray of float64, shape (n_blocks,)
        The same block by block.
    noise_power : float
        Variance of z that is noise.
    n_samples : int
        Values of z that were counted.
    """

    value: float
    blocks: FloatArray
    noise_power: float
    n_samples: int


Places = tuple[FloatArray, FloatArray]
"""Pores: middles (n, 2) and diameters (n,), native px of a patch."""


@dataclass(frozen=True, eq=False)
class _Skin:
    """What bands share: the log of light without blood, mask, noise and blur (px), the box in the patch."""

    log_light: FloatImage
    mask: BoolImage
    noise: float
    blur_px: float
    box: tuple[slice, slice]


def pore_places(patch: SkinPatch) -> Places:
    """Return the pores of a patch of known scale; the list is shared with the metric of pores."""
    pores = pores_of(patch, PoreOptions())
    return np.column_stack((pores.x, pores.y)), pores.diameter_mm * patch.scale.px_per_mm


def relief_of(
    patch: SkinPatch,
    bands_mm: tuple[float, ...],
    blur_px: float,
    options: RoughnessOptions,
    pores: Places | None = None,
) -> dict[float, BandRelief]:
    """Return the relief of a patch in each band.

    Parameters
    ----------
    patch : SkinPatch
        The skin; its scale must be known.
    bands_mm : tuple of float
        Finer blurs s of the bands, mm, each above the blur of the photo.
    blur_px : float
        Blur that the photo has, native px; it is counted as part of s. NaN counts as none.
    options : RoughnessOptions
        Limits.
    pores : Places, optional
        Pores that are left out of the bands below :data:`WITH_PORES_MM`; default: those of the patch itself.

    Returns
    -------
    dict of float to BandRelief
        By s.

    Notes
    -----
    Source: normalised convolution after Knutsson and Westin 1993, doi 10.1109/CVPR.1993.341081.
    """
    own = 0.0 if math.isnan(blur_px) else blur_px
    whole = patch.remembered("bloodless skin", lambda: _skin(patch))
    found = {}
    for coarse in (True, False):
        bands = [s for s in bands_mm if (s >= WITH_PORES_MM) is coarse]
        if not bands:
            continue
        skin = whole if coarse else _without_pores(whole, patch, pores)
        scales = [s * patch.scale.px_per_mm for s in bands]
        levels = _levels(skin, scales, own, max(scales) / 2 if coarse else math.inf)
        for s, s_px in zip(bands, scales, strict=True):
            found[s] = _band(levels[s_px], levels[2 * s_px], skin, patch, options)
    return found


def _skin(patch: SkinPatch) -> _Skin:
    mask = patch.mask[patch.box]
    red, green = (patch.log_light(channel)[patch.box] for channel in (0, 1))
    share = 1 / (1 - RED_SHARE_OF_BLOOD)
    bloodless = np.asarray(cv2.addWeighted(red, share, green, 1 - share, 0.0), dtype=np.float32)
    return _Skin(bloodless, mask, noise_sigma(bloodless, mask), patch.blur_px, patch.box)


def _without_pores(skin: _Skin, patch: SkinPatch, pores: Places | None) -> _Skin:
    """Return the same skin with its pores and what is shaded by them left out."""
    middles, diameters = pore_places(patch) if pores is None else pores
    mask = skin.mask.astype(np.uint8)
    corner = skin.box[1].start, skin.box[0].start
    for (x, y), radius in zip(np.rint(middles - corner).astype(int), PORE_ROOM * diameters, strict=True):
        cv2.circle(mask, (int(x), int(y)), math.ceil(radius), 0, cv2.FILLED)
    return replace(skin, mask=mask > 0)


def _levels(skin: _Skin, scales_px: list[float], own_px: float, max_step: float) -> dict[float, Level]:
    """Return, by total blur in px, the masked log of light and the weights, each blurred to it.

    The coarse bands have few independent values, so that a grid coarser than half of s would add to their scatter.
    """
    weight = skin.mask.astype(np.float32)
    middle = cv2.mean(skin.log_light, skin.mask.astype(np.uint8))[0]
    images = ((skin.log_light - np.float32(middle)) * weight, weight)
    halves = tuple(_halved(image) for image in images)
    found: dict[float, Level] = {}
    for totals in _chains(sorted({factor * s for s in scales_px for factor in (1, 2)})):
        added = [math.sqrt(total**2 - own_px**2) for total in totals]
        rest = [math.sqrt(max(one**2 - HALVING_VARIANCE, 0.0)) / 2 for one in added]
        if rest[0] < MIN_INCREMENT_PX:
            levels = cascade(images, added, cv2.BORDER_CONSTANT, max_step=max_step)
        else:
            half = cascade(halves, rest, cv2.BORDER_CONSTANT, max_step=max_step / 2)
            levels = (
                Level(one, 2 * level.step, level.images) for one, level in zip(added, half, strict=True)
            )
        found.update(zip(totals, levels, strict=True))
    return found


def _halved(image: FloatImage) -> FloatImage:
    """Return the means of 2 x 2 pixels; an odd last row or column is dropped."""
    rows, columns = (side // 2 * 2 for side in image.shape)
    size = max(columns // 2, 1), max(rows // 2, 1)
    return np.asarray(
        cv2.resize(image[: 2 * size[1], : 2 * size[0]], size, interpolation=cv2.INTER_AREA), np.float32
    )


def _chains(totals: list[float]) -> list[list[float]]:
    """Part rising blurs into rows in which each is about twice the one before: a small step on a grid is not exact."""
    chains: list[list[float]] = []
    for total in totals:
        chain = next((one for one in chains if one[-1] <= total / CHAIN_RATIO), None)
        if chain is None:
            chains.append([total])
        else:
            chain.append(total)
    return chains


def _band(
    finer: Level, coarser: Level, skin: _Skin, patch: SkinPatch, options: RoughnessOptions
) -> BandRelief:
    z, numbers = _band_values(finer, coarser, skin, patch)
    noise_power = skin.noise**2 * _noise_gain(finer.sigma_px, coarser.sigma_px)

    def roughness(values: npt.NDArray[np.float32]) -> float:
        spread = _interquartile_range(values) / IQR_OF_NORMAL
        return 100 * math.sqrt(max(spread**2 - noise_power, 0.0))

    blocks = block_values(z, numbers, patch.n_blocks, options.min_block_samples, roughness)
    if math.isnan(skin.noise) or z.size < max(1, options.min_block_samples):
        return BandRelief(math.nan, blocks, noise_power, 0 if math.isnan(skin.noise) else z.size)
    return BandRelief(roughness(z), blocks, noise_power, z.size)


def _band_values(
    finer: Level, coarser: Level, skin: _Skin, patch: SkinPatch
) -> tuple[FloatImage, npt.NDArray[np.int32]]:
    """Return the band at the points of a grid that count, and the block of each."""
    size = coarser.images[1].size
    step = coarser.step * max(1, math.isqrt(size // MAX_SAMPLES))
    (fine, fine_weight), (coarse, coarse_weight) = (
        tuple(image[:: step // level.step, :: step // level.step] for image in level.images)
        for level in (finer, coarser)
    )
    height, width = coarse_weight.shape
    counted = (coarse_weight > MIN_SUPPORT) & skin.mask[::step, ::step][:height, :width]
    z = fine[counted] / fine_weight[counted] - coarse[counted] / coarse_weight[counted]
    rows, columns = (np.arange(length) * step for length in counted.shape)
    top, left = skin.box[0].start, skin.box[1].start
    return z, block_numbers(patch, rows[:, None] + top, columns[None, :] + left)[counted]


def _interquartile_range(values: FloatImage) -> float:
    """Return the third quartile minus the first (nearest ranks)."""
    first, third = values.size // 4, 3 * values.size // 4
    ranked = np.partition(values, (first, third))
    return float(ranked[third] - ranked[first])


def _noise_gain(finer_px: float, coarser_px: float) -> float:
    """Return by how much the band filter multiplies the variance of white noise."""
    a, b = finer_px**2, coarser_px**2
    return (1 / a + 1 / b - 4 / (a + b)) / (4 * math.pi)
