"""The coarse half of an alignment: a smooth map from the before frame to the after frame.

With a face in both photos it is a robust affine plus a smoothed thin-plate spline on the mesh, tapered to the
affine outside the face. Without one it comes from SIFT matches and the simplest motion that explains them. Points
marked by hand bend either of them, and replace matches where there are none.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from scipy.interpolate import RBFInterpolator

from skincompare.imaging.face import Face
from skincompare.imaging.frame import Frame
from skincompare.imaging.sampling import (
    FieldArray,
    FloatArray,
    apply_matrix,
    eight_bit,
    motion_field,
    pixel_grid,
    sample,
)

__all__ = ["CoarseMap", "FramePoints", "map_from_features", "map_from_mesh"]

GRID_STEP = 24
"""Spacing at which the spline is evaluated before it is interpolated, frame px."""
MESH_SMOOTHING = 60.0
"""Smoothing of the spline: mesh points jitter by about 1 px, their common motion is smooth."""
POINT_SMOOTHING = 1.0
"""Smoothing of the spline at points marked by hand: a careful hand is off by 1-2 px."""
POINT_REACH = 0.15
"""Distance from a marked point at which its own correction has faded to 1/e, as a share of the frame's diagonal."""
POINT_RADIUS = 0.05
"""How far from where the marked points put it a match may lie, as a share of the frame's diagonal."""
TAPER = 0.12
"""Distance outside the face at which the spline has faded to 1/e, as a share of the face's height."""
SKIN_MESH_POINTS = 468
"""Mesh points that lie on skin; the rest are the irises, which follow the gaze."""

SIFT_CODES_PER_SD = 42.0
"""Codes that one local SD takes in the 8-bit picture for SIFT."""
MAX_KEYPOINTS = 6000
"""SIFT keypoints a photo at most."""
MATCH_RATIO = 0.8
"""Lowe's ratio between best and second-best match (Lowe 2004, doi:10.1023/B:VISI.0000029664.99615.94)."""
INLIER_PX = 3.0
"""Distance at which a match agrees with a motion, frame px."""
RANSAC_TRIES, RANSAC_SURE = 5000, 0.999
"""Most samples that are tried for a motion, and the confidence at which the search ends."""
SMALLEST_AREA = 0.05
"""Least factor by which a motion may shrink areas (and its inverse, grow them): more is no view of the same skin."""
MIN_INLIERS = 20
"""Fewest agreeing matches that make a motion believable."""
MODEL_GAIN = 1.15
"""A motion with more freedom must explain this many times more matches than a simpler one."""


@dataclass(frozen=True, eq=False)
class CoarseMap:
    """A smooth map between two frames.

    Parameters
    ----------
    field : ndarray of float32, shape (height, width, 2)
        For every pixel of the before frame its place (x, y) in the after frame.
    matrix : ndarray of float64, shape (3, 3)
        The global motion in it, before frame to after frame.
    method : str
        ``"mesh"``, ``"features"`` or ``"points"``.
    support : int
        Points or matches that agree with the global motion.
    """

    field: FieldArray
    matrix: FloatArray
    method: str
    support: int


@dataclass(frozen=True, eq=False)
class FramePoints:
    """Points marked by hand, in px of the two frames: arrays of float64, shape (N, 2)."""

    before: FloatArray
    after: FloatArray


