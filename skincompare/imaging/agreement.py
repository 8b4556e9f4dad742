"""Do two aligned photos show the same skin? The agreement of its fine detail says so, without knowing anybody."""

import math
from dataclasses import dataclass

import cv2
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
NOISY, BLURRED = 0.4, 0.4
"""Noise over detail, and log ratio of the detail of two photos, from which the fine detail of the same skin may fail
to agree (dim phone photos have a noise of 0.48-0.53, rendered portraits 0.2)."""
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
    ratio : float
        Natural log of the strength of fine detail, after over before; NaN when there is none.
    noise : float
        Noise of a pixel over the strength of fine detail, the larger of the two photos; NaN when there is none.
    px_per_mm : float
        Approximate scale of the before frame by which the detail was chosen; 1 for a close-up.
    """

    fine: float
    broad: float
    ratio: float
    noise: float
    px_per_mm: float

    @property
    def hides_detail(self) -> bool:
        """Whether noise or blur may hide fine detail that the skin itself shares."""
        return self.noise >= NOISY or abs(self.ratio) >= BLURRED

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
        fine, strengths = _agreement((first, second), where, max(small, FINEST_DETAIL_PX), large)
        broad, _ = _agreement((first, second), where, BROAD_DETAIL * small, BROAD_DETAIL * large)
        if min(strengths) == 0:
            return cls(fine, broad, math.nan, math.nan, px_per_mm)
        noises = _noise(first, where), _noise(np.log(np.maximum(other, LEAST_LIGHT)), after.skin)
        noise = max(one / strength for one, strength in zip(noises, strengths, strict=True))
        return cls(fine, broad, math.log(strengths[1] / strengths[0]), noise, px_per_mm)


def _sure_skin(subject: Subject) -> BoolImage:
    """Return forehead, cheeks, nose and chin, where detail was compared to set the limits; a close-up whole."""
    if subject.face is None:
        return np.ones(subject.frame.shape, bool)
    return draw_rings(subject.frame.from_photo(subject.face.xy), TONE_RINGS, subject.frame.shape)


def _agreement(
    pair: tuple[FieldArray, FieldArray], where: BoolImage, fine: float, broad: float
) -> tuple[float, tuple[float, float]]:
    """Return the correlation of band-passed detail of two aligned pictures, and its strength in each.

    The correlation is -1 when there is nothing to compare. Detail is cut at a few robust deviations, so that single
    marks do not rule.
    """
    if np.count_nonzero(where) < MIN_SKIN_PX:
        return -1.0, (0.0, 0.0)
    bands = [(blur(image, fine) - blur(image, broad))[where] for image in pair]
    first, second = (float(np.median(np.abs(band))) for band in bands)
    if min(first, second) == 0:
        return -1.0, (first, second)
    cut = [
        np.clip(band, -DETAIL_CLIP * one, DETAIL_CLIP * one)
        for band, one in zip(bands, (first, second), strict=True)
    ]
    return float(np.corrcoef(cut[0], cut[1])[0, 1]), (first, second)


def _noise(light: FieldArray, where: BoolImage) -> float:
    """Return the median size of pixel noise (Immerkaer 1996, doi:10.1006/cviu.1996.0060)."""
    mask = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32) / 6
    return float(np.median(np.abs(cv2.filter2D(light, -1, mask)[where])))
