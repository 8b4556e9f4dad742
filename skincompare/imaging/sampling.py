"""Look up, smooth and locate pixels: the few OpenCV calls that several steps share, typed."""

import math
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

__all__ = [
    "FieldArray",
    "FloatArray",
    "apply_matrix",
    "blur",
    "box_round",
    "eight_bit",
    "inside",
    "motion_field",
    "pixel_grid",
    "sample",
    "stretch_at",
]

FloatArray = npt.NDArray[np.float64]
FieldArray = npt.NDArray[np.float32]

BORDER_PX = 1e-3
"""How far outside its border a place still counts as inside a picture: a fit leaves rounding errors."""


@lru_cache(maxsize=4)
def pixel_grid(shape: tuple[int, int]) -> FieldArray:
    """Return the coordinates (x, y) of every pixel, shape (height, width, 2), read-only."""
    grid = np.empty((*shape, 2), np.float32)
    grid[..., 0] = np.arange(shape[1], dtype=np.float32)
    grid[..., 1] = np.arange(shape[0], dtype=np.float32)[:, None]
    grid.setflags(write=False)
    return grid


def sample(image: npt.NDArray[Any], places: FieldArray, *, cubic: bool = False) -> FieldArray:
    """Look an image up at places, its edge continued.

    Parameters
    ----------
    image : ndarray of uint8 or float32, shape (height, width) or (height, width, channels)
        What is looked up.
    places : ndarray of float32, shape (h, w, 2)
        Coordinates (x, y) in the image, px.
    cubic : bool
        Cubic instead of linear interpolation.

    Returns
    -------
    ndarray of float32, shape (h, w) or (h, w, channels)
        The values.
    """
    how = cv2.INTER_CUBIC if cubic else cv2.INTER_LINEAR
    where = places.astype(np.float32, copy=False)
    return np.asarray(cv2.remap(image, where, where[:0], how, borderMode=cv2.BORDER_REPLICATE), np.float32)


def blur(image: FieldArray, sigma: float) -> FieldArray:
    """Smooth by a Gaussian of `sigma` px, the edge mirrored; wide ones run on a smaller picture.

    A sigma above 8 px is applied to a picture reduced by 2 or more (area averaging), with the variance of the
    reduction taken off, so that the cost does not grow with sigma.
    """
    step = 2 ** max(0, math.floor(math.log2(sigma / 4)))
    if step < 2 or min(image.shape[:2]) < 8 * step:
        return np.asarray(
            cv2.GaussianBlur(image, (0, 0), sigma, borderType=cv2.BORDER_REFLECT_101), np.float32
        )
    height, width = image.shape[:2]
    small = cv2.resize(image, None, fx=1 / step, fy=1 / step, interpolation=cv2.INTER_AREA)
    own = math.sqrt(max((sigma**2 - (step**2 - 1) / 12 - step**2 / 6) / step**2, 0.25))
    small = cv2.GaussianBlur(small, (0, 0), own, borderType=cv2.BORDER_REFLECT_101)
    if (height % step, width % step) == (0, 0):
        return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    return sample(np.asarray(small), (pixel_grid((height, width)) + 0.5) / step - 0.5)


def eight_bit(image: FieldArray, codes_per_unit: float) -> npt.NDArray[np.uint8]:
    """Bring a zero-mean picture to 8-bit codes round 128."""
    return np.asarray(np.clip(128 + codes_per_unit * image, 0, 255), np.uint8)


def apply_matrix(matrix: npt.NDArray[Any], xy: npt.NDArray[Any]) -> FloatArray:
    """Map points, shape (..., 2), by a 3 x 3 matrix."""
    moved = np.asarray(xy, np.float64) @ matrix[:, :2].T + matrix[:, 2]
    return np.asarray(moved[..., :2] / moved[..., 2:3], np.float64)


def motion_field(matrix: npt.NDArray[Any], shape: tuple[int, int], step: int = 1) -> FieldArray:
    """Return where a 3 x 3 matrix puts every pixel (or every `step`-th), shape (height, width, 2)."""
    columns, rows = (np.arange(length, dtype=np.float64) * step for length in shape[::-1])
    if np.array_equal(matrix[2], (0.0, 0.0, 1.0)):
        field = np.empty((*shape, 2), np.float32)
        for axis in (0, 1):
            across, down, shift = matrix[axis]
            np.add(
                across * columns[None, :],
                (down * rows + shift)[:, None],
                out=field[..., axis],
                casting="same_kind",
            )
        return field
    return apply_matrix(matrix, np.stack(np.meshgrid(columns, rows), axis=-1)).astype(np.float32)


def stretch_at(matrix: npt.NDArray[Any], xy: npt.NDArray[Any]) -> float:
    """Return the size of things after a 3 x 3 matrix over before it, at one place."""
    around = np.asarray(xy, np.float64) + np.array([(0.5, 0.0), (-0.5, 0.0), (0.0, 0.5), (0.0, -0.5)])
    right, left, below, above = apply_matrix(matrix, around)
    return math.sqrt(abs(float(np.linalg.det(np.column_stack([right - left, below - above])))))


def inside(places: FieldArray, shape: tuple[int, int]) -> npt.NDArray[np.bool_]:
    """Return which places (x, y), shape (height, width, 2), lie in a picture of a shape, its border included."""
    x, y = places[..., 0] + BORDER_PX, places[..., 1] + BORDER_PX
    return np.asarray(
        (x >= 0) & (y >= 0) & (x <= shape[1] - 1 + 2 * BORDER_PX) & (y <= shape[0] - 1 + 2 * BORDER_PX)
    )


def box_round(mask: npt.NDArray[np.bool_], margin: int) -> tuple[slice, slice]:
    """Return rows and columns of the box round a mask, with a margin; the whole picture when it is empty."""
    slices = []
    for axis in (1, 0):
        (where,) = np.nonzero(mask.any(axis=axis))
        length = mask.shape[1 - axis]
        first, last = (int(where[0]), int(where[-1])) if len(where) else (0, length)
        slices.append(slice(max(0, first - margin), min(length, last + margin + 1)))
    return slices[0], slices[1]
