"""Redness: the erythema index, the blood behind it, and how much of the region is red."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from skincompare.imaging.blocks import block_values, standard_error
from skincompare.imaging.colour import ei_pair
from skincompare.imaging.patches import SkinPatch
from skincompare.imaging.sampling import FieldArray, blur
from skincompare.measurement import Z95, Effect, Flag
from skincompare.metrics._gates import all_missing, no_reference, withheld_for_size
from skincompare.metrics._pigment import melanin_index
from skincompare.metrics.registry import Estimate, FoundChange, MetricSpec, Quantity

__all__ = ["HEMOGLOBIN_WEIGHTS", "SPEC", "RednessOptions", "confirm_redness", "measure_redness"]

FloatArray = npt.NDArray[np.float64]

HEMOGLOBIN_WEIGHTS = (0.945, -0.569)
"""Hb = 0.945 u - 0.569 v: blocks pigment out, for the optical densities of hemoglobin (0.28, 1, 0.93) and melanin
(0.53, 1, 1.78) in linear (R, G, B); EI units, 72 times the optical density in G."""
REPEAT_SIGMA_EI = 1.9 / (1.96 * math.sqrt(2))
"""Within-subject SD of redness under changed light, EI: 1.9 EI is the smallest detectable change that 102 people
showed when photographed twice without treatment (0.51 EI where the light stays as it is)."""
REPEAT_SIGMA_HB = 0.64 * 1.9 / 1.4
"""The same of hemoglobin, EI: 0.64 where the light stays as it is (102 people), widened as redness is."""
REPEAT_SIGMA_AREA = 6.3
"""Within-subject SD of the red area, % of the region: by the median of the changes of 127 regions of eight people,
neutral and then smiling (their plain SD is 13, which the smile makes)."""
WHITE_BALANCE_SIGMA_EI = 6.0
"""SD of the absolute level, EI: what a white-balance error of 10 % does. Both photos of a pair share it."""
RED_ABOVE_EI = 1.9
"""By how much a place is redder than the untreated skin to count as red, EI: the smallest detectable change."""
NEAR_EI = 0.5
"""Skin within this of the limit, either way, becomes red or ceases to be so when the level is off by 1 EI."""
SMOOTH_MM, SMOOTH_PX = 1.0, 2.5
"""Scale over which redness is averaged before its area is taken: mm, or coarse pixels where no scale is known."""
MIN_SUPPORT = 0.3
"""Share of the surroundings that must count."""
DARK_ITA = -30.0
"""Typology angle below which the blue channel is unreliable, degrees: the erythema index leads there."""
PIGMENT_LEAK = 0.47
"""By how much of a change of melanin the erythema index is wrong on such skin."""

PIGMENT_NOT_BLOOD = Flag(
    "pigment_not_blood",
    "The colour of this skin changed, but not as blood alone changes it: pigment (or make-up) does that.",
    "Compare bare skin; if it was bare, see the pigmentation.",
    Effect.UNCONFIRMED,
)
"""Redness or hemoglobin that the other does not bear out."""


@dataclass(frozen=True, slots=True)
class RednessOptions:
    """How redness is measured.

    Parameters
    ----------
    min_pixels : int
        Fewest coarse pixels that carry a value.
    min_block_pixels : int
        Fewest coarse pixels that carry the value of one block.
    red_above : float
        EI above the untreated skin from which a place counts as red.
    """

    min_pixels: int = 50
    min_block_pixels: int = 12
    red_above: float = RED_ABOVE_EI


def measure_redness(patch: SkinPatch, options: RednessOptions) -> tuple[Estimate, ...]:
    """Return erythema index, hemoglobin index and red area of a patch.

    The medians of u = 100 log10(R/G) and of Hb = 0.945 u - 0.569 v over the pixels that count, minus what the light
    did to them; and the share of the region whose u, averaged over 1 mm, is more than the smallest detectable change
    above that of the untreated skin.

    Parameters
    ----------
    patch : SkinPatch
        The skin; its coarse pixels are used.
    options : RednessOptions
        Limits.

    Returns
    -------
    tuple of three Estimate
        ``redness`` (EI), ``hemoglobin`` (EI units) and ``red_area`` (%). Missing with ``no_reference`` where the light
        shift is NaN, with ``no_pixels`` or ``few_pixels`` where too little skin counts; the area also where the level
        of the untreated skin is not known. `sigma` includes the unknown white balance that both photos share, so it is
        larger than the error of a change.

    Notes
    -----
    Source: Yamamoto et al. 2008, doi 10.1111/j.1600-0846.2007.00256.x, up to scale. Pigment raises the erythema index
    too: +0.10 of melanin optical density reads +4.7 EI; it leaves Hb as it is. Not valid for skin with make-up.
    """
    n_pixels = int(np.count_nonzero(patch.coarse_mask))
    flag = withheld_for_size(n_pixels, options.min_pixels)
    if flag is None and math.isnan(patch.light.u):
        flag = no_reference()
    if flag is not None:
        return all_missing(SPEC.quantities, flag, n_pixels)
    u_image, v_image = ei_pair(patch.coarse_linear)
    u, v = (image[patch.coarse_mask] for image in (u_image, v_image))
    along, across = HEMOGLOBIN_WEIGHTS
    blood = np.asarray(along * u + across * v, np.float32)
    blood_shift = along * patch.light.u + across * patch.light.v
    return (
        _level("redness", u, (patch.light.u, patch.light.sigma_u), REPEAT_SIGMA_EI, patch, options),
        _level(
            "hemoglobin",
            blood,
            (blood_shift, patch.light.sigma_of(HEMOGLOBIN_WEIGHTS)),
            REPEAT_SIGMA_HB,
            patch,
            options,
        ),
        _red_area(np.asarray(u_image, np.float32), patch, options),
    )


def _level(
    name: str,
    values: npt.NDArray[np.float32],
    shift: tuple[float, float],
    repeat: float,
    patch: SkinPatch,
    options: RednessOptions,
) -> Estimate:
    """Return the median of an index over a region, minus the light's shift (value and error)."""
    blocks, sampling = _in_blocks(values, patch.coarse_blocks[patch.coarse_mask], patch, options, _median)
    if math.isnan(sampling):
        sampling = float(np.std(values))
    sigma = math.hypot(sampling, shift[1], WHITE_BALANCE_SIGMA_EI)
    return Estimate(name, _median(values) - shift[0], sigma, repeat, values.size, blocks - shift[0])


