"""Stores to test: every test of the suite runs on SQLite and on a real PostgreSQL."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from skincompare.store import Store, open_store
from skincompare.store.engine import Database
from skincompare.store.schema import open_schema
from skincompare.store.store import DATABASE_FILE

SERVER_VARIABLE = "SKINCOMPARE_TEST_POSTGRESQL"
KINDS = ("sqlite", "postgresql")

MakeStore = Callable[..., Store]


def server_skip_reason(address: str) -> str | None:
    """Return why tests on PostgreSQL are left out, or None when they run."""
    if address:
        return None
    return f"{SERVER_VARIABLE} names no PostgreSQL server; start one for tests with: .ci/postgresql start /tmp/folder"


@pytest.fixture(scope="session")
def server() -> str:
    """Return the address of the PostgreSQL server; without one skip, or fail where CI is true."""
    address = os.environ.get(SERVER_VARIABLE, "")
    reason = server_skip_reason(address)
    if reason is not None:
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return address


def administer(server: str, command: str, *names: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL(command).format(*map(sql.Identifier, names)))


def address_of(server: str, database: str) -> str:
    return make_url(server).set(database=database).render_as_string(hide_password=False)


@contextmanager
def empty_database(kind: str, request: Any, folder: Path, name: str) -> Iterator[str]:
    """Yield the address of a new database without tables."""
    if kind == "sqlite":
        folder.mkdir(parents=True, exist_ok=True)
        yield f"sqlite:///{folder / DATABASE_FILE}"
        return
    server = request.getfixturevalue("server")
    administer(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    administer(server, "CREATE DATABASE {} TEMPLATE template0", name)
    try:
        yield address_of(server, name)
    finally:
        administer(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


@pytest.fixture(scope="session", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def template(
    kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Yield the address of a database with tables and nothing in them, to be copied."""
    folder = tmp_path_factory.mktemp(f"template_{kind}")
    with empty_database(kind, request, folder, f"skincompare_template_{os.getpid()}") as url:
        database = Database(url)
        open_schema(database)
        database.close()
        yield url


@pytest.fixture
def database_url(kind: str, template: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Yield the address of a store's database, empty but for its tables."""
    if kind == "sqlite":
        folder = tmp_path / "store"
        folder.mkdir()
        shutil.copy(make_url(template).database or "", folder / DATABASE_FILE)
        yield f"sqlite:///{folder / DATABASE_FILE}"
        return
    server, name = request.getfixturevalue("server"), f"skincompare_test_{os.getpid()}"
    administer(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    administer(server, "CREATE DATABASE {} TEMPLATE {}", name, make_url(template).database or "")
    yield address_of(server, name)
    administer(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


@pytest.fixture
def make_store(database_url: str, tmp_path: Path) -> Iterator[MakeStore]:
    """Return what opens the test's store once more, as another program would."""
    opened: list[Store] = []

    def make(**options: Any) -> Store:
        opened.append(Store(database_url, tmp_path / "store" / "photos", **options))
        return opened[-1]

    yield make
    for store in opened:
        store.close()


@pytest.fixture
def store(make_store: MakeStore) -> Store:
    return make_store(actor="Dr. Ito")


@pytest.fixture
def other_store(tmp_path: Path) -> Iterator[Store]:
    """Yield an empty store elsewhere, always SQLite."""
    with open_store(tmp_path / "other") as opened:
        yield opened
