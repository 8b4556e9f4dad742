"""Do two aligned photos show the same skin? The agreement of its fine detail says so, without knowing anybody."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from skincompare.imaging.sampling import FieldArray, blur, box_round, sample
from skincompare.imaging.skin_mask import TONE_RINGS, draw_rings
from skincompare.imaging.subject import Subject

__all__ = ["MIN_SKIN_PX", "Evidence"]

BoolImage = npt.NDArray[np.bool_]

DETAIL_MM = (0.43, 1.30)
"""Scales between which skin detail is compared, mm (1 and 3 px at 2.3 px/mm, where the limits were measured)."""
CANTHI_MM = 88.0
"""Distance between the outer eye corners of an average adult, mm: only to choose the scales of detail."""
CLOSE_UP_DETAIL_PX = (1.5, 4.5)
"""Scales of detail for a close-up, whose millimetres may be unknown, frame px."""
FINEST_DETAIL_PX = 0.6
"""Finest scale of detail that a picture holds, frame px."""
MIN_SKIN_PX = 500
"""Fewest skin pixels of a frame on which two photos can be judged."""
LEAST_LIGHT = np.float32(1e-3)
"""Light that counts as black, so that its logarithm stays finite."""
BESIDE = 3.0
"""How far beside its place the fine detail is compared as well, in units of its finer scale."""
DETAIL_CLIP = 2.5
"""Detail is cut at this many median absolute deviations."""
BROAD_DETAIL = 3.5
"""How much broader than :data:`DETAIL_MM` the detail is that still shows in noisy or blurred photos."""


@dataclass(frozen=True)
class Evidence:
    """How well skin detail agrees at the aligned places.

    Parameters
    ----------
    fine, broad : float
        Correlations of fine and of broad detail, in [-1, 1]; -1 when there is nothing to compare.
    lead : float
        How much better the fine detail agrees at its place than a few pixels beside it: what two faces of one shape
        share (lids, folds, shading) agrees beside its place as well, what the same skin shares does not.
    ratio : float
        Natural log of the strength of fine detail, after over before; NaN when there is none.
    px_per_mm : float
        Approximate scale of the before frame by which the detail was chosen; 1 for a close-up.
    """

    fine: float
    broad: float
    lead: float
    ratio: float
    px_per_mm: float

    @classmethod
    def gather(cls, before: Subject, after: Subject, field: FieldArray, skin: BoolImage) -> "Evidence":
        """Compare two photos at the places that `field` (before frame to after frame) gives for `skin`."""
        box = box_round(skin, 0)
        where = (skin & _sure_skin(before))[box]
        px_per_mm, (small, large) = 1.0, CLOSE_UP_DETAIL_PX
        if before.face is not None:
            px_per_mm = before.face.interocular_px * before.frame.factor / CANTHI_MM
            small, large = DETAIL_MM[0] * px_per_mm, DETAIL_MM[1] * px_per_mm
        own, other = (one.frame.linear[..., 1] for one in (before, after))
        moved = sample(np.ascontiguousarray(other), field[box], cubic=True)
        first, second = (np.log(np.maximum(green, LEAST_LIGHT)) for green in (own[box], moved))
        detail = _Detail.of((first, second), where, max(small, FINEST_DETAIL_PX), large)
        broad = _Detail.of((first, second), where, BROAD_DETAIL * small, BROAD_DETAIL * large).agreement()
        fine, lead = detail.agreement(), detail.lead(round(BESIDE * max(small, FINEST_DETAIL_PX)))
        if min(detail.strengths) == 0:
            return cls(fine, broad, lead, math.nan, px_per_mm)
        ratio = math.log(detail.strengths[1] / detail.strengths[0])
        return cls(fine, broad, lead, ratio, px_per_mm)


def _sure_skin(subject: Subject) -> BoolImage:
    """Return forehead, cheeks, nose and chin, where detail was compared to set the limits; a close-up whole."""
    if subject.face is None:
        return np.ones(subject.frame.shape, bool)
    return draw_rings(subject.frame.from_photo(subject.face.xy), TONE_RINGS, subject.frame.shape)


@dataclass(frozen=True, eq=False)
class _Detail:
    """Band-passed detail of two aligned pictures, cut at a few robust deviations, so that single marks do not rule."""

    first: FieldArray
    second: FieldArray
    where: BoolImage
    strengths: tuple[float, float]

    @classmethod
    def of(
        cls, pair: tuple[FieldArray, FieldArray], where: BoolImage, fine: float, broad: float
    ) -> "_Detail":
        """Cut the band between two scales (px) out of two pictures."""
        if np.count_nonzero(where) < MIN_SKIN_PX:
            return cls(*pair, where, (0.0, 0.0))
        bands = [blur(image, fine) - blur(image, broad) for image in pair]
        strengths = [float(np.median(np.abs(band[where]))) for band in bands]
        first, second = (
            np.clip(band, -DETAIL_CLIP * strength, DETAIL_CLIP * strength)
            for band, strength in zip(bands, strengths, strict=True)
        )
        return cls(first, second, where, (strengths[0], strengths[1]))

    def agreement(self, right: int = 0, down: int = 0) -> float:
        """Return the correlation with the second picture read some px beside; -1 when there is nothing to compare."""
        if min(self.strengths) == 0:
            return -1.0
        here, there = _shifted(self.where.shape, right, down)
        both = self.where[here] & self.where[there]
        if np.count_nonzero(both) < MIN_SKIN_PX:
            return -1.0
        return float(np.corrcoef(self.first[here][both], self.second[there][both])[0, 1])

    def lead(self, beside: int) -> float:
        """Return how much better the agreement is at the place than the best of four places beside it."""
        steps = ((beside, 0), (-beside, 0), (0, beside), (0, -beside))
        return self.agreement() - max(self.agreement(*step) for step in steps)


def _shifted(
    shape: tuple[int, ...], right: int, down: int
) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """Return the parts of two pictures that lie on one another when the second is read beside its place."""
    rows, columns = (
        (slice(max(0, -step), length - max(0, step)), slice(max(0, step), length - max(0, -step)))
        for length, step in zip(shape, (down, right), strict=True)
    )
    return (rows[0], columns[0]), (rows[1], columns[1])
