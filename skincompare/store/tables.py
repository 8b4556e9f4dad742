"""The tables. What they are is decided by the migrations; a test holds the two to each other."""

from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

__all__ = [
    "AnalysisMethodRow",
    "AnalysisRow",
    "AnnotationRow",
    "BandRow",
    "Base",
    "ChangeLogRow",
    "ClinicRow",
    "ConsentRow",
    "CourseReturnRow",
    "CourseRow",
    "DepthRow",
    "FlagSetRow",
    "GradeRow",
    "MeasurementRow",
    "MethodRow",
    "PatientRow",
    "PatientWordRow",
    "PhotoRow",
    "PractitionerRow",
    "SessionRow",
    "SymptomRow",
]

BYTEWISE = String().with_variant(String(collation="C"), "postgresql")
"""Text that is sorted by its bytes in every database, so that a prefix is a range of the index."""


class Base(DeclarativeBase):
    """Base of the tables."""

    type_annotation_map = {str: String(), float: Double(), datetime: DateTime(), date: Date()}  # noqa: RUF012


class ClinicRow(Base):
    """The clinic; one row."""

    __tablename__ = "clinic"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str]
    time_zone: Mapped[str]
    locale: Mapped[str]


class PractitionerRow(Base):
    """Somebody who treats."""

    __tablename__ = "practitioner"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String, unique=True)


class PatientRow(Base):
    """A patient."""

    __tablename__ = "patient"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    uid: Mapped[str] = mapped_column(String, unique=True)
    code: Mapped[str] = mapped_column(BYTEWISE, unique=True)
    display_name: Mapped[str]
    birth_year: Mapped[int | None]
    fitzpatrick: Mapped[str | None]
    notes: Mapped[str] = mapped_column(Text)
    is_simulated: Mapped[bool] = mapped_column(Boolean)
    revision: Mapped[int]


class PatientWordRow(Base):
    """A word of a patient's code or name, folded: what the search looks up by its beginning."""

    __tablename__ = "patient_word"
    word: Mapped[str] = mapped_column(BYTEWISE, primary_key=True)
    patient_id: Mapped[int] = mapped_column(
        ForeignKey("patient.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class CourseRow(Base):
    """A course of treatment."""

    __tablename__ = "course"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id", ondelete="CASCADE"), index=True)
    condition: Mapped[str]
    title: Mapped[str]
    notes: Mapped[str] = mapped_column(Text)
    revision: Mapped[int]


class SessionRow(Base):
    """One treatment; its time in UTC, with the minutes that the clinic's clock was ahead."""

    __tablename__ = "session"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"), index=True)
    at_utc: Mapped[datetime]
    at_offset_min: Mapped[int]
    device: Mapped[str]
    passes: Mapped[int | None]
    topicals: Mapped[str] = mapped_column(Text)
    practitioner_id: Mapped[int | None] = mapped_column(ForeignKey("practitioner.id"))
    notes: Mapped[str] = mapped_column(Text)
    instructions: Mapped[str] = mapped_column(Text)
    revision: Mapped[int]
    depths: Mapped[list["DepthRow"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="DepthRow.region"
    )
    practitioner: Mapped[PractitionerRow | None] = relationship(lazy="joined")


class DepthRow(Base):
    """Needle depth of one region in one session."""

    __tablename__ = "session_depth"
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), primary_key=True)
    region: Mapped[str] = mapped_column(String, primary_key=True)
    depth_mm: Mapped[float]


class ConsentRow(Base):
    """What a patient agreed to."""

    __tablename__ = "consent"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str]
    given_on: Mapped[date]
    withdrawn_on: Mapped[date | None]


class GradeRow(Base):
    """What a person graded."""

    __tablename__ = "grade"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id", ondelete="CASCADE"), index=True)
    session_id: Mapped[int | None] = mapped_column(ForeignKey("session.id", ondelete="SET NULL"))
    scale: Mapped[str]
    grade: Mapped[int]
    at_utc: Mapped[datetime]
    at_offset_min: Mapped[int]
    graded_by: Mapped[str]
    notes: Mapped[str] = mapped_column(Text)


class BandRow(Base):
    """A line of the table of expected bands that the clinic wrote itself."""

    __tablename__ = "band"
    depth: Mapped[str] = mapped_column(String, primary_key=True)
    first_day: Mapped[float]
    last_day: Mapped[float]
    ask_after_day: Mapped[float]
    provenance: Mapped[str] = mapped_column(Text)


class CourseReturnRow(Base):
    """Day of return of a course by class of depth, kept so that no list of courses is fitted twice."""

    __tablename__ = "course_return"
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"), primary_key=True)
    depth: Mapped[str] = mapped_column(String, primary_key=True)
    return_day: Mapped[float | None]
    made_from: Mapped[str]


