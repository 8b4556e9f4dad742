"""Documents and pictures of one stored pair: its numbers are read, its pictures are handed in or made anew."""

from collections.abc import Callable, Sequence
from datetime import tzinfo

from skincompare.errors import NotFoundError, OptionError
from skincompare.records import Course, Patient, PhotoRecord
from skincompare.report import words
from skincompare.report.gate import GateRow
from skincompare.report.locale import date_words
from skincompare.report.pair_pictures import PairPictures
from skincompare.report.pair_sheet import PairSheet, PhotoFacts, method_lines
from skincompare.report.pdf.pair_pages import pair_pdf
from skincompare.report.still import pair_still
from skincompare.store import Store
from skincompare.version import package_version
from skincompare.workflows.course_sheets import photo_label
from skincompare.workflows.pair_making import Pairs, compared_pairs
from skincompare.workflows.reporting import DEFAULT, ReportOptions, letterhead_of
from skincompare.workflows.timeline import Timeline, TimelineDay, course_timeline

__all__ = ["stored_pair_report", "stored_pair_still"]

Progress = Callable[[str, float], None]


def stored_pair_report(
    store: Store,
    patient: Patient,
    course: Course,
    photo: PhotoRecord,
    options: ReportOptions = DEFAULT,
    *,
    pairs: Pairs | None = None,
    gate: Sequence[GateRow] = (),
    gate_answer: str = "",
    facts: Sequence[tuple[str, str]] = (),
    progress: Progress | None = None,
) -> bytes:
    """Return the PDF of a stored photo against its baseline.

    Parameters
    ----------
    store : Store
        Where it is; nothing is measured or written.
    patient, course : Patient, Course
        Whose.
    photo : PhotoRecord
        The later photo.
    options : ReportOptions
        Paper, eyes, light, name.
    pairs : callable, optional
        Where the pictures come from, as for :func:`skincompare.workflows.reporting.course_report`.
    gate, gate_answer : sequence of GateRow, str
        Whether the photos may be compared, where that was kept.
    facts : sequence of (str, str)
        How it was measured, where that was kept.
    progress : callable, optional
        Called with what is done and the share done, in [0, 1]; when it raises, the work stops.

    Raises
    ------
    NotFoundError
        When the photo is not one of the course that is compared with a baseline.
    OptionError
        When the pair cannot be compared, with the reason.
    EyesNotFoundError
        When eyes are to be masked and a photo shows no face.
    """
    whole, day, pictures = _made(store, patient, course, photo, options, pairs, progress)
    zone = store.people.clinic().zone
    assert whole.baseline is not None
    sheet = PairSheet(
        before=_facts(whole.baseline, "", zone),
        after=_facts(photo, photo_label(photo, whole.sessions, zone).partition(",")[0], zone),
        is_aligned=True,
        headline=tuple(
            words.headline_of(
                day.changes,
                treated=whole.treated,
                flags=day.flags,
                several=len({change.region for change in day.changes}) > 1,
            )
        ),
        changes=day.changes,
        treated=whole.treated,
        notes=day.flags,
        gate_answer=gate_answer,
        gate=tuple(gate),
        facts=(*facts, *(("Metrics", line) for line in method_lines(day.changes))),
        corrections=(words.MOVED, words.LIGHT_TAKEN_OFF),
        software=package_version(),
    )
    return pair_pdf(
        sheet,
        pictures,
        paper=options.paper,
        letterhead=letterhead_of(store, patient, with_name=options.with_name),
        match_light=options.match_light,
    )


def stored_pair_still(
    store: Store,
    patient: Patient,
    course: Course,
    photo: PhotoRecord,
    options: ReportOptions = DEFAULT,
    *,
    pairs: Pairs | None = None,
    progress: Progress | None = None,
) -> bytes:
    """Return a stored photo beside its baseline with days and dates, as a PNG; raises as the report of the pair."""
    whole, _, pictures = _made(store, patient, course, photo, options, pairs, progress)
    zone = store.people.clinic().zone
    assert whole.baseline is not None
    before = f"Before, {date_words(whole.baseline.captured.astimezone(zone))}"
    labels = before, photo_label(photo, whole.sessions, zone)
    return pair_still(pictures, labels, match_light=options.match_light)


def _made(
    store: Store,
    patient: Patient,
    course: Course,
    photo: PhotoRecord,
    options: ReportOptions,
    pairs: Pairs | None,
    progress: Progress | None,
) -> tuple[Timeline, TimelineDay, PairPictures]:
    """Return a stored pair with its pictures, masked where that is asked for."""
    if progress:
        progress("reading the pair", 0.0)
    whole = course_timeline(store, patient, course, series=photo.series)
    day = next((one for one in whole.days if one.photo.id == photo.id), None)
    if day is None or whole.baseline is None:
        raise NotFoundError(
            f"{photo.file_name} has no baseline to be compared with; import a photo of the same view from before the "
            "first session."
        )
    found = next((made for _, made in (pairs or compared_pairs(store))(whole, [day])), "")
    if isinstance(found, str):
        raise OptionError(f"These two photos cannot be compared. {found}".rstrip())
    if progress:
        progress("writing the pages", 0.8)
    return whole, day, found.with_masked_eyes() if options.mask_eyes else found


def _facts(photo: PhotoRecord, day: str, zone: tzinfo) -> PhotoFacts:
    moment = photo.captured.astimezone(zone)
    scale = [] if photo.px_per_mm is None else [f"Scale: {photo.px_per_mm:g} px/mm, as typed in"]
    return PhotoFacts(
        taken=f"{date_words(moment)}, {moment:%H:%M} ({photo.captured_source.value})",
        day=day,
        lines=(f"{photo.width} × {photo.height} pixels, {photo.file_format}, {photo.view.value}", *scale),
        sha256=photo.sha256,
    )
