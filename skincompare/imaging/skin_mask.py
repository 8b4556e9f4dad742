"""Which pixels of a frame are bare skin that can be measured.

Inside a face: what is not eyes, lips, brows, nostrils, hair or glare. Hair and glare are told by brightness against
the skin round them, with the light's slope across the face removed; colour is not used, so that reddened skin stays
skin. Clipped pixels never count.
"""

import math
from collections.abc import Iterable

import cv2
import numpy as np
import numpy.typing as npt

from skincompare.imaging.colour import ei_pair, luminance
from skincompare.imaging.face import Face
from skincompare.imaging.frame import Frame
from skincompare.imaging.regions import FACE_REGIONS, neck_outline
from skincompare.imaging.sampling import blur

__all__ = ["CLIPPED_SHARE", "EYES", "EYES_AND_LIPS", "TONE_RINGS", "draw_rings", "skin_mask"]

BoolImage = npt.NDArray[np.bool_]
FloatImage = npt.NDArray[np.float32]

CLIPPED_SHARE = 26
"""Share of clipped photo pixels under a frame pixel above which it does not count, of 255 (10 %)."""
DARKER_IS_HAIR = 0.75
"""Natural log by which a broad place is darker than the skin round it and then counts as hair or shadow."""
BRIGHTER_IS_GLARE = 0.45
"""Natural log by which a place is brighter than the skin round it and then counts as glare."""
HAIR_SCALE, GLARE_SCALE = 0.010, 0.004
"""Scales at which hair and glare are looked for, as shares of the distance between the outer eye corners."""
FEATURE_MARGIN = 0.03
"""Margin kept round eyes, lips, brows and nostrils, as a share of the distance between the outer eye corners."""
NECK_COLOUR = 20.0
"""Most by which the colour of a bare neck differs from the face, EI (untreated necks differ by less than 10)."""
TONE_RINGS = tuple(FACE_REGIONS[name] for name in ("forehead", "nose", "left_cheek", "right_cheek", "chin"))
"""Mesh points round the regions whose brightness stands for bare skin."""
LIGHT_RINGS = (
    *TONE_RINGS,
    *(
        FACE_REGIONS[f"{side}_{name}"]
        for side in ("left", "right")
        for name in ("temple", "crows_feet", "nasolabial")
    ),
)
"""Mesh points round the regions from which the slope of the light is told."""
LEAST_FITTED, FITTED_RIM = 10, 0.01
"""Fewest pixels from which the light is told, and the share of them outside the rim of what was fitted."""
CLOSE_UP_SURROUND = 0.06
"""Scale of the surroundings that glare is compared with on a close-up, as a share of the longer side."""

EYES = (
    (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246),
    (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466),
)
"""Mesh points round the right and the left eye."""
EYES_AND_LIPS = (
    *EYES,
    (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146),
)
"""Mesh points round both eyes and the lips."""
_FEATURES = (
    *EYES_AND_LIPS,
    (70, 63, 105, 66, 107, 55, 65, 52, 53, 46),
    (300, 293, 334, 296, 336, 285, 295, 282, 283, 276),
    (79, 239, 238, 20, 60, 75, 166),
    (309, 459, 458, 250, 290, 305, 392),
)
"""Mesh points round both eyes, both brows, the lips and both nostrils."""


