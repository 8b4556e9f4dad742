"""The skin of a portrait in uv: regions, regional colour, and added redness with its exact mean."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import cv2
import numpy as np

from skincompare.errors import OptionError
from skincompare.synthetic.face_paint import UV_LEFT_MM, UV_SIZE_MM, UV_TOP_MM
from skincompare.synthetic.head import FloatArray
from skincompare.synthetic.noise import FloatMap, smooth_field, stream

REGION_STEP_MM = 0.5  # region maps are smooth: half a millimetre is fine enough
REDNESS_MARGIN_MM = 2.5  # added redness reaches this far past the outline, so that it is full inside
REDNESS_EDGE_MM = 2.5  # sigma of the soft edge of added redness
PATCH_SIGMA_MM = (9.0, 3.0, 1.1)  # added redness is patchy at these scales
PATCH_CONTRAST = (0.20, 0.22, 0.12)

# Outlines in uv (mm) of regions on the midline, and of those of the patient's left (u > 0), mirrored for the right:
# where the rings of mesh points that name these regions on a photo fall on three rendered heads (they agree to
# 0.3 mm), so that truth and measurement speak of the same skin.
_MIDLINE_MM: Mapping[str, tuple[tuple[float, float], ...]] = MappingProxyType(
    {
        "forehead": (
            (-54, -29),
            (-48, -44),
            (-33, -48),
            (-18, -50),
            (0, -50),
            (18, -50),
            (33, -48),
            (48, -44),
            (54, -29),
            (42, -25),
            (29, -23),
            (15, -21),
            (-15, -21),
            (-29, -23),
            (-42, -25),
        ),
        "glabella": ((-15, -21), (15, -21), (13, -13), (7, -2), (-7, -2), (-13, -13)),
        "nose": (
            (-7, -2),
            (7, -2),
            (5, 8),
            (5, 15),
            (9, 18),
            (9, 24),
            (12, 28),
            (16, 32),
            (17, 37),
            (17, 43),
            (15, 46),
            (7, 48),
            (0, 49),
            (-7, 48),
            (-15, 46),
            (-17, 43),
            (-17, 37),
            (-16, 32),
            (-12, 28),
            (-9, 24),
            (-9, 18),
            (-5, 15),
            (-5, 8),
        ),
        "upper_lip": (
            (-15, 46),
            (-7, 48),
            (0, 49),
            (7, 48),
            (15, 46),
            (18, 55),
            (23, 58),
            (21, 67),
            (18, 65),
            (13, 63),
            (7, 62),
            (0, 63),
            (-7, 62),
            (-13, 63),
            (-18, 65),
            (-21, 67),
            (-23, 58),
            (-18, 55),
        ),
        "chin": (
            (-15, 85),
            (-8, 88),
            (0, 88),
            (8, 88),
            (15, 85),
            (18, 91),
            (21, 98),
            (23, 106),
            (12, 110),
            (0, 111),
            (-12, 110),
            (-23, 106),
            (-21, 98),
            (-18, 91),
        ),
        "neck": ((-26, 142), (26, 142), (26, 183), (-26, 183)),
    }
)
_LEFT_MM: Mapping[str, tuple[tuple[float, float], ...]] = MappingProxyType(
    {
        "temple": ((54, -29), (57, -36), (63, -26), (66, -14), (67, 1), (60, 4), (59, -8), (57, -17)),
        "crows_feet": ((59, -8), (55, -6), (51, -5), (51, 2), (49, 8), (54, 13), (60, 4)),
        "under_eye": (
            (49, 8),
            (41, 7),
            (37, 9),
            (31, 9),
            (25, 9),
            (20, 7),
            (18, 11),
            (17, 14),
            (23, 17),
            (32, 20),
            (43, 21),
            (51, 18),
            (54, 13),
        ),
        "cheek": (
            (61, 17),
            (51, 18),
            (43, 21),
            (32, 20),
            (23, 23),
            (21, 31),
            (24, 44),
            (29, 50),
            (34, 58),
            (42, 53),
            (50, 48),
            (57, 44),
            (59, 31),
        ),
        "nasolabial": (
            (19, 40),
            (24, 44),
            (29, 50),
            (34, 58),
            (36, 70),
            (30, 69),
            (28, 63),
            (23, 58),
            (18, 55),
            (15, 46),
            (17, 43),
        ),
    }
)
REGION_OUTLINES_MM: Mapping[str, FloatArray] = MappingProxyType(
    {
        **{name: np.asarray(points, dtype=np.float64) for name, points in _MIDLINE_MM.items()},
        **{f"left_{name}": np.asarray(points, dtype=np.float64) for name, points in _LEFT_MM.items()},
        **{
            f"right_{name}": np.asarray(points, dtype=np.float64) * (-1.0, 1.0)
            for name, points in _LEFT_MM.items()
        },
    }
)
"""Polygons (N, 2) in uv of the named regions; left and right are the patient's own."""

