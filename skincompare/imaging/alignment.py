"""Carry every point of skin from the before photo to the after photo, or say why that cannot be done.

The method: mesh (or features) -> robust global motion and smooth warp -> dense residual flow on locally
normalised luminance, checked forward and backward. The result knows its own error and refuses when the two
photos do not show the same skin.
"""

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt
from scipy.ndimage import map_coordinates

from skincompare.errors import OptionError
from skincompare.imaging import refusals
from skincompare.imaging.agreement import MIN_SKIN_PX, Evidence
from skincompare.imaging.coarse import CoarseMap, map_from_features, map_from_mesh
from skincompare.imaging.flow import log_light, normalise_locally, residual_flow
from skincompare.imaging.frame import Frame
from skincompare.imaging.sampling import (
    FieldArray,
    FloatArray,
    apply_matrix,
    blur,
    box_round,
    inside,
    pixel_grid,
    sample,
    stretch_at,
)
from skincompare.imaging.subject import Subject, prepare
from skincompare.measurement import Flag
from skincompare.photo import Photo

__all__ = ["Alignment", "AlignmentStatus", "align"]

MIN_INTEROCULAR_PX = 60.0
"""Distance between the outer eye corners below which a face is too small to align, photo px."""
MIN_OVERLAP = 0.35
"""Least share of the before skin that must be seen in the after photo."""
MAX_DISAGREEMENT_PX = 1.0
"""Median forward-backward disagreement from which the alignment has failed, frame px (same person 0.1, other
person 4.8)."""
SAME_SKIN, OTHER_SKIN = 0.40, 0.35
"""Agreement of fine skin detail: above the first it is the same skin, below the second it is not (same person
0.82 median; other people at most 0.37)."""
ERROR_FLOOR, ERROR_DISAGREEMENT, ERROR_ROUGHNESS, ERROR_FLOW = 0.025, 0.6, 5.5, 0.001
"""Variance of a mapped point, frame px2: floor, and coefficients of disagreement2, roughness2 and |flow|2. On warped
portraits 0.005, 0.37, 4.2 and 0.001 let a radius of 2.55 SD hold 93-96 % of the points, but on a turned head, whose
shading moves, only 81 %; these hold over 90 % there too, and are generous on warps."""
SAME_BROADLY, SAME_BROADLY_MM = 0.50, 1.0
"""Agreement of broad detail, and largest forward-backward disagreement (mm), from which noisy photos are taken for
the same skin, with a warning (one woman on four dim phone photos: at least 0.55, at most 0.91 mm; pairs of
different people seldom reach either, and no pair seen reached both)."""
FLOW_MARGIN_PX = 32
"""Room round the skin in which the flow is looked for, frame px: what its own smoothing needs."""
GAP_STEP, GAP_SHARE, FADE_PX = 4, 0.06, 8.0
"""Gaps in the skin up to twice this share of its height (eyes, lips, nostrils) are flown over; the mask for it is
made at a quarter of the resolution, and the flow fades outside over this scale, frame px."""
UNSEEN_SIGMA_PX = 10.0
"""Standard deviation stated away from the skin, where only the global motion is known, frame px [judgement]."""
NOTHING_SHOWN = (128.0, 128.0, 128.0)
"""Colour of a display where the after photo shows nothing."""
BACK_STEPS = 25
"""Most Newton steps of the inverse map; it is left as soon as it is exact."""
FLATTEST = 0.2
"""Share of the global change of area below which the field's own slope is not used to invert it."""
BACK_LONGEST_STEP_PX = 8.0
"""Longest Newton step of the inverse map, frame px, so that it does not leave the fold it is in."""
BACK_TOLERANCE_PX = 1e-3
"""When the inverse is exact enough, frame px."""


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
        Predicted standard deviation of a mapped point, before-frame px.
    skin : ndarray of bool, shape (height, width)
        The before skin, over which the summary error is taken.
    overlap : float
        Share of the before skin that the after photo shows, in [0, 1].
    detail_agreement : float
        Correlation of fine skin detail after alignment, in [-1, 1]; NaN when it could not be had.
    detail_ratio : float
        Natural log of the strength of fine skin detail, after over before; negative: the after photo is softer.
        NaN when it could not be had.
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
        return self.after.to_photo(self._forward(self.before.from_photo(self._checked(xy))))

    def map_points_back(self, xy: npt.ArrayLike) -> FloatArray:
        """Map points of the after photo to the before photo: the inverse of :meth:`map_points`."""
        return self.before.to_photo(self.invert(self.after.from_photo(self._checked(xy))))

    def invert(self, target: FloatArray, *, tolerance: float = BACK_TOLERANCE_PX) -> FloatArray:
        """Map points (N, 2) of the after frame to the before frame, by Newton's method.

        Parameters
        ----------
        target : ndarray of float64, shape (N, 2)
            Points in the after frame, px.
        tolerance : float
            Length of a step at which a point is exact enough, frame px.

        Returns
        -------
        ndarray of float64, shape (N, 2)
            The same skin in the before frame.
        """
        guess = apply_matrix(np.linalg.inv(self.matrix), target)
        left = np.flatnonzero(np.isfinite(guess).all(axis=1))
        for _ in range(BACK_STEPS):
            miss = self._forward(guess[left]) - target[left]
            step = np.linalg.solve(self._slopes(guess[left]), miss[..., None])[..., 0]
            guess[left] -= np.clip(step, -BACK_LONGEST_STEP_PX, BACK_LONGEST_STEP_PX)
            left = left[np.abs(step).max(axis=1) > tolerance]
            if not len(left):
                break
        return guess

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

    def _forward(self, xy: FloatArray) -> FloatArray:
        """Map frame to frame: the field inside, its edge carried on by the global motion outside."""
        height, width = self.field.shape[:2]
        nearest = np.clip(xy, 0, (width - 1, height - 1))
        rows_columns = nearest[:, ::-1].T
        found = np.column_stack(
            [map_coordinates(self.field[..., axis], rows_columns, np.float64, order=1) for axis in (0, 1)]
        )
        return found + apply_matrix(self.matrix, xy) - apply_matrix(self.matrix, nearest)

    def _slopes(self, xy: FloatArray) -> FloatArray:
        """Return the derivative of :meth:`_forward` at points, shape (N, 2, 2), kept away from singular."""
        right, below = np.array([0.5, 0.0]), np.array([0.0, 0.5])
        across = self._forward(xy + right) - self._forward(xy - right)
        down = self._forward(xy + below) - self._forward(xy - below)
        slopes = np.stack([across, down], axis=-1)
        globally = self.matrix[:2, :2] / self.matrix[2, 2]
        flat = ~(np.linalg.det(slopes) > FLATTEST * np.linalg.det(globally))
        slopes[flat] = globally
        return np.asarray(slopes, np.float64)


