"""The table of expected bands, each line with its provenance; a line can be set and reset."""

import streamlit as st

from skincompare.errors import SkincompareError
from skincompare.recovery import BandLine
from skincompare.store import Store
from skincompare.ui.keys import Key
from skincompare.ui.problems import escape_markdown
from skincompare.ui.words import settings as words
from skincompare.workflows.housekeeping import refreshed_bands, reset_band, set_band

__all__ = ["show_bands"]

LAST_DAY = 365.0
"""Latest day that can be typed in, a year [judgement]."""
STEP_DAYS = 0.5
COLUMNS = (0.16, 0.16, 0.16, 0.52)
"""Shares of the width for the three days and for where they come from."""


def show_bands(store: Store) -> None:
    """Draw the lines, each in a form of its own."""
    st.write(words.BANDS_TEXT)
    own = {one.depth for one in store.aftercare.bands()}
    for line in refreshed_bands(store).lines:
        _line(store, line, is_own=line.depth.value in own)


def _line(store: Store, line: BandLine, *, is_own: bool) -> None:
    name = line.depth.name.lower()
    mark = f"{name}_{line.first_day}_{line.last_day}_{line.ask_after_day}"  # fresh fields after a reset
    with st.form(f"{Key.BAND}_{mark}"):
        st.markdown(f"##### {escape_markdown(line.depth.value.capitalize())}")
        columns = st.columns(COLUMNS)
        labels = (words.FIRST, words.LAST, words.ASK)
        values = (line.first_day, line.last_day, line.ask_after_day)
        first, last, ask = (
            column.number_input(
                label, 0.0, LAST_DAY, value, STEP_DAYS, format="%.1f", key=f"{Key.BAND}_{place}_{mark}"
            )
            for place, (column, label, value) in enumerate(zip(columns, labels, values, strict=False))
        )
        provenance = columns[3].text_input(
            words.PROVENANCE,
            placeholder=words.PROVENANCE_HELP,
            key=f"{Key.BAND_PROVENANCE}_{mark}",
        )
        st.caption(escape_markdown(line.provenance))
        with st.container(horizontal=True):
            is_sent = st.form_submit_button(words.SAVE, key=f"{Key.BAND_SAVE}_{mark}")
            is_reset = is_own and st.form_submit_button(words.RESET, key=f"{Key.BAND_RESET}_{mark}")
    try:
        if is_reset:
            reset_band(store, line.depth)
            st.rerun()
        if is_sent:
            set_band(store, line.depth, (first, last, ask), provenance)
            st.rerun()
    except SkincompareError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
