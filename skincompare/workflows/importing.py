"""Bring photos into the store: many files or folders at once, each with its own result, again and again."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from pathlib import Path

from skincompare.errors import DuplicateError, OptionError, PhotoError, PhotoProblem
from skincompare.photo import MAX_FILE_BYTES, Photo, read_photo
from skincompare.photo_metadata import CaptureTime
from skincompare.records import Clinic, Course, Patient, PhotoRecord, TimeSource, View, session_of
from skincompare.store import Store
from skincompare.workflows.views import keep_small_pictures

__all__ = [
    "ImportPlan",
    "ImportStatus",
    "ImportedFile",
    "IncomingFile",
    "find_photos",
    "import_photos",
    "moment_taken",
    "read_incoming",
    "record_of",
    "sha256_of",
]

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
class IncomingFile:
    """A file to import, from this machine or sent to it.

    Parameters
    ----------
    name : str
        What it is called.
    source : Path or callable
        A file of this machine, whose own time counts where the photo says none; or what returns the bytes of a file
        whose time is not known, called anew each time so that they are not held.
    captured : datetime or None
        When this one was taken, as somebody said: it goes before what the plan and the file say.
    captured_source : TimeSource
        Where `captured` comes from.
    view : View or None
        From where this one was taken, when it is not that of the plan.
    """

    name: str
    source: Path | Callable[[], bytes]
    captured: datetime | None = None
    captured_source: TimeSource = TimeSource.TYPED
    view: View | None = None

    @property
    def place(self) -> str:
        """Its path, or its name where it has none."""
        return str(self.source) if isinstance(self.source, Path) else self.name


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """One file of an import and what became of it; `photo` is None when it was refused."""

    file: IncomingFile
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
    store: Store, plan: ImportPlan, files: Sequence[Path | IncomingFile], progress: Progress | None = None
) -> Iterator[ImportedFile]:
    """Store photos one after the other. Running it again stores only what is missing.

    Parameters
    ----------
    store : Store
        Where to.
    plan : ImportPlan
        Whose photos they are.
    files : sequence of Path or IncomingFile
        What comes; a path is a file of this machine.
    progress : callable, optional
        Called with the name of a file and the share done, in [0, 1].

    Yields
    ------
    ImportedFile
        One for each file; one that is no photo is refused with a sentence, and the others go on.

    Raises
    ------
    DuplicateError
        Before anything is stored, when another patient has one of the photos and the plan does not say that this is
        meant: the wrong patient may have been chosen.
    StoreUnavailableError
        When the store cannot be written; what was stored before stays.
    """
    incoming = [one if isinstance(one, IncomingFile) else IncomingFile(one.name, one) for one in files]
    if not plan.shared:
        _refuse_photos_of_others(store, plan, incoming)
    clinic, sessions = store.people.clinic(), store.treatments.sessions(plan.course)
    there = {photo.sha256: photo for photo in store.photos.of_patient(plan.patient)}
    for index, file in enumerate(incoming):
        if progress:
            progress(file.name, index / len(incoming))
        try:
            photo, data = read_incoming(file)
            if photo.sha256 in there:
                said = f"stored before, as {there[photo.sha256].file_name}"
                yield ImportedFile(file, ImportStatus.ALREADY_THERE, there[photo.sha256], said)
                continue
            record = record_of(file, photo, len(data), plan, clinic)
            own = session_of(sessions, record.captured)
            stored = store.photos.add(
                replace(record, session_id=own.id if own else None), data, shared=plan.shared
            )
        except (PhotoError, OptionError, DuplicateError) as error:
            yield ImportedFile(file, ImportStatus.REFUSED, None, str(error))
            continue
        there[stored.sha256] = stored
        keep_small_pictures(store, photo)
        del photo, data  # they are not held while somebody looks at the result
        yield ImportedFile(file, ImportStatus.STORED, stored, "")


def _is_photo(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return path.suffix.lower() in PHOTO_SUFFIXES and not hidden and path.is_file()


def _refuse_photos_of_others(store: Store, plan: ImportPlan, files: Sequence[IncomingFile]) -> None:
    """Stop before anything is stored when a photo is another patient's."""
    for file in files:
        digest = sha256_of(file)
        owners = store.photos.owners(digest) if digest else ()
        others = [patient.code for patient, _ in owners if patient.id != plan.patient.id]
        if others:
            raise DuplicateError(
                f"{file.name} is a photo of patient {', '.join(others)}; nothing was imported. Is "
                f"{plan.patient.code} the right patient? If it belongs to both, say so (in the terminal: --shared)."
            )


def sha256_of(file: IncomingFile) -> str:
    """Return the SHA-256 of a file's bytes; empty when it cannot be read or is far too large for a photo."""
    try:
        if not isinstance(file.source, Path):
            return hashlib.sha256(file.source()).hexdigest()
        if file.source.stat().st_size > MAX_FILE_BYTES:
            return ""
        with file.source.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""  # told when its turn comes


def read_incoming(file: IncomingFile) -> tuple[Photo, bytes]:
    """Read a file once: what is in it, and its bytes as they are.

    Raises
    ------
    PhotoError
        When it is no usable photo.
    OptionError
        When it changed meanwhile.
    """
    if not isinstance(file.source, Path):
        try:
            data = file.source()
        except OSError as error:
            message = f"{file.name!r} is not here any more: choose it again."
            raise PhotoError(PhotoProblem.NOT_FOUND, message) from error
        return read_photo(data, name=file.name), data
    photo = read_photo(file.source)
    data = file.source.read_bytes()
    if hashlib.sha256(data).hexdigest() != photo.sha256:
        raise OptionError(f"{file.name} changed while it was read; import it again.")
    return photo, data


def record_of(
    file: IncomingFile, photo: Photo, n_bytes: int, plan: ImportPlan, clinic: Clinic
) -> PhotoRecord:
    """Return what the store will know of a photo.

    Raises
    ------
    OptionError
        When it does not say when it was taken, or a close-up has no site.
    """
    found = moment_taken(file, photo.captured, plan, clinic)
    if found is None:
        raise OptionError(
            f"{photo.name} does not say when it was taken; give --date, as in 2026-03-03T10:00+01:00."
        )
    captured, source = found
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
        view=file.view or plan.view,
        site=plan.site,
        camera=camera,
        px_per_mm=plan.px_per_mm,
    )


def moment_taken(
    file: IncomingFile, found: CaptureTime | None, plan: ImportPlan, clinic: Clinic
) -> tuple[datetime, TimeSource] | None:
    """Return when a photo was taken and who says so.

    Parameters
    ----------
    file : IncomingFile
        What was said of this file goes first.
    found : CaptureTime or None
        What its EXIF record or its file says; goes last.
    plan : ImportPlan
        What was said of all files goes second.
    clinic : Clinic
        Its zone counts where none is told.

    Returns
    -------
    (datetime, TimeSource) or None
        With its zone; None when nobody knows.
    """
    for typed, source in ((file.captured, file.captured_source), (plan.captured, TimeSource.TYPED)):
        if typed is not None:
            return (typed if typed.tzinfo else typed.replace(tzinfo=clinic.zone)), source
    if found is None:
        return None
    if found.utc_offset_minutes is None:
        return found.local.replace(tzinfo=clinic.zone), TimeSource.EXIF_CLINIC_ZONE
    zone = timezone(timedelta(minutes=found.utc_offset_minutes))
    source = TimeSource.EXIF if found.source == "exif" else TimeSource.FILE
    return found.local.replace(tzinfo=zone), source
