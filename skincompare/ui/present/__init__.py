"""The pictures of the patient view: two large ones without tools; arrow keys step, Escape asks whether to leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from skincompare.ui.words import present as words

__all__ = ["Presented", "show_presented"]

_HERE = Path(__file__).parent

_present = st.components.v2.component(
    "skincompare_present",
    html=(_HERE / "present.html").read_text(encoding="utf-8"),
    css=(_HERE / "present.css").read_text(encoding="utf-8"),
    js=(_HERE / "present.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True, slots=True)
class Presented:
    """What a person looks at, and whether they asked to leave and said yes."""

    current: str
    leaves: bool


def show_presented(pairs: Sequence[dict[str, Any]], current: str, key: str) -> Presented:
    """Draw the pictures.

    Parameters
    ----------
    pairs : sequence of dict
        ``id``, ``url`` (address of what the viewer shows), ``before_note`` and ``after_note``, oldest first.
    current : str
        Which is shown until another one is chosen.
    key : str
        Of the component.
    """
    told = {
        "title": words.LEAVE_TITLE,
        "leave": words.LEAVE,
        "stay": words.STAY,
        "earlier": words.EARLIER,
        "later": words.LATER,
        "wait": words.WAIT,
        "gone": words.GONE,
    }
    data = {"pairs": list(pairs), "current": current, "words": told}
    answer = _present(key=key, data=data, on_current_change=_keep, on_leave_change=_keep)
    chosen = answer.get("current")
    known = [pair["id"] for pair in pairs]
    return Presented(str(chosen) if chosen in known else current, bool(answer.get("leave")))


def _keep() -> None:
    """Nothing is to be done: the component keeps its own state."""
