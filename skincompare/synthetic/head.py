"""The coarse shape of a head, neck and shoulders as a height map in millimetres.

The surface is z = h(u, v): u to the right of the picture (the patient's left), v down, z toward the camera,
all in mm, with the origin midway between the pupils. It is built from anthropometric proportions (Farkas,
*Anthropometry of the Head and Face*, 1994: interpupillary distance 63, face width 140, nose width 35, mouth
width 50, hairline to chin 185 mm), not from any person. Detail below half a millimetre belongs to the skin.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from skincompare.synthetic.noise import FloatMap, stream

FloatArray: TypeAlias = NDArray[np.float64]

GRID_STEP_MM = 0.5  # spacing of the height map
GRID_LEFT_MM, GRID_RIGHT_MM = -260.0, 260.0
GRID_TOP_MM, GRID_BOTTOM_MM = -150.0, 340.0
SHIRT_LOWEST_MM = -120.0  # cloth is smoothed above this height only
FLOOR_MM = -190.0  # height that stands for "nothing here"

EYE_U_MM = 31.5  # half the interpupillary distance
EYEBALL_RADIUS_MM = 12.0
EYEBALL_CENTRE_Z_MM = -13.6
LID_THICKNESS_MM = 1.2
EYE_INNER_MM, EYE_OUTER_MM = 15.2, 14.6  # canthi from the pupil, along u
MOUTH_V_MM = 68.0
MOUTH_HALF_WIDTH_MM = 25.0

# Midline profile without nose and lips: (v, z).
PROFILE_MM = (
    (-150.0, -190.0), (-120.0, -188.0), (-110.0, -130.0), (-101.0, -58.0), (-90.0, -24.0), (-78.0, -9.0),
    (-60.0, 2.0), (-40.0, 7.5), (-22.0, 9.5), (-10.0, 7.0), (0.0, 5.0), (20.0, 5.5), (40.0, 9.5), (50.0, 12.0),
    (60.0, 13.5), (68.0, 13.0), (78.0, 11.5), (87.0, 10.2), (95.0, 9.6), (102.0, 8.6), (109.0, 6.0),
    (115.0, 0.0), (119.0, -10.0), (123.0, -26.0), (128.0, -48.0), (140.0, -90.0), (160.0, -150.0),
    (180.0, -190.0), (340.0, -190.0),
)  # fmt: skip
# Half width of the head seen from the front: (v, mm).
OUTLINE_MM = (
    (-150.0, 8.0), (-120.0, 8.0), (-107.0, 24.0), (-95.0, 47.0), (-70.0, 67.5), (-40.0, 76.0), (-10.0, 77.0),
    (20.0, 73.5), (45.0, 68.5), (65.0, 62.5), (80.0, 56.0), (94.0, 47.0), (106.0, 37.5), (114.0, 30.0),
    (122.0, 25.0), (135.0, 22.0), (340.0, 22.0),
)  # fmt: skip
# Nose above the face: (v, ridge height, half width at the base).
NOSE_MM = (
    (-14.0, 0.0, 9.0), (-8.0, 1.5, 8.5), (0.0, 4.0, 8.0), (8.0, 8.0, 9.0), (20.0, 14.5, 11.5),
    (29.0, 19.5, 13.5), (35.0, 21.5, 14.5), (39.0, 20.0, 14.0), (42.0, 15.0, 12.0), (45.0, 8.0, 10.0),
    (48.0, 2.5, 8.0), (52.0, 0.0, 7.0),
)  # fmt: skip
# Soft mounds and hollows of one half face: (|u|, v, sigma_u, sigma_v, height).
RELIEF_MM = (
    (47.0, 24.0, 13.0, 10.0, 3.6),  # cheekbone
    (28.0, 38.0, 12.0, 13.0, 3.2),  # front of the cheek
    (44.0, 66.0, 12.0, 16.0, -2.0),  # hollow of the cheek
    (30.0, -19.0, 14.0, 6.0, 2.2),  # brow ridge
    (32.0, -4.0, 14.0, 8.0, -9.0),  # eye socket
    (16.0, 1.0, 4.0, 7.0, -3.0),  # inner corner of the eye
    (66.0, -22.0, 11.0, 18.0, -4.0),  # temple
    (26.0, 68.0, 6.0, 9.0, -3.2),  # beside the mouth
    (17.0, 96.0, 9.0, 8.0, -1.4),  # beside the chin
    (0.0, 86.5, 15.0, 4.0, -3.4),  # groove under the lower lip
    (9.0, 104.0, 9.0, 6.5, 1.8),  # chin pad
    (22.0, -52.0, 16.0, 15.0, 1.6),  # frontal eminence
    (34.0, 15.5, 10.0, 3.0, -1.1),  # under the eye
    (27.0, 108.0, 9.0, 7.0, 1.0),  # jaw
)


CHEEK_ROWS_MM = (24.0, 66.0)  # v of the mounds and hollows that the trait `cheekbones` scales
FACE_REACH_MM, FACE_BOTTOM_MM = 115.0, 190.0  # the head alone lies within this half width and above this v


@dataclass(frozen=True)
class HeadTraits:
    """What tells one head from another: factors of 1, and colours."""

    width: float
    jaw: float
    nose_width: float
    nose_height: float
    lips: float
    cheekbones: float
    eye_opening: float
    brow_thickness: float
    eye_colour: tuple[float, float, float]
    hair_colour: tuple[float, float, float]
    shirt_colour: tuple[float, float, float]
    parting_mm: float
    wave_mm: float
    hair_length: float


# Linear RGB.
EYE_COLOURS = (
    (0.060, 0.026, 0.010),
    (0.035, 0.016, 0.008),
    (0.110, 0.075, 0.030),
    (0.085, 0.130, 0.170),
    (0.080, 0.110, 0.070),
)
HAIR_COLOURS = (
    (0.030, 0.017, 0.010),
    (0.014, 0.009, 0.007),
    (0.065, 0.035, 0.018),
    (0.150, 0.085, 0.038),
    (0.100, 0.038, 0.016),
)
SHIRT_COLOURS = (
    (0.10, 0.15, 0.20),
    (0.62, 0.61, 0.58),
    (0.16, 0.19, 0.16),
    (0.24, 0.10, 0.11),
    (0.045, 0.05, 0.06),
)
DARK_SKIN_ITA = 10.0  # below it, eyes and hair are drawn from the two darkest colours


def draw_traits(head_seed: int, ita_degrees: float) -> HeadTraits:
    """Return the traits of the head of `head_seed`; a dark skin gets dark eyes and hair."""
    rng = stream(head_seed, "head traits")
    spread = np.clip(rng.normal(0.0, 1.0, 8), -1.8, 1.8)
    pick = rng.random(3)
    parting = float(rng.uniform(-14.0, 14.0))
    wave = float(rng.uniform(1.0, 4.5))
    length = float(rng.uniform(0.66, 1.0))
    dark = ita_degrees < DARK_SKIN_ITA
    n_colours = 2 if dark else len(EYE_COLOURS)
    width, jaw, nose_width, nose_height, lips, cheekbones, opening, brow = (
        float(1.0 + scale * value)
        for scale, value in zip((0.02, 0.03, 0.06, 0.05, 0.10, 0.25, 0.05, 0.12), spread, strict=True)
    )
    return HeadTraits(
        width=width,
        jaw=jaw,
        nose_width=nose_width * (1.06 if dark else 1.0),
        nose_height=nose_height,
        lips=lips * (1.10 if dark else 1.0),
        cheekbones=cheekbones,
        eye_opening=0.94 * opening,
        brow_thickness=brow,
        eye_colour=EYE_COLOURS[int(pick[0] * n_colours)],
        hair_colour=HAIR_COLOURS[int(pick[1] * n_colours)],
        shirt_colour=SHIRT_COLOURS[int(pick[2] * len(SHIRT_COLOURS))],
        parting_mm=parting,
        wave_mm=wave,
        hair_length=length,
    )


def grid_axes(step_mm: float = GRID_STEP_MM) -> tuple[FloatArray, FloatArray]:
    """Return the u and v of the height map's columns and rows."""
    u = np.arange(GRID_LEFT_MM, GRID_RIGHT_MM + step_mm / 2, step_mm)
    v = np.arange(GRID_TOP_MM, GRID_BOTTOM_MM + step_mm / 2, step_mm)
    return u, v


