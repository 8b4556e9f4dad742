"""What is kept between two runs of a page, and for how long.

Keys are a photo's sha256 and frozen options, never pixels. A result is put into a slot instead of being returned by
a cached function, so that the steps of the work can be shown while it runs. Results of a person's own photos
belong to the session and end with it; those of the sample photos are shared.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt
import streamlit as st

from skincompare.choices import Progress, silent
from skincompare.compare import Comparison, align_subjects, measure_aligned
from skincompare.errors import PhotoError, PhotoProblem, SkincompareError
from skincompare.imaging.mirroring import flipped
from skincompare.imaging.points import PointPairs, parse_points
from skincompare.imaging.regions import face_regions
from skincompare.imaging.subject import Subject, prepare
from skincompare.measurement import Change
from skincompare.photo import Photo, read_photo
from skincompare.recovery import DayOfChanges, RecoveryOutlook, recovery_outlook
from skincompare.report.figures import data_uri, encode_jpeg, shrunk
from skincompare.report.pair_view import PairView, view_of
from skincompare.report.viewer_pair import viewer_pair
from skincompare.ui.words import compare as step_words
from skincompare.ui.words import problems as problem_words
from skincompare.workflows import CoursePhoto, SampleCourse, follow

__all__ = [
    "DayResult",
    "Options",
    "PhotoFile",
    "SideError",
    "compared",
    "comparison_of",
    "followed_day",
    "outlook_of",
    "thumbnail",
]

Made = TypeVar("Made")
ShowAligned = Callable[[npt.NDArray[np.uint8], npt.NDArray[np.uint8]], None]
"""Shows the aligned pair while its changes are still being measured."""

THUMBNAIL_PX = 260
"""Longer side of a thumbnail, px."""
OWN_RESULTS = 4
"""Comparisons of own photos kept in one session, about 2 MB each."""
SAMPLE_RESULTS = 24
"""Comparisons of sample photos kept for all sessions."""
DAYS_KEPT = 40
"""Days of sample courses kept for all sessions: numbers and pictures of about 1 MB each."""


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """The bytes of a photo that were not read yet, and their name.

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        As it was uploaded, for messages.
    """

    data: bytes
    name: str

    @property
    def sha256(self) -> str:
        """Of the bytes."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class Options:
    """What the user said of a pair.

    Parameters
    ----------
    treated, reference : tuple of str
        Regions that were treated, and that were not.
    px_per_mm : float or None
        Scale of the before photo, when known.
    points : bytes or None
        A file of point pairs, as it was uploaded.
    flip_after : bool
        Whether to flip the after photo left-right first.
    chart : bool
        Whether the user said that a colour chart lies in both photos.
    same_person : bool
        Whether the user said that both photos show the same person.
    """

    treated: tuple[str, ...] = ()
    reference: tuple[str, ...] = ()
    px_per_mm: float | None = None
    points: bytes | None = None
    flip_after: bool = False
    chart: bool = False
    same_person: bool = False


@dataclass(frozen=True, eq=False)
class DayResult:
    """What one day of a course says, without the pixels: numbers, pictures, or why there are none."""

    photo: CoursePhoto
    changes: tuple[Change, ...]
    pair: dict[str, Any] | None
    problem: str = ""


class SideError(SkincompareError):
    """One of two photos cannot be used.

    Parameters
    ----------
    side : str
        ``"before"`` or ``"after"``.
    message : str
        What is wrong with it and what to do.
    """

    def __init__(self, side: str, message: str) -> None:
        super().__init__(message)
        self.side = side


@dataclass(eq=False)
class _Slot(Generic[Made]):
    """A place for one result, made by the first who asks; the next one waits for it."""

    lock: Lock = field(default_factory=Lock)
    made: Made | None = None

    def get(self, make: Callable[[], Made]) -> Made:
        with self.lock:
            if self.made is None:
                self.made = make()
            return self.made


@st.cache_resource(max_entries=SAMPLE_RESULTS, show_spinner=False)
def _sample_slot(key: tuple[str, ...], options: Options) -> _Slot[PairView]:
    return _Slot()


@st.cache_resource(max_entries=OWN_RESULTS, scope="session", show_spinner=False)
def _own_slot(key: tuple[str, ...], options: Options) -> _Slot[PairView]:
    return _Slot()


@st.cache_resource(max_entries=DAYS_KEPT, show_spinner=False)
def _day_slot(
    shas: tuple[str, ...], treated: tuple[str, ...], reference: tuple[str, ...]
) -> _Slot[DayResult]:
    return _Slot()


def compared(
    before: PhotoFile,
    after: PhotoFile,
    options: Options,
    *,
    is_sample: bool,
    progress: Progress,
    show_aligned: ShowAligned | None = None,
) -> PairView:
    """Return the comparison of two photos, made now or kept from before.

    Parameters
    ----------
    before, after : PhotoFile
        The photos.
    options : Options
        What the user said of them.
    is_sample : bool
        Whether they are sample photos, whose results all sessions share.
    progress : callable
        Told the name of each step and the share done.
    show_aligned : callable, optional
        Given the aligned pair, two pictures of one shape, before anything of it is measured.

    Returns
    -------
    PairView
        Also when the alignment was refused.

    Raises
    ------
    SideError
        When one of the files is no usable photograph.
    SkincompareError
        When an option does not fit the photo, or the file of point pairs cannot be used.
    """
    key = (before.sha256, after.sha256, before.name, after.name)
    slot = (_sample_slot if is_sample else _own_slot)(key, options)
    return slot.get(lambda: _compare(before, after, options, progress, show_aligned))


