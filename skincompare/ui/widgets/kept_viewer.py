"""The viewer of stored pairs: what a person draws on them is kept."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from skincompare.errors import SkincompareError
from skincompare.records import PhotoRecord
from skincompare.store import Store
from skincompare.ui.problems import escape_markdown
from skincompare.ui.viewer import ViewerState, show_viewer
from skincompare.workflows.annotating import drawings_of, keep_drawings

__all__ = ["show_kept_viewer"]


def show_kept_viewer(
    store: Store,
    photos: Mapping[str, tuple[PhotoRecord, PhotoRecord]],
    listed: list[dict[str, Any]],
    *,
    key: str,
    current: str,
    patient_view: bool = False,
) -> ViewerState:
    """Draw the viewer and store what was drawn in it.

    Parameters
    ----------
    store : Store
        Where the photos are.
    photos : mapping of str to (PhotoRecord, PhotoRecord)
        Before and after photo of each pair, by the viewer's name for it.
    listed : list of dict
        The pairs, as :func:`skincompare.ui.viewer.show_viewer` takes them.
    key, current, patient_view
        As for the viewer.

    Returns
    -------
    ViewerState
        What is shown.
    """
    drawn = drawings_of(store, photos)
    # A page that draws something above it makes the viewer anew: then it begins where it was, unless the page wants
    # another pair than before.
    memory = f"{key}_current"
    wanted, seen = st.session_state.get(memory, (current, current))
    begins = seen if wanted == current and seen in photos else current
    state = show_viewer(listed, key=key, current=begins, annotations=drawn, patient_view=patient_view)
    st.session_state[memory] = current, state.current
    try:
        keep_drawings(store, photos, state.annotations, state.shown)
    except SkincompareError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
    return state
