"""A picture of where redness changed, in the before photo's frame: for eyes, not for numbers."""

import numpy as np
import numpy.typing as npt

from skincompare.imaging.alignment import Alignment
from skincompare.imaging.colour import ei_pair
from skincompare.imaging.frame import Frame
from skincompare.imaging.pairing import PairedSkin
from skincompare.imaging.patches import LightShift
from skincompare.imaging.sampling import FieldArray, blur, sample

__all__ = ["redness_change_map", "smoothed_where"]

SMOOTH_SHARE = 0.006
"""Scale of smoothing, as a share of the frame's longer side: about 1.5 mm on a face."""
MIN_SUPPORT = 0.3
"""Share of the surroundings that must be counted skin for a pixel to be shown."""


def redness_change_map(
    before: Frame, after: Frame, alignment: Alignment, skin: PairedSkin, light: LightShift
) -> FieldArray:
    """Return the change of redness at every place.

    Parameters
    ----------
    before, after : Frame
        The two frames.
    alignment : Alignment
        Aligned, before to after.
    skin : PairedSkin
        Where both photos show bare skin.
    light : LightShift
        What the light did; NaN gives a map of NaN.

    Returns
    -------
    ndarray of float32, shape (height, width) of the before frame
        After minus before, EI, smoothed; NaN where there is no skin to compare.
    """
    shift = (
        sample(ei_pair(after.linear)[0], alignment.field) - ei_pair(before.linear)[0] - np.float32(light.u)
    )
    return smoothed_where(skin.before, shift)


def smoothed_where(counted: npt.NDArray[np.bool_], values: FieldArray) -> FieldArray:
    """Return values smoothed over the places that count.

    Parameters
    ----------
    counted : ndarray of bool, shape (height, width)
        Which places count.
    values : ndarray of float32, shape (height, width)
        Anything where nothing counts, also NaN.

    Returns
    -------
    ndarray of float32, shape (height, width)
        NaN where less than :data:`MIN_SUPPORT` of the surroundings counts.
    """
    scale = SMOOTH_SHARE * max(counted.shape)
    support = blur(counted.astype(np.float32), scale)
    smooth = blur(np.where(counted, values, 0).astype(np.float32), scale) / np.maximum(support, 1e-6)
    return np.asarray(np.where(support >= MIN_SUPPORT, smooth, np.nan), np.float32)
