"""Roughness: how strongly the fine relief of the skin modulates the light, band by band."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from skincompare.imaging.blocks import block_numbers, block_values, standard_error
from skincompare.imaging.colour import DARKEST
from skincompare.imaging.patches import SkinPatch
from skincompare.imaging.sharpness import BLUR_RELATIVE_ERROR, noise_sigma
from skincompare.metrics._gates import blurred, unknown_blur, withheld_for_scale, withheld_for_size
from skincompare.metrics._scale_space import BoolImage, FloatImage, Level, cascade
from skincompare.metrics.registry import Estimate, MetricSpec, Quantity

__all__ = ["SPEC", "RoughnessOptions", "measure_roughness"]

FloatArray = npt.NDArray[np.float64]

BANDS_MM = (0.32, 0.16, 0.12)
"""Finer blur s of each band, mm, the headline first. A band passes wavelengths round 6.5 s."""
RED_SHARE_OF_BLOOD = 0.28
"""Optical density of hemoglobin in linear red over that in green; the axis that the whole package uses."""
REPEAT_RELATIVE = 0.10
"""Within-subject SD over the value: 6-14 % without an untreated reference of the same tilt (rendered skin)."""
COMPRESSION_ERROR = (0.12, 0.35, 0.45)
"""Relative error of the absolute value in each of those bands: JPEG drops fine colour and then blood and pigment read
as relief (rendered skin, quality 75-97 against none). Two photos of one camera share it."""
IQR_OF_NORMAL = 1.349
"""Interquartile range of a standard normal distribution."""
WAVELENGTHS_PER_SCALE = 6.5
"""Wavelength that a band passes best, over s."""
MIN_SUPPORT = 0.75
"""Least share of the wider kernel that must lie on skin that counts."""
SCALE_EXPONENT = 0.5
"""Roughness grows with s to at most about this power (rendered skin: 0 to 0.5)."""
NOISE_RELATIVE_ERROR = 0.5
"""Relative error of the noise power: cameras and JPEG make noise that neighbours share."""
SAMPLING_OF_SPREAD = 1.17
"""Standard error of IQR / 1.349 times sqrt(n), over the SD (normal distribution)."""
SAMPLE_AREA_SCALES = 4.0
"""Area of skin, in s squared, that gives one independent sample of a band."""
MAX_SAMPLES = 1 << 17
"""Most band values of which quartiles are taken, roughly."""


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
    """

    min_pixels: int = 2000
    min_block_samples: int = 100
    max_blur: float = 1 / 1.2


@dataclass(frozen=True, eq=False)
class _Skin:
    """What all bands share: the log of light without blood, mask, noise and blur (px), the box in the patch."""

    log_light: FloatImage
    mask: BoolImage
    noise: float
    blur_px: float
    box: tuple[slice, slice]


def measure_roughness(patch: SkinPatch, options: RoughnessOptions) -> tuple[Estimate, ...]:
    """Return the roughness of a patch in three bands.

    z = G(s) * x - G(2 s) * x, where G(s) brings the *total* blur, the photo's own included, to s; roughness is
    100 IQR(z) / 1.349, freed from noise. x = (ln R - 0.28 ln G) / 0.72 is the logarithm of light without blood:
    shading stays whole, redness of any pattern drops out.

    Parameters
    ----------
    patch : SkinPatch
        The skin, in native pixels.
    options : RoughnessOptions
        Limits.

    Returns
    -------
    tuple of three Estimate
        ``roughness`` (s = 0.32 mm), ``roughness_160um`` and ``roughness_120um``, %. Each is missing, with a flag,
        below its resolution, without a scale, with too little skin, or when the photo is too blurred for it.

    Notes
    -----
    Compare photos of one camera and one JPEG quality. Not comparable between people, between lights of another
    direction, or across a large change of tan. Normalised convolution: Knutsson and Westin 1993,
    doi 10.1109/CVPR.1993.341081.
    """
    n_pixels = patch.n_pixels
    too_small = withheld_for_size(n_pixels, options.min_pixels)
    refused = {q.name: too_small or withheld_for_scale(patch, q) for q in SPEC.quantities}
    if all(refused.values()):
        return tuple(Estimate.missing(name, flag, n_pixels) for name, flag in refused.items() if flag)
    skin = _skin(patch)
    limit_px = {q.name: s * patch.scale.px_per_mm * options.max_blur for q, s in _banded()}
    for quantity, s in _banded():
        if refused[quantity.name] is None and skin.blur_px > limit_px[quantity.name]:
            blur_mm = skin.blur_px / patch.scale.px_per_mm
            refused[quantity.name] = blurred(quantity.label, blur_mm, s * options.max_blur)
    wanted = [s * patch.scale.px_per_mm for q, s in _banded() if refused[q.name] is None]
    levels = _levels(skin, wanted)
    estimates = []
    for quantity, s in _banded():
        flag = refused[quantity.name]
        if flag is not None:
            estimates.append(Estimate.missing(quantity.name, flag, n_pixels))
        else:
            estimates.append(_band((quantity.name, s), levels, skin, patch, options))
    return tuple(estimates)


def _banded() -> tuple[tuple[Quantity, float], ...]:
    return tuple(zip(SPEC.quantities, BANDS_MM, strict=True))


def _skin(patch: SkinPatch) -> _Skin:
    mask = patch.mask[patch.box]
    red, green = (cv2.extractChannel(patch.log_linear[patch.box], channel) for channel in (0, 1))
    share = 1 / (1 - RED_SHARE_OF_BLOOD)
    bloodless = np.asarray(cv2.addWeighted(red, share, green, 1 - share, 0.0), dtype=np.float32)
    return _Skin(bloodless, mask, noise_sigma(bloodless, mask), patch.blur_px, patch.box)


