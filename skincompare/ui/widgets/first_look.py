"""Both photos as they are, shown while the comparison runs."""

from html import escape

import numpy as np
import numpy.typing as npt
import streamlit as st

from skincompare.errors import PhotoError
from skincompare.photo import read_photo
from skincompare.report.figures import data_uri, encode_jpeg, shrunk
from skincompare.ui.cache import PhotoFile
from skincompare.ui.words import compare as words

__all__ = ["show_aligned_look", "show_first_look", "show_stored_look"]

COLUMNS = (0.6, 0.4)
"""Shares of the width: the pictures stand where the viewer will."""
LONGEST_PX = 640
"""Longer side of these pictures, px: quick to make and to send."""


def show_first_look(photos: tuple[PhotoFile, PhotoFile]) -> None:
    """Draw two photos beside each other, untouched; one that cannot be read is left out."""
    _draw([_small(photo.sha256, photo) for photo in photos], words.AS_TAKEN)


def show_stored_look(addresses: list[str]) -> None:
    """Draw two stored photos as they are, by their addresses."""
    _draw(addresses, words.AS_TAKEN)


def show_aligned_look(before: npt.NDArray[np.uint8], after: npt.NDArray[np.uint8]) -> None:
    """Draw the aligned pair, uint8 RGB, while its changes are being measured."""
    _draw([_encoded(before), _encoded(after)], words.ALIGNED)


def _draw(sources: list[str], captions: tuple[str, str]) -> None:
    figures = (
        f'<figure><img src="{source}" alt=""><figcaption>{escape(caption)}</figcaption></figure>'
        for source, caption in zip(sources, captions, strict=True)
        if source
    )
    pictures, _ = st.columns(COLUMNS, gap="large")
    pictures.html(f'<div class="sc-pair">{"".join(figures)}</div>')


def _encoded(pixels: npt.NDArray[np.uint8]) -> str:
    return data_uri(encode_jpeg(shrunk(pixels, LONGEST_PX)), "image/jpeg")


@st.cache_data(max_entries=8, scope="session", show_spinner=False)
def _small(sha256: str, _photo: PhotoFile) -> str:
    try:
        pixels = read_photo(_photo.data, name=_photo.name).pixels
    except PhotoError:
        return ""
    return _encoded(pixels)
