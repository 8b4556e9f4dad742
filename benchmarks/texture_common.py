"""What the texture benchmarks share: rows of results, and patches and pairs cut from rendered close-ups.

Each module ``texture_<metric>.py`` has one function ``table(quick) -> list[Row]``; ``texture.py`` prints them all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from skincompare.imaging.colour import linear_from_srgb
from skincompare.imaging.patches import LightShift, PatchPair, SkinPatch
from skincompare.imaging.scale import Scale
from skincompare.synthetic.camera import (
    FOOTPRINT_SIGMA_PX,
    WORKING_RESOLUTION,
    CameraOptions,
    Scene,
    photograph,
)
from skincompare.synthetic.noise import raster_shape
from skincompare.synthetic.resampling import mm_to_pixel_matrix, view
from skincompare.synthetic.skin import LightOptions, SkinOptions, SkinTruth, grow_skin, shade

OURS = "skincompare"
"""Name of our own column."""
TONES = {"light": 48.0, "intermediate": 34.0, "tan": 19.0, "brown": -10.0, "dark": -40.0}
"""Individual typology angle, degrees, that stands for each class of skin tone."""
COARSE_PX_PER_MM = 1.5
BLOCK_MM = 8.0
SAME_LIGHT = LightShift(0.0, 0.0, 0.0, 0.0)
CACHED_SKINS = 3
"""Skins that are kept: one of 20 x 16 mm at 20 px/mm takes 9 MB."""


@dataclass(frozen=True)
class Row:
    """One figure under one condition.

    `values` are (method, number) pairs, ours first; a method without an answer has NaN. `target` says what is asked of
    ours, in words.
    """

    metric: str
    figure: str
    condition: str
    values: tuple[tuple[str, float], ...]
    target: str = ""
    decimals: int = 2


def ours(metric: str, figure: str, condition: str, value: float, target: str = "", decimals: int = 2) -> Row:
    """Return a row without peers."""
    return Row(metric, figure, condition, ((OURS, value),), target, decimals)


def print_rows(rows: Iterable[Row]) -> None:
    """Print a Markdown table for each metric and figure."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.metric, row.figure), []).append(row)
    for (metric, figure), own in groups.items():
        methods = list(dict.fromkeys(name for row in own for name, _ in row.values))
        print(f"\n**{metric}: {figure}**\n")
        print(f"| | {' | '.join(methods)} | asked |")
        print("|---|" + "---|" * (len(methods) + 1))
        for row in own:
            found = dict(row.values)
            cells = [_number(found.get(name, float("nan")), row.decimals) for name in methods]
            print(f"| {row.condition} | {' | '.join(cells)} | {row.target} |", flush=True)


def _number(value: float, decimals: int) -> str:
    return "–" if np.isnan(value) else f"{value:.{decimals}f}"


@lru_cache(CACHED_SKINS)
def _lit(
    skin: SkinOptions, light: LightOptions, px_per_mm: float
) -> tuple[npt.NDArray[np.float32], SkinTruth]:
    maps = grow_skin(replace(skin, px_per_mm=WORKING_RESOLUTION * px_per_mm))
    linear = cv2.GaussianBlur(shade(maps, light), (0, 0), FOOTPRINT_SIGMA_PX)
    return np.asarray(linear, np.float32), maps.truth


def photographed(
    skin: SkinOptions,
    px_per_mm: float,
    *,
    light: LightOptions | None = None,
    camera: CameraOptions | None = None,
    rotation_degrees: float = 0.0,
    shift_mm: tuple[float, float] = (0.0, 0.0),
    frame_mm: tuple[float, float] | None = None,
) -> Scene:
    """Return what :func:`skincompare.synthetic.camera.close_up` does, growing a skin that is met again only once."""
    light = light or LightOptions()
    turned = replace(light, azimuth_degrees=light.azimuth_degrees + rotation_degrees)
    linear, truth = _lit(skin, turned, px_per_mm)
    shape = raster_shape(frame_mm or skin.size_mm, px_per_mm)
    matrix = mm_to_pixel_matrix(skin.size_mm, shape, px_per_mm, rotation_degrees, shift_mm)
    pixels = photograph(view(linear, WORKING_RESOLUTION * px_per_mm, matrix, shape), camera)
    return Scene(pixels=pixels, px_per_mm=px_per_mm, truth=truth, mm_to_pixel=matrix)


def patch_of(
    scene: Scene, mask: npt.NDArray[np.bool_] | None = None, region: str = "left_cheek"
) -> SkinPatch:
    """Return a close-up as a patch whose blocks are numbered on the skin, so that two photos share them."""
    linear = linear_from_srgb(scene.pixels)
    mask = scene.skin_area() if mask is None else mask
    factor = max(1, round(scene.px_per_mm / COARSE_PX_PER_MM))
    size = -(-linear.shape[1] // factor), -(-linear.shape[0] // factor)
    coarse = cv2.resize(linear, size, interpolation=cv2.INTER_AREA)
    coarse_mask = cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.99
    columns, rows = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    mm = scene.to_mm(factor * (np.column_stack([columns.ravel(), rows.ravel()]) + 0.5) - 0.5)
    across, down = (int(np.ceil(length / BLOCK_MM)) for length in scene.truth.size_mm)
    cell = np.clip(np.floor(mm / BLOCK_MM).astype(np.int32), 0, (across - 1, down - 1))
    numbers = (cell[:, 1] * across + cell[:, 0]).reshape(coarse_mask.shape)
    return SkinPatch(
        region=region,
        photo_sha256="0" * 64,
        linear=linear,
        mask=mask,
        scale=Scale(scene.px_per_mm, 0.04 * scene.px_per_mm, 0.01 * scene.px_per_mm, "given"),
        coarse_linear=np.ascontiguousarray(coarse),
        coarse_mask=coarse_mask,
        coarse_blocks=np.where(coarse_mask, numbers, -1).astype(np.int32),
        n_blocks=across * down,
        light=SAME_LIGHT,
    )


def pair_of(before: Scene, after: Scene, *, jitter_px: float = 0.0, seed: int = 0) -> PatchPair:
    """Return two close-ups of one skin as a pair, its exact correspondences shifted at random by `jitter_px` (SD)."""
    masks = [one.skin_area() & _seen(one, other) for one, other in ((before, after), (after, before))]
    shift = np.random.default_rng(seed).normal(0.0, 1.0, 2) * jitter_px
    return PatchPair(
        lambda: (patch_of(before, masks[0]), patch_of(after, masks[1])),
        to_after=lambda xy: after.to_pixels(before.to_mm(xy)) + shift,
        to_before=lambda xy: before.to_pixels(after.to_mm(xy - shift)),
    )


def _seen(one: Scene, other: Scene) -> npt.NDArray[np.bool_]:
    """Return where a photo shows skin that another one shows, too."""
    rows, columns = one.shape
    x, y = np.meshgrid(np.arange(columns), np.arange(rows))
    there = other.to_pixels(one.to_mm(np.column_stack([x.ravel(), y.ravel()])))
    return other.inside(there).reshape(rows, columns)


def white_balance(rng: np.random.Generator, low: float, high: float) -> tuple[float, float, float]:
    """Return a gain for each channel, drawn evenly between two bounds."""
    red, green, blue = rng.uniform(low, high, 3).tolist()
    return red, green, blue


def spread(values: Sequence[float]) -> float:
    """Return the standard deviation of repeats; NaN with fewer than two."""
    known = np.asarray([value for value in values if np.isfinite(value)])
    return float(np.std(known, ddof=1)) if known.size > 1 else float("nan")
