"""What the charts share: colours by theme, and the size of text."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import altair as alt
import streamlit as st

__all__ = ["AXIS_FONT_PX", "Chart", "ChartColours", "chart_colours"]

Chart = alt.LayerChart | alt.FacetChart
"""What putting layers together may give."""

AXIS_FONT_PX = 13
"""Size of text on the axes, px."""


@dataclass(frozen=True, slots=True)
class ChartColours:
    """Colours of a theme: what changed, what did not, the band of repeat photos, lines, text, and one a region."""

    accent: str
    quiet: str
    band: str
    line: str
    text: str
    regions: tuple[str, ...]


_LIGHT = ChartColours(
    "#1f6f74",
    "#767676",
    "#dddddd",
    "#8a8a8a",
    "#222222",
    ("#1f6f74", "#b4551d", "#5b4ea3", "#7a6a00", "#9b2f6b", "#33691e"),
)
_DARK = ChartColours(
    "#62b8bd",
    "#9a9a9a",
    "#3a3a3a",
    "#8f8f8f",
    "#ececec",
    ("#62b8bd", "#f0a06a", "#b3a6f2", "#d8c455", "#ee8fc0", "#9ccc65"),
)
_COLOURS: Mapping[str, ChartColours] = MappingProxyType({"light": _LIGHT, "dark": _DARK})


def chart_colours() -> ChartColours:
    """Return the colours of the theme that this person sees."""
    return _COLOURS.get(st.context.theme.type or "light", _LIGHT)
