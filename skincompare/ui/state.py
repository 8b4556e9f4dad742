"""Which patient and course are open: in the page's address, so that a reload and a bookmark find them again."""

import streamlit as st

from skincompare.records import Course, Patient
from skincompare.store import Store

__all__ = [
    "COURSE",
    "PATIENT",
    "address_of",
    "chosen_course",
    "chosen_patient",
    "open_patient",
    "patient_asked_for",
]

PATIENT, COURSE = "patient", "course"
"""Names in the address."""


def chosen_patient(store: Store) -> Patient | None:
    """Return the patient whose page is open, or None where none is named or is not in the store any more."""
    uid = patient_asked_for()
    return None if uid is None else store.people.find_uid(uid)


def patient_asked_for() -> str | None:
    """Return the uid of the patient that the address names or that was looked at last, or None."""
    uid = st.query_params.get(PATIENT) or st.session_state.get(PATIENT)
    if not uid:
        return None
    st.session_state[PATIENT] = uid  # other pages open the same patient
    return str(uid)


def open_patient(patient: Patient) -> None:
    """Make a patient the one that all pages open."""
    st.session_state[PATIENT] = patient.uid
    if PATIENT in st.query_params:
        st.query_params[PATIENT] = patient.uid


def chosen_course(store: Store, patient: Patient) -> Course | None:
    """Return the course that is open: that of the address, else the newest; None where the patient has none."""
    courses = store.treatments.courses(patient)
    wanted = st.query_params.get(COURSE)
    named = [one for one in courses if str(one.id) == wanted]
    found = named or courses[-1:]
    return found[0] if found else None


def address_of(patient: Patient, course: Course | None = None) -> dict[str, str]:
    """Return what stands in the address of a patient's page."""
    found = {PATIENT: patient.uid}
    return {**found, COURSE: str(course.id)} if course is not None else found