# Calm skin is not one colour: (|u|, v, sigma_u, sigma_v, hemoglobin, melanin) optical densities in G.
REGIONAL_TONE = (
    (36.0, 36.0, 17.0, 15.0, 0.032, 0.0),  # cheeks
    (0.0, 34.0, 12.0, 11.0, 0.040, 0.0),  # tip of the nose
    (13.0, 40.0, 5.0, 5.0, 0.045, 0.0),  # wings of the nose
    (0.0, 101.0, 15.0, 9.0, 0.018, 0.0),  # chin
    (29.0, 11.0, 12.0, 5.0, 0.030, 0.026),  # under the eyes
    (31.0, -7.0, 13.0, 5.0, 0.032, 0.016),  # upper lids
    (0.0, -48.0, 34.0, 16.0, -0.012, 0.004),  # forehead
    (0.0, 66.0, 32.0, 16.0, 0.010, 0.006),  # round the mouth
    (0.0, 145.0, 60.0, 16.0, -0.006, 0.010),  # neck
)


# Where sebum makes a face shine: (|u|, v, sigma_u, sigma_v, gain).
GLOSS_ZONES = (
    (0.0, -46.0, 26.0, 16.0, 0.9),  # forehead
    (0.0, 24.0, 7.0, 18.0, 0.9),  # ridge and tip of the nose
    (34.0, 24.0, 14.0, 9.0, 0.6),  # cheekbones
    (0.0, 100.0, 10.0, 8.0, 0.5),  # chin
)


def gloss_gain() -> FloatMap:
    """Return how much more than elsewhere each place shines, 1 or larger, on the region raster."""
    u, v = np.meshgrid(*region_axes())
    gain = np.ones(u.shape)
    for at_u, at_v, sigma_u, sigma_v, more in GLOSS_ZONES:
        gain += more * np.exp(-0.5 * (((np.abs(u) - at_u) / sigma_u) ** 2 + ((v - at_v) / sigma_v) ** 2))
    return np.asarray(gain, dtype=np.float32)


def region_axes() -> tuple[FloatArray, FloatArray]:
    """Return u and v of the coarse region raster's columns and rows."""
    columns, rows = (round(length / REGION_STEP_MM) for length in UV_SIZE_MM)
    u = UV_LEFT_MM + (np.arange(columns, dtype=np.float64) + 0.5) * REGION_STEP_MM
    v = UV_TOP_MM + (np.arange(rows, dtype=np.float64) + 0.5) * REGION_STEP_MM
    return np.asarray(u, dtype=np.float64), np.asarray(v, dtype=np.float64)


def region_mask(name: str) -> FloatMap:
    """Return 1 inside a named region and 0 outside, float32, on the raster of :func:`region_axes`.

    Raises
    ------
    OptionError
        If no region has that name.
    """
    if name not in REGION_OUTLINES_MM:
        raise OptionError.unknown("region", name, REGION_OUTLINES_MM)
    u, v = region_axes()
    mask = np.zeros((len(v), len(u)), np.uint8)
    corner = np.array([UV_LEFT_MM, UV_TOP_MM])
    points = (REGION_OUTLINES_MM[name] - corner) / REGION_STEP_MM - 0.5
    cv2.fillPoly(mask, [np.round(points).astype(np.int32)], 1)
    return np.asarray(mask, dtype=np.float32)


def regional_tone() -> tuple[FloatMap, FloatMap]:
    """Return hemoglobin and melanin densities that calm skin has on top of its base, on the region raster."""
    u, v = np.meshgrid(*region_axes())
    hemoglobin, melanin = np.zeros(u.shape), np.zeros(u.shape)
    for at_u, at_v, sigma_u, sigma_v, blood, pigment in REGIONAL_TONE:
        bump = np.exp(-0.5 * (((np.abs(u) - at_u) / sigma_u) ** 2 + ((v - at_v) / sigma_v) ** 2))
        hemoglobin += blood * bump
        melanin += pigment * bump
    return hemoglobin.astype(np.float32), melanin.astype(np.float32)


def added_redness(redness: Mapping[str, float], seed: int) -> FloatMap:
    """Return the added hemoglobin density on the region raster: patchy inside, soft at the edges.

    The mean over a region's outline is close to the asked density but not equal to it (soft edges, overlapping
    regions): :func:`mean_in_regions` states what it is.
    """
    rng = stream(seed, "patches of redness")
    u, v = region_axes()
    shape = (len(v), len(u))
    patches = np.ones(shape, np.float32)
    for sigma, contrast in zip(PATCH_SIGMA_MM, PATCH_CONTRAST, strict=True):
        patches += np.float32(contrast) * smooth_field(rng, UV_SIZE_MM, shape, sigma)
    np.maximum(patches, 0.1, out=patches)
    wanted = np.zeros(shape, np.float32)
    reach = round(REDNESS_MARGIN_MM / REGION_STEP_MM)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    for name, density in sorted(redness.items()):
        wide = cv2.dilate(region_mask(name), disc)
        np.maximum(wanted, np.float32(density) * wide, out=wanted)
    soft = cv2.GaussianBlur(wanted, (0, 0), REDNESS_EDGE_MM / REGION_STEP_MM)
    return np.asarray(soft * patches, dtype=np.float32)


def mean_in_regions(density: FloatMap) -> dict[str, float]:
    """Return the mean of a map on the region raster inside every named region."""
    return {name: float(density[region_mask(name) > 0].mean(dtype=np.float64)) for name in REGION_OUTLINES_MM}
