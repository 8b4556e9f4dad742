"""Long hair as thousands of strands, projected and drawn over (and behind) the head."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from skincompare.synthetic.head import FloatArray, HeadTraits
from skincompare.synthetic.noise import stream
from skincompare.synthetic.surface import PosedHead

STRANDS_PER_SIDE = 5200
POINTS_PER_STRAND = 30
FLYAWAYS_PER_SIDE = 120
CLUMPS_PER_SIDE = 130
FULL_HAIR_PX_PER_MM = 6.0  # every strand is drawn from this resolution on
DEPTH_SLABS = 10
SHADES, HIGHLIGHTS = 24, 8  # steps of brightness and of highlight
BRIGHTEST = 3.0  # brightness of the lightest step, times the hair's colour
UNDERLAY_LEVEL = 16
SHIFT = 4
STRAND_WIDTH_MM = 0.16
UNDERLAY_WIDTH_MM = 2.2
UNDERLAY_STRANDS = 260
UNDERLAY_REACH = 0.82  # the dark underlay ends before the tips

# The hair's inner edge (along the face) and outer edge (silhouette): (u, v, z) mm, from the parting downward.
INNER_MM = (
    (0, -72, 8), (20, -71, 5), (41, -62, -1), (55, -44, -14), (62, -22, -26), (65, 6, -36), (65, 36, -40),
    (63, 66, -42), (63, 98, -42), (69, 132, -38), (74, 172, -32), (74, 222, -28), (70, 290, -26),
)  # fmt: skip
OUTER_MM = (
    (0, -117, -70), (34, -115, -72), (62, -101, -75), (80, -76, -78), (89, -44, -80), (93, -6, -82), (95, 34, -82),
    (99, 74, -80), (105, 114, -76), (112, 156, -70), (114, 200, -62), (110, 246, -56), (100, 296, -50),
)  # fmt: skip


@dataclass(frozen=True)
class HairStrands:
    """Strands in head axes: `points` (N, K, 3) mm from root to tip, `depth` (N,) 0 deep to 1 on top, `tint` (N,)."""

    points: FloatArray
    depth: FloatArray
    tint: FloatArray
    colour: tuple[float, float, float]


def _sheet(table: tuple[tuple[float, ...], ...], t: FloatArray) -> FloatArray:
    points = np.asarray(table, dtype=np.float64)
    return np.asarray(CubicSpline(np.linspace(0.0, 1.0, len(points)), points)(t))


def _side(
    sign: float, traits: HeadTraits, rng: np.random.Generator, count: int, loose: float
) -> tuple[FloatArray, ...]:
    clump = rng.integers(0, CLUMPS_PER_SIDE, count)
    clump_w = rng.random(CLUMPS_PER_SIDE)
    clump_phase = rng.uniform(0, 2 * np.pi, (CLUMPS_PER_SIDE, 3))
    clump_depth = rng.random(CLUMPS_PER_SIDE)
    t = np.linspace(0.0, 1.0, POINTS_PER_STRAND)
    spread = rng.random(count)
    gather = 0.62 * t[None, :] ** 0.7
    w = spread[:, None] * (1.0 - gather) + (clump_w[clump] + rng.normal(0, 0.018, count))[:, None] * gather
    swing = 1.2 * (clump_phase[clump, 0] - np.pi)[:, None] / np.pi
    wave = traits.wave_mm * (
        np.sin(15.0 * t[None, :] + swing) * (0.3 + 1.6 * t[None, :])
        + 0.6 * np.sin(23.0 * t[None, :] + clump_phase[clump, 1][:, None])
    )
    own = rng.normal(0, 0.5, (count, 1)) * np.sin(7.0 * t[None, :] + rng.uniform(0, 6.3, (count, 1)))
    sway = (wave + own) * np.clip(t * 2.4 - 0.35, 0.0, 1.0)[None, :]
    stop = traits.hair_length * (0.80 + 0.20 * rng.random(count) ** 0.6)[:, None]
    s = t[None, :] * stop
    inner, outer = _sheet(INNER_MM, s), _sheet(OUTER_MM, s)
    w = np.clip(w, 0.0, 1.0)[..., None]
    points = inner * (1.0 - w) + outer * w
    bulge = 4.0 * w[..., 0] * (1.0 - w[..., 0])
    depth = np.clip(0.55 * clump_depth[clump] + 0.45 * rng.random(count), 0, 1)
    lift = (depth[:, None] - 0.5) * 9.0 + loose * rng.normal(0, 1.0, (count, 1)) * t[None, :] ** 0.6
    points[..., 2] += bulge * 20.0 + lift * 0.7
    points[..., 0] += lift * 0.5 * np.clip(3.0 * t[None, :], 0, 1) + sway
    points[..., 1] -= lift * 0.5 * np.clip(1.0 - 2.5 * t[None, :], 0, 1)
    shift = traits.parting_mm * np.exp(-((s / 0.10) ** 2))
    points[..., 0] = sign * points[..., 0] * traits.width + shift
    order = np.clip(0.55 * (1.0 - spread) + 0.45 * depth, 0.0, 1.0)
    return points, order, np.exp(rng.normal(0.0, 0.32, count) + 0.40 * np.sin(clump_phase[clump, 2]))


def backdrop_outline(traits: HeadTraits) -> FloatArray:
    """Return the outline (N, 3) in head axes of the hair that hangs behind the neck, between the inner edges."""
    edge = _sheet(INNER_MM, np.linspace(0.16, 1.04 * traits.hair_length, 24))
    edge[:, 0] = (edge[:, 0] + 6.0) * traits.width
    return np.concatenate([edge, (edge * (-1.0, 1.0, 1.0))[::-1]])


def grow_hair(traits: HeadTraits, seed: int) -> HairStrands:
    """Return the strands of a head: the same seed grows the same hair."""
    parts = []
    for sign in (-1.0, 1.0):
        rng = stream(seed, f"hair {sign:+.0f}")
        parts.append(_side(sign, traits, rng, STRANDS_PER_SIDE, 0.6))
        parts.append(_side(sign, traits, rng, FLYAWAYS_PER_SIDE, 3.5))
    points, depth, tint = (np.concatenate(values) for values in zip(*parts, strict=True))
    return HairStrands(points=points, depth=depth, tint=tint, colour=traits.hair_colour)


def _thinned(strands: HairStrands, px_per_mm: float) -> HairStrands:
    """Return fewer strands for a small picture, in which each is a pixel wide anyway."""
    keep = slice(None, None, max(1, round(FULL_HAIR_PX_PER_MM / px_per_mm)))
    return replace(strands, points=strands.points[keep], depth=strands.depth[keep], tint=strands.tint[keep])


def _shine(strands: HairStrands, key: FloatArray, eye: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the diffuse light and the highlight of every segment (N, K - 1) (Kajiya and Kay 1989)."""
    points = strands.points
    tangent = np.diff(points, axis=1)
    tangent /= np.linalg.norm(tangent, axis=2, keepdims=True)
    middle = 0.5 * (points[:, 1:] + points[:, :-1])
    outward = middle * np.array([0.8, 0.55, 1.0]) + np.array([0.0, 0.0, 105.0])
    outward /= np.linalg.norm(outward, axis=2, keepdims=True)
    view = eye - middle
    view /= np.linalg.norm(view, axis=2, keepdims=True)
    half = view + key
    half /= np.linalg.norm(half, axis=2, keepdims=True)
    along_key = np.einsum("nkc,c->nk", tangent, key)
    along_half = np.einsum("nkc,nkc->nk", tangent, half)
    facing = np.clip(0.35 + 0.65 * np.einsum("nkc,c->nk", outward, key), 0.0, 1.0)
    diffuse = facing * (0.55 + 0.45 * np.sqrt(np.clip(1.0 - along_key**2, 0.0, 1.0)))
    rooted = np.clip((np.linspace(0.0, 1.0, points.shape[1] - 1) - 0.03) / 0.2, 0.0, 1.0)
    shine = facing**2 * np.clip(1.0 - along_half**2, 0.0, 1.0) ** 20 * rooted
    shade = 0.10 + 0.90 * np.clip(strands.depth * 1.25, 0, 1)[:, None]
    shade = shade * (0.55 + 0.45 * rooted)  # less light reaches the roots
    return (0.16 + 0.95 * diffuse) * shade, shine * shade