def smooth_max(a: FloatArray, b: FloatArray, width: float) -> FloatArray:
    """Return the larger of two surfaces, the seam rounded where they differ by less than `width`."""
    share = np.clip(0.5 + 0.5 * (a - b) / width, 0.0, 1.0)
    return np.asarray(b + (a - b) * share + 0.5 * width * share * (1.0 - share))


def eye_side(u: FloatArray) -> FloatArray:
    """Return the distance from the pupil along u, positive toward the ear, for both eyes at once."""
    return np.asarray(np.abs(u) - EYE_U_MM)


def lid_edges(side_mm: FloatArray, opening: float) -> tuple[FloatArray, FloatArray]:
    """Return v of the upper and the lower lid edge at `side_mm` from the pupil (toward the ear positive).

    Both meet at the canthi; outside them both equal the canthus, so that the opening is empty there.
    """
    reach = np.where(side_mm < 0, -side_mm / EYE_INNER_MM, side_mm / EYE_OUTER_MM)
    reach = np.clip(reach, 0.0, 1.0)
    canthus = np.interp(side_mm, (-EYE_INNER_MM, EYE_OUTER_MM), (1.8, -0.6))
    upper_power = np.where(side_mm < 0, 2.0, 2.5)
    upper = canthus - (4.35 * opening + canthus) * (1.0 - reach**upper_power) ** 0.85
    lower = canthus + (5.45 * opening - canthus) * (1.0 - reach**2.1) ** 0.9
    return upper, lower


