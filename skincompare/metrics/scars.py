"""Scars of acne: how uneven the skin is at 1 to 5 mm, and how much of it is dented like a scar."""

import math
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from skincompare.imaging.blocks import block_numbers, block_values, standard_error
from skincompare.imaging.patches import PatchPair, SkinPatch
from skincompare.marks import Mark, MarkState, MetricMap, PairedMark
from skincompare.measurement import Effect, Flag
from skincompare.metrics._beside import LogRatio, lamp_gain
from skincompare.metrics._gates import all_missing, withheld_for_scale, withheld_for_size
from skincompare.metrics._pigment import glare_on_dark
from skincompare.metrics._scale_space import BoolImage, sampled
from skincompare.metrics._scar_shading import (
    ScarOptions,
    Shading,
    SharedShading,
    shading_of,
    shared_shading,
)
from skincompare.metrics.registry import ChangeEstimate, Estimate, MetricSpec, Quantity

__all__ = ["SPEC", "ScarOptions", "change_scars", "measure_scars"]

FloatArray = npt.NDArray[np.float64]

UNEVENNESS_ERROR = 0.25
"""Relative error of the absolute unevenness: a lamp 12 degrees higher shows 11 % less; noise and JPEG add
(rendered)."""
UNEVENNESS_REPEAT = 0.06
"""Within-subject SD of the unevenness over itself, light within 8 degrees (rendered 0.01 to 0.05; room for faces)."""
AREA_ERROR = 0.6
"""Relative error of the scar-like area: it reads 1.2 to 2 times the area of the dents (rendered)."""
AREA_REPEAT = 0.20
"""Within-subject SD of the scar-like area over itself (rendered: with 0.15 the error of 127 changes of untouched skin
was 1.12 and 0.81 of what was stated on the two halves of seeds 5000 to 5011, another lamp each)."""
AREA_FLOOR = 1.0
"""Scar-like area that skin without scars shows, % (rendered, 0 to 0.3 %, up to 4 % on very dark skin)."""
LIGHT_ERROR, APART_ERROR = 0.075, 0.03
"""SD of the change in ln strength that another lamp makes, and the part of it that two pieces of skin of one tilt do
not share (rendered, two pieces of skin beside each other, all tones, 8.5 to 16 px/mm, seeds 5000 to 5011: 0.07 and 0.03
to 0.05, sampling included)."""
LEAST_AGREEMENT = 0.88
"""Least correlation of the shading of scar-like skin in two photos: a lamp moved by 45 degrees leaves 0.80, repeat
photographs 0.91 to 0.99 (rendered)."""
LEAST_AGREEMENT_WHOLE = 0.75
"""The same where hardly any skin is scar-like: relief is weak there and noise takes part (rendered: 0.75 to 0.98)."""
MIN_SCARRED_POINTS = 60
"""Points of scar-like skin (0.44 mm2 each) from which only they are compared."""
LOST_BELOW = 0.45
"""Shading of a dent over what the skin without dents lets expect, below which it is no longer seen, as for pores. Of 87
rendered dents (8 to 12 px/mm, light, tan and brown, lamp 4 degrees off) 95 % keep 0.61 and more of it at 0.8 times
their depth, of which none is called gone; at 0.7 times 1 of 88 is, at half 22 of 90, filled 79 of 89."""
LEAST_STRENGTH = 0.1
"""Strength below which nothing is shaded, %: keeps a division defined."""
MAP_HIGH = 6.0
"""Top of the fixed colour scale of the map, %."""


