"""Numbers block by block, and what their scatter says of the error of the whole."""

import math
from collections.abc import Callable
from itertools import pairwise
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from skincompare.imaging.patches import SkinPatch

__all__ = ["block_numbers", "block_values", "standard_error"]

FloatArray = npt.NDArray[np.float64]
FloatType = TypeVar("FloatType", np.float32, np.float64)

MEDIAN_OVER_MEAN = math.sqrt(math.pi / 2)
"""Standard error of a median over that of a mean (normal distribution)."""
MIN_BLOCKS = 3
"""Fewest blocks whose scatter says something."""


def block_values(
    values: npt.NDArray[FloatType],
    blocks: npt.NDArray[np.int32],
    n_blocks: int,
    min_pixels: int,
    statistic: Callable[[npt.NDArray[FloatType]], float],
) -> FloatArray:
    """Return a statistic of the values in each block.

    Parameters
    ----------
    values : ndarray of float32 or float64, shape (n,)
        One number a pixel or mark.
    blocks : ndarray of int32, shape (n,)
        Block that each belongs to; negative: none.
    n_blocks : int
        How many blocks there are.
    min_pixels : int
        Fewest values that carry a block.
    statistic : callable
        Takes the values of one block, for example ``np.median``.

    Returns
    -------
    ndarray of float64, shape (n_blocks,)
        NaN where a block holds fewer than `min_pixels` values.
    """
    result = np.full(n_blocks, np.nan)
    # Short integers are sorted in one pass.
    numbers = blocks.astype(np.int16) if n_blocks < np.iinfo(np.int16).max else blocks
    order = np.argsort(numbers, kind="stable")
    ranked = values[order]
    edges = np.searchsorted(numbers[order], np.arange(n_blocks + 1))
    for block, (start, stop) in enumerate(pairwise(edges)):
        if stop - start >= max(1, min_pixels):
            result[block] = statistic(ranked[start:stop])
    return result


def block_numbers(
    patch: SkinPatch, rows: npt.NDArray[np.number], columns: npt.NDArray[np.number]
) -> npt.NDArray[np.int32]:
    """Return the block number of native pixels of a patch (broadcast rows and columns); -1 is none.

    The coarse blocks cover the same rectangle as the native pixels.
    """
    height, width = patch.mask.shape
    coarse_height, coarse_width = patch.coarse_blocks.shape
    coarse_rows = ((rows + 0.5) * (coarse_height / height)).astype(np.intp).clip(0, coarse_height - 1)
    coarse_columns = ((columns + 0.5) * (coarse_width / width)).astype(np.intp).clip(0, coarse_width - 1)
    return np.asarray(patch.coarse_blocks[coarse_rows, coarse_columns])


def standard_error(blocks: FloatArray) -> float:
    """Return the standard error of a robust average of block values; NaN with fewer than three."""
    known = blocks[np.isfinite(blocks)]
    if known.size < MIN_BLOCKS:
        return math.nan
    return MEDIAN_OVER_MEAN * float(np.std(known, ddof=1)) / math.sqrt(known.size)
