"""Pores, spots, wrinkles, scars and hairs: where each lies and what it is like, from its own random stream."""

from __future__ import annotations

import math

import numpy as np

from skincompare.synthetic.noise import scattered_points, stream
from skincompare.synthetic.skin_model import (
    FloatArray,
    Hairs,
    Pores,
    Scars,
    SkinOptions,
    Spots,
    Wrinkles,
)

MM2_PER_CM2 = 100.0
PORE_SPACING = 1.9  # least distance of two pores, in median diameters
PORE_DEPTH = 0.29  # depth of the opening, in diameters
PORE_DEPTH_SPREAD = 0.2  # SD of ln(depth)
PORE_DENSITY_SPREAD = 0.6  # SD of ln(optical density): most pores are faint, a few dark
PORE_DENSITY_POWER = 0.5  # wide pores are darker
PORE_ASPECT_SPREAD = 0.24  # scale of |ln(aspect)|
PORE_TURN_RAD = 0.5  # SD of a pore's direction around the relief's
OUTLINE_TERMS = 5  # harmonics of an outline
OUTLINE_FALLOFF = -1.3  # power of the harmonic's number
OUTLINE_ROUGHNESS = 0.18  # SD of the first of them, relative to the radius
PORE_OUTLINE_ROUGHNESS = 0.10
SPOT_SPREAD = 0.32  # SD of ln(diameter)
SPOT_DENSITY_SPREAD = 0.25  # SD of ln(optical density)
SPOT_SPACING = 1.6  # least distance of two spots, in median diameters
SCAR_SPREAD = 0.25  # SD of ln(diameter), and of ln(depth)
SCAR_SPACING = 1.4  # least distance of two scars, in median diameters
BOXCAR, ROLLING = 5.0, 2.4  # steepness of the two kinds of scar
WRINKLE_TURN_RAD = 0.18  # SD of a line's direction around the relief's
WRINKLE_BENDS_RAD = (0.25, 0.18, 0.12)  # SD of the first bends of a line
WRINKLE_LENGTHS, WRINKLE_WIDTHS, WRINKLE_DEPTHS = (0.6, 1.3), (0.75, 1.3), (0.6, 1.2)  # times the stated
WRINKLE_MARGIN = 0.2  # middles of lines keep this share of the skin from its edge
WRINKLE_STEP_MM = 0.1
HAIR_POINTS = 12
HAIR_LENGTH_SPREAD = 0.4  # SD of ln(length)
HAIR_WIDTH_SPREAD = 0.2  # SD of ln(width)
HAIR_LEAN_DEGREES = 70.0  # from the relief's direction
HAIR_TURN_RAD, HAIR_BEND_RAD, HAIR_CURL_RAD = 0.45, 0.9, 0.35  # SD of heading, of bend and of curl


def area_cm2(options: SkinOptions) -> float:
    """Return the area of the skin in cm2."""
    return options.size_mm[0] * options.size_mm[1] / MM2_PER_CM2


def place_pores(options: SkinOptions) -> Pores:
    """Return the pores; `pore_scale` multiplies diameters and depths and moves nothing."""
    rng = stream(options.seed, "pores")
    count = round(options.pore_density_per_cm2 * area_cm2(options))
    points = scattered_points(rng, options.size_mm, count, PORE_SPACING * options.pore_diameter_mm)
    n = len(points)
    draws = stream(options.seed, "pore shapes").standard_normal((n, 5))
    size = np.exp(options.pore_diameter_spread * draws[:, 0])
    diameter = options.pore_diameter_mm * options.pore_scale * size
    return Pores(
        x_mm=points[:, 0],
        y_mm=points[:, 1],
        diameter_mm=diameter,
        aspect=np.exp(PORE_ASPECT_SPREAD * np.abs(draws[:, 1])),
        angle_rad=math.radians(options.relief_direction_degrees) + PORE_TURN_RAD * draws[:, 2],
        depth_mm=PORE_DEPTH * diameter * np.exp(PORE_DEPTH_SPREAD * draws[:, 3]),
        optical_density=options.pore_optical_density
        * size**PORE_DENSITY_POWER
        * np.exp(PORE_DENSITY_SPREAD * draws[:, 4]),
        outline=outlines(stream(options.seed, "pore outlines"), n, PORE_OUTLINE_ROUGHNESS),
    )


def outlines(rng: np.random.Generator, count: int, roughness: float = OUTLINE_ROUGHNESS) -> FloatArray:
    """Return (count, OUTLINE_TERMS, 2) cosine and sine terms of irregular outlines."""
    falloff = np.arange(1.0, OUTLINE_TERMS + 1.0) ** OUTLINE_FALLOFF
    return rng.standard_normal((count, OUTLINE_TERMS, 2)) * (roughness * falloff)[None, :, None]


