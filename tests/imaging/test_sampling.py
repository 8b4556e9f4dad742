"""Smoothing, looking up and mapping against SciPy and closed forms."""

import cv2
import numpy as np
import pytest
from scipy.ndimage import gaussian_filter, map_coordinates

from skincompare.imaging.sampling import apply_matrix, blur, eight_bit, motion_field, pixel_grid, sample


def field(shape: tuple[int, ...] = (320, 403)) -> np.ndarray:
    return np.random.default_rng(5).standard_normal(shape).astype(np.float32)


def test_the_grid_holds_x_then_y():
    grid = pixel_grid((3, 5))
    assert grid.shape == (3, 5, 2)
    assert grid[2, 4].tolist() == [4, 2]


@pytest.mark.parametrize("channels", [(), (3,)])
def test_values_are_looked_up_between_pixels(channels):
    image = field((60, 70, *channels))
    places = np.random.default_rng(6).uniform(3, 50, (20, 30, 2)).astype(np.float32)
    found = sample(image, places)
    planes = image[..., None] if not channels else image
    expected = np.stack(
        [
            map_coordinates(planes[..., c], places[..., ::-1].reshape(-1, 2).T, order=1)
            for c in range(planes.shape[2])
        ],
        axis=-1,
    ).reshape(found.shape)
    assert np.abs(found - expected).max() < 0.06  # OpenCV rounds places to 1/32 px
    assert found.dtype == np.float32


def test_cubic_follows_a_wave_closer_than_linear():
    x = np.arange(100, dtype=np.float32)
    image = np.repeat(np.sin(x / 1.3)[None], 20, axis=0)
    places = np.stack(np.broadcast_arrays(np.linspace(10, 80, 200), np.full(200, 9.0)), axis=-1)[None]
    truth = np.sin(places[..., 0] / 1.3)
    linear, cubic = (np.abs(sample(image, places, cubic=c) - truth).max() for c in (False, True))
    assert cubic < 0.6 * linear


def test_the_edge_is_continued_and_bytes_are_read():
    image = np.arange(12, dtype=np.uint8).reshape(3, 4)
    found = sample(image, np.array([[[-5.0, 0.0], [9.0, 2.0], [2.0, 1.0]]], np.float32))
    assert found.tolist() == [[0.0, 11.0, 6.0]]


@pytest.mark.parametrize("sigma", [0.7, 4.0, 8.5, 15.0, 31.0])
@pytest.mark.parametrize("shape", [(320, 400), (317, 403)])
def test_blur_is_a_gaussian_of_that_sigma(sigma, shape):
    # A picture that is already smooth, as skin is at the scales where the blur runs on a reduced picture.
    image = gaussian_filter(field(shape), 3.0, mode="mirror")
    expected = gaussian_filter(image, sigma, mode="mirror", truncate=6)
    found = blur(image, sigma)
    assert found.shape == shape
    inner = np.s_[40:-40, 40:-40]
    error = np.abs(found - expected)[inner].max() / np.abs(expected[inner]).max()
    assert error < (0.005 if sigma < 8 else 0.06)


@pytest.mark.parametrize("sigma", [4.0, 15.0, 31.0])
def test_blur_spreads_a_point_by_sigma_and_keeps_it_in_place(sigma):
    image = np.zeros((401, 401), np.float32)
    image[200, 203] = 1.0
    image = cv2.GaussianBlur(image, (0, 0), 2.0)
    found = blur(image, sigma).astype(np.float64)
    rows, columns = np.mgrid[:401, :401]
    assert found.sum() == pytest.approx(1.0, abs=0.01)
    middle = (found * columns).sum() / found.sum(), (found * rows).sum() / found.sum()
    assert middle == pytest.approx((203.0, 200.0), abs=0.05)
    variance = (found * (columns - middle[0]) ** 2).sum() / found.sum()
    assert np.sqrt(variance) == pytest.approx(np.hypot(sigma, 2.0), rel=0.03)


def test_blur_keeps_a_constant_and_the_channels_apart():
    image = np.dstack([np.full((200, 260), 2.0), field((200, 260))]).astype(np.float32)
    found = blur(image, 20.0)
    assert np.abs(found[..., 0] - 2.0).max() < 1e-4
    assert np.abs(found[..., 1] - blur(image[..., 1], 20.0)).max() < 1e-5


def test_a_tiny_picture_is_blurred_too():
    assert blur(field((9, 7)), 15.0).shape == (9, 7)


def test_codes_stand_round_128_and_end_at_the_bytes():
    codes = eight_bit(np.array([[0.0, 1.0, -1.0, 9.0, -9.0]], np.float32), 40.0)
    assert codes.dtype == np.uint8
    assert codes.tolist() == [[128, 168, 88, 255, 0]]


def test_a_matrix_maps_points_and_perspective_divides():
    matrix = np.array([[2.0, 0.0, 5.0], [0.0, 3.0, -1.0], [0.001, 0.0, 1.0]])
    assert apply_matrix(matrix, np.array([[100.0, 10.0]])) == pytest.approx(np.array([[205.0, 29.0]]) / 1.1)
    assert apply_matrix(matrix, np.zeros((4, 5, 2))).shape == (4, 5, 2)
    assert np.isnan(apply_matrix(matrix, np.array([[np.nan, 0.0]]))).all()


@pytest.mark.parametrize("last", [(0.0, 0.0, 1.0), (1e-4, -2e-4, 1.0)])
def test_the_field_of_a_motion_is_where_it_puts_every_pixel(last):
    matrix = np.array([[1.1, -0.2, 30.0], [0.3, 0.9, -12.0], last])
    expected = apply_matrix(matrix, pixel_grid((40, 60)))
    assert motion_field(matrix, (40, 60)) == pytest.approx(expected, abs=1e-4)
    assert motion_field(matrix, (10, 15), 4) == pytest.approx(expected[::4, ::4], abs=1e-4)
