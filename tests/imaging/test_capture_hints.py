"""What to change before the next photo: known moves of a rendered head and camera are named, and nothing else is."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from skincompare.imaging.capture_hints import (
    LEFT_CHEEK,
    RIGHT_CHEEK,
    Aim,
    CaptureHint,
    aim_of,
    hints_for,
    outline_of,
)
from skincompare.imaging.colour import linear_from_srgb, srgb_from_linear
from skincompare.imaging.face import Face, find_faces
from skincompare.imaging.skin_mask import draw_rings
from skincompare.photo import read_photo

LONGEST = 640
BASELINE = Path(__file__).parents[2] / "sample_images" / "patient_a" / "before.jpg"
"""A rendered person, head held straight."""


def shrunk(pixels: Any, longest: int = LONGEST) -> Any:
    factor = longest / max(pixels.shape[:2])
    size = round(pixels.shape[1] * factor), round(pixels.shape[0] * factor)
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)


def framed(pixels: Any, *, zoom: float = 1.0, turn: float = 0.0, move: tuple[float, float] = (0, 0)) -> Any:
    """Return what a landscape camera of 640 x 360 shows of a picture that fills its height."""
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -turn, 360 / height * zoom)
    matrix[:, 2] += np.array([320, 180]) - np.array([width / 2, height / 2]) + move
    return cv2.warpAffine(
        pixels,
        matrix,
        (640, 360),
        flags=cv2.INTER_AREA,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(110,) * 3,
    )


def exposed(pixels: Any, gain: float) -> Any:
    return srgb_from_linear(linear_from_srgb(pixels) * np.float32(gain))


@cache
def baseline() -> Any:
    return read_photo(BASELINE).pixels


@cache
def aim() -> Aim:
    return aim_of(baseline())


def said(pixels: Any) -> tuple[CaptureHint, ...]:
    return hints_for(aim_of(pixels, thorough=False), aim())


def test_the_baseline_itself_needs_no_change() -> None:
    assert said(framed(baseline())) == ()
    assert said(shrunk(baseline())) == ()


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        ({"zoom": 0.85}, CaptureHint.CLOSER),
        ({"zoom": 1.2}, CaptureHint.FARTHER),
        ({"move": (40, 0)}, CaptureHint.MOVE_LEFT),
        ({"move": (-40, 0)}, CaptureHint.MOVE_RIGHT),
        ({"move": (0, 40)}, CaptureHint.MOVE_UP),
        ({"move": (0, -40)}, CaptureHint.MOVE_DOWN),
        ({"turn": 9}, CaptureHint.TILT_RIGHT),
        ({"turn": -9}, CaptureHint.TILT_LEFT),
    ],
)
def test_a_camera_held_otherwise_is_told_what_to_change(change: Any, hint: CaptureHint) -> None:
    assert hint in said(framed(baseline(), **change))
    opposites = {
        CaptureHint.CLOSER: CaptureHint.FARTHER,
        CaptureHint.MOVE_LEFT: CaptureHint.MOVE_RIGHT,
        CaptureHint.MOVE_UP: CaptureHint.MOVE_DOWN,
        CaptureHint.TILT_LEFT: CaptureHint.TILT_RIGHT,
    }
    both = {**opposites, **{there: here for here, there in opposites.items()}}
    assert both[hint] not in said(framed(baseline(), **change))


@pytest.mark.parametrize(
    ("stops", "hint"),
    [(-1.5, CaptureHint.TOO_DARK), (2.5, CaptureHint.TOO_BRIGHT), (0.4, None), (-0.4, None)],
)
def test_exposure_is_told_from_one_stop_on(stops: float, hint: CaptureHint | None) -> None:
    found = said(exposed(framed(baseline()), 2.0**stops))
    assert found == ((hint,) if hint else ())


def test_light_from_another_side_is_told() -> None:
    frame = framed(baseline())
    slope = np.linspace(0.6, 1.4, 640 - 400)[None, :, None]
    linear = (frame.astype(np.float64) / 255) ** 2.2
    linear[:, 200:440] *= slope
    lit = (255 * np.clip(linear, 0, 1) ** (1 / 2.2)).astype(np.uint8)
    assert said(lit) == (CaptureHint.OTHER_LIGHT,)


@pytest.mark.parametrize("cheeks", [(LEFT_CHEEK,), (LEFT_CHEEK, RIGHT_CHEEK)])
def test_red_cheeks_are_neither_darkness_nor_another_light(cheeks: Any) -> None:
    frame = framed(baseline())
    face = aim_of(frame).face
    assert face is not None
    red = draw_rings(face.xy, cheeks, frame.shape[:2])
    gains = 10 ** -np.array([0.02, 0.2, 0.15])  # hemoglobin of a strongly red day, by channel
    frame[red] = srgb_from_linear(linear_from_srgb(frame)[red] * gains)
    assert said(frame) == ()


def held(face: Face, yaw: float, chin_lower: float) -> Face:
    """Return the face turned to the patient's left and with its chin lowered, degrees: y is down, z away from us."""
    middle = face.points.mean(axis=0)
    across, down = np.radians([yaw, chin_lower])
    # To the patient's left: what is nearest to us, the nose, moves to the right of the picture.
    turn = np.array([[np.cos(across), 0, -np.sin(across)], [0, 1, 0], [np.sin(across), 0, np.cos(across)]])
    # Chin lowered: the nose moves down, the chin away from us.
    nod = np.array([[1, 0, 0], [0, np.cos(down), -np.sin(down)], [0, np.sin(down), np.cos(down)]])
    return Face((face.points - middle) @ (turn @ nod).T + middle, face.presence)


