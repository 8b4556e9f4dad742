"""The list of patients: a row each with a small picture, opened by one tap or the Enter key."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

__all__ = ["show_patients"]

_HERE = Path(__file__).parent

_list = st.components.v2.component(
    "skincompare_patient_list",
    html=(_HERE / "list.html").read_text(encoding="utf-8"),
    css=(_HERE / "list.css").read_text(encoding="utf-8"),
    js=(_HERE / "list.js").read_text(encoding="utf-8"),
)


def show_patients(
    rows: Sequence[dict[str, Any]], label: str, key: str, on_open: Callable[[str], None]
) -> None:
    """Draw the list.

    Parameters
    ----------
    rows : sequence of dict
        ``uid``, ``code``, ``name``, ``src`` (address of a small picture, or empty), ``facts`` (a few words each) and
        ``notes``, each with ``shape``, ``text`` and ``strong``.
    label : str
        Of the list, for those who do not see it.
    key : str
        Of the component.
    on_open : callable
        Called with the uid of a patient that was opened, before the page runs again.
    """

    def opened() -> None:
        uid = st.session_state[key].get("open")
        if uid in [row["uid"] for row in rows]:
            on_open(str(uid))

    _list(key=key, data={"rows": list(rows), "label": label}, on_open_change=opened)