def measure_scars(patch: SkinPatch, options: ScarOptions) -> tuple[Estimate, ...]:
    """Return the unevenness of a patch at 1 to 5 mm and its scar-like area.

    The shading 1.43 ln R - 0.01 ln G - 0.42 ln B, in which neither blood nor pigment is seen, between the blurs
    0.7 and 2.0 mm. Unevenness is its root mean square; scar-like is skin whose neighbourhood exceeds 2.2 %.

    Parameters
    ----------
    patch : SkinPatch
        The skin, in native pixels.
    options : ScarOptions
        The band and its limits.

    Returns
    -------
    tuple of two Estimate
        ``scar_unevenness`` (%) and ``scar_area`` (% of the skin). Both are missing, with a flag, below their
        resolution, without a scale, or with too little skin.

    Notes
    -----
    Shading shows relief only under light from one side; its strength depends on that side. Not a scar grade:
    wrinkles, folds and bumps count as well.
    """
    refused = _refused(patch, options)
    if refused is not None:
        return all_missing(SPEC.quantities, refused, patch.n_pixels)
    shading = _shading(patch, options)
    rows, columns = np.nonzero(shading.counted)
    few = withheld_for_size(rows.size, options.min_block_samples)
    if few is not None:
        return all_missing(SPEC.quantities, few, patch.n_pixels)
    native = shading.to_native(np.column_stack([columns, rows]).astype(np.float64))
    numbers = block_numbers(patch, native[:, 1], native[:, 0])
    z = shading.band[rows, columns]
    is_scar = _scar_like(shading, options)
    flagged = is_scar[rows, columns].astype(np.float32)
    few_samples = options.min_block_samples
    rough = block_values(z, numbers, patch.n_blocks, few_samples, _rms)
    shares = block_values(
        flagged, numbers, patch.n_blocks, few_samples, lambda values: 100 * float(values.mean())
    )
    flags = glare_on_dark("Scars", patch)
    unevenness, share = _rms(z), 100 * float(flagged.mean())
    sampling, share_error = (0.0 if math.isnan(e) else e for e in map(standard_error, (rough, shares)))
    return (
        Estimate(
            "scar_unevenness",
            unevenness,
            math.hypot(UNEVENNESS_ERROR * unevenness, sampling),
            UNEVENNESS_REPEAT * unevenness,
            patch.n_pixels,
            rough,
            flags,
            marks=tuple(_marks(patch, shading, is_scar)),
            map=_map(patch, shading),
        ),
        Estimate(
            "scar_area",
            share,
            math.hypot(AREA_ERROR * share, AREA_FLOOR, share_error),
            math.hypot(AREA_REPEAT * share, AREA_FLOOR / 2),
            patch.n_pixels,
            shares,
            flags,
        ),
    )


def change_scars(
    pair: PatchPair, references: Sequence[PatchPair], options: ScarOptions
) -> tuple[ChangeEstimate | None, ...]:
    """Return the change of the unevenness on the same dents of both photos.

    The ratio of the strengths of shading is taken where either photo shows scar-like skin (on the whole region
    where there is hardly any). The correlation of the two shadings tells whether the light came from one side.

    Parameters
    ----------
    pair : PatchPair
        The same region of both photos.
    references : sequence of PatchPair
        Untreated regions: the ratio of their own shading is what the lamp did, and is taken off.
    options : ScarOptions
        The band and its limits.

    Returns
    -------
    tuple
        The change of ``scar_unevenness`` and of ``scar_area``, each in its unit; None where no skin is shared.

    Notes
    -----
    The error of a ratio of two correlated spreads: Morgan 1939, doi 10.1093/biomet/31.1-2.13.
    """
    if any(_refused(patch, options) is not None for patch in pair.patches):
        return None, None
    shadings = _shading(pair.before, options), _shading(pair.after, options)
    shared = shared_shading(pair, shadings, options)
    if shared.before.size < options.min_block_samples or math.isnan(shared.agreement):
        return None, None
    focus, least = _focus(shared)
    agreement, own = focus.agreement, focus.log_ratio
    lamp = lamp_gain(
        pair,
        references,
        ("scars", options),
        lambda one: _ratio_beside(one, options),
        alone=LIGHT_ERROR,
        apart=APART_ERROR,
    )
    middle = math.sqrt(_rms(shared.before) * _rms(shared.after))
    error = middle * math.hypot(lamp.sigma, own.sigma)
    flags = () if agreement >= least else (_other_light(agreement, least),)
    return (
        ChangeEstimate(
            "scar_unevenness",
            2 * middle * math.sinh((own.value - lamp.value) / 2),
            error,
            error / math.sqrt(2),
            flags,
            tuple(_paired_marks(pair, shadings, options)),
        ),
        _area_change(shadings, flags, options),
    )


def _ratio_beside(reference: PatchPair, options: ScarOptions) -> LogRatio | None:
    """Return the same of untreated skin; None where it shows too little, or light from another side."""
    if any(_refused(patch, options) is not None for patch in reference.patches):
        return None
    shared = shared_shading(
        reference, (_shading(reference.before, options), _shading(reference.after, options)), options
    )
    if shared.before.size < options.min_block_samples or math.isnan(shared.agreement):
        return None
    focus, least = _focus(shared)
    return focus.log_ratio if focus.agreement >= least else None


