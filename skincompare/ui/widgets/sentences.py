"""What a result says, in sentences."""

from collections.abc import Sequence
from html import escape

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

__all__ = ["show_lead", "show_quiet", "show_sentences"]


def show_lead(sentence: str, place: DeltaGenerator | None = None) -> None:
    """Draw the sentence that matters most, large."""
    (place or st).html(f'<h2 class="sc-lead">{escape(sentence)}</h2>')


def show_quiet(sentence: str) -> None:
    """Draw a sentence that explains, small."""
    st.html(f'<p class="sc-quiet">{escape(sentence)}</p>')


def show_sentences(sentences: Sequence[str], place: DeltaGenerator | None = None) -> None:
    """Draw the other sentences, one a line."""
    if sentences or place:
        lines = "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences)
        (place or st).html(f'<div class="sc-sentences">{lines}</div>')
