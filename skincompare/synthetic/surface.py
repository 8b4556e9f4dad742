"""A head in a pose, seen by a pinhole camera: every skin point's pixel, and every pixel's skin point.

Three frames: *uv*, the skin itself, in mm (a point keeps its uv for life); *posed*, the same plane after the
face has moved (a smile shifts skin in it); *image*, pixels. posed -> uv is a closed formula, uv -> posed its
fixed point, and both directions look up one height grid, so they agree to the solver's tolerance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from skincompare.synthetic.head import (
    FLOOR_MM,
    GRID_LEFT_MM,
    GRID_STEP_MM,
    GRID_TOP_MM,
    FloatArray,
    grid_axes,
)
from skincompare.synthetic.noise import FloatMap

FACE_HEIGHT_MM = 185.0  # hairline to chin
PIVOT_MM = (0.0, 22.0, -25.0)  # the head turns about this point, which stays in the middle of the frame
MISS_MM = FLOOR_MM + 8.0  # a ray that ends below this height met nothing
HIGHEST_MM = 45.0
MARCH_STEP_MM = 2.0
DEEP_MM, DEEP_STEP_MM = -60.0, 6.0  # below, the head has only steep sides: longer steps will do
COARSE_SPACING_MM = 2.0  # spacing of the first, coarse rays on the skin
NEWTON_STEPS = 5
BISECTIONS = 20
SOLVED_MM = 0.004  # a ray has met the surface within this height
JUMP_MM = 5.0  # heights that differ by more around a pixel may hide an edge: march there
SIDE_MM, SIDE_JUMP_MM = 60.0, 30.0  # the sides of the head are steep, but hide nothing

# Movements of a full smile and a full brow raise: (|u|, v, sigma_u, sigma_v, outward, down, forward), mm.
SMILE_MM = (
    (27.0, 67.0, 7.5, 9.5, 5.4, -4.6, -2.2),
    (36.0, 36.0, 14.0, 13.0, 1.0, -3.4, 3.2),
    (29.0, 54.0, 4.5, 9.0, 0.0, 0.0, -1.3),
    (10.0, 63.0, 9.0, 4.0, 1.2, -0.8, -0.8),
    (10.0, 76.0, 9.0, 4.0, 1.2, 0.6, -0.6),
)
MOVING_MM = (-120.0, 120.0, -110.0, 160.0)  # left, right, top, bottom of the skin that can move
BROW_RAISE_MM = ((32.0, -24.0, 18.0, 10.0, 0.0, -5.0, 0.0),)


@dataclass(frozen=True)
class Pose:
    """Where the camera sees the head, and how the face moves.

    Angles in degrees: `yaw` positive turns the patient to their own left (picture right), `pitch` positive
    lifts the chin, `roll` positive turns the picture of the head clockwise. `face_share` is the share of the
    frame's height that 185 mm of face would fill. `smile` and `brow_raise` lie in [0, 1].
    """

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    distance_mm: float = 700.0
    face_share: float = 0.60
    centre_share: tuple[float, float] = (0.5, 0.47)
    smile: float = 0.0
    brow_raise: float = 0.0


def _movement(points: FloatArray, table: tuple[tuple[float, ...], ...], column: int) -> FloatArray:
    half, v = np.abs(points[..., 0]), points[..., 1]
    total = np.zeros(half.shape)
    for row in table:
        total += row[4 + column] * np.exp(
            -0.5 * (((half - row[0]) / row[2]) ** 2 + ((v - row[1]) / row[3]) ** 2)
        )
    return total


def _shift(points: FloatArray, pose: Pose) -> FloatArray:
    """Return the movement (..., 2) of the skin now at posed `points`, in mm."""
    # tanh keeps the two halves' outward movements continuous across the midline
    outward = np.tanh(points[..., 0] / 4.0)
    across = pose.smile * _movement(points, SMILE_MM, 0) + pose.brow_raise * _movement(
        points, BROW_RAISE_MM, 0
    )
    down = pose.smile * _movement(points, SMILE_MM, 1) + pose.brow_raise * _movement(points, BROW_RAISE_MM, 1)
    return np.stack([outward * across, down], axis=-1)


def uv_of_posed(points: FloatArray, pose: Pose) -> FloatArray:
    """Return uv (..., 2) of the skin that lies at posed `points` (..., 2)."""
    if pose.smile == 0.0 and pose.brow_raise == 0.0:
        return points
    return points - _shift(points, pose)


def posed_of_uv(points: FloatArray, pose: Pose) -> FloatArray:
    """Return the posed place (..., 2) of skin at uv `points`: the fixed point of :func:`uv_of_posed`."""
    posed = points
    if pose.smile == 0.0 and pose.brow_raise == 0.0:
        return posed
    for _ in range(60):
        posed = points + _shift(posed, pose)
    return posed


def _grid_movement(pose: Pose) -> FloatMap:
    """Return the movement (rows, columns, 2) in mm at every point of the posed grid."""
    u_axis, v_axis = grid_axes()
    moved = np.zeros((len(v_axis), len(u_axis), 2), np.float32)
    if pose.smile != 0.0 or pose.brow_raise != 0.0:
        rows = np.flatnonzero((v_axis > MOVING_MM[2]) & (v_axis < MOVING_MM[3]))
        columns = np.flatnonzero((u_axis > MOVING_MM[0]) & (u_axis < MOVING_MM[1]))
        points = np.stack(np.meshgrid(u_axis[columns], v_axis[rows]), axis=-1)
        moved[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] = _shift(points, pose)
    return moved


def posed_height(height: FloatMap, movement: FloatMap, pose: Pose) -> FloatMap:
    """Return the height map of the moved face on the same grid."""
    if pose.smile == 0.0 and pose.brow_raise == 0.0:
        return height
    u_axis, v_axis = grid_axes()
    points = np.stack(np.meshgrid(u_axis, v_axis), axis=-1)
    columns = ((points[..., 0] - movement[..., 0] - GRID_LEFT_MM) / GRID_STEP_MM).astype(np.float32)
    rows = ((points[..., 1] - movement[..., 1] - GRID_TOP_MM) / GRID_STEP_MM).astype(np.float32)
    moved = cv2.remap(height, columns, rows, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    moved += (pose.smile * _movement(points, SMILE_MM, 2)).astype(np.float32)
    return np.asarray(moved, dtype=np.float32)


def _known(uv_mm: FloatArray) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return skin points (..., 2) with 0 in place of NaN, and which were known."""
    uv = np.asarray(uv_mm, dtype=np.float64)
    known = np.asarray(np.isfinite(uv).all(axis=-1))
    return np.where(known[..., None], uv, 0.0), known


