"""How the pores changed between two photos: counted, measured and compared by one list."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from skincompare.imaging.patches import PatchPair
from skincompare.metrics._pore_list import DETECTION_PX_PER_MM, PoreOptions, effective_px_per_mm, pores_of
from skincompare.metrics._pore_pairs import PorePairs, pair_pores
from skincompare.metrics.registry import ChangeEstimate

__all__ = ["change_of_pores"]

FloatArray = npt.NDArray[np.float64]

N_QUANTITIES = 4
"""Density, area, diameter and contrast."""
PAIRED_DENSITY_REPEAT = 0.014
"""Within-subject SD of the paired density over itself: SD of the change 0.0-0.2 % on rendered skin at 8 to 20 px/mm;
2 % are allowed for real skin, whose hairs and glints come and go [judgement]."""
PAIRED_DIAMETER_REPEAT = (0.050, 0.028, 0.009, 0.006)
"""Within-subject SD of the paired diameter over itself (rendered: SD of the change 2.0 % at 12.5 px/mm, 0.9 % at 16;
with 0.013 and 0.009 the error of 55 changes of untouched skin was 0.58 of what was stated, that of the area 0.51; seeds
20 to 29 and 40 to 41. Coarser: 4.0 % at 8)."""
PAIRED_CONTRAST_REPEAT = (0.06, 0.046, 0.025, 0.025)
"""Within-subject SD of the paired contrast over itself (rendered, lamp moved by up to 11 degrees: SD of the change
6.5 % at 8 px/mm, 3 % from 12 on)."""
AREA_BY_REDNESS = 0.004
"""Further error of the paired area over the area for each EI by which the skin reddened or paled: red blood round a
pore widens what is seen of it (rendered, 0.10 and 0.15 of added optical density at 12 and 16 px/mm: area read 2 to 6 %
too large, seeds 8100 to 8105)."""
SHORTFALL = 0.10
"""Relative error of a paired change: of 20 % of the pores removed 17-20 % are seen to be gone (rendered)."""
DARKEST = 1e-4
"""Darkest colour that is told apart, linear light."""
COUNTED_AT_LEAST = 0.7
"""Error of a count that cannot be finer than a pore, pores."""


def change_of_pores(
    pair: PatchPair, references: Sequence[PatchPair], options: PoreOptions
) -> tuple[ChangeEstimate | None, ...]:
    """Return the change of the pores by one list of them: every pore of either photo, looked up in both.

    Parameters
    ----------
    pair : PatchPair
        The same skin in both photos.
    references : sequence of PatchPair
        Not used: a pore is compared with itself.
    options : PoreOptions
        What counts as a pore.

    Returns
    -------
    tuple of four ChangeEstimate or None
        Of density (which carries the marks), area, diameter and contrast; all None without a scale or with fewer than
        five pores in both photos. The count is blind to a fading of all pores alike: that is the contrast's change.

    Notes
    -----
    Source: see :func:`skincompare.metrics._pore_pairs.pair_pores`.
    """
    if not all(patch.scale.is_known for patch in pair.patches):
        return (None,) * N_QUANTITIES
    lists = tuple(pores_of(patch, options) for patch in pair.patches)
    found = pair_pores(pair, *lists)
    if found is None:
        return (None,) * N_QUANTITIES
    return _changes(pair, found, float(np.median(lists[0].contrast)))


def _changes(pair: PatchPair, found: PorePairs, contrast: float) -> tuple[ChangeEstimate, ...]:
    effective = min(effective_px_per_mm(patch) for patch in pair.patches)

    def at(table: tuple[float, ...]) -> float:
        return float(np.interp(effective, DETECTION_PX_PER_MM, table))

    def changed(name: str, level: float, change: float, repeat: float, rest: float = 0.0) -> ChangeEstimate:
        sigma = math.hypot(math.sqrt(2) * level * repeat, SHORTFALL * change, rest)
        marks = found.marks(pair) if name == "pore_density" else ()
        return ChangeEstimate(name, change, sigma, level * repeat, (), marks)

    area = found.area_cm2
    density, share = (
        np.array([float(weight[seen].sum()) / area for weight, seen in zip(weights, sides, strict=True)])
        for weights, sides in (
            ((np.ones(found.in_before.size),) * 2, (found.in_before, found.in_after)),
            (_discs(found), (found.in_before, found.in_after)),
        )
    )
    known = found.in_both_lists
    log_ratio = np.log(found.diameter_after_mm[known] / found.diameter_before_mm[known])
    wider, of_wider = float(np.median(log_ratio)), float(np.std(log_ratio)) / math.sqrt(log_ratio.size)
    median = float(np.median(found.diameter_before_mm[found.in_before]))
    of_area = math.hypot(2 * at(PAIRED_DIAMETER_REPEAT), PAIRED_DENSITY_REPEAT)
    return (
        changed(
            "pore_density",
            density[0],
            float(density[1] - density[0]),
            PAIRED_DENSITY_REPEAT,
            COUNTED_AT_LEAST / area,
        ),
        changed(
            "pore_area",
            share[0],
            float(share[1] - share[0]),
            of_area,
            math.hypot(2 * of_wider, AREA_BY_REDNESS * _reddened(pair)) * share[0],
        ),
        changed(
            "pore_diameter",
            median,
            median * math.expm1(wider),
            at(PAIRED_DIAMETER_REPEAT),
            of_wider * median,
        ),
        changed(
            "pore_contrast",
            contrast,
            contrast * (found.gain - 1),
            at(PAIRED_CONTRAST_REPEAT),
            contrast * found.gain_error,
        ),
    )


def _reddened(pair: PatchPair) -> float:
    """Return by how much the skin reddened or paled, EI at least 0; with an unknown light what the photos show."""
    colours = [np.maximum(one.median_colour, DARKEST) for one in pair.patches]
    before, after = (100 * math.log10(red / green) for red, green, _ in colours)
    shift = pair.after.light.u
    change = after - before - (0.0 if math.isnan(shift) else shift)
    return 0.0 if math.isnan(change) else abs(change)


def _discs(found: PorePairs) -> tuple[FloatArray, FloatArray]:
    """Return the area of each pore in both photos, mm2; where one list lacks it, that of the other, so scaled."""
    both = found.in_both_lists
    ratio = math.exp(float(np.median(np.log(found.diameter_after_mm[both] / found.diameter_before_mm[both]))))
    lone_new = ~both & ~found.in_before
    lone_old = ~both & found.in_before
    before = np.where(lone_new, found.diameter_before_mm / ratio, found.diameter_before_mm)
    after = np.where(lone_old, found.diameter_after_mm * ratio, found.diameter_after_mm)
    return math.pi / 4 * before**2, math.pi / 4 * after**2
