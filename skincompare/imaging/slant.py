"""How obliquely the two photos see a region: its squeeze, read off the alignment, and how the head moved between."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from skincompare.imaging.face import Face
from skincompare.imaging.sampling import FloatArray

__all__ = ["MAX_MOUTH_CHANGE", "UNKNOWN_SLANT", "HeadMotion", "Slant", "head_motion", "slant_of"]

MIN_POINTS = 50
"""Fewest places of a region that tell its slant."""
MAX_POINTS = 3000
"""Most places that are used: a straight-line fit needs no more."""
DOUBTFUL = 2.0
"""Places weigh less from this multiple of the region's median stated error, in inverse proportion to it. Against
rendered heads (two people, yaw 15, pitch 12, 30 instead of 70 cm) the squeeze of cheeks, temples and folds is then read
within 0.10."""
MAX_MOUTH_CHANGE = 0.05
"""Change of the mouth's width, over the distance between the outer eye corners, from which the faces have another
expression."""
_MOUTH_CORNERS = (61, 291)


@dataclass(frozen=True, slots=True)
class Slant:
    """What becomes of a region's shape between the photos.

    Parameters
    ----------
    squeeze : float
        Least over greatest magnification of the region's directions, in [0, 1]: 1 for the same view, the ratio of the
        cosines of the viewing angles for a flat piece of skin that is turned. NaN when it could not be had.
    area : float
        Area in the after photo over that in the before photo, over the same for the whole picture: below 1, the after
        photo sees the region more obliquely.
    """

    squeeze: float
    area: float


UNKNOWN_SLANT = Slant(math.nan, math.nan)
"""Of a region too small to tell, or outside the mesh."""


@dataclass(frozen=True, slots=True)
class HeadMotion:
    """How far head and face have moved in the after photo against the before photo, by the meshes.

    Parameters
    ----------
    turn_degrees : float
        Positive to the patient's left.
    nod_degrees : float
        Positive with the chin lower.
    mouth_change : float
        Change of the mouth's width, over the distance between the outer eye corners.
    """

    turn_degrees: float
    nod_degrees: float
    mouth_change: float

    @property
    def is_other_expression(self) -> bool:
        """Whether the mouth says that the two photos show different expressions."""
        return abs(self.mouth_change) > MAX_MOUTH_CHANGE


def head_motion(before: Face | None, after: Face | None) -> HeadMotion | None:
    """Return the motion of the head between two photos, or None on close-ups.

    Against renders, a yaw of 8 to 20 degrees reads 4-7 % low, a pitch of 8 to 12 reads 8.1 and 11.0; a full smile
    reads as a nod of 3 degrees (up to 6 on real faces).
    """
    if before is None or after is None:
        return None
    return HeadMotion(
        after.yaw_degrees - before.yaw_degrees,
        before.pitch_degrees - after.pitch_degrees,
        _mouth_width(after) - _mouth_width(before),
    )


def _mouth_width(face: Face) -> float:
    """Return the width of the mouth over the distance between the outer eye corners."""
    right, left = (face.xy[corner] for corner in _MOUTH_CORNERS)
    return float(math.dist(right, left)) / face.interocular_px


def slant_of(
    here: FloatArray, there: FloatArray, sigma: npt.NDArray[np.floating], magnification: float
) -> Slant:
    """Return how a region is squeezed between the photos, by the straight-line map that fits its places best.

    Parameters
    ----------
    here, there : ndarray of float64, shape (N, 2)
        Places of the region in the before photo, and the same skin in the after photo, px.
    sigma : ndarray, shape (N,)
        Their stated standard deviations, px of the before frame.
    magnification : float
        Size of the skin in the after photo over that in the before photo, for the whole picture.

    Returns
    -------
    Slant
        NaN when there are too few places.
    """
    if len(here) < MIN_POINTS:
        return UNKNOWN_SLANT
    step = math.ceil(len(here) / MAX_POINTS)
    here, there, sigma = here[::step], there[::step], sigma[::step]
    weights = 1 / np.maximum(sigma, DOUBTFUL * np.median(sigma) + np.finfo(np.float32).tiny)[:, None]
    terms = np.column_stack([here - here.mean(axis=0), np.ones(len(here))])
    fitted = np.linalg.lstsq(terms * weights, there * weights, rcond=None)[0]
    greatest, least = np.linalg.svd(fitted[:2], compute_uv=False)
    return Slant(float(least / greatest), float(least * greatest) / magnification**2)
