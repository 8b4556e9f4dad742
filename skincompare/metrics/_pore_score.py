"""Which dark round marks are pores: a score of what they look like, and how many pores this skin has at all."""

import math
from dataclasses import dataclass, fields

import cv2
import numpy as np
import numpy.typing as npt

from skincompare.metrics._blobs import Blobs
from skincompare.metrics._scale_space import BoolImage, FloatImage, sampled

__all__ = ["Looks", "chance_of_pore", "looks_of", "texture_level"]

FloatArray = npt.NDArray[np.float64]

WEIGHT_CONTRAST = -25.71
WEIGHT_LOG_CONTRAST = 4.719
WEIGHT_OVER_TEXTURE = 1.666
WEIGHT_DARKEST_SIDE = 2.365
WEIGHT_DARKER_SIDES = 2.884
WEIGHT_SLOPE = 4.887
WEIGHT_LOG_DIAMETER = -7.76
WEIGHT_RED = 3.054
WEIGHT_ATTENUATION = -6.976
WEIGHT_PIXEL_MM = 90.26
INTERCEPT = -5.83
"""Weights of a logistic regression on rendered skin (13 kinds: 8 to 20 px/mm, three tones, oily, deep relief, low lamp,
wrinkles, 0 to 110 pores per cm2; three cameras; nine seeds, none of them used in the benchmark)."""
ATTENUATION = 10.0
"""Scale of the term (pixel over diameter) squared, by which pixels and lens flatten a small mark."""
USUAL_SHARE = 0.3
"""Share of pores among the marks that the weights were fitted with."""
SHIFT_LIMITS = (-2.6, 0.8)
"""How far the share of pores of one patch may move the score: skin without pores has none among its marks."""
EXPECTATION_STEPS = 20
"""Rounds in which the share of pores settles (to 0.01 in all renders)."""
SCORE_LIMIT = 30.0
"""Scores beyond it are as good as certain; keeps the exponential finite."""
LEAST_CONTRAST = 1e-3
"""Keeps logarithms defined, optical density; far below what is looked at."""
LEAST_TEXTURE = 3e-3
"""Calmest skin that the weights know, optical density: smoother skin counts as that."""

RING_DIRECTIONS = 16
"""Directions in which a mark is compared with its surroundings."""
CENTRE_RADIUS = 0.18
"""Radius of the circle that stands for the centre of a mark, diameters."""
RING_RADII = (0.8, 0.95)
"""Radii of the circles that stand for its surroundings, diameters."""
DARKER_RANK = 3
"""The fourth darkest of sixteen directions: a line takes two and their neighbours."""
TEXTURE_MM = (0.1, 0.2)
"""Blurs between which the texture round the pores is measured, mm."""
MAD_OF_NORMAL = 0.6745
"""Median absolute deviation of a standard normal distribution."""


@dataclass(frozen=True, eq=False)
class Looks:
    """What marks look like; arrays of float64, shape (n,).

    `contrast` is the optical density of the centre over the median of its ring, `red` the same in red light over it,
    `darkest` and `darker` over the darkest and the fourth darkest of 16 directions, `slope` the one-sidedness of the
    ring; the last four relative to the contrast.
    """

    contrast: FloatArray
    red: FloatArray
    darkest: FloatArray
    darker: FloatArray
    slope: FloatArray

    def kept(self, which: npt.NDArray[np.bool_]) -> "Looks":
        """Return the entries where `which`, shape (n,), is True."""
        return Looks(*(getattr(self, item.name)[which] for item in fields(self)))


def looks_of(density: FloatImage, red_density: FloatImage, blobs: Blobs) -> Looks:
    """Return what marks look like in optical density of luminance and of red light, both (height, width)."""
    sides = _sides(density, blobs)
    contrast = np.maximum(np.median(sides, axis=1), LEAST_CONTRAST)
    ranked = np.sort(sides, axis=1)
    turns = np.arange(RING_DIRECTIONS) * (2 * math.pi / RING_DIRECTIONS)
    level = sides - sides.mean(axis=1, keepdims=True)
    slope = np.hypot((level * np.cos(turns)).mean(axis=1), (level * np.sin(turns)).mean(axis=1))
    red = np.median(_sides(red_density, blobs), axis=1)
    return Looks(
        contrast,
        red / contrast,
        ranked[:, 0] / contrast,
        ranked[:, DARKER_RANK] / contrast,
        slope / contrast,
    )