def map_from_mesh(
    before: Frame, after: Frame, face_before: Face, face_after: Face, points: FramePoints | None = None
) -> CoarseMap | None:
    """Map by the two meshes.

    Parameters
    ----------
    before, after : Frame
        The frames.
    face_before, face_after : Face
        Their meshes, in photo coordinates.
    points : FramePoints, optional
        Points marked by hand; the map passes close to them.

    Returns
    -------
    CoarseMap or None
        None when the meshes have no common affine motion.
    """
    source = before.from_photo(face_before.xy[:SKIN_MESH_POINTS])
    target = after.from_photo(face_after.xy[:SKIN_MESH_POINTS])
    # cv2.LMEDS picks its samples by a fixed seed: the same meshes give the same matrix.
    matrix, support = _checked(*cv2.estimateAffine2D(source, target, method=cv2.LMEDS))
    if matrix is None:
        return None
    taper = _taper(source, before.shape)
    smoothing = np.full(len(source), MESH_SMOOTHING)
    if points is not None:
        source, target = np.vstack([source, points.before]), np.vstack([target, points.after])
        smoothing = np.append(smoothing, np.full(len(points.before), POINT_SMOOTHING))
        taper = np.maximum(taper, _near(points.before, before.shape))
    residual = target - apply_matrix(matrix, source)
    spline = RBFInterpolator(source, residual, smoothing=smoothing, kernel="thin_plate_spline")
    bend = _on_grid(spline, before.shape) * taper[..., None]
    return CoarseMap(motion_field(matrix, before.shape) + bend, matrix, "mesh", support)


def _on_grid(spline: RBFInterpolator, shape: tuple[int, int]) -> FieldArray:
    """Evaluate a smooth spline on a coarse grid and interpolate it to every pixel."""
    height, width = shape
    columns, rows = np.arange(0, width + GRID_STEP, GRID_STEP), np.arange(0, height + GRID_STEP, GRID_STEP)
    nodes = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2).astype(np.float64)
    values = spline(nodes).reshape(len(rows), len(columns), 2).astype(np.float32)
    return sample(values, pixel_grid(shape) / np.float32(GRID_STEP), cubic=True)


def _taper(points: FloatArray, shape: tuple[int, int]) -> FieldArray:
    """Return 1 inside the hull of the points, fading smoothly to 0 outside."""
    hull = cv2.convexHull(np.round(points).astype(np.int32))
    outside = np.full(shape, 255, np.uint8)
    cv2.fillConvexPoly(outside, hull, 0)
    distance = cv2.distanceTransform(outside, cv2.DIST_L2, 5)
    reach = TAPER * float(np.ptp(points[:, 1]))
    return np.asarray(np.exp(-((distance / reach) ** 2)), np.float32)


def _near(points: FloatArray, shape: tuple[int, int]) -> FieldArray:
    """Return 1 at points, fading smoothly to 0 away from them."""
    away = np.full(shape, 255, np.uint8)
    columns, rows = np.clip(np.round(points).astype(np.intp), 0, np.array(shape[::-1]) - 1).T
    away[rows, columns] = 0
    reach = POINT_REACH * math.hypot(*shape)
    return np.asarray(np.exp(-((cv2.distanceTransform(away, cv2.DIST_L2, 5) / reach) ** 2)), np.float32)


def map_from_features(
    before: FieldArray, after: FieldArray, points: FramePoints | None = None
) -> CoarseMap | None:
    """Map by matched features, for close-ups.

    Parameters
    ----------
    before, after : ndarray of float32, shapes (height, width)
        Locally normalised luminance of the two frames.
    points : FramePoints, optional
        Points marked by hand: matches far from where they put them do not count, and the map passes close to them.

    Returns
    -------
    CoarseMap or None
        None when too few matches agree: the photos share too little visible texture. By the points alone
        (``method="points"``) where there are some.
    """
    source, target = _matches(before, after)
    by_hand = None if points is None else _motion_of_points(points)
    if by_hand is not None:
        radius = POINT_RADIUS * math.hypot(*after.shape)
        near = np.linalg.norm(apply_matrix(by_hand, source) - target, axis=1) < radius
        source, target = source[near], target[near]
    matrix, support = _simplest_motion(source, target) if len(source) >= MIN_INLIERS else (None, 0)
    method = "features"
    if matrix is None or support < MIN_INLIERS:
        if by_hand is None or points is None:
            return None
        matrix, support, method = by_hand, len(points.before), "points"
    field = motion_field(matrix, before.shape)
    if points is not None:
        field += _bend(matrix, points, before.shape)
    return CoarseMap(field, matrix, method, support)


