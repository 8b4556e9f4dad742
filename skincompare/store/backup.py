"""A second copy of the whole store in another folder: the database of this moment, and the photos missing there."""

import os
from collections.abc import Callable
from pathlib import Path

from skincompare.errors import OptionError, StoreUnavailableError
from skincompare.store.engine import explained
from skincompare.store.store import DATABASE_FILE, PHOTO_FOLDER, Store

__all__ = ["back_up"]

Progress = Callable[[str, float], None]
DATABASE_STEP = "database"
PERMISSIONS = 0o700


def back_up(store: Store, folder: Path, progress: Progress | None = None) -> int:
    """Copy a store into a folder, which is a store itself afterwards: ``SKINCOMPARE_STORE=FOLDER`` opens it.

    Parameters
    ----------
    store : Store
        With an SQLite database.
    folder : Path
        Made when it is missing. A copy of the same store in it is brought up to date; photos are never removed there.
    progress : callable, optional
        Called with a step and the share done, in [0, 1].

    Returns
    -------
    int
        Photos that were copied now.

    Raises
    ------
    OptionError
        When the folder is the store's own, or the database is not a file.
    StoreError
        When the folder cannot be written, or a photo's file is missing.
    """
    file = store.database.file
    if file is None:
        raise OptionError(
            "The database is on a server: back it up there (pg_dump), and the folder of photos with it."
        )
    if not folder.is_absolute():
        raise OptionError(f"Give the whole path of the folder for the copy, not {str(folder)!r}.")
    if folder.resolve() in (file.parent.resolve(), *file.parent.resolve().parents):
        raise OptionError("The copy needs a folder of its own, best on another disk.")
    tell = progress or _silent
    wanted = tuple(store.photo_files())
    try:
        (folder / PHOTO_FOLDER).mkdir(parents=True, exist_ok=True, mode=PERMISSIONS)
        copied = 0
        for index, name in enumerate(wanted):
            tell(name, index / (len(wanted) + 1))
            copied += _copy(store, name, folder / PHOTO_FOLDER / name)
        tell(DATABASE_STEP, len(wanted) / (len(wanted) + 1))
        _copy_database(store, folder / DATABASE_FILE)
    except OSError as error:
        raise StoreUnavailableError(
            f"The copy cannot be written to {folder} ({error.strerror or error})."
        ) from error
    return copied


def _copy(store: Store, name: str, target: Path) -> bool:
    """Copy one photo where it is not there yet; its name is its content."""
    if target.exists():
        return False
    target.parent.mkdir(exist_ok=True, mode=PERMISSIONS)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    temporary.write_bytes(store.read_photo_file(name))
    temporary.replace(target)
    return True


def _copy_database(store: Store, target: Path) -> None:
    """Write the database of this moment beside the old copy, then put it in its place."""
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    temporary.unlink(missing_ok=True)
    with explained(store.database.place), store.database.engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("VACUUM INTO ?", (str(temporary),))
    for ending in ("-wal", "-shm"):
        target.with_name(f"{target.name}{ending}").unlink(missing_ok=True)
    temporary.replace(target)


def _silent(_step: str, _share: float) -> None:
    """Tell nobody."""
