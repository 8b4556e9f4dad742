"""The layout of the store: made, brought up to date after a backup, refused when newer or somebody else's."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, select, text

from skincompare.errors import SchemaError, StoreError
from skincompare.store import Store
from skincompare.store.engine import Database
from skincompare.store.schema import current_revision, open_schema
from skincompare.store.tables import Base, PatientRow
from tests.store.conftest import empty_database

FIRST, SECOND, THIRD, NEWEST = "0001", "0002", "0003", "0005"


@pytest.fixture
def empty(kind, request, tmp_path):
    """Yield a database without any tables."""
    with empty_database(kind, request, tmp_path / "empty", "skincompare_empty") as url:
        database = Database(url)
        yield database
        database.close()


def old_patient() -> dict[str, object]:
    fields = {
        "id": 7,
        "uid": "u",
        "code": "A",
        "display_name": "Zoë",
        "notes": "",
        "is_simulated": False,
        "revision": 3,
    }
    return {**fields, "birth_year": None, "fitzpatrick": "V"}


def test_the_migrations_make_exactly_the_tables_of_the_code(empty):
    open_schema(empty)
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        assert "measurement" in inspect(connection).get_table_names()


def test_an_older_store_is_backed_up_then_brought_up_to_date(empty):
    assert open_schema(empty, upto=FIRST) is None
    with empty.connection() as connection:
        connection.execute(PatientRow.__table__.insert(), old_patient())
    backup = open_schema(empty)
    assert current_revision(empty) == NEWEST
    with empty.reading() as transaction:
        row = transaction.scalar(select(PatientRow))
        assert (row.id, row.code, row.display_name, row.revision) == (7, "A", "Zoë", 3)
    if isinstance(backup, Path):
        with create_engine(f"sqlite:///{backup}").connect() as connection:
            kept = connection.execute(text("SELECT code FROM patient")).scalar()
            names = inspect(connection).get_table_names()
        connection.engine.dispose()
    else:
        with empty.engine.connect() as connection:
            kept = connection.execute(text(f'SELECT code FROM "{backup}".patient')).scalar()
            names = inspect(connection).get_table_names(schema=backup)
    assert kept == "A"
    assert "photo" not in names
    assert open_schema(empty) is None


def test_a_store_from_before_bands_and_symptoms_is_brought_up_to_date(empty):
    assert open_schema(empty, upto=SECOND) is None
    with empty.connection() as connection:
        connection.execute(PatientRow.__table__.insert(), old_patient())
        assert not {"band", "course_return", "symptom"} & set(inspect(connection).get_table_names())
    assert open_schema(empty) is not None
    assert current_revision(empty) == NEWEST
    with empty.engine.connect() as connection:
        assert {"band", "course_return", "symptom"} < set(inspect(connection).get_table_names())
        assert connection.execute(text("SELECT code FROM patient")).scalar() == "A"


def test_a_store_from_before_annotations_is_brought_up_to_date(empty):
    assert open_schema(empty, upto=THIRD) is None
    with empty.connection() as connection:
        connection.execute(PatientRow.__table__.insert(), old_patient())
        assert "annotation" not in inspect(connection).get_table_names()
    assert open_schema(empty) is not None
    with empty.engine.connect() as connection:
        assert "annotation" in inspect(connection).get_table_names()
        assert connection.execute(text("SELECT code FROM patient")).scalar() == "A"


def test_a_migration_that_fails_leaves_the_store_as_it_was(empty, monkeypatch):
    open_schema(empty, upto=FIRST)
    real = MigrationContext.run_migrations

    def fail(self: MigrationContext, **options: object) -> None:
        real(self, **options)
        raise StoreError("cut short")

    monkeypatch.setattr(MigrationContext, "run_migrations", fail)
    with pytest.raises(StoreError, match="cut short"):
        open_schema(empty)
    assert current_revision(empty) == FIRST
    with empty.engine.connect() as connection:
        assert "photo" not in inspect(connection).get_table_names()
    monkeypatch.undo()
    open_schema(empty)
    assert current_revision(empty) == NEWEST


def test_a_newer_store_is_refused_and_left_alone(empty):
    open_schema(empty)
    with empty.connection() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaError) as refusal:
        open_schema(empty)
    for part in ("newer skincompare", "layout 9999", "knows 0005", "Nothing was changed"):
        assert part in str(refusal.value)
    assert current_revision(empty) == "9999"


def test_a_database_of_another_program_is_refused(empty):
    with empty.connection() as connection:
        connection.execute(text("CREATE TABLE invoices (id INTEGER)"))
    with pytest.raises(SchemaError, match=r"another program \(invoices\)"):
        open_schema(empty)
    with empty.engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["invoices"]


def test_opening_twice_at_once_migrates_once(empty, tmp_path):
    url = empty.url.render_as_string(hide_password=False)
    with Store(url, tmp_path / "photos") as first, Store(url, tmp_path / "photos") as second:
        assert (first.backup, second.backup) == (None, None)
        assert first.people.count() == second.people.count() == 0
