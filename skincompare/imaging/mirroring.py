"""Flip a mirrored photo back: some phones save selfies as a mirror shows them.

Only the pixels are flipped, in memory; name and sha256 stay those of the file, which is never changed.
"""

from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from skincompare.measurement import Flag
from skincompare.photo import Photo

__all__ = ["FLIPPED", "Side", "flipped", "flipped_points", "is_flipped", "other_side"]

FloatArray = npt.NDArray[np.float64]
Side = Literal["before", "after"]

FLIPPED = Flag(
    "flipped",
    "This photo was flipped left-right before the comparison; left, right and all places are those of the flipped "
    "photo.",
)
"""What a flipped photo carries, so that every result of it can say so."""


def flipped(photo: Photo) -> Photo:
    """Return a photo flipped left-right, with a flag that says so.

    Parameters
    ----------
    photo : Photo
        As it was read.

    Returns
    -------
    Photo
        With the same name and sha256. Flipped twice, it is the photo as it was read.
    """
    kept = tuple(flag for flag in photo.flags if flag.code != FLIPPED.code)
    return replace(
        photo,
        pixels=np.ascontiguousarray(photo.pixels[:, ::-1]),
        flags=kept if is_flipped(photo) else (*kept, FLIPPED),
    )


def is_flipped(photo: Photo) -> bool:
    """Return whether a photo was flipped by :func:`flipped`."""
    return any(flag.code == FLIPPED.code for flag in photo.flags)


def flipped_points(xy: FloatArray, width: int) -> FloatArray:
    """Return points (N, 2) of a photo as points of the same photo flipped left-right, px; and back."""
    return np.column_stack([width - 1.0 - xy[:, 0], xy[:, 1]])


def other_side(side: Side) -> Side:
    """Return the other one of the two photos."""
    return "after" if side == "before" else "before"
