"""Eyes are covered in pixels: the true irises lie under the bars, and nothing of what was there is left."""

import numpy as np
import pytest

from skincompare.errors import EyesNotFoundError
from skincompare.imaging.eyes import COVER, cover_eyes, eye_bars, eye_bars_of_pair
from tests.rendered import Shot, front, near, reddened, turned

IRIS_RADIUS_MM = 5.85


def iris_pixels(shot: Shot) -> np.ndarray:
    """Return places on both true irises, px."""
    truth = shot.truth.truth
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    ring = IRIS_RADIUS_MM * np.column_stack([np.cos(angles), np.sin(angles)])
    places = [
        np.array(centre) + ring * share for centre in truth.iris_centres_mm.values() for share in (0.3, 1.0)
    ]
    return np.rint(shot.truth.uv_to_image(np.vstack(places))).astype(int)


@pytest.mark.parametrize("shot", [front, turned, reddened])
def test_the_true_irises_are_covered(shot: object) -> None:
    shown = shot()
    covered = cover_eyes(shown.pixels, eye_bars(shown.pixels))
    x, y = iris_pixels(shown).T
    assert (covered[y, x] == COVER).all()
    assert (shown.pixels[y, x] != COVER).any()


def test_nothing_of_what_was_there_is_left() -> None:
    pixels = front().pixels
    bars = eye_bars(pixels)
    covered = cover_eyes(pixels, bars)
    under = (cover_eyes(np.full_like(pixels, 255), bars) == COVER).all(axis=-1)
    other = pixels.copy()
    other[under] = np.random.default_rng(0).integers(0, 256, (int(under.sum()), 3))
    assert (cover_eyes(other, bars) == covered).all()
    assert (covered[~under] == pixels[~under]).all()
    assert 0.01 < under.mean() < 0.12


def test_the_bars_follow_the_size_of_the_picture() -> None:
    pixels = front().pixels
    bars = eye_bars(pixels)
    half = cover_eyes(pixels[::2, ::2], bars, seen_at=pixels.shape[:2])
    x, y = (iris_pixels(front()) // 2).T
    assert (half[y, x] == COVER).all()


def test_a_pair_is_covered_where_either_shows_eyes() -> None:
    pixels = front().pixels
    moved = np.roll(pixels, 60, axis=0)
    covered = cover_eyes(pixels, eye_bars_of_pair(pixels, moved))
    x, y = iris_pixels(front()).T
    assert (covered[y, x] == COVER).all()
    assert (covered[y + 60, x] == COVER).all()


def test_without_a_face_nothing_is_promised() -> None:
    with pytest.raises(EyesNotFoundError, match="eyes cannot be masked"):
        eye_bars(near().pixels)
    with pytest.raises(EyesNotFoundError, match="after picture"):
        eye_bars_of_pair(front().pixels, np.full_like(front().pixels, 128))
