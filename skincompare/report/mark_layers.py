"""Marks on the aligned pair: where the features lie that a metric compared one by one, and what became of each.

Before marks lie in the before picture as they were found; after marks are mapped back through the alignment, as the
after picture itself is. A state is told by its shape as well as by its colour.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from skincompare.comparison import Comparison
from skincompare.imaging.mirroring import Side
from skincompare.marks import Mark, MarkState
from skincompare.measurement import Change, Verdict
from skincompare.metrics.registry import quantities
from skincompare.report.labels import VERDICT_WORDS, capitalised, is_measurable, region_label
from skincompare.report.words import marks_words

__all__ = ["STATE_STYLES", "MarkGroup", "MarkLayer", "Placed", "StateStyle", "mark_layers", "path_data"]

FloatArray = npt.NDArray[np.float64]

RING = 0.75
"""Radius of a ring over the diameter of what it goes round: it must not hide it [judgement]."""
LEAST_RADIUS_PX = 2.5
"""Smallest radius of a ring, px of the picture [judgement: a shape can still be told at full size]."""


@dataclass(frozen=True, slots=True)
class StateStyle:
    """How a state is drawn and named: by shape first, by colour besides."""

    name: str
    words: str
    shape: str
    colour: str


STATE_STYLES = MappingProxyType(
    {
        MarkState.STILL_THERE: StateStyle("still", "still seen", "circle", "#ffffff"),
        MarkState.GONE: StateStyle("gone", "no longer seen", "diamond", "#f0a000"),
        MarkState.NEW: StateStyle("new", "new", "square", "#56c4f5"),
    }
)
"""White, orange and sky blue (after Okabe & Ito 2008, https://jfly.uni-koeln.de/color/, lighter, for skin): told apart
by every kind of colour-blind person. Lines are whole, dashed and dotted instead of the three shapes."""


@dataclass(frozen=True, eq=False)
class Placed:
    """One mark in a picture: its points, shape (N, 2), and its diameter or width, px of the picture's frame."""

    points: FloatArray
    size_px: float


@dataclass(frozen=True, eq=False)
class MarkGroup:
    """Marks of one state. `is_faint`: the change that they belong to is inside its error."""

    state: MarkState
    is_faint: bool
    before: tuple[Placed, ...]
    after: tuple[Placed, ...]

    @property
    def classes(self) -> str:
        """How it is drawn, as class names: its state, ``long`` for lines, ``faint``."""
        is_long = any(len(one.points) > 1 for one in (*self.before, *self.after))
        names = (STATE_STYLES[self.state].name, "long" if is_long else "", "faint" if self.is_faint else "")
        return " ".join(filter(None, names))


@dataclass(frozen=True, eq=False)
class MarkLayer:
    """The marks of one quantity on the aligned pair.

    Parameters
    ----------
    quantity : str
        Which quantity.
    label : str
        What the marks are called: ``Pores``.
    sentences : tuple of str
        What became of them, region by region.
    groups : tuple of MarkGroup
        What there is to draw.
    counts : mapping of MarkState to int
        How many of each state.
    """

    quantity: str
    label: str
    sentences: tuple[str, ...]
    groups: tuple[MarkGroup, ...]
    counts: MappingProxyType[MarkState, int]


def mark_layers(comparison: Comparison) -> tuple[MarkLayer, ...]:
    """Return the marks of every quantity that compared single features, in pixels of the aligned pictures.

    Parameters
    ----------
    comparison : Comparison
        Any comparison; of a refused one there are none.

    Returns
    -------
    tuple of MarkLayer
        Changes that are not measurable are left out; so are marks whose place in the picture is not known.
    """
    by_quantity: dict[str, list[Change]] = {}
    for change in comparison.changes:
        if change.marks and is_measurable(change):
            by_quantity.setdefault(change.metric, []).append(change)
    return tuple(_layer(name, changes, comparison) for name, changes in by_quantity.items())


def _layer(name: str, changes: Sequence[Change], comparison: Comparison) -> MarkLayer:
    known = quantities().get(name)
    label = known.marks if known is not None and known.marks else name.replace("_", " ")
    groups = [_group(one, state, comparison) for one in changes for state in MarkState]
    counts = {state: sum(one.count(state) for one in changes) for state in MarkState}
    return MarkLayer(
        name,
        capitalised(label),
        tuple(_sentence(one) for one in changes),
        tuple(one for one in groups if one.before or one.after),
        MappingProxyType(counts),
    )


def _sentence(change: Change) -> str:
    place = capitalised(region_label(change.region))
    return f"{place}: {marks_words(change)} ({VERDICT_WORDS[change.verdict]})."


def _group(change: Change, state: MarkState, comparison: Comparison) -> MarkGroup:
    pairs = [one for one in change.marks if one.state is state]
    is_faint = change.verdict is Verdict.NO_DETECTABLE_CHANGE
    return MarkGroup(
        state,
        is_faint,
        _placed([one.before for one in pairs], comparison, "before"),
        _placed([one.after for one in pairs], comparison, "after"),
    )


def _placed(marks: Sequence[Mark], comparison: Comparison, side: Side) -> tuple[Placed, ...]:
    """Return marks of one photo as they lie in the aligned pictures; all are mapped at once."""
    if not marks:
        return ()
    points = np.array([point for mark in marks for point in mark.points], np.float64)
    size = comparison.before.frame.factor
    if side == "after":
        points = comparison.alignment.map_points_back(points)
        size /= comparison.alignment.magnification
    places = comparison.before.frame.from_photo(points)
    pieces = np.split(places, np.cumsum([len(mark.points) for mark in marks])[:-1])
    return tuple(
        Placed(piece, mark.size_px * size)
        for mark, piece in zip(marks, pieces, strict=True)
        if np.isfinite(piece).all()
    )


def path_data(marks: Iterable[Placed], state: MarkState, scale: float = 1.0) -> str:
    """Return marks as one SVG path: a single element draws thousands.

    Parameters
    ----------
    marks : iterable of Placed
        In pixels of the aligned pictures.
    state : MarkState
        Gives round features their shape; long ones are lines along their course.
    scale : float
        Size of the picture that is drawn on over the aligned picture.

    Returns
    -------
    str
        The ``d`` of a path, in pixels of the picture drawn on, from its top-left corner.
    """
    return "".join(_piece(one, STATE_STYLES[state].shape, scale) for one in marks)


def _piece(mark: Placed, shape: str, scale: float) -> str:
    places = (mark.points + 0.5) * scale
    if len(places) > 1:
        return "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in places)
    (x, y), r = places[0], max(RING * mark.size_px * scale, LEAST_RADIUS_PX)
    if shape == "circle":
        return (
            f"M{x - r:.1f},{y:.1f}a{r:.1f},{r:.1f} 0 1 0 {2 * r:.1f},0a{r:.1f},{r:.1f} 0 1 0 {-2 * r:.1f},0"
        )
    if shape == "square":
        return f"M{x - r:.1f},{y - r:.1f}h{2 * r:.1f}v{2 * r:.1f}h{-2 * r:.1f}z"
    wide = 1.4 * r
    return f"M{x - wide:.1f},{y:.1f}l{wide:.1f},{-wide:.1f}l{wide:.1f},{wide:.1f}l{-wide:.1f},{wide:.1f}z"
