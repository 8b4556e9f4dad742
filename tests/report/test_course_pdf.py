"""The PDF of a course, read back: what it says, bounded pages, hostile text, and the curve."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from pypdf import PdfReader
from reportlab.graphics.shapes import PolyLine

from skincompare.measurement import Change, Effect, Flag
from skincompare.recovery import DayOfChanges, recovery_outlook
from skincompare.report.course_sheet import (
    CoursePhoto,
    CourseSheet,
    DayRow,
    LatestPair,
    PhotoView,
    ProgressRow,
    SessionRow,
)
from skincompare.report.pair_pictures import PairPictures
from skincompare.report.pdf.course_pages import course_pdf
from skincompare.report.pdf.curve import MAX_CURVES, curves_to_draw, recovery_drawing
from skincompare.report.pdf.pair_pages import Letterhead

GREY = np.full((120, 90, 3), 130, np.uint8)
DAYS = ((0.2, 9.0), (1.0, 7.0), (2.0, 5.0), (3.0, 3.4), (4.0, 2.5), (7.0, 0.8), (14.0, 0.1))
HOSTILE = ("<img src=x onerror=alert(1)>", "=cmd|'/c calc'!A1", "x" * 300, "</para><b>&amp;")


def text_of(data: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages).split())


@pytest.fixture
def sheet(change: Callable[..., Change]) -> CourseSheet:
    days = [DayOfChanges(day, (change("redness", "left_cheek", by),)) for day, by in DAYS]
    outlook = recovery_outlook(days, regions=("left_cheek",), needle_depth_mm=1.5)
    pigment = Flag("not_blood", "Blood does not bear it out.", "Look again.", Effect.UNCONFIRMED)
    unconfirmed = change("redness", "left_cheek", 5.0, flags=(pigment,))
    rows = [DayRow(f"Day {day:.0f}", (change("redness", "left_cheek", by),)) for day, by in DAYS]
    return CourseSheet(
        title="Acne scars",
        facts=("1 session, 8 photos",),
        lead=("Redness rose again. Show this to your clinician.", "Latest photo: no detectable change."),
        sessions=(
            SessionRow(1, datetime(2026, 3, 3, 10, tzinfo=UTC), "left cheek 1.5 mm", "pen", "", outlook),
        ),
        views=(PhotoView("front", (CoursePhoto(GREY, "Before"), CoursePhoto(None, "Day 1", "left out")), 3),),
        regions=("left_cheek",),
        days=(*rows, DayRow("Day 20", (unconfirmed,)), DayRow("Day 21", (), "These may be two people.")),
        latest=LatestPair(
            "baseline, 2 March 2026",
            "Day 14, 17 March 2026",
            PairPictures(GREY, GREY, True, change_map=GREY, threshold=2.0),
            "",
            (change("redness", "left_cheek", 0.1),),
        ),
        treated=("left_cheek",),
        progress=(
            ProgressRow("Redness, EI", "Left cheek", (change("redness", "left_cheek", 1.0), None), ""),
        ),
        hashes=(("Before", "ab" * 32),),
        software="1.2.3",
    )


def test_it_says_all_that_a_course_holds(sheet: CourseSheet) -> None:
    text = text_of(course_pdf(sheet, letterhead=Letterhead("Skin clinic", "A-17")))
    for told in (
        "Skin clinic",
        "Patient: A-17",
        "Redness rose again. Show this to your clinician.",
        "Recovery after session 1, 3 March 2026",
        "expected back (assumed)",
        "left cheek 1.5 mm",
        "Photos: front",
        "3 more photos of this view are not shown.",
        "Day 1: left out",
        "+7.0 ± 0.5 ▲",
        "Day 21: not comparable. These may be two people.",
        "= Redness: beyond the error, but not confirmed on left cheek. Blood does not bear it out. Look again.",
        "Progress over the sessions",
        "Of the others a trend cannot be told yet.",
        "Changes against the baseline: Day 14, 17 March 2026",
        "ab" * 32,
        "skincompare 1.2.3",
        "not a diagnosis",
    ):
        assert told in text, told
    assert "improve" not in text.lower()
    assert text.count("Redness rose again.") == 1


def test_the_same_course_gives_the_same_bytes_and_no_metadata(sheet: CourseSheet) -> None:
    data = course_pdf(sheet)
    assert data == course_pdf(sheet)
    known = PdfReader(io.BytesIO(data)).metadata or {}
    assert known["/Title"] == "Course of treatment"
    assert not known.get("/Author")


def test_an_empty_course_has_a_page() -> None:
    pages = PdfReader(io.BytesIO(course_pdf(CourseSheet("Other", ("0 sessions, no photos",))))).pages
    assert len(pages) == 1
    assert "Page 1 of 1" in pages[0].extract_text()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_literally_everywhere(sheet: CourseSheet, text: str) -> None:
    assert sheet.latest is not None
    hostile = replace(
        sheet,
        title=text,
        facts=(text,),
        lead=(text, text),
        sessions=(replace(sheet.sessions[0], depths=text, device=text, practitioner=text),),
        views=(PhotoView(text, (CoursePhoto(GREY, text, text),)),),
        reasons=(text,),
        symptoms=(text,),
        latest=LatestPair(text, text, None, text, ()),
        days=(DayRow(text, ()), DayRow("Day 2", (), text)),
        hashes=((text, "ab" * 32),),
    )
    data = course_pdf(hostile, letterhead=Letterhead(text, text))
    assert len(PdfReader(io.BytesIO(data)).pages) < 12
    assert re.sub(r"\s", "", text_of(data)).count("".join(text.split())) >= 8


def test_pages_are_bounded(sheet: CourseSheet, change: Callable[..., Change]) -> None:
    rows = tuple(DayRow(f"Day {n}", (change("redness", "left_cheek", 1.0),)) for n in range(900))
    many = replace(sheet, days=rows, reasons=tuple(f"Reason {n}." for n in range(500)))
    data = course_pdf(many)
    assert len(PdfReader(io.BytesIO(data)).pages) < 30
    assert "And 500 more rows" in text_of(data)


def test_a_curve_is_drawn_where_it_was_measured(change: Callable[..., Change]) -> None:
    red = [DayOfChanges(day, (change("redness", "left_cheek", by),)) for day, by in DAYS]
    outlook = recovery_outlook(red, regions=("left_cheek",), needle_depth_mm=1.5)
    drawing = recovery_drawing(outlook, 500, 200)
    assert drawing is not None
    fitted = [one for one in drawing.contents if isinstance(one, PolyLine)]
    assert len(fitted) == 1
    heights = fitted[0].points[1::2]
    assert max(heights) > heights[-1] + 20
    assert all(0 <= y <= 200 for y in heights)
    missing = Flag("no_light", "Nothing tells it.", "Show the forehead.", Effect.NOT_MEASURABLE)
    dark = [DayOfChanges(1.0, (change("redness", "left_cheek", flags=(missing,)),))]
    assert recovery_drawing(recovery_outlook(dark), 500, 200) is None


def test_many_regions_are_drawn_as_few_curves(change: Callable[..., Change]) -> None:
    names = tuple(f"region_{number}" for number in range(9))
    days = [DayOfChanges(day, tuple(change("redness", name, by) for name in names)) for day, by in DAYS]
    outlook = recovery_outlook(days, regions=names)
    assert len(curves_to_draw(outlook)) == MAX_CURVES
    assert curves_to_draw(outlook)[0] is outlook.overall
