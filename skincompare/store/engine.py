"""The connection to the database: SQLite with its safeguards, or PostgreSQL; and what went wrong, in words."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import Session

from skincompare.errors import StoreError, StoreUnavailableError

__all__ = ["BUSY_TIMEOUT_MS", "Database", "explained"]

BUSY_TIMEOUT_MS = 10_000
"""How long a writer waits for another one, ms [judgement: a write takes milliseconds, a migration seconds]."""
SYNCHRONOUS = "FULL"
"""When SQLite waits for the disk: at every commit, so that what was said to be saved survives a power cut."""
NETWORK_FILE_SYSTEMS = frozenset(
    (
        "9p",
        "afs",
        "cephfs",
        "cifs",
        "davfs",
        "fuse.davfs",
        "fuse.rclone",
        "fuse.sshfs",
        "glusterfs",
        "nfs",
        "nfs4",
        "smb3",
        "smbfs",
    )
)
"""File systems on which SQLite's locks do not hold (https://www.sqlite.org/faq.html#q5)."""
MOUNTS = Path("/proc/self/mounts")
"""Where Linux lists what is mounted; without it nothing is checked."""
POSTGRESQL_DRIVER = "postgresql+psycopg"
FULL, LOCK_TIMEOUT, READ_ONLY = "53100", "55P03", "25006"
"""SQLSTATE codes of PostgreSQL: disk full, lock not available, read-only transaction."""


class Database:
    """An open database. Reads and writes are transactions; a write takes the lock at once.

    Parameters
    ----------
    url : str
        ``sqlite:///path`` or ``postgresql://user@host/name``.
    busy_timeout_ms : int
        How long a writer waits for another.

    Raises
    ------
    StoreError
        When the URL names no database that is known, or a SQLite file on a network file system.
    """

    def __init__(self, url: str, *, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> None:
        self.url = _known_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            _refuse_network(Path(self.url.database or ""))
            self.engine = _sqlite_engine(self.url, busy_timeout_ms)
        else:
            options = f"-c lock_timeout={busy_timeout_ms} -c timezone=UTC"
            self.engine = create_engine(self.url, connect_args={"options": options, "connect_timeout": 10})
        self._writing: Engine = self.engine.execution_options(writes=True)

    @property
    def file(self) -> Path | None:
        """The SQLite file, or None."""
        return Path(self.url.database or "") if self.is_sqlite else None

    @property
    def place(self) -> str:
        """Where it is, for a person; never with a password."""
        return str(self.file) if self.is_sqlite else self.url.render_as_string(hide_password=True)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Yield a session that sees one state of the database."""
        with explained(self.place), Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Yield a session whose changes are kept together when the block ends, or not at all."""
        with (
            explained(self.place),
            Session(self._writing, expire_on_commit=False) as session,
            session.begin(),
        ):
            session.connection()  # takes the lock now, not at the first statement
            yield session

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Yield a connection inside one writing transaction, for migrations."""
        with explained(self.place), self._writing.begin() as connection:
            yield connection

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _known_url(text: str) -> URL:
    try:
        url = make_url(text)
        backend = url.get_backend_name()
    except (ArgumentError, NoSuchModuleError) as error:
        raise StoreError(
            "The database's address cannot be read; write postgresql://user@host/name."
        ) from error
    if backend == "postgresql":
        return url.set(drivername=POSTGRESQL_DRIVER)
    if backend == "sqlite" and url.database and url.database != ":memory:":
        return url
    raise StoreError(f"A store is a SQLite file or a PostgreSQL database, not {backend!r}.")


def _sqlite_engine(url: URL, busy_timeout_ms: int) -> Engine:
    engine = create_engine(url, connect_args={"timeout": busy_timeout_ms / 1000, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # transactions begin below, not in the driver
        for pragma in ("journal_mode = WAL", "foreign_keys = ON", f"synchronous = {SYNCHRONOUS}"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A reader that becomes a writer is refused at once, timeout or not: writers say so from the start.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _refuse_network(path: Path) -> None:
    """Refuse a SQLite file on a file system whose locks do not hold."""
    try:
        lines = MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    place = path.absolute().resolve()
    kinds = {
        fields[1].replace("\\040", " "): fields[2] for fields in map(str.split, lines) if len(fields) > 2
    }
    for folder in (place, *place.parents):
        kind = kinds.get(str(folder))
        if kind in NETWORK_FILE_SYSTEMS:
            raise StoreError(
                f"{place} is on a network file system ({kind}), where a SQLite store gets damaged; put the store on "
                "a local disk, or use PostgreSQL with SKINCOMPARE_DATABASE_URL."
            )
        if kind is not None:
            return


@contextmanager
def explained(place: str) -> Iterator[None]:
    """Turn an error of the database into one sentence.

    Parameters
    ----------
    place : str
        Where the store is.

    Raises
    ------
    StoreUnavailableError
        When the database is busy, full, read-only, damaged or cannot be reached.
    """
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise StoreUnavailableError(_sentence(error, place)) from error


def _sentence(error: Exception, place: str) -> str:
    original: Any = error.orig if isinstance(error, DBAPIError) else error
    code, said = getattr(original, "sqlstate", None), " ".join(str(original).split())
    if code == LOCK_TIMEOUT or "database is locked" in said or "database table is locked" in said:
        return (
            f"The store {place} is busy: somebody else is writing; nothing was saved, try again in a moment."
        )
    if code == FULL or "disk is full" in said:
        return f"The disk of the store {place} is full; nothing was saved, free some space and try again."
    if code == READ_ONLY or "readonly database" in said:
        return f"The store {place} may only be read; nothing was saved, allow this user to write there."
    if "unable to open database file" in said:
        return f"The store {place} cannot be opened; check that its folder exists and may be written."
    if "not a database" in said or "malformed" in said:
        return f"{place} is no store, or it is damaged; put a backup in its place, nothing was changed."
    if isinstance(error, IntegrityError):
        return f"Somebody else stored the same in {place} at the same moment; nothing was saved, look and try again."
    if not isinstance(original, sqlite3.Error) and code is None:
        return f"The database {place} cannot be reached ({said[:200]}); check that it runs and its address."
    return f"The store {place} refused ({said[:200]}); nothing was saved."