def skin_mask(frame: Frame, face: Face | None) -> BoolImage:
    """Return which pixels of a frame are bare skin that can be measured.

    Parameters
    ----------
    frame : Frame
        The reduced photo.
    face : Face or None
        Its face, in photo coordinates; None for a close-up.

    Returns
    -------
    ndarray of bool, shape (height, width)
        True where a pixel counts.
    """
    usable = frame.clipped <= CLIPPED_SHARE
    # Hair, glare and the neck's colour are broad: a quarter of the pixels shows them as well.
    half = np.asarray(
        cv2.resize(frame.linear, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.float32
    )
    light = np.log(np.maximum(luminance(half), 1e-4))
    if face is None:
        surround = blur(light, CLOSE_UP_SURROUND * max(light.shape))
        return np.asarray(usable & _doubled(light - surround < BRIGHTER_IS_GLARE, frame.shape))
    points = frame.from_photo(face.xy)
    unit = face.interocular_px * frame.factor
    halved = (points + 0.5) / 2 - 0.5
    excess = light - _light_slope(light, halved)
    hair = blur(excess, HAIR_SCALE * unit / 2) < -DARKER_IS_HAIR
    glare = blur(excess, GLARE_SCALE * unit / 2) > BRIGHTER_IS_GLARE
    neck = (frame.from_photo(neck_outline(face)) + 0.5) / 2 - 0.5
    bare = _body(half, halved, neck) & ~hair & ~glare
    return np.asarray(usable & ~_features(points, frame.shape, unit) & _doubled(bare, frame.shape))


def _doubled(mask: BoolImage, shape: tuple[int, int]) -> BoolImage:
    """Bring a mask of half the resolution to a frame's shape."""
    return np.asarray(cv2.resize(mask.astype(np.uint8), shape[::-1], interpolation=cv2.INTER_NEAREST) > 0)


def _body(linear: FloatImage, points: npt.NDArray[np.float64], neck: npt.NDArray[np.float64]) -> BoolImage:
    """Return the face inside its mesh, and the neck where it has the colour of the face."""
    shape = linear.shape[:2]
    inside, below = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
    cv2.fillConvexPoly(inside, cv2.convexHull(np.round(points).astype(np.int32)), 1)
    cv2.fillPoly(below, [np.round(neck).astype(np.int32)], 1)
    bare = below > 0
    own, face = ei_pair(linear[bare]), ei_pair(linear[inside > 0])
    near = [np.abs(index - np.median(middle)) < NECK_COLOUR for index, middle in zip(own, face, strict=True)]
    bare[bare] = near[0] & near[1]
    return np.asarray((inside > 0) | bare)


def draw_rings(
    points: npt.NDArray[np.float64], rings: Iterable[tuple[int, ...]], shape: tuple[int, int]
) -> BoolImage:
    """Return which pixels lie inside any of the rings of points."""
    drawn = np.zeros(shape, np.uint8)
    for ring in rings:
        cv2.fillPoly(drawn, [np.round(points[list(ring)]).astype(np.int32)], 1)
    return drawn > 0


def _features(points: npt.NDArray[np.float64], shape: tuple[int, int], unit: float) -> BoolImage:
    """Fill what on a face is not skin, with a margin."""
    drawn = draw_rings(points, _FEATURES, shape).astype(np.uint8)
    side = 2 * math.ceil(FEATURE_MARGIN * unit) + 1
    return np.asarray(cv2.dilate(drawn, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))) > 0)


def _light_slope(light: FloatImage, points: npt.NDArray[np.float64]) -> FloatImage:
    """Fit a bowl to the brightness of the face: what even skin would show under this light, dimmer at the sides."""
    shape = light.shape[:2]
    rows, columns = np.nonzero(draw_rings(points, LIGHT_RINGS, shape))
    step = max(1, len(rows) // 5000)
    rows, columns = rows[::step], columns[::step]
    if len(rows) < LEAST_FITTED:
        return np.full(shape, float(np.median(light)), np.float32)
    middle, size = points.mean(axis=0), float(np.ptp(points[:, 1]))
    values = light[rows, columns]
    terms = _bowl((columns - middle[0]) / size, (rows - middle[1]) / size)
    # The temples of a turned head may be all hair: bare skin comes first, and what lies near its bowl joins it.
    bare = draw_rings(points, TONE_RINGS, shape)[rows, columns]
    keep = bare if np.count_nonzero(bare) >= LEAST_FITTED else np.ones(len(rows), bool)
    for _ in range(4):  # hair and glare inside the regions are left out, by 2.5 robust SD
        solution = np.linalg.lstsq(terms[keep], values[keep], rcond=None)[0]
        rest = values - terms @ solution
        centre = np.median(rest[keep])
        spread = 1.4826 * np.median(np.abs(rest[keep] - centre)) + 1e-3
        keep = np.abs(rest - centre) < 2.5 * spread
    # Beyond what was fitted the bowl is held at its rim, or it would run away below the chin and over the hair.
    fitted = np.column_stack([columns, rows])[keep]
    low, high = np.percentile(fitted, (100 * FITTED_RIM, 100 * (1 - FITTED_RIM)), axis=0)
    x = (np.clip(np.arange(shape[1]), low[0], high[0]) - middle[0]) / size
    y = (np.clip(np.arange(shape[0]), low[1], high[1]) - middle[1]) / size
    across = solution[0] + solution[1] * x + solution[3] * x * x
    down = solution[2] * y + solution[4] * y * y
    return np.asarray(across[None, :] + down[:, None], np.float32)


def _bowl(x: npt.NDArray[np.floating], y: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    return np.stack([np.ones_like(x), x, y, x * x, y * y], axis=-1)
