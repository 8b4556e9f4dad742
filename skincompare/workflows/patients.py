"""Patients for a screen: lines of the list, a new one with the first course, what is to be seen to, removal."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from skincompare.errors import DuplicateError
from skincompare.records import Consent, Course, Patient, PatientSummary, PhotoRecord
from skincompare.recovery import RecoveryFlag
from skincompare.store import Store
from skincompare.store.archive import export_patient
from skincompare.version import package_version
from skincompare.workflows.jobs import Job
from skincompare.workflows.measuring import Pair, due_pairs, measure_due
from skincompare.workflows.timeline import course_timeline

__all__ = [
    "FLAG_QUANTITIES",
    "PatientLine",
    "PatientNotes",
    "add_patient",
    "measure_everything",
    "notes_source",
    "patient_archive",
    "patient_lines",
    "patient_notes",
    "save_patient",
]

FLAG_QUANTITIES = ("redness", "melanin")
"""What the flags of a recovery are read from."""


@dataclass(frozen=True, slots=True)
class PatientLine:
    """One line of the list.

    Parameters
    ----------
    summary : PatientSummary
        Who, and how many sessions and photos.
    courses : tuple of Course
        Oldest first.
    last_session : datetime or None
        When the newest session was.
    photo : PhotoRecord or None
        The newest photo, for a small picture.
    """

    summary: PatientSummary
    courses: tuple[Course, ...]
    last_session: datetime | None
    photo: PhotoRecord | None

    @property
    def patient(self) -> Patient:
        """Who."""
        return self.summary.patient


@dataclass(frozen=True, slots=True)
class PatientNotes:
    """What is to be seen to of a patient.

    Parameters
    ----------
    flags : tuple of RecoveryFlag
        Of the last session of each course: what a clinician should see.
    n_due : int
        Photos that are not measured yet.
    n_refused : int
        Photos that could not be compared.
    """

    flags: tuple[RecoveryFlag, ...] = ()
    n_due: int = 0
    n_refused: int = 0


def patient_lines(
    store: Store, *, search: str = "", after: str = "", limit: int = 20
) -> tuple[PatientLine, ...]:
    """Return lines of the list of patients, by code.

    Parameters
    ----------
    store : Store
        Where they are.
    search : str
        Beginnings of words of code or name.
    after : str
        The last code of the page before.
    limit : int
        Lines.
    """
    return tuple(_line(store, one) for one in store.people.page(search=search, after=after, limit=limit))


def measure_everything(store: Store, job: Job) -> None:
    """Measure what of any patient is not measured yet; a stop between two photos keeps what is done.

    Parameters
    ----------
    store : Store
        Where they are.
    job : Job
        Told how far it is, and what came of each photo: name of the file and status.
    """
    job.tell("", 0.0)
    pairs: list[Pair] = []
    after = ""
    while found := store.people.page(after=after):
        for one in found:
            for course in store.treatments.courses(one.patient):
                pairs += due_pairs(store, course)
        after = found[-1].patient.code
    for pair, analysis in measure_due(store, pairs, progress=job.tell):
        job.add((pair.photo.file_name, analysis.status.value))


def notes_source(store: Store, courses: Sequence[Course]) -> tuple[str, ...]:
    """Return what the notes of some courses hang on: when it is the same, so are they."""
    numbers = [one.id for one in courses if one.id is not None]
    measured = store.aftercare.sources(numbers)
    return tuple(
        f"{one.id}:{measured.get(one.id or 0, '')}:{len(store.photos.of_course(one))}"
        f":{len(store.aftercare.symptoms(one))}"
        for one in courses
    ) + tuple(f"{band}" for band in store.aftercare.bands())


def patient_notes(store: Store, patient: Patient, courses: Sequence[Course]) -> PatientNotes:
    """Return what is to be seen to of a patient; nothing is measured.

    Parameters
    ----------
    store : Store
        Where the patient is.
    patient : Patient
        Who.
    courses : sequence of Course
        The patient's courses.
    """
    flags: list[RecoveryFlag] = []
    n_refused = 0
    for course in courses:
        whole = course_timeline(store, patient, course, quantities=FLAG_QUANTITIES)
        if whole.sessions:
            flags += whole.flags(whole.sessions[-1])
        n_refused += sum(bool(day.problem) for day in whole.days)
    n_due = sum(len(due_pairs(store, course)) for course in courses)
    return PatientNotes(tuple(flags), n_due, n_refused)


def add_patient(
    store: Store, patient: Patient, course: Course | None = None, consent: tuple[str, date] | None = None
) -> tuple[Patient, Course | None]:
    """Store a new patient with the first course and consent.

    Parameters
    ----------
    store : Store
        Where to.
    patient : Patient
        Not stored yet.
    course : Course, optional
        The first course; whose it is is filled in.
    consent : (str, date), optional
        For what the patient agreed, and when.

    Returns
    -------
    (Patient, Course or None)
        As stored.

    Raises
    ------
    DuplicateError
        When the code is taken; the sentence says by whom.
    """
    _check_code(store, patient)
    stored = store.people.add(patient)
    assert stored.id is not None
    if consent is not None:
        store.people.add_consent(Consent(patient_id=stored.id, purpose=consent[0], given_on=consent[1]))
    if course is None:
        return stored, None
    return stored, store.treatments.add_course(replace(course, patient_id=stored.id))


def save_patient(store: Store, patient: Patient) -> Patient:
    """Store a changed patient.

    Raises
    ------
    DuplicateError
        When the new code is taken.
    ConflictError
        When somebody else changed it since it was read.
    """
    _check_code(store, patient)
    return store.people.save(patient)


def patient_archive(store: Store, patient: Patient) -> bytes:
    """Return everything of one patient as the bytes of a ZIP file, which a store can take in again."""
    with TemporaryDirectory(prefix="skincompare-") as folder:
        path = Path(folder) / "patient.zip"
        export_patient(store, patient, path, version=package_version())
        return path.read_bytes()


def _check_code(store: Store, patient: Patient) -> None:
    taken = store.people.find(patient.code)
    if taken is not None and taken.id != patient.id:
        name = f" ({taken.display_name})" if taken.display_name else ""
        raise DuplicateError(
            f"The code {patient.code} is taken by another patient{name}. Open that patient, or choose another code."
        )


def _line(store: Store, summary: PatientSummary) -> PatientLine:
    courses = store.treatments.courses(summary.patient)
    sessions = [one.at for course in courses for one in store.treatments.sessions(course)]
    photos = store.photos.of_patient(summary.patient) if summary.n_photos else ()
    return PatientLine(summary, courses, max(sessions, default=None), photos[-1] if photos else None)
