"""The one typeface of what leaves the program, and text made ready for it: other scripts, right to left, line breaks.

Text that a person typed may hold anything. What the typeface lacks is written in Latin letters between ⟨ and ⟩, so that
nothing is shown as an empty box; letters that run from right to left are joined and put in the order of the eye.
"""

import unicodedata
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from itertools import groupby
from typing import Any

from anyascii import anyascii
from arabic_reshaper import ArabicReshaper
from bidi import get_display
from PIL import ImageFont
from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

__all__ = ["BOLD", "REGULAR", "picture_font", "printable", "register_typeface", "text_width", "visual_lines"]

REGULAR, BOLD = "DejaVuSans", "DejaVuSans-Bold"
"""Names of the two cuts, as the PDF knows them."""
OPEN, CLOSE = "⟨", "⟩"
"""What stands round text that was put into Latin letters."""
DROPPED = ("Cc", "Cf", "Co", "Cs", "Cn")
"""Kinds of characters that are not drawn: controls and marks of direction, and what stands for no letter."""
RIGHT_TO_LEFT = ("R", "AL", "AN")
"""Directions of letters that need their order turned."""

Width = Callable[[str], float]


@cache
def register_typeface() -> None:
    """Make both cuts known to the PDF library, and its streams plain bytes. Doing it again changes nothing."""
    rl_config.useA85 = 0
    with ExitStack() as stack:
        for name in (REGULAR, BOLD):
            path = stack.enter_context(as_file(_file(name)))
            pdfmetrics.registerFont(TTFont(name, str(path)))
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)


@cache
def picture_font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Return the typeface for drawing into a picture, `size` in px."""
    with as_file(_file(BOLD if bold else REGULAR)) as path:
        return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a line is, in the unit of `size` (points)."""
    register_typeface()
    return float(pdfmetrics.stringWidth(text, BOLD if bold else REGULAR, size))


def printable(text: str) -> str:
    """Return text of which every character can be drawn, in the order in which it is read.

    Parameters
    ----------
    text : str
        Anything that a person typed.

    Returns
    -------
    str
        On one line. Controls are dropped; a run of letters that the typeface lacks stands in Latin letters between
        ⟨ and ⟩, or as its code where it has no name in them.
    """
    known = _known()
    plain = unicodedata.normalize("NFC", " ".join(text.split()))
    kept = "".join(one for one in plain if unicodedata.category(one) not in DROPPED)
    parts = []
    for is_known, run in groupby(kept, lambda one: one in known or one == " "):
        letters = "".join(run)
        parts.append(letters if is_known else f"{OPEN}{_in_latin(letters)}{CLOSE}")
    return "".join(parts)


def visual_lines(text: str, width: float, measure: Width) -> tuple[str, ...]:
    """Break text into lines that fit, each in the order of the eye.

    Parameters
    ----------
    text : str
        Anything that a person typed.
    width : float
        Room for a line, in the unit of `measure`.
    measure : callable
        Returns the width of a line.

    Returns
    -------
    tuple of str
        At least one line. A word that is wider than the room is broken between its letters.
    """
    lines = [""]
    for word in printable(text).split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if measure(_turned(longer)) <= width:
            lines[-1] = longer
            continue
        pieces = list(_broken(word, width, measure))
        lines = [*(lines if lines[-1] else lines[:-1]), *pieces]
    return tuple(_turned(line) for line in lines)


def _broken(word: str, width: float, measure: Width) -> Iterator[str]:
    piece = ""
    for letter in word:
        if piece and measure(_turned(piece + letter)) > width:
            yield piece
            piece = ""
        piece += letter
    yield piece


def _turned(line: str) -> str:
    """Return a line in the order of the eye, Arabic letters joined; other text is returned as it is."""
    if not any(unicodedata.bidirectional(one) in RIGHT_TO_LEFT for one in line):
        return line
    known, joined = _known(), _joiner().reshape(line)
    shown = get_display(joined if all(one in known for one in joined) else line)
    return shown if isinstance(shown, str) else shown.decode()


def _in_latin(letters: str) -> str:
    known = _known()
    latin = anyascii(letters).strip()
    if latin and all(one in known for one in latin):
        return latin
    return " ".join(f"U+{ord(one):04X}" for one in letters)


@cache
def _joiner() -> ArabicReshaper:
    """Return what joins Arabic letters, without the one ligature of a whole word, which the typeface lacks."""
    return ArabicReshaper({"ARABIC LIGATURE ALLAH": False})


@cache
def _known() -> frozenset[str]:
    """Return the characters that both cuts can draw."""
    register_typeface()
    cuts = [set(_cut(name).face.charToGlyph) for name in (REGULAR, BOLD)]
    return frozenset(map(chr, cuts[0] & cuts[1]))


def _cut(name: str) -> Any:
    """Return a cut as the PDF library holds it."""
    return pdfmetrics.getFont(name)


def _file(name: str) -> Traversable:
    return files("skincompare.report").joinpath("fonts", f"{name}.ttf")
