"""What is stored comes back as it was, on SQLite and on PostgreSQL."""

import hashlib
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest

from skincompare.errors import ConflictError, DuplicateError, NotFoundError, OptionError
from skincompare.records import (
    Clinic,
    Condition,
    Consent,
    Fitzpatrick,
    Grade,
    GradeScale,
    Patient,
    Session,
    TimeSource,
    View,
)
from tests.store.clinic import (
    TREATED_AT,
    ZONE,
    add_course,
    add_photo,
    add_session,
    analysis,
    content,
    photo_of,
)

# People

pytestmark = pytest.mark.usefixtures("fast_disk")


def test_a_patient_comes_back_whole(store, make_store):
    given = Patient(
        code="A-17",
        display_name="Zoë Ångström-Ōta",
        birth_year=1987,
        fitzpatrick=Fitzpatrick.IV,
        notes="two\nlines",
        is_simulated=True,
    )
    stored = store.people.add(given)
    assert (stored.revision, len(stored.uid)) == (1, 32)
    assert make_store().people.get("A-17") == stored
    assert replace(stored, id=None, uid="", revision=0) == given
    assert store.people.find_uid(stored.uid) == stored
    assert store.people.count() == 1


def test_all_that_is_personal_may_be_left_out(store):
    assert store.people.get(store.people.add(Patient(code="1")).code).birth_year is None


def test_a_code_is_one_patients_alone(store):
    first = store.people.add(Patient(code="A"))
    second = store.people.add(Patient(code="B"))
    with pytest.raises(DuplicateError, match="skincompare patient show A"):
        store.people.add(Patient(code="A"))
    with pytest.raises(DuplicateError):
        store.people.save(replace(second, code="A"))
    assert store.people.save(replace(first, code="C")).code == "C"
    assert [one.patient.code for one in store.people.page()] == ["B", "C"]


def test_an_unknown_code_names_near_ones_and_the_next_command(store):
    store.people.add(Patient(code="Anna-1"))
    with pytest.raises(NotFoundError) as refusal:
        store.people.get("Anna-2")
    for part in ("Near: Anna-1", "skincompare patient list", "skincompare patient add Anna-2"):
        assert part in str(refusal.value)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", ["A-17", "B-2", "Z"]),
        ("zoe", ["A-17"]),
        ("ÅNG", ["A-17"]),
        ("ota zo", ["A-17"]),
        ("17", ["A-17"]),
        ("a-1", ["A-17"]),
        ("an", ["A-17", "B-2"]),
        ("gstrom", []),
        ("%", []),
        ("_", []),
        ("anna b", ["B-2"]),
    ],
)
def test_the_search_finds_beginnings_of_words_in_any_order(store, search, found):
    store.people.add(Patient(code="A-17", display_name="Zoë Ångström-Ōta"))
    store.people.add(Patient(code="B-2", display_name="Anna"))
    store.people.add(Patient(code="Z"))
    assert [one.patient.code for one in store.people.page(search=search)] == found


def test_a_new_name_is_found_and_the_old_one_no_more(store):
    patient = store.people.add(Patient(code="A", display_name="Before"))
    store.people.save(replace(patient, display_name="After"))
    assert store.people.page(search="before") == ()
    assert len(store.people.page(search="after")) == 1


def test_the_list_is_paged_and_counts(store):
    for number in range(5):
        store.people.add(Patient(code=f"P{number}"))
    first = store.people.page(limit=2)
    assert [one.patient.code for one in first] == ["P0", "P1"]
    assert [one.patient.code for one in store.people.page(after="P1", limit=9)] == ["P2", "P3", "P4"]
    _, course = add_course(store, "Q")
    add_session(store, course)
    add_session(store, course, 28)
    add_photo(store, course, 1, -1)
    add_photo(store, course, 2, 3)
    (line,) = store.people.page(search="Q")
    assert (line.n_sessions, line.n_photos) == (2, 2)
    assert line.last_photo == TREATED_AT + timedelta(days=3)


def test_consents_hold_until_they_are_withdrawn(store):
    patient, _ = add_course(store)
    consent = store.people.add_consent(
        Consent(patient_id=patient.id, purpose="teaching", given_on=date(2026, 1, 2))
    )
    store.people.withdraw_consent(replace(consent, withdrawn_on=date(2026, 3, 1)))
    (kept,) = store.people.consents(patient)
    days = (date(2026, 1, 1), date(2026, 1, 2), date(2026, 2, 28), date(2026, 3, 1))
    assert [kept.holds_on(day) for day in days] == [False, True, True, False]


