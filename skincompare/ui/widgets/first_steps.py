"""What is still needed before two photos can be compared, and how good photos are taken."""

from html import escape

import streamlit as st

__all__ = ["show_first_steps"]

STEPS = ("Add the photo from before.", "Add the photo from after.", "Say what was treated.")
ADVICE = (
    "Use the same place, lamp and distance for both photos; no flash, no filter.",
    "Look straight into the camera with a relaxed face, hair held back, skin clean and dry.",
    "Show some skin that was not treated: it tells what the light alone did.",
    "Fill the picture with the face; for pores and fine lines take a sharp close-up.",
)


def show_first_steps(*done: bool) -> None:
    """Draw the steps, those done ticked, and advice for the photos.

    Parameters
    ----------
    *done : bool
        For each of the steps in their order.
    """
    steps = "".join(
        f'<li class="sc-done">{escape(step)} ✓</li>' if is_done else f"<li>{escape(step)}</li>"
        for step, is_done in zip(STEPS, done, strict=True)
    )
    advice = "".join(f"<li>{escape(line)}</li>" for line in ADVICE)
    st.html(
        '<div class="sc-steps"><h3>Three steps, then the comparison starts by itself</h3>'
        f"<ol>{steps}</ol><h3>Photos that can be compared well</h3><ul>{advice}</ul></div>"
    )
