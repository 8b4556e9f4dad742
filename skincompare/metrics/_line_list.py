"""The lines of one patch: where they are, how dark and how wide, and how they are drawn."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from skincompare.imaging.patches import SkinPatch
from skincompare.marks import Mark
from skincompare.metrics._line_finder import (
    LineOptions,
    Lines,
    WorkingSkin,
    bends_of,
    depths,
    find_lines,
    working_skin,
)
from skincompare.metrics._scale_space import sampled

__all__ = ["WRINKLE_MM", "FoundLines", "courses_of", "drawn", "found_lines", "strength_of", "widths_mm"]

FloatArray = npt.NDArray[np.float64]

WRINKLE_MM = 0.25
"""Width (full, at half depth) from which a line is a wrinkle; below, it is a fine line, mm [judgement]."""
WIDTH_SCALES_MM = (0.10, 0.16, 0.24)
"""Scales at which a line is read to tell its width, mm."""
WIDTH_WEIGHTS = (-3.303, 6.624, -1.765)
"""ln of the width in mm over a constant and the ln of the second and third reading over the first (regression on 825
rendered lines of 0.12 to 0.58 mm, 8 to 14 px/mm, seeds 6060 to 6079; it leaves 18 %)."""
WIDTH_RATIOS = (0.05, 20.0)
"""Ratios of readings are kept within these limits."""
MARK_STEP_MM = 0.5
"""Distance of the points of a mark."""
MARK_WIDTH_MM = 0.3
"""Width at which a line is drawn."""


@dataclass(frozen=True, eq=False)
class FoundLines:
    """The lines of a patch, the darkness of each of their places (ln units) and the width of each line (mm)."""

    skin: WorkingSkin
    lines: Lines
    depth: FloatArray
    width_mm: FloatArray

    @property
    def area_cm2(self) -> float:
        """Area on which lines were looked for."""
        return float(np.count_nonzero(self.skin.interior)) / self.skin.px_per_mm**2 / 100

    @property
    def is_wrinkle(self) -> npt.NDArray[np.bool_]:
        """Whether each place is on a wrinkle; else it is on a fine line."""
        return np.asarray(self.width_mm[self.lines.line] >= WRINKLE_MM)


def found_lines(patch: SkinPatch, options: LineOptions) -> FoundLines:
    """Return the lines of a patch, made once for both its own numbers and the paired change."""

    def find() -> FoundLines:
        skin = working_skin(patch, options)
        lines = find_lines(skin, options)
        return FoundLines(skin, lines, depths(skin, lines.xy, options), widths_mm(skin, lines))

    return patch.remembered(("lines", options), find)


def strength_of(depth: FloatArray, length_mm: FloatArray) -> float:
    """Return how much darker than the skin round them places are, %, by the length that each stands for."""
    return 100 * float(np.average(depth, weights=length_mm))


def courses_of(found: FoundLines) -> list[tuple[FloatArray, float, npt.NDArray[np.intp]]]:
    """Return the course of each line (n, 2) in working px, its strength in %, and which places it takes."""
    step = max(1, round(MARK_STEP_MM * found.skin.px_per_mm))
    courses = []
    for number in range(found.lines.count):
        chosen = np.flatnonzero(found.lines.line == number)
        xy = found.lines.xy[chosen]
        # Along its main direction: enough to draw a line that bends but does not turn back.
        main = np.linalg.svd(xy - xy.mean(axis=0), full_matrices=False)[2][0]
        chosen = chosen[np.argsort((xy - xy.mean(axis=0)) @ main, kind="stable")]
        kept = chosen[np.unique(np.append(np.arange(0, chosen.size, step), chosen.size - 1))]
        strength = strength_of(found.depth[chosen], found.lines.length_mm[chosen])
        courses.append((found.lines.xy[kept], strength, kept))
    return courses


def drawn(patch: SkinPatch, native: FloatArray, strength: float) -> Mark:
    """Return a line through native pixels (N, 2) as a mark in pixels of the photo."""
    points = tuple((float(x), float(y)) for x, y in patch.to_photo(native))
    return Mark(points, MARK_WIDTH_MM * patch.scale.px_per_mm, strength)


def widths_mm(skin: WorkingSkin, lines: Lines) -> FloatArray:
    """Return the width of each line (n,), mm: full width at half depth.

    The bend of a line, in units of the scale it is read at, grows with the scale the longer the wider the line is; the
    ratios of the mean bends of all its places at three scales tell the width to 18 % (one standard deviation).
    """
    bends = []
    for scale in WIDTH_SCALES_MM:
        xx, yy, _ = bends_of(skin.detail, scale * skin.px_per_mm)
        at = sampled(xx + yy, lines.xy[:, :1], lines.xy[:, 1:], cv2.INTER_LINEAR)[:, 0]
        bends.append(np.bincount(lines.line, at, minlength=lines.count))
    first = np.maximum(bends[0], np.finfo(np.float64).tiny)
    ratios = [np.log(np.clip(bend / first, *WIDTH_RATIOS)) for bend in bends[1:]]
    constant, *weights = WIDTH_WEIGHTS
    return np.asarray(np.exp(constant + sum(w * r for w, r in zip(weights, ratios, strict=True))), np.float64)
