"""Drawings between the viewer and the store."""

import pytest

from skincompare.records import Drawing, DrawingKind
from skincompare.workflows.annotating import drawings_of, keep_drawings
from tests.store.clinic import add_photo

FIRST = Drawing(kind=DrawingKind.ARROW, x=0.12345, y=0.2, to_x=0.3, to_y=0.4)
SECOND = Drawing(kind=DrawingKind.TEXT, x=0.5, y=0.5, text="a mole")
THEIRS = Drawing(kind=DrawingKind.CIRCLE, x=0.5, y=0.5, to_x=0.6, to_y=0.5)


@pytest.fixture
def pairs(store, treated):
    baseline, *others = (add_photo(store, treated[1], number, number) for number in range(3))
    return {f"day {number}": (baseline, photo) for number, photo in enumerate(others, 1)}


def test_what_is_drawn_in_the_viewer_is_there_when_it_is_opened_again(store, pairs):
    assert drawings_of(store, pairs) == {}
    assert keep_drawings(store, pairs, {"day 1": (FIRST,)}, {"day 1": ()}) == ("day 1",)
    changed = {"day 1": (FIRST, SECOND), "gone": (FIRST,)}
    assert keep_drawings(store, pairs, changed, {"day 1": (FIRST,)}) == ("day 1",)
    assert keep_drawings(store, pairs, changed, {"day 1": (FIRST, SECOND)}) == ()
    assert drawings_of(store, pairs) == {"day 1": (FIRST, SECOND)}
    keep_drawings(store, pairs, {"day 1": (SECOND,)}, {"day 1": (FIRST, SECOND)})
    assert drawings_of(store, pairs) == {"day 1": (SECOND,)}


def test_what_somebody_else_drew_meanwhile_stays(store, pairs):
    keep_drawings(store, pairs, {"day 2": (FIRST,)}, {})
    store.annotations.save(*pairs["day 2"], (FIRST, THEIRS), seen=(FIRST,))
    assert keep_drawings(store, pairs, {"day 2": (FIRST,)}, {"day 2": (FIRST,)}) == ()
    keep_drawings(store, pairs, {"day 2": ()}, {"day 2": (FIRST,)})
    assert drawings_of(store, pairs) == {"day 2": (THEIRS,)}