def test_the_head_of_these_tests_is_held_as_they_say() -> None:
    face = aim().face
    assert face is not None
    nose, chin = 1, 152
    left, lowered = held(face, 20, 0).points, held(face, 0, 20).points
    assert left[nose, 0] > face.points[nose, 0]
    assert lowered[nose, 1] > face.points[nose, 1]
    assert lowered[chin, 2] > face.points[chin, 2]


@pytest.mark.parametrize(
    ("yaw", "pitch", "hint"),
    [
        (9, 0, CaptureHint.TURN_RIGHT),
        (-9, 0, CaptureHint.TURN_LEFT),
        (0, 9, CaptureHint.CHIN_UP),
        (0, -9, CaptureHint.CHIN_DOWN),
        (3, 3, None),
    ],
)
def test_a_head_held_otherwise_is_told_what_to_change(
    yaw: float, pitch: float, hint: CaptureHint | None
) -> None:
    face = aim().face
    assert face is not None
    other = held(face, yaw, pitch)
    found = hints_for(replace(aim(), face=other), aim())
    assert found == ((hint,) if hint else ())


def test_without_a_face_it_is_said_where_one_belongs() -> None:
    noise = np.random.default_rng(0).integers(90, 150, (360, 640, 3)).astype(np.uint8)
    empty = aim_of(noise, thorough=False)
    assert empty.face is None
    assert hints_for(empty, aim()) == (CaptureHint.NO_FACE,)
    assert hints_for(empty, None) == (CaptureHint.NO_FACE,)
    assert hints_for(empty, None, needs_face=False) == ()
    assert hints_for(empty, empty) == ()  # a close-up against a close-up


def test_without_a_baseline_only_darkness_and_glare_are_told() -> None:
    frame = framed(baseline(), zoom=0.8, move=(60, 0))
    assert hints_for(aim_of(frame, thorough=False), None) == ()
    dark = exposed(frame, 0.02)
    seen = replace(aim_of(frame, thorough=False), level=aim_of(dark, thorough=False).level)
    assert hints_for(seen, None) == (CaptureHint.TOO_DARK,)


def test_the_outline_lies_round_the_face() -> None:
    face = aim().face
    assert face is not None
    oval, *features = outline_of(face)
    for line in features:
        inside = [
            cv2.pointPolygonTest(oval.astype(np.float32), tuple(map(float, point)), False) for point in line
        ]
        assert min(inside) >= 0


def test_the_quick_search_finds_what_the_thorough_one_finds_upright() -> None:
    quick, whole = (find_faces(framed(baseline()), thorough=thorough) for thorough in (False, True))
    assert np.array_equal(quick[0].points, whole[0].points)
