"""Words of the page that adds photos."""

from collections import Counter
from collections.abc import Iterable, Sequence
from types import MappingProxyType

from skincompare.records import Condition, Course, Patient, TimeSource, View
from skincompare.ui.words.moments import counted
from skincompare.workflows.importing import ImportStatus
from skincompare.workflows.incoming import Doubt

__all__ = [
    "ADD_PATIENT",
    "ALL_RIGHT",
    "ANOTHER_PATIENT",
    "BASELINE",
    "BEGIN_COURSE",
    "CAMERA",
    "CHANGE",
    "CHANGE_HINT",
    "CLOSE_UP_HINT",
    "CODE",
    "CODE_HINT",
    "CONDITION",
    "COURSE",
    "DATES",
    "ENTER_FIRST",
    "FACE_VIEWS",
    "FILES",
    "FIND",
    "FIND_HINT",
    "FOLDER",
    "FOLDER_BUTTON",
    "FOLDER_HINT",
    "FOR_ALL",
    "LEAVE_OUT",
    "LEAVE_OUT_ALL",
    "LOOKING",
    "LOOK_AT_REST",
    "MEASURING",
    "NEW_PATIENT",
    "NOBODY",
    "NO_COURSE",
    "NO_SESSION",
    "OTHERS",
    "PX_PER_MM",
    "PX_PER_MM_HINT",
    "READY",
    "REFUSED",
    "RESULTS",
    "RESULT_COLUMNS",
    "RIGHT",
    "SEE_COURSE",
    "SHARED",
    "SITE",
    "SITE_HINT",
    "STORED_BEFORE",
    "STORING",
    "TAKEN",
    "TAKEN_ALL",
    "TITLE",
    "UPLOAD",
    "USE_VIEWS",
    "VIEW",
    "WHERE",
    "WHOSE",
    "condition_label",
    "course_label",
    "doubt_words",
    "measured",
    "no_baseline",
    "not_comparable",
    "of_another",
    "of_another_short",
    "other_views",
    "patient_label",
    "replaces",
    "source_words",
    "status_words",
    "store_button",
    "stored_before",
    "summary",
    "taken_label",
    "twice",
    "unseen",
    "view_label",
    "zone_note",
]

TITLE = "Add photos"
WHOSE = "Whose photos are these?"
FIND = "Find a patient"
FIND_HINT = "Code or name"
NOBODY = "No patient has this code or name."
NEW_PATIENT = "New patient"
CODE = "Code"
CODE_HINT = "What your clinic calls this patient. A name is not needed."
CONDITION = "What is treated"
ADD_PATIENT = "Add patient"
ANOTHER_PATIENT = "Another patient"
COURSE = "Course"
NO_COURSE = "This patient has no course of treatment yet."
BEGIN_COURSE = "Begin the course"

VIEW = "View"
SITE = "Place on the body"
SITE_HINT = "For example: left cheek"
CLOSE_UP_HINT = "A close-up needs its place on the body: only close-ups of one place are compared."
PX_PER_MM = "Pixels in a millimetre"
PX_PER_MM_HINT = "If you know it"

WHERE = "Where the photos are"
FILES = "Files"
CAMERA = "Camera"
FOLDER = "Folder"
UPLOAD = "Drop photos here, or choose them"
FOLDER_HINT = "A folder on this computer, for example /home/clinic/photos"
FOLDER_BUTTON = "Look in the folder"
LOOKING = "Looking at the photos"
LOOK_AT_REST = "Look at them"

DATES = "Dates to confirm"
TAKEN = "Taken"
TAKEN_ALL = "One date for all of these"
ENTER_FIRST = "Enter the date first."
FOR_ALL = "Use for all"
USE_VIEWS = "Sort them by the face"
RIGHT = "This is right"
ALL_RIGHT = "All dates are right"
READY = "Ready to store"
CHANGE = "Change one of them"
CHANGE_HINT = "Choose a photo"
LEAVE_OUT = "Leave out"
LEAVE_OUT_ALL = "Take these off the list"
STORED_BEFORE = "Stored already"
OTHERS = "Photos of another patient"
REFUSED = "Cannot be stored"
SHARED = "These photos belong to both patients: store them here as well"
BASELINE = "Baseline"
NO_SESSION = (
    "No treatment is noted for this course yet, so the earliest photo of a view counts as its baseline. "
    "Note the treatment on the patient's page, then photos from before and after it are told apart."
)
STORING = "Storing the photos"
MEASURING = "Measuring against the baseline"
SEE_COURSE = "See the course"
RESULTS = "What became of each photo"
RESULT_COLUMNS = ("Photo", "Result", "Taken", "What to do")

