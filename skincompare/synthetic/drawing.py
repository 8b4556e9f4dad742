"""Drawing features into maps: each into a small patch of its own, so that a whole face stays cheap."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from skincompare.synthetic.noise import FloatMap
from skincompare.synthetic.skin_model import FloatArray, Hairs, Pores, Scars, Spots, Wrinkles

Patch: TypeAlias = tuple[int, tuple[slice, slice], FloatMap]

LN2 = math.log(2.0)
PORE_REACH = 2.6  # a pore is drawn out to this many radii
PORE_SHARPNESS = 3.0  # exponent of its profile: 2 is a Gaussian, larger a flatter floor
FUNNEL_SHARE = 0.45  # share of the depth that lies in the wide, soft funnel around the opening
FUNNEL_WIDTH = 1.7  # radius of the funnel, in radii
PORE_RIM = 0.05  # height of the raised rim, in depths
RIM_RADIUS, RIM_NARROWNESS = 1.7, 4.0  # where the rim lies, in radii, and 1 / (2 sigma^2) of its profile
RELIEF_IN_PORES = 0.75  # share of the micro-relief that ends inside an opening
SPOT_REACH = 2.4
SPOT_EDGE = 0.19  # softness of a spot's edge (logistic), in radii
SCAR_REACH = 2.6
LEAST_EDGE = 0.3  # an irregular outline never comes nearer to its centre, in radii
WRINKLE_REACH = 4.0  # in half widths
WRINKLE_SHARPNESS = 1.7  # exponent of a line's profile
WRINKLE_SHOULDER = 0.12  # height of the raised skin beside a line, in depths
SHOULDER_AT, SHOULDER_NARROWNESS = 2.2, 1.5  # in half widths; 1 / (2 sigma^2)
BEADS_PER_PX = 3  # a hair is drawn as this many beads a pixel
HAIR_TAPER = 0.7


def window(
    x_mm: float, y_mm: float, reach_mm: tuple[float, float], shape: tuple[int, int], px_per_mm: float
) -> tuple[tuple[slice, slice], FloatMap, FloatMap]:
    """Return the slices of a patch around a point, and dx (1, N), dy (M, 1) in mm from the point inside it."""
    left = max(0, math.floor((x_mm - reach_mm[0]) * px_per_mm - 0.5))
    right = max(left, min(shape[1], math.ceil((x_mm + reach_mm[0]) * px_per_mm - 0.5) + 1))
    top = max(0, math.floor((y_mm - reach_mm[1]) * px_per_mm - 0.5))
    bottom = max(top, min(shape[0], math.ceil((y_mm + reach_mm[1]) * px_per_mm - 0.5) + 1))
    dx = ((np.arange(left, right) + 0.5) / px_per_mm - x_mm).astype(np.float32)[None, :]
    dy = ((np.arange(top, bottom) + 0.5) / px_per_mm - y_mm).astype(np.float32)[:, None]
    return (slice(top, bottom), slice(left, right)), dx, dy


def outline_ratio(dx: FloatMap, dy: FloatMap, radius_mm: float, outline: FloatArray) -> FloatMap:
    """Return the distance from the centre relative to the outline in that direction: 1 on the outline.

    `outline` (K, 2) holds cosine and sine terms of the radius; the area inside is that of a disc of
    `radius_mm` while the terms are small.
    """
    distance = np.hypot(dx, dy)
    turn = (dx + 1j * dy) / np.maximum(distance, np.float32(1e-9))
    edge = np.ones(turn.shape, dtype=np.float32)
    power = np.ones_like(turn)
    for cosine, sine in outline:
        power = power * turn
        edge += np.float32(cosine) * power.real + np.float32(sine) * power.imag
    equal_area = math.sqrt(1.0 + 0.5 * float((outline**2).sum()))
    return np.asarray(distance * equal_area / (radius_mm * np.maximum(edge, LEAST_EDGE)), dtype=np.float32)


def pore_ratios(pores: Pores, shape: tuple[int, int], px_per_mm: float) -> Iterator[Patch]:
    """Yield (index, slices, distance in radii) of each pore."""
    for i in range(len(pores.x_mm)):
        radius, stretch = 0.5 * float(pores.diameter_mm[i]), math.sqrt(pores.aspect[i])
        reach = radius * PORE_REACH
        place, dx, dy = window(pores.x_mm[i], pores.y_mm[i], (reach, reach), shape, px_per_mm)
        turn_x, turn_y = math.cos(pores.angle_rad[i]), math.sin(pores.angle_rad[i])
        u, v = (turn_x * dx + turn_y * dy) / stretch, (turn_x * dy - turn_y * dx) * stretch
        yield i, place, outline_ratio(u.astype(np.float32), v.astype(np.float32), radius, pores.outline[i])


def pore_opening(ratio: FloatMap) -> FloatMap:
    """Return the profile of an opening: 1 in the middle, one half at its edge."""
    return np.asarray(np.exp(np.float32(-LN2) * ratio**PORE_SHARPNESS), dtype=np.float32)


def draw_pores(pores: Pores, height_mm: FloatMap, occlusion: FloatMap, px_per_mm: float) -> None:
    """Sink the pores into `height_mm` (a soft funnel, an opening, a rim) and darken `occlusion`, in place."""
    for i, place, ratio in pore_ratios(pores, occlusion.shape, px_per_mm):
        opening = pore_opening(ratio)
        funnel = np.exp(np.float32(-LN2) * (ratio / FUNNEL_WIDTH) ** 2)
        rim = np.exp(-RIM_NARROWNESS * (ratio - RIM_RADIUS) ** 2)
        sunk = (1.0 - FUNNEL_SHARE) * opening + FUNNEL_SHARE * funnel - PORE_RIM * rim
        height_mm[place] *= 1.0 - np.float32(RELIEF_IN_PORES) * opening
        height_mm[place] -= np.float32(pores.depth_mm[i]) * sunk
        occlusion[place] += np.float32(pores.optical_density[i]) * opening


def spot_profiles(spots: Spots, shape: tuple[int, int], px_per_mm: float) -> Iterator[Patch]:
    """Yield (index, slices, profile) of each spot: about 1 inside, one half on its outline."""
    for i in range(len(spots.x_mm)):
        radius = 0.5 * float(spots.diameter_mm[i])
        reach = SPOT_REACH * radius
        place, dx, dy = window(spots.x_mm[i], spots.y_mm[i], (reach, reach), shape, px_per_mm)
        ratio = outline_ratio(dx, dy, radius, spots.outline[i])
        yield i, place, 1.0 / (1.0 + np.exp((ratio - 1.0) / np.float32(SPOT_EDGE)))


def draw_spots(spots: Spots, melanin: FloatMap, grain: FloatMap, px_per_mm: float) -> None:
    """Add the spots' optical density, uneven by `grain` (mean about 1), to `melanin`, in place."""
    for i, place, profile in spot_profiles(spots, melanin.shape, px_per_mm):
        melanin[place] += np.float32(spots.optical_density[i]) * profile * grain[place]


