"""Finding pigment spots: compact patches of skin that hold more melanin than the skin round them."""

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt
from scipy import ndimage

from skincompare.errors import OptionError
from skincompare.imaging.colour import ei_pair
from skincompare.imaging.patches import SkinPatch
from skincompare.metrics._pigment import melanin_index, seen_angle
from skincompare.metrics._scale_space import BoolImage, FloatImage, sampled

__all__ = ["SpotList", "SpotOptions", "find_large_spots", "find_spots", "seen_strength"]

FloatArray = npt.NDArray[np.float64]

BROWN_TO_LIGHT = (-10.0, 10.0)
"""Typology angles between which the smoothing passes from that of brown to that of light skin, degrees."""
DENSITY_OF_INDEX = 0.01
"""Optical density of melanin in green, for one unit of the melanin index (by its definition)."""
MAD_OF_NORMAL = 1.4826
"""Standard deviation over median absolute deviation (normal distribution)."""
NEARLY_WORKING = 0.9
"""A photo is reduced only when it has more than that over its working resolution."""
FULL_SHARE = 0.99
"""Share of counted pixels under a reduced one from which it counts."""
LEAST_WEIGHT = 0.3
"""Share of counted skin under the smoothing from which a smoothed pixel is believed [judgement]."""
BACKGROUND_PX = 9
"""Width of the median window on its own reduced grid, px: finer costs time and changes nothing [judgement]."""
PLATEAU_PERCENTILE = 75.0
"""Percentile of a spot's excess that stands for its middle (its rim is paler) [judgement]."""
RIM_SHARE = 0.46
"""A spot reaches to where its excess has fallen to this share of its middle. Half of its density would be its edge, but
smoothing mixes light, not density, and draws that edge inward (area over truth 0.93 with 0.5, 1.02 with 0.45)."""
GROWTH = 1.0
"""Room round a core, radii of the core, into which a spot may grow [judgement]."""
PIXEL_VARIANCE = 1 / 12
"""Variance of the places within one pixel, px squared: a pixel is a square, not a point."""
FORCED_RADIUS = 0.25
"""Radius of the circle that, with its centre, tells how strong a spot is at a given place, diameters."""


@dataclass(frozen=True, slots=True)
class SpotOptions:
    """What counts as a spot.

    Small and large spots are looked for apart: what stands for the skin round a spot must be wider than the spot, and
    the wider it is, the more of the skin's own unevenness it lets through.

    Parameters
    ----------
    px_per_mm, large_px_per_mm : float
        Resolution at which small and large spots are looked for; a coarser photo is taken as it is.
    smoothing_mm, brown_smoothing_mm, large_smoothing_mm : float
        Blur before colours are compared (sigma, mm): on light skin, on brown skin (whose blue light is noisier; what
        lies between is interpolated), and for large spots.
    background_mm, large_background_mm : float
        Width of the median that stands for the skin round a spot, mm.
    min_excess : float
        Least excess of melanin over the skin round a spot, optical density in green.
    uneven_factor : float
        The excess exceeds the robust SD of the region's own melanin at least so many times: noise makes no spots.
    min_area_mm2 : float
        Least area of a spot.
    large_mm : float
        Diameter from which a spot is large.
    min_roundness : float
        Least area over that of an ellipse as long and as wide as the spot is long: lines and nets fail.
    edge_mm : float
        Spots whose middle lies so near the edge of what counts are left out, and that rim from the area.
    min_area_cm2 : float
        Least area of skin that carries a value.
    """

    px_per_mm: float = 8.0
    large_px_per_mm: float = 4.0
    smoothing_mm: float = 0.14
    brown_smoothing_mm: float = 0.2
    large_smoothing_mm: float = 0.3
    background_mm: float = 4.0
    large_background_mm: float = 8.0
    min_excess: float = 0.05
    uneven_factor: float = 3.0
    min_area_mm2: float = 0.12
    large_mm: float = 2.0
    min_roundness: float = 0.4
    edge_mm: float = 0.3
    min_area_cm2: float = 1.0


