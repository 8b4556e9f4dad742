"""The picture of where redness changed, against redness painted at a known place."""

import math
from functools import cache

import cv2
import numpy as np
import pytest

from skincompare.imaging.change_map import redness_change_map
from skincompare.imaging.colour import linear_from_srgb, srgb_from_linear
from skincompare.imaging.pairing import pair_skin
from skincompare.imaging.patches import LightShift
from skincompare.imaging.regions import face_regions
from skincompare.imaging.subject import Subject, prepare
from tests.rendered import SIZE_PX, Warp, front, known_alignment, photo_of

WARP = Warp(SIZE_PX, turn_degrees=-5.0, scale=0.95, shift_px=(20.0, 10.0), local_px=0.0)
GAIN = 1.08
SHIFT = LightShift(100 * math.log10(GAIN), 0.0, 0.9, 0.9)
REDNESS_EI = 12.0


def outline(name: str) -> np.ndarray:
    return next(r.outline for r in face_regions(front().subject.face, SIZE_PX) if r.name == name)


def inside(name: str, shrink: int = 0) -> np.ndarray:
    """Return which pixels of the front frame lie inside a region, `shrink` px or more from its edge."""
    drawn = np.zeros(front().subject.frame.shape, np.uint8)
    cv2.fillPoly(drawn, [np.round(front().subject.frame.from_photo(outline(name))).astype(np.int32)], 1)
    return cv2.erode(drawn, np.ones((2 * shrink + 1,) * 2, np.uint8)) > 0


@cache
def after() -> Subject:
    """Return the front photo moved, under warmer light, the left cheek redder."""
    linear = linear_from_srgb(front().pixels)
    cheek = np.zeros(linear.shape[:2], np.uint8)
    cv2.fillPoly(cheek, [np.round(outline("left_cheek")).astype(np.int32)], 1)
    linear[cheek > 0] *= np.array([1.0, 10 ** (-REDNESS_EI / 100), 1.0], np.float32)
    return prepare(photo_of(WARP.picture(srgb_from_linear(linear), (GAIN, 1.0, 1.0))))


@cache
def change_map(u: float = SHIFT.u) -> np.ndarray:
    alignment = known_alignment(front().subject, after(), WARP.motion)
    skin = pair_skin(front().subject, after(), alignment)
    light = LightShift(u, 0.0, 0.9, 0.9)
    return redness_change_map(front().subject.frame, after().frame, alignment, skin, light)


def test_redness_shows_where_it_was_painted_and_nowhere_else():
    found = change_map()
    assert found.shape == front().subject.frame.shape
    assert np.nanmedian(found[inside("left_cheek", 8)]) == pytest.approx(REDNESS_EI, abs=0.4)
    for name in ("right_cheek", "forehead", "nose", "chin"):
        assert np.nanmedian(found[inside(name, 8)]) == pytest.approx(0.0, abs=0.3)
    near_edge = inside("left_cheek") & ~inside("left_cheek", 2)
    assert 2 < np.nanmedian(found[near_edge]) < 10  # smoothed over its border


def test_noise_is_smoothed_away():
    assert np.nanstd(change_map()[inside("right_cheek", 8)]) < 1.0


def test_only_skin_of_both_photos_is_shown():
    found = change_map()
    far = cv2.dilate(front().subject.skin.astype(np.uint8), np.ones((31, 31), np.uint8)) == 0
    assert np.isnan(found[far]).all()
    assert np.isfinite(found[inside("left_cheek", 8)]).mean() > 0.97
    eye = np.round(front().subject.frame.from_photo(front().subject.face.xy[[473]]))[0].astype(int)
    assert np.isnan(found[eye[1], eye[0]])


def test_unknown_light_gives_an_empty_map():
    assert np.isnan(change_map(math.nan)).all()


def test_the_shift_of_the_light_is_taken_off():
    assert np.nanmedian((change_map(0.0) - change_map())[inside("forehead")]) == pytest.approx(
        SHIFT.u, abs=1e-3
    )
