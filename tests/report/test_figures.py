"""Pictures: colours have the right sign, small changes stay clear, files hold what was put in."""

import io
import math

import numpy as np
import pytest
from PIL import Image

from skincompare.comparison import Comparison
from skincompare.errors import OptionError
from skincompare.report import figures


def test_the_scale_is_blue_below_grey_at_and_red_above_zero() -> None:
    low, zero, high = figures.colour_at([-6.0, 0.0, 6.0]).astype(int)
    assert low[2] > low[0] + 50
    assert high[0] > high[2] + 50
    assert np.ptp(zero) == 0


def test_the_scale_is_fixed_and_ends_at_its_limit() -> None:
    assert (figures.colour_at(12.0) == figures.colour_at(99.0)).all()
    assert (figures.colour_at(12.0) != figures.colour_at(9.0)).any()


def test_lightness_falls_towards_both_ends_so_that_size_is_seen_without_colour() -> None:
    lightness = figures.colour_at(np.linspace(-12, 12, 49)) @ np.array([0.2126, 0.7152, 0.0722])
    assert (np.diff(lightness[:25]) > 0).all()
    assert (np.diff(lightness[24:]) < 0).all()


@pytest.mark.parametrize("limit", [0.0, -1.0, math.nan])
def test_a_limit_is_positive(limit: float) -> None:
    with pytest.raises(OptionError, match="positive"):
        figures.colour_at(1.0, limit)


def test_changes_too_small_to_be_told_are_clear_and_opacity_grows_with_size() -> None:
    change = np.array([[0.0, 1.89, -1.89, 2.5, -2.5, 9.0, math.nan]], np.float32)
    alpha = figures.change_map_rgba(change, 1.9)[0, :, 3]
    assert alpha[[0, 1, 2, 6]].tolist() == [0, 0, 0, 0]
    assert 0 < alpha[3] == alpha[4] < alpha[5] == figures.MAX_ALPHA


def test_without_a_known_limit_nothing_is_shown() -> None:
    assert not figures.change_map_rgba(np.full((2, 2), 9.0, np.float32), math.nan)[..., 3].any()


def test_the_map_shows_the_redder_half_red_and_leaves_the_other_grey(comparison: Comparison) -> None:
    picture = figures.change_map_picture(comparison)
    assert picture is not None
    left, right = picture[20, 4].astype(int), picture[20, 25].astype(int)
    assert left[0] > left[2] + 50
    assert np.ptp(right) == 0


def test_a_refused_pair_has_no_map(refused: Comparison) -> None:
    assert figures.change_map_picture(refused) is None


def test_an_outline_lies_in_the_picture_and_not_in_the_photo(comparison: Comparison) -> None:
    outline = figures.outline_in_picture(comparison, "left_cheek")
    assert outline == pytest.approx(np.array([[2, 3], [12, 3], [12, 20]]))


def test_laid_over_mixes_by_opacity() -> None:
    ground = np.full((1, 3, 3), 100, np.uint8)
    overlay = np.full((1, 3, 4), 200, np.uint8)
    overlay[0, :, 3] = (0, 51, 255)
    assert figures.laid_over(ground, overlay)[0, :, 0].tolist() == [100, 120, 200]
    with pytest.raises(OptionError, match="does not fit"):
        figures.laid_over(ground[:, :2], overlay)


def test_greyed_keeps_lightness_in_order_and_drops_colour() -> None:
    picture = np.array([[[0, 0, 0], [200, 30, 30], [30, 200, 30], [255, 255, 255]]], np.uint8)
    grey = figures.greyed(picture)
    assert (grey == grey[..., :1]).all()
    assert (np.diff(grey[0, :, 0].astype(int)) > 0).all()


def test_shrunk_keeps_the_shape_and_never_enlarges() -> None:
    picture = np.zeros((40, 20, 3), np.uint8)
    assert figures.shrunk(picture, 10).shape == (10, 5, 3)
    assert figures.shrunk(picture, 40) is picture


def test_a_noisy_picture_is_encoded_too() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (480, 640, 3), dtype=np.uint8)
    assert Image.open(io.BytesIO(figures.encode_jpeg(noise))).size == (640, 480)


def test_files_hold_the_picture() -> None:
    rgba = np.arange(4 * 5 * 4, dtype=np.uint8).reshape(4, 5, 4)
    assert (np.asarray(Image.open(io.BytesIO(figures.encode_png(rgba)))) == rgba).all()
    flat = np.full((16, 16, 3), (200, 120, 90), np.uint8)
    decoded = np.asarray(Image.open(io.BytesIO(figures.encode_jpeg(flat)))).astype(int)
    assert np.abs(decoded - flat).max() <= 2
    assert figures.data_uri(b"abc", "image/png") == "data:image/png;base64,YWJj"
