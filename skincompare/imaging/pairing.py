"""The same skin in both photos: mapped outlines, pair masks, and the patches that metrics see.

Regions travel as outlines; a pixel counts only where *both* photos show bare, unclipped skin at the aligned place
(masking each photo alone selects different skin: up to 1.25 EI of false redness). Each patch holds the photo's own
pixels.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from skincompare.imaging import region_flags
from skincompare.imaging.alignment import Alignment
from skincompare.imaging.frame import Frame
from skincompare.imaging.patches import LightShift, PatchPair, SkinPatch
from skincompare.imaging.region_pixels import (
    OUTLINE_STEP_PX,
    FilledRegion,
    RegionPixels,
    block_grid,
    clipped_share,
    corner_of,
    densified,
    fill_region,
    region_patch,
    share_of,
)
from skincompare.imaging.regions import Region
from skincompare.imaging.sampling import FieldArray, FloatArray, apply_matrix, inside, pixel_grid, sample
from skincompare.imaging.scale import Scale
from skincompare.imaging.slant import UNKNOWN_SLANT, Slant, head_motion, slant_of
from skincompare.imaging.subject import Subject
from skincompare.measurement import Flag

__all__ = ["PairedRegion", "PairedSkin", "pair_region", "pair_skin"]

BoolImage = npt.NDArray[np.bool_]

BACK_GRID_PX = 12
"""Spacing at which the inverse map is computed before it is interpolated: masks need no more, frame px."""
BACK_TOLERANCE_PX = 0.05
"""How exact the inverse map is for masks, frame px."""
OFF_THE_HEAD = ("neck",)
"""Regions outside the mesh, of which no slant is told: they do not turn with the head, and parts of their map may be
lost (rendered necks squeezed to 0.99 read 0.80)."""


@dataclass(frozen=True, eq=False)
class PairedSkin:
    """What both photos show, in each photo's frame.

    Parameters
    ----------
    before, after : ndarray of bool, shapes of the frames
        Where a pixel counts.
    back : ndarray of float32, shape (height, width, 2)
        Place in the before frame of every pixel of the after frame.
    """

    before: BoolImage
    after: BoolImage
    back: FieldArray


@dataclass(frozen=True, eq=False)
class PairedRegion:
    """One region in both photos.

    Parameters
    ----------
    name : str
        Name of the region.
    before_outline, after_outline : ndarray of float64, shape (N, 2)
        The same skin, px of each photo; point for point the same.
    before, after : RegionPixels
        Its pixels in each photo's frame.
    n_blocks : int
        How many block numbers there are.
    error_px : float
        Median stated standard deviation of a mapped point of the region, px of the before photo; NaN when nothing of
        it counts.
    flags : tuple of Flag
        Clipping, cover, border, slant, and an error too large for the region.
    """

    name: str
    before_outline: FloatArray
    after_outline: FloatArray
    before: RegionPixels
    after: RegionPixels
    n_blocks: int
    error_px: float
    flags: tuple[Flag, ...]

    def before_patch(self, subject: Subject, scale: Scale, light: LightShift) -> SkinPatch:
        """Return the region of the before photo for a metric."""
        return self._patch(self.before_outline, self.before, subject, scale, light)

    def after_patch(self, subject: Subject, scale: Scale, light: LightShift) -> SkinPatch:
        """Return the region of the after photo for a metric."""
        return self._patch(self.after_outline, self.after, subject, scale, light)

    def _patch(
        self, outline: FloatArray, pixels: RegionPixels, subject: Subject, scale: Scale, light: LightShift
    ) -> SkinPatch:
        return region_patch(
            self.name,
            outline,
            pixels,
            subject,
            n_blocks=self.n_blocks,
            scale=scale,
            light=light,
            flags=self.flags,
        )

    def patch_pair(
        self,
        subjects: tuple[Subject, Subject],
        scales: tuple[Scale, Scale],
        lights: tuple[LightShift, LightShift],
        alignment: Alignment,
    ) -> PatchPair:
        """Return the region of both photos for a metric; of each pair of arguments, the first is the before photo."""
        corners = [
            np.array(corner_of(outline, subject), np.float64)
            for outline, subject in zip((self.before_outline, self.after_outline), subjects, strict=True)
        ]
        return PatchPair(
            lambda: (
                self.before_patch(subjects[0], scales[0], lights[0]),
                self.after_patch(subjects[1], scales[1], lights[1]),
            ),
            to_after=lambda xy: alignment.map_points(xy + corners[0]) - corners[1],
            to_before=lambda xy: alignment.map_points_back(xy + corners[1]) - corners[0],
        )


def pair_skin(before: Subject, after: Subject, alignment: Alignment) -> PairedSkin:
    """Find where both photos show bare skin.

    Parameters
    ----------
    before, after : Subject
        The prepared photos.
    alignment : Alignment
        Aligned, before to after.

    Returns
    -------
    PairedSkin
        Masks of both frames.
    """
    seen = sample(after.skin.astype(np.float32), alignment.field) > 0.5
    both = alignment.skin & seen
    back = _back_field(alignment, after)
    returned = sample(both.astype(np.float32), back) > 0.5
    known = inside(back, before.frame.shape)
    return PairedSkin(both, after.skin & returned & known, back)


def _back_field(alignment: Alignment, after: Subject) -> FieldArray:
    """Invert the map on a coarse grid over the after skin and interpolate; elsewhere the global motion serves."""
    shape = after.frame.shape
    rows, columns = (np.arange(0, length + BACK_GRID_PX, BACK_GRID_PX) for length in shape)
    nodes = np.stack(np.meshgrid(columns, rows), axis=-1).astype(np.float64)
    wide = cv2.dilate(after.skin.astype(np.uint8), np.ones((2 * BACK_GRID_PX + 1,) * 2, np.uint8)) > 0
    near = wide[np.minimum(rows, shape[0] - 1)][:, np.minimum(columns, shape[1] - 1)]
    found = apply_matrix(np.linalg.inv(alignment.matrix), nodes)
    found[near] = alignment.warp.back(nodes[near], tolerance=BACK_TOLERANCE_PX)
    return sample(found.astype(np.float32), pixel_grid(shape) / np.float32(BACK_GRID_PX))


def pair_region(
    region: Region, before: Subject, after: Subject, alignment: Alignment, skin: PairedSkin, scale: Scale
) -> PairedRegion:
    """Carry a region into the after photo.

    Parameters
    ----------
    region : Region
        Outline in the before photo.
    before, after : Subject
        The prepared photos.
    alignment : Alignment
        Aligned, before to after.
    skin : PairedSkin
        Where both photos show bare skin.
    scale : Scale
        Of the before photo; its size of a block when it is known.

    Returns
    -------
    PairedRegion
        With flags that say what keeps it from being measured well.
    """
    outline = densified(region.outline, OUTLINE_STEP_PX / before.frame.factor)
    mapped = alignment.map_points(outline)
    frame_outline = before.frame.from_photo(outline)
    grid = block_grid(frame_outline, scale.px_per_mm * before.frame.factor)
    places = pixel_grid(before.frame.shape), skin.back
    own = fill_region(frame_outline, skin.before, places[0], grid)
    other = fill_region(after.frame.from_photo(mapped), skin.after, places[1], grid)
    error_px = _error_px(own.pixels, alignment)
    return PairedRegion(
        name=region.name,
        before_outline=outline,
        after_outline=mapped,
        before=own.pixels,
        after=other.pixels,
        n_blocks=grid.across * grid.down,
        error_px=error_px,
        flags=(
            *_cover_flags(region.label, before.frame, after.frame, own, other, alignment),
            *region_flags.of_place(
                region.label,
                share=region_flags.foreign_share(outline, error_px),
                error_px=error_px,
                error_mm=error_px / scale.px_per_mm,
                slant=UNKNOWN_SLANT if region.name in OFF_THE_HEAD else _slant(own.pixels, alignment),
                motion=head_motion(before.face, after.face),
            ),
        ),
    )


def _error_px(pixels: RegionPixels, alignment: Alignment) -> float:
    """Return the median stated error of the pixels that count, px of the before photo; NaN when there are none."""
    stated = pixels.cut(alignment.sigma_field)[pixels.mask]
    return float(np.median(stated)) / alignment.before.factor if stated.size else math.nan


def _slant(pixels: RegionPixels, alignment: Alignment) -> Slant:
    """Return how the pixels that count are squeezed; both frames lie straight in their photos."""
    rows, columns = np.nonzero(pixels.mask)
    there = pixels.cut(alignment.field)[rows, columns].astype(np.float64)
    return slant_of(
        np.column_stack([columns, rows]) / alignment.before.factor,
        there / alignment.after.factor,
        pixels.cut(alignment.sigma_field)[rows, columns],
        alignment.magnification,
    )


def _cover_flags(
    label: str, before: Frame, after: Frame, own: FilledRegion, other: FilledRegion, alignment: Alignment
) -> tuple[Flag, ...]:
    """Return what is said of a region that is covered, clipped or cut off."""
    seen = inside(own.pixels.cut(alignment.field), after.shape)
    return region_flags.of_pair(
        label,
        counted=share_of(own.pixels.mask, own.within),
        clipped=max(clipped_share(before, own), clipped_share(after, other)),
        seen=share_of(own.within & seen, own.within),
    )
