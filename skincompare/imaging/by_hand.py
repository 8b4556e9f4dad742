"""An alignment that rests on points marked by hand: for close-ups whose skin has changed too much to be found again."""

import math

import numpy as np

from skincompare.imaging.coarse import FramePoints
from skincompare.imaging.sampling import FloatArray

__all__ = ["MIN_POINTS", "leave_one_out_px"]

MIN_POINTS = 4
"""Fewest points that can check one another: three settle a motion, the fourth tells whether it is right."""


def leave_one_out_px(points: FramePoints) -> float:
    """Return how far points lie from where all others put them.

    Parameters
    ----------
    points : FramePoints
        Marked by hand.

    Returns
    -------
    float
        Root of the mean square, px of the before frame; NaN with fewer than :data:`MIN_POINTS`, or where the others
        lie on one line.
    """
    count = len(points.before)
    if count < MIN_POINTS:
        return math.nan
    spread = np.column_stack([points.before, np.ones(count)])
    misses = [_miss(spread, points.after, number) for number in range(count)]
    return float(np.sqrt(np.mean(np.square(misses))))


def _miss(spread: FloatArray, after: FloatArray, number: int) -> float:
    """Return how far the affine motion of all other points misses one, px of the before frame."""
    others = np.arange(len(spread)) != number
    motion, _, rank, _ = np.linalg.lstsq(spread[others], after[others], rcond=None)
    area = abs(float(np.linalg.det(motion[:2])))
    if rank < spread.shape[1] or area == 0:
        return math.nan
    return float(np.linalg.norm(spread[number] @ motion - after[number])) / math.sqrt(area)
