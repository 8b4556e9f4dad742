"""Pairs of photographs for the repeatability benchmark: rendered skin photographed again, and real untouched pairs.

A rendered close-up shows two pieces of skin side by side: the left one may be treated, the right one is not.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from texture_common import TONES, white_balance
from texture_peers import PEERS

from skincompare import compare
from skincompare.comparison import Comparison
from skincompare.imaging.patches import LightShift
from skincompare.imaging.regions import Region
from skincompare.measurement import Effect, Verdict
from skincompare.photo import Photo
from skincompare.synthetic.camera import (
    FOOTPRINT_SIGMA_PX,
    WORKING_RESOLUTION,
    CameraOptions,
    photograph,
)
from skincompare.synthetic.noise import raster_shape
from skincompare.synthetic.resampling import mm_to_pixel_matrix, view
from skincompare.synthetic.skin import LightOptions, SkinMaps, SkinOptions, SkinTruth, grow_skin, shade

__all__ = ["CHANGES", "CLASSES", "UNCHANGED", "Reading", "known_changes", "real_readings", "untouched"]

SIZE_MM, FRAME_MM = (52.0, 25.0), (48.0, 22.0)
"""Skin, and what the photo shows of it."""
MARGIN_MM = 1.5
"""Skin between the outlines and the edge of the picture, and between the two outlines."""
CLASSES = (8.5, 12.5, 16.0)
"""Resolutions, px/mm: a little above the gates, as the after photo's is only estimated."""
SKINS: tuple[Mapping[str, Any], ...] = (
    MappingProxyType({"pore_density_per_cm2": 60.0, "scars": 18, "spots": 4}),
    MappingProxyType({"pore_density_per_cm2": 45.0, "wrinkles": 10, "wrinkle_depth_mm": 0.12, "spots": 28}),
)
"""What the skins are like, in turn: young with scars, and older with lines and spots."""
CHANGES: Mapping[str, tuple[int, Mapping[str, Any], tuple[str, ...]]] = MappingProxyType(
    {
        "a fifth of the pores gone, scars x0.7": (
            0,
            {"pore_density_per_cm2": 48.0, "scar_depth_scale": 0.7},
            ("pore_density", "scar_unevenness"),
        ),
        "relief x0.8, lines x0.7, spots x0.5": (
            1,
            {"relief_scale": 0.8, "wrinkle_depth_scale": 0.7, "spot_density_scale": 0.5},
            ("roughness_90um", "roughness_120um", "line_strength", "spot_contrast"),
        ),
    }
)
"""Which skin, what changes on its treated side, and the quantities that follow."""
UNCHANGED = ""
"""Condition of a pair in which nothing was treated."""
NO_SHIFT = LightShift(0.0, 0.0, 0.0, 0.0)
TREATED, BESIDE = "treated", "beside"
PERFECT = CameraOptions(blur_px=0.6, jpeg_quality=95)


@dataclass(frozen=True)
class Reading:
    """One change that a comparison gave.

    `source`: the skin or person; `condition`: what was changed (`""`: nothing); `px_per_mm`: 0 for portraits; `tone`:
    name of the class; `truth`: what the same two skins read when photographed alike; `verdict` and `reason`: what is
    said, and the code of the flag that withholds it. A peer has no sigma.
    """

    source: str
    condition: str
    px_per_mm: float
    tone: str
    quantity: str
    before: float
    change: float
    sigma: float
    mdc95: float
    truth: float
    verdict: Verdict
    reason: str
    is_paired: bool

    @property
    def is_shown(self) -> bool:
        """Whether there is a number."""
        return self.verdict is not Verdict.NOT_MEASURABLE

    @property
    def z(self) -> float:
        """Error over sigma."""
        return (self.change - self.truth) / self.sigma


@dataclass(frozen=True)
class Visit:
    """How one photograph is taken."""

    camera: CameraOptions
    light: LightOptions
    turn: float
    moved: tuple[float, float]

    @classmethod
    def drawn(cls, seed: int) -> "Visit":
        """Return one at random: other blur, JPEG, exposure, white balance, lamp, place and turn."""
        rng = np.random.default_rng(seed)
        camera = CameraOptions(
            blur_px=float(rng.uniform(0.5, 0.8)),
            jpeg_quality=int(rng.integers(86, 96)),
            exposure=float(rng.uniform(0.88, 1.08)),
            white_balance=white_balance(rng, 0.95, 1.05),
            shot_noise=float(rng.uniform(0.005, 0.008)),
            seed=seed,
        )
        light = LightOptions(
            azimuth_degrees=120.0 + float(rng.normal(0, 4)), elevation_degrees=50.0 + float(rng.normal(0, 2))
        )
        turn = float(rng.uniform(-3, 3))
        right, down = rng.uniform(-0.7, 0.7, 2).tolist()
        return cls(camera, light, turn, (right, down))


ALIKE = Visit(PERFECT, LightOptions(), 0.0, (0.0, 0.0))


@lru_cache(1)
def _grown(skin: SkinOptions) -> SkinMaps:
    return grow_skin(skin)


@lru_cache(2)
def _maps(skin: SkinOptions, light: LightOptions) -> tuple[npt.NDArray[np.float32], SkinTruth]:
    maps = _grown(skin)
    linear = cv2.GaussianBlur(shade(maps, light), (0, 0), FOOTPRINT_SIGMA_PX)
    return np.asarray(linear, np.float32), maps.truth


