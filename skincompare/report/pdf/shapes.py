"""Shapes that drawings in a document share."""

from typing import Any, Literal

from reportlab.graphics.shapes import Rect, String

from skincompare.report.typeface import REGULAR

__all__ = ["LETTERS", "box", "label"]

LETTERS = 7.2
"""Size of letters in a drawing, points."""


def box(x: float, y: float, width: float, height: float, colour: Any, rim: Any = None) -> Any:
    """Return a filled rectangle, with a thin rim where one is asked for."""
    make: Any = Rect  # its type stub takes no colours
    return make(x, y, width, height, fillColor=colour, strokeColor=rim, strokeWidth=0.5)


def label(
    x: float, y: float, text: str, colour: Any, anchor: Literal["start", "middle", "end"] = "start"
) -> String:
    """Return a line of text."""
    return String(x, y, text, fontName=REGULAR, fontSize=LETTERS, fillColor=colour, textAnchor=anchor)
