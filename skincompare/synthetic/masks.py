"""Where the features of a piece of skin lie, as masks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from skincompare.errors import OptionError
from skincompare.synthetic import drawing
from skincompare.synthetic.noise import raster_shape
from skincompare.synthetic.skin_model import FEATURE_KINDS, FeatureKind, SkinTruth

HALF = 0.5  # a feature reaches to half of its profile: that is where its stated diameter or width lies
LEAST_HAIR = 0.02  # share of a pixel


def feature_mask(truth: SkinTruth, kind: FeatureKind, px_per_mm: float) -> NDArray[np.bool_]:
    """Return the mask (rows, columns) of one kind of feature on the skin's own raster at `px_per_mm`.

    A pixel belongs to a pore, spot, scar or wrinkle where its profile is at least half of full: the area of
    the stated diameter or width. Hairs: any pixel they touch.

    Raises
    ------
    OptionError
        If `kind` is not one of the known kinds.
    """
    if kind not in FEATURE_KINDS:
        raise OptionError.unknown("feature kind", kind, FEATURE_KINDS)
    shape = raster_shape(truth.size_mm, px_per_mm)
    if kind == "hairs":
        return np.asarray(drawing.draw_hairs(truth.hairs, shape, px_per_mm) > LEAST_HAIR)
    mask = np.zeros(shape, dtype=np.bool_)
    if kind == "pores":
        for _, place, ratio in drawing.pore_ratios(truth.pores, shape, px_per_mm):
            mask[place] |= ratio <= 1.0
    elif kind == "spots":
        for _, place, profile in drawing.spot_profiles(truth.spots, shape, px_per_mm):
            mask[place] |= profile >= HALF
    elif kind == "scars":
        for _, place, profile in drawing.scar_profiles(truth.scars, shape, px_per_mm):
            mask[place] |= profile >= HALF
    else:
        for _, place, ratio, _along in drawing.wrinkle_distances(truth.wrinkles, shape, px_per_mm):
            mask[place] |= ratio <= 1.0
    return mask
