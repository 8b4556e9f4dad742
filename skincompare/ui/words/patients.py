"""Words of the list of patients, and of the dialogs that add, change and remove one."""

from collections.abc import Sequence

from skincompare.records import Patient
from skincompare.ui.words.moments import counted

__all__ = [
    "ADD_PHOTOS",
    "BIRTH_YEAR",
    "CANCEL",
    "CODE",
    "CODE_HELP",
    "CONDITION",
    "CONDITION_HINT",
    "CONSENT",
    "CONSENT_HELP",
    "CONSENT_PURPOSE",
    "COURSE_TITLE",
    "COURSE_TITLE_HELP",
    "DEMO",
    "DEMO_JOB",
    "DEMO_TEXT",
    "EDIT",
    "EMPTY_LEAD",
    "EMPTY_TEXT",
    "FITZPATRICK",
    "FITZPATRICK_HELP",
    "LOOKING",
    "MEASURE_ALL",
    "MEASURE_ALL_JOB",
    "NAME",
    "NAME_HELP",
    "NEW",
    "NEXT",
    "NOBODY_FOUND",
    "NOTES",
    "NOT_ASKED",
    "NO_SESSION",
    "PATIENTS",
    "PREVIOUS",
    "REMOVE",
    "REMOVE_CONFIRM",
    "REMOVE_EXPORT",
    "REMOVE_WRONG",
    "SAVE",
    "SEARCH",
    "SEARCH_HINT",
    "SIMULATED",
    "count_words",
    "due_words",
    "flag_words",
    "last_session_words",
    "patient_name",
    "refused_words",
    "remove_code",
    "remove_words",
    "removed_words",
    "saved_words",
]

PATIENTS = "Patients of the clinic"
SEARCH = "Search patients"
SEARCH_HINT = "Code or name"
NEW = "New patient"
NEXT, PREVIOUS = "Next", "Previous"
NOBODY_FOUND = "Nobody found. Try the beginning of the code or of a name."
NO_SESSION = "No session yet"
SIMULATED = "simulated"
LOOKING = "Looking through the courses …"

EMPTY_LEAD = "Welcome. Nobody is in this clinic yet."
EMPTY_TEXT = (
    "Add your first patient, or look around in a demo clinic first: its patients are simulated and can be removed "
    "again."
)
DEMO = "Fill the demo clinic"
DEMO_TEXT = (
    "The demo takes some minutes: every photo is compared and measured as yours will be. You can go on working, and "
    "stop it at any time."
)
MEASURE_ALL = "Measure all photos that are not measured yet"
MEASURE_ALL_JOB = "Measuring"
DEMO_JOB = "Demo clinic"
ADD_PHOTOS = "Add photos"

CODE = "Code (needed)"
CODE_HELP = "What you call this patient, for example A-17. One code, one patient."
NAME = "Name"
NAME_HELP = "May stay empty. It is shown in this app only; reports take it when you ask for it."
BIRTH_YEAR = "Year of birth"
FITZPATRICK = "Skin type (Fitzpatrick), as the person answered"
FITZPATRICK_HELP = "Asked, never read from a photo: I always burns, never tans … VI never burns."
NOT_ASKED = "not asked"
NOTES = "Notes"
CONDITION = "What is treated?"
CONDITION_HINT = "Choose, or leave it at “other”"
COURSE_TITLE = "Name of the course"
COURSE_TITLE_HELP = "May stay empty, for example: cheeks, spring."
CONSENT = "The patient agreed that photos are kept for the treatment"
CONSENT_HELP = "It is noted with the day, and can be taken back later."
CONSENT_PURPOSE = "treatment record"
SAVE, CANCEL, EDIT = "Save", "Cancel", "Edit patient"

REMOVE = "Remove patient"
REMOVE_EXPORT = "Download everything first"
REMOVE_CONFIRM = "Remove for good"
REMOVE_WRONG = "This is not the code of this patient. Type it as it stands above."


def patient_name(patient: Patient) -> str:
    """Return how a patient is headed: the name with the code, or the code alone."""
    return f"{patient.display_name} · {patient.code}" if patient.display_name else patient.code


def count_words(first: int, shown: int, total: int, is_search: bool) -> str:
    """Return what stands under the list."""
    if is_search:
        return f"{counted(shown, 'patient')} found" if shown else ""
    if shown == total:
        return counted(total, "patient")
    return f"{first + 1:,} to {first + shown:,} of {counted(total, 'patient')}"


def last_session_words(day: str) -> str:
    """Return when the newest session was."""
    return f"Last session {day}"


def flag_words(reasons: Sequence[str]) -> str:
    """Return the flags of a patient in one line: the first, and how many more."""
    more = f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else ""
    return f"{reasons[0]}{more}"


def due_words(number: int) -> str:
    """Return how many photos wait to be measured."""
    return f"{counted(number, 'photo')} not measured yet"


def refused_words(number: int) -> str:
    """Return how many photos cannot be compared."""
    return f"{counted(number, 'photo')} not comparable"


def saved_words(patient: Patient) -> str:
    """Return what is said after a change."""
    return f"Saved: {patient_name(patient)}"


def remove_words(n_courses: int, n_sessions: int, n_photos: int) -> str:
    """Return what would be removed."""
    parts = (counted(n_courses, "course"), counted(n_sessions, "session"), counted(n_photos, "photo"))
    return (
        f"This removes the patient with {parts[0]}, {parts[1]} and {parts[2]}, all measurements, grades, symptoms and "
        "consents. It cannot be undone. Photos that another patient has as well stay with that patient."
    )


def remove_code(code: str) -> str:
    """Return what to type before the removal."""
    return f"Type the code {code} to remove this patient"


def removed_words(name: str, files: int) -> str:
    """Return what is said after a removal."""
    return f"Removed: {name}, with {counted(files, 'photo file')}"
