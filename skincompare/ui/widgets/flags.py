"""Circumstances that a reader must know, each with what to do."""

from collections.abc import Iterable
from html import escape

import streamlit as st

from skincompare.measurement import Effect, Flag
from skincompare.report import words

__all__ = ["show_flags", "show_notes"]


def show_flags(flags: Iterable[Flag]) -> None:
    """Draw flags, each once: what it does to the numbers, its reason, its advice."""
    show_notes(
        (
            f"{words.effect_words(flag.effect)}.",
            f"{flag.reason} {flag.advice}",
            flag.effect is not Effect.NOTE,
        )
        for flag in dict.fromkeys(flags)
    )


def show_notes(notes: Iterable[tuple[str, str, bool]]) -> None:
    """Draw a list of notes.

    Parameters
    ----------
    notes : iterable of (str, str, bool)
        A few words in bold, the text, and whether it bears on the numbers.
    """
    items = "".join(
        f'<li class="sc-note{" sc-strong" if bears else ""}"><strong>{escape(name)}</strong> {escape(text)}</li>'
        for name, text, bears in notes
    )
    st.html(f'<ul class="sc-notes">{items}</ul>')
