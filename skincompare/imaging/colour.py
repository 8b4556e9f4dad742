"""Colour: sRGB and linear light, the erythema index pair, CIELAB and the individual typology angle."""

from enum import StrEnum

import cv2
import numpy as np
import numpy.typing as npt

from skincompare.errors import OptionError

__all__ = [
    "SkinTone",
    "decoded",
    "ei_pair",
    "encoded",
    "lab_from_linear",
    "linear_from_srgb",
    "luminance",
    "skin_tone",
    "srgb_from_linear",
    "typology_angle",
]

FloatImage = npt.NDArray[np.float32]
ByteImage = npt.NDArray[np.uint8]

SRGB_TOE_SLOPE = 12.92
"""Slope of the straight part of the sRGB curve (IEC 61966-2-1)."""
SRGB_TOE_CODED = 0.04045
"""Coded value below which the sRGB curve is straight (IEC 61966-2-1)."""
SRGB_TOE_LINEAR = 0.0031308
"""Linear value below which the sRGB curve is straight (IEC 61966-2-1)."""
SRGB_OFFSET = 0.055
"""Offset of the curved part (IEC 61966-2-1)."""
SRGB_EXPONENT = 2.4
"""Exponent of the curved part (IEC 61966-2-1)."""

DARKEST = 0.5 / 255 / SRGB_TOE_SLOPE
"""Linear value that stands for everything darker in a logarithm: half a grey level of 8 bits."""

XYZ_FROM_RGB = np.array(
    [
        [0.4123908, 0.3575843, 0.1804808],
        [0.2126390, 0.7151687, 0.0721923],
        [0.0193308, 0.1191948, 0.9505322],
    ],
    dtype=np.float32,
)
"""Linear sRGB to CIE XYZ, D65 (IEC 61966-2-1)."""
WHITE_XYZ = XYZ_FROM_RGB.sum(axis=1)
"""XYZ of R = G = B = 1: the D65 white."""
LAB_EPSILON = 216 / 24389
"""Relative XYZ below which the CIELAB curve is straight (CIE 15)."""
LAB_KAPPA = 24389 / 27
"""Slope of the straight part of CIELAB (CIE 15)."""
TYPOLOGY_LIGHTNESS = 50.0
"""Lightness from which the typology angle is taken (Chardon 1991)."""


class SkinTone(StrEnum):
    """Classes of the individual typology angle (Chardon 1991, Del Bino 2013)."""

    VERY_LIGHT = "very light"
    LIGHT = "light"
    INTERMEDIATE = "intermediate"
    TAN = "tan"
    BROWN = "brown"
    DARK = "dark"


TONE_LIMITS = (
    (55.0, SkinTone.VERY_LIGHT),
    (41.0, SkinTone.LIGHT),
    (28.0, SkinTone.INTERMEDIATE),
    (10.0, SkinTone.TAN),
    (-30.0, SkinTone.BROWN),
)
"""Angle, degrees, above which each class begins (Del Bino 2013, doi 10.1111/bjd.12529)."""


