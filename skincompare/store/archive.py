"""One patient as a ZIP file (originals, JSON, CSV, a README), and back into a store."""

import dataclasses
import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from skincompare.errors import DuplicateError, OptionError, StoreError, StoreUnavailableError
from skincompare.records import (
    Analysis,
    Annotation,
    Consent,
    Course,
    Grade,
    Patient,
    PhotoRecord,
    Session,
    TickedSymptom,
)
from skincompare.records.plain import from_plain, to_plain
from skincompare.spreadsheet import csv_text
from skincompare.store.aftercare import insert_symptom
from skincompare.store.analyses import insert_analysis
from skincompare.store.annotations import insert_annotation
from skincompare.store.archive_names import leaf_names, manifest, old_leaf
from skincompare.store.files import name_of
from skincompare.store.people import insert_patient
from skincompare.store.photos import insert_photo
from skincompare.store.store import Store
from skincompare.store.tables import ConsentRow
from skincompare.store.treatments import insert_course, insert_grade, insert_session

__all__ = ["ARCHIVE_SCHEMA", "export_patient", "restore_patient"]

ARCHIVE_SCHEMA = 2
"""Version of ``patient.json``; raised when a reader of it would break. In 1 a photo was named by its SHA-256."""
MAX_JSON_BYTES = 500_000_000
"""Largest ``patient.json`` that is read [judgement: 100,000 photos' measurements]."""
MAX_PHOTO_BYTES = 200 * 1024 * 1024
"""Largest photo that is read, bytes: as when it was imported."""
FIXED_TIME = (1980, 1, 1, 0, 0, 0)
"""Time of the files inside, so that the same patient gives the same bytes."""
COLUMNS = (
    *(
        "photo",
        "captured",
        "baseline",
        "region",
        "quantity",
        "unit",
        "before",
        "after",
        "change",
        "sigma",
        "mdc95",
    ),
    *("verdict", "flags", "metric", "version", "options", "rung"),
)
README = """This archive holds one patient's records from skincompare {version}.

patient.json      patient, consents, courses, sessions, symptoms, grades, photos, analyses, annotations
                  (schema {schema})
measurements.csv  one line for each photo, region and quantity: change against the baseline, with its error
photos/           the original photo files, byte for byte: date, day since the treatment, view, begin of the SHA-256
manifest.csv      one line for each photo: its file, whole SHA-256, when and from where it was taken

To put it into another store: skincompare patient restore FILE.zip
It holds photos of a person: treat it as you treat the photos. These are measurements, not a diagnosis.
"""


def export_patient(store: Store, patient: Patient, path: Path, *, version: str) -> int:
    """Write one patient into a ZIP file.

    Parameters
    ----------
    store : Store
        Where the patient is.
    patient : Patient
        Who.
    path : Path
        The file; it appears whole or not at all.
    version : str
        Of this package, for the README.

    Returns
    -------
    int
        Photos in it.

    Raises
    ------
    StoreError
        When a photo's file is missing or is not what was stored.
    StoreUnavailableError
        When the file cannot be written.
    """
    photos = store.photos.of_patient(patient)
    courses = store.treatments.courses(patient)
    names = leaf_names(
        photos, {one.id: store.treatments.sessions(one) for one in courses if one.id is not None}
    )
    plain = {**_gathered(store, patient), "photo_files": names}
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with zipfile.ZipFile(temporary, "x", zipfile.ZIP_DEFLATED) as archive:
            _put(archive, "README.txt", README.format(version=version, schema=ARCHIVE_SCHEMA).encode())
            _put(archive, "patient.json", (json.dumps(plain, indent=1, ensure_ascii=False) + "\n").encode())
            _put(archive, "measurements.csv", _csv(store, photos).encode())
            _put(archive, "manifest.csv", manifest(photos, names).encode())
            for photo in photos:
                data = store.photos.read(photo)
                _check_hash(data, photo)
                _put(archive, f"photos/{names[photo.sha256]}", data, zipfile.ZIP_STORED)
        with temporary.open("rb") as stream:
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError as error:
        raise StoreUnavailableError(f"{path} cannot be written ({error.strerror or error}).") from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    return len(photos)