@dataclass(frozen=True, slots=True)
class _Search:
    """One look for spots: resolution, blur, background and least area."""

    px_per_mm: float
    smoothing_mm: float
    background_mm: float
    min_area_mm2: float


@dataclass(frozen=True, eq=False)
class SpotList:
    """The spots of a patch, one an entry; arrays of float64, shape (n,).

    Parameters
    ----------
    x, y : ndarray
        Middle, native pixels of the patch.
    area_mm2 : ndarray
        Area on the skin.
    strength : ndarray
        Excess of melanin in the middle, optical density in green.
    interior_cm2 : float
        Area where spots were looked for.
    excess : ndarray of float32, shape (height, width)
        Excess of melanin over the skin round it, on the working grid; NaN where nothing counts.
    inside : ndarray of bool, shape (height, width)
        Where the middle of a spot may lie, on the working grid.
    shrink : float
        Working pixels over native pixels.
    origin : tuple of float
        Native x, y of the corner of the working grid.
    """

    x: FloatArray
    y: FloatArray
    area_mm2: FloatArray
    strength: FloatArray
    interior_cm2: float
    excess: FloatImage
    inside: BoolImage
    shrink: float
    origin: tuple[float, float]

    @property
    def diameter_mm(self) -> FloatArray:
        """Diameter of the disc of the same area, mm."""
        return np.asarray(np.sqrt(self.area_mm2 * (4 / math.pi)))

    def to_grid(self, xy: FloatArray) -> FloatArray:
        """Bring native pixels (N, 2) to the working grid."""
        return np.asarray((xy - self.origin + 0.5) * self.shrink - 0.5)

    def without(self, places: FloatArray, radii: FloatArray) -> "SpotList":
        """Return the list without spots whose middle lies in a disc: `places` (M, 2) and `radii` (M,), native px."""
        if not (places.size and self.x.size):
            return self
        apart = np.hypot(self.x[:, None] - places[:, 0], self.y[:, None] - places[:, 1])
        stays = (apart >= radii).all(axis=1)
        return replace(
            self, **{name: getattr(self, name)[stays] for name in ("x", "y", "area_mm2", "strength")}
        )


def find_spots(patch: SkinPatch, options: SpotOptions) -> tuple[SpotList, SpotList]:
    """Return the small and the large pigment spots of a patch.

    Parameters
    ----------
    patch : SkinPatch
        The skin; its scale must be known. No gate is applied here.
    options : SpotOptions
        What counts as a spot.

    Returns
    -------
    tuple of two SpotList
        Small ones, of which none lies in a large one, and large ones.

    Raises
    ------
    OptionError
        When the scale is unknown.
    """
    large = find_large_spots(patch, options)
    blur_mm = _smoothing_mm(seen_angle(patch), options)
    search = _Search(options.px_per_mm, blur_mm, options.background_mm, options.min_area_mm2)
    small = patch.remembered(("spots", options), lambda: _searched(patch, search, options))
    places = np.column_stack((large.x, large.y))
    return small.without(places, large.diameter_mm * (patch.scale.px_per_mm / 2)), large


def find_large_spots(patch: SkinPatch, options: SpotOptions) -> SpotList:
    """Return the large pigment spots of a patch, as :func:`find_spots` does."""
    least = math.pi / 4 * options.large_mm**2
    search = _Search(options.large_px_per_mm, options.large_smoothing_mm, options.large_background_mm, least)
    return patch.remembered(("large spots", options), lambda: _searched(patch, search, options))


def _smoothing_mm(angle: float, options: SpotOptions) -> float:
    """Return the blur for skin of a typology angle."""
    if math.isnan(angle):
        return options.smoothing_mm
    return float(np.interp(angle, BROWN_TO_LIGHT, (options.brown_smoothing_mm, options.smoothing_mm)))


