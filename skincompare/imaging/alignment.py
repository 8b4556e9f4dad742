"""The answer of an alignment: where every point of skin went, how surely, or why that cannot be said."""

import math
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt
from scipy.ndimage import map_coordinates

from skincompare.errors import OptionError
from skincompare.imaging.frame import Frame
from skincompare.imaging.sampling import FieldArray, FloatArray, stretch_at
from skincompare.imaging.warp import Warp
from skincompare.measurement import Flag
from skincompare.photo import Photo

__all__ = ["RADIUS_95", "Alignment", "AlignmentStatus"]

RADIUS_95 = 2.448
"""Radius that holds 95 % of a point's errors, in SD of one coordinate (Rayleigh distribution)."""
NOTHING_SHOWN = (128.0, 128.0, 128.0)
"""Colour of a display where the after photo shows nothing."""


class AlignmentStatus(StrEnum):
    """Whether the photos could be aligned."""

    ALIGNED = "aligned"
    REFUSED = "refused"


@dataclass(frozen=True, eq=False)
class Alignment:
    """A map from the before photo to the after photo, with its own error.

    Parameters
    ----------
    status : AlignmentStatus
        Refused alignments map nothing.
    method : str
        ``"mesh"``, ``"features"`` or ``"none"``.
    flags : tuple of Flag
        Reasons of a refusal, and warnings.
    before, after : Frame
        Geometry of the two frames.
    field : ndarray of float32, shape (height, width, 2)
        Place in the after frame of every pixel of the before frame.
    matrix : ndarray of float64, shape (3, 3)
        Global motion, before frame to after frame; used outside the field.
    sigma_field : ndarray of float32, shape (height, width)
        Predicted standard deviation of each coordinate of a mapped point, before-frame px.
    skin : ndarray of bool, shape (height, width)
        The before skin whose place in the after photo is known; the summary error is taken over it.
    overlap : float
        Share of the before skin that the after photo shows, in [0, 1].
    detail_agreement : float
        Correlation of fine skin detail after alignment, in [-1, 1]; NaN when it could not be had.
    detail_ratio : float
        Natural log of the strength of fine skin detail, after over before; negative: the after photo is softer.
        NaN when it could not be had.
    points : int
        Pairs of points given by hand that were weighed in.
    """

    status: AlignmentStatus
    method: str
    flags: tuple[Flag, ...]
    before: Frame
    after: Frame
    field: FieldArray
    matrix: FloatArray
    sigma_field: FieldArray
    skin: npt.NDArray[np.bool_]
    overlap: float
    detail_agreement: float
    detail_ratio: float
    points: int = 0

    @cached_property
    def warp(self) -> Warp:
        """The map between the two frames."""
        return Warp(self.field, self.matrix)

    @property
    def is_aligned(self) -> bool:
        """Whether points can be mapped."""
        return self.status is AlignmentStatus.ALIGNED

    @cached_property
    def error_px(self) -> float:
        """Median predicted standard deviation of a mapped point on skin, px of the before photo."""
        if not self.is_aligned or not self.skin.any():
            return math.nan
        return float(np.median(self.sigma_field[self.skin])) / self.before.factor

    @cached_property
    def magnification(self) -> float:
        """Size of the skin in the after photo over that in the before photo, px over px."""
        middle = np.array(self.before.shape[::-1]) / 2
        return stretch_at(self.matrix, middle) * self.before.factor / self.after.factor

    def error_mm(self, px_per_mm: float) -> float:
        """Return :attr:`error_px` in millimetres, given the before photo's scale."""
        return self.error_px / px_per_mm

    def error_at(self, xy: npt.ArrayLike) -> FloatArray:
        """Return how surely points of the before photo are mapped.

        Parameters
        ----------
        xy : array_like, shape (N, 2)
            Points in the before photo, px.

        Returns
        -------
        ndarray of float64, shape (N,)
            Predicted standard deviation of each coordinate, px of the before photo; NaN outside the frame.
        """
        places = self.before.from_photo(self._checked(xy))
        rows_columns = places[:, ::-1].T
        found = map_coordinates(self.sigma_field, rows_columns, np.float64, order=1, cval=np.nan)
        return np.asarray(found / self.before.factor, np.float64)

    def bound_at(self, xy: npt.ArrayLike) -> FloatArray:
        """Return the radius, px of the before photo, that holds the true place of points with 95 % probability."""
        return RADIUS_95 * self.error_at(xy)

    def map_points(self, xy: npt.ArrayLike) -> FloatArray:
        """Map points of the before photo to the after photo.

        Parameters
        ----------
        xy : array_like, shape (N, 2)
            Points in the before photo, px.

        Returns
        -------
        ndarray of float64, shape (N, 2)
            The same skin in the after photo, px. NaN stays NaN.

        Raises
        ------
        OptionError
            When the alignment was refused, or the points are not of shape (N, 2).
        """
        return self.after.to_photo(self.warp.forward(self.before.from_photo(self._checked(xy))))

    def map_points_back(self, xy: npt.ArrayLike) -> FloatArray:
        """Map points of the after photo to the before photo: the inverse of :meth:`map_points`."""
        return self.before.to_photo(self.warp.back(self.after.from_photo(self._checked(xy))))

    def warp_for_display(self, after: Photo) -> npt.NDArray[np.uint8]:
        """Return the after photo as seen from the before frame, uint8 RGB: only for screens.

        Parameters
        ----------
        after : Photo
            The after photo.

        Returns
        -------
        ndarray of uint8, shape (height, width, 3) of the before frame
            Grey where the after photo shows nothing.
        """
        self._refuse_if_refused()
        factor = self.after.factor
        codes = after.pixels
        if factor < 1:
            codes = np.asarray(
                cv2.resize(codes, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8
            )
        places = self.field + np.array((self.after.left, self.after.top), np.float32) * np.float32(factor)
        return np.asarray(
            cv2.remap(
                codes,
                places,
                places[:0],
                cv2.INTER_CUBIC,
                borderMode=cv2.BORDER_CONSTANT,
                borderValue=NOTHING_SHOWN,
            ),
            np.uint8,
        )

    def _checked(self, xy: npt.ArrayLike) -> FloatArray:
        self._refuse_if_refused()
        points = np.asarray(xy, np.float64)
        if points.ndim != 2 or points.shape[1] != 2:
            raise OptionError(f"Points to map have the shape (N, 2), not {points.shape}.")
        return points

    def _refuse_if_refused(self) -> None:
        if not self.is_aligned:
            raise OptionError("These photos could not be aligned, so no point can be mapped; see the flags.")
