"""Random fields over skin, laid out in millimetres so that every resolution shows the same field."""

from __future__ import annotations

import math
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

FloatMap: TypeAlias = NDArray[np.float32]

MOST_DARTS_PER_POINT = 12  # rounds of darts before a crowded area is called full
SAMPLES_PER_SIGMA = 1.5  # lattice points in one sigma of the smoothing: enough for cubic interpolation


def stream(seed: int, name: str) -> np.random.Generator:
    """Return the random stream of one kind of feature: streams of different names never touch.

    Parameters
    ----------
    seed : int
        Seed of the whole skin, 0 or larger.
    name : str
        Name of the feature.

    Returns
    -------
    numpy.random.Generator
        A fresh generator: same arguments, same numbers.
    """
    return np.random.default_rng(np.random.SeedSequence([seed, *name.encode()]))


def raster_shape(size_mm: tuple[float, float], px_per_mm: float) -> tuple[int, int]:
    """Return (rows, columns) of a raster of `size_mm` (width, height)."""
    return max(1, round(size_mm[1] * px_per_mm)), max(1, round(size_mm[0] * px_per_mm))


def smooth_field(
    rng: np.random.Generator,
    size_mm: tuple[float, float],
    shape: tuple[int, int],
    sigma_mm: float | tuple[float, float],
) -> FloatMap:
    """Return a Gaussian random field of mean 0 and variance 1, smoothed by `sigma_mm`.

    White noise on a lattice that depends on millimetres only is smoothed and then interpolated to the
    raster, so another `shape` samples the same field.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the white noise.
    size_mm : tuple of float
        Width and height.
    shape : tuple of int
        Rows and columns of the raster.
    sigma_mm : float or tuple of float
        Smoothing in mm, one number or along (x, y).

    Returns
    -------
    numpy.ndarray
        float32 (rows, columns). Variance is 1 over many draws, not in each single one.
    """
    sigma_x, sigma_y = sigma_mm if isinstance(sigma_mm, tuple) else (sigma_mm, sigma_mm)
    columns = math.ceil(size_mm[0] / sigma_x * SAMPLES_PER_SIGMA) + 1
    rows = math.ceil(size_mm[1] / sigma_y * SAMPLES_PER_SIGMA) + 1
    margin = math.ceil(4 * SAMPLES_PER_SIGMA)
    white = rng.standard_normal((rows + 2 * margin, columns + 2 * margin), dtype=np.float32)
    smooth = cv2.GaussianBlur(white, (0, 0), SAMPLES_PER_SIGMA)
    gain = np.float32(2.0 * math.sqrt(math.pi) * SAMPLES_PER_SIGMA)
    lattice = np.ascontiguousarray(smooth[margin:-margin, margin:-margin]) * gain
    finer = rows > shape[0] or columns > shape[1]
    resized = cv2.resize(lattice, shape[::-1], interpolation=cv2.INTER_AREA if finer else cv2.INTER_CUBIC)
    return np.asarray(resized, dtype=np.float32)


def scattered_points(
    rng: np.random.Generator, size_mm: tuple[float, float], count: int, spacing_mm: float
) -> NDArray[np.float64]:
    """Return up to `count` points (N, 2) in mm that keep at least `spacing_mm` from each other.

    Darts are thrown one after another, so a larger `count` keeps the points of a smaller one. The list is
    shorter when the area is full.
    """
    cell = spacing_mm if spacing_mm > 0 else 1.0
    kept: list[tuple[float, float]] = []
    grid: dict[tuple[int, int], list[tuple[float, float]]] = {}
    for _ in range(MOST_DARTS_PER_POINT):
        if len(kept) >= count:
            break
        darts = rng.random((count, 2)) * np.asarray(size_mm)
        for x, y in darts.tolist():
            if len(kept) >= count:
                break
            column, row = int(x / cell), int(y / cell)
            near = (
                point
                for dc in (-1, 0, 1)
                for dr in (-1, 0, 1)
                for point in grid.get((column + dc, row + dr), ())
            )
            if any((x - px) ** 2 + (y - py) ** 2 < spacing_mm**2 for px, py in near):
                continue
            kept.append((x, y))
            grid.setdefault((column, row), []).append((x, y))
    return np.asarray(kept, dtype=np.float64).reshape(-1, 2)
