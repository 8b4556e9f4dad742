"""Words of the records of a course."""

__all__ = [
    "ADD_CONSENT",
    "ADVICE",
    "AT",
    "GRADE",
    "NOTES",
    "NOTES_AND_CONSENTS",
    "NO_CONSENT",
    "ON_COURSE",
    "ON_PATIENT",
    "PURPOSE",
    "SCALE",
    "SESSION",
    "SYMPTOM",
    "WHO",
    "WITHDRAW",
    "after_session",
    "consent",
]

NOTES_AND_CONSENTS = "Notes and consents"
ADVICE = "Told to do:"
NOTES = "Notes:"
ON_PATIENT, ON_COURSE = "On the patient", "On the course"
SESSION = "After which session"
SYMPTOM = "Symptom"
AT = "When"
SCALE = "Scale"
GRADE = "Grade"
WHO = "Graded by"
NO_CONSENT = "No consent is noted."
PURPOSE = "Agreed to"
ADD_CONSENT = "Note consent of today"
WITHDRAW = "Taken back today"


def after_session(number: int, date: str) -> str:
    """Return after which session, and when."""
    return f"after session {number}, {date}"


def consent(purpose: str, given: str, withdrawn: str) -> str:
    """Return a consent."""
    return f"{purpose}, given {given}" + (f", taken back {withdrawn}" if withdrawn else "")
