"""Lines of known place, photographed at other resolutions and again, beside plain Frangi and Meijering ridges."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree
from skimage.filters import frangi, meijering
from texture_common import OURS, TONES, Row, ours, pair_of, patch_of, photographed, spread
from texture_peers import STEP_PX, naive_ridges

from skincompare.metrics._line_finder import find_lines, working_skin
from skincompare.metrics._line_list import WRINKLE_MM, found_lines
from skincompare.metrics.lines import SPEC, change_lines, measure_lines
from skincompare.synthetic.camera import CameraOptions, Scene
from skincompare.synthetic.skin import LightOptions, SkinOptions

METRIC = "lines"
FIRST_SEED = 400
"""Skins of the tables; the constants were fitted on seeds 6000 to 6079."""
SIZE_MM = (24.0, 18.0)
LINES = 5
DEPTH_MM = 0.12
SAME_MM = 0.5
"""A found place is right within this distance of a true line, and a true one found."""
RIM_MM = 0.6
"""Rim of the picture that no score counts."""
FULL_TAPER = 0.25
"""True lines count where sin(pi * share of the length) is at least this: where half of the full depth is left."""
ACROSS, ALONG = 60.0, 150.0
"""Lamp across and along the lines, which run at -20 degrees; degrees."""
Z = 1.96

Points = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]
"""Places (N, 2) in px, and the length in mm that each stands for."""


def table(quick: bool) -> list[Row]:
    """Return the rows for lines."""
    skins = range(FIRST_SEED, FIRST_SEED + (3 if quick else 8))
    return [*_found(skins), *_conditions(skins), *_widths(skins), *_plain(skins), *_repeats(skins)]


def _skin(seed: int, width_mm: float, **other: float) -> SkinOptions:
    return SkinOptions(
        size_mm=SIZE_MM,
        seed=seed,
        wrinkles=LINES,
        wrinkle_width_mm=width_mm,
        wrinkle_depth_mm=DEPTH_MM,
        wrinkle_length_mm=12.0,
        **other,
    )


def _photo(
    skin: SkinOptions,
    px_per_mm: float,
    azimuth: float = ACROSS,
    camera: CameraOptions | None = None,
) -> Scene:
    camera = camera or CameraOptions(jpeg_quality=92, seed=skin.seed)
    return photographed(skin, px_per_mm, light=LightOptions(azimuth_degrees=azimuth), camera=camera)


def _ours(scene: Scene) -> Points:
    skin = working_skin(patch_of(scene), SPEC.options)
    lines = find_lines(skin, SPEC.options)
    return skin.to_native(lines.xy), lines.length_mm


def _peer(ridges: Callable[..., npt.NDArray[np.float64]]) -> Callable[[Scene], Points]:
    """Return a finder as the tutorials write it."""

    def find(scene: Scene) -> Points:
        rows, columns = np.nonzero(naive_ridges(patch_of(scene).linear, ridges))
        xy = np.column_stack([columns, rows]).astype(np.float64)
        return xy, np.full(len(xy), STEP_PX / scene.px_per_mm)

    return find


FINDERS = ((OURS, _ours), ("Frangi", _peer(frangi)), ("Meijering", _peer(meijering)))


def _score(scene: Scene, found: Points) -> npt.NDArray[np.float64]:
    """Return the mm of true line found, of false line, and of true line missed."""
    places, weights, deep = [], [], []
    for line in scene.truth.wrinkles.points_mm:
        steps = np.hypot(*np.diff(line, axis=0).T)
        places.append(line)
        weights.append((np.append(steps, 0) + np.append(0, steps)) / 2)
        deep.append(np.sin(np.pi * np.linspace(0, 1, len(line))) >= FULL_TAPER)
    truth = scene.to_pixels(np.concatenate(places))
    weight, is_deep = np.concatenate(weights), np.concatenate(deep)
    rim, tolerance = RIM_MM * scene.px_per_mm, SAME_MM * scene.px_per_mm
    is_shown = scene.inside(truth, rim)
    xy, length = found
    kept = scene.inside(xy, rim) if len(xy) else np.zeros(0, np.bool_)
    xy, length = xy[kept], length[kept]
    asked, weight = truth[is_shown & is_deep], weight[is_shown & is_deep]
    if not len(xy):
        return np.array([0.0, 0.0, weight.sum()])
    hit = cKDTree(xy).query(asked)[0] < tolerance
    wrong = cKDTree(truth[is_shown]).query(xy)[0] >= tolerance
    return np.array([weight[hit].sum(), length[wrong].sum(), weight[~hit].sum()])


def _jaccard(scenes: Sequence[Scene], find: Callable[[Scene], Points]) -> float:
    sums = np.sum([_score(scene, find(scene)) for scene in scenes], axis=0)
    return float(sums[0] / sums.sum())


def _row(condition: str, scenes: Sequence[Scene], target: str = "") -> Row:
    values = tuple((name, _jaccard(scenes, find)) for name, find in FINDERS)
    return Row(METRIC, "Jaccard, by length", condition, values, target)


def _found(skins: range) -> list[Row]:
    rows = []
    for width, target in ((0.16, ">= 0.76"), (0.28, ">= 0.86"), (0.45, ">= 0.86")):
        for px_per_mm in (8.0, 12.0, 18.0):
            scenes = [_photo(_skin(seed, width), px_per_mm) for seed in skins]
            rows.append(_row(f"width {width:g} mm, {px_per_mm:g} px/mm", scenes, target))
    return rows


def _conditions(skins: range) -> list[Row]:
    def scenes(azimuth: float = ACROSS, camera: dict[str, float] | None = None, **skin: float) -> list[Scene]:
        return [
            _photo(
                replace(_skin(seed, 0.28), **skin),
                12.0,
                azimuth,
                CameraOptions(**{"jpeg_quality": 92, "seed": seed, **(camera or {})}),
            )
            for seed in skins
        ]

    rows = [_row(f"tone {name}", scenes(ita_degrees=tone)) for name, tone in TONES.items()]
    rows += [
        _row("blur 1.2 px", scenes(camera={"blur_px": 1.2})),
        _row("JPEG 75", scenes(camera={"jpeg_quality": 75})),
        _row("exposure x0.6", scenes(camera={"exposure": 0.6})),
        _row("lamp along the lines", scenes(ALONG)),
        _row("redness 0.15", scenes(redness=0.15)),
    ]
    return rows


def _widths(skins: range) -> list[Row]:
    """Return how much of the found length of fine lines and of wrinkles is called so."""
    rows = []
    for px_per_mm in (8.0, 12.0, 18.0):
        right = {"fine lines": np.zeros(2), "wrinkles": np.zeros(2)}
        for width in (0.16, 0.22, 0.30, 0.45):
            for seed in skins:
                scene = _photo(_skin(seed, width), px_per_mm)
                found = found_lines(patch_of(scene), SPEC.options)
                wrinkles = scene.truth.wrinkles
                truth = scene.to_pixels(np.concatenate(wrinkles.points_mm))
                widths = np.repeat(wrinkles.width_mm, [len(line) for line in wrinkles.points_mm])
                distance, which = cKDTree(truth).query(found.skin.to_native(found.lines.xy))
                near = distance < SAME_MM * px_per_mm
                is_wide = widths[which] >= WRINKLE_MM
                for name, kind in (("fine lines", ~is_wide), ("wrinkles", is_wide)):
                    own = near & kind
                    good = own & (found.is_wrinkle == is_wide)
                    right[name] += [found.lines.length_mm[good].sum(), found.lines.length_mm[own].sum()]
        figure = "length found that is called what it is, %"
        rows += [
            ours(METRIC, figure, f"{name}, {px_per_mm:g} px/mm", float(100 * good / total), "", 0)
            for name, (good, total) in right.items()
        ]
    return rows


def _plain(skins: range) -> list[Row]:
    rows = []
    for px_per_mm in (8.0, 12.0, 18.0):
        plain = [_photo(replace(_skin(seed, 0.28), wrinkles=0), px_per_mm) for seed in skins]
        area_cm2 = SIZE_MM[0] * SIZE_MM[1] / 100
        values = tuple(
            (name, float(np.mean([find(scene)[1].sum() for scene in plain])) / area_cm2)
            for name, find in FINDERS
        )
        rows.append(
            Row(METRIC, "false line on plain skin, mm per cm2", f"{px_per_mm:g} px/mm", values, "<= 0.5")
        )
    return rows


def _again(skin: SkinOptions, px_per_mm: float) -> Scene:
    """Photograph again: other blur, exposure, JPEG, place, and a lamp up to 4 degrees off (SD)."""
    rng = np.random.default_rng(skin.seed + 7)
    off = rng.normal(0, 4, 2)
    return photographed(
        skin,
        px_per_mm,
        light=LightOptions(azimuth_degrees=ACROSS + off[0], elevation_degrees=50 + off[1] / 2),
        camera=CameraOptions(
            jpeg_quality=int(rng.integers(85, 96)),
            blur_px=float(rng.uniform(0.5, 0.8)),
            exposure=float(rng.uniform(0.9, 1.1)),
            seed=skin.seed + 1000,
        ),
        rotation_degrees=float(rng.uniform(-4, 4)),
        shift_mm=(float(rng.uniform(-0.8, 0.8)), float(rng.uniform(-0.8, 0.8))),
    )


def _repeats(skins: range) -> list[Row]:
    rows = []
    for tone, px_per_mm in (*((tone, 12.0) for tone in TONES), ("light", 8.0), ("light", 16.0)):
        single, density, strength, covered, weaker = [], [], [], [], []
        for seed in skins:
            skin = _skin(seed, 0.3, ita_degrees=TONES[tone])
            before = _photo(skin, px_per_mm)
            pair = pair_of(before, _again(skin, px_per_mm), jitter_px=0.3, seed=seed)
            first, second = (measure_lines(patch, SPEC.options)[:2] for patch in pair.patches)
            length, dark, *_ = change_lines(pair, (), SPEC.options)
            single.append(second[0].value / first[0].value - 1 if first[0].value else math.nan)
            if length is None or dark is None or not first[0].value:
                continue
            density.append(length.change / first[0].value)
            strength.append(dark.change / first[1].value)
            covered += [abs(one.change) < Z * one.sigma for one in (length, dark)]
            faded = _again(replace(skin, wrinkle_depth_scale=0.7), px_per_mm)
            less = change_lines(pair_of(before, faded, jitter_px=0.3, seed=seed), (), SPEC.options)[1]
            if less is not None:
                weaker.append(less.change < -Z * max(less.sigma, math.sqrt(2) * less.repeat_sigma))
        name = f"{tone}, {px_per_mm:g} px/mm"
        rows += [
            ours(
                METRIC, "repeat photographs: length, counted apart, SD %", name, 100 * spread(single), "<= 7"
            ),
            ours(METRIC, "repeat photographs: paired length, SD %", name, 100 * spread(density), "<= 6"),
            ours(METRIC, "repeat photographs: paired strength, bias %", name, 100 * _mean(strength), "<= 2"),
            ours(METRIC, "repeat photographs: paired strength, SD %", name, 100 * spread(strength), "<= 6"),
            ours(METRIC, "repeat photographs: intervals cover 0, %", name, 100 * _mean(covered), "93-97", 0),
            ours(METRIC, "depth x0.7 called weaker, %", name, 100 * _mean(weaker), "", 0),
        ]
    return sorted(rows, key=lambda row: row.figure)


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if len(values) else math.nan