def texture_level(density: FloatImage, mask: BoolImage, px_per_mm: float) -> float:
    """Return the SD of fine texture, optical density: what a pore has to stand out of."""
    finer, coarser = (cv2.GaussianBlur(density, (0, 0), sigma * px_per_mm) for sigma in TEXTURE_MM)
    band = (finer - coarser)[mask]
    return max(float(np.median(np.abs(band - np.median(band)))) / MAD_OF_NORMAL, LEAST_TEXTURE)


def chance_of_pore(looks: Looks, diameter_mm: FloatArray, texture: float, px_per_mm: float) -> FloatArray:
    """Return the probability of each mark that it is a pore, given how many there seem to be.

    Parameters
    ----------
    looks : Looks
        What the marks look like.
    diameter_mm : ndarray of float64, shape (n,)
        Diameters as seen, mm.
    texture : float
        :func:`texture_level` of the patch.
    px_per_mm : float
        Resolution of the image that they were found in.

    Returns
    -------
    ndarray of float64, shape (n,)
        In [0, 1].

    Notes
    -----
    Source of the settling of the share of pores: Saerens, Latinne and Decaestecker 2002,
    doi 10.1162/089976602753284446.
    """
    score = (
        INTERCEPT
        + WEIGHT_CONTRAST * looks.contrast
        + WEIGHT_LOG_CONTRAST * np.log(looks.contrast)
        + WEIGHT_OVER_TEXTURE * np.log(looks.contrast / texture)
        + WEIGHT_DARKEST_SIDE * looks.darkest
        + WEIGHT_DARKER_SIDES * looks.darker
        + WEIGHT_SLOPE * looks.slope
        + WEIGHT_LOG_DIAMETER * np.log(diameter_mm)
        + WEIGHT_RED * looks.red
        + WEIGHT_ATTENUATION * ATTENUATION / (px_per_mm * diameter_mm) ** 2
        + WEIGHT_PIXEL_MM / px_per_mm
    )
    shift = 0.0
    for _ in range(EXPECTATION_STEPS if score.size else 0):
        share = float(_chance(score + shift).mean())
        odds = share / max(1 - share, math.exp(-SCORE_LIMIT))
        usual = USUAL_SHARE / (1 - USUAL_SHARE)
        shift = float(np.clip(math.log(max(odds, math.exp(-SCORE_LIMIT)) / usual), *SHIFT_LIMITS))
    return _chance(score + shift)


def _chance(score: FloatArray) -> FloatArray:
    return np.asarray(1 / (1 + np.exp(-np.clip(score, -SCORE_LIMIT, SCORE_LIMIT))))


def _sides(density: FloatImage, blobs: Blobs) -> FloatArray:
    """Return the density of each mark's centre over its ring in each direction, shape (n, 16)."""
    eighths = np.arange(8) * (math.pi / 4)
    turns = np.arange(RING_DIRECTIONS) * (2 * math.pi / RING_DIRECTIONS)
    circle = CENTRE_RADIUS * np.column_stack((np.cos(eighths), np.sin(eighths)))
    centre = np.vstack((np.zeros((1, 2)), circle))
    spokes = np.column_stack((np.cos(turns), np.sin(turns)))
    offsets = np.vstack((centre, *(radius * spokes for radius in RING_RADII)))
    x = blobs.x[:, None] + blobs.diameter[:, None] * offsets[:, 0]
    y = blobs.y[:, None] + blobs.diameter[:, None] * offsets[:, 1]
    samples = sampled(density, x, y, cv2.INTER_LINEAR)
    middle = samples[:, : len(centre)].mean(axis=1)
    ring = samples[:, len(centre) :].reshape(-1, len(RING_RADII), RING_DIRECTIONS).mean(axis=1)
    return np.asarray(middle[:, None] - ring)
