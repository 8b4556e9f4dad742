"""What untreated places say of the light: the shift of colour that each shows between the photos, and its error."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from skincompare.imaging.alignment import Alignment
from skincompare.imaging.blocks import block_values, standard_error
from skincompare.imaging.colour import ei_pair, luminance
from skincompare.imaging.pairing import PairedRegion
from skincompare.imaging.region_pixels import RegionPixels
from skincompare.imaging.sampling import FloatArray, sample
from skincompare.imaging.subject import Subject
from skincompare.imaging.tone_curve import ToneSamples

__all__ = [
    "SKIN_REFERENCES",
    "Reference",
    "ReferenceKind",
    "measure_reference",
    "reference_sd",
    "tone_samples",
]

SKIN_REFERENCES: Mapping[str, float] = MappingProxyType(
    {
        "forehead": 1.0,
        "nose": 1.0,
        "chin": 1.2,
        "left_temple": 1.5,
        "right_temple": 1.5,
        "left_cheek": 1.5,
        "right_cheek": 1.5,
        "neck": 1.9,
    }
)
"""SD of the difference between a region's own shift and the light, EI (measured on 102 people; cheeks as temples
[judgement]). These regions are references by themselves; the folds round eyes and mouth move with every smile."""
OTHER_REFERENCE_SD = 2.0
"""The same for any other region that a user names, EI [judgement]."""
SISTER_SD = 0.9
"""SD of the shift of v over that of u [judgement; between eight neutral and smiling pairs it was 1.1, 47 places]."""
UNKNOWN_BLOCK_ERROR = 1.0
"""Error of a reference with too few blocks to tell, EI [judgement]."""
MIN_BLOCK_PIXELS = 12
"""Fewest frame pixels that carry a block's median."""
MIN_REFERENCE_PIXELS = 200
"""Fewest frame pixels of a usable reference."""
MAX_TONE_PIXELS = 20_000
"""Most pixels of a region that are read for the tone curve (OpenCV looks up at most 32,766 in a row)."""
BRIGHTNESSES = 3
"""Parts of equal size, by brightness, into which a region is cut for the tone curve."""


class ReferenceKind(StrEnum):
    """What kind of place it is."""

    SKIN = "untreated skin"
    BYSTANDER = "no skin"


@dataclass(frozen=True, slots=True)
class Reference:
    """One untreated place and the shift it shows, after minus before, EI units.

    Parameters
    ----------
    name : str
        Of the place.
    u, v : float
        Shift of 100 log10(R/G) and 100 log10(G/B).
    sigma_u, sigma_v : float
        One standard deviation of each, by the scatter of its blocks and by how much such places vary by themselves.
    width_mm : float
        How wide it is; NaN when unknown.
    level : tuple of float
        u and v of the before photo.
    colour : tuple of float
        Median linear light of the after photo, RGB; NaN when it is not known.
    before_colour : tuple of float
        The same of the before photo.
    kind : ReferenceKind
        Skin counts before everything else.
    """

    name: str
    u: float
    v: float
    sigma_u: float
    sigma_v: float
    width_mm: float
    level: tuple[float, float] = (math.nan, math.nan)
    colour: tuple[float, float, float] = (math.nan, math.nan, math.nan)
    before_colour: tuple[float, float, float] = (math.nan, math.nan, math.nan)
    kind: ReferenceKind = ReferenceKind.SKIN


def reference_sd(name: str) -> float:
    """Return by how much the shift of a region of skin varies by itself, EI."""
    return SKIN_REFERENCES.get(name, OTHER_REFERENCE_SD)


