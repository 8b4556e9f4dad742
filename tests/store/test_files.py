"""The folder of photos: whole files only, on this machine and on any other file system."""

import hashlib
import os
import stat

import fsspec
import pytest

from skincompare.errors import StoreError
from skincompare.store import open_store
from skincompare.store.files import LocalFiles, RemoteFiles, name_of, open_files
from tests.store.clinic import add_course, add_photo, content

DATA = b"a photo" * 1000
SHA = hashlib.sha256(DATA).hexdigest()
NAME = name_of(SHA, "JPEG")


def silent(step: str) -> None:
    pass


@pytest.fixture(params=["local", "memory"])
def files(request, tmp_path):
    if request.param == "local":
        yield open_files(tmp_path / "photos")
        return
    yield open_files("memory://photos")
    fsspec.filesystem("memory").store.clear()


def test_a_file_is_named_by_its_content():
    assert f"{SHA[:2]}/{SHA}.jpg" == NAME
    assert name_of(SHA, "HEIF").endswith(".heic")
    assert name_of(SHA, "?") == f"{SHA[:2]}/{SHA}"


def test_what_is_kept_is_read_listed_and_removed(files):
    assert list(files.stored()) == list(files.unfinished()) == []
    for _ in range(2):
        files.keep(DATA, NAME, silent)
    assert files.read(NAME) == DATA
    (kept,) = files.stored()
    assert (kept.name, kept.sha256, kept.n_bytes) == (NAME, SHA, len(DATA))
    assert list(files.unfinished()) == []
    for _ in range(2):
        files.remove(NAME)
    assert list(files.stored()) == []
    with pytest.raises(StoreError, match="missing"):
        files.read(NAME)


def test_a_file_that_was_spoilt_is_written_again(files, tmp_path):
    files.keep(DATA, NAME, silent)
    if isinstance(files, LocalFiles):
        (tmp_path / "photos" / NAME).write_bytes(b"x" * len(DATA))
    else:
        fsspec.filesystem("memory").pipe_file(f"/photos/{NAME}", b"x" * len(DATA))
    files.keep(DATA, NAME, silent)
    assert files.read(NAME) == DATA


def test_an_error_between_two_steps_leaves_no_file_under_its_name(tmp_path):
    for stop in ("opened", "written", "synced"):
        files = LocalFiles(tmp_path / stop)

        def step(name: str, stop: str = stop) -> None:
            if name == stop:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            files.keep(DATA, NAME, step)
        assert list(files.stored()) == list(files.unfinished()) == []


def test_the_order_is_sync_the_file_rename_sync_the_folder(tmp_path, monkeypatch):
    done: list[str] = []
    real = os.fsync

    def sync(handle: int) -> None:
        done.append("sync folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "sync file")
        real(handle)

    files = LocalFiles(tmp_path)
    files.keep(DATA, NAME, silent)
    files.remove(NAME)
    monkeypatch.setattr(os, "fsync", sync)
    files.keep(DATA, NAME, done.append)
    steps = [step for step in done if step != "written"]
    assert steps == ["opened", "sync file", "synced", "renamed", "sync folder", "folder synced"]


def test_only_the_owner_may_read(tmp_path):
    LocalFiles(tmp_path / "photos").keep(DATA, NAME, silent)
    assert (tmp_path / "photos" / NAME).stat().st_mode & 0o077 == 0
    assert (tmp_path / "photos").stat().st_mode & 0o077 == 0


def test_a_file_url_is_a_local_folder(tmp_path):
    assert isinstance(open_files(f"file://{tmp_path}"), LocalFiles)


def test_an_unknown_file_system_is_told_without_its_password():
    with pytest.raises(StoreError) as refusal:
        open_files("nonsense://me:secret@host/photos")
    assert "secret" not in str(refusal.value)
    assert "nonsense://host/photos" in str(refusal.value)


def test_a_whole_store_works_on_another_file_system(tmp_path):
    with open_store(tmp_path, photos="memory://clinic") as store:
        assert isinstance(store.photos._files, RemoteFiles)
        _, course = add_course(store)
        photo = add_photo(store, course, 1)
        assert store.photos.read(photo) == content(1)
        assert store.photos.sweep(contents=True).is_clean
    assert not (tmp_path / "photos").exists()
    fsspec.filesystem("memory").store.clear()
