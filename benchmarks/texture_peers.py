"""What tutorials and open skin analysers measure on the same patches: contrast, counts and colours in pixels."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import cv2
import numpy as np
import numpy.typing as npt
from scipy import ndimage
from skimage.feature import graycomatrix, graycoprops, local_binary_pattern
from skimage.filters import frangi
from skimage.filters.thresholding import threshold_otsu
from skimage.morphology import skeletonize

from skincompare.imaging.colour import lab_from_linear, luminance, srgb_from_linear
from skincompare.imaging.patches import SkinPatch

__all__ = [
    "PEERS",
    "STEP_PX",
    "black_hat",
    "glcm",
    "gradient_energy",
    "lbp_entropy",
    "naive_ridges",
    "naive_spots",
]

FloatArray = npt.NDArray[np.float64]
LEVELS = 16
"""Grey levels of the co-occurrence matrix."""
BLACK_HAT_MM = 0.9
"""Width of the closing: the widest pore."""
BLACK_HAT_CONTRAST = 0.045
"""Least depth of a black-hat pore, optical density; the best of 0.03 to 0.06 at 12 px/mm."""
MIN_AREA_MM2 = 0.12
"""Least area of a spot, for peers as for ours."""
STEP_PX = 1.1
"""Length that one pixel of a skeleton stands for, px."""


def _grey(patch: SkinPatch) -> npt.NDArray[np.uint8]:
    rows, columns = patch.box
    return np.asarray(srgb_from_linear(patch.linear[rows, columns])[..., 1])


def glcm(patch: SkinPatch, prop: str) -> float:
    """Return a property of the grey-level co-occurrence matrix."""
    grey = _grey(patch)
    low, high = np.percentile(grey, (1, 99))
    coded = np.clip((grey - low) / max(high - low, 1) * (LEVELS - 1), 0, LEVELS - 1).astype(np.uint8)
    matrix = graycomatrix(coded, [1], [0, np.pi / 2], levels=LEVELS, symmetric=True, normed=True)
    return float(graycoprops(matrix, prop).mean())


def lbp_entropy(patch: SkinPatch) -> float:
    """Return the entropy of local binary patterns, bits."""
    codes = local_binary_pattern(_grey(patch), 8, 1, "uniform")[patch.mask[patch.box]]
    share = np.bincount(codes.astype(int)) / codes.size
    return float(-np.sum(share[share > 0] * np.log2(share[share > 0])))


def gradient_energy(patch: SkinPatch) -> float:
    """Return the mean squared gradient of the grey levels."""
    down, across = np.gradient(_grey(patch).astype(np.float64))
    return float(np.mean((down**2 + across**2)[patch.mask[patch.box]]))


def black_hat(patch: SkinPatch) -> tuple[FloatArray, FloatArray]:
    """Return the places of the pores that a morphological black-hat finds."""
    px_per_mm = patch.scale.px_per_mm
    side = 2 * round(BLACK_HAT_MM * px_per_mm / 2) + 1
    smooth = cv2.GaussianBlur(patch.density, (0, 0), 0.05 * px_per_mm)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    depth = cv2.morphologyEx(smooth, cv2.MORPH_TOPHAT, disc)
    dark = ((depth > BLACK_HAT_CONTRAST) & patch.mask).astype(np.uint8)
    _, _, stats, centres = cv2.connectedComponentsWithStats(dark)
    width, height, area = (stats[:, k] for k in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA))
    round_enough = np.maximum(width, height) < 2 * np.minimum(width, height)
    large = area >= np.pi / 4 * (0.15 * px_per_mm) ** 2
    kept = np.flatnonzero(round_enough & large & (np.arange(area.size) > 0))
    return centres[kept, 0], centres[kept, 1]


def naive_ridges(
    linear: npt.NDArray[np.float32], ridges: Callable[..., npt.NDArray[np.float64]]
) -> npt.NDArray[np.bool_]:
    """Return ridges as the tutorials find them: default scales, Otsu's threshold, skeleton."""
    strength = ridges(luminance(linear).astype(np.float64), black_ridges=True)
    return np.asarray(skeletonize(strength > threshold_otsu(strength)))


def naive_spots(pixels: npt.NDArray[np.uint8], px_per_mm: float) -> tuple[FloatArray, FloatArray]:
    """Return places and areas (mm2) where L* is darker than a wide median by 3 robust SD, from 0.12 mm2."""
    lightness = cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB)[..., 0]
    side = 2 * int(2 * px_per_mm) + 1
    rest = cv2.medianBlur(lightness, min(side, 255)).astype(np.float32) - lightness
    rest = cv2.GaussianBlur(rest, (0, 0), 0.14 * px_per_mm)
    middle = float(np.median(rest))
    limit = middle + 3 * 1.4826 * float(np.median(np.abs(rest - middle)))
    labels, count = ndimage.label(rest > limit)
    areas = np.bincount(labels.ravel(), minlength=count + 1)[1:] / px_per_mm**2
    large = np.flatnonzero(areas >= MIN_AREA_MM2) + 1
    centres = np.array(ndimage.center_of_mass(labels > 0, labels, large)).reshape(-1, 2)
    return centres[:, ::-1], areas[large - 1]


def _box_of(patch: SkinPatch) -> npt.NDArray[np.float32]:
    rows, columns = patch.box
    return np.ascontiguousarray(patch.linear[rows, columns])


def _area_cm2(patch: SkinPatch) -> float:
    px_per_mm = patch.scale.px_per_mm if patch.scale.is_known else 1.0
    return patch.n_pixels / px_per_mm**2 / 100


def _frangi_density(patch: SkinPatch) -> float:
    found = naive_ridges(_box_of(patch), frangi) & patch.mask[patch.box]
    return float(np.count_nonzero(found)) * STEP_PX / patch.scale.px_per_mm / _area_cm2(patch)


def _spot_density(patch: SkinPatch) -> float:
    places, _ = naive_spots(srgb_from_linear(_box_of(patch)), patch.scale.px_per_mm)
    return len(places) / _area_cm2(patch)


PEERS: Mapping[str, Callable[[SkinPatch], float]] = MappingProxyType(
    {
        "GLCM contrast": lambda patch: glcm(patch, "contrast"),
        "black-hat pores": lambda patch: black_hat(patch)[0].size / _area_cm2(patch),
        "Frangi lines": _frangi_density,
        "dark spots by L*": _spot_density,
        "mean a*": lambda patch: float(lab_from_linear(patch.coarse_linear[patch.coarse_mask])[:, 1].mean()),
    }
)
"""One number each, of one patch."""
