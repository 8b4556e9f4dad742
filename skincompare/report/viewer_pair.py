"""What the viewer is fed with: the aligned pictures, the map and the outlines of one comparison, encoded once."""

from collections.abc import Callable
from typing import Any

import numpy as np

from skincompare.comparison import Comparison
from skincompare.imaging.colour import srgb_from_linear
from skincompare.imaging.mirroring import is_flipped
from skincompare.imaging.subject import Subject
from skincompare.marks import MarkState
from skincompare.report import words
from skincompare.report.change_maps import ChangeMap, change_maps
from skincompare.report.figures import (
    MAP_LIMIT_EI,
    change_map_picture,
    colour_at,
    data_uri,
    encode_jpeg,
    encode_webp,
    map_threshold,
    outline_in_picture,
    shrunk,
)
from skincompare.report.map_layers import MapLayer
from skincompare.report.mark_layers import STATE_STYLES, MarkLayer, path_data
from skincompare.report.overlays import Overlays, overlays_of

__all__ = ["Keep", "viewer_pair", "with_full", "with_notes"]

Keep = Callable[[str, bytes, str], str]
"""Takes a picture's name, bytes and media type, puts them somewhere, and returns the address to show them from."""

LONGEST_PX = 1400
"""Longer side of the pictures on a page, px."""
LEGEND_STEPS = 13
"""Colours of the legend, evenly spaced."""
GRID_STEPS = 64
"""Steps of the alignment's grid across the picture's longer side, for the after photo at full resolution: between its
corners 95 % of the skin lies within 1.2 px of where the alignment has it (four pairs of real faces)."""
GRID_PER_PX = 2
"""Units of the grid's numbers in a pixel of the after photo: half pixels keep them short."""


def viewer_pair(
    comparison: Comparison, overlays: Overlays | None = None, keep: Keep | None = None
) -> dict[str, Any]:
    """Encode what the viewer shows of a comparison.

    Parameters
    ----------
    comparison : Comparison
        Aligned, or refused: then both photos are shown as they are, side by side.
    overlays : Overlays, optional
        Its marks and maps, where they were made already.
    keep : callable, optional
        Where the pictures go; by default into the result itself, as data addresses.

    Returns
    -------
    dict
        Plain values: addresses of JPEGs, sizes in px, outlines as shares of width and height. ``place`` of a picture
        is what it shows of its photo as it is stored: left, top, width and height, px from the photo's corner, with a
        negative width where the photo was flipped. ``full`` tells how the photos themselves lie under the pictures;
        :func:`with_full` adds their addresses.
    """
    put = keep or _inline
    before, after = comparison.aligned_pair
    found = overlays or overlays_of(comparison)
    return {
        "aligned": comparison.alignment.is_aligned,
        "before": _picture(put, "before", before, "Before") | _place(comparison.before),
        "after": _picture(put, "after", after, "After") | _own_place(comparison),
        "original": _original(put, comparison),
        "matched": _matched(put, comparison),
        "map": _map(put, comparison),
        "maps": [_change_map(put, one) for one in change_maps(comparison)],
        "full": _full(comparison),
        "marks": [
            *(_marks(layer, max(before.shape[:2])) for layer in found.marks),
            *(_mapped(put, number, layer) for number, layer in enumerate(found.maps)),
        ],
        "regions": _regions(comparison, (before.shape[1], before.shape[0])),
    }


def with_notes(pair: dict[str, Any], before: str, after: str) -> dict[str, Any]:
    """Return the pair with a few words on each picture: its date, its day."""
    return {
        **pair,
        "before": {**pair["before"], "note": before},
        "after": {**pair["after"], "note": after},
    }


def with_full(pair: dict[str, Any], before: str, after: str) -> dict[str, Any]:
    """Return the pair with the addresses of both whole photos, parts of which are had from ``ADDRESS/crop?...``.

    Parameters
    ----------
    pair : dict
        As :func:`viewer_pair` made it; one that has no ``full`` is returned as it is.
    before, after : str
        Addresses; an empty one leaves that photo as it is.
    """
    return {**pair, "full": {**pair["full"], "before": before, "after": after}} if pair.get("full") else pair


def _inline(_name: str, data: bytes, kind: str) -> str:
    return data_uri(data, kind)


def _picture(put: Keep, name: str, pixels: Any, title: str) -> dict[str, Any]:
    small = shrunk(pixels, LONGEST_PX)
    return {
        "src": put(name, encode_jpeg(small), "image/jpeg"),
        "width": small.shape[1],
        "height": small.shape[0],
        "title": title,
        "note": "",
    }


def _place(subject: Subject) -> dict[str, list[float]]:
    """Return what the picture of a frame shows of its photo as it is stored."""
    left, top, width, height = _extent(subject)
    if is_flipped(subject.photo):
        left, width = subject.photo.width - left, -width
    return {"place": [round(one, 2) for one in (left, top, width, height)]}


def _extent(subject: Subject) -> tuple[float, float, float, float]:
    """Return left, top, width and height of a frame in its photo, px from the photo's corner."""
    frame = subject.frame
    return frame.left, frame.top, frame.shape[1] / frame.factor, frame.shape[0] / frame.factor


