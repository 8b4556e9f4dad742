"""Finding lines: thin dark valleys of the skin, on one working grid whatever the photo's own resolution."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from skimage.morphology import skeletonize

from skincompare.errors import OptionError
from skincompare.imaging.patches import SkinPatch
from skincompare.metrics._scale_space import BoolImage, FloatImage, sampled

__all__ = [
    "TYPICAL_BLUR_PX",
    "LineOptions",
    "Lines",
    "WorkingSkin",
    "depths",
    "find_lines",
    "ridges",
    "working_skin",
]

FloatArray = npt.NDArray[np.float64]

TYPICAL_BLUR_PX = 0.8
"""Blur of a photo that is too small to show its own, px."""
LEAST_ADDED_PX = 0.3
"""Blur below which none is added, native px: a sampled Gaussian so narrow does nothing."""
LEAST_WEIGHT = 0.05
"""Share of counted skin under a kernel below which its mean is not believed."""
STRAIGHT, DIAGONAL = 0.948, 1.340
"""Length of a straight and of a slanting step of a digital line, px: unbiased over all directions [Dorst and Smeulders
1987, doi 10.1016/0734-189X(87)90096-4]."""
TAP_PX = 2.0
"""Spacing of the points of an average along a line, working px."""
AVERAGE_SIGMAS = 2.2
"""Half width of that average, sigmas."""
FULL_SHARE = 0.5
"""Share of counted skin under a working pixel from which it counts."""
DARKEST = 1e-4
"""Least light of which the logarithm is taken."""


@dataclass(frozen=True, slots=True)
class LineOptions:
    """What counts as a line.

    Parameters
    ----------
    blur_mm : float
        Total blur (sigma) to which every photo is brought, mm.
    working_px_per_mm : float
        Grid on which lines are looked for.
    background_mm : float
        Blur (sigma) of the skin's own shading, taken off.
    ridge_mm : float
        Scale (sigma) of the ridge filter.
    along_mm : float
        Blur (sigma) along a line over which it is averaged.
    directions : int
        How many directions are tried.
    ceiling : float
        Largest part that one place takes in that average; scale-normalised, ln units.
    grow, seed : float
        A line goes on while its average is at least `grow`, and exceeds `seed` somewhere.
    seed_mm : float
        Length over which it exceeds `seed`.
    min_length_mm : float
        Least extent of a line.
    side_mm : float
        Blur (sigma) of the skin round a line, with which it is compared.
    edge_mm : float
        Lines so near the edge of what counts are left out.
    min_area_cm2 : float
        Least area that carries a value.
    min_block_cm2 : float
        Least area that carries the value of one block.
    """

    blur_mm: float = 0.125
    working_px_per_mm: float = 8.0
    background_mm: float = 1.5
    ridge_mm: float = 0.10
    along_mm: float = 1.0
    directions: int = 16
    ceiling: float = 0.016
    grow: float = 0.0094
    seed: float = 0.0115
    seed_mm: float = 2.5
    min_length_mm: float = 3.0
    side_mm: float = 0.5
    edge_mm: float = 0.5
    min_area_cm2: float = 0.5
    min_block_cm2: float = 0.3


@dataclass(frozen=True, eq=False)
class WorkingSkin:
    """A patch on the working grid.

    Parameters
    ----------
    detail : ndarray of float32, shape (height, width)
        ln of red light less its own background; 0 where nothing counts.
    mask : ndarray of bool, shape (height, width)
        What counts.
    interior : ndarray of bool, shape (height, width)
        What counts, without the rim.
    shrink : float
        Working pixels of one native pixel.
    corner : tuple of int
        Native pixel (x, y) where the grid begins.
    px_per_mm : float
        Of the working grid.
    """

    detail: FloatImage
    mask: BoolImage
    interior: BoolImage
    shrink: float
    corner: tuple[int, int]
    px_per_mm: float

    def to_native(self, xy: FloatArray) -> FloatArray:
        """Bring points (N, 2) of the grid to native pixels of the patch."""
        return np.asarray((xy + 0.5) / self.shrink - 0.5 + self.corner, np.float64)

    def from_native(self, xy: FloatArray) -> FloatArray:
        """Bring native pixels (N, 2) of the patch to the grid."""
        return np.asarray((xy - self.corner + 0.5) * self.shrink - 0.5, np.float64)


@dataclass(frozen=True, eq=False)
class Lines:
    """The lines of a patch, as pixels of their skeletons on the working grid.

    Parameters
    ----------
    xy : ndarray of float64, shape (n, 2)
        Place, working px.
    length_mm : ndarray of float64, shape (n,)
        Length that the pixel stands for.
    line : ndarray of int64, shape (n,)
        Number of the line, from 0.
    response : ndarray of float32, shape (height, width)
        How strongly a line passes each pixel of the grid.
    """

    xy: FloatArray
    length_mm: FloatArray
    line: npt.NDArray[np.int64]
    response: FloatImage

    @property
    def count(self) -> int:
        """How many lines there are."""
        return int(self.line.max()) + 1 if self.line.size else 0


def working_skin(patch: SkinPatch, options: LineOptions) -> WorkingSkin:
    """Bring a patch to the total blur and the grid on which lines are looked for.

    Raises
    ------
    OptionError
        When the scale is unknown.
    """
    if not patch.scale.is_known:
        raise OptionError("Lines need a known scale: how many pixels make a millimetre.")
    px_per_mm, box = patch.scale.px_per_mm, patch.box
    mask = patch.mask[box]
    shrink = options.working_px_per_mm / px_per_mm
    own = TYPICAL_BLUR_PX if math.isnan(patch.blur_px) else patch.blur_px
    added = math.sqrt(max((options.blur_mm * px_per_mm) ** 2 - own**2, 0.0))
    weight = mask.astype(np.float32)
    red = cv2.extractChannel(patch.linear[box], 0) * weight
    middle = np.float32(cv2.mean(red)[0] / max(cv2.mean(weight)[0], LEAST_WEIGHT))
    red += (1 - weight) * middle
    images = [red, weight] if not mask.all() else [red]
    if added >= LEAST_ADDED_PX:
        images = [np.asarray(cv2.GaussianBlur(one, (0, 0), added), np.float32) for one in images]
    # No size is given, so that the reduction is exact on both axes.
    small = [cv2.resize(one, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_LINEAR) for one in images]
    share = np.asarray(small[1], np.float32) if len(small) > 1 else np.ones_like(small[0])
    light = middle + (small[0] - middle) / np.maximum(share, np.float32(LEAST_WEIGHT))
    counts = share > FULL_SHARE
    grid_px_per_mm = options.working_px_per_mm
    detail = _without_background(
        np.log(np.maximum(light, np.float32(DARKEST))), counts, options.background_mm * grid_px_per_mm
    )
    side = 2 * round(options.edge_mm * grid_px_per_mm) + 1
    interior = cv2.erode(
        counts.astype(np.uint8),
        np.ones((side, side), np.uint8),
        borderType=cv2.BORDER_CONSTANT,
        borderValue=(0.0,),
    )
    corner = (box[1].start, box[0].start)
    return WorkingSkin(detail, counts, interior > 0, shrink, corner, grid_px_per_mm)


def _without_background(log_light: FloatImage, mask: BoolImage, sigma_px: float) -> FloatImage:
    weight = mask.astype(np.float32)
    middle = np.float32(log_light[mask].mean()) if mask.any() else np.float32(0)
    centred = (log_light - middle) * weight
    sums, weights = (cv2.GaussianBlur(one, (0, 0), sigma_px) for one in (centred, weight))
    return np.asarray((centred - sums / np.maximum(weights, np.float32(LEAST_WEIGHT))) * weight, np.float32)


def ridges(detail: FloatImage, options: LineOptions) -> FloatImage:
    """Return how strongly a dark line passes each pixel, whatever its direction; ln units.

    The second derivative across (times sigma squared, as Sato's filter takes it) is cut to a ceiling and averaged
    along: a pore or a furrow of the relief counts no more than a faint line, and only what goes on adds up.

    Parameters
    ----------
    detail : ndarray of float32, shape (height, width)
        On the working grid.
    options : LineOptions
        Scales and ceiling.

    Notes
    -----
    Source: Sato et al. 1998, doi 10.1016/S1361-8415(98)80009-1; the ceiling and the averaging were fitted on
    rendered skin.
    """
    sigma = options.ridge_mm * options.working_px_per_mm
    smooth = cv2.GaussianBlur(detail, (0, 0), sigma)
    line, second = np.array([0.0, 1.0, 0.0]), sigma**2 * np.array([1.0, -2.0, 1.0])
    first = sigma * np.array([-0.5, 0.0, 0.5])
    xx, yy = cv2.sepFilter2D(smooth, -1, second, line), cv2.sepFilter2D(smooth, -1, line, second)
    xy = cv2.sepFilter2D(smooth, -1, first, first)
    best = np.zeros_like(detail)
    for turn in np.arange(options.directions) * (math.pi / options.directions):
        along, down = math.cos(turn), math.sin(turn)
        bend = cv2.addWeighted(xx, down**2, yy, along**2, 0.0)
        bend = cv2.addWeighted(bend, 1.0, xy, -2 * along * down, 0.0)
        cut = np.clip(bend, -options.ceiling, options.ceiling).astype(np.float32)
        np.maximum(best, _averaged(cut, (along, down), options), out=best)
    return best


def _averaged(image: FloatImage, direction: tuple[float, float], options: LineOptions) -> FloatImage:
    """Return a Gaussian average along a direction, at points :data:`TAP_PX` apart."""
    sigma = options.along_mm * options.working_px_per_mm
    reach = math.ceil(AVERAGE_SIGMAS * sigma / TAP_PX)
    steps = np.arange(-reach, reach + 1) * TAP_PX
    weights = np.exp(-0.5 * (steps / sigma) ** 2)
    weights /= weights.sum()
    margin = reach * math.ceil(TAP_PX)
    wide = cv2.copyMakeBorder(image, margin, margin, margin, margin, cv2.BORDER_REPLICATE)
    height, width = image.shape
    total = np.zeros_like(image)
    for step, weight in zip(steps, weights, strict=True):
        top, left = margin + round(step * direction[1]), margin + round(step * direction[0])
        cv2.scaleAdd(wide[top : top + height, left : left + width], float(weight), total, total)
    return total


def find_lines(skin: WorkingSkin, options: LineOptions) -> Lines:
    """Return the lines of a patch.

    Parameters
    ----------
    skin : WorkingSkin
        On the working grid. No gate is applied here.
    options : LineOptions
        What counts as a line.

    Returns
    -------
    Lines
        In the order of their first pixels.
    """
    response = ridges(skin.detail, options)
    skeleton = np.asarray(skeletonize((response > options.grow) & skin.interior))  # type: ignore[no-untyped-call]
    count, pieces = cv2.connectedComponents(skeleton.astype(np.uint8), connectivity=8)
    rows, columns = np.nonzero(skeleton)
    number = np.asarray(pieces[rows, columns], np.int32)
    length = _lengths(skeleton)[rows, columns] / skin.px_per_mm
    strong = response[rows, columns] > options.seed
    seeded = np.bincount(number, length * strong, minlength=count)
    extent = _extents(rows, columns, number, count) / skin.px_per_mm
    good = (extent >= options.min_length_mm) & (seeded >= options.seed_mm)
    kept = good[number]
    _, line = np.unique(number[kept], return_inverse=True)
    xy = np.column_stack([columns[kept], rows[kept]]).astype(np.float64)
    return Lines(xy, length[kept].astype(np.float64), line.astype(np.int64), response)


def _extents(
    rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp], number: npt.NDArray[np.int32], count: int
) -> FloatArray:
    """Return the diagonal of the box round each piece, px."""
    sides = []
    for places in (rows, columns):
        low, high = np.full(count, np.inf), np.full(count, -np.inf)
        np.minimum.at(low, number, places)
        np.maximum.at(high, number, places)
        sides.append(np.where(np.isfinite(low), high - low, 0.0))
    return np.asarray(np.hypot(*sides), np.float64)


def _lengths(skeleton: BoolImage) -> FloatImage:
    """Return the length that each pixel of a skeleton stands for, px: half of each step to a neighbour."""
    image = skeleton.astype(np.float32)
    kernel = np.array(
        [[DIAGONAL, STRAIGHT, DIAGONAL], [STRAIGHT, 0.0, STRAIGHT], [DIAGONAL, STRAIGHT, DIAGONAL]],
        np.float32,
    )
    return np.asarray(cv2.filter2D(image, -1, kernel / 2, borderType=cv2.BORDER_CONSTANT) * image, np.float32)


def depths(skin: WorkingSkin, xy: FloatArray, options: LineOptions) -> FloatArray:
    """Return how much darker the skin is at points of the grid (N, 2) than round them; ln units.

    The detail at blur `blur_mm` against its own mean over a Gaussian of `side_mm`.
    """
    sides = cv2.GaussianBlur(skin.detail, (0, 0), options.side_mm * skin.px_per_mm)
    return sampled(sides - skin.detail, xy[:, :1], xy[:, 1:], cv2.INTER_LINEAR)[:, 0]
