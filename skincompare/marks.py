"""Where a number comes from: the features that a metric found, and maps of what it saw, in each photo's own pixels."""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from skincompare.errors import OptionError

__all__ = ["Mark", "MarkState", "MetricMap", "PairedMark"]

JSON_DIGITS = 1
"""Digits after the point of a place or size in JSON, px."""


class MarkState(StrEnum):
    """What became of a feature between the two photos."""

    STILL_THERE = "still there"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Mark:
    """One feature in one photo: a round one by its centre, a long one by its course.

    Parameters
    ----------
    points : tuple of (x, y)
        One point: the centre of a circle. Several: a line through them. Pixels of the photo.
    size_px : float
        Diameter of the circle or width of the line, px of the photo.
    strength : float
        How strong it is, in the metric's own unit; NaN when it has none.
    """

    points: tuple[tuple[float, float], ...]
    size_px: float
    strength: float = math.nan

    def __post_init__(self) -> None:
        if not self.points:
            raise OptionError("A mark needs at least one point.")
        if not (math.isfinite(self.size_px) and self.size_px > 0):
            raise OptionError(f"The size of a mark is a positive number of pixels, not {self.size_px}.")

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; NaN becomes None."""
        return {
            "points": [[round(x, JSON_DIGITS), round(y, JSON_DIGITS)] for x, y in self.points],
            "size_px": round(self.size_px, JSON_DIGITS),
            "strength": None if math.isnan(self.strength) else self.strength,
        }


@dataclass(frozen=True, slots=True)
class PairedMark:
    """One feature of the skin in both photos; where it is gone or new, the other photo's mark is its empty place."""

    before: Mark
    after: Mark
    state: MarkState

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "before": self.before.to_dict(),
            "after": self.after.to_dict(),
            "state": self.state.value,
        }


@dataclass(frozen=True, eq=False)
class MetricMap:
    """What a metric saw at every place of a region, in the photo's own frame.

    Parameters
    ----------
    values : ndarray of float32, shape (height, width)
        NaN where nothing counts.
    left, top : int
        Corner of the map in the photo, px.
    step : float
        Photo pixels of one pixel of the map; pixel (column, row) covers the photo from ``left + step * column``, on
        both axes alike.
    low, high : float
        Ends of the fixed colour scale: the same for every photo.
    unit : str
        Unit of the values.
    """

    values: npt.NDArray[np.float32]
    left: int
    top: int
    step: float
    low: float
    high: float
    unit: str

    def __post_init__(self) -> None:
        if self.values.ndim != 2:
            raise OptionError(f"A map has rows and columns, not the shape {self.values.shape}.")
        if not (self.step > 0 and self.low < self.high):
            raise OptionError("A map needs a positive step and a colour scale that rises.")
