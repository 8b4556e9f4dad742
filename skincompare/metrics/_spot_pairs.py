"""Spots of two photos as the same spots: the union of both lists, each looked up in both photos."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from skincompare.imaging.patches import PatchPair
from skincompare.marks import Mark, MarkState, PairedMark
from skincompare.metrics._spot_list import SpotList, seen_strength

__all__ = ["SpotPairs", "paired_spots"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

MATCH_SHARE = 0.6
"""Two spots are the same when their middles lie nearer than this share of the larger diameter, or than
:data:`MATCH_MM` [judgement]."""
MATCH_MM = 0.3
"""Least distance within which two spots are the same: what an alignment may err by on a face, mm [judgement]."""
LOST_SHARE = 0.5
"""A spot that was found in one photo alone is gone (or new) when the other shows less than this share of it
[judgement]: a spot that only fell under the limit of detection is still there."""
LEAST_STRENGTH = 1e-3
"""Strength below which a place shows nothing, optical density."""


@dataclass(frozen=True, eq=False)
class SpotPairs:
    """The spots of both photos, one an entry; arrays of shape (n,) or (n, 2).

    Parameters
    ----------
    before_xy, after_xy : ndarray
        Middles, native pixels of each patch; where one photo does not list the spot, its place by the alignment.
    before_mm2, after_mm2 : ndarray
        Areas; NaN where a photo does not list the spot.
    before_strength, after_strength : ndarray
        Excess of melanin at the place in each photo, optical density, measured alike in both.
    """

    before_xy: FloatArray
    after_xy: FloatArray
    before_mm2: FloatArray
    after_mm2: FloatArray
    before_strength: FloatArray
    after_strength: FloatArray

    @property
    def is_before(self) -> BoolArray:
        """Whether the before photo shows the spot."""
        weak = self.before_strength < LOST_SHARE * np.maximum(self.after_strength, LEAST_STRENGTH)
        return np.isfinite(self.before_mm2) | ~weak

    @property
    def is_after(self) -> BoolArray:
        """Whether the after photo shows the spot."""
        weak = self.after_strength < LOST_SHARE * np.maximum(self.before_strength, LEAST_STRENGTH)
        return np.isfinite(self.after_mm2) | ~weak

    @property
    def change_of_mm2(self) -> FloatArray:
        """Change of each spot's area: from or to nothing when it is new or gone, 0 when only one photo lists it."""
        before, after = np.nan_to_num(self.before_mm2), np.nan_to_num(self.after_mm2)
        both = np.isfinite(self.before_mm2) & np.isfinite(self.after_mm2)
        moved = both | (self.is_before != self.is_after)
        return np.where(moved, after - before, 0.0)

    def marks(self, pair: PatchPair) -> tuple[PairedMark, ...]:
        """Return the spots as marks of both photos."""
        area = np.where(np.isfinite(self.before_mm2), self.before_mm2, self.after_mm2)
        diameter = 2 * np.sqrt(area / np.pi)
        sides = [
            _marks(patch.to_photo(xy), diameter * patch.scale.px_per_mm, strength)
            for patch, xy, strength in (
                (pair.before, self.before_xy, self.before_strength),
                (pair.after, self.after_xy, self.after_strength),
            )
        ]
        return tuple(
            PairedMark(first, second, _state(was, stays))
            for first, second, was, stays in zip(*sides, self.is_before, self.is_after, strict=True)
        )


def paired_spots(pair: PatchPair, before: SpotList, after: SpotList) -> SpotPairs:
    """Return the union of the spots of two photos, each measured in both.

    Parameters
    ----------
    pair : PatchPair
        The same skin in both photos.
    before, after : SpotList
        What was found in each.

    Returns
    -------
    SpotPairs
        Spots that one of the photos does not show at all (outside its picture) are left out.
    """
    own = np.column_stack((before.x, before.y))
    other = np.column_stack((after.x, after.y))
    first, second = _matched(pair, before, after, own, other)
    lost = np.setdiff1d(np.arange(len(own)), first)
    new = np.setdiff1d(np.arange(len(other)), second)
    before_xy = np.vstack((own[first], own[lost], pair.to_before(other[new])))
    after_xy = np.vstack((other[second], pair.to_after(own[lost]), other[new]))
    unlisted = np.full(len(lost), np.nan), np.full(len(new), np.nan)
    after_area = after.area_mm2 / pair.stretch_at(pair.to_before(other)) ** 2
    before_mm2 = np.concatenate((before.area_mm2[first], before.area_mm2[lost], unlisted[1]))
    after_mm2 = np.concatenate((after_area[second], unlisted[0], after_area[new]))
    diameter = 2 * np.sqrt(np.nanmean(np.stack((before_mm2, after_mm2)), axis=0) / np.pi)
    strengths = [
        seen_strength(spots, xy, diameter * patch.scale.px_per_mm)
        for spots, xy, patch in ((before, before_xy, pair.before), (after, after_xy, pair.after))
    ]
    seen = np.isfinite(strengths[0]) & np.isfinite(strengths[1])
    columns = before_xy, after_xy, before_mm2, after_mm2, *strengths
    return SpotPairs(*(column[seen] for column in columns))


def _matched(
    pair: PatchPair, before: SpotList, after: SpotList, own: FloatArray, other: FloatArray
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return which spots are the same, the nearest first, each at most once."""
    none = np.empty(0, np.intp)
    if not (len(own) and len(other)):
        return none, none
    px_per_mm = pair.after.scale.px_per_mm
    sizes = np.maximum(before.diameter_mm[:, None], after.diameter_mm[None, :])
    reach = np.maximum(MATCH_MM, MATCH_SHARE * sizes) * px_per_mm
    near = cKDTree(pair.to_after(own)).sparse_distance_matrix(
        cKDTree(other), float(reach.max()), output_type="ndarray"
    )
    chosen: list[tuple[int, int]] = []
    used: tuple[set[int], set[int]] = set(), set()
    for i, j, distance in sorted(near.tolist(), key=lambda one: one[2]):
        if distance <= reach[i, j] and i not in used[0] and j not in used[1]:
            used[0].add(i)
            used[1].add(j)
            chosen.append((i, j))
    found = np.array(sorted(chosen), np.intp).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _marks(xy: FloatArray, diameter_px: FloatArray, strength: FloatArray) -> Sequence[Mark]:
    rows = zip(xy.tolist(), diameter_px.tolist(), strength.tolist(), strict=True)
    return [Mark(((x, y),), size, value) for (x, y), size, value in rows]


def _state(was: bool, stays: bool) -> MarkState:
    if was and stays:
        return MarkState.STILL_THERE
    return MarkState.GONE if was else MarkState.NEW