def _red_area(u: FieldArray, patch: SkinPatch, options: RednessOptions) -> Estimate:
    """Return the share of a region that is redder than the untreated skin."""
    if math.isnan(patch.light.level_u):
        return Estimate.missing("red_area", no_reference(), patch.n_pixels)
    counted = patch.coarse_mask.astype(np.float32)
    width = SMOOTH_PX
    if patch.scale.is_known:
        width = SMOOTH_MM * patch.scale.px_per_mm * _reduction(patch)
    support = blur(counted, width)
    smooth = blur(np.where(patch.coarse_mask, u, 0).astype(np.float32), width) / np.maximum(support, 1e-6)
    where = patch.coarse_mask & (support >= MIN_SUPPORT)
    n_pixels = int(np.count_nonzero(where))
    flag = withheld_for_size(n_pixels, options.min_pixels)
    if flag is not None:
        return Estimate.missing("red_area", flag, n_pixels)
    limit = patch.light.level_u + patch.light.u + options.red_above
    red = (smooth[where] > limit).astype(np.float32)
    blocks, sampling = _in_blocks(red, patch.coarse_blocks[where], patch, options, _percent)
    known = 0.0 if math.isnan(sampling) else sampling
    level = math.hypot(patch.light.sigma_u, patch.light.level_sigma_u)
    per_ei = _percent((np.abs(smooth[where] - limit) < NEAR_EI).astype(np.float32))
    sigma = math.hypot(known, per_ei * level, REPEAT_SIGMA_AREA)
    return Estimate(
        "red_area", _percent(red), sigma, REPEAT_SIGMA_AREA, n_pixels, blocks, light_weights=(per_ei, 0.0)
    )


def _reduction(patch: SkinPatch) -> float:
    """Return the size of a coarse pixel's picture over the native one."""
    return float(patch.coarse_mask.shape[1] / patch.mask.shape[1])


