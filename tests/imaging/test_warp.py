"""Maps between frames: exact both ways, and free of folds."""

import numpy as np
import pytest

from skincompare.imaging.sampling import apply_matrix, pixel_grid
from skincompare.imaging.warp import Warp, unfolded

SHAPE = (240, 320)
TURN = np.array([[0.9, -0.2, 30.0], [0.2, 0.9, -12.0], [0.0, 0.0, 1.0]])


def bent(height_px: float, reach_px: float) -> np.ndarray:
    """Return a field with one bump; it folds where the height exceeds the reach by more than a third."""
    grid = pixel_grid(SHAPE).astype(np.float64)
    away = ((grid - (160.0, 120.0)) ** 2).sum(axis=-1)
    bump = height_px * np.exp(-away / (2 * reach_px**2))
    return (apply_matrix(TURN, grid) + bump[..., None] * (1.0, 0.3)).astype(np.float32)


def areas(field: np.ndarray) -> np.ndarray:
    """Return the area of every cell after the map, over that by the global motion."""
    across, down = np.diff(field, axis=1)[:-1], np.diff(field, axis=0)[:, :-1]
    return (across[..., 0] * down[..., 1] - across[..., 1] * down[..., 0]) / np.linalg.det(TURN)


def test_a_gentle_map_stays_as_it_is():
    field = bent(5.0, 40.0)
    assert np.abs(unfolded(field, TURN) - field).max() < 0.02


@pytest.mark.parametrize(("height_px", "reach_px"), [(60.0, 20.0), (40.0, 6.0), (200.0, 40.0)])
def test_a_folded_map_is_smoothed_until_it_can_be_inverted(height_px, reach_px):
    field = bent(height_px, reach_px)
    assert areas(field).min() < 0
    smooth = unfolded(field, TURN)
    assert areas(smooth).min() > 0
    xy = np.random.default_rng(0).uniform((2, 2), (SHAPE[1] - 3, SHAPE[0] - 3), (4000, 2))
    warp = Warp(smooth, TURN)
    assert np.abs(warp.back(warp.forward(xy)) - xy).max() < 0.02


def test_far_from_a_fold_nothing_is_smoothed():
    field = bent(40.0, 6.0)
    moved = np.linalg.norm(unfolded(field, TURN) - field, axis=-1)
    away = np.linalg.norm(pixel_grid(SHAPE) - np.float32((160, 120)), axis=-1)
    assert moved[away < 10].max() > 5
    assert moved[away > 100].max() < 0.05


def test_points_on_and_beyond_the_border_come_back():
    warp = Warp(unfolded(bent(20.0, 30.0), TURN), TURN)
    xy = np.array([[0.0, 0.0], [319.0, 239.0], [-400.0, 50.0], [900.0, 700.0], [160.4, 120.2]])
    assert warp.back(warp.forward(xy)) == pytest.approx(xy, abs=0.01)
