"""Where a colour chart of 24 patches lies in a photo.

OpenCV's detector finds it in a reduced picture; its patches are off by up to a fifth of their width. So each patch is
looked for again as a patch of one colour, and one perspective map is fitted to those that stand out.
"""

import math
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

__all__ = ["find_chart"]

FloatArray = npt.NDArray[np.float64]
ByteImage = npt.NDArray[np.uint8]

SEARCH_SIDE, THOROUGH_SIDE = 1500, 3000
"""Longer side of the picture that is searched, px, and of the one that is searched where nothing was found in it: a
photo of 12 megapixels takes 0.2 s, and 1 s more without a chart."""
PATCHES = 24
ACROSS, DOWN = 6, 4
CANVAS_PITCH = 40
"""Distance of two patches in the flattened picture in which they are looked for again, px."""
PATCH_SHARE = 40 / 45
"""Side of a patch over the distance of two (of the classic chart, in mm)."""
READ_SHARE = 0.6
"""Share of a patch's side that is read: away from its edges."""
SAME_COLOUR = 22
"""Largest difference of a channel within one patch, coded levels [judgement]."""
SEED_PX = 5
"""Half the side of the square whose median is a patch's colour, px of the flattened picture."""
AREA_LIMITS = (0.7, 1.25)
"""Area of what is found again over that of a patch, within which it is believed [judgement]."""
LEAST_FOUND = 8
"""Fewest patches found again that move the map [judgement]."""
OUTLIER_PX = 3.0
"""Distance from the common map beyond which a patch is left out of it, px of the flattened picture."""
ROUNDS = 3
"""Times that the map is fitted again."""


def find_chart(pixels: ByteImage, *, thorough: bool = True) -> FloatArray | None:
    """Find the chart in a photo.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)
        The photo, sRGB.
    thorough : bool
        Whether to look for small charts, too, where there is no large one.

    Returns
    -------
    ndarray of float64, shape (24, 4, 2), or None
        Outlines of the part of each patch that is read, px of the photo: dark skin first, black last; they may lie
        outside the photo. None where no chart is found.
    """
    longer = max(pixels.shape[:2])
    sides = (SEARCH_SIDE, THOROUGH_SIDE) if thorough else (SEARCH_SIDE,)
    for step in dict.fromkeys(math.ceil(longer / side) for side in sides):
        centres = _detect(_reduced(pixels, step))
        if centres is not None:
            return _outlines(_refined(pixels, (centres + 0.5) * step - 0.5))
    return None


def _reduced(pixels: ByteImage, step: int) -> ByteImage:
    """Return the area averages of blocks of step by step pixels: whole numbers are many times faster."""
    if step == 1:
        return pixels
    size = pixels.shape[1] // step, pixels.shape[0] // step
    whole = pixels[: size[1] * step, : size[0] * step]
    return np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA), np.uint8)


def _detect(pixels: ByteImage) -> FloatArray | None:
    """Return the centres of the patches (24, 2) as the detector sees them."""
    charts: Any = cv2.mcc  # its stubs lack what makes a detector
    detector = charts.CCheckerDetector_create()
    detector.setColorChartType(charts.MCC24)
    if not detector.process(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), 1):
        return None
    corners = np.asarray(detector.getBestColorChecker().getColorCharts(), np.float64)
    return np.asarray(corners.reshape(PATCHES, 4, 2).mean(axis=1))


def _canvas_centres() -> FloatArray:
    column, row = np.meshgrid(np.arange(ACROSS), np.arange(DOWN))
    return np.stack([column.ravel() + 1.0, row.ravel() + 1.0], axis=-1) * CANVAS_PITCH


def _refined(pixels: ByteImage, centres: FloatArray) -> FloatArray:
    """Return the map from the flattened picture to the photo, fitted to the patches that stand out."""
    places = _canvas_centres()
    to_photo = _map(places, centres)
    for _ in range(ROUNDS):
        size = ((ACROSS + 1) * CANVAS_PITCH + 1, (DOWN + 1) * CANVAS_PITCH + 1)
        # The map goes from canvas to photo, which is what this flag asks for.
        flat = cv2.warpPerspective(pixels, to_photo, size, flags=cv2.INTER_AREA | cv2.WARP_INVERSE_MAP)
        found = np.array([_patch_centre(np.asarray(flat, np.uint8), place) for place in places])
        seen = ~np.isnan(found[:, 0])
        if np.count_nonzero(seen) < LEAST_FOUND:
            break
        # Where the patches lie in the old canvas tells how the canvas must be moved.
        moved = cv2.findHomography(places[seen], found[seen], cv2.RANSAC, OUTLIER_PX)[0]
        if moved is None:
            break
        to_photo = to_photo @ np.asarray(moved, np.float64)
    return to_photo


def _map(places: FloatArray, centres: FloatArray) -> FloatArray:
    return np.asarray(cv2.findHomography(places, centres, 0)[0], np.float64)


def _patch_centre(flat: ByteImage, place: FloatArray) -> FloatArray:
    """Return the middle of the area of one colour round a place; NaN where it is not as large as a patch."""
    half = round(0.9 * CANVAS_PITCH)
    x, y = (round(float(value)) for value in place)
    top, left = max(0, y - half), max(0, x - half)
    cut = flat[top : y + half + 1, left : x + half + 1]
    seed = flat[y - SEED_PX : y + SEED_PX + 1, x - SEED_PX : x + SEED_PX + 1].reshape(-1, 3)
    same = np.abs(cut.astype(np.int16) - np.median(seed, axis=0)).max(axis=2) <= SAME_COLOUR
    _, labels, stats, middles = cv2.connectedComponentsWithStats(same.astype(np.uint8), connectivity=4)
    own = labels[y - top, x - left]
    area = stats[own, cv2.CC_STAT_AREA] / (CANVAS_PITCH * PATCH_SHARE) ** 2
    if own == 0 or not AREA_LIMITS[0] <= area <= AREA_LIMITS[1]:
        return np.full(2, np.nan)
    return np.asarray(middles[own] + (left, top), np.float64)


def _outlines(to_photo: FloatArray) -> FloatArray:
    """Return the outlines (24, 4, 2) of what is read of each patch, px of the photo."""
    half = CANVAS_PITCH * PATCH_SHARE * READ_SHARE / 2
    square = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * half
    corners = _canvas_centres()[:, None, :] + square
    mapped = cv2.perspectiveTransform(corners.reshape(1, -1, 2), to_photo)
    return np.asarray(mapped, np.float64).reshape(PATCHES, 4, 2)
