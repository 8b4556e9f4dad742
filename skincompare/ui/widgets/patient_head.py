"""The heading of a patient's page."""

from html import escape

from skincompare.records import Course, Patient
from skincompare.report.labels import capitalised
from skincompare.ui.words import course as words
from skincompare.ui.words import patients as patient_words

__all__ = ["patient_head"]


def patient_head(patient: Patient, course: Course | None = None) -> str:
    """Return name, code, course and the few facts of a patient as HTML, whatever they are called."""
    name = patient.display_name or patient.code
    facts = [
        patient.code if patient.display_name else "",
        capitalised(course.condition.value) if course else "",
        course.title if course and course.title != patient.display_name else "",
        words.birth_words(patient.birth_year) if patient.birth_year else "",
        words.skin_words(patient.fitzpatrick.value) if patient.fitzpatrick else "",
        patient_words.SIMULATED if patient.is_simulated else "",
    ]
    told = " · ".join(escape(one) for one in facts if one)
    return f'<div class="sc-who"><h1 dir="auto">{escape(name)}</h1><p class="sc-quiet" dir="auto">{told}</p></div>'
