"""What phones and rooms do to the colour of a photo, singly and all together.

White balance acts on the camera's raw light, before its matrix; then come exposure, a coloured gradient, noise, a tone
curve of one of several families, and JPEG.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from skincompare.imaging.colour import decoded, encoded
from skincompare.synthetic.camera import CameraOptions, gradient, photograph

__all__ = ["CONDITIONS", "SINGLE", "Condition", "disturbed"]

LinearImage = npt.NDArray[np.float32]

SRGB_TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
"""IEC 61966-2-1."""
XYZ_TO_RAW: Mapping[str, tuple[float, ...]] = {
    "Canon EOS 5D Mark II": (0.4716, 0.0603, -0.0830, -0.7798, 1.5474, 0.2480, -0.1496, 0.1937, 0.6651),
    "Nikon D700": (0.8139, -0.2171, -0.0663, -0.8747, 1.6541, 0.2295, -0.1925, 0.2008, 0.8093),
    "Sony A7": (0.5271, -0.0712, -0.0347, -0.6153, 1.3653, 0.2763, -0.1601, 0.2366, 0.7242),
}
"""Matrices of three cameras as raw converters tabulate them (Adobe's coefficients for D65); written down
from memory and not checked against the table."""
WHITE_BALANCE_SD = 0.10
"""SD of the natural log of the raw gains of red and blue."""
EXPOSURE_SD = 0.15
"""SD of the natural log of the exposure."""
GRADIENT, GRADIENT_COLOUR = 0.15, 0.04
"""SD of the change of light over the width of the picture, and of a channel's against the others."""
NOISE = (0.006, 0.02)
"""Range of the shot noise at linear 1."""
JPEG = (75, 95)
"""Range of the JPEG quality."""
BEND_SD, GAMMA_SD, CONTRAST_SD, SHADOW_SD = 0.25, 0.08, 0.15, 0.04
"""SD of the parameters of the families of tone curves: cubic, power, logistic, lifted shadows."""


@dataclass(frozen=True)
class Condition:
    """Which disturbances act."""

    white_balance: bool = False
    tone: bool = False
    exposure: bool = False
    gradient: bool = False
    noise: bool = False
    jpeg: bool = False


SINGLE: Mapping[str, Condition] = {
    "white balance": Condition(white_balance=True),
    "tone curve": Condition(tone=True),
    "exposure": Condition(exposure=True),
    "coloured gradient": Condition(gradient=True),
    "noise": Condition(noise=True),
    "JPEG": Condition(jpeg=True),
}
CONDITIONS: Mapping[str, Condition] = {
    "nothing": Condition(),
    **SINGLE,
    "all together": Condition(True, True, True, True, True, True),
}


def disturbed(
    linear: LinearImage, condition: Condition, chance: np.random.Generator
) -> npt.NDArray[np.uint8]:
    """Return the photo, uint8 sRGB, of linear light under a condition."""
    light = linear
    if condition.white_balance:
        light = _white_balanced(light, chance)
    if condition.gradient:
        shares = chance.normal(0, GRADIENT) + chance.normal(0, GRADIENT_COLOUR, 3)
        angle = float(chance.uniform(0, 360))
        light = light * np.stack([gradient(light.shape[:2], float(one), angle) for one in shares], axis=-1)
    exposure = math.exp(chance.normal(0, EXPOSURE_SD)) if condition.exposure else 1.0
    if condition.tone:
        light = _toned(np.clip(light * np.float32(exposure), 0, 1), chance)
        exposure = 1.0
    noise = float(chance.uniform(*NOISE)) if condition.noise else 0.002
    return photograph(
        np.asarray(light, np.float32),
        CameraOptions(
            exposure=exposure,
            blur_px=0.0,
            shot_noise=noise,
            read_noise=0.0012 if condition.noise else 0.0004,
            jpeg_quality=int(chance.integers(*JPEG)) if condition.jpeg else None,
            seed=int(chance.integers(1 << 31)),
        ),
    )


def _white_balanced(linear: LinearImage, chance: np.random.Generator) -> LinearImage:
    """Change the raw gains of a camera; its matrix is scaled so that neutral stays neutral."""
    name = list(XYZ_TO_RAW)[int(chance.integers(len(XYZ_TO_RAW)))]
    matrix = np.array(XYZ_TO_RAW[name]).reshape(3, 3) @ SRGB_TO_XYZ
    matrix /= matrix.sum(axis=1, keepdims=True)
    red, blue = np.exp(chance.normal(0, WHITE_BALANCE_SD, 2))
    whole = np.linalg.inv(matrix) @ np.diag([red, 1.0, blue]) @ matrix
    return np.asarray(cv2.transform(linear, whole.astype(np.float32)), np.float32)


def _toned(linear: LinearImage, chance: np.random.Generator) -> LinearImage:
    """Bend the codes by a curve of one of four families."""
    families: tuple[Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]], ...] = (
        _cubic(float(np.clip(chance.normal(0, BEND_SD), -0.55, 0.55))),
        _power(math.exp(chance.normal(0, GAMMA_SD))),
        _logistic(float(np.clip(chance.normal(0, CONTRAST_SD), -0.4, 0.4))),
        _lifted(float(np.clip(chance.normal(0, SHADOW_SD), -0.06, 0.10))),
    )
    curve = families[int(chance.integers(len(families)))]
    roots = np.linspace(0, 1, 1 << 12)
    table = decoded(np.clip(curve(encoded(roots**2)), 0, 1))
    return np.interp(np.sqrt(linear), roots, table).astype(np.float32)


def _cubic(bend: float) -> Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]:
    return lambda t: t - bend * t * (1 - t) * (2 * t - 1)


def _power(exponent: float) -> Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]:
    return lambda t: t**exponent


def _logistic(contrast: float) -> Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]:
    """Blend with a logistic curve through black and white; a negative contrast flattens."""

    def curve(t: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        steep = 1 / (1 + np.exp(-6 * (t - 0.5)))
        ends = 1 / (1 + math.exp(3)), 1 / (1 + math.exp(-3))
        return t + contrast * ((steep - ends[0]) / (ends[1] - ends[0]) - t)

    return curve


def _lifted(shadow: float) -> Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]:
    return lambda t: t + 4 * shadow * t * (1 - t) ** 3
