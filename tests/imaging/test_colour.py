"""Colour against published values."""

import numpy as np
import pytest
from skimage import color

from skincompare.errors import OptionError
from skincompare.imaging.colour import (
    SkinTone,
    ei_pair,
    lab_from_linear,
    linear_from_srgb,
    luminance,
    skin_tone,
    srgb_from_linear,
    typology_angle,
)

ALL_LEVELS = np.arange(256, dtype=np.uint8)


def test_published_points_of_the_srgb_curve():
    # IEC 61966-2-1: the ends, the end of the toe (level 10) and middle grey
    levels = np.array([0, 10, 118, 188, 255], dtype=np.uint8)
    expected = [0.0, 10 / 255 / 12.92, 0.18116, 0.50289, 1.0]
    assert linear_from_srgb(levels) == pytest.approx(expected, abs=2e-5)


def test_every_level_survives_the_round_trip():
    assert np.array_equal(srgb_from_linear(linear_from_srgb(ALL_LEVELS)), ALL_LEVELS)


@pytest.mark.parametrize("shape", [(256,), (16, 16), (4, 64, 1), (2, 32, 4), (1, 256), (0, 5, 3)])
def test_any_shape_is_kept(shape):
    pixels = np.resize(ALL_LEVELS, shape)
    linear = linear_from_srgb(pixels)
    assert linear.shape == shape
    assert linear.dtype == np.float32
    assert np.array_equal(srgb_from_linear(linear), pixels)


def test_only_bytes_are_decoded():
    with pytest.raises(OptionError, match="uint8"):
        linear_from_srgb(np.zeros((2, 2, 3), dtype=np.uint16))


def test_out_of_range_light_is_clipped():
    light = np.array([-0.5, np.nan, 2.0], dtype=np.float32)
    assert srgb_from_linear(light).tolist() == [0, 0, 255]


def test_erythema_index_in_closed_form():
    pixel = np.array([[[0.5, 0.25, 0.125]]], dtype=np.float32)
    u, v = ei_pair(pixel)
    assert u.item() == pytest.approx(100 * np.log10(2), abs=1e-4)
    assert v.item() == pytest.approx(100 * np.log10(2), abs=1e-4)


def test_shading_cancels_and_a_channel_gain_adds_a_constant():
    rng = np.random.default_rng(3)
    skin = rng.uniform(0.1, 0.5, (20, 30, 3)).astype(np.float32)
    u, v = ei_pair(skin)
    shaded_u, shaded_v = ei_pair(skin * rng.uniform(0.5, 1.5, (20, 30, 1)).astype(np.float32))
    assert np.allclose(shaded_u, u, atol=1e-3)
    assert np.allclose(shaded_v, v, atol=1e-3)
    gained_u, gained_v = ei_pair(skin * np.array([1.1, 1, 1], dtype=np.float32))
    assert np.allclose(gained_u - u, 100 * np.log10(1.1), atol=1e-3)
    assert np.allclose(gained_v, v, atol=1e-3)


def test_black_stays_finite():
    u, v = ei_pair(np.zeros((2, 2, 3), dtype=np.float32))
    assert not u.any()
    assert not v.any()


def test_lab_agrees_with_an_independent_implementation():
    pixels = np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    ours = lab_from_linear(linear_from_srgb(pixels))
    assert np.allclose(ours, color.rgb2lab(pixels), atol=0.02)


def test_lab_of_white_and_grey():
    lab = lab_from_linear(np.array([[1, 1, 1], [0.184187, 0.184187, 0.184187]], dtype=np.float32))
    assert lab == pytest.approx(np.array([[100, 0, 0], [50, 0, 0]]), abs=1e-3)


def test_luminance_is_that_of_white():
    assert luminance(np.ones((3, 4, 3), dtype=np.float32)) == pytest.approx(np.ones((3, 4)), abs=1e-6)
    green = np.array([0, 1, 0], dtype=np.float32)
    assert luminance(green) == pytest.approx(0.7151687, abs=1e-6)


@pytest.mark.parametrize(
    ("lightness", "b", "angle"), [(70.0, 20.0, 45.0), (50.0, 15.0, 0.0), (30.0, 20.0, -45.0)]
)
def test_typology_angle_in_closed_form(lightness, b, angle):
    assert typology_angle(np.array([lightness, 12.0, b])) == pytest.approx(angle)


@pytest.mark.parametrize(
    ("angle", "tone"),
    [
        (56, SkinTone.VERY_LIGHT),
        (50, SkinTone.LIGHT),
        (35, SkinTone.INTERMEDIATE),
        (20, SkinTone.TAN),
        (0, SkinTone.BROWN),
        (-31, SkinTone.DARK),
    ],
)
def test_tone_classes(angle, tone):
    assert skin_tone(angle) is tone


def test_no_tone_without_an_angle():
    with pytest.raises(OptionError, match="NaN"):
        skin_tone(float("nan"))
