"""A frame knows exactly which part of the photo each of its pixels shows."""

from functools import cache

import numpy as np
import pytest

from skincompare.imaging.colour import linear_from_srgb
from skincompare.imaging.face import Face
from skincompare.imaging.frame import FRAME_SIDE, Frame, cut_frame
from tests.rendered import front, photo_of

SIZES = ((2203, 1507), (3011, 2003), (5403, 2711))
"""Widths and heights that are reduced by 1.63, by 3 and by 5; the last column and row are left over."""
DOTS = np.array([[0.02, 0.03], [0.5, 0.5], [0.97, 0.04], [0.98, 0.97], [0.012, 0.96]])
"""Places of bright squares as shares of width and height."""


def face_in(left: float, top: float, right: float, bottom: float) -> Face:
    """Return a face whose mesh fills a box."""
    places = np.random.default_rng(0).uniform((left, top, 0), (right, bottom, 1), (478, 3))
    places[:2] = (left, top, 0), (right, bottom, 0)
    return Face(places, 1.0)


def places(size: tuple[int, int]) -> np.ndarray:
    """Return the pixel (x, y) of every dot."""
    return np.round(DOTS * size).astype(int)


@cache
def dotted(size: tuple[int, int]) -> Frame:
    """Return the frame of a large dark photo with bright squares of 11 x 11 px."""
    pixels = np.full((size[1], size[0], 3), 20, np.uint8)
    for x, y in places(size):
        pixels[y - 5 : y + 6, x - 5 : x + 6] = 220
    return cut_frame(photo_of(pixels), None)


@pytest.mark.parametrize("factor", [1.0, 0.4483, 1 / 3])
def test_to_the_photo_and_back(factor):
    frame = Frame(np.zeros((4, 5, 3), np.float32), np.zeros((4, 5), np.uint8), 37, 11, factor)
    points = np.random.default_rng(1).uniform(-50, 4000, (500, 2))
    assert np.abs(frame.from_photo(frame.to_photo(points)) - points).max() < 1e-9
    assert np.abs(frame.to_photo(frame.from_photo(points)) - points).max() < 1e-9
    # The corner of the first pixel stays the corner of the first pixel.
    assert frame.to_photo([[-0.5, -0.5]]) == pytest.approx(np.array([[36.5, 10.5]]))


@pytest.mark.parametrize("size", SIZES)
def test_a_large_photo_is_reduced(size):
    frame = dotted(size)
    assert FRAME_SIDE / 2 < max(frame.shape) <= FRAME_SIDE
    assert max(frame.shape) == pytest.approx(frame.factor * max(size), abs=1)
    assert frame.shape[0] / frame.shape[1] == pytest.approx(size[1] / size[0], rel=0.002)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("number", range(len(DOTS)))
def test_a_dot_lands_where_the_frame_says(size, number):
    frame = dotted(size)
    expected = frame.from_photo(places(size)[[number]].astype(float))[0]
    light = frame.linear[..., 1] - np.median(frame.linear[..., 1])
    rows, columns = np.mgrid[: frame.shape[0], : frame.shape[1]]
    light = light * (np.hypot(columns - expected[0], rows - expected[1]) < 8)
    centroid = np.array([(light * columns).sum(), (light * rows).sum()]) / light.sum()
    assert np.linalg.norm(centroid - expected) < 0.1


def test_light_is_averaged_not_codes():
    # Black and white columns: half the light, which is code 188 and not 128.
    pixels = np.zeros((300, 2 * FRAME_SIDE, 3), np.uint8)
    pixels[:, ::2] = 255
    frame = cut_frame(photo_of(pixels), None)
    assert frame.factor == 0.5
    assert np.abs(frame.linear - 0.5).max() < 1e-4


def test_the_clipped_share_is_counted_pixel_by_pixel():
    pixels = np.full((400, 2 * FRAME_SIDE, 3), 120, np.uint8)
    pixels[0:2, 0, 0] = 250  # two of the four photo pixels under the first frame pixel, in one channel
    pixels[0, 2, 2] = 6
    pixels[2:4, 4:6] = 255
    pixels[6, 6] = (249, 7, 120)
    frame = cut_frame(photo_of(pixels), None)
    assert frame.clipped.shape == frame.shape
    assert frame.clipped[0, 0] == pytest.approx(127.5, abs=1)
    assert frame.clipped[0, 1] == pytest.approx(63.75, abs=1)
    assert frame.clipped[1, 2] == 255
    assert frame.clipped[3, 3] == 0
    assert np.count_nonzero(frame.clipped) == 3


def test_a_small_photo_is_kept_as_it_is():
    pixels = np.random.default_rng(2).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    frame = cut_frame(photo_of(pixels), None)
    assert (frame.left, frame.top, frame.factor) == (0, 0, 1.0)
    assert np.array_equal(frame.linear, linear_from_srgb(pixels))
    assert np.array_equal(frame.clipped > 0, (pixels >= 250).any(axis=2) | (pixels <= 6).any(axis=2))


def test_the_frame_leaves_room_round_the_face():
    photo = photo_of(np.full((2000, 3000, 3), 90, np.uint8))
    frame = cut_frame(photo, face_in(1000, 500, 1400, 1000))
    assert (frame.left, frame.top) == (1000 - 120, 500 - 150)
    corner = frame.to_photo(np.array([[frame.shape[1] - 1, frame.shape[0] - 1]]))[0]
    assert corner == pytest.approx([1400 + 120, 1000 + 250], abs=1.5)


def test_the_frame_ends_with_the_photo():
    photo = photo_of(np.full((800, 700, 3), 90, np.uint8))
    frame = cut_frame(photo, face_in(10, 5, 690, 790))
    assert (frame.left, frame.top) == (0, 0)
    assert frame.shape == (800, 700)


def test_the_face_stays_where_it_is_in_the_frame():
    frame, photo = front().subject.frame, front().photo
    points = np.random.default_rng(3).integers((100, 150), (600, 800), (200, 2))
    columns, rows = np.round(frame.from_photo(points.astype(float))).astype(int).T
    expected = linear_from_srgb(np.ascontiguousarray(photo.pixels[points[:, 1], points[:, 0]][None]))[0]
    assert np.array_equal(frame.linear[rows, columns], expected)
