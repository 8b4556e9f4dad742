"""Pores: how many there are, how wide and dark they are and how much of the skin they take; paired in two photos."""

import math

import numpy as np
import numpy.typing as npt

from skincompare.imaging.blocks import block_numbers, block_values
from skincompare.imaging.patches import SkinPatch
from skincompare.imaging.sharpness import BLUR_RELATIVE_ERROR
from skincompare.marks import Mark
from skincompare.measurement import Effect, Flag
from skincompare.metrics._gates import (
    all_missing,
    blurred,
    unknown_blur,
    withheld_for_scale,
    withheld_for_size,
)
from skincompare.metrics._pigment import glare_on_dark
from skincompare.metrics._pore_change import change_of_pores
from skincompare.metrics._pore_list import (
    DETECTION_PX_PER_MM,
    TYPICAL_BLUR_PX,
    PoreList,
    PoreOptions,
    effective_px_per_mm,
    find_pores,
    pores_of,
)
from skincompare.metrics.registry import Estimate, MetricSpec, Quantity

__all__ = ["SPEC", "PoreList", "PoreOptions", "change_of_pores", "find_pores", "measure_pores"]

FloatArray = npt.NDArray[np.float64]

MAX_BLUR_PX_AT_GATE = 1.0
"""Largest blur of a photo that is just fine enough, px of that photo."""
DENSITY_ERROR = (0.50, 0.35, 0.15, 0.10)
"""Relative error of the density: pores missed (mostly) and marks that are none (rendered: 4 to 12 % too small)."""
FALSE_PER_CM2 = 1.0
"""Marks that are no pores on skin without pores, per cm2 (rendered: 0.1 to 0.6 at 8 to 20 px/mm)."""
AREA_ERROR = (0.40, 0.25, 0.22, 0.22)
"""Relative error of the area share (rendered: 7 to 19 % too large at 8 to 20)."""
DIAMETER_ERROR = (0.30, 0.20, 0.12, 0.12)
"""Relative error of the median diameter (rendered: 4 to 16 % too large at 8 to 20)."""
DENSITY_REPEAT = (0.134, 0.134, 0.040, 0.035)
"""Within-subject SD of the density over itself: SD of the change between independent counts (19 % at 8 px/mm,
5.7 % at 12, 5 % at 15) over sqrt 2."""
AREA_REPEAT = (0.134, 0.10, 0.05, 0.05)
"""Within-subject SD of the area share over itself: 1 to 2 % on rendered skin, the rest is judged for real skin."""
DIAMETER_REPEAT = (0.08, 0.06, 0.03, 0.03)
"""Within-subject SD of the median diameter over itself: 1 % on rendered skin, the rest is judged for real skin."""
CONTRAST_ERROR = (0.40, 0.30, 0.20, 0.15)
"""Relative error of the median contrast: the photo's blur flattens small pores (judged)."""
CONTRAST_REPEAT = (0.10, 0.08, 0.06, 0.05)
"""Within-subject SD of the median contrast over itself, two photos apart (rendered, other blur and lamp)."""
COUNT_REPEAT = 0.15
"""Part of the Poisson variance of a count that differs between two photos of the same skin, because pores near the
limit come and go (judged)."""
SPREAD_OF_DIAMETERS = 0.3
"""Relative SD of pore diameters, where fewer than two pores show it."""
SAMPLES_PER_MM = 4.0
"""Grid on which the area of a block is counted."""


