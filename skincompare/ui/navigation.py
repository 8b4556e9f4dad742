"""Which pages there are, in the order of the navigation."""

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from skincompare.ui.pages import add, chart, compare, methods, patient, patients, present, recovery, settings
from skincompare.ui.places import Place, know_places
from skincompare.ui.words import navigation as words

__all__ = ["pages"]


def pages() -> list[StreamlitPage]:
    """Return the pages; the first is the one that opens."""
    found = [
        st.Page(
            patients.show, title=words.PATIENTS, icon=":material/group:", url_path="patients", default=True
        ),
        st.Page(compare.show, title=words.COMPARE, icon=":material/compare:", url_path=Place.COMPARE),
        st.Page(add.show, title=words.ADD, icon=":material/add_a_photo:", url_path=Place.ADD),
        st.Page(recovery.show, title=words.EXAMPLES, icon=":material/show_chart:", url_path=Place.EXAMPLES),
        st.Page(chart.show, title=words.CHART, icon=":material/palette:", url_path=Place.CHART),
        st.Page(methods.show, title=words.METHODS, icon=":material/menu_book:", url_path=Place.METHODS),
        st.Page(settings.show, title=words.SETTINGS, icon=":material/settings:", url_path=Place.SETTINGS),
        st.Page(
            patient.show,
            title=words.PATIENT,
            icon=":material/person:",
            url_path=Place.PATIENT,
            visibility="hidden",
        ),
        st.Page(
            present.show,
            title=words.PRESENT,
            icon=":material/present_to_all:",
            url_path=Place.PRESENT,
            visibility="hidden",
        ),
    ]
    know_places(found)
    return found
