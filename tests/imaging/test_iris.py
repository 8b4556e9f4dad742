"""The width of the iris by its edge: drawn eyes of known size, rendered people, and what makes it fall back."""

import math

import cv2
import numpy as np
import pytest

from skincompare.imaging.face import LEFT_IRIS, RIGHT_IRIS, Face
from skincompare.imaging.iris import LIMBUS_REPEAT, MESH_IRIS_BIAS, MESH_REPEAT, iris_width
from tests.rendered import front, turned

EYES = {RIGHT_IRIS: (100.0, 90.0), LEFT_IRIS: (240.0, 90.0)}
FINE = 8


def drawn(
    radii: tuple[float, float],
    *,
    shift: tuple[float, float] = (0.0, 0.0),
    lids: bool = True,
    blur_px: float = 1.0,
) -> np.ndarray:
    """Return two drawn eyes (dark iris, white, lids over its top and bottom) with irises of these radii, px."""
    picture = np.full((180 * FINE, 340 * FINE, 3), (190, 140, 120), np.uint8)
    for (x, y), radius in zip(EYES.values(), radii, strict=True):
        corner = [round((one + 0.5) * FINE - 0.5) for one in (x, y)]
        eye = [round((one + 0.5) * FINE - 0.5) for one in (x + shift[0], y + shift[1])]
        cv2.ellipse(picture, corner, (52 * FINE, 30 * FINE), 0, 0, 360, (225, 215, 210), -1)
        cv2.circle(picture, eye, round(radius * FINE), (90, 60, 40), -1)
        cv2.circle(picture, eye, round(0.35 * radius * FINE), (15, 12, 10), -1)
        cv2.circle(picture, [eye[0] - 3 * FINE, eye[1] - 4 * FINE], 3 * FINE, (250, 250, 250), -1)
        if lids:
            top = round((y - 0.7 * radius) * FINE)
            picture[:top, corner[0] - 60 * FINE : corner[0] + 60 * FINE] = (170, 120, 100)
    small = cv2.resize(picture, None, fx=1 / FINE, fy=1 / FINE, interpolation=cv2.INTER_AREA)
    return cv2.GaussianBlur(small, (0, 0), blur_px)


def meshed(radius: float = 22.0, yaw_degrees: float = 0.0) -> Face:
    """Return a mesh whose irises have this radius and whose eyes lie on a line turned in depth."""
    points = np.zeros((478, 3))
    points[33], points[263] = (60, 90, 0), (280, 90, 220 * math.tan(math.radians(yaw_degrees)))
    points[133], points[362] = (140, 90, 0), (200, 90, 0)
    for ring, (x, y) in EYES.items():
        for index, (dx, dy) in zip(ring, ((1, 0), (0, -1), (-1, 0), (0, 1)), strict=True):
            points[index] = (x + dx * radius, y + dy * radius, 0)
    return Face(points, 1.0)


@pytest.mark.parametrize("radius", [19.0, 20.4, 22.0, 24.5])
@pytest.mark.parametrize("shift", [(0.0, 0.0), (3.0, -1.5)])
def test_the_edge_tells_a_radius_that_the_mesh_does_not_know(radius, shift):
    found = iris_width(drawn((radius, radius), shift=shift), meshed())
    assert found.is_refined
    assert found.px == pytest.approx(2 * radius, rel=0.01)
    assert found.repeat == LIMBUS_REPEAT


@pytest.mark.parametrize("shot", [front, turned])
def test_rendered_irises_are_steady_and_nearer_the_truth_than_the_mesh(shot):
    centres = np.array(list(shot().truth.truth.iris_centres_mm.values()))
    truth = shot().truth.truth.iris_diameter_mm * shot().truth.px_per_mm_at(centres).mean()
    found = iris_width(shot().pixels, shot().subject.face)
    assert found.is_refined
    assert found.px == pytest.approx(truth, rel=0.05)


def test_the_width_is_that_of_a_face_seen_from_the_front():
    straight = iris_width(drawn((20.0, 20.0)), meshed())
    turned_away = iris_width(drawn((20.0, 20.0)), meshed(yaw_degrees=30.0))
    assert turned_away.px == pytest.approx(straight.px / math.cos(math.radians(30.0)))


@pytest.mark.parametrize(
    "picture",
    [
        np.full((180, 340, 3), 128, np.uint8),
        drawn((18.0, 24.0)),
        np.random.default_rng(0).integers(0, 255, (180, 340, 3), np.uint8),
    ],
    ids=["no edge", "two eyes that disagree", "noise"],
)
def test_where_no_edge_is_sure_the_mesh_serves(picture):
    found = iris_width(picture, meshed())
    assert not found.is_refined
    assert found.px == pytest.approx(44.0 / MESH_IRIS_BIAS)
    assert found.repeat == MESH_REPEAT


def test_an_iris_of_few_pixels_or_at_the_rim_of_the_picture_is_left_to_the_mesh():
    assert not iris_width(drawn((20.0, 20.0)), meshed(radius=4.0)).is_refined
    assert not iris_width(drawn((20.0, 20.0))[80:], meshed()).is_refined
