"""Glare: light that the surface returns like a mirror. Bright, and of the lamp's colour, not of the skin's."""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from skincompare.imaging.colour import luminance
from skincompare.metrics._scale_space import BoolImage, FloatImage

__all__ = ["Glare", "glare_of"]

WORKING_PX_PER_MM = 6.0
"""Resolution at which glare is looked for at most, px/mm: glints are seen at 0.25 mm."""
NEARLY_WORKING = 0.9
"""A photo is reduced only when it has more than that over its working resolution."""
FULL_SHARE = 0.99
"""Share of counted pixels under a reduced one from which it counts."""
HOLE_MM = 3.0
"""Gaps up to this width in what counts belong to the region where they are bright: glare is masked out elsewhere
[judgement]."""
LEAST_TINT = 0.02
"""Least difference of red and blue of the skin, over its brightness: below it skin and lamp have one colour."""


@dataclass(frozen=True, eq=False)
class Glare:
    """The light of the surface over a region, on a working grid.

    Parameters
    ----------
    excess : ndarray of float32, shape (height, width)
        Light that the surface returns beyond what it does in the middle of the region, over the brightness there.
    region : ndarray of bool, shape (height, width)
        What counts, and the bright gaps in it.
    step : float
        Native pixels of one pixel of the grid.
    """

    excess: FloatImage
    region: BoolImage
    step: float


def glare_of(linear: FloatImage, mask: BoolImage, px_per_mm: float, smoothing_mm: float) -> Glare | None:
    """Return where the surface returns more light of the lamp's colour than usual.

    A pixel's light is taken apart into skin (the colour of the darker half of the region) and lamp (grey, which the
    camera's white balance makes it). Brightly lit skin is bright but not grey; less pigment is greyer but
    hardly brighter: the smaller of both excesses counts.

    Parameters
    ----------
    linear : ndarray of float32, shape (height, width, 3)
        Linear light.
    mask : ndarray of bool, shape (height, width)
        What counts.
    px_per_mm : float
        Scale.
    smoothing_mm : float
        Blur at which glints are seen (sigma, mm).

    Returns
    -------
    Glare or None
        None where nothing counts, or where the skin has the colour of the lamp.

    Notes
    -----
    Source: the dichromatic reflection model of Shafer 1985, doi 10.1002/col.5080100409.
    """
    shrink = min(1.0, WORKING_PX_PER_MM / px_per_mm)
    if shrink < NEARLY_WORKING:
        linear, full = (
            np.asarray(cv2.resize(one, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.float32)
            for one in (linear, mask.astype(np.float32))
        )
        mask = full > FULL_SHARE
    else:
        shrink = 1.0
    if not mask.any():
        return None
    smooth = np.asarray(cv2.GaussianBlur(linear, (0, 0), smoothing_mm * px_per_mm * shrink), np.float32)
    brightness = luminance(smooth)
    usual = float(np.median(brightness[mask]))
    matt = mask & (brightness <= usual)
    red, _, blue = np.median(smooth[matt] / np.maximum(brightness[matt], usual / 100)[:, None], axis=0)
    if red - blue < LEAST_TINT:
        return None
    lamp = (smooth[..., 2] * red - smooth[..., 0] * blue) / (red - blue)
    excess = np.minimum(lamp, brightness - usual) / usual
    gaps = _closed(mask, HOLE_MM * px_per_mm * shrink) & ~mask & (brightness > usual)
    return Glare(np.asarray(excess, np.float32), mask | gaps, 1 / shrink)


def _closed(mask: BoolImage, width_px: float) -> BoolImage:
    side = 2 * math.ceil(width_px / 2) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return np.asarray(cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, disc) > 0)
