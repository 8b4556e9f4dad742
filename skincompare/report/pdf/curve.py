"""The recovery drawn: redness against days since the treatment, with its error bars and the days expected."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from reportlab.graphics.shapes import Circle, Drawing, Line, Polygon, PolyLine
from reportlab.lib.colors import Color, HexColor

from skincompare.recovery import OVERALL, BandLine, FitStatus, RecoveryCurve, RecoveryFit, RecoveryOutlook
from skincompare.report import words
from skincompare.report.pdf.layout import ACCENT, INK, LINE, SOFT
from skincompare.report.pdf.shapes import LETTERS, box, label
from skincompare.report.typeface import register_typeface, text_width

__all__ = ["MAX_CURVES", "curves_to_draw", "recovery_drawing"]

MAX_CURVES = 5
"""Most curves of one drawing: more cannot be told apart [judgement]."""
LEAST_SPAN_EI = 3.0
"""The axis of redness reaches at least this high, EI, so that small changes look small."""
DAYS = (0, 1, 2, 3, 4, 7, 14, 28, 60, 120, 365)
"""Days that the axis names."""
FIRST_DAY, ROOM_AFTER = -0.12, 1.10
"""Where the axis begins, days, and ends, as a factor on the last day."""
APART = 0.028
"""Distance between points of two regions on one day, in log(1 + day), so that error bars stay apart."""
STEPS = 90
"""Points of a fitted curve."""
LEFT, RIGHT, TOP, BOTTOM, KEY = 34.0, 6.0, 14.0, 24.0, 13.0
"""Room round the field, and height of a line of the key, points."""
MARK = 2.6
"""Half the size of a mark, points."""
STYLES = (
    (HexColor("#1f6f74"), "circle"),
    (HexColor("#b3541e"), "square"),
    (HexColor("#5b4b9e"), "diamond"),
    (HexColor("#2f6db0"), "up"),
    (HexColor("#8c6d1f"), "down"),
)
"""Colour and shape of each curve, in turn: told apart by the shape alone, too."""
EXPECTED = Color(0.12, 0.435, 0.455, alpha=0.13)
REPEAT = HexColor("#e6e9ed")
TICKS = 6
"""About how many numbers stand on the axis of redness."""

_Scale = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class _Field:
    """Where things lie in a drawing."""

    x: _Scale
    y: _Scale
    left: float
    right: float
    bottom: float
    top: float
    last_day: float


def curves_to_draw(outlook: RecoveryOutlook) -> tuple[RecoveryCurve, ...]:
    """Return the curves of a drawing: all treated regions together first, then single ones, as many as can be read."""
    whole = () if outlook.overall is None else (outlook.overall,)
    return (*whole, *outlook.curves)[:MAX_CURVES]


def recovery_drawing(outlook: RecoveryOutlook, width: float, height: float) -> Drawing | None:
    """Return a recovery as a drawing.

    Parameters
    ----------
    outlook : RecoveryOutlook
        Curves, fits and the expected band.
    width, height : float
        Of the whole, points.

    Returns
    -------
    Drawing or None
        None when redness was measurable on no day.
    """
    register_typeface()
    curves = curves_to_draw(outlook)
    points = [one for curve in curves for one in curve.points if words.is_measurable(one.change)]
    if not points:
        return None
    drawing = Drawing(width, height)
    mdc = max(one.change.mdc95 for one in points)
    reach = [*(end for one in points for end in one.change.interval), mdc, -mdc, LEAST_SPAN_EI]
    field = _field(
        width, height, (min(reach) - 0.4, max(reach) + 0.4), max(one.day for one in points), len(curves)
    )
    _ground(drawing, field, mdc, outlook.line)
    fits = {fit.region: fit for fit in outlook.told_fits if fit.status is FitStatus.FITTED}
    for index, curve in enumerate(curves):
        place = APART * (index - (len(curves) - 1) / 2)
        _curve(drawing, field, curve, fits.get(curve.region), STYLES[index % len(STYLES)], place)
    _axes(drawing, field, (min(reach), max(reach)), points[0].change.unit)
    _key(drawing, curves, width)
    return drawing


def _field(width: float, height: float, span: tuple[float, float], last_day: float, n_curves: int) -> _Field:
    left, right, top = LEFT, width - RIGHT, height - TOP
    bottom = BOTTOM + KEY * math.ceil(n_curves / 3)
    low, high = math.log1p(FIRST_DAY), math.log1p(last_day * ROOM_AFTER + 0.2)

    def x(day: float) -> float:
        return left + (right - left) * (math.log1p(max(day, FIRST_DAY)) - low) / (high - low)

    def y(value: float) -> float:
        return bottom + (top - bottom) * (value - span[0]) / (span[1] - span[0])

    return _Field(x, y, left, right, bottom, top, last_day)


def _ground(drawing: Drawing, field: _Field, mdc: float, line: BandLine | None) -> None:
    """Draw what repeat photos differ by, and the days on which redness is expected back."""
    drawing.add(
        box(field.left, field.y(-mdc), field.right - field.left, field.y(mdc) - field.y(-mdc), REPEAT)
    )
    if line is not None:
        first, last = (min(field.x(day), field.right) for day in (line.first_day, line.last_day))
        drawing.add(box(first, field.bottom, max(last - first, 0.5), field.top - field.bottom, EXPECTED))
        kind = "assumed" if line.is_assumption else "own courses"
        drawing.add(label((first + last) / 2, field.top + 3.5, f"expected back ({kind})", ACCENT, "middle"))
        ask = field.x(line.ask_after_day)
        if ask < field.right:
            drawing.add(
                Line(
                    ask,
                    field.bottom,
                    ask,
                    field.top,
                    strokeColor=SOFT,
                    strokeWidth=0.7,
                    strokeDashArray=(2, 2),
                )
            )
            drawing.add(label(ask + 2, field.top - 7, "ask after", SOFT))
    drawing.add(
        label(field.right - 2, field.y(-mdc) + 2.5, "within this band repeat photos differ", SOFT, "end")
    )
    drawing.add(Line(field.left, field.y(0), field.right, field.y(0), strokeColor=SOFT, strokeWidth=0.7))


def _curve(
    drawing: Drawing,
    field: _Field,
    curve: RecoveryCurve,
    fit: RecoveryFit | None,
    style: tuple[Any, str],
    place: float,
) -> None:
    colour, shape = style
    told = [point for point in curve.points if words.is_measurable(point.change)]
    if fit is not None:
        days = np.expm1(np.linspace(0.0, math.log1p(field.last_day), STEPS))
        ends = zip(days.tolist(), fit.values_at(days).tolist(), strict=True)
        path = [one for day, value in ends for one in (field.x(day), field.y(value))]
        drawing.add(PolyLine(path, strokeColor=colour, strokeWidth=1.1))
    else:
        for one, other in pairwise(told):
            drawing.add(
                Line(
                    *(field.x(one.day), field.y(one.change.change)),
                    *(field.x(other.day), field.y(other.change.change)),
                    strokeColor=colour,
                    strokeWidth=0.6,
                    strokeDashArray=(3, 2),
                )
            )
    for point in told:
        x = field.x(math.expm1(math.log1p(max(0.0, point.day)) + place))
        low, high = point.change.interval
        drawing.add(Line(x, field.y(low), x, field.y(high), strokeColor=colour, strokeWidth=0.8))
        drawing.add(_mark(x, field.y(point.change.change), shape, colour))


def _axes(drawing: Drawing, field: _Field, reach: tuple[float, float], unit: str) -> None:
    drawing.add(Line(field.left, field.bottom, field.left, field.top, strokeColor=LINE, strokeWidth=0.8))
    drawing.add(Line(field.left, field.bottom, field.right, field.bottom, strokeColor=LINE, strokeWidth=0.8))
    step = _step((reach[1] - reach[0]) / TICKS)
    decimals = max(0, -math.floor(math.log10(step)))
    for index in range(math.ceil(reach[0] / step), math.floor(reach[1] / step) + 1):
        number = words.format_number(index * step, decimals, signed=True)
        drawing.add(label(field.left - 4, field.y(index * step) - 2.5, number, SOFT, "end"))
        drawing.add(
            Line(field.left - 2, field.y(index * step), field.left, field.y(index * step), strokeColor=LINE)
        )
    last = -math.inf
    for day in DAYS:
        place = field.x(day)
        if day <= field.last_day * ROOM_AFTER + 0.2 and place - last >= 2.2 * LETTERS:
            drawing.add(label(place, field.bottom - 10, str(day), SOFT, "middle"))
            drawing.add(Line(place, field.bottom - 2, place, field.bottom, strokeColor=LINE))
            last = place
    drawing.add(
        label((field.left + field.right) / 2, field.bottom - 20, "days since the treatment", SOFT, "middle")
    )
    drawing.add(label(0, field.top + 3.5, f"redness above before, {unit}", SOFT))


def _key(drawing: Drawing, curves: Sequence[RecoveryCurve], width: float) -> None:
    room = width / 3
    for index, curve in enumerate(curves):
        colour, shape = STYLES[index % len(STYLES)]
        row, column = divmod(index, 3)
        x, y = 4 + column * room, KEY * (math.ceil(len(curves) / 3) - 1 - row) + 3
        name = words.capitalised(words.region_label(curve.region))
        if curve.region == OVERALL:
            name = "All treated regions together"
        while name and text_width(name, LETTERS) > room - 14:
            name = f"{name[:-2]}…" if len(name) > 2 else ""
        drawing.add(_mark(x, y + 2.3, shape, colour))
        drawing.add(label(x + 6, y, name, INK))


def _mark(x: float, y: float, shape: str, colour: Any) -> Any:
    if shape == "circle":
        return Circle(x, y, MARK, fillColor=colour, strokeColor=None)
    corners = {
        "square": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
        "diamond": ((0, -1.4), (1.4, 0), (0, 1.4), (-1.4, 0)),
        "up": ((-1.2, -1), (1.2, -1), (0, 1.2)),
        "down": ((-1.2, 1), (1.2, 1), (0, -1.2)),
    }[shape]
    path = [end for dx, dy in corners for end in (x + MARK * dx, y + MARK * dy)]
    return Polygon(path, fillColor=colour, strokeColor=None)


def _step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    return next(one * power for one in (1, 2, 5, 10) if rough <= one * power)
