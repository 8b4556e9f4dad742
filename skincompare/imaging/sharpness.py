"""How noisy and how blurred a photo of skin is, measured on the skin itself."""

import math
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

__all__ = ["BLUR_RELATIVE_ERROR", "BlurDifference", "blur_difference", "blur_sigma", "noise_sigma"]

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
LEAST_COHERENCE = 0.25
"""Squared coherence of two photos of one skin, above which a frequency shows skin and not noise (measured)."""
MATCH_FROM_PER_MM = 0.4
"""Frequency from which two photos' spectra are compared, cycles/mm: below it the lamp rules."""
MATCH_TO_PER_PX = 0.3
"""Frequency to which a resampled photo keeps its spectrum, cycles/px (cubic interpolation)."""
MATCH_ERROR_PX2, MATCH_RELATIVE_ERROR = 0.02, 0.06
"""Error of a difference of blur beyond that of its fit: px2, and over itself (rendered skin, 12 and 16 px/mm: -1.08 px2
reads -0.90 to -0.97, 0 reads -0.03 to 0.00)."""
MIN_MATCH_FREQUENCIES = 4
"""Fewest frequencies that tell a difference of blur."""
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


@dataclass(frozen=True, slots=True)
class BlurDifference:
    """By how much two photos of one skin differ in blur.

    `variance_mm2` is the blur variance of the first minus that of the second, mm2 on the skin; `sigma` its standard
    error.
    """

    variance_mm2: float
    sigma: float


def blur_difference(
    first: FloatImage, second: FloatImage, mask: BoolImage, px_per_mm: float
) -> BlurDifference | None:
    """Return the difference of blur of two photos of one piece of untouched skin, from the ratio of their spectra.

    0.5 ln(S1 / S2) = c - 2 pi^2 dv f^2 over the frequencies, from 0.4 cycles/mm on without a gap, that both photos
    show alike (squared coherence above 0.25); noise is taken off each spectrum.

    Parameters
    ----------
    first, second : ndarray of float32, shape (height, width)
        Logarithm of one channel, the second brought to the pixels of the first.
    mask : ndarray of bool, shape (height, width)
        What counts in both.
    px_per_mm : float
        Scale of both.

    Returns
    -------
    BlurDifference or None
        None where too little skin or too few frequencies tell it.

    Notes
    -----
    Source: the ratio of spectra as a transfer function, Bendat and Piersol, Random Data, 2010,
    doi 10.1002/9781118032428; limits measured on rendered skin. Valid only where the skin itself has not changed.
    """
    tiles = _full_tiles(mask)
    if len(tiles) < MIN_TILES:
        return None
    a, b = (_tile_transforms(image, mask, tiles) for image in (first, second))
    cross = np.einsum("nij,nij->ij", a, b.conj())
    s1, s2, joint = (_ring_means(power) for power in (_power(a), _power(b), cross))
    coherence = np.abs(joint) ** 2 / np.maximum(np.abs(s1 * s2), np.finfo(np.float64).tiny)
    frequency = np.arange(s1.size) / TILE_PX
    shown = (coherence > LEAST_COHERENCE) & (frequency <= MATCH_TO_PER_PX)
    start = math.ceil(MATCH_FROM_PER_MM / px_per_mm * TILE_PX)
    gap = np.flatnonzero(~shown[start:])
    used = slice(start, start + (int(gap[0]) if gap.size else s1.size))
    f, gate = frequency[used], coherence[used]
    if f.size < MIN_MATCH_FREQUENCIES:
        return None
    # What both photos share is skin: the coherent part of each spectrum is free of noise.
    log_ratio = 0.5 * np.log(s1.real[used] / s2.real[used])
    weight = np.sqrt(2 * np.pi * np.arange(s1.size)[used] * gate / np.maximum(1 - gate, 0.01))
    terms = np.column_stack([np.ones(f.size), -2 * np.pi**2 * f**2])
    solved, rest, *_ = np.linalg.lstsq(terms * weight[:, None], log_ratio * weight, rcond=None)
    scatter = float(rest[0]) / max(f.size - 2, 1) if rest.size else 0.0
    covariance = np.linalg.inv((terms * weight[:, None]).T @ (terms * weight[:, None])) * max(
        scatter, 0.5 / len(tiles)
    )
    variance = float(solved[1])
    sigma = math.hypot(math.sqrt(covariance[1, 1]), MATCH_ERROR_PX2, MATCH_RELATIVE_ERROR * variance)
    return BlurDifference(variance / px_per_mm**2, sigma / px_per_mm**2)


def _full_tiles(mask: BoolImage) -> npt.NDArray[np.intp]:
    """Return row and column of the squares that count, at most :data:`MAX_TILES`, shape (n, 2)."""
    step = TILE_PX // 2
    sums = cv2.integral(mask.astype(np.uint8))[::step, ::step]
    counted_pixels = sums[2:, 2:] - sums[2:, :-2] - sums[:-2, 2:] + sums[:-2, :-2]
    full = np.argwhere(counted_pixels >= TILE_FULL * TILE_PX**2) * step
    return full[:: max(1, math.ceil(len(full) / MAX_TILES))]


@cache
def _window() -> FloatArray:
    hann = np.hanning(TILE_PX + 1)[:-1]
    return np.asarray(np.outer(hann, hann))


def _tile_transforms(
    image: FloatImage, mask: BoolImage, tiles: npt.NDArray[np.intp]
) -> npt.NDArray[np.complex128]:
    """Return the spectrum of each square (row, column), its mean taken off: shape (n, TILE_PX, TILE_PX // 2 + 1)."""
    cut = np.zeros((len(tiles), TILE_PX, TILE_PX), np.float64)
    for tile, (row, column) in zip(cut, tiles, strict=True):
        place = slice(row, row + TILE_PX), slice(column, column + TILE_PX)
        counted = mask[place]
        np.subtract(image[place], image[place][counted].mean(), out=tile, where=counted)
    return np.asarray(np.fft.rfft2(cut * _window()))


def _power(transforms: npt.NDArray[np.complex128]) -> npt.NDArray[np.complex128]:
    """Return the sum of the squared spectra of all squares."""
    return np.asarray((transforms.real**2 + transforms.imag**2).sum(axis=0), np.complex128)


def _ring_means(power: npt.NDArray[np.complex128]) -> npt.NDArray[np.complex128]:
    """Return the mean at 0, 1, ... TILE_PX / 2 cycles a tile."""
    radius = np.hypot(np.fft.fftfreq(TILE_PX)[:, None], np.fft.rfftfreq(TILE_PX)[None, :]) * TILE_PX
    ring = np.rint(radius).astype(np.intp).ravel()
    count = np.bincount(ring)
    mean = np.bincount(ring, power.real.ravel()) / count + 1j * np.bincount(ring, power.imag.ravel()) / count
    return np.asarray(mean[: TILE_PX // 2 + 1])


def _mean_spectrum(image: FloatImage, mask: BoolImage) -> FloatArray | None:
    """Return the mean power at 0, 1, ... TILE_PX / 2 cycles a tile, or None where too little skin is."""
    full = _full_tiles(mask)
    if len(full) < MIN_TILES:
        return None
    return np.asarray(_ring_means(_power(_tile_transforms(image, mask, full))).real)


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
