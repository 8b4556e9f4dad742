"""The surface of the skin: polygonal micro-relief and gentle undulation."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skincompare.synthetic.noise import FloatMap, smooth_field, stream
from skincompare.synthetic.skin_model import SkinOptions, skin_shape

CELL_MM = (0.46, 0.34)  # spacing of the two families of primary furrows
SHEAR = 0.35  # crossing angle: the second family leans by this tangent
JITTER = 0.34  # how far a cell's centre strays, in cells
WARP_SIGMA_MM = 1.3  # furrows bend over this length
WARP_MM = 0.22
FURROW_DEPTH_MM = 0.045  # of the deepest borders, before the patches below
DEPTH_SIGMA_MM, DEPTH_SPREAD = 1.8, 0.28  # patches of finer and coarser skin: size, SD of ln(depth)
FURROW_HALF_WIDTH_MM = 0.038
LEAST_HALF_WIDTH_PX = 0.55
PLATEAU_SPREAD_MM = 0.004  # cells lie higher or lower
DOME_MM = 0.014  # cells are gently domed: this much lower at their border
DOME_SIGMA_MM = 0.075
FINE_SIGMA_MM = 0.055  # fine grain of the plateaus
FINE_MM = 0.0022
FINE_FROM_PX = 0.8  # the grain is left out where its sigma is smaller
UNDULATIONS = ((0.9, 0.007), (2.6, 0.016), (7.0, 0.03))  # (sigma mm, height mm)
STRIP_ROWS = 48
LEAST_STRENGTH = 0.10  # depth of the faintest border, relative to the deepest
OWN_SHARE = 0.45  # share of a border's strength that is its own; the rest runs on along the row or column


@dataclass(frozen=True)
class Lattice:
    """The cells' random numbers: `centres` (2, V, U) offsets, `levels` (V, U), `rows` (V,), `columns` (U,)."""

    centres: FloatMap
    levels: FloatMap
    rows: FloatMap
    columns: FloatMap


def undulation(options: SkinOptions) -> FloatMap:
    """Return the gentle unevenness of the skin in mm: what breaks the sheen into soft patches."""
    rng = stream(options.seed, "undulation")
    shape = skin_shape(options)
    height = np.zeros(shape, dtype=np.float32)
    for sigma_mm, amplitude_mm in UNDULATIONS:
        height += np.float32(amplitude_mm) * smooth_field(rng, options.size_mm, shape, sigma_mm)
    return height


def micro_relief(options: SkinOptions) -> FloatMap:
    """Return the micro-relief in mm, 0 on an even plateau and negative in furrows, before `relief_scale`.

    Cells are the Voronoi cells of a sheared, jittered lattice in bent coordinates; each border has a depth of
    its own, so that furrows run on, fade and merge.
    """
    rng = stream(options.seed, "relief")
    shape = skin_shape(options)
    bend_x = smooth_field(rng, options.size_mm, shape, WARP_SIGMA_MM)
    bend_y = smooth_field(rng, options.size_mm, shape, WARP_SIGMA_MM)
    depth = smooth_field(rng, options.size_mm, shape, DEPTH_SIGMA_MM)
    depth = np.asarray(np.exp(DEPTH_SPREAD * depth), dtype=np.float32)
    reach = math.hypot(*options.size_mm) + 6 * WARP_MM
    cells = (math.ceil(2 * reach / CELL_MM[0]) + 8, math.ceil(2 * reach / CELL_MM[1]) + 8)
    centres = rng.uniform(-JITTER, JITTER, (2, cells[1], cells[0])).astype(np.float32)
    lattice = Lattice(
        centres=centres,
        levels=rng.random((cells[1], cells[0]), dtype=np.float32),
        rows=rng.random(cells[1], dtype=np.float32),
        columns=rng.random(cells[0], dtype=np.float32),
    )
    angle = math.radians(options.relief_direction_degrees)
    turn = (math.cos(angle), math.sin(angle))
    height = np.empty(shape, dtype=np.float32)
    x_mm = ((np.arange(shape[1]) + 0.5) / options.px_per_mm).astype(np.float32)[None, :]
    for top in range(0, shape[0], STRIP_ROWS):
        rows = slice(top, min(top + STRIP_ROWS, shape[0]))
        y_mm = ((np.arange(rows.start, rows.stop) + 0.5) / options.px_per_mm).astype(np.float32)[:, None]
        bent_x = x_mm + WARP_MM * bend_x[rows]
        bent_y = y_mm + WARP_MM * bend_y[rows]
        along = turn[0] * bent_x + turn[1] * bent_y
        across = turn[0] * bent_y - turn[1] * bent_x
        lattice_v = across / CELL_MM[1] + 0.5 * cells[1]
        lattice_u = (along - SHEAR * across) / CELL_MM[0] + 0.5 * cells[0]
        edge, strength, level = cell_borders(
            np.asarray(lattice_u, dtype=np.float32), np.asarray(lattice_v, dtype=np.float32), lattice
        )
        height[rows] = furrow(edge, strength, level, options.px_per_mm) * depth[rows]
    if FINE_SIGMA_MM * options.px_per_mm > FINE_FROM_PX:
        height += np.float32(FINE_MM) * smooth_field(rng, options.size_mm, shape, FINE_SIGMA_MM)
    return height