def measure_pores(patch: SkinPatch, options: PoreOptions) -> tuple[Estimate, ...]:
    """Return density, area share, median diameter and median contrast of the pores of a patch.

    Parameters
    ----------
    patch : SkinPatch
        The skin, in native pixels.
    options : PoreOptions
        What counts as a pore.

    Returns
    -------
    tuple of four Estimate
        ``pore_density`` (per cm2), ``pore_area`` (%), ``pore_diameter`` (mm, the median; freed from the blur) and
        ``pore_contrast`` (optical density, the median). Each is missing, with a flag, below its resolution, without a
        scale, with too little skin, when the photo is too blurred, or when glints and relief hide the pores; diameter
        and contrast also where no pore is found.

    Notes
    -----
    Source: see :func:`find_pores`. Counts of two photos are independent here; :func:`change_of_pores` is sharper. Not
    valid on hairy skin (stubble counts as pores).
    """
    n_pixels = patch.n_pixels
    too_small = withheld_for_size(n_pixels, 1)
    if too_small is None and patch.scale.is_known:
        least = math.ceil(options.min_area_cm2 * 100 * patch.scale.px_per_mm**2)
        too_small = withheld_for_size(n_pixels, least)
    refused = [too_small or withheld_for_scale(patch, quantity) for quantity in SPEC.quantities]
    if all(refused):
        return tuple(
            Estimate.missing(q.name, flag, n_pixels)
            for q, flag in zip(SPEC.quantities, refused, strict=True)
            if flag
        )
    pores = pores_of(patch, options)
    interior_pixels = int(np.count_nonzero(pores.interior))
    if interior_pixels == 0:
        flag = withheld_for_size(0, 1)
        return all_missing(SPEC.quantities, flag, n_pixels) if flag else ()
    if pores.texture > options.max_texture:
        return all_missing(SPEC.quantities, _too_textured(pores.texture, options.max_texture), n_pixels)
    blur_mm = pores.blur_px / patch.scale.px_per_mm
    found = _estimates(patch, pores, interior_pixels, options)
    estimates = []
    for quantity, flag, estimate in zip(SPEC.quantities, refused, found, strict=True):
        limit_mm = MAX_BLUR_PX_AT_GATE / quantity.min_px_per_mm
        reason = flag or (blurred(quantity.label, blur_mm, limit_mm) if blur_mm > limit_mm else None)
        estimates.append(estimate if reason is None else Estimate.missing(quantity.name, reason, n_pixels))
    return tuple(estimates)


def _estimates(
    patch: SkinPatch, pores: PoreList, interior_pixels: int, options: PoreOptions
) -> tuple[Estimate, ...]:
    """Return the four numbers with their errors, gates aside."""
    px_per_mm = patch.scale.px_per_mm
    n, area_cm2 = pores.x.size, interior_pixels / px_per_mm**2 / 100
    blur_px = TYPICAL_BLUR_PX if math.isnan(pores.blur_px) else pores.blur_px
    effective = effective_px_per_mm(patch)
    soft = (unknown_blur(),) if math.isnan(pores.blur_px) else ()
    flags = (*soft, *glare_on_dark("Pores", patch))
    scale_error = patch.scale.sigma / px_per_mm
    discs = math.pi / 4 * pores.diameter_mm**2
    density, share = n / area_cm2, float(discs.sum()) / area_cm2
    blocks = _block_estimates(patch, pores, options)
    one = math.sqrt(max(n, 1))

    def at(table: tuple[float, ...]) -> float:
        return float(np.interp(effective, DETECTION_PX_PER_MM, table))

    estimates = [
        Estimate(
            "pore_density",
            density,
            math.hypot(density * at(DENSITY_ERROR), 2 * density * scale_error, FALSE_PER_CM2),
            math.hypot(density * at(DENSITY_REPEAT), math.sqrt(COUNT_REPEAT) * one / area_cm2),
            patch.n_pixels,
            blocks[0],
            flags,
            _marks(patch, pores),
        ),
        Estimate(
            "pore_area",
            share,
            math.hypot(share * at(AREA_ERROR), share / one),
            math.hypot(share * at(AREA_REPEAT), share * math.sqrt(COUNT_REPEAT) / one),
            patch.n_pixels,
            blocks[1],
            flags,
        ),
    ]
    if n == 0:
        return (
            *estimates,
            *(
                Estimate.missing(name, _no_pores(), patch.n_pixels)
                for name in ("pore_diameter", "pore_contrast")
            ),
        )
    median = float(np.median(pores.diameter_mm))
    spread = float(np.std(pores.diameter_mm, ddof=1)) if n > 1 else SPREAD_OF_DIAMETERS * median
    unblurring = 8 * BLUR_RELATIVE_ERROR * (blur_px / px_per_mm) ** 2 / median
    sigma = math.hypot(median * at(DIAMETER_ERROR), median * scale_error, unblurring, spread / one)
    repeat = math.hypot(median * at(DIAMETER_REPEAT), math.sqrt(COUNT_REPEAT) * spread / one)
    contrast = float(np.median(pores.contrast))
    faded = float(np.std(pores.contrast, ddof=1)) / one if n > 1 else contrast
    return (
        *estimates,
        Estimate("pore_diameter", median, sigma, repeat, patch.n_pixels, blocks[2], flags),
        Estimate(
            "pore_contrast",
            contrast,
            math.hypot(contrast * at(CONTRAST_ERROR), faded),
            math.hypot(contrast * at(CONTRAST_REPEAT), math.sqrt(COUNT_REPEAT) * faded),
            patch.n_pixels,
            None,
            flags,
        ),
    )


