"""A whole course as the plain values of its document: from what is stored, with its pictures made one at a time."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import tzinfo

import numpy as np
import numpy.typing as npt

from skincompare.errors import EyesNotFoundError, SkincompareError
from skincompare.imaging.eyes import cover_eyes, eye_bars
from skincompare.measurement import Change, Verdict
from skincompare.photo import read_photo
from skincompare.records import PhotoRecord, Session, View, session_of
from skincompare.recovery import TrendStatus, days_since, flag_sentence, progress_sentence
from skincompare.report import words
from skincompare.report.course_sheet import (
    CoursePhoto,
    CourseSheet,
    DayRow,
    LatestPair,
    PhotoView,
    ProgressRow,
    SessionRow,
)
from skincompare.report.figures import shrunk
from skincompare.report.locale import date_words
from skincompare.report.pair_pictures import PAIR_PX, PairPictures, decoded
from skincompare.report.pair_sheet import day_words, method_lines
from skincompare.store import Store
from skincompare.version import package_version
from skincompare.workflows.pair_making import Pairs
from skincompare.workflows.progress import CourseProgress, course_progress
from skincompare.workflows.timeline import Timeline, TimelineDay

__all__ = ["CoursePictures", "course_sheet", "photo_label"]

Picture = npt.NDArray[np.uint8]
Progress = Callable[[str, float], None]
LeftOut = tuple[str, str]

SMALL_PX = 420
"""Longer side of a photo among others, px: 300 a printed inch at a quarter of a page's width."""
PHOTOS_A_VIEW = 12
"""Most photos of a view that are shown; of more an even choice with the first and the last [judgement]."""
MAX_VIEWS = 6
"""Most views that are shown [judgement]."""
MAX_REGIONS = 6
"""Most regions in the table of days: more do not fit [A4 and Letter]."""
LEAD_SENTENCES = 5
"""Most sentences on the latest photo in front [judgement]."""
PAIR_SHARE, PHOTOS_SHARE = 0.4, 0.9
"""Shares of the work that are done when the pair is made, and when all photos are."""
LEAST_VISITS = 2
"""Fewest sessions with photos between which there is progress to show."""
TOLD = (TrendStatus.RISING, TrendStatus.FALLING)
OTHER_PERSON = frozenset(("other_skin",))
"""Flags of a pair that may show two people: a stranger's face does not leave with this patient's document."""
STRANGER = "left out: it may show another person"
MASKED_OUT = "left out: no face was found, so its eyes cannot be masked"


@dataclass(frozen=True, eq=False)
class CoursePictures:
    """Where the pictures of a course come from, and whether eyes are masked in them."""

    store: Store
    pairs: Pairs
    picture_of: Callable[[PhotoRecord], bytes | None] | None = None
    mask_eyes: bool = False

    def small(self, photo: PhotoRecord) -> Picture:
        """Return a photo in the size in which it stands among others.

        Raises
        ------
        EyesNotFoundError
            When its eyes cannot be masked.
        SkincompareError
            When its file is missing or damaged.
        """
        stored = None if self.picture_of is None else self.picture_of(photo)
        if stored is not None:
            pixels = decoded(stored)
        else:
            pixels = read_photo(self.store.photos.read(photo), name=photo.file_name).pixels
        if self.mask_eyes:
            pixels = cover_eyes(pixels, eye_bars(pixels))
        return shrunk(pixels, SMALL_PX)


def course_sheet(
    store: Store, whole: Timeline, making: CoursePictures, tell: Progress
) -> tuple[CourseSheet, tuple[LeftOut, ...]]:
    """Return what a document says of a course, and which pictures are left out with the reason.

    Parameters
    ----------
    store : Store
        Where it is.
    whole : Timeline
        The course, of the view with most photos.
    making : CoursePictures
        Where pictures come from.
    tell : callable
        Called with what is done and the share done, in [0, 1].
    """
    zone, sessions = store.people.clinic().zone, whole.sessions
    measured = [day for day in whole.days if day.changes]
    last = measured[-1] if measured else None
    left_out: list[LeftOut] = []
    tell("comparing baseline and latest photo", 0.0)
    latest = None if last is None else _latest(whole, last, making, zone, left_out)
    photos = store.photos.of_course(whole.course)
    views = _views(photos, whole, making, zone, left_out, tell)
    outlooks = {session.id: whole.outlook(session) for session in sessions}
    followed = {day.session.id for day in measured if day.session}
    flags = [flag_sentence(flag) for one in outlooks.values() for flag in one.flags]
    progress = course_progress(whole)
    regions = _regions(whole, measured)
    sheet = CourseSheet(
        title=f"{words.capitalised(whole.course.condition.value)}. {whole.course.title}".rstrip(". "),
        facts=tuple(_facts(whole, photos, zone)),
        lead=tuple(dict.fromkeys((*flags, *_said(whole, last, zone)))),
        sessions=tuple(
            SessionRow(
                number=number,
                at=session.at.astimezone(zone),
                depths=_depths(session),
                device=session.device,
                practitioner=session.practitioner,
                outlook=outlooks[session.id] if session.id in followed else None,
            )
            for number, session in enumerate(sessions, start=1)
        ),
        views=views,
        regions=regions,
        days=tuple(_day(day, regions, sessions, zone) for day in whole.days),
        latest=latest,
        treated=whole.treated,
        progress_hint=_progress_hint(progress),
        progress=_progress(progress),
        reasons=tuple(_reasons(whole, last, zone)),
        symptoms=tuple(
            f"{date_words(one.at.astimezone(zone))}: {one.symptom.value}" for one in whole.symptoms
        ),
        methods=method_lines([change for day in whole.days for change in day.changes]),
        hashes=tuple((photo_label(one, sessions, zone, with_view=True), one.sha256) for one in photos),
        left_out=tuple(f"{label}: {why}" for label, why in left_out),
        eyes_masked=making.mask_eyes,
        software=package_version(),
    )
    return sheet, tuple(left_out)


