"""Roughness: how strongly the fine relief of the skin modulates the light, band by band."""

import math
from collections.abc import Sequence

from skincompare.imaging.blocks import standard_error
from skincompare.imaging.colour import DARKEST
from skincompare.imaging.patches import PatchPair, SkinPatch
from skincompare.imaging.sharpness import BLUR_RELATIVE_ERROR
from skincompare.metrics._gates import blurred, unknown_blur, withheld_for_scale, withheld_for_size
from skincompare.metrics._pigment import glare_on_dark
from skincompare.metrics._relief import BANDS_MM, BandRelief, RoughnessOptions, relief_of
from skincompare.metrics._relief_change import change_of_relief
from skincompare.metrics.registry import ChangeEstimate, Estimate, MetricSpec, Quantity

__all__ = ["SPEC", "RoughnessOptions", "change_of_roughness", "measure_roughness"]

REPEAT_RELATIVE = 0.10
"""Within-subject SD over the value: 6-14 % without an untreated reference of the same tilt (rendered skin)."""
COMPRESSION_ERROR = (0.12, 0.35, 0.45, 0.5)
"""Relative error of the absolute value in each of those bands: JPEG drops fine colour and then blood and pigment read
as relief (rendered skin, quality 75-97 against none). Two photos of one camera share it."""
WAVELENGTHS_PER_SCALE = 6.5
"""Wavelength that a band passes best, over s."""
SCALE_EXPONENT = 0.5
"""Roughness grows with s to at most about this power (rendered skin: 0 to 0.5)."""
NOISE_RELATIVE_ERROR = 0.5
"""Relative error of the noise power: cameras and JPEG make noise that neighbours share."""
SAMPLING_OF_SPREAD = 1.17
"""Standard error of IQR / 1.349 times sqrt(n), over the SD (normal distribution)."""
SAMPLE_AREA_SCALES = 4.0
"""Area of skin, in s squared, that gives one independent sample of a band."""


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
    tuple of four Estimate
        ``roughness`` (s = 0.32 mm), ``roughness_160um``, ``roughness_120um`` and ``roughness_90um``, %. Each is
        missing, with a flag, below its resolution, without a scale, with too little skin, or when the photo is too
        blurred for it.

    Notes
    -----
    Compare photos of one camera and one JPEG quality. Not comparable between people, between lights of another
    direction, or across a large change of tan. Normalised convolution: Knutsson and Westin 1993,
    doi 10.1109/CVPR.1993.341081.
    """
    n_pixels = patch.n_pixels
    too_small = withheld_for_size(n_pixels, options.min_pixels)
    refused = {q.name: too_small or withheld_for_scale(patch, q) for q in SPEC.quantities}
    headline = SPEC.quantities[0]
    dark = glare_on_dark(headline.label, patch, forbids=True)
    refused[headline.name] = refused[headline.name] or (dark[0] if dark else None)
    if all(refused.values()):
        return tuple(Estimate.missing(name, flag, n_pixels) for name, flag in refused.items() if flag)
    blur_px, px_per_mm = patch.blur_px, patch.scale.px_per_mm
    for quantity, s in _banded():
        if refused[quantity.name] is None and blur_px > s * px_per_mm * options.max_blur:
            refused[quantity.name] = blurred(quantity.label, blur_px / px_per_mm, s * options.max_blur)
    wanted = tuple(s for q, s in _banded() if refused[q.name] is None)
    bands = relief_of(patch, wanted, blur_px, options)
    estimates = []
    for quantity, s in _banded():
        flag = refused[quantity.name]
        if flag is not None:
            estimates.append(Estimate.missing(quantity.name, flag, n_pixels))
        else:
            estimates.append(_estimate((quantity.name, s), bands[s], patch, options))
    return tuple(estimates)


def change_of_roughness(
    pair: PatchPair, references: Sequence[PatchPair], options: RoughnessOptions
) -> tuple[ChangeEstimate | None, ...]:
    """Return the change of each band against untreated skin: see :func:`change_of_relief` for how."""
    return change_of_relief(pair, references, [q.name for q in SPEC.quantities], options)


def _banded() -> tuple[tuple[Quantity, float], ...]:
    return tuple(zip(SPEC.quantities, BANDS_MM, strict=True))


def _estimate(
    band: tuple[str, float], relief: BandRelief, patch: SkinPatch, options: RoughnessOptions
) -> Estimate:
    """Return the roughness of a band (name, s in mm) with its errors."""
    name, s_mm = band
    few = withheld_for_size(relief.n_samples, options.min_block_samples)
    if few is not None:
        return Estimate.missing(name, few, patch.n_pixels)
    s_px = s_mm * patch.scale.px_per_mm
    value, noise_power = relief.value, relief.noise_power
    sampling = standard_error(relief.blocks)
    if math.isnan(sampling):
        sampling = SAMPLING_OF_SPREAD * value * math.sqrt(SAMPLE_AREA_SCALES * s_px**2 / patch.n_pixels)
    seen = max(math.hypot(value, 100 * math.sqrt(noise_power)), DARKEST)
    noise_error = NOISE_RELATIVE_ERROR / 2 * noise_power * 100**2 / seen
    relative_blur = options.max_blur if math.isnan(patch.blur_px) else patch.blur_px / s_px
    sigma = math.hypot(sampling, noise_error, value * _relative_error(patch, s_mm, relative_blur))
    flags = (unknown_blur(),) if math.isnan(patch.blur_px) else ()
    return Estimate(name, value, sigma, REPEAT_RELATIVE * seen, patch.n_pixels, relief.blocks, flags)


def _relative_error(patch: SkinPatch, s_mm: float, relative_blur: float) -> float:
    """Return the relative error that blur (over s), scale and compression leave in the band of `s_mm`."""
    blur_error = (2 * math.pi / WAVELENGTHS_PER_SCALE * relative_blur) ** 2 * BLUR_RELATIVE_ERROR
    scale_error = SCALE_EXPONENT * patch.scale.sigma / patch.scale.px_per_mm
    return math.hypot(blur_error, scale_error, COMPRESSION_ERROR[BANDS_MM.index(s_mm)])


SPEC = MetricSpec(
    name="roughness",
    version=3,
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
            label="Roughness, finer (0.12 mm)",
            unit="%",
            decimals=2,
            needs_light=False,
            min_px_per_mm=8.0,
            meaning="More of it means stronger relief of about 0.8 mm: coarser skin texture.",
        ),
        Quantity(
            name="roughness_90um",
            label="Roughness, micro-relief (0.09 mm)",
            unit="%",
            decimals=2,
            needs_light=False,
            min_px_per_mm=12.0,
            meaning="More of it means stronger furrows about 0.5 mm apart: a coarser micro-relief.",
        ),
    ),
    measure=measure_roughness,
    options=RoughnessOptions(),
    change=change_of_roughness,
    source="Band-passed logarithm of light without blood at a fixed total blur; normalised convolution after "
    "Knutsson and Westin 1993, doi 10.1109/CVPR.1993.341081; constants fitted on rendered skin",
)
