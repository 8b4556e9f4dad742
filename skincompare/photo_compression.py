"""How strongly a JPEG is compressed, read off its own tables of quantisation.

Every coefficient of a JPEG is divided by an entry of a table before it is rounded; the tables stand in the file. The
library of the Independent JPEG Group scales one printed table by a quality from 1 to 100, and most programs follow it;
cameras with tables of their own are told by the quality whose table divides as coarsely on average.

Source: ITU-T T.81 (1992), annex K, table K.1; libjpeg, jpeg_quality_scaling.
"""

import math
from collections.abc import Mapping, Sequence

__all__ = ["jpeg_quality"]

STANDARD_SUM = 3688
"""Sum of the 64 entries of the printed table for luminance, T.81 table K.1."""
FULL, HALF = 100.0, 50.0
"""The quality at which nothing is divided, and that at which the printed table serves as it is."""


def jpeg_quality(tables: Mapping[int, Sequence[int]]) -> float:
    """Return the quality of a JPEG, as the Independent JPEG Group counts it.

    Parameters
    ----------
    tables : mapping of int to sequence of int
        The tables of quantisation by number, as Pillow gives them; the first belongs to luminance.

    Returns
    -------
    float
        In [1, 100], to about 1 from 25 on (below, entries end at 255, and it reads up to 8 high); NaN without a table
        of 64 positive entries.
    """
    table = list(tables.get(0, ()))
    if len(table) != 64 or min(table) < 1:
        return math.nan
    percent = 100 * sum(table) / STANDARD_SUM
    quality = (2 * FULL - percent) / 2 if percent <= FULL else HALF * FULL / percent
    return min(FULL, max(1.0, quality))