def align(before: Subject, after: Subject) -> Alignment:
    """Align two prepared photos.

    Parameters
    ----------
    before, after : Subject
        The photos, prepared.

    Returns
    -------
    Alignment
        Refused, with reasons, when the photos do not show the same skin well enough.
    """
    if (before.face is None) != (after.face is None):
        return _refused(before, after, refusals.face_against_close_up(before.face is not None))
    for subject, which in ((before, "before"), (after, "after")):
        if subject.face is not None and subject.face.interocular_px < MIN_INTEROCULAR_PX:
            return _refused(before, after, refusals.face_too_small(which, subject.face.interocular_px))
    found = _try(before, after)
    if found.is_aligned and found.detail_agreement >= SAME_SKIN:
        return found
    mirrored = _try(before, prepare(_flipped(after)))
    if mirrored.is_aligned and mirrored.detail_agreement >= SAME_SKIN:
        return replace(
            found, status=AlignmentStatus.REFUSED, flags=(refusals.MIRRORED,), detail_agreement=math.nan
        )
    return found


def _try(before: Subject, after: Subject) -> Alignment:
    """Align once, and judge it."""
    light = log_light(before.frame.linear), log_light(after.frame.linear)
    coarse = _coarse(before, after, light)
    if coarse is None:
        return _refused(before, after, refusals.NO_COMMON_TEXTURE)
    stretch = stretch_at(coarse.matrix, np.array(before.frame.shape[::-1]) / 2)
    box = box_round(before.skin, FLOW_MARGIN_PX)
    residual = residual_flow(light[0][box], light[1], coarse.field[box], stretch)
    field, sigma = coarse.field.copy(), np.full(before.frame.shape, UNSEEN_SIGMA_PX, np.float32)
    corner = np.array((box[1].start, box[0].start), np.float32)
    flow = residual.flow * _nearness(before.skin[box])[..., None]
    field[box] = sample(coarse.field, pixel_grid(before.skin[box].shape) + corner + flow)
    squared = ERROR_FLOOR + ERROR_DISAGREEMENT * residual.disagreement**2
    squared += ERROR_ROUGHNESS * residual.roughness**2 + ERROR_FLOW * (residual.flow**2).sum(axis=-1)
    sigma[box] = np.sqrt(squared)
    seen = inside(field, after.frame.shape)
    skin = before.skin
    both = skin & seen
    found = Alignment(
        status=AlignmentStatus.ALIGNED,
        method=coarse.method,
        flags=(),
        before=before.frame,
        after=after.frame,
        field=field,
        matrix=coarse.matrix,
        sigma_field=sigma,
        skin=both,
        overlap=float(np.mean(seen[skin])) if skin.any() else 0.0,
        detail_agreement=math.nan,
        detail_ratio=math.nan,
    )
    if np.count_nonzero(both) < MIN_SKIN_PX:
        return _with_reason(found, refusals.too_little_overlap(found.overlap))
    disagreement = float(np.median(residual.disagreement[both[box]]))
    return _judged(found, Evidence.gather(before, after, field, both), disagreement)