def comparison_of(
    before: PhotoFile,
    after: PhotoFile,
    options: Options,
    progress: Progress = silent,
    show_aligned: ShowAligned | None = None,
) -> Comparison:
    """Compare two photos with all their pixels, kept nowhere: for files that are made of them.

    Parameters, errors: as for :func:`compared`.
    """
    progress(step_words.STEP_READING, 0.0)
    first, second = _read(before, "before"), _read(after, "after")
    progress(step_words.STEP_FINDING, 0.15)
    marked = _marked(options, first, second)
    subject = prepare(first, px_per_mm=options.px_per_mm)
    fitting = _fitting(options, subject)
    aligned = align_subjects(
        subject,
        prepare(flipped(second) if options.flip_after else second),
        treated=fitting.treated,
        reference=fitting.reference,
        points=marked,
        same_person=options.same_person,
        chart=options.chart,
        progress=progress,
    )
    if show_aligned is not None and aligned.comparison.alignment.is_aligned:
        show_aligned(*aligned.comparison.aligned_pair)
    return measure_aligned(aligned, progress=progress)


def _compare(
    before: PhotoFile,
    after: PhotoFile,
    options: Options,
    progress: Progress,
    show_aligned: ShowAligned | None,
) -> PairView:
    comparison = comparison_of(before, after, options, progress, show_aligned)
    progress(step_words.STEP_DRAWING, 1.0)
    return view_of(comparison, with_report=True)


def _marked(options: Options, before: Photo, after: Photo) -> PointPairs | None:
    """Return the pairs of points that were uploaded, as places in the photos as they are stored."""
    if options.points is None:
        return None
    sizes = (before.width, before.height), (after.width, after.height)
    return parse_points(options.points, *sizes, source=problem_words.POINT_FILE)


def _fitting(options: Options, before: Subject) -> Options:
    """Keep of the named regions those that the before photo shows."""
    named = (*options.treated, *options.reference)
    if not named:
        return options
    if before.face is None:
        raise SideError("before", problem_words.NO_FACE)
    height, width = before.photo.pixels.shape[:2]
    shown = [region.name for region in face_regions(before.face, (width, height))]
    treated = tuple(name for name in options.treated if name in shown)
    if not treated:
        raise SideError("before", problem_words.REGIONS_NOT_SHOWN)
    return replace(options, treated=treated, reference=tuple(n for n in options.reference if n in shown))


def _read(file: PhotoFile, side: str) -> Photo:
    try:
        return read_photo(file.data, name=file.name)
    except PhotoError as error:
        raise SideError(side, str(error)) from error


def followed_day(course: SampleCourse, photo: CoursePhoto) -> DayResult:
    """Return one day of a course against its baseline, made now or kept from before.

    Parameters
    ----------
    course : SampleCourse
        The course.
    photo : CoursePhoto
        One of its photos after the baseline.

    Raises
    ------
    SkincompareError
        When the baseline cannot be used.
    """
    shas = (_file_sha256(course.baseline.path), _file_sha256(photo.path))
    slot = _day_slot(shas, course.treated, course.reference)
    return slot.get(lambda: _follow_one(course, photo, shas[0]))


def _follow_one(course: SampleCourse, photo: CoursePhoto, baseline_sha256: str) -> DayResult:
    pair_only = replace(course, photos=(course.baseline, photo))
    (day,) = follow(pair_only, baseline=_baseline(baseline_sha256, course.baseline.path))
    if day.comparison is None:
        return DayResult(photo, (), None, day.problem)
    return DayResult(photo, day.comparison.changes, viewer_pair(day.comparison), day.problem)


def outlook_of(course: SampleCourse, days: Sequence[DayResult], regions: Sequence[str]) -> RecoveryOutlook:
    """Return what the days of a course say of some regions: fits, expected band, flags.

    Parameters
    ----------
    course : SampleCourse
        The course.
    days : sequence of DayResult
        Its days.
    regions : sequence of str
        Treated regions.
    """
    known = tuple(DayOfChanges(day.photo.day, day.changes) for day in days)
    numbers = tuple(
        (day.day, change.metric, change.region, change.change, change.sigma, change.mdc95)
        for day in known
        for change in day.changes
    )
    return _outlook(numbers, tuple(regions), course.needle_depth_mm, known)


@st.cache_resource(max_entries=DAYS_KEPT, show_spinner=False)
def _outlook(
    numbers: tuple[tuple[float | str, ...], ...],
    regions: tuple[str, ...],
    needle_depth_mm: float | None,
    _days: tuple[DayOfChanges, ...],
) -> RecoveryOutlook:
    return recovery_outlook(_days, regions=regions, needle_depth_mm=needle_depth_mm)


@st.cache_resource(max_entries=3, show_spinner=False)
def _baseline(sha256: str, _path: Path) -> Subject:
    return prepare(read_photo(_path))


def thumbnail(path: Path) -> str:
    """Return a small picture of a sample photo as a data address; empty when it cannot be read."""
    try:
        return _thumbnail(_file_sha256(path), path)
    except PhotoError:
        return ""


@st.cache_data(max_entries=64, show_spinner=False)
def _thumbnail(sha256: str, _path: Path) -> str:
    return data_uri(encode_jpeg(shrunk(read_photo(_path).pixels, THUMBNAIL_PX)), "image/jpeg")


def _file_sha256(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        message = problem_words.sample_missing(path.name)
        raise PhotoError(PhotoProblem.NOT_FOUND, message) from error
