"""Dark round marks of any size: maxima of the scale-normalised Laplacian in space and scale."""

import math
from dataclasses import dataclass, fields

import cv2
import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from skincompare.metrics._scale_space import FloatImage, Level, cascade, sampled

__all__ = ["Blobs", "dark_blobs", "without_doubles"]

FloatArray = npt.NDArray[np.float64]

SIGMA_OF_DIAMETER = 1 / (2 * math.sqrt(2))
"""Blur at which the Laplacian of a disc is strongest, over its diameter (Lindeberg 1998)."""
MIN_SIGMA_PX = 0.8
"""Finest blur that the pixels of a grid carry, px."""
COARSEN_FROM_PX = 2.4
"""Blur, px of the grid, from which the grid is halved: finer marks would fall between its points."""
NEIGHBOURS = np.ones((3, 3), dtype=np.uint8)
"""A point and its eight neighbours."""
DIFFERENCE_VARIANCE = 1 / 6
"""Blur (variance, px squared) that a second difference adds along its axis; undone for marks of matched size, or
each halving of the grid would favour the finer one."""
TINY = 1e-9
"""Keeps a division defined; far below any curvature of a photo."""
HALF_STEP = 0.5
"""A refined maximum stays within half a step of the grid."""


@dataclass(frozen=True, eq=False)
class Blobs:
    """Dark marks, one an entry; arrays of float64, shape (n,).

    `x` and `y` are pixels, `diameter` pixels, `response` the Laplacian in units of the image, `roundness` the
    weaker curvature over the stronger (1: round, 0: a line, negative: a saddle).
    """

    x: FloatArray
    y: FloatArray
    diameter: FloatArray
    response: FloatArray
    roundness: FloatArray

    def kept(self, which: npt.NDArray[np.bool_]) -> "Blobs":
        """Return the entries where `which`, shape (n,), is True."""
        return Blobs(*(getattr(self, item.name)[which] for item in fields(self)))


@dataclass(frozen=True, eq=False)
class _Scale:
    diameter: float
    step: int
    smooth: FloatImage
    response: FloatImage
    highest: FloatImage


def dark_blobs(density: FloatImage, diameters: FloatArray, min_response: float) -> Blobs:
    """Return the dark marks of an image of optical density.

    Parameters
    ----------
    density : ndarray of float32, shape (height, width)
        Darker is larger.
    diameters : ndarray of float64, shape (n,)
        Geometric row of diameters to look for, px, at least two; those too fine for the pixels are left out.
    min_response : float
        Least -sigma^2 Laplacian, in units of `density`: a disc of contrast c gives 0.74 c.

    Returns
    -------
    Blobs
        In the order of their sizes, then rows. No marks within a pixel of the border.

    Notes
    -----
    Source: Lindeberg 1998, doi 10.1023/A:1008045108935. The refined position and size come from parabolas.
    """
    ratio = float(diameters[1] / diameters[0])
    guarded = np.concatenate((diameters[:1] / ratio, diameters, diameters[-1:] * ratio))
    guarded = guarded[guarded * SIGMA_OF_DIAMETER >= MIN_SIGMA_PX]
    found: list[Blobs] = []
    finer: _Scale | None = None
    here: _Scale | None = None
    sigmas = list(guarded * SIGMA_OF_DIAMETER)
    levels = cascade((density,), sigmas, cv2.BORDER_REPLICATE, coarsen_from=COARSEN_FROM_PX)
    for level, diameter in zip(levels, guarded, strict=True):
        coarser = _scale(level, float(diameter))
        if here is not None and here.diameter >= diameters[0]:
            found.append(_maxima(finer, here, coarser, min_response))
        finer, here = here, coarser
    empty = np.empty(0)
    return Blobs(
        *(np.concatenate([empty, *(getattr(blobs, item.name) for blobs in found)]) for item in fields(Blobs))
    )


