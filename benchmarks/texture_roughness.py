"""Roughness against the truth of rendered skin, and how far photos of one skin agree, beside measures in pixels."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np
from scipy.stats import spearmanr
from texture_common import OURS, TONES, Row, pair_of, photographed, spread
from texture_peers import glcm, gradient_energy, lbp_entropy
from texture_pores import VISITS

from skincompare.imaging.patches import PatchPair, SkinPatch
from skincompare.metrics.roughness import SPEC, change_of_roughness, measure_roughness
from skincompare.synthetic.camera import CameraOptions, Scene
from skincompare.synthetic.skin import LightOptions, SkinOptions

SIZE_MM, FRAME_MM = (24.0, 20.0), (22.0, 18.0)
FIRST_SEED, REFERENCE_SEED = 950, 1950
"""Seeds from here on: none of them was used in fitting. The untreated skin beside is another piece of skin."""
FINE = 15
"""Resolution at which truth and disturbances are tried, px/mm: all bands are measured there."""
LOW_LAMP = MappingProxyType({"elevation_degrees": 30.0, "ambient": 0.3})
CAMERA = CameraOptions(blur_px=0.6, jpeg_quality=92)


@dataclass(frozen=True)
class Visit:
    """One photograph: which of :data:`VISITS`, its camera and lamp, and what all skin and treated skin are like."""

    which: int = 0
    camera: CameraOptions | None = None
    light: Mapping[str, float] = field(default_factory=dict)
    skin: Mapping[str, Any] = field(default_factory=dict)
    treated: Mapping[str, Any] = field(default_factory=dict)


def table(quick: bool) -> list[Row]:
    """Return all rows; `quick` takes one skin where two are meant."""
    seeds = range(FIRST_SEED, FIRST_SEED + (1 if quick else 2))
    return [*_truth(seeds), *_untouched(seeds), *_disturbed(seeds)]


def photo(visit: Visit, seed: int, px_per_mm: int, *, treated: bool) -> Scene:
    """Return the photograph of treated or of untreated skin at one visit."""
    blur, quality, exposure, lamp, turn, moved = VISITS[visit.which]
    light = LightOptions(azimuth_degrees=120.0 + lamp, elevation_degrees=50.0 + lamp / 2)
    camera = CameraOptions(blur_px=blur, jpeg_quality=quality, exposure=exposure)
    skin = {**visit.skin, **(visit.treated if treated else {})}
    return photographed(
        SkinOptions(size_mm=SIZE_MM, seed=seed, **skin),
        px_per_mm,
        light=replace(light, **visit.light),
        camera=replace(visit.camera or camera, seed=10 * seed + visit.which),
        rotation_degrees=turn,
        shift_mm=moved,
        frame_mm=FRAME_MM,
    )


def both(before: Visit, after: Visit, seed: int, px_per_mm: int) -> tuple[PatchPair, PatchPair]:
    """Return the treated skin and the untreated skin beside it at two visits."""
    treated, untreated = (
        pair_of(
            *(photo(visit, seed + offset, px_per_mm, treated=offset == 0) for visit in (before, after)),
            jitter_px=0.05 * px_per_mm,
            seed=seed,
        )
        for offset in (0, REFERENCE_SEED)
    )
    return treated, untreated


def changes(
    before: Visit, after: Visit, seed: int, px_per_mm: int
) -> tuple[dict[str, dict[str, float]], list[bool]]:
    """Return the change of each band and of each peer by each way, %, and whether 0 lies in our 95 % intervals."""
    treated, untreated = both(before, after, seed, px_per_mm)
    first, second = (measure_roughness(patch, SPEC.options) for patch in treated.patches)
    own = change_of_roughness(treated, [untreated], SPEC.options)
    found: dict[str, dict[str, float]] = {}
    holds = []
    for one, other, change in zip(first, second, own, strict=True):
        if change is None or np.isnan(one.value + other.value):
            continue
        found[one.quantity] = {
            OURS: 100 * change.change / one.value,
            "two values": 100 * (other.value / one.value - 1),
        }
        holds.append(abs(change.change) < 1.96 * change.sigma)
    for name, peer in PEERS.items():
        values = [peer(patch) for patch in treated.patches]
        change = 100 * (values[1] / values[0] - 1)
        for row in found.values():
            row[name] = change
    return found, holds


PEERS: Mapping[str, Callable[[SkinPatch], float]] = MappingProxyType(
    {
        "GLCM contrast": lambda patch: glcm(patch, "contrast"),
        "GLCM homogeneity": lambda patch: glcm(patch, "homogeneity"),
        "LBP entropy": lbp_entropy,
        "gradient energy": gradient_energy,
    }
)


def _truth(seeds: range) -> Iterator[Row]:
    """Yield how measured changes follow the true relief over re-photographed skin, and what -20 % reads."""
    for lamp, light in (("lamp at 50 degrees", {}), ("lamp at 30 degrees", LOW_LAMP)):
        scales = (0.6, 0.8, 1.0, 1.25, 1.6)
        series: dict[str, list[tuple[float, float]]] = {}
        for seed in seeds:
            before = Visit(light=light)
            for step, scale in enumerate(scales):
                after = Visit(1 + step % 3, light=light, treated={"relief_scale": scale})
                for name, row in changes(before, after, seed, FINE)[0].items():
                    for method, change in row.items():
                        series.setdefault(f"{name}|{method}", []).append((scale, change))
        for name in ("roughness", "roughness_160um", "roughness_120um", "roughness_90um"):
            methods = [key.split("|")[1] for key in series if key.split("|")[0] == name]
            points = {method: np.array(series[f"{name}|{method}"]) for method in methods}
            rank = tuple((m, abs(float(spearmanr(*points[m].T).statistic))) for m in methods)
            yield Row(
                "roughness", "Spearman of the change with true relief", f"{name}, {lamp}", rank, ">= 0.97"
            )
            fit = tuple((m, float(np.corrcoef(points[m].T)[0, 1] ** 2)) for m in methods)
            yield Row("roughness", "R2 of the same", f"{name}, {lamp}", fit, ">= 0.93")
            less = tuple((m, float(points[m][points[m][:, 0] == 0.8, 1].mean())) for m in methods)
            yield Row("roughness", "relief -20 % reads, %", f"{name}, {lamp}", less, "-10 to -16", 1)


def _untouched(seeds: range) -> Iterator[Row]:
    for px_per_mm in (8, 12, 15):
        spreads: dict[str, dict[str, list[float]]] = {}
        held = []
        for seed in seeds:
            for which in (1, 2, 3):
                found, holds = changes(Visit(), Visit(which), seed, px_per_mm)
                held += holds
                for name, row in found.items():
                    for method, change in row.items():
                        spreads.setdefault(name, {}).setdefault(method, []).append(change)
        for name, by_method in spreads.items():
            values = tuple((method, spread(one)) for method, one in by_method.items())
            condition = f"{name}, {px_per_mm} px/mm"
            yield Row("roughness", "SD of the change of untouched skin, %", condition, values, "<= 3", 1)
        values = ((OURS, float(np.mean(held))),)
        yield Row(
            "roughness", "share of 95 % intervals that hold 0", f"{px_per_mm} px/mm", values, "0.93-0.97"
        )


def _disturbed(seeds: range) -> Iterator[Row]:
    """Yield what a disturbance of the photo or of the colour reads as, with relief as it was."""
    blotchy = {"redness": 0.08, "redness_patchiness": 0.8}
    cases: dict[str, tuple[Visit, Visit, str]] = {
        "JPEG 95 to 75": (
            Visit(camera=replace(CAMERA, jpeg_quality=95)),
            Visit(camera=replace(CAMERA, jpeg_quality=75)),
            "<= 2",
        ),
        "noise x 8": (
            Visit(camera=CAMERA),
            Visit(camera=replace(CAMERA, shot_noise=0.048, read_noise=0.0096)),
            "<= 4",
        ),
        "blur x 2": (Visit(camera=CAMERA), Visit(camera=replace(CAMERA, blur_px=1.2)), "<= 4"),
        "exposure x 0.7": (Visit(camera=CAMERA), Visit(camera=replace(CAMERA, exposure=0.7)), ""),
        "lamp moved 20 degrees": (Visit(), Visit(light={"azimuth_degrees": 140.0}), ""),
        "blotchy redness": (Visit(), Visit(treated=blotchy), "<= 5"),
    }
    for tone, ita in TONES.items():
        cases[f"untouched, {tone}"] = (
            Visit(skin={"ita_degrees": ita}),
            Visit(2, skin={"ita_degrees": ita}),
            "<= 3",
        )
    for case, (before, after, asked) in cases.items():
        sums: dict[str, dict[str, list[float]]] = {}
        for seed in seeds:
            for name, row in changes(before, after, seed, FINE)[0].items():
                for method, change in row.items():
                    sums.setdefault(name, {}).setdefault(method, []).append(change)
        for name, by_method in sums.items():
            values = tuple((method, float(np.mean(one))) for method, one in by_method.items())
            yield Row(
                "roughness",
                "mean change read where relief is the same, %",
                f"{case}, {name}",
                values,
                asked,
                1,
            )
