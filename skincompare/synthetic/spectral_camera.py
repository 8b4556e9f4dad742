"""A camera that sees spectra: sensitivities, white balance, 3 x 3 matrix; and skin brought under another lamp.

Renders of skin are made in linear sRGB. To see them under another lamp each pixel is taken for skin: its colour gives
densities of melanin and blood and a brightness, those a spectrum, and the spectrum what this camera sees. What is no
skin gets the colours of a skin that looks like it. Under daylight and to the standard observer nothing changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from skincompare.synthetic.noise import FloatMap, stream
from skincompare.synthetic.optics import (
    BLOODLESS_RGB,
    HEMOGLOBIN_AXIS,
    MELANIN_AXIS,
    XYZ_OF_LINEAR_SRGB,
)
from skincompare.synthetic.spectra import (
    WAVELENGTHS_NM,
    lamp_power,
    observer,
    patch_reflectances,
    skin_reflectance,
)

__all__ = ["SpectralCamera", "SpectralView", "camera_of", "ideal_colours"]

FloatArray = NDArray[np.float64]

PEAKS_NM = (592.0, 537.0, 455.0)
"""Wavelength at which R, G and B see most (bell curves fitted to a Nikon D5100 measured at NPL, within 5 %)."""
LEFT_NM, RIGHT_NM = (11.0, 46.0, 22.0), (38.0, 35.0, 40.0)
"""Widths to both sides, SD in nm (the same fit)."""
PEAK_SPREAD_NM, WIDTH_SPREAD = 4.0, 0.12
"""SD of the peaks and of the widths (relative) among cameras [judgement, as in Jiang 2013,
doi 10.1109/WACV.2013.6475015]."""
CROSSTALK = 0.04
"""Share of each channel that the others see, too [judgement]."""
MATRIX_LAMP = "daylight 5500 K"
"""Lamp under which a maker fits the matrix [judgement]."""
DENSITY_STEP, DENSITY_LOW, DENSITY_HIGH = 0.05, -0.6, 2.2
"""Grid of pigment densities of the table for whole pictures."""
DARKEST = 1e-5
"""Linear light that stands for everything darker in a logarithm."""
DAYLIGHT = "daylight 6500 K"


@dataclass(frozen=True, eq=False)
class SpectralCamera:
    """What a camera is: sensitivities (61, 3) on the grid of wavelengths, and the 3 x 3 matrix to linear sRGB."""

    sensitivities: FloatArray
    matrix: FloatArray


@cache
def camera_of(seed: int = 0) -> SpectralCamera:
    """Return a camera; seed 0 is a measured one, others differ as makes differ.

    Parameters
    ----------
    seed : int
        Which camera.

    Returns
    -------
    SpectralCamera
        With a matrix fitted to a chart under daylight, white kept white.
    """
    draw = stream(seed, "camera").standard_normal((3, 3)) if seed else np.zeros((3, 3))
    peaks = np.asarray(PEAKS_NM) + PEAK_SPREAD_NM * draw[0]
    left, right = np.asarray(LEFT_NM), np.asarray(RIGHT_NM)
    left, right = left * np.exp(WIDTH_SPREAD * draw[1]), right * np.exp(WIDTH_SPREAD * draw[2])
    away = WAVELENGTHS_NM[:, None] - peaks
    own = np.exp(-0.5 * (away / np.where(away < 0, left, right)) ** 2)
    seen = (1 - 2 * CROSSTALK) * own + CROSSTALK * (own.sum(axis=1, keepdims=True) - own)
    raw = patch_reflectances() * lamp_power(MATRIX_LAMP) @ seen / (lamp_power(MATRIX_LAMP) @ seen)
    wanted = ideal_colours(patch_reflectances())
    # Rows that sum to 1 keep white white: fit what is left after the third coefficient was replaced.
    parts = np.linalg.lstsq(raw[:, :2] - raw[:, 2:], wanted - raw[:, 2:], rcond=None)[0].T
    return SpectralCamera(seen, np.column_stack([parts, 1 - parts.sum(axis=1)]))


@cache
def _observer_in_daylight() -> FloatArray:
    """Return the (61, 3) matrix from reflectance to linear sRGB under daylight; white gives 1."""
    xyz = observer() * lamp_power(DAYLIGHT)[:, None]
    xyz = xyz / xyz.sum(axis=0) * XYZ_OF_LINEAR_SRGB.sum(axis=1)
    return np.asarray(xyz @ np.linalg.inv(XYZ_OF_LINEAR_SRGB).T)


def ideal_colours(reflectances: FloatArray) -> FloatArray:
    """Return the linear sRGB (..., 3) that a person sees of reflectances (..., 61) in daylight."""
    return np.asarray(reflectances @ _observer_in_daylight())


@dataclass(frozen=True)
class SpectralView:
    """A camera under a lamp.

    Parameters
    ----------
    lamp : str
        A lamp of :func:`skincompare.synthetic.spectra.lamp_power`.
    camera : int
        Seed of the camera.
    adaptation : float
        Share of the lamp's colour that the white balance takes away; 1 makes white white.
    balance_error : tuple of float
        What the white balance does wrong beyond: relative gains of R and B, before the matrix.
    """

    lamp: str = DAYLIGHT
    camera: int = 0
    adaptation: float = 1.0
    balance_error: tuple[float, float] = (0.0, 0.0)

    def colours(self, reflectances: FloatArray) -> FloatArray:
        """Return the linear RGB (..., 3) of the finished picture, white near 1, of reflectances (..., 61)."""
        camera = camera_of(self.camera)
        seen = camera.sensitivities * lamp_power(self.lamp)[:, None]
        white = seen.sum(axis=0)
        native = camera.sensitivities.T @ lamp_power(DAYLIGHT)
        cast = (white / white[1]) / (native / native[1])
        left = cast ** (1 - self.adaptation)
        gains = left / left[1] * np.array([1 + self.balance_error[0], 1.0, 1 + self.balance_error[1]])
        return np.asarray(reflectances @ (seen / white * gains) @ camera.matrix.T)

    def relit(self, linear: FloatMap) -> FloatMap:
        """Return a picture of skin (rows, columns, 3), linear sRGB in daylight, as this view shows it."""
        table = _relighting(self)
        density = -np.log10(np.maximum(linear, DARKEST)) + np.log10(np.asarray(BLOODLESS_RGB))
        axes = np.column_stack([MELANIN_AXIS, HEMOGLOBIN_AXIS, (1.0, 1.0, 1.0)])
        parts = (density @ np.linalg.inv(axes).T.astype(np.float32)).astype(np.float32)
        places = (np.clip(parts[..., :2], DENSITY_LOW, DENSITY_HIGH) - DENSITY_LOW) / DENSITY_STEP
        places = np.ascontiguousarray(places, dtype=np.float32)
        ratio = cv2.remap(
            table, places[..., 1], places[..., 0], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return np.asarray(linear * ratio, dtype=np.float32)


@cache
def _relighting(view: SpectralView) -> FloatMap:
    """Return the ratio of seen to daylight colour (melanin, blood, 3) on the grid of densities."""
    steps = np.arange(round((DENSITY_HIGH - DENSITY_LOW) / DENSITY_STEP) + 1)
    densities = DENSITY_LOW + DENSITY_STEP * steps
    spectra = skin_reflectance(densities[:, None], densities[None, :])
    ratio = np.maximum(view.colours(spectra), DARKEST) / np.maximum(ideal_colours(spectra), DARKEST)
    return np.asarray(ratio, dtype=np.float32)
