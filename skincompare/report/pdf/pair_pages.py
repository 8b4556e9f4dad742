"""The document of one comparison: the pair, what changed with its error, whether it may be compared, and how."""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from reportlab.graphics.shapes import Drawing, Line
from reportlab.lib.colors import Color
from reportlab.platypus import Flowable, Image, KeepTogether, Table, TableStyle

from skincompare.report import words
from skincompare.report.figures import MAP_LIMIT_EI, change_map_rgba, encode_jpeg, laid_over
from skincompare.report.gate import GATE_TITLE
from skincompare.report.pair_pictures import PairPictures
from skincompare.report.pair_sheet import PairSheet, PhotoFacts
from skincompare.report.pdf.layout import (
    ACCENT,
    LINE,
    PALE,
    SOFT,
    WARN,
    Foot,
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
from skincompare.report.pdf.shapes import box, label
from skincompare.report.pdf.tables import change_table, gate_grid, key_table, paired_note
from skincompare.report.typeface import register_typeface

__all__ = [
    "EYES_MASKED",
    "MAX_SENTENCES",
    "UNTOLD_TITLE",
    "Letterhead",
    "changes_section",
    "foot",
    "head_block",
    "headline_block",
    "map_block",
    "pair_pdf",
    "picture_block",
    "row_of",
]

Picture = npt.NDArray[np.uint8]

MAX_SENTENCES = 14
"""Most sentences of a headline, and entries of a list of reasons [judgement]."""
PAIR_SHARE = 0.42
"""Height of the pair at most, over that of the page [judgement: the headline stands on the same page]."""
MAP_WIDTH = 0.47
"""Width of the map, over that of the page."""
LEGEND_STEPS, LEGEND_TICKS, LEGEND_HEIGHT = 48, 5, 26.0
LEAST_CAPTION = 110.0
"""Least room of a caption, points."""
GUTTER = 10.0
"""Room between two pictures, points."""
EYES_MASKED = (
    "The eyes are masked: their pixels were replaced. This makes a person harder to recognise, not unknown."
)
UNTOLD_TITLE = "What could not be measured, and what is less certain"
TABLE_HINT = (
    "After minus before. A change counts only when it exceeds the smallest detectable one, which is never less than "
    "what repeat photos differ by. ▲ higher, ▼ lower, = no detectable change. Left and right are the patient's own."
)


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Whose document it is; empty texts are left out.

    Parameters
    ----------
    clinic, patient : str
        As typed. Without `patient` no name stands in the document.
    """

    clinic: str = ""
    patient: str = ""


def pair_pdf(
    sheet: PairSheet,
    pictures: PairPictures,
    *,
    paper: Paper = Paper.A4,
    letterhead: Letterhead | None = None,
    match_light: bool = False,
) -> bytes:
    """Return the document of one comparison.

    Parameters
    ----------
    sheet : PairSheet
        What it says.
    pictures : PairPictures
        What it shows; masked already where that is asked for.
    paper : Paper
        A4 or Letter.
    letterhead : Letterhead, optional
        Clinic and patient.
    match_light : bool
        Whether to show the after picture in the light of the before picture; the picture says so.

    Returns
    -------
    bytes
        A PDF without any metadata of the photos; the same comparison gives the same bytes.
    """
    register_typeface()
    page, whose = Sheet(paper), letterhead or Letterhead()
    width = page.width
    facts = [f"Before: {sheet.before.label}", f"After: {sheet.after.label}"]
    shown = pictures.shrunk()
    story: list[Flowable] = [
        *head_block(whose, "Skin comparison", facts, width),
        *headline_block(sheet.headline, width, warn=not sheet.is_aligned),
        *picture_block(sheet, shown, page, match_light=match_light),
        *_key(sheet, width),
        *map_block(shown, page),
        *changes_section(sheet, width),
        *_reasons(sheet, width),
        *_notes(sheet, width),
        *_gate(sheet, width),
        *_methods(sheet, pictures, width),
    ]
    return built(story, page, title="Skin comparison", foot=foot(whose, sheet.software))


def foot(whose: Letterhead, software: str) -> Foot:
    """Return what stands at the foot of every page."""
    left = " · ".join(filter(None, (whose.patient, f"skincompare {software}" if software else "skincompare")))
    return Foot(left, words.NOT_A_DIAGNOSIS)


def head_block(whose: Letterhead, title: str, facts: Sequence[str], width: float) -> list[Flowable]:
    """Return the head of the first page: clinic, title, whose it is, which photos."""
    clinic = [paragraph(whose.clinic, width, Kind.BODY, ACCENT)] if whose.clinic else []
    named = [paragraph(f"Patient: {whose.patient}", width)] if whose.patient else []
    rule = Drawing(width, 5)
    rule.add(Line(0, 2.5, width, 2.5, strokeColor=ACCENT, strokeWidth=1.4))
    return [
        *clinic,
        paragraph(title, width, Kind.TITLE),
        *named,
        *(paragraph(one, width, Kind.BODY, SOFT) for one in facts),
        rule,
    ]


def headline_block(sentences: Sequence[str], width: float, *, warn: bool = False) -> list[Flowable]:
    """Return what is said, the first sentence large."""
    if not sentences:
        return []
    first, rest = sentences[0], sentences[1:MAX_SENTENCES]
    content: list[Flowable] = [paragraph(first, width, Kind.LEAD, WARN if warn else None)]
    content += [paragraph(one, width) for one in rest]
    left_out = len(sentences) - MAX_SENTENCES
    if left_out > 0:
        content.append(paragraph(f"And {left_out} more; see the tables.", width, Kind.SMALL))
    return [gap(3), *content, gap(4)]


def picture_block(
    sheet: PairSheet, pictures: PairPictures, page: Sheet, *, match_light: bool = False
) -> list[Flowable]:
    """Return the pair side by side."""
    room = (page.width - GUTTER) / 2
    after, note = pictures.after, ", moved to fit" if pictures.is_aligned else ", as it is"
    if match_light and pictures.matched is not None:
        after, note = pictures.matched, ", moved to fit, in the light of the before photo"
    pair = row_of(
        [
            (pictures.before, f"Before: {sheet.before.label}"),
            (after, f"After: {sheet.after.label}{note}"),
        ],
        room,
        PAIR_SHARE * page.height,
    )
    told = [pair]
    if match_light:
        words_for_light = (
            pictures.matched_words
            if pictures.matched is not None
            else ("The light of the photos could not be matched; both are shown as taken.")
        )
        told.append(paragraph(words_for_light, page.width, Kind.SMALL))
    return [KeepTogether([*told, gap(4)])]


def row_of(
    pictures: Sequence[tuple[Picture | None, str]], room: float, highest: float, *, is_full: bool = True
) -> Flowable:
    """Return pictures side by side with a caption under each; None leaves its place grey.

    Parameters
    ----------
    pictures : sequence of (ndarray or None, str)
        RGB, and what stands below.
    room : float
        Width of each, points.
    highest : float
        Height of a picture at most, points.
    is_full : bool
        Whether the row stands in the middle; else it begins at the left and each picture has the whole room.
    """
    cells: list[Any] = [
        _nothing(room, highest) if picture is None else _image(picture, room, highest)
        for picture, _ in pictures
    ]
    is_tight = is_full and all(isinstance(one, Image) for one in cells)
    rooms = [max(one.drawWidth, LEAST_CAPTION) if is_tight else room for one in cells]
    captions = [
        paragraph(caption, width - 2, Kind.CAPTION)
        for (_, caption), width in zip(pictures, rooms, strict=True)
    ]
    widths = [
        cell_width + (GUTTER if index < len(cells) - 1 else 0) for index, cell_width in enumerate(rooms)
    ]
    table = Table([cells, captions], colWidths=widths, hAlign="CENTER" if is_full else "LEFT")
    table.setStyle(
        TableStyle(
            [
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
                ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
                ("VALIGN", (0, 1), (-1, 1), "TOP"),
            ]
        )
    )
    return table


def _image(picture: Picture, room: float, highest: float) -> Image:
    height, width = picture.shape[:2]
    scale = min(room / width, highest / height)
    return Image(io.BytesIO(encode_jpeg(picture)), width * scale, height * scale, hAlign="LEFT")


def _nothing(room: float, highest: float) -> Drawing:
    side = min(room, highest)
    drawing = Drawing(room, side)
    drawing.add(box(0, 0, room, side, PALE, LINE))
    return drawing


def map_block(pictures: PairPictures, page: Sheet) -> list[Flowable]:
    """Return the map of redness beside its legend; nothing where there is none."""
    if pictures.change_map is None:
        return []
    room = MAP_WIDTH * page.width
    beside = page.width - room - GUTTER
    told = [
        paragraph("Change of redness", beside, Kind.HEADING, ACCENT),
        paragraph(
            "Blue is less red than before, red is redder. Grey: too little to be told, or no bare skin. The scale is "
            "the same in every document.",
            beside,
        ),
        gap(4),
        _legend(pictures.threshold, beside),
    ]
    picture = _image(pictures.change_map, room, 0.30 * page.height)
    column = picture.drawWidth + 2 * GUTTER
    table = Table([[picture, told]], colWidths=[column, page.width - column])
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ]
        )
    )
    return [gap(6), table]


def _key(sheet: PairSheet, width: float) -> list[Flowable]:
    table = key_table(sheet.changes, width, sheet.treated)
    return [] if table is None else [KeepTogether([gap(4), table])]


def _legend(threshold: float, width: float) -> Drawing:
    """Return the colours of the map with their numbers."""
    drawing = Drawing(width, LEGEND_HEIGHT)
    values = np.linspace(-MAP_LIMIT_EI, MAP_LIMIT_EI, LEGEND_STEPS, dtype=np.float32)[None]
    ground = np.full((1, LEGEND_STEPS, 3), 200, np.uint8)
    known = 0.0 if math.isnan(threshold) else threshold
    colours = laid_over(ground, change_map_rgba(values, known, MAP_LIMIT_EI))[0] / 255
    step = (width - 16) / LEGEND_STEPS
    for index, (red, green, blue) in enumerate(colours.tolist()):
        drawing.add(box(8 + index * step, 14, step + 0.4, 10, Color(red, green, blue)))
    for value in np.linspace(-MAP_LIMIT_EI, MAP_LIMIT_EI, LEGEND_TICKS).tolist():
        place = 8 + (value + MAP_LIMIT_EI) / (2 * MAP_LIMIT_EI) * (width - 16)
        number = words.format_number(value, 0, signed=True) + (" EI" if value == MAP_LIMIT_EI else "")
        drawing.add(label(place, 3, number, SOFT, "middle"))
    return drawing


def changes_section(sheet: PairSheet, width: float, title: str = "All changes") -> list[Flowable]:
    """Return the table of all changes that could be measured, with its notes."""
    table = change_table(sheet.changes, width, treated=sheet.treated, reference=sheet.reference)
    note = paired_note(sheet.changes)
    notes = [gap(2), paragraph(note, width, Kind.SMALL)] if table and note else []
    if not table:
        return []
    return [*table_section(title, table[0], width, TABLE_HINT), *notes]


def _reasons(sheet: PairSheet, width: float) -> list[Flowable]:
    changes = words.sorted_changes(sheet.changes, sheet.treated)
    groups = (
        *words.grouped_reasons(changes, sheet.reference),
        *words.grouped_unconfirmed(changes),
        *words.grouped_cautions(changes, sheet.notes),
    )
    lines = [group.line for group in groups]
    if len(lines) > MAX_SENTENCES:
        lines = [*lines[:MAX_SENTENCES], f"And {len(lines) - MAX_SENTENCES} more reasons."]
    return section(
        UNTOLD_TITLE,
        bullets(lines, width),
        width,
        "Each reason once, with what helps at the next photograph.",
    )


def _notes(sheet: PairSheet, width: float) -> list[Flowable]:
    lines = [
        f"{words.effect_words(flag.effect)}: {flag.reason} {flag.advice}".rstrip()
        for flag in sheet.notes[:MAX_SENTENCES]
    ]
    return section("About this pair", bullets(lines, width), width)


def _gate(sheet: PairSheet, width: float) -> list[Flowable]:
    if not sheet.gate:
        return []
    hint = f"{sheet.gate_answer} ✓ fine, △ less certain, ✕ not measurable. Make-up and glasses are not looked for."
    return table_section(GATE_TITLE, gate_grid(sheet.gate, width), width, hint)


def _methods(sheet: PairSheet, pictures: PairPictures, width: float) -> list[Flowable]:
    corrections = [*sheet.corrections, *([EYES_MASKED] if pictures.eyes_masked else [])]
    facts = [f"{name}: {text}" if name != "Metrics" else text for name, text in sheet.facts]
    photos: list[Flowable] = []
    for name, facts_of in (("Before photo", sheet.before), ("After photo", sheet.after)):
        photos += _photo(name, facts_of, width)
    software = f"Measured with skincompare {sheet.software}." if sheet.software else ""
    return [
        *section("Corrections made", bullets(corrections, width), width),
        *section("How it was measured", bullets([*facts, *filter(None, [software])], width), width),
        *section("The photos", photos, width),
    ]


def _photo(name: str, facts: PhotoFacts, width: float) -> list[Flowable]:
    return [
        paragraph(f"{name}: {facts.label}. {'. '.join(facts.lines)}.", width),
        paragraph(f"SHA-256 {facts.sha256}", width, Kind.CODE),
    ]
