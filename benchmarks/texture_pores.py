"""Pores against the truth of rendered skin, beside the black-hat filter, and how far photos of one skin agree."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree
from texture_common import OURS, TONES, Row, ours, pair_of, patch_of, photographed, spread
from texture_peers import black_hat

from skincompare.metrics.pores import SPEC, change_of_pores, find_pores, measure_pores
from skincompare.synthetic.camera import CameraOptions, Scene
from skincompare.synthetic.skin import LightOptions, SkinOptions

FloatArray = npt.NDArray[np.float64]

SIZE_MM = (20.0, 16.0)
FRAME_MM = (18.0, 14.0)
FIRST_SEED = 900
"""Seeds from here on: none of them was used in fitting."""
BARE_SKINS = 40
"""Skins without pores: the marks on them are few, and gather on some of them."""
CAMERA = CameraOptions(blur_px=0.65, jpeg_quality=92)
SAME_PLACE = 0.6
"""A find is a pore when it lies within so many of its diameters."""
VISITS = (
    (0.60, 92, 1.00, 0.0, 0.0, (0.0, 0.0)),
    (0.75, 90, 1.00, 6.0, 2.0, (0.4, 0.2)),
    (0.65, 88, 0.90, -6.0, -3.0, (-0.3, 0.5)),
    (0.70, 92, 1.05, 10.0, 4.0, (0.6, -0.4)),
)
"""Photographs of one skin: blur px, JPEG quality, exposure, lamp moved and skin turned by degrees, skin moved by mm."""


def table(quick: bool) -> list[Row]:
    """Return all rows; `quick` takes one skin where eight are meant."""
    seeds = range(FIRST_SEED, FIRST_SEED + (1 if quick else 8))
    bare = range(FIRST_SEED, FIRST_SEED + (1 if quick else BARE_SKINS))
    return [*_accuracy(seeds), *_nothing_there(bare), *_repeats(seeds), *_treated(seeds)]


def _accuracy(seeds: range) -> Iterator[Row]:
    for px_per_mm, asked in (
        (8, ">= 0.89"),
        (10, ">= 0.92"),
        (12, ">= 0.92"),
        (16, ">= 0.92"),
        (20, ">= 0.92"),
    ):
        limit = 0.3 if px_per_mm < 10 else 0.25
        yield _row(seeds, px_per_mm, f"{px_per_mm} px/mm, d >= {limit} mm", asked)
    for tone, ita in TONES.items():
        yield _row(seeds, 12, f"12 px/mm, {tone}", "", ita_degrees=ita)
    yield _row(seeds, 12, "12 px/mm, dark and oily", ">= 0.85 or withheld", ita_degrees=-40.0, gloss=1.0)
    yield _row(seeds, 12, "12 px/mm, oily", "", gloss=1.0)
    yield _row(seeds, 12, "12 px/mm, relief x 1.6", "", relief_scale=1.6)
    yield _row(seeds, 12, "12 px/mm, wrinkles", "", wrinkles=6)
    for blur in (0.5, 1.0):
        camera = CameraOptions(blur_px=blur, jpeg_quality=92)
        yield _row(seeds, 12, f"12 px/mm, blur {blur} px", "", camera=camera)
    for quality in (95, 75):
        camera = CameraOptions(blur_px=0.65, jpeg_quality=quality)
        yield _row(seeds, 12, f"12 px/mm, JPEG {quality}", "", camera=camera)
    yield _row(seeds, 12, "12 px/mm, lamp at 30 degrees", "", light=LightOptions(elevation_degrees=30.0))
    yield _row(seeds, 12, "12 px/mm, blotchy redness", "", redness=0.08, redness_patchiness=0.8)


def _row(
    seeds: range,
    px_per_mm: int,
    condition: str,
    asked: str,
    *,
    camera: CameraOptions = CAMERA,
    light: LightOptions | None = None,
    **skin: float,
) -> Row:
    counts = np.zeros((2, 3))
    withheld = 0
    for seed in seeds:
        scene = photographed(
            SkinOptions(size_mm=SIZE_MM, seed=seed, **skin), px_per_mm, light=light, camera=camera
        )
        patch = patch_of(scene)
        found = find_pores(patch, SPEC.options)
        withheld += bool(np.isnan(measure_pores(patch, SPEC.options)[0].value))
        for index, (x, y) in enumerate(((found.x, found.y), black_hat(patch))):
            counts[index] += hits(x, y, found.interior, scene, 0.3 if px_per_mm < 10 else 0.25)
    if withheld:
        condition = f"{condition} (withheld: {withheld} of {len(seeds)})"
    return Row("pores", "F1", condition, ((OURS, f1(counts[0])), ("black-hat", f1(counts[1]))), asked)


def hits(
    x: FloatArray, y: FloatArray, interior: npt.NDArray[np.bool_], scene: Scene, least_mm: float
) -> FloatArray:
    """Return pores found, marks that are none, and pores missed; a find on a smaller true pore counts neither way."""
    true, size = scene.points("pores"), scene.truth.pores.diameter_mm
    places = np.rint(true[:, ::-1]).astype(int).clip(0, np.array(interior.shape) - 1)
    large = interior[tuple(places.T)] & (size >= least_mm)
    if not x.size:
        return np.array([0.0, 0.0, np.count_nonzero(large)])
    distance, which = cKDTree(true).query(np.column_stack((x, y)))
    hit = distance < SAME_PLACE * np.maximum(size[which], 0.2) * scene.px_per_mm
    matched = np.unique(which[hit])
    right = np.count_nonzero(large[matched])
    wrong = np.count_nonzero(~hit) + np.count_nonzero(hit) - matched.size
    return np.array([right, wrong, np.count_nonzero(large) - right], np.float64)


def f1(counts: FloatArray) -> float:
    """Return F1 of pores found, false and missed."""
    right, wrong, missed = counts
    return float(2 * right / max(1.0, 2 * right + wrong + missed))


def _nothing_there(seeds: range) -> Iterator[Row]:
    for px_per_mm in (8, 12, 20):
        finds, area = np.zeros(2), 0.0
        for seed in seeds:
            skin = SkinOptions(size_mm=SIZE_MM, seed=seed, pore_density_per_cm2=0.0)
            patch = patch_of(photographed(skin, px_per_mm, camera=CAMERA))
            found = find_pores(patch, SPEC.options)
            finds += (found.x.size, black_hat(patch)[0].size)
            area += np.count_nonzero(found.interior) / px_per_mm**2 / 100
        own, other = finds / area
        values = ((OURS, float(own)), ("black-hat", float(other)))
        yield Row("pores", "marks per cm2 on skin without pores", f"{px_per_mm} px/mm", values, "<= 1")


def visit(skin: SkinOptions, px_per_mm: float, which: int, frame_mm: tuple[float, float] = FRAME_MM) -> Scene:
    """Return one of the photographs that :data:`VISITS` lists."""
    blur, quality, exposure, lamp, turn, moved = VISITS[which]
    light = LightOptions(azimuth_degrees=120.0 + lamp, elevation_degrees=50.0 + lamp / 2)
    camera = CameraOptions(
        blur_px=blur, jpeg_quality=quality, exposure=exposure, seed=100 * skin.seed + which
    )
    return photographed(
        skin,
        px_per_mm,
        light=light,
        camera=camera,
        rotation_degrees=turn,
        shift_mm=moved,
        frame_mm=frame_mm,
    )


def _repeats(seeds: range) -> Iterator[Row]:
    """Yield by how much two photos of untouched skin differ."""
    for px_per_mm in (8, 12, 16):
        paired: dict[str, list[float]] = {}
        apart: dict[str, list[float]] = {}
        inside: dict[str, list[bool]] = {}
        for seed in seeds:
            skin = SkinOptions(size_mm=SIZE_MM, seed=seed)
            first = visit(skin, px_per_mm, 0)
            for which in (1, 2, 3):
                pair = pair_of(first, visit(skin, px_per_mm, which), jitter_px=0.05 * px_per_mm, seed=which)
                before, after = (measure_pores(patch, SPEC.options) for patch in pair.patches)
                for one, other, own in zip(
                    before, after, change_of_pores(pair, (), SPEC.options), strict=True
                ):
                    if own is None or np.isnan(one.value + other.value):
                        continue
                    paired.setdefault(one.quantity, []).append(100 * own.change / one.value)
                    apart.setdefault(one.quantity, []).append(100 * (other.value / one.value - 1))
                    inside.setdefault(one.quantity, []).append(abs(own.change) < 1.96 * own.sigma)
        for name, changes in paired.items():
            values = ((OURS, spread(changes)), ("two counts", spread(apart[name])))
            asked = "<= 2" if name == "pore_density" else ""
            condition = f"{name}, {px_per_mm} px/mm (in 95 %: {np.mean(inside[name]):.2f})"
            yield Row("pores", "SD of the change of untouched skin, %", condition, values, asked, 1)


def _treated(seeds: range) -> Iterator[Row]:
    for px_per_mm in (8, 12, 16):
        paired, apart = [], []
        for seed in seeds:
            skins = [SkinOptions(size_mm=SIZE_MM, seed=seed, pore_density_per_cm2=n) for n in (60.0, 48.0)]
            pair = pair_of(
                *(visit(skin, px_per_mm, k) for k, skin in enumerate(skins)), jitter_px=0.05 * px_per_mm
            )
            before, after = (measure_pores(patch, SPEC.options)[0].value for patch in pair.patches)
            found = change_of_pores(pair, (), SPEC.options)[0]
            if found is not None:
                paired.append(100 * found.change / before)
            apart.append(100 * (after / before - 1))
        values = ((OURS, float(np.mean(paired))), ("two counts", float(np.mean(apart))))
        yield Row(
            "pores", "20 % of the pores removed reads, %", f"{px_per_mm} px/mm", values, "-12 to -20", 1
        )
        yield ours("pores", "the same, SD", f"{px_per_mm} px/mm", spread(paired), "", 1)