def furrow(edge_mm: FloatMap, strength: FloatMap, level: FloatMap, px_per_mm: float) -> FloatMap:
    """Return the height in mm at a distance `edge_mm` from a border of `strength` 0 to 1.

    A furrow narrower than a pixel is drawn wider and shallower, with the same volume.
    """
    width = math.hypot(FURROW_HALF_WIDTH_MM, LEAST_HALF_WIDTH_PX / px_per_mm)
    deep = FURROW_DEPTH_MM * FURROW_HALF_WIDTH_MM / width
    ratio = edge_mm / np.float32(width)
    dip = np.exp(-(ratio * np.sqrt(ratio + 0.15)))
    height = np.float32(PLATEAU_SPREAD_MM) * (2.0 * level - 1.0) * (1.0 - dip)
    height -= np.float32(deep) * strength * dip
    height -= np.float32(DOME_MM) * np.exp(edge_mm / np.float32(-DOME_SIGMA_MM))
    return np.asarray(height, dtype=np.float32)


def cell_borders(u: FloatMap, v: FloatMap, lattice: Lattice) -> tuple[FloatMap, FloatMap, FloatMap]:
    """Return distance to the nearest cell border in mm, that border's strength, and the cell's level.

    Parameters
    ----------
    u, v : numpy.ndarray
        Lattice coordinates, float32 (rows, columns).
    lattice : Lattice
        The cells.

    Returns
    -------
    tuple of numpy.ndarray
        Distance in mm, strength and level from 0 to 1, each float32 (rows, columns).
    """
    column, row = np.floor(u).astype(np.int32), np.floor(v).astype(np.int32)
    part_u, part_v = u - column - np.float32(0.5), v - row - np.float32(0.5)
    width = lattice.levels.shape[1]
    home = row * width + column
    best = np.full(u.shape, np.inf, dtype=np.float32)
    next_best = best.copy()
    first, second = np.zeros((2, *u.shape), dtype=np.float32), np.zeros((2, *u.shape), dtype=np.float32)
    first_cell, second_cell = home.copy(), home.copy()
    for dv in (-1, 0, 1):
        for du in (-1, 0, 1):
            cell = home + (dv * width + du)
            dy = np.take(lattice.centres[1], cell) + np.float32(dv) - part_v
            dx = (np.take(lattice.centres[0], cell) + np.float32(du) - part_u) * np.float32(CELL_MM[0])
            dy *= np.float32(CELL_MM[1])
            dx += dy * np.float32(SHEAR)
            distance = dx * dx + dy * dy
            nearer = distance < best
            behind = ~nearer & (distance < next_best)
            for old, older, new in (
                (best, next_best, distance),
                (first[0], second[0], dx),
                (first[1], second[1], dy),
                (first_cell, second_cell, cell),
            ):
                np.copyto(older, old, where=nearer)
                np.copyto(old, new, where=nearer)
                np.copyto(older, new, where=behind)
    gap = np.hypot(first[0] - second[0], first[1] - second[1]) + np.float32(1e-6)
    edge = (next_best - best) / (2.0 * gap)
    return edge, border_strength(first_cell, second_cell, lattice), np.take(lattice.levels, first_cell)


def border_strength(one: NDArray[np.int32], other: NDArray[np.int32], lattice: Lattice) -> FloatMap:
    """Return the strength (0 to 1) of the border between two cells, the same from either side."""
    width = lattice.levels.shape[1]
    row, column = np.divmod(np.maximum(one, other), width)
    same_row = row == np.minimum(one, other) // width
    running = np.where(same_row, np.take(lattice.columns, column), np.take(lattice.rows, row))
    own = np.remainder(np.take(lattice.levels, one) + np.take(lattice.levels, other), np.float32(1.0))
    mixed = np.float32(OWN_SHARE) * own + np.float32(1.0 - OWN_SHARE) * running
    return np.asarray(LEAST_STRENGTH + (1.0 - LEAST_STRENGTH) * mixed**1.4, dtype=np.float32)
