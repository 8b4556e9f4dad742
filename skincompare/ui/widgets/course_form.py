"""Dialogs on a course: a new one, and changes."""

from dataclasses import replace

import streamlit as st

from skincompare.errors import SkincompareError
from skincompare.records import Condition, Course, Patient
from skincompare.report.labels import capitalised
from skincompare.store import Store
from skincompare.ui.keys import Key
from skincompare.ui.places import Place, go_to
from skincompare.ui.problems import escape_markdown
from skincompare.ui.state import address_of
from skincompare.ui.words import course as words
from skincompare.ui.words import patients as fields
from skincompare.workflows.course_overview import new_course

__all__ = ["add_course", "edit_course"]


@st.dialog(words.NEW_COURSE, icon=":material/add:")
def add_course(store: Store, patient: Patient) -> None:
    """Ask for a further course of a patient, and open it."""
    course = _ask(Course(patient_id=patient.id or 0))
    if course is None:
        return
    try:
        stored = new_course(store, patient, course)
    except SkincompareError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
        return
    go_to(Place.PATIENT, address_of(patient, stored))
    st.rerun()


@st.dialog(words.EDIT_COURSE, icon=":material/edit:")
def edit_course(store: Store, course: Course) -> None:
    """Ask for changes of a course."""
    changed = _ask(course)
    if changed is None:
        return
    try:
        store.treatments.save_course(changed)
    except SkincompareError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
        return
    st.rerun()


def _ask(course: Course) -> Course | None:
    """Draw the fields of a course; None until they are sent."""
    mark = f"{course.id or 'new'}_{course.revision}"
    with st.form(f"course_form_{mark}", border=False):
        condition = st.selectbox(
            fields.CONDITION,
            [one.value for one in Condition],
            index=list(Condition).index(course.condition),
            format_func=capitalised,
            key=f"{Key.COURSE_CONDITION}_{mark}",
        )
        title = st.text_input(
            fields.COURSE_TITLE,
            course.title,
            help=fields.COURSE_TITLE_HELP,
            max_chars=200,
            key=f"{Key.COURSE_TITLE}_{mark}",
        )
        notes = st.text_area(fields.NOTES, course.notes, key=f"{Key.COURSE_NOTES}_{mark}")
        is_sent = st.form_submit_button(fields.SAVE, type="primary", key=f"{Key.COURSE_SAVE}_{mark}")
    if not is_sent:
        return None
    return replace(course, condition=Condition(condition), title=title.strip(), notes=notes)
