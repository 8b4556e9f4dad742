"""The picture viewer: one aligned pair side by side, swiped, or as a map of change (plain JavaScript, no build)."""

from pathlib import Path
from typing import Any

import streamlit as st

__all__ = ["show_pair"]

_HERE = Path(__file__).parent

_viewer = st.components.v2.component(
    "skincompare_viewer",
    html=(_HERE / "viewer.html").read_text(encoding="utf-8"),
    css=(_HERE / "viewer.css").read_text(encoding="utf-8"),
    js=(_HERE / "viewer.js").read_text(encoding="utf-8"),
)


def show_pair(pair: dict[str, Any], key: str) -> None:
    """Draw the viewer; zoom, place and mode stay in the browser and survive a change of pair.

    Parameters
    ----------
    pair : dict
        As :func:`skincompare.report.viewer_pair.viewer_pair` makes it.
    key : str
        Of the widget.
    """
    _viewer(key=key, data=pair)
