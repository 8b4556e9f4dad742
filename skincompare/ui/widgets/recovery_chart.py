"""The course of a recovery: redness against days since the treatment."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np

from skincompare.recovery import BandLine, FitStatus, RecoveryCurve, RecoveryFit, RecoveryOutlook
from skincompare.report import words
from skincompare.ui.widgets.chart_colours import AXIS_FONT_PX, Chart, ChartColours, chart_colours
from skincompare.ui.words import recovery as own

__all__ = ["ChartMark", "TruthPoint", "recovery_chart"]

HEIGHT_PX = 400
"""Height of the chart, px."""
LEAST_SPAN_EI = 3.0
"""The axis of redness reaches at least this high, EI, so that small changes look small."""
AXIS_DAYS = (0, 1, 2, 3, 4, 7, 14, 28)
"""Days that the axis names."""
FIRST_DAY, ROOM_AFTER = -0.15, 1.12
"""Where the axis begins, in days, and ends, as a factor on the last day."""
FITTED_STEPS = 80
"""Points of a fitted curve, evenly in log(1 + day)."""
EXPECTED_OPACITY = 0.12
"""How strongly the expected days are tinted."""
EVENT_STEP, EVENT_ROWS = 0.07, 3
"""Distance of two lines of words at the foot, as a share of the axis, and how many there are before the first is used
again."""
LATE_SHARE = 0.5
"""Words of a day after this share of the axis stand to its left, so that they stay within the chart."""
APART = 0.024
"""Distance between the points of two regions on one day, in units of log(1 + day), so that error bars stay apart."""


@dataclass(frozen=True, slots=True)
class TruthPoint:
    """The known redness of a simulated patient on a day, EI above the baseline."""

    region: str
    day: float
    value: float


@dataclass(frozen=True, slots=True)
class ChartMark:
    """Something that happened on a day: a treatment, a flag, a symptom, or the day a person looks at.

    Parameters
    ----------
    day : float
        When, days since the treatment.
    text : str
        What, in a few words.
    is_here : bool
        Whether it is the day that is looked at: drawn stronger.
    """

    day: float
    text: str
    is_here: bool = False


@dataclass(frozen=True, slots=True)
class _Scales:
    """What all layers share."""

    days: alt.X
    redness: alt.Scale
    colour: alt.Color


def recovery_chart(
    curves: Sequence[RecoveryCurve],
    truth: Sequence[TruthPoint] = (),
    last_day: float = 28.0,
    outlook: RecoveryOutlook | None = None,
    marks: Sequence[ChartMark] = (),
    *,
    height: int = HEIGHT_PX,
) -> Chart:
    """Return redness against days since the treatment, with 95 % error bars and the band of repeat photos.

    Parameters
    ----------
    curves : sequence of RecoveryCurve
        One a region; may be empty.
    truth : sequence of TruthPoint, optional
        Known redness of a simulated patient, drawn as dashed lines.
    last_day : float
        Where the axis ends, days.
    outlook : RecoveryOutlook, optional
        Fitted curves, drawn instead of straight lines, and the days on which redness is expected back, tinted.
    marks : sequence of ChartMark, optional
        Treatment, flags, symptoms, and where the person is, each a line with its words.
    height : int
        Of the chart, px.

    Returns
    -------
    altair chart
        Days on an axis that gives the first days more room.
    """
    colours = chart_colours()
    regions = [curve.region for curve in curves]
    rows = [row for index, curve in enumerate(curves) for row in _rows(curve, index, len(curves))]
    dashed = [_truth_row(point) for point in truth if point.region in regions]
    mdc = max((row["mdc"] for row in rows), default=0.0)
    values = [value for row in rows for value in (row["low"], row["high"])] + [row["value"] for row in dashed]
    fits = [] if outlook is None else [fit for fit in outlook.told_fits if fit.status is FitStatus.FITTED]
    fitted = [row for fit in fits if fit.region in regions for row in _fit_rows(fit, last_day)]
    reach = [*values, *(row["value"] for row in fitted), mdc, -mdc, LEAST_SPAN_EI]
    scales = _Scales(
        days=_day_axis(last_day),
        redness=alt.Scale(domain=[min(reach) - 0.5, max(reach) + 0.5], nice=False),
        colour=_colour([_label(region) for region in regions], colours),
    )
    expected = (
        []
        if outlook is None or outlook.line is None or not rows
        else _expected(outlook.line, scales, colours)
    )
    smooth = {row["region"] for row in fitted}
    straight = [row for row in rows if row["region"] not in smooth]
    layers = [*_ground(mdc, scales, colours), *expected, _dashed(dashed, scales)]
    layers += [_lines(straight, "change", scales), _lines(fitted, "value", scales), *_marks(rows, scales)]
    layers += _events(marks, scales, colours, last_day)
    chart = alt.layer(*layers).properties(height=height)
    styled: Chart = chart.configure_axis(
        labelColor=colours.text,
        titleColor=colours.text,
        labelFontSize=AXIS_FONT_PX,
        titleFontSize=AXIS_FONT_PX,
    ).configure_legend(labelColor=colours.text, labelFontSize=AXIS_FONT_PX, labelLimit=260)
    return styled


def _label(region: str) -> str:
    return words.capitalised(words.region_label(region))


def _place(day: float, index: int, number: int) -> float:
    """Return where the point of one of several curves stands: side by side round the day, none before day 0."""
    middle = math.log1p(max(0.0, day))
    first = max(0.0, middle - APART * (number - 1) / 2)
    return math.expm1(first + APART * index)


def _rows(curve: RecoveryCurve, index: int, number: int) -> list[dict[str, Any]]:
    """Return the measured days of a curve, one of a number of curves, its points beside those of the others."""
    rows = []
    for point in curve.points:
        change = point.change
        if not words.is_measurable(change) or point.day < FIRST_DAY:
            continue  # a photo from before the treatment has no place on an axis of days since
        low, high = change.interval
        rows.append(
            {
                "region": _label(curve.region),
                "day": point.day,
                "x": _place(point.day, index, number),
                "change": change.change,
                "low": low,
                "high": high,
                "mdc": change.mdc95,
                "shown": f"{words.change_with_sigma(change)} {change.unit}",
                "verdict": words.VERDICT_WORDS[change.verdict],
            }
        )
    return rows


def _truth_row(point: TruthPoint) -> dict[str, Any]:
    return {"region": _label(point.region), "x": max(0.0, point.day), "value": point.value}


def _day_axis(last_day: float) -> alt.X:
    return alt.X(
        "x:Q",
        title=own.DAYS,
        scale=alt.Scale(type="symlog", constant=1, domain=[FIRST_DAY, last_day * ROOM_AFTER], nice=False),
        axis=alt.Axis(values=[day for day in AXIS_DAYS if day <= last_day], format="d", grid=False),
    )


def _colour(labels: list[str], colours: ChartColours) -> alt.Color:
    scale = alt.Scale(
        domain=labels, range=[colours.regions[i % len(colours.regions)] for i in range(len(labels))]
    )
    return alt.Color("region:N", title=None, scale=scale, legend=alt.Legend(orient="top") if labels else None)


def _ground(mdc: float, scales: _Scales, colours: ChartColours) -> list[alt.Chart]:
    """Return the grey band of repeat photos and the baseline."""
    axis = alt.Y("low:Q", scale=scales.redness, title=own.REDNESS)
    band = alt.Chart(alt.InlineData(values=[{"low": -mdc, "high": mdc}])).mark_rect(color=colours.band)
    zero = alt.Chart(alt.InlineData(values=[{"y": 0}])).mark_rule(color=colours.line)
    return [
        band.encode(y=axis, y2="high:Q", tooltip=alt.value(None)),
        zero.encode(y=alt.Y("y:Q", scale=scales.redness), tooltip=alt.value(None)),
    ]


def _dashed(rows: list[dict[str, Any]], scales: _Scales) -> alt.Chart:
    lines = alt.Chart(alt.InlineData(values=rows)).mark_line(strokeDash=[5, 4], strokeWidth=1.5)
    y = alt.Y("value:Q", scale=scales.redness)
    drawn: alt.Chart = lines.encode(x=scales.days, y=y, color=scales.colour, tooltip=alt.value(None))
    return drawn


def _fit_rows(fit: RecoveryFit, last_day: float) -> list[dict[str, Any]]:
    """Return a fitted curve as it would be measured: with the likely error of the baseline."""
    days = np.expm1(np.linspace(0.0, math.log1p(last_day), FITTED_STEPS))
    values = fit.values_at(days) + fit.offset
    return [
        {"region": _label(fit.region), "x": float(day), "value": float(value)}
        for day, value in zip(days, values, strict=True)
    ]


def _expected(line: BandLine, scales: _Scales, colours: ChartColours) -> list[alt.Chart]:
    """Return the days on which redness is expected back, and the day after which to ask."""
    days = [{"x": line.first_day, "to": line.last_day}]
    band = alt.Chart(alt.InlineData(values=days)).mark_rect(color=colours.accent, opacity=EXPECTED_OPACITY)
    ask = alt.Chart(alt.InlineData(values=[{"x": line.ask_after_day, "text": own.ASK_AFTER}]))
    rule = ask.mark_rule(color=colours.accent, strokeDash=[2, 3]).encode(
        x=scales.days, tooltip=alt.value(None)
    )
    text = ask.mark_text(align="left", dx=4, dy=8, baseline="top", color=colours.text, fontSize=AXIS_FONT_PX)
    return [
        band.encode(x=scales.days, x2="to:Q", tooltip=alt.value(None)),
        rule,
        text.encode(x=scales.days, y=alt.value(0), text="text:N", tooltip=alt.value(None)),
    ]


def _events(
    marks: Sequence[ChartMark], scales: _Scales, colours: ChartColours, last_day: float
) -> list[alt.Chart]:
    """Return what happened on which day, words at the foot one above the other so that none covers another."""
    drawn = []
    low, high = scales.redness.domain
    for index, mark in enumerate(marks):
        y = low + (index % EVENT_ROWS + 0.5) * EVENT_STEP * (high - low)
        data = alt.Chart(alt.InlineData(values=[{"x": max(0.0, mark.day), "y": y, "text": mark.text}]))
        rule = data.mark_rule(
            color=colours.accent if mark.is_here else colours.line,
            strokeWidth=3 if mark.is_here else 1.5,
            strokeDash=[1, 0] if mark.is_here else [6, 3],
        )
        is_late = mark.day > LATE_SHARE * last_day
        text = data.mark_text(
            align="right" if is_late else "left",
            dx=-5 if is_late else 5,
            color=colours.text,
            fontSize=AXIS_FONT_PX,
            fontWeight="bold" if mark.is_here else "normal",
        )
        at = alt.Y("y:Q", scale=scales.redness)
        drawn += [
            rule.encode(x=scales.days, tooltip=alt.value(None)),
            text.encode(x=scales.days, y=at, text="text:N", tooltip=alt.value(None)),
        ]
    return drawn


def _lines(rows: list[dict[str, Any]], value: str, scales: _Scales) -> alt.Chart:
    y = alt.Y(f"{value}:Q", scale=scales.redness)
    drawn: alt.Chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_line(strokeWidth=2)
        .encode(x=scales.days, y=y, color=scales.colour, tooltip=alt.value(None))
    )
    return drawn


def _marks(rows: list[dict[str, Any]], scales: _Scales) -> list[alt.Chart]:
    """Return error bars and points."""
    base = alt.Chart(alt.InlineData(values=rows)).encode(x=scales.days, color=scales.colour)
    at = alt.Y("change:Q", scale=scales.redness)
    ends = alt.Y("low:Q", scale=scales.redness)
    named = (("region:N", own.TIP_REGION), ("shown:N", own.TIP_CHANGE), ("verdict:N", own.TIP_VERDICT))
    tooltips = [alt.Tooltip(field, title=title) for field, title in named]
    tooltips.insert(1, alt.Tooltip("day:Q", title=own.TIP_DAY, format=".1f"))
    return [
        base.mark_rule(strokeWidth=2).encode(y=ends, y2="high:Q", tooltip=alt.value(None)),
        base.mark_point(filled=True, size=80, opacity=1).encode(y=at, tooltip=tooltips),
    ]
