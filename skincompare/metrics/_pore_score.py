"""Which dark round marks are pores: a score of what they look like, and how many pores this skin has at all."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType

import cv2
import numpy as np
import numpy.typing as npt

from skincompare.metrics._blobs import Blobs
from skincompare.metrics._scale_space import BoolImage, FloatImage, sampled

__all__ = ["WEIGHTS", "Looks", "chance_of_pore", "lean_of", "looks_of", "terms_of", "texture_level"]

FloatArray = npt.NDArray[np.float64]

WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "intercept": -10.073,
        "log_contrast": -1.543,
        "log_contrast_squared": -0.929,
        "log_diameter": -14.139,
        "log_diameter_squared": -7.894,
        "darkest": 2.870,
        "darker": 3.618,
        "slope": 5.366,
        "inner": -4.760,
        "outer": 2.206,
        "attenuation": -1.102,
        "pixel_mm": 51.840,
    }
)
"""Weights of a logistic regression on rendered skin (``benchmarks/pore_fit.py``, seeds 7000 to 7479, none of them used
in the tables): all tones, 8 to 20 px/mm, 0 to 110 pores per cm2, oily, deep relief, wrinkles, redness, lamps from all
sides at 32 to 65 degrees, blur, JPEG and exposure, all at random."""
USUAL_SHARE = 0.44
"""Share of pores among the marks that the weights were fitted with."""
ATTENUATION = 10.0
"""Scale of the term (pixel over diameter) squared, by which pixels and lens flatten a small mark."""
SHIFT_LIMITS = (-4.0, 0.8)
"""How far the share of pores of one patch may move the score: skin without pores has none among its marks."""
EXPECTATION_STEPS = 20
"""Rounds in which the share of pores settles (to 0.01 in all renders)."""
SCORE_LIMIT = 30.0
"""Scores beyond it are as good as certain; keeps the exponential finite."""
LEAST_CONTRAST = 1e-3
"""Keeps logarithms defined, optical density; far below what is looked at."""

RING_DIRECTIONS = 16
"""Directions in which a mark is compared with its surroundings."""
CENTRE_RADIUS = 0.18
"""Radius of the circle that stands for the centre of a mark, diameters."""
RING_RADII = (0.4, 0.8, 0.95, 1.35)
"""Radii of the circles round a mark, diameters: its edge, twice its surroundings, and what lies beyond."""
SURROUNDINGS = slice(1, 3)
"""Which of the circles stand for the surroundings."""
DARKER_RANK = 3
"""The fourth darkest of sixteen directions: a line takes two and their neighbours."""
LEAN_WEIGHTS = (1.0, -1.2, 0.7)
"""Weights of the one-sidedness at the edge, round it and beyond in the lean of a mark (the discriminant that tells the
lamp's direction best from pores and not at all from furrows: 0.8 of its SD a pore, rendered)."""
LEAN_CONTRAST = 0.01
"""Contrast from which a lean counts in full, optical density."""
MOST_LEAN = 0.5
"""A mark that leans more lies on an edge: it counts as that."""
LEAN_PRIOR = 3.0
"""Marks without lean that are added to those of a patch: few pores tell no direction."""
LEAN_GAIN = 4.1
"""Way of the darkest spot of a pore from its middle toward the lamp, in diameters, over the mean lean (rendered: 0.1 mm
under a lamp at 50 degrees; it leaves 0.05 of a spread of 0.1 mm)."""
TEXTURE_MM = (0.125, 0.25)
"""Total blurs, the photo's own included, between which the texture round the pores is measured, mm."""
LEAST_BLUR_PX = 0.3
"""Blur below which none is added, px."""
MAD_OF_NORMAL = 0.6745
"""Median absolute deviation of a standard normal distribution."""


@dataclass(frozen=True, eq=False)
class Looks:
    """What marks look like; arrays of float64, shape (n,).

    `contrast` is the optical density of the centre over the median of its surroundings. Relative to it: `darkest` and
    `darker` are that over the darkest and the fourth darkest of 16 directions, `slope` is the one-sidedness of the
    surroundings, `inner` and `outer` are the centre over the edge and over what lies beyond. `lean` (n, 2) says to
    which side a mark leans: a pit is darkest on the lamp's side.
    """

    contrast: FloatArray
    darkest: FloatArray
    darker: FloatArray
    slope: FloatArray
    inner: FloatArray
    outer: FloatArray
    lean: FloatArray

    def kept(self, which: npt.NDArray[np.bool_]) -> "Looks":
        """Return the entries where `which`, shape (n,), is True."""
        return Looks(*(getattr(self, item.name)[which] for item in fields(self)))


def looks_of(density: FloatImage, blobs: Blobs) -> Looks:
    """Return what marks look like in the optical density (height, width) that they were found in."""
    circles = _circles(density, blobs)
    sides = circles[:, SURROUNDINGS].mean(axis=1)
    contrast = np.maximum(np.median(sides, axis=1), LEAST_CONTRAST)
    ranked = np.sort(sides, axis=1)
    one_sided = _one_sided(sides)
    lean = sum(
        weight * part
        for weight, part in zip(
            LEAN_WEIGHTS, (_one_sided(circles[:, 0]), one_sided, _one_sided(circles[:, -1])), strict=True
        )
    )
    lean = lean / np.maximum(contrast, LEAN_CONTRAST)[:, None]
    lean *= np.minimum(1.0, MOST_LEAN / np.maximum(np.hypot(*lean.T), MOST_LEAN))[:, None]
    return Looks(
        contrast,
        ranked[:, 0] / contrast,
        ranked[:, DARKER_RANK] / contrast,
        np.hypot(*one_sided.T) / contrast,
        np.median(circles[:, 0], axis=1) / contrast,
        np.median(circles[:, -1], axis=1) / contrast,
        lean,
    )


def texture_level(density: FloatImage, mask: BoolImage, px_per_mm: float, blur_px: float) -> float:
    """Return the SD of fine texture, optical density: what a pore has to stand out of; `blur_px` is the photo's own."""
    finer, coarser = (
        cv2.GaussianBlur(density, (0, 0), max(_added(sigma * px_per_mm, blur_px), LEAST_BLUR_PX))
        for sigma in TEXTURE_MM
    )
    band = (finer - coarser)[mask]
    return float(np.median(np.abs(band - np.median(band)))) / MAD_OF_NORMAL


def _added(total: float, own: float) -> float:
    return math.sqrt(max(total**2 - own**2, 0.0))


def terms_of(looks: Looks, diameter_mm: FloatArray, px_per_mm: float) -> Mapping[str, FloatArray]:
    """Return what the score weighs: the terms that :data:`WEIGHTS` names, each of shape (n,).

    Parameters
    ----------
    looks : Looks
        What the marks look like.
    diameter_mm : ndarray of float64, shape (n,)
        Diameters as seen, mm.
    px_per_mm : float
        Resolution of the image that they were found in.
    """
    size, contrast = np.log(diameter_mm), np.log(looks.contrast)
    return {
        "intercept": np.ones_like(size),
        "log_contrast": contrast,
        "log_contrast_squared": contrast**2,
        "log_diameter": size,
        "log_diameter_squared": size**2,
        "darkest": looks.darkest,
        "darker": looks.darker,
        "slope": looks.slope,
        "inner": looks.inner,
        "outer": looks.outer,
        "attenuation": ATTENUATION / (px_per_mm * diameter_mm) ** 2,
        "pixel_mm": np.full_like(size, 1 / px_per_mm),
    }


def chance_of_pore(looks: Looks, diameter_mm: FloatArray, px_per_mm: float) -> FloatArray:
    """Return the probability of each mark that it is a pore, given how many there seem to be.

    Parameters
    ----------
    looks, diameter_mm, px_per_mm
        As for :func:`terms_of`.

    Returns
    -------
    ndarray of float64, shape (n,)
        In [0, 1].

    Notes
    -----
    Source of the settling of the share of pores: Saerens, Latinne and Decaestecker 2002,
    doi 10.1162/089976602753284446.
    """
    terms = terms_of(looks, diameter_mm, px_per_mm)
    score = np.asarray(sum(weight * terms[name] for name, weight in WEIGHTS.items()), np.float64)
    shift = 0.0
    for _ in range(EXPECTATION_STEPS if score.size else 0):
        share = float(_chance(score + shift).mean())
        odds = share / max(1 - share, math.exp(-SCORE_LIMIT))
        usual = USUAL_SHARE / (1 - USUAL_SHARE)
        shift = float(np.clip(math.log(max(odds, math.exp(-SCORE_LIMIT)) / usual), *SHIFT_LIMITS))
    return _chance(score + shift)


def lean_of(looks: Looks, chance: FloatArray) -> FloatArray:
    """Return where the darkest spot of a pore lies from its middle, (x, y) in diameters: toward the lamp.

    A pit is shaded on the lamp's side and lit on the other, so what is found lies beside the pore. All pores of a
    patch lean alike: their mean, weighted by the squared `chance` of each mark, tells how far.
    """
    weight = chance**2
    mean = (weight[:, None] * looks.lean).sum(axis=0) / (weight.sum() + LEAN_PRIOR)
    return np.asarray(LEAN_GAIN * mean, np.float64)


def _chance(score: FloatArray) -> FloatArray:
    return np.asarray(1 / (1 + np.exp(-np.clip(score, -SCORE_LIMIT, SCORE_LIMIT))))


def _one_sided(sides: FloatArray) -> FloatArray:
    """Return the first harmonic (n, 2) over the directions of a circle."""
    return np.asarray(sides @ _spokes() / RING_DIRECTIONS)


def _spokes() -> FloatArray:
    turns = np.arange(RING_DIRECTIONS) * (2 * math.pi / RING_DIRECTIONS)
    return np.column_stack((np.cos(turns), np.sin(turns)))


def _circles(density: FloatImage, blobs: Blobs) -> FloatArray:
    """Return the density of each mark's centre over circles round it, shape (n, 4, 16)."""
    eighths = np.arange(8) * (math.pi / 4)
    circle = CENTRE_RADIUS * np.column_stack((np.cos(eighths), np.sin(eighths)))
    centre = np.vstack((np.zeros((1, 2)), circle))
    offsets = np.vstack((centre, *(radius * _spokes() for radius in RING_RADII)))
    x = blobs.x[:, None] + blobs.diameter[:, None] * offsets[:, 0]
    y = blobs.y[:, None] + blobs.diameter[:, None] * offsets[:, 1]
    samples = sampled(density, x, y, cv2.INTER_LINEAR)
    middle = samples[:, : len(centre)].mean(axis=1)
    round_it = samples[:, len(centre) :].reshape(-1, len(RING_RADII), RING_DIRECTIONS)
    return np.asarray(middle[:, None, None] - round_it)
