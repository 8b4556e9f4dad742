"""Courses, sessions and grades in the store."""

import dataclasses
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session as Transaction

from skincompare.errors import NotFoundError
from skincompare.records import Course, Grade, Patient, Session, session_of
from skincompare.store.engine import Database
from skincompare.store.history import FIRST_REVISION, note_change, update_revised
from skincompare.store.mapping import course_of, grade_of, moment_of, session_of_row, stored_moment
from skincompare.store.tables import (
    CourseRow,
    DepthRow,
    GradeRow,
    PatientRow,
    PhotoRow,
    PractitionerRow,
    SessionRow,
)

__all__ = ["Treatments", "insert_course", "insert_grade", "insert_session"]


class Treatments:
    """Courses of treatment with their sessions and grades.

    Parameters
    ----------
    database : Database
        Where.
    actor : str
        Who changes.
    """

    def __init__(self, database: Database, actor: str) -> None:
        self._database = database
        self._actor = actor

    def add_course(self, course: Course) -> Course:
        """Store a new course."""
        with self._database.writing() as transaction:
            return insert_course(transaction, course, self._actor)

    def save_course(self, course: Course) -> Course:
        """Store a changed course; :class:`ConflictError` when somebody else changed it."""
        with self._database.writing() as transaction:
            revision = update_revised(
                transaction,
                CourseRow,
                course.id,
                course.revision,
                _course_columns(course),
                what=f"The course for {course.condition.value}",
                actor=self._actor,
            )
            return dataclasses.replace(course, revision=revision)

    def courses(self, patient: Patient) -> tuple[Course, ...]:
        """Return the courses of a patient, oldest first."""
        with self._database.reading() as transaction:
            rows = transaction.scalars(
                select(CourseRow).where(CourseRow.patient_id == patient.id).order_by(CourseRow.id)
            )
            return tuple(map(course_of, rows))

    def all_courses(self) -> tuple[tuple[str, Course], ...]:
        """Return every course with its patient's code, by code."""
        with self._database.reading() as transaction:
            rows = transaction.execute(
                select(PatientRow.code, CourseRow)
                .join(CourseRow, CourseRow.patient_id == PatientRow.id)
                .order_by(PatientRow.code, CourseRow.id)
            )
            return tuple((code, course_of(row)) for code, row in rows)

    def add_session(self, session: Session) -> Session:
        """Store a new session; photos of the course are matched to it by date."""
        with self._database.writing() as transaction:
            stored = insert_session(transaction, session, self._actor)
            _match_photos(transaction, session.course_id)
            return stored

    def save_session(self, session: Session) -> Session:
        """Store a changed session; :class:`ConflictError` when somebody else changed it."""
        with self._database.writing() as transaction:
            row = transaction.get(SessionRow, session.id) if session.id is not None else None
            kept = {} if row is None else {depth.region: depth.depth_mm for depth in row.depths}
            also = ("depths_mm",) if kept != dict(session.depths_mm) else ()
            revision = update_revised(
                transaction,
                SessionRow,
                session.id,
                session.revision,
                _session_columns(transaction, session),
                what=f"The session of {session.at:%d %B %Y}",
                actor=self._actor,
                also=also,
            )
            if row is not None and also:
                row.depths = _depth_rows(session)
            _match_photos(transaction, session.course_id)
            return dataclasses.replace(session, revision=revision)

    def sessions(self, course: Course) -> tuple[Session, ...]:
        """Return the sessions of a course, oldest first."""
        with self._database.reading() as transaction:
            return _sessions(transaction, course.id)

    def practitioners(self) -> tuple[str, ...]:
        """Return who treated, by name."""
        with self._database.reading() as transaction:
            return tuple(transaction.scalars(select(PractitionerRow.name).order_by(PractitionerRow.name)))

    def add_grade(self, grade: Grade) -> Grade:
        """Store what a person graded."""
        with self._database.writing() as transaction:
            return insert_grade(transaction, grade)

    def grades(self, patient: Patient) -> tuple[Grade, ...]:
        """Return the grades of a patient, oldest first."""
        statement = select(GradeRow).where(GradeRow.patient_id == patient.id)
        with self._database.reading() as transaction:
            return tuple(map(grade_of, transaction.scalars(statement.order_by(GradeRow.at_utc, GradeRow.id))))


