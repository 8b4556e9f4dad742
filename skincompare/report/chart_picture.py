"""A photo with the outlines of what was read of a colour chart."""

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from skincompare.imaging.chart import ChartReading
from skincompare.report.figures import shrunk

__all__ = ["outlined_chart"]

Picture = npt.NDArray[np.uint8]

LONGEST_PX = 900
"""Longer side of the picture, px: enough to see which patches were read."""
MARGIN = 0.35
"""Room kept round the chart, as a share of its width."""
READ_COLOUR, LEFT_OUT_COLOUR = (255, 255, 255), (214, 40, 90)
"""Outlines of patches that count, and of those that were left out (crossed, too: not by colour alone)."""


def outlined_chart(pixels: Picture, reading: ChartReading) -> Picture:
    """Return the part of a photo round its chart, with each patch outlined.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)
        The photo.
    reading : ChartReading
        Its chart. Patches that were left out are crossed.

    Returns
    -------
    ndarray of uint8, shape (h, w, 3)
        At most 900 px long.
    """
    height, width = pixels.shape[:2]
    points = reading.outlines.reshape(-1, 2)
    room = MARGIN * reading.width_px
    low = np.maximum(0, np.floor(points.min(axis=0) - room)).astype(int)
    high = np.minimum((width, height), np.ceil(points.max(axis=0) + room).astype(int))
    cut = pixels[low[1] : high[1], low[0] : high[0]]
    small = shrunk(cut, LONGEST_PX)
    factor = small.shape[1] / cut.shape[1]
    picture = Image.fromarray(np.ascontiguousarray(small))
    draw = ImageDraw.Draw(picture)
    for outline, channels in zip(reading.outlines, reading.counted, strict=True):
        counted = bool(channels.all())
        corners = [tuple(point) for point in (outline - low + 0.5) * factor - 0.5]
        colour = READ_COLOUR if counted else LEFT_OUT_COLOUR
        draw.line([*corners, corners[0]], fill=(0, 0, 0), width=4)
        draw.line([*corners, corners[0]], fill=colour, width=2)
        if not counted:
            draw.line([corners[0], corners[2]], fill=colour, width=2)
            draw.line([corners[1], corners[3]], fill=colour, width=2)
    return np.asarray(picture, dtype=np.uint8)
