"""Light on a head: lamps, ambient light, cast shadows, occlusion and light that wanders under the skin."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from skincompare.synthetic.head import EYE_U_MM, FLOOR_MM, GRID_STEP_MM, FloatArray
from skincompare.synthetic.noise import FloatMap

SHADOW_STEP = 2  # shadows and occlusion are computed on every second grid point
SHADOW_REACH_MM = 90.0
OCCLUSION_REACH_MM = (1.5, 3.0, 6.0, 11.0, 19.0, 32.0)
OCCLUSION_DIRECTIONS = 12
SUBSURFACE_SIGMA_MM = (1.9, 0.85, 0.55)  # coarse light in R, G, B: red wanders farthest
WRAP = (0.16, 0.06, 0.03)  # light that reaches past the terminator, R G B
RELIEF_SHARE = (0.42, 0.62, 0.72)  # share of the fine relief's shading that survives wandering
BOUNCE = 0.10  # light from the chest that returns under the chin


@dataclass(frozen=True)
class PortraitLight:
    """A key lamp with a fill opposite, and light from everywhere.

    `azimuth_degrees` is the lamp's place seen in the picture (0 right, 90 top), `elevation_degrees` its height
    above the picture plane toward the camera. `ambient` and `fill` are shares of the key's light; `size` is
    the tangent of the lamp's half width (soft shadows); `colour` its linear RGB; `sheen` scales the gloss.
    """

    azimuth_degrees: float = 125.0
    elevation_degrees: float = 48.0
    ambient: float = 0.36
    fill: float = 0.17
    size: float = 0.35
    intensity: float = 1.0
    colour: tuple[float, float, float] = (1.0, 1.0, 1.0)
    sheen: float = 1.0


@dataclass(frozen=True)
class LitSurface:
    """Light on the posed grid.

    `diffuse` (rows, columns, 3) falls on the skin; `guide` (rows, columns, 4) holds both slopes of the coarse
    surface, the key's visibility and the openness to the surroundings; `key` and `fill` (3,) point to the lamps.
    """

    diffuse: FloatMap
    guide: FloatMap
    key: FloatArray
    fill: FloatArray


def lamp_direction(azimuth_degrees: float, elevation_degrees: float) -> FloatArray:
    """Return the unit vector (x right, y down, z to the camera) toward a lamp."""
    azimuth, elevation = math.radians(azimuth_degrees), math.radians(elevation_degrees)
    flat = math.cos(elevation)
    return np.array([flat * math.cos(azimuth), -flat * math.sin(azimuth), math.sin(elevation)])


def _shifted(height: FloatMap, dx: float, dy: float) -> FloatMap:
    """Return height at (x + dx, y + dy) in samples."""
    matrix = np.array([[1.0, 0.0, dx], [0.0, 1.0, dy]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = (height.shape[1], height.shape[0])
    return np.asarray(cv2.warpAffine(height, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE))


def key_visibility(height: FloatMap, step_mm: float, lamp: FloatArray, size: float) -> FloatMap:
    """Return the share (0 to 1) of a soft lamp that each point sees past the rest of the head."""
    flat = math.hypot(lamp[0], lamp[1])
    if flat < 1e-3:
        return np.ones_like(height)
    rise = lamp[2] / flat
    covered = np.full_like(height, -10.0)
    distance = 1.6
    while distance < SHADOW_REACH_MM:
        ahead = _shifted(height, lamp[0] / flat * distance / step_mm, lamp[1] / flat * distance / step_mm)
        slope = (ahead - height) / np.float32(distance) - np.float32(rise)
        covered = np.maximum(covered, slope)
        distance *= 1.16
    spread = np.float32(size * (1.0 + rise * rise) ** 0.5)
    t = np.clip(0.5 - covered / (2.0 * spread), 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t), dtype=np.float32)


def openness(height: FloatMap, step_mm: float) -> FloatMap:
    """Return the share (0 to 1) of the surroundings that each point sees (horizon method)."""
    total = np.zeros_like(height)
    for turn in range(OCCLUSION_DIRECTIONS):
        angle = 2.0 * math.pi * turn / OCCLUSION_DIRECTIONS
        horizon = np.zeros_like(height)
        for reach in OCCLUSION_REACH_MM:
            ahead = _shifted(height, math.cos(angle) * reach / step_mm, math.sin(angle) * reach / step_mm)
            np.maximum(horizon, (ahead - height) / np.float32(reach), out=horizon)
        total += 1.0 - horizon / np.sqrt(1.0 + horizon * horizon)
    return np.asarray(total / np.float32(OCCLUSION_DIRECTIONS), dtype=np.float32)


def _normals(height: FloatMap) -> tuple[FloatMap, FloatMap, FloatMap, FloatMap, FloatMap]:
    rows, columns = np.gradient(height, GRID_STEP_MM)
    slope_u, slope_v = np.asarray(columns, dtype=np.float32), np.asarray(rows, dtype=np.float32)
    nz: FloatMap = np.asarray(1.0 / np.sqrt(1.0 + slope_u**2 + slope_v**2), dtype=np.float32)
    return slope_u, slope_v, np.asarray(-slope_u * nz), np.asarray(-slope_v * nz), nz


def light_head(height: FloatMap, rotation: FloatArray, light: PortraitLight) -> LitSurface:
    """Return the light on every point of a posed head; the lamps stand still while the head turns.

    Parameters
    ----------
    height : numpy.ndarray
        Posed height map in mm on the grid of :func:`head.grid_axes`.
    rotation : numpy.ndarray
        (3, 3) head axes to camera axes.
    light : PortraitLight
        The lamps.
    """
    key = rotation.T @ lamp_direction(light.azimuth_degrees, light.elevation_degrees)
    fill = rotation.T @ lamp_direction(180.0 - light.azimuth_degrees, 30.0)
    up, down = rotation.T @ np.array([0.0, -1.0, 0.0]), rotation.T @ np.array([0.0, 0.9, 0.45])
    small = np.ascontiguousarray(height[::SHADOW_STEP, ::SHADOW_STEP])
    size = (height.shape[1], height.shape[0])
    step = GRID_STEP_MM * SHADOW_STEP
    seen, open_share = (
        cv2.warpAffine(
            image,
            np.array([[1.0 / SHADOW_STEP, 0.0, 0.0], [0.0, 1.0 / SHADOW_STEP, 0.0]]),
            size,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        for image in (key_visibility(small, step, key, light.size), openness(small, step))
    )
    slope_u, slope_v, nx, ny, nz = _normals(height)

    def facing(lamp: FloatArray, wrap: float) -> FloatMap:
        raw = nx * np.float32(lamp[0]) + ny * np.float32(lamp[1]) + nz * np.float32(lamp[2])
        return np.asarray(np.clip((raw + wrap) / (1.0 + wrap), 0.0, None), dtype=np.float32)

    skylight = 0.72 + 0.28 * (nx * up[0] + ny * up[1] + nz * up[2])
    bounce = BOUNCE * facing(down, 0.2)
    diffuse = np.empty((*height.shape, 3), np.float32)
    on_head = (height > FLOOR_MM + 4.0).astype(np.float32)
    for channel in range(3):
        wrap = WRAP[channel]
        direct = seen * facing(key, wrap) + light.fill * facing(fill, wrap + 0.2) * np.sqrt(open_share)
        around = light.ambient * skylight * open_share ** (1.6 - 0.25 * (channel == 0)) + bounce * open_share
        total = np.float32(light.intensity * light.colour[channel]) * (direct + around) * on_head
        sigma = SUBSURFACE_SIGMA_MM[channel] / GRID_STEP_MM
        weight = cv2.GaussianBlur(on_head, (0, 0), sigma)
        diffuse[..., channel] = cv2.GaussianBlur(total, (0, 0), sigma) / np.maximum(weight, 1e-3)
    guide = np.dstack([slope_u, slope_v, seen, open_share]).astype(np.float32)
    return LitSurface(diffuse=diffuse, guide=guide, key=key, fill=fill)


def eye_normals(u: FloatMap, v: FloatMap) -> tuple[FloatMap, FloatMap]:
    """Return the slopes dz/du and dz/dv of the cornea and the white of the eye at uv."""
    side = u - np.sign(u) * np.float32(EYE_U_MM)
    radius2 = side * side + v * v
    cornea = np.float32(1.0) / np.sqrt(np.maximum(7.8**2 - radius2, 4.0))
    ball = np.float32(1.0) / np.sqrt(np.maximum(12.0**2 - radius2, 4.0))
    share = np.clip((radius2 - 5.2**2) / (6.3**2 - 5.2**2), 0.0, 1.0)
    curve = cornea * (1.0 - share) + ball * share
    return np.asarray(-side * curve, dtype=np.float32), np.asarray(-v * curve, dtype=np.float32)
