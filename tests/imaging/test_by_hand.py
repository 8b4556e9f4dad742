"""Points marked by hand: how far they bear one another out, and what they do for an alignment."""

from dataclasses import replace

import numpy as np
import pytest

from skincompare.imaging.align import align
from skincompare.imaging.by_hand import leave_one_out_px
from skincompare.imaging.coarse import FramePoints
from skincompare.imaging.points import PointPairs
from skincompare.imaging.sampling import apply_matrix
from skincompare.measurement import Effect
from tests.rendered import close_up_shot, front, near, nearer, seen_marks, turned

MOTION = np.array([[1.8, -0.3, 30.0], [0.3, 1.8, -12.0], [0.0, 0.0, 1.0]])
PLACES = np.array(
    [[50.0, 60.0], [420.0, 80.0], [400.0, 330.0], [90.0, 350.0], [260.0, 200.0], [150.0, 220.0]]
)
SHIFT = np.array([3.0, -2.0])


def test_points_of_one_motion_bear_one_another_out():
    assert leave_one_out_px(FramePoints(PLACES, apply_matrix(MOTION, PLACES))) == pytest.approx(0.0, abs=1e-6)


def test_the_scatter_of_a_hand_is_seen_in_pixels_of_the_before_photo():
    rng = np.random.default_rng(0)
    places = rng.uniform(0, 500, (200, 2))
    after = apply_matrix(MOTION, places) + 2.0 * 1.825 * rng.normal(size=places.shape)
    assert leave_one_out_px(FramePoints(places, after)) == pytest.approx(2.0 * np.sqrt(2), rel=0.1)


def test_three_points_and_points_on_a_line_cannot_be_checked():
    assert np.isnan(leave_one_out_px(FramePoints(PLACES[:3], PLACES[:3])))
    line = np.column_stack([np.arange(5.0), 2 * np.arange(5.0)]) * 40
    assert np.isnan(leave_one_out_px(FramePoints(line, line)))


def other_skin_marks(count: int) -> tuple:
    """Return close-ups that share no skin, and marks that say how one would lie on the other."""
    other = close_up_shot(skin_seed=9)
    return near().subject, other.subject, PointPairs(PLACES[:count], PLACES[:count] + SHIFT)


def test_a_close_up_may_rest_on_points_alone_and_says_so():
    before, after, points = other_skin_marks(6)
    assert not align(before, after).is_aligned
    found = align(before, after, points)
    assert (found.is_aligned, found.method, found.points) == (True, "points", 6)
    assert [(flag.code, flag.effect) for flag in found.flags] == [("on_points_only", Effect.WIDER_ERROR)]
    assert found.map_points(PLACES) == pytest.approx(PLACES + SHIFT, abs=0.5)
    assert found.error_px >= 3.0


def test_three_points_alone_are_too_few():
    found = align(*other_skin_marks(3))
    assert [flag.code for flag in found.flags] == ["few_points"]
    assert not found.is_aligned


def test_points_that_contradict_one_another_are_refused():
    before, after, points = other_skin_marks(6)
    found = align(before, after, replace(points, after=points.after[::-1].copy()))
    assert [flag.code for flag in found.flags] == ["points_contradict"]


def test_true_points_leave_a_good_alignment_as_good():
    before, after = seen_marks(near(), nearer(), PLACES)
    found = align(near().subject, nearer().subject, PointPairs(before, after))
    assert (found.method, found.flags, found.points) == ("features", (), len(before))
    assert found.map_points(before) == pytest.approx(after, abs=0.5)


def test_points_on_a_face_are_weighed_in():
    plain = align(front().subject, turned().subject)
    xy = np.array([[300.0, 300.0], [400.0, 300.0], [350.0, 520.0], [350.0, 250.0]])
    points = PointPairs(xy, plain.map_points(xy))
    found = align(front().subject, turned().subject, points)
    assert (found.method, found.points) == ("mesh", 4)
    assert found.map_points(xy) == pytest.approx(points.after, abs=0.3)
