"""How the relief changed between two photos, less what the light did to untreated skin of the same tilt.

The lamp and the camera change the contrast of all relief; skin that was not treated and meets the light at the same
angle shows by how much. The two photos' blur is matched on untreated skin, too.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from skincompare.imaging.blocks import standard_error
from skincompare.imaging.patches import PatchPair
from skincompare.imaging.sampling import inside, pixel_grid, sample
from skincompare.imaging.sharpness import BlurDifference, blur_difference
from skincompare.measurement import Flag
from skincompare.metrics._beside import is_alike
from skincompare.metrics._relief import BANDS_MM, Places, RoughnessOptions, pore_places, relief_of
from skincompare.metrics.registry import ChangeEstimate

__all__ = ["change_of_relief"]

FloatArray = npt.NDArray[np.float64]

MATCH_FROM_PX_PER_MM = 6.0
"""Resolution from which the blur of two photos can be matched (measured)."""
SURE_DIFFERENCE = 2.0
"""Differences of blur below so many of their errors count as none."""
TYPICAL_BLUR_PX = 0.7
"""Blur of a photo that is too small to show its own, px."""
PAIRED_REPEAT = (0.030, 0.022, 0.020, 0.018)
"""Within-subject SD over the value with a reference of the same tilt, band by band: SD of the change (3.5 %, 2.6 %,
2.6 % and 2.8 %, rendered close-ups of all tones, 8.5 to 16 px/mm, another lamp each time, seeds 5000 to 5011; on single
classes up to 4.9, 3.3, 3.7 and 3.4 %) less what the blocks tell of it, over sqrt 2. In the finest band 0.016 held 100 %
of the intervals on one half of these seeds and 92 % on the other."""
BLOCKS_TELL = 0.4
"""Share of the blocks' scatter that is error of the whole: the rest is skin that truly differs from block to block, in
both regions alike (fitted to intervals that hold 95 %)."""
LONE_REPEAT = 0.07
"""The same without one: SD of the change 6-14 % (rendered skin)."""
ALIKE_SCALE = 1.3
"""Largest ratio of the photos' px/mm at which one is looked up from the other's grid [judgement]."""
OF_ONE_SAMPLE = 1.2
"""Error of a log ratio by one piece of skin of s squared, where blocks do not tell it (two photos of one skin agree
in part: half of 2.3, two independent ones) [judgement]."""
PORES_FROM_PX_PER_MM = 8.0
"""Resolution from which bands that pores are left out of are told, px/mm."""
NO_PORES: Places = (np.empty((0, 2)), np.empty(0))
"""Pores of skin on which none is looked for."""
GRID_PX = 16
"""Spacing at which the map between the photos is computed for the spectra; between, it is straight, px."""


@dataclass(frozen=True, eq=False)
class _Relief:
    """Log ratio of relief, after over before, its sampling error, and the relief's level, %; by band, or NaN."""

    log_ratio: FloatArray
    sigma: FloatArray
    level: FloatArray


def change_of_relief(
    pair: PatchPair, references: Sequence[PatchPair], names: Sequence[str], options: RoughnessOptions
) -> tuple[ChangeEstimate | None, ...]:
    """Return the change of each band of roughness.

    ln(after / before) of the region, at one total blur, less the same of the untreated regions that look within
    `max_tilt_degrees` of it in both photos; without any, only the blur is matched and the error is larger.

    Parameters
    ----------
    pair : PatchPair
        The same skin in both photos.
    references : sequence of PatchPair
        Untreated regions.
    names : sequence of str
        Names of the quantities, in the order of the bands.
    options : RoughnessOptions
        Limits.

    Returns
    -------
    tuple of ChangeEstimate or None
        In the unit of the quantity; None without a scale, without untreated skin, or where a band cannot be had.
    """
    if not references or not all(patch.scale.is_known for patch in pair.patches):
        return (None,) * len(names)
    blur = _weighed([_untreated_blur(one) for one in references])
    own = _relief(pair, blur, options)
    against = [
        _shared_relief(one, blur, options)
        for one in references
        if is_alike(one, pair, options.max_tilt_degrees, options.min_reference_cm2)
    ]
    return tuple(_change(name, index, own, against, options) for index, name in enumerate(names))


def _change(
    name: str, index: int, own: _Relief, against: Sequence[_Relief], options: RoughnessOptions
) -> ChangeEstimate | None:
    if math.isnan(own.log_ratio[index]):
        return None
    level = float(own.level[index])
    ratio, sigma, has_reference = _against(own, against, index)
    repeat = PAIRED_REPEAT[index] if has_reference else LONE_REPEAT
    return ChangeEstimate(
        name,
        # The same as after - before when nothing is taken off, and its negative when the photos are swapped.
        2 * level * math.sinh(ratio / 2),
        level * math.hypot(BLOCKS_TELL * sigma, math.sqrt(2) * repeat),
        level * repeat,
        () if has_reference else (_no_same_tilt(options),),
    )


def _shared_relief(reference: PatchPair, difference_mm2: float, options: RoughnessOptions) -> _Relief:
    """Return the relief of an untreated region; kept with it, as every region asks."""
    return reference.remembered(
        ("relief", difference_mm2, options), lambda: _relief(reference, difference_mm2, options)
    )


def _no_same_tilt(options: RoughnessOptions) -> Flag:
    return Flag(
        "no_same_tilt",
        "No untreated skin meets the light at the same angle (within "
        f"{options.max_tilt_degrees:.0f} degrees), so a moved lamp can look like a change of relief.",
        "Leave a patch of skin beside the treated place untreated and name it.",
    )


