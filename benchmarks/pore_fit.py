"""Fit the score of pores and the gain of their lean on rendered skin; prints what metrics/_pore_score.py holds.

Run: ``python benchmarks/pore_fit.py [--skins N]``. The seeds are not those of any table.
"""

import argparse
import math

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree
from texture_common import patch_of, photographed

from skincompare.metrics._pore_list import PoreOptions, candidates_of
from skincompare.metrics._pore_score import LEAN_PRIOR, chance_of_pore, terms_of
from skincompare.synthetic.camera import CameraOptions, Scene
from skincompare.synthetic.skin import LightOptions, SkinOptions

FloatArray = npt.NDArray[np.float64]

FIRST_SEED = 7000
SIZE_MM = (16.0, 12.0)
LEAN_MM = 0.11
"""Way of the darkest spot of a pore toward the lamp, mm: enough to tell which pore a mark is of."""
SAME, OTHER = 0.6, 1.0
"""A mark is a pore within so many diameters of it, and none beyond so many."""
OTHER_MM = 0.25
LEAST_MM, FAIR_MM = 0.20, 0.22
"""Pores below the first are as hard to place as it; marks on pores below the second count neither way."""
NEAR_MM = 0.12
"""Marks that tell the lean lie so near to where it would put them."""
RIDGE = 1.0
STEPS = 30


def main() -> None:
    """Render, fit and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--skins", type=int, default=480)
    skins = [_skin(FIRST_SEED + k) for k in range(parser.parse_args().skins)]
    known = [one for one in skins if one is not None]
    terms = np.concatenate([one["terms"] for one in known])
    names = known[0]["names"]
    is_pore, is_none = (np.concatenate([one[key] for one in known]) for key in ("pore", "none"))
    used = is_pore | is_none
    for name, weight in zip(names, _fitted(terms[used], is_pore[used]), strict=True):
        print(f'"{name}": {weight:.3f},')
    print(f"share of pores {is_pore[used].mean():.3f} of {np.count_nonzero(used)} marks")
    _print_lean(known)


def _skin(seed: int) -> dict[str, npt.NDArray[np.generic]] | None:
    """Return the marks of one skin under one lamp, all at random.

    None is without pores: how many of a patch's marks are pores is settled for each patch, not by the weights.
    """
    rng = np.random.default_rng(seed)
    px_per_mm = float(rng.choice([8, 8, 8.5, 9, 10, 12, 12, 14, 16, 20]))
    skin = SkinOptions(
        size_mm=SIZE_MM,
        seed=seed,
        pore_density_per_cm2=float(rng.choice([20, 40, 60, 60, 60, 80, 110])),
        ita_degrees=float(rng.uniform(-45, 58)),
        gloss=float(rng.choice([0.2, 0.42, 0.42, 0.42, 0.7, 1.0])),
        relief_scale=float(rng.uniform(0.6, 1.6)),
        relief_direction_degrees=float(rng.uniform(0, 180)),
        wrinkles=int(rng.choice([0, 0, 0, 5])),
        pore_diameter_mm=float(rng.uniform(0.26, 0.40)),
        pore_optical_density=float(rng.uniform(0.03, 0.06)),
        redness=float(rng.choice([0, 0, 0.08])),
        redness_patchiness=0.8,
        hairs_per_cm2=float(rng.choice([5, 18, 18, 40])),
        mottling=float(rng.uniform(0.7, 1.4)),
    )
    light = LightOptions(
        azimuth_degrees=float(rng.uniform(0, 360)), elevation_degrees=float(rng.uniform(32, 65))
    )
    camera = CameraOptions(
        blur_px=float(rng.uniform(0.5, 1.0)),
        jpeg_quality=int(rng.choice([75, 85, 90, 92, 95])),
        exposure=float(rng.uniform(0.75, 1.1)),
        seed=seed,
    )
    return _marks(photographed(skin, px_per_mm, light=light, camera=camera), light)


def _marks(scene: Scene, light: LightOptions) -> dict[str, npt.NDArray[np.generic]] | None:
    found = candidates_of(patch_of(scene), PoreOptions())
    if found is None:
        return None
    place = (np.column_stack((found.blobs.x, found.blobs.y)) + 0.5) / found.shrink - 0.5
    size = found.blobs.diameter / found.px_per_mm
    terms = terms_of(found.looks, size, found.px_per_mm)
    true, diameter = scene.points("pores"), scene.truth.pores.diameter_mm
    azimuth = math.radians(light.azimuth_degrees)
    toward = np.array([math.cos(azimuth), -math.sin(azimuth)])
    distance, of, offset = np.full(len(place), np.inf), np.zeros(len(place)), np.zeros_like(place)
    if len(true):
        pixels, which = cKDTree(true).query(place - LEAN_MM * scene.px_per_mm * toward)
        distance, of = pixels / scene.px_per_mm, diameter[which]
        offset = (place - true[which]) / scene.px_per_mm
    away = distance / np.maximum(of, LEAST_MM)
    chance = chance_of_pore(found.looks, size, found.px_per_mm)
    weight = chance**2
    mean = (weight[:, None] * found.looks.lean).sum(axis=0) / (weight.sum() + LEAN_PRIOR)
    return {
        "terms": np.column_stack(list(terms.values())),
        "names": np.array(list(terms)),
        "pore": (away < SAME) & (of >= FAIR_MM),
        "none": (away > OTHER) & (distance > OTHER_MM),
        "offset": offset / size[:, None],
        "size": size,
        "lean": np.broadcast_to(mean, place.shape),
        "near": (away < SAME) & (distance < NEAR_MM),
    }


def _fitted(terms: FloatArray, is_pore: npt.NDArray[np.bool_]) -> FloatArray:
    """Return the weights of a ridge logistic regression, by Newton's method on standardised terms."""
    spread = terms.std(axis=0)
    middle = np.where(spread > 0, terms.mean(axis=0), 0.0)
    scaled = (terms - middle) / np.where(spread > 0, spread, 1.0)
    ridge = RIDGE * np.diag(spread > 0).astype(np.float64)
    weight = np.zeros(terms.shape[1])
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-scaled @ weight))
        gradient = scaled.T @ (is_pore - chance) - ridge @ weight
        curvature = (scaled * (chance * (1 - chance))[:, None]).T @ scaled + ridge
        weight = weight + np.linalg.solve(curvature, gradient)
    weight = weight / np.where(spread > 0, spread, 1.0)
    weight[spread == 0] -= float(weight @ middle)
    return weight


def _print_lean(known: list[dict[str, npt.NDArray[np.generic]]]) -> None:
    near = np.concatenate([one["near"] for one in known])
    lean, offset = (np.concatenate([one[key] for one in known])[near].ravel() for key in ("lean", "offset"))
    size = np.repeat(np.concatenate([one["size"] for one in known])[near], 2)
    gain = float((size**2 * lean) @ offset / ((size**2 * lean) @ lean))
    left = size * (offset - gain * lean)
    print(f"lean: gain {gain:.2f}; leaves {left.std():.3f} of {(size * offset).std():.3f} mm")


if __name__ == "__main__":
    main()
