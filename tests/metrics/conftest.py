"""Patches of skin for the metrics: made of any linear picture, and rendered with known truth."""

from collections.abc import Callable
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from skincompare.imaging.colour import linear_from_srgb
from skincompare.imaging.patches import LightShift, PatchPair, SkinPatch
from skincompare.imaging.scale import Scale
from skincompare.synthetic.camera import CameraOptions, Scene, close_up
from skincompare.synthetic.skin import LightOptions, SkinOptions

COARSE_PX_PER_MM = 1.5
BLOCK_MM = 8.0
SKIN_LEVEL = 28.0
"""u of the untreated skin beside a patch, EI: that of light skin."""
SAME_LIGHT = LightShift(0.0, 0.0, 0.0, 0.0, level_u=SKIN_LEVEL)

PatchMaker = Callable[..., SkinPatch]
SceneMaker = Callable[..., Scene]


def patch_of(
    linear: npt.NDArray[np.float32],
    px_per_mm: float,
    *,
    mask: npt.NDArray[np.bool_] | None = None,
    light: LightShift = SAME_LIGHT,
    true_px_per_mm: float | None = None,
) -> SkinPatch:
    """Return the patch of a linear picture; `true_px_per_mm` lays out the coarse pixels when the scale is NaN."""
    resolution = true_px_per_mm or px_per_mm
    mask = np.ones(linear.shape[:2], dtype=np.bool_) if mask is None else mask
    factor = max(1, round(resolution / COARSE_PX_PER_MM))
    rows, columns = -(-linear.shape[0] // factor), -(-linear.shape[1] // factor)
    coarse = cv2.resize(linear, (columns, rows), interpolation=cv2.INTER_AREA)
    coarse_mask = cv2.resize(mask.astype(np.float32), (columns, rows), interpolation=cv2.INTER_AREA) > 0.99
    side = max(1, round(BLOCK_MM * resolution / factor))
    across = -(-columns // side)
    numbers = (np.arange(rows) // side)[:, None] * across + (np.arange(columns) // side)[None, :]
    return SkinPatch(
        region="left_cheek",
        photo_sha256="0" * 64,
        linear=linear,
        mask=mask,
        scale=Scale(px_per_mm, 0.04 * px_per_mm, 0.01 * px_per_mm, "given"),
        coarse_linear=np.ascontiguousarray(coarse),
        coarse_mask=coarse_mask,
        coarse_blocks=np.where(coarse_mask, numbers, -1).astype(np.int32),
        n_blocks=int(numbers.max()) + 1,
        light=light,
    )


def pair_of(before: SkinPatch, after: SkinPatch) -> PatchPair:
    """Return two patches as a pair whose pixels lie alike but for the scale."""
    ratio = after.linear.shape[1] / before.linear.shape[1]
    return PatchPair(
        lambda: (before, after),
        to_after=lambda xy: (xy + 0.5) * ratio - 0.5,
        to_before=lambda xy: (xy + 0.5) / ratio - 0.5,
    )


@cache
def scene_of(
    px_per_mm: float, skin: SkinOptions, light: LightOptions | None, camera: CameraOptions | None
) -> Scene:
    return close_up(skin, light, camera, px_per_mm=px_per_mm)


@pytest.fixture(scope="session")
def make_patch() -> PatchMaker:
    return patch_of


@pytest.fixture(scope="session")
def make_pair() -> Callable[[SkinPatch, SkinPatch], PatchPair]:
    return pair_of


@pytest.fixture(scope="session")
def make_scene() -> SceneMaker:
    def make(
        px_per_mm: float,
        *,
        light: LightOptions | None = None,
        camera: CameraOptions | None = None,
        size_mm: tuple[float, float] = (20.0, 16.0),
        **skin: float,
    ) -> Scene:
        return scene_of(px_per_mm, SkinOptions(size_mm=size_mm, **skin), light, camera)

    return make


@pytest.fixture(scope="session")
def photographed(make_scene: SceneMaker) -> PatchMaker:
    def make(px_per_mm: float, **options: object) -> SkinPatch:
        return patch_of(linear_from_srgb(make_scene(px_per_mm, **options).pixels), px_per_mm)

    return make
