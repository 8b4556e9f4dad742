"""Carry every point of skin from the before photo to the after photo, or say why that cannot be done.

The method: mesh (or features) -> robust global motion and smooth warp -> dense residual flow on locally
normalised luminance, checked forward and backward -> a last fit of what is left. The result knows its own error and
refuses when the two photos do not show the same skin.
"""

import math
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from skincompare.imaging import refusals
from skincompare.imaging.agreement import CANTHI_MM, MIN_SKIN_PX, Evidence
from skincompare.imaging.alignment import Alignment, AlignmentStatus
from skincompare.imaging.alignment_error import UNSEEN_SIGMA_PX, predict_sigma
from skincompare.imaging.by_hand import leave_one_out_px
from skincompare.imaging.coarse import CoarseMap, FramePoints, map_from_features, map_from_mesh
from skincompare.imaging.face import shows_head
from skincompare.imaging.flow import log_light, normalise_locally, residual_flow
from skincompare.imaging.mirroring import flipped
from skincompare.imaging.points import PointPairs
from skincompare.imaging.sampling import FieldArray, blur, box_round, inside, pixel_grid, sample, stretch_at
from skincompare.imaging.slant import head_motion
from skincompare.imaging.subject import Subject, prepare
from skincompare.imaging.warp import unfolded
from skincompare.measurement import Flag

__all__ = ["align"]

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
LEAST_LEAD = 0.14
"""Least lead of the agreement of fine detail over that a few pixels beside (18 pairs of rendered heads of one shape at
most 0.07, their own second portraits at least 0.24, real pairs 0.47-0.68)."""
SAME_BROADLY, SAME_BROADLY_MM = 0.50, 1.0
"""Agreement of broad detail, and largest forward-backward disagreement (mm), from which two photos may be of one face
though their fine detail does not agree (one woman on four dim phone photos: at least 0.63, at most 0.99 mm). Rendered
heads of one shape reach both, so this never says that nothing is amiss."""
TURNED_TOO_FAR_DEGREES = 20.0
"""Turn of the head between the photos from which a failure is put down to it (rendered heads align at 25 degrees, not
at 30)."""
HAND_PX, MAX_CONTRADICTION = 3.0, 0.05
"""Least error of a point marked by hand, frame px, and largest disagreement among such points, as a share of the
frame's diagonal [judgement]."""
FLOW_MARGIN_PX = 32
"""Room round the skin in which the flow is looked for, frame px: what its own smoothing needs."""
GAP_STEP, GAP_SHARE, FADE_PX = 4, 0.06, 8.0
"""Gaps in the skin up to twice this share of its height (eyes, lips, nostrils) are flown over; the mask for it is
made at a quarter of the resolution, and the flow fades outside over this scale, frame px."""
KNOWN_MM, KNOWN_PX = 2.0, 4.0
"""Largest stated SD of a place that counts as known: on a face, mm; on a close-up, frame px. On rendered heads at other
poses it leaves 96 % of the skin; colours are compared over centimetres and need no better, and what needs better
reads the stated error."""


