"""Pigment: the melanin index of a region, its typology angle, and how unevenly the pigment lies."""

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from skincompare.imaging.blocks import block_values, standard_error
from skincompare.imaging.colour import ei_pair, lab_from_linear, typology_angle
from skincompare.imaging.patches import SkinPatch
from skincompare.marks import MetricMap
from skincompare.measurement import Flag
from skincompare.metrics._gates import no_reference, withheld_for_scale, withheld_for_size
from skincompare.metrics._pigment import (
    MELANIN_OF_U,
    MELANIN_OF_V,
    melanin_index,
    midmean,
    seen_angle,
    too_dark,
)
from skincompare.metrics.registry import Estimate, FoundChange, MetricSpec, Quantity

__all__ = ["SPEC", "PigmentationOptions", "confirm_pigmentation", "measure_pigmentation"]

FloatArray = npt.NDArray[np.float64]
FloatImage = npt.NDArray[np.float32]

MELANIN_REPEAT = 0.62 * 1.9 / 1.4
"""Within-subject SD of the melanin index: 0.62 where the light stays as it is (102 people photographed twice), widened
for changed light as redness is."""
MELANIN_WHITE_BALANCE = 7.0
"""SD of the absolute level: what a white-balance error of 10 % in each channel does. Both photos of a pair share it."""
ITA_REPEAT = 3.0
"""Within-subject SD of the typology angle, degrees (8.3 is the smallest detectable change of 102 people)."""
EXPOSURE_SIGMA = 0.2
"""SD of the natural logarithm of the brightness between two photos of one skin: the light shift corrects colour, not
brightness, and a phone's exposure differs by a third of a stop [judgement]."""
LEVEL_EXPOSURE_SIGMA = 0.9
"""The same of one photo against the true brightness of the skin, which both photos of a pair share: an automatic
exposure lifts dark skin [judgement; of six simulated people the forehead read up to 63 degrees above its truth]."""
ITA_WHITE_BALANCE = 6.0
"""SD of u and of v by a white-balance error of 10 %, EI: as for redness."""
EVENNESS_REPEAT = 0.17
"""Within-subject SD of the unevenness over itself (people photographed twice, 3.4 px/mm: pose and expression)."""
EVENNESS_REPEAT_FLOOR = 0.12
"""The same for skin without any unevenness: noise and JPEG, melanin index."""
EVENNESS_ERROR = 0.4
"""Relative error of an absolute unevenness: glare pales the pigment (rendered skin)."""
UNCERTAIN_BELOW, WITHHELD_BELOW = -15.0, -30.0
"""Typology angles below which blue light makes melanin uncertain, and forbids it (on rendered skin with shine the
slope is 0.85 at -10, 0.65 at -28 and 0.4 at -40)."""
EVENNESS_WITHHELD_BELOW = 10.0
"""The same for the unevenness, degrees: changes of untouched rendered skin of 12.5 px/mm have an RMS of 25 % on brown
skin against 10 on light and 8 on intermediate skin (seeds 40 to 42; 20 to 29), more than twice."""
TELLS_A_CLASS = 6.5
"""Largest SD of a typology angle that still tells a class, degrees: half of the narrowest one (28 to 41)."""
DILUTION_TONES, DILUTION = (-25.0, -10.0, 19.0), (0.5, 0.25, 0.18)
"""Error of a change of melanin over the change, by the typology angle of the untreated skin: shine adds white light, so
that a rise reads 0.96 to 1.07 of the truth without shine and 0.84, 0.81 and 0.60 with the usual one (tan, brown, nearly
dark rendered skin; light skin as tan)."""
MAP_RANGE = (-10.0, 10.0)
"""Ends of the colour scale of the map: melanin index over the middle of the region."""
QUARTILES_OF_NORMAL = 1.349
"""Interquartile range of a standard normal distribution."""
LEAST_BLUR_PX = 0.3
"""Narrowest blur, px: below it there is none."""
LEAST_WEIGHT = 0.3
"""Share of counted skin under the smoothing from which a smoothed pixel is believed [judgement]."""
STEP = 0.5
"""Step of the derivatives of the typology angle: EI for colour, per cent for brightness."""


@dataclass(frozen=True, slots=True)
class PigmentationOptions:
    """How pigment is measured.

    Parameters
    ----------
    min_pixels : int
        Fewest coarse pixels that carry a value.
    min_block_pixels : int
        Fewest coarse pixels that carry the value of one block.
    evenness_mm : float
        Blur at which unevenness is told (sigma, mm): the same in every photo, so that resolution does not matter.
    min_evenness_cm2 : float
        Least area that carries an unevenness.
    """

    min_pixels: int = 50
    min_block_pixels: int = 12
    evenness_mm: float = 0.7
    min_evenness_cm2: float = 1.0