def restore_patient(store: Store, path: Path, *, code: str | None = None) -> Patient:
    """Put a patient from a ZIP file into a store: everything, or nothing.

    Parameters
    ----------
    store : Store
        Where to.
    path : Path
        The file.
    code : str, optional
        Another code, where that of the file is taken.

    Raises
    ------
    OptionError
        When the file is no archive of a patient, or is damaged.
    DuplicateError
        When this patient is in the store already, or the code is taken.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            content = _content(archive, path)
            photos = [from_plain(PhotoRecord, one) for one in _list(content, "photos")]
            patient = from_plain(Patient, _field(content, "patient"))
            if store.people.find_uid(patient.uid) is not None:
                raise DuplicateError(f"Patient {patient.code} of {path} is in this store already.")
            if store.people.find(code or patient.code) is not None:
                raise DuplicateError(
                    f"This store has another patient with the code {code or patient.code!r}; "
                    "give a new one with --code."
                )
            names = content.get("photo_files", {})
            for photo in photos:
                leaf = (
                    names.get(photo.sha256, old_leaf(photo)) if isinstance(names, dict) else old_leaf(photo)
                )
                data = _limited(archive, f"photos/{leaf}", MAX_PHOTO_BYTES)
                _check_hash(data, photo)
                store.keep_file(data, name_of(photo.sha256, photo.file_format))
    except (
        OSError,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        EOFError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        if isinstance(error, OptionError):
            raise
        raise OptionError(f"{path} is no archive of a patient, or it is damaged ({error}).") from error
    fresh = dataclasses.replace(patient, id=None, code=code or patient.code)
    return _insert_all(store, fresh, photos, content)


def _gathered(store: Store, patient: Patient) -> dict[str, Any]:
    courses = store.treatments.courses(patient)
    photos = store.photos.of_patient(patient)
    return {
        "schema_version": ARCHIVE_SCHEMA,
        "patient": to_plain(patient),
        "consents": to_plain(store.people.consents(patient)),
        "courses": to_plain(courses),
        "sessions": [to_plain(one) for course in courses for one in store.treatments.sessions(course)],
        "symptoms": [to_plain(one) for course in courses for one in store.aftercare.symptoms(course)],
        "grades": to_plain(store.treatments.grades(patient)),
        "photos": to_plain(photos),
        "analyses": to_plain(store.analyses.of_photos(one.id for one in photos if one.id is not None)),
        "annotations": to_plain(store.annotations.of_patient(patient)),
    }


def _csv(store: Store, photos: tuple[PhotoRecord, ...]) -> str:
    by_id = {photo.id: photo for photo in photos if photo.id is not None}
    rows = []
    for analysis in store.analyses.of_photos(by_id):
        photo, baseline = by_id[analysis.photo_id], by_id[analysis.baseline_id]
        for change in analysis.changes:
            method = change.after.method
            rows.append(
                (
                    photo.sha256,
                    photo.captured.isoformat(),
                    baseline.sha256,
                    change.region,
                    change.metric,
                    change.unit,
                    *(change.before.value, change.after.value, change.change, change.sigma, change.mdc95),
                    change.verdict.value,
                    " ".join(flag.code for flag in change.flags),
                    method.name,
                    method.version,
                    json.dumps(dict(method.options)),
                    analysis.rung,
                )
            )
    return csv_text(COLUMNS, rows)


def _put(archive: zipfile.ZipFile, name: str, data: bytes, kind: int = zipfile.ZIP_DEFLATED) -> None:
    info = zipfile.ZipInfo(name, FIXED_TIME)
    info.compress_type = kind
    info.external_attr = 0o600 << 16
    archive.writestr(info, data)


def _check_hash(data: bytes, photo: PhotoRecord) -> None:
    if hashlib.sha256(data).hexdigest() != photo.sha256:
        raise StoreError(f"The photo {photo.file_name!r} is damaged: its content is not what was stored.")


def _limited(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    """Read a member, but never more than the limit."""
    with archive.open(name) as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise OptionError(f"{name} in the archive is larger than {limit // 1024**2} MB.")
    return data


def _content(archive: zipfile.ZipFile, path: Path) -> Mapping[str, Any]:
    content = json.loads(_limited(archive, "patient.json", MAX_JSON_BYTES))
    version = content.get("schema_version") if isinstance(content, dict) else None
    if not isinstance(content, dict) or not isinstance(version, int):
        raise OptionError(f"{path} is no archive of a patient: its patient.json has no schema_version.")
    if version > ARCHIVE_SCHEMA:
        raise OptionError(
            f"{path} was written by a newer skincompare (archive {version}; this one reads {ARCHIVE_SCHEMA}); "
            "install the newer version."
        )
    return content


def _field(content: Mapping[str, Any], name: str) -> Any:
    if name not in content:
        raise OptionError(f"The archive's patient.json has no {name!r}.")
    return content[name]


def _list(content: Mapping[str, Any], name: str) -> list[Any]:
    found = _field(content, name)
    if not isinstance(found, list):
        raise OptionError(f"The archive's {name!r} is no list.")
    return found


def _insert_all(
    store: Store, patient: Patient, photos: list[PhotoRecord], content: Mapping[str, Any]
) -> Patient:
    """Store all rows in one transaction, with this store's own numbers."""
    numbers: dict[tuple[str, int | None], int | None] = {}

    def new(kind: str, old: int | None) -> int:
        found = numbers.get((kind, old))
        if found is None:
            raise OptionError(f"The archive speaks of a {kind} {old} that is not in it.")
        return found

    with store.database.writing() as transaction:
        stored = insert_patient(transaction, patient, store.actor)
        assert stored.id is not None
        moved: Callable[..., Any] = dataclasses.replace
        for plain in _list(content, "courses"):
            course = from_plain(Course, plain)
            fresh_course = moved(course, id=None, patient_id=stored.id)
            numbers["course", course.id] = insert_course(transaction, fresh_course, store.actor).id
        for plain in _list(content, "sessions"):
            session = from_plain(Session, plain)
            fresh_session = moved(session, id=None, course_id=new("course", session.course_id))
            numbers["session", session.id] = insert_session(transaction, fresh_session, store.actor).id
        for plain in content.get("symptoms", ()):  # archives of older versions have none
            ticked = from_plain(TickedSymptom, plain)
            insert_symptom(transaction, moved(ticked, id=None, session_id=new("session", ticked.session_id)))
        for photo in photos:
            own = None if photo.session_id is None else new("session", photo.session_id)
            place = {"patient_id": stored.id, "course_id": new("course", photo.course_id), "session_id": own}
            numbers["photo", photo.id] = insert_photo(transaction, moved(photo, id=None, **place), True).id
        for plain in _list(content, "grades"):
            grade = from_plain(Grade, plain)
            own = None if grade.session_id is None else new("session", grade.session_id)
            insert_grade(transaction, moved(grade, id=None, patient_id=stored.id, session_id=own))
        for plain in _list(content, "consents"):
            consent = from_plain(Consent, plain)
            fields = {**dataclasses.asdict(consent), "id": None, "patient_id": stored.id}
            transaction.add(ConsentRow(**fields))
        for plain in _list(content, "analyses"):
            analysis = from_plain(Analysis, plain)
            place = {
                "photo_id": new("photo", analysis.photo_id),
                "baseline_id": new("photo", analysis.baseline_id),
            }
            insert_analysis(transaction, moved(analysis, id=None, **place))
        for plain in content.get("annotations", ()):  # archives of older versions have none
            drawn = from_plain(Annotation, plain)
            ends = {name: new("photo", getattr(drawn, name)) for name in ("before_id", "after_id")}
            insert_annotation(transaction, moved(drawn, id=None, **ends))
    return stored
