"""The paper: sizes, styles, running head and foot with page n of m, and the building of a file."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
)

from skincompare.report.typeface import BOLD, REGULAR, register_typeface, text_width, visual_lines

__all__ = [
    "ACCENT",
    "DOWN",
    "INK",
    "LINE",
    "PALE",
    "SOFT",
    "UP",
    "WARN",
    "Foot",
    "Kind",
    "Paper",
    "Sheet",
    "built",
    "bullets",
    "gap",
    "paragraph",
    "section",
    "table_section",
]

INK, SOFT, LINE, PALE = (HexColor(one) for one in ("#1b2128", "#55606c", "#c9cfd6", "#eef0f3"))
ACCENT, UP, DOWN, WARN = (HexColor(one) for one in ("#1f6f74", "#a3194b", "#0d5a9c", "#7a4a00"))
"""Colours of the document; red and blue never stand without a shape and a word."""

SIDE_MM, TOP_MM, BOTTOM_MM = 17.0, 15.0, 19.0
"""Margins of a page, mm."""
TABLE_ROOM = 110.0
"""Room that the beginning of a table needs, points: its heading, its head and two rows."""
BULLET_INDENT = 9.0
"""Indent of a list, points."""


class Paper(StrEnum):
    """Sizes of paper."""

    A4 = "a4"
    LETTER = "letter"


class Kind(StrEnum):
    """Kinds of text."""

    TITLE = "title"
    LEAD = "lead"
    BODY = "body"
    SMALL = "small"
    CAPTION = "caption"
    HEADING = "heading"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class _Form:
    size: float
    leading: float
    bold: bool = False
    soft: bool = False
    after: float = 2.0


_FORMS = MappingProxyType(
    {
        Kind.TITLE: _Form(19.0, 23.0, bold=True),
        Kind.LEAD: _Form(11.5, 15.0, bold=True),
        Kind.BODY: _Form(9.0, 12.4),
        Kind.SMALL: _Form(7.6, 10.4, soft=True),
        Kind.CAPTION: _Form(8.0, 10.6, soft=True, after=0.0),
        Kind.HEADING: _Form(12.0, 15.0, bold=True),
        Kind.CODE: _Form(6.6, 9.0, soft=True, after=1.0),
    }
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page without its margins, points."""

    paper: Paper

    @property
    def page(self) -> tuple[float, float]:
        """Width and height of the page."""
        width, height = A4 if self.paper is Paper.A4 else LETTER
        return float(width), float(height)

    @property
    def width(self) -> float:
        """Room from left to right."""
        return self.page[0] - 2 * SIDE_MM * mm

    @property
    def height(self) -> float:
        """Room from top to bottom."""
        return self.page[1] - (TOP_MM + BOTTOM_MM) * mm


@dataclass(frozen=True, slots=True)
class Foot:
    """What stands at the foot of every page, beside its number."""

    left: str
    below: str


def paragraph(text: str, width: float, kind: Kind = Kind.BODY, colour: Any = None) -> Paragraph:
    """Return text as it was typed, broken into lines; no sign in it has a meaning of its own.

    Parameters
    ----------
    text : str
        Anything.
    width : float
        Room, points.
    kind : Kind
        How it looks.
    colour : optional
        In place of the kind's own.
    """
    form = _FORMS[kind]

    def measure(line: str) -> float:
        return text_width(line, form.size, bold=form.bold)

    lines = visual_lines(text, width - 1, measure)
    return Paragraph("<br/>".join(escape(line) for line in lines), _style(kind, colour))


def bullets(texts: Sequence[str], width: float) -> list[Flowable]:
    """Return a list of sentences."""
    style = ParagraphStyle("bullet", parent=_style(Kind.BODY), leftIndent=BULLET_INDENT, bulletIndent=0)
    found: list[Flowable] = []
    for text in texts:
        lines = visual_lines(text, width - BULLET_INDENT - 1, _body_width)
        found.append(Paragraph("<br/>".join(map(escape, lines)), style, bulletText="•"))
    return found


