"""The list of patients: a row each with a small picture, opened by one tap or the Enter key."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

__all__ = ["choose_patient"]

_HERE = Path(__file__).parent

_list = st.components.v2.component(
    "skincompare_patient_list",
    html=(_HERE / "list.html").read_text(encoding="utf-8"),
    css=(_HERE / "list.css").read_text(encoding="utf-8"),
    js=(_HERE / "list.js").read_text(encoding="utf-8"),
)


def choose_patient(rows: Sequence[dict[str, Any]], label: str, key: str) -> str | None:
    """Draw the list and return the uid of the patient that was opened just now.

    Parameters
    ----------
    rows : sequence of dict
        ``uid``, ``code``, ``name``, ``src`` (address of a small picture, or empty), ``facts`` (a few words each) and
        ``notes``, each with ``shape``, ``text`` and ``strong``.
    label : str
        Of the list, for those who do not see it.
    key : str
        Of the component.

    Returns
    -------
    str or None
        None while nobody was opened.
    """
    answer = _list(key=key, data={"rows": list(rows), "label": label}, on_open_change=_keep)
    opened = answer.get("open")
    return str(opened) if opened in [row["uid"] for row in rows] else None


def _keep() -> None:
    """Nothing is to be done: the value comes with the component."""