def test_the_clinic_is_kept(store, make_store):
    assert store.people.clinic() == Clinic()
    for name in ("One", "Two"):
        store.people.set_clinic(Clinic(name=name, time_zone="Asia/Tokyo"))
    assert make_store().people.clinic() == Clinic(name="Two", time_zone="Asia/Tokyo")


def test_a_patient_goes_with_all_that_is_theirs(store):
    patient, course = add_course(store)
    add_session(store, course)
    first, second = add_photo(store, course, 1, -1), add_photo(store, course, 2, 1)
    store.analyses.add(analysis(first, second))
    store.people.remove(patient)
    assert store.people.count() == 0
    assert store.photos.of_course(course) == ()
    assert store.analyses.of_photos([first.id, second.id]) == ()
    assert len(store.photos.sweep().files_without_rows) == 2


# Treatments


def test_a_session_comes_back_with_its_zone_and_depths(store, make_store):
    _, course = add_course(store)
    given = Session(
        course_id=course.id,
        at=datetime(2026, 3, 29, 1, 30, tzinfo=timezone(timedelta(hours=-9, minutes=-30))),
        depths_mm={"nose": 0.5, "left_cheek": 1.25},
        device="pen",
        passes=4,
        topicals="hyaluronic acid",
        practitioner="Dr. Ōta",
        notes="n",
        instructions="no sun",
    )
    stored = store.treatments.add_session(given)
    (again,) = make_store().treatments.sessions(course)
    assert again == stored
    assert again.at.isoformat() == "2026-03-29T01:30:00-09:30"
    assert again.treated == ("left_cheek", "nose")
    assert replace(again, id=None, revision=0) == given


def test_sessions_come_by_time(store):
    _, course = add_course(store)
    for day in (28, 0, 14):
        add_session(store, course, day)
    assert [one.at - TREATED_AT for one in store.treatments.sessions(course)] == [
        timedelta(days=day) for day in (0, 14, 28)
    ]


def test_courses_of_all_patients_are_listed(store):
    patient, course = add_course(store, "B")
    other, _ = add_course(store, "A")
    saved = store.treatments.save_course(replace(course, title="Cheeks", condition=Condition.WRINKLES))
    assert store.treatments.courses(patient) == (saved,)
    assert [code for code, _ in store.treatments.all_courses()] == ["A", "B"]
    assert store.treatments.courses(other)[0].condition is Condition.ACNE_SCARS


def test_a_grade_comes_back(store):
    patient, course = add_course(store)
    session = add_session(store, course)
    given = Grade(
        patient_id=patient.id,
        scale=GradeScale.CEA,
        grade=3,
        at=TREATED_AT,
        session_id=session.id,
        graded_by="Dr. Ito",
    )
    stored = store.treatments.add_grade(given)
    assert store.treatments.grades(patient) == (stored,)
    assert replace(stored, id=None) == given


def test_what_belongs_to_nobody_is_refused(store):
    _, course = add_course(store)
    with pytest.raises(NotFoundError):
        store.treatments.add_course(replace(course, id=None, patient_id=999))
    with pytest.raises(NotFoundError):
        add_session(store, replace(course, id=999))
    with pytest.raises(NotFoundError):
        add_photo(store, replace(course, id=999), 1)


# Two editors


def test_the_second_of_two_editors_learns_who_changed_what(store, make_store):
    patient = store.people.add(Patient(code="A-17"))
    store.people.save(replace(patient, notes="allergic to lidocaine", display_name="Zoë"))
    with pytest.raises(ConflictError) as refusal:
        make_store(actor="Ms. Lee").people.save(replace(patient, notes="none"))
    said = str(refusal.value)
    for part in ("Patient A-17", "Dr. Ito", "display name, notes", "nothing was saved", "open it again"):
        assert part in said
    assert store.people.get("A-17").notes == "allergic to lidocaine"


def test_two_editors_of_a_session_and_of_a_course(store):
    _, course = add_course(store)
    session = add_session(store, course)
    store.treatments.save_session(replace(session, depths_mm={"nose": 2.0}, device="roller"))
    with pytest.raises(ConflictError, match=r"device, depths mm"):
        store.treatments.save_session(replace(session, depths_mm={"nose": 1.0}))
    (kept,) = store.treatments.sessions(course)
    assert (dict(kept.depths_mm), kept.revision) == ({"nose": 2.0}, 2)
    store.treatments.save_course(replace(course, title="x"))
    with pytest.raises(ConflictError, match="title"):
        store.treatments.save_course(replace(course, title="y"))


