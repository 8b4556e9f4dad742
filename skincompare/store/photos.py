"""Photos in the store: file first, row second; and the sweep that finds one without the other."""

import dataclasses
import hashlib
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session as Transaction

from skincompare.errors import DuplicateError, NotFoundError, OptionError
from skincompare.records import Course, Patient, PhotoRecord
from skincompare.store.engine import Database
from skincompare.store.files import PhotoFiles, Step, name_of
from skincompare.store.mapping import patient_of, photo_columns, photo_of
from skincompare.store.tables import CourseRow, PatientRow, PhotoRow

__all__ = ["Photos", "Sweep", "insert_photo"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """What the folder of photos and the table of photos do not agree on; all empty when all is well.

    Parameters
    ----------
    files_without_rows : tuple of str
        Whole files that no patient has: an import was cut short after the file was written; importing the same
        photo again uses it.
    rows_without_files : tuple of PhotoRecord
        Photos whose file is missing: only a backup brings it back.
    unfinished : tuple of str
        Files that never became whole.
    damaged : tuple of PhotoRecord
        Photos whose file has another content than was stored; looked for only when asked.
    """

    files_without_rows: tuple[str, ...] = ()
    rows_without_files: tuple[PhotoRecord, ...] = ()
    unfinished: tuple[str, ...] = ()
    damaged: tuple[PhotoRecord, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.files_without_rows or self.rows_without_files or self.unfinished or self.damaged)


class Photos:
    """Photos with their files.

    Parameters
    ----------
    database : Database
        Rows.
    files : PhotoFiles
        Bytes.
    step : callable
        Called with a name between any two steps of a write.
    """

    def __init__(self, database: Database, files: PhotoFiles, step: Step) -> None:
        self._database = database
        self._files = files
        self._step = step

    def add(self, photo: PhotoRecord, data: bytes, *, shared: bool = False) -> PhotoRecord:
        """Store a photo: its file first, whole and on the disk, then its row.

        Parameters
        ----------
        photo : PhotoRecord
            Not stored yet.
        data : bytes
            The file as it came.
        shared : bool
            Whether it may be another patient's photo as well.

        Returns
        -------
        PhotoRecord
            With its number.

        Raises
        ------
        DuplicateError
            When the patient has it already, or another patient has it and `shared` is not said.
        """
        if hashlib.sha256(data).hexdigest() != photo.sha256:
            raise OptionError(f"The bytes of {photo.file_name!r} are not those of its SHA-256.")
        with self._database.reading() as transaction:
            _check_new(transaction, photo, shared)
        self._step("checked")
        self._files.keep(data, name_of(photo.sha256, photo.file_format), self._step)
        with self._database.writing() as transaction:
            stored = insert_photo(transaction, photo, shared)
            self._step("row written")
        self._step("row kept")
        return stored

    def of_patient(self, patient: Patient) -> tuple[PhotoRecord, ...]:
        """Return a patient's photos, oldest first."""
        return self._all(PhotoRow.patient_id == patient.id)

    def of_course(self, course: Course) -> tuple[PhotoRecord, ...]:
        """Return a course's photos, oldest first."""
        return self._all(PhotoRow.course_id == course.id)

    def _all(self, condition: ColumnElement[bool]) -> tuple[PhotoRecord, ...]:
        statement = select(PhotoRow).where(condition)
        with self._database.reading() as transaction:
            rows = transaction.scalars(statement.order_by(PhotoRow.captured_utc, PhotoRow.id))
            return tuple(map(photo_of, rows))

    def owners(self, sha256: str) -> tuple[tuple[Patient, PhotoRecord], ...]:
        """Return who has a photo with this content."""
        statement = select(PatientRow, PhotoRow).join(PhotoRow, PhotoRow.patient_id == PatientRow.id)
        with self._database.reading() as transaction:
            rows = transaction.execute(statement.where(PhotoRow.sha256 == sha256).order_by(PhotoRow.id))
            return tuple((patient_of(patient), photo_of(photo)) for patient, photo in rows)

    def read(self, photo: PhotoRecord) -> bytes:
        """Return the bytes of a photo, as they came."""
        return self._files.read(name_of(photo.sha256, photo.file_format))

    def sweep(self, *, contents: bool = False) -> Sweep:
        """Compare the folder with the table; nothing is changed.

        Parameters
        ----------
        contents : bool
            Whether to read every file and check its hash.
        """
        with self._database.reading() as transaction:
            wanted = {
                name_of(sha256, file_format)
                for sha256, file_format in transaction.execute(select(PhotoRow.sha256, PhotoRow.file_format))
            }
        there = {file.name for file in self._files.stored()}
        missing = wanted - there
        rows: tuple[PhotoRecord, ...] = ()
        if missing or contents:
            rows = self._all(PhotoRow.id > 0)
        named = [(name_of(one.sha256, one.file_format), one) for one in rows]
        return Sweep(
            files_without_rows=tuple(sorted(there - wanted)),
            rows_without_files=tuple(one for name, one in named if name in missing),
            unfinished=tuple(self._files.unfinished()),
            damaged=tuple(one for name, one in named if contents and name in there and self._is_damaged(one)),
        )

    def _is_damaged(self, photo: PhotoRecord) -> bool:
        return hashlib.sha256(self.read(photo)).hexdigest() != photo.sha256

    def clear(self, sweep: Sweep) -> int:
        """Remove the files that a sweep found without rows or unfinished; return how many.

        No import may run meanwhile: its newest file has no row yet.
        """
        names = (*sweep.files_without_rows, *sweep.unfinished)
        for name in names:
            self._files.remove(name)
        return len(names)


def insert_photo(transaction: Transaction, photo: PhotoRecord, shared: bool) -> PhotoRecord:
    """Store the row of a photo within a transaction."""
    _check_new(transaction, photo, shared)
    course = transaction.get(CourseRow, photo.course_id)
    if course is None or course.patient_id != photo.patient_id:
        raise NotFoundError("The course of this photo is not in the store any more; somebody removed it.")
    row = PhotoRow(**photo_columns(photo))
    transaction.add(row)
    transaction.flush()
    return dataclasses.replace(photo, id=row.id)


def _check_new(transaction: Transaction, photo: PhotoRecord, shared: bool) -> None:
    statement = select(PhotoRow.patient_id, PatientRow.code).join(
        PatientRow, PatientRow.id == PhotoRow.patient_id
    )
    for patient_id, code in transaction.execute(statement.where(PhotoRow.sha256 == photo.sha256)):
        if patient_id == photo.patient_id:
            raise DuplicateError(f"{photo.file_name!r} is stored for this patient already.")
        if not shared:
            raise DuplicateError(f"{photo.file_name!r} is stored for patient {code} already.")
