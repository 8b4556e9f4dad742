"""The patient view: for the person in the chair, or on a big screen. Large pictures, plain sentences, the curve."""

import math
from html import escape

import streamlit as st

from skincompare.records import Course, Patient
from skincompare.recovery import RecoveryCurve, RecoveryFlag, RecoveryOutlook
from skincompare.store import Store
from skincompare.ui.clinic import clinic_or_stop, clinic_zone
from skincompare.ui.course_cache import outlook_of_course
from skincompare.ui.keys import Key
from skincompare.ui.pictures import view_address
from skincompare.ui.places import PHOTO, Place, go_to
from skincompare.ui.present import show_presented
from skincompare.ui.problems import CalmErrors
from skincompare.ui.state import address_of, chosen_course, chosen_patient
from skincompare.ui.widgets.course_viewer import viewable_days
from skincompare.ui.widgets.page_frame import begin_page
from skincompare.ui.widgets.recovery_chart import ChartMark, recovery_chart
from skincompare.ui.words import course as course_words
from skincompare.ui.words import present as words
from skincompare.ui.words import recovery as recovery_words
from skincompare.ui.words.moments import date_words
from skincompare.workflows.course_overview import QUANTITIES_OF, day_to_show, treated_of
from skincompare.workflows.timeline import Timeline, TimelineDay, course_timeline

__all__ = ["show"]

COLUMNS = (0.68, 0.32)
"""Shares of the width for the pictures and for what is said."""
CHART_HEIGHT_PX = 330
FLAG_DAYS = 2.0
"""A flag is told beside photos of so many days after it was raised [judgement]."""
LEAST_DAYS = 7.0
"""The axis reaches at least so far, days."""
BARE = (
    "<style>[data-testid=stHeader]{display:none}"
    "[data-testid=stMainBlockContainer]{max-width:none;padding:1rem 1.5rem}</style>"
)
"""No navigation, no other page's name: only what is meant for the patient."""


@CalmErrors()
def show() -> None:
    """Draw the page."""
    begin_page()
    st.html(BARE)
    store = clinic_or_stop().store
    patient = chosen_patient(store)
    course = None if patient is None else chosen_course(store, patient)
    if patient is None or course is None:
        _nothing(patient, course)
        return
    quantities = tuple(dict.fromkeys(("redness", "melanin", *QUANTITIES_OF[course.condition])))
    whole = course_timeline(store, patient, course, quantities=quantities)
    days = tuple(day for day in viewable_days(store, whole) if not day.problem)
    if not days:
        _nothing(patient, course)
        return
    _present(store, whole, days)


def _nothing(patient: Patient | None, course: Course | None) -> None:
    st.info(words.NOTHING, icon=":material/info:")
    if st.button(words.BACK, key=Key.PRESENT_BACK):
        go_to(
            Place.PATIENTS if patient is None else Place.PATIENT,
            {} if patient is None else address_of(patient, course),
        )


@st.fragment
def _present(store: Store, whole: Timeline, days: tuple[TimelineDay, ...]) -> None:
    """Draw pictures and words; another photo runs this part again alone."""
    zone = clinic_zone(store)
    assert whole.baseline is not None
    by_id = {str(day.photo.id): day for day in days}
    asked = st.query_params.get(PHOTO, "")
    first = day_to_show(whole)
    begins = str(first.photo.id) if first else ""
    current = next((one for one in (asked, begins) if one in by_id), next(reversed(by_id)))
    pairs = [
        {
            "id": number,
            "url": view_address(store, whole.baseline, day.photo, treated_of(whole, day.photo)),
            "before_note": f"{course_words.BEFORE} · {date_words(whole.baseline.captured, zone)}",
            "after_note": f"{course_words.day_words(whole, day)} · {date_words(day.photo.captured, zone)}",
        }
        for number, day in by_id.items()
    ]
    with st.container(key="present-row"):
        pictures, beside = st.columns(COLUMNS, gap="large", vertical_alignment="center")
    with pictures:
        told = show_presented(pairs, current, Key.PRESENT)
    if told.leaves:
        go_to(Place.PATIENT, address_of(whole.patient, whole.course))
    day = by_id[told.current]
    with beside:
        _say(whole, day, date_words((day.session.at if day.session else whole.baseline.captured), zone))


def _say(whole: Timeline, day: TimelineDay, date: str) -> None:
    outlook = None if day.session is None else outlook_of_course(whole, day.session)
    flags = [] if outlook is None else [flag for flag in outlook.flags if _is_of_now(flag, day.day)]
    sentences = [
        words.redness(day.changes, whole.treated),
        words.others(day.changes, whole.treated, QUANTITIES_OF[whole.course.condition]),
        words.to_ask(flags) or words.expected(None if outlook is None else outlook.line, day.day),
    ]
    lines = "".join(f"<p>{escape(one)}</p>" for one in sentences if one)
    st.html(f'<div class="sc-present"><h1>{escape(words.when(day.day, date))}</h1>{lines}</div>')
    curve = None if outlook is None else _curve(outlook)
    if outlook is not None and curve is not None:
        last = max(LEAST_DAYS, *(point.day for point in curve.points))
        chart = recovery_chart(
            [curve],
            (),
            last,
            outlook,
            [ChartMark(day.day, recovery_words.HERE, is_here=True)],
            height=CHART_HEIGHT_PX,
        )
        st.altair_chart(chart, width="stretch", alt=words.CURVE_ALT)
        st.html(f'<p class="sc-quiet">{words.CURVE_NOTE}</p>')
    st.html(f'<p class="sc-quiet">{words.NOT_A_DIAGNOSIS}</p>')


def _is_of_now(flag: RecoveryFlag, day: float) -> bool:
    """Return whether a flag belongs to the photo that is looked at; what was flagged long before is the clinician's."""
    return math.isnan(flag.day) or 0 <= day - flag.day <= FLAG_DAYS


def _curve(outlook: RecoveryOutlook) -> RecoveryCurve | None:
    """Return the one curve that is shown: all treated skin together, else the first region."""
    if outlook.overall is not None:
        return outlook.overall
    return outlook.curves[0] if outlook.curves else None
