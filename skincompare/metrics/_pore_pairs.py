"""The same pores in two photos: every pore that either list holds is looked up in both."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from skincompare.imaging.patches import PatchPair, SkinPatch
from skincompare.marks import Mark, MarkState, PairedMark
from skincompare.metrics._blobs import SIGMA_OF_DIAMETER
from skincompare.metrics._pore_list import TYPICAL_BLUR_PX, PoreList
from skincompare.metrics._scale_space import FloatImage, cascade, sampled

__all__ = ["PorePairs", "pair_pores"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

LOST_BELOW = 0.45
"""Response of a pore over what the others' gain lets expect, below which it is no longer seen (rendered skin; the
response of the same pore in two photos scatters by 10-15 %)."""
SAME_PLACE_MM = 0.12
"""Distance within which two marks are one pore, mm: twice the error of a good alignment."""
SAME_PLACE_DIAMETERS = 0.5
"""The same for wide pores, diameters."""
SEARCH_MM = 0.08
"""How far round its place a pore is looked for, mm: the error of a good alignment."""
SEARCH_STEPS = 2
"""Steps of that search to each side."""
SCALES = 7
"""Total blurs at which both photos are looked at."""
SHARPEST_OVER_BLUR = 1.15
"""Least common blur over that of the softer photo: closer to it, the difference is not a blur any more."""
MIN_PORES = 5
"""Fewest pores seen in both photos that tell the gain."""
TINY = 1e-6
"""Keeps a division defined, optical density; far below any pore."""


@dataclass(frozen=True, eq=False)
class PorePairs:
    """Pores of two photos, one an entry; arrays of shape (n,), places (n, 2).

    Parameters
    ----------
    before_xy, after_xy : ndarray of float64
        Places, native px of each patch.
    diameter_before_mm, diameter_after_mm : ndarray of float64
        Diameters, those of the after photo on the scale of the before photo at that place (a head that turned shows
        one side wider); where a list lacks the pore, that of the other photo.
    in_before, in_after : ndarray of bool
        Whether it is seen in each photo.
    in_both_lists : ndarray of bool
        Whether both photos' own lists hold it.
    gain : float
        Strength of the pores in the after photo over that in the before photo, at one common blur.
    gain_error : float
        Standard error of the gain.
    area_cm2 : float
        Skin that both photos show, cm2.
    """

    before_xy: FloatArray
    after_xy: FloatArray
    diameter_before_mm: FloatArray
    diameter_after_mm: FloatArray
    in_before: BoolArray
    in_after: BoolArray
    in_both_lists: BoolArray
    gain: float
    gain_error: float
    area_cm2: float

    def marks(self, pair: PatchPair) -> tuple[PairedMark, ...]:
        """Return the pores as marks in pixels of both photos."""
        return tuple(
            PairedMark(
                _mark(pair.before, self.before_xy[i], self.diameter_before_mm[i]),
                _mark(pair.after, self.after_xy[i], self.diameter_after_mm[i]),
                _state(self.in_before[i], self.in_after[i]),
            )
            for i in range(len(self.before_xy))
        )


def pair_pores(pair: PatchPair, before: PoreList, after: PoreList) -> PorePairs | None:
    """Look up every pore of both lists in both photos.

    The response (-sigma^2 Laplacian of the optical density, at the scale of the pore) is taken at one total blur in
    both photos, at most :data:`SEARCH_MM` from the pore's place. A pore is no longer seen where its response is below
    0.45 of what it was times the gain of all.

    Parameters
    ----------
    pair : PatchPair
        The same skin in both photos; scales known.
    before, after : PoreList
        What was found in each photo alone.

    Returns
    -------
    PorePairs or None
        None when fewer than five pores tell the gain.
    """
    union = _union(pair, before, after)
    if np.count_nonzero(union.in_both_lists) < MIN_PORES:
        return None
    diameter = np.sqrt(union.diameter_before_mm * union.diameter_after_mm)
    blur_mm = max(_blur_mm(pair.before), _blur_mm(pair.after))
    first, second = (
        _responses(patch, _darkest(patch, found, xy, diameter), diameter, blur_mm)
        for patch, found, xy in (
            (pair.before, before, union.before_xy),
            (pair.after, after, union.after_xy),
        )
    )
    log_ratio = np.log(np.maximum(second, TINY) / np.maximum(first, TINY))
    told = log_ratio[union.in_both_lists & (first > TINY) & (second > TINY)]
    if told.size < MIN_PORES:
        return None
    gain = float(np.median(told))
    spread = float(np.median(np.abs(told - gain))) * math.pi / 2
    limit = -math.log(LOST_BELOW)
    return PorePairs(
        union.before_xy,
        union.after_xy,
        union.diameter_before_mm,
        union.diameter_after_mm,
        log_ratio - gain < limit,
        log_ratio - gain > -limit,
        union.in_both_lists,
        math.exp(gain),
        math.exp(gain) * 1.25 * spread / math.sqrt(told.size),
        union.area_cm2,
    )


@dataclass(frozen=True, eq=False)
class _Union:
    before_xy: FloatArray
    after_xy: FloatArray
    diameter_before_mm: FloatArray
    diameter_after_mm: FloatArray
    in_both_lists: BoolArray
    area_cm2: float


def _union(pair: PatchPair, before: PoreList, after: PoreList) -> _Union:
    """Return the pores of both lists that lie where both photos were looked at, each once."""
    first, second = (np.column_stack((one.x, one.y)) for one in (before, after))
    there, back = pair.to_after(first), pair.to_before(second)
    mine, theirs = (
        _inside(before.interior, first) & _inside(after.interior, there),
        _inside(after.interior, second) & _inside(before.interior, back),
    )
    seen_after = after.diameter_mm / pair.stretch_at(back)
    own, other = _matched(first, back, (before, after), pair.before.scale.px_per_mm)
    common = mine[own] & theirs[other]
    own, other = own[common], other[common]
    only_first = np.setdiff1d(np.flatnonzero(mine), own)
    only_second = np.setdiff1d(np.flatnonzero(theirs), other)
    return _Union(
        np.vstack((first[own], first[only_first], back[only_second])),
        np.vstack((second[other], there[only_first], second[only_second])),
        np.concatenate((before.diameter_mm[own], before.diameter_mm[only_first], seen_after[only_second])),
        np.concatenate((seen_after[other], before.diameter_mm[only_first], seen_after[only_second])),
        np.arange(own.size + only_first.size + only_second.size) < own.size,
        min(
            np.count_nonzero(one.interior) / patch.scale.px_per_mm**2 / 100
            for one, patch in ((before, pair.before), (after, pair.after))
        ),
    )


def _matched(
    first: FloatArray, back: FloatArray, lists: tuple[PoreList, PoreList], px_per_mm: float
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the entries of two lists that are each other's nearest, and near enough to be one pore."""
    empty = np.empty(0, dtype=np.intp)
    if not len(first) or not len(back):
        return empty, empty
    distance, nearest = cKDTree(back).query(first)
    mutual = cKDTree(first).query(back)[1][nearest] == np.arange(len(first))
    diameter = (lists[0].diameter_mm + lists[1].diameter_mm[nearest]) / 2
    reach = np.maximum(SAME_PLACE_MM, SAME_PLACE_DIAMETERS * diameter) * px_per_mm
    own = np.flatnonzero(mutual & (distance < reach))
    return own, nearest[own]