def section(title: str, content: Sequence[Flowable], width: float, hint: str = "") -> list[Flowable]:
    """Return a heading that stays with the first of what follows; nothing where nothing follows."""
    if not content:
        return []
    head: list[Flowable] = [gap(9), paragraph(title, width, Kind.HEADING, ACCENT)]
    if hint:
        head += [paragraph(hint, width, Kind.SMALL), gap(2)]
    return [KeepTogether([*head, content[0]]), *content[1:]]


def table_section(title: str, table: Flowable, width: float, hint: str = "") -> list[Flowable]:
    """Return a heading and a long table, begun on a new page where too little of this one is left."""
    told = [paragraph(hint, width, Kind.SMALL)] if hint else []
    return [
        CondPageBreak(TABLE_ROOM),
        gap(9),
        paragraph(title, width, Kind.HEADING, ACCENT),
        *told,
        gap(2),
        table,
    ]


def gap(points: float) -> Spacer:
    """Return empty room."""
    return Spacer(1, points)


def built(story: Sequence[Flowable], sheet: Sheet, *, title: str, foot: Foot) -> bytes:
    """Return the file.

    Parameters
    ----------
    story : sequence of Flowable
        What it holds.
    sheet : Sheet
        On which paper.
    title : str
        Of the file; nothing else is said of it: no author, no name, no time.
    foot : Foot
        At the foot of every page, with page n of m.

    Returns
    -------
    bytes
        A PDF; the same story gives the same bytes.
    """
    register_typeface()
    stream = io.BytesIO()
    document = BaseDocTemplate(
        stream,
        pagesize=sheet.page,
        title=title,
        author="",
        subject="",
        creator="skincompare",
        invariant=1,
        lang="en",
    )
    frame = Frame(
        SIDE_MM * mm,
        BOTTOM_MM * mm,
        sheet.width,
        sheet.height,
        leftPadding=0,
        rightPadding=0,
        topPadding=0,
        bottomPadding=0,
    )
    document.addPageTemplates([PageTemplate("page", [frame])])

    def canvas(*arguments: Any, **options: Any) -> "_NumberedCanvas":
        made = _NumberedCanvas(*arguments, **options)
        made.foot, made.sheet = foot, sheet
        return made

    document.build(list(story), canvasmaker=canvas)
    return stream.getvalue()


class _NumberedCanvas(Canvas):
    """A canvas that knows how many pages there are before it writes the first foot."""

    foot: Foot
    sheet: Sheet

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - the library's name
        self._pages.append(dict(self.__dict__))
        self._startPage()  # type: ignore[attr-defined]

    def save(self) -> None:
        for number, page in enumerate(self._pages, start=1):
            pages = self._pages
            self.__dict__.update(page)
            self._pages = pages
            self._draw_foot(number, len(pages))
            super().showPage()
        super().save()

    def _draw_foot(self, number: int, n_pages: int) -> None:
        left, right = SIDE_MM * mm, self.sheet.page[0] - SIDE_MM * mm
        base = BOTTOM_MM * mm - 14
        self.setStrokeColor(LINE)
        self.setLineWidth(0.6)
        self.line(left, base + 9, right, base + 9)
        self.setFillColor(SOFT)
        self.setFont(REGULAR, 7.4)
        pages = f"Page {number} of {n_pages}"
        self.drawRightString(right, base - 1, pages)
        room = right - left - text_width(pages, 7.4) - 12
        self.drawString(left, base - 1, visual_lines(self.foot.left, room, _foot_width)[0])
        self.drawString(left, base - 11, visual_lines(self.foot.below, right - left, _foot_width)[0])


def _foot_width(line: str) -> float:
    return text_width(line, 7.4)


def _body_width(line: str) -> float:
    return text_width(line, _FORMS[Kind.BODY].size)


def _style(kind: Kind, colour: Any = None) -> ParagraphStyle:
    register_typeface()
    form = _FORMS[kind]
    return ParagraphStyle(
        kind.value,
        fontName=BOLD if form.bold else REGULAR,
        fontSize=form.size,
        leading=form.leading,
        textColor=colour if colour is not None else SOFT if form.soft else INK,
        spaceAfter=form.after,
        splitLongWords=1,
    )
