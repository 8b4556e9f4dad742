"""What is still needed before two photos can be compared, and how good photos are taken."""

from html import escape

import streamlit as st

from skincompare.ui.words import treatment as words

__all__ = ["show_first_steps"]


def show_first_steps(*done: bool) -> None:
    """Draw the steps, those done ticked, and advice for the photos.

    Parameters
    ----------
    *done : bool
        For each of the steps in their order.
    """
    steps = "".join(
        f'<li class="sc-done">{escape(words.done(step))}</li>' if is_done else f"<li>{escape(step)}</li>"
        for step, is_done in zip(words.STEPS, done, strict=True)
    )
    advice = "".join(f"<li>{escape(line)}</li>" for line in words.ADVICE)
    st.html(
        f'<div class="sc-steps"><h3>{escape(words.STEPS_TITLE)}</h3><ol>{steps}</ol>'
        f"<h3>{escape(words.ADVICE_TITLE)}</h3><ul>{advice}</ul></div>"
    )
