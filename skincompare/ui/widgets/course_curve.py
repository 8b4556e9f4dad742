"""The recovery after a session of a patient: flags, curve with its band and markers, what it says."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from skincompare.records import Session
from skincompare.recovery import RecoveryFlag, RecoveryOutlook, days_since
from skincompare.report import words as names
from skincompare.store import Store
from skincompare.ui.clinic import clinic_zone
from skincompare.ui.course_cache import outlook_of_course
from skincompare.ui.keys import Key
from skincompare.ui.widgets.recovery_chart import ChartMark, recovery_chart
from skincompare.ui.widgets.recovery_outlook import outlook_sentences
from skincompare.ui.widgets.recovery_words import most_changed_first, recovery_sentence
from skincompare.ui.widgets.sentences import show_sentences
from skincompare.ui.words import course as words
from skincompare.ui.words import recovery as recovery_words
from skincompare.workflows.timeline import Timeline

__all__ = ["chart_marks", "show_course_curve", "show_course_flags"]

FIRST_SHOWN = 3
"""Regions whose curves are drawn before a person chooses others; more are a tangle."""
LEAST_DAYS = 7.0
"""The axis reaches at least so far, days."""


def show_course_flags(whole: Timeline) -> None:
    """Draw what is to be seen to after the last session; nothing where there is nothing."""
    flags = whole.flags(whole.sessions[-1]) if whole.sessions else ()
    if flags:
        st.html(_flags(flags))


def _flags(flags: Sequence[RecoveryFlag]) -> str:
    """Return flags as one line that opens: all of them, what to do, and when they are shown."""
    told = [flag.reason for flag in flags]
    why = [*told, *dict.fromkeys(flag.advice for flag in flags), *dict.fromkeys(flag.rule for flag in flags)]
    return (
        f'<details class="sc-flag"><summary>{escape(recovery_words.seen(told))}</summary>'
        f"{''.join(f'<p>{escape(line)}</p>' for line in why)}</details>"
    )


@st.fragment
def show_course_curve(store: Store, whole: Timeline) -> None:
    """Draw the recovery after the last session; another choice of regions runs this part again alone."""
    clinic_zone(store)
    if not whole.sessions:
        st.info(words.NO_SESSIONS, icon=":material/event:")
        return
    session = whole.sessions[-1]
    outlook = outlook_of_course(whole, session)
    if not outlook.curves:
        st.info(recovery_words.NOT_YET, icon=":material/show_chart:")
        return
    known = [curve.region for curve in outlook.curves]
    regions = _choose(whole, known)
    curves = [curve for curve in outlook.curves if curve.region in regions]
    if outlook.overall is not None and (len(known) > 1):
        curves.append(outlook.overall)
    last = max((point.day for curve in outlook.curves for point in curve.points), default=LEAST_DAYS)
    st.altair_chart(
        recovery_chart(curves, (), max(LEAST_DAYS, last), outlook, chart_marks(whole, session, outlook)),
        width="stretch",
        alt=recovery_words.ALT,
    )
    told = [recovery_sentence(one) for one in most_changed_first(tuple(curves))]
    show_sentences(told[:1] + outlook_sentences(outlook)[:1] + outlook_sentences(outlook)[-1:])
    st.html(f'<p class="sc-quiet">{words.RECOVERY_NOTE}</p>')


def chart_marks(whole: Timeline, session: Session, outlook: RecoveryOutlook) -> list[ChartMark]:
    """Return what happened on which day after a session: treatment, symptoms, flags, each day once."""
    depth = max(session.depths_mm.values(), default=None)
    marks = [ChartMark(0.0, recovery_words.treated(depth))]
    marks += [
        ChartMark(days_since(session.at, one.at), recovery_words.ticked(one.symptom.value))
        for one in whole.symptoms
        if one.session_id == session.id
    ]
    days = dict.fromkeys(round(flag.day, 1) for flag in outlook.flags if flag.day == flag.day)
    return marks + [ChartMark(day, recovery_words.FLAG) for day in days]


def _choose(whole: Timeline, known: list[str]) -> list[str]:
    if len(known) < 2:
        return known
    return list(
        st.pills(
            recovery_words.REGIONS,
            known,
            selection_mode="multi",
            default=known[:FIRST_SHOWN],
            format_func=lambda one: names.capitalised(names.region_label(one)),
            key=f"{Key.COURSE_REGIONS}_{whole.course.id}",
            wrap=True,
            label_visibility="collapsed",
        )
    )
