"""Regular rows among marks on the skin: parallel lines or dots at even distances, as tram-track marks stand.

Marks are given as coordinates. If they stand in rows a distance d apart, their positions across the rows have one phase
of the period d: the periodogram of the positions, over directions and periods, has a high peak. Natural marks (pores,
spots) keep their distance too, but share no direction over a region.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from skincompare.errors import OptionError

__all__ = ["LEAST_MARKS", "RowPattern", "find_rows"]

LEAST_MARKS = 12
"""Fewest marks in which rows can be told from chance [judgement; see benchmarks/recovery.py]."""
PERIODS_MM = (1.0, 6.0)
"""Distances of rows that are looked for, mm: needle and roller spacings with room [judgement]."""
DIRECTIONS = 90
"""Directions tried, over half a turn: 2 degrees apart."""
OVERSAMPLED = 4.0
"""Periods tried in a resolution element of the region's width."""
CHANCE = 0.05
"""Probability that marks strewn at random reach the peak that is called rows. At 0.01 a fifth of the patches with dots
in rows was missed on the fitting seeds, at 0.1 one patch in ten of natural marks was called rows."""
LEAST_SHARE = 0.25
"""Least height of the peak as a share of that of perfect rows: many marks make a weak order certain, which no eye
sees [judgement]."""


@dataclass(frozen=True, slots=True)
class RowPattern:
    """The most regular rows among some marks.

    Parameters
    ----------
    is_regular : bool
        Whether they are more regular than chance.
    n_marks : int
        Marks that were given.
    spacing_mm : float
        Distance of the rows, mm; NaN with too few marks.
    angle_degrees : float
        Direction of the rows against the x axis, in [0, 180); NaN with too few marks.
    strength : float
        Height of the peak as a share of that of perfect rows, in [0, 1]; NaN with too few marks.
    """

    is_regular: bool
    n_marks: int
    spacing_mm: float
    angle_degrees: float
    strength: float


def find_rows(marks_mm: npt.ArrayLike) -> RowPattern:
    """Look for parallel rows at even distances.

    Parameters
    ----------
    marks_mm : array_like, shape (n, 2)
        Places of marks that were not there before the treatment, (x, y) in mm on the skin: dots, or points along
        lines, one every millimetre or two.

    Returns
    -------
    RowPattern
        Not regular when there are fewer than 12 marks: chance makes rows of those.

    Raises
    ------
    OptionError
        When the marks are no finite (n, 2) array.

    Notes
    -----
    For marks p and a trial wave k the power is ``|sum exp(2 pi i k.p)|^2 / n``; for n marks strewn at random it is
    exponential with mean 1, so the highest of m independent trials exceeds z with probability ``1 - (1 - exp(-z))^m``
    [Scargle 1982, doi 10.1086/160554, for positions instead of times].
    """
    marks = np.asarray(marks_mm, dtype=np.float64)
    if marks.size == 0:
        marks = marks.reshape(0, 2)
    if marks.ndim != 2 or marks.shape[1] != 2 or not np.isfinite(marks).all():
        raise OptionError(f"Marks are finite (x, y) pairs in mm, not an array of shape {marks.shape}.")
    n = len(marks)
    if n < LEAST_MARKS:
        return RowPattern(False, n, math.nan, math.nan, math.nan)
    marks = marks - marks.mean(axis=0)
    width = max(float(2.0 * np.hypot(*marks.T).max()), PERIODS_MM[1])
    low, high = 1.0 / PERIODS_MM[1], 1.0 / PERIODS_MM[0]
    frequencies = np.arange(max(low, 2.0 / width), high, 1.0 / (OVERSAMPLED * width))
    if frequencies.size == 0:
        return RowPattern(False, n, math.nan, math.nan, math.nan)
    angles = np.arange(DIRECTIONS) * math.pi / DIRECTIONS
    across = marks @ np.stack([np.cos(angles), np.sin(angles)])
    power = np.stack(
        [np.abs(np.exp(2j * math.pi * frequency * across).sum(axis=0)) ** 2 / n for frequency in frequencies]
    )
    row, column = np.unravel_index(int(power.argmax()), power.shape)
    # Independent trials: the half disc of wave vectors in units of the region's own area.
    trials = max(1.0, 0.5 * math.pi * (high**2 - low**2) * width**2)
    needed = -math.log1p(-((1.0 - CHANCE) ** (1.0 / trials)))
    strength = float(power[row, column] / n)
    return RowPattern(
        is_regular=bool(power[row, column] > needed and strength >= LEAST_SHARE),
        n_marks=n,
        spacing_mm=float(1.0 / frequencies[row]),
        angle_degrees=float((math.degrees(angles[column]) + 90.0) % 180.0),
        strength=strength,
    )
