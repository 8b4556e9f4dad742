"""Redness: the erythema index of the region, in the light of the before photo."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from skincompare.imaging.blocks import block_values, standard_error
from skincompare.imaging.colour import ei_pair
from skincompare.imaging.patches import SkinPatch
from skincompare.metrics._gates import all_missing, no_reference, withheld_for_size
from skincompare.metrics.registry import Estimate, MetricSpec, Quantity

__all__ = ["SPEC", "RednessOptions", "measure_redness"]

REPEAT_SIGMA_EI = 1.9 / (1.96 * math.sqrt(2))
"""Within-subject SD of redness under changed light, EI: 1.9 EI is the smallest detectable change that 102 people
showed when photographed twice without treatment (0.51 EI where the light stays as it is)."""
WHITE_BALANCE_SIGMA_EI = 6.0
"""SD of the absolute level, EI: what a white-balance error of 10 % does. Both photos of a pair share it."""


@dataclass(frozen=True, slots=True)
class RednessOptions:
    """How redness is measured.

    Parameters
    ----------
    min_pixels : int
        Fewest coarse pixels that carry a value.
    min_block_pixels : int
        Fewest coarse pixels that carry the value of one block.
    """

    min_pixels: int = 50
    min_block_pixels: int = 12


def measure_redness(patch: SkinPatch, options: RednessOptions) -> tuple[Estimate, ...]:
    """Return the redness of a patch.

    The median of u = 100 log10(R/G) over the pixels that count, minus what the light did to u.

    Parameters
    ----------
    patch : SkinPatch
        The skin; its coarse pixels are used.
    options : RednessOptions
        Limits.

    Returns
    -------
    tuple of one Estimate
        ``redness``, EI. Missing with ``no_reference`` where the light shift is NaN, with ``no_pixels`` or
        ``few_pixels`` where too little skin counts. `sigma` includes the unknown white balance that both photos
        share, so it is larger than the error of a change.

    Notes
    -----
    Source: Yamamoto et al. 2008, doi 10.1111/j.1600-0846.2007.00256.x, up to scale. Pigment raises the index
    too: +0.10 of melanin optical density reads +4.7 EI. It is not valid for skin with make-up.
    """
    n_pixels = int(np.count_nonzero(patch.coarse_mask))
    flag = withheld_for_size(n_pixels, options.min_pixels)
    if flag is None and math.isnan(patch.light.u):
        flag = no_reference()
    if flag is not None:
        return all_missing(SPEC.quantities, flag, n_pixels)
    u = ei_pair(patch.coarse_linear[patch.coarse_mask])[0]
    blocks = block_values(
        u, patch.coarse_blocks[patch.coarse_mask], patch.n_blocks, options.min_block_pixels, _median
    )
    sampling = standard_error(blocks)
    if math.isnan(sampling):
        sampling = float(np.std(u))
    return (
        Estimate(
            "redness",
            _median(u) - patch.light.u,
            math.hypot(sampling, patch.light.sigma_u, WHITE_BALANCE_SIGMA_EI),
            REPEAT_SIGMA_EI,
            n_pixels,
            blocks - patch.light.u,
        ),
    )


def _median(values: npt.NDArray[np.float32]) -> float:
    return float(np.median(values))


SPEC = MetricSpec(
    name="redness",
    version=1,
    quantities=(
        Quantity(
            name="redness",
            label="Redness",
            unit="EI",
            decimals=1,
            needs_light=True,
            min_px_per_mm=0.0,
            meaning="More of it means redder skin: more blood near the surface.",
        ),
    ),
    measure=measure_redness,
    options=RednessOptions(),
    source="Yamamoto et al. 2008, doi 10.1111/j.1600-0846.2007.00256.x, up to scale",
)
