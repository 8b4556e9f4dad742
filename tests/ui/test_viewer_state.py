"""What a page gets from the viewer: only what can be true, whatever the browser sends."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from skincompare.imaging.points import parse_points
from skincompare.records import Drawing, DrawingKind, DrawingSide
from skincompare.records.annotations import MAX_DRAWINGS
from skincompare.records.plain import from_plain
from skincompare.ui import viewer
from skincompare.ui.viewer import points_file
from skincompare.ui.viewer.state import MAX_NUDGE_PX, ViewerState, state_of
from skincompare.ui.words.viewer import viewer_words

ARROW = {"kind": "arrow", "side": "both", "x": 0.1, "y": 0, "to_x": 0.5, "to_y": 1, "text": ""}
WORDS = {"kind": "text", "side": "before", "x": 0.1, "y": 0.2, "to_x": None, "to_y": None, "text": "a\nmole"}


def told(**state):
    return state_of(state, None, None, ("a", "b"), "a")


def test_nothing_sent_is_the_first_pair():
    for nothing in (None, "x", 7, [], {}):
        assert state_of(nothing, nothing, nothing, ("a", "b"), "a") == ViewerState("a")


def test_drawings_points_and_nudges_come_by_pair():
    found = told(
        current="b",
        annotations={"b": [ARROW, WORDS], "gone": [ARROW]},
        nudge={"a": [3, -2.5]},
        points={"a": [[1, 2, 3, 4.5]]},
    )
    assert found.current == "b"
    assert found.annotations == {
        "b": (
            Drawing(kind=DrawingKind.ARROW, x=0.1, y=0.0, to_x=0.5, to_y=1.0),
            Drawing(kind=DrawingKind.TEXT, side=DrawingSide.BEFORE, x=0.1, y=0.2, text="a mole"),
        )
    }
    assert found.nudges == {"a": (3.0, -2.5)}
    assert found.points == {"a": ((1.0, 2.0, 3.0, 4.5),)}


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        "text",
        {**ARROW, "kind": "bomb"},
        {**ARROW, "kind": ["arrow"]},
        {**ARROW, "side": None, "x": "0"},
        {**ARROW, "x": 2},
        {**ARROW, "to_x": None},
        {**ARROW, "y": float("nan")},
        {**ARROW, "y": True},
        {**WORDS, "text": " \u202e "},
        {**WORDS, "text": "x" * 500},
        {**ARROW, "text": "words"},
    ],
)
def test_a_drawing_that_cannot_be_is_left_out(wrong):
    assert len(told(annotations={"a": [wrong, ARROW]}).annotations["a"]) == 1


def test_floods_and_nonsense_are_cut():
    many = [{**ARROW, "x": number / 1000} for number in range(500)]
    found = told(
        current=["b"],
        annotations={"a": many, "b": "none"},
        nudge={"a": [1e9, -1e9], "b": [None, 1]},
        points={"a": [[1, 2, 3], "abcd", [1, 2, 3, float("inf")], [1, 2, 3, "4"]]},
    )
    assert found.current == "a"
    assert len(found.annotations["a"]) == MAX_DRAWINGS
    assert found.annotations["b"] == ()
    assert found.nudges == {"a": (MAX_NUDGE_PX, -MAX_NUDGE_PX), "b": (0.0, 0.0)}
    assert found.points == {"a": ()}


def test_the_triggers_name_a_pair_that_there_is():
    points = [[1, 2, 3, 4], [5, 6, 7, 8], [9, 1, 2, 3]]
    found = state_of(None, {"id": "b", "points": points}, "b", ("a", "b"), "a")
    assert found.align == ("b", ((1, 2, 3, 4), (5, 6, 7, 8), (9, 1, 2, 3)))
    assert found.presents == "b"
    other = state_of(None, {"id": "c", "points": points}, "c", ("a", "b"), "a")
    assert (other.align, other.presents) == (None, None)


def test_marked_points_are_read_by_a_comparison():
    points = ((10.5, 20.0, 30.0, 40.0), (100.0, 20.0, 130.0, 44.0), (50.0, 90.0, 70.0, 110.25))
    read = parse_points(points_file(points), (200, 200), (200, 200), source="The points")
    assert read.before.tolist() == [[x, y] for x, y, _, _ in points]
    assert read.after.tolist() == [[u, v] for _, _, u, v in points]


def test_words_are_plain_and_few():
    words = viewer_words()
    assert len(json.dumps(words)) < 8_000  # they travel with the data of each page run
    assert "improved" not in json.dumps(words)
    assert words.keys() >= {"modes", "hints", "keys", "loading", "failed"}


def test_what_was_shown_is_what_the_browser_had_not_what_came_meanwhile(monkeypatch):
    arrow, words = from_plain(Drawing, ARROW), from_plain(Drawing, {**WORDS, "text": "a mole"})
    sent: dict[str, object] = {}
    monkeypatch.setattr(viewer, "_viewer", lambda **_: sent)
    monkeypatch.setattr(viewer, "st", SimpleNamespace(session_state={}))

    def run(stored):
        return viewer.show_viewer([{"id": "a"}, {"id": "b"}], key="v", annotations={"a": stored})

    assert run((arrow,)).shown == {}
    sent["state"] = {"current": "a", "annotations": {"a": [ARROW, WORDS], "b": [ARROW]}}
    theirs = Drawing(kind=DrawingKind.CIRCLE, x=0.5, y=0.5, to_x=0.6, to_y=0.5)
    told_now = run((arrow, theirs))  # somebody else was faster
    assert told_now.shown == {"a": (arrow,), "b": ()}
    assert told_now.annotations == {"a": (arrow, words), "b": (arrow,)}
    sent["state"] = {"current": "a", "annotations": {"a": [WORDS], "b": [ARROW]}}
    assert run((arrow, theirs, words)).shown == {"a": (arrow, words), "b": (arrow,)}


def test_no_file_of_the_viewer_is_longer_than_a_module_may_be():
    folder = Path(viewer.__file__).parent
    lines = {path.name: path.read_text(encoding="utf-8").count("\n") for path in folder.rglob("*.*s")}
    assert len(lines) >= 17
    assert max(lines.values()) <= 400