def _searched(patch: SkinPatch, search: _Search, options: SpotOptions) -> SpotList:
    """Return the spots that one search finds, in the order of their first pixels."""
    if not patch.scale.is_known:
        raise OptionError("Spots need a known scale: how many pixels make a millimetre.")
    px_per_mm = patch.scale.px_per_mm
    linear, mask = patch.linear[patch.box], patch.mask[patch.box]
    origin = float(patch.box[1].start), float(patch.box[0].start)
    if not mask.any():
        none, empty = np.empty(0), np.empty((0, 0), np.float32)
        return SpotList(none, none, none, none, 0.0, empty, empty > 0, 1.0, origin)
    linear, mask, shrink = _working(linear, mask, search.px_per_mm / px_per_mm)
    working = px_per_mm * shrink
    melanin, mask = _melanin(linear, mask, search.smoothing_mm * working)
    excess = melanin - _background(melanin, mask, search.background_mm * working)
    excess[~mask] = np.nan
    known = excess[mask]
    unevenness = MAD_OF_NORMAL * float(np.median(np.abs(known - np.median(known)))) if known.size else 0.0
    least = max(options.min_excess, options.uneven_factor * unevenness)
    inside = _interior(mask, options.edge_mm * working)
    column, row, area, strength = _spots(
        excess, inside, least, search.min_area_mm2 * working**2, options.min_roundness
    )
    return SpotList(
        (column + 0.5) / shrink - 0.5 + origin[0],
        (row + 0.5) / shrink - 0.5 + origin[1],
        area / working**2,
        strength,
        float(np.count_nonzero(inside)) / working**2 / 100,
        excess,
        inside,
        shrink,
        origin,
    )


def seen_strength(spots: SpotList, xy: FloatArray, diameter_px: FloatArray) -> FloatArray:
    """Return how strong the skin of one photo shows spots at given places.

    Parameters
    ----------
    spots : SpotList
        What was found in that photo.
    xy : ndarray of float64, shape (N, 2)
        Middles, native pixels of the patch.
    diameter_px : ndarray of float64, shape (N,)
        Diameters, native pixels.

    Returns
    -------
    ndarray of float64, shape (N,)
        Excess of melanin, optical density; NaN where the photo does not show the place.
    """
    turns = np.arange(8) * (math.pi / 4)
    ring = np.vstack((np.zeros((1, 2)), FORCED_RADIUS * np.column_stack((np.cos(turns), np.sin(turns)))))
    at = spots.to_grid(xy)
    reach = (diameter_px * spots.shrink)[:, None]
    x, y = at[:, :1] + reach * ring[:, 0], at[:, 1:] + reach * ring[:, 1]
    height, width = spots.excess.shape
    seen = ((x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)).all(axis=1)
    values = sampled(spots.excess, x, y, cv2.INTER_LINEAR).mean(axis=1)
    return np.where(seen, values, np.nan)


