"""What all pages share: their style and their last lines."""

from html import escape
from pathlib import Path

import streamlit as st

from skincompare.ui.words import page as words

__all__ = ["PARTS", "STYLE", "begin_page", "end_page"]

_FOLDER = Path(__file__).parents[1] / "styles"
PARTS = ("page", "tables", "notes", "compare", "recovery", "patient", "add", "present", "methods", "chart")
"""Parts of the style in the order in which they are joined: a later rule wins over an earlier one."""
STYLE = "".join((_FOLDER / f"{part}.css").read_text(encoding="utf-8") for part in PARTS)
"""Of all pages."""


def begin_page() -> None:
    """Lay the style under the page."""
    st.html(f"<style>{STYLE}</style>")


def end_page() -> None:
    """Close the page with what always holds."""
    st.html(f'<div class="sc-footer">{escape(" ".join(words.FOOTER))}</div>')
