"""Faces where they are known to be: turned, small, two at once, none."""

import math
from functools import cache
from itertools import cycle

import cv2
import numpy as np
import pytest

from skincompare.imaging.face import Face, find_faces
from skincompare.synthetic.portrait import ViewOptions, render
from skincompare.synthetic.surface import Pose
from tests.rendered import FRONT, SIZE_PX, front, head, near, turned

SMALL = 0.6
SMALL_PX = (round(SMALL * SIZE_PX[0]), round(SMALL * SIZE_PX[1]))
RIGHT_IRIS_CENTRE, LEFT_IRIS_CENTRE = 468, 473


def pasted(canvas: np.ndarray, picture: np.ndarray, factor: float, left: int, top: int) -> np.ndarray:
    small = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    canvas[top : top + small.shape[0], left : left + small.shape[1]] = small
    return canvas


def distances(found: np.ndarray, expected: np.ndarray, face: Face) -> np.ndarray:
    return np.linalg.norm(found - expected, axis=1) / face.interocular_px


@cache
def a_face() -> Face:
    face = front().subject.face
    assert face is not None
    return face


@cache
def a_face_turned(yaw: float = 0.0, pitch: float = 0.0) -> Face:
    """Return the face of a render of 0.6 times the size of :func:`front`, which differs from it in pose alone."""
    pose = Pose(yaw=yaw, pitch=pitch, face_share=FRONT.pose.face_share)
    (face,) = find_faces(render(head(), ViewOptions(pose=pose, size_px=SMALL_PX)).pixels)
    return face


@pytest.mark.parametrize("shot", [front, turned])
def test_the_irises_are_where_they_were_painted(shot):
    face = shot().subject.face
    for name, index in (("right", RIGHT_IRIS_CENTRE), ("left", LEFT_IRIS_CENTRE)):
        truth = shot().truth.uv_to_image(np.array([shot().truth.truth.iris_centres_mm[name]]))
        assert distances(face.xy[[index]], truth, face).max() < 0.03
    assert face.presence > 0.95
    assert face.others == 0


def test_roll_and_yaw_follow_the_head():
    turn = turned().subject.face
    assert turn.roll_degrees - a_face().roll_degrees == pytest.approx(4.0, abs=1.0)
    assert turn.yaw_degrees - a_face().yaw_degrees == pytest.approx(4.0, abs=2.0)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_photo_on_its_side_gives_the_same_points(turns):
    pixels = np.ascontiguousarray(np.rot90(front().pixels, turns))
    (found,) = find_faces(pixels)
    xy, (height, width) = found.xy, pixels.shape[:2]
    for _ in range(turns):
        xy = np.column_stack([height - 1 - xy[:, 1], xy[:, 0]])
        height, width = width, height
    assert distances(xy, a_face().xy, a_face()).max() < 0.01
    assert abs(found.roll_degrees) > 80


@pytest.mark.parametrize("degrees", [-60, -30, -15, 15, 30, 60])
def test_a_tilted_head_gives_the_same_points(degrees):
    width, height = SIZE_PX
    side = math.hypot(width, height)
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -degrees, 1.0)
    matrix[:, 2] += (side - width) / 2, (side - height) / 2
    (found,) = find_faces(cv2.warpAffine(front().pixels, matrix, (round(side), round(side))))
    expected = a_face().xy @ matrix[:, :2].T + matrix[:, 2]
    assert found.roll_degrees - a_face().roll_degrees == pytest.approx(degrees, abs=1.0)
    assert np.median(distances(found.xy, expected, found)) < 0.008
    assert distances(found.xy, expected, found).max() < 0.03


@pytest.mark.parametrize(("yaw", "within"), [(15.0, 0.02), (30.0, 0.04), (-30.0, 0.04), (45.0, 0.12)])
def test_the_distance_of_the_eye_corners_survives_a_turn(yaw, within):
    face = a_face_turned(yaw=yaw)
    assert face.outer_canthi_px == pytest.approx(SMALL * a_face().outer_canthi_px, rel=within)
    if abs(yaw) >= 30:
        assert face.interocular_px < 0.9 * SMALL * a_face().interocular_px


def test_from_the_front_both_distances_of_the_eye_corners_agree():
    assert a_face().outer_canthi_px == pytest.approx(a_face().interocular_px, rel=0.005)


@pytest.mark.parametrize("pitch", [-20.0, 20.0])
def test_pitch_follows_the_chin(pitch):
    change = a_face_turned(pitch=pitch).pitch_degrees - a_face().pitch_degrees
    assert change == pytest.approx(pitch, abs=4.0)


def test_pitch_hardly_follows_a_turn():
    assert abs(a_face_turned(yaw=15.0).pitch_degrees - a_face().pitch_degrees) < 4.0
    assert abs(a_face_turned(yaw=30.0).pitch_degrees - a_face().pitch_degrees) < 8.0


