"""What comes back from the viewer, checked: a browser may send anything."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from skincompare.errors import OptionError
from skincompare.records import Drawing
from skincompare.records.annotations import MAX_DRAWINGS
from skincompare.records.plain import from_plain

__all__ = ["PointPair", "ViewerState", "points_file", "state_of"]

PointPair = tuple[float, float, float, float]
"""The same place in both photos: x and y in the before, x and y in the after photo, px of the upright photos."""

PARTS = ("kind", "side", "x", "y", "to_x", "to_y")
"""What the script tells of a drawing besides its text."""
MAX_POINTS = 1000
"""Most point pairs of a pair."""
MAX_NUDGE_PX = 200.0
"""Furthest that a picture is moved by hand, px, as in the script."""


@dataclass(frozen=True, slots=True)
class ViewerState:
    """What a person sees and marked.

    Parameters
    ----------
    current : str
        Which pair is shown.
    annotations : mapping of str to tuple of Drawing
        By pair, all that stand on it now; only pairs on which something was changed.
    shown : mapping of str to tuple of Drawing
        Of the same pairs, what stood on them in this browser before: only of these may some have been deleted.
    nudges : mapping of str to tuple of float
        By pair, by how much the after picture was moved by hand, px of the before picture as it is sent.
    points : mapping of str to tuple of PointPair
        By pair, the places that were marked in both photos.
    align : tuple of str and tuple of PointPair, or None
        A pair that is to be aligned again with these points: once, in the run after the button.
    presents : str or None
        The pair from which the patient view was asked for: once.
    """

    current: str
    annotations: Mapping[str, tuple[Drawing, ...]] = field(default_factory=lambda: MappingProxyType({}))
    shown: Mapping[str, tuple[Drawing, ...]] = field(default_factory=lambda: MappingProxyType({}))
    nudges: Mapping[str, tuple[float, float]] = field(default_factory=lambda: MappingProxyType({}))
    points: Mapping[str, tuple[PointPair, ...]] = field(default_factory=lambda: MappingProxyType({}))
    align: tuple[str, tuple[PointPair, ...]] | None = None
    presents: str | None = None


def state_of(state: Any, align: Any, present: Any, ids: Sequence[str], first: str) -> ViewerState:
    """Return what the browser sent, without what it should not have sent.

    Parameters
    ----------
    state, align, present : object
        The component's values.
    ids : sequence of str
        The pairs that there are.
    first : str
        The pair that is shown until something came.
    """
    told = state if isinstance(state, Mapping) else {}
    current = told.get("current")
    return ViewerState(
        current=str(current) if current in ids else first,
        annotations=_by_pair(told.get("annotations"), ids, _annotations),
        nudges=_by_pair(told.get("nudge"), ids, _nudge),
        points=_by_pair(told.get("points"), ids, _points),
        align=_align(align, ids),
        presents=present if present in ids else None,
    )


def points_file(points: Sequence[PointPair]) -> bytes:
    """Return point pairs as the file that a comparison reads (:mod:`skincompare.imaging.points`)."""
    pairs = [{"before": [x, y], "after": [u, v]} for x, y, u, v in points]
    return json.dumps({"schema_version": 1, "pairs": pairs}).encode()


def _by_pair(value: Any, ids: Sequence[str], read: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        return MappingProxyType({})
    return MappingProxyType({name: read(one) for name, one in value.items() if name in ids})


def _annotations(value: Any) -> tuple[Drawing, ...]:
    listed = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
    found = (_drawing(one) for one in listed[:MAX_DRAWINGS])
    return tuple(one for one in found if one is not None)


def _drawing(value: Any) -> Drawing | None:
    if not isinstance(value, Mapping):
        return None
    known = {name: value[name] for name in PARTS if value.get(name) is not None}
    try:
        return from_plain(Drawing, {**known, "text": _printable(str(value.get("text") or ""))})
    except OptionError:
        return None


def _printable(text: str) -> str:
    """Return a text on one line, without characters that control something."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def _number(value: Any) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and math.isfinite(value) else math.nan


def _nudge(value: Any) -> tuple[float, float]:
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 2:
        return (0.0, 0.0)
    x, y = (_number(one) for one in value)
    known = not math.isnan(x) and not math.isnan(y)
    return (_limited(x), _limited(y)) if known else (0.0, 0.0)


def _limited(value: float) -> float:
    return min(MAX_NUDGE_PX, max(-MAX_NUDGE_PX, value))


def _points(value: Any) -> tuple[PointPair, ...]:
    listed = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
    found = []
    for one in listed[:MAX_POINTS]:
        if isinstance(one, Sequence) and not isinstance(one, str) and len(one) == 4:
            x, y, u, v = (_number(each) for each in one)
            if not any(math.isnan(each) for each in (x, y, u, v)):
                found.append((x, y, u, v))
    return tuple(found)


def _align(value: Any, ids: Sequence[str]) -> tuple[str, tuple[PointPair, ...]] | None:
    if not isinstance(value, Mapping) or value.get("id") not in ids:
        return None
    points = _points(value.get("points"))
    return (str(value["id"]), points) if points else None
