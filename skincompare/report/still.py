"""One picture of a pair, side by side, with its dates below: a PNG that leaves without any metadata."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from skincompare.report.figures import encode_png
from skincompare.report.pair_pictures import PairPictures
from skincompare.report.typeface import picture_font, visual_lines

__all__ = ["PICTURE_PX", "captioned", "pair_still"]

Picture = npt.NDArray[np.uint8]
Colour = tuple[int, int, int]

PICTURE_PX = 1400
"""Longer side of each picture of a pair, px."""
GUTTER_SHARE, LETTER_SHARE, LEAST_LETTER_PX = 0.012, 0.026, 11
"""Room between the pictures and height of a letter, over the pictures' height; least height of a letter, px."""
PAPER: Colour = (255, 255, 255)
INK: Colour = (27, 33, 40)
SOFT: Colour = (85, 96, 108)
AS_TAKEN = "Colours as taken."


def pair_still(
    pictures: PairPictures, labels: tuple[str, str], *, match_light: bool = False, longest: int = PICTURE_PX
) -> bytes:
    """Return both pictures of a pair side by side.

    Parameters
    ----------
    pictures : PairPictures
        Masked already where that is asked for.
    labels : (str, str)
        What stands below each: its date.
    match_light : bool
        Whether the after picture is shown in the light of the before picture, where that is known. The picture says
        which it is.
    longest : int
        Longer side of each picture, px.

    Returns
    -------
    bytes
        A PNG.
    """
    small = pictures.shrunk(longest)
    matched = match_light and small.matched is not None
    after = small.matched if matched and small.matched is not None else small.after
    below = ["After picture moved to fit." if small.is_aligned else "Not aligned: shown as they are."]
    if matched:
        below.append(small.matched_words or "The after picture is shown in the light of the before picture.")
    elif match_light:
        below.append(f"The light could not be matched. {AS_TAKEN}")
    else:
        below.append(AS_TAKEN)
    if small.eyes_masked:
        below.append("Eyes masked.")
    return encode_png(captioned([(small.before, labels[0]), (after, labels[1])], " ".join(below)))


def captioned(pictures: Sequence[tuple[Picture, str]], below: str = "", letter: int | None = None) -> Picture:
    """Return pictures in a row on white, a label under each and a note under all.

    Parameters
    ----------
    pictures : sequence of (ndarray of uint8, str)
        RGB, and the label; words that do not fit are broken into lines.
    below : str
        The note; may be empty.
    letter : int, optional
        Height of a letter, px; by default it follows the pictures.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
        RGB.
    """
    tall = max(picture.shape[0] for picture, _ in pictures)
    gutter = max(2, round(tall * GUTTER_SHARE))
    size = letter or max(LEAST_LETTER_PX, round(tall * LETTER_SHARE))
    note_size = max(LEAST_LETTER_PX, round(0.72 * size))
    widths = [picture.shape[1] for picture, _ in pictures]
    width = sum(widths) + gutter * (len(widths) - 1)
    labels = [
        visual_lines(label, room - size, picture_font(size, bold=True).getlength)
        for (_, label), room in zip(pictures, widths, strict=True)
    ]
    notes = visual_lines(below, width - size, picture_font(note_size).getlength) if below else ()
    step, note_step = round(1.45 * size), round(1.45 * note_size)
    rows = max(len(lines) for lines in labels)
    height = tall + step * rows + note_step * len(notes) + size
    whole = Image.new("RGB", (width, height), PAPER)
    draw = ImageDraw.Draw(whole)
    left = 0
    for (picture, _), lines in zip(pictures, labels, strict=True):
        whole.paste(Image.fromarray(np.ascontiguousarray(picture)), (left, 0))
        for row, line in enumerate(lines):
            place = (left + size // 3, tall + size // 2 + row * step)
            draw.text(place, line, fill=INK, font=picture_font(size, bold=True))
        left += picture.shape[1] + gutter
    for row, line in enumerate(notes):
        place = (size // 3, tall + size // 2 + rows * step + row * note_step)
        draw.text(place, line, fill=SOFT, font=picture_font(note_size))
    return np.asarray(whole, np.uint8)