def _area_change(
    shadings: tuple[Shading, Shading], flags: tuple[Flag, ...], options: ScarOptions
) -> ChangeEstimate:
    """Return the difference of the scar-like areas, withheld with the unevenness when the light differs."""
    before, after = (100 * float(_scar_like(one, options)[one.counted].mean()) for one in shadings)
    errors = [math.hypot(AREA_REPEAT * share, AREA_FLOOR / 2) for share in (before, after)]
    error = math.hypot(*errors)
    return ChangeEstimate("scar_area", after - before, error, error / math.sqrt(2), flags)


def _focus(shared: SharedShading) -> tuple[SharedShading, float]:
    """Return the points that are compared, and the least agreement asked of them."""
    chosen = shared.scarred
    if np.count_nonzero(chosen) < MIN_SCARRED_POINTS:
        return shared, LEAST_AGREEMENT_WHOLE
    area = shared.area_cm2 * float(chosen.mean())
    part = SharedShading(shared.before[chosen], shared.after[chosen], chosen[chosen], area)
    return part, LEAST_AGREEMENT


ON_A_FACE = Flag(
    "curved_face",
    "On a whole face the lamp and the pose move this shading more than scars do, so it is told on close-ups only.",
    "Take close-ups of the same place under one lamp.",
    Effect.NOT_MEASURABLE,
)
"""On a simulated face whose relief stayed, unevenness fell by 0.4-1.2 points on six of six days and scar-like places
were called gone; in a trial on real neutral and smiling pairs below the gate 14 of 98 were called changed."""


def _refused(patch: SkinPatch, options: ScarOptions) -> Flag | None:
    if not patch.n_pixels:
        return withheld_for_size(0, 1)
    unscaled = withheld_for_scale(patch, SPEC.quantities[0])
    if unscaled is not None:
        return unscaled
    if patch.normal is not None:
        return ON_A_FACE
    least = math.ceil(options.min_area_cm2 * 100 * patch.scale.px_per_mm**2)
    return withheld_for_size(patch.n_pixels, least)


def _shading(patch: SkinPatch, options: ScarOptions) -> Shading:
    return patch.remembered(("scars", options), lambda: shading_of(patch, options))


def _rms(values: npt.NDArray[np.floating]) -> float:
    return math.sqrt(float(np.mean(np.square(values, dtype=np.float64))))


def _scar_like(shading: Shading, options: ScarOptions) -> BoolImage:
    """Return where shading is as strong as in a dent, without specks."""
    strong = (shading.strength > options.scar_strength) & shading.counted
    _, places, sizes, _ = cv2.connectedComponentsWithStats(strong.astype(np.uint8), connectivity=8)
    wide = sizes[:, cv2.CC_STAT_AREA] >= options.min_scar_mm2 * options.grid_px_per_mm**2
    wide[0] = False
    return np.asarray(wide[places])


def _places(is_scar: BoolImage) -> list[tuple[FloatArray, float]]:
    """Return centre (1, 2) and diameter of each scar-like place, grid px."""
    return _numbered_places(is_scar)[0]


def _numbered_places(
    is_scar: BoolImage,
) -> tuple[list[tuple[FloatArray, float]], npt.NDArray[np.int32]]:
    """Return the same, and a picture of their numbers from 1."""
    _, numbers, sizes, centres = cv2.connectedComponentsWithStats(is_scar.astype(np.uint8), connectivity=8)
    places = [
        (centre.reshape(1, 2), 2 * math.sqrt(size / math.pi))
        for centre, size in zip(centres[1:], sizes[1:, cv2.CC_STAT_AREA], strict=True)
    ]
    return places, np.asarray(numbers, np.int32)


def _mark(patch: SkinPatch, shading: Shading, native: FloatArray, diameter: float) -> Mark:
    at = shading.from_native(native)
    strength = float(sampled(shading.strength, at[:, :1], at[:, 1:], cv2.INTER_LINEAR)[0, 0])
    x, y = patch.to_photo(native)[0]
    return Mark(((float(x), float(y)),), diameter / shading.shrink, strength)


def _marks(patch: SkinPatch, shading: Shading, is_scar: BoolImage) -> list[Mark]:
    return [_mark(patch, shading, shading.to_native(xy), diameter) for xy, diameter in _places(is_scar)]