def draw_hair(strands: HairStrands, head: PosedHead, key: FloatArray, light: float) -> NDArray[np.uint8]:
    """Return the hair over a picture.

    Parameters
    ----------
    strands : HairStrands
        The hair.
    head : PosedHead
        Camera.
    key : numpy.ndarray
        (3,) direction to the lamp in head axes.
    light : float
        Strength of the light, 1 for the default.

    Returns
    -------
    numpy.ndarray
        uint8 (rows, columns, 3): root of the brightness (255 is `BRIGHTEST` times the hair's colour), highlight,
        and coverage.
    """
    width, height = head.size_px
    strands = _thinned(strands, head.px_per_mm)
    diffuse, shine = _shine(strands, key, head.eye_mm)
    layers = np.zeros((height, width, 3), np.uint8)  # root of brightness, highlight, coverage
    fixed = np.round(head.project(strands.points) * 2**SHIFT).astype(np.int32)
    reach = round(UNDERLAY_REACH * POINTS_PER_STRAND)
    under = list(fixed[:: max(1, len(fixed) // UNDERLAY_STRANDS), :reach])
    wide = max(2, round(UNDERLAY_WIDTH_MM * head.px_per_mm))
    cv2.polylines(layers, under, False, (UNDERLAY_LEVEL, 0, 255), wide, cv2.LINE_AA, SHIFT)
    value = np.sqrt(np.clip(diffuse * strands.tint[:, None] * light / BRIGHTEST, 0.0, 1.0))
    shades = np.clip((value * SHADES).astype(int), 0, SHADES - 1)
    lights = np.clip((shine * strands.tint[:, None] * light * HIGHLIGHTS).astype(int), 0, HIGHLIGHTS - 1)
    slab = np.clip((strands.depth * DEPTH_SLABS).astype(int), 0, DEPTH_SLABS - 1)
    kinds = ((slab[:, None] * SHADES + shades) * HIGHLIGHTS + lights).reshape(-1)
    segments = np.stack([fixed[:, :-1], fixed[:, 1:]], axis=2).reshape(-1, 2, 2)
    order = np.argsort(kinds, kind="stable")
    found, starts = np.unique(kinds[order], return_index=True)
    thick = max(1, round(STRAND_WIDTH_MM * head.px_per_mm))
    for kind, lines in zip(found, np.split(segments[order], starts[1:]), strict=True):
        shade, highlight = divmod(int(kind) % (SHADES * HIGHLIGHTS), HIGHLIGHTS)
        colour = (round((shade + 0.5) * 255 / SHADES), round(highlight * 255 / HIGHLIGHTS), 255)
        cv2.polylines(layers, list(lines), False, colour, thick, cv2.LINE_AA, SHIFT)
    return layers
