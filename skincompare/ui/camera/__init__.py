"""The camera with a ghost of the baseline: live hints, one photo at a time, kept or taken again."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from skincompare.ui.words.camera import SCRIPT_WORDS
from skincompare.web.captures import CAPTURES

__all__ = ["show_camera"]

_HERE = Path(__file__).parent

_camera = st.components.v2.component(
    "skincompare_camera",
    html=(_HERE / "camera.html").read_text(encoding="utf-8"),
    css=(_HERE / "camera.css").read_text(encoding="utf-8"),
    js=(_HERE / "camera.js").read_text(encoding="utf-8"),
)


def show_camera(ticket: str, ghost: str, done: int, key: str, on_keep: Callable[[str, str], None]) -> None:
    """Draw the camera.

    Parameters
    ----------
    ticket : str
        Under which it sends, from :class:`skincompare.web.captures.Tickets`.
    ghost : str
        Address of the picture that is laid over; empty for none.
    done : int
        Photos that the page has dealt with; when it changes the camera is ready for the next.
    key : str
        Of the component.
    on_keep : callable
        Called with the ticket and the name of a photo that a person wants to keep, before the page runs again.
    """

    def kept() -> None:
        said = st.session_state[key].get("kept")
        if isinstance(said, dict) and {"ticket", "id"} <= said.keys():
            on_keep(str(said["ticket"]), str(said["id"]))

    _camera(
        key=key,
        data={
            "ticket": ticket,
            "ghost": ghost,
            "done": done,
            "send": f"{CAPTURES}/{ticket}",
            "hint": f"{CAPTURES}/hint/{ticket}",
            "outline": f"{CAPTURES}/outline/{ticket}",
            "words": {**SCRIPT_WORDS},
        },
        on_kept_change=kept,
    )