def _in_blocks(
    values: npt.NDArray[np.float32],
    numbers: npt.NDArray[np.int32],
    patch: SkinPatch,
    options: RednessOptions,
    statistic: Callable[[npt.NDArray[np.float32]], float],
) -> tuple[FloatArray, float]:
    """Return a statistic block by block, and the standard error that its scatter gives (NaN: too few)."""
    blocks = block_values(values, numbers, patch.n_blocks, options.min_block_pixels, statistic)
    return blocks, standard_error(blocks)


def confirm_redness(found: tuple[FoundChange, ...], skin_tone_degrees: float) -> tuple[FoundChange, ...]:
    """Call a change of redness one only where blood bears it out; on dark skin widen its error by the pigment's.

    Parameters
    ----------
    found : tuple of FoundChange
        Redness, hemoglobin, red area.
    skin_tone_degrees : float
        Typology angle of the untreated skin; NaN counts as not dark.

    Returns
    -------
    tuple of FoundChange
        Flagged ``pigment_not_blood`` where redness or hemoglobin would be called changed and the other does not exceed
        its 1.96 sigma with the same sign; the area where these two do not agree.

    Notes
    -----
    Pigment alone is called redness in 96-100 % of cases by the erythema index, in 3-5 % by both together.
    """
    redness, blood, area = found
    if skin_tone_degrees < DARK_ITA:
        melanin = _melanin(redness.change, blood.change)
        widened = math.hypot(redness.sigma, PIGMENT_LEAK * melanin)
        return replace(redness, sigma=widened), blood, area
    redness, blood = (
        replace(one, flags=(*one.flags, PIGMENT_NOT_BLOOD))
        if _claims(one) and _way(one) != _way(other)
        else one
        for one, other in ((redness, blood), (blood, redness))
    )
    if _claims(area) and _way(found[0]) * _way(found[1]) <= 0:
        area = replace(area, flags=(*area.flags, PIGMENT_NOT_BLOOD))
    return redness, blood, area


def _claims(found: FoundChange) -> bool:
    """Return whether a change would be called one by itself."""
    return abs(found.change) > max(Z95 * found.sigma, found.mdc95)


def _way(found: FoundChange) -> int:
    """Return 1 or -1 where a change is larger than its error, else 0."""
    if not abs(found.change) > Z95 * found.sigma:
        return 0
    return 1 if found.change > 0 else -1


def _melanin(redness: float, blood: float) -> float:
    """Return the change of melanin that changes of redness and hemoglobin imply; 0 where they are missing."""
    along, across = HEMOGLOBIN_WEIGHTS
    v = (blood - along * redness) / across
    melanin = melanin_index(redness, v)
    return 0.0 if math.isnan(melanin) else abs(melanin)


def _median(values: npt.NDArray[np.float32]) -> float:
    return float(np.median(values))


def _percent(red: npt.NDArray[np.float32]) -> float:
    return 100 * float(red.mean())


SPEC = MetricSpec(
    name="redness",
    version=2,
    quantities=(
        Quantity(
            name="redness",
            label="Redness",
            unit="EI",
            decimals=1,
            needs_light=True,
            min_px_per_mm=0.0,
            meaning="More of it means redder skin: more blood near the surface.",
        ),
        Quantity(
            name="hemoglobin",
            label="Blood",
            unit="EI",
            decimals=1,
            needs_light=True,
            min_px_per_mm=0.0,
            meaning="More of it means more blood near the surface, whatever the pigment does.",
            light_weights=HEMOGLOBIN_WEIGHTS,
        ),
        Quantity(
            name="red_area",
            label="Red area",
            unit="%",
            decimals=0,
            needs_light=True,
            min_px_per_mm=0.0,
            meaning="More of it means that more of the region is redder than the untreated skin.",
        ),
    ),
    measure=measure_redness,
    options=RednessOptions(),
    source="Yamamoto et al. 2008, doi 10.1111/j.1600-0846.2007.00256.x, up to scale; hemoglobin by fixed axes of "
    "optical density",
    confirm=confirm_redness,
)
