"""What was written down in a course: sessions, symptoms, grades, consents, notes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

import streamlit as st

from skincompare.errors import SkincompareError
from skincompare.records import Consent, Grade, GradeScale, Session, Symptom, TickedSymptom
from skincompare.records.treatments import GRADE_RANGES
from skincompare.report.labels import capitalised
from skincompare.store import Store
from skincompare.ui.clinic import clinic_zone
from skincompare.ui.keys import Key
from skincompare.ui.problems import escape_markdown
from skincompare.ui.widgets.session_form import edit_session, new_session
from skincompare.ui.words import course as words
from skincompare.ui.words import patients as fields
from skincompare.ui.words import records as record_words
from skincompare.ui.words.moments import date_words, moment_words
from skincompare.workflows.timeline import Timeline

__all__ = ["show_records"]

HIGHEST_OTHER = 100
"""Highest grade of a scale that is not known here."""


@st.fragment
def show_records(store: Store, whole: Timeline) -> None:
    """Draw the records of a course in tabs; only the open one is drawn, so that the pair above is there sooner."""
    zone = clinic_zone(store)
    parts: dict[str, Callable[[Store, Timeline, ZoneInfo], None]] = {
        words.SESSIONS: _sessions,
        words.SYMPTOMS: _symptoms,
        words.GRADES: _grades,
        record_words.NOTES_AND_CONSENTS: _notes,
    }
    tabs = st.tabs(list(parts), key=Key.RECORDS, on_change="rerun")
    for tab, draw in zip(tabs, parts.values(), strict=True):
        if tab.open:
            with tab:
                draw(store, whole, zone)


def _sessions(store: Store, whole: Timeline, zone: ZoneInfo) -> None:
    if not whole.sessions:
        st.write(words.NO_SESSIONS)
    for number, session in reversed(list(enumerate(whole.sessions, 1))):
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.html(_session_html(number, session, zone))
            if st.button(words.EDIT_SESSION, key=f"{Key.SESSION_EDIT}_{session.id}", icon=":material/edit:"):
                edit_session(store, session, zone)
    last = whole.sessions[-1] if whole.sessions else None
    if st.button(words.ADD_SESSION, key=Key.SESSION_ADD, icon=":material/add:"):
        new_session(store, whole.course, zone, last)


def _session_html(number: int, session: Session, zone: ZoneInfo) -> str:
    told = [
        words.depth_words(session),
        session.device,
        words.passes_words(session.passes) if session.passes else "",
        session.topicals,
        session.practitioner,
    ]
    more = [(record_words.ADVICE, session.instructions), (record_words.NOTES, session.notes)]
    lines = "".join(
        f'<p class="sc-quiet" dir="auto"><strong>{escape(name)}</strong> {escape(text)}</p>'
        for name, text in more
        if text
    )
    head = words.session_name(number, moment_words(session.at, zone))
    facts = " · ".join(escape(one) for one in told if one)
    return f'<div class="sc-record"><strong>{escape(head)}</strong><p dir="auto">{facts}</p>{lines}</div>'


def _symptoms(store: Store, whole: Timeline, zone: ZoneInfo) -> None:
    numbers = {session.id: number for number, session in enumerate(whole.sessions, 1)}
    if not whole.symptoms:
        st.write(words.NO_SYMPTOMS)
    for one in whole.symptoms:
        when = record_words.after_session(numbers[one.session_id], date_words(one.at, zone))
        st.markdown(f"- {escape_markdown(words.symptom_words(one.symptom.value, when))}")
    if not whole.sessions:
        return
    with st.form("symptom_form", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        number = st.selectbox(
            record_words.SESSION,
            list(range(len(whole.sessions), 0, -1)),
            format_func=lambda n: words.session_name(n, date_words(whole.sessions[n - 1].at, zone)),
            key=Key.SYMPTOM_SESSION,
            width=260,
        )
        symptom = st.selectbox(
            record_words.SYMPTOM,
            [one.value for one in Symptom],
            format_func=capitalised,
            key=Key.SYMPTOM,
            width=160,
        )
        at = st.datetime_input(record_words.AT, datetime.now(zone).replace(tzinfo=None), key=Key.SYMPTOM_AT)
        is_sent = st.form_submit_button(words.ADD_SYMPTOM, key=Key.SYMPTOM_SAVE)
    session = whole.sessions[number - 1]
    assert session.id is not None
    if is_sent:
        moment = (at or datetime.now(zone)).replace(tzinfo=zone)
        ticked = TickedSymptom(session_id=session.id, symptom=Symptom(symptom), at=moment)
        if _is_stored(lambda: store.aftercare.tick(ticked)):
            st.rerun()
    is_ticked = any(one.session_id == session.id for one in whole.symptoms)
    if is_ticked and st.button(words.REMOVE_SYMPTOMS, key=Key.SYMPTOM_REMOVE):
        store.aftercare.untick(session.id)
        st.rerun()


def _grades(store: Store, whole: Timeline, zone: ZoneInfo) -> None:
    found = store.treatments.grades(whole.patient)
    if not found:
        st.write(words.NO_GRADES)
    for one in found:
        said = words.grade_words(one.scale.value, one.grade, date_words(one.at, zone), one.graded_by)
        st.markdown(f"- {escape_markdown(said)} {escape_markdown(one.notes)}")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        scale = st.selectbox(
            record_words.SCALE,
            [one.value for one in GradeScale],
            format_func=lambda one: words.GRADE_LABELS[one],
            key=Key.GRADE_SCALE,
            width=300,
        )
        low, high = GRADE_RANGES.get(GradeScale(scale), (0, HIGHEST_OTHER))
        grade = st.number_input(record_words.GRADE, low, high, low, key=f"{Key.GRADE}_{scale}", width=120)
        who = st.text_input(record_words.WHO, max_chars=200, key=Key.GRADE_WHO, width=220)
        if st.button(words.ADD_GRADE, key=Key.GRADE_SAVE):
            assert whole.patient.id is not None
            patient_id, moment = whole.patient.id, datetime.now(zone)
            session = whole.sessions[-1].id if whole.sessions else None

            def keep() -> object:
                return store.treatments.add_grade(
                    Grade(
                        patient_id=patient_id,
                        scale=GradeScale(scale),
                        grade=int(grade),
                        at=moment,
                        session_id=session,
                        graded_by=who.strip(),
                    )
                )

            if _is_stored(keep):
                st.rerun()


def _notes(store: Store, whole: Timeline, zone: ZoneInfo) -> None:
    patient, course = whole.patient, whole.course
    for name, text in ((record_words.ON_PATIENT, patient.notes), (record_words.ON_COURSE, course.notes)):
        if text:
            st.html(f'<div class="sc-record" dir="auto"><strong>{name}</strong><p>{escape(text)}</p></div>')
    consents = store.people.consents(patient)
    if not consents:
        st.write(record_words.NO_CONSENT)
    for one in consents:
        until = "" if one.withdrawn_on is None else date_words(one.withdrawn_on)
        said = record_words.consent(one.purpose, date_words(one.given_on), until)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"- {escape_markdown(said)}", width="content")
            if one.withdrawn_on is None:
                st.button(
                    record_words.WITHDRAW,
                    key=f"{Key.CONSENT_SAVE}_{one.id}",
                    on_click=lambda consent=one: store.people.withdraw_consent(
                        replace(consent, withdrawn_on=datetime.now(zone).date())
                    ),
                )
    with st.form("consent_form", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        purpose = st.text_input(record_words.PURPOSE, fields.CONSENT_PURPOSE, max_chars=200, width=320)
        is_sent = st.form_submit_button(record_words.ADD_CONSENT, key=Key.CONSENT_SAVE)
    if is_sent:
        assert patient.id is not None
        patient_id = patient.id
        today = datetime.now(zone).date()
        if _is_stored(
            lambda: store.people.add_consent(
                Consent(patient_id=patient_id, purpose=purpose.strip(), given_on=today)
            )
        ):
            st.rerun()


def _is_stored(keep: Callable[[], object]) -> bool:
    """Store something; where it is refused, say why."""
    try:
        keep()
    except SkincompareError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
        return False
    return True
