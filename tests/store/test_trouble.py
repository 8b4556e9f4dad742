"""Disk full, read-only, locked, moved, unreachable: one clear sentence each, and nothing half-saved."""

import errno
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from skincompare.errors import StoreError, StoreUnavailableError
from skincompare.records import Patient
from skincompare.store import engine, open_store
from skincompare.store.engine import Database
from skincompare.store.store import DATABASE_FILE
from tests.store.clinic import add_course, add_photo, add_session, analysis, content, photo_of

NOBODY = 65534


def test_a_second_writer_waits_and_is_told_who_holds_it_up(make_store, kind):
    writer, other = make_store(), make_store(busy_timeout_ms=200)
    with writer.database.writing() as transaction:
        if kind == "postgresql":
            transaction.execute(text("LOCK TABLE patient IN EXCLUSIVE MODE"))
        with pytest.raises(StoreUnavailableError) as refusal:
            other.people.add(Patient(code="A"))
    assert "busy" in str(refusal.value)
    assert "nothing was saved" in str(refusal.value)
    assert other.people.add(Patient(code="A")).code == "A"


def test_readers_are_not_held_up_by_a_writer(make_store):
    writer, reader = make_store(), make_store(busy_timeout_ms=200)
    writer.people.add(Patient(code="A"))
    with writer.database.writing() as transaction:
        transaction.execute(text("UPDATE patient SET notes = 'x'"))
        assert reader.people.get("A").notes == ""
    assert reader.people.get("A").notes == "x"


def test_a_full_disk_under_the_photos_leaves_no_photo(store, monkeypatch):
    _, course = add_course(store)
    add_photo(store, course, 1)
    real, room = os.write, [100]

    def write(handle: int, data: bytes) -> int:
        if room[0] <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken = real(handle, bytes(data)[: room[0]])
        room[0] -= taken
        return taken

    monkeypatch.setattr(os, "write", write)
    with pytest.raises(StoreUnavailableError, match=r"disk of .* is full; nothing was saved"):
        add_photo(store, course, 2)
    monkeypatch.undo()
    assert len(store.photos.of_course(course)) == 1
    assert store.photos.sweep(contents=True).is_clean
    add_photo(store, course, 2)


def test_a_full_disk_under_the_database_leaves_no_half_analysis(tmp_path):
    with open_store(tmp_path) as store:
        _, course = add_course(store)
        first, second = add_photo(store, course, 1, -1), add_photo(store, course, 2, 1)
        store.database.engine.dispose()
        with store.database.reading() as transaction:
            pages = transaction.execute(text("PRAGMA page_count")).scalar()
            transaction.execute(text(f"PRAGMA max_page_count = {pages}"))
        given = analysis(first, second, problem="", flags=analysis(first, second).flags * 2000)
        with pytest.raises(StoreUnavailableError, match=r"disk of the store .* is full; nothing was saved"):
            store.analyses.add(given)
        assert store.analyses.of_photos([second.id]) == ()
        with store.database.reading() as transaction:
            transaction.execute(text("PRAGMA max_page_count = 1000000"))
        store.analyses.add(given)


@contextmanager
def without_rights() -> Iterator[None]:
    """Run a block as somebody who may not write what root wrote; where we are not root, as ourselves."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """Yield a folder that others may look into."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    for path in folder.rglob("*"):
        path.chmod(0o755)
    shutil.rmtree(folder)