def lip_edges(u: FloatArray, lips: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return v of the upper lip's border, of the mouth line and of the lower lip's border at u."""
    reach = np.clip(np.abs(u) / MOUTH_HALF_WIDTH_MM, 0.0, 1.0)
    line = (
        MOUTH_V_MM
        + 0.9 * np.exp(-((u / 4.0) ** 2))
        - 0.8 * np.exp(-(((np.abs(u) - 9.0) / 5.0) ** 2))
        + 1.0 * reach**3
    )
    upper_height = lips * (7.4 * (1.0 - reach**1.7) ** 0.95 - 1.6 * np.exp(-((u / 2.6) ** 2)))
    lower_height = lips * 9.6 * (1.0 - reach**2.4) ** 0.9
    return line - upper_height, line, line + lower_height


def _curve(table: tuple[tuple[float, ...], ...], column: int, v: FloatArray) -> FloatArray:
    rows = np.asarray(table)
    at = np.clip(v, rows[0, 0], rows[-1, 0])
    lines = at[:, 0]  # v is the same along a row
    return np.asarray(PchipInterpolator(rows[:, 0], rows[:, column])(lines)[:, None])


def _skull(u: FloatArray, v: FloatArray, traits: HeadTraits) -> FloatArray:
    """Return the head without nose, lips and eyes: convex cross-sections along the midline profile."""
    jaw = 1.0 + (traits.jaw - 1.0) * np.clip((v - 20.0) / 60.0, 0.0, 1.0)
    half_width = _curve(OUTLINE_MM, 1, v) * traits.width * jaw
    reach = np.abs(u) / half_width
    exponent = np.interp(v, (-120.0, -60.0, 20.0, 110.0), (2.1, 2.5, 2.35, 2.1))
    depth = np.interp(v, (-120.0, -80.0, 60.0, 118.0, 130.0), (60.0, 95.0, 90.0, 60.0, 55.0))
    inside = np.clip(1.0 - np.clip(reach, 0.0, 1.0) ** exponent, 0.0, 1.0)
    # A pure root falls vertically at the outline; the small offset keeps the slope finite.
    offset = 0.012
    drop = 1.0 - (np.sqrt(inside + offset) - np.sqrt(offset)) / (np.sqrt(1 + offset) - np.sqrt(offset))
    beyond = np.clip(np.abs(u) - half_width, 0.0, None)
    return np.asarray(_curve(PROFILE_MM, 1, v) - depth * drop - 20.0 * beyond)


def _nose(u: FloatArray, v: FloatArray, traits: HeadTraits) -> FloatArray:
    ridge = _curve(NOSE_MM, 1, v) * traits.nose_height
    half_width = _curve(NOSE_MM, 2, v) * (1.0 + (traits.nose_width - 1.0) * np.clip(v / 30.0, 0.0, 1.0))
    reach = np.clip(np.abs(u) / (half_width * 1.45), 0.0, 1.0)
    nose = ridge * np.cos(0.5 * np.pi * reach) ** 2.0
    side = np.abs(u) - 12.6 * traits.nose_width
    wing = 9.0 * np.exp(-(np.hypot(side / 5.0, (v - 39.0) / 5.8) ** 2.4))
    nose = smooth_max(nose, wing, 3.5)
    tip = 2.2 * np.exp(-0.5 * ((u / 5.5) ** 2 + ((v - 34.5) / 5.0) ** 2))
    groove = -1.2 * np.exp(
        -0.5 * (((np.abs(u) - 8.6 * traits.nose_width) / 1.6) ** 2 + ((v - 35.0) / 4.0) ** 2)
    )
    nostril = -3.5 * np.exp(-0.5 * (((np.abs(u) - 6.6) / 2.2) ** 2 + ((v - 44.2) / 1.3) ** 2))
    return np.asarray(nose + tip + groove + nostril)


def _mouth(u: FloatArray, v: FloatArray, traits: HeadTraits) -> FloatArray:
    upper, line, lower = lip_edges(u, traits.lips)
    reach = np.clip(np.abs(u) / MOUTH_HALF_WIDTH_MM, 0.0, 1.0)
    taper = (1.0 - reach**2.2) ** 0.8
    upper_span, lower_span = np.maximum(line - upper, 0.6), np.maximum(lower - line, 0.6)
    upper_at = np.clip((line - v) / upper_span, -0.4, 2.0)
    lower_at = np.clip((v - line) / lower_span, -0.4, 2.0)
    bulge_up = 2.9 * np.exp(-0.5 * ((upper_at - 0.45) / 0.40) ** 2)
    bulge_low = 4.0 * np.exp(-0.5 * ((lower_at - 0.48) / 0.38) ** 2)
    groove = -2.2 * np.exp(-0.5 * ((v - line) / 0.9) ** 2) * (1.0 - reach**6)
    corner = -1.6 * np.exp(-0.5 * (((np.abs(u) - MOUTH_HALF_WIDTH_MM) / 2.6) ** 2 + ((v - line) / 2.4) ** 2))
    philtrum = np.exp(-0.5 * ((v - 55.5) / 4.0) ** 2) * (
        -1.0 * np.exp(-0.5 * (u / 2.3) ** 2) + 0.7 * np.exp(-0.5 * ((np.abs(u) - 5.2) / 1.6) ** 2)
    )
    return np.asarray(taper * (bulge_up + bulge_low + groove) + corner + philtrum)


def eye_opening_mask(u: FloatArray, v: FloatArray, opening: float, softness_mm: float) -> FloatArray:
    """Return 1 between the lids and 0 on the skin, with an edge of about `softness_mm`."""
    side = eye_side(u)
    upper, lower = lid_edges(side, opening)
    inside = np.minimum(v - upper, lower - v)
    inside = np.minimum(inside, np.minimum(side + EYE_INNER_MM, EYE_OUTER_MM - side))
    return np.asarray(np.clip(0.5 + inside / softness_mm, 0.0, 1.0))


def _with_eyes(face: FloatArray, u: FloatArray, v: FloatArray, traits: HeadTraits) -> FloatArray:
    side = eye_side(u)
    radius2 = side**2 + (v * 0.98) ** 2
    ball = EYEBALL_CENTRE_Z_MM + np.sqrt(np.clip(EYEBALL_RADIUS_MM**2 - radius2, 1.0, None))
    cover = EYEBALL_RADIUS_MM + LID_THICKNESS_MM
    over = cover**2 - radius2 * 0.86
    lid = EYEBALL_CENTRE_Z_MM + np.sqrt(np.clip(over, 0.0, None)) + np.minimum(over, 0.0)
    lidded = smooth_max(face, lid, 3.5)
    opening = eye_opening_mask(u, v, traits.eye_opening, 0.8)
    return np.asarray(lidded * (1.0 - opening) + ball * opening)


def collar_v(u: FloatArray) -> FloatArray:
    """Return v of the shirt's neckline at u: below it is cloth."""
    return np.asarray(158.0 - 22.0 * np.clip(np.abs(u) / 66.0, 0.0, 1.4) ** 2.6)


def _neck_and_shoulders(u: FloatArray, v: FloatArray) -> FloatArray:
    neck_width = np.interp(v, (100.0, 140.0, 185.0, 230.0), (51.0, 50.0, 56.0, 80.0))
    reach = np.clip(np.abs(u) / neck_width, 0.0, 1.0)
    front = np.interp(v, (90.0, 122.0, 150.0, 185.0, 230.0), (-62.0, -52.0, -48.0, -44.0, -40.0))
    tendon = 2.4 * np.exp(-0.5 * ((np.abs(u) - np.interp(v, (110.0, 185.0), (46.0, 10.0))) / 5.0) ** 2)
    notch = -3.5 * np.exp(-0.5 * ((u / 7.0) ** 2 + ((v - 184.0) / 7.0) ** 2))
    neck = (
        front
        - 62.0 * (1.0 - np.sqrt(1.0 - reach**2.2 + 1e-9))
        - 20.0 * np.clip(np.abs(u) - neck_width, 0, None)
    )
    neck = neck + (tendon + notch) * np.clip((v - 120.0) / 25.0, 0.0, 1.0) * np.clip(
        (215.0 - v) / 25.0, 0.0, 1.0
    ) * (reach < 1.0)
    neck = neck - 4.0 * np.clip(112.0 - v, 0.0, None)
    ridge = np.interp(
        np.abs(u),
        (0.0, 50.0, 80.0, 130.0, 175.0, 205.0, 235.0),
        (128.0, 140.0, 163.0, 183.0, 199.0, 225.0, 300.0),
    )
    below = np.clip((v - ridge) / 75.0, 0.0, 1.0)
    shoulder = (
        -112.0 + 66.0 * np.sqrt(below * (2.0 - below)) - 0.00055 * u**2 - 20.0 * np.clip(ridge - v, 0.0, None)
    )
    return smooth_max(neck, shoulder, 12.0)


def coarse_height(traits: HeadTraits) -> FloatMap:
    """Return the height map of the whole bust in mm, float32, on the grid of `grid_axes`."""
    u_axis, v_axis = grid_axes()
    u, v = np.meshgrid(u_axis, v_axis)
    bust = np.maximum(_neck_and_shoulders(u, v), FLOOR_MM)
    rows = slice(0, int(np.searchsorted(v_axis, FACE_BOTTOM_MM)))
    columns = slice(*(int(edge) for edge in np.searchsorted(u_axis, (-FACE_REACH_MM, FACE_REACH_MM))))
    face = np.maximum(_face(u[rows, columns], v[rows, columns], traits), FLOOR_MM - 20.0)
    bust[rows, columns] = smooth_max(face, bust[rows, columns], 5.0)
    smooth = cv2.GaussianBlur(np.maximum(bust, FLOOR_MM).astype(np.float32), (0, 0), 0.9)
    soft = cv2.GaussianBlur(smooth, (0, 0), 12.0)  # cloth bridges what lies under it
    cloth = np.clip((v - collar_v(u) + 4.0) / 8.0, 0.0, 1.0).astype(np.float32)
    cloth *= (bust > SHIRT_LOWEST_MM).astype(np.float32)
    return np.asarray(smooth + cloth * (soft - smooth), dtype=np.float32)


def _face(u: FloatArray, v: FloatArray, traits: HeadTraits) -> FloatArray:
    """Return the head alone: skull, soft relief, nose, mouth and eyes."""
    face = _skull(u, v, traits)
    for at_u, at_v, sigma_u, sigma_v, height in RELIEF_MM:
        gain = traits.cheekbones if at_v in CHEEK_ROWS_MM else 1.0
        across = np.exp(-0.5 * ((u - at_u) / sigma_u) ** 2)
        if at_u > 0.0:  # both sides add up: no crease on the midline
            across = across + np.exp(-0.5 * ((u + at_u) / sigma_u) ** 2)
        face = face + gain * height * across * np.exp(-0.5 * ((v - at_v) / sigma_v) ** 2)
    face = face + _nose(u, v, traits) + _mouth(u, v, traits)
    return _with_eyes(face, u, v, traits)
