"""In which direction a region of the face looks, by the mesh's own depth: skin of one tilt meets the light alike."""

import math

import cv2
import numpy as np
import numpy.typing as npt

from skincompare.imaging.face import Face

__all__ = ["Normal", "normal_of", "tilt_between"]

FloatArray = npt.NDArray[np.float64]
Normal = tuple[float, float, float]
"""Unit vector (right, down, towards the camera) of the photo."""

MIN_POINTS = 6
"""Fewest mesh points that a plane is laid through; a smaller region takes those nearest to its middle."""


def normal_of(face: Face | None, outline: FloatArray) -> Normal | None:
    """Return the mean direction in which a region looks: that of the plane through its mesh points.

    Parameters
    ----------
    face : Face or None
        The mesh; None on a close-up.
    outline : ndarray of float64, shape (N, 2)
        Polygon of the region, px of the photo.

    Returns
    -------
    tuple of float or None
        Unit vector; None without a mesh, or where the region lies beside it.
    """
    if face is None:
        return None
    middle = outline.mean(axis=0)
    polygon = outline.astype(np.float32).reshape(-1, 1, 2)
    on_face = cv2.convexHull(face.xy.astype(np.float32))
    if cv2.pointPolygonTest(on_face, (float(middle[0]), float(middle[1])), measureDist=False) < 0:
        return None
    inside = [cv2.pointPolygonTest(polygon, (float(x), float(y)), measureDist=False) >= 0 for x, y in face.xy]
    chosen = face.points[np.array(inside)]
    if len(chosen) < MIN_POINTS:
        nearest = np.argsort(np.linalg.norm(face.xy - middle, axis=1))[:MIN_POINTS]
        chosen = face.points[nearest]
    terms = np.column_stack([chosen[:, :2] - chosen[:, :2].mean(axis=0), np.ones(len(chosen))])
    across, down, _ = np.linalg.lstsq(terms, chosen[:, 2], rcond=None)[0]
    length = math.hypot(across, down, 1.0)
    # Depth grows away from the camera: skin whose right side is deeper looks to the right.
    return float(across / length), float(down / length), float(1 / length)


def tilt_between(first: Normal | None, second: Normal | None) -> float:
    """Return the angle between two directions, degrees; NaN where one is unknown."""
    if first is None or second is None:
        return math.nan
    return math.degrees(
        math.acos(min(1.0, max(-1.0, sum(a * b for a, b in zip(first, second, strict=True)))))
    )
