"""The after picture in the light of the before picture: for eyes, beside the untouched one, never for numbers."""

import math

import numpy as np
import numpy.typing as npt

from skincompare.imaging.colour import linear_from_srgb, luminance, srgb_from_linear
from skincompare.imaging.light import Light

__all__ = ["in_the_light_of"]

PixelArray = npt.NDArray[np.uint8]

MAX_BRIGHTENING = 3.0
"""Largest factor on the light of the after picture, either way: beyond it noise is all that one would see."""


def in_the_light_of(
    before: PixelArray, after: PixelArray, light: Light, skin: npt.NDArray[np.bool_]
) -> tuple[PixelArray, float]:
    """Return the after picture as if it had been taken in the light of the before picture.

    Its tone curve is straightened, the shift of the light is taken off the ratios of its channels, and its brightness
    is brought to that of the same skin.

    Parameters
    ----------
    before, after : ndarray of uint8, shape (height, width, 3)
        The aligned pair, sRGB.
    light : Light
        What the light did; its shift must be known.
    skin : ndarray of bool, shape (height, width)
        Where both show bare skin.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3), and float
        The picture, and by what factor its light was made brighter.
    """
    linear = light.tone.corrected(linear_from_srgb(after))
    red, blue = 10 ** (-light.shift.u / 100), 10 ** (light.shift.v / 100)
    linear = linear * np.array([red, 1.0, blue], np.float32)
    brightening = 1.0
    if skin.any():
        first, second = (float(np.median(luminance(one)[skin])) for one in (linear_from_srgb(before), linear))
        ratio = first / max(second, 1e-6)
        brightening = math.exp(np.clip(math.log(max(ratio, 1e-6)), *_limits()))
    return srgb_from_linear(linear * np.float32(brightening)), brightening


def _limits() -> tuple[float, float]:
    return -math.log(MAX_BRIGHTENING), math.log(MAX_BRIGHTENING)