def _some_spots(
    options: SkinOptions, name: str, count: int
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return points, diameters, densities and outlines of `count` spots of the stream `name`."""
    points = scattered_points(
        stream(options.seed, name), options.size_mm, count, SPOT_SPACING * options.spot_diameter_mm
    )
    rng = stream(options.seed, name + " shapes")
    draws = np.array([rng.standard_normal(2) for _ in range(len(points))]).reshape(-1, 2)
    shapes = outlines(stream(options.seed, name + " outlines"), len(points))
    return (
        points,
        options.spot_diameter_mm * np.exp(SPOT_SPREAD * draws[:, 0]),
        options.spot_optical_density * np.exp(SPOT_DENSITY_SPREAD * draws[:, 1]),
        shapes,
    )


def place_spots(options: SkinOptions) -> Spots:
    """Return the pigment spots, the old ones (paled by `spot_density_scale`) and then the new ones."""
    points, diameter, density, shapes = _some_spots(options, "spots", options.spots)
    new_points, new_diameter, new_density, new_shapes = _some_spots(options, "new spots", options.new_spots)
    both = np.concatenate([points, new_points])
    return Spots(
        x_mm=both[:, 0],
        y_mm=both[:, 1],
        diameter_mm=np.concatenate([diameter, new_diameter]),
        optical_density=np.concatenate([density * options.spot_density_scale, new_density]),
        outline=np.concatenate([shapes, new_shapes]),
        is_new=np.arange(len(both)) >= len(points),
    )


def place_scars(options: SkinOptions) -> Scars:
    """Return atrophic scars; `scar_depth_scale` multiplies their depth and moves nothing."""
    points = scattered_points(
        stream(options.seed, "scars"), options.size_mm, options.scars, SCAR_SPACING * options.scar_diameter_mm
    )
    rng = stream(options.seed, "scar shapes")
    draws = rng.standard_normal((len(points), 3))
    return Scars(
        x_mm=points[:, 0],
        y_mm=points[:, 1],
        diameter_mm=options.scar_diameter_mm * np.exp(SCAR_SPREAD * draws[:, 0]),
        depth_mm=options.scar_depth_mm * options.scar_depth_scale * np.exp(SCAR_SPREAD * draws[:, 1]),
        steepness=np.where(draws[:, 2] > 0, BOXCAR, ROLLING),
        outline=outlines(stream(options.seed, "scar outlines"), len(points)),
    )


def place_wrinkles(options: SkinOptions) -> Wrinkles:
    """Return wrinkles: gently bent lines, roughly along `relief_direction_degrees`, tapered at both ends."""
    lines, widths, lengths, depths = [], [], [], []
    rng = stream(options.seed, "wrinkles")
    width, height = options.size_mm
    for _ in range(options.wrinkles):
        middle = np.array([width, height]) * rng.uniform(WRINKLE_MARGIN, 1.0 - WRINKLE_MARGIN, 2)
        angle = math.radians(options.relief_direction_degrees) + WRINKLE_TURN_RAD * rng.standard_normal()
        length = options.wrinkle_length_mm * rng.uniform(*WRINKLE_LENGTHS)
        bends = rng.standard_normal(3) * np.array(WRINKLE_BENDS_RAD)
        along = np.linspace(-0.5, 0.5, max(8, round(length / WRINKLE_STEP_MM)))
        heading = angle + sum(b * np.sin(math.pi * (k + 1) * (along + 0.5)) for k, b in enumerate(bends))
        step = length / (len(along) - 1)
        path = np.cumsum(np.stack([np.cos(heading), np.sin(heading)], axis=1) * step, axis=0)
        path += middle - path[len(path) // 2]
        lines.append(path)
        widths.append(options.wrinkle_width_mm * rng.uniform(*WRINKLE_WIDTHS))
        lengths.append(float(np.hypot(*np.diff(path, axis=0).T).sum()))
        depths.append(options.wrinkle_depth_mm * options.wrinkle_depth_scale * rng.uniform(*WRINKLE_DEPTHS))
    return Wrinkles(tuple(lines), np.array(widths), np.array(lengths), np.array(depths))


def place_hairs(options: SkinOptions) -> Hairs:
    """Return vellus hairs: thin bent lines that lie roughly one way."""
    rng = stream(options.seed, "hairs")
    count = round(options.hairs_per_cm2 * area_cm2(options))
    roots = rng.random((count, 2)) * np.asarray(options.size_mm)
    draws = stream(options.seed, "hair shapes").standard_normal((count, 4))
    length = options.hair_length_mm * np.exp(HAIR_LENGTH_SPREAD * draws[:, 0])
    heading = math.radians(options.relief_direction_degrees + HAIR_LEAN_DEGREES) + HAIR_TURN_RAD * draws[:, 1]
    along = np.linspace(0.0, 1.0, HAIR_POINTS)
    bend, curl = HAIR_BEND_RAD * draws[:, 2:3] * along, HAIR_CURL_RAD * draws[:, 3:4] * along**2
    angles = heading[:, None] + bend + curl
    steps = np.stack([np.cos(angles), np.sin(angles)], axis=2) * (length / (HAIR_POINTS - 1))[:, None, None]
    steps[:, 0] = 0.0
    points = roots[:, None, :] + np.cumsum(steps, axis=1)
    width = options.hair_width_mm * np.exp(HAIR_WIDTH_SPREAD * draws[:, 3])
    return Hairs(points_mm=points, width_mm=width, length_mm=length)