def _judged(found: Alignment, evidence: Evidence, disagreement: float) -> Alignment:
    """Refuse an alignment that does not hold, and warn of one that may not."""
    found = replace(found, detail_agreement=evidence.fine, detail_ratio=evidence.ratio)
    if found.overlap < MIN_OVERLAP:
        return _with_reason(found, refusals.too_little_overlap(found.overlap))
    if evidence.fine >= SAME_SKIN and disagreement <= MAX_DISAGREEMENT_PX:
        return found
    if evidence.fine >= OTHER_SKIN and disagreement <= MAX_DISAGREEMENT_PX:
        return replace(found, flags=(refusals.weak_agreement(evidence.fine),))
    alike = evidence.broad >= SAME_BROADLY and disagreement <= SAME_BROADLY_MM * evidence.px_per_mm
    if found.method == "mesh" and alike and evidence.hides_detail:
        return replace(found, flags=(refusals.NO_FINE_DETAIL,))
    if evidence.fine >= OTHER_SKIN:
        return _with_reason(found, refusals.flow_failed(disagreement))
    return _with_reason(found, refusals.other_skin(found.method == "mesh"))


def _nearness(skin: npt.NDArray[np.bool_]) -> FieldArray:
    """Return 1 on the skin and in its gaps (eyes, lips, glare), fading to 0 outside: hair and clothes have no flow."""
    height, width = skin.shape
    reduced = (max(1, width // GAP_STEP), max(1, height // GAP_STEP))
    small = cv2.resize(skin.astype(np.uint8), reduced, interpolation=cv2.INTER_AREA)
    side = 2 * round(GAP_SHARE * max(small.shape)) + 1
    filled = cv2.morphologyEx(
        cv2.copyMakeBorder(small, side, side, side, side, cv2.BORDER_CONSTANT),
        cv2.MORPH_CLOSE,
        cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)),
    )[side:-side, side:-side]
    wide = cv2.resize(filled.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.maximum(blur(np.asarray(wide, np.float32), FADE_PX), skin).astype(np.float32)


def _with_reason(found: Alignment, flag: Flag) -> Alignment:
    return replace(found, status=AlignmentStatus.REFUSED, flags=(flag,))


def _coarse(before: Subject, after: Subject, light: tuple[FieldArray, FieldArray]) -> CoarseMap | None:
    if before.face is not None and after.face is not None:
        return map_from_mesh(before.frame, after.frame, before.face, after.face)
    return map_from_features(normalise_locally(light[0]), normalise_locally(light[1]))


def _flipped(subject: Subject) -> Photo:
    return replace(subject.photo, pixels=np.ascontiguousarray(subject.photo.pixels[:, ::-1]))


def _refused(before: Subject, after: Subject, flag: Flag) -> Alignment:
    """Return an alignment that maps nothing."""
    shape = before.frame.shape
    return Alignment(
        status=AlignmentStatus.REFUSED,
        method="none",
        flags=(flag,),
        before=before.frame,
        after=after.frame,
        field=pixel_grid(shape),
        matrix=np.eye(3),
        sigma_field=np.full(shape, np.nan, np.float32),
        skin=np.zeros(shape, bool),
        overlap=0.0,
        detail_agreement=math.nan,
        detail_ratio=math.nan,
    )