def measure_pigmentation(patch: SkinPatch, options: PigmentationOptions) -> tuple[Estimate, ...]:
    """Return melanin index, typology angle and unevenness of the pigment of a patch.

    Parameters
    ----------
    patch : SkinPatch
        The skin; its coarse pixels are used.
    options : PigmentationOptions
        Limits.

    Returns
    -------
    tuple of three Estimate
        ``melanin`` (100 times the optical density in green; grey reads 0), ``ita`` (degrees) and ``evenness`` (robust
        SD of the melanin index over the region: 0 is even). The first two are missing with ``no_reference`` where the
        light shift is NaN; the first and the last with ``dark_skin`` below -30 degrees; each where too little counts.

    Notes
    -----
    Source: Yamamoto et al. 2008, doi 10.1111/j.1600-0846.2007.00256.x, and Chardon et al. 1991, doi
    10.1111/j.1467-2494.1991.tb00561.x. Glare pales pigment; make-up makes all three meaningless.
    """
    n_pixels = int(np.count_nonzero(patch.coarse_mask))
    small = withheld_for_size(n_pixels, options.min_pixels)
    unlit = no_reference() if math.isnan(patch.light.u + patch.light.v) else None
    angle = seen_angle(patch)
    found = []
    for quantity, measure, needs_blue in zip(
        SPEC.quantities, (_melanin, _ita, _evenness), (True, False, True), strict=True
    ):
        limit = EVENNESS_WITHHELD_BELOW if quantity.name == "evenness" else WITHHELD_BELOW
        dark = too_dark(quantity.label, angle, max(UNCERTAIN_BELOW, limit), limit) if needs_blue else None
        forbids = dark is not None and angle < limit
        reasons = (
            small,
            withheld_for_scale(patch, quantity),
            unlit if quantity.needs_light else None,
            dark if forbids else None,
        )
        flag = next((one for one in reasons if one is not None), None)
        if flag is not None:
            found.append(Estimate.missing(quantity.name, flag, n_pixels))
        else:
            found.append(measure(patch, n_pixels, () if dark is None else (dark,), options))
    return tuple(found)


def confirm_pigmentation(found: tuple[FoundChange, ...], skin_tone_degrees: float) -> tuple[FoundChange, ...]:
    """Widen the error of a change of melanin by what shine may have taken off it.

    Parameters
    ----------
    found : tuple of FoundChange
        Melanin, typology angle, unevenness.
    skin_tone_degrees : float
        Typology angle of the untreated skin; NaN counts as light.

    Returns
    -------
    tuple of FoundChange
        The first with a wider error.

    Notes
    -----
    Why it is not corrected instead: in ln (R, G, B) of light skin, glare points along (0.43, 0.72, 1) and paler pigment
    along (0.30, 0.56, 1), so that no photo tells one from the other.
    """
    melanin, *rest = found
    tone = DILUTION_TONES[-1] if math.isnan(skin_tone_degrees) else skin_tone_degrees
    share = float(np.interp(tone, DILUTION_TONES, DILUTION))
    return replace(melanin, sigma=math.hypot(melanin.sigma, share * melanin.change)), *rest


def _melanin(
    patch: SkinPatch, n_pixels: int, flags: tuple[Flag, ...], options: PigmentationOptions
) -> Estimate:
    shift = melanin_index(patch.light.u, patch.light.v)
    index = melanin_index(*ei_pair(patch.coarse_linear[patch.coarse_mask]))
    blocks = _blocks(patch, index, options)
    light = patch.light.sigma_of((MELANIN_OF_U, MELANIN_OF_V))
    return Estimate(
        "melanin",
        midmean(index) - shift,
        math.hypot(_sampling(blocks, index), light, MELANIN_WHITE_BALANCE),
        MELANIN_REPEAT,
        n_pixels,
        blocks - shift,
        flags,
    )


def _ita(patch: SkinPatch, n_pixels: int, flags: tuple[Flag, ...], options: PigmentationOptions) -> Estimate:
    linear = _relit(patch.coarse_linear[patch.coarse_mask], patch.light.u, patch.light.v)
    angles = typology_angle(lab_from_linear(linear))
    blocks = _blocks(patch, angles, options)
    colour = np.median(linear, axis=0)
    by_u, by_v, by_light = _slopes(colour)
    light = patch.light.sigma_of((by_u, by_v))
    repeat = math.hypot(ITA_REPEAT, by_light * EXPOSURE_SIGMA / math.sqrt(2))
    balance = math.hypot(by_u, by_v) * ITA_WHITE_BALANCE
    return Estimate(
        "ita",
        midmean(angles),
        math.hypot(_sampling(blocks, angles), light, balance, repeat, by_light * LEVEL_EXPOSURE_SIGMA),
        repeat,
        n_pixels,
        blocks,
        flags,
        light_weights=(by_u, by_v),
    )