def _inside(interior: npt.NDArray[np.bool_], xy: FloatArray) -> BoolArray:
    x, y = np.rint(xy).astype(np.intp).T
    rows, columns = interior.shape
    seen = (x >= 0) & (y >= 0) & (x < columns) & (y < rows)
    seen[seen] = interior[y[seen], x[seen]]
    return np.asarray(seen)


def _blur_mm(patch: SkinPatch) -> float:
    blur_px = TYPICAL_BLUR_PX if math.isnan(patch.blur_px) else patch.blur_px
    return blur_px / patch.scale.px_per_mm


def _darkest(patch: SkinPatch, found: PoreList, xy: FloatArray, diameter_mm: FloatArray) -> FloatArray:
    """Return where pores with centres `xy` are darkest in this photo, by its own lamp."""
    return np.asarray(xy + found.lean * (diameter_mm * patch.scale.px_per_mm)[:, None], np.float64)


def _responses(
    patch: SkinPatch, xy: FloatArray, diameter_mm: FloatArray, common_blur_mm: float
) -> FloatArray:
    """Return the response of each pore in one photo, at a total blur that both photos can be brought to."""
    px_per_mm, own = patch.scale.px_per_mm, _blur_mm(patch)
    wanted = np.maximum(diameter_mm * SIGMA_OF_DIAMETER, SHARPEST_OVER_BLUR * common_blur_mm)
    low, high = float(wanted.min()), float(wanted.max())
    totals = np.geomspace(low, max(high, low * 1.01), SCALES)
    chosen = np.abs(np.log(wanted[:, None] / totals[None, :])).argmin(axis=1)
    added = [math.sqrt(total**2 - own**2) * px_per_mm for total in totals]
    found = np.zeros(len(xy))
    search = np.linspace(-SEARCH_MM, SEARCH_MM, 2 * SEARCH_STEPS + 1) * px_per_mm
    dx, dy = (one.ravel() for one in np.meshgrid(search, search))
    for index, level in enumerate(cascade((_filled_density(patch),), added, cv2.BORDER_REPLICATE)):
        here = np.flatnonzero(chosen == index)
        if not here.size:
            continue
        scale = (totals[index] * px_per_mm / level.step) ** 2
        laplacian = cv2.Laplacian(
            level.images[0], cv2.CV_32F, ksize=1, scale=-scale, borderType=cv2.BORDER_REPLICATE
        )
        x, y = ((xy[here, axis][:, None] + step) / level.step for axis, step in ((0, dx), (1, dy)))
        found[here] = sampled(np.asarray(laplacian, np.float32), x, y, cv2.INTER_LINEAR).max(axis=1)
    return found


def _filled_density(patch: SkinPatch) -> FloatImage:
    """Return the optical density with the median of what counts in place of what does not."""
    middle = np.float32(np.median(patch.density[patch.mask]))
    return np.where(patch.mask, patch.density, middle)


def _mark(patch: SkinPatch, xy: FloatArray, diameter_mm: float) -> Mark:
    ((x, y),) = patch.to_photo(xy[None])
    return Mark(((float(x), float(y)),), float(diameter_mm * patch.scale.px_per_mm))


def _state(in_before: bool, in_after: bool) -> MarkState:
    if in_before and in_after:
        return MarkState.STILL_THERE
    return MarkState.GONE if in_before else MarkState.NEW
