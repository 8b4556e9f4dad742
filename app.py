"""The app: page setup, navigation, run. ``python -m streamlit run app.py`` or ``uvicorn app:app`` start it."""

import streamlit as st

from skincompare.ui.icon import app_icon
from skincompare.ui.navigation import pages
from skincompare.web import capture_routes, desk_middleware, picture_routes


def main() -> None:
    """Set up the page and run the chosen one."""
    st.set_page_config(page_title="SkinCompare", page_icon=app_icon(), layout="wide")
    st.navigation(pages(), position="top").run()


if __name__ == "__main__":
    main()
else:
    app = st.App(__file__, routes=[*picture_routes(), *capture_routes()], middleware=desk_middleware())
