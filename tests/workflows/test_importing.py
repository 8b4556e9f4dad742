"""Photos come into the store with their date and session; again and again; each file with its own result."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from skincompare.errors import DuplicateError, OptionError, StoreUnavailableError
from skincompare.records import TimeSource, View
from skincompare.workflows.importing import (
    ImportPlan,
    ImportStatus,
    IncomingFile,
    find_photos,
    import_photos,
)
from tests.store.clinic import TREATED_AT, add_course, add_session
from tests.workflows.conftest import picture


def imported(store, treated, *paths, **options):
    return list(import_photos(store, ImportPlan(*treated, **options), paths))


def test_files_of_a_folder_are_found_and_others_left(tmp_path):
    for name in ("b.JPG", "a.jpeg", "deep/c.heic", ".hidden/d.jpg", ".e.jpg", "f.txt", "deep/g.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    found = find_photos([tmp_path, tmp_path / "f.txt", tmp_path / "b.JPG"])
    assert [path.relative_to(tmp_path).as_posix() for path in found] == [
        "a.jpeg",
        "b.JPG",
        "deep/c.heic",
        "deep/g.png",
        "f.txt",
    ]
    (tmp_path / "empty").mkdir()
    with pytest.raises(OptionError, match="no photo in the folder"):
        find_photos([tmp_path / "empty"])
    with pytest.raises(OptionError, match="No photo"):
        find_photos([])


def test_a_photo_is_stored_as_it_is_with_date_camera_and_session(store, treated, tmp_path):
    path = picture(tmp_path / "a.jpg", 200, day=3.0, offset="-05:00")
    (one,) = imported(store, treated, path)
    assert (one.status, one.sentence) == (ImportStatus.STORED, "")
    photo = one.photo
    assert photo.captured.isoformat() == "2026-03-06T10:00:00-05:00"
    assert photo.captured_source is TimeSource.EXIF
    assert (photo.width, photo.height, photo.file_format) == (300, 300, "JPEG")
    assert photo.session_id == store.treatments.sessions(treated[1])[0].id
    assert store.photos.read(photo) == path.read_bytes()


def test_a_time_without_zone_is_the_clinics(store, treated, tmp_path):
    (one,) = imported(store, treated, picture(tmp_path / "a.jpg", 200, day=1.0, offset=None))
    assert one.photo.captured.isoformat() == "2026-03-04T10:00:00+09:00"
    assert one.photo.captured_source is TimeSource.EXIF_CLINIC_ZONE


def test_without_a_record_the_file_tells_the_time_and_says_so(store, treated, tmp_path):
    path = picture(tmp_path / "a.jpg", 200)
    moment = datetime(2026, 3, 5, 12, tzinfo=UTC)
    os.utime(path, (moment.timestamp(), moment.timestamp()))
    (one,) = imported(store, treated, path)
    assert (one.photo.captured, one.photo.captured_source) == (moment, TimeSource.FILE)


def test_what_was_typed_goes_before_the_record(store, treated, tmp_path):
    typed = TREATED_AT + timedelta(days=9)
    (one,) = imported(store, treated, picture(tmp_path / "a.jpg", 200, day=1.0), captured=typed)
    assert (one.photo.captured, one.photo.captured_source) == (typed, TimeSource.TYPED)


def test_each_photo_goes_to_its_session(store, treated, tmp_path):
    second = add_session(store, treated[1], 28)
    first = store.treatments.sessions(treated[1])[0]
    days = (-1.0, 5.0, 27.0, 29.0)
    paths = [picture(tmp_path / f"{day}.jpg", 100 + index, day=day) for index, day in enumerate(days)]
    found = imported(store, treated, *paths)
    assert [one.photo.session_id for one in found] == [first.id, first.id, first.id, second.id]


def test_one_bad_file_does_not_stop_the_others(store, treated, tmp_path):
    (tmp_path / "text.jpg").write_text("no picture")
    small = picture(tmp_path / "small.jpg", 1, size=100)
    good = picture(tmp_path / "good.jpg", 200, day=1.0)
    found = imported(store, treated, tmp_path / "text.jpg", tmp_path / "gone.jpg", small, good)
    assert [one.status for one in found] == [ImportStatus.REFUSED] * 3 + [ImportStatus.STORED]
    for one, name in zip(found, ("text.jpg", "gone.jpg", "small.jpg"), strict=False):
        assert name in one.sentence
        assert one.photo is None
    assert len(store.photos.of_course(treated[1])) == 1
    assert store.photos.sweep().is_clean


def test_an_import_runs_again_and_takes_only_what_is_missing(store, treated, tmp_path):
    paths = [picture(tmp_path / f"{number}.jpg", number, day=number) for number in (1, 2)]
    imported(store, treated, paths[0])
    twin = tmp_path / "twin.jpg"
    twin.write_bytes(paths[1].read_bytes())
    found = imported(store, treated, *paths, twin)
    kinds = [ImportStatus.ALREADY_THERE, ImportStatus.STORED, ImportStatus.ALREADY_THERE]
    assert [one.status for one in found] == kinds
    assert found[2].sentence == "stored before, as 2.jpg"
    assert found[2].photo == found[1].photo
    assert len(store.photos.of_course(treated[1])) == 2


def test_another_patients_photo_stops_everything_before_it_begins(store, treated, tmp_path):
    mine, theirs = picture(tmp_path / "mine.jpg", 1, day=1), picture(tmp_path / "theirs.jpg", 2, day=2)
    imported(store, treated, theirs)
    other = add_course(store, "B-2")
    with pytest.raises(DuplicateError) as refusal:
        imported(store, other, mine, theirs)
    for part in ("theirs.jpg", "patient A-17", "nothing was imported", "B-2", "--shared"):
        assert part in str(refusal.value)
    assert store.photos.of_course(other[1]) == ()
    found = imported(store, other, mine, theirs, shared=True)
    assert [one.status for one in found] == [ImportStatus.STORED] * 2


def test_a_close_up_needs_its_site(store, treated, tmp_path):
    path = picture(tmp_path / "a.jpg", 1, day=1)
    (one,) = imported(store, treated, path, view=View.CLOSE_UP)
    assert (one.status, "site" in one.sentence) == (ImportStatus.REFUSED, True)
    (one,) = imported(store, treated, path, view=View.CLOSE_UP, site="chin", px_per_mm=20.0)
    assert (one.photo.site, one.photo.px_per_mm) == ("chin", 20.0)


def test_a_full_disk_stops_the_import_and_keeps_what_was_stored(store, treated, tmp_path, monkeypatch):
    paths = [picture(tmp_path / f"{number}.jpg", number, day=number) for number in (1, 2, 3)]
    real = store.photos._files.keep

    def keep(data, name, step):
        if len(store.photos.of_course(treated[1])) == 1:
            raise StoreUnavailableError("The disk is full.")
        real(data, name, step)

    monkeypatch.setattr(store.photos._files, "keep", keep)
    with pytest.raises(StoreUnavailableError, match="full"):
        imported(store, treated, *paths)
    monkeypatch.undo()
    found = imported(store, treated, *paths)
    assert [one.status.value for one in found] == ["already there", "stored", "stored"]
    assert store.photos.sweep(contents=True).is_clean


def test_progress_is_told_file_by_file(store, treated, tmp_path):
    paths = [picture(tmp_path / f"{number}.jpg", number, day=number) for number in (1, 2)]
    told = []
    list(import_photos(store, ImportPlan(*treated), paths, lambda *what: told.append(what)))
    assert told == [("1.jpg", 0.0), ("2.jpg", 0.5)]


def test_named_bytes_are_stored_as_a_file_is_but_have_no_time_of_their_own(store, treated, tmp_path):
    path = picture(tmp_path / "a.jpg", 200, day=3.0)
    undated = picture(tmp_path / "b.jpg", 201)
    sent = [IncomingFile("../sent.jpg", path.read_bytes), IncomingFile("late.jpg", undated.read_bytes)]
    dated, refused = imported(store, treated, *sent)
    assert (dated.status, dated.photo.file_name) == (ImportStatus.STORED, "sent.jpg")
    assert dated.photo.captured_source is TimeSource.EXIF
    assert store.photos.read(dated.photo) == path.read_bytes()
    assert (refused.status, refused.file.place) == (ImportStatus.REFUSED, "late.jpg")
    assert "does not say when" in refused.sentence


def test_what_is_said_of_one_file_goes_before_what_is_said_of_all(store, treated, tmp_path):
    path = picture(tmp_path / "a.jpg", 200, day=3.0)
    own, all_ = TREATED_AT + timedelta(days=5), TREATED_AT + timedelta(days=9)
    file = IncomingFile("a.jpg", path, own, TimeSource.CLOCK, View.LEFT_PROFILE)
    (one,) = imported(store, treated, file, captured=all_)
    assert (one.photo.captured, one.photo.captured_source) == (own, TimeSource.CLOCK)
    assert one.photo.view is View.LEFT_PROFILE
    assert store.photos.of_course(treated[1]) == (one.photo,)


def test_bytes_that_are_gone_are_refused_and_the_others_go_on(store, treated, tmp_path):
    path = picture(tmp_path / "a.jpg", 200, day=3.0)
    gone, good = IncomingFile("gone.jpg", (tmp_path / "x").read_bytes), IncomingFile("a.jpg", path.read_bytes)
    found = imported(store, treated, gone, good)
    assert [one.status for one in found] == [ImportStatus.REFUSED, ImportStatus.STORED]
    assert "choose it again" in found[0].sentence


def test_sent_bytes_of_another_patient_stop_everything(store, treated, tmp_path):
    path = picture(tmp_path / "a.jpg", 2, day=2)
    imported(store, treated, path)
    with pytest.raises(DuplicateError, match="A-17"):
        imported(store, add_course(store, "B-2"), IncomingFile("b.jpg", path.read_bytes))
