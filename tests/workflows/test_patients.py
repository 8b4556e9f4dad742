"""The list of patients and what is to be seen to; a new patient with the first course; a code that is taken."""

import io
import zipfile
from dataclasses import replace
from datetime import date

import pytest

from skincompare.errors import DuplicateError
from skincompare.records import Condition, Course, Patient
from skincompare.store import Store
from skincompare.workflows import measuring
from skincompare.workflows import timeline as timelines
from skincompare.workflows.patients import (
    add_patient,
    notes_source,
    patient_archive,
    patient_lines,
    patient_notes,
    save_patient,
)
from skincompare.workflows.timeline import course_timeline
from tests.store.clinic import PORES, REDNESS, add_course, add_photo, add_session, analysis, change

MDC_TIMES = 20.0
"""A change far above what repeat photos differ by, EI."""


@pytest.fixture(autouse=True)
def methods(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (measuring, timelines):
        monkeypatch.setattr(module, "current_methods", lambda: {"redness": REDNESS, "pores": PORES})


def red_course(store: Store, treated: tuple[Patient, Course], days: tuple[float, ...]) -> None:
    """Add a baseline and photos that stay red."""
    _, course = treated
    baseline = add_photo(store, course, 0, -1)
    for number, day in enumerate(days, 1):
        photo = add_photo(store, course, number, day)
        changes = tuple(
            change(baseline, photo, region=region, by=MDC_TIMES) for region in ("left_cheek", "nose")
        )
        store.analyses.add(analysis(baseline, photo, changes=changes))


def test_a_line_says_who_when_and_shows_the_newest_photo(store, treated):
    add_session(store, treated[1], 28)
    photos = [add_photo(store, treated[1], number, number) for number in range(3)]
    (line,) = patient_lines(store)
    assert line.patient == treated[0]
    assert (line.summary.n_sessions, line.summary.n_photos) == (2, 3)
    assert line.photo == photos[-1]
    assert line.last_session == store.treatments.sessions(treated[1])[-1].at
    assert line.courses == (treated[1],)


def test_pages_go_on_after_the_last_code(store):
    for number in range(5):
        store.people.add(Patient(code=f"P-{number}"))
    first = patient_lines(store, limit=3)
    rest = patient_lines(store, limit=3, after=first[-1].patient.code)
    assert [line.patient.code for line in (*first, *rest)] == [f"P-{number}" for number in range(5)]
    assert [line.patient.code for line in patient_lines(store, search="p-3")] == ["P-3"]
    assert patient_lines(store)[0].photo is None


def test_redness_that_stays_is_flagged_as_on_the_patients_page(store, treated):
    red_course(store, treated, (1, 3, 8, 9))
    notes = patient_notes(store, treated[0], [treated[1]])
    assert notes.flags
    assert (notes.n_due, notes.n_refused) == (0, 0)
    whole = course_timeline(store, *treated)
    session = whole.sessions[-1]
    assert whole.flags(session) == whole.outlook(session).flags == notes.flags


def test_photos_that_wait_are_counted(store, treated):
    add_photo(store, treated[1], 0, -1)
    add_photo(store, treated[1], 1, 1)
    assert patient_notes(store, treated[0], [treated[1]]).n_due == 1


def test_the_source_of_notes_changes_with_photos_symptoms_and_analyses(store, treated):
    seen = {notes_source(store, [treated[1]])}
    baseline, photo = (add_photo(store, treated[1], number, day) for number, day in enumerate((-1, 1)))
    seen.add(notes_source(store, [treated[1]]))
    store.analyses.add(analysis(baseline, photo))
    seen.add(notes_source(store, [treated[1]]))
    add_session(store, treated[1], 28)
    seen.add(notes_source(store, [treated[1]]))
    assert len(seen) == 4


def test_a_new_patient_comes_with_course_and_consent(store):
    patient, course = add_patient(
        store,
        Patient(code="N-1", display_name="Nora"),
        Course(patient_id=0, condition=Condition.WRINKLES),
        ("treatment record", date(2026, 3, 3)),
    )
    assert store.treatments.courses(patient) == (course,)
    assert course is not None
    assert course.condition is Condition.WRINKLES
    assert [one.purpose for one in store.people.consents(patient)] == ["treatment record"]


def test_a_code_that_is_taken_names_who_has_it(store, treated):
    with pytest.raises(
        DuplicateError, match=r"The code A-17 is taken by another patient\. Open that patient"
    ):
        add_patient(store, Patient(code="A-17"))
    other, _ = add_course(store, "B-1", display_name="Berta")
    with pytest.raises(DuplicateError, match=r"taken by another patient \(Berta\)"):
        save_patient(store, replace(treated[0], code="B-1"))
    assert save_patient(store, other).code == "B-1"


def test_all_of_a_patient_is_one_file(store, treated):
    add_photo(store, treated[1], 1)
    with zipfile.ZipFile(io.BytesIO(patient_archive(store, treated[0]))) as archive:
        assert {"patient.json", "measurements.csv"} <= set(archive.namelist())
        assert sum(name.startswith("photos/") for name in archive.namelist()) == 1
