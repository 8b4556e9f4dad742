"""What comes back from the viewer, checked: a browser may send anything."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

__all__ = ["Annotated", "PointPair", "ViewerState", "state_of"]

PointPair = tuple[float, float, float, float]
"""The same place in both photos: x and y in the before, x and y in the after photo, px of the upright photos."""

KINDS, SIDES = ("arrow", "circle", "text"), ("both", "before", "after")
MAX_ANNOTATIONS, MAX_POINTS, MAX_TEXT = 50, 1000, 200
"""Most annotations and point pairs of a pair, and most letters of a text, as in the script."""
MAX_NUDGE_PX = 200.0
"""Furthest that a picture is moved by hand, px, as in the script."""


@dataclass(frozen=True, slots=True)
class Annotated:
    """An arrow, a circle or words on a pair; places are shares of the before picture, in [0, 1].

    Parameters
    ----------
    kind : str
        ``"arrow"`` (from the first place to the second), ``"circle"`` (its middle, and a place on its edge) or
        ``"text"`` (its first place only).
    side : str
        ``"both"``, ``"before"`` or ``"after"``: on which picture it stands.
    x, y : float
        First place.
    to_x, to_y : float
        Second place; NaN for a text.
    text : str
        The words of a text.
    """

    kind: str
    side: str
    x: float
    y: float
    to_x: float = math.nan
    to_y: float = math.nan
    text: str = ""

    def to_plain(self) -> dict[str, Any]:
        """Return plain values, as the viewer takes them."""
        to_x, to_y = (None if math.isnan(one) else one for one in (self.to_x, self.to_y))
        return {"kind": self.kind, "side": self.side, "x": self.x, "y": self.y} | {
            "to_x": to_x,
            "to_y": to_y,
            "text": self.text,
        }


@dataclass(frozen=True, slots=True)
class ViewerState:
    """What a person sees and marked.

    Parameters
    ----------
    current : str
        Which pair is shown.
    annotations : mapping of str to tuple of Annotated
        By pair, all that stand on it now; only pairs on which something was changed.
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
    annotations: Mapping[str, tuple[Annotated, ...]] = field(default_factory=lambda: MappingProxyType({}))
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


def _by_pair(value: Any, ids: Sequence[str], read: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        return MappingProxyType({})
    return MappingProxyType({name: read(one) for name, one in value.items() if name in ids})


def _annotations(value: Any) -> tuple[Annotated, ...]:
    listed = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
    found = (_annotation(one) for one in listed[:MAX_ANNOTATIONS])
    return tuple(one for one in found if one is not None)


def _annotation(value: Any) -> Annotated | None:
    if not isinstance(value, Mapping):
        return None
    kind, side, text = value.get("kind"), value.get("side"), value.get("text", "")
    x, y, to_x, to_y = (_share(value.get(name)) for name in ("x", "y", "to_x", "to_y"))
    if kind not in KINDS or side not in SIDES or not isinstance(text, str):
        return None
    if kind == "text":
        words = _printable(text)[:MAX_TEXT]
        return Annotated(kind, side, x, y, text=words) if words and not math.isnan(x + y) else None
    return None if math.isnan(x + y + to_x + to_y) else Annotated(kind, side, x, y, to_x, to_y)


def _printable(text: str) -> str:
    """Return a text on one line, without characters that control something."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def _share(value: Any) -> float:
    number = _number(value)
    return number if 0 <= number <= 1 else math.nan


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