def scar_profiles(scars: Scars, shape: tuple[int, int], px_per_mm: float) -> Iterator[Patch]:
    """Yield (index, slices, profile) of each scar: 1 at its floor, one half on its outline."""
    for i in range(len(scars.x_mm)):
        radius = 0.5 * float(scars.diameter_mm[i])
        reach = SCAR_REACH * radius
        place, dx, dy = window(scars.x_mm[i], scars.y_mm[i], (reach, reach), shape, px_per_mm)
        ratio = outline_ratio(dx, dy, radius, scars.outline[i])
        yield i, place, np.exp(np.float32(-LN2) * ratio ** float(scars.steepness[i]))


def draw_scars(scars: Scars, height_mm: FloatMap, px_per_mm: float) -> None:
    """Sink the scars into `height_mm`, in place."""
    for i, place, profile in scar_profiles(scars, height_mm.shape, px_per_mm):
        height_mm[place] -= np.float32(scars.depth_mm[i]) * profile


def wrinkle_distances(
    wrinkles: Wrinkles, shape: tuple[int, int], px_per_mm: float
) -> Iterator[tuple[int, tuple[slice, slice], FloatMap, FloatMap]]:
    """Yield (index, slices, distance in half widths, position along the line 0 to 1) of each wrinkle."""
    for i, path in enumerate(wrinkles.points_mm):
        half = 0.5 * float(wrinkles.width_mm[i])
        low, high = path.min(axis=0), path.max(axis=0)
        x, y = 0.5 * (low + high)
        reach = 0.5 * (high - low) + WRINKLE_REACH * half
        place, dx, dy = window(x, y, (float(reach[0]), float(reach[1])), shape, px_per_mm)
        grid = np.stack(np.broadcast_arrays(dx + x, dy + y), axis=-1)
        if grid.size == 0:
            continue
        distance, index = cKDTree(path).query(grid, distance_upper_bound=WRINKLE_REACH * half)
        along = np.minimum(index, len(path) - 1) / (len(path) - 1)
        ratio = np.minimum(distance / half, 2.0 * WRINKLE_REACH)
        yield i, place, ratio.astype(np.float32), along.astype(np.float32)


