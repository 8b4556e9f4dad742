"""What an import would do, before it does it: dates to confirm, duplicates, other patients' photos, new baselines."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from skincompare.errors import OptionError, PhotoError
from skincompare.imaging.face import find_faces
from skincompare.photo_metadata import CaptureTime
from skincompare.records import Clinic, PhotoRecord, Session, TimeSource, View, baseline_of
from skincompare.report.figures import encode_jpeg, shrunk
from skincompare.store import Store
from skincompare.workflows.importing import (
    ImportPlan,
    IncomingFile,
    moment_taken,
    read_incoming,
)

__all__ = ["Doubt", "Expected", "Outlook", "SeenFile", "Standing", "expect", "see"]

THUMB_PX = 320
"""Longer side of the small picture of a file, px."""
LOOKED_AT_PX = 1000
"""Longer side at which a file is looked at, px at least."""
TURNED_DEGREES = 20.0
"""Turn of the head from which a photo is no front view: half way to a three-quarter view of 40 degrees [judgement].
With the head turned to the patient's left the camera sees the right side."""
FIRST_YEAR = 2005
"""Capture times before this year are those of a camera whose clock was never set [judgement]."""
CLOCK_AHEAD = timedelta(hours=26)
"""How far a capture time may lie in the future: the widest difference of two zones [judgement]."""


class Standing(StrEnum):
    """What would become of a file."""

    READY = "ready"
    TO_CONFIRM = "to confirm"
    ALREADY_THERE = "already there"
    TWICE = "twice"
    OF_ANOTHER = "of another patient"
    REFUSED = "refused"


class Doubt(StrEnum):
    """Why a capture time wants confirming."""

    MISSING = "missing"
    FILE_ONLY = "file only"
    IN_FUTURE = "in the future"
    CLOCK_NOT_SET = "clock not set"
    DAY_OF_TREATMENT = "day of treatment"


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class SeenFile:
    """A file that was looked at: what is in it, whoever it belongs to.

    Parameters
    ----------
    file : IncomingFile
        The file.
    sha256 : str
        Of its bytes; empty when it could not be read.
    file_format : str
        ``JPEG``, ``PNG`` ...
    n_bytes, width, height : int
        Size of the file and of the upright picture, px.
    captured : CaptureTime or None
        When it was taken by its own record or file.
    thumb : bytes
        A small JPEG of it.
    problem : str
        Why it is no usable photo, and what to do; empty when it is one.
    face_view : View or None
        From where the face was taken, as far as its mesh tells; None without one, as on a profile or a close-up.
    """

    file: IncomingFile
    sha256: str = ""
    file_format: str = ""
    n_bytes: int = 0
    width: int = 0
    height: int = 0
    captured: CaptureTime | None = None
    thumb: bytes = b""
    problem: str = ""
    face_view: View | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """What an import would do with a file.

    Parameters
    ----------
    seen : SeenFile
        The file.
    standing : Standing
        What would become of it.
    captured : datetime or None
        When it was taken, with its zone.
    source : TimeSource or None
        Who says so.
    doubt : Doubt or None
        Why that wants confirming.
    others : tuple of str
        What this one stands beside: codes of the patients who have it, or the name of the file that is the same.
    is_baseline : bool
        Whether all others of its view would be compared with it.
    """

    seen: SeenFile
    standing: Standing
    captured: datetime | None = None
    source: TimeSource | None = None
    doubt: Doubt | None = None
    others: tuple[str, ...] = ()
    is_baseline: bool = False


@dataclass(frozen=True, slots=True)
class Outlook:
    """What an import would do.

    Parameters
    ----------
    files : tuple of Expected
        In the order they came.
    replaced : tuple of PhotoRecord
        Stored baselines that would not be the baseline any more.
    without_baseline : tuple of (str, str)
        View and site of photos that would have nothing from before the treatment to be compared with.
    has_session : bool
        Whether the course has a session; without any the earliest photo counts as the baseline.
    """

    files: tuple[Expected, ...]
    replaced: tuple[PhotoRecord, ...] = ()
    without_baseline: tuple[tuple[str, str], ...] = ()
    has_session: bool = True