def without_doubles(blobs: Blobs, overlap: float) -> npt.NDArray[np.bool_]:
    """Return which marks stay when, of two nearer than `overlap` mean diameters, the weaker goes.

    Parameters
    ----------
    blobs : Blobs
        Marks.
    overlap : float
        Least distance of two marks, over the mean of their diameters.

    Returns
    -------
    ndarray of bool, shape (n,)
        True where a mark stays.
    """
    stays = np.ones(blobs.x.size, dtype=np.bool_)
    if blobs.x.size < 2:
        return stays
    tree = cKDTree(np.column_stack((blobs.x, blobs.y)))
    first, second = tree.query_pairs(overlap * blobs.diameter.max(), output_type="ndarray").T
    distance = np.hypot(blobs.x[first] - blobs.x[second], blobs.y[first] - blobs.y[second])
    close = distance < overlap * (blobs.diameter[first] + blobs.diameter[second]) / 2
    first, second = first[close], second[close]
    stays[np.where(blobs.response[first] < blobs.response[second], first, second)] = False
    return stays


def _scale(level: Level, diameter: float) -> _Scale:
    smooth = level.images[0]
    sigma = level.sigma_px / level.step
    matched = 2 * sigma**2
    gain = sigma**2 * ((matched + DIFFERENCE_VARIANCE) / matched) ** 1.5
    laplacian = cv2.Laplacian(smooth, cv2.CV_32F, ksize=1, scale=-gain, borderType=cv2.BORDER_REPLICATE)
    response = np.asarray(laplacian, dtype=np.float32)
    highest = np.asarray(cv2.dilate(response, NEIGHBOURS), dtype=np.float32)
    return _Scale(diameter, level.step, smooth, response, highest)


def _maxima(finer: _Scale | None, here: _Scale, coarser: _Scale, min_response: float) -> Blobs:
    """Return the marks of one scale: maxima among their 26 neighbours in space and scale."""
    response = here.response
    height, width = response.shape
    row, column = np.divmod(np.flatnonzero((response > min_response) & (response >= here.highest)), width)
    inside = (row > 0) & (column > 0) & (row < height - 1) & (column < width - 1)
    row, column = row[inside], column[inside]
    peak = response[row, column]
    best = peak >= _seen_at(coarser, here, row, column)
    if finer is not None:
        best &= peak >= _seen_at(finer, here, row, column)
    row, column = row[best], column[best]
    dx, dy, roundness = _shape(here.smooth, row, column)
    x, y = here.step * (column + dx), here.step * (row + dy)
    below_peak, at_peak, above_peak = (
        np.zeros(x.size)
        if scale is None
        else sampled(scale.response, x[:, None] / scale.step, y[:, None] / scale.step, cv2.INTER_CUBIC)[:, 0]
        for scale in (finer, here, coarser)
    )
    curvature = np.minimum(above_peak + below_peak - 2 * at_peak, -TINY)
    offset = np.zeros(x.size) if finer is None else (below_peak - above_peak) / (2 * curvature)
    ratio = coarser.diameter / here.diameter
    diameter = here.diameter * ratio ** offset.clip(-HALF_STEP, HALF_STEP)
    return Blobs(x, y, diameter, at_peak, roundness)


def _seen_at(
    scale: _Scale, here: _Scale, row: npt.NDArray[np.intp], column: npt.NDArray[np.intp]
) -> npt.NDArray[np.float32]:
    """Return the highest response of another scale round points of the grid of `here`."""
    height, width = scale.highest.shape
    rows = np.rint(row * (here.step / scale.step)).astype(np.intp).clip(0, height - 1)
    columns = np.rint(column * (here.step / scale.step)).astype(np.intp).clip(0, width - 1)
    return np.asarray(scale.highest[rows, columns])


def _shape(
    smooth: FloatImage, row: npt.NDArray[np.intp], column: npt.NDArray[np.intp]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the sub-pixel offset of the summit (px of the grid) and the ratio of its curvatures."""

    def at(down: int, right: int) -> FloatArray:
        return smooth[row + down, column + right].astype(np.float64)

    middle = at(0, 0)
    xx = at(0, -1) + at(0, 1) - 2 * middle
    yy = at(-1, 0) + at(1, 0) - 2 * middle
    xy = (at(1, 1) + at(-1, -1) - at(1, -1) - at(-1, 1)) / 4
    spread = np.sqrt((xx - yy) ** 2 + 4 * xy**2)
    roundness = (xx + yy + spread) / np.minimum(xx + yy - spread, -TINY)
    dx = -(at(0, 1) - at(0, -1)) / 2 / np.minimum(xx, -TINY)
    dy = -(at(1, 0) - at(-1, 0)) / 2 / np.minimum(yy, -TINY)
    return dx.clip(-HALF_STEP, HALF_STEP), dy.clip(-HALF_STEP, HALF_STEP), roundness
