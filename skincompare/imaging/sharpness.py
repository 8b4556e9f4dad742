"""How noisy and how blurred a photo of skin is, measured on the skin itself."""

import math

import cv2
import numpy as np
import numpy.typing as npt

__all__ = ["BLUR_RELATIVE_ERROR", "blur_sigma", "noise_sigma"]

FloatArray = npt.NDArray[np.float64]
FloatImage = npt.NDArray[np.float32]
BoolImage = npt.NDArray[np.bool_]

MAD_OF_NORMAL = 0.6744898
"""Median absolute deviation of a standard normal distribution."""
MIN_QUADS = 64
"""Fewest 2 x 2 squares of pixels that give a noise."""
MAX_QUADS = 1 << 17
"""Most squares that are read, roughly."""
BLUR_RELATIVE_ERROR = 0.15
"""Relative standard error of `blur_sigma`, measured on rendered skin of 0.6-3 px blur, 8-24 px/mm, raw and JPEG."""
TILE_PX = 64
"""Side of the squares whose spectra are averaged."""
MAX_TILES = 100
"""Most squares that are read (more add nothing)."""
MIN_TILES = 3
"""Fewest squares that give a blur."""
TILE_FULL = 0.97
"""Least share of a square that must count."""
SKIN_SLOPE = 2.25
"""Power spectrum of unblurred skin falls with frequency to this power (fitted on rendered skin)."""
LOWEST_FREQUENCY = 0.05
"""Below it, cycles a pixel, shading rules."""
FLOOR_FACTORS = (4.0, 20.0)
"""The fit ends where the spectrum has fallen to so many times its floor. Noise is flat, and the nearer limit is
the better; what JPEG leaves has a long tail, and only the farther one is safe. The larger blur counts."""
MIN_FREQUENCIES = 6
"""Fewest frequencies that a trustworthy fit has."""
STEEP_BLUR_PX = 1.8
"""Blur from which the spectrum falls within fewer frequencies than that, down to three."""
STEEP_FREQUENCIES = 3
"""Fewest frequencies of a fit that finds so steep a fall."""
LEAST_BLUR_PX = 0.5
"""Blur that the area of a pixel and any lens make together, px: nothing sharper is believed."""


def noise_sigma(image: FloatImage, mask: BoolImage) -> float:
    """Return the standard deviation of the pixel noise.

    The finest diagonal detail (a - b - c + d) / 2 of each 2 x 2 square holds noise and hardly any skin once the
    lens has blurred it by 0.7 px or more; its median absolute deviation is the noise.

    Parameters
    ----------
    image : ndarray of float32, shape (height, width)
        One channel, linear or logarithmic; the noise comes in its unit.
    mask : ndarray of bool, shape (height, width)
        What counts; a square counts when all four of its pixels do.

    Returns
    -------
    float
        Standard deviation; NaN with fewer than 64 squares. Noise that neighbours share (demosaicing, JPEG,
        noise filters) is underestimated.

    Notes
    -----
    Source: Donoho and Johnstone 1994, doi 10.1093/biomet/81.3.425.
    """
    rows, columns = (side // 2 * 2 for side in image.shape)
    step = 2 * max(1, math.isqrt(rows * columns // (4 * MAX_QUADS)))
    corners = [
        (image[i:rows:step, j:columns:step], mask[i:rows:step, j:columns:step])
        for i in (0, 1)
        for j in (0, 1)
    ]
    (a, in_a), (b, in_b), (c, in_c), (d, in_d) = corners
    counted = in_a & in_b & in_c & in_d
    if np.count_nonzero(counted) < MIN_QUADS:
        return math.nan
    detail = np.abs((a - b - c + d)[counted]) / 2
    return float(np.median(detail)) / MAD_OF_NORMAL


def blur_sigma(image: FloatImage, mask: BoolImage) -> float:
    """Return the blur of a photo of skin: the sigma of the Gaussian that its spectrum shows.

    The power spectrum of skin is taken for A f^-2.25 exp(-4 pi^2 sigma^2 f^2) + noise, and sigma is fitted.

    Parameters
    ----------
    image : ndarray of float32, shape (height, width)
        Logarithm of one channel; green has the most signal.
    mask : ndarray of bool, shape (height, width)
        What counts.

    Returns
    -------
    float
        Pixels, at least 0.5, with a standard error of about 15 %; NaN where the mask holds no three squares of
        64 px, or the skin does not stand out of the noise. Not valid on anything but skin.

    Notes
    -----
    Source: fitted on rendered skin; the form is that of Field 1987, doi 10.1364/JOSAA.4.002379, times a lens.
    """
    spectrum = _mean_spectrum(image, mask)
    if spectrum is None:
        return math.nan
    found = [_fitted_blur(spectrum, factor) for factor in FLOOR_FACTORS]
    known = [max(blur, LEAST_BLUR_PX) for blur in found if not math.isnan(blur)]
    return max(known, default=math.nan)


def _mean_spectrum(image: FloatImage, mask: BoolImage) -> FloatArray | None:
    """Return the mean power at 0, 1, ... TILE_PX / 2 cycles a tile, or None where too little skin is."""
    step = TILE_PX // 2
    sums = cv2.integral(mask.astype(np.uint8))[::step, ::step]
    counted_pixels = sums[2:, 2:] - sums[2:, :-2] - sums[:-2, 2:] + sums[:-2, :-2]
    full = np.argwhere(counted_pixels >= TILE_FULL * TILE_PX**2) * step
    if len(full) < MIN_TILES:
        return None
    full = full[:: math.ceil(len(full) / MAX_TILES)]
    hann = np.hanning(TILE_PX + 1)[:-1]
    window = np.outer(hann, hann).astype(np.float32)
    power = np.zeros((TILE_PX, TILE_PX // 2 + 1))
    for row, column in full:
        place = slice(row, row + TILE_PX), slice(column, column + TILE_PX)
        counted = mask[place]
        tile = np.where(counted, image[place] - image[place][counted].mean(), np.float32(0)) * window
        power += np.abs(np.fft.rfft2(tile)) ** 2
    radius = np.hypot(np.fft.fftfreq(TILE_PX)[:, None], np.fft.rfftfreq(TILE_PX)[None, :]) * TILE_PX
    ring = np.rint(radius).astype(np.intp).ravel()
    mean = np.bincount(ring, power.ravel()) / np.bincount(ring)
    return np.asarray(mean[: TILE_PX // 2 + 1])


def _fitted_blur(spectrum: FloatArray, floor_factor: float) -> float:
    """Return the blur of a mean spectrum, px; NaN where too few frequencies stand out."""
    frequency = np.arange(spectrum.size) / TILE_PX
    floor = spectrum.min()
    first = int(np.searchsorted(frequency, LOWEST_FREQUENCY, side="right"))
    below = np.flatnonzero(spectrum[first:] <= floor_factor * floor)
    last = first + int(below[0]) if below.size else spectrum.size
    if last - first < STEEP_FREQUENCIES:
        return math.nan
    f = frequency[first:last]
    log_power = np.log(spectrum[first:last] - floor) + SKIN_SLOPE * np.log(f)
    slope = np.polyfit(-4 * np.pi**2 * f**2, log_power, 1)[0]
    blur = math.sqrt(max(float(slope), 0.0))
    return blur if last - first >= MIN_FREQUENCIES or blur >= STEEP_BLUR_PX else math.nan
