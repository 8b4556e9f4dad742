"""Files that can be made again: they lie apart from the photos, go with them, and their loss is no loss."""

from pathlib import Path

import pytest

from skincompare.store import Store
from skincompare.store.derived import Derived
from skincompare.store.files import LocalFiles, RemoteFiles
from tests.store.clinic import add_course, add_photo

ONE, OTHER = "ab" * 32, "ab" * 31 + "cd"


@pytest.fixture(params=["local", "remote"])
def derived(request: pytest.FixtureRequest, tmp_path: Path) -> Derived:
    files = (
        LocalFiles(tmp_path / "x") if request.param == "local" else RemoteFiles(f"memory://{tmp_path.name}")
    )
    return Derived(files)


def test_each_photo_has_its_own_files(derived: Derived) -> None:
    derived.keep(ONE, "thumb.jpg", b"one")
    derived.keep(OTHER, "thumb.jpg", b"other")
    derived.keep(ONE, "pair-1.zip", b"pair")
    assert (derived.read(ONE, "thumb.jpg"), derived.read(OTHER, "thumb.jpg")) == (b"one", b"other")
    assert sorted(derived.names(ONE)) == ["pair-1.zip", "thumb.jpg"]


def test_a_newer_file_takes_the_place_of_an_older_one(derived: Derived) -> None:
    derived.keep(ONE, "thumb.jpg", b"old")
    derived.keep(ONE, "thumb.jpg", b"new")
    assert derived.read(ONE, "thumb.jpg") == b"new"


def test_what_is_not_there_is_nothing(derived: Derived) -> None:
    assert derived.read(ONE, "thumb.jpg") is None
    assert list(derived.names(ONE)) == []
    derived.remove(ONE)
    derived.remove(ONE, "thumb.jpg")


def test_a_photo_loses_its_own_files_only(derived: Derived) -> None:
    for sha256 in (ONE, OTHER):
        derived.keep(sha256, "thumb.jpg", b"x")
        derived.keep(sha256, "display.jpg", b"y")
    derived.remove(ONE, "thumb.jpg")
    assert list(derived.names(ONE)) == ["display.jpg"]
    derived.remove(ONE)
    assert list(derived.names(ONE)) == []
    assert len(list(derived.names(OTHER))) == 2


def test_a_place_that_cannot_be_written_is_told_and_not_raised(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    assert not Derived(LocalFiles(blocked)).keep(ONE, "thumb.jpg", b"x")
    assert "not kept" in caplog.text


def test_derived_files_go_with_the_patient_and_do_not_count_as_photos(store: Store) -> None:
    patient, course = add_course(store)
    photo = add_photo(store, course, 1)
    store.derived.keep(photo.sha256, "thumb.jpg", b"x")
    assert store.photos.sweep().is_clean
    store.remove_patient(patient)
    assert list(store.derived.names(photo.sha256)) == []