def photo_label(
    photo: PhotoRecord, sessions: Sequence[Session], zone: tzinfo, *, with_view: bool = False
) -> str:
    """Return the day and date of a photo: ``Day 3, 6 March 2026``; of several sessions it says after which."""
    date = date_words(photo.captured.astimezone(zone))
    session = session_of(sessions, photo.captured)
    view = f", {photo.view.value} {photo.site}".rstrip() if with_view else ""
    if session is None:
        return f"{date}{view}"
    day = day_words(days_since(session.at, photo.captured))
    number = [one.id for one in sorted(sessions, key=lambda one: one.at)].index(session.id) + 1
    after = f" after session {number}" if len(sessions) > 1 and not day.startswith("Before") else ""
    return f"{day}{after}, {date}{view}"


def _latest(
    whole: Timeline, day: TimelineDay, making: CoursePictures, zone: tzinfo, left_out: list[LeftOut]
) -> LatestPair:
    assert whole.baseline is not None
    before = f"baseline, {date_words(whole.baseline.captured.astimezone(zone))}"
    after = photo_label(day.photo, whole.sessions, zone)
    told = _worth_telling(whole, day.changes)
    found = next((made for _, made in making.pairs(whole, [day])), "no picture of the pair was made.")
    if isinstance(found, PairPictures) and making.mask_eyes:
        try:
            found = found.with_masked_eyes()
        except EyesNotFoundError as error:
            left_out.append(("Baseline and latest photo", str(error)))
            found = str(error)
    if isinstance(found, str):
        return LatestPair(before, after, None, found, told)
    return LatestPair(before, after, found.shrunk(PAIR_PX), "", told)


def _worth_telling(whole: Timeline, changes: Iterable[Change]) -> tuple[Change, ...]:
    """Return the changes of treated regions, and whatever else changed; all where no region is named as treated."""
    moved = (Verdict.INCREASED, Verdict.DECREASED)
    known = tuple(changes)
    return tuple(
        one
        for one in known
        if not any(other.region in whole.treated for other in known)
        or one.region in whole.treated
        or one.verdict in moved
    )


def _views(
    photos: Sequence[PhotoRecord],
    whole: Timeline,
    making: CoursePictures,
    zone: tzinfo,
    left_out: list[LeftOut],
    tell: Progress,
) -> tuple[PhotoView, ...]:
    """Return the photos by view; each is decoded when its turn comes."""
    series: dict[tuple[str, str], list[PhotoRecord]] = {}
    for photo in photos:
        series.setdefault(photo.series, []).append(photo)
    chosen = {name: _spread(members) for name, members in list(series.items())[:MAX_VIEWS]}
    total, done = sum(len(members) for members in chosen.values()), 0
    refused = {day.photo.id: day for day in whole.days if day.problem}
    views = []
    for name, members in chosen.items():
        shown = []
        for photo in members:
            label = photo_label(photo, whole.sessions, zone)
            tell(label, PAIR_SHARE + (PHOTOS_SHARE - PAIR_SHARE) * done / total)
            done += 1
            shown.append(_course_photo(photo, label, refused.get(photo.id), making, left_out))
        views.append(PhotoView(_view_title(members[0]), tuple(shown), len(series[name]) - len(members)))
    return tuple(views)


def _course_photo(
    photo: PhotoRecord,
    label: str,
    refused: TimelineDay | None,
    making: CoursePictures,
    left_out: list[LeftOut],
) -> CoursePhoto:
    if refused is not None and any(flag.code in OTHER_PERSON for flag in refused.flags):
        left_out.append((label, f"{STRANGER}."))
        return CoursePhoto(None, label, STRANGER)
    try:
        return CoursePhoto(making.small(photo), label, "" if refused is None else "not comparable")
    except EyesNotFoundError:
        left_out.append((label, f"{MASKED_OUT}."))
        return CoursePhoto(None, label, MASKED_OUT)
    except SkincompareError as error:
        left_out.append((label, str(error)))
        return CoursePhoto(None, label, "its file cannot be read")