def insert_course(transaction: Transaction, course: Course, actor: str) -> Course:
    """Store a new course within a transaction."""
    if transaction.get(PatientRow, course.patient_id) is None:
        raise NotFoundError("The patient of this course is not in the store any more; somebody removed them.")
    row = CourseRow(**_course_columns(course), patient_id=course.patient_id, revision=FIRST_REVISION)
    transaction.add(row)
    transaction.flush()
    note_change(transaction, "course", row.id, FIRST_REVISION, [], actor)
    return dataclasses.replace(course, id=row.id, revision=FIRST_REVISION)


def insert_session(transaction: Transaction, session: Session, actor: str) -> Session:
    """Store a new session within a transaction."""
    if transaction.get(CourseRow, session.course_id) is None:
        raise NotFoundError("The course of this session is not in the store any more; somebody removed it.")
    columns = _session_columns(transaction, session)
    row = SessionRow(**columns, course_id=session.course_id, revision=FIRST_REVISION)
    row.depths = _depth_rows(session)
    transaction.add(row)
    transaction.flush()
    note_change(transaction, "session", row.id, FIRST_REVISION, [], actor)
    return dataclasses.replace(session, id=row.id, revision=FIRST_REVISION)


def insert_grade(transaction: Transaction, grade: Grade) -> Grade:
    """Store a grade within a transaction."""
    utc, offset = stored_moment(grade.at)
    row = GradeRow(
        patient_id=grade.patient_id,
        session_id=grade.session_id,
        scale=grade.scale.value,
        grade=grade.grade,
        at_utc=utc,
        at_offset_min=offset,
        graded_by=grade.graded_by,
        notes=grade.notes,
    )
    transaction.add(row)
    transaction.flush()
    return dataclasses.replace(grade, id=row.id)


def _sessions(transaction: Transaction, course_id: int | None) -> tuple[Session, ...]:
    statement = select(SessionRow).where(SessionRow.course_id == course_id)
    return tuple(
        map(session_of_row, transaction.scalars(statement.order_by(SessionRow.at_utc, SessionRow.id)))
    )


def _match_photos(transaction: Transaction, course_id: int) -> None:
    """Give every photo of a course the session that it belongs to by date."""
    transaction.flush()
    transaction.expire_all()
    sessions = _sessions(transaction, course_id)
    for row in transaction.scalars(select(PhotoRow).where(PhotoRow.course_id == course_id)):
        own = session_of(sessions, moment_of(row.captured_utc, row.captured_offset_min))
        row.session_id = own.id if own else None


def _course_columns(course: Course) -> dict[str, Any]:
    return {"condition": course.condition.value, "title": course.title, "notes": course.notes}


def _session_columns(transaction: Transaction, session: Session) -> dict[str, Any]:
    utc, offset = stored_moment(session.at)
    return {
        "at_utc": utc,
        "at_offset_min": offset,
        "device": session.device,
        "passes": session.passes,
        "topicals": session.topicals,
        "practitioner_id": _practitioner_id(transaction, session.practitioner.strip()),
        "notes": session.notes,
        "instructions": session.instructions,
    }


def _practitioner_id(transaction: Transaction, name: str) -> int | None:
    if not name:
        return None
    row = transaction.scalar(select(PractitionerRow).where(PractitionerRow.name == name))
    if row is None:
        row = PractitionerRow(name=name)
        transaction.add(row)
        transaction.flush()
    return row.id


def _depth_rows(session: Session) -> list[DepthRow]:
    return [DepthRow(region=region, depth_mm=depth) for region, depth in sorted(session.depths_mm.items())]
