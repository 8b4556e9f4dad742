"""Who changed what: each change of a record counts its revision up and leaves a line in the log."""

from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import select, update
from sqlalchemy.orm import Session as Transaction

from skincompare.errors import ConflictError, NotFoundError
from skincompare.store.mapping import moment_of
from skincompare.store.tables import ChangeLogRow, CourseRow, PatientRow, SessionRow

__all__ = ["note_change", "update_revised"]

RevisedRow = PatientRow | CourseRow | SessionRow
Revised = type[PatientRow] | type[CourseRow] | type[SessionRow]

FIRST_REVISION = 1
"""Revision of a record that was just stored."""


def note_change(
    transaction: Transaction, kind: str, record_id: int, revision: int, fields: list[str], actor: str
) -> None:
    """Leave a line in the log."""
    transaction.add(
        ChangeLogRow(
            kind=kind,
            record_id=record_id,
            revision=revision,
            changed_utc=datetime.now(UTC).replace(tzinfo=None),
            changed_by=actor,
            fields=",".join(fields),
        )
    )


def update_revised(
    transaction: Transaction,
    table: Revised,
    record_id: int | None,
    revision: int,
    values: dict[str, Any],
    *,
    what: str,
    actor: str,
    also: tuple[str, ...] = (),
) -> int:
    """Change a row, if it is still of the revision that its editor saw.

    Parameters
    ----------
    transaction : Session of SQLAlchemy
        A writing one.
    table : type
        The table.
    record_id : int
        Number of the record.
    revision : int
        The revision that its editor saw.
    values : dict
        The new columns.
    what : str
        Name of the record for a person: ``"Patient A-17"``.
    actor : str
        Who changes.
    also : tuple of str
        Names of fields in other tables that change with it.

    Returns
    -------
    int
        The new revision; the old one when nothing differs.

    Raises
    ------
    ConflictError
        When somebody changed it in the meantime: who, when and which fields.
    NotFoundError
        When it is gone.
    """
    row = cast(RevisedRow | None, transaction.get(table, record_id) if record_id is not None else None)
    if row is None or record_id is None:
        raise NotFoundError(f"{what} is not in the store any more; somebody removed it.")
    if row.revision != revision:
        raise ConflictError(_conflict(transaction, table, record_id, revision, what))
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    if not changed and not also:
        return revision
    found = transaction.execute(
        update(table)
        .where(table.id == record_id, table.revision == revision)
        .values(**values, revision=revision + 1)
        .execution_options(synchronize_session=False)
    )
    if found.rowcount != 1:  # type: ignore[attr-defined]  # PostgreSQL: the other writer was faster by a hair
        raise ConflictError(_conflict(transaction, table, record_id, revision, what))
    transaction.expire(row)
    note_change(transaction, table.__tablename__, record_id, revision + 1, [*changed, *also], actor)
    return revision + 1


def _conflict(transaction: Transaction, table: Revised, record_id: int, revision: int, what: str) -> str:
    lines = transaction.scalars(
        select(ChangeLogRow)
        .where(
            ChangeLogRow.kind == table.__tablename__,
            ChangeLogRow.record_id == record_id,
            ChangeLogRow.revision > revision,
        )
        .order_by(ChangeLogRow.revision)
    ).all()
    if not lines:
        return f"{what} was changed by somebody else at this moment; nothing was saved, open it again."
    who = " and ".join(dict.fromkeys(line.changed_by for line in lines))
    fields = dict.fromkeys(name for line in lines for name in line.fields.split(",") if name)
    when = moment_of(lines[-1].changed_utc, 0).astimezone()
    return (
        f"{what} was changed by {who} at {when:%H:%M on %d %B %Y} ({', '.join(fields).replace('_', ' ')}) while you "
        "had it open; nothing was saved, open it again and repeat your change."
    )
