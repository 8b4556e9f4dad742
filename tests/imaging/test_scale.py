"""Millimetres against rulers of known size."""

import math

import cv2
import numpy as np
import pytest

from skincompare.errors import OptionError
from skincompare.imaging.face import LEFT_IRIS, RIGHT_IRIS, Face
from skincompare.imaging.iris import MESH_IRIS_BIAS
from skincompare.imaging.scale import (
    ALIGNED_REPEAT,
    GIVEN_SIGMA,
    IRIS_MM,
    UNKNOWN_SCALE,
    Scale,
    given_scale,
    iris_scale,
    marker_scale,
    shared_scales,
)
from skincompare.imaging.subject import prepare
from tests.rendered import front, photo_of, reddened, stranger, turned

NO_EDGES = np.full((160, 200, 3), 128, np.uint8)
"""A picture without an iris: the mesh alone tells it."""
WITHIN = 0.08
"""Error of an absolute length by the iris, 95 %."""


def with_marker(
    *, side_px: float, turn_degrees: float = 0.0, dictionary: int = cv2.aruco.DICT_4X4_50, ground: int = 200
) -> np.ndarray:
    """Return a picture with a marker whose black square has sides of `side_px`, drawn by exact area."""
    fine = 8
    marker = cv2.aruco.generateImageMarker(cv2.aruco.getPredefinedDictionary(dictionary), 7, 240)
    height, width = 420 * fine, 560 * fine
    angle = math.radians(turn_degrees)
    scale = side_px * fine / 240
    turn = scale * np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    shift = np.array([width / 2, height / 2]) - turn @ (119.5, 119.5)
    picture = cv2.warpAffine(
        marker,
        np.column_stack([turn, shift]),
        (width, height),
        flags=cv2.INTER_NEAREST,
        borderValue=ground,
    )
    small = cv2.resize(picture, None, fx=1 / fine, fy=1 / fine, interpolation=cv2.INTER_AREA)
    return np.repeat(small[..., None], 3, axis=2)


def two_markers(larger_px: float, smaller_px: float) -> np.ndarray:
    return np.concatenate([with_marker(side_px=smaller_px), with_marker(side_px=larger_px)], axis=1)


def face_with_irises(width_px: float, yaw_degrees: float = 0.0) -> Face:
    """Return a mesh whose irises are `width_px` wide and whose eyes lie on a line turned in depth."""
    points = np.zeros((478, 3))
    depth = 100 * math.tan(math.radians(yaw_degrees))
    points[33], points[263] = (50, 80, 0), (150, 80, depth)
    for iris, x in ((RIGHT_IRIS, 75), (LEFT_IRIS, 125)):
        points[iris[0]], points[iris[2]] = (x + width_px / 2, 80, 0), (x - width_px / 2, 80, 0)
    return Face(points, 1.0)


@pytest.mark.parametrize("shot", [front, turned, reddened, stranger])
def test_the_iris_tells_the_true_scale(shot):
    centres = np.array(list(shot().truth.truth.iris_centres_mm.values()))
    truth = shot().truth.px_per_mm_at(centres).mean()
    found = iris_scale(shot().pixels, shot().subject.face)
    assert found.px_per_mm == pytest.approx(truth, rel=WITHIN)
    assert 1.96 * found.sigma / found.px_per_mm == pytest.approx(WITHIN + 0.007, abs=0.01)
    assert found.repeat_sigma < found.sigma
    assert found.source == "iris"


def test_the_ratio_of_two_visits_is_told_better_than_either():
    centres = np.array(list(front().truth.truth.iris_centres_mm.values()))
    truth = np.mean(turned().truth.px_per_mm_at(centres) / front().truth.px_per_mm_at(centres))
    first, second = front().subject.scale, turned().subject.scale
    error = math.hypot(first.repeat_sigma / first.px_per_mm, second.repeat_sigma / second.px_per_mm)
    assert second.px_per_mm / first.px_per_mm == pytest.approx(truth, rel=1.96 * error)


def test_without_an_edge_the_mesh_tells_the_iris_in_closed_form():
    straight = iris_scale(NO_EDGES, face_with_irises(24.0))
    assert straight.px_per_mm == pytest.approx(24.0 / MESH_IRIS_BIAS / IRIS_MM)
    turned_away = iris_scale(NO_EDGES, face_with_irises(24.0, yaw_degrees=30.0))
    assert turned_away.px_per_mm == pytest.approx(straight.px_per_mm / math.cos(math.radians(30.0)))


