"""The same skin in both photos: mapped outlines, pair masks, and the patches that metrics see.

Regions travel as outlines; a pixel counts only where *both* photos show bare, unclipped skin at the aligned place
(masking each photo alone selects different skin: up to 1.25 EI of false redness). Each patch holds the photo's own
pixels.
"""

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from skincompare.imaging import region_flags
from skincompare.imaging.alignment import Alignment
from skincompare.imaging.colour import linear_from_srgb
from skincompare.imaging.frame import Frame
from skincompare.imaging.patches import LightShift, PatchPair, SkinPatch
from skincompare.imaging.regions import Region
from skincompare.imaging.sampling import FieldArray, FloatArray, apply_matrix, inside, pixel_grid, sample
from skincompare.imaging.scale import Scale
from skincompare.imaging.slant import UNKNOWN_SLANT, Slant, head_motion, slant_of
from skincompare.imaging.subject import Subject
from skincompare.imaging.tilt import normal_of
from skincompare.measurement import Flag

__all__ = ["PairedRegion", "PairedSkin", "RegionPixels", "pair_region", "pair_skin"]

BoolImage = npt.NDArray[np.bool_]

BLOCK_MM = 8.0
"""Width of the blocks whose scatter tells the error of a region, mm (measured on 102 people)."""
BLOCKS_ACROSS = 6
"""Blocks across a region whose millimetres are unknown."""
BACK_GRID_PX = 12
"""Spacing at which the inverse map is computed before it is interpolated: masks need no more, frame px."""
BACK_TOLERANCE_PX = 0.05
"""How exact the inverse map is for masks, frame px."""
OUTLINE_STEP_PX = 6.0
"""Longest straight piece of an outline that is mapped, frame px."""
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
class RegionPixels:
    """Which pixels of a frame belong to a region, cut to its box.

    Parameters
    ----------
    top, left : int
        Corner of the box in the frame, px.
    mask : ndarray of bool, shape (height, width)
        Where a frame pixel counts.
    blocks : ndarray of int32, shape (height, width)
        Block numbers, -1 where nothing counts.
    """

    top: int
    left: int
    mask: BoolImage
    blocks: npt.NDArray[np.int32]

    def cut(self, image: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return the box of an image of the frame's shape."""
        height, width = self.mask.shape
        return image[self.top : self.top + height, self.left : self.left + width]


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
        return _patch(self, subject, scale, light, after=False)

    def after_patch(self, subject: Subject, scale: Scale, light: LightShift) -> SkinPatch:
        """Return the region of the after photo for a metric."""
        return _patch(self, subject, scale, light, after=True)

    def patch_pair(
        self,
        subjects: tuple[Subject, Subject],
        scales: tuple[Scale, Scale],
        lights: tuple[LightShift, LightShift],
        alignment: Alignment,
    ) -> PatchPair:
        """Return the region of both photos for a metric; of each pair of arguments, the first is the before photo."""
        corners = [
            np.array(_corner(outline, subject), np.float64)
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
    outline = _densified(region.outline, OUTLINE_STEP_PX / before.frame.factor)
    mapped = alignment.map_points(outline)
    frame_outline = before.frame.from_photo(outline)
    grid = _block_grid(frame_outline, scale.px_per_mm * before.frame.factor)
    places = pixel_grid(before.frame.shape), skin.back
    own = _region_pixels(frame_outline, skin.before, places[0], grid)
    other = _region_pixels(after.frame.from_photo(mapped), skin.after, places[1], grid)
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
    label: str, before: Frame, after: Frame, own: "_Filled", other: "_Filled", alignment: Alignment
) -> tuple[Flag, ...]:
    """Return what is said of a region that is covered, clipped or cut off."""
    seen = inside(own.pixels.cut(alignment.field), after.shape)
    return region_flags.of_pair(
        label,
        counted=_share(own.pixels.mask, own.within),
        clipped=max(_clipped(before, own), _clipped(after, other)),
        seen=_share(own.within & seen, own.within),
    )


@dataclass(frozen=True)
class _BlockGrid:
    """Square blocks in the before frame: corner, width, counts."""

    corner: FloatArray
    width: float
    across: int
    down: int


@dataclass(frozen=True, eq=False)
class _Filled:
    """Pixels of a region, and everything inside its outline whether it counts or not."""

    pixels: RegionPixels
    within: BoolImage


def _block_grid(outline: FloatArray, px_per_mm: float) -> _BlockGrid:
    low, high = outline.min(axis=0), outline.max(axis=0)
    width = BLOCK_MM * px_per_mm
    if math.isnan(width):
        width = float((high - low).max()) / BLOCKS_ACROSS
    across, down = (max(1, math.ceil(length / width)) for length in high - low)
    return _BlockGrid(low, width, across, down)


def _region_pixels(outline: FloatArray, skin: BoolImage, places: FieldArray, grid: _BlockGrid) -> _Filled:
    """Fill an outline in one frame; `places` says where each pixel lies in the before frame."""
    top, bottom, left, right = _box(outline, skin.shape)
    cut = np.s_[top:bottom, left:right]
    within = _filled(outline - (left, top), (bottom - top, right - left))
    mask = within & skin[cut]
    numbers = np.full(mask.shape, -1, np.int32)
    cell = np.floor((places[cut][mask] - grid.corner) / grid.width).astype(np.int32)
    cell = np.clip(cell, 0, (grid.across - 1, grid.down - 1))
    numbers[mask] = cell[:, 1] * grid.across + cell[:, 0]
    return _Filled(RegionPixels(top, left, mask, numbers), within)


def _clipped(frame: Frame, filled: _Filled) -> float:
    """Return the share of clipped photo pixels inside an outline."""
    clipped = filled.pixels.cut(frame.clipped)[filled.within]
    return float(clipped.mean() / 255) if clipped.size else 0.0


def _densified(outline: FloatArray, step: float) -> FloatArray:
    """Add points along the edges, so that a bent map bends the outline."""
    pieces = []
    for start, end in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        count = max(1, math.ceil(float(np.linalg.norm(end - start)) / step))
        pieces.append(start + (end - start) * (np.arange(count) / count)[:, None])
    return np.concatenate(pieces)


def _filled(outline: FloatArray, shape: tuple[int, int]) -> BoolImage:
    drawn = np.zeros(shape, np.uint8)
    cv2.fillPoly(drawn, [np.round(outline).astype(np.int32)], 1)
    return drawn > 0


def _share(part: BoolImage, whole: BoolImage) -> float:
    count = np.count_nonzero(whole)
    return float(np.count_nonzero(part) / count) if count else 0.0


def _patch(
    pair: PairedRegion, subject: Subject, scale: Scale, light: LightShift, *, after: bool
) -> SkinPatch:
    outline = pair.after_outline if after else pair.before_outline
    pixels = pair.after if after else pair.before
    linear, native_mask = _native(subject, outline, pixels)
    return SkinPatch(
        region=pair.name,
        photo_sha256=subject.photo.sha256,
        linear=linear,
        mask=native_mask,
        scale=scale,
        coarse_linear=pixels.cut(subject.frame.linear),
        coarse_mask=pixels.mask,
        coarse_blocks=pixels.blocks,
        n_blocks=pair.n_blocks,
        light=light,
        flags=pair.flags,
        corner=_corner(outline, subject),
        normal=normal_of(subject.face, outline),
    )


def _native(subject: Subject, outline: FloatArray, pixels: RegionPixels) -> tuple[FieldArray, BoolImage]:
    """Cut the photo's own pixels round an outline, and say which of them count."""
    frame = subject.frame
    top, bottom, left, right = _box(outline, subject.photo.pixels.shape[:2])
    linear = linear_from_srgb(np.ascontiguousarray(subject.photo.pixels[top:bottom, left:right]))
    within = _filled(outline - (left, top), linear.shape[:2])
    # Where the first native pixel of the cut lies in the region's box of the frame.
    shift = frame.from_photo(np.array([[left, top]], np.float64))[0] - (pixels.left, pixels.top)
    placing = np.array([[frame.factor, 0.0, shift[0]], [0.0, frame.factor, shift[1]]])
    counts = cv2.warpAffine(
        pixels.mask.astype(np.uint8),
        placing,
        (linear.shape[1], linear.shape[0]),
        flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP,
    )
    return linear, within & (counts > 0)


def _corner(outline: FloatArray, subject: Subject) -> tuple[int, int]:
    """Return where the native cut round an outline begins in the photo: x, y."""
    top, _, left, _ = _box(outline, subject.photo.pixels.shape[:2])
    return left, top


def _box(outline: FloatArray, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """Return top, bottom, left, right of the box round an outline, clipped to a picture, at least one pixel."""
    low, high = np.floor(outline.min(axis=0)), np.ceil(outline.max(axis=0)) + 1
    left, top = (int(np.clip(low[axis], 0, shape[1 - axis] - 1)) for axis in (0, 1))
    right, bottom = (int(np.clip(high[axis], 1, shape[1 - axis])) for axis in (0, 1))
    return top, max(bottom, top + 1), left, max(right, left + 1)
