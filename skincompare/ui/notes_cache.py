"""What is to be seen to of each patient, kept as long as nothing changed that it hangs on."""

import time
from collections.abc import Sequence

import streamlit as st

from skincompare.records import Course, Patient
from skincompare.store import Store
from skincompare.workflows.patients import PatientLine, PatientNotes, notes_source, patient_notes

__all__ = ["notes_of_lines"]

KEPT = 2000
"""Patients whose notes are kept, some hundred bytes each."""


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _slot(store_place: str, uid: str, source: tuple[str, ...]) -> list[PatientNotes]:
    return []


def notes_of_lines(store: Store, lines: Sequence[PatientLine], seconds: float) -> dict[str, PatientNotes]:
    """Return the notes of patients by uid: those that are known, and others as long as the time lasts.

    Parameters
    ----------
    store : Store
        Where the patients are.
    lines : sequence of PatientLine
        Of the list that is shown.
    seconds : float
        How long may be looked; a patient that was begun is finished.

    Returns
    -------
    dict of str to PatientNotes
        Of some or all.
    """
    end = time.monotonic() + seconds
    found = {}
    for line in lines:
        notes = _known(store, line.patient, line.courses, may_look=time.monotonic() < end)
        if notes is not None:
            found[line.patient.uid] = notes
    return found


def _known(
    store: Store, patient: Patient, courses: Sequence[Course], *, may_look: bool
) -> PatientNotes | None:
    slot = _slot(store.place, patient.uid, notes_source(store, courses))
    if not slot and may_look:
        slot.append(patient_notes(store, patient, courses))
    return slot[0] if slot else None
