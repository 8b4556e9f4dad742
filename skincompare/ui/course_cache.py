"""What a course says so far, kept while its numbers stay the same: fitting takes half a second."""

import streamlit as st

from skincompare.records import Session
from skincompare.recovery import RecoveryOutlook
from skincompare.workflows.timeline import Timeline, days_of

__all__ = ["outlook_of_course"]

KEPT = 60
"""Courses kept for all sessions of the app."""

Numbers = tuple[tuple[float | str, ...], ...]


def outlook_of_course(whole: Timeline, session: Session | None) -> RecoveryOutlook:
    """Return fits, expected band and flags after one session of a course.

    Parameters
    ----------
    whole : Timeline
        With redness and melanin.
    session : Session or None
        Which.
    """
    numbers: Numbers = tuple(
        (day.day, change.metric, change.region, change.change, change.sigma, change.mdc95)
        for day in days_of(whole, session)
        for change in day.changes
        if change.metric in ("redness", "melanin")
    )
    told = (str(whole.course.id), repr(session), repr(whole.symptoms), repr(whole.bands))
    return _outlook(told, numbers, whole, session)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _outlook(
    told: tuple[str, ...], numbers: Numbers, _whole: Timeline, _session: Session | None
) -> RecoveryOutlook:
    return _whole.outlook(_session)
