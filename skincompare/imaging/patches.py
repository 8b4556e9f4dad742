"""The skin that a metric sees: one region of one photo, in its own pixels, with what may be counted."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from skincompare.errors import OptionError
from skincompare.imaging.scale import Scale
from skincompare.measurement import Flag

__all__ = ["LightShift", "SkinPatch"]

FloatImage = npt.NDArray[np.float32]
BoolImage = npt.NDArray[np.bool_]


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
    """

    u: float
    v: float
    sigma_u: float
    sigma_v: float
    covariance: float = 0.0
    level_u: float = math.nan

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
        return int(np.count_nonzero(self.mask))

    @property
    def area_cm2(self) -> float:
        """Counted area on the skin, cm2; NaN when the scale is unknown."""
        return self.n_pixels / self.scale.px_per_mm**2 / 100
