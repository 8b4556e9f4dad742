"""One line of the list of patients, as the list takes it."""

from typing import Any
from zoneinfo import ZoneInfo

from skincompare.ui.words import patients as words
from skincompare.ui.words.moments import counted, date_words
from skincompare.workflows.patients import PatientLine, PatientNotes

__all__ = ["patient_row"]

RAISED, DUE, REFUSED, QUIET = "▲", "◌", "✕", "◇"
"""Shapes, so that nothing is told by colour alone: to be seen to, to be measured, not comparable, a remark."""


def patient_row(
    line: PatientLine, notes: PatientNotes | None, address: str, zone: ZoneInfo
) -> dict[str, Any]:
    """Return a line of the list.

    Parameters
    ----------
    line : PatientLine
        Who.
    notes : PatientNotes or None
        What is to be seen to; None while it is not known yet.
    address : str
        Of the small picture; empty without one.
    zone : ZoneInfo
        Of the clinic.
    """
    patient = line.patient
    last = (
        words.NO_SESSION
        if line.last_session is None
        else words.last_session_words(date_words(line.last_session, zone))
    )
    treated = ", ".join(dict.fromkeys(course.condition.value for course in line.courses))
    kind = words.SIMULATED if patient.is_simulated else ""
    return {
        "uid": patient.uid,
        "code": patient.code,
        "name": patient.display_name,
        "src": address,
        "facts": [last, " · ".join(filter(None, (counted(line.summary.n_photos, "photo"), treated, kind)))],
        "notes": _notes(notes),
    }


def _notes(notes: PatientNotes | None) -> list[dict[str, Any]]:
    told = [] if notes is None else _told(notes)
    if notes is None:
        told.append((QUIET, words.LOOKING, False))
    return [{"shape": shape, "text": text, "strong": strong} for shape, text, strong in told]


def _told(notes: PatientNotes) -> list[tuple[str, str, bool]]:
    told = []
    if notes.flags:
        reasons = [flag.reason for flag in notes.flags]
        told.append((RAISED, words.flag_words(reasons), True))
    if notes.n_due:
        told.append((DUE, words.due_words(notes.n_due), False))
    if notes.n_refused:
        told.append((REFUSED, words.refused_words(notes.n_refused), False))
    return told
