"""A comparison on the page: what it says, the pictures, the table, the warnings, and how it was measured."""

from collections.abc import Callable, Sequence
from functools import partial
from html import escape

import streamlit as st

from skincompare.comparison import Comparison
from skincompare.measurement import Effect, Flag
from skincompare.report import words
from skincompare.report.gate import GATE_TITLE
from skincompare.report.pair_view import PairView
from skincompare.ui.keys import Key
from skincompare.ui.pictures import shown_view
from skincompare.ui.viewer import points_file, show_viewer
from skincompare.ui.widgets.change_table import is_detected, show_change_tables
from skincompare.ui.widgets.flags import show_flags, show_notes
from skincompare.ui.widgets.forest_chart import forest_chart
from skincompare.ui.widgets.pair_files import FileKind, show_files
from skincompare.ui.widgets.sentences import show_lead, show_quiet, show_sentences
from skincompare.ui.words import compare as compare_words
from skincompare.ui.words import files as file_words
from skincompare.ui.words import outcome as own
from skincompare.workflows.reporting import comparison_csv, comparison_pair, comparison_report

__all__ = ["show_outcome", "show_result"]

COLUMNS = (0.6, 0.4)
"""Shares of the width for the pictures and for what stands beside them."""
MOST_SENTENCES = 2
"""Sentences beside the pictures, after the headline; the others wait folded."""
MOST_NOTES = 2
"""Notes beside the pictures that only widen an error; what bears on a verdict is always shown."""


def show_outcome(
    view: PairView,
    notes: tuple[str, str],
    full: tuple[str, str] = ("", ""),
    again: Callable[[], Comparison] | None = None,
) -> None:
    """Draw what a comparison came to.

    Parameters
    ----------
    view : PairView
        Aligned or refused.
    notes : tuple of str
        A few words for the before and the after picture: their dates.
    full : tuple of str
        Addresses of the whole photos, to zoom into.
    again : callable, optional
        Compares them again, with all their pixels: for files that are made of them.
    """
    only = {
        "id": view.file_stem,
        "label": "",
        "before_note": notes[0],
        "after_note": notes[1],
        "url": shown_view(view, view.file_stem, full),
    }

    def pictures() -> PairView:
        state = show_viewer([only], key=Key.VIEWER)
        if state.align is not None:
            st.session_state[Key.MARKED_POINTS] = (view.photos, points_file(state.align[1]))
            st.rerun()
        return view

    show_result(pictures, partial(_show_downloads, view, again))


def show_result(pictures: Callable[[], PairView], downloads: Callable[[], None]) -> None:
    """Draw a comparison: pictures, what they say beside them, the table, the checks and the method.

    Parameters
    ----------
    pictures : callable
        Draws the viewer and returns the view that it shows.
    downloads : callable
        Draws what can be taken away.
    """
    head = st.container()
    with st.container(key="result-row"):
        left, beside = st.columns(COLUMNS, gap="large")
    with left:
        view = pictures()
    lead, *more = view.headline
    with head:
        show_lead(lead)
    with beside:
        if view.is_aligned:
            if view.unchecked is not None:
                _offer_same_person(view.unchecked)
            _show_forest(view)
            show_sentences(more[:MOST_SENTENCES])
            _show_folded(more[MOST_SENTENCES:])
            _show_warnings(view)
        else:
            st.markdown(compare_words.WHY)
            show_flags(view.pair_flags)
            if view.mirrored is not None:
                _offer_flip(view.mirrored)
        downloads()
    if view.changes:
        show_change_tables(view.changes, view.treated)
        _show_not_measurable(view)
    _show_gate(view)
    _show_method(view)


def _offer_flip(pair: tuple[str, str]) -> None:
    """Offer to flip the after photo; the page remembers for which pair."""
    st.button(
        own.FLIP,
        key=Key.FLIP,
        type="primary",
        icon=":material/flip:",
        on_click=_remember_flip,
        args=(pair,),
    )
    show_quiet(own.FLIP_NOTE)


