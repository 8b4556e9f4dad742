"""What a person draws on a pair of photos: arrows, circles, words. It is kept beside the photos, never in them."""

import math
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from skincompare.errors import OptionError
from skincompare.records.checks import check_moment, check_text

__all__ = ["MAX_DRAWINGS", "Annotation", "Drawing", "DrawingKind", "DrawingSide"]

MAX_DRAWINGS = 50
"""Most drawings of a pair [judgement: more hide the skin]."""
MAX_WORDS = 200
"""Most characters of the words of a drawing [judgement: two lines on a picture]."""


class DrawingKind(StrEnum):
    """What is drawn."""

    ARROW = "arrow"
    CIRCLE = "circle"
    TEXT = "text"


class DrawingSide(StrEnum):
    """On which picture of a pair it stands."""

    BOTH = "both"
    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """An arrow, a circle or words; places are shares of the picture that a pair is shown in, in [0, 1].

    Parameters
    ----------
    kind : DrawingKind
        What is drawn.
    side : DrawingSide
        On which picture. Aligned pictures show the same skin at the same place, so one on both.
    x, y : float
        Beginning of an arrow, middle of a circle, place of words.
    to_x, to_y : float or None
        Head of an arrow, a place on the edge of a circle; None for words.
    text : str
        The words, empty otherwise.
    """

    kind: DrawingKind
    side: DrawingSide = DrawingSide.BOTH
    x: float
    y: float
    to_x: float | None = None
    to_y: float | None = None
    text: str = ""

    def __post_init__(self) -> None:
        is_text = self.kind is DrawingKind.TEXT
        ends = (self.to_x, self.to_y)
        if is_text != (ends == (None, None)) or (not is_text and None in ends):
            raise OptionError("An arrow and a circle have two places, words have one.")
        places = (self.x, self.y, *(one for one in ends if one is not None))
        if not all(math.isfinite(one) and 0 <= one <= 1 for one in places):
            raise OptionError(f"A drawing lies in its picture, between 0 and 1, not at {places}.")
        check_text("text of an annotation", self.text, limit=MAX_WORDS, required=is_text)
        if self.text and not is_text:
            raise OptionError("Only words have a text; draw them beside the arrow or circle.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """A drawing on a pair of stored photos.

    Parameters
    ----------
    before_id, after_id : int
        The two photos.
    drawing : Drawing
        What is drawn.
    made_at : datetime
        When, with its zone.
    made_by : str
        By whom.
    id : int or None
        Number in the store.
    """

    before_id: int
    after_id: int
    drawing: Drawing
    made_at: datetime
    made_by: str = ""
    id: int | None = None

    def __post_init__(self) -> None:
        check_moment("an annotation", self.made_at)
        check_text("name of who made an annotation", self.made_by)