def test_no_iris_no_scale():
    for unknown in (
        iris_scale(NO_EDGES, None),
        iris_scale(NO_EDGES, face_with_irises(24.0, 36.0)),
        iris_scale(NO_EDGES, face_with_irises(0)),
    ):
        assert unknown is UNKNOWN_SCALE
    assert not UNKNOWN_SCALE.is_known


@pytest.mark.parametrize("side_px", [60.0, 143.0])
@pytest.mark.parametrize("turn_degrees", [0.0, 33.0, 155.0])
def test_a_marker_of_known_size(side_px, turn_degrees):
    found = marker_scale(with_marker(side_px=side_px, turn_degrees=turn_degrees), 12.0)
    assert found.px_per_mm == pytest.approx(side_px / 12.0, rel=0.01)
    assert 0.01 * found.px_per_mm <= found.sigma < 0.02 * found.px_per_mm
    assert found.source == "marker"


@pytest.mark.parametrize("dictionary", [cv2.aruco.DICT_5X5_50, cv2.aruco.DICT_6X6_50])
def test_markers_of_more_cells(dictionary):
    found = marker_scale(with_marker(side_px=120.0, dictionary=dictionary), 10.0)
    assert found.px_per_mm == pytest.approx(12.0, rel=0.01)


def test_of_several_markers_the_largest_counts():
    assert marker_scale(two_markers(150.0, 70.0), 10.0).px_per_mm == pytest.approx(15.0, rel=0.01)


def test_without_a_marker_the_scale_is_unknown():
    assert marker_scale(np.full((300, 300, 3), 128, np.uint8), 10.0) is UNKNOWN_SCALE


def test_a_given_scale():
    scale = given_scale(12.5)
    assert (scale.px_per_mm, scale.sigma, scale.source) == (12.5, GIVEN_SIGMA * 12.5, "given")


@pytest.mark.parametrize("bad", [0.0, -3.0, math.nan, math.inf])
def test_sizes_that_cannot_be_are_refused(bad):
    with pytest.raises(OptionError, match="positive"):
        given_scale(bad)
    with pytest.raises(OptionError, match="positive"):
        marker_scale(np.zeros((50, 50, 3), np.uint8), bad)
    if not math.isnan(bad):
        with pytest.raises(OptionError, match="positive"):
            Scale(bad, 1.0, 1.0, "given")


def test_prepare_prefers_the_users_number_then_the_marker():
    photo = photo_of(with_marker(side_px=120.0))
    assert prepare(photo).scale is UNKNOWN_SCALE
    assert prepare(photo, marker_mm=10.0).scale.source == "marker"
    assert prepare(photo, px_per_mm=7.0, marker_mm=10.0).scale == given_scale(7.0)


def test_one_ruler_serves_both_photos():
    ruler = given_scale(10.0)
    before, after = shared_scales(ruler, UNKNOWN_SCALE, 1.3)
    assert (before.px_per_mm, after.px_per_mm) == pytest.approx((10.0, 13.0))
    assert before.sigma == pytest.approx(ruler.sigma)
    assert after.sigma / 13.0 == pytest.approx(math.hypot(GIVEN_SIGMA, ALIGNED_REPEAT))
    before, after = shared_scales(UNKNOWN_SCALE, given_scale(13.0), 1.3)
    assert (before.px_per_mm, after.px_per_mm) == pytest.approx((10.0, 13.0))


def test_two_rulers_are_averaged_and_the_alignment_sets_the_ratio():
    first, second = Scale(10.0, 0.4, 0.1, "iris"), Scale(13.5, 0.6, 0.1, "iris")
    before, after = shared_scales(first, second, 1.3)
    assert after.px_per_mm / before.px_per_mm == pytest.approx(1.3)
    assert before.px_per_mm == pytest.approx((10.0 + 13.5 / 1.3) / 2)
    assert before.repeat_sigma == pytest.approx(ALIGNED_REPEAT * before.px_per_mm)


def test_a_much_sharper_ruler_decides_alone():
    before, after = shared_scales(Scale(10.0, 0.43, 0.13, "iris"), given_scale(14.0), 1.3)
    assert after.px_per_mm == pytest.approx(14.0)
    assert before.px_per_mm == pytest.approx(14.0 / 1.3)
    assert before.source == after.source == "given"


def test_no_ruler_for_either_photo():
    assert shared_scales(UNKNOWN_SCALE, UNKNOWN_SCALE, 1.3) == (UNKNOWN_SCALE, UNKNOWN_SCALE)