def test_saving_without_a_change_is_no_change(store):
    patient = store.people.add(Patient(code="A"))
    assert store.people.save(patient).revision == patient.revision
    assert store.people.save(replace(patient, notes="x")).revision == patient.revision + 1


def test_what_somebody_removed_cannot_be_saved(store):
    patient = store.people.add(Patient(code="A"))
    store.people.remove(patient)
    with pytest.raises(NotFoundError, match="removed"):
        store.people.save(replace(patient, notes="x"))


# Photos


def test_a_photo_comes_back_byte_for_byte(store, make_store):
    patient, course = add_course(store)
    session = add_session(store, course)
    given = photo_of(
        course,
        1,
        2.5,
        view=View.CLOSE_UP,
        site="left cheek",
        camera="Acme One",
        px_per_mm=20.5,
        captured_source=TimeSource.FILE,
        session_id=session.id,
    )
    stored = store.photos.add(given, content(1))
    other = make_store()
    assert other.photos.of_patient(patient) == other.photos.of_course(course) == (stored,)
    assert other.photos.read(stored) == content(1)
    assert replace(stored, id=None) == given
    assert stored.captured.utcoffset() == ZONE.utcoffset(None)
    assert other.photos.sweep(contents=True).is_clean


def test_the_same_photo_twice_is_found(store):
    patient, course = add_course(store)
    photo = add_photo(store, course, 1)
    with pytest.raises(DuplicateError, match="for this patient already"):
        add_photo(store, course, 1)
    assert store.photos.owners(photo.sha256) == ((patient, photo),)
    assert store.photos.owners("0" * 64) == ()


def test_the_same_photo_under_two_patients_stops_unless_it_is_meant(store):
    _, course = add_course(store)
    photo = add_photo(store, course, 1)
    _, other = add_course(store, "B")
    with pytest.raises(DuplicateError, match="for patient A-17 already"):
        add_photo(store, other, 1)
    assert store.photos.of_course(other) == ()
    store.photos.add(photo_of(other, 1), content(1), shared=True)
    assert [patient.code for patient, _ in store.photos.owners(photo.sha256)] == ["A-17", "B"]
    assert store.photos.sweep(contents=True).is_clean


def test_other_bytes_than_those_of_the_hash_are_refused(store):
    _, course = add_course(store)
    with pytest.raises(OptionError, match="SHA-256"):
        store.photos.add(photo_of(course, 1), content(2))
    assert store.photos.sweep().is_clean


def test_photos_are_matched_again_when_a_session_comes_or_moves(store):
    _, course = add_course(store)
    photos = [add_photo(store, course, number, day) for number, day in enumerate((-1, 3, 20))]
    assert [one.session_id for one in store.photos.of_course(course)] == [None] * 3
    first = add_session(store, course)
    second = add_session(store, course, 14)
    assert [one.session_id for one in store.photos.of_course(course)] == [first.id, first.id, second.id]
    store.treatments.save_session(replace(second, at=TREATED_AT + timedelta(days=30)))
    assert {one.session_id for one in store.photos.of_course(course)} == {first.id}
    assert len(photos) == 3


def test_the_sweep_names_what_is_amiss_and_clears_what_nobody_has(store, tmp_path):
    _, course = add_course(store)
    kept, lost, spoilt = (add_photo(store, course, number) for number in (1, 2, 3))
    folder = tmp_path / "store" / "photos"
    paths = {one: folder / one.sha256[:2] / f"{one.sha256}.jpg" for one in (kept, lost, spoilt)}
    paths[lost].unlink()
    paths[spoilt].write_bytes(b"other")
    orphan = hashlib.sha256(b"orphan").hexdigest()
    (folder / orphan[:2]).mkdir(exist_ok=True)
    (folder / orphan[:2] / f"{orphan}.jpg").write_bytes(b"orphan")
    (folder / "incoming" / "half.123").write_bytes(b"h")
    sweep = store.photos.sweep(contents=True)
    assert sweep.rows_without_files == (lost,)
    assert sweep.damaged == (spoilt,)
    assert sweep.files_without_rows == (f"{orphan[:2]}/{orphan}.jpg",)
    assert sweep.unfinished == ("incoming/half.123",)
    assert store.photos.clear(sweep) == 2
    after = store.photos.sweep()
    assert (after.files_without_rows, after.unfinished) == ((), ())
    assert after.rows_without_files == (lost,)
