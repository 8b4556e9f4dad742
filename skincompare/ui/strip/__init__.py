"""The strip of a course's photos: small pictures in a row, one of which is chosen."""

from pathlib import Path
from typing import Any

import streamlit as st

from skincompare.ui.words import recovery as words

__all__ = ["choose_day"]

_HERE = Path(__file__).parent

_strip = st.components.v2.component(
    "skincompare_day_strip",
    html=(_HERE / "strip.html").read_text(encoding="utf-8"),
    css=(_HERE / "strip.css").read_text(encoding="utf-8"),
    js=(_HERE / "strip.js").read_text(encoding="utf-8"),
)


def choose_day(days: list[dict[str, Any]], first: str, key: str) -> str:
    """Draw the strip and return the label of the chosen day.

    Parameters
    ----------
    days : list of dict
        ``label``, ``note`` (a few words under it), ``src`` (a small picture) and ``fixed`` (cannot be chosen: the
        baseline).
    first : str
        The day that is chosen until a person chooses another one.
    key : str
        Of the widget.
    """
    answer = _strip(
        key=key,
        data={"days": days, "first": first, "words": {"label": words.DAY_TO_LOOK_AT}},
        on_day_change=_keep,
    )
    chosen = answer.get("day")
    labels = [day["label"] for day in days if not day["fixed"]]
    return str(chosen) if chosen in labels else first


def _keep() -> None:
    """Nothing is to be done: the component keeps its own state."""
