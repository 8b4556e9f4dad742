"""Words of the comparison."""

__all__ = [
    "AFTER",
    "AFTER_PHOTO",
    "ALIGNED",
    "AS_TAKEN",
    "BEFORE",
    "BEFORE_PHOTO",
    "COMPARING",
    "COURSE",
    "EXAMPLES",
    "FIND_PATIENT",
    "NO_PAIR",
    "NO_PATIENTS",
    "PATIENT",
    "PATIENT_PHOTOS",
    "PHOTOS",
    "READING",
    "SAMPLE",
    "SERIES",
    "STEP_DRAWING",
    "STEP_FINDING",
    "STEP_READING",
    "TREATED",
    "TREATED_HELP",
    "TWO_PHOTOS",
    "WHY",
    "WITHOUT_POINTS",
    "WITH_POINTS",
    "series_words",
    "step_words",
    "treated_words",
]

PHOTOS = "Photos"
PATIENT_PHOTOS = "A patient's photos"
TWO_PHOTOS = "Two photos"
EXAMPLES = "Examples"
SAMPLE = "Sample"
BEFORE_PHOTO = "Before photo"
AFTER_PHOTO = "After photo"
READING = "Reading the photos"
AS_TAKEN = ("Before", "After")
"""Under both photos, as they were taken."""
ALIGNED = ("Before", "After, moved to fit. The changes are being measured …")
"""Under the aligned pair."""
WHY = "##### Why, and what to do"
PATIENT = "Patient"
FIND_PATIENT = "Find by code or name"
NO_PATIENTS = "There is no patient yet. Add one under Patients, or compare two photos without a patient."
COURSE = "Course"
SERIES = "View"
BEFORE = "Before"
AFTER = "After"
TREATED = "Treated regions"
TREATED_HELP = "From the sessions of the course. All other skin tells what the light did."
NO_PAIR = "This course has no two photos of one view yet. Add photos, then come back."
COMPARING = "Comparing …"
WITH_POINTS = "Aligned with the points that you marked. The stored numbers of the course stay as they are."
WITHOUT_POINTS = "Align without them"
STEP_READING = "reading the photos"
STEP_FINDING = "finding face and skin"
STEP_DRAWING = "drawing the pictures"


def series_words(view: str, site: str) -> str:
    """Return the name of a series: ``Front``, ``Close-up, left cheek``."""
    said = f"{view}, {site}" if site else view
    return said[:1].upper() + said[1:]


def step_words(step: str) -> str:
    """Return what is being done: ``Finding face and skin …``."""
    return f"{step[:1].upper()}{step[1:]} …"


def treated_words(count: int) -> str:
    """Return the button that opens the treated regions: ``Treated regions (3)``."""
    return f"{TREATED} ({count})"
