"""The skin that a metric sees: one region of one photo, or of both, in its own pixels, with what may be counted.

What several metrics need of a patch (logarithms, noise, blur) is made once, when first asked for, and goes with it.
"""

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import RLock
from typing import Any, TypeVar, cast

import cv2
import numpy as np
import numpy.typing as npt

from skincompare.errors import OptionError
from skincompare.imaging.colour import DARKEST, luminance
from skincompare.imaging.scale import Scale
from skincompare.imaging.sharpness import blur_sigma
from skincompare.measurement import Flag

__all__ = ["LightShift", "PatchPair", "PointMap", "SkinPatch", "crop_to_mask"]

FloatArray = npt.NDArray[np.float64]
FloatImage = npt.NDArray[np.float32]
BoolImage = npt.NDArray[np.bool_]
PointMap = Callable[[FloatArray], FloatArray]
"""Takes points (N, 2) of one picture to another."""
Made = TypeVar("Made")
STRETCH_STEP_MM = 2.0
"""Half of the distance over which the local stretch of a pair is told, mm: wide against the error of the alignment,
narrow against the curvature of a cheek [judgement]."""
STRETCH_DECIMALS = 6
"""Decimals of the local stretch: two equal photos are not stretched at all."""


@dataclass(frozen=True, slots=True)
class LightShift:
    """What the light alone did to the colour of this photo, against the before photo.

    Parameters
    ----------
    u, v : float
        Shift of 100 log10(R/G) and 100 log10(G/B) that untreated skin shows, EI units; subtracted from the
        photo's own values. 0 for the before photo; NaN when there is no reference.
    sigma_u, sigma_v : float
        One standard deviation of each; NaN when unknown.
    covariance : float
        Of the two errors, EI units squared.
    level_u : float
        u of the untreated skin in the before photo, to which local redness is compared; NaN when unknown.
    level_sigma_u : float
        One standard deviation of `level_u`. 0 in a pair: both photos are compared with one level.
    """

    u: float
    v: float
    sigma_u: float
    sigma_v: float
    covariance: float = 0.0
    level_u: float = math.nan
    level_sigma_u: float = 0.0

    def sigma_of(self, weights: tuple[float, float]) -> float:
        """Return one standard deviation of ``weights[0] u + weights[1] v``; NaN when unknown."""
        along, across = weights
        variance = (along * self.sigma_u) ** 2 + (across * self.sigma_v) ** 2
        return math.sqrt(max(variance + 2 * along * across * self.covariance, 0.0))


