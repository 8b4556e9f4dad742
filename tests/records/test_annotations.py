"""What a drawing may be."""

import math

import pytest

from skincompare.errors import OptionError
from skincompare.records import Drawing, DrawingKind
from skincompare.records.annotations import MAX_WORDS
from skincompare.records.plain import from_plain, to_plain

ENDS = {"x": 0.1, "y": 0.2, "to_x": 0.3, "to_y": 1.0}


@pytest.mark.parametrize(
    "drawing",
    [
        Drawing(kind=DrawingKind.ARROW, **ENDS),
        Drawing(kind=DrawingKind.CIRCLE, **ENDS),
        Drawing(kind=DrawingKind.TEXT, x=0.0, y=1.0, text="a scar"),
    ],
)
def test_a_drawing_survives_as_plain_values(drawing):
    assert from_plain(Drawing, to_plain(drawing)) == drawing


@pytest.mark.parametrize(
    ("kind", "fields", "reason"),
    [
        ("arrow", {"x": 0.1, "y": 0.2}, "two places"),
        ("circle", {"x": 0.1, "y": 0.2, "to_x": 0.3}, "two places"),
        ("text", {**ENDS, "text": "a"}, "words have one"),
        ("arrow", {**ENDS, "x": 1.01}, "between 0 and 1"),
        ("arrow", {**ENDS, "to_y": -0.01}, "between 0 and 1"),
        ("arrow", {**ENDS, "y": math.nan}, "between 0 and 1"),
        ("arrow", {**ENDS, "text": "a"}, "Only words"),
        ("text", {"x": 0.1, "y": 0.2, "text": " "}, "empty"),
        ("text", {"x": 0.1, "y": 0.2, "text": "a" * (MAX_WORDS + 1)}, "at most"),
        ("text", {"x": 0.1, "y": 0.2, "text": "a\x00"}, "control"),
    ],
)
def test_a_drawing_that_cannot_be_is_refused(kind, fields, reason):
    with pytest.raises(OptionError, match=reason):
        Drawing(kind=DrawingKind(kind), **fields)
