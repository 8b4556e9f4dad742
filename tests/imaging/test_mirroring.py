"""Flipping a mirrored photo back: pixels and points, and that the file's own marks stay."""

from dataclasses import replace

import numpy as np

from skincompare.imaging.mirroring import FLIPPED, flipped, flipped_points, is_flipped
from skincompare.measurement import Flag
from skincompare.photo import Photo

NOTE = Flag("broken_profile", "The colour profile is damaged.")


def photo() -> Photo:
    pixels = np.random.default_rng(0).integers(0, 255, (30, 40, 3)).astype(np.uint8)
    return Photo(pixels, "ab" * 32, "selfie.jpg", "JPEG", flags=(NOTE,))


def test_a_flipped_photo_keeps_the_marks_of_its_file_and_says_so() -> None:
    given, found = photo(), flipped(photo())
    assert np.array_equal(found.pixels, given.pixels[:, ::-1])
    assert found.pixels.flags.c_contiguous
    assert (found.sha256, found.name) == (given.sha256, given.name)
    assert found.flags == (NOTE, FLIPPED)
    assert is_flipped(found)
    assert not is_flipped(given)


def test_flipped_twice_it_is_as_it_was() -> None:
    again = flipped(flipped(photo()))
    assert np.array_equal(again.pixels, photo().pixels)
    assert again.flags == (NOTE,)


def test_a_point_stays_on_its_pixel() -> None:
    given = replace(photo(), flags=())
    xy = np.array([[0.0, 0.0], [39.0, 7.0], [12.0, 29.0]])
    moved = flipped_points(xy, given.width)
    for (x, y), (x_moved, y_moved) in zip(xy.astype(int), moved.astype(int), strict=True):
        assert np.array_equal(given.pixels[y, x], flipped(given).pixels[y_moved, x_moved])
    assert np.array_equal(flipped_points(moved, given.width), xy)
