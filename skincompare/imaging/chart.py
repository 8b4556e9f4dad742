"""A colour chart in a photo, read: its patches, what they say of the light, and how far they can be trusted."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from skincompare.imaging.chart_colours import GREYS, PATCH_COLOURS, PATCH_NAMES
from skincompare.imaging.chart_find import PATCHES, find_chart
from skincompare.imaging.chart_fit import ChartFit, fit_chart
from skincompare.imaging.colour import linear_from_srgb
from skincompare.imaging.frame import CLIPPED_HIGH, CLIPPED_LOW
from skincompare.measurement import Effect, Flag, worst_effect

__all__ = ["ChartReading", "read_chart"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
ByteImage = npt.NDArray[np.uint8]

CLIPPED_SHARE = 0.05
"""Share of a patch's pixels that may be clipped before its channel is left out [judgement]."""
LEAST_PIXELS = 9
"""Fewest pixels of a patch that are read."""
UNEVEN = 0.12
"""Relative SD within a patch (brightness) from which it is taken for glare or dirt [judgement: noise of a dim phone
photo reaches 0.06]."""
UNEVEN_FLOOR = 0.02
"""Linear light below which unevenness is noise."""
OUTLIER_DIFFERENCE = 8.0
"""dE00 from which a patch is left out of a second fit: a finger, dirt, a reflection [judgement]."""
MOST_OUTLIERS = 5
"""Patches that may be left out so."""
NO_CHART_DIFFERENCE = 15.0
"""Median dE00 after correction from which what was found is no chart [judgement]."""
WIDE_DIFFERENCE, BAD_DIFFERENCE = 4.0, 7.0
"""Mean dE00 after correction from which the chart is doubted, and from which it tells nothing (renders in good light:
1.6, at most 3.6 under a black body of 2800 K)."""
LEAST_WIDTH_PX = 200.0
"""Width of the six patches in the photo from which charts are found in 98 % of renders: the board is 6 % wider."""
SHOWN_ACROSS, SHOWN_DOWN = 5, 18
"""Numbers of the patches at the far ends of the first row and of the first column."""


