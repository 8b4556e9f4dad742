"""Statistics of repeat photos: within-subject SD from all pairs, and the agreement ICC(A,1).

Photos of one visit show the same skin, so what differs between them is the error of photographing. Every two photos are
compared, as later a photo is compared with a baseline, and half the mean square of their differences is the variance
of one photo. Each photo's error is in k - 1 of the k (k - 1) / 2 differences alike, so no single photo (a baseline)
weighs more than another, and what a comparison adds by itself (the alignment) counts as it does in a comparison.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from skincompare.errors import OptionError

__all__ = ["LEVEL", "Agreement", "PairDifference", "agreement", "number", "photo_values", "within_subject"]

FloatArray = npt.NDArray[np.float64]

LEVEL = 0.95
"""Level of the confidence limits."""
LEAST_REGIONS = 3
"""Fewest regions that an agreement is told of [judgement]."""


@dataclass(frozen=True, slots=True)
class PairDifference:
    """One quantity of one region in two photos of a visit: their numbers, and its value in both."""

    first: int
    second: int
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """ICC(A,1) of one quantity over regions: how far one photo tells regions apart as any other would.

    Parameters
    ----------
    metric : str
        The quantity.
    icc, low, high : float
        Two-way, absolute agreement, single photo, with its 95 % confidence limits.
    n_regions, n_photos : int
        How many of each.
    """

    metric: str
    icc: float
    low: float
    high: float
    n_regions: int
    n_photos: int

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; NaN becomes None."""
        return {
            "metric": self.metric,
            "icc": number(self.icc),
            "limits": [number(self.low), number(self.high)],
            "n_regions": self.n_regions,
            "n_photos": self.n_photos,
        }


def within_subject(pairs: Sequence[PairDifference]) -> tuple[float, int]:
    """Return the within-subject SD and its degrees of freedom.

    Half the mean square of the differences of all pairs: its expectation is the variance of one photo plus half of what
    a comparison adds by itself, the half of the variance of a change. The degrees of freedom are the photos that hang
    together by differences, less one for each group; those that the comparisons add are not counted.

    Parameters
    ----------
    pairs : sequence of PairDifference
        Of one quantity and region, each two photos at most once; those with NaN are passed over.

    Returns
    -------
    float, int
        NaN and 0 where nothing was measured.
    """
    known = [pair for pair in pairs if not math.isnan(pair.after - pair.before)]
    if not known:
        return math.nan, 0
    square = float(np.mean([(pair.after - pair.before) ** 2 for pair in known]))
    return math.sqrt(square / 2), _degrees(known)


def _degrees(pairs: Iterable[PairDifference]) -> int:
    """Return photos less groups: how many differences are independent."""
    group: dict[int, int] = {}
    joined = 0
    for pair in pairs:
        first, second = (_root(group, photo) for photo in (pair.first, pair.second))
        if first != second:
            group[first] = second
            joined += 1
    return joined


def _root(group: dict[int, int], photo: int) -> int:
    while group.setdefault(photo, photo) != photo:
        photo = group[photo]
    return photo


def photo_values(pairs: Sequence[PairDifference], n_photos: int) -> FloatArray:
    """Return the value in each photo (n_photos,) that fits all differences best; NaN where photos do not hang together.

    Notes
    -----
    Least squares; the level is the mean of all values.
    """
    known = [pair for pair in pairs if not math.isnan(pair.after - pair.before)]
    if not known or _degrees(known) < n_photos - 1:
        return np.full(n_photos, np.nan)
    design = np.zeros((len(known), n_photos))
    for row, pair in enumerate(known):
        design[row, [pair.first, pair.second]] = -1, 1
    moved = np.linalg.lstsq(design, np.array([pair.after - pair.before for pair in known]), rcond=None)[0]
    level = float(np.mean([(pair.before + pair.after) / 2 for pair in known]))
    return np.asarray(level + moved - moved.mean(), dtype=np.float64)


def agreement(metric: str, table: npt.ArrayLike) -> Agreement:
    """Return ICC(A,1) of a table of regions by photos: two-way, absolute agreement, single photo.

    Parameters
    ----------
    metric : str
        Name of the quantity.
    table : array_like, shape (n_regions, n_photos)
        Values; regions with NaN are left out.

    Returns
    -------
    Agreement
        NaN for fewer than 3 regions or 2 photos, or where nothing varies.

    Notes
    -----
    McGraw and Wong 1996, doi 10.1037/1082-989X.1.1.30, tables 4 and 7; equal to ICC(2,1) of Shrout and Fleiss 1979,
    doi 10.1037/0033-2909.86.2.420.
    """
    values = np.asarray(table, dtype=np.float64)
    if values.ndim != 2:
        raise OptionError(
            f"An agreement needs a table of regions by photos, not an array of {values.ndim} axes."
        )
    values = values[~np.isnan(values).any(axis=1)]
    n, k = values.shape
    if n < LEAST_REGIONS or k < 2:
        return Agreement(metric, math.nan, math.nan, math.nan, n, k)
    rows, columns = values.mean(axis=1, keepdims=True), values.mean(axis=0, keepdims=True)
    of_rows = k * float(np.sum((rows - values.mean()) ** 2)) / (n - 1)
    of_columns = n * float(np.sum((columns - values.mean()) ** 2)) / (k - 1)
    of_rest = float(np.sum((values - rows - columns + values.mean()) ** 2)) / ((n - 1) * (k - 1))
    below = of_rows + (k - 1) * of_rest + k / n * (of_columns - of_rest)
    if below <= 0:
        return Agreement(metric, math.nan, math.nan, math.nan, n, k)
    icc = (of_rows - of_rest) / below
    low, high = _icc_limits(icc, of_rows, of_columns, of_rest, n, k)
    return Agreement(metric, icc, low, high, n, k)


def _icc_limits(
    icc: float, of_rows: float, of_columns: float, of_rest: float, n: int, k: int
) -> tuple[float, float]:
    if icc >= 1 or of_rest == 0:
        return math.nan, math.nan
    a = k * icc / (n * (1 - icc))
    b = 1 + k * icc * (n - 1) / (n * (1 - icc))
    parts = (a * of_columns, b * of_rest)
    df = sum(parts) ** 2 / (parts[0] ** 2 / (k - 1) + parts[1] ** 2 / ((n - 1) * (k - 1)))
    quantile = (1 + LEVEL) / 2
    lower, upper = (float(stats.f.ppf(quantile, *pair)) for pair in ((n - 1, df), (df, n - 1)))
    rest = k * of_columns + (k * n - k - n) * of_rest
    return (
        n * (of_rows - lower * of_rest) / (lower * rest + n * of_rows),
        n * (upper * of_rows - of_rest) / (rest + n * upper * of_rows),
    )


def number(value: float) -> float | None:
    """Return a number for JSON: NaN becomes None."""
    return None if math.isnan(value) else value