def _motion_of_points(points: FramePoints) -> FloatArray | None:
    """Return the affine motion nearest to points marked by hand."""
    spread = np.column_stack([points.before, np.ones(len(points.before))])
    found, *_ = np.linalg.lstsq(spread, points.after, rcond=None)
    matrix, _ = _checked(found.T, np.ones(len(spread)))
    return matrix


def _bend(matrix: FloatArray, points: FramePoints, shape: tuple[int, int]) -> FieldArray:
    """Return what carries a global motion on to the points, fading away from them."""
    residual = points.after - apply_matrix(matrix, points.before)
    spline = RBFInterpolator(points.before, residual, smoothing=POINT_SMOOTHING, kernel="thin_plate_spline")
    return _on_grid(spline, shape) * _near(points.before, shape)[..., None]


def _matches(first: FieldArray, second: FieldArray) -> tuple[FloatArray, FloatArray]:
    """Match SIFT keypoints both ways with Lowe's ratio."""
    sift = cv2.SIFT.create(nfeatures=MAX_KEYPOINTS, contrastThreshold=0.02)
    keys, descriptors = zip(
        *(sift.detectAndCompute(eight_bit(one, SIFT_CODES_PER_SD), None) for one in (first, second)),
        strict=True,
    )
    if any(found is None or len(found) < 2 for found in descriptors):
        return np.empty((0, 2)), np.empty((0, 2))
    # RootSIFT: Arandjelovic and Zisserman 2012, doi:10.1109/CVPR.2012.6248018.
    rooted = [np.sqrt(one / np.maximum(one.sum(axis=1, keepdims=True), 1e-6)) for one in descriptors]
    pairs = cv2.BFMatcher(cv2.NORM_L2).knnMatch(rooted[0], rooted[1], k=2)
    good = [best for best, second_best in pairs if best.distance < MATCH_RATIO * second_best.distance]
    source = np.array([keys[0][match.queryIdx].pt for match in good], np.float64).reshape(-1, 2)
    target = np.array([keys[1][match.trainIdx].pt for match in good], np.float64).reshape(-1, 2)
    return source, target


def _simplest_motion(source: FloatArray, target: FloatArray) -> tuple[FloatArray | None, int]:
    """Fit similarity, affine and homography by MAGSAC; more freedom must earn its keep."""
    best: FloatArray | None = None
    support = 0
    for kind in ("similarity", "affine", "homography"):
        matrix, count = _fit(kind, source, target)
        if matrix is not None and count > MODEL_GAIN * support:
            best, support = matrix, count
    return best, support


def _fit(kind: str, source: FloatArray, target: FloatArray) -> tuple[FloatArray | None, int]:
    cv2.setRNGSeed(0)
    if kind == "homography":
        found = cv2.findHomography(
            source, target, cv2.USAC_MAGSAC, INLIER_PX, None, RANSAC_TRIES, RANSAC_SURE
        )
    else:
        estimate = cv2.estimateAffine2D if kind == "affine" else cv2.estimateAffinePartial2D
        found = estimate(source, target, None, cv2.RANSAC, INLIER_PX, RANSAC_TRIES, RANSAC_SURE)
    return _checked(*found)


def _checked(matrix: object, inliers: object) -> tuple[FloatArray | None, int]:
    """Return a believable motion as a 3 x 3 matrix: a view neither flips the skin nor lets it collapse."""
    if matrix is None or inliers is None:
        return None, 0
    full = np.eye(3)
    found = np.asarray(matrix, np.float64)
    full[: len(found)] = found
    if not SMALLEST_AREA < np.linalg.det(full[:2, :2]) < 1 / SMALLEST_AREA:
        return None, 0
    return full, int(np.count_nonzero(np.asarray(inliers)))
