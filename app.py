"""The app: page setup, navigation, run. Start it with ``python -m streamlit run app.py``."""

import streamlit as st

from skincompare.ui.icon import app_icon
from skincompare.ui.pages import chart, compare, recovery


def main() -> None:
    """Set up the page and run the chosen one."""
    st.set_page_config(page_title="SkinCompare", page_icon=app_icon(), layout="wide")
    pages = [
        st.Page(compare.show, title="Compare", icon=":material/compare:", url_path="compare", default=True),
        st.Page(recovery.show, title="Recovery", icon=":material/show_chart:", url_path="recovery"),
        st.Page(chart.show, title="Colour chart", icon=":material/palette:", url_path="chart"),
    ]
    st.navigation(pages, position="top").run()


if __name__ == "__main__":
    main()