class SymptomRow(Base):
    """A symptom that a patient ticked after a session."""

    __tablename__ = "symptom"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), index=True)
    symptom: Mapped[str]
    at_utc: Mapped[datetime]
    at_offset_min: Mapped[int]


class ChangeLogRow(Base):
    """Who changed which fields of which record when; the values themselves are not kept."""

    __tablename__ = "change_log"
    __table_args__ = (Index("ix_change_log_record", "kind", "record_id", "revision"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str]
    record_id: Mapped[int]
    revision: Mapped[int]
    changed_utc: Mapped[datetime]
    changed_by: Mapped[str]
    fields: Mapped[str]


class PhotoRow(Base):
    """A photo; its bytes are a file named by their hash."""

    __tablename__ = "photo"
    __table_args__ = (
        UniqueConstraint("patient_id", "sha256", name="uq_photo_patient_sha256"),
        Index("ix_photo_patient_captured", "patient_id", "captured_utc"),
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id", ondelete="CASCADE"))
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"), index=True)
    session_id: Mapped[int | None] = mapped_column(ForeignKey("session.id", ondelete="SET NULL"), index=True)
    sha256: Mapped[str] = mapped_column(BYTEWISE, index=True)
    file_name: Mapped[str]
    file_format: Mapped[str]
    n_bytes: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    view: Mapped[str]
    site: Mapped[str]
    captured_utc: Mapped[datetime]
    captured_offset_min: Mapped[int]
    captured_source: Mapped[str]
    camera: Mapped[str]
    px_per_mm: Mapped[float | None]


class AnnotationRow(Base):
    """An arrow, a circle or words on a pair of photos; no pixel of a photo is changed by it."""

    __tablename__ = "annotation"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    before_id: Mapped[int] = mapped_column(ForeignKey("photo.id", ondelete="CASCADE"), index=True)
    after_id: Mapped[int] = mapped_column(ForeignKey("photo.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    side: Mapped[str]
    x: Mapped[float]
    y: Mapped[float]
    to_x: Mapped[float | None]
    to_y: Mapped[float | None]
    text: Mapped[str] = mapped_column(Text)
    made_utc: Mapped[datetime]
    made_offset_min: Mapped[int]
    made_by: Mapped[str]


class MethodRow(Base):
    """A metric's name, version and options."""

    __tablename__ = "method"
    __table_args__ = (UniqueConstraint("name", "version", "options", name="uq_method"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str]
    version: Mapped[int]
    options: Mapped[str]


class FlagSetRow(Base):
    """Flags of a change and of its two measurements, as JSON; many changes share one set."""

    __tablename__ = "flag_set"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    digest: Mapped[str] = mapped_column(BYTEWISE, unique=True)
    flags: Mapped[str] = mapped_column(Text)


class AnalysisRow(Base):
    """One comparison of a photo with its baseline."""

    __tablename__ = "analysis"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    photo_id: Mapped[int] = mapped_column(ForeignKey("photo.id", ondelete="CASCADE"), index=True)
    baseline_id: Mapped[int] = mapped_column(ForeignKey("photo.id", ondelete="CASCADE"), index=True)
    made_utc: Mapped[datetime]
    software_version: Mapped[str]
    treated: Mapped[str]
    reference: Mapped[str]
    rung: Mapped[str]
    status: Mapped[str]
    problem: Mapped[str] = mapped_column(Text)
    flags: Mapped[str] = mapped_column(Text)


class AnalysisMethodRow(Base):
    """Which methods an analysis ran, whether or not they yielded a number."""

    __tablename__ = "analysis_method"
    analysis_id: Mapped[int] = mapped_column(ForeignKey("analysis.id", ondelete="CASCADE"), primary_key=True)
    method_id: Mapped[int] = mapped_column(ForeignKey("method.id"), primary_key=True)


class MeasurementRow(Base):
    """One change of one quantity in one region, with both values; a new metric needs no migration."""

    __tablename__ = "measurement"
    __table_args__ = ({"sqlite_with_rowid": False},)
    analysis_id: Mapped[int] = mapped_column(ForeignKey("analysis.id", ondelete="CASCADE"), primary_key=True)
    quantity: Mapped[str] = mapped_column(BYTEWISE, primary_key=True)
    region: Mapped[str] = mapped_column(BYTEWISE, primary_key=True)
    method_id: Mapped[int] = mapped_column(ForeignKey("method.id"))
    unit: Mapped[str]
    before_value: Mapped[float | None]
    before_sigma: Mapped[float | None]
    before_pixels: Mapped[int]
    after_value: Mapped[float | None]
    after_sigma: Mapped[float | None]
    after_pixels: Mapped[int]
    change: Mapped[float | None]
    sigma: Mapped[float | None]
    mdc95: Mapped[float | None]
    verdict: Mapped[str]
    flag_set_id: Mapped[int | None] = mapped_column(ForeignKey("flag_set.id"))
