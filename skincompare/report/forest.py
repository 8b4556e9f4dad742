"""A forest plot: each region's change with its 95 % interval, before the band in which repeat photos differ."""

import math
from collections.abc import Callable, Sequence
from html import escape

from skincompare.measurement import Change, Verdict
from skincompare.report.labels import (
    VERDICT_WORDS,
    capitalised,
    change_unit,
    format_change,
    format_number,
    is_measurable,
    quantity_label,
    region_label,
)

__all__ = ["forest_svg"]

_Scale = Callable[[float], float]

WIDTH, LABELS, NUMBERS = 820, 150, 180
"""Width of the drawing, and of the columns of names on the left and of numbers on the right, user units."""
ROW, TOP, BOTTOM = 26, 12, 44
"""Height of a row, of the room above and of the axis below."""
MARK = 5.5
"""Half the size of a mark."""
MIN_LIMIT = 3.0
"""Smallest end of the axis, in multiples of the smallest detectable change: noise is not blown up."""
TICK_STEPS = (1, 2, 5)
"""Leading digits of the axis steps."""


def forest_svg(changes: Sequence[Change]) -> str:
    """Return a forest plot of one quantity as an SVG element.

    Parameters
    ----------
    changes : sequence of Change
        Of one quantity; those that are not measurable are left out.

    Returns
    -------
    str
        An ``<svg>`` element whose classes the page's style sheet colours; empty when there is nothing to draw.
    """
    rows = [change for change in changes if is_measurable(change)]
    if not rows:
        return ""
    limit, step = _axis(rows)
    middle, half = LABELS + (WIDTH - LABELS - NUMBERS) / 2, (WIDTH - LABELS - NUMBERS) / 2 - 8
    height = TOP + ROW * len(rows) + BOTTOM

    def x(value: float) -> float:
        return middle + half * max(-1.0, min(1.0, value / limit))

    parts = [_bands(rows, x), _grid(rows, x, limit, step)]
    parts += [_row(change, TOP + ROW * (index + 0.5), x) for index, change in enumerate(rows)]
    name = f"Change of {quantity_label(rows[0].metric).lower()} by region"
    return (
        f'<svg class="forest" viewBox="0 0 {WIDTH} {height:g}" role="img" aria-label="{escape(name)}">'
        f"{''.join(parts)}</svg>"
    )


def _axis(rows: Sequence[Change]) -> tuple[float, float]:
    """Return the end of the axis and the distance of its ticks."""
    reach = max(max(abs(end) for end in change.interval) for change in rows)
    needed = max(reach, MIN_LIMIT * max(change.mdc95 for change in rows), 1e-9) * 1.02
    power = 10.0 ** math.floor(math.log10(needed / 2))
    step = next((one * power for one in TICK_STEPS if needed / (one * power) <= 4), 10 * power)
    return math.ceil(needed / step) * step, step


def _bands(rows: Sequence[Change], x: _Scale) -> str:
    return "".join(
        f'<rect class="band" x="{x(-one.mdc95):.1f}" y="{TOP + ROW * index:g}" '
        f'width="{x(one.mdc95) - x(-one.mdc95):.1f}" height="{ROW}"/>'
        for index, one in enumerate(rows)
    )


def _grid(rows: Sequence[Change], x: _Scale, limit: float, step: float) -> str:
    low = TOP + ROW * len(rows)
    decimals = max(0, -math.floor(math.log10(step)))
    count = round(limit / step)
    parts = []
    for index in range(-count, count + 1):
        place, kind = x(index * step), "zero" if index == 0 else "grid"
        label = format_number(index * step, decimals, signed=True)
        parts.append(f'<line class="{kind}" x1="{place:.1f}" x2="{place:.1f}" y1="{TOP}" y2="{low:g}"/>')
        parts.append(f'<text class="tick" x="{place:.1f}" y="{low + 16:g}">{label}</text>')
    unit = escape(change_unit(rows[0].unit))
    parts.append(f'<text class="axis" x="{x(-limit):.1f}" y="{low + 34:g}">◂ lower</text>')
    parts.append(f'<text class="axis mid" x="{x(0):.1f}" y="{low + 34:g}">after minus before, {unit}</text>')
    parts.append(f'<text class="axis end" x="{x(limit):.1f}" y="{low + 34:g}">higher ▸</text>')
    return "".join(parts)


def _row(change: Change, y: float, x: _Scale) -> str:
    low, high = change.interval
    kind = {Verdict.INCREASED: "up", Verdict.DECREASED: "down"}.get(change.verdict, "still")
    label = capitalised(region_label(change.region))
    number = f"{format_change(change.metric, change.change)}"
    interval = f"{format_change(change.metric, low)} to {format_change(change.metric, high)}"
    title = f"{label}: {VERDICT_WORDS[change.verdict]}, {number}, 95 % interval {interval}"
    return (
        f'<g class="{kind}"><title>{escape(title)}</title>'
        f'<text class="name" x="{LABELS - 12}" y="{y + 4.5:g}">{escape(label)}</text>'
        f'<line class="interval" x1="{x(low):.1f}" x2="{x(high):.1f}" y1="{y:g}" y2="{y:g}"/>'
        f"{_mark(kind, x(change.change), y)}"
        f'<text class="number" x="{WIDTH - NUMBERS + 8}" y="{y + 4.5:g}">'
        f'<tspan class="strong">{number}</tspan> ({interval})</text></g>'
    )


def _mark(kind: str, x: float, y: float) -> str:
    if kind == "still":
        return f'<circle class="mark" cx="{x:.1f}" cy="{y:g}" r="{MARK - 1:g}"/>'
    way = -1 if kind == "up" else 1
    points = ((x - MARK, y - way * MARK), (x + MARK, y - way * MARK), (x, y + way * MARK))
    return f'<polygon class="mark" points="{" ".join(f"{px:.1f},{py:.1f}" for px, py in points)}"/>'
