"""The fine half of an alignment: what the coarse map left over, from dense optical flow.

The flow runs on locally normalised luminance (local mean and contrast removed), so light, white balance and
broad redness do not steer it. It runs both ways; where the two disagree it is not trusted. The trusted places are
averaged together, wide first, so that a hole in them is filled from its surroundings. Then the skin itself has the
last word: a least-squares fit of the remaining shift in a window round every pixel.

Flow: Kroeger et al. 2016, Fast optical flow using dense inverse search, doi:10.1007/978-3-319-46493-0_29. Last fit:
Lucas and Kanade 1981, An iterative image registration technique.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from skincompare.imaging.sampling import FieldArray, blur, eight_bit, pixel_grid, sample

__all__ = ["Residual", "log_light", "normalise_locally", "residual_flow"]

NORMALISE_PX = 15.0
"""Scale of the local mean and contrast that are removed, frame px."""
FIT_NORMALISE_PX = 6.0
"""The same for the last fits, which see only the finest skin detail: red patches and shading then move the points by
0.02-0.04 px in place of 0.05-0.13 (warped and turned render, hemoglobin to 0.2)."""
CONTRAST_FLOOR = 0.01
"""Least local contrast (natural log of luminance) that is normalised; below it there is noise, not skin."""
CLIP = 3.0
"""Normalised luminance is cut at this many local SD, so that a hair or a glint does not rule its surroundings."""
CODES_PER_SD = 40.0
"""Codes that one local SD takes in the 8-bit picture for the flow."""
AGREEMENT_PX = 1.0
"""Forward-backward disagreement at which trust has fallen to 1/e, frame px."""
FILL_PX = (64.0, 24.0, 12.0)
"""Scales over which trusted flow is averaged, wide first, frame px. One scale of 4 px left the flow's own noise in
(median error on warped portraits 0.09 px, with these and the last fit 0.045); one of 12 px left holes at the jaw and
on the neck (rendered heads: mean error 0.44 mm, with these 0.33)."""
FILL_PRIOR = (0.01, 0.1, 0.1)
"""Weight of what the next wider scale says, in units of full trust; before the widest: of no flow at all."""
WINDOWS_PX = (16.0, 8.0)
"""Windows of the last fits, SD, frame px. Smaller ones follow noise, larger ones miss the folds of a smile."""
FIT_CLIP_PX = 1.0
"""Longest step of one fit, frame px."""
FIT_RESIDUAL = 0.5
"""Difference of normalised light at which a pixel has half its weight: what changed does not steer."""
FIT_TEXTURE = 2e-4
"""Squared slope of normalised light per px below which the fit stays where it is."""
FIT_UPRIGHT = 0.1
"""Least determinant of a fit over the product of its diagonal: a single straight line leaves its own direction open."""


@dataclass(frozen=True, eq=False)
class Residual:
    """What the coarse map left over, and the signs of its error.

    Parameters
    ----------
    flow : ndarray of float32, shape (height, width, 2)
        Displacement, px.
    disagreement : ndarray of float32, shape (height, width)
        Forward-backward residual of the flow, px.
    roughness : ndarray of float32, shape (height, width)
        Length of the difference between the raw and the averaged flow, px.
    step : ndarray of float32, shape (height, width)
        Length of the last fit's step, px: what it still found to mend.
    spread : ndarray of float32, shape (height, width)
        Variance of a shift that the last fit expects of its own noise and texture, px2.
    """

    flow: FieldArray
    disagreement: FieldArray
    roughness: FieldArray
    step: FieldArray
    spread: FieldArray


@dataclass(frozen=True, eq=False)
class _Fit:
    """One least-squares fit of the remaining shift."""

    step: FieldArray
    spread: FieldArray


def log_light(linear: FieldArray) -> FieldArray:
    """Return the natural log of red plus green light, shape (height, width), of linear RGB."""
    return np.asarray(cv2.log(np.maximum(linear[..., 0] + linear[..., 1], 1e-3)), np.float32)


def normalise_locally(light: FieldArray, scale: float = NORMALISE_PX) -> FieldArray:
    """Remove the local mean and contrast.

    Parameters
    ----------
    light : ndarray of float32, shape (height, width)
        Natural log of light.
    scale : float
        Standard deviation of the Gaussian neighbourhood, px.

    Returns
    -------
    ndarray of float32, shape (height, width)
        In local SD, cut at +-3.
    """
    mean = blur(light, scale)
    variance = np.maximum(blur(light * light, scale) - mean * mean, 0) + CONTRAST_FLOOR**2
    return np.asarray(np.clip((light - mean) / np.sqrt(variance), -CLIP, CLIP), np.float32)


def residual_flow(before: FieldArray, after: FieldArray, field: FieldArray, finer: float) -> Residual:
    """Find the displacement that the coarse map left over.

    Parameters
    ----------
    before : ndarray of float32, shape (height, width)
        Natural log of light of the before frame, or of a part of it.
    after : ndarray of float32, shape (h, w)
        The same of the whole after frame.
    field : ndarray of float32, shape (height, width, 2)
        Place in the after frame of every pixel of `before`, by the coarse map.
    finer : float
        Size of the skin in the after frame over that in the before frame.

    Returns
    -------
    Residual
        In pixels of the before frame.
    """
    if finer > 1.1:  # the after photo is the larger: keep its finest detail from aliasing
        after = blur(after, 0.5 * math.sqrt(finer**2 - 1))
    pair = (normalise_locally(one) for one in (before, sample(after, field, cubic=True)))
    raw, disagreement = _both_ways(*pair)
    trust = np.asarray(np.exp(-((disagreement / AGREEMENT_PX) ** 2)), np.float32)
    flow = np.zeros_like(raw)
    for scale, prior in zip(FILL_PX, FILL_PRIOR, strict=True):
        flow = (blur(raw * trust[..., None], scale) + prior * flow) / (blur(trust, scale) + prior)[..., None]
    roughness = _length(raw - flow)
    grid, own = pixel_grid(before.shape), normalise_locally(before, FIT_NORMALISE_PX)
    for window in WINDOWS_PX:
        moved = normalise_locally(sample(after, sample(field, grid + flow), cubic=True), FIT_NORMALISE_PX)
        fit = _fit(own, moved, window)
        flow = flow + fit.step
    return Residual(flow, disagreement, roughness, _length(fit.step), fit.spread)


def _both_ways(first: FieldArray, second: FieldArray) -> tuple[FieldArray, FieldArray]:
    """Return dense flow from the first to the second picture, and how far the way back misses."""
    codes = eight_bit(first, CODES_PER_SD), eight_bit(second, CODES_PER_SD)
    engine = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    nothing = np.empty(0, np.float32)
    forward = np.asarray(engine.calc(codes[0], codes[1], nothing), np.float32)
    backward = np.asarray(engine.calc(codes[1], codes[0], nothing), np.float32)
    return forward, _length(forward + sample(backward, pixel_grid(first.shape) + forward))


def _fit(own: FieldArray, moved: FieldArray, window: float) -> _Fit:
    """Fit the shift that is left between two pictures of light, in a Gaussian window round every pixel.

    The slopes are multiplied across the two pictures, whose noise is independent: noise then does not make the skin
    look richer than it is and the step too short.
    """
    (own_x, own_y), (moved_x, moved_y) = _slopes(own), _slopes(moved)
    miss = own - moved
    weight = np.asarray(1 / (1 + (miss / FIT_RESIDUAL) ** 2), np.float32)
    half = weight * np.float32(0.5)
    mean_x, mean_y = (own_x + moved_x) * half, (own_y + moved_y) * half
    across, down = blur(weight * own_x * moved_x, window), blur(weight * own_y * moved_y, window)
    both = blur(weight * (own_x * moved_y + own_y * moved_x), window) / 2
    pull_x, pull_y = blur(mean_x * miss, window), blur(mean_y * miss, window)
    across, down = (np.maximum(one, 0) + np.float32(FIT_TEXTURE) for one in (across, down))
    scale = 1 / np.maximum(across * down - both * both, FIT_UPRIGHT * across * down)
    step = np.stack([(down * pull_x - both * pull_y) * scale, (across * pull_y - both * pull_x) * scale], -1)
    left = blur(weight * miss * miss, window)
    spread = left * (across + down) * scale / (8 * math.pi * window * window)
    return _Fit(np.clip(step, -FIT_CLIP_PX, FIT_CLIP_PX).astype(np.float32), np.asarray(spread, np.float32))


def _slopes(image: FieldArray) -> tuple[FieldArray, FieldArray]:
    """Return the slopes to the right and down, per px."""
    across, down = (cv2.Scharr(image, cv2.CV_32F, *axes, scale=1 / 32) for axes in ((1, 0), (0, 1)))
    return np.asarray(across, np.float32), np.asarray(down, np.float32)


def _length(vectors: FieldArray) -> FieldArray:
    return np.asarray(cv2.magnitude(vectors[..., 0], vectors[..., 1]), np.float32)
