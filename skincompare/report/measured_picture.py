"""A single photo with what was measured on it, in its own pixels: marks of features, a map, and a legend below."""

import math
from collections.abc import Sequence
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from skincompare.marks import Mark
from skincompare.measured import Measured
from skincompare.measurement import Measurement
from skincompare.metrics.registry import quantities
from skincompare.report.figures import laid_over
from skincompare.report.labels import capitalised, quantity_label
from skincompare.report.map_layers import map_rgba

__all__ = ["measured_picture", "with_maps"]

Picture = npt.NDArray[np.uint8]
Colour = tuple[int, int, int]

STYLES: tuple[tuple[str, Colour], ...] = (
    ("circle", (86, 196, 245)),
    ("diamond", (240, 160, 0)),
    ("square", (255, 255, 255)),
    ("triangle", (230, 130, 190)),
)
"""Shape and colour of the marks of each quantity, in turn (after Okabe & Ito 2008, https://jfly.uni-koeln.de/color/)."""
CORNERS = MappingProxyType(
    {
        "diamond": ((0.0, -1.4), (1.4, 0.0), (0.0, 1.4), (-1.4, 0.0)),
        "square": ((-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)),
        "triangle": ((0.0, -1.5), (1.3, 0.9), (-1.3, 0.9)),
    }
)
"""Corners of the shapes that are no circle, in radii."""
DARK: Colour = (0, 0, 0)
RING = 0.75
"""Radius of a ring over the diameter of what it goes round: it must not hide it [judgement]."""
LEAST_RADIUS_SHARE, LINE_SHARE, TEXT_SHARE = 1 / 320, 1 / 1400, 1 / 55
"""Smallest ring, thickness of a stroke and height of a letter, as shares of the picture's longer side: what can be seen
where the picture fills a screen [judgement]."""
LEAST_TEXT_PX = 11
LEGEND_BACK: Colour = (24, 28, 33)


def measured_picture(measured: Measured) -> Picture:
    """Return the photo with the marks of all that was counted, and the map where one quantity alone has one.

    Parameters
    ----------
    measured : Measured
        Of one photo.

    Returns
    -------
    ndarray of uint8, shape (height + legend, width, 3)
        The photo in its own pixels: a mark lies where its numbers say. The legend is put below.
    """
    pixels = measured.subject.photo.pixels
    shown: list[tuple[str, str, Colour]] = []
    mapped = dict.fromkeys(one.metric for one in measured.measurements if one.map is not None)
    if len(mapped) == 1:
        pixels, words = with_maps(pixels, [one for one in measured.measurements if one.map is not None])
        shown.append(("", words, (255, 255, 255)))
    image = Image.fromarray(np.ascontiguousarray(pixels))
    draw = ImageDraw.Draw(image)
    longest = max(image.size)
    marked = dict.fromkeys(one.metric for one in measured.measurements if one.marks)
    for index, name in enumerate(marked):
        shape, colour = STYLES[index % len(STYLES)]
        marks = [mark for one in measured.measurements if one.metric == name for mark in one.marks]
        for mark in marks:
            _draw_mark(draw, mark, shape, colour, longest)
        known = quantities().get(name)
        label = known.marks if known is not None and known.marks else quantity_label(name).lower()
        shown.append((shape, f"{len(marks)} {label}", colour))
    return _with_legend(image, shown or [("", "Nothing was found to be marked.", (255, 255, 255))])


def with_maps(pixels: Picture, measurements: Sequence[Measurement]) -> tuple[Picture, str]:
    """Lay the maps of one quantity over a photo.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)
        The photo.
    measurements : sequence of Measurement
        Of one quantity; those without a map are passed over.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3), and str
        The photo under the maps, and the words of their scale; empty where there is no map.
    """
    picture = pixels.copy()
    words = ""
    for one in measurements:
        found = one.map
        if found is None:
            continue
        height, width = (max(1, round(length * found.step)) for length in found.values.shape)
        overlay = Image.fromarray(map_rgba(found)).resize((width, height), Image.Resampling.BILINEAR)
        top, left = max(0, found.top), max(0, found.left)
        cut = picture[top : found.top + height, left : found.left + width]
        there = np.asarray(overlay)[top - found.top :, left - found.left :][: cut.shape[0], : cut.shape[1]]
        picture[top : top + cut.shape[0], left : left + cut.shape[1]] = laid_over(cut, there)
        low, high = (f"{value:.1f}" for value in (found.low, found.high))  # the font has no true minus sign
        colours = "blue to red" if found.low < 0 < found.high else "blue to yellow"
        words = f"{quantity_label(one.metric)}: {colours} is {low} to {high} {found.unit}"
    return picture, words


def _draw_mark(draw: ImageDraw.ImageDraw, mark: Mark, shape: str, colour: Colour, longest: int) -> None:
    """Draw a mark in its colour on a dark rim, so that it is seen on every skin."""
    thin = max(2, round(longest * LINE_SHARE))
    if len(mark.points) > 1:
        for width, ink in ((thin + 2, DARK), (thin, colour)):
            draw.line(list(mark.points), fill=ink, width=width, joint="curve")
        return
    radius = max(RING * mark.size_px, longest * LEAST_RADIUS_SHARE)
    for width, ink in ((thin + 2, DARK), (thin, colour)):
        _draw_shape(draw, mark.points[0], radius, shape, ink, width)


def _draw_shape(
    draw: ImageDraw.ImageDraw,
    place: tuple[float, float],
    radius: float,
    shape: str,
    ink: Colour,
    width: int,
) -> None:
    x, y = place
    if shape == "circle":
        outer = radius + width / 2
        draw.ellipse((x - outer, y - outer, x + outer, y + outer), outline=ink, width=width)
        return
    corners = [(x + radius * dx, y + radius * dy) for dx, dy in CORNERS[shape]]
    draw.line([*corners, *corners[:2]], fill=ink, width=width)


def _with_legend(image: Image.Image, shown: Sequence[tuple[str, str, Colour]]) -> Picture:
    """Put what is shown below the photo, one line each."""
    size = max(LEAST_TEXT_PX, round(max(image.size) * TEXT_SHARE))
    font = ImageFont.load_default(size)
    step = math.ceil(1.6 * size)
    whole = Image.new("RGB", (image.width, image.height + step * len(shown) + size // 2), LEGEND_BACK)
    whole.paste(image, (0, 0))
    draw = ImageDraw.Draw(whole)
    for index, (shape, words, colour) in enumerate(shown):
        middle = image.height + size // 4 + step * (index + 0.5)
        left = 0.8 * size
        if shape:
            _draw_shape(draw, (left + 0.5 * size, middle), 0.35 * size, shape, colour, max(1, size // 10))
            left += 1.6 * size
        draw.text((left, middle), capitalised(words), fill=(255, 255, 255), font=font, anchor="lm")
    return np.asarray(whole, dtype=np.uint8)
