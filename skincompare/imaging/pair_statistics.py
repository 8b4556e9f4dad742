"""What two aligned photos of a face show of their making: how the light moved, and whether the skin was smoothed."""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from skincompare.imaging.agreement import CANTHI_MM, LEAST_LIGHT
from skincompare.imaging.alignment import Alignment
from skincompare.imaging.sampling import FieldArray, FloatArray, blur, box_round, sample
from skincompare.imaging.skin_mask import EYES_AND_LIPS, TONE_RINGS, draw_rings
from skincompare.imaging.subject import Subject

__all__ = ["NO_DETAIL", "NO_SLOPE", "DetailChange", "LightSlope", "detail_change", "light_slope"]

SMALL_STEP = 4
"""The light is compared on every fourth frame pixel each way, after averaging: it has no detail."""
FIT_ROUNDS, FIT_CLIP = 4, 2.5
"""Rounds of the fit, and the robust SD beyond which a place is left out of the next."""
MIN_PLACES = 50
"""Fewest places from which a slope is told [judgement]."""
EDGE_REACH_MM = 2.0
"""How far on both sides of an outline its edge is looked for, mm [judgement]."""
FINE_PX = (0.8, 2.0)
"""Scales of the finest detail that a frame holds, frame px: what softness takes first (a blur of 1.5 px weakens it by
0.8-0.9 in natural log on photographs of 3.4 px/mm, untouched pairs differ by 0.03 +- 0.03)."""
SKIN_QUANTILE, EDGE_QUANTILE = 0.5, 0.95
"""The strength of detail is this quantile of its sizes: on skin the median; near outlines, where most is plain skin, a
high one."""


@dataclass(frozen=True, slots=True)
class LightSlope:
    """How the light across a face changed: slopes of ln(G after / G before) per distance of the outer eye corners.

    Parameters
    ----------
    across : float
        Positive: the patient's left is lit more strongly in the after photo. NaN when it could not be had.
    down : float
        Positive: the chin is lit more strongly in the after photo.
    """

    across: float
    down: float

    @property
    def size(self) -> float:
        """Slope in the direction in which it is steepest."""
        return math.hypot(self.across, self.down)


NO_SLOPE = LightSlope(math.nan, math.nan)
"""Of close-ups, and of photos that are not aligned."""


@dataclass(frozen=True, slots=True)
class DetailChange:
    """How the finest detail changed: natural log of its strength, after over before.

    Parameters
    ----------
    skin : float
        On forehead, cheeks, nose and chin; negative: the after photo is softer there. NaN when it could not be had.
    edges : float
        Along the outlines of eyes and lips.
    """

    skin: float
    edges: float

    @property
    def smoothing(self) -> float:
        """What the skin lost (below 0) or gained beyond the edges."""
        return self.skin - self.edges


NO_DETAIL = DetailChange(math.nan, math.nan)
"""Of close-ups, and of photos that are not aligned."""


