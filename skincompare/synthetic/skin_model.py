"""The values that describe a piece of synthetic skin: options, maps and truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from skincompare.errors import OptionError
from skincompare.synthetic.noise import FloatMap, raster_shape

FloatArray: TypeAlias = NDArray[np.float64]
FeatureKind: TypeAlias = Literal["pores", "spots", "wrinkles", "scars", "hairs"]
FEATURE_KINDS: tuple[FeatureKind, ...] = get_args(FeatureKind)

POSITIVE_OPTIONS = (
    "size_mm",
    "px_per_mm",
    "pore_diameter_mm",
    "pore_scale",
    "wrinkle_width_mm",
    "wrinkle_length_mm",
    "scar_diameter_mm",
    "spot_diameter_mm",
    "hair_length_mm",
    "hair_width_mm",
)
COUNTS = ("seed", "pore_density_per_cm2", "wrinkles", "scars", "spots", "new_spots", "hairs_per_cm2", "gloss")


@dataclass(frozen=True)
class SkinOptions:
    """What the skin is like. Lengths in mm, optical densities in linear G (log10).

    The origin of millimetres is the top-left *corner* of the raster: pixel (column, row) has its centre at
    ((column + 0.5) / px_per_mm, (row + 0.5) / px_per_mm).

    Attributes
    ----------
    size_mm : tuple of float
        Width and height.
    px_per_mm : float
        Resolution of the maps.
    ita_degrees : float
        Tone of the untreated skin as individual typology angle.
    seed : int
        Another seed is another piece of skin.
    pore_density_per_cm2, pore_diameter_mm, pore_diameter_spread, pore_optical_density : float
        Visible pores: how many, median diameter, SD of ln(diameter), median density of the opening.
    pore_scale, relief_scale, wrinkle_depth_scale, scar_depth_scale, spot_density_scale : float
        Course of a treatment: multiply diameters, heights, depths and densities; nothing moves.
    relief_direction_degrees : float
        Direction of the first family of furrows, clockwise from x.
    wrinkles, scars, spots, new_spots : int
        How many; `new_spots` come from a stream of their own, beside the old ones.
    wrinkle_depth_mm, wrinkle_width_mm, wrinkle_length_mm : float
        Typical line.
    scar_diameter_mm, scar_depth_mm : float
        Typical atrophic scar.
    spot_diameter_mm, spot_optical_density : float
        Medians of pigment spots.
    hairs_per_cm2, hair_length_mm, hair_width_mm : float
        Vellus hairs.
    redness : float
        Mean hemoglobin density added over the whole skin, 0 for calm skin.
    redness_patchiness : float
        0 spreads the redness evenly; larger gathers it in blotches.
    melanin_added : float
        Even melanin density added (a tan).
    mottling : float
        Multiplies the natural unevenness of both pigments.
    gloss : float
        Strength of the surface reflection: 0 matt, 0.4 usual, 1 oily.

    Raises
    ------
    OptionError
        If a size is not positive or a number is negative where it cannot be.
    """

    size_mm: tuple[float, float] = (30.0, 22.0)
    px_per_mm: float = 20.0
    ita_degrees: float = 45.0
    seed: int = 0
    pore_density_per_cm2: float = 60.0
    pore_diameter_mm: float = 0.32
    pore_diameter_spread: float = 0.28
    pore_scale: float = 1.0
    pore_optical_density: float = 0.045
    relief_scale: float = 1.0
    relief_direction_degrees: float = 20.0
    wrinkles: int = 0
    wrinkle_depth_mm: float = 0.12
    wrinkle_width_mm: float = 0.35
    wrinkle_length_mm: float = 14.0
    wrinkle_depth_scale: float = 1.0
    scars: int = 0
    scar_diameter_mm: float = 2.2
    scar_depth_mm: float = 0.26
    scar_depth_scale: float = 1.0
    spots: int = 6
    spot_diameter_mm: float = 1.4
    spot_optical_density: float = 0.14
    spot_density_scale: float = 1.0
    new_spots: int = 0
    hairs_per_cm2: float = 18.0
    hair_length_mm: float = 2.2
    hair_width_mm: float = 0.022
    redness: float = 0.0
    redness_patchiness: float = 0.5
    melanin_added: float = 0.0
    mottling: float = 1.0
    gloss: float = 0.42

    def __post_init__(self) -> None:
        for name in POSITIVE_OPTIONS:
            if not np.min(getattr(self, name)) > 0:
                raise OptionError(f"{name} must be larger than 0, got {getattr(self, name)}")
        for name in COUNTS:
            if not getattr(self, name) >= 0:
                raise OptionError(f"{name} must be 0 or larger, got {getattr(self, name)}")


@dataclass(frozen=True)
class Pores:
    """Visible pores: arrays (N,). `diameter_mm` is the equal-area diameter of the opening, at half its density.

    `optical_density` is the opening's own in linear G, before the shading of its depth; `outline` (N, K, 2) the
    cosine and sine terms of its radius.
    """

    x_mm: FloatArray
    y_mm: FloatArray
    diameter_mm: FloatArray
    aspect: FloatArray
    angle_rad: FloatArray
    depth_mm: FloatArray
    optical_density: FloatArray
    outline: FloatArray


@dataclass(frozen=True)
class Spots:
    """Pigment spots: arrays (N,). `outline` (N, K, 2) holds the cosine and sine terms of the radius."""

    x_mm: FloatArray
    y_mm: FloatArray
    diameter_mm: FloatArray
    optical_density: FloatArray
    outline: FloatArray
    is_new: NDArray[np.bool_]


@dataclass(frozen=True)
class Wrinkles:
    """Lines deeper than the micro-relief: one (N, 2) polyline in mm each, and arrays (M,)."""

    points_mm: tuple[FloatArray, ...]
    width_mm: FloatArray
    length_mm: FloatArray
    depth_mm: FloatArray


@dataclass(frozen=True)
class Scars:
    """Atrophic scars: arrays (N,). `steepness` 2 is a rolling scar, 6 a boxcar scar."""

    x_mm: FloatArray
    y_mm: FloatArray
    diameter_mm: FloatArray
    depth_mm: FloatArray
    steepness: FloatArray
    outline: FloatArray


@dataclass(frozen=True)
class Hairs:
    """Vellus hairs: `points_mm` (N, K, 2) from root to tip, and arrays (N,)."""

    points_mm: FloatArray
    width_mm: FloatArray
    length_mm: FloatArray


@dataclass(frozen=True)
class SkinTruth:
    """Everything that was placed, in mm and optical densities."""

    size_mm: tuple[float, float]
    pores: Pores
    spots: Spots
    wrinkles: Wrinkles
    scars: Scars
    hairs: Hairs
    hemoglobin_added: float
    melanin_added: float
    relief_rms_mm: float

    def centres_mm(self, kind: FeatureKind) -> FloatArray:
        """Return (N, 2) in mm: the middles of pores, spots, scars and wrinkles, or the roots of hairs."""
        if kind == "wrinkles":
            middles = [line[len(line) // 2] for line in self.wrinkles.points_mm]
            return np.asarray(middles, dtype=np.float64).reshape(-1, 2)
        if kind == "hairs":
            return self.hairs.points_mm[:, 0]
        if kind not in FEATURE_KINDS:
            raise OptionError.unknown("feature kind", kind, FEATURE_KINDS)
        found: Pores | Spots | Scars = getattr(self, kind)
        return np.column_stack([found.x_mm, found.y_mm])


@dataclass(frozen=True)
class SkinMaps:
    """Maps of one piece of skin, float32 (rows, columns), and what was placed in it.

    `melanin` and `hemoglobin` are total optical densities in linear G above the bloodless skin of that tone,
    `bloodless` (3,), in linear RGB; `occlusion` is an optical density in G of light lost in pores; `height_mm`
    the surface (outward positive), `gloss` the strength of the surface reflection, `hair` the share of the
    pixel that a hair covers.
    """

    melanin: FloatMap
    hemoglobin: FloatMap
    occlusion: FloatMap
    height_mm: FloatMap
    gloss: FloatMap
    hair: FloatMap
    bloodless: FloatArray
    px_per_mm: float
    truth: SkinTruth

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, columns = self.height_mm.shape
        return rows, columns


def skin_shape(options: SkinOptions) -> tuple[int, int]:
    """Return (rows, columns) of the maps of `options`."""
    return raster_shape(options.size_mm, options.px_per_mm)


def mm_to_pixels(points_mm: FloatArray, px_per_mm: float) -> FloatArray:
    """Return (x, y) pixel coordinates of points (N, 2) in mm."""
    return np.asarray(points_mm, dtype=np.float64) * px_per_mm - 0.5


def pixels_to_mm(points: FloatArray, px_per_mm: float) -> FloatArray:
    """Return mm of (x, y) pixel coordinates (N, 2)."""
    return (np.asarray(points, dtype=np.float64) + 0.5) / px_per_mm
