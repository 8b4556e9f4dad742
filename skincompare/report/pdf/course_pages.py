"""The document of a whole course: what to show to a clinician, the pair, the recovery, the photos, the numbers."""

from collections.abc import Sequence

from reportlab.platypus import Flowable, KeepTogether

from skincompare.measurement import Change
from skincompare.metrics.registry import quantities
from skincompare.report import words
from skincompare.report.course_sheet import CourseSheet, DayRow, LatestPair, PhotoView, SessionRow
from skincompare.report.locale import date_words
from skincompare.report.pair_sheet import PairSheet, PhotoFacts
from skincompare.report.pdf.curve import curves_to_draw, recovery_drawing
from skincompare.report.pdf.layout import (
    ACCENT,
    WARN,
    Kind,
    Paper,
    Sheet,
    built,
    bullets,
    gap,
    paragraph,
    section,
    table_section,
)
from skincompare.report.pdf.pair_pages import (
    EYES_MASKED,
    MAX_SENTENCES,
    UNTOLD_TITLE,
    Letterhead,
    changes_section,
    foot,
    head_block,
    headline_block,
    map_block,
    picture_block,
    row_of,
)
from skincompare.report.pdf.tables import Row, grid
from skincompare.report.typeface import register_typeface

__all__ = ["course_pdf"]

CURVE_HEIGHT = 205.0
"""Height of a recovery curve, points."""
MAX_RECOVERIES = 3
"""Most recoveries that are drawn, the latest first [judgement: each takes a third of a page]."""
PICTURES_A_ROW, PICTURE_HEIGHT = 4, 150.0
"""Photos in a row, and their height at most, points."""
MAX_LISTED = 40
"""Most sentences of a list [judgement]."""
TREATED_NOTE = "Treated regions, and others that changed; the file of numbers (CSV) has all of them."


def course_pdf(
    sheet: CourseSheet,
    *,
    paper: Paper = Paper.A4,
    letterhead: Letterhead | None = None,
    match_light: bool = False,
) -> bytes:
    """Return the document of a course.

    Parameters
    ----------
    sheet : CourseSheet
        What it says and shows; masked already where that is asked for.
    paper : Paper
        A4 or Letter.
    letterhead : Letterhead, optional
        Clinic and patient.
    match_light : bool
        Whether the latest picture is shown in the light of the baseline.

    Returns
    -------
    bytes
        A PDF of bounded length; the same course gives the same bytes.
    """
    register_typeface()
    page, whose = Sheet(paper), letterhead or Letterhead()
    width = page.width
    story: list[Flowable] = [
        *head_block(whose, "Course of treatment", (sheet.title, *sheet.facts), width),
        *headline_block(sheet.lead, width),
        *_latest(sheet.latest, page, match_light=match_light),
        *_recoveries(sheet, width),
        *section("Sessions", _sessions(sheet.sessions, width), width),
        *section("Ticked by the patient", bullets(sheet.symptoms[:MAX_LISTED], width), width),
        *_photos(sheet.views, width),
        *_days(sheet, width),
        *_progress(sheet, width),
        *_numbers(sheet, width),
        *section(
            UNTOLD_TITLE,
            bullets(sheet.reasons[:MAX_LISTED], width),
            width,
        ),
        *_methods(sheet, width),
    ]
    return built(story, page, title="Course of treatment", foot=foot(whose, sheet.software))


def _latest(latest: LatestPair | None, page: Sheet, *, match_light: bool) -> list[Flowable]:
    """Return baseline beside latest, or why they are not shown."""
    if latest is None:
        return []
    if latest.pictures is None:
        return [
            paragraph(
                f"Baseline and latest photo are not shown: {latest.problem}", page.width, Kind.BODY, WARN
            )
        ]
    pair = PairSheet(
        before=PhotoFacts(latest.before, "", (), ""),
        after=PhotoFacts(latest.after, "", (), ""),
        is_aligned=latest.pictures.is_aligned,
        headline=(),
        changes=(),
    )
    shown = latest.pictures.shrunk()
    return [*picture_block(pair, shown, page, match_light=match_light), *map_block(shown, page)]


def _recoveries(sheet: CourseSheet, width: float) -> list[Flowable]:
    """Return the curve after each of the latest sessions, with what it says."""
    story: list[Flowable] = []
    told = [one for one in sheet.sessions if one.outlook is not None and one.outlook.curves]
    before = sheet.lead[:MAX_SENTENCES]
    for one in reversed(told[-MAX_RECOVERIES:]):
        assert one.outlook is not None
        drawing = recovery_drawing(one.outlook, width, CURVE_HEIGHT)
        sentences = [text for text in dict.fromkeys(one.outlook.sentences()) if text not in before]
        title = f"Recovery after session {one.number}, {date_words(one.at)}"
        head: list[Flowable] = [gap(9), paragraph(title, width, Kind.HEADING, ACCENT)]
        if drawing is not None:
            head += [paragraph(_curve_hint(one), width, Kind.SMALL), gap(6), drawing, gap(4)]
        story += [KeepTogether(head), *bullets(sentences[:MAX_LISTED], width)]
    if len(told) > MAX_RECOVERIES:
        left = len(told) - MAX_RECOVERIES
        story.append(
            paragraph(
                f"Recoveries after {left} earlier sessions are in the table of days.", width, Kind.SMALL
            )
        )
    return story


def _curve_hint(session: SessionRow) -> str:
    assert session.outlook is not None
    left = (
        len(session.outlook.curves)
        + (session.outlook.overall is not None)
        - len(curves_to_draw(session.outlook))
    )
    more = f" {left} more regions are in the table of days." if left > 0 else ""
    return f"Each mark is a photo, with its 95 % interval. A line is the fitted recovery; dashes only join marks.{more}"


