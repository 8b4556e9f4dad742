"""Melanin apart from blood and shading: fixed axes of optical density, the same for every photo; and dark skin."""

import math
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from skincompare.imaging.colour import lab_from_linear, typology_angle
from skincompare.imaging.patches import SkinPatch
from skincompare.measurement import Effect, Flag

__all__ = [
    "MELANIN_OF_U",
    "MELANIN_OF_V",
    "glare_on_dark",
    "melanin_index",
    "midmean",
    "seen_angle",
    "too_dark",
]

Number = TypeVar("Number", float, npt.NDArray[np.float32], npt.NDArray[np.float64])

MELANIN_OF_U, MELANIN_OF_V = 0.118, 1.211
"""Melanin index for one unit of u = 100 log10(R/G) and v = 100 log10(G/B): shading (1, 1, 1) and hemoglobin
(0.28, 1, 0.93) read 0, melanin (0.53, 1, 1.78) reads 100 times its optical density in green. The axes were measured
once, on 102 people; fitting them again to each photo would make days incomparable."""
DARK_BELOW = -30.0
"""Typology angle of dark skin (Chardon et al. 1991), degrees: it returns so little light that glare and noise are large
beside its shading. Against light skin, changes of untouched rendered skin at 12.5 px/mm (seeds 43 to 57 against 20 to
29) err by 6.0 % instead of 2.7 in the roughness of 2 mm, 8.1 instead of 5.9 in the strength of lines, 8.8 instead of
4.9 in scars and 5.3 instead of 3.2 in the area of pores."""
MIDDLE_HALF = (0.25, 0.75)
"""Quantiles between which values are averaged."""


def melanin_index(u: Number, v: Number) -> Number:
    """Return the melanin index of colours.

    Parameters
    ----------
    u, v : float or ndarray
        100 log10(R/G) and 100 log10(G/B) of linear light.

    Returns
    -------
    float or ndarray
        100 times the optical density of melanin in green; grey reads 0.
    """
    return MELANIN_OF_U * u + MELANIN_OF_V * v


def midmean(values: npt.NDArray[np.floating]) -> float:
    """Return the mean of the middle half: as safe from glare and hair as a median, and JPEG's steps average out."""
    low, high = _middle_half(values)
    return float(np.mean(values[(values >= low) & (values <= high)], dtype=np.float64))


def _middle_half(values: npt.NDArray[np.floating]) -> tuple[float, float]:
    """Return the two quartiles, interpolated as ``np.percentile`` does, which takes five times as long."""
    places = [share * (values.size - 1) for share in MIDDLE_HALF]
    ranks = [rank for place in places for rank in (math.floor(place), math.ceil(place))]
    ranked = np.partition(values, ranks)
    low, high = (
        float(ranked[a]) + (float(ranked[b]) - float(ranked[a])) * (place - a)
        for place, a, b in zip(places, ranks[::2], ranks[1::2], strict=True)
    )
    return low, high


def seen_angle(patch: SkinPatch) -> float:
    """Return the individual typology angle of a patch as its photo shows it, degrees; NaN when nothing counts."""
    return float(typology_angle(lab_from_linear(patch.median_colour.astype(np.float32))))


def too_dark(what: str, angle: float, uncertain_below: float, withheld_below: float) -> Flag | None:
    """Return why dark skin makes a number uncertain or forbids it, or None.

    Parameters
    ----------
    what : str
        The quantity, as a person reads it.
    angle : float
        Typology angle of the skin as the photo shows it, degrees; NaN gives None.
    uncertain_below, withheld_below : float
        Angles, degrees.
    """
    if not angle < uncertain_below:
        return None
    forbids = angle < withheld_below
    return Flag(
        "dark_skin",
        f"{what} is told by blue light, of which this skin returns {'too little' if forbids else 'little'} "
        "in this photo.",
        "Use more light, even and from the front, without glare; expose for the skin.",
        Effect.NOT_MEASURABLE if forbids else Effect.WIDER_ERROR,
    )


def glare_on_dark(what: str, patch: SkinPatch, *, forbids: bool = False) -> tuple[Flag, ...]:
    """Return the flag that dark skin makes the shading of relief uncertain, or forbids it; empty on lighter skin.

    Parameters
    ----------
    what : str
        The quantity, as a person reads it.
    patch : SkinPatch
        The skin.
    forbids : bool
        Whether the number is withheld: where the error is more than twice that of lighter skin.
    """
    if not seen_angle(patch) < DARK_BELOW:
        return ()
    return (
        Flag(
            "dark_skin",
            f"{what}: this skin returns so little light that glare and noise are large beside its relief"
            + (", more than twice those of lighter skin." if forbids else "."),
            "Use more light, even and without glare; expose for the skin.",
            Effect.NOT_MEASURABLE if forbids else Effect.WIDER_ERROR,
        ),
    )