def _offer_same_person(pair: tuple[str, str]) -> None:
    """Offer to say that both photos show the same person; the page remembers for which pair."""
    st.button(
        own.SAME_PERSON,
        key=Key.SAME_PERSON,
        type="primary",
        icon=":material/person_check:",
        on_click=_remember_same_person,
        args=(pair,),
    )
    show_quiet(own.SAME_PERSON_NOTE)


def _remember_same_person(pair: tuple[str, str]) -> None:
    st.session_state[Key.SAME_PERSON_PAIR] = pair


def _remember_flip(pair: tuple[str, str]) -> None:
    st.session_state[Key.FLIPPED_PAIR] = pair


def _show_forest(view: PairView) -> None:
    redness = [one for one in view.changes if one.metric == "redness" and words.is_measurable(one)]
    if not redness:
        return
    ordered = words.sorted_changes(redness, view.treated)
    first = [one for one in ordered if one.region in view.treated or is_detected(one)]
    rest = [one for one in ordered if one not in first]
    st.markdown(own.FOREST_TITLE)
    st.altair_chart(forest_chart(first or rest, rest), width="stretch", alt=own.FOREST_ALT)
    show_quiet(own.FOREST_NOTE)
    if first and rest:
        with st.expander(own.other_redness(len(rest))):
            st.altair_chart(forest_chart(rest, first), width="stretch", alt=own.FOREST_ALT)


def _show_folded(sentences: Sequence[str]) -> None:
    if sentences:
        with st.expander(own.more_sentences(len(sentences))):
            show_sentences(sentences)


def _show_warnings(view: PairView) -> None:
    cautions = words.grouped_cautions(view.changes, view.pair_flags)
    told = " ".join(view.headline)
    flags = [flag for flag in (*view.pair_flags, *view.light_flags) if flag.reason not in told]
    if not flags and not cautions:
        return
    st.markdown(own.NOTE)
    grouped = [
        Flag(one.code, own.caution(one.what, one.where, one.why), one.advice, one.effect) for one in cautions
    ]
    every = [*dict.fromkeys((*flags, *grouped))]
    grave = [one for one in every if one.effect in (Effect.UNCONFIRMED, Effect.NOT_MEASURABLE)]
    others = [one for one in every if one not in grave]
    show_flags([*grave, *others[:MOST_NOTES]])
    if others[MOST_NOTES:]:
        with st.expander(own.more_notes(len(others) - MOST_NOTES)):
            show_flags(others[MOST_NOTES:])


def _show_downloads(view: PairView, again: Callable[[], Comparison] | None) -> None:
    kinds = [
        FileKind(file_words.HTML, "html", "text/html", lambda options: view.report),
        FileKind(file_words.JSON, "json", "application/json", lambda options: view.numbers),
    ]
    if again is not None:
        kinds = [
            FileKind(
                file_words.PDF, "pdf", "application/pdf", lambda options: comparison_report(again(), options)
            ),
            FileKind(file_words.PNG, "png", "image/png", lambda options: comparison_pair(again(), options)),
            FileKind(file_words.TABLE, "csv", "text/csv", lambda options: comparison_csv(again())),
            *kinds,
        ]
    show_files("pair", view.file_stem, tuple(kinds))


def _show_not_measurable(view: PairView) -> None:
    groups = words.grouped_reasons(view.changes, view.light_references)
    if not groups:
        return
    with st.expander(own.NOT_MEASURED):
        show_notes(
            (own.reason_head(one.what, one.where), own.reason_text(one.why, one.advice), False)
            for one in groups
        )


def _show_gate(view: PairView) -> None:
    answer, table = view.gate
    if not table:
        return
    with st.expander(own.gate_title(GATE_TITLE, answer)):
        st.html(f'<div class="sc-table-room">{table}</div>')
        show_quiet(own.NOT_LOOKED_FOR)


def _show_method(view: PairView) -> None:
    with st.expander(own.METHOD):
        listed = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in view.facts)
        st.html(f'<dl class="sc-facts">{listed}</dl>')
