"""The change of redness in each region, with its error, over what repeat photos do."""

import math
from collections.abc import Sequence
from typing import Any

import altair as alt

from skincompare.measurement import Change, Verdict
from skincompare.report import words
from skincompare.ui.widgets.chart_colours import AXIS_FONT_PX, Chart, ChartColours, chart_colours
from skincompare.ui.words import outcome as own

__all__ = ["forest_chart"]

ROW_PX = 26
"""Height of a row, px."""
AXIS_ROOM_PX = 78
"""Height of the axis below the rows, px."""
BAND_PX = 18
"""Height of the grey bar in it, px."""
LEAST_SPAN_EI = 3.0
"""The axis reaches at least this far on both sides, EI, so that small changes look small."""


def forest_chart(changes: Sequence[Change], others: Sequence[Change] = ()) -> Chart:
    """Return the change of redness in each region with its 95 % interval, over the band that repeat photos produce.

    Parameters
    ----------
    changes : sequence of Change
        Of one metric; those without a number are left out.
    others : sequence of Change, optional
        Drawn in another chart of the same axis, so that bars of both can be held against each other.

    Returns
    -------
    altair chart
        One row a region, in the order given.
    """
    colours = chart_colours()
    rows, beside = _rows(changes), _rows(others)
    span = max([LEAST_SPAN_EI, *(abs(row[name]) for row in rows + beside for name in ("low", "high", "mdc"))])
    scale = alt.Scale(domain=[-1.05 * span, 1.05 * span], nice=False)
    layers = [*_ground(rows, scale, colours), *_marks(rows, scale, colours)]
    chart = alt.layer(*layers).properties(height=AXIS_ROOM_PX + ROW_PX * len(rows))
    styled: Chart = chart.configure_axis(
        labelColor=colours.text,
        titleColor=colours.text,
        labelFontSize=AXIS_FONT_PX,
        titleFontSize=AXIS_FONT_PX,
    )
    return styled


def _rows(changes: Sequence[Change]) -> list[dict[str, Any]]:
    return [_row(change) for change in changes if not math.isnan(change.change + change.sigma)]


def _row(change: Change) -> dict[str, Any]:
    low, high = change.interval
    return {
        "region": words.capitalised(words.region_label(change.region)),
        "change": change.change,
        "low": low,
        "high": high,
        "mdc": change.mdc95,
        "mdc_low": -change.mdc95,
        "shown": f"{words.change_with_sigma(change)} {change.unit}",
        "verdict": words.VERDICT_WORDS[change.verdict],
        "detected": change.verdict in (Verdict.INCREASED, Verdict.DECREASED),
    }


def _base(rows: list[dict[str, Any]]) -> alt.Chart:
    axis = alt.Axis(labelLimit=220, ticks=False, domain=False, labelPadding=8, labelOverlap=False)
    return alt.Chart(alt.InlineData(values=rows)).encode(
        y=alt.Y("region:N", sort=None, title=None, axis=axis)
    )


def _ground(rows: list[dict[str, Any]], scale: alt.Scale, colours: ChartColours) -> list[alt.Chart]:
    """Return the grey bars of repeat photos and the line of no change."""
    bars = _base(rows).mark_bar(height=BAND_PX, color=colours.band, cornerRadius=3)
    zero = alt.Chart(alt.InlineData(values=[{"x": 0}])).mark_rule(color=colours.line)
    return [
        bars.encode(
            x=alt.X("mdc_low:Q", scale=scale, title=own.REDNESS_AXIS), x2="mdc:Q", tooltip=alt.value(None)
        ),
        zero.encode(x="x:Q", tooltip=alt.value(None)),
    ]


def _marks(rows: list[dict[str, Any]], scale: alt.Scale, colours: ChartColours) -> list[alt.Chart]:
    """Return the intervals and the points on them; what is detected has the accent colour."""
    colour = alt.condition("datum.detected", alt.value(colours.accent), alt.value(colours.quiet))
    lines = _base(rows).mark_rule(strokeWidth=2)
    points = _base(rows).mark_point(filled=True, size=80, opacity=1)
    named = (("region", own.TIP_REGION), ("shown", own.TIP_CHANGE), ("verdict", own.TIP_VERDICT))
    tooltips = [alt.Tooltip(f"{field}:N", title=title) for field, title in named]
    return [
        lines.encode(x=alt.X("low:Q", scale=scale), x2="high:Q", color=colour, tooltip=alt.value(None)),
        points.encode(x=alt.X("change:Q", scale=scale), color=colour, tooltip=tooltips),
    ]