def _sessions(sessions: Sequence[SessionRow], width: float) -> list[Flowable]:
    if not sessions:
        return []
    rows = [
        Row(
            (
                str(one.number),
                f"{date_words(one.at)}, {one.at:%H:%M}",
                one.depths,
                one.device,
                one.practitioner,
            )
        )
        for one in sessions
    ]
    heads = ("Session", "When", "Needle depth", "Device", "Treated by")
    return [grid(heads, rows, width, (0.09, 0.2, 0.36, 0.2, 0.15))]


def _photos(views: Sequence[PhotoView], width: float) -> list[Flowable]:
    """Return the photos by view, some in a row, each with its day and date."""
    story: list[Flowable] = []
    room = (width - 10.0 * (PICTURES_A_ROW - 1)) / PICTURES_A_ROW
    for view in views:
        rows: list[Flowable] = []
        for first in range(0, len(view.photos), PICTURES_A_ROW):
            members = view.photos[first : first + PICTURES_A_ROW]
            shown = [(one.picture, ": ".join(filter(None, (one.label, one.note)))) for one in members]
            rows += [row_of(shown, room, PICTURE_HEIGHT, is_full=False), gap(5)]
        hint = f"{view.n_left_out} more photos of this view are not shown." if view.n_left_out else ""
        story += section(f"Photos: {view.title}", rows, width, hint)
    return story


def _days(sheet: CourseSheet, width: float) -> list[Flowable]:
    """Return the table of days: a row a photo, a column a region."""
    if not sheet.days:
        return []
    quantity = quantities().get(sheet.quantity)
    unit = f", {quantity.unit}" if quantity and quantity.unit else ""
    labels = [words.capitalised(words.region_label(region)) for region in sheet.regions]
    share = 0.24 if labels else 0.3
    columns = [(1 - share) / max(len(labels), 1)] * max(len(labels), 1)
    rows = [_day_row(one, len(columns)) for one in sheet.days]
    table = grid(("Day", *(labels or ("",))), rows, width, (share, *columns), range(1, len(columns) + 1))
    hint = "Change against the baseline ± 1 SD. ▲ higher, ▼ lower, = no detectable change, – not measurable."
    title = f"{words.quantity_label(sheet.quantity)} day by day{unit}"
    note = [paragraph(line, width, Kind.SMALL) for line in _unconfirmed(sheet.days)]
    return [*table_section(title, table, width, hint), *note]


def _day_row(day: DayRow, n_columns: int) -> Row:
    if day.problem:
        return Row((f"{day.label}:", f"not comparable. {day.problem}"), is_group=True)
    cells = [_cell(change) for change in day.changes]
    return Row((day.label, *cells, *[""] * (n_columns - len(cells))))


def _cell(change: Change | None) -> str:
    if change is None:
        return ""
    symbol = words.VERDICT_SYMBOLS[change.verdict]
    return f"{words.change_with_sigma(change)} {symbol}" if words.is_measurable(change) else symbol


def _unconfirmed(days: Sequence[DayRow]) -> list[str]:
    """Return why a number beyond its error has the sign of no change, each reason once."""
    changes = [change for day in days for change in day.changes if change is not None]
    return [f"= {group.line}" for group in words.grouped_unconfirmed(changes)]


def _progress(sheet: CourseSheet, width: float) -> list[Flowable]:
    """Return what the sessions did, at comparable days."""
    if not sheet.progress:
        return []
    n_visits = max(len(one.changes) for one in sheet.progress)
    heads = ("Quantity", "Region", *(f"After session {number + 1}" for number in range(n_visits)))
    rest = (1 - 0.42) / max(n_visits, 1)
    rows = [
        Row(
            (
                one.quantity,
                one.region,
                *(_cell(change) for change in one.changes),
                *[""] * (n_visits - len(one.changes)),
            )
        )
        for one in sheet.progress
    ]
    table = grid(heads, rows, width, (0.22, 0.2, *[rest] * n_visits), range(2, n_visits + 2))
    told = [one.sentence for one in sheet.progress if one.sentence]
    if len(told) < len(sheet.progress):
        told = [*told[:MAX_LISTED], "Of the others a trend cannot be told yet."]
    sentences = bullets(told, width)
    return [
        *table_section("Progress over the sessions", table, width, sheet.progress_hint),
        gap(4),
        *sentences,
    ]


def _numbers(sheet: CourseSheet, width: float) -> list[Flowable]:
    """Return every number of the latest photo."""
    if sheet.latest is None:
        return []
    empty = PhotoFacts("", "", (), "")
    numbers = PairSheet(empty, empty, True, (), sheet.latest.changes, sheet.treated)
    note = paragraph(TREATED_NOTE, width, Kind.SMALL) if sheet.treated else gap(0)
    found = changes_section(numbers, width, f"Changes against the baseline: {sheet.latest.after}")
    return [*found, note] if found else []


def _methods(sheet: CourseSheet, width: float) -> list[Flowable]:
    corrections = [
        *([words.MOVED] if sheet.latest is not None and sheet.latest.pictures is not None else []),
        words.LIGHT_TAKEN_OFF,
        *([EYES_MASKED] if sheet.eyes_masked else []),
    ]
    rows = [Row(pair) for pair in sheet.hashes]
    hashes = grid(("Photo", "SHA-256 of its file"), rows, width, (0.31, 0.69))
    software = [f"Made with skincompare {sheet.software}."] if sheet.software else []
    return [
        *section("Corrections made", bullets(corrections, width), width),
        *section("Pictures left out", bullets(sheet.left_out[:MAX_LISTED], width), width),
        *section("How it was measured", bullets([*sheet.methods, *software], width), width),
        *(table_section("The photos", hashes, width) if rows else []),
    ]
