"""Point pairs that a person marked, for photos that are hard to align."""

import streamlit as st

from skincompare.ui.keys import Key
from skincompare.ui.words import treatment as words

__all__ = ["choose_points"]


def choose_points() -> bytes | None:
    """Ask for a file of point pairs, out of the way until it is wanted.

    Returns
    -------
    bytes or None
        The file as it was uploaded.
    """
    with st.expander(words.POINTS_TITLE):
        st.caption(words.POINTS_HELP)
        file = st.file_uploader(words.POINTS_FILE, ("json",), key=Key.POINTS)
    return None if file is None else file.getvalue()