@dataclass(frozen=True, eq=False)
class SkinPatch:
    """One region of one photo: pixels, and which of them count.

    Parameters
    ----------
    region : str
        Name of the region.
    photo_sha256 : str
        Which photo.
    linear : ndarray of float32, shape (height, width, 3)
        The photo's own pixels round the region, linear light in [0, 1], RGB. Never resampled.
    mask : ndarray of bool, shape (height, width)
        True where a pixel counts: inside the region, skin, clipped in neither photo at the aligned place.
    scale : Scale
        Pixels in a millimetre of `linear`, with its error; NaN when unknown.
    coarse_linear : ndarray of float32, shape (h, w, 3)
        The same skin, area-averaged in linear light: for colour, where single pixels do not matter.
    coarse_mask : ndarray of bool, shape (h, w)
        What counts of `coarse_linear`.
    coarse_blocks : ndarray of int32, shape (h, w)
        Number of the block of skin (about 8 mm wide) that a pixel lies in; the same number is the same skin
        in both photos of a pair. -1 outside the mask.
    n_blocks : int
        How many block numbers there are.
    light : LightShift
        What to subtract from the colour of this photo.
    flags : tuple of Flag
        Circumstances of this region in this pair.
    corner : tuple of int
        Where the first pixel of `linear` lies in the photo: x, y.
    normal : tuple of float, optional
        Mean direction in which the skin faces, by the face mesh: a unit vector (right, down, towards the camera).
        None where no mesh tells it.
    """

    region: str
    photo_sha256: str
    linear: FloatImage
    mask: BoolImage
    scale: Scale
    coarse_linear: FloatImage
    coarse_mask: BoolImage
    coarse_blocks: npt.NDArray[np.int32]
    n_blocks: int
    light: LightShift
    flags: tuple[Flag, ...] = ()
    corner: tuple[int, int] = (0, 0)
    normal: tuple[float, float, float] | None = None
    _memory: "_Memory" = field(default_factory=lambda: _Memory(), init=False, repr=False)

    def __post_init__(self) -> None:
        if self.linear.shape[:2] != self.mask.shape or self.linear.shape[2:] != (3,):
            raise OptionError(
                f"Linear pixels of shape {self.linear.shape} do not fit a mask of shape {self.mask.shape}."
            )
        coarse = self.coarse_linear.shape[:2]
        if coarse != self.coarse_mask.shape or coarse != self.coarse_blocks.shape:
            raise OptionError("The coarse pixels, their mask and their blocks must have one shape.")

    @property
    def n_pixels(self) -> int:
        """Native pixels that count."""
        return self.remembered("number of pixels", lambda: int(np.count_nonzero(self.mask)))

    @property
    def area_cm2(self) -> float:
        """Counted area on the skin, cm2; NaN when the scale is unknown."""
        return self.n_pixels / self.scale.px_per_mm**2 / 100

    def log_light(self, channel: int) -> FloatImage:
        """Natural logarithm of one channel of `linear`, (height, width); nothing is darker than half a grey level."""

        def make() -> FloatImage:
            light = np.maximum(cv2.extractChannel(self.linear, channel), np.float32(DARKEST))
            return np.asarray(cv2.log(light, light), np.float32)

        return self.remembered(("log", channel), make)

    @property
    def density(self) -> FloatImage:
        """Optical density -log10(Y) of the native pixels, shape (height, width)."""

        def make() -> FloatImage:
            light = np.maximum(luminance(self.linear), np.float32(DARKEST))
            return np.asarray(cv2.log(light, light) * np.float32(-1 / math.log(10)), np.float32)

        return self.remembered("density", make)

    @property
    def box(self) -> tuple[slice, slice]:
        """Rows and columns of the smallest box that holds all that counts; empty when nothing does."""
        return self.remembered("box", lambda: crop_to_mask(self.mask))

    @property
    def blur_px(self) -> float:
        """Blur of the photo on this skin (sigma), native px; NaN when unknown."""
        return self.remembered("blur", lambda: blur_sigma(self.log_light(1)[self.box], self.mask[self.box]))

    @property
    def median_colour(self) -> FloatArray:
        """Median linear light of the coarse pixels that count, shape (3,), RGB; NaN where nothing does."""

        def make() -> FloatArray:
            counted = self.coarse_linear[self.coarse_mask]
            return np.median(counted, axis=0).astype(np.float64) if len(counted) else np.full(3, np.nan)

        return self.remembered("median colour", make)

    def to_photo(self, xy: FloatArray) -> FloatArray:
        """Bring native pixels of the patch, shape (N, 2), to the photo."""
        return np.asarray(xy, np.float64) + self.corner

    def remembered(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what was made under a key, making it the first time: one photo's list serves the paired change."""
        return self._memory.get(key, make)


def crop_to_mask(mask: BoolImage) -> tuple[slice, slice]:
    """Return the (rows, columns) of the smallest box that holds every True of `mask`; empty when none is."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return slice(0, 0), slice(0, 0)
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


class PatchPair:
    """The same region of both photos.

    The two patches are made when they are first asked for and can be released; what is remembered of the pair stays.
    Safe to share between threads.

    Parameters
    ----------
    make : callable
        Returns the patches of the before and the after photo.
    to_after, to_before : callable
        Take native pixels (N, 2) of one patch to the other, along the alignment.
    """

    def __init__(
        self,
        make: Callable[[], tuple[SkinPatch, SkinPatch]],
        to_after: PointMap,
        to_before: PointMap,
    ) -> None:
        self._make = make
        self._made: tuple[SkinPatch, SkinPatch] | None = None
        self._lock = RLock()
        self._memory = _Memory()
        self._maps = to_after, to_before

    @property
    def patches(self) -> tuple[SkinPatch, SkinPatch]:
        """Both patches."""
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made

    @property
    def before(self) -> SkinPatch:
        """The region of the before photo."""
        return self.patches[0]

    @property
    def after(self) -> SkinPatch:
        """The region of the after photo."""
        return self.patches[1]

    def to_after(self, xy: npt.ArrayLike) -> FloatArray:
        """Take native pixels (N, 2) of the before patch to those of the after patch; they may lie outside it."""
        return self._maps[0](np.asarray(xy, np.float64).reshape(-1, 2))

    def to_before(self, xy: npt.ArrayLike) -> FloatArray:
        """Take native pixels (N, 2) of the after patch to those of the before patch."""
        return self._maps[1](np.asarray(xy, np.float64).reshape(-1, 2))

    def stretch_at(self, xy: npt.ArrayLike) -> FloatArray:
        """Return by how much wider the after photo shows the skin than the scales of the two photos say.

        A head that turned shows the skin of one side wider and of the other narrower, although the scale of the photo
        stays: lengths that are compared at one place are divided by this.

        Parameters
        ----------
        xy : array_like, shape (N, 2)
            Places in the before patch, native px.

        Returns
        -------
        ndarray of float64, shape (N,)
            Square root of the ratio of areas; 1 where the alignment does not tell, or where a scale is unknown.
        """
        places = np.asarray(xy, np.float64).reshape(-1, 2)
        before, after = (patch.scale.px_per_mm for patch in self.patches)
        step = STRETCH_STEP_MM * before
        sides = [self.to_after(places + move) for move in ((step, 0), (-step, 0), (0, step), (0, -step))]
        across, down = (sides[0] - sides[1]) / (2 * step), (sides[2] - sides[3]) / (2 * step)
        area = np.abs(across[:, 0] * down[:, 1] - across[:, 1] * down[:, 0])
        found = np.round(np.sqrt(area) * before / after, STRETCH_DECIMALS)
        return np.where(np.isfinite(found) & (found > 0), found, 1.0)

    def remembered(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what was made of this pair under a key, making it the first time; keep small things only."""
        return self._memory.get(key, make)

    def release(self) -> None:
        """Let go of the pixels; they are made again if someone asks."""
        with self._lock:
            self._made = None


class _Memory:
    """Results by key, each made once even when two threads ask."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, Any] = {}
        self._lock = RLock()

    def get(self, key: Hashable, make: Callable[[], Made]) -> Made:
        with self._lock:
            if key not in self._kept:
                self._kept[key] = make()
            return cast(Made, self._kept[key])
