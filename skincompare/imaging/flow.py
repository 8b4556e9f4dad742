"""The fine half of an alignment: what the coarse map left over, from dense optical flow.

The flow runs on locally normalised luminance (local mean and contrast removed), so light, white balance and
broad redness do not steer it. It runs both ways; where the two disagree it is not trusted, and the trusted
places are smoothed together. What is left between flow and smoothed flow is the best sign of its error.

Flow: Kroeger et al. 2016, Fast optical flow using dense inverse search, doi:10.1007/978-3-319-46493-0_29.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from skincompare.imaging.sampling import FieldArray, blur, eight_bit, pixel_grid, sample

__all__ = ["Residual", "log_light", "normalise_locally", "residual_flow"]

NORMALISE_PX = 15.0
"""Scale of the local mean and contrast that are removed, frame px."""
CONTRAST_FLOOR = 0.01
"""Least local contrast (natural log of luminance) that is normalised; below it there is noise, not skin."""
CLIP = 3.0
"""Normalised luminance is cut at this many local SD, so that a hair or a glint does not rule its surroundings."""
CODES_PER_SD = 40.0
"""Codes that one local SD takes in the 8-bit picture for the flow."""
SMOOTH_PX = 4.0
"""Scale over which trusted flow is averaged, frame px."""
AGREEMENT_PX = 1.0
"""Forward-backward disagreement at which trust has fallen to 1/e, frame px."""
DISTRUST = 0.01
"""Weight of "the coarse map was right": where no flow is trusted nearby, none is applied."""


@dataclass(frozen=True, eq=False)
class Residual:
    """What the coarse map left over.

    Parameters
    ----------
    flow : ndarray of float32, shape (height, width, 2)
        Smoothed displacement, px.
    disagreement : ndarray of float32, shape (height, width)
        Forward-backward residual, px.
    roughness : ndarray of float32, shape (height, width)
        Length of the difference between raw and smoothed flow, px.
    """

    flow: FieldArray
    disagreement: FieldArray
    roughness: FieldArray


def log_light(linear: FieldArray) -> FieldArray:
    """Return the natural log of red plus green light, shape (height, width), of linear RGB."""
    return np.asarray(cv2.log(np.maximum(linear[..., 0] + linear[..., 1], 1e-3)), np.float32)


def normalise_locally(light: FieldArray) -> FieldArray:
    """Remove the local mean and contrast.

    Parameters
    ----------
    light : ndarray of float32, shape (height, width)
        Natural log of light.

    Returns
    -------
    ndarray of float32, shape (height, width)
        In local SD, cut at +-3.
    """
    mean = blur(light, NORMALISE_PX)
    variance = np.maximum(blur(light * light, NORMALISE_PX) - mean * mean, 0) + CONTRAST_FLOOR**2
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
    moved = normalise_locally(sample(after, field, cubic=True))
    first, second = eight_bit(normalise_locally(before), CODES_PER_SD), eight_bit(moved, CODES_PER_SD)
    engine = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    nothing = np.empty(0, np.float32)
    forward = np.asarray(engine.calc(first, second, nothing), np.float32)
    backward = np.asarray(engine.calc(second, first, nothing), np.float32)
    miss = forward + sample(backward, pixel_grid(before.shape) + forward)
    disagreement = _length(miss)
    trust = np.asarray(np.exp(-((disagreement / AGREEMENT_PX) ** 2)), np.float32)
    smooth = blur(forward * trust[..., None], SMOOTH_PX) / (blur(trust, SMOOTH_PX) + DISTRUST)[..., None]
    return Residual(smooth, disagreement, _length(forward - smooth))


def _length(vectors: FieldArray) -> FieldArray:
    return np.asarray(cv2.magnitude(vectors[..., 0], vectors[..., 1]), np.float32)
