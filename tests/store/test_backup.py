"""A copy of the store in another folder opens as a store, is brought up to date, and never overwrites the store."""

from pathlib import Path

import pytest

from skincompare.errors import OptionError, StoreUnavailableError
from skincompare.store import open_store
from skincompare.store.backup import back_up
from tests.store.clinic import add_course, add_photo, add_session


@pytest.fixture
def store(tmp_path: Path, fast_disk: None):
    with open_store(tmp_path / "store") as opened:
        yield opened


def test_a_copy_opens_and_holds_everything(store, tmp_path):
    _, course = add_course(store)
    add_session(store, course)
    photo = add_photo(store, course, 1)
    told = []
    assert back_up(store, tmp_path / "copy", lambda *step: told.append(step)) == 1
    assert [share for _, share in told] == [0.0, 0.5]
    with open_store(tmp_path / "copy") as copy:
        patient = copy.people.get("A-17")
        assert copy.photos.of_patient(patient) == (photo,)
        assert copy.photos.read(photo) == store.photos.read(photo)
        assert copy.photos.sweep(contents=True).is_clean


def test_a_copy_is_brought_up_to_date(store, tmp_path):
    _, course = add_course(store)
    add_photo(store, course, 1)
    back_up(store, tmp_path / "copy")
    with open_store(tmp_path / "copy"):
        pass  # leaves a write-ahead log, which must not be read into the newer copy
    add_photo(store, course, 2)
    assert back_up(store, tmp_path / "copy") == 1
    with open_store(tmp_path / "copy") as copy:
        assert len(copy.photos.of_course(course)) == 2


@pytest.mark.parametrize("place", ["store", "."])
def test_the_store_itself_is_no_place_for_a_copy(store, tmp_path, place):
    with pytest.raises(OptionError, match="a folder of its own"):
        back_up(store, tmp_path / place)


def test_a_folder_that_cannot_be_written_is_told(store, tmp_path):
    add_photo(store, add_course(store)[1], 1)
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailableError, match="cannot be written"):
        back_up(store, tmp_path / "file" / "copy")
    with pytest.raises(OptionError, match="whole path"):
        back_up(store, Path("copy"))


def test_what_can_be_made_again_is_cleared_and_the_photos_stay(store):
    photo = add_photo(store, add_course(store)[1], 1)
    store.derived.keep(photo.sha256, "thumb.jpg", b"12345")
    assert store.usage() == (photo.n_bytes, 5)
    assert store.derived.clear() == 1
    assert store.usage() == (photo.n_bytes, 0)
    assert store.photos.read(photo)
