"""What the lamp did to the shading of untreated skin beside: it is taken off a change of relief."""

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from skincompare.imaging.patches import PatchPair
from skincompare.imaging.tilt import tilt_between

__all__ = ["LampGain", "LogRatio", "is_alike", "lamp_gain"]

MAX_TILT_DEGREES = 10.0
"""Largest angle between skin that meets the light alike, as for roughness."""
MIN_REFERENCE_CM2 = 1.0
"""Least area of untreated skin that tells the lamp."""


@dataclass(frozen=True, slots=True)
class LogRatio:
    """ln of the strength of shading after over before on some skin, and its own error."""

    value: float
    sigma: float


@dataclass(frozen=True, slots=True)
class LampGain:
    """What the lamp did to ln of the strength of shading: to take off, and the error that stays.

    Parameters
    ----------
    value : float
        0 where no untreated skin tells it.
    sigma : float
        One standard deviation of what the lamp did beyond `value`.
    """

    value: float
    sigma: float


def is_alike(reference: PatchPair, pair: PatchPair, max_tilt_degrees: float, min_cm2: float) -> bool:
    """Return whether untreated skin is large enough and looks where the region looks; close-ups count as flat."""
    area = reference.remembered("area", lambda: min(patch.area_cm2 for patch in reference.patches))
    if not area >= min_cm2:
        return False
    for one, other in zip(_normals(reference), _normals(pair), strict=True):
        tilt = 0.0 if one is None and other is None else tilt_between(one, other)
        if not tilt <= max_tilt_degrees:
            return False
    return True


def lamp_gain(
    pair: PatchPair,
    references: Sequence[PatchPair],
    key: Hashable,
    measure: Callable[[PatchPair], LogRatio | None],
    *,
    alone: float,
    apart: float,
) -> LampGain:
    """Return what the lamp did to a region, by untreated skin that looks the same way.

    The mean of the references, weighed against "nothing" by how well each is known: what is left has the least error.

    Parameters
    ----------
    pair : PatchPair
        The region.
    references : sequence of PatchPair
        Untreated regions.
    key : hashable
        Under which each keeps its ratio, as every region asks.
    measure : callable
        Returns the ratio of one reference, or None where it shows too little.
    alone : float
        SD of ln of what the lamp does to the strength of shading, where nothing tells it.
    apart : float
        Part of it that two pieces of skin of one tilt do not share; below `alone`.

    Returns
    -------
    LampGain
        Of the region.
    """

    def told(reference: PatchPair) -> LogRatio | None:
        return reference.remembered(key, lambda: measure(reference))

    alike = (one for one in references if is_alike(one, pair, MAX_TILT_DEGREES, MIN_REFERENCE_CM2))
    known = [ratio for ratio in map(told, alike) if ratio is not None]
    if not known:
        return LampGain(0.0, alone)
    weights = np.array([1 / (apart**2 + one.sigma**2) for one in known])
    mean = float(np.average([one.value for one in known], weights=weights))
    shared = alone**2 - apart**2
    trust = shared / (shared + 1 / float(weights.sum()))
    return LampGain(trust * mean, math.sqrt(alone**2 - trust * shared))


def _normals(pair: PatchPair) -> tuple[tuple[float, float, float] | None, ...]:
    return pair.remembered("normals", lambda: tuple(patch.normal for patch in pair.patches))