def measure_reference(
    pair: PairedRegion, before: Subject, after: Subject, px_per_mm: float
) -> Reference | None:
    """Measure the shift that an untreated region shows.

    Parameters
    ----------
    pair : PairedRegion
        The region in both photos.
    before, after : Subject
        The photos.
    px_per_mm : float
        Scale of the before photo; NaN when unknown.

    Returns
    -------
    Reference or None
        None when too little of it can be counted.
    """
    if min(np.count_nonzero(side.mask) for side in (pair.before, pair.after)) < MIN_REFERENCE_PIXELS:
        return None
    level, first_blocks, before_colour = _medians(before, pair.before, pair.n_blocks)
    other, second_blocks, colour = _medians(after, pair.after, pair.n_blocks)
    spread = [_known(standard_error(axis)) for axis in (second_blocks - first_blocks).T]
    own = reference_sd(pair.name)
    return Reference(
        pair.name,
        float(other[0] - level[0]),
        float(other[1] - level[1]),
        math.hypot(spread[0], own),
        math.hypot(spread[1], SISTER_SD * own),
        float(np.ptp(pair.before_outline, axis=0).max() / px_per_mm),
        (float(level[0]), float(level[1])),
        (float(colour[0]), float(colour[1]), float(colour[2])),
        (float(before_colour[0]), float(before_colour[1]), float(before_colour[2])),
    )


def measure_level(name: str, pixels: RegionPixels, subject: Subject, n_blocks: int) -> Reference | None:
    """Measure the level of an untreated region of a single photo.

    Parameters
    ----------
    name : str
        Of the region.
    pixels : RegionPixels
        What counts of it.
    subject : Subject
        The photo.
    n_blocks : int
        How many block numbers there are.

    Returns
    -------
    Reference or None
        Its `u` and `v` are the levels themselves, not shifts. None when too little of it can be counted.
    """
    if np.count_nonzero(pixels.mask) < MIN_REFERENCE_PIXELS:
        return None
    level, blocks, _ = _medians(subject, pixels, n_blocks)
    spread = [_known(standard_error(axis)) for axis in blocks.T]
    own = reference_sd(name)
    return Reference(
        name,
        float(level[0]),
        float(level[1]),
        math.hypot(spread[0], own),
        math.hypot(spread[1], SISTER_SD * own),
        math.nan,
    )


def tone_samples(
    pair: PairedRegion, before: Subject, after: Subject, alignment: Alignment
) -> ToneSamples | None:
    """Return the light of the same skin in both photos, by thirds of its brightness.

    Parameters
    ----------
    pair : PairedRegion
        An untreated region.
    before, after : Subject
        The photos, as they were taken.
    alignment : Alignment
        Aligned, before to after.

    Returns
    -------
    ToneSamples or None
        None when too little of the region can be counted.
    """
    rows, columns = np.nonzero(pair.before.mask)
    if rows.size < MIN_REFERENCE_PIXELS:
        return None
    step = math.ceil(rows.size / MAX_TONE_PIXELS)
    rows, columns = rows[::step], columns[::step]
    own = pair.before.cut(before.frame.linear)[rows, columns]
    places = pair.before.cut(alignment.field)[rows, columns]
    other = sample(after.frame.linear, places[None])[0]
    bright = luminance(own)
    limits = np.quantile(bright, np.linspace(0, 1, BRIGHTNESSES + 1)[1:-1])
    third = np.searchsorted(limits, bright)
    medians = [
        (np.median(own[third == part], axis=0), np.median(other[third == part], axis=0))
        for part in range(BRIGHTNESSES)
        if np.any(third == part)
    ]
    return ToneSamples(
        np.array([first for first, _ in medians], np.float64),
        np.array([second for _, second in medians], np.float64),
    )


def _medians(
    subject: Subject, pixels: RegionPixels, n_blocks: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the median (u, v) of a region, those of its blocks, shape (n_blocks, 2), and its median colour."""
    linear = pixels.cut(subject.frame.linear)[pixels.mask]
    pair = ei_pair(linear)
    numbers = pixels.blocks[pixels.mask]
    by_block = [block_values(one, numbers, n_blocks, MIN_BLOCK_PIXELS, _median) for one in pair]
    colour = np.median(linear, axis=0).astype(np.float64)
    return np.array([_median(one) for one in pair]), np.column_stack(by_block), colour


def _known(error: float) -> float:
    return UNKNOWN_BLOCK_ERROR if math.isnan(error) else error


def _median(values: npt.NDArray[np.float32]) -> float:
    return float(np.median(values))