def light_slope(before: Subject, after: Subject, alignment: Alignment) -> LightSlope:
    """Return how the light across the face changed.

    Parameters
    ----------
    before, after : Subject
        The prepared photos.
    alignment : Alignment
        Before to after.

    Returns
    -------
    LightSlope
        A straight line through the log ratio of green light on the forehead, cheeks, nose and chin, robustly fitted;
        NaN on close-ups.
    """
    if before.face is None or not alignment.is_aligned:
        return NO_SLOPE
    shape = before.frame.shape
    rows, columns = (np.arange(SMALL_STEP // 2, side, SMALL_STEP) for side in shape)
    points = before.frame.from_photo(before.face.xy)
    where = alignment.skin & draw_rings(points, TONE_RINGS, shape)
    grid_rows, grid_columns = np.nonzero(where[np.ix_(rows, columns)])
    if len(grid_rows) < MIN_PLACES:
        return NO_SLOPE
    rows, columns = rows[grid_rows], columns[grid_columns]
    places = alignment.field[rows, columns][None]
    first = _averaged(before)[rows // SMALL_STEP, columns // SMALL_STEP]
    small = ((places + 0.5) / SMALL_STEP - 0.5).astype(np.float32)
    second = sample(_averaged(after), small)[0]
    ratio = np.log(np.maximum(second, LEAST_LIGHT) / np.maximum(first, LEAST_LIGHT)).astype(np.float64)
    unit = before.face.interocular_px * before.frame.factor
    slope = _slope(np.column_stack([columns, rows]) / unit, ratio)
    roll = math.radians(before.face.roll_degrees)
    return LightSlope(
        float(slope @ (math.cos(roll), math.sin(roll))), float(slope @ (-math.sin(roll), math.cos(roll)))
    )


def _averaged(subject: Subject) -> FieldArray:
    """Return the green light of a frame at a quarter of its resolution."""
    green = np.ascontiguousarray(subject.frame.linear[..., 1])
    height, width = (side // SMALL_STEP for side in green.shape)
    cut = green[: height * SMALL_STEP, : width * SMALL_STEP]
    padded = cv2.copyMakeBorder(
        cv2.resize(cut, (width, height), interpolation=cv2.INTER_AREA), 0, 1, 0, 1, cv2.BORDER_REPLICATE
    )
    return np.asarray(padded, np.float32)


def _slope(places: FloatArray, values: FloatArray) -> FloatArray:
    """Fit a plane, leaving out what lies far off it; return its two slopes."""
    terms = np.column_stack([places - places.mean(axis=0), np.ones(len(places))])
    keep = np.ones(len(values), bool)
    for _ in range(FIT_ROUNDS):
        solution = np.linalg.lstsq(terms[keep], values[keep], rcond=None)[0]
        rest = values - terms @ solution
        spread = 1.4826 * np.median(np.abs(rest[keep])) + np.finfo(np.float32).eps
        keep = np.abs(rest) < FIT_CLIP * spread
    return np.asarray(solution[:2])


def detail_change(before: Subject, after: Subject, alignment: Alignment) -> DetailChange:
    """Return how the finest detail changed on the skin and at the edges of eyes and lips.

    A blurred photo softens both; a beauty filter smooths the skin and spares the edges.

    Parameters
    ----------
    before, after : Subject
        The prepared photos.
    alignment : Alignment
        Before to after.

    Returns
    -------
    DetailChange
        NaN on close-ups.
    """
    if before.face is None or not alignment.is_aligned:
        return NO_DETAIL
    shape = before.frame.shape
    points = before.frame.from_photo(before.face.xy)
    skin = alignment.skin & draw_rings(points, TONE_RINGS, shape)
    px_per_mm = before.face.interocular_px * before.frame.factor / CANTHI_MM
    thick = max(2, round(2 * EDGE_REACH_MM * px_per_mm))
    drawn = np.zeros(shape, np.uint8)
    for ring in EYES_AND_LIPS:
        cv2.polylines(drawn, [np.round(points[list(ring)]).astype(np.int32)], True, 1, thick)
    edges = drawn > 0
    if min(np.count_nonzero(skin), np.count_nonzero(edges)) < MIN_PLACES:
        return NO_DETAIL
    box = box_round(skin | edges, math.ceil(3 * FINE_PX[1]))
    moved = sample(np.ascontiguousarray(after.frame.linear[..., 1]), alignment.field[box], cubic=True)
    bands = [_fine_band(green) for green in (before.frame.linear[..., 1][box], moved)]
    changes = []
    for where, quantile in ((skin[box], SKIN_QUANTILE), (edges[box], EDGE_QUANTILE)):
        first, second = (float(np.quantile(band[where], quantile)) for band in bands)
        changes.append(math.log(second / first) if min(first, second) > 0 else math.nan)
    return DetailChange(*changes)


def _fine_band(green: FieldArray) -> FieldArray:
    """Return the size of the finest detail of log light."""
    light = np.log(np.maximum(green, LEAST_LIGHT))
    return np.asarray(np.abs(blur(light, FINE_PX[0]) - blur(light, FINE_PX[1])), np.float32)
