"""Maps of change on the aligned pair, one a quantity that sees places: fixed colours, clear inside the error."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from skincompare.comparison import Comparison
from skincompare.imaging.change_map import smoothed_where
from skincompare.marks import MetricMap
from skincompare.measurement import Change, Verdict
from skincompare.report.figures import (
    MAP_LIMIT_EI,
    change_map_rgba,
    colour_at,
    map_threshold,
    shrunk,
)
from skincompare.report.labels import format_number, is_measurable, quantity_label
from skincompare.report.map_layers import places_on_pair, values_at

__all__ = ["ChangeMap", "change_maps", "spread_of_unchanged"]

LONGEST_PX = 700
"""Longer side of a map, px: it is smooth, and is laid over the picture stretched."""
LEGEND_STEPS = 13
"""Colours of the legend, evenly spaced."""
SD_OF_MAD = 1.4826
"""Standard deviation over the median absolute deviation, of a normal distribution."""
TWO_SIDED_95 = 1.96
"""Standard deviations that hold 95 % of a normal distribution."""
LEAST_PLACES = 200
"""Fewest places that tell how far unchanged skin differs, px of the map [judgement]."""


@dataclass(frozen=True, eq=False)
class ChangeMap:
    """Where one quantity changed, laid over the before picture.

    Parameters
    ----------
    quantity, title : str
        Which quantity, and what a person reads.
    picture : ndarray of uint8, shape (h, w, 4)
        RGB and opacity; a reduction of the before picture.
    high, low : str
        The ends of the scale, with unit and meaning.
    note : str
        What stays grey.
    colours : tuple of str
        From low to high, as CSS.
    """

    quantity: str
    title: str
    picture: npt.NDArray[np.uint8]
    high: str
    low: str
    note: str
    colours: tuple[str, ...]


def change_maps(comparison: Comparison) -> tuple[ChangeMap, ...]:
    """Return the maps of change of a comparison.

    Parameters
    ----------
    comparison : Comparison
        Any; of a refused one there are none.

    Returns
    -------
    tuple of ChangeMap
        Redness first, then each quantity with maps of both photos. Redness is clear up to the smallest detectable
        change of a region. The others are clear up to 1.96 robust SD of what places of unchanged skin differ by: their
        regions' errors are of another unit than their places.
    """
    by_quantity: dict[str, list[Change]] = {}
    for one in comparison.changes:
        if one.before.map is not None and one.after.map is not None and is_measurable(one):
            by_quantity.setdefault(one.metric, []).append(one)
    redness = _redness(comparison)
    if not by_quantity:
        return redness
    places = places_on_pair(comparison, "before"), places_on_pair(comparison, "after")
    others = (_map_of(name, changes, places) for name, changes in by_quantity.items() if name != "redness")
    return (*redness, *others)


def _redness(comparison: Comparison) -> tuple[ChangeMap, ...]:
    change, threshold = comparison.redness_map, map_threshold(comparison)
    if change is None or math.isnan(threshold):
        return ()
    picture = shrunk(change_map_rgba(change, threshold), LONGEST_PX)
    return (
        ChangeMap(
            "redness",
            "Change of redness",
            picture,
            f"{format_number(MAP_LIMIT_EI, 0, signed=True)} EI, redder",
            f"{format_number(-MAP_LIMIT_EI, 0)} EI, less red",
            f"Grey: less than {format_number(threshold, 1)} EI, too little to tell, or no bare skin",
            _legend(MAP_LIMIT_EI),
        ),
    )


def _map_of(
    name: str, changes: Sequence[Change], places: tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]
) -> ChangeMap:
    shift = _shift(changes, places)
    calm = [one for one in changes if one.verdict is Verdict.NO_DETECTABLE_CHANGE]
    threshold = spread_of_unchanged(_shift(calm, places) if calm else shift)
    found = _maps(changes, "before")[0]
    limit = max(abs(found.low), abs(found.high))
    high, low = (format_number(value, 1, signed=True) for value in (limit, -limit))
    return ChangeMap(
        name,
        f"Change of {quantity_label(name)[:1].lower()}{quantity_label(name)[1:]}",
        change_map_rgba(shift, threshold, limit),
        f"{high}, more",
        f"{low}, less",
        f"In {found.unit}. Grey: less than {format_number(threshold, 1)}, as unchanged skin differs, or not seen",
        _legend(limit),
    )


def _shift(
    changes: Sequence[Change], places: tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]
) -> npt.NDArray[np.float32]:
    """Return after minus before at every place of the pair, smoothed; NaN where either says nothing."""
    before = values_at(_maps(changes, "before"), places[0])
    shift = values_at(_maps(changes, "after"), places[1]) - before
    return smoothed_where(np.isfinite(shift), shift)


def _maps(changes: Sequence[Change], side: str) -> list[MetricMap]:
    found = (one.before.map if side == "before" else one.after.map for one in changes)
    return [one for one in found if one is not None]


def spread_of_unchanged(shift: npt.NDArray[np.float32]) -> float:
    """Return the change of a place below which it is clear.

    Parameters
    ----------
    shift : ndarray of float32
        After minus before where nothing changed that can be told; NaN where nothing is known.

    Returns
    -------
    float
        1.96 robust SD (1.4826 times the median absolute deviation from nothing); NaN, which makes the whole map clear,
        with fewer than :data:`LEAST_PLACES` places.
    """
    known = shift[np.isfinite(shift)]
    if known.size < LEAST_PLACES:
        return math.nan
    return TWO_SIDED_95 * SD_OF_MAD * float(np.median(np.abs(known)))


def _legend(limit: float) -> tuple[str, ...]:
    colours = colour_at(np.linspace(-limit, limit, LEGEND_STEPS), limit)
    return tuple(f"rgb({red} {green} {blue})" for red, green, blue in colours.tolist())
