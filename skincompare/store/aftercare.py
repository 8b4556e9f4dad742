"""Expected bands of the clinic, days of return of its courses, and symptoms, in the store."""

import dataclasses
from collections.abc import Mapping, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session as Transaction

from skincompare.errors import NotFoundError
from skincompare.records import Course, EditedBand, Symptom, TickedSymptom
from skincompare.store.engine import Database
from skincompare.store.mapping import moment_of, stored_moment
from skincompare.store.tables import (
    AnalysisRow,
    BandRow,
    CourseReturnRow,
    CourseRow,
    PatientRow,
    PhotoRow,
    SessionRow,
    SymptomRow,
)

__all__ = ["Aftercare", "insert_symptom"]


class Aftercare:
    """What the clinic expects after a session, and what patients ticked.

    Parameters
    ----------
    database : Database
        Where.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def bands(self) -> tuple[EditedBand, ...]:
        """Return the lines that the clinic wrote itself, by depth."""
        with self._database.reading() as transaction:
            rows = transaction.scalars(select(BandRow).order_by(BandRow.depth))
            return tuple(
                EditedBand(
                    depth=row.depth,
                    first_day=row.first_day,
                    last_day=row.last_day,
                    ask_after_day=row.ask_after_day,
                    provenance=row.provenance,
                )
                for row in rows
            )

    def set_band(self, band: EditedBand) -> None:
        """Store a line, in place of one of the same depth."""
        with self._database.writing() as transaction:
            transaction.merge(BandRow(**dataclasses.asdict(band)))

    def reset_band(self, depth: str | None = None) -> int:
        """Remove the clinic's line of a depth, or all of them; return how many there were."""
        statement = delete(BandRow) if depth is None else delete(BandRow).where(BandRow.depth == depth)
        with self._database.writing() as transaction:
            return len(transaction.scalars(statement.returning(BandRow.depth)).all())

    def returns(self) -> tuple[tuple[str, float], ...]:
        """Return class of depth and day of return of every course that has one; simulated patients left out."""
        statement = (
            select(CourseReturnRow.depth, CourseReturnRow.return_day)
            .join(CourseRow, CourseRow.id == CourseReturnRow.course_id)
            .join(PatientRow, PatientRow.id == CourseRow.patient_id)
            .where(CourseReturnRow.return_day.is_not(None), PatientRow.is_simulated.is_(False))
            .order_by(CourseReturnRow.course_id, CourseReturnRow.depth)
        )
        with self._database.reading() as transaction:
            return tuple((depth, day) for depth, day in transaction.execute(statement) if day is not None)

    def set_returns(self, course: Course, days: Mapping[str, float | None], made_from: str) -> None:
        """Store the days of return of a course by class of depth, in place of what was there.

        Parameters
        ----------
        course : Course
            Which.
        days : mapping of str to float or None
            None where no return was seen.
        made_from : str
            What :meth:`sources` said of the course before it was read.
        """
        with self._database.writing() as transaction:
            if transaction.get(CourseRow, course.id) is None:
                return  # removed meanwhile
            transaction.execute(delete(CourseReturnRow).where(CourseReturnRow.course_id == course.id))
            transaction.add_all(
                CourseReturnRow(course_id=course.id, depth=depth, return_day=day, made_from=made_from)
                for depth, day in days.items()
            )

    def sources(self, courses: Sequence[int] | None = None) -> dict[int, str]:
        """Return of measured courses what their days of return hang on: newest analysis, analyses, sessions.

        Parameters
        ----------
        courses : sequence of int, optional
            Numbers of the courses; default: all.

        Returns
        -------
        dict of int to str
            By the number of the course; courses without a session or an analysis are left out.
        """
        analyses = (
            select(PhotoRow.course_id, func.max(AnalysisRow.id), func.count(AnalysisRow.id))
            .join(AnalysisRow, AnalysisRow.photo_id == PhotoRow.id)
            .group_by(PhotoRow.course_id)
        )
        sessions = select(
            SessionRow.course_id, func.count(SessionRow.id), func.sum(SessionRow.revision)
        ).group_by(SessionRow.course_id)
        if courses is not None:
            analyses = analyses.where(PhotoRow.course_id.in_(courses))
            sessions = sessions.where(SessionRow.course_id.in_(courses))
        with self._database.reading() as transaction:
            treated = {course: (number, changes) for course, number, changes in transaction.execute(sessions)}
            return {
                course: "-".join(map(str, (newest, number, *treated[course])))
                for course, newest, number in transaction.execute(analyses)
                if course in treated
            }

    def known_sources(self, courses: Sequence[int] | None = None) -> dict[int, str]:
        """Return of courses whose days of return are stored what they were made from."""
        statement = select(CourseReturnRow.course_id, CourseReturnRow.made_from).distinct()
        if courses is not None:
            statement = statement.where(CourseReturnRow.course_id.in_(courses))
        with self._database.reading() as transaction:
            return {row.course_id: row.made_from for row in transaction.execute(statement)}

    def tick(self, ticked: TickedSymptom) -> TickedSymptom:
        """Store a symptom that a patient ticked."""
        with self._database.writing() as transaction:
            return insert_symptom(transaction, ticked)

    def symptoms(self, course: Course) -> tuple[TickedSymptom, ...]:
        """Return what was ticked after the sessions of a course, oldest first."""
        statement = (
            select(SymptomRow)
            .join(SessionRow, SessionRow.id == SymptomRow.session_id)
            .where(SessionRow.course_id == course.id)
            .order_by(SymptomRow.at_utc, SymptomRow.id)
        )
        with self._database.reading() as transaction:
            return tuple(
                TickedSymptom(
                    id=row.id,
                    session_id=row.session_id,
                    symptom=Symptom(row.symptom),
                    at=moment_of(row.at_utc, row.at_offset_min),
                )
                for row in transaction.scalars(statement)
            )

    def untick(self, session_id: int) -> int:
        """Remove all that was ticked after a session; return how many there were."""
        statement = delete(SymptomRow).where(SymptomRow.session_id == session_id).returning(SymptomRow.id)
        with self._database.writing() as transaction:
            return len(transaction.scalars(statement).all())


def insert_symptom(transaction: Transaction, ticked: TickedSymptom) -> TickedSymptom:
    """Store a symptom within a transaction."""
    if transaction.get(SessionRow, ticked.session_id) is None:
        raise NotFoundError("The session of this symptom is not in the store any more; somebody removed it.")
    utc, offset = stored_moment(ticked.at)
    row = SymptomRow(
        session_id=ticked.session_id, symptom=ticked.symptom.value, at_utc=utc, at_offset_min=offset
    )
    transaction.add(row)
    transaction.flush()
    return dataclasses.replace(ticked, id=row.id)