def _levels(skin: _Skin, scales_px: list[float]) -> dict[float, Level]:
    """Return, by total blur in px, the masked log of light and the weights, each blurred to it."""
    own = 0.0 if math.isnan(skin.blur_px) else skin.blur_px
    totals = sorted({factor * s for s in scales_px for factor in (1, 2)})
    added = [math.sqrt(total**2 - own**2) for total in totals]
    weight = skin.mask.astype(np.float32)
    middle = cv2.mean(skin.log_light, skin.mask.astype(np.uint8))[0]
    images = ((skin.log_light - np.float32(middle)) * weight, weight)
    return dict(zip(totals, cascade(images, added, cv2.BORDER_CONSTANT), strict=True))


def _band(
    band: tuple[str, float],
    levels: dict[float, Level],
    skin: _Skin,
    patch: SkinPatch,
    options: RoughnessOptions,
) -> Estimate:
    """Return the roughness of a band (name, s in mm): between the total blurs s and 2 s."""
    name, s_mm = band
    s_px = s_mm * patch.scale.px_per_mm
    finer, coarser = levels[s_px], levels[2 * s_px]
    z, numbers = _band_values(finer, coarser, skin, patch)
    few = withheld_for_size(0 if math.isnan(skin.noise) else z.size, options.min_block_samples)
    if few is not None:
        return Estimate.missing(name, few, patch.n_pixels)
    noise_power = skin.noise**2 * _noise_gain(finer.sigma_px, coarser.sigma_px)

    def roughness(values: npt.NDArray[np.float32]) -> float:
        spread = _interquartile_range(values) / IQR_OF_NORMAL
        return 100 * math.sqrt(max(spread**2 - noise_power, 0.0))

    value = roughness(z)
    blocks = block_values(z, numbers, patch.n_blocks, options.min_block_samples, roughness)
    sampling = standard_error(blocks)
    if math.isnan(sampling):
        sampling = SAMPLING_OF_SPREAD * value * math.sqrt(SAMPLE_AREA_SCALES * s_px**2 / patch.n_pixels)
    seen = max(math.hypot(value, 100 * math.sqrt(noise_power)), DARKEST)
    noise_error = NOISE_RELATIVE_ERROR / 2 * noise_power * 100**2 / seen
    relative_blur = options.max_blur if math.isnan(skin.blur_px) else skin.blur_px / s_px
    sigma = math.hypot(sampling, noise_error, value * _relative_error(patch, s_mm, relative_blur))
    flags = (unknown_blur(),) if math.isnan(skin.blur_px) else ()
    return Estimate(name, value, sigma, REPEAT_RELATIVE * seen, patch.n_pixels, blocks, flags)


def _relative_error(patch: SkinPatch, s_mm: float, relative_blur: float) -> float:
    """Return the relative error that blur (over s), scale and compression leave in the band of `s_mm`."""
    blur_error = (2 * math.pi / WAVELENGTHS_PER_SCALE * relative_blur) ** 2 * BLUR_RELATIVE_ERROR
    scale_error = SCALE_EXPONENT * patch.scale.sigma / patch.scale.px_per_mm
    return math.hypot(blur_error, scale_error, COMPRESSION_ERROR[BANDS_MM.index(s_mm)])


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
    counted = (coarse_weight > MIN_SUPPORT) & skin.mask[::step, ::step]
    z = fine[counted] / fine_weight[counted] - coarse[counted] / coarse_weight[counted]
    rows, columns = np.nonzero(counted)
    top, left = skin.box[0].start, skin.box[1].start
    return z, block_numbers(patch, rows * step + top, columns * step + left)


def _interquartile_range(values: FloatImage) -> float:
    """Return the third quartile minus the first (nearest ranks)."""
    first, third = values.size // 4, 3 * values.size // 4
    ranked = np.partition(values, (first, third))
    return float(ranked[third] - ranked[first])


def _noise_gain(finer_px: float, coarser_px: float) -> float:
    """Return by how much the band filter multiplies the variance of white noise."""
    a, b = finer_px**2, coarser_px**2
    return (1 / a + 1 / b - 4 / (a + b)) / (4 * math.pi)


SPEC = MetricSpec(
    name="roughness",
    version=1,
    quantities=(
        Quantity(
            name="roughness",
            label="Roughness",
            unit="%",
            decimals=2,
            needs_light=False,
            min_px_per_mm=3.4,
            meaning="More of it means stronger relief of about 2 mm: the skin looks more uneven.",
        ),
        Quantity(
            name="roughness_160um",
            label="Roughness, fine (0.16 mm)",
            unit="%",
            decimals=2,
            needs_light=False,
            min_px_per_mm=8.0,
            meaning="More of it means stronger relief of about 1 mm: coarser skin texture.",
        ),
        Quantity(
            name="roughness_120um",
            label="Roughness, finest (0.12 mm)",
            unit="%",
            decimals=2,
            needs_light=False,
            min_px_per_mm=8.0,
            meaning="More of it means stronger relief of about 0.8 mm: coarser skin texture.",
        ),
    ),
    measure=measure_roughness,
    options=RoughnessOptions(),
    source="Band-passed logarithm of light without blood at a fixed total blur; normalised convolution after "
    "Knutsson and Westin 1993, doi 10.1109/CVPR.1993.341081; constants fitted on rendered skin",
)
