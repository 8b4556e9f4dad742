"""What is painted on the head's skin in uv: eyes, lids, lashes, brows, lips, nostrils and hairline.

The uv raster covers `UV_SIZE_MM` with its top-left corner at (`UV_LEFT_MM`, `UV_TOP_MM`); pixel (column, row)
has its centre at (left + (column + 0.5) / px_per_mm, top + (row + 0.5) / px_per_mm).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from skincompare.synthetic.head import (
    EYE_INNER_MM,
    EYE_OUTER_MM,
    EYE_U_MM,
    MOUTH_HALF_WIDTH_MM,
    FloatArray,
    HeadTraits,
    eye_opening_mask,
    lid_edges,
    lip_edges,
)
from skincompare.synthetic.noise import FloatMap, smooth_field, stream

UV_LEFT_MM, UV_TOP_MM = -90.0, -100.0
UV_SIZE_MM = (180.0, 270.0)

IRIS_DIAMETER_MM = 11.7  # horizontal visible iris; Rüfer 2005, doi 10.1097/01.ico.0000148312.01805.53
PUPIL_RADIUS_MM = 1.75
IRIS_V_MM = 0.1

SCLERA = (0.60, 0.56, 0.53)  # linear RGB
CARUNCLE = (0.58, 0.33, 0.29)
LID_MARGIN = (0.52, 0.30, 0.26)
STROKE_SHIFT = 4  # fractional bits of cv2's drawing coordinates


@dataclass
class Paint:
    """The maps while they are painted: albedo (rows, columns, 3), height in mm, gloss, eye share, hair share."""

    albedo: FloatMap
    height: FloatMap
    gloss: FloatMap
    eye: FloatMap
    px_per_mm: float

    def window(
        self, u0: float, u1: float, v0: float, v1: float
    ) -> tuple[slice, slice, FloatArray, FloatArray]:
        """Return row and column slices of a rectangle in uv and its u and v coordinates."""
        rows, columns = self.height.shape
        first_c, last_c = (round((u - UV_LEFT_MM) * self.px_per_mm) for u in (u0, u1))
        first_r, last_r = (round((v - UV_TOP_MM) * self.px_per_mm) for v in (v0, v1))
        cs, rs = slice(max(first_c, 0), min(last_c, columns)), slice(max(first_r, 0), min(last_r, rows))
        u_axis = UV_LEFT_MM + (np.arange(cs.start, cs.stop) + 0.5) / self.px_per_mm
        v_axis = UV_TOP_MM + (np.arange(rs.start, rs.stop) + 0.5) / self.px_per_mm
        u, v = np.meshgrid(u_axis, v_axis)
        return rs, cs, u, v


def _step(x: FloatArray, low: float, high: float) -> FloatArray:
    t = np.clip((x - low) / (high - low), 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t))


def _mix(albedo: FloatMap, colour: FloatArray, share: FloatArray) -> None:
    """Blend `colour` (3,) or (rows, columns, 3) into the view `albedo` by `share` (rows, columns)."""
    albedo += (share[..., None] * (colour - albedo)).astype(np.float32)


def strokes(
    shape: tuple[int, int],
    starts: FloatArray,
    angles: FloatArray,
    lengths: FloatArray,
    bends: FloatArray,
    thickness: int = 1,
) -> FloatMap:
    """Return the coverage (0 to 1) of curved hairs drawn in pixels.

    Parameters
    ----------
    shape : tuple of int
        Rows and columns.
    starts : numpy.ndarray
        Roots (N, 2), (x, y) px.
    angles, lengths, bends : numpy.ndarray
        Direction in radians (x right, y down), length in px and change of direction along the hair, (N,).
    thickness : int
        Line width at the root, px; the outer half is drawn one pixel wide.
    """
    steps = np.linspace(0.0, 1.0, 9)[1:]
    headings = angles[:, None] + bends[:, None] * steps
    pace = lengths[:, None, None] / len(steps)
    path = np.cumsum(np.stack([np.cos(headings), np.sin(headings)], axis=2) * pace, axis=1)
    points = np.concatenate([starts[:, None], starts[:, None] + path], axis=1)
    fixed = np.round(points * 2**STROKE_SHIFT).astype(np.int32)
    thin = np.zeros(shape, np.uint8)
    cv2.polylines(thin, list(fixed), False, 255, 1, cv2.LINE_AA, STROKE_SHIFT)
    if thickness > 1:
        cv2.polylines(thin, list(fixed[:, :6]), False, 255, thickness, cv2.LINE_AA, STROKE_SHIFT)
    return np.asarray(thin, dtype=np.float32) / 255.0


def _iris(side: FloatArray, v: FloatArray, traits: HeadTraits, rng: np.random.Generator) -> FloatArray:
    radius = np.hypot(side, v - IRIS_V_MM)
    angle = np.arctan2(v - IRIS_V_MM, side)
    fibres = np.zeros_like(radius)
    for count in (23, 41, 67, 101):
        phase, sway = rng.uniform(0, 2 * np.pi, 2)
        fibres += np.sin(count * angle + phase + 0.9 * np.sin(radius * 1.3 + sway)) / 4.0
    outer = IRIS_DIAMETER_MM / 2.0
    ring = np.exp(-(((radius - 2.7) / 0.7) ** 2))
    limbus = 1.0 - 0.86 * _step(radius, outer - 1.5, outer - 0.1)
    shade = (0.62 + 0.30 * fibres + 0.30 * ring) * limbus
    lower_glow = 1.0 + 0.45 * _step(v, -3.0, 5.0)  # light that enters above leaves below
    colour = np.asarray(traits.eye_colour) * (shade * lower_glow)[..., None]
    pupil = 1.0 - _step(radius, PUPIL_RADIUS_MM - 0.12, PUPIL_RADIUS_MM + 0.12)
    return np.asarray(colour * (1.0 - pupil[..., None]) + 0.002 * pupil[..., None])


def paint_eye(paint: Paint, sign: float, traits: HeadTraits, ita_degrees: float, seed: int) -> None:
    """Paint one eye (`sign` -1 the patient's right, +1 the left) into `paint`."""
    rng = stream(seed, f"eye {sign:+.0f}")
    rs, cs, u, v = paint.window(sign * EYE_U_MM - 22, sign * EYE_U_MM + 22, -17.0, 16.0)
    side = np.abs(u) - EYE_U_MM
    upper, lower = lid_edges(side, traits.eye_opening)
    soft = max(0.35, 1.2 / paint.px_per_mm)
    opening = eye_opening_mask(u, v, traits.eye_opening, soft)
    skin = paint.albedo[rs, cs]
    _paint_lids(paint, rs, cs, side, v, upper, lower)

    radius = np.hypot(side, v - IRIS_V_MM)
    size = (44.0, 33.0)
    veins = np.abs(smooth_field(rng, size, (u.shape[0], u.shape[1]), 0.9)).astype(np.float64)
    red = (
        0.04
        + 0.12 * _step(np.abs(side), 6.5, 14.0)
        + 0.10 * np.exp(-((veins / 0.12) ** 2)) * _step(np.abs(side), 6, 11)
    )
    white = np.asarray(SCLERA) * (1.0 - red[..., None] * np.asarray((0.25, 0.85, 0.85)))
    white *= float(np.interp(ita_degrees, (-50.0, 50.0), (0.62, 1.0)))  # the camera opens up for dark skin
    white *= (1.0 - 0.35 * _step(radius, 9.5, 15.5))[..., None]
    iris_share = 1.0 - _step(radius, IRIS_DIAMETER_MM / 2 - 0.18, IRIS_DIAMETER_MM / 2 + 0.18)
    ball = white + iris_share[..., None] * (_iris(side, v, traits, rng) - white)
    pink = _step(-side, EYE_INNER_MM - 4.4, EYE_INNER_MM - 2.6)
    ball = ball + pink[..., None] * (np.asarray(CARUNCLE) * min(1.0, 0.6 + ita_degrees / 100) - ball)
    shadow = 0.30 + 0.70 * _step(v - upper, -0.3, 2.6)
    shadow *= 0.82 + 0.18 * _step(lower - v, 0.0, 1.2)
    ball *= shadow[..., None]
    _mix(skin, ball, opening)
    paint.eye[rs, cs] = np.maximum(paint.eye[rs, cs], opening.astype(np.float32))
    wet = np.exp(-(((v - lower + 0.15) / 0.4) ** 2)) * (np.abs(side) < EYE_OUTER_MM - 1.5)
    margin = np.asarray(LID_MARGIN) * float(np.clip(0.55 + ita_degrees / 120, 0.25, 0.95))
    _mix(skin, margin, 0.55 * wet)
    _paint_lashes(paint, rs, cs, sign, traits, rng)


def _paint_lids(
    paint: Paint, rs: slice, cs: slice, side: FloatArray, v: FloatArray, upper: FloatArray, lower: FloatArray
) -> None:
    """Crease and shade the lids: the fold above the upper lid and the soft line below the lower."""
    skin, relief = paint.albedo[rs, cs], paint.height[rs, cs]
    within = _step(side, -EYE_INNER_MM - 2.0, -EYE_INNER_MM + 5.0) * (
        1.0 - _step(side, EYE_OUTER_MM - 2, EYE_OUTER_MM + 6)
    )
    fold = upper - 2.4 - 1.6 * np.exp(-(((side + 1.0) / 9.0) ** 2)) - 0.10 * np.clip(side, 0, None)
    crease = within * np.exp(-(((v - fold) / 0.55) ** 2))
    above = within * np.exp(-(((v - fold + 2.2) / 2.4) ** 2)) * (v < fold + 0.4)
    skin *= (1.0 - 0.50 * crease - 0.20 * above)[..., None] ** np.asarray((0.8, 1.05, 1.1))
    relief -= (0.5 * crease).astype(np.float32)
    on_lid = within * _step(v - fold, 0.0, 1.0) * (v < upper)
    skin *= (1.0 - 0.12 * on_lid)[..., None] ** np.asarray((0.6, 1.2, 1.1))
    bag = np.exp(-(((v - lower - 5.6 - 0.02 * side**2) / 1.1) ** 2)) * np.exp(-(((side + 3.0) / 9.0) ** 2))
    skin *= (1.0 - 0.10 * bag)[..., None] ** np.asarray((0.8, 1.1, 1.1))
    relief -= (0.22 * bag).astype(np.float32)
    liner = np.exp(-(((v - upper) / 0.55) ** 2)) * _step(side, -EYE_INNER_MM, -EYE_INNER_MM + 4)
    liner *= 1.0 - _step(side, EYE_OUTER_MM, EYE_OUTER_MM + 1.5)
    skin *= (1.0 - 0.62 * liner)[..., None]


def _paint_lashes(
    paint: Paint, rs: slice, cs: slice, sign: float, traits: HeadTraits, rng: np.random.Generator
) -> None:
    """Draw the lashes: upper ones long and curled, lower ones short and sparse."""
    skin = paint.albedo[rs, cs]
    scale = paint.px_per_mm
    left, top = UV_LEFT_MM + cs.start / scale, UV_TOP_MM + rs.start / scale
    colour = np.asarray(traits.hair_colour) * 0.25 + 0.002
    for count, length, is_upper in ((190, 4.6, True), (80, 2.2, False)):
        side = rng.uniform(-EYE_INNER_MM + 3.5, EYE_OUTER_MM + 0.2, count)
        upper, lower = lid_edges(side, traits.eye_opening)
        v = upper + 0.1 if is_upper else lower + 0.25
        fan = 0.055 * side + rng.normal(0.0, 0.13, count)
        aim = -np.pi / 2 + fan if is_upper else np.pi / 2 - fan
        grow = length * (0.45 + 0.55 * np.clip((side + 13) / 22, 0, 1)) * rng.uniform(0.6, 1.0, count)
        bend = 0.55 * np.sign(fan) if is_upper else -0.3 * np.sign(fan)
        if sign < 0:
            aim, bend = np.pi - aim, -bend
        u = sign * (EYE_U_MM + side)
        roots = np.stack([(u - left) * scale - 0.5, (v - top) * scale - 0.5], axis=1)
        width = max(1, round((0.10 if is_upper else 0.07) * scale))
        shape = (skin.shape[0], skin.shape[1])
        cover = strokes(shape, roots, aim, grow * scale, bend, width)
        _mix(skin, colour, (0.80 if is_upper else 0.40) * cover.astype(np.float64))
        paint.gloss[rs, cs] *= 1.0 - 0.95 * cover
        paint.eye[rs, cs] *= 1.0 - 0.9 * cover


BROW_MM = (
    (12.5, -17.2, 4.6),
    (20.0, -18.8, 5.8),
    (30.0, -20.8, 5.2),
    (40.0, -22.0, 3.9),
    (48.0, -20.4, 2.6),
    (55.0, -16.6, 1.2),
)
BROW_HAIRS = 900


def paint_brow(paint: Paint, sign: float, traits: HeadTraits, seed: int) -> None:
    """Draw one brow hair by hair."""
    rng = stream(seed, f"brow {sign:+.0f}")
    rs, cs, _, _ = paint.window(min(sign * 8.0, sign * 64.0), max(sign * 8.0, sign * 64.0), -36.0, -8.0)
    skin = paint.albedo[rs, cs]
    scale = paint.px_per_mm
    left, top = UV_LEFT_MM + cs.start / scale, UV_TOP_MM + rs.start / scale
    table = np.asarray(BROW_MM)
    along = 12.5 + 41.0 * rng.beta(1.05, 1.1, BROW_HAIRS)
    across = np.clip(rng.normal(0.0, 0.27, BROW_HAIRS), -0.55, 0.55)
    middle = np.interp(along, table[:, 0], table[:, 1])
    thick = np.interp(along, table[:, 0], table[:, 2]) * traits.brow_thickness
    slope = np.gradient(np.interp(np.linspace(15, 55, 81), table[:, 0], table[:, 1]), 0.5)
    lean = np.arctan(np.interp(along, np.linspace(15, 55, 81), slope))
    upright = -np.interp(along, (12.5, 20.0, 30.0, 54.0), (1.0, 0.55, 0.22, 0.0)) + 0.75 * across
    aim = lean + upright + rng.normal(0.0, 0.16, BROW_HAIRS)
    bend = -0.7 * upright * rng.uniform(0.4, 1.0, BROW_HAIRS)
    length = rng.uniform(3.5, 6.5, BROW_HAIRS) * np.interp(along, (15.5, 24.0, 54.0), (0.75, 1.0, 0.7))
    if sign < 0:
        aim, bend = np.pi - aim, -bend
    u, v = sign * along, middle + across * thick
    roots = np.stack([(u - left) * scale - 0.5, (v - top) * scale - 0.5], axis=1)
    width = max(1, round(0.11 * scale))
    shape = (skin.shape[0], skin.shape[1])
    cover = strokes(shape, roots, aim, length * scale, bend, width).astype(np.float64)
    haze: FloatArray = np.asarray(cv2.GaussianBlur(cover, (0, 0), 1.0 * scale), dtype=np.float64)
    colour = np.asarray(traits.hair_colour)
    _mix(skin, colour, 0.40 * np.clip(haze, 0, 1))
    _mix(skin, colour * 0.50, 0.80 * cover)
    paint.gloss[rs, cs] *= (1.0 - 0.9 * np.clip(cover + 0.5 * haze, 0, 1)).astype(np.float32)


LIP_HEMOGLOBIN = 0.27  # optical density in G, added on the red of the lips
LIP_MELANIN_DARK = 0.10  # more pigment on the lips of dark skin


def lip_share(u: FloatArray, v: FloatArray, lips: float) -> FloatArray:
    """Return 1 on the red of the lips and 0 on skin, with a soft border."""
    upper, _, lower = lip_edges(u, lips)
    inside = np.minimum(v - upper, lower - v)
    return np.asarray(_step(inside, -0.7, 1.0) * (np.abs(u) < MOUTH_HALF_WIDTH_MM + 0.5))


def paint_mouth(paint: Paint, traits: HeadTraits, seed: int) -> None:
    """Paint the line between the lips, their fine folds and their gloss."""
    rng = stream(seed, "lips")
    rs, cs, u, v = paint.window(-32.0, 32.0, 52.0, 90.0)
    skin, relief = paint.albedo[rs, cs], paint.height[rs, cs]
    _, line, lower = lip_edges(u, traits.lips)
    share = lip_share(u, v, traits.lips)
    reach = np.clip(np.abs(u) / MOUTH_HALF_WIDTH_MM, 0.0, 1.06)
    seam = np.exp(-(((v - line) / (0.62 - 0.2 * reach)) ** 2)) * (1.0 - _step(reach, 0.97, 1.06))
    near = np.exp(-(((v - line + 0.6) / 1.7) ** 2)) * (1.0 - _step(reach, 0.85, 1.05))
    skin *= (1.0 - 0.78 * seam)[..., None] ** np.asarray((0.85, 1.15, 1.1))
    skin *= (1.0 - 0.22 * near)[..., None] ** np.asarray((0.7, 1.1, 1.1))
    fine = smooth_field(rng, (64.0, 38.0), (u.shape[0], u.shape[1]), (0.35, 3.5)).astype(np.float64)
    relief += (share * np.clip(fine, -2.0, 0.7) * 0.045).astype(np.float32)
    skin *= (1.0 + 0.035 * share * fine)[..., None]
    below = np.exp(-(((v - lower - 2.0) / 1.6) ** 2)) * np.exp(-((u / 11.0) ** 2))
    skin *= (1.0 - 0.09 * below)[..., None]
    paint.gloss[rs, cs] *= (1.0 + 0.9 * share).astype(np.float32)


def paint_nostrils(paint: Paint, traits: HeadTraits) -> None:
    """Darken the nostrils and the fold beside the nose."""
    rs, cs, u, v = paint.window(-24.0, 24.0, 26.0, 54.0)
    skin = paint.albedo[rs, cs]
    half = np.abs(u)
    tilt = (half - 6.9 * traits.nose_width) * 0.25
    hole = np.hypot((half - 6.9 * traits.nose_width) / 3.7, (v - 44.6 + tilt) / 1.55)
    depth = 1.0 - _step(hole, 0.55, 1.25)
    skin *= 10.0 ** (-depth[..., None] * np.asarray((0.85, 1.25, 1.3)))
    wing = np.hypot((half - 12.6 * traits.nose_width) / 5.6, (v - 39.5) / 6.4)
    fold = np.exp(-(((wing - 1.0) / 0.14) ** 2)) * (half > 12.0 * traits.nose_width) * _step(v, 32.0, 38.0)
    skin *= (1.0 - 0.22 * fold)[..., None] ** np.asarray((0.75, 1.1, 1.1))


def hairline_v(u: FloatArray) -> FloatArray:
    """Return v of the hairline at u: above it is hair."""
    half = np.abs(u)
    return np.asarray(
        np.interp(half, (0, 18, 38, 52, 60, 64, 67, 69, 90), (-71, -72, -67, -55, -38, -20, 5, 40, 160))
    )


def paint_hairline(paint: Paint, traits: HeadTraits, seed: int) -> None:
    """Darken the scalp above the hairline and draw the short hairs that soften it."""
    rng = stream(seed, "hairline")
    rows, columns = paint.height.shape
    scale = paint.px_per_mm
    shape = (rows // 4, columns // 4)
    u_axis = UV_LEFT_MM + (np.arange(shape[1]) + 0.5) * 4.0 / scale
    v_axis = UV_TOP_MM + (np.arange(shape[0]) + 0.5) * 4.0 / scale
    u, v = np.meshgrid(u_axis, v_axis)
    ragged = smooth_field(rng, UV_SIZE_MM, shape, 2.0)
    depth = hairline_v(u) - v + 1.5 * ragged
    share = cv2.resize(
        _step(depth, -1.0, 7.0).astype(np.float32), (columns, rows), interpolation=cv2.INTER_LINEAR
    )
    count = 2600
    at_u = rng.uniform(-69.0, 69.0, count)
    at_v = hairline_v(at_u) - rng.exponential(4.0, count) + 3.0
    outward = np.arctan2(-60.0 + 0.0 * at_u, at_u * 1.6)
    aim = outward + rng.normal(0.0, 0.3, count)
    length = rng.uniform(5.0, 13.0, count)
    roots = np.stack([(at_u - UV_LEFT_MM) * scale - 0.5, (at_v - UV_TOP_MM) * scale - 0.5], axis=1)
    cover = strokes(
        (rows, columns), roots, aim, length * scale, rng.normal(0, 0.4, count), max(1, round(0.07 * scale))
    )
    total = np.maximum(share * 0.92, 0.5 * cover)
    colour = np.asarray(traits.hair_colour, dtype=np.float32) * 0.6
    for channel in range(3):
        plane = paint.albedo[..., channel]
        plane += total * (colour[channel] - plane)
    paint.gloss *= 1.0 - 0.8 * total
