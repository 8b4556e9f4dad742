"""Annotations of pairs of photos in the store."""

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session as Transaction

from skincompare.errors import NotFoundError, OptionError
from skincompare.records import Annotation, Drawing, DrawingKind, DrawingSide, Patient, PhotoRecord
from skincompare.records.annotations import MAX_DRAWINGS
from skincompare.store.engine import Database
from skincompare.store.mapping import moment_of, stored_moment
from skincompare.store.tables import AnnotationRow, PhotoRow

__all__ = ["Annotations", "insert_annotation"]


class Annotations:
    """What was drawn on pairs of photos.

    Parameters
    ----------
    database : Database
        Where.
    actor : str
        Who draws.
    """

    def __init__(self, database: Database, actor: str) -> None:
        self._database = database
        self._actor = actor

    def of_pair(self, before: PhotoRecord, after: PhotoRecord) -> tuple[Annotation, ...]:
        """Return what was drawn on a pair, oldest first."""
        with self._database.reading() as transaction:
            return tuple(_annotation(row) for row in _rows(transaction, before.id, after.id))

    def of_patient(self, patient: Patient) -> tuple[Annotation, ...]:
        """Return what was drawn on all pairs of a patient, oldest first."""
        statement = (
            select(AnnotationRow)
            .join(PhotoRow, PhotoRow.id == AnnotationRow.after_id)
            .where(PhotoRow.patient_id == patient.id)
            .order_by(AnnotationRow.id)
        )
        with self._database.reading() as transaction:
            return tuple(_annotation(row) for row in transaction.scalars(statement))

    def save(
        self,
        before: PhotoRecord,
        after: PhotoRecord,
        drawings: Sequence[Drawing],
        *,
        seen: Sequence[Drawing] = (),
    ) -> tuple[Annotation, ...]:
        """Store what stands on a pair now. What somebody else drew meanwhile stays.

        Parameters
        ----------
        before, after : PhotoRecord
            The pair.
        drawings : sequence of Drawing
            All that the editor wants; new ones are added, with who and when.
        seen : sequence of Drawing
            What the editor was shown: only of these, those not wanted any more are removed.

        Returns
        -------
        tuple of Annotation
            What stands on the pair now, oldest first.

        Raises
        ------
        NotFoundError
            When a photo is gone.
        OptionError
            When the photos are of two patients, or the pair has too many drawings.
        """
        wanted, known = tuple(dict.fromkeys(drawings)), frozenset(seen)
        now = datetime.now(UTC)
        with self._database.writing() as transaction:
            _check_pair(transaction, before.id, after.id)
            rows = _rows(transaction, before.id, after.id)
            stored = {_annotation(row).drawing: row for row in rows}
            for drawing, row in stored.items():
                if drawing in known and drawing not in wanted:
                    transaction.delete(row)
            for drawing in wanted:
                if drawing not in stored:
                    transaction.add(_row(_annotation_of(before, after, drawing, now, self._actor)))
            transaction.flush()
            kept = _rows(transaction, before.id, after.id)
            if len(kept) > max(MAX_DRAWINGS, len(rows)):
                raise OptionError(
                    f"This pair would have {len(kept)} annotations; at most {MAX_DRAWINGS} are kept."
                )
            return tuple(_annotation(row) for row in kept)


def insert_annotation(transaction: Transaction, annotation: Annotation) -> None:
    """Store an annotation as it is within a transaction."""
    _check_pair(transaction, annotation.before_id, annotation.after_id)
    transaction.add(_row(annotation))


def _annotation_of(
    before: PhotoRecord, after: PhotoRecord, drawing: Drawing, at: datetime, by: str
) -> Annotation:
    assert before.id is not None
    assert after.id is not None
    return Annotation(before_id=before.id, after_id=after.id, drawing=drawing, made_at=at, made_by=by)


def _rows(transaction: Transaction, before_id: int | None, after_id: int | None) -> list[AnnotationRow]:
    statement = (
        select(AnnotationRow)
        .where(AnnotationRow.before_id == before_id, AnnotationRow.after_id == after_id)
        .order_by(AnnotationRow.id)
    )
    return list(transaction.scalars(statement))


def _check_pair(transaction: Transaction, before_id: int | None, after_id: int | None) -> None:
    photos = [transaction.get(PhotoRow, one) if one is not None else None for one in (before_id, after_id)]
    owners = {photo.patient_id for photo in photos if photo is not None}
    if None in photos:
        raise NotFoundError("A photo of this pair is not in the store any more; somebody removed it.")
    if len(owners) > 1:
        raise OptionError("A pair has two photos of one patient; these are of two.")


def _row(annotation: Annotation) -> AnnotationRow:
    utc, offset = stored_moment(annotation.made_at)
    fields = dataclasses.asdict(annotation.drawing)
    return AnnotationRow(
        before_id=annotation.before_id,
        after_id=annotation.after_id,
        **{**fields, "kind": annotation.drawing.kind.value, "side": annotation.drawing.side.value},
        made_utc=utc,
        made_offset_min=offset,
        made_by=annotation.made_by,
    )


def _annotation(row: AnnotationRow) -> Annotation:
    drawing = Drawing(
        kind=DrawingKind(row.kind),
        side=DrawingSide(row.side),
        x=row.x,
        y=row.y,
        to_x=row.to_x,
        to_y=row.to_y,
        text=row.text,
    )
    return Annotation(
        id=row.id,
        before_id=row.before_id,
        after_id=row.after_id,
        drawing=drawing,
        made_at=moment_of(row.made_utc, row.made_offset_min),
        made_by=row.made_by,
    )