def _paired_marks(
    pair: PatchPair, shadings: tuple[Shading, Shading], options: ScarOptions
) -> list[PairedMark]:
    """Return the scar-like places of either photo, each once, and whether the other photo shows them, too.

    A place that only fell below the limit of scar-like skin is still there: it is gone where the other photo shows
    less than :data:`LOST_BELOW` of its shading. What skin without dents shows is taken off both in quadrature.
    """
    found = []
    scar_like = [_scar_like(one, options) for one in shadings]
    plain = [_plain_strength(one, where) for one, where in zip(shadings, scar_like, strict=True)]
    listed: list[FloatArray] = []
    for k, there in ((0, pair.to_after), (1, pair.to_before)):
        own, other = shadings[k], shadings[1 - k]
        places, numbers = _numbered_places(scar_like[k])
        taken = _numbers_at(numbers, own, listed) if k else set()
        for number, (xy, diameter) in enumerate(places, start=1):
            native = own.to_native(xy)
            mapped = there(native)
            if k and (number in taken or _numbers_at(scar_like[0], other, [mapped])):
                continue  # listed already, from the before photo
            if not k:
                listed.append(mapped)
            seen = _mark(pair.patches[k], own, native, diameter)
            same = _mark(pair.patches[1 - k], other, mapped, diameter)
            expected = max(_dent(seen, plain[k]), LEAST_STRENGTH) * plain[1 - k] / plain[k]
            kept = _dent(same, plain[1 - k]) / expected
            state = MarkState.STILL_THERE if kept >= LOST_BELOW else (MarkState.NEW if k else MarkState.GONE)
            before, after = (same, seen) if k else (seen, same)
            found.append(PairedMark(before, after, state))
    return found


def _plain_strength(shading: Shading, is_scar: BoolImage) -> float:
    """Return the median strength of the skin that is not scar-like, %."""
    plain = shading.strength[shading.counted & ~is_scar]
    return max(float(np.median(plain)) if plain.size else 0.0, LEAST_STRENGTH)


def _dent(mark: Mark, plain: float) -> float:
    """Return what a place is shaded beyond skin without dents, %."""
    return math.sqrt(max(mark.strength**2 - plain**2, 0.0))


def _numbers_at(
    numbers: npt.NDArray[np.integer | np.bool_], shading: Shading, native: Sequence[FloatArray]
) -> set[int]:
    """Return the numbers, but 0, that a picture on the grid holds at native places (1, 2)."""
    height, width = numbers.shape
    at = (np.rint(shading.from_native(xy)[0]).astype(int) for xy in native)
    found = {int(numbers[y, x]) for x, y in at if 0 <= x < width and 0 <= y < height}
    return found - {0}


def _map(patch: SkinPatch, shading: Shading) -> MetricMap:
    values = np.where(shading.counted, shading.strength, np.float32(np.nan)).astype(np.float32)
    left, top = (patch.corner[axis] + shading.corner[axis] for axis in (0, 1))
    return MetricMap(values, left, top, 1 / shading.shrink, 0.0, MAP_HIGH, "%")


def _other_light(agreement: float, least: float) -> Flag:
    return Flag(
        "light_direction",
        f"The shading of this skin agrees too little between the photos ({agreement:.2f}, needed {least:.2f}): "
        "the light came from another side, or the photos show too little of the relief.",
        "Take both photos with the lamp at the same place and the head held alike.",
        Effect.NOT_MEASURABLE,
    )


SPEC = MetricSpec(
    name="scars",
    version=2,
    quantities=(
        Quantity(
            name="scar_unevenness",
            label="Unevenness, 1 to 5 mm",
            unit="%",
            decimals=2,
            needs_light=False,
            min_px_per_mm=6.0,
            meaning="More of it means deeper dents and bumps of 1 to 5 mm, as acne scars are.",
            marks="scar-like places",
        ),
        Quantity(
            name="scar_area",
            label="Scar-like area",
            unit="%",
            decimals=1,
            needs_light=False,
            min_px_per_mm=6.0,
            meaning="More of it means that more of the skin is dented or raised like a scar.",
        ),
    ),
    measure=measure_scars,
    options=ScarOptions(),
    source="Band-passed shading free from blood and pigment; normalised convolution after Knutsson and Westin 1993, "
    "doi 10.1109/CVPR.1993.341081; constants fitted on rendered skin",
    change=change_scars,
)
