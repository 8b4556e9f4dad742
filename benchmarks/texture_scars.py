"""Scars of known depth, photographed again: unevenness and scar-like area beside a plain gradient energy."""

import math
from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from texture_common import OURS, TONES, Row, ours, pair_of, patch_of, photographed, spread

from skincompare.imaging.colour import luminance
from skincompare.imaging.patches import PatchPair, SkinPatch
from skincompare.measurement import Effect, worst_effect
from skincompare.metrics.scars import SPEC, change_scars, measure_scars
from skincompare.synthetic.camera import CameraOptions, Scene
from skincompare.synthetic.skin import LightOptions, SkinOptions

METRIC = "scars"
FIRST_SEED = 200
"""Skins of the tables; the constants were fitted on seeds below 10."""
SIZE_MM = (30.0, 24.0)
SCARS = 9
PX_PER_MM = 10.0
GRADIENT = "gradient energy"
LEAST_GRADIENT_CHANGE = 0.10
"""Relative change from which the peer, which has no error, is taken to say "changed"."""
Z = 1.96


def table(quick: bool) -> list[Row]:
    """Return the rows for scars."""
    skins = range(FIRST_SEED, FIRST_SEED + (4 if quick else 12))
    return [*_verdicts(skins), *_tones(skins), *_absolute(skins), *_light(skins)]


def _skin(seed: int, *, scale: float = 1.0, tone: str = "light", scars: int = SCARS) -> SkinOptions:
    return SkinOptions(
        size_mm=SIZE_MM, seed=seed, scars=scars, scar_depth_scale=scale, ita_degrees=TONES[tone]
    )


def _first(skin: SkinOptions, px_per_mm: float = PX_PER_MM) -> Scene:
    return photographed(skin, px_per_mm, camera=CameraOptions(jpeg_quality=92, seed=skin.seed))


def _again(skin: SkinOptions, px_per_mm: float = PX_PER_MM, turn: float | None = None) -> Scene:
    """Photograph again: other blur, exposure, JPEG, place, and a lamp up to 4 degrees off (SD)."""
    rng = np.random.default_rng(skin.seed + 7)
    off = rng.normal(0, 4, 2)
    light = LightOptions(
        azimuth_degrees=120 + (off[0] if turn is None else turn), elevation_degrees=50 + off[1] / 2
    )
    camera = CameraOptions(
        jpeg_quality=int(rng.integers(85, 96)),
        blur_px=float(rng.uniform(0.5, 0.8)),
        exposure=float(rng.uniform(0.9, 1.1)),
        seed=skin.seed + 1000,
    )
    return photographed(
        skin,
        px_per_mm,
        light=light,
        camera=camera,
        rotation_degrees=float(rng.uniform(-4, 4)),
        shift_mm=(float(rng.uniform(-0.8, 0.8)), float(rng.uniform(-0.8, 0.8))),
    )


def _pair(seed: int, *, scale: float = 1.0, tone: str = "light", px_per_mm: float = PX_PER_MM) -> PatchPair:
    before = _first(_skin(seed, tone=tone), px_per_mm)
    after = _again(_skin(seed, scale=scale, tone=tone), px_per_mm)
    return pair_of(before, after, jitter_px=0.3, seed=seed)


def _called(pair: PatchPair) -> tuple[float, float, bool, bool]:
    """Return relative change, its z, whether it is called changed, and whether it is withheld."""
    change = change_scars(pair, (), SPEC.options)[0]
    value = measure_scars(pair.before, SPEC.options)[0].value
    if change is None or worst_effect(change.flags) is Effect.NOT_MEASURABLE:
        return math.nan, math.nan, False, True
    limit = Z * max(change.sigma, math.sqrt(2) * change.repeat_sigma)
    return change.change / value, change.change / change.sigma, abs(change.change) > limit, False


