"""Between rows of tables and records: times in UTC with their offset, flags as JSON, NaN as nothing."""

import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from skincompare.records import (
    Condition,
    Consent,
    Course,
    Fitzpatrick,
    Grade,
    GradeScale,
    Patient,
    PhotoRecord,
    Session,
    TimeSource,
    View,
)
from skincompare.store.tables import ConsentRow, CourseRow, GradeRow, PatientRow, PhotoRow, SessionRow

__all__ = [
    "consent_of",
    "course_of",
    "grade_of",
    "moment_of",
    "number_of",
    "patient_of",
    "photo_columns",
    "photo_of",
    "session_of_row",
    "stored_moment",
    "stored_number",
]


def stored_moment(moment: datetime) -> tuple[datetime, int]:
    """Return a time in UTC without zone, and the minutes that its own clock is ahead."""
    offset = moment.utcoffset() or timedelta()
    return moment.astimezone(UTC).replace(tzinfo=None), round(offset.total_seconds() / 60)


def moment_of(utc: datetime, offset_min: int) -> datetime:
    """Return the time as its own clock showed it, with its zone."""
    return utc.replace(tzinfo=UTC).astimezone(timezone(timedelta(minutes=offset_min)))


def stored_number(value: float) -> float | None:
    """Return a number for a column; NaN is nothing."""
    return None if math.isnan(value) else float(value)


def number_of(value: float | None) -> float:
    """Return the number of a column; nothing is NaN."""
    return math.nan if value is None else value


def patient_of(row: PatientRow) -> Patient:
    """Return the record of a row."""
    return Patient(
        id=row.id,
        uid=row.uid,
        code=row.code,
        display_name=row.display_name,
        birth_year=row.birth_year,
        fitzpatrick=None if row.fitzpatrick is None else Fitzpatrick(row.fitzpatrick),
        notes=row.notes,
        is_simulated=row.is_simulated,
        revision=row.revision,
    )


def course_of(row: CourseRow) -> Course:
    """Return the record of a row."""
    return Course(
        id=row.id,
        patient_id=row.patient_id,
        condition=Condition(row.condition),
        title=row.title,
        notes=row.notes,
        revision=row.revision,
    )


def session_of_row(row: SessionRow) -> Session:
    """Return the record of a row."""
    return Session(
        id=row.id,
        course_id=row.course_id,
        at=moment_of(row.at_utc, row.at_offset_min),
        depths_mm={depth.region: depth.depth_mm for depth in row.depths},
        device=row.device,
        passes=row.passes,
        topicals=row.topicals,
        practitioner=row.practitioner.name if row.practitioner else "",
        notes=row.notes,
        instructions=row.instructions,
        revision=row.revision,
    )


def consent_of(row: ConsentRow) -> Consent:
    """Return the record of a row."""
    return Consent(
        id=row.id,
        patient_id=row.patient_id,
        purpose=row.purpose,
        given_on=row.given_on,
        withdrawn_on=row.withdrawn_on,
    )


def grade_of(row: GradeRow) -> Grade:
    """Return the record of a row."""
    return Grade(
        id=row.id,
        patient_id=row.patient_id,
        session_id=row.session_id,
        scale=GradeScale(row.scale),
        grade=row.grade,
        at=moment_of(row.at_utc, row.at_offset_min),
        graded_by=row.graded_by,
        notes=row.notes,
    )


def photo_of(row: PhotoRow) -> PhotoRecord:
    """Return the record of a row."""
    return PhotoRecord(
        id=row.id,
        patient_id=row.patient_id,
        course_id=row.course_id,
        session_id=row.session_id,
        sha256=row.sha256,
        file_name=row.file_name,
        file_format=row.file_format,
        n_bytes=row.n_bytes,
        width=row.width,
        height=row.height,
        view=View(row.view),
        site=row.site,
        captured=moment_of(row.captured_utc, row.captured_offset_min),
        captured_source=TimeSource(row.captured_source),
        camera=row.camera,
        px_per_mm=row.px_per_mm,
    )


def photo_columns(photo: PhotoRecord) -> dict[str, Any]:
    """Return the columns of a photo's row, but its number."""
    utc, offset = stored_moment(photo.captured)
    plain = (
        "patient_id",
        "course_id",
        "session_id",
        "sha256",
        "file_name",
        "file_format",
        "n_bytes",
        "width",
    )
    more = ("height", "site", "camera", "px_per_mm")
    return {
        **{name: getattr(photo, name) for name in (*plain, *more)},
        "view": photo.view.value,
        "captured_utc": utc,
        "captured_offset_min": offset,
        "captured_source": photo.captured_source.value,
    }
