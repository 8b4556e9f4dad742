"""How the strength of lines changed between two photos: the same places, less what the lamp did."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from skincompare.metrics._beside import LampGain, LogRatio
from skincompare.metrics.registry import ChangeEstimate

__all__ = [
    "APART_ERROR",
    "LEAST_STRENGTH",
    "PAIRED_STRENGTH_ERROR",
    "LineRead",
    "change_of_strength",
    "mean_strength",
    "strength_ratio",
]

FloatArray = npt.NDArray[np.float64]

PAIRED_STRENGTH_ERROR, APART_ERROR = 0.08, 0.02
"""SD of the paired change of strength over the strength, and the part of it that two pieces of skin of one tilt do not
share: the lamp, at another place in each photo (rendered, two pieces of skin beside each other, all tones, 8.5 to 16
px/mm, seeds 5000 to 5011: 0.05 to 0.10 and 0.017 to 0.025, scatter over lines included)."""
LEAST_STRENGTH = 0.3
"""Strength below which two lines differ by noise, %."""


@dataclass(frozen=True, eq=False)
class LineRead:
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


def change_of_strength(reads: Sequence[LineRead], lamp: LampGain) -> ChangeEstimate | None:
    """Return the change of the mean darkness over the lines of either photo, less what the lamp did."""
    found = _strength_step(reads)
    if found is None:
        return None
    change, scatter, strength = found
    repeat = math.hypot(lamp.sigma * strength, LEAST_STRENGTH / 4)
    less = change - lamp.value * strength
    return ChangeEstimate("line_strength", less, math.hypot(repeat, scatter), repeat / math.sqrt(2))


def strength_ratio(reads: Sequence[LineRead]) -> LogRatio | None:
    """Return the same over the strength."""
    found = _strength_step(reads)
    return None if found is None else LogRatio(found[0] / found[2], found[1] / found[2])


def _strength_step(reads: Sequence[LineRead]) -> tuple[float, float, float] | None:
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
        strengths.append(mean_strength((one.own_depth[known] + one.other_depth[known]) / 2, weight))
    if not parts:
        return None
    total = sum(length for _, length in parts)
    change = sum(mean * length for mean, length in parts) / total
    # Both photos hold mostly the same lines: their errors add up, not their squares.
    scatter = sum(math.sqrt(v) for v in variances) / total
    return change, scatter, max(float(np.mean(strengths)), LEAST_STRENGTH)


def mean_strength(depth: FloatArray, length_mm: FloatArray) -> float:
    return 100 * float(np.average(depth, weights=length_mm))
