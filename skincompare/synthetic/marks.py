"""Marks on skin as coordinates, with and without rows in them, for the search for tram-track marks."""

import math

import numpy as np
import numpy.typing as npt

__all__ = ["row_marks", "strewn_marks"]

Floats = npt.NDArray[np.float64]

SIDE_MM = 25.0
"""Side of the patch of skin, mm: most of a cheek."""
KEEP_APART_MM = 1.0
"""Natural marks are no nearer to each other, mm."""


def strewn_marks(count: int, seed: int) -> Floats:
    """Return natural marks: strewn at random, but apart, as pores and spots are.

    Parameters
    ----------
    count : int
        How many.
    seed : int
        Of the places.

    Returns
    -------
    ndarray of float64, shape (count, 2)
        (x, y) in mm.
    """
    rng = np.random.default_rng([seed, 1])
    kept: list[Floats] = []
    while len(kept) < count:
        mark = rng.uniform(0.0, SIDE_MM, 2)
        if all(np.hypot(*(mark - other)) >= KEEP_APART_MM for other in kept):
            kept.append(mark)
    return np.array(kept).reshape(-1, 2)


def row_marks(seed: int, *, are_lines: bool = False) -> Floats:
    """Return marks in rows among natural ones.

    Parameters
    ----------
    seed : int
        Of everything: 4 to 7 rows 2 to 5 mm apart in any direction, dots 2 to 5 mm apart in the row, a tenth of the
        spacing off, a fifth of them missing; and a third as many natural marks.
    are_lines : bool
        Whether the rows are lines: points every millimetre, instead of dots.

    Returns
    -------
    ndarray of float64, shape (n, 2)
        (x, y) in mm.
    """
    rng = np.random.default_rng([seed, 2])
    spacing, along = rng.uniform(2.0, 5.0, 2)
    along = 1.0 if are_lines else along
    rows = int(rng.integers(4, 8))
    dots = max(4, int(0.8 * SIDE_MM / along))
    grid = np.stack(np.meshgrid(np.arange(rows) * spacing, np.arange(dots) * along), axis=-1).reshape(-1, 2)
    grid = grid + rng.normal(0.0, 0.1, grid.shape) * spacing
    grid = grid[rng.random(len(grid)) >= 0.2]
    turn = rng.uniform(0.0, math.pi)
    turned = grid @ np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    natural = strewn_marks(len(turned) // 3, seed) + turned.mean(axis=0) - SIDE_MM / 2.0
    return np.concatenate([turned, natural])
