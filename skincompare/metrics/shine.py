"""Shine: the share of a region that shows glare."""

import math
from dataclasses import dataclass

import numpy as np

from skincompare.imaging.patches import SkinPatch
from skincompare.marks import MetricMap
from skincompare.measurement import Effect, Flag
from skincompare.metrics._gates import withheld_for_scale, withheld_for_size
from skincompare.metrics._glare import Glare, glare_of
from skincompare.metrics.registry import Estimate, MetricSpec, Quantity

__all__ = ["SPEC", "ShineOptions", "measure_shine"]

ERROR_FLOOR, ERROR_SHARE = 1.0, 0.2
"""Error of the share, in percentage points and relative (rendered skin of three tones, four kinds of gloss)."""
REPEAT_FLOOR, REPEAT_SHARE = 1.0, 0.28
"""Within-subject SD, in percentage points and relative: glare moves with every turn of the head and every smile (four
people photographed twice; a lamp that stands elsewhere by 4 degrees makes 0.5 and 0.15 on rendered close-ups)."""
MAP_RANGE = (0.0, 0.6)
"""Ends of the colour scale of the map: surface light over the brightness of the skin."""


@dataclass(frozen=True, slots=True)
class ShineOptions:
    """What counts as glare.

    Parameters
    ----------
    min_excess : float
        Least light of the surface beyond the usual, over the brightness of the skin.
    smoothing_mm : float
        Blur at which glints are seen (sigma, mm): the same in every photo.
    min_area_cm2 : float
        Least area that carries a value.
    """

    min_excess: float = 0.2
    smoothing_mm: float = 0.25
    min_area_cm2: float = 0.5


def measure_shine(patch: SkinPatch, options: ShineOptions) -> tuple[Estimate, ...]:
    """Return the glare share of a patch.

    Parameters
    ----------
    patch : SkinPatch
        The skin, in native pixels.
    options : ShineOptions
        What counts as glare.

    Returns
    -------
    tuple of one Estimate
        ``shine``, %: the share of the region whose surface returns lamp light beyond the region's usual by a fifth of
        its brightness or more. Missing without a scale, with too little skin, or where the skin is as grey as the lamp
        (``grey_skin``).

    Notes
    -----
    Source: see :func:`glare_of`. An even film of sheen over the whole region is not seen. The share depends on where
    the lamp stands.
    """
    (quantity,) = SPEC.quantities
    n_pixels = patch.n_pixels
    flag = withheld_for_size(n_pixels, 1) or withheld_for_scale(patch, quantity)
    if flag is None:
        least = math.ceil(options.min_area_cm2 * 100 * patch.scale.px_per_mm**2)
        flag = withheld_for_size(n_pixels, least)
    if flag is not None:
        return (Estimate.missing("shine", flag, n_pixels),)
    glare = glare_of(
        patch.linear[patch.box], patch.mask[patch.box], patch.scale.px_per_mm, options.smoothing_mm
    )
    if glare is None:
        return (Estimate.missing("shine", _grey_skin(), n_pixels),)
    share = 100 * float(np.mean(glare.excess[glare.region] > options.min_excess))
    repeat = math.hypot(REPEAT_FLOOR, REPEAT_SHARE * share)
    sigma = math.hypot(ERROR_FLOOR, ERROR_SHARE * share)
    return (Estimate("shine", share, sigma, repeat, n_pixels, map=_map(patch, glare)),)


def _map(patch: SkinPatch, glare: Glare) -> MetricMap:
    rows, columns = patch.box
    values = np.where(glare.region, np.maximum(glare.excess, 0), np.nan).astype(np.float32)
    left, top = patch.corner[0] + columns.start, patch.corner[1] + rows.start
    return MetricMap(values, left, top, glare.step, *MAP_RANGE, "surface light over skin brightness")


def _grey_skin() -> Flag:
    return Flag(
        "grey_skin",
        "The skin has the colour of the lamp in this photo, so glare cannot be told from bright skin.",
        "Take a colour photograph without a filter, in white light.",
        Effect.NOT_MEASURABLE,
    )


SPEC = MetricSpec(
    name="shine",
    version=1,
    quantities=(
        Quantity(
            name="shine",
            label="Shine",
            unit="%",
            decimals=1,
            needs_light=False,
            min_px_per_mm=2.0,
            meaning="More of it means that more of the skin glares: oil, moisture, or a lamp that stands elsewhere.",
        ),
    ),
    measure=measure_shine,
    options=ShineOptions(),
    source="Dichromatic reflection model, Shafer 1985, doi 10.1002/col.5080100409; limits fitted on rendered skin",
)