def picture(
    skin: SkinOptions, treatment: Mapping[str, Any], visit: Visit, px_per_mm: float
) -> npt.NDArray[np.uint8]:
    """Return a photograph, uint8 RGB: the left half of the skin treated."""
    fine = WORKING_RESOLUTION * px_per_mm
    lamp = replace(visit.light, azimuth_degrees=visit.light.azimuth_degrees + visit.turn)
    linear, _ = _maps(replace(skin, px_per_mm=fine), lamp)
    if treatment:
        treated, _ = _maps(replace(skin, px_per_mm=fine, **treatment), lamp)
        middle = linear.shape[1] // 2
        linear = np.concatenate((treated[:, :middle], linear[:, middle:]), axis=1)
    shape = raster_shape(FRAME_MM, px_per_mm)
    matrix = mm_to_pixel_matrix(skin.size_mm, shape, px_per_mm, visit.turn, visit.moved)
    return photograph(view(linear, fine, matrix, shape), visit.camera)


def _photo(pixels: npt.NDArray[np.uint8]) -> Photo:
    whole = np.ascontiguousarray(pixels)
    return Photo(whole, hashlib.sha256(whole.tobytes()).hexdigest(), "close-up", "JPEG")


def _compared(
    skin: SkinOptions, treatment: Mapping[str, Any], visits: tuple[Visit, Visit], px: float
) -> Comparison:
    photos = [
        _photo(picture(skin, what, visit, px)) for what, visit in zip(({}, treatment), visits, strict=True)
    ]
    rows, columns = photos[0].pixels.shape[:2]
    rim, middle = MARGIN_MM * px, columns / 2
    outlines = [
        Region(name, np.array([[x0, rim], [x1, rim], [x1, rows - rim], [x0, rows - rim]], np.float64))
        for name, x0, x1 in (
            (TREATED, rim, middle - rim / 2),
            (BESIDE, middle + rim / 2, columns - rim),
        )
    ]
    return compare(photos[0], photos[1], regions=outlines, treated=TREATED, reference=BESIDE, px_per_mm=px)


def _readings(
    found: Comparison, source: str, condition: str, px: float, tone: str, truths: Mapping[str, float]
) -> Iterator[Reading]:
    for one in found.changes:
        if condition and one.region != TREATED:
            continue
        why = next((flag.code for flag in one.flags if flag.effect is Effect.NOT_MEASURABLE), "")
        yield Reading(
            source, condition, px, tone, one.metric, one.before.value, one.change, one.sigma, one.mdc95,
            truths.get(one.metric, 0.0), one.verdict, why, one.is_paired,
        )  # fmt: skip
    if found.skin is None:
        return
    for region in found.regions:
        if region.name != TREATED and (condition or px):
            continue
        pair = region.patch_pair(
            (found.before, found.after), found.scales, (NO_SHIFT, NO_SHIFT), found.alignment
        )
        for name, peer in PEERS.items():
            if not pair.before.n_pixels or not pair.after.n_pixels:
                continue
            first, second = peer(pair.before), peer(pair.after)
            yield Reading(
                source, condition, px, tone, name, first, second - first, float("nan"), float("nan"),
                0.0, Verdict.NO_DETECTABLE_CHANGE, "", False,
            )  # fmt: skip


def _skin(kind: int, seed: int, tone: str) -> SkinOptions:
    return SkinOptions(size_mm=SIZE_MM, seed=seed, ita_degrees=TONES[tone], **SKINS[kind])


def untouched(seeds: range, px_per_mm: float, tone: str) -> Iterator[Reading]:
    """Yield what two photographs of unchanged skin read."""
    for seed in seeds:
        visits = Visit.drawn(10 * seed), Visit.drawn(10 * seed + 1)
        found = _compared(_skin(seed % len(SKINS), seed, tone), {}, visits, px_per_mm)
        yield from _readings(found, str(seed), "", px_per_mm, tone, {})


def known_changes(seeds: range, px_per_mm: float, tone: str) -> Iterator[Reading]:
    """Yield what the quantities that follow a known change read, with what they read when photographed alike."""
    for seed in seeds:
        for name, (kind, treatment, follow) in CHANGES.items():
            skin = _skin(kind, seed, tone)
            visits = Visit.drawn(10 * seed), Visit.drawn(10 * seed + 1)
            alike = _compared(skin, treatment, (ALIKE, ALIKE), px_per_mm)
            truths = {one.metric: one.change for one in alike.changes if one.region == TREATED}
            found = _compared(skin, treatment, visits, px_per_mm)
            yield from (
                one
                for one in _readings(found, str(seed), name, px_per_mm, tone, truths)
                if one.quantity in follow
            )


def real_readings(folder: Path, count: int | None = None) -> Iterator[Reading]:
    """Yield what two photographs of one person read, neutral and with a smile, nothing treated between them."""
    for neutral in sorted(folder.glob("london/*_neutral.jpg"))[:count]:
        smile = neutral.with_name(neutral.name.replace("neutral", "smile"))
        found = compare(neutral, smile, treated="cheeks")
        yield from _readings(found, neutral.stem, "", 0.0, "", {})
