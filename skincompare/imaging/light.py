"""What the light alone did to the colour of the after photo, told from untreated skin.

White balance and light shift u = 100 log10(R/G) and v = 100 log10(G/B) of all skin by the same amount; what
untreated regions show is therefore the light, and the rest is the skin. Several references are weighed by their
own block error and by how much such a region varies by itself; how far they disagree widens the error.

The sigma here is generous: the fit of the tone curve and the calibration of the errors are not done yet.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from skincompare.imaging.blocks import block_values, standard_error
from skincompare.imaging.colour import ei_pair
from skincompare.imaging.pairing import PairedRegion, RegionPixels
from skincompare.imaging.patches import LightShift
from skincompare.imaging.subject import Subject
from skincompare.measurement import Effect, Flag

__all__ = [
    "NO_LIGHT",
    "OWN_REFERENCE",
    "REFERENCE_SD",
    "SAME_LIGHT",
    "SIGMA_NOTE",
    "Light",
    "LightRung",
    "Reference",
    "measure_reference",
    "weigh_references",
]

FloatArray = npt.NDArray[np.float64]

REFERENCE_SD: Mapping[str, float] = MappingProxyType(
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
HUBER = 1.5
"""Standardised residual from which a reference is weighed down (Huber 1964, doi:10.1214/aoms/1177703732)."""
SEVERAL_FLOOR, ONE_FLOOR = 0.9, 1.7
"""Least SD of the light shift by several and by one reference, EI (measured: 0.8-1.0 and 1.1-2.2)."""
SIGMA_NOTE = "stated on the generous side: it is not calibrated yet"
"""What is said of the error of the light."""
MAX_DISAGREEMENT_EI = 8.0
"""Range of the references' shifts beyond which no change of colour can be told (untouched: 95 % below 3.6)."""
UNKNOWN_BLOCK_ERROR = 1.0
"""Error of a reference with too few blocks to tell, EI [judgement]."""
MIN_BLOCK_PIXELS = 12
"""Fewest frame pixels that carry a block's median."""
MIN_REFERENCE_MM = 20.0
"""Width from which a single reference is large enough, mm."""
MIN_REFERENCE_PIXELS = 200
"""Fewest frame pixels of a usable reference."""


class LightRung(StrEnum):
    """By what the light was told."""

    SEVERAL_REGIONS = "several untreated regions"
    ONE_REGION = "one untreated region"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Reference:
    """One untreated region and the shift it shows, after minus before, EI units."""

    name: str
    u: float
    v: float
    sigma_u: float
    sigma_v: float
    width_mm: float


