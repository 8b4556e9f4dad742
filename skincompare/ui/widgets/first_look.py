"""Both photos as they are, shown while the comparison runs."""

from html import escape

import streamlit as st

from skincompare.errors import PhotoError
from skincompare.photo import read_photo
from skincompare.report.figures import data_uri, encode_jpeg, shrunk
from skincompare.ui.cache import PhotoFile

__all__ = ["show_first_look"]

COLUMNS = (0.6, 0.4)
"""Shares of the width: the pictures stand where the viewer will."""
LONGEST_PX = 640
"""Longer side of these pictures, px: quick to make and to send."""


def show_first_look(photos: tuple[PhotoFile, PhotoFile]) -> None:
    """Draw two photos beside each other, untouched; one that cannot be read is left out."""
    figures = []
    for photo, side in zip(photos, ("Before", "After"), strict=True):
        source = _small(photo.sha256, photo)
        if source:
            figures.append(
                f'<figure><img src="{source}" alt=""><figcaption>{escape(side)}</figcaption></figure>'
            )
    pictures, _ = st.columns(COLUMNS, gap="large")
    pictures.html(f'<div class="sc-pair">{"".join(figures)}</div>')


@st.cache_data(max_entries=8, scope="session", show_spinner=False)
def _small(sha256: str, _photo: PhotoFile) -> str:
    try:
        pixels = read_photo(_photo.data, name=_photo.name).pixels
    except PhotoError:
        return ""
    return data_uri(encode_jpeg(shrunk(pixels, LONGEST_PX)), "image/jpeg")
