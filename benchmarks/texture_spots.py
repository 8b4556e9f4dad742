"""Spots: whether they are found, how large they are, and what other circumstances make of them, beside peers."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree
from texture_common import OURS, TONES, Row, ours, pair_of, patch_of, photographed, spread, white_balance
from texture_peers import naive_spots

from skincompare.metrics.spots import SPEC, change_of_spots, find_spots, measure_spots
from skincompare.synthetic.camera import CameraOptions, Scene
from skincompare.synthetic.skin import SkinOptions

Found = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]
"""Places (N, 2) in px and areas (N,) in mm2."""
SIZE_MM = (30.0, 22.0)
SKIN = SkinOptions(size_mm=SIZE_MM, spots=24)
CAMERA = CameraOptions(jpeg_quality=92)
EDGE_MM = 0.6
"""Spots nearer to the edge of the picture are left out of the score, on both sides."""
MATCH_SHARE = 0.6
"""A mark is a spot when it lies within this share of its diameter, at least 0.3 mm."""
SEED = 400
"""First skin of the benchmark; the constants were chosen on others."""


def score(find: Callable[[Scene], Found], scenes: list[Scene]) -> float:
    """Return F1 over all scenes."""
    hits = found_count = true_count = 0
    for scene in scenes:
        places, _ = find(scene)
        places = places[scene.inside(places, EDGE_MM * scene.px_per_mm)]
        spots = scene.truth.spots
        centres = scene.points("spots")
        shown = scene.inside(centres, EDGE_MM * scene.px_per_mm)
        reach = np.maximum(0.3, MATCH_SHARE * spots.diameter_mm[shown]) * scene.px_per_mm
        hits += _matches(places, centres[shown], reach)
        found_count, true_count = found_count + len(places), true_count + int(shown.sum())
    return 2 * hits / max(1, found_count + true_count)


def _matches(
    places: npt.NDArray[np.float64], centres: npt.NDArray[np.float64], reach: npt.NDArray[np.float64]
) -> int:
    """Count the centres that a mark of their own lies near, the nearest pairs first."""
    if not (len(places) and len(centres)):
        return 0
    near = cKDTree(places).sparse_distance_matrix(cKDTree(centres), float(reach.max()), output_type="ndarray")
    used: tuple[set[int], set[int]] = set(), set()
    for place, centre, distance in sorted(near.tolist(), key=lambda one: one[2]):
        if distance <= reach[centre] and place not in used[0] and centre not in used[1]:
            used[0].add(place)
            used[1].add(centre)
    return len(used[0])


def find_ours(scene: Scene) -> Found:
    """Return what the metric finds."""
    lists = find_spots(patch_of(scene), SPEC.options)
    places = [np.column_stack((spots.x, spots.y)) for spots in lists]
    return np.concatenate(places), np.concatenate([spots.area_mm2 for spots in lists])


def find_dark(scene: Scene) -> Found:
    """Return what a luminance threshold finds."""
    return naive_spots(scene.pixels, scene.px_per_mm)


def area_ratio(find: Callable[[Scene], Found], scenes: list[Scene]) -> float:
    """Return found over true area, all scenes together."""
    found = sum(float(find(scene)[1].sum()) for scene in scenes)
    return found / sum(scene.mask("spots").sum() / scene.px_per_mm**2 for scene in scenes)


def scenes_of(skin: SkinOptions, px_per_mm: float, count: int, **options: object) -> list[Scene]:
    """Return close-ups of `count` skins."""
    camera = CameraOptions(**{"jpeg_quality": 92, **options})
    return [
        photographed(replace(skin, seed=SEED + index), px_per_mm, camera=replace(camera, seed=index))
        for index in range(count)
    ]


def table(quick: bool) -> list[Row]:
    """Return all rows."""
    count = 1 if quick else 4
    return [
        *_by_resolution(count),
        *_by_tone(count),
        *_by_circumstance(count),
        *_plain_skin(count),
        *_pairs(2 if quick else 6),
    ]


def _f1(condition: str, scenes: list[Scene], target: str = "") -> Row:
    values = ((OURS, score(find_ours, scenes)), ("luminance threshold", score(find_dark, scenes)))
    return Row("spots", "F1", condition, values, target)


def _by_resolution(count: int) -> list[Row]:
    rows, areas = [], []
    for px_per_mm, target in ((3.4, "withheld"), (6.0, ""), (8.0, "0.94"), (12.0, ""), (15.0, "0.97")):
        scenes = scenes_of(SKIN, px_per_mm, count)
        rows.append(_f1(f"{px_per_mm:g} px/mm", scenes, target))
        values = (
            (OURS, area_ratio(find_ours, scenes)),
            ("luminance threshold", area_ratio(find_dark, scenes)),
        )
        asked = "1.00 ± 0.12" if px_per_mm == 15 else ""
        areas.append(Row("spots", "area found over true area", f"{px_per_mm:g} px/mm", values, asked))
    return rows + areas


def _by_tone(count: int) -> list[Row]:
    return [
        _f1(
            f"{name} ({angle:.0f}°), {px:g} px/mm",
            scenes_of(replace(SKIN, ita_degrees=angle), px, count),
            "withheld" if angle < 10 else "",
        )
        for px in (8.0, 15.0)
        for name, angle in TONES.items()
    ]


def _by_circumstance(count: int) -> list[Row]:
    cases: dict[str, dict[str, object]] = {
        "blur 1.0 px": {"blur_px": 1.0},
        "JPEG 75": {"jpeg_quality": 75},
        "no JPEG": {"jpeg_quality": None},
        "exposure x 0.7": {"exposure": 0.7},
    }
    rows = [_f1(f"12 px/mm, {words}", scenes_of(SKIN, 12.0, count, **case)) for words, case in cases.items()]
    plain, blotchy = (
        scenes_of(replace(SKIN, redness=redness, redness_patchiness=1.0), 12.0, count)
        for redness in (0.0, 0.12)
    )
    rows += [
        _f1("12 px/mm, even blood", plain),
        _f1("12 px/mm, blotchy redness", blotchy, "moved by at most 0.02"),
    ]
    return rows


def _plain_skin(count: int) -> list[Row]:
    """Spots found on skin without any, per cm2."""
    rows = []
    for name in ("light", "tan", "brown"):
        scenes = scenes_of(replace(SKIN, spots=0, ita_degrees=TONES[name]), 12.0, count)
        area = count * SIZE_MM[0] * SIZE_MM[1] / 100
        values = tuple(
            (method, sum(len(find(scene)[0]) for scene in scenes) / area)
            for method, find in ((OURS, find_ours), ("luminance threshold", find_dark))
        )
        rows.append(Row("spots", "false spots per cm2 on spotless skin, 12 px/mm", name, values))
    return rows


def _pairs(count: int) -> list[Row]:
    """Change of the number between two photos, per cm2: unchanged, paled to 0.7 and with new spots."""
    rows = []
    cases = {"unchanged": {}, "paled to 0.7": {"spot_density_scale": 0.7}, "four new spots": {"new_spots": 4}}
    for px_per_mm in (8.0, 15.0):
        for words, change in cases.items():
            skin = replace(SKIN, spots=12)
            found = [_pair(skin, replace(skin, **change), px_per_mm, SEED + 50 + i) for i in range(count)]
            errors = np.array(found)
            condition = f"{words}, {px_per_mm:g} px/mm"
            values = (
                (f"{OURS}, paired", spread(list(errors[:, 0]))),
                ("two lists", spread(list(errors[:, 1]))),
            )
            rows.append(Row("spots", "SD of the error of the change of density, per cm2", condition, values))
            rows.append(
                ours(
                    "spots",
                    "change of darkness, paired, melanin index",
                    condition,
                    float(errors[:, 2].mean()),
                )
            )
    return sorted(rows, key=lambda row: row.figure)


def _pair(before: SkinOptions, after: SkinOptions, px_per_mm: float, seed: int) -> tuple[float, float, float]:
    """Return the errors of the paired and of the independent change of density, and the change of darkness."""
    rng = np.random.default_rng(seed)
    scenes = [
        photographed(
            replace(skin, seed=seed),
            px_per_mm,
            camera=replace(
                CAMERA,
                seed=seed + index,
                exposure=float(rng.uniform(0.85, 1.1)),
                blur_px=float(rng.uniform(0.5, 0.8)),
                white_balance=white_balance(rng, 0.93, 1.07),
            ),
            rotation_degrees=float(rng.uniform(-4, 4)),
            shift_mm=tuple(rng.uniform(-0.8, 0.8, 2)),
        )
        for index, skin in enumerate((before, after))
    ]
    pair = pair_of(*scenes, jitter_px=0.3, seed=seed)
    first, second = (measure_spots(patch, SPEC.options)[0].value for patch in pair.patches)
    density, _, contrast, _ = change_of_spots(pair, (), SPEC.options)
    spots = scenes[1].truth.spots
    centres = np.column_stack((spots.x_mm, spots.y_mm))
    shown = np.logical_and(*(one.inside(one.to_pixels(centres), 0.3 * px_per_mm) for one in scenes))
    true = np.count_nonzero(spots.is_new & shown) / pair.before.area_cm2
    paired = density.change if density else np.nan
    return paired - true, second - first - true, contrast.change if contrast else np.nan
