"""The layout of the store: made, brought up to date after a backup, or refused when it is newer."""

import logging
from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from skincompare.errors import SchemaError
from skincompare.store.engine import Database, explained

__all__ = ["NEWEST", "current_revision", "open_schema"]

NEWEST = "head"
MIGRATION_LOCK = 5_712_093
"""Key of the PostgreSQL lock that lets one opener migrate at a time; any number that no other program uses."""
VERSION_TABLE = "alembic_version"


def open_schema(database: Database, *, upto: str = NEWEST) -> Path | str | None:
    """Make the tables of a new store, or bring an older one up to date after a backup.

    Parameters
    ----------
    database : Database
        The store.
    upto : str
        Revision to stop at; for tests of migrations.

    Returns
    -------
    Path, str or None
        The backup that was made (a file, or a schema of PostgreSQL), or None when nothing had to be migrated.

    Raises
    ------
    SchemaError
        When the store was made by a newer version, or holds tables of something else.
    """
    config = _config()
    scripts = ScriptDirectory.from_config(config)
    head = scripts.get_current_head() if upto == NEWEST else upto
    found = current_revision(database)
    if found == head:
        return None
    _check_known(found, scripts, database)
    backup: Path | str | None = None
    if found is not None and database.is_sqlite:
        backup = _sqlite_backup(database, found)  # a connection of its own: not inside the migration
    with database.connection() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        found = _revision(connection)
        if found == head:
            return None  # somebody else did it in the meantime
        _check_known(found, scripts, database)
        if found is not None and not database.is_sqlite:
            backup = _postgresql_backup(connection, found)
        config.attributes["connection"] = connection
        logging.getLogger("alembic").setLevel(logging.WARNING)
        command.upgrade(config, head or NEWEST)
    return backup


def current_revision(database: Database) -> str | None:
    """Return the revision of a store's layout, or None when it has no tables yet.

    Raises
    ------
    SchemaError
        When it holds tables, but not those of a store.
    """
    with explained(database.place), database.engine.connect() as connection:
        return _revision(connection)


def _revision(connection: Connection) -> str | None:
    found = MigrationContext.configure(connection).get_current_revision()
    if found is None:
        others = set(inspect(connection).get_table_names()) - {VERSION_TABLE}
        if others:
            raise SchemaError(
                f"The database holds tables of another program ({min(others)}); give the store a database of its own."
            )
    return found


def _check_known(found: str | None, scripts: ScriptDirectory, database: Database) -> None:
    known = {script.revision for script in scripts.walk_revisions()}
    if found is not None and found not in known:
        raise SchemaError(
            f"The store {database.place} was written by a newer skincompare (layout {found}; this one knows "
            f"{max(known)}); install the newer version. Nothing was changed."
        )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _sqlite_backup(database: Database, revision: str) -> Path:
    """Write the whole database, as it is now, into a file beside it."""
    file = database.file
    assert file is not None
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    backup = file.with_name(f"{file.name}.backup-{revision}-{moment}")
    with explained(database.place), database.engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("VACUUM INTO ?", (str(backup),))
    return backup


def _postgresql_backup(connection: Connection, revision: str) -> str:
    """Copy all tables into a schema beside them, inside the transaction that migrates."""
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    backup = f"backup_{revision}_{moment}".lower()
    connection.execute(text(f'CREATE SCHEMA "{backup}"'))
    for table in inspect(connection).get_table_names():
        connection.execute(text(f'CREATE TABLE "{backup}"."{table}" AS TABLE "{table}"'))
    return backup