def _gradient(patch: SkinPatch) -> float:
    grey = luminance(patch.linear)
    energy = cv2.Sobel(grey, -1, 1, 0) ** 2 + cv2.Sobel(grey, -1, 0, 1) ** 2
    return float(np.sqrt(energy[patch.mask].mean()) / grey[patch.mask].mean())


def _share(flags: Sequence[bool]) -> float:
    return 100 * float(np.mean(flags)) if len(flags) else math.nan


def _verdicts(skins: range) -> list[Row]:
    rows = []
    for px_per_mm in (6.0, 8.0, 14.0):
        for scale, target in ((0.7, ">= 80"), (1.0, "<= 6")):
            called, peer = [], []
            for seed in skins:
                pair = _pair(seed, scale=scale, px_per_mm=px_per_mm)
                relative, _, is_called, _ = _called(pair)
                called.append(is_called and (scale == 1.0 or relative < 0))
                step = _gradient(pair.after) / _gradient(pair.before) - 1
                peer.append(abs(step) > LEAST_GRADIENT_CHANGE and (scale == 1.0 or step < 0))
            values = ((OURS, _share(called)), (GRADIENT, _share(peer)))
            word = "called a decrease" if scale < 1 else "called changed"
            rows.append(
                Row(
                    METRIC, "verdicts, %", f"depth x{scale:g}, {px_per_mm:g} px/mm: {word}", values, target, 0
                )
            )
    return rows


def _tones(skins: range) -> list[Row]:
    rows = []
    for tone in TONES:
        found = [_called(_pair(seed, tone=tone)) for seed in skins]
        less = [_called(_pair(seed, tone=tone, scale=0.7)) for seed in skins]
        kept = [one for one in found if not one[3]]
        rows += [
            ours(
                METRIC,
                "repeat photographs: SD of the relative change, %",
                tone,
                100 * spread([r[0] for r in kept]),
            ),
            ours(
                METRIC,
                "interval covers no change, %",
                tone,
                _share([abs(r[1]) < Z for r in kept]),
                "93-97",
                0,
            ),
            ours(METRIC, "withheld, %", tone, _share([r[3] for r in found]), "", 0),
            ours(
                METRIC,
                "depth x0.7 called a decrease, %",
                tone,
                _share([r[2] and r[0] < 0 for r in less]),
                ">= 80",
                0,
            ),
        ]
    return sorted(rows, key=lambda row: row.figure)


def _absolute(skins: range) -> list[Row]:
    rows = []
    for scars in (0, 4, 9, 16):
        found = [measure_scars(patch_of(_first(_skin(seed, scars=scars))), SPEC.options) for seed in skins]
        truth = [100 * _first(_skin(seed, scars=scars)).mask("scars").mean() for seed in skins]
        name = f"{scars} scars: dents take {np.mean(truth):.1f} %"
        rows += [
            ours(METRIC, "scar_area, %", name, float(np.mean([one[1].value for one in found])), "", 1),
            ours(METRIC, "scar_unevenness, %", name, float(np.mean([one[0].value for one in found]))),
        ]
    return sorted(rows, key=lambda row: row.figure)


def _light(skins: range) -> list[Row]:
    rows = []
    for turn in (15.0, 30.0, 45.0, 90.0):
        found = []
        for seed in skins:
            skin = _skin(seed)
            found.append(_called(pair_of(_first(skin), _again(skin, turn=turn))))
        name = f"lamp turned by {turn:g} degrees"
        rows += [
            ours(METRIC, "no change, light: withheld, %", name, _share([r[3] for r in found]), "", 0),
            ours(
                METRIC, "no change, light: called changed, %", name, _share([r[2] for r in found]), "<= 6", 0
            ),
        ]
    reddened = []
    for seed in skins:
        skin = _skin(seed)
        reddened.append(_called(pair_of(_first(skin), _again(replace(skin, redness=0.15)))))
    rows.append(
        ours(
            METRIC,
            "no change, light: called changed, %",
            "redness 0.15",
            _share([r[2] for r in reddened]),
            "<= 6",
            0,
        )
    )
    return sorted(rows, key=lambda row: row.figure)
