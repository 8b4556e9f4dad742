"""Words of the comparison."""

__all__ = [
    "AFTER",
    "ALIGNED",
    "AS_TAKEN",
    "BEFORE",
    "CHOOSE_PATIENT",
    "COMPARING",
    "COURSE",
    "EXAMPLES",
    "FIND_PATIENT",
    "NO_PAIR",
    "NO_PATIENTS",
    "PATIENT",
    "PATIENT_PHOTOS",
    "SAVED",
    "SERIES",
    "TREATED",
    "TREATED_HELP",
    "TWO_PHOTOS",
    "WHY",
    "series_words",
]

PATIENT_PHOTOS = "A patient's photos"
TWO_PHOTOS = "Two photos"
EXAMPLES = "Examples"
AS_TAKEN = ("Before", "After")
"""Under both photos, as they were taken."""
ALIGNED = ("Before", "After, moved to fit. The changes are being measured …")
"""Under the aligned pair."""
WHY = "##### Why, and what to do"
PATIENT = "Patient"
CHOOSE_PATIENT = "Choose a patient"
FIND_PATIENT = "Find by code or name"
NO_PATIENTS = "There is no patient yet. Add one under Patients, or compare two photos without a patient."
COURSE = "Course"
SERIES = "View"
BEFORE = "Before"
AFTER = "After"
TREATED = "Treated regions"
TREATED_HELP = "From the sessions of the course. All other skin tells what the light did."
NO_PAIR = "This course has no two photos of one view yet. Add photos, then come back."
COMPARING = "Comparing"
SAVED = "Your marks are saved beside the photos; the photos themselves are not changed."


def series_words(view: str, site: str) -> str:
    """Return the name of a series: ``Front``, ``Close-up, left cheek``."""
    said = f"{view}, {site}" if site else view
    return said[:1].upper() + said[1:]
