"""Gaussian scale space in one pass: each scale is made from the one before, on ever coarser grids."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from skincompare.errors import OptionError
from skincompare.imaging.patches import crop_to_mask

__all__ = ["MIN_INCREMENT_PX", "BoolImage", "FloatImage", "Level", "cascade", "crop_to_mask", "sampled"]

FloatImage = npt.NDArray[np.float32]
BoolImage = npt.NDArray[np.bool_]

MIN_INCREMENT_PX = 0.7
"""Smallest blur taken in one step, px: a sampled Gaussian below it is too narrow (variance -1 % at 0.7)."""
MAX_REMAP_ROWS = 1 << 14
"""Most points of one remap (OpenCV allows 32767 rows)."""
KERNEL_SIGMAS = 3.5
"""Half width of the kernels, sigmas (the rest holds 0.05 % of the weight)."""


@dataclass(frozen=True, eq=False)
class Level:
    """One scale: `images` blurred by `sigma_px` native pixels, of which every `step`-th is kept.

    Pixel (column, row) of a level lies at (step * column, step * row) of the native image.
    """

    sigma_px: float
    step: int
    images: tuple[FloatImage, ...]


def cascade(
    images: tuple[FloatImage, ...],
    sigmas_px: Sequence[float],
    border: int,
    *,
    coarsen_from: float = 1.6,
    max_step: float = math.inf,
) -> Iterator[Level]:
    """Yield `images` blurred by each of `sigmas_px`.

    Parameters
    ----------
    images : tuple of ndarray of float32, shape (height, width)
        What to blur.
    sigmas_px : sequence of float
        Rising blurs (standard deviation of a Gaussian), native pixels, the first at least 0.5.
    border : int
        OpenCV border type (``cv2.BORDER_CONSTANT`` counts what lies outside as 0).
    coarsen_from : float
        Blur, px of the grid, from which every second pixel is dropped for the scales after it; at 1.6 px 4 %
        is left at the new Nyquist frequency.
    max_step : float
        Coarsest grid, native pixels from point to point.

    Yields
    ------
    Level
        One for each sigma, in order.

    Raises
    ------
    OptionError
        When the blurs do not rise.
    """
    if any(b <= a for a, b in zip((0.0, *sigmas_px), sigmas_px, strict=False)):
        raise OptionError(f"The scales of a cascade must rise, got {list(sigmas_px)}.")
    made = [Level(0.0, 1, images)]
    for sigma in sigmas_px:
        step = made[-1].step
        source = next(
            (
                level
                for level in reversed(made)
                if math.sqrt(sigma**2 - level.sigma_px**2) >= MIN_INCREMENT_PX * step
            ),
            made[0],
        )
        increment = math.sqrt(sigma**2 - source.sigma_px**2) / step
        level = Level(sigma, step, tuple(_blur(image, increment, border) for image in source.images))
        yield level
        made.append(level)
        if sigma >= coarsen_from * step and 2 * step <= max_step:
            made = [_coarsen(level)]


def sampled(
    image: FloatImage, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], interpolation: int
) -> npt.NDArray[np.float64]:
    """Return `image` at points between its pixels.

    Parameters
    ----------
    image : ndarray of float32, shape (height, width)
        Continued by its border pixels.
    x, y : ndarray of float64, shape (n, k)
        Points, px.
    interpolation : int
        OpenCV's, for example ``cv2.INTER_LINEAR``.

    Returns
    -------
    ndarray of float64, shape (n, k)
        The values.
    """
    across, down = x.astype(np.float32), y.astype(np.float32)
    parts = [
        cv2.remap(
            image,
            across[i : i + MAX_REMAP_ROWS],
            down[i : i + MAX_REMAP_ROWS],
            interpolation,
            borderMode=cv2.BORDER_REPLICATE,
        )
        for i in range(0, len(across), MAX_REMAP_ROWS)
    ]
    return np.concatenate([np.empty((0, across.shape[1])), *parts]).astype(np.float64)


def _blur(image: FloatImage, sigma: float, border: int) -> FloatImage:
    side = 2 * math.ceil(KERNEL_SIGMAS * sigma) + 1
    blurred = cv2.GaussianBlur(image, (side, side), sigma, borderType=border)
    return np.asarray(blurred, dtype=np.float32)


def _coarsen(level: Level) -> Level:
    kept = tuple(np.ascontiguousarray(image[::2, ::2]) for image in level.images)
    return Level(level.sigma_px, 2 * level.step, kept)
