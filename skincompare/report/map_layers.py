"""Maps of what a metric saw, on the aligned pair: the same fixed colours on both pictures, for eyes only."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from skincompare.comparison import Comparison
from skincompare.imaging.mirroring import Side
from skincompare.marks import MetricMap
from skincompare.measurement import Change, Verdict
from skincompare.report.figures import MAX_ALPHA, colour_at
from skincompare.report.labels import (
    VERDICT_WORDS,
    capitalised,
    format_number,
    is_measurable,
    joined,
    quantity_label,
    region_label,
)

__all__ = ["MapLayer", "map_layers", "map_rgba", "places_on_pair", "scale_colours", "values_at"]

Picture = npt.NDArray[np.uint8]

LONGEST_PX = 480
"""Longer side of a map on the pair, px: the maps are smooth, and are laid over the picture stretched."""
MAX_NAMED = 4
"""Most regions that a sentence names one by one."""
LEGEND_STEPS = 9
"""Colours of a legend, evenly spaced."""
SEQUENCE = ((0, 32, 77), (66, 77, 108), (124, 123, 120), (188, 175, 111), (255, 234, 70))
"""From nothing to much, sRGB: cividis (Nuñez, Anderton & Renslow 2018, doi:10.1371/journal.pone.0199239), which
colour-blind people read as others do."""


@dataclass(frozen=True, eq=False)
class MapLayer:
    """The maps of one quantity on the aligned pair.

    Parameters
    ----------
    quantity, label : str
        Which quantity, and what a person reads.
    sentences : tuple of str
        The verdicts, each with its regions.
    pictures : mapping of str to ndarray of uint8, shape (h, w, 4)
        RGB and opacity over the before and over the after picture, of which they are reductions.
    low, high : str
        The ends of the scale, with its unit.
    colours : tuple of str
        From low to high, as CSS.
    is_faint : bool
        Whether all its changes are inside their error.
    """

    quantity: str
    label: str
    sentences: tuple[str, ...]
    pictures: MappingProxyType[Side, Picture]
    low: str
    high: str
    colours: tuple[str, ...]
    is_faint: bool


def map_layers(comparison: Comparison) -> tuple[MapLayer, ...]:
    """Return the maps of every quantity that has some in both photos, as they lie in the aligned pictures.

    Parameters
    ----------
    comparison : Comparison
        Any comparison; of a refused one there are none.

    Returns
    -------
    tuple of MapLayer
        Changes that are not measurable are left out.
    """
    by_quantity: dict[str, list[Change]] = {}
    for one in comparison.changes:
        if one.before.map is not None and one.after.map is not None and is_measurable(one):
            by_quantity.setdefault(one.metric, []).append(one)
    if not by_quantity:
        return ()
    places = {"before": places_on_pair(comparison, "before"), "after": places_on_pair(comparison, "after")}
    return tuple(
        _layer(name, changes, (places["before"], places["after"])) for name, changes in by_quantity.items()
    )


def _layer(
    name: str, changes: Sequence[Change], places: tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]
) -> MapLayer:
    before = [one.before.map for one in changes if one.before.map is not None]
    after = [one.after.map for one in changes if one.after.map is not None]
    pictures: dict[Side, Picture] = {"before": _seen(before, places[0]), "after": _seen(after, places[1])}
    found = before[0]
    low, high = (format_number(value, 1) for value in (found.low, found.high))
    return MapLayer(
        name,
        f"{quantity_label(name)}, map",
        _sentences(changes),
        MappingProxyType(pictures),
        low,
        f"{high} {found.unit}",
        scale_colours(found),
        all(one.verdict is Verdict.NO_DETECTABLE_CHANGE for one in changes),
    )


def _sentences(changes: Sequence[Change]) -> tuple[str, ...]:
    """Return the verdicts, each once with its regions."""
    regions: dict[Verdict, list[str]] = {}
    for one in changes:
        regions.setdefault(one.verdict, []).append(region_label(one.region))
    return tuple(
        f"{capitalised(VERDICT_WORDS[verdict])} on "
        + (f"the {joined(names)}." if len(names) <= MAX_NAMED else f"{len(names)} regions.")
        for verdict, names in regions.items()
    )


def places_on_pair(comparison: Comparison, side: Side) -> npt.NDArray[np.float64]:
    """Return where in its photo each pixel of a map on the pair lies, shape (h, w, 2), px.

    Parameters
    ----------
    comparison : Comparison
        Aligned.
    side : {"before", "after"}
        Which photo.
    """
    frame = comparison.before.frame
    height, width = frame.shape
    scale = min(1.0, LONGEST_PX / max(height, width))
    size = max(1, round(height * scale)), max(1, round(width * scale))
    rows = (np.arange(size[0]) + 0.5) * height / size[0] - 0.5
    columns = (np.arange(size[1]) + 0.5) * width / size[1] - 0.5
    if side == "before":
        there = np.stack(np.meshgrid(columns, rows), axis=-1)
        return frame.to_photo(there)
    nearest = np.ix_(np.rint(rows).astype(int), np.rint(columns).astype(int))
    return comparison.after.frame.to_photo(comparison.alignment.field[nearest].astype(np.float64))


def _seen(maps: Sequence[MetricMap], places: npt.NDArray[np.float64]) -> Picture:
    """Return maps in their colours at places of the photo, (h, w, 2); clear where none says anything."""
    return map_rgba(replace(maps[0], values=values_at(maps, places)))


def values_at(maps: Sequence[MetricMap], places: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """Return what the maps of one photo say at places of it.

    Parameters
    ----------
    maps : sequence of MetricMap
        Of several regions; the later one wins where they overlap.
    places : ndarray of float64, shape (h, w, 2)
        In the photo, px.

    Returns
    -------
    ndarray of float32, shape (h, w)
        In the unit of the maps; NaN where none says anything.
    """
    values = np.full(places.shape[:2], np.nan, np.float32)
    x, y = places[..., 0], places[..., 1]
    for found in maps:
        height, width = found.values.shape
        left, top = found.left - 0.5, found.top - 0.5  # edges of the first pixel, not its centre
        inside = (x >= left) & (x < left + width * found.step) & (y >= top) & (y < top + height * found.step)
        columns = ((x[inside] - left) / found.step).astype(np.intp).clip(0, width - 1)
        rows = ((y[inside] - top) / found.step).astype(np.intp).clip(0, height - 1)
        own = found.values[rows, columns]
        values[inside] = np.where(np.isnan(own), values[inside], own)
    return values


def map_rgba(found: MetricMap) -> Picture:
    """Return a metric's map as a see-through picture in its fixed colours.

    Parameters
    ----------
    found : MetricMap
        The map; NaN is fully transparent.

    Returns
    -------
    ndarray of uint8, shape (height, width, 4)
        RGB and opacity. A scale that goes both ways is blue to red and clear in its middle; one that begins at nothing
        is blue to yellow and clear at its beginning: the less a place says, the more of the photo is seen.
    """
    values = np.nan_to_num(found.values, nan=min(max(0.0, found.low), found.high)).astype(np.float64)
    if found.low < 0 < found.high:
        limit = max(-found.low, found.high)
        share = np.abs(values) / limit
        colours = colour_at(values, limit)
    else:
        share = (values - found.low) / (found.high - found.low)
        stops = np.linspace(0, 1, len(SEQUENCE))
        channels = [np.interp(share, stops, [stop[axis] for stop in SEQUENCE]) for axis in range(3)]
        colours = np.rint(np.stack(channels, axis=-1)).astype(np.uint8)
    opacity = np.where(np.isnan(found.values), 0, MAX_ALPHA * np.clip(share, 0, 1))
    return np.dstack((colours, np.rint(opacity).astype(np.uint8)))


def scale_colours(found: MetricMap) -> tuple[str, ...]:
    """Return the colours of a map's fixed scale from its low to its high end, as CSS."""
    values = np.linspace(found.low, found.high, LEGEND_STEPS, dtype=np.float32)[None]
    drawn = map_rgba(replace(found, values=values))[0]
    return tuple(
        f"rgb({red} {green} {blue} / {alpha / 255:.2f})" for red, green, blue, alpha in drawn.tolist()
    )
