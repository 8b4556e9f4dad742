"""Point pairs that a person marked, for photos that are hard to align."""

import streamlit as st

from skincompare.ui.keys import Key

__all__ = ["choose_points"]

TITLE = "Photos that are hard to align: add point pairs"
HELP = (
    "At least three places that both photos show, such as moles or scars, marked in pixels of each photo: "
    '`{"schema_version": 1, "pairs": [{"before": [x, y], "after": [x, y]}, ...]}`'
)


def choose_points() -> bytes | None:
    """Ask for a file of point pairs, out of the way until it is wanted.

    Returns
    -------
    bytes or None
        The file as it was uploaded.
    """
    with st.expander(TITLE):
        st.caption(HELP)
        file = st.file_uploader("Point pairs (JSON)", ("json",), key=Key.POINTS)
    return None if file is None else file.getvalue()
