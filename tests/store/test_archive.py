"""One patient as a ZIP: complete, the same bytes again elsewhere, refused when damaged."""

import csv
import dataclasses
import hashlib
import io
import json
import math
import zipfile

import pytest

from skincompare.errors import DuplicateError, OptionError, StoreError, StoreUnavailableError
from skincompare.records import AnalysisStatus, Consent, Grade, GradeScale, View
from skincompare.store.archive import export_patient, restore_patient
from skincompare.store.archive_names import leaf_names
from tests.store.clinic import (
    TREATED_AT,
    add_course,
    add_photo,
    add_session,
    analysis,
    change,
    photo_of,
)

pytestmark = pytest.mark.usefixtures("fast_disk")


@pytest.fixture
def whole(store):
    """Return a patient with one of everything."""
    add_course(store, "Z")  # so that numbers differ elsewhere
    patient, course = add_course(store, display_name="Zoë", birth_year=1980)
    session = add_session(store, course)
    first = add_photo(store, course, 1, -1, session_id=session.id)
    second = add_photo(store, course, 2, 1, session_id=session.id)
    third = add_photo(store, course, 3, 2, view=View.CLOSE_UP, site="chin", px_per_mm=20.0)
    store.analyses.add(analysis(first, second))
    store.analyses.add(
        analysis(first, third, status=AnalysisStatus.FAILED, problem="No face.", changes=(), flags=())
    )
    store.treatments.add_grade(
        Grade(patient_id=patient.id, scale=GradeScale.GAIS, grade=2, at=TREATED_AT, session_id=session.id)
    )
    store.people.add_consent(Consent(patient_id=patient.id, purpose="teaching", given_on=TREATED_AT.date()))
    return patient


def everything(store, patient):
    """Return all that is known of a patient, without the numbers that a store gives."""
    photos = store.photos.of_patient(patient)
    by_id = {one.id: one.sha256 for one in photos}
    courses = store.treatments.courses(patient)
    plain = dataclasses.replace
    return {
        "patient": plain(patient, id=None),
        "consents": [plain(one, id=None, patient_id=0) for one in store.people.consents(patient)],
        "courses": [plain(one, id=None, patient_id=0) for one in courses],
        "sessions": [
            plain(one, id=None, course_id=0)
            for course in courses
            for one in store.treatments.sessions(course)
        ],
        "grades": [
            plain(one, id=None, patient_id=0, session_id=None) for one in store.treatments.grades(patient)
        ],
        "photos": [
            (
                plain(one, id=None, patient_id=0, course_id=0, session_id=None),
                store.photos.read(one),
                one.session_id is None,
            )
            for one in photos
        ],
        "analyses": [
            (
                plain(one, id=None, photo_id=0, baseline_id=1, changes=()),
                by_id[one.photo_id],
                by_id[one.baseline_id],
                sorted(json.dumps(change.to_dict(), sort_keys=True) for change in one.changes),
            )
            for one in store.analyses.of_photos(by_id)
        ],
    }


def test_a_patient_comes_out_and_in_again_the_same(store, other_store, whole, tmp_path):
    path = tmp_path / "a.zip"
    assert export_patient(store, whole, path, version="1.2.3") == 3
    restored = restore_patient(other_store, path)
    assert everything(other_store, restored) == everything(store, whole)
    assert other_store.photos.sweep(contents=True).is_clean
    export_patient(other_store, restored, tmp_path / "b.zip", version="1.2.3")
    with zipfile.ZipFile(path) as first, zipfile.ZipFile(tmp_path / "b.zip") as second:
        assert first.namelist() == second.namelist()
        for name in first.namelist():
            if name.startswith("photos/"):
                assert first.read(name) == second.read(name)


def test_the_archive_is_valid_and_complete(store, whole, tmp_path):
    path = tmp_path / "a.zip"
    export_patient(store, whole, path, version="1.2.3")
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert names[:4] == ["README.txt", "patient.json", "measurements.csv", "manifest.csv"]
        photos = [name for name in names if name.startswith("photos/")]
        assert len(photos) == 3
        listed = list(csv.DictReader(io.StringIO(archive.read("manifest.csv").decode())))
        assert [one["file"] for one in listed] == photos
        for one in listed:
            digest = hashlib.sha256(archive.read(one["file"])).hexdigest()
            assert one["sha256"] == digest
            assert f"_{digest[:8]}." in one["file"]
        plain = json.loads(archive.read("patient.json"))
        assert plain["schema_version"] == 2
        assert "1.2.3" in archive.read("README.txt").decode()
        lines = list(csv.DictReader(io.StringIO(archive.read("measurements.csv").decode())))
    assert len(lines) == 3
    redness = next(one for one in lines if one["quantity"] == "redness" and one["region"] == "left_cheek")
    assert math.isclose(float(redness["change"]), 4.0)
    assert (redness["metric"], redness["version"], redness["flags"]) == ("redness", "3", "tilted")
    missing = next(one for one in lines if one["region"] == "nose")
    assert (missing["change"], missing["verdict"]) == ("", "not measurable")


def test_the_same_store_gives_the_same_bytes(store, whole, tmp_path):
    for name in ("a.zip", "b.zip"):
        export_patient(store, whole, tmp_path / name, version="1")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_a_patient_who_is_there_is_not_added_twice(store, whole, tmp_path):
    path = tmp_path / "a.zip"
    export_patient(store, whole, path, version="1")
    with pytest.raises(DuplicateError, match="already"):
        restore_patient(store, path)
    assert store.people.count() == 2