def _working(linear: FloatImage, mask: BoolImage, shrink: float) -> tuple[FloatImage, BoolImage, float]:
    """Reduce skin and mask to the working resolution, and say by how much."""
    if shrink >= NEARLY_WORKING:
        return linear, mask, 1.0
    # No size is given, so that the reduction is exact on both axes.
    small, full = (
        np.asarray(cv2.resize(one, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.float32)
        for one in (linear, mask.astype(np.float32))
    )
    return small, full > FULL_SHARE, shrink


def _melanin(linear: FloatImage, mask: BoolImage, sigma_px: float) -> tuple[FloatImage, BoolImage]:
    """Return the melanin (optical density) of smoothed skin, and where it is known."""
    weight = mask.astype(np.float32)
    smooth, weights = (
        cv2.GaussianBlur(part, (0, 0), sigma_px) for part in (linear * weight[..., None], weight)
    )
    known = mask & (weights > LEAST_WEIGHT)
    u, v = ei_pair(np.asarray(smooth / np.maximum(weights, np.float32(LEAST_WEIGHT))[..., None], np.float32))
    return np.asarray(melanin_index(u, v) * np.float32(DENSITY_OF_INDEX), np.float32), known


def _background(melanin: FloatImage, mask: BoolImage, width_px: float) -> FloatImage:
    """Return the wide median of what counts, by a reduced grid; what does not count is filled from its surroundings."""
    step = max(1.0, width_px / BACKGROUND_PX)
    size = tuple(max(1, round(side / step)) for side in melanin.shape[::-1])
    weight = mask.astype(np.float32)
    middle = np.float32(np.median(melanin[mask])) if mask.any() else np.float32(0)
    sums, weights = (
        cv2.resize(part, size, interpolation=cv2.INTER_AREA) for part in ((melanin - middle) * weight, weight)
    )
    known = weights > LEAST_WEIGHT
    if not known.any():
        return np.full(melanin.shape, middle, np.float32)
    nearest = ndimage.distance_transform_edt(~known, return_distances=False, return_indices=True)
    filled = (sums / np.maximum(weights, np.float32(LEAST_WEIGHT)))[tuple(nearest)]
    wide = ndimage.median_filter(filled, BACKGROUND_PX, mode="nearest")
    return np.asarray(
        cv2.resize(wide, melanin.shape[::-1], interpolation=cv2.INTER_LINEAR) + middle, np.float32
    )


def _interior(mask: BoolImage, edge_px: float) -> BoolImage:
    """Return what is farther than `edge_px`, along rows and columns, from everything that does not count."""
    side = 2 * max(1, round(edge_px)) + 1
    square = np.ones((side, side), dtype=np.uint8)
    eroded = cv2.erode(mask.astype(np.uint8), square, borderType=cv2.BORDER_CONSTANT, borderValue=(0.0,))
    return np.asarray(eroded > 0)


def _spots(
    excess: FloatImage, inside: BoolImage, least: float, min_area_px: float, min_roundness: float
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return column, row, area (px) and strength of each spot of the working grid."""
    dark = np.nan_to_num(excess, nan=-1.0)
    cores, count = ndimage.label(dark > least)
    found, taken = [], np.zeros(excess.shape, np.bool_)
    for number, place in enumerate(ndimage.find_objects(cores, count), start=1):
        core = cores[place] == number
        strength = float(np.percentile(dark[place][core], PLATEAU_PERCENTILE))
        margin = math.ceil(GROWTH * math.sqrt(np.count_nonzero(core) / math.pi)) + 1
        top, left = (max(0, one.start - margin) for one in place)
        wide = np.s_[top : place[0].stop + margin, left : place[1].stop + margin]
        whole = _grown(dark[wide], cores[wide] == number, RIM_SHARE * strength)
        spot = None if (taken[wide] & whole).any() else _shape(whole, min_area_px, min_roundness)
        if spot is None or not inside[round(spot[1] + top), round(spot[0] + left)]:
            continue
        taken[wide] |= whole
        found.append((spot[0] + left, spot[1] + top, spot[2], strength))
    columns, rows, areas, strengths = np.array(found, np.float64).reshape(-1, 4).T
    return columns, rows, areas, strengths


def _grown(dark: FloatImage, core: BoolImage, limit: float) -> BoolImage:
    """Return what hangs together with a core above a limit."""
    labels, _ = ndimage.label(dark > limit)
    own = np.unique(labels[core])
    return np.asarray(np.isin(labels, own[own > 0]))


def _shape(whole: BoolImage, min_area_px: float, min_roundness: float) -> tuple[float, float, float] | None:
    """Return column, row and area (px) of a compact spot; None for what is none."""
    rows, columns = np.nonzero(whole)
    if rows.size < max(2.0, min_area_px):
        return None
    spread = np.cov(np.stack((rows, columns))) + np.eye(2) * PIXEL_VARIANCE
    if rows.size / (4 * math.pi * float(np.linalg.eigvalsh(spread)[1])) < min_roundness:
        return None
    return float(columns.mean()), float(rows.mean()), float(rows.size)
