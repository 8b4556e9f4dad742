"""Where a person can go: pages by name, so that one page opens another without importing it."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

import streamlit as st
from streamlit.navigation.page import StreamlitPage

__all__ = ["PHOTO", "Place", "go_to", "is_known", "know_places", "page_of"]

PHOTO = "photo"
"""Name in the address of the photo that is looked at, by its number."""
KNOWN = "skincompare_places"
"""Where the pages of this session are kept."""


class Place(StrEnum):
    """A page, by its address."""

    PATIENTS = ""
    PATIENT = "patient"
    COMPARE = "compare"
    ADD = "add"
    PRESENT = "present"
    EXAMPLES = "recovery"
    CHART = "chart"
    METHODS = "methods"
    SETTINGS = "settings"


def know_places(pages: Iterable[StreamlitPage]) -> None:
    """Remember the pages of the navigation for this session."""
    st.session_state[KNOWN] = {page.url_path: page for page in pages}


def page_of(place: Place) -> StreamlitPage | None:
    """Return a page, or None where the app has none of that name."""
    known: Mapping[str, StreamlitPage] = st.session_state.get(KNOWN, {})
    return known.get(place.value)


def is_known(place: Place) -> bool:
    """Return whether the app has a page of that name."""
    return page_of(place) is not None


def go_to(place: Place, address: Mapping[str, str] | None = None) -> None:
    """Open a page; nothing happens where the app has none of that name.

    Parameters
    ----------
    place : Place
        Which.
    address : mapping of str to str, optional
        What stands behind the question mark.
    """
    page = page_of(place)
    if page is not None:
        st.switch_page(page, query_params=dict(address or {}))
