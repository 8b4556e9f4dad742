"""Dialogs on a patient: a new one with the first course, changes, removal."""

from dataclasses import replace
from datetime import date, datetime

import streamlit as st

from skincompare.errors import SkincompareError
from skincompare.records import Condition, Course, Fitzpatrick, Patient
from skincompare.records.people import FIRST_BIRTH_YEAR
from skincompare.report.labels import capitalised
from skincompare.store import Store
from skincompare.ui.keys import Key
from skincompare.ui.places import Place, go_to
from skincompare.ui.problems import escape_markdown
from skincompare.ui.state import PATIENT, address_of
from skincompare.ui.words import patients as words
from skincompare.workflows.patients import add_patient, patient_archive, save_patient

__all__ = ["SAID", "edit_patient", "new_patient", "remove_patient", "say_what_was_done"]

SAID = "said"
"""Where a page leaves a sentence for the next run."""
NOTES_HEIGHT_PX = 100
"""Height of the field for notes, px."""


def say_what_was_done() -> None:
    """Show the sentence that the last action left, once."""
    said = st.session_state.pop(SAID, "")
    if said:
        st.toast(escape_markdown(said), icon=":material/check:")


@st.dialog(words.NEW, width="medium", icon=":material/person_add:")
def new_patient(store: Store) -> None:
    """Ask for a new patient and the first course; opens the patient once stored."""
    with st.form(f"{Key.PATIENT_NEW}_form", border=False):
        patient = _fields(None)
        left, right = st.columns(2)
        condition = left.selectbox(
            words.CONDITION,
            [one.value for one in Condition],
            index=None,
            placeholder=words.CONDITION_HINT,
            format_func=capitalised,
            key=Key.PATIENT_CONDITION,
        )
        title = right.text_input(
            words.COURSE_TITLE, help=words.COURSE_TITLE_HELP, max_chars=200, key=Key.PATIENT_COURSE
        )
        agreed = st.checkbox(words.CONSENT, help=words.CONSENT_HELP, key=Key.PATIENT_CONSENT)
        is_sent = st.form_submit_button(words.SAVE, type="primary", key=Key.PATIENT_SAVE)
    if not is_sent:
        return
    try:
        today = datetime.now(store.people.clinic().zone).date()
        stored, course = add_patient(
            store,
            _patient(patient, Patient(code="new")),
            Course(patient_id=0, condition=Condition(condition or Condition.OTHER), title=title.strip()),
            (words.CONSENT_PURPOSE, today) if agreed else None,
        )
    except SkincompareError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
        return
    st.session_state[SAID] = words.saved_words(stored)
    _open(stored, course)


@st.dialog(words.EDIT, width="medium", icon=":material/edit:")
def edit_patient(store: Store, patient: Patient) -> None:
    """Ask for changes of a patient."""
    with st.form(f"{Key.PATIENT_NEW}_{patient.uid}", border=False):
        fields = _fields(patient)
        is_sent = st.form_submit_button(words.SAVE, type="primary", key=Key.PATIENT_SAVE)
    if not is_sent:
        return
    try:
        stored = save_patient(store, _patient(fields, patient))
    except SkincompareError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
        return
    st.session_state[SAID] = words.saved_words(stored)
    st.rerun()


@st.dialog(words.REMOVE, width="medium", icon=":material/delete:")
def remove_patient(store: Store, patient: Patient) -> None:
    """Say what is removed and ask for the code; offers all of it as a file first."""
    courses = store.treatments.courses(patient)
    n_sessions = sum(len(store.treatments.sessions(one)) for one in courses)
    n_photos = len(store.photos.of_patient(patient))
    st.markdown(f"##### {escape_markdown(words.patient_name(patient))}")
    st.write(words.remove_words(len(courses), n_sessions, n_photos))
    st.download_button(
        words.REMOVE_EXPORT,
        data=lambda: patient_archive(store, patient),
        file_name=archive_name(patient),
        mime="application/zip",
        icon=":material/download:",
        on_click="ignore",
        key=Key.PATIENT_EXPORT,
    )
    with st.form(f"{Key.PATIENT_REMOVE}_form", border=False):
        typed = st.text_input(escape_markdown(words.remove_code(patient.code)), key=Key.PATIENT_REMOVE_CODE)
        is_sent = st.form_submit_button(
            words.REMOVE_CONFIRM, icon=":material/delete:", key=Key.PATIENT_REMOVE
        )
    if not is_sent:
        return
    if typed.strip() != patient.code:
        st.error(words.REMOVE_WRONG, icon=":material/error:")
        return
    try:
        files = store.remove_patient(patient)
    except SkincompareError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
        return
    st.session_state[SAID] = words.removed_words(words.patient_name(patient), files)
    st.session_state.pop(PATIENT, None)
    go_to(Place.PATIENTS)


def archive_name(patient: Patient) -> str:
    """Return the name of the file that holds a patient: of letters and digits only, another one each day."""
    safe = "".join(one if one.isascii() and one.isalnum() else "-" for one in patient.code).strip("-")
    return f"skincompare-{safe[:40] or 'patient'}-{date.today():%Y%m%d}.zip"


Fields = tuple[str, str, int | None, str | None, str]


def _fields(patient: Patient | None) -> Fields:
    """Draw the fields of a patient and return what stands in them."""
    mark = "" if patient is None else f"_{patient.uid}"
    left, right = st.columns(2)
    code = left.text_input(
        words.CODE,
        value=patient.code if patient else "",
        help=words.CODE_HELP,
        max_chars=200,
        key=f"{Key.PATIENT_CODE}{mark}",
    )
    name = right.text_input(
        words.NAME,
        value=patient.display_name if patient else "",
        help=words.NAME_HELP,
        max_chars=200,
        key=f"{Key.PATIENT_NAME}{mark}",
    )
    left, right = st.columns(2)
    birth = left.number_input(
        words.BIRTH_YEAR,
        min_value=FIRST_BIRTH_YEAR,
        max_value=date.today().year,
        value=patient.birth_year if patient else None,
        step=1,
        format="%d",
        key=f"{Key.PATIENT_BIRTH}{mark}",
    )
    skin = right.selectbox(
        words.FITZPATRICK,
        [one.value for one in Fitzpatrick],
        index=list(Fitzpatrick).index(patient.fitzpatrick) if patient and patient.fitzpatrick else None,
        placeholder=words.NOT_ASKED,
        help=words.FITZPATRICK_HELP,
        key=f"{Key.PATIENT_SKIN}{mark}",
    )
    notes = st.text_area(
        words.NOTES,
        value=patient.notes if patient else "",
        height=NOTES_HEIGHT_PX,
        key=f"{Key.PATIENT_NOTES}{mark}",
    )
    return code, name, birth, skin, notes


def _patient(fields: Fields, before: Patient) -> Patient:
    code, name, birth, skin, notes = fields
    return replace(
        before,
        code=code.strip(),
        display_name=name.strip(),
        birth_year=birth,
        fitzpatrick=Fitzpatrick(skin) if skin else None,
        notes=notes,
    )


def _open(patient: Patient, course: Course | None) -> None:
    st.session_state[PATIENT] = patient.uid
    go_to(Place.PATIENT, address_of(patient, course))
    st.rerun()
