"""Sampling a picture of skin anew: area-true reduction, and turned and shifted views."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from skincompare.errors import OptionError
from skincompare.synthetic.noise import FloatMap
from skincompare.synthetic.skin_model import FloatArray


def resample(linear: FloatMap, px_per_mm_from: float, px_per_mm_to: float) -> FloatMap:
    """Return what a camera of fewer pixels per mm sees: each new pixel is the mean light of its area.

    A pixel p of the result covers the old coordinates around (p + 0.5) * from / to - 0.5 exactly; an
    incomplete last pixel is left out.

    Parameters
    ----------
    linear : numpy.ndarray
        (rows, columns) or (rows, columns, channels), linear light.
    px_per_mm_from, px_per_mm_to : float
        Resolutions, `px_per_mm_to` not the larger.

    Raises
    ------
    OptionError
        If the new resolution is finer.
    """
    ratio = px_per_mm_to / px_per_mm_from
    if ratio > 1.0:
        raise OptionError(f"resample only coarsens: {px_per_mm_to:g} px/mm is finer than {px_per_mm_from:g}")
    rows, columns = linear.shape[:2]
    down, across = area_weights(rows, ratio), area_weights(columns, ratio)
    planes = np.asarray(linear, dtype=np.float32).reshape(rows, columns, -1)
    seen = [(across @ (down @ planes[..., c]).T).T for c in range(planes.shape[2])]
    return np.ascontiguousarray(
        np.stack(seen, axis=-1).reshape(down.shape[0], across.shape[0], *linear.shape[2:])
    )


def area_weights(length: int, ratio: float) -> sparse.csr_array:
    """Return the sparse (new, old) matrix of the share of each old pixel in each new one; rows sum to 1."""
    new = max(1, math.floor(length * ratio + 1e-6))
    edges = np.minimum(np.arange(new + 1) / ratio, length)
    first = np.floor(edges[:-1] + 1e-9).astype(np.int64)
    reach = math.ceil(1.0 / ratio) + 1
    old = first[:, None] + np.arange(reach)[None, :]
    share = np.minimum(edges[1:, None], old + 1) - np.maximum(edges[:-1, None], old)
    share = np.where(old < length, np.maximum(share, 0.0), 0.0)
    share /= share.sum(axis=1, keepdims=True)
    rows = np.broadcast_to(np.arange(new)[:, None], old.shape)
    weights = (share.ravel().astype(np.float32), (rows.ravel(), np.minimum(old, length - 1).ravel()))
    return sparse.csr_array(weights, shape=(new, length))


def mm_to_pixel_matrix(
    size_mm: tuple[float, float],
    shape: tuple[int, int],
    px_per_mm: float,
    rotation_degrees: float,
    shift_mm: tuple[float, float],
) -> FloatArray:
    """Return the (2, 3) matrix from mm on the skin to pixels of a photo of `shape` (rows, columns)."""
    angle = math.radians(rotation_degrees)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]) * px_per_mm
    middle_mm = 0.5 * np.asarray(size_mm) + np.asarray(shift_mm)
    middle_px = np.array([0.5 * (shape[1] - 1), 0.5 * (shape[0] - 1)])
    return np.column_stack([turn, middle_px - turn @ middle_mm])


def view(
    raster: FloatMap,
    px_per_mm: float,
    mm_to_pixel: FloatArray,
    shape: tuple[int, int],
) -> FloatMap:
    """Return a picture on the skin's raster (at `px_per_mm`) as the photo of `shape` sees it, cubic.

    Beyond the edge of the skin its mirror image goes on.
    """
    matrix = raster_to_photo(px_per_mm, mm_to_pixel)
    seen = cv2.warpAffine(
        raster, matrix, shape[::-1], flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101
    )
    return np.asarray(seen, dtype=np.float32)


def mask_view(
    mask: NDArray[np.bool_], px_per_mm: float, mm_to_pixel: FloatArray, shape: tuple[int, int]
) -> NDArray[np.bool_]:
    """Return a mask on the skin's raster as the photo of `shape` sees it, nearest; False beyond the skin."""
    matrix = raster_to_photo(px_per_mm, mm_to_pixel)
    seen = cv2.warpAffine(mask.astype(np.uint8), matrix, shape[::-1], flags=cv2.INTER_NEAREST)
    return np.asarray(np.asarray(seen) > 0, dtype=np.bool_)


def raster_to_photo(px_per_mm: float, mm_to_pixel: FloatArray) -> FloatArray:
    """Return the (2, 3) matrix from pixels of the skin's raster to pixels of the photo."""
    step = 1.0 / px_per_mm
    raster_to_mm = np.array([[step, 0.0, 0.5 * step], [0.0, step, 0.5 * step], [0.0, 0.0, 1.0]])
    return np.asarray(mm_to_pixel @ raster_to_mm, dtype=np.float64)
