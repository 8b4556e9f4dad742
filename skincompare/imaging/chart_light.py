"""What a colour chart, or a grey card, says of the change of light between two photos.

There are two ways to use a chart. :meth:`ChartReading.correct` brings each photo to daylight before anything is
measured; :func:`chart_shift` leaves the photos alone and tells how u and v of skin of one colour moved.
"""

import math

import cv2
import numpy as np
import numpy.typing as npt

from skincompare.errors import OptionError
from skincompare.imaging.chart import ChartReading
from skincompare.imaging.colour import ei_pair, linear_from_srgb
from skincompare.imaging.frame import CLIPPED_HIGH, CLIPPED_LOW
from skincompare.imaging.patches import LightShift
from skincompare.measurement import Effect, worst_effect

__all__ = ["CHART_SD", "GREY_CARD_SD", "card_gains", "chart_shift"]

FloatArray = npt.NDArray[np.float64]
ByteImage = npt.NDArray[np.uint8]

CHART_SD = 2.3
"""SD of the change in EI by the chart alone (measured on photographs of 102 people under simulated light; renders of
the present benchmark, whose skin is simpler, show less)."""
V_OVER_U = 2.7
"""Error of v over that of u by the chart alone: lamps differ most in blue (renders: benchmarks/light_chart.py)."""
DOUBTED = 1.5
"""Factor on the error where a chart is doubted [judgement]."""
GREY_CARD_SD = 8.0
"""SD of a change in EI where each channel is divided by a grey card (measured: 7 to 9): brightness only."""
CARD_REFLECTANCE = 0.18
"""Of a grey card."""
LEAST_CARD_PIXELS = 100
"""Fewest pixels of a card that are counted [judgement]."""


def chart_shift(before: ChartReading, after: ChartReading, colour: npt.NDArray[np.floating]) -> LightShift:
    """Return how the light alone moved u and v of skin of a colour, after minus before, by the charts.

    Parameters
    ----------
    before, after : ChartReading
        The chart in both photos.
    colour : ndarray of float, shape (3,)
        Linear light of untreated skin in the before photo, RGB: what its sRGB decoder gives, not corrected.

    Returns
    -------
    LightShift
        To subtract from the after photo; NaN where one of the charts is unusable, or says that the after photo cannot
        show that colour.

    Raises
    ------
    OptionError
        When the colour is not one colour of three channels.
    """
    seen = np.asarray(colour, dtype=np.float64)
    if seen.shape != (3,):
        raise OptionError(f"The colour of skin is one of three channels, not of shape {seen.shape}.")
    nothing = LightShift(math.nan, math.nan, math.nan, math.nan)
    if before.fit is None or after.fit is None or not (before.is_usable and after.is_usable):
        return nothing
    expected = after.fit.undo(before.fit.correct(seen))
    if np.isnan(expected).any() or expected.min() <= 0 or expected.max() >= 1:
        return nothing
    first, second = (np.array(ei_pair(one.astype(np.float32)), dtype=np.float64) for one in (seen, expected))
    shift = second - first
    doubted = worst_effect((*before.flags, *after.flags)) is Effect.WIDER_ERROR
    sigma = CHART_SD * (DOUBTED if doubted else 1.0)
    return LightShift(float(shift[0]), float(shift[1]), sigma, V_OVER_U * sigma)


def card_gains(pixels: ByteImage, outline: FloatArray, reflectance: float = CARD_REFLECTANCE) -> FloatArray:
    """Return the gains that bring a grey card to neutral grey: for brightness, not for redness.

    White balance acts before a camera's matrix, so that gains taken from grey are wrong for skin by 7 to 9 EI
    (:data:`GREY_CARD_SD`).

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)
        The photo, sRGB.
    outline : ndarray of float64, shape (N, 2)
        Where the card lies, px.
    reflectance : float
        Of the card, in ]0, 1].

    Returns
    -------
    ndarray of float64, shape (3,)
        Factors on linear R, G, B; NaN where too little of the card is seen or a channel is clipped.

    Raises
    ------
    OptionError
        When the outline is no polygon or the reflectance is out of range.
    """
    corners = np.asarray(outline, dtype=np.float64)
    if corners.ndim != 2 or corners.shape[1] != 2 or len(corners) < 3:
        raise OptionError("A grey card is outlined by at least three points (x, y).")
    if not 0 < reflectance <= 1:
        raise OptionError(f"A card reflects between 0 and 1 of the light, not {reflectance:g}.")
    mask = np.zeros(pixels.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.rint(corners).astype(np.int32)], (1,))
    card = pixels[mask > 0]
    if len(card) < LEAST_CARD_PIXELS:
        return np.full(3, np.nan)
    light = np.median(card, axis=0)
    if light.min() <= CLIPPED_LOW or light.max() >= CLIPPED_HIGH:
        return np.full(3, np.nan)
    return np.asarray(reflectance / linear_from_srgb(card[None])[0].mean(axis=0, dtype=np.float64))
