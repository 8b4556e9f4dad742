"""The store: one database and one folder of photos, opened together."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from skincompare.errors import StoreUnavailableError
from skincompare.records import Patient
from skincompare.store.aftercare import Aftercare
from skincompare.store.analyses import Analyses
from skincompare.store.annotations import Annotations
from skincompare.store.derived import Derived
from skincompare.store.engine import BUSY_TIMEOUT_MS, Database
from skincompare.store.files import name_of, open_files
from skincompare.store.people import People
from skincompare.store.photos import Photos
from skincompare.store.schema import open_schema
from skincompare.store.treatments import Treatments

__all__ = ["DATABASE_FILE", "PHOTO_FOLDER", "Store", "open_store"]

DATABASE_FILE = "skincompare.sqlite"
"""Name of the SQLite file in the store's folder."""
PHOTO_FOLDER = "photos"
"""Name of the folder of photos in the store's folder."""
DERIVED_ENDING = "-derived"
"""What the folder of files that can be made again is called after the folder of photos."""
UNKNOWN_ACTOR = "somebody"


class Store:
    """Everything that is remembered.

    Parameters
    ----------
    database_url : str
        ``sqlite:///path`` or ``postgresql://user@host/name``.
    photos : str or Path
        Folder of the photos, or an fsspec URL.
    actor : str
        Who changes: what another editor is told.
    busy_timeout_ms : int
        How long a writer waits for another, ms.
    step : callable, optional
        Called with a name between any two steps of a write.

    Raises
    ------
    StoreError
        With one sentence that says what is wrong and what to do.
    """

    def __init__(
        self,
        database_url: str,
        photos: str | Path,
        *,
        actor: str = "",
        busy_timeout_ms: int = BUSY_TIMEOUT_MS,
        step: Callable[[str], None] | None = None,
    ) -> None:
        self.actor = actor or UNKNOWN_ACTOR
        self.database = Database(database_url, busy_timeout_ms=busy_timeout_ms)
        try:
            self.backup = open_schema(self.database)
            self._files = open_files(photos)
            self.derived = Derived(open_files(f"{photos}{DERIVED_ENDING}"))
        except BaseException:
            self.database.close()
            raise
        self._step = step or _silent
        self.people = People(self.database, self.actor)
        self.treatments = Treatments(self.database, self.actor)
        self.photos = Photos(self.database, self._files, self._step)
        self.analyses = Analyses(self.database)
        self.aftercare = Aftercare(self.database)
        self.annotations = Annotations(self.database, self.actor)

    @property
    def place(self) -> str:
        """Where it is, for a person."""
        return f"{self.database.place}, photos in {self._files.place}"

    def keep_file(self, data: bytes, name: str) -> None:
        """Write the file of a photo whose row comes later in one transaction with others."""
        self._files.keep(data, name, self._step)

    def photo_files(self) -> Iterator[str]:
        """Yield the names of all whole files of photos."""
        yield from (file.name for file in self._files.stored())

    def read_photo_file(self, name: str) -> bytes:
        """Return the bytes of a file by its name."""
        return self._files.read(name)

    def usage(self) -> tuple[int, int]:
        """Return the bytes of all photos, and of all files that can be made again."""
        return sum(file.n_bytes for file in self._files.stored()), self.derived.n_bytes()

    def remove_patient(self, patient: Patient) -> int:
        """Remove a patient for good: rows first, then the files that no other patient has.

        Returns
        -------
        int
            Files removed.
        """
        photos = self.photos.of_patient(patient)
        self.people.remove(patient)
        alone = [one for one in photos if not self.photos.owners(one.sha256)]
        for photo in alone:
            self.derived.remove(photo.sha256)
            self._files.remove(name_of(photo.sha256, photo.file_format))
        return len(alone)

    def close(self) -> None:
        """Close it."""
        self.database.close()

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_store(
    folder: Path,
    *,
    database_url: str = "",
    photos: str = "",
    actor: str = "",
    busy_timeout_ms: int = BUSY_TIMEOUT_MS,
    step: Callable[[str], None] | None = None,
) -> Store:
    """Open the store in a folder, made when it is missing.

    Parameters
    ----------
    folder : Path
        Holds the database and the photos, unless they are elsewhere. It may be moved as a whole.
    database_url : str
        A PostgreSQL database instead of the SQLite file; empty for the file.
    photos : str
        Another folder of photos, or an fsspec URL; empty for that in the folder.
    actor, busy_timeout_ms, step
        As for :class:`Store`.

    Raises
    ------
    StoreError
        When it cannot be opened.
    """
    if not database_url or not photos:
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StoreUnavailableError(
                f"The store's folder {folder} cannot be made ({error.strerror}); name another with SKINCOMPARE_STORE."
            ) from error
    file = (folder / DATABASE_FILE).absolute()
    store = Store(
        database_url or f"sqlite:///{file}",
        photos or folder / PHOTO_FOLDER,
        actor=actor,
        busy_timeout_ms=busy_timeout_ms,
        step=step,
    )
    if not database_url:
        with suppress(OSError):
            file.chmod(0o600)  # patients are nobody else's affair
    return store


def _silent(step: str) -> None:
    """Tell nobody."""