def test_a_read_only_store_is_told_and_stays_as_it_was(public_folder):
    root = public_folder / "store"
    with open_store(root) as store:
        _, course = add_course(store)
        photo = add_photo(store, course, 1)
    for path in (root, *root.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    with without_rights(), pytest.raises(StoreUnavailableError) as refusal, open_store(root) as store:
        store.people.add(Patient(code="B"))
    assert "nothing was saved" in str(refusal.value) or "cannot be opened" in str(refusal.value)
    assert str(root) in str(refusal.value)
    for path in (root, *root.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    with open_store(root) as store:
        assert [one.patient.code for one in store.people.page()] == ["A-17"]
        assert store.photos.read(photo) == content(1)


def test_a_read_only_folder_of_photos_leaves_no_row(public_folder):
    photos = public_folder / "photos"
    photos.mkdir()
    photos.chmod(0o555)
    with open_store(public_folder / "store", photos=str(photos)) as store:
        _, course = add_course(store)
        (public_folder / "store").chmod(0o777)
        for path in (public_folder / "store").iterdir():
            path.chmod(0o666)
        with (
            without_rights(),
            pytest.raises(StoreUnavailableError, match="may not be written; nothing was saved"),
        ):
            add_photo(store, course, 1)
        assert store.photos.of_course(course) == ()


def test_a_store_that_cannot_be_made_names_the_setting(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailableError, match="SKINCOMPARE_STORE"):
        open_store(tmp_path / "file" / "store")


def test_a_store_that_was_moved_works_where_it_is(tmp_path):
    with open_store(tmp_path / "here") as store:
        patient, course = add_course(store)
        add_session(store, course)
        first, second = add_photo(store, course, 1, -1), add_photo(store, course, 2, 1)
        store.analyses.add(analysis(first, second))
    (tmp_path / "here").rename(tmp_path / "there")
    with open_store(tmp_path / "there") as store:
        assert store.people.get(patient.code) == patient
        assert [store.photos.read(one) for one in (first, second)] == [content(1), content(2)]
        assert len(store.analyses.of_photos([second.id])[0].changes) == 3
        assert store.photos.sweep(contents=True).is_clean
    assert not (tmp_path / "here").exists()


def test_a_backup_of_the_sqlite_file_restores(tmp_path):
    with open_store(tmp_path / "here") as store:
        add_course(store)
        with store.database.engine.connect() as connection:
            raw = connection.connection.driver_connection
            raw.execute("VACUUM INTO ?", (str(tmp_path / "copy.sqlite"),))
    (tmp_path / "there").mkdir()
    shutil.copy(tmp_path / "copy.sqlite", tmp_path / "there" / DATABASE_FILE)
    with open_store(tmp_path / "there") as store:
        assert store.people.count() == 1


def test_a_file_that_is_no_database_is_left_alone(tmp_path):
    file = tmp_path / DATABASE_FILE
    file.write_bytes(b"not a database " * 500)
    with pytest.raises(StoreUnavailableError, match="no store, or it is damaged"):
        open_store(tmp_path)
    assert file.read_bytes() == b"not a database " * 500


def test_a_missing_file_of_a_photo_names_the_command(store, tmp_path):
    _, course = add_course(store)
    photo = add_photo(store, course, 1)
    next((tmp_path / "store" / "photos" / photo.sha256[:2]).iterdir()).unlink()
    with pytest.raises(StoreError, match="skincompare store check"):
        store.photos.read(photo)


def test_an_unreachable_server_is_told_without_its_password():
    url = "postgresql://me:secret@127.0.0.1:1/clinic"
    database = Database(url)
    with pytest.raises(StoreUnavailableError) as refusal, database.reading() as transaction:
        transaction.execute(text("SELECT 1"))
    assert "cannot be reached" in str(refusal.value)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("url", ["", "mysql://host/db", "sqlite://", "sqlite:///:memory:", "nonsense"])
def test_other_addresses_are_refused(url):
    with pytest.raises(StoreError, match=r"postgresql://|PostgreSQL"):
        Database(url)


@pytest.mark.parametrize(
    ("kind_of", "refused"), [("nfs4", True), ("cifs", True), ("ext4", False), ("tmpfs", False)]
)
def test_a_network_file_system_is_refused(tmp_path, monkeypatch, kind_of, refused):
    mounts = tmp_path / "mounts"
    mounts.write_text(f"rootfs / ext4 rw 0 0\nserver:/x {tmp_path} {kind_of} rw 0 0\n")
    monkeypatch.setattr(engine, "MOUNTS", mounts)
    if refused:
        with pytest.raises(StoreError, match=r"network file system .*SKINCOMPARE_DATABASE_URL"):
            open_store(tmp_path / "store")
    else:
        open_store(tmp_path / "store").close()


def test_sqlite_has_its_safeguards(tmp_path):
    with open_store(tmp_path) as store, store.database.reading() as transaction:
        told = {
            name: transaction.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        }
    assert told == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2, "busy_timeout": 10_000}
    assert (tmp_path / DATABASE_FILE).stat().st_mode & 0o077 == 0


def test_a_write_takes_the_lock_at_its_start(tmp_path):
    with open_store(tmp_path) as store, store.database.writing():
        other = sqlite3.connect(tmp_path / DATABASE_FILE, timeout=0, isolation_level=None)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()


def test_a_row_without_its_patient_cannot_be(store):
    _, course = add_course(store)
    with pytest.raises(StoreUnavailableError), store.database.writing() as transaction:
        transaction.execute(text("UPDATE course SET patient_id = 999"))
    assert store.treatments.all_courses()[0][1].patient_id == course.patient_id
    assert photo_of(course, 1).course_id == course.id
