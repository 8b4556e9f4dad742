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
    "bends_of",
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
SPARSE = 2
"""Every so many pixels are read for the spread of the skin's bends."""
MAD_OF_NORMAL = 0.6745
"""Median absolute deviation of a standard normal distribution."""


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
    pit_weight : float
        A place that is also bent along the line, as a pore is, loses so many times that bend.
    ceiling : float
        Largest part that one place takes in that average, in SDs of the skin's own bends.
    grow, seed : float
        A line goes on while its average is at least `grow`, and exceeds `seed` somewhere; in SDs as above.
    least_bend : float
        Smallest SD of the skin's bends that is believed, ln units: on smoother skin grain is no line.
    seed_mm : float
        Length over which it exceeds `seed`.
    min_length_mm : float
        Least extent of a line.
    end_share, end_mm : float
        A line ends where its average falls to this share of the largest within `end_mm`.
    read_mm : float
        Blur (sigma) added to read how dark a line is: the more, the less the photo's own blur matters.
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
    pit_weight: float = 3.0
    ceiling: float = 2.0
    grow: float = 0.3
    seed: float = 0.67
    least_bend: float = 0.003
    seed_mm: float = 2.5
    min_length_mm: float = 3.0
    end_share: float = 0.5
    end_mm: float = 1.25
    read_mm: float = 0.2
    side_mm: float = 0.7
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


def ridges(detail: FloatImage, counts: BoolImage, options: LineOptions) -> FloatImage:
    """Return how strongly a dark line passes each pixel, whatever its direction; in SDs of the skin's own bends.

    The second derivative across, as Sato's filter takes it, less what a pit is bent along too, is taken relative to its
    own spread on this skin, cut to a ceiling and averaged along: a pore or a furrow of the relief counts no more than a
    faint line, and only what goes on adds up. The spread, as noise and relief differ from photo to photo.

    Parameters
    ----------
    detail : ndarray of float32, shape (height, width)
        On the working grid.
    counts : ndarray of bool, shape (height, width)
        Where the spread is taken.
    options : LineOptions
        Scales and ceiling.

    Notes
    -----
    Source: Sato et al. 1998, doi 10.1016/S1361-8415(98)80009-1; the ceiling, the pits and the averaging were fitted on
    rendered skin.
    """
    xx, yy, xy = bends_of(detail, options.ridge_mm * options.working_px_per_mm)
    unit = max(_spread((xx, yy), counts), options.least_bend)
    sums, best = xx + yy, np.full_like(detail, -options.ceiling)
    for turn in np.arange(options.directions) * (math.pi / options.directions):
        along, down = math.cos(turn), math.sin(turn)
        across = cv2.addWeighted(xx, down**2 / unit, yy, along**2 / unit, 0.0)
        across = cv2.addWeighted(across, 1.0, xy, -2 * along * down / unit, 0.0)
        lengthwise = np.maximum(cv2.addWeighted(sums, 1 / unit, across, -1.0, 0.0), 0)
        bend = cv2.addWeighted(across, 1.0, lengthwise, -options.pit_weight, 0.0)
        cut = np.clip(bend, -options.ceiling, options.ceiling).astype(np.float32)
        np.maximum(best, _averaged(cut, (along, down), options), out=best)
    return best


def bends_of(detail: FloatImage, sigma: float) -> tuple[FloatImage, FloatImage, FloatImage]:
    """Return the second derivatives xx, yy and xy at a blur of `sigma` px, times its square; ln units."""
    smooth = cv2.GaussianBlur(detail, (0, 0), sigma)
    line, second = np.array([0.0, 1.0, 0.0]), sigma**2 * np.array([1.0, -2.0, 1.0])
    first = sigma * np.array([-0.5, 0.0, 0.5])
    xx, yy, xy = (
        np.asarray(cv2.sepFilter2D(smooth, cv2.CV_32F, across, down), np.float32)
        for across, down in ((second, line), (line, second), (first, first))
    )
    return xx, yy, xy


def _spread(images: tuple[FloatImage, ...], counts: BoolImage) -> float:
    """Return the robust SD of the values that count; 0 where none does."""
    if not counts.any():
        return 0.0
    values = np.abs(
        np.concatenate([image[::SPARSE, ::SPARSE][counts[::SPARSE, ::SPARSE]] for image in images])
    )
    return float(np.median(values)) / MAD_OF_NORMAL if values.size else 0.0


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
    response = ridges(skin.detail, skin.interior, options)
    skeleton = np.asarray(skeletonize((response > options.grow) & skin.interior))  # type: ignore[no-untyped-call]
    count, pieces = cv2.connectedComponents(skeleton.astype(np.uint8), connectivity=8)
    side = 2 * round(options.end_mm * skin.px_per_mm) + 1
    near = cv2.dilate(response, np.ones((side, side), np.uint8))
    # A strong line is averaged over its own ends: it reaches as far as half of what it is.
    rows, columns = np.nonzero(skeleton & (response >= options.end_share * near))
    number = np.asarray(pieces[rows, columns], np.int32)
    length = _lengths(skeleton)[rows, columns] / skin.px_per_mm
    strong = response[rows, columns] > options.seed
    seeded = np.bincount(number, length * strong, minlength=count)
    extent = _extents(rows, columns, number, count) / skin.px_per_mm
    kept = ((extent >= options.min_length_mm) & (seeded >= options.seed_mm))[number]
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

    The detail, blurred by `read_mm` more, against its own mean over a Gaussian of `side_mm`.
    """
    read, sides = (
        cv2.GaussianBlur(skin.detail, (0, 0), blur * skin.px_per_mm)
        for blur in (options.read_mm, options.side_mm)
    )
    return sampled(np.asarray(sides - read, np.float32), xy[:, :1], xy[:, 1:], cv2.INTER_LINEAR)[:, 0]