@pytest.mark.parametrize(("factor", "left", "top"), [(0.36, 1500, 1100), (0.26, 30, 40), (0.26, 900, 600)])
def test_a_small_face_in_a_large_empty_picture(factor, left, top):
    picture = pasted(np.full((1500, 2000, 3), 128, np.uint8), front().pixels, factor, left, top)
    (found,) = find_faces(picture)
    expected = a_face().scaled(factor).xy + np.array([left, top])
    assert np.median(distances(found.xy, expected, found)) < 0.015
    assert np.quantile(distances(found.xy, expected, found), 0.9) < 0.03


def test_of_two_faces_the_larger_comes_first_and_counts_the_other():
    picture = pasted(np.full((900, 1200, 3), 150, np.uint8), front().pixels, 0.6, 10, 100)
    picture = pasted(picture, front().pixels, 1.0, 480, 10)
    larger, smaller = find_faces(picture)
    assert larger.others == smaller.others == 1
    assert distances(larger.xy, a_face().xy + np.array([480, 10]), larger).max() < 0.02
    assert distances(smaller.xy, a_face().scaled(0.6).xy + np.array([10, 100]), smaller).max() < 0.02


@pytest.mark.parametrize("seed", [0, 1])
def test_noise_holds_no_face(seed):
    assert find_faces(np.random.default_rng(seed).integers(0, 256, (500, 640, 3), dtype=np.uint8)) == ()


def test_an_empty_picture_and_bare_skin_hold_no_face():
    assert find_faces(np.full((300, 400, 3), 170, np.uint8)) == ()
    assert near().subject.face is None


def test_a_scaled_face_belongs_to_the_resized_photo():
    # Twice the size: pixel centre x goes to 2 x + 0.5.
    doubled = a_face().scaled(2.0)
    assert doubled.xy == pytest.approx(2 * a_face().xy + 0.5)
    assert doubled.points[:, 2] == pytest.approx(2 * a_face().points[:, 2])
    assert doubled.interocular_px == pytest.approx(2 * a_face().interocular_px)
    resized = find_faces(cv2.resize(front().pixels, None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR))[0]
    assert distances(resized.xy, doubled.xy, doubled).max() < 0.01


@pytest.mark.parametrize("factor", [0.7, 1.5])
def test_the_mesh_does_not_drift_with_the_size_of_the_photo(factor):
    resized = cv2.resize(front().pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    drift = (find_faces(resized)[0].xy - a_face().scaled(factor).xy).mean(axis=0)
    assert np.abs(drift).max() < 0.1


def test_the_box_holds_the_mesh():
    left, top, right, bottom = a_face().box
    assert (left, right) == (a_face().xy[:, 0].min(), a_face().xy[:, 0].max())
    assert (top, bottom) == (a_face().xy[:, 1].min(), a_face().xy[:, 1].max())


def test_the_same_photo_gives_the_same_mesh():
    again = find_faces(front().pixels)[0]
    assert np.array_equal(again.points, a_face().points)


def test_a_mesh_that_never_comes_to_rest_is_no_face(monkeypatch):
    # On pores and mottling the mesh sees eyes now here, now there, each time with a high presence.
    sure, sides = a_face(), cycle((-1, 1))

    def restless(picture, box):
        jump = 0.1 * next(sides) * sure.interocular_px
        return Face(sure.points + np.array([jump, 0.0, 0.0]), 0.99)

    monkeypatch.setattr("skincompare.imaging.face._run_mesh", restless)
    assert find_faces(front().pixels) == ()
    monkeypatch.setattr("skincompare.imaging.face._run_mesh", lambda picture, box: sure)
    assert len(find_faces(front().pixels)) == 1


def test_a_mesh_at_rest_on_bare_skin_is_no_face(monkeypatch):
    # On a forehead the mesh may come to rest, too: then the detector, asked about its crop, sees no face.
    sure, width = a_face(), SIZE_PX[0]
    monkeypatch.setattr("skincompare.imaging.face._run_mesh", lambda picture, box: sure)
    bare = front().pixels.copy()
    left, top, right, bottom = (round(edge) for edge in sure.box)
    cheek = bare[round(sure.xy[50, 1]) - 12 : round(sure.xy[50, 1]) + 12, round(sure.xy[50, 0]) - 12 :][
        :, :24
    ]
    bare[top:bottom, left:right] = cv2.resize(cheek, (right - left, bottom - top))
    both = np.hstack([front().pixels, bare])
    assert [face.presence for face in find_faces(both)] == [sure.presence]
    elsewhere = Face(sure.points + np.array([float(width), 0.0, 0.0]), sure.presence)
    monkeypatch.setattr("skincompare.imaging.face._run_mesh", lambda picture, box: elsewhere)
    assert find_faces(both) == ()
