"""The part of a photo that holds the skin, at the resolution that alignment and colour need.

Alignment and colour need no 12 megapixels: a frame is cut round the face (or is the whole close-up) and reduced
by area averaging in linear light, once for a photo. Texture is measured in the photo's own pixels instead.
"""

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from skincompare.imaging.colour import linear_from_srgb
from skincompare.imaging.face import Face
from skincompare.photo import Photo

__all__ = ["Frame", "cut_frame"]

FloatArray = npt.NDArray[np.float64]

FRAME_SIDE = 1350
"""Longer side of a frame at most, px: the size at which the alignment method was measured."""
MARGIN_SIDE, MARGIN_TOP, MARGIN_BOTTOM = 0.30, 0.30, 0.50
"""Room kept round the mesh, as shares of its width and height; the lower one takes in the neck."""
CLIPPED_HIGH, CLIPPED_LOW = 250, 6
"""Coded values from which a pixel counts as clipped: the largest channel, the smallest (measured, see
docs/methods/redness.md)."""


@dataclass(frozen=True, eq=False)
class Frame:
    """A reduced cut of a photo.

    Parameters
    ----------
    linear : ndarray of float32, shape (height, width, 3)
        Linear light in [0, 1], RGB.
    clipped : ndarray of uint8, shape (height, width)
        Share of the photo's pixels under a frame pixel that are clipped, 0-255.
    left, top : int
        Corner of the cut in the photo, px.
    factor : float
        Frame pixels over photo pixels, at most 1.
    """

    linear: npt.NDArray[np.float32]
    clipped: npt.NDArray[np.uint8]
    left: int
    top: int
    factor: float

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width, px."""
        return self.linear.shape[0], self.linear.shape[1]

    def to_photo(self, xy: FloatArray) -> FloatArray:
        """Bring points of the frame to the photo, shape (N, 2)."""
        return (np.asarray(xy, np.float64) + 0.5) / self.factor - 0.5 + (self.left, self.top)

    def from_photo(self, xy: FloatArray) -> FloatArray:
        """Bring points of the photo to the frame, shape (N, 2)."""
        return (np.asarray(xy, np.float64) - (self.left, self.top) + 0.5) * self.factor - 0.5


def cut_frame(photo: Photo, face: Face | None) -> Frame:
    """Cut the frame of a photo.

    Parameters
    ----------
    photo : Photo
        Any photo.
    face : Face or None
        Its face; None takes the whole picture.

    Returns
    -------
    Frame
        With a longer side of at most :data:`FRAME_SIDE`.
    """
    left, top, right, bottom = _extent(photo, face)
    cut = photo.pixels[top:bottom, left:right]
    factor = _factor(max(cut.shape[:2]))
    clipped = cv2.LUT(cut, _clipped_codes())
    if factor == 1:
        return Frame(linear_from_srgb(cut), clipped.max(axis=2), left, top, factor)
    reduced = _reduce(cv2.LUT(cut, _linear_16bit()), factor).astype(np.float32) / np.float32(65535)
    share = _reduce(clipped, factor).max(axis=2)
    return Frame(reduced, share.astype(np.uint8), left, top, factor)


def _factor(side: int) -> float:
    """Return by how much a cut is reduced; large ones by a whole number, which is many times faster."""
    ratio = side / FRAME_SIDE
    if ratio <= 1:
        return 1.0
    return 1 / math.ceil(ratio) if ratio > 2 else 1 / ratio


def _extent(photo: Photo, face: Face | None) -> tuple[int, int, int, int]:
    height, width = photo.pixels.shape[:2]
    if face is None:
        return 0, 0, width, height
    left, top, right, bottom = face.box
    side, rise, fall = (
        MARGIN_SIDE * (right - left),
        MARGIN_TOP * (bottom - top),
        MARGIN_BOTTOM * (bottom - top),
    )
    return (
        max(0, math.floor(left - side)),
        max(0, math.floor(top - rise)),
        min(width, math.ceil(right + side) + 1),
        min(height, math.ceil(bottom + fall) + 1),
    )


@cache
def _linear_16bit() -> npt.NDArray[np.uint16]:
    """Table from sRGB codes to linear light in 16 bits: half the memory of floats at full resolution."""
    codes = np.arange(256, dtype=np.uint8).reshape(1, 256, 1).repeat(3, axis=2)
    return np.round(linear_from_srgb(codes)[0, :, 0] * 65535).astype(np.uint16)


@cache
def _clipped_codes() -> npt.NDArray[np.uint8]:
    """Table that marks clipped codes with 255."""
    codes = np.arange(256)
    return np.where((codes >= CLIPPED_HIGH) | (codes <= CLIPPED_LOW), 255, 0).astype(np.uint8)


def _reduce(image: npt.NDArray[Any], factor: float) -> npt.NDArray[Any]:
    """Area-average; a frame pixel is exactly 1 / factor photo pixels on both axes."""
    step = round(1 / factor)
    if not math.isclose(step, 1 / factor):
        return np.asarray(cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA))
    size = (image.shape[1] // step, image.shape[0] // step)
    whole = image[: size[1] * step, : size[0] * step]
    return np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA))