def wrinkle_line(ratio: FloatMap) -> FloatMap:
    """Return a line's profile across: 1 in the middle, one half at half its width."""
    return np.asarray(np.exp(np.float32(-LN2) * ratio**WRINKLE_SHARPNESS), dtype=np.float32)


def draw_wrinkles(wrinkles: Wrinkles, height_mm: FloatMap, px_per_mm: float) -> None:
    """Sink the wrinkles, tapered toward both ends and with raised shoulders, into `height_mm`, in place."""
    for i, place, ratio, along in wrinkle_distances(wrinkles, height_mm.shape, px_per_mm):
        taper = np.sqrt(np.clip(np.sin(math.pi * along), 0.0, 1.0))
        shoulder = np.exp(-SHOULDER_NARROWNESS * (ratio - SHOULDER_AT) ** 2)
        depth = wrinkles.depth_mm[i] * taper * (wrinkle_line(ratio) - WRINKLE_SHOULDER * shoulder)
        height_mm[place] -= depth.astype(np.float32)


def draw_hairs(hairs: Hairs, shape: tuple[int, int], px_per_mm: float) -> FloatMap:
    """Return the share of each pixel that hairs cover, 0 to 1; a hair thinner than a pixel keeps its area."""
    coverage = np.zeros(shape, dtype=np.float32)
    if len(hairs.width_mm) == 0:
        return coverage
    segments = hairs.points_mm.shape[1] - 1
    beads = max(2, math.ceil(float(hairs.length_mm.max()) / segments * px_per_mm * BEADS_PER_PX))
    t = ((np.arange(beads) + 0.5) / beads)[None, None, :, None]
    start, end = hairs.points_mm[:, :-1, None], hairs.points_mm[:, 1:, None]
    points = (start + (end - start) * t) * px_per_mm - 0.5
    taper = 1.0 - HAIR_TAPER * np.linspace(0.0, 1.0, segments * beads).reshape(segments, beads)
    ink = (hairs.width_mm * hairs.length_mm)[:, None, None] * taper[None] * (px_per_mm**2 / taper.size)
    splat(coverage, points.reshape(-1, 2), ink.ravel())
    return np.minimum(coverage, np.float32(1.0))


def splat(image: FloatMap, points: FloatArray, ink: NDArray[np.float64]) -> None:
    """Add `ink` (N,) at sub-pixel `points` (N, 2) to `image`, in place, shared by the four pixels around."""
    rows, columns = image.shape
    base = np.floor(points).astype(np.int64)
    part = points - base
    flat = np.zeros(rows * columns, dtype=np.float64)
    for dx in (0, 1):
        for dy in (0, 1):
            x, y = base[:, 0] + dx, base[:, 1] + dy
            inside = (x >= 0) & (x < columns) & (y >= 0) & (y < rows)
            share = np.abs(1 - dx - part[:, 0]) * np.abs(1 - dy - part[:, 1]) * ink
            flat += np.bincount((y * columns + x)[inside], share[inside], minlength=flat.size)
    image += flat.reshape(rows, columns).astype(np.float32)