def align(
    before: Subject, after: Subject, points: PointPairs | None = None, *, same_person: bool = False
) -> Alignment:
    """Align two prepared photos.

    Parameters
    ----------
    before, after : Subject
        The photos, prepared.
    points : PointPairs, optional
        The same places in both photos, marked by hand.
    same_person : bool
        The user says that both photos show the same person: then dim photos of a face, whose fine skin detail cannot
        tell, may rest on its shape.

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
    found = _try(before, after, points)
    if same_person and refusals.NO_FINE_DETAIL in found.flags:
        return replace(found, flags=(refusals.SAME_PERSON_SAID,))
    if before.face is None and any(shows_head(subject.photo.pixels) for subject in (before, after)):
        return _with_reason(found, refusals.PROFILE)
    is_sure = found.is_aligned and refusals.NO_FINE_DETAIL not in found.flags
    if points is not None or (is_sure and found.detail_agreement >= SAME_SKIN):
        return found
    mirrored = _try(before, prepare(flipped(after.photo)), None)
    if mirrored.is_aligned and mirrored.detail_agreement >= SAME_SKIN:
        return replace(
            found, status=AlignmentStatus.REFUSED, flags=(refusals.MIRRORED,), detail_agreement=math.nan
        )
    return found


def _try(before: Subject, after: Subject, points: PointPairs | None) -> Alignment:
    """Align once, and judge it."""
    light = log_light(before.frame.linear), log_light(after.frame.linear)
    marked = None
    if points is not None:
        marked = FramePoints(before.frame.from_photo(points.before), after.frame.from_photo(points.after))
    coarse = _coarse(before, after, light, marked)
    if coarse is None:
        return _refused(before, after, _without_motion(before, marked))
    coarse = replace(coarse, field=unfolded(coarse.field, coarse.matrix))
    stretch = stretch_at(coarse.matrix, np.array(before.frame.shape[::-1]) / 2)
    box = box_round(before.skin, FLOW_MARGIN_PX)
    residual = residual_flow(light[0][box], light[1], coarse.field[box], stretch)
    field, sigma = coarse.field.copy(), np.full(before.frame.shape, UNSEEN_SIGMA_PX, np.float32)
    corner = np.array((box[1].start, box[0].start), np.float32)
    nearness = _nearness(before.skin[box])
    flow = residual.flow * nearness[..., None]
    field[box] = sample(coarse.field, pixel_grid(before.skin[box].shape) + corner + flow)
    field = unfolded(field, coarse.matrix)
    sigma[box] = predict_sigma(residual, nearness, is_close_up=before.face is None)
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
        skin=both & (sigma <= _known_px(before)),
        overlap=float(np.mean(seen[skin])) if skin.any() else 0.0,
        detail_agreement=math.nan,
        detail_ratio=math.nan,
        points=0 if points is None else len(points),
    )
    if np.count_nonzero(both) < MIN_SKIN_PX:
        return _with_reason(found, refusals.too_little_overlap(found.overlap))
    disagreement = float(np.median(residual.disagreement[both[box]]))
    judged = _judged(found, Evidence.gather(before, after, field, both), disagreement)
    if judged.is_aligned:
        return judged
    motion = head_motion(before.face, after.face)
    if motion is not None and abs(motion.turn_degrees) >= TURNED_TOO_FAR_DEGREES:
        return _with_reason(judged, refusals.turned_too_far(motion.turn_degrees))
    if marked is not None and before.face is None:
        return _on_points(judged, coarse, marked, both)
    return judged


def _without_motion(before: Subject, points: FramePoints | None) -> Flag:
    """Return why no common motion was found."""
    miss = math.nan if points is None else leave_one_out_px(points)
    return (
        refusals.NO_COMMON_TEXTURE
        if math.isnan(miss)
        else refusals.points_contradict(miss / before.frame.factor)
    )


def _on_points(
    found: Alignment, coarse: CoarseMap, points: FramePoints, seen_skin: npt.NDArray[np.bool_]
) -> Alignment:
    """Rest on points marked by hand, if they bear one another out."""
    miss = leave_one_out_px(points)
    if math.isnan(miss):
        return _with_reason(found, refusals.few_points(len(points.before)))
    if miss > MAX_CONTRADICTION * math.hypot(*found.before.shape):
        return _with_reason(found, refusals.points_contradict(miss / found.before.factor))
    sigma = np.full(found.before.shape, max(miss, HAND_PX), np.float32)
    return replace(
        found,
        status=AlignmentStatus.ALIGNED,
        method="points",
        flags=(refusals.on_points_only(len(points.before), max(miss, HAND_PX) / found.before.factor),),
        field=coarse.field,
        sigma_field=sigma,
        skin=seen_skin,
    )


def _known_px(before: Subject) -> float:
    """Return the largest stated SD of a known place, frame px."""
    if before.face is None:
        return KNOWN_PX
    return KNOWN_MM * before.face.interocular_px * before.frame.factor / CANTHI_MM


def _judged(found: Alignment, evidence: Evidence, disagreement: float) -> Alignment:
    """Refuse an alignment that does not hold, and warn of one that may not."""
    found = replace(found, detail_agreement=evidence.fine, detail_ratio=evidence.ratio)
    if found.overlap < MIN_OVERLAP:
        return _with_reason(found, refusals.too_little_overlap(found.overlap))
    same_place = evidence.lead >= LEAST_LEAD and disagreement <= MAX_DISAGREEMENT_PX
    if evidence.fine >= SAME_SKIN and same_place:
        return found
    if evidence.fine >= OTHER_SKIN and same_place:
        return replace(found, flags=(refusals.weak_agreement(evidence.fine),))
    alike = evidence.broad >= SAME_BROADLY and disagreement <= SAME_BROADLY_MM * evidence.px_per_mm
    if found.method == "mesh" and alike:
        return replace(found, flags=(refusals.NO_FINE_DETAIL,))
    if evidence.fine >= OTHER_SKIN and evidence.lead >= LEAST_LEAD:
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


def _coarse(
    before: Subject, after: Subject, light: tuple[FieldArray, FieldArray], points: FramePoints | None
) -> CoarseMap | None:
    if before.face is not None and after.face is not None:
        return map_from_mesh(before.frame, after.frame, before.face, after.face, points)
    return map_from_features(normalise_locally(light[0]), normalise_locally(light[1]), points)


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
