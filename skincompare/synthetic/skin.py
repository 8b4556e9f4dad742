"""A piece of skin with known truth: pigments, relief and every feature, grown from one seed."""

from __future__ import annotations

import numpy as np

from skincompare.synthetic import drawing, features
from skincompare.synthetic.masks import feature_mask
from skincompare.synthetic.noise import FloatMap, smooth_field, stream
from skincompare.synthetic.optics import (
    HEMOGLOBIN_AXIS,
    MELANIN_AXIS,
    RESTING_HEMOGLOBIN,
    LightOptions,
    albedo,
    base_melanin,
    base_reflectance,
    bloodless_reflectance,
    ita_of_linear,
    lab_of_linear,
    shade,
)
from skincompare.synthetic.relief import micro_relief, undulation
from skincompare.synthetic.skin_model import (
    FEATURE_KINDS,
    FeatureKind,
    Hairs,
    Pores,
    Scars,
    SkinMaps,
    SkinOptions,
    SkinTruth,
    Spots,
    Wrinkles,
    mm_to_pixels,
    pixels_to_mm,
    skin_shape,
)

__all__ = [
    "FEATURE_KINDS",
    "HEMOGLOBIN_AXIS",
    "MELANIN_AXIS",
    "FeatureKind",
    "Hairs",
    "LightOptions",
    "Pores",
    "Scars",
    "SkinMaps",
    "SkinOptions",
    "SkinTruth",
    "Spots",
    "Wrinkles",
    "albedo",
    "base_reflectance",
    "feature_mask",
    "grow_skin",
    "ita_of_linear",
    "lab_of_linear",
    "mm_to_pixels",
    "pixels_to_mm",
    "redness_pattern",
    "shade",
    "skin_shape",
]

MELANIN_MOTTLING = ((0.30, 0.010), (0.9, 0.014), (4.0, 0.013))  # (sigma mm, optical density)
HEMOGLOBIN_MOTTLING = ((0.16, 0.010), (0.5, 0.016), (2.5, 0.016))
LEAST_HEMOGLOBIN = 0.02
LEAST_MELANIN = 0.005
REDNESS_SIGMAS_MM = (0.5, 1.6, 5.0)  # blotches of added blood
GLOSS_SIGMA_MM = (0.8, 5.0)
SPOT_GRAIN_SIGMA_MM = 0.16
SPOT_GRAIN = 0.26  # SD of ln(density) inside a spot


def mottling(options: SkinOptions, name: str, octaves: tuple[tuple[float, float], ...]) -> FloatMap:
    """Return a pigment's natural unevenness, mean about 0, optical density."""
    rng = stream(options.seed, name)
    shape = skin_shape(options)
    field = np.zeros(shape, dtype=np.float32)
    for sigma_mm, density in octaves:
        field += np.float32(density * options.mottling) * smooth_field(rng, options.size_mm, shape, sigma_mm)
    return field


def redness_pattern(options: SkinOptions) -> FloatMap:
    """Return where added redness goes: (rows, columns), 0 or larger, mean exactly 1 over the skin."""
    rng = stream(options.seed, "redness")
    shape = skin_shape(options)
    pattern = np.zeros(shape, dtype=np.float32)
    for sigma_mm in REDNESS_SIGMAS_MM:
        pattern += smooth_field(rng, options.size_mm, shape, sigma_mm)
    pattern *= np.float32(options.redness_patchiness / len(REDNESS_SIGMAS_MM) ** 0.5)
    np.exp(pattern, out=pattern)
    pattern /= np.float32(pattern.mean(dtype=np.float64))
    return pattern


def grow_skin(options: SkinOptions) -> SkinMaps:
    """Return the maps and the truth of one piece of skin.

    Every kind of feature has its own random stream: changing one option never moves another feature, and the
    same seed at another `px_per_mm` holds the same features in mm.

    Parameters
    ----------
    options : SkinOptions
        What the skin is like.

    Returns
    -------
    SkinMaps
        Maps of (rows, columns) = `skin_shape(options)`, and the truth.
    """
    shape, px_per_mm = skin_shape(options), options.px_per_mm
    pores, spots = features.place_pores(options), features.place_spots(options)
    wrinkles, scars = features.place_wrinkles(options), features.place_scars(options)
    hairs = features.place_hairs(options)

    relief = micro_relief(options)
    relief *= np.float32(options.relief_scale)
    relief_rms = float(relief.std(dtype=np.float64))
    height, occlusion = relief, np.zeros(shape, dtype=np.float32)
    drawing.draw_pores(pores, height, occlusion, px_per_mm)
    height += undulation(options)
    drawing.draw_wrinkles(wrinkles, height, px_per_mm)
    drawing.draw_scars(scars, height, px_per_mm)

    tone = base_melanin(options.ita_degrees)
    melanin = mottling(options, "melanin", MELANIN_MOTTLING)
    melanin += np.float32(tone)
    np.maximum(melanin, np.float32(LEAST_MELANIN), out=melanin)
    drawing.draw_spots(spots, melanin, spot_grain(options), px_per_mm)
    melanin += np.float32(options.melanin_added)
    hemoglobin = mottling(options, "hemoglobin", HEMOGLOBIN_MOTTLING)
    hemoglobin += np.float32(RESTING_HEMOGLOBIN)
    np.maximum(hemoglobin, np.float32(LEAST_HEMOGLOBIN), out=hemoglobin)
    if options.redness != 0.0:
        hemoglobin += np.float32(options.redness) * redness_pattern(options)
    truth = SkinTruth(
        size_mm=options.size_mm,
        pores=pores,
        spots=spots,
        wrinkles=wrinkles,
        scars=scars,
        hairs=hairs,
        hemoglobin_added=options.redness,
        melanin_added=options.melanin_added,
        relief_rms_mm=relief_rms,
    )
    return SkinMaps(
        melanin=melanin,
        hemoglobin=hemoglobin,
        occlusion=occlusion,
        height_mm=height,
        gloss=gloss_map(options),
        hair=drawing.draw_hairs(hairs, shape, px_per_mm),
        bloodless=bloodless_reflectance(tone),
        px_per_mm=px_per_mm,
        truth=truth,
    )


def spot_grain(options: SkinOptions) -> FloatMap:
    """Return how unevenly pigment lies in a spot: (rows, columns), mean about 1."""
    rng = stream(options.seed, "spot grain")
    grain = smooth_field(rng, options.size_mm, skin_shape(options), SPOT_GRAIN_SIGMA_MM)
    grain *= np.float32(SPOT_GRAIN)
    np.exp(grain, out=grain)
    grain *= np.float32(np.exp(-0.5 * SPOT_GRAIN**2))
    return grain


def gloss_map(options: SkinOptions) -> FloatMap:
    """Return the strength of the surface reflection: sebum lies in soft patches."""
    rng = stream(options.seed, "gloss")
    shape = skin_shape(options)
    field = np.zeros(shape, dtype=np.float32)
    for sigma_mm in GLOSS_SIGMA_MM:
        field += np.float32(0.25) * smooth_field(rng, options.size_mm, shape, sigma_mm)
    np.exp(field, out=field)
    field *= np.float32(2.0 * options.gloss)
    return field