def test_a_code_that_is_taken_asks_for_another(store, other_store, whole, tmp_path):
    path = tmp_path / "a.zip"
    export_patient(store, whole, path, version="1")
    add_course(other_store)
    with pytest.raises(DuplicateError, match="--code"):
        restore_patient(other_store, path)
    assert other_store.photos.sweep().is_clean
    assert restore_patient(other_store, path, code="B-1").code == "B-1"
    assert other_store.people.count() == 2


def test_an_export_stops_at_a_damaged_photo_and_leaves_no_file(store, whole, tmp_path):
    photo = store.photos.of_patient(whole)[0]
    next((tmp_path / "store" / "photos" / photo.sha256[:2]).glob(f"{photo.sha256}*")).write_bytes(b"x")
    with pytest.raises(StoreError, match="damaged"):
        export_patient(store, whole, tmp_path / "a.zip", version="1")
    assert not list(tmp_path.glob("*zip*"))
    assert not list(tmp_path.glob(".a*"))


def test_an_export_that_cannot_be_written_says_so(store, whole, tmp_path):
    with pytest.raises(StoreUnavailableError, match="cannot be written"):
        export_patient(store, whole, tmp_path / "nowhere" / "a.zip", version="1")


def changed_archive(path, target, **changes):
    """Copy an archive with other content for some members; None leaves a member out."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as result:
        for name in source.namelist():
            data = changes.get("photo" if name.startswith("photos/") else name, source.read(name))
            if callable(data):
                data = data(source.read(name))
            if data is not None:
                result.writestr(name, data)
    return target


def edited(**values):
    def edit(data):
        return json.dumps({**json.loads(data), **values}).encode()

    return edit


@pytest.mark.parametrize(
    "changes",
    [
        {"photo": b"other bytes"},
        {"photo": None},
        {"patient.json": None},
        {"patient.json": b"{broken"},
        {"patient.json": b"[]"},
        {"patient.json": b"{}"},
        {"patient.json": edited(schema_version=3)},
        {"patient.json": edited(photos="many")},
        {"patient.json": edited(photos=[{"sha256": "../../etc/passwd"}])},
        {"patient.json": edited(patient={"code": ""})},
        {"patient.json": edited(patient={"code": "A", "colour": "red"})},
        {"patient.json": edited(courses=[])},
        {"patient.json": edited(sessions=[{"course_id": 77, "at": "2026-03-03T10:00:00+01:00"}])},
        {"patient.json": edited(analyses=[{"photo_id": 1}])},
    ],
)
def test_a_damaged_archive_changes_nothing(store, other_store, whole, tmp_path, changes):
    export_patient(store, whole, tmp_path / "a.zip", version="1")
    broken = changed_archive(tmp_path / "a.zip", tmp_path / "broken.zip", **changes)
    with pytest.raises((StoreError, OptionError)) as refusal:
        restore_patient(other_store, broken)
    assert len(str(refusal.value)) > 20
    assert other_store.people.count() == 0
    restore_patient(other_store, tmp_path / "a.zip")
    assert other_store.photos.sweep(contents=True).is_clean


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 cut", None])
def test_what_is_no_archive_is_refused(other_store, tmp_path, data):
    path = tmp_path / "a.zip"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(OptionError, match="no archive of a patient"):
        restore_patient(other_store, path)


def test_photos_are_called_by_day_and_view(store):
    _, course = add_course(store)
    add_session(store, course)
    add_session(store, course, 28.0)
    photos = [
        photo_of(course, 1, -1.0),
        photo_of(course, 2, 3.2),
        photo_of(course, 3, 31.0, view=View.CLOSE_UP, site="Left ../cheek", file_format="PNG"),
    ]
    names = leaf_names(photos, {course.id: store.treatments.sessions(course)})
    assert list(names.values()) == [
        f"2026-03-02_before_front_{photos[0].sha256[:8]}.jpg",
        f"2026-03-06_session-1_day-003_front_{photos[1].sha256[:8]}.jpg",
        f"2026-04-03_session-2_day-003_close-up_left-cheek_{photos[2].sha256[:8]}.png",
    ]
    bare = leaf_names([photos[0]], {})
    assert list(bare.values()) == [f"2026-03-02_front_{photos[0].sha256[:8]}.jpg"]


def test_an_archive_of_the_first_layout_is_still_read(store, other_store, whole, tmp_path):
    export_patient(store, whole, tmp_path / "a.zip", version="1")
    old = tmp_path / "old.zip"
    with zipfile.ZipFile(tmp_path / "a.zip") as source, zipfile.ZipFile(old, "w") as target:
        plain = json.loads(source.read("patient.json"))
        names = plain.pop("photo_files")
        target.writestr("patient.json", json.dumps({**plain, "schema_version": 1}))
        for digest, name in names.items():
            ending = name.rpartition(".")[2]
            target.writestr(f"photos/{digest}.{ending}", source.read(f"photos/{name}"))
    restored = restore_patient(other_store, old)
    assert everything(other_store, restored) == everything(store, whole)


def test_cells_of_the_table_are_no_formulas(store, tmp_path):
    patient, course = add_course(store)
    add_session(store, course)
    baseline, photo = add_photo(store, course, 1, -1.0), add_photo(store, course, 2, 1.0)
    hostile = change(baseline, photo, region="=cmd()", by=-2.5)
    store.analyses.add(analysis(baseline, photo, changes=(hostile,)))
    export_patient(store, patient, tmp_path / "a.zip", version="1")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        (line,) = csv.DictReader(io.StringIO(archive.read("measurements.csv").decode()))
    assert line["region"] == "'=cmd()"
    assert float(line["change"]) == -2.5
