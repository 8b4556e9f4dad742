"""What the viewer is fed with: the aligned pictures, the map and the outlines of one comparison, encoded once."""

from collections.abc import Callable
from typing import Any

import numpy as np

from skincompare.comparison import Comparison
from skincompare.marks import MarkState
from skincompare.report import words
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

__all__ = ["Keep", "viewer_pair", "with_notes"]

Keep = Callable[[str, bytes, str], str]
"""Takes a picture's name, bytes and media type, puts them somewhere, and returns the address to show them from."""

LONGEST_PX = 1400
"""Longer side of the pictures on a page, px."""
LEGEND_STEPS = 13
"""Colours of the legend, evenly spaced."""


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
        Plain values: addresses of JPEGs, sizes in px, outlines as shares of width and height.
    """
    put = keep or _inline
    before, after = comparison.aligned_pair
    found = overlays or overlays_of(comparison)
    title = "After, moved to fit" if comparison.alignment.is_aligned else "After"
    return {
        "aligned": comparison.alignment.is_aligned,
        "before": _picture(put, "before", before, "Before"),
        "after": _picture(put, "after", after, title),
        "matched": _matched(put, comparison),
        "map": _map(put, comparison),
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
