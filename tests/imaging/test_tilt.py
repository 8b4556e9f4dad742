"""Where regions look, against planes in closed form and a rendered head."""

import numpy as np
import pytest

from skincompare.imaging.face import Face
from skincompare.imaging.regions import face_regions
from skincompare.imaging.tilt import normal_of, tilt_between
from tests.rendered import front

SQUARE = np.array([[100.0, 100.0], [500.0, 100.0], [500.0, 500.0], [100.0, 500.0]])


def plane(across, down):
    xy = np.random.default_rng(1).uniform(50, 550, (478, 2))
    return Face(np.column_stack([xy, across * xy[:, 0] + down * xy[:, 1]]), 1.0)


@pytest.mark.parametrize(("across", "down"), [(0.0, 0.0), (0.5, 0.0), (-0.2, 0.7)])
def test_a_plane_looks_where_it_looks(across, down):
    expected = np.array([across, down, 1.0]) / np.sqrt(1 + across**2 + down**2)
    assert normal_of(plane(across, down), SQUARE) == pytest.approx(expected)


def test_a_small_region_takes_the_nearest_points():
    assert normal_of(
        plane(0.5, 0.0), np.array([[100.0, 100.0], [102.0, 100.0], [100.0, 102.0]])
    ) == pytest.approx(np.array([0.5, 0.0, 1.0]) / np.sqrt(1.25))


def test_without_a_mesh_or_beside_it_nothing_is_known():
    assert normal_of(None, SQUARE) is None
    assert normal_of(plane(0.0, 0.0), SQUARE + 2000) is None


def test_the_angle_between_two_directions():
    assert tilt_between((0.0, 0.0, 1.0), (0.0, 0.6, 0.8)) == pytest.approx(36.87, abs=0.01)
    assert tilt_between((0.0, 0.0, 1.0), (0.0, 0.0, 1.0)) == 0.0
    assert np.isnan(tilt_between(None, (0.0, 0.0, 1.0)))


def test_the_cheeks_of_a_head_look_to_its_sides():
    subject = front().subject
    size = subject.photo.width, subject.photo.height
    outlines = {region.name: region.outline for region in face_regions(subject.face, size)}
    normals = {
        name: normal_of(subject.face, outlines[name]) for name in ("left_cheek", "right_cheek", "chin")
    }
    assert normals["left_cheek"][0] > 0.25  # the patient's left is on the right of the picture
    assert normals["right_cheek"][0] < -0.25
    assert tilt_between(normals["left_cheek"], normals["right_cheek"]) > 30
    assert normals["chin"][2] > 0.8
