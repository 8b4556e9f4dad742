"""Patients, their consents and the clinic in the store."""

import dataclasses
import re
import unicodedata
import uuid
from collections.abc import Sequence
from datetime import datetime
from shlex import quote

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session as Transaction

from skincompare.errors import DuplicateError, NotFoundError, OptionError
from skincompare.records import Clinic, Consent, Patient, PatientSummary
from skincompare.store.engine import Database
from skincompare.store.history import FIRST_REVISION, note_change, update_revised
from skincompare.store.mapping import consent_of, moment_of, patient_of
from skincompare.store.tables import (
    ClinicRow,
    ConsentRow,
    CourseRow,
    PatientRow,
    PatientWordRow,
    PhotoRow,
    SessionRow,
)

__all__ = ["PAGE", "People", "insert_patient"]

PAGE = 50
"""Patients on a page of the list."""
LAST_CHARACTER = "\U0010ffff"
"""Sorts after all others: a prefix and this end the range of all words that begin with it."""
ONLY_ROW = 1


class People:
    """Patients and what belongs to no course.

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

    def clinic(self) -> Clinic:
        """Return the clinic, or one with nothing but its defaults."""
        with self._database.reading() as transaction:
            row = transaction.get(ClinicRow, ONLY_ROW)
            if row is None:
                return Clinic()
            return Clinic(name=row.name, time_zone=row.time_zone, locale=row.locale)

    def has_clinic(self) -> bool:
        """Return whether anybody said yet what the clinic is: its name, its zone."""
        with self._database.reading() as transaction:
            return transaction.get(ClinicRow, ONLY_ROW) is not None

    def set_clinic(self, clinic: Clinic) -> None:
        """Store the clinic."""
        row = ClinicRow(id=ONLY_ROW, name=clinic.name, time_zone=clinic.time_zone, locale=clinic.locale)
        with self._database.writing() as transaction:
            transaction.merge(row)

    def add(self, patient: Patient) -> Patient:
        """Store a new patient.

        Returns
        -------
        Patient
            With number, uid and revision.

        Raises
        ------
        DuplicateError
            When the code is taken.
        """
        with self._database.writing() as transaction:
            return insert_patient(transaction, patient, self._actor)

    def save(self, patient: Patient) -> Patient:
        """Store a changed patient.

        Parameters
        ----------
        patient : Patient
            As it was read, with changed fields.

        Raises
        ------
        ConflictError
            When somebody else changed it since it was read.
        DuplicateError
            When its new code is taken.
        """
        with self._database.writing() as transaction:
            _check_code(transaction, patient)
            revision = update_revised(
                transaction,
                PatientRow,
                patient.id,
                patient.revision,
                _columns(patient),
                what=f"Patient {patient.code}",
                actor=self._actor,
            )
            if patient.id is not None and revision != patient.revision:
                _set_words(transaction, patient.id, patient)
            return dataclasses.replace(patient, revision=revision)

    def get(self, code: str) -> Patient:
        """Return a patient by code.

        Raises
        ------
        NotFoundError
            When there is none; the sentence names near codes and the command that lists all.
        """
        found = self.find(code)
        if found is not None:
            return found
        near = ", ".join(one.patient.code for one in self.page(search=code[:2], limit=3)) if code else ""
        hint = f" Near: {near}." if near else ""
        raise NotFoundError(
            f"There is no patient with the code {code!r}.{hint} See: skincompare patient list; "
            f"to add one: skincompare patient add {quote(code or 'CODE')}"
        )

    def find(self, code: str) -> Patient | None:
        """Return the patient with this code, or None."""
        with self._database.reading() as transaction:
            row = transaction.scalar(select(PatientRow).where(PatientRow.code == code))
            return None if row is None else patient_of(row)

    def find_uid(self, uid: str) -> Patient | None:
        """Return the patient with this uid, or None."""
        with self._database.reading() as transaction:
            row = transaction.scalar(select(PatientRow).where(PatientRow.uid == uid))
            return None if row is None else patient_of(row)

    def count(self) -> int:
        """Return how many patients there are."""
        with self._database.reading() as transaction:
            return transaction.scalar(select(func.count()).select_from(PatientRow)) or 0

    def page(self, *, search: str = "", after: str = "", limit: int = PAGE) -> tuple[PatientSummary, ...]:
        """Return a page of the list of patients, by code.

        Parameters
        ----------
        search : str
            Beginnings of words of the code or name, in any order; empty for all.
        after : str
            The last code of the page before.
        limit : int
            Patients on the page.
        """
        statement = select(PatientRow).where(PatientRow.code > after).order_by(PatientRow.code).limit(limit)
        for word in folded_words(search):
            begins = select(PatientWordRow.patient_id).where(
                PatientWordRow.word >= word, PatientWordRow.word < word + LAST_CHARACTER
            )
            statement = statement.where(PatientRow.id.in_(begins))
        if search.strip() and not folded_words(search):
            return ()
        with self._database.reading() as transaction:
            patients = [patient_of(row) for row in transaction.scalars(statement)]
            return _summaries(transaction, patients)

    def remove(self, patient: Patient) -> None:
        """Remove a patient and everything that belongs to them, but the files of their photos."""
        with self._database.writing() as transaction:
            transaction.execute(delete(PatientRow).where(PatientRow.id == patient.id))

    def add_consent(self, consent: Consent) -> Consent:
        """Store what a patient agreed to."""
        with self._database.writing() as transaction:
            fields = dataclasses.asdict(consent)
            row = ConsentRow(**{**fields, "id": None})
            transaction.add(row)
            transaction.flush()
            return dataclasses.replace(consent, id=row.id)

    def withdraw_consent(self, consent: Consent) -> None:
        """Store on which day a consent was taken back."""
        with self._database.writing() as transaction:
            row = transaction.get(ConsentRow, consent.id)
            if row is None:
                raise NotFoundError("This consent is not in the store any more; somebody removed it.")
            row.withdrawn_on = consent.withdrawn_on

    def consents(self, patient: Patient) -> tuple[Consent, ...]:
        """Return what a patient agreed to, oldest first."""
        statement = select(ConsentRow).where(ConsentRow.patient_id == patient.id)
        with self._database.reading() as transaction:
            rows = transaction.scalars(statement.order_by(ConsentRow.given_on, ConsentRow.id))
            return tuple(map(consent_of, rows))


def insert_patient(transaction: Transaction, patient: Patient, actor: str) -> Patient:
    """Store a new patient within a transaction."""
    if patient.id is not None:
        raise OptionError(f"Patient {patient.code} is stored already; save changes instead of adding again.")
    _check_code(transaction, patient)
    stored = dataclasses.replace(patient, uid=patient.uid or uuid.uuid4().hex, revision=FIRST_REVISION)
    row = PatientRow(**_columns(stored), uid=stored.uid, revision=FIRST_REVISION)
    transaction.add(row)
    transaction.flush()
    stored = dataclasses.replace(stored, id=row.id)
    _set_words(transaction, row.id, stored)
    note_change(transaction, "patient", row.id, FIRST_REVISION, [], actor)
    return stored


def folded_words(text: str) -> tuple[str, ...]:
    """Return the words of a text in lower case without accents, each once."""
    plain = unicodedata.normalize("NFKD", text)
    letters = "".join(one for one in plain if not unicodedata.combining(one)).casefold()
    return tuple(dict.fromkeys(re.findall(r"\w+", letters)))


def _set_words(transaction: Transaction, patient_id: int, patient: Patient) -> None:
    transaction.execute(delete(PatientWordRow).where(PatientWordRow.patient_id == patient_id))
    words = folded_words(f"{patient.code} {patient.display_name}")
    transaction.add_all(PatientWordRow(word=word, patient_id=patient_id) for word in words)


def _columns(patient: Patient) -> dict[str, object]:
    return {
        "code": patient.code,
        "display_name": patient.display_name,
        "birth_year": patient.birth_year,
        "fitzpatrick": None if patient.fitzpatrick is None else patient.fitzpatrick.value,
        "notes": patient.notes,
        "is_simulated": patient.is_simulated,
    }


def _check_code(transaction: Transaction, patient: Patient) -> None:
    taken = select(PatientRow.id).where(PatientRow.code == patient.code)
    if transaction.scalar(taken) not in (None, patient.id):
        raise DuplicateError(
            f"There is a patient with the code {patient.code!r} already: skincompare patient show {quote(patient.code)}"
        )


def _summaries(transaction: Transaction, patients: Sequence[Patient]) -> tuple[PatientSummary, ...]:
    """Count sessions and photos of the patients of one page."""
    numbers = [one.id for one in patients]
    sessions = (
        select(CourseRow.patient_id, func.count(SessionRow.id))
        .join(SessionRow, SessionRow.course_id == CourseRow.id)
        .where(CourseRow.patient_id.in_(numbers))
        .group_by(CourseRow.patient_id)
    )
    photos = (
        select(PhotoRow.patient_id, func.count(PhotoRow.id), func.max(PhotoRow.captured_utc))
        .where(PhotoRow.patient_id.in_(numbers))
        .group_by(PhotoRow.patient_id)
    )
    n_sessions = {row[0]: int(row[1]) for row in transaction.execute(sessions)}
    taken: dict[int, tuple[int, datetime]] = {row[0]: (row[1], row[2]) for row in transaction.execute(photos)}
    return tuple(
        PatientSummary(
            patient=one,
            n_sessions=n_sessions.get(one.id or 0, 0),
            n_photos=taken[one.id][0] if one.id in taken else 0,
            last_photo=moment_of(taken[one.id][1], 0) if one.id in taken else None,
        )
        for one in patients
    )
