"""Progress over the sessions of a course: the quantities of its condition at comparable days."""

import math
from html import escape

import streamlit as st

from skincompare.measurement import Change
from skincompare.recovery import progress_sentence
from skincompare.report import words as names
from skincompare.ui.widgets.sentences import show_sentences
from skincompare.ui.words import course as words
from skincompare.workflows.course_overview import QUANTITIES_OF
from skincompare.workflows.progress import CourseProgress, course_progress
from skincompare.workflows.timeline import Timeline

__all__ = ["show_course_progress"]

MOST_SENTENCES = 3
"""Sentences above the table."""


def show_course_progress(whole: Timeline) -> None:
    """Draw what the sessions did to what is treated.

    Parameters
    ----------
    whole : Timeline
        With the quantities of its condition.
    """
    told = course_progress(whole, quantities=QUANTITIES_OF[whole.course.condition])
    known = [one for one in told.progress if one.n_visits]
    if not known:
        st.info(words.NO_PROGRESS, icon=":material/timeline:")
        return
    if not math.isnan(told.day):
        st.html(f'<p class="sc-quiet">{escape(words.progress_head(told.day))}</p>')
    if not told.is_settled:
        show_sentences([words.UNSETTLED])
    st.html(_table(told))
    show_sentences([progress_sentence(one) for one in known[:MOST_SENTENCES]])


def _table(told: CourseProgress) -> str:
    numbers = [visit.number for visit in told.visits]
    after = "".join(
        f'<th scope="col" class="sc-number">{escape(words.after_session(number))}</th>' for number in numbers
    )
    rows, last = "", ""
    for one, changes in zip(told.progress, told.changes, strict=True):
        if not any(change is not None and names.is_measurable(change) for change in changes):
            continue
        if one.metric != last:
            label = escape(f"{names.quantity_label(one.metric)}, {names.change_unit(one.unit)}")
            span = len(numbers) + 1
            rows += f'<tr class="sc-group"><th scope="rowgroup" colspan="{span}">{label}</th></tr>'
            last = one.metric
        place = escape(names.capitalised(names.region_label(one.region)))
        rows += f"<tr><td>{place}</td>{''.join(_cell(change) for change in changes)}</tr>"
    head = f'<thead><tr><th scope="col">{escape(words.REGION)}</th>{after}</tr></thead>'
    table = f'<table class="sc-table sc-narrow">{head}<tbody>{rows}</tbody></table>'
    return f'<div class="sc-table-room">{table}</div>'


def _cell(change: Change | None) -> str:
    if change is None:
        return '<td class="sc-number">–</td>'
    said = escape(names.VERDICT_WORDS[change.verdict])
    symbol = f'<span title="{said}" aria-label="{said}">{names.VERDICT_SYMBOLS[change.verdict]}</span>'
    return f'<td class="sc-number">{names.change_with_sigma(change)} {symbol}</td>'
