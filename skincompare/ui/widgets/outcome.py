"""A comparison on the page: what it says, the pictures, the table, the warnings, and how it was measured."""

from html import escape

import streamlit as st

from skincompare.measurement import Flag
from skincompare.report import words
from skincompare.report.gate import GATE_TITLE
from skincompare.report.pair_view import PairView
from skincompare.ui.keys import Key
from skincompare.ui.pictures import shown_view
from skincompare.ui.viewer import show_viewer
from skincompare.ui.widgets.change_table import show_change_tables
from skincompare.ui.widgets.flags import show_flags, show_notes
from skincompare.ui.widgets.forest_chart import forest_chart
from skincompare.ui.widgets.sentences import show_lead, show_sentences

__all__ = ["show_outcome"]

COLUMNS = (0.6, 0.4)
"""Shares of the width for the pictures and for what stands beside them."""


def show_outcome(outcome: PairView, notes: tuple[str, str], full: tuple[str, str] = ("", "")) -> None:
    """Draw what a comparison came to.

    Parameters
    ----------
    outcome : PairView
        Aligned or refused.
    notes : tuple of str
        A few words for the before and the after picture: their dates.
    full : tuple of str
        Addresses of the whole photos, to zoom into.
    """
    lead, *more = outcome.headline
    show_lead(lead)
    with st.container(key="result-row"):
        pictures, beside = st.columns(COLUMNS, gap="large")
    with pictures:
        show_viewer(
            [
                {
                    "id": outcome.file_stem,
                    "label": "",
                    "before_note": notes[0],
                    "after_note": notes[1],
                    "url": shown_view(outcome, outcome.file_stem, full),
                }
            ],
            key=Key.VIEWER,
        )
    with beside:
        if outcome.is_aligned:
            if outcome.unchecked is not None:
                _offer_same_person(outcome.unchecked)
            _show_forest(outcome)
            show_sentences(more)
            _show_warnings(outcome)
        else:
            st.markdown("##### Why, and what to do")
            show_flags(outcome.pair_flags)
            if outcome.mirrored is not None:
                _offer_flip(outcome.mirrored)
        _show_downloads(outcome)
    if outcome.changes:
        show_change_tables(outcome.changes, outcome.treated)
        _show_not_measurable(outcome)
    _show_gate(outcome)
    _show_method(outcome)


def _offer_flip(pair: tuple[str, str]) -> None:
    """Offer to flip the after photo; the page remembers for which pair."""
    st.button(
        "Flip the after photo and compare",
        key=Key.FLIP,
        type="primary",
        icon=":material/flip:",
        on_click=_remember_flip,
        args=(pair,),
    )
    st.html(
        '<p class="sc-quiet">Which of the two photos is mirrored cannot be told. Left and right stay those of the '
        "before photo, and your files are not changed.</p>"
    )


def _offer_same_person(pair: tuple[str, str]) -> None:
    """Offer to say that both photos show the same person; the page remembers for which pair."""
    st.button(
        "Both photos show the same person",
        key=Key.SAME_PERSON,
        type="primary",
        icon=":material/person_check:",
        on_click=_remember_same_person,
        args=(pair,),
    )
    st.html(
        '<p class="sc-quiet">The fine detail of the skin does not tell, because a photo is dim, noisy or soft. If you '
        "know it, say so, and the changes are shown with a wider error.</p>"
    )


def _remember_same_person(pair: tuple[str, str]) -> None:
    st.session_state[Key.SAME_PERSON_PAIR] = pair


def _remember_flip(pair: tuple[str, str]) -> None:
    st.session_state[Key.FLIPPED_PAIR] = pair


def _show_forest(outcome: PairView) -> None:
    redness = [one for one in outcome.changes if one.metric == "redness" and words.is_measurable(one)]
    if not redness:
        return
    st.markdown("##### Redness by region")
    chart = forest_chart(words.sorted_changes(redness, outcome.treated))
    st.altair_chart(
        chart, width="stretch", alt="Change of redness in each region with its error; see the table"
    )
    st.html(
        '<p class="sc-quiet">Dots: change, lines: 95 % interval, grey bars: '
        "how far repeat photos of unchanged skin differ. Left and right are the patient's own.</p>"
    )


def _show_warnings(outcome: PairView) -> None:
    cautions = words.grouped_cautions(outcome.changes, outcome.pair_flags)
    told = " ".join(outcome.headline)
    flags = [flag for flag in (*outcome.pair_flags, *outcome.light_flags) if flag.reason not in told]
    if not flags and not cautions:
        return
    st.markdown("##### Please note")
    grouped = [
        Flag(one.code, f"{one.what} on {one.where}: {one.why}", one.advice, one.effect) for one in cautions
    ]
    show_flags([*flags, *grouped])


def _show_downloads(outcome: PairView) -> None:
    with st.container(horizontal=True):
        st.download_button(
            "Report (HTML)",
            data=outcome.report,
            file_name=f"{outcome.file_stem}.html",
            mime="text/html",
            key=Key.HTML_REPORT,
            icon=":material/download:",
            on_click="ignore",
        )
        st.download_button(
            "Numbers (JSON)",
            data=outcome.numbers,
            file_name=f"{outcome.file_stem}.json",
            mime="application/json",
            key=Key.JSON,
            icon=":material/download:",
            on_click="ignore",
        )


def _show_not_measurable(outcome: PairView) -> None:
    groups = words.grouped_reasons(outcome.changes, outcome.light_references)
    if not groups:
        return
    with st.expander("What could not be measured, and how to retake the photos"):
        show_notes((f"{one.what}, {one.where}.", f"{one.why} {one.advice}", False) for one in groups)


def _show_gate(outcome: PairView) -> None:
    answer, table = outcome.gate
    if not table:
        return
    with st.expander(f"{GATE_TITLE} {answer}"):
        st.html(f'<div class="sc-table-room">{table}</div>')
        st.html('<p class="sc-quiet">Make-up and glasses are not looked for.</p>')


def _show_method(outcome: PairView) -> None:
    with st.expander("How this was measured"):
        listed = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in outcome.facts)
        st.html(f'<dl class="sc-facts">{listed}</dl>')
