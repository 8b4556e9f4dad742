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
from skincompare.imaging.colour import linear_from_srgb
from skincompare.imaging.frame import Frame
from skincompare.imaging.patches import LightShift, SkinPatch
from skincompare.imaging.regions import Region
from skincompare.imaging.sampling import FieldArray, FloatArray, pixel_grid, sample
from skincompare.imaging.scale import Scale
from skincompare.imaging.subject import Subject
from skincompare.measurement import Flag

__all__ = ["PairedRegion", "PairedSkin", "pair_region", "pair_skin"]

BoolImage = npt.NDArray[np.bool_]

BLOCK_MM = 8.0
"""Width of the blocks whose scatter tells the error of a region, mm (measured on 102 people)."""
BLOCKS_ACROSS = 6
"""Blocks across a region whose millimetres are unknown."""
BACK_GRID_PX = 12
"""Spacing at which the inverse map is computed before it is interpolated: masks need no more, frame px."""
OUTLINE_STEP_PX = 6.0
"""Longest straight piece of an outline that is mapped, frame px."""


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
    before_mask, after_mask : ndarray of bool, shapes of the frames
        Where a frame pixel counts.
    before_blocks, after_blocks : ndarray of int32, shapes of the frames
        Block numbers, -1 outside.
    n_blocks : int
        How many block numbers there are.
    flags : tuple of Flag
        Clipping, cover, border.
    """

    name: str
    before_outline: FloatArray
    after_outline: FloatArray
    before_mask: BoolImage
    after_mask: BoolImage
    before_blocks: npt.NDArray[np.int32]
    after_blocks: npt.NDArray[np.int32]
    n_blocks: int
    flags: tuple[Flag, ...]

    def before_patch(self, subject: Subject, scale: Scale, light: LightShift) -> SkinPatch:
        """Return the region of the before photo for a metric."""
        return _patch(self, subject, scale, light, after=False)

    def after_patch(self, subject: Subject, scale: Scale, light: LightShift) -> SkinPatch:
        """Return the region of the after photo for a metric."""
        return _patch(self, subject, scale, light, after=True)


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
    back = _back_field(alignment, after.frame.shape)
    returned = sample(both.astype(np.float32), back) > 0.5
    inside = _inside(back, before.frame.shape)
    return PairedSkin(both, after.skin & returned & inside, back)


def _back_field(alignment: Alignment, shape: tuple[int, int]) -> FieldArray:
    """Invert the map on a coarse grid of the after frame and interpolate."""
    rows, columns = (np.arange(0, length + BACK_GRID_PX, BACK_GRID_PX) for length in shape)
    nodes = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2).astype(np.float64)
    photo = alignment.map_points_back(alignment.after.to_photo(nodes))
    found = alignment.before.from_photo(photo).reshape(len(rows), len(columns), 2)
    return sample(found.astype(np.float32), pixel_grid(shape) / np.float32(BACK_GRID_PX))


def _inside(places: FieldArray, shape: tuple[int, int]) -> BoolImage:
    x, y = places[..., 0], places[..., 1]
    return np.asarray((x >= 0) & (y >= 0) & (x <= shape[1] - 1) & (y <= shape[0] - 1))


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
    inside_before = _filled(frame_outline, before.frame.shape)
    inside_after = _filled(after.frame.from_photo(mapped), after.frame.shape)
    block = BLOCK_MM * scale.px_per_mm * before.frame.factor
    if math.isnan(block):
        block = float(np.ptp(frame_outline, axis=0).max()) / BLOCKS_ACROSS
    corner = frame_outline.min(axis=0)
    across = max(1, math.ceil((frame_outline[:, 0].max() - corner[0]) / block))
    down = max(1, math.ceil((frame_outline[:, 1].max() - corner[1]) / block))
    masks = inside_before & skin.before, inside_after & skin.after
    numbers = [
        _block_numbers(places, mask, corner, block, (across, down))
        for places, mask in zip((pixel_grid(before.frame.shape), skin.back), masks, strict=True)
    ]
    return PairedRegion(
        name=region.name,
        before_outline=outline,
        after_outline=mapped,
        before_mask=masks[0],
        after_mask=masks[1],
        before_blocks=numbers[0],
        after_blocks=numbers[1],
        n_blocks=across * down,
        flags=region_flags.of_pair(
            region.label,
            counted=_share(masks[0], inside_before),
            clipped=max(
                _mean_share(before.frame, inside_before),
                _mean_share(after.frame, inside_after),
            ),
            seen=_share(inside_before & _inside(alignment.field, after.frame.shape), inside_before),
        ),
    )


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


def _block_numbers(
    places: FieldArray, mask: BoolImage, corner: FloatArray, block: float, counts: tuple[int, int]
) -> npt.NDArray[np.int32]:
    numbers = np.full(mask.shape, -1, np.int32)
    cell = np.floor((places[mask] - corner) / block).astype(np.int32)
    cell = np.clip(cell, 0, (counts[0] - 1, counts[1] - 1))
    numbers[mask] = cell[:, 1] * counts[0] + cell[:, 0]
    return numbers


def _share(part: BoolImage, whole: BoolImage) -> float:
    count = np.count_nonzero(whole)
    return float(np.count_nonzero(part) / count) if count else 0.0


def _mean_share(frame: Frame, inside: BoolImage) -> float:
    return float(frame.clipped[inside].mean() / 255) if inside.any() else 0.0


def _patch(
    pair: PairedRegion, subject: Subject, scale: Scale, light: LightShift, *, after: bool
) -> SkinPatch:
    outline = pair.after_outline if after else pair.before_outline
    mask = pair.after_mask if after else pair.before_mask
    blocks = pair.after_blocks if after else pair.before_blocks
    frame = subject.frame
    linear, native_mask = _native(subject, outline, mask)
    top, bottom, left, right = _box(frame.from_photo(outline), frame.shape)
    cut = np.s_[top:bottom, left:right]
    return SkinPatch(
        region=pair.name,
        photo_sha256=subject.photo.sha256,
        linear=linear,
        mask=native_mask,
        scale=scale,
        coarse_linear=frame.linear[cut],
        coarse_mask=mask[cut],
        coarse_blocks=blocks[cut],
        n_blocks=pair.n_blocks,
        light=light,
        flags=pair.flags,
    )


def _native(subject: Subject, outline: FloatArray, mask: BoolImage) -> tuple[FieldArray, BoolImage]:
    """Cut the photo's own pixels round an outline, and say which of them count."""
    frame = subject.frame
    top, bottom, left, right = _box(outline, subject.photo.pixels.shape[:2])
    linear = linear_from_srgb(np.ascontiguousarray(subject.photo.pixels[top:bottom, left:right]))
    inside = _filled(outline - (left, top), linear.shape[:2])
    # Native pixel p lies at frame pixel (p + corner - frame corner + 0.5) * factor - 0.5.
    shift = frame.from_photo(np.array([[left, top]], np.float64))[0]
    placing = np.array([[frame.factor, 0.0, shift[0]], [0.0, frame.factor, shift[1]]])
    counts = cv2.warpAffine(
        mask.astype(np.uint8),
        placing,
        (linear.shape[1], linear.shape[0]),
        flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP,
    )
    return linear, inside & (counts > 0)


def _box(outline: FloatArray, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """Return top, bottom, left, right of the box round an outline, clipped to a picture, at least one pixel."""
    low, high = np.floor(outline.min(axis=0)), np.ceil(outline.max(axis=0)) + 1
    left, top = (int(np.clip(low[axis], 0, shape[1 - axis] - 1)) for axis in (0, 1))
    right, bottom = (int(np.clip(high[axis], 1, shape[1 - axis])) for axis in (0, 1))
    return top, max(bottom, top + 1), left, max(right, left + 1)
