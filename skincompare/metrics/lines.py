"""Lines and wrinkles: how long they are together on a square centimetre, and how dark."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from skincompare.imaging.blocks import block_numbers
from skincompare.imaging.patches import PatchPair, SkinPatch
from skincompare.marks import Mark, MarkState, PairedMark
from skincompare.measurement import Effect, Flag
from skincompare.metrics._beside import LampGain, LogRatio, lamp_gain
from skincompare.metrics._gates import (
    all_missing,
    blurred,
    unknown_blur,
    withheld_for_scale,
    withheld_for_size,
)
from skincompare.metrics._line_finder import (
    LineOptions,
    Lines,
    WorkingSkin,
    depths,
    find_lines,
    working_skin,
)
from skincompare.metrics._line_strength import (
    APART_ERROR,
    LEAST_STRENGTH,
    PAIRED_STRENGTH_ERROR,
    LineRead,
    change_of_strength,
    mean_strength,
    strength_ratio,
)
from skincompare.metrics._pigment import glare_on_dark
from skincompare.metrics._scale_space import sampled
from skincompare.metrics.registry import ChangeEstimate, Estimate, MetricSpec, Quantity

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
STRENGTH_ERROR = 0.35
"""Relative error of the absolute strength: it depends on where the lamp stands (rendered)."""
STRENGTH_REPEAT = 0.08
"""Within-subject SD of the strength over itself, each photo on its own lines (rendered)."""
PAIRED_DENSITY_ERROR = 0.03
"""SD of the paired change of density over the density (rendered 0.005, lamp within 8 degrees; room for faces)."""
PAIRED_DENSITY_FLOOR = 0.4
"""The same on skin with hardly a line, mm per cm2 [judgement: a tenth of a line of 4 mm on a square centimetre]."""
SAME_LINE_MM = 0.5
"""Places nearer than that in two photos are of one line."""
LOST = 0.8
"""Share of :attr:`LineOptions.grow` below which a place of a line is no longer seen in the other photo."""
CHANCE = 0.4
"""Part of the length that only one photo shows, line by line in quadrature, that chance explains: faint lines come and
go as wholes [judgement, as for pores]."""
HALF = 0.5
"""A line is still there where at least half of its length is; a place counts where half of its neighbours do."""
MARK_STEP_MM = 0.5
"""Distance of the points of a mark."""
MARK_WIDTH_MM = 0.3
"""Width at which a line is drawn."""


@dataclass(frozen=True, eq=False)
class _Found:
    """The lines of a patch, and the darkness of each of their places (ln units)."""

    skin: WorkingSkin
    lines: Lines
    depth: FloatArray

    @property
    def area_cm2(self) -> float:
        """Area on which lines were looked for."""
        return float(np.count_nonzero(self.skin.interior)) / self.skin.px_per_mm**2 / 100


def measure_lines(patch: SkinPatch, options: LineOptions) -> tuple[Estimate, ...]:
    """Return the density and the strength of the lines of a patch.

    Parameters
    ----------
    patch : SkinPatch
        The skin, in native pixels.
    options : LineOptions
        What counts as a line.

    Returns
    -------
    tuple of two Estimate
        ``line_density`` (mm per cm2) and ``line_strength`` (%, how much darker a line is than the skin round it).
        Both are missing, with a flag, below their resolution, without a scale, with too little skin, or when the
        photo is too blurred; the strength also where no line is found.

    Notes
    -----
    Source: see :func:`skincompare.metrics._line_finder.ridges`. A line that lies along the light casts no shade and
    is missed. Hairs and creases count as lines.
    """
    refused = _refused(patch, options)
    if refused is not None:
        return all_missing(SPEC.quantities, refused, patch.n_pixels)
    found = _found(patch, options)
    if found.area_cm2 < options.min_area_cm2 / 2:
        few = withheld_for_size(patch.n_pixels, patch.n_pixels + 1)
        return all_missing(SPEC.quantities, few, patch.n_pixels) if few else ()
    flags = (unknown_blur(),) if math.isnan(patch.blur_px) else ()
    density = float(found.lines.length_mm.sum()) / found.area_cm2
    scale_error = patch.scale.sigma / patch.scale.px_per_mm
    first = Estimate(
        "line_density",
        density,
        math.hypot(density * DENSITY_ERROR, DENSITY_FLOOR, density * scale_error),
        math.hypot(density * DENSITY_REPEAT, DENSITY_REPEAT_FLOOR),
        patch.n_pixels,
        _block_densities(patch, found, options),
        flags,
        marks=tuple(_mark(patch, found, *one) for one in _courses(found)),
    )
    if not found.lines.count:
        return first, Estimate.missing("line_strength", _no_lines(), patch.n_pixels)
    strength = mean_strength(found.depth, found.lines.length_mm)
    second = Estimate(
        "line_strength",
        strength,
        math.hypot(strength * STRENGTH_ERROR, LEAST_STRENGTH),
        math.hypot(strength * STRENGTH_REPEAT, LEAST_STRENGTH / 2),
        patch.n_pixels,
        None,
        (*flags, *glare_on_dark(SPEC.quantities[1].label, patch)),
    )
    return first, second


def change_lines(
    pair: PatchPair, references: Sequence[PatchPair], options: LineOptions
) -> tuple[ChangeEstimate | None, ...]:
    """Return the change of density and strength on the same lines of both photos.

    Every line of either photo is read in both. Density: length that only one photo shows. Strength: mean darkness
    of all lines of either photo, after minus before.

    Parameters
    ----------
    pair : PatchPair
        The same region of both photos.
    references : sequence of PatchPair
        Untreated regions: how their own lines changed in strength is what the lamp did, and is taken off.
    options : LineOptions
        What counts as a line.

    Returns
    -------
    tuple
        The change of ``line_density`` and of ``line_strength``, each in its unit; None where no photo shows a line.
    """
    if any(_refused(patch, options) is not None for patch in pair.patches):
        return None, None
    both = _found(pair.before, options), _found(pair.after, options)
    reads = _reads(pair, both, options)
    if not any(one.known.any() for one in reads):
        return None, None
    area = math.sqrt(both[0].area_cm2 * both[1].area_cm2)
    total = sum(float(one.length_mm[one.known].sum()) for one in reads) / 2
    lost, new = (float(one.length_mm[one.known & ~one.seen].sum()) for one in reads)
    single = np.sqrt(sum(_squares(one, one.known & ~one.seen) for one in reads))
    error = math.hypot(PAIRED_DENSITY_ERROR * total, PAIRED_DENSITY_FLOOR * area)
    return (
        ChangeEstimate(
            "line_density",
            (new - lost) / area,
            math.hypot(error, CHANCE * single) / area,
            error / area / math.sqrt(2),
            marks=tuple(_paired_marks(pair, both, reads)),
        ),
        change_of_strength(reads, _lamp(pair, references, options)),
    )


def _lamp(pair: PatchPair, references: Sequence[PatchPair], options: LineOptions) -> LampGain:
    """Return what the lamp did to the strength of lines, by the lines of untreated skin."""

    def ratio(one: PatchPair) -> LogRatio | None:
        if any(_refused(patch, options) is not None for patch in one.patches):
            return None
        both = _found(one.before, options), _found(one.after, options)
        return strength_ratio(_reads(one, both, options))

    key = "strength of lines", options
    return lamp_gain(pair, references, key, ratio, alone=PAIRED_STRENGTH_ERROR, apart=APART_ERROR)


def _reads(pair: PatchPair, both: tuple[_Found, _Found], options: LineOptions) -> list[LineRead]:
    """Read the lines of each photo in both."""
    return [
        _read(both[0], both[1], pair.to_after, options),
        _read(both[1], both[0], pair.to_before, options),
    ]


def _read(own: _Found, other: _Found, there: object, options: LineOptions) -> LineRead:
    native = own.skin.to_native(own.lines.xy)
    mapped = there(native) if callable(there) and len(native) else native
    xy = other.skin.from_native(mapped)
    inside = np.all((xy >= 0) & (xy <= np.array(other.skin.mask.shape[::-1]) - 1), axis=1)
    x, y = xy[:, :1], xy[:, 1:]
    # A place may lie a little beside the other photo's ridge: the strongest of its neighbours counts.
    widest = np.asarray(cv2.dilate(other.lines.response, np.ones((3, 3), np.uint8)), np.float32)
    counts = sampled(other.skin.interior.astype(np.float32), x, y, cv2.INTER_LINEAR)[:, 0] > HALF
    response = sampled(widest, x, y, cv2.INTER_LINEAR)[:, 0]
    near = np.zeros(len(xy), np.bool_)
    if len(other.lines.xy) and len(xy):
        near = cKDTree(other.lines.xy).query(xy)[0] < SAME_LINE_MM * other.skin.px_per_mm
    return LineRead(
        own.lines.length_mm,
        own.lines.line,
        mapped,
        inside & counts,
        near | (response > LOST * options.grow),
        own.depth,
        depths(other.skin, xy, options),
    )


def _squares(read: LineRead, chosen: npt.NDArray[np.bool_]) -> float:
    """Return the sum over lines of the squared length of the chosen places."""
    lengths = np.bincount(read.line[chosen], read.length_mm[chosen])
    return float(np.sum(lengths**2))


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


def _found(patch: SkinPatch, options: LineOptions) -> _Found:
    def find() -> _Found:
        skin = working_skin(patch, options)
        lines = find_lines(skin, options)
        return _Found(skin, lines, depths(skin, lines.xy, options))

    return patch.remembered(("lines", options), find)


def _block_densities(patch: SkinPatch, found: _Found, options: LineOptions) -> FloatArray:
    rows, columns = np.nonzero(found.skin.interior)
    native = found.skin.to_native(np.column_stack([columns, rows]).astype(np.float64))
    skin = block_numbers(patch, native[:, 1], native[:, 0])
    area_cm2 = np.bincount(skin[skin >= 0], minlength=patch.n_blocks) / found.skin.px_per_mm**2 / 100
    places = found.skin.to_native(found.lines.xy)
    numbers = block_numbers(patch, places[:, 1], places[:, 0])
    inside = numbers >= 0
    sums = np.bincount(numbers[inside], found.lines.length_mm[inside], minlength=patch.n_blocks)
    return np.asarray(sums / np.where(area_cm2 >= options.min_block_cm2, area_cm2, np.nan), np.float64)


def _courses(found: _Found) -> list[tuple[FloatArray, float, npt.NDArray[np.intp]]]:
    """Return the course of each line (n, 2) in working px, its strength in %, and which places it takes."""
    step = max(1, round(MARK_STEP_MM * found.skin.px_per_mm))
    courses = []
    for number in range(found.lines.count):
        chosen = np.flatnonzero(found.lines.line == number)
        xy = found.lines.xy[chosen]
        # Along its main direction: enough to draw a line that bends but does not turn back.
        main = np.linalg.svd(xy - xy.mean(axis=0), full_matrices=False)[2][0]
        chosen = chosen[np.argsort((xy - xy.mean(axis=0)) @ main, kind="stable")]
        kept = chosen[np.unique(np.append(np.arange(0, chosen.size, step), chosen.size - 1))]
        strength = mean_strength(found.depth[chosen], found.lines.length_mm[chosen])
        courses.append((found.lines.xy[kept], strength, kept))
    return courses


def _mark(patch: SkinPatch, found: _Found, xy: FloatArray, strength: float, _: npt.NDArray[np.intp]) -> Mark:
    return _drawn(patch, found.skin.to_native(xy), strength)


def _drawn(patch: SkinPatch, native: FloatArray, strength: float) -> Mark:
    points = tuple((float(x), float(y)) for x, y in patch.to_photo(native))
    return Mark(points, MARK_WIDTH_MM * patch.scale.px_per_mm, strength)


def _paired_marks(
    pair: PatchPair, both: tuple[_Found, _Found], reads: Sequence[LineRead]
) -> list[PairedMark]:
    """Return the lines of the before photo, and those of the after photo that are new."""
    marks = []
    for k in (0, 1):
        own, read = both[k], reads[k]
        for xy, strength, kept in _courses(own):
            places = read.line == read.line[kept[0]]
            if not read.known[places].any():
                continue
            known = places & read.known
            is_seen = float(np.average(read.seen[known], weights=read.length_mm[known])) >= HALF
            if k and is_seen:
                continue
            here = _drawn(pair.patches[k], own.skin.to_native(xy), strength)
            other = mean_strength(read.other_depth[known], read.length_mm[known])
            there = _drawn(pair.patches[1 - k], read.there[kept], other)
            state = MarkState.STILL_THERE if is_seen else (MarkState.NEW if k else MarkState.GONE)
            marks.append(PairedMark(there, here, state) if k else PairedMark(here, there, state))
    return marks


def _no_lines() -> Flag:
    return Flag(
        "no_lines",
        "No line was found, so there is no strength of lines.",
        "Come closer with the light from across the lines, so that they show.",
        Effect.NOT_MEASURABLE,
    )


SPEC = MetricSpec(
    name="lines",
    version=2,
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
    ),
    measure=measure_lines,
    options=LineOptions(),
    source="Ridges after Sato et al. 1998, doi 10.1016/S1361-8415(98)80009-1, cut to a ceiling and averaged along; "
    "constants fitted on rendered skin",
    change=change_lines,
)