@dataclass(frozen=True, eq=False)
class ChartReading:
    """A chart as it is seen in one photo.

    Parameters
    ----------
    outlines : ndarray of float64, shape (24, 4, 2)
        What was read of each patch, px of the photo; dark skin first, black last.
    colours : ndarray of float64, shape (24, 3)
        Mean linear light of each patch, RGB, as an sRGB decoder gives it; NaN outside the photo.
    counted : ndarray of bool, shape (24, 3)
        Which channels are in the photo, not clipped, and even.
    fit : ChartFit or None
        What brings the photo to daylight; None where too few patches are left.
    flags : tuple of Flag
        What is wrong with it, and what to do.
    """

    outlines: FloatArray
    colours: FloatArray
    counted: BoolArray
    fit: ChartFit | None
    flags: tuple[Flag, ...]

    @property
    def is_usable(self) -> bool:
        """Whether colours may be corrected by it."""
        return self.fit is not None and worst_effect(self.flags) is not Effect.NOT_MEASURABLE

    @property
    def difference(self) -> float:
        """Mean difference of the patches from their published colours after correction, dE00; NaN without a fit."""
        return math.nan if self.fit is None else float(np.nanmean(self.fit.residuals))

    @property
    def width_px(self) -> float:
        """Width of the chart (six patches) in the photo, px."""
        middles = self.outlines.mean(axis=1)
        return float(np.linalg.norm(middles[SHOWN_ACROSS] - middles[0])) * 6 / 5

    def correct(self, linear: npt.NDArray[np.floating]) -> FloatArray:
        """Return the photo's linear light (..., 3) as it would be in daylight; NaN where the chart is unusable."""
        if self.fit is None or not self.is_usable:
            return np.full(linear.shape, np.nan)
        return self.fit.correct(linear)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; NaN becomes None."""
        fit = self.fit
        return {
            "usable": self.is_usable,
            "difference_de00": _number(self.difference),
            "width_px": round(self.width_px, 1),
            "tone_curve": None if fit is None else {"bend": fit.curve.bend, "power": fit.curve.power},
            "matrix": None if fit is None else fit.matrix.tolist(),
            "flags": [flag.to_dict() for flag in self.flags],
            "patches": [
                {
                    "name": name,
                    "outline": self.outlines[number].round(2).tolist(),
                    "linear_rgb": [_number(value) for value in self.colours[number]],
                    "counted": bool(self.counted[number].all()),
                    "difference_de00": None if fit is None else _number(float(fit.residuals[number])),
                }
                for number, name in enumerate(PATCH_NAMES)
            ],
        }


def read_chart(pixels: ByteImage, *, thorough: bool = True) -> ChartReading | None:
    """Find and read a classic colour chart of 24 patches.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)
        The photo, sRGB, upright or not.
    thorough : bool
        Whether to look for small charts, too, where there is no large one: True where a chart is known to be there;
        False for a look at any photo, which finds charts from a seventh of a large photo's longer side.

    Returns
    -------
    ChartReading or None
        None where the photo shows no chart. A chart that is seen but cannot be trusted has flags that say why.
    """
    outlines = find_chart(pixels, thorough=thorough)
    if outlines is None:
        return None
    best = _read(pixels, outlines)
    if _misfit(best) > WIDE_DIFFERENCE:
        best = min(best, _read(pixels, outlines[::-1]), key=_misfit)
    return None if _misfit(best) > NO_CHART_DIFFERENCE and best.fit is not None else best


def _misfit(reading: ChartReading) -> float:
    return math.inf if reading.fit is None else float(np.nanmedian(reading.fit.residuals))


def _read(pixels: ByteImage, outlines: FloatArray) -> ChartReading:
    """Read the patches at these places; the last of the outlines is the black one."""
    colours = np.full((PATCHES, 3), np.nan)
    counted = np.zeros((PATCHES, 3), np.bool_)
    uneven = np.zeros(PATCHES, np.bool_)
    for number, outline in enumerate(outlines):
        inner = _inner(pixels, outline)
        if len(inner) < LEAST_PIXELS:
            continue
        light = linear_from_srgb(inner[None])[0].astype(np.float64)
        colours[number] = light.mean(axis=0)
        clipped = ((inner >= CLIPPED_HIGH) | (inner <= CLIPPED_LOW)).mean(axis=0)
        grey = light.mean(axis=1)
        uneven[number] = grey.std() > UNEVEN * (grey.mean() + UNEVEN_FLOOR)
        counted[number] = clipped <= CLIPPED_SHARE
    counted &= ~uneven[:, None]
    fit = fit_chart(colours, counted)
    if fit is not None:
        fit, counted = _without_outliers(colours, counted, fit)
    reading = ChartReading(outlines, colours, counted, fit, ())
    return ChartReading(outlines, colours, counted, fit, tuple(_flags(reading, uneven)))


def _inner(pixels: ByteImage, outline: FloatArray) -> ByteImage:
    """Return the pixels (N, 3) inside an outline; none where part of it lies outside the photo."""
    height, width = pixels.shape[:2]
    low, high = np.floor(outline.min(axis=0)).astype(int), np.ceil(outline.max(axis=0)).astype(int)
    if low.min() < 0 or high[0] >= width or high[1] >= height:
        return np.empty((0, 3), np.uint8)
    mask = np.zeros((high[1] - low[1] + 1, high[0] - low[0] + 1), np.uint8)
    cv2.fillConvexPoly(mask, np.rint(outline - low).astype(np.int32), (1,))
    return pixels[low[1] : high[1] + 1, low[0] : high[0] + 1][mask > 0]


def _without_outliers(colours: FloatArray, counted: BoolArray, fit: ChartFit) -> tuple[ChartFit, BoolArray]:
    """Fit again without the few patches that disagree with all others."""
    away = np.nan_to_num(fit.residuals)
    far = away > max(OUTLIER_DIFFERENCE, 3 * float(np.median(away[counted.all(axis=1)])))
    if not 0 < np.count_nonzero(far) <= MOST_OUTLIERS:
        return fit, counted
    kept = counted & ~far[:, None]
    again = fit_chart(colours, kept)
    return (fit, counted) if again is None else (again, kept)


def _flags(reading: ChartReading, uneven: BoolArray) -> Sequence[Flag]:
    """Say what is wrong with a chart, and what to do about it."""
    flags = []
    lost = ~reading.counted.all(axis=1)
    clipped = lost & ~uneven & ~np.isnan(reading.colours[:, 0])
    bright = [
        PATCH_NAMES[n] for n in range(*GREYS.indices(PATCHES)) if clipped[n] and PATCH_COLOURS[n, 1] > 0.3
    ]
    if reading.fit is None:
        flags.append(
            Flag(
                "chart_unreadable",
                f"Only {np.count_nonzero(~lost)} of {PATCHES} patches of the colour chart can be read.",
                "Show the whole chart, flat, not too bright and without reflections.",
                Effect.NOT_MEASURABLE,
            )
        )
    elif reading.difference > WIDE_DIFFERENCE:
        bad = reading.difference > BAD_DIFFERENCE
        flags.append(
            Flag(
                "chart_disagrees",
                f"The patches differ from their published colours by {reading.difference:.1f} (dE00) after correction.",
                "Use a clean chart in the same even light as the skin, and switch off filters of the camera.",
                Effect.NOT_MEASURABLE if bad else Effect.WIDER_ERROR,
            )
        )
    if reading.width_px < LEAST_WIDTH_PX:
        flags.append(
            Flag(
                "chart_small",
                f"The colour chart is only {reading.width_px:.0f} pixels wide.",
                f"Go nearer: the chart should be at least {LEAST_WIDTH_PX:.0f} pixels wide.",
                Effect.WIDER_ERROR,
            )
        )
    if bright:
        flags.append(
            Flag(
                "chart_clipped",
                f"The photo is too bright: the chart is clipped on {', '.join(bright)}.",
                "Expose less, so that the white patch is not pure white.",
            )
        )
    if uneven.any():
        names = ", ".join(PATCH_NAMES[n] for n in np.flatnonzero(uneven))
        flags.append(
            Flag(
                "chart_glare",
                f"Not even, so left out (glare, shadow or dirt): {names}.",
                "Tilt the chart until it does not shine, and keep shadows off it.",
            )
        )
    return flags


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
