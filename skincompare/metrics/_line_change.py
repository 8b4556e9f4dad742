"""How the lines changed between two photos: every line of either photo is read in both."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from skincompare.imaging.patches import PatchPair
from skincompare.marks import MarkState, PairedMark
from skincompare.metrics._beside import LampGain, LogRatio, lamp_gain
from skincompare.metrics._line_finder import LineOptions, depths
from skincompare.metrics._line_list import FoundLines, courses_of, drawn, found_lines, strength_of
from skincompare.metrics._scale_space import sampled
from skincompare.metrics.registry import ChangeEstimate

__all__ = ["LEAST_STRENGTH", "change_lines"]

FloatArray = npt.NDArray[np.float64]

N_QUANTITIES = 4
"""Density, strength, and density of fine lines and of wrinkles."""
PAIRED_DENSITY_ERROR = 0.03
"""SD of the paired change of density over the density (rendered 0.005, lamp within 8 degrees; room for faces)."""
PAIRED_DENSITY_FLOOR = 0.4
"""The same on skin with hardly a line, mm per cm2 [judgement: a tenth of a line of 4 mm on a square centimetre]."""
PAIRED_STRENGTH_ERROR, APART_ERROR = 0.08, 0.02
"""SD of the paired change of strength over the strength, and the part of it that two pieces of skin of one tilt do not
share: the lamp, at another place in each photo (rendered, two pieces of skin beside each other, all tones, 8.5 to 16
px/mm, seeds 5000 to 5011: 0.05 to 0.10 and 0.017 to 0.025, scatter over lines included)."""
SAME_LINE_MM = 0.5
"""Places nearer than that in two photos are of one line."""
LOST = 0.8
"""Share of :attr:`LineOptions.grow` below which a place of a line is no longer seen in the other photo."""
CHANCE = 0.4
"""Part of the length that only one photo shows, line by line in quadrature, that chance explains: faint lines come and
go as wholes [judgement, as for pores]."""
HALF = 0.5
"""A line is still there where at least half of its length is; a place counts where half of its neighbours do."""
LEAST_STRENGTH = 0.3
"""Strength below which two lines differ by noise, %."""


def change_lines(
    pair: PatchPair, references: Sequence[PatchPair], options: LineOptions
) -> tuple[ChangeEstimate | None, ...]:
    """Return the change of density and strength on the same lines of both photos.

    Every line of either photo is read in both. Density: length that only one photo shows; a line is fine or a wrinkle
    by its width in the photo that shows it. Strength: mean darkness of all lines of either photo, after minus before.

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
        The changes of ``line_density``, ``line_strength``, ``fine_line_density`` and ``wrinkle_density``, each in its
        unit; None where no photo shows a line.
    """
    if not all(patch.scale.is_known and patch.n_pixels for patch in pair.patches):
        return (None,) * N_QUANTITIES
    both = found_lines(pair.before, options), found_lines(pair.after, options)
    reads = _reads(pair, both, options)
    if not any(one.known.any() for one in reads):
        return (None,) * N_QUANTITIES
    area = math.sqrt(both[0].area_cm2 * both[1].area_cm2)
    wrinkles = [found.is_wrinkle for found in both]
    every = [one.known for one in reads]
    fine = [one.known & ~wide for one, wide in zip(reads, wrinkles, strict=True)]
    wide = [one.known & wide for one, wide in zip(reads, wrinkles, strict=True)]
    marks = tuple(_paired_marks(pair, both, reads))
    return (
        _density_change("line_density", reads, every, area, marks),
        _strength_change(reads, _lamp(pair, references, options)),
        _density_change("fine_line_density", reads, fine, area),
        _density_change("wrinkle_density", reads, wide, area),
    )


def _lamp(pair: PatchPair, references: Sequence[PatchPair], options: LineOptions) -> LampGain:
    """Return what the lamp did to the strength of lines, by the lines of untreated skin."""

    def ratio(one: PatchPair) -> LogRatio | None:
        if not all(patch.scale.is_known and patch.n_pixels for patch in one.patches):
            return None
        both = found_lines(one.before, options), found_lines(one.after, options)
        return _strength_ratio(_reads(one, both, options))

    key = "strength of lines", options
    return lamp_gain(pair, references, key, ratio, alone=PAIRED_STRENGTH_ERROR, apart=APART_ERROR)


def _density_change(
    name: str,
    reads: Sequence["_Read"],
    counted: Sequence[npt.NDArray[np.bool_]],
    area: float,
    marks: tuple[PairedMark, ...] = (),
) -> ChangeEstimate:
    """Return the length that only one photo shows, of the places that are `counted` in each."""
    lengths = [float(one.length_mm[which].sum()) for one, which in zip(reads, counted, strict=True)]
    single = [which & ~one.seen for one, which in zip(reads, counted, strict=True)]
    lost, new = (float(one.length_mm[which].sum()) for one, which in zip(reads, single, strict=True))
    chance = CHANCE * math.sqrt(sum(_squares(one, which) for one, which in zip(reads, single, strict=True)))
    error = math.hypot(PAIRED_DENSITY_ERROR * sum(lengths) / 2, PAIRED_DENSITY_FLOOR * area)
    return ChangeEstimate(
        name, (new - lost) / area, math.hypot(error, chance) / area, error / area / math.sqrt(2), marks=marks
    )


@dataclass(frozen=True, eq=False)
class _Read:
    """The places of one photo's lines, read in both photos; arrays of shape (n,).

    `there` (n, 2): native pixels of the other patch; `known`: both photos count the place; `seen`: the other photo
    shows the line; `single`: the other photo has no line there of its own; depths in ln units.
    """

    length_mm: FloatArray
    line: npt.NDArray[np.int64]
    there: FloatArray
    known: npt.NDArray[np.bool_]
    seen: npt.NDArray[np.bool_]
    own_depth: FloatArray
    other_depth: FloatArray


def _reads(pair: PatchPair, both: tuple[FoundLines, FoundLines], options: LineOptions) -> list[_Read]:
    """Read the lines of each photo in both."""
    return [
        _read(both[0], both[1], pair.to_after, options),
        _read(both[1], both[0], pair.to_before, options),
    ]


def _read(own: FoundLines, other: FoundLines, there: object, options: LineOptions) -> _Read:
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
    return _Read(
        own.lines.length_mm,
        own.lines.line,
        mapped,
        inside & counts,
        near | (response > LOST * options.grow),
        own.depth,
        depths(other.skin, xy, options),
    )


def _strength_change(reads: Sequence[_Read], lamp: LampGain) -> ChangeEstimate | None:
    """Return the change of the mean darkness over the lines of either photo, less what the lamp did."""
    found = _strength_step(reads)
    if found is None:
        return None
    change, scatter, strength = found
    repeat = math.hypot(lamp.sigma * strength, LEAST_STRENGTH / 4)
    less = change - lamp.value * strength
    return ChangeEstimate("line_strength", less, math.hypot(repeat, scatter), repeat / math.sqrt(2))


def _strength_ratio(reads: Sequence[_Read]) -> LogRatio | None:
    """Return the same over the strength."""
    found = _strength_step(reads)
    return None if found is None else LogRatio(found[0] / found[2], found[1] / found[2])


def _strength_step(reads: Sequence[_Read]) -> tuple[float, float, float] | None:
    """Return change, its scatter over lines and the mean strength, each photo's lines weighing half; None: no lines."""
    parts, variances, strengths = [], [], []
    for one, sign in zip(reads, (1, -1), strict=True):
        known = one.known
        weight = one.length_mm[known]
        if weight.size < 2 or weight.sum() == 0:
            continue
        step = sign * 100 * (one.other_depth[known] - one.own_depth[known])
        mean = float(np.average(step, weights=weight))
        parts.append((mean, float(weight.sum())))
        by_line = np.bincount(one.line[known], weight * (step - mean))
        variances.append(float(np.sum(by_line**2)))
        strengths.append(strength_of((one.own_depth[known] + one.other_depth[known]) / 2, weight))
    if not parts:
        return None
    total = sum(length for _, length in parts)
    change = sum(mean * length for mean, length in parts) / total
    # Both photos hold mostly the same lines: their errors add up, not their squares.
    scatter = sum(math.sqrt(v) for v in variances) / total
    return change, scatter, max(float(np.mean(strengths)), LEAST_STRENGTH)


def _squares(read: _Read, chosen: npt.NDArray[np.bool_]) -> float:
    """Return the sum over lines of the squared length of the chosen places."""
    lengths = np.bincount(read.line[chosen], read.length_mm[chosen])
    return float(np.sum(lengths**2))


def _paired_marks(
    pair: PatchPair, both: tuple[FoundLines, FoundLines], reads: Sequence[_Read]
) -> list[PairedMark]:
    """Return the lines of the before photo, and those of the after photo that are new."""
    marks = []
    for k in (0, 1):
        own, read = both[k], reads[k]
        for xy, strength, kept in courses_of(own):
            places = read.line == read.line[kept[0]]
            if not read.known[places].any():
                continue
            known = places & read.known
            is_seen = float(np.average(read.seen[known], weights=read.length_mm[known])) >= HALF
            if k and is_seen:
                continue
            here = drawn(pair.patches[k], own.skin.to_native(xy), strength)
            other = strength_of(read.other_depth[known], read.length_mm[known])
            there = drawn(pair.patches[1 - k], read.there[kept], other)
            state = MarkState.STILL_THERE if is_seen else (MarkState.NEW if k else MarkState.GONE)
            marks.append(PairedMark(there, here, state) if k else PairedMark(here, there, state))
    return marks