def decoded(coded: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return linear light of sRGB coded values in [0, 1], any shape, without rounding."""
    curve = ((coded + SRGB_OFFSET) / (1 + SRGB_OFFSET)) ** SRGB_EXPONENT
    return np.where(coded <= SRGB_TOE_CODED, coded / SRGB_TOE_SLOPE, curve)


def encoded(linear: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return sRGB coded values of linear light in [0, 1], any shape, without rounding."""
    curve = (1 + SRGB_OFFSET) * np.maximum(linear, SRGB_TOE_LINEAR) ** (1 / SRGB_EXPONENT) - SRGB_OFFSET
    return np.where(linear <= SRGB_TOE_LINEAR, linear * SRGB_TOE_SLOPE, curve)


LINEAR_OF_BYTE = decoded(np.arange(256) / 255).astype(np.float32)
"""Linear value of each 8-bit sRGB level."""


def linear_from_srgb(pixels: ByteImage) -> FloatImage:
    """Return linear light of 8-bit sRGB pixels.

    Parameters
    ----------
    pixels : ndarray of uint8
        Coded values, any shape.

    Returns
    -------
    ndarray of float32
        Linear light in [0, 1], the same shape.

    Raises
    ------
    OptionError
        When the pixels are not 8-bit.
    """
    if pixels.dtype != np.uint8:
        raise OptionError(f"Expected 8-bit pixels (uint8), got {pixels.dtype}; scale them to 0-255 first.")
    if pixels.ndim in (2, 3) and pixels.size:
        return np.asarray(cv2.LUT(pixels, LINEAR_OF_BYTE), dtype=np.float32).reshape(pixels.shape)
    return np.asarray(LINEAR_OF_BYTE[pixels])


def srgb_from_linear(linear: npt.NDArray[np.floating]) -> ByteImage:
    """Return 8-bit sRGB pixels of linear light, rounded to the nearest level.

    Parameters
    ----------
    linear : ndarray of float
        Linear light, any shape; values outside [0, 1] are clipped and NaN becomes 0.

    Returns
    -------
    ndarray of uint8
        Coded values, the same shape.
    """
    light = np.clip(np.nan_to_num(linear.astype(np.float32, copy=False)), 0, 1)
    curve = (1 + SRGB_OFFSET) * light ** np.float32(1 / SRGB_EXPONENT) - SRGB_OFFSET
    coded = np.where(light <= SRGB_TOE_LINEAR, light * SRGB_TOE_SLOPE, curve)
    return np.asarray(np.rint(coded * 255), dtype=np.uint8)


def ei_pair(linear: FloatImage) -> tuple[FloatImage, FloatImage]:
    """Return the erythema index and its sister: u = 100 log10(R/G) and v = 100 log10(G/B).

    A gain on a channel (uniform light, white balance) adds a constant; an equal gain on all three (shading)
    cancels.

    Parameters
    ----------
    linear : ndarray of float32, shape (..., 3)
        Linear light, RGB. Values below half an 8-bit level count as that.

    Returns
    -------
    u, v : ndarray of float32, shape (...)
        EI units.

    Notes
    -----
    Source: Yamamoto et al. 2008, doi 10.1111/j.1600-0846.2007.00256.x, up to scale.
    """
    log = np.log10(np.maximum(linear, np.float32(DARKEST))) * np.float32(100)
    return log[..., 0] - log[..., 1], log[..., 1] - log[..., 2]


def luminance(linear: FloatImage) -> FloatImage:
    """Return relative luminance Y in [0, 1], shape (...), of linear light (..., 3)."""
    if linear.ndim == 3 and linear.size:
        return np.asarray(cv2.transform(linear, XYZ_FROM_RGB[1:2]), dtype=np.float32).reshape(
            linear.shape[:2]
        )
    return np.asarray(linear @ XYZ_FROM_RGB[1], dtype=np.float32)


def lab_from_linear(linear: FloatImage) -> FloatImage:
    """Return CIELAB (D65) of linear light.

    Parameters
    ----------
    linear : ndarray of float32, shape (..., 3)
        Linear light in [0, 1], sRGB primaries, RGB.

    Returns
    -------
    ndarray of float32, shape (..., 3)
        L* in [0, 100], a*, b*.

    Notes
    -----
    Source: CIE 15:2004.
    """
    relative = linear.astype(np.float32, copy=False) @ XYZ_FROM_RGB.T / WHITE_XYZ
    curve = np.where(relative > LAB_EPSILON, np.cbrt(relative), (LAB_KAPPA * relative + 16) / 116)
    x, y, z = np.moveaxis(curve, -1, 0)
    return np.stack((116 * y - 16, 500 * (x - y), 200 * (y - z)), axis=-1).astype(np.float32)


def typology_angle(lab: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Return the individual typology angle (ITA): larger is lighter skin.

    Parameters
    ----------
    lab : ndarray of float, shape (..., 3)
        CIELAB.

    Returns
    -------
    ndarray of float64, shape (...)
        atan2(L* - 50, b*) in degrees.

    Notes
    -----
    Source: Chardon et al. 1991, doi 10.1111/j.1467-2494.1991.tb00561.x.
    """
    wide = np.asarray(lab, dtype=np.float64)
    return np.asarray(np.degrees(np.arctan2(wide[..., 0] - TYPOLOGY_LIGHTNESS, wide[..., 2])))


def skin_tone(angle: float) -> SkinTone:
    """Return the class of a typology angle in degrees.

    Raises
    ------
    OptionError
        When the angle is NaN.
    """
    if np.isnan(angle):
        raise OptionError("A skin tone needs a typology angle in degrees, not NaN.")
    return next((tone for limit, tone in TONE_LIMITS if angle > limit), SkinTone.DARK)