def _own_place(comparison: Comparison) -> dict[str, list[float]]:
    """Return the place of the after picture, where it was not moved."""
    return {} if comparison.alignment.is_aligned else _place(comparison.after)


def _original(put: Keep, comparison: Comparison) -> dict[str, Any] | None:
    """Return the after photo as it was taken, where the after picture is another one."""
    if not comparison.alignment.is_aligned:
        return None
    pixels = srgb_from_linear(comparison.after.frame.linear)
    return _picture(put, "original", pixels, "After, not moved") | _place(comparison.after)


def _full(comparison: Comparison) -> dict[str, Any] | None:
    """Return how the photos lie under the pictures, for cuts at full resolution; none of a flipped photo."""
    before, after = comparison.before.photo, comparison.after.photo
    if is_flipped(before) or is_flipped(after):
        return None
    return {
        "width": before.width,
        "height": before.height,
        "place": [round(one, 2) for one in _extent(comparison.before)],
        "after_width": after.width,
        "after_height": after.height,
        "grid": _grid(comparison) if comparison.alignment.is_aligned else None,
    }


def _grid(comparison: Comparison) -> dict[str, Any]:
    """Return where places of the before picture lie in the after photo, row by row.

    ``steps`` holds x and y of each place by turns, as the difference from the place before it, in half pixels from the
    photo's corner: whole numbers of a digit or two.
    """
    left, top, width, height = _extent(comparison.before)
    step = max(width, height) / GRID_STEPS
    columns, rows = (max(2, round(side / step) + 1) for side in (width, height))
    across, down = np.linspace(left, left + width, columns), np.linspace(top, top + height, rows)
    places = np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2) - 0.5
    found = comparison.alignment.map_points(places) + 0.5
    steps = np.diff(np.rint(GRID_PER_PX * found).astype(int), axis=0, prepend=np.zeros((1, 2), int))
    return {"columns": columns, "rows": rows, "steps": steps.ravel().tolist()}


def _change_map(put: Keep, found: ChangeMap) -> dict[str, Any]:
    return {
        "src": put(f"map-{found.quantity}", encode_webp(found.picture), "image/webp"),
        "title": found.title,
        "high": found.high,
        "low": found.low,
        "note": found.note,
        "colours": list(found.colours),
    }


def _matched(put: Keep, comparison: Comparison) -> dict[str, Any] | None:
    """Return the after picture in the light of the before photo, and what was changed."""
    found = comparison.matched_after
    if found is None:
        return None
    return {
        **_picture(put, "matched", found[0], "After, light matched"),
        "words": words.matched_words(comparison),
    }


def _map(put: Keep, comparison: Comparison) -> dict[str, Any] | None:
    picture = change_map_picture(comparison)
    if picture is None:
        return None
    colours = colour_at(np.linspace(-MAP_LIMIT_EI, MAP_LIMIT_EI, LEGEND_STEPS))
    threshold = words.format_number(map_threshold(comparison), 1)
    return {
        "src": put("map", encode_jpeg(shrunk(picture, LONGEST_PX)), "image/jpeg"),
        "title": "Change of redness",
        "high": f"{words.format_number(MAP_LIMIT_EI, 0, signed=True)} EI, redder",
        "low": f"{words.format_number(-MAP_LIMIT_EI, 0)} EI, less red",
        "note": f"Grey: less than {threshold} EI, too little to tell, or no bare skin",
        "colours": [f"rgb({red} {green} {blue})" for red, green, blue in colours.tolist()],
    }


def _marks(layer: MarkLayer, longest: int) -> dict[str, Any]:
    """Return the marks of one quantity as paths in pixels of the before picture as it is sent."""
    scale = min(1.0, LONGEST_PX / longest)
    styles = [STATE_STYLES[state] for state in MarkState]
    return {
        "label": layer.label,
        "note": " ".join(layer.sentences),
        "legend": [
            {"state": style.name, "text": f"{layer.counts[state]} {style.words}"}
            for state, style in zip(MarkState, styles, strict=True)
        ],
        "paths": [
            {
                "classes": group.classes,
                "before": path_data(group.before, group.state, scale),
                "after": path_data(group.after, group.state, scale),
            }
            for group in layer.groups
        ],
    }


def _mapped(put: Keep, number: int, layer: MapLayer) -> dict[str, Any]:
    """Return the maps of one quantity, to be stretched over the pictures."""
    return {
        "label": layer.label,
        "note": " ".join(layer.sentences),
        "faint": layer.is_faint,
        "images": {
            side: put(f"layer-{number}-{side}", encode_webp(picture), "image/webp")
            for side, picture in layer.pictures.items()
        },
        "scale": {"low": layer.low, "high": layer.high, "colours": list(layer.colours)},
    }


def _regions(comparison: Comparison, size: tuple[int, int]) -> list[dict[str, Any]]:
    limits = np.array(size, np.float64)
    return [
        {
            "label": words.region_label(region.name),
            "treated": region.name in comparison.treated,
            "points": ((outline_in_picture(comparison, region.name) + 0.5) / limits).round(5).tolist(),
        }
        for region in comparison.regions
    ]
