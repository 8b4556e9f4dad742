"""Lines and wrinkles: how long they are together on a square centimetre, and how dark."""

import math

import numpy as np
import numpy.typing as npt

from skincompare.imaging.blocks import block_numbers
from skincompare.imaging.patches import SkinPatch
from skincompare.marks import Mark
from skincompare.measurement import Effect, Flag
from skincompare.metrics._gates import (
    all_missing,
    blurred,
    unknown_blur,
    withheld_for_scale,
    withheld_for_size,
)
from skincompare.metrics._line_change import LEAST_STRENGTH, change_lines
from skincompare.metrics._line_finder import LineOptions
from skincompare.metrics._line_list import FoundLines, courses_of, drawn, found_lines, strength_of
from skincompare.metrics._pigment import glare_on_dark
from skincompare.metrics.registry import Estimate, MetricSpec, Quantity

__all__ = ["SPEC", "LineOptions", "change_lines", "measure_lines"]

FloatArray = npt.NDArray[np.float64]

MAX_BLUR_MM = 0.14
"""Largest blur (sigma) of a photo, mm: 1.1 px at the gate."""
DENSITY_ERROR = 0.45
"""Relative error of the density: faint lines, and lines that lie along the light, are missed (rendered)."""
DENSITY_FLOOR = 1.0
"""Error of the density on skin without lines, mm per cm2 (rendered: 0 to 0.5 of false line)."""
DENSITY_REPEAT = 0.12
"""Within-subject SD of the density over itself, counted independently in two photos (rendered)."""
DENSITY_REPEAT_FLOOR = 1.0
"""The same on skin with hardly a line, mm per cm2: one line more or less."""
SPLIT_ERROR = 0.08
"""Part of the length of all lines that is put to the wrong one of fine lines and wrinkles (rendered)."""
STRENGTH_ERROR = 0.35
"""Relative error of the absolute strength: it depends on where the lamp stands (rendered)."""
STRENGTH_REPEAT = 0.08
"""Within-subject SD of the strength over itself, each photo on its own lines (rendered)."""


def measure_lines(patch: SkinPatch, options: LineOptions) -> tuple[Estimate, ...]:
    """Return the density and the strength of the lines of a patch, and how much of them is fine and how much wrinkle.

    Parameters
    ----------
    patch : SkinPatch
        The skin, in native pixels.
    options : LineOptions
        What counts as a line.

    Returns
    -------
    tuple of four Estimate
        ``line_density`` (mm per cm2), ``line_strength`` (%, how much darker a line is than the skin round it), and the
        density of lines narrower and wider than 0.25 mm: ``fine_line_density`` and ``wrinkle_density``. All are
        missing, with a flag, below their resolution, without a scale, with too little skin, or when the photo is too
        blurred; the strength also where no line is found.

    Notes
    -----
    Source: see :func:`skincompare.metrics._line_finder.ridges`. A line that lies along the light casts no shade and
    is missed. Hairs and creases count as lines.
    """
    refused = _refused(patch, options)
    if refused is not None:
        return all_missing(SPEC.quantities, refused, patch.n_pixels)
    found = found_lines(patch, options)
    if found.area_cm2 < options.min_area_cm2 / 2:
        few = withheld_for_size(patch.n_pixels, patch.n_pixels + 1)
        return all_missing(SPEC.quantities, few, patch.n_pixels) if few else ()
    every = np.ones(len(found.lines.xy), np.bool_)
    split = [
        _density(patch, found, options, name, which)
        for name, which in (("fine_line_density", ~found.is_wrinkle), ("wrinkle_density", found.is_wrinkle))
    ]
    return (
        _density(patch, found, options, "line_density", every),
        _strength(patch, found),
        *split,
    )


def _density(
    patch: SkinPatch, found: FoundLines, options: LineOptions, name: str, which: npt.NDArray[np.bool_]
) -> Estimate:
    """Return the density of the places `which` of the lines."""
    density = float(found.lines.length_mm[which].sum()) / found.area_cm2
    all_of_them = float(found.lines.length_mm.sum()) / found.area_cm2
    is_all = bool(which.all()) and name == "line_density"
    moved = 0.0 if is_all else SPLIT_ERROR * all_of_them
    return Estimate(
        name,
        density,
        math.hypot(
            density * DENSITY_ERROR, DENSITY_FLOOR, density * patch.scale.sigma / patch.scale.px_per_mm, moved
        ),
        math.hypot(density * DENSITY_REPEAT, DENSITY_REPEAT_FLOOR, moved),
        patch.n_pixels,
        _block_densities(patch, found, which, options),
        _soft(patch),
        marks=tuple(_mark(patch, found, *one) for one in courses_of(found)) if is_all else (),
    )