def _spread(photos: Sequence[PhotoRecord]) -> list[PhotoRecord]:
    """Return all photos, or an even choice of many with the first and the last."""
    ordered = sorted(photos, key=lambda one: (one.captured, one.sha256))
    if len(ordered) <= PHOTOS_A_VIEW:
        return ordered
    places = np.linspace(0, len(ordered) - 1, PHOTOS_A_VIEW).round().astype(int)
    return [ordered[place] for place in places.tolist()]


def _view_title(photo: PhotoRecord) -> str:
    return f"{photo.view.value}, {photo.site}" if photo.view is View.CLOSE_UP else photo.view.value


def _facts(whole: Timeline, photos: Sequence[PhotoRecord], zone: tzinfo) -> Iterable[str]:
    sessions = f"{len(whole.sessions)} session{'' if len(whole.sessions) == 1 else 's'}"
    number = f"{len(photos)} photo{'' if len(photos) == 1 else 's'}"
    if not photos:
        yield f"{sessions}, no photos"
        return
    first, last = (date_words(photos[place].captured.astimezone(zone)) for place in (0, -1))
    yield f"{sessions}, {number}, {first} to {last}" if first != last else f"{sessions}, {number}, {first}"
    if whole.baseline is None:
        yield "There is no photo from before the first session, so nothing is compared."
    if whole.n_due:
        yield f"{whole.n_due} of them are not measured by this version yet."


def _said(whole: Timeline, last: TimelineDay | None, zone: tzinfo) -> list[str]:
    """Return what the latest photo says."""
    if last is None:
        return []
    told = words.headline_of(
        last.changes,
        treated=whole.treated,
        flags=last.flags,
        several=len({change.region for change in last.changes}) > 1,
    )
    label = photo_label(last.photo, whole.sessions, zone)
    return [f"Latest photo ({label}) against the baseline: {told[0]}", *told[1:LEAD_SENTENCES]]


def _depths(session: Session) -> str:
    return ", ".join(f"{words.region_label(name)} {mm:g} mm" for name, mm in session.depths_mm.items())


def _regions(whole: Timeline, measured: Sequence[TimelineDay]) -> tuple[str, ...]:
    """Return the regions of the table of days: treated ones, where they were looked at."""
    seen = dict.fromkeys(
        change.region for day in measured for change in day.changes if change.metric == "redness"
    )
    return tuple([name for name in whole.treated if name in seen] or seen)[:MAX_REGIONS]


def _day(day: TimelineDay, regions: Sequence[str], sessions: Sequence[Session], zone: tzinfo) -> DayRow:
    found = {change.region: change for change in day.changes if change.metric == "redness"}
    label = photo_label(day.photo, sessions, zone)
    return DayRow(label, tuple(found.get(region) for region in regions), day.problem)


def _progress_hint(progress: CourseProgress) -> str:
    hint = f"Against the baseline, at about day {progress.day:.0f} after each session (change ± 1 SD)."
    if progress.is_settled:
        return hint
    return f"{hint} Redness and swelling are still expected on these days: wait for later photos."


def _progress(progress: CourseProgress) -> tuple[ProgressRow, ...]:
    if sum(bool(visit.days) for visit in progress.visits) < LEAST_VISITS:
        return ()
    return tuple(
        ProgressRow(
            f"{words.quantity_label(one.metric)}, {one.unit}".rstrip(", "),
            words.capitalised(words.region_label(one.region)),
            changes,
            progress_sentence(one) if one.status in TOLD else "",
        )
        for one, changes in zip(progress.progress, progress.changes, strict=True)
        if any(change is not None and _is_told(change) for change in changes)
    )


def _is_told(change: Change) -> bool:
    return change.verdict is not Verdict.NOT_MEASURABLE


def _reasons(whole: Timeline, last: TimelineDay | None, zone: tzinfo) -> Iterable[str]:
    """Return why numbers of the latest photo are missing, and what else was noticed on any photo."""
    if last is not None:
        changes = words.sorted_changes(last.changes, whole.treated)
        groups = (
            *words.grouped_reasons(changes),
            *words.grouped_unconfirmed(changes),
            *words.grouped_cautions(changes, last.flags),
        )
        yield from (group.line for group in groups)
    noticed: dict[str, list[str]] = {}
    for day in whole.days:
        for flag in day.flags:
            text = f"{words.effect_words(flag.effect)}: {flag.reason} {flag.advice}".rstrip()
            noticed.setdefault(text, []).append(photo_label(day.photo, whole.sessions, zone))
    for text, labels in noticed.items():
        yield f"{words.joined(labels)}. {text}"
