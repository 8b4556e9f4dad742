"""What leaves the machine: documents, pictures, films and tables, from a comparison or from the store.

Photos are compared anew only where no pictures of the pair are handed in, and at most two full photos are in memory.
A progress callback that raises stops the work; nothing is left behind, as nothing is written here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import tzinfo

from skincompare.comparison import Comparison
from skincompare.errors import OptionError, SkincompareError
from skincompare.records import Course, Patient, PhotoRecord
from skincompare.report import words
from skincompare.report.film import FilmKind, FilmPicture, film
from skincompare.report.locale import date_words, use_locale
from skincompare.report.numbers import changes_csv
from skincompare.report.pair_pictures import PairPictures, pictures_of
from skincompare.report.pair_sheet import sheet_of
from skincompare.report.pdf.course_pages import course_pdf
from skincompare.report.pdf.layout import Paper
from skincompare.report.pdf.pair_pages import Letterhead, pair_pdf
from skincompare.report.still import pair_still
from skincompare.store import Store
from skincompare.version import package_version
from skincompare.workflows.course_sheets import CoursePictures, course_sheet, photo_label
from skincompare.workflows.pair_making import Pairs, compared_pairs
from skincompare.workflows.timeline import Timeline, course_timeline

__all__ = [
    "DEFAULT",
    "LeftOut",
    "Outgoing",
    "ReportOptions",
    "comparison_csv",
    "comparison_pair",
    "comparison_report",
    "course_csv",
    "course_film",
    "course_report",
    "letterhead_of",
]

Progress = Callable[[str, float], None]

FILM_NOTE = "Moved to fit the first picture, and shown in its light: for the eye only."
UNMATCHED_NOTE = "Moved to fit the first picture; colours as taken."


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """What leaves, and how.

    Parameters
    ----------
    paper : Paper
        A4 or Letter.
    mask_eyes : bool
        Whether the pixels of the eyes are replaced in every picture. A picture in which no face is found does not
        leave.
    match_light : bool
        Whether after pictures are shown in the light of the baseline; they say so.
    with_name : bool
        Whether the patient's name stands beside the code.
    """

    paper: Paper = Paper.A4
    mask_eyes: bool = False
    match_light: bool = False
    with_name: bool = False


DEFAULT = ReportOptions()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A picture that does not leave, and why."""

    label: str
    why: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What leaves: the bytes of a file, and which pictures are not in it."""

    data: bytes
    left_out: tuple[LeftOut, ...] = ()


def comparison_report(
    comparison: Comparison,
    options: ReportOptions = DEFAULT,
    *,
    pictures: PairPictures | None = None,
    letterhead: Letterhead | None = None,
) -> bytes:
    """Return the PDF of one comparison.

    Parameters
    ----------
    comparison : Comparison
        Any; a refused one gives its reasons.
    options : ReportOptions
        Paper, eyes, light.
    pictures : PairPictures, optional
        Pictures of the pair that are at hand.
    letterhead : Letterhead, optional
        Clinic and patient; by default none.

    Raises
    ------
    EyesNotFoundError
        When eyes are to be masked and a photo shows no face.
    """
    shown = _shown(pictures or pictures_of(comparison, words.matched_words(comparison)), options)
    sheet = sheet_of(comparison, software=package_version())
    return pair_pdf(sheet, shown, paper=options.paper, letterhead=letterhead, match_light=options.match_light)


def comparison_pair(
    comparison: Comparison, options: ReportOptions = DEFAULT, *, pictures: PairPictures | None = None
) -> bytes:
    """Return both photos of a comparison side by side with their dates, as a PNG.

    Raises
    ------
    EyesNotFoundError
        When eyes are to be masked and a photo shows no face.
    """
    shown = _shown(pictures or pictures_of(comparison, words.matched_words(comparison)), options)
    sheet = sheet_of(comparison, software=package_version())
    labels = f"Before: {sheet.before.taken}", f"After: {sheet.after.taken}"
    return pair_still(shown, labels, match_light=options.match_light)


def comparison_csv(comparison: Comparison) -> bytes:
    """Return every change of a comparison as a table, its cells safe for a spreadsheet."""
    return changes_csv([("after", comparison.changes)])


def course_report(
    store: Store,
    patient: Patient,
    course: Course,
    options: ReportOptions = DEFAULT,
    *,
    pairs: Pairs | None = None,
    picture_of: Callable[[PhotoRecord], bytes | None] | None = None,
    progress: Progress | None = None,
) -> Outgoing:
    """Return the PDF of a whole course.

    Parameters
    ----------
    store : Store
        Where it is; nothing is measured or written.
    patient, course : Patient, Course
        Which.
    options : ReportOptions
        Paper, eyes, light, name.
    pairs : callable, optional
        ``pairs(timeline, days)`` yields ``(day, PairPictures)`` of stored pairs; by default the pair is compared anew.
    picture_of : callable, optional
        Returns the stored smaller picture of a photo, or None; by default photos are decoded.
    progress : callable, optional
        Called with what is done and the share done, in [0, 1]; when it raises, the work stops.

    Returns
    -------
    Outgoing
        The PDF, and which pictures were left out.

    Raises
    ------
    StoreError
        When a photo's file is missing.
    """
    tell = progress or _silent
    use_locale(store.people.clinic().locale)  # this may be a thread of its own
    whole = course_timeline(store, patient, course)
    making = CoursePictures(store, pairs or compared_pairs(store), picture_of, options.mask_eyes)
    sheet, left_out = course_sheet(store, whole, making, tell)
    tell("writing the pages", 0.95)
    data = course_pdf(
        sheet,
        paper=options.paper,
        letterhead=letterhead_of(store, patient, with_name=options.with_name),
        match_light=options.match_light,
    )
    tell("done", 1.0)
    return Outgoing(data, tuple(LeftOut(label, why) for label, why in left_out))


def course_film(
    store: Store,
    patient: Patient,
    course: Course,
    options: ReportOptions = DEFAULT,
    *,
    match_light: bool = True,
    kind: FilmKind = FilmKind.MP4,
    seconds: float = 1.0,
    pairs: Pairs | None = None,
    progress: Progress | None = None,
) -> Outgoing:
    """Return a time-lapse of a course: the baseline, then every photo of its view that could be aligned with it.

    Parameters
    ----------
    store : Store
        Where it is.
    patient, course : Patient, Course
        Which.
    options : ReportOptions
        Eyes.
    match_light : bool
        Whether all frames are in the light of the baseline; a photo whose light is not known is then left out.
    kind : FilmKind
        MP4 or GIF.
    seconds : float
        How long each picture is shown.
    pairs : callable, optional
        As for :func:`course_report`.
    progress : callable, optional
        Called with what is done and the share done, in [0, 1]; when it raises, the work stops.

    Returns
    -------
    Outgoing
        The film, and which photos are not in it, with the reason.

    Raises
    ------
    OptionError
        When the course has no baseline, or no photo could be aligned with it.
    """
    tell = progress or _silent
    use_locale(store.people.clinic().locale)
    whole = course_timeline(store, patient, course)
    if whole.baseline is None:
        raise OptionError(
            f"Patient {patient.code} has no photo from before the first session, so there is nothing to align with; "
            "import one."
        )
    left_out: list[LeftOut] = []
    made, zone = pairs or compared_pairs(store), store.people.clinic().zone
    chosen = replace(options, match_light=match_light)
    frames = _frames(whole, zone, made, chosen, left_out, tell)
    note = FILM_NOTE if match_light else UNMATCHED_NOTE
    if options.mask_eyes:
        note += " Eyes masked."
    data = film(frames, kind, note=note, seconds=seconds)
    tell("done", 1.0)
    return Outgoing(data, tuple(left_out))


def course_csv(store: Store, patient: Patient, course: Course) -> bytes:
    """Return every change of a course against its baseline as a table, its cells safe for a spreadsheet."""
    whole = course_timeline(store, patient, course)
    zone = store.people.clinic().zone
    return changes_csv((photo_label(day.photo, whole.sessions, zone), day.changes) for day in whole.days)


def letterhead_of(store: Store, patient: Patient, *, with_name: bool) -> Letterhead:
    """Return the clinic and the patient: the code, and the name only where it is asked for."""
    name = f", {patient.display_name}" if with_name and patient.display_name else ""
    return Letterhead(store.people.clinic().name, f"{patient.code}{name}")


def _shown(pictures: PairPictures, options: ReportOptions) -> PairPictures:
    return pictures.with_masked_eyes() if options.mask_eyes else pictures


def _frames(
    whole: Timeline,
    zone: tzinfo,
    pairs: Pairs,
    options: ReportOptions,
    left_out: list[LeftOut],
    tell: Progress,
) -> Iterator[FilmPicture]:
    """Yield the baseline once, then each aligned photo; what is left out is noted."""
    assert whole.baseline is not None
    shown, days = 0, list(whole.days)
    first = f"Before, {date_words(whole.baseline.captured.astimezone(zone))}"
    for number, (day, found) in enumerate(pairs(whole, days)):
        label = photo_label(day.photo, whole.sessions, zone)
        tell(label, 0.95 * number / max(len(days), 1))
        try:
            pictures = _film_pictures(found, options)
        except SkincompareError as error:
            left_out.append(LeftOut(label, str(error)))
            continue
        if not shown:
            yield FilmPicture(pictures.before, first)
        after = pictures.matched if options.match_light else pictures.after
        assert after is not None
        shown += 1
        yield FilmPicture(after, label)
    if not shown:
        why = left_out[0].why if left_out else "there is no other photo of its view."
        raise OptionError(f"No photo could be aligned with the baseline, so there is no film: {why}")


def _film_pictures(found: "PairPictures | str", options: ReportOptions) -> PairPictures:
    """Return the pictures of a pair, ready for the film.

    Raises
    ------
    OptionError, EyesNotFoundError
        When they cannot be in it, with the reason.
    """
    if isinstance(found, str):
        raise OptionError(found)
    if not found.is_aligned:
        raise OptionError("It could not be aligned with the baseline.")
    if options.match_light and found.matched is None:
        raise OptionError("Its light could not be matched: nothing tells it.")
    return _shown(found, options)


def _silent(_step: str, _share: float) -> None:
    return None
