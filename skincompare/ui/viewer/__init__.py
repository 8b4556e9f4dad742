"""The picture viewer: pairs of a course side by side, swiped, blinking ... or as a map of change.

Plain JavaScript without a build: the files of ``js/`` and ``css/`` are joined when this module is loaded. Zoom, mode
and what is chosen live in the browser; a switch of the pair costs no run of the page, and tells it one small value.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from skincompare.records import Drawing
from skincompare.records.plain import to_plain
from skincompare.ui.viewer.state import ViewerState, points_file, state_of
from skincompare.ui.words.viewer import viewer_words

__all__ = ["ViewerState", "points_file", "show_pair", "show_viewer", "viewer_parts"]

_HERE = Path(__file__).parent
_SCRIPTS = (
    *("geometry", "pictures", "marks", "modes", "detail", "annotations"),
    *("points", "course", "pointer", "keyboard", "viewer", "actions"),
)
"""Files of the script, in the order in which they are joined."""
SHOWN = "_shown"
"""What is added to a viewer's key for the drawings that its browser has shown."""
_STYLES = ("bars", "stage", "overlays", "below", "circumstances")
"""Style sheets, in their order."""
ONLY_PAIR = "pair"
"""What the pair of :func:`show_pair` is called."""


def viewer_parts() -> tuple[str, str, str]:
    """Return the HTML, the joined style sheet and the joined script of the viewer."""
    html = (_HERE / "viewer.html").read_text(encoding="utf-8")
    return html, _joined("css", _STYLES), _joined("js", _SCRIPTS)


def _joined(kind: str, names: tuple[str, ...]) -> str:
    return "\n".join((_HERE / kind / f"{name}.{kind}").read_text(encoding="utf-8") for name in names)


_html, _css, _js = viewer_parts()
_viewer = st.components.v2.component("skincompare_viewer", html=_html, css=_css, js=_js)


def show_viewer(
    pairs: list[dict[str, Any]],
    *,
    key: str,
    current: str | None = None,
    annotations: Mapping[str, Sequence[Drawing]] | None = None,
    patient_view: bool = False,
) -> ViewerState:
    """Draw the viewer, best within a fragment: it runs again when a person changed something, 400 ms later.

    Parameters
    ----------
    pairs : list of dict
        The pairs to step through, oldest first: ``id``, ``label`` (``Day 3``), ``before_note`` and ``after_note`` (the
        words on the pictures: date, day), and the pair itself, either ``pair`` (as
        :func:`skincompare.report.viewer_pair.viewer_pair` makes it) or ``url`` (where the browser fetches that as
        JSON, from this server). Optional: ``thumb`` (address of a small picture), ``note`` (words under it).
    key : str
        Of the widget.
    current : str, optional
        Which pair to show first; naming another one later goes there. Default: the first.
    annotations : mapping of str to sequence of Drawing, optional
        Those stored for each pair.
    patient_view : bool
        Whether the page has one to go to.

    Returns
    -------
    ViewerState
        What is shown, and what a person marked since the page was opened.
    """
    ids = [str(pair["id"]) for pair in pairs]
    first = current if current in ids else (ids[0] if ids else "")
    data = {
        "pairs": pairs,
        "current": first,
        "annotations": {name: to_plain(tuple(drawn)) for name, drawn in (annotations or {}).items()},
        "patient_view": patient_view,
        "words": viewer_words(),
    }
    answer = _viewer(
        key=key,
        data=data,
        on_state_change=_keep,
        on_align_change=_keep,
        on_present_change=_keep,
    )
    told = state_of(answer.get("state"), answer.get("align"), answer.get("present"), ids, first)
    return replace(told, shown=_shown_before(key, told, annotations or {}))


def _shown_before(
    key: str, told: ViewerState, given: Mapping[str, Sequence[Drawing]]
) -> dict[str, tuple[Drawing, ...]]:
    """Return what stood on the changed pairs before the change, and remember what stands on each now.

    What is given in this run is in the browser only after it: a drawing that somebody else made meanwhile was not shown
    to this person, and must not be taken for one that was deleted.
    """
    memory: dict[str, tuple[Drawing, ...]] = st.session_state.get(f"{key}{SHOWN}", {})
    shown = {name: memory.get(name, ()) for name in told.annotations}
    now = {name: tuple(drawn) for name, drawn in given.items()}
    st.session_state[f"{key}{SHOWN}"] = {**now, **told.annotations}
    return shown


def show_pair(pair: dict[str, Any], key: str) -> None:
    """Draw the viewer of a single pair; nothing comes back to the page, so nothing can be marked.

    Parameters
    ----------
    pair : dict
        As :func:`skincompare.report.viewer_pair.viewer_pair` makes it.
    key : str
        Of the widget.
    """
    only = {"id": ONLY_PAIR, "label": "", "pair": pair}
    _viewer(key=key, data={"pairs": [only], "current": ONLY_PAIR, "quiet": True, "words": viewer_words()})


def _keep() -> None:
    """Nothing is to be done: the component keeps its own state."""