VIEW_LABELS = MappingProxyType(
    {
        View.FRONT: "Front",
        View.LEFT_THREE_QUARTER: "Left three-quarter",
        View.RIGHT_THREE_QUARTER: "Right three-quarter",
        View.LEFT_PROFILE: "Left profile",
        View.RIGHT_PROFILE: "Right profile",
        View.CLOSE_UP: "Close-up",
    }
)
FACE_VIEWS = (View.FRONT, View.LEFT_THREE_QUARTER, View.RIGHT_THREE_QUARTER)
"""Views that the mesh of a face can tell."""
SOURCES = MappingProxyType(
    {
        TimeSource.TYPED: "typed in",
        TimeSource.EXIF: "from the camera",
        TimeSource.EXIF_CLINIC_ZONE: "from the camera, zone of the clinic",
        TimeSource.FILE: "from the file only",
        TimeSource.CLOCK: "clock of this computer",
    }
)
DOUBTS = MappingProxyType(
    {
        Doubt.MISSING: "The file does not say when it was taken. Enter the date.",
        Doubt.FILE_ONLY: "Only the file's own date is known; copying may have changed it.",
        Doubt.IN_FUTURE: "This date lies in the future. Correct it.",
        Doubt.CLOCK_NOT_SET: "This looks like a camera whose clock was never set. Correct the date.",
        Doubt.DAY_OF_TREATMENT: (
            "Taken on the day of the first treatment, before its time: it would become the baseline. If it was taken "
            "afterwards, either this time or that of the session is wrong: correct the one that is."
        ),
    }
)
STATUSES = MappingProxyType(
    {
        ImportStatus.STORED: "Stored",
        ImportStatus.ALREADY_THERE: "Already there",
        ImportStatus.REFUSED: "Not stored",
    }
)


def patient_label(patient: Patient) -> str:
    """Return how a patient is called."""
    return f"{patient.code} · {patient.display_name}" if patient.display_name else patient.code


def condition_label(condition: Condition) -> str:
    """Return how a condition is called."""
    return condition.value.capitalize()


def course_label(course: Course) -> str:
    """Return how a course is called."""
    condition = course.condition.value if course.condition is not Condition.OTHER else ""
    return course.title or condition.capitalize() or COURSE


def view_label(view: View, site: str = "") -> str:
    """Return how a view is called."""
    return f"{VIEW_LABELS[view]}, {site}" if site else VIEW_LABELS[view]


def measured(number: int) -> str:
    """Say how many photos were measured."""
    return f"{counted(number, 'photo')} measured against the baseline."


def not_comparable(name: str, problem: str) -> str:
    """Say why a photo cannot be compared."""
    return f"{name} cannot be compared with the baseline. {problem}"


def of_another_short(number: int) -> str:
    """Say how many photos are another patient's."""
    return f"{counted(number, 'photo')} of another patient, see below."


def other_views(views: Iterable[View]) -> str:
    """Say that photos show another view than the chosen one."""
    told = Counter(view_label(view) for view in views)
    listed = ", ".join(f"{label.lower()}: {number}" for label, number in told.items())
    return f"Some faces are seen from another side ({listed})."


def zone_note(zone: str) -> str:
    """Say in which zone times are typed."""
    return f"Times are those of the clinic, {zone}."


def source_words(source: TimeSource | None) -> str:
    """Say where a time comes from."""
    return SOURCES[source] if source is not None else ""


def doubt_words(doubt: Doubt) -> str:
    """Say why a date wants confirming."""
    return DOUBTS[doubt]


def taken_label(name: str) -> str:
    """Name the field of one photo's date."""
    return f"{TAKEN}: {name}"


def store_button(number: int) -> str:
    """Name the button that stores."""
    return f"Store {counted(number, 'photo')}"


def summary(waiting: int) -> str:
    """Say how many photos still wait for their date."""
    needs = "needs its" if waiting == 1 else "need their"
    return f"{counted(waiting, 'photo')} still {needs} date; the others can go first."


def unseen(number: int) -> str:
    """Say that some files were not looked at."""
    return f"{counted(number, 'photo')} not looked at yet."


def of_another(codes: Sequence[str], here: str) -> str:
    """Say that a photo belongs to another patient."""
    return f"This is a photo of patient {', '.join(codes)}. Is {here} the right patient?"


def stored_before(name: str) -> str:
    """Say that a photo is stored already."""
    return f"Stored before, as {name}."


def twice(name: str) -> str:
    """Say that a file was chosen twice."""
    return f"The same photo as {name}; one is enough."


def replaces(name: str) -> str:
    """Say that the baseline would be another one."""
    return (
        f"The baseline would no longer be {name}: a newer photo from before the treatment takes its place. "
        "Check its date."
    )


def no_baseline(label: str) -> str:
    """Say that photos have nothing to be compared with."""
    return (
        f"{label}: no photo from before the first treatment yet. These are stored, and compared as soon as one is "
        "added."
    )


def status_words(status: ImportStatus) -> str:
    """Say what became of a file."""
    return STATUSES[status]