def _strength(patch: SkinPatch, found: FoundLines) -> Estimate:
    if not found.lines.count:
        return Estimate.missing("line_strength", _no_lines(), patch.n_pixels)
    strength = strength_of(found.depth, found.lines.length_mm)
    return Estimate(
        "line_strength",
        strength,
        math.hypot(strength * STRENGTH_ERROR, LEAST_STRENGTH),
        math.hypot(strength * STRENGTH_REPEAT, LEAST_STRENGTH / 2),
        patch.n_pixels,
        None,
        (*_soft(patch), *glare_on_dark(SPEC.quantities[1].label, patch)),
    )


def _soft(patch: SkinPatch) -> tuple[Flag, ...]:
    return (unknown_blur(),) if math.isnan(patch.blur_px) else ()


def _mark(
    patch: SkinPatch, found: FoundLines, xy: FloatArray, strength: float, _: npt.NDArray[np.intp]
) -> Mark:
    return drawn(patch, found.skin.to_native(xy), strength)


def _refused(patch: SkinPatch, options: LineOptions) -> Flag | None:
    if not patch.n_pixels:
        return withheld_for_size(0, 1)
    unscaled = withheld_for_scale(patch, SPEC.quantities[0])
    if unscaled is not None:
        return unscaled
    few = withheld_for_size(patch.n_pixels, math.ceil(options.min_area_cm2 * 100 * patch.scale.px_per_mm**2))
    blur_mm = patch.blur_px / patch.scale.px_per_mm
    if few is None and blur_mm > MAX_BLUR_MM:
        return blurred(SPEC.quantities[0].label, blur_mm, MAX_BLUR_MM)
    return few


def _block_densities(
    patch: SkinPatch, found: FoundLines, which: npt.NDArray[np.bool_], options: LineOptions
) -> FloatArray:
    rows, columns = np.nonzero(found.skin.interior)
    native = found.skin.to_native(np.column_stack([columns, rows]).astype(np.float64))
    skin = block_numbers(patch, native[:, 1], native[:, 0])
    area_cm2 = np.bincount(skin[skin >= 0], minlength=patch.n_blocks) / found.skin.px_per_mm**2 / 100
    places = found.skin.to_native(found.lines.xy)
    numbers = block_numbers(patch, places[:, 1], places[:, 0])
    inside = (numbers >= 0) & which
    sums = np.bincount(numbers[inside], found.lines.length_mm[inside], minlength=patch.n_blocks)
    return np.asarray(sums / np.where(area_cm2 >= options.min_block_cm2, area_cm2, np.nan), np.float64)


def _no_lines() -> Flag:
    return Flag(
        "no_lines",
        "No line was found, so there is no strength of lines.",
        "Come closer with the light from across the lines, so that they show.",
        Effect.NOT_MEASURABLE,
    )


SPEC = MetricSpec(
    name="lines",
    version=3,
    quantities=(
        Quantity(
            name="line_density",
            label="Lines and wrinkles",
            unit="mm per cm²",
            decimals=1,
            needs_light=False,
            min_px_per_mm=8.0,
            meaning="More of it means longer or more lines and wrinkles.",
            marks="lines",
        ),
        Quantity(
            name="line_strength",
            label="Strength of lines",
            unit="%",
            decimals=1,
            needs_light=False,
            min_px_per_mm=8.0,
            meaning="More of it means darker, deeper lines and wrinkles.",
        ),
        Quantity(
            name="fine_line_density",
            label="Fine lines",
            unit="mm per cm²",
            decimals=1,
            needs_light=False,
            min_px_per_mm=8.0,
            meaning="More of it means longer or more lines narrower than 0.25 mm.",
        ),
        Quantity(
            name="wrinkle_density",
            label="Wrinkles",
            unit="mm per cm²",
            decimals=1,
            needs_light=False,
            min_px_per_mm=8.0,
            meaning="More of it means longer or more lines wider than 0.25 mm.",
        ),
    ),
    measure=measure_lines,
    options=LineOptions(),
    source="Ridges after Sato et al. 1998, doi 10.1016/S1361-8415(98)80009-1, cut to a ceiling and averaged along; "
    "constants fitted on rendered skin",
    change=change_lines,
)
