"""Which pages there are, in the order of the navigation."""

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from skincompare.ui.pages import chart, compare, recovery

__all__ = ["pages"]


def pages() -> list[StreamlitPage]:
    """Return the pages; the first is the one that opens."""
    return [
        st.Page(compare.show, title="Compare", icon=":material/compare:", url_path="compare", default=True),
        st.Page(recovery.show, title="Recovery", icon=":material/show_chart:", url_path="recovery"),
        st.Page(chart.show, title="Colour chart", icon=":material/palette:", url_path="chart"),
    ]
