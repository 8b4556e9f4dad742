"""Whose photos these are: a patient found or made, and the course they belong to."""

from dataclasses import replace
from html import escape

import streamlit as st

from skincompare.errors import SkincompareError
from skincompare.records import Condition, Course, Patient
from skincompare.store import Store
from skincompare.ui.keys import Key
from skincompare.ui.problems import escape_markdown
from skincompare.ui.state import COURSE, PATIENT, address_of, chosen_course, chosen_patient
from skincompare.ui.words import add as words
from skincompare.workflows.patients import add_patient

__all__ = ["choose_course", "choose_patient"]

LISTED = 8
"""Patients that are offered at a time: what a hand reaches without scrolling."""


def choose_patient(store: Store, title: str) -> Patient | None:
    """Draw the page's title and whose photos these are; until somebody is chosen, a way to find or make a patient."""
    patient = chosen_patient(store)
    if patient is None:
        _title(title)
        _find(store)
        return None
    with st.container(key="add-whose", horizontal=True, vertical_alignment="center"):
        _title(f"{title} · {words.patient_label(patient)}")
        if st.button(words.ANOTHER_PATIENT, key=Key.ADD_OTHER, icon=":material/swap_horiz:"):
            _forget()
            st.rerun()
    return patient


def choose_course(store: Store, patient: Patient) -> Course | None:
    """Draw which course the photos belong to; where there is none, a way to begin one."""
    courses = store.treatments.courses(patient)
    if not courses:
        _begin(store, patient)
        return None
    chosen = chosen_course(store, patient)
    if len(courses) == 1 or chosen is None:
        return chosen
    numbers = {one.id: one for one in courses}
    number = st.segmented_control(
        words.COURSE,
        list(numbers),
        default=chosen.id,
        required=True,
        format_func=lambda one: escape_markdown(words.course_label(numbers[one])),
        key=f"{Key.ADD_COURSE}_{patient.uid}",
    )
    return numbers.get(number, chosen)


def _title(text: str) -> None:
    st.html(f'<h1 class="sc-title">{escape(text)}</h1>', width="content")


def _find(store: Store) -> None:
    st.write(words.WHOSE)
    asked, new = st.columns(2, gap="large")
    with asked:
        search = st.text_input(words.FIND, placeholder=words.FIND_HINT, key=Key.ADD_FIND)
        found = store.people.page(search=search, limit=LISTED)
        if search and not found:
            st.write(words.NOBODY)
        for line in found:
            label = escape_markdown(words.patient_label(line.patient))
            key = f"{Key.ADD_PICK}_{line.patient.uid}"
            st.button(label, key=key, on_click=_open, args=(line.patient,), width="stretch")
    with new, st.form(key=f"{Key.ADD_NEW}_form"):
        st.markdown(f"**{words.NEW_PATIENT}**")
        code = st.text_input(words.CODE, help=words.CODE_HINT, key=Key.ADD_CODE, max_chars=200)
        condition = _condition(Key.ADD_CONDITION)
        if st.form_submit_button(words.ADD_PATIENT, key=Key.ADD_NEW):
            try:
                patient, course = add_patient(store, Patient(code=code.strip()), _course(condition))
            except SkincompareError as error:
                st.error(escape_markdown(str(error)))
                return
            _open(patient, course)
            st.rerun()


def _begin(store: Store, patient: Patient) -> None:
    with st.form(key=f"{Key.ADD_BEGIN}_form"):
        st.write(words.NO_COURSE)
        condition = _condition(Key.ADD_CONDITION)
        if st.form_submit_button(words.BEGIN_COURSE, key=Key.ADD_BEGIN):
            store.treatments.add_course(replace(_course(condition), patient_id=patient.id or 0))
            st.rerun()


def _course(condition: Condition) -> Course:
    return Course(patient_id=0, condition=condition)


def _condition(key: str) -> Condition:
    every = tuple(Condition)
    chosen: Condition | None = st.selectbox(
        words.CONDITION, every, format_func=words.condition_label, key=key
    )
    return chosen or every[0]


def _open(patient: Patient, course: Course | None = None) -> None:
    st.session_state[PATIENT] = patient.uid
    st.query_params.update(address_of(patient, course))


def _forget() -> None:
    st.session_state.pop(PATIENT, None)
    for name in (PATIENT, COURSE):
        if name in st.query_params:
            del st.query_params[name]
