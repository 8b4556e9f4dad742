"""From geometry, paint and light to scene-linear colour, band by band so that 12 megapixels fit in memory."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from skincompare.synthetic.face_paint import UV_LEFT_MM, UV_TOP_MM, Paint
from skincompare.synthetic.hair import BRIGHTEST, HairStrands, backdrop_outline, draw_hair
from skincompare.synthetic.head import (
    GRID_LEFT_MM,
    GRID_STEP_MM,
    GRID_TOP_MM,
    FloatArray,
    HeadTraits,
    collar_v,
    grid_axes,
)
from skincompare.synthetic.lighting import RELIEF_SHARE, LitSurface, PortraitLight, eye_normals, light_head
from skincompare.synthetic.noise import FloatMap, smooth_field, stream
from skincompare.synthetic.surface import MISS_MM, PosedHead

BAND_ROWS = 192
TEXTURE_OVERSAMPLING = 1.25  # the skin's maps are reduced to this many samples per picture pixel
# Fine slopes tilt diffuse light and gloss by these shares; a coarse pixel averages them away.
RELIEF_PX_PER_MM = (3.0, 12.0)
RELIEF_GAIN = (0.55, 0.90)
BROAD_POWER, TIGHT_POWER = 14.0, 60.0
BROAD_SHEEN, TIGHT_SHEEN, RIM_SHEEN = 0.050, 0.050, 0.07
SHEEN_RELIEF = (0.55, 0.85)
CATCHLIGHT_TANGENT = 0.085
CATCHLIGHT = 0.95
EYE_GLOW = 0.22  # share of the eye's light that comes from within it
BACK_HAIR_SHADE = 0.14  # brightness of the hair behind the neck, times the hair's colour
HAIR_EDGE_PX = 0.9
HAIR_SHADOW, HAIR_SHADOW_MM = 0.5, 5.0  # depth and width of the hair's shadow on the skin
HAIR_GLOSS_WHITE, HAIR_GLOSS_TINTED = 0.06, 1.2
BACKGROUND = (0.30, 0.315, 0.335)


@dataclass(frozen=True, eq=False)
class ShadedScene:
    """Scene-linear picture (rows, columns, 3) and the share of each pixel that shows bare skin."""

    linear: FloatMap
    skin_visible: FloatMap


@dataclass(frozen=True, eq=False)
class _Textures:
    """The skin's maps at the picture's resolution: colour, and (slope u, slope v, gloss, eye)."""

    albedo: FloatMap
    surface: FloatMap
    px_per_mm: float


def _textures(paint: Paint, px_per_mm: float) -> _Textures:
    scale = min(1.0, TEXTURE_OVERSAMPLING * px_per_mm / paint.px_per_mm)

    def reduced(image: FloatMap) -> FloatMap:
        if scale == 1.0:
            return image
        # No size is given: rounding it would give the two axes different scales, and skin points the wrong place.
        small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        return np.asarray(small, dtype=np.float32)

    height = reduced(paint.height)
    resolution = paint.px_per_mm * scale
    half = np.float32(0.5 * resolution * np.interp(resolution, RELIEF_PX_PER_MM, RELIEF_GAIN))
    surface = np.empty((*height.shape, 4), np.float32)
    cross = np.array([[-1.0, 0.0, 1.0]], np.float32)
    surface[..., 0] = cv2.filter2D(height, -1, cross) * half
    surface[..., 1] = cv2.filter2D(height, -1, cross.T) * half
    surface[..., 2] = reduced(paint.gloss)
    surface[..., 3] = reduced(paint.eye)
    return _Textures(albedo=reduced(paint.albedo), surface=surface, px_per_mm=resolution)


def _cloth() -> FloatMap:
    """Return the shirt's brightness on the posed grid: knit, soft folds and the collar's rib."""
    u_axis, v_axis = grid_axes()
    shape = (len(v_axis), len(u_axis))
    size = (float(u_axis[-1] - u_axis[0]), float(v_axis[-1] - v_axis[0]))
    rng = stream(0, "cloth")
    u, v = np.meshgrid(u_axis, v_axis)
    cloth = (
        1.0 + 0.05 * smooth_field(rng, size, shape, 0.45) + 0.06 * smooth_field(rng, size, shape, (7.0, 30.0))
    )
    below = v - collar_v(u)
    cloth *= 1.0 - 0.30 * np.exp(-(((below - 13.0) / 0.8) ** 2)) - 0.45 * np.exp(-((below / 1.6) ** 2))
    rib = 0.06 * np.sin(2.0 * np.pi * u / 2.1) * ((below > 0) & (below < 13.0))
    return np.asarray(cloth + rib, dtype=np.float32)


def _background(size_px: tuple[int, int], exposure: float) -> FloatMap:
    width, height = size_px
    x = np.linspace(-1.0, 1.0, width, dtype=np.float32)[None, :]
    y = np.linspace(-1.0, 1.0, height, dtype=np.float32)[:, None]
    glow = 0.55 + 0.75 * np.exp(-((x - 0.25) ** 2 * 0.9 + (y + 0.05) ** 2 * 0.8)) - 0.10 * y
    return np.asarray(
        glow[..., None] * np.asarray(BACKGROUND, np.float32) * np.float32(exposure), dtype=np.float32
    )


def _grid_lookup(grid: FloatMap, u: FloatMap, v: FloatMap) -> FloatMap:
    columns = (u - np.float32(GRID_LEFT_MM)) / np.float32(GRID_STEP_MM)
    rows = (v - np.float32(GRID_TOP_MM)) / np.float32(GRID_STEP_MM)
    return np.asarray(cv2.remap(grid, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


def _skin_lookup(texture: FloatMap, u: FloatMap, v: FloatMap, px_per_mm: float) -> FloatMap:
    columns = (u - np.float32(UV_LEFT_MM)) * np.float32(px_per_mm) - np.float32(0.5)
    rows = (v - np.float32(UV_TOP_MM)) * np.float32(px_per_mm) - np.float32(0.5)
    return np.asarray(cv2.remap(texture, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


@dataclass(frozen=True, eq=False)
class _Surfaces:
    """What one band of pixels looks up: posed place, light, slopes."""

    u: FloatMap
    v: FloatMap
    z: FloatMap


def _view(geometry: PosedHead, band: _Surfaces) -> tuple[FloatMap, FloatMap, FloatMap]:
    eye = geometry.eye_mm.astype(np.float32)
    x, y, z = eye[0] - band.u, eye[1] - band.v, eye[2] - band.z
    length = 1.0 / np.sqrt(x * x + y * y + z * z)
    return x * length, y * length, z * length


def _toward_half(
    slope_u: FloatMap, slope_v: FloatMap, view: tuple[FloatMap, FloatMap, FloatMap], lamp: FloatArray
) -> FloatMap:
    """Return the cosine between the normal and the half vector of view and lamp."""
    hx, hy, hz = (part + np.float32(value) for part, value in zip(view, lamp, strict=True))
    raw = hz - slope_u * hx - slope_v * hy
    norm = np.sqrt((1.0 + slope_u**2 + slope_v**2) * (hx * hx + hy * hy + hz * hz))
    return np.asarray(np.clip(raw / norm, 0.0, 1.0), dtype=np.float32)


def _power(base: FloatMap, exponent: float) -> FloatMap:
    return np.asarray(cv2.pow(base, exponent), dtype=np.float32)


def _shade_band(
    geometry: PosedHead,
    band: _Surfaces,
    textures: _Textures,
    lit: LitSurface,
    light: PortraitLight,
) -> FloatMap:
    """Return the colour of skin and eyes for one band of pixels."""
    if geometry.pose.smile or geometry.pose.brow_raise:
        moved = _grid_lookup(geometry.movement, band.u, band.v)
        u, v = band.u - moved[..., 0], band.v - moved[..., 1]
    else:
        u, v = band.u, band.v
    colour = _skin_lookup(textures.albedo, u, v, textures.px_per_mm)
    surface = _skin_lookup(textures.surface, u, v, textures.px_per_mm)
    diffuse = _grid_lookup(lit.diffuse, band.u, band.v)
    guide = _grid_lookup(lit.guide, band.u, band.v)
    fine_u, fine_v, gloss, eye = (surface[..., index] for index in range(4))
    seen, open_share = guide[..., 2], guide[..., 3]
    calm = 1.0 / (1.0 + guide[..., 0] ** 2 + guide[..., 1] ** 2)  # a skin seen edge-on shows no relief
    fine_u, fine_v = fine_u * calm, fine_v * calm
    skin_only = 1.0 - eye
    tilt = -(fine_u * np.float32(lit.key[0]) + fine_v * np.float32(lit.key[1])) * seen * skin_only
    # the wet eye holds no wandering red light, and scatters light into its own corners
    even = (1.0 - EYE_GLOW) * diffuse[..., 1:2] + np.float32(EYE_GLOW * light.intensity)
    diffuse += eye[..., None] * (even - diffuse)
    for channel in range(3):
        strength = np.float32(RELIEF_SHARE[channel] * light.intensity * light.colour[channel])
        colour[..., channel] *= np.maximum(diffuse[..., channel] + strength * tilt, 0.02)
    view = _view(geometry, band)
    tilted = np.float32(np.interp(textures.px_per_mm, RELIEF_PX_PER_MM, SHEEN_RELIEF))
    slope_u, slope_v = guide[..., 0] + tilted * fine_u, guide[..., 1] + tilted * fine_v
    facing_key = _toward_half(slope_u, slope_v, view, lit.key)
    facing_fill = _toward_half(slope_u, slope_v, view, lit.fill)
    coarse_u, coarse_v = guide[..., 0], guide[..., 1]
    norm = np.sqrt(1.0 + coarse_u**2 + coarse_v**2)
    grazing = 1.0 - np.clip((view[2] - coarse_u * view[0] - coarse_v * view[1]) / norm, 0.0, 1.0)
    sheen = (
        BROAD_SHEEN * _power(facing_key, BROAD_POWER) + TIGHT_SHEEN * _power(facing_key, TIGHT_POWER)
    ) * seen
    sheen += light.fill * BROAD_SHEEN * _power(facing_fill, BROAD_POWER)
    sheen += light.ambient * (0.012 + RIM_SHEEN * _power(grazing, 5.0)) * open_share**2
    sheen *= gloss * skin_only * np.float32(light.sheen * light.intensity)
    sheen += _eye_shine(u, v, eye, guide, view, lit, light)
    for channel in range(3):
        colour[..., channel] += sheen * np.float32(light.colour[channel])
    return colour


def _eye_shine(
    u: FloatMap,
    v: FloatMap,
    eye: FloatMap,
    guide: FloatMap,
    view: tuple[FloatMap, FloatMap, FloatMap],
    lit: LitSurface,
    light: PortraitLight,
) -> FloatMap:
    """Return the lamps mirrored in the wet eye."""
    shine = np.zeros_like(eye)
    where = eye > 0.02
    if not where.any():
        return shine
    slope_u, slope_v = eye_normals(u[where], v[where])
    seen_from = (view[0][where], view[1][where], view[2][where])
    for lamp, strength, size in ((lit.key, CATCHLIGHT, 1.0), (lit.fill, 0.015 * CATCHLIGHT, 1.8)):
        cosine = _toward_half(slope_u, slope_v, seen_from, lamp)
        tangent = np.sqrt(np.maximum(1.0 / np.maximum(cosine, 0.05) ** 2 - 1.0, 0.0))
        edge = np.clip((CATCHLIGHT_TANGENT * size - tangent) / 0.025 + 0.5, 0.0, 1.0)
        wet = 0.012 * cosine**40
        shine[where] += np.float32(strength * light.intensity) * (edge + wet).astype(np.float32)
    return np.asarray(shine * eye * (0.35 + 0.65 * guide[..., 3]), dtype=np.float32)


def shade_scene(
    paint: Paint,
    traits: HeadTraits,
    hair: HairStrands,
    geometry: PosedHead,
    light: PortraitLight,
    exposure: float,
) -> ShadedScene:
    """Return the scene-linear picture of a posed head under a light, hair and background included."""
    width, rows = geometry.size_px
    lit = light_head(geometry.height, geometry.rotation, light)
    textures = _textures(paint, geometry.px_per_mm)
    cloth = _cloth()
    linear = _background(geometry.size_px, light.intensity)
    _draw_back_hair(linear, geometry, traits)
    bare = np.zeros((rows, width), np.float32)
    grey = np.ascontiguousarray(lit.diffuse[..., 1])
    coarse = geometry.coarse_heights()
    layers = draw_hair(hair, geometry, lit.key, light.intensity)
    for first in range(0, rows, BAND_ROWS):
        last = min(first + BAND_ROWS, rows)
        band = _Surfaces(*geometry.cast_rows(coarse, first, last, layers[first:last, :, 2] == 255))
        hit = band.z > MISS_MM
        colour = _shade_band(geometry, band, textures, lit, light) * np.float32(exposure)
        collar = collar_v(band.u.astype(np.float64))
        dressed = np.clip((band.v - collar) * 1.5, 0.0, 1.0).astype(np.float32)
        fabric = _grid_lookup(cloth, band.u, band.v)[..., None] * np.asarray(traits.shirt_colour, np.float32)
        fabric = fabric * _grid_lookup(grey, band.u, band.v)[..., None]
        colour += dressed[..., None] * (fabric - colour)
        linear[first:last][hit] = colour[hit]
        bare[first:last] = hit * (1.0 - dressed)
    _soften_edges(linear, bare)
    _lay_hair(linear, bare, layers, hair, geometry.px_per_mm, np.asarray(light.colour, np.float32))
    return ShadedScene(linear=linear, skin_visible=bare)


def _draw_back_hair(linear: FloatMap, geometry: PosedHead, traits: HeadTraits) -> None:
    """Fill the dark of the hair behind the neck."""
    points = np.round(geometry.project(backdrop_outline(traits))).astype(np.int32)
    dark = tuple(BACK_HAIR_SHADE * channel for channel in traits.hair_colour)
    cv2.fillPoly(linear, [points], dark)


def _soften_edges(linear: FloatMap, bare: FloatMap) -> None:
    """Blend the one-pixel staircase where skin, cloth and background meet."""
    box = np.ones((3, 3), np.uint8)
    seam = (cv2.dilate(bare, box) - cv2.erode(bare, box)) > 0.5
    linear[seam] = cv2.GaussianBlur(linear, (0, 0), 0.8)[seam]


def _lay_hair(
    linear: FloatMap,
    bare: FloatMap,
    layers: NDArray[np.uint8],
    hair: HairStrands,
    scale: float,
    tint: FloatMap,
) -> None:
    """Lay the drawn strands over the picture, with the soft shadow they cast on the skin; `scale` in px per mm."""
    soft = cv2.GaussianBlur(layers[..., 2], (0, 0), HAIR_EDGE_PX)
    small = cv2.resize(soft, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), max(0.8, HAIR_SHADOW_MM * scale * 0.25))
    shadow = cv2.resize(small, (soft.shape[1], soft.shape[0]), interpolation=cv2.INTER_LINEAR)
    colour = np.asarray(hair.colour, np.float32)
    for first in range(0, linear.shape[0], BAND_ROWS):
        band = slice(first, first + BAND_ROWS)
        picture, skin = linear[band], bare[band]
        bright, gloss, _ = (
            layers[band, :, index].astype(np.float32) / np.float32(255.0) for index in range(3)
        )
        bright = bright**2 * np.float32(BRIGHTEST)
        cover = soft[band].astype(np.float32) / np.float32(255.0)
        dim = 1.0 - np.float32(HAIR_SHADOW / 255.0) * shadow[band] * (skin > 0)
        for channel in range(3):
            shine = np.float32((HAIR_GLOSS_WHITE + HAIR_GLOSS_TINTED * colour[channel]) * tint[channel])
            plane = picture[..., channel]
            plane *= dim
            plane += cover * (bright * colour[channel] + gloss * shine - plane)
        skin *= 1.0 - cover