def _evenness(
    patch: SkinPatch, n_pixels: int, flags: tuple[Flag, ...], options: PigmentationOptions
) -> Estimate:
    px_per_mm = patch.scale.px_per_mm * patch.coarse_mask.shape[1] / patch.mask.shape[1]
    least = math.ceil(options.min_evenness_cm2 * 100 * px_per_mm**2)
    flag = withheld_for_size(n_pixels, least)
    if flag is not None:
        return Estimate.missing("evenness", flag, n_pixels)
    index, known = _smooth_index(patch, options.evenness_mm * px_per_mm)
    rest = _without_slope(index, known)
    low, high = np.percentile(rest, (25, 75))
    value = float(high - low) / QUARTILES_OF_NORMAL
    repeat = math.hypot(EVENNESS_REPEAT * value, EVENNESS_REPEAT_FLOOR)
    sigma = math.hypot(EVENNESS_ERROR * value, repeat)
    seen = _map(patch, index, known)
    return Estimate("evenness", value, sigma, repeat, n_pixels, None, flags, map=seen)


def _map(patch: SkinPatch, index: FloatImage, known: npt.NDArray[np.bool_]) -> MetricMap:
    """Return by how much each place differs from the middle of the region."""
    values = np.where(known, index - np.median(index[known]), np.nan).astype(np.float32)
    step = patch.mask.shape[1] / patch.coarse_mask.shape[1]
    return MetricMap(values, *patch.corner, step, *MAP_RANGE, "MI")


def _smooth_index(patch: SkinPatch, sigma_px: float) -> tuple[FloatImage, npt.NDArray[np.bool_]]:
    """Return the melanin index of smoothed skin, shape of the coarse pixels, and where it is known."""
    weight = patch.coarse_mask.astype(np.float32)
    smooth, weights = (
        cv2.GaussianBlur(part, (0, 0), max(sigma_px, LEAST_BLUR_PX))
        for part in (patch.coarse_linear * weight[..., None], weight)
    )
    level = np.asarray(smooth / np.maximum(weights, np.float32(LEAST_WEIGHT))[..., None], np.float32)
    index = melanin_index(*ei_pair(level))
    return np.asarray(index, np.float32), patch.coarse_mask & (weights > LEAST_WEIGHT)


def _without_slope(index: FloatImage, known: npt.NDArray[np.bool_]) -> FloatArray:
    """Return what counts of an image less a plane: two lamps of different colour tilt the colour of a cheek."""
    rows, columns = np.nonzero(known)
    terms = np.column_stack((np.ones(rows.size), rows - rows.mean(), columns - columns.mean()))
    values = index[known].astype(np.float64)
    return np.asarray(values - terms @ np.linalg.lstsq(terms, values, rcond=None)[0])


def _relit(linear: FloatImage, u: float, v: float) -> FloatImage:
    """Return colours in the light of the before photo: red and blue brought to green, green as it is."""
    gains = np.array([10 ** (-u / 100), 1.0, 10 ** (v / 100)], np.float32)
    return np.asarray(linear * gains, np.float32)


def _slopes(colour: FloatImage) -> tuple[float, float, float]:
    """Return by how much the typology angle of a colour moves for 1 EI of u, 1 EI of v and the log of brightness."""

    def angle(u: float, v: float, brightness: float) -> float:
        lit = _relit(colour, u, v) * np.float32(math.exp(brightness))
        return float(typology_angle(lab_from_linear(lit)))

    share = STEP / 100
    return (
        (angle(STEP, 0, 0) - angle(-STEP, 0, 0)) / (2 * STEP),
        (angle(0, STEP, 0) - angle(0, -STEP, 0)) / (2 * STEP),
        (angle(0, 0, share) - angle(0, 0, -share)) / (2 * share),
    )


def _blocks(patch: SkinPatch, values: npt.NDArray[np.floating], options: PigmentationOptions) -> FloatArray:
    numbers = patch.coarse_blocks[patch.coarse_mask]
    return block_values(values.astype(np.float64), numbers, patch.n_blocks, options.min_block_pixels, midmean)


def _sampling(blocks: FloatArray, values: npt.NDArray[np.floating]) -> float:
    error = standard_error(blocks)
    return float(np.std(values)) if math.isnan(error) else error


SPEC = MetricSpec(
    name="pigmentation",
    version=2,
    quantities=(
        Quantity(
            name="melanin",
            label="Melanin",
            unit="MI",
            decimals=1,
            needs_light=True,
            min_px_per_mm=0.0,
            meaning="More of it means more brown pigment; redness does not move it.",
            light_weights=(MELANIN_OF_U, MELANIN_OF_V),
        ),
        Quantity(
            name="ita",
            label="Skin tone angle",
            unit="°",
            decimals=0,
            needs_light=True,
            min_px_per_mm=0.0,
            meaning="The individual typology angle (ITA): more of it means lighter skin.",
            needs_exposure=True,
            max_level_sigma=TELLS_A_CLASS,
        ),
        Quantity(
            name="evenness",
            label="Uneven pigment",
            unit="MI",
            decimals=2,
            needs_light=False,
            min_px_per_mm=2.0,
            meaning="More of it means that brown pigment lies less evenly.",
        ),
    ),
    measure=measure_pigmentation,
    options=PigmentationOptions(),
    confirm=confirm_pigmentation,
    source="Yamamoto et al. 2008, doi 10.1111/j.1600-0846.2007.00256.x (index; fixed axes of optical density); "
    "Chardon et al. 1991, doi 10.1111/j.1467-2494.1991.tb00561.x (the angle)",
)
