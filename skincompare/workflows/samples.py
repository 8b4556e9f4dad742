"""Sample courses: what the folder of sample images holds, and a course followed day by day."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shlex import quote

from skincompare.compare import Comparison, compare_subjects
from skincompare.errors import SkincompareError
from skincompare.imaging.subject import Subject, prepare
from skincompare.photo import read_photo
from skincompare.recovery import DayOfChanges, RecoveryCurve, days_since, recovery_curves

__all__ = [
    "CoursePhoto",
    "FollowedDay",
    "SampleCloseUp",
    "SampleCourse",
    "Samples",
    "curves_of",
    "follow",
    "load_samples",
]

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class CoursePhoto:
    """One photo of a course.

    Parameters
    ----------
    path : Path
        The file.
    label : str
        ``"Before"``, ``"Day 0"``, ``"Day 1"`` ...
    day : float
        Days since the treatment, hour-exact; negative before it.
    captured : datetime
        When it was taken, with its time zone.
    """

    path: Path
    label: str
    day: float
    captured: datetime


@dataclass(frozen=True, slots=True)
class SampleCourse:
    """A simulated patient's course of treatment.

    Parameters
    ----------
    name, title, summary : str
        Folder, name for people, one sentence.
    ita_degrees : float
        Skin tone.
    treated_at : datetime
        The treatment.
    treated, reference : tuple of str
        Regions treated, and regions known to be untreated.
    photos : tuple of CoursePhoto
        The first is the baseline.
    needle_depth_mm : float or None
        Of the treatment; None when it was not recorded.
    condition : str
        What it was treated for, in the words of :class:`skincompare.records.Condition`.
    """

    name: str
    title: str
    summary: str
    ita_degrees: float
    treated_at: datetime
    treated: tuple[str, ...]
    reference: tuple[str, ...]
    photos: tuple[CoursePhoto, ...]
    needle_depth_mm: float | None = None
    condition: str = "other"

    @property
    def baseline(self) -> CoursePhoto:
        """The photo that all others are compared with."""
        return self.photos[0]


@dataclass(frozen=True, slots=True)
class SampleCloseUp:
    """A simulated close-up series: the same skin at several weeks.

    Parameters
    ----------
    name, title, summary : str
        Folder, name for people, one sentence.
    px_per_mm : float
        Scale of the photos.
    photos : tuple of CoursePhoto
        The first is the baseline.
    """

    name: str
    title: str
    summary: str
    px_per_mm: float
    photos: tuple[CoursePhoto, ...]


@dataclass(frozen=True, slots=True)
class Samples:
    """Everything in the folder of sample images."""

    courses: tuple[SampleCourse, ...]
    close_ups: tuple[SampleCloseUp, ...]
    charts: tuple[Path, ...] = ()
    """Photos of a colour chart on skin."""


@dataclass(frozen=True, eq=False)
class FollowedDay:
    """One day of a followed course: its photo, and the comparison with the baseline or why there is none."""

    photo: CoursePhoto
    comparison: Comparison | None
    problem: str = ""


def load_samples(folder: Path) -> Samples:
    """Read what the folder of sample images holds.

    Parameters
    ----------
    folder : Path
        With ``truth.json`` in it.

    Returns
    -------
    Samples
        The courses, close-ups and photos of a colour chart.

    Raises
    ------
    SkincompareError
        When the folder or its ``truth.json`` is missing or damaged, with the command that makes it again.
    """
    try:
        truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
        courses = tuple(_course(folder, one) for one in truth["courses"])
        close_ups = tuple(_close_up(folder, one) for one in truth["close_ups"])
        charts = tuple(folder / str(one["file"]) for one in truth.get("charts", ()))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SkincompareError(
            f"The sample images in {folder} cannot be read ({type(error).__name__}); "
            f"make them again with: skincompare samples {quote(str(folder))}"
        ) from error
    return Samples(courses, close_ups, charts)


def _course(folder: Path, one: dict[str, object]) -> SampleCourse:
    treated_at = datetime.fromisoformat(str(one["treated_at"]))
    depth = one.get("needle_depth_mm")
    return SampleCourse(
        name=str(one["name"]),
        title=str(one["title"]),
        summary=str(one["summary"]),
        ita_degrees=float(str(one["ita_degrees"])),
        treated_at=treated_at,
        treated=_strings(one["treated"]),
        reference=_strings(one["reference"]),
        photos=_photos(folder, one["photos"], treated_at),
        needle_depth_mm=None if depth is None else float(str(depth)),
        condition=str(one.get("condition", "other")),
    )


def _close_up(folder: Path, one: dict[str, object]) -> SampleCloseUp:
    return SampleCloseUp(
        name=str(one["name"]),
        title=str(one["title"]),
        summary=str(one["summary"]),
        px_per_mm=float(str(one["px_per_mm"])),
        photos=_photos(folder, one["photos"], datetime.fromisoformat(str(one["treated_at"]))),
    )


def _photos(folder: Path, entries: object, treated_at: datetime) -> tuple[CoursePhoto, ...]:
    if not isinstance(entries, list) or not entries:
        raise ValueError("a course has no photos")
    photos = []
    for entry in entries:
        captured = datetime.fromisoformat(entry["captured"])
        photos.append(
            CoursePhoto(folder / entry["file"], entry["label"], days_since(treated_at, captured), captured)
        )
    return tuple(photos)


def _strings(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError("a list of names was expected")
    return tuple(str(one) for one in value)


def follow(
    course: SampleCourse,
    *,
    baseline: Subject | None = None,
    only: tuple[str, ...] | None = ("redness",),
) -> Iterator[FollowedDay]:
    """Compare each photo of a course with its baseline, one after the other as they are asked for.

    Parameters
    ----------
    course : SampleCourse
        The course.
    baseline : Subject, optional
        The prepared baseline, when it is at hand.
    only : tuple of str, optional
        Metrics to run; None runs all.

    Yields
    ------
    FollowedDay
        For every photo after the baseline; a photo that cannot be used or aligned says why, the rest go on.
    """
    first = baseline or prepare(read_photo(course.baseline.path))
    for photo in course.photos[1:]:
        try:
            comparison = compare_subjects(
                first,
                prepare(read_photo(photo.path)),
                treated=course.treated,
                reference=course.reference,
                only=only,
            )
        except SkincompareError as error:
            yield FollowedDay(photo, None, str(error))
            continue
        reasons = " ".join(flag.reason for flag in comparison.alignment.flags)
        yield FollowedDay(photo, comparison, "" if comparison.alignment.is_aligned else reasons)


def curves_of(days: list[FollowedDay], regions: tuple[str, ...]) -> tuple[RecoveryCurve, ...]:
    """Return the redness curves of a followed course for the given regions."""
    known = [
        DayOfChanges(one.photo.day, one.comparison.changes) for one in days if one.comparison is not None
    ]
    return recovery_curves(known, regions=regions)