@dataclass(frozen=True, slots=True)
class Light:
    """What the light did between the two photos.

    Parameters
    ----------
    rung : LightRung
        By what it was told.
    shift : LightShift
        To subtract from the after photo; NaN when nothing tells it.
    references : tuple of str
        Regions used.
    disagreement : float
        Range of the references' u shifts, EI; 0 for one, NaN for none.
    flags : tuple of Flag
        Circumstances.
    """

    rung: LightRung
    shift: LightShift
    references: tuple[str, ...]
    disagreement: float
    flags: tuple[Flag, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Return plain values for JSON; NaN becomes None."""
        return {
            "rung": self.rung.value,
            "references": list(self.references),
            "sigma_note": SIGMA_NOTE,
            **{
                name: None if math.isnan(value) else value
                for name, value in (
                    ("shift_ei", self.shift.u),
                    ("sigma_ei", self.shift.sigma_u),
                    ("disagreement_ei", self.disagreement),
                )
            },
            "flags": [flag.to_dict() for flag in self.flags],
        }


SAME_LIGHT = LightShift(0.0, 0.0, 0.0, 0.0)
"""The before photo's own light: what all colours are brought to."""
NO_LIGHT = Light(
    LightRung.NOTHING,
    LightShift(math.nan, math.nan, math.nan, math.nan),
    (),
    math.nan,
    (
        Flag(
            "no_reference",
            "No untreated skin is named, and the colour of the light is not known.",
            "Name skin that was not treated, such as the forehead; on a close-up, draw one beside the treated place.",
            Effect.NOT_MEASURABLE,
        ),
    ),
)
"""Without a reference the light is unknown, and no change of colour can be told."""
OWN_REFERENCE = Flag(
    "own_reference",
    "This is the only untreated region: it tells what the light did, so it has no change of its own.",
    "Name a second untreated region to have this one checked as well.",
    Effect.NOT_MEASURABLE,
)
"""Why the only reference has no change of colour itself."""


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
    first, first_blocks = _medians(before, pair.before, pair.n_blocks)
    second, second_blocks = _medians(after, pair.after, pair.n_blocks)
    shift = second - first
    spread = [_known(standard_error(axis)) for axis in (second_blocks - first_blocks).T]
    own = REFERENCE_SD.get(pair.name, OTHER_REFERENCE_SD)
    return Reference(
        pair.name,
        float(shift[0]),
        float(shift[1]),
        math.hypot(spread[0], own),
        math.hypot(spread[1], own),
        float(np.ptp(pair.before_outline, axis=0).max() / px_per_mm),
    )


def _medians(subject: Subject, pixels: RegionPixels, n_blocks: int) -> tuple[FloatArray, FloatArray]:
    """Return the median (u, v) of a region, shape (2,), and of each of its blocks, shape (n_blocks, 2)."""
    pair = ei_pair(pixels.cut(subject.frame.linear)[pixels.mask])
    numbers = pixels.blocks[pixels.mask]
    by_block = [block_values(one, numbers, n_blocks, MIN_BLOCK_PIXELS, _median) for one in pair]
    return np.array([_median(one) for one in pair]), np.column_stack(by_block)


def _known(error: float) -> float:
    return UNKNOWN_BLOCK_ERROR if math.isnan(error) else error


def _median(values: npt.NDArray[np.float32]) -> float:
    return float(np.median(values))


def weigh_references(references: Sequence[Reference]) -> Light:
    """Combine the references to one shift of the light.

    Parameters
    ----------
    references : sequence of Reference
        Untreated regions; may be empty.

    Returns
    -------
    Light
        The robust weighted mean, with its error.
    """
    if not references:
        return NO_LIGHT
    shifts = np.array([(one.u, one.v) for one in references])
    sigmas = np.array([(one.sigma_u, one.sigma_v) for one in references])
    (u, sigma_u), (v, sigma_v) = (_robust_mean(shifts[:, axis], sigmas[:, axis]) for axis in (0, 1))
    several = len(references) > 1
    floor = SEVERAL_FLOOR if several else ONE_FLOOR
    disagreement = float(np.ptp(shifts[:, 0]))
    return Light(
        LightRung.SEVERAL_REGIONS if several else LightRung.ONE_REGION,
        LightShift(u, v, max(sigma_u, floor), max(sigma_v, floor)),
        tuple(one.name for one in references),
        disagreement,
        tuple(_flags(references, disagreement)),
    )


def _robust_mean(values: FloatArray, sigmas: FloatArray) -> tuple[float, float]:
    """Huber-weighted mean and its error, widened where the values disagree more than their errors allow."""
    weights = 1 / sigmas**2
    mean = float(np.average(values, weights=weights))
    for _ in range(20):
        rest = np.abs(values - mean) / sigmas
        trusted = weights * np.minimum(1, HUBER / np.maximum(rest, 1e-9))
        mean = float(np.average(values, weights=trusted))
    excess = 1.0
    if len(values) > 1:
        excess = max(1.0, float(np.sum(trusted * (values - mean) ** 2)) / (len(values) - 1))
    return mean, math.sqrt(excess / float(trusted.sum()))


def _flags(references: Sequence[Reference], disagreement: float) -> list[Flag]:
    flags = []
    if disagreement > MAX_DISAGREEMENT_EI:
        flags.append(
            Flag(
                "references_disagree",
                f"The untreated regions changed colour by amounts that differ by {disagreement:.1f} EI.",
                "Use one even light from the front, and name only skin that was not treated.",
                Effect.NOT_MEASURABLE,
            )
        )
    if len(references) == 1 and references[0].width_mm < MIN_REFERENCE_MM:
        flags.append(
            Flag(
                "small_reference",
                f"The only untreated region is {references[0].width_mm:.0f} mm wide.",
                f"Name more untreated skin, at least {MIN_REFERENCE_MM:.0f} mm across.",
                Effect.WIDER_ERROR,
            )
        )
    return flags