def _marks(patch: SkinPatch, pores: PoreList) -> tuple[Mark, ...]:
    places = patch.to_photo(np.column_stack((pores.x, pores.y)))
    sizes = pores.diameter_mm * patch.scale.px_per_mm
    return tuple(
        Mark(((float(x), float(y)),), float(size), float(contrast))
        for (x, y), size, contrast in zip(places, sizes, pores.contrast, strict=True)
    )


def _block_estimates(
    patch: SkinPatch, pores: PoreList, options: PoreOptions
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return density, area share and median diameter of each block; NaN where it holds too little."""
    px_per_mm = patch.scale.px_per_mm
    step = max(1, int(px_per_mm / SAMPLES_PER_MM))
    rows, columns = np.nonzero(pores.interior[::step, ::step])
    skin = block_numbers(patch, rows * step, columns * step)
    area_cm2 = np.bincount(skin[skin >= 0], minlength=patch.n_blocks) * (step / px_per_mm) ** 2 / 100
    numbers = block_numbers(patch, pores.y, pores.x)
    inside = numbers >= 0
    discs = math.pi / 4 * pores.diameter_mm**2
    counts = np.bincount(numbers[inside], minlength=patch.n_blocks)
    sums = np.bincount(numbers[inside], discs[inside], minlength=patch.n_blocks)
    area_cm2 = np.where(area_cm2 >= options.min_block_cm2, area_cm2, np.nan)
    diameters = block_values(
        pores.diameter_mm,
        numbers,
        patch.n_blocks,
        options.min_block_pores,
        lambda values: float(np.median(values)),
    )
    return counts / area_cm2, sums / area_cm2, diameters


def _too_textured(texture: float, limit: float) -> Flag:
    return Flag(
        "too_textured",
        f"Glints and relief of this skin are as strong as its pores: {texture:.4f} of fine texture in optical density, "
        f"where pores can be told up to {limit:.4f}.",
        "Wipe off shine, and use soft light from the front or a polarising filter.",
        Effect.NOT_MEASURABLE,
    )


def _no_pores() -> Flag:
    return Flag(
        "no_pores",
        "No pore was found, so there is no diameter.",
        "Come closer with the light from one side, so that pores show.",
        Effect.NOT_MEASURABLE,
    )


SPEC = MetricSpec(
    name="pores",
    version=3,
    quantities=(
        Quantity(
            name="pore_density",
            label="Pores",
            unit="per cm²",
            decimals=0,
            needs_light=False,
            min_px_per_mm=8.0,
            meaning="More of it means more visible pores.",
            marks="pores",
        ),
        Quantity(
            name="pore_area",
            label="Area of pores",
            unit="%",
            decimals=1,
            needs_light=False,
            min_px_per_mm=12.0,
            meaning="More of it means that pores take more of the skin.",
        ),
        Quantity(
            name="pore_diameter",
            label="Pore diameter",
            unit="mm",
            decimals=2,
            needs_light=False,
            min_px_per_mm=12.0,
            meaning="More of it means wider pores.",
        ),
        Quantity(
            name="pore_contrast",
            label="Pore contrast",
            unit="OD",
            decimals=3,
            needs_light=False,
            min_px_per_mm=12.0,
            meaning="More of it means darker pores: deeper, or filled.",
        ),
    ),
    measure=measure_pores,
    options=PoreOptions(),
    change=change_of_pores,
    source="Scale-normalised Laplacian after Lindeberg 1998, doi 10.1023/A:1008045108935; tests and errors fitted on "
    "rendered skin",
)