def _rotation(pose: Pose) -> FloatArray:
    """Return the rotation from head axes (u right, v down, z to the camera) to camera axes."""
    yaw, pitch, roll = (math.radians(angle) for angle in (pose.yaw, pose.pitch, pose.roll))
    turn = np.array([[math.cos(yaw), 0, math.sin(yaw)], [0, 1, 0], [-math.sin(yaw), 0, math.cos(yaw)]])
    nod = np.array([[1, 0, 0], [0, math.cos(pitch), -math.sin(pitch)], [0, math.sin(pitch), math.cos(pitch)]])
    tilt = np.array([[math.cos(roll), -math.sin(roll), 0], [math.sin(roll), math.cos(roll), 0], [0, 0, 1]])
    return np.asarray(tilt @ nod @ turn)


class PosedHead:
    """The geometry of one picture. Points are (x, y) px with pixel centres at integers.

    Parameters
    ----------
    height : numpy.ndarray
        float32 height map of the resting head on the grid of :func:`head.grid_axes`.
    pose : Pose
        Camera and expression.
    size_px : tuple of int
        Width and height of the picture.
    """

    def __init__(self, height: FloatMap, pose: Pose, size_px: tuple[int, int]) -> None:
        self.pose = pose
        self.size_px = size_px
        self.movement = _grid_movement(pose)
        self.height = posed_height(height, self.movement, pose)
        self.rotation = _rotation(pose)
        self.focal_px = pose.face_share * size_px[1] / FACE_HEIGHT_MM * pose.distance_mm
        self.centre = (
            pose.centre_share[0] * size_px[0] - 0.5,
            pose.centre_share[1] * size_px[1] - 0.5,
        )
        self.eye_mm = np.asarray(PIVOT_MM) + self.rotation.T @ np.array([0.0, 0.0, pose.distance_mm])

    @property
    def px_per_mm(self) -> float:
        """Pixels per mm, square to the camera, at the pivot's distance."""
        return self.focal_px / self.pose.distance_mm

    def project(self, points_mm: FloatArray) -> FloatArray:
        """Return the pixels (..., 2) of points (..., 3) in head axes, seen or not."""
        seen = (np.asarray(points_mm, dtype=np.float64) - np.asarray(PIVOT_MM)) @ self.rotation.T
        depth = self.pose.distance_mm - seen[..., 2]
        return np.asarray(self.focal_px * seen[..., :2] / depth[..., None] + np.asarray(self.centre))

    def rays(self, xy: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return (at, slope), each (..., 2): a ray's posed place is at + slope * z at height z."""
        xy = np.asarray(xy)
        flat = (xy - np.asarray(self.centre)) / self.focal_px
        ahead = np.concatenate([flat, -np.ones((*flat.shape[:-1], 1))], axis=-1) @ self.rotation
        slope = ahead[..., :2] / ahead[..., 2:]
        return self.eye_mm[:2] - slope * self.eye_mm[2], slope

    def height_at(self, posed: FloatArray) -> FloatArray:
        """Return the bilinear height (...,) at posed points (..., 2), float64."""
        rows, columns = self.height.shape
        x = np.clip((posed[..., 0] - GRID_LEFT_MM) / GRID_STEP_MM, 0.0, columns - 1.001)
        y = np.clip((posed[..., 1] - GRID_TOP_MM) / GRID_STEP_MM, 0.0, rows - 1.001)
        c, r = x.astype(np.intp), y.astype(np.intp)
        fx, fy = x - c, y - r
        grid = self.height
        top = grid[r, c] * (1.0 - fx) + grid[r, c + 1] * fx
        low = grid[r + 1, c] * (1.0 - fx) + grid[r + 1, c + 1] * fx
        return np.asarray(top * (1.0 - fy) + low * fy, dtype=np.float64)

    def cast(self, xy: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return posed points (N, 2) and heights (N,) where rays through pixels `xy` (N, 2) first meet the head.

        A ray that meets nothing has a height below `MISS_MM`.
        """
        at, slope = self.rays(np.asarray(xy, dtype=np.float64))
        high = np.full(len(at), HIGHEST_MM)
        z = self._march(at, slope, high)
        return at + slope * z[:, None], z

    def _march(self, at: FloatArray, slope: FloatArray, high: FloatArray) -> FloatArray:
        """Return the height of the first crossing below heights `high` (N,); below `MISS_MM` where there is none."""
        lowest = MISS_MM - 1.0
        result = np.full(len(at), lowest)
        active = np.arange(len(at))
        level = high.copy()
        found_high, found_low = high.copy(), result.copy()
        while active.size:
            step = np.where(level[active] < DEEP_MM, DEEP_STEP_MM, MARCH_STEP_MM)
            following = np.maximum(level[active] - step, lowest)
            below = self.height_at(at[active] + slope[active] * following[:, None]) >= following
            hit = active[below]
            found_high[hit], found_low[hit] = level[hit], following[below]
            result[hit] = following[below]
            level[active] = following
            active = active[~below & (following > lowest)]
        met = np.flatnonzero(result > lowest)
        at, slope, top, base = at[met], slope[met], found_high[met], found_low[met]
        for _ in range(BISECTIONS):
            middle = 0.5 * (top + base)
            under = self.height_at(at + slope * middle[:, None]) >= middle
            base = np.where(under, middle, base)
            top = np.where(under, top, middle)
        result[met] = 0.5 * (top + base)
        return result

    def coarse_heights(self) -> tuple[FloatMap, FloatMap, FloatMap, int]:
        """Return heights met by rays on a coarse pixel lattice, their local maxima and minima, and its stride."""
        stride = max(2, round(COARSE_SPACING_MM * self.px_per_mm))
        columns = np.arange(-stride, self.size_px[0] + 2 * stride, stride)
        rows = np.arange(-stride, self.size_px[1] + 2 * stride, stride)
        xy = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2).astype(np.float64)
        _, z = self.cast(xy)
        lattice = z.reshape(len(rows), len(columns)).astype(np.float32)
        box = np.ones((3, 3), np.uint8)
        highest: FloatMap = np.asarray(cv2.dilate(lattice, box), dtype=np.float32)
        lowest: FloatMap = np.asarray(cv2.erode(lattice, box), dtype=np.float32)
        return lattice, highest, lowest, stride

    def cast_rows(
        self,
        coarse: tuple[FloatMap, FloatMap, FloatMap, int],
        first: int,
        last: int,
        hidden: NDArray[np.bool_],
    ) -> tuple[FloatMap, FloatMap, FloatMap]:
        """Return posed u, posed v and height (last - first, width), float32, of every pixel of a band of rows.

        Where `hidden` (last - first, width) is true, under hair, edges are not searched for.
        """
        lattice, highest, lowest, stride = coarse
        x, y = np.meshgrid(
            np.arange(self.size_px[0], dtype=np.float64), np.arange(first, last, dtype=np.float64)
        )
        at, slope = self.rays(np.stack([x, y], axis=-1))
        at32, slope32 = at.astype(np.float32), slope.astype(np.float32)
        map_x, map_y = (x / stride + 1).astype(np.float32), (y / stride + 1).astype(np.float32)
        z: FloatMap = np.asarray(cv2.remap(lattice, map_x, map_y, cv2.INTER_LINEAR), dtype=np.float32)
        top = cv2.remap(highest, map_x, map_y, cv2.INTER_LINEAR)
        floor = cv2.remap(lowest, map_x, map_y, cv2.INTER_LINEAR)
        residual = np.full_like(z, np.inf)
        for _ in range(NEWTON_STEPS):
            step = self._lookup(self.height, at32, slope32, z) - z
            residual = np.abs(step)
            z += 0.9 * np.clip(step, -3.0, 3.0)
        residual = np.abs(self._lookup(self.height, at32, slope32, z) - z)
        smooth_side = np.abs(at32[..., 0] + slope32[..., 0] * z) > SIDE_MM
        jump = np.where(smooth_side, np.float32(SIDE_JUMP_MM), np.float32(JUMP_MM))
        hard = ((top - floor > jump) & (top > MISS_MM)) | (residual > SOLVED_MM)
        hard &= ~hidden
        if hard.any():
            ceiling = np.maximum(top[hard] + 2.0, z[hard] + 0.5).astype(np.float64)
            z[hard] = self._march(at[hard], slope[hard], ceiling)
        return at32[..., 0] + slope32[..., 0] * z, at32[..., 1] + slope32[..., 1] * z, z

    def _lookup(self, grid: FloatMap, at: FloatMap, slope: FloatMap, z: FloatMap) -> FloatMap:
        columns = (at[..., 0] + slope[..., 0] * z - GRID_LEFT_MM) / GRID_STEP_MM
        rows = (at[..., 1] + slope[..., 1] * z - GRID_TOP_MM) / GRID_STEP_MM
        return np.asarray(cv2.remap(grid, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))

    def uv_to_image(self, uv_mm: FloatArray) -> FloatArray:
        """Return the pixels (N, 2) of skin points `uv_mm` (N, 2), hidden ones too; NaN stays NaN."""
        uv, known = _known(uv_mm)
        posed = posed_of_uv(uv, self.pose)
        xy = self.project(np.concatenate([posed, self.height_at(posed)[..., None]], axis=-1))
        return np.asarray(np.where(known[..., None], xy, np.nan))

    def image_to_uv(self, xy: FloatArray) -> FloatArray:
        """Return uv (N, 2) of the surface seen at pixels `xy` (N, 2); NaN where the ray meets nothing."""
        posed, z = self.cast(xy)
        uv = uv_of_posed(posed, self.pose)
        return np.asarray(np.where((z > MISS_MM)[:, None], uv, np.nan))

    def visible(self, uv_mm: FloatArray, tolerance_mm: float = 0.5) -> NDArray[np.bool_]:
        """Return whether the camera sees skin points `uv_mm` (N, 2) past the rest of the head, inside the frame."""
        uv, known = _known(uv_mm)
        posed = posed_of_uv(uv, self.pose)
        xy = self.uv_to_image(uv)
        met, z = self.cast(xy)
        near = (np.linalg.norm(met - posed, axis=1) < tolerance_mm) & (z > MISS_MM)
        inside = np.all((xy >= 0) & (xy <= np.asarray(self.size_px) - 1.0), axis=1)
        return np.asarray(near & inside & known)

    def px_per_mm_at(self, uv_mm: FloatArray) -> FloatArray:
        """Return the local scale (N,) in px per mm *on the skin* at `uv_mm` (N, 2): root of the area ratio."""
        uv, known = _known(uv_mm)
        step = 2.0 * GRID_STEP_MM
        moved = [uv + np.array(offset) * step for offset in ((1, 0), (-1, 0), (0, 1), (0, -1))]
        pixels = [self.uv_to_image(points) for points in moved]
        solid = [self._solid(points) for points in moved]
        across, down = pixels[0] - pixels[1], pixels[2] - pixels[3]
        area_px = np.abs(across[:, 0] * down[:, 1] - across[:, 1] * down[:, 0])
        area_mm = np.linalg.norm(np.cross(solid[0] - solid[1], solid[2] - solid[3]), axis=1)
        return np.asarray(np.where(known, np.sqrt(area_px / area_mm), np.nan))

    def _solid(self, uv: FloatArray) -> FloatArray:
        posed = posed_of_uv(uv, self.pose)
        return np.concatenate([posed, self.height_at(posed)[:, None]], axis=1)