def see(file: IncomingFile) -> SeenFile:
    """Look into a file; what is wrong with it is told in the result. It takes as long as decoding the photo."""
    try:
        photo, data = read_incoming(file)
    except (PhotoError, OptionError) as error:
        return SeenFile(file, problem=str(error))
    step = max(1, max(photo.width, photo.height) // LOOKED_AT_PX)
    small = np.ascontiguousarray(photo.pixels[::step, ::step])  # a quick look: no number comes from it
    return SeenFile(
        file,
        photo.sha256,
        photo.file_format,
        len(data),
        photo.width,
        photo.height,
        photo.captured,
        encode_jpeg(shrunk(small, THUMB_PX)),
        face_view=_face_view(small),
    )


def _face_view(pixels: npt.NDArray[np.uint8]) -> View | None:
    faces = find_faces(pixels, thorough=False)
    if not faces:
        return None
    yaw = faces[0].yaw_degrees
    if abs(yaw) < TURNED_DEGREES:
        return View.FRONT
    return View.RIGHT_THREE_QUARTER if yaw > 0 else View.LEFT_THREE_QUARTER


def expect(
    store: Store,
    plan: ImportPlan,
    seen: Sequence[SeenFile],
    confirmed: Collection[str] = (),
    now: datetime | None = None,
) -> Outlook:
    """Return what an import would do; nothing is stored.

    Parameters
    ----------
    store : Store
        Where the photos would go.
    plan : ImportPlan
        Whose they are; its `shared` says that photos of other patients are wanted here as well.
    seen : sequence of SeenFile
        From :func:`see`; what was said of each file is in its `file`.
    confirmed : collection of str
        SHA-256 of the files whose capture time somebody looked at and found right.
    now : datetime, optional
        The present, with its zone.

    Returns
    -------
    Outlook
        One entry for each file.

    Raises
    ------
    OptionError
        When a close-up has no site.
    """
    clinic, sessions = store.people.clinic(), store.treatments.sessions(plan.course)
    stored = store.photos.of_course(plan.course)
    own = {one.sha256: one for one in store.photos.of_patient(plan.patient)}
    known: dict[str, str] = {}
    found = []
    for one in seen:
        expected = _standing(store, plan, one, own, known)
        if expected is None:
            expected = _dated(one, plan, clinic, sessions, confirmed, now or datetime.now(UTC))
        if one.sha256:
            known.setdefault(one.sha256, one.file.name)
        found.append(expected)
    return _with_baselines(plan, tuple(found), stored, sessions)


def _standing(
    store: Store, plan: ImportPlan, one: SeenFile, own: Mapping[str, PhotoRecord], known: Mapping[str, str]
) -> Expected | None:
    """Return why a file would not be stored, or None."""
    if one.problem:
        return Expected(one, Standing.REFUSED)
    if one.sha256 in own:
        there = own[one.sha256]
        return Expected(
            one, Standing.ALREADY_THERE, there.captured, there.captured_source, None, (there.file_name,)
        )
    if one.sha256 in known:
        return Expected(one, Standing.TWICE, others=(known[one.sha256],))
    others = () if plan.shared else tuple(patient.code for patient, _ in store.photos.owners(one.sha256))
    return Expected(one, Standing.OF_ANOTHER, others=others) if others else None


def _dated(
    one: SeenFile,
    plan: ImportPlan,
    clinic: Clinic,
    sessions: Sequence[Session],
    confirmed: Collection[str],
    now: datetime,
) -> Expected:
    taken = moment_taken(one.file, one.captured, plan, clinic)
    if taken is None:
        return Expected(one, Standing.TO_CONFIRM, doubt=Doubt.MISSING)
    captured, source = taken
    doubt = None if one.sha256 in confirmed else _doubt(captured, source, sessions, clinic, now)
    return Expected(one, Standing.TO_CONFIRM if doubt else Standing.READY, captured, source, doubt)


def _doubt(
    captured: datetime, source: TimeSource, sessions: Sequence[Session], clinic: Clinic, now: datetime
) -> Doubt | None:
    if captured > now + CLOCK_AHEAD:
        return Doubt.IN_FUTURE
    if captured.year < FIRST_YEAR:
        return Doubt.CLOCK_NOT_SET
    if source is TimeSource.FILE:
        return Doubt.FILE_ONLY
    first = min((one.at for one in sessions), default=None)
    if first is None or source in (TimeSource.TYPED, TimeSource.CLOCK):
        return None
    zone = clinic.zone
    on_day = captured.astimezone(zone).date() == first.astimezone(zone).date()
    return Doubt.DAY_OF_TREATMENT if on_day and captured < first else None


def _with_baselines(
    plan: ImportPlan,
    files: tuple[Expected, ...],
    stored: Sequence[PhotoRecord],
    sessions: Sequence[Session],
) -> Outlook:
    """Say which of the files would be a baseline, and which series would have none."""
    coming = {one.seen.sha256: _record(plan, one) for one in files if _would_be_stored(one)}
    every = (*stored, *coming.values())
    baselines = {
        series: baseline_of(every, sessions, series)
        for series in dict.fromkeys(one.series for one in coming.values())
    }
    chosen = {one.sha256 for one in baselines.values() if one is not None}
    earlier = (baseline_of(stored, sessions, series) for series in baselines)
    return Outlook(
        tuple(replace(one, is_baseline=one.seen.sha256 in chosen & coming.keys()) for one in files),
        tuple(one for one in earlier if one is not None and one.sha256 not in chosen),
        tuple(series for series, one in baselines.items() if one is None),
        bool(sessions),
    )


def _would_be_stored(one: Expected) -> bool:
    return one.standing in (Standing.READY, Standing.TO_CONFIRM) and one.captured is not None


def _record(plan: ImportPlan, one: Expected) -> PhotoRecord:
    seen = one.seen
    assert one.captured is not None
    assert one.source is not None
    assert plan.patient.id is not None
    assert plan.course.id is not None
    return PhotoRecord(
        patient_id=plan.patient.id,
        course_id=plan.course.id,
        sha256=seen.sha256,
        file_name=seen.file.name[:255],
        file_format=seen.file_format,
        n_bytes=seen.n_bytes,
        width=seen.width,
        height=seen.height,
        captured=one.captured,
        captured_source=one.source,
        view=seen.file.view or plan.view,
        site=plan.site,
    )