def _against(own: _Relief, against: Sequence[_Relief], index: int) -> tuple[float, float, bool]:
    """Return a band's log ratio less that of the references, its sampling error, and whether there was any."""
    known = [
        (one.log_ratio[index], one.sigma[index]) for one in against if not math.isnan(one.log_ratio[index])
    ]
    if not known:
        return float(own.log_ratio[index]), float(own.sigma[index]), False
    values, sigmas = (np.array(column) for column in zip(*known, strict=True))
    weights = 1 / (sigmas**2 + PAIRED_REPEAT[index] ** 2)
    mean = float(np.average(values, weights=weights))
    error = math.sqrt(float(np.sum((weights * sigmas) ** 2))) / float(weights.sum())
    return float(own.log_ratio[index]) - mean, math.hypot(float(own.sigma[index]), error), True


def _untreated_blur(reference: PatchPair) -> BlurDifference | None:
    """Return the photos' difference of blur on an untreated region; kept with it, as every region asks."""
    return reference.remembered("difference of blur", lambda: _blur_of(reference))


def _blur_of(pair: PatchPair) -> BlurDifference | None:
    """Return by how much the before photo is more blurred than the after photo, on this skin."""
    before, after = pair.patches
    px_per_mm = before.scale.px_per_mm
    ratio = after.scale.px_per_mm / px_per_mm
    if not (
        min(px_per_mm, ratio * px_per_mm) >= MATCH_FROM_PX_PER_MM and 1 / ALIKE_SCALE < ratio < ALIKE_SCALE
    ):
        return None
    green = [patch.log_light(1) for patch in (before, after)]
    rows, columns = before.mask.shape
    x, y = np.arange(0, columns + GRID_PX, GRID_PX), np.arange(0, rows + GRID_PX, GRID_PX)
    nodes = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2).astype(np.float64)
    there = pair.to_after(nodes).reshape(y.size, x.size, 2).astype(np.float32)
    places = sample(there, pixel_grid((rows, columns)) / np.float32(GRID_PX))
    moved = np.asarray(cv2.remap(green[1], places, places[:0], cv2.INTER_CUBIC), np.float32)
    return blur_difference(green[0], moved, before.mask & inside(places, after.mask.shape), px_per_mm)


def _weighed(found: Sequence[BlurDifference | None]) -> float:
    """Return the blur variance of the before photo minus that of the after photo, mm2; NaN when nothing tells it."""
    known = [one for one in found if one is not None]
    if not known:
        return math.nan
    weights = np.array([1 / one.sigma**2 for one in known])
    mean = float(np.average([one.variance_mm2 for one in known], weights=weights))
    return mean if abs(mean) > SURE_DIFFERENCE / math.sqrt(float(weights.sum())) else 0.0


def _blurs_px(pair: PatchPair, difference_mm2: float) -> tuple[float, float]:
    """Return the blur of both photos, px of each: their own estimates, brought to the known difference."""
    scales = [patch.scale.px_per_mm for patch in pair.patches]
    own = [
        (TYPICAL_BLUR_PX if math.isnan(patch.blur_px) else patch.blur_px) / scale
        for patch, scale in zip(pair.patches, scales, strict=True)
    ]
    if math.isnan(difference_mm2):
        return own[0] * scales[0], own[1] * scales[1]
    mean = max((own[0] ** 2 + own[1] ** 2) / 2, abs(difference_mm2) / 2)
    first, second = (math.sqrt(mean + sign * difference_mm2 / 2) for sign in (1, -1))
    return first * scales[0], second * scales[1]


def _pores_of_either(pair: PatchPair) -> tuple[Places, Places]:
    """Return the pores that either photo shows, for both photos: what is left out is the same skin."""

    def make() -> tuple[Places, Places]:
        (first, first_px), (second, second_px) = (pore_places(patch) for patch in pair.patches)
        ratio = pair.after.scale.px_per_mm / pair.before.scale.px_per_mm
        return (
            (np.vstack((first, pair.to_before(second))), np.concatenate((first_px, second_px / ratio))),
            (np.vstack((pair.to_after(first), second)), np.concatenate((first_px * ratio, second_px))),
        )

    if min(patch.scale.px_per_mm for patch in pair.patches) < PORES_FROM_PX_PER_MM:
        return NO_PORES, NO_PORES
    return pair.remembered("pores of either photo", make)


def _relief(pair: PatchPair, difference_mm2: float, options: RoughnessOptions) -> _Relief:
    """Return the log ratio of a region's relief by band, each photo's blur counted as part of s."""
    ratio, sigma, level = (np.full(len(BANDS_MM), np.nan) for _ in range(3))
    if min(patch.n_pixels for patch in pair.patches) < options.min_pixels:
        return _Relief(ratio, sigma, level)
    blurs = _blurs_px(pair, difference_mm2)
    bands = tuple(
        s
        for s in BANDS_MM
        if all(
            blur <= options.max_blur * s * patch.scale.px_per_mm
            for blur, patch in zip(blurs, pair.patches, strict=True)
        )
    )
    before, after = (
        relief_of(patch, bands, blur, options, pores)
        for patch, blur, pores in zip(pair.patches, blurs, _pores_of_either(pair), strict=True)
    )
    for index, s in enumerate(BANDS_MM):
        if s not in bands or not min(before[s].value, after[s].value) > 0:
            continue
        ratio[index] = math.log(after[s].value / before[s].value)
        level[index] = math.sqrt(before[s].value * after[s].value)
        with np.errstate(divide="ignore", invalid="ignore"):
            blocks = np.log(after[s].blocks / before[s].blocks)
        error = standard_error(blocks)
        samples = pair.before.n_pixels / (s * pair.before.scale.px_per_mm) ** 2
        sigma[index] = OF_ONE_SAMPLE / math.sqrt(samples) if math.isnan(error) else error
    return _Relief(ratio, sigma, level)
