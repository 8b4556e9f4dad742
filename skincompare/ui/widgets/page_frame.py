"""What all pages share: their style and their last lines."""

from html import escape
from pathlib import Path

import streamlit as st

from skincompare.ui.words import page as words

__all__ = ["begin_page", "end_page"]

_STYLE = (Path(__file__).parents[1] / "style.css").read_text(encoding="utf-8")


def begin_page() -> None:
    """Lay the style under the page."""
    st.html(f"<style>{_STYLE}</style>")


def end_page() -> None:
    """Close the page with what always holds."""
    st.html(f'<div class="sc-footer">{escape(" ".join(words.FOOTER))}</div>')
