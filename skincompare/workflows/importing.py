"""Bring photos into the store: many files or folders at once, each with its own result, again and again."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from pathlib import Path

from skincompare.errors import DuplicateError, OptionError, PhotoError
from skincompare.photo import MAX_FILE_BYTES, Photo, read_photo
from skincompare.photo_metadata import CaptureTime
from skincompare.records import Clinic, Course, Patient, PhotoRecord, TimeSource, View, session_of
from skincompare.store import Store
from skincompare.workflows.views import keep_small_pictures

__all__ = ["ImportPlan", "ImportStatus", "ImportedFile", "find_photos", "import_photos"]

Progress = Callable[[str, float], None]

PHOTO_SUFFIXES = frozenset((".jpg", ".jpeg", ".mpo", ".png", ".webp", ".tif", ".tiff", ".heic", ".heif"))
"""Endings of the files that are taken out of a folder; a file that is named is tried whatever its ending."""


class ImportStatus(StrEnum):
    """What became of a file."""

    STORED = "stored"
    ALREADY_THERE = "already there"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """Where photos go, and what is known about all of them.

    Parameters
    ----------
    patient, course : Patient, Course
        Whose, and of which course.
    view : View
        From where they were taken.
    site : str
        The place on the body of close-ups.
    captured : datetime or None
        When they were taken, typed in by a person: it goes before what the files say.
    px_per_mm : float or None
        Their scale, when known.
    shared : bool
        Whether a photo that another patient has is wanted here as well.
    """

    patient: Patient
    course: Course
    view: View = View.FRONT
    site: str = ""
    captured: datetime | None = None
    px_per_mm: float | None = None
    shared: bool = False


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """One file of an import and what became of it; `photo` is None when it was refused."""

    path: Path
    status: ImportStatus
    photo: PhotoRecord | None
    sentence: str


def find_photos(places: Iterable[str | Path]) -> tuple[Path, ...]:
    """Return the files to import: those named, and the photos in the folders named, sorted within each.

    Raises
    ------
    OptionError
        When a place is missing, or a folder holds no photo.
    """
    found: dict[Path, None] = {}
    for place in map(Path, places):
        if not place.is_dir():
            found[place] = None
            continue
        inside = sorted(path for path in place.rglob("*") if _is_photo(path, place))
        if not inside:
            raise OptionError(f"There is no photo in the folder {place}; give another folder, or name files.")
        found.update(dict.fromkeys(inside))
    if not found:
        raise OptionError("No photo was named; give files or folders.")
    return tuple(found)


def import_photos(
    store: Store, plan: ImportPlan, paths: Sequence[Path], progress: Progress | None = None
) -> Iterator[ImportedFile]:
    """Store photos one after the other. Running it again stores only what is missing.

    Parameters
    ----------
    store : Store
        Where to.
    plan : ImportPlan
        Whose photos they are.
    paths : sequence of Path
        The files.
    progress : callable, optional
        Called with the name of a file and the share done, in [0, 1].

    Yields
    ------
    ImportedFile
        One for each path; a file that is no photo is refused with a sentence, and the others go on.

    Raises
    ------
    DuplicateError
        Before anything is stored, when another patient has one of the photos and the plan does not say that this is
        meant: the wrong patient may have been chosen.
    StoreUnavailableError
        When the store cannot be written; what was stored before stays.
    """
    if not plan.shared:
        _refuse_photos_of_others(store, plan, paths)
    clinic, sessions = store.people.clinic(), store.treatments.sessions(plan.course)
    there = {photo.sha256: photo for photo in store.photos.of_patient(plan.patient)}
    for index, path in enumerate(paths):
        if progress:
            progress(path.name, index / len(paths))
        try:
            photo, data = _read(path)
            if photo.sha256 in there:
                said = f"stored before, as {there[photo.sha256].file_name}"
                yield ImportedFile(path, ImportStatus.ALREADY_THERE, there[photo.sha256], said)
                continue
            record = _record(photo, len(data), plan, clinic)
            own = session_of(sessions, record.captured)
            stored = store.photos.add(
                replace(record, session_id=own.id if own else None), data, shared=plan.shared
            )
        except (PhotoError, OptionError, DuplicateError) as error:
            yield ImportedFile(path, ImportStatus.REFUSED, None, str(error))
            continue
        there[stored.sha256] = stored
        keep_small_pictures(store, photo)
        yield ImportedFile(path, ImportStatus.STORED, stored, "")


def _is_photo(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return path.suffix.lower() in PHOTO_SUFFIXES and not hidden and path.is_file()


def _refuse_photos_of_others(store: Store, plan: ImportPlan, paths: Sequence[Path]) -> None:
    """Stop before anything is stored when a photo is another patient's."""
    for path in paths:
        try:
            if path.stat().st_size > MAX_FILE_BYTES:
                continue
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError:
            continue  # told when its turn comes
        others = [patient.code for patient, _ in store.photos.owners(digest) if patient.id != plan.patient.id]
        if others:
            raise DuplicateError(
                f"{path.name} is a photo of patient {', '.join(others)}; nothing was imported. Is "
                f"{plan.patient.code} the right patient? If it belongs to both, add --shared."
            )


def _read(path: Path) -> tuple[Photo, bytes]:
    """Read a file once: its bytes as they are, and what is in it."""
    photo = read_photo(path)
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != photo.sha256:
        raise OptionError(f"{path.name} changed while it was read; import it again.")
    return photo, data


def _record(photo: Photo, n_bytes: int, plan: ImportPlan, clinic: Clinic) -> PhotoRecord:
    captured, source = _capture_time(photo.captured, plan.captured, clinic, photo.name)
    camera = " ".join(filter(None, (photo.camera.make, photo.camera.model))) if photo.camera else ""
    assert plan.patient.id is not None
    assert plan.course.id is not None
    return PhotoRecord(
        patient_id=plan.patient.id,
        course_id=plan.course.id,
        sha256=photo.sha256,
        file_name=photo.name,
        file_format=photo.file_format,
        n_bytes=n_bytes,
        width=photo.width,
        height=photo.height,
        captured=captured,
        captured_source=source,
        view=plan.view,
        site=plan.site,
        camera=camera,
        px_per_mm=plan.px_per_mm,
    )


def _capture_time(
    found: CaptureTime | None, typed: datetime | None, clinic: Clinic, name: str
) -> tuple[datetime, TimeSource]:
    """Return when a photo was taken: as typed in, else by its EXIF record, else by its file."""
    if typed is not None:
        return (typed if typed.tzinfo else typed.replace(tzinfo=clinic.zone)), TimeSource.TYPED
    if found is None:
        raise OptionError(
            f"{name} does not say when it was taken; give --date, as in 2026-03-03T10:00+01:00."
        )
    if found.utc_offset_minutes is None:
        return found.local.replace(tzinfo=clinic.zone), TimeSource.EXIF_CLINIC_ZONE
    zone = timezone(timedelta(minutes=found.utc_offset_minutes))
    source = TimeSource.EXIF if found.source == "exif" else TimeSource.FILE
    return found.local.replace(tzinfo=zone), source
