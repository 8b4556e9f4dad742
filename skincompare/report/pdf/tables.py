"""Tables that break over pages and repeat their heads. A cell is plain text: no sign in it has a meaning of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, LongTable, Paragraph, TableStyle

from skincompare.measurement import Change, Verdict
from skincompare.metrics.registry import quantities
from skincompare.report import words
from skincompare.report.gate import GATE_HEADS, GateRow
from skincompare.report.pdf.layout import ACCENT, DOWN, INK, LINE, PALE, SOFT, UP
from skincompare.report.typeface import BOLD, REGULAR, printable, register_typeface, text_width, visual_lines

__all__ = [
    "CHANGE_HEADS",
    "MAX_ROWS",
    "Row",
    "change_rows",
    "change_table",
    "gate_grid",
    "grid",
    "key_table",
    "paired_note",
]

SIZE, LEADING, PAD = 7.8, 10.2, 3.0
"""Letters, lines and room of a cell, points."""
MAX_ROWS = 400
"""Most rows of a table; what is left out is counted below it, so that a document keeps a bounded length [judgement]."""
KEY_QUANTITY, KEY_ROWS = "redness", 6
"""What the short table on the first page is of, and its most rows [judgement]."""
MAX_LINES = 40
"""Most lines of a cell: less than a page holds [judgement]."""
CHANGE_HEADS = ("Region", "Before", "After", "Change ± 1 SD", "Smallest detectable", "Verdict")
"""Heads of a table of changes."""
CHANGE_SHARES, CHANGE_RIGHT = (0.245, 0.105, 0.105, 0.155, 0.155, 0.235), (1, 2, 3, 4)
GATE_SHARES = (0.19, 0.47, 0.17, 0.17)
PAIRED = "*"
"""Mark of a change that was measured itself."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table.

    Parameters
    ----------
    cells : tuple of str
        Plain text, of which each line stands by itself; a group has two, of which the first is bold.
    is_group : bool
        Whether it is a title over the rows that follow.
    colour : optional
        Of the last cell, beside its shape and word.
    """

    cells: tuple[str, ...]
    is_group: bool = False
    colour: Any = None


def grid(
    heads: Sequence[str],
    rows: Sequence[Row],
    width: float,
    shares: Sequence[float],
    right: Sequence[int] = (),
) -> Flowable:
    """Return a table.

    Parameters
    ----------
    heads : sequence of str
        Repeated on every page.
    rows : sequence of Row
        At most ``MAX_ROWS`` are drawn; the last then says how many there are more.
    width : float
        Of the whole, points.
    shares : sequence of float
        Of the width for each column.
    right : sequence of int
        Columns of numbers.
    """
    register_typeface()
    shown, left_out = rows[:MAX_ROWS], len(rows) - MAX_ROWS
    if left_out > 0:
        shown = [*shown, Row((f"And {left_out} more rows,", "in the file of numbers."), is_group=True)]
    widths = [width * share for share in shares]
    rooms = [*widths[:-1], widths[-1] - 2 * PAD]
    content: list[list[Any]] = [
        [_fitted(head, room, bold=True) for head, room in zip(heads, rooms, strict=True)]
    ]
    style: list[tuple[Any, ...]] = [
        ("FONT", (0, 0), (-1, -1), REGULAR, SIZE, LEADING),
        ("FONT", (0, 0), (-1, 0), BOLD, SIZE, LEADING),
        ("TEXTCOLOR", (0, 0), (-1, -1), INK),
        ("TEXTCOLOR", (0, 0), (-1, 0), SOFT),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
        ("LINEBELOW", (0, 0), (-1, 0), 0.9, ACCENT),
        ("LINEBELOW", (0, 1), (-1, -1), 0.35, LINE),
        ("LEFTPADDING", (0, 0), (-1, -1), PAD),
        ("RIGHTPADDING", (0, 0), (-1, -1), PAD),
        ("TOPPADDING", (0, 0), (-1, -1), 2.2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.6),
        *(("ALIGN", (column, 0), (column, -1), "RIGHT") for column in right),
        ("LEFTPADDING", (-1, 0), (-1, -1), 3 * PAD),
    ]
    for number, row in enumerate(shown, start=1):
        if row.is_group:
            content.append([_title(row.cells, width - 2 * PAD), *[""] * (len(widths) - 1)])
            style += [
                ("SPAN", (0, number), (-1, number)),
                ("BACKGROUND", (0, number), (-1, number), PALE),
                ("NOSPLIT", (0, number), (-1, min(number + 1, len(shown)))),
            ]
            continue
        content.append([_fitted(cell, room) for cell, room in zip(row.cells, rooms, strict=True)])
        if row.colour is not None:
            style += [
                ("TEXTCOLOR", (-1, number), (-1, number), row.colour),
                ("FONT", (-1, number), (-1, number), BOLD, SIZE, LEADING),
            ]
    table = LongTable(content, colWidths=widths, repeatRows=1, hAlign="LEFT", splitInRow=0)
    table.setStyle(TableStyle(style))
    return table


def _fitted(text: str, room: float, *, bold: bool = False) -> str:
    """Return text in lines that fit the cell; of endless text the beginning."""

    def measure(line: str) -> float:
        return text_width(line, SIZE, bold=bold)

    parts = text.split("\n")
    lines = tuple(line for part in parts for line in visual_lines(part, room - 2 * PAD - 0.5, measure))
    if len(lines) > MAX_LINES:
        lines = (*lines[: MAX_LINES - 1], "…")
    return "\n".join(lines)


def _title(cells: Sequence[str], room: float) -> Paragraph:
    """Return the title of a group: its name bold, then what it means."""
    name, *rest = (escape(printable(cell)) for cell in cells)
    style = ParagraphStyle("group", fontName=REGULAR, fontSize=SIZE, leading=LEADING, textColor=INK)
    return Paragraph(f"<b>{name}</b> {' '.join(rest)}", style)


def change_table(
    changes: Sequence[Change], width: float, *, treated: Sequence[str] = (), reference: Sequence[str] = ()
) -> list[Flowable]:
    """Return the measurable changes by quantity, and the note that some do not add up; nothing without any."""
    rows = change_rows(changes, treated, reference)
    if not rows:
        return []
    return [grid(CHANGE_HEADS, rows, width, CHANGE_SHARES, CHANGE_RIGHT)]


def key_table(changes: Sequence[Change], width: float, treated: Sequence[str]) -> Flowable | None:
    """Return redness on the treated regions and wherever else it changed, as few rows; None where it was not told."""
    told = [
        one
        for one in words.sorted_changes(changes, treated)
        if one.metric == KEY_QUANTITY and words.is_measurable(one)
    ]
    wanted = [one for one in told if one.region in treated or not treated]
    wanted += [one for one in told if _is_change(one) and one not in wanted]
    if not wanted:
        return None
    rows = [_change_row(one, treated, ()) for one in wanted[:KEY_ROWS]]
    heads = (f"{words.quantity_label(KEY_QUANTITY)}, {told[0].unit}", *CHANGE_HEADS[1:])
    return grid(heads, rows, width, CHANGE_SHARES, CHANGE_RIGHT)


def _is_change(change: Change) -> bool:
    return change.verdict in (Verdict.INCREASED, Verdict.DECREASED)


def change_rows(
    changes: Sequence[Change], treated: Sequence[str] = (), reference: Sequence[str] = ()
) -> list[Row]:
    """Return a title for each quantity, then a row for each region on which it was measured."""
    groups: dict[str, list[Change]] = {}
    for change in words.sorted_changes(changes, treated):
        if words.is_measurable(change):
            groups.setdefault(change.metric, []).append(change)
    rows = []
    for name, members in groups.items():
        rows.append(Row(_group_title(name, members), is_group=True))
        rows += [_change_row(one, treated, reference) for one in members]
    return rows


def _group_title(name: str, members: Sequence[Change]) -> tuple[str, str]:
    quantity = quantities().get(name)
    meaning = f" {quantity.meaning}" if quantity else ""
    repeat = words.format_value(name, max(one.mdc95 for one in members))
    unit = members[0].unit
    title = f"{words.quantity_label(name)}, {unit}." if unit else f"{words.quantity_label(name)}."
    return title, f"{meaning} Repeat photos differ by up to {repeat} {words.change_unit(unit)}.".strip()


def _change_row(change: Change, treated: Sequence[str], reference: Sequence[str]) -> Row:
    role = ""
    if change.region in treated:
        role = ", treated"
    elif change.region in reference:
        role = ", untreated"
    paired = PAIRED if change.is_paired else ""
    colour = {Verdict.INCREASED: UP, Verdict.DECREASED: DOWN}.get(change.verdict)
    return Row(
        (
            words.capitalised(words.region_label(change.region)) + role,
            words.format_value(change.metric, change.before.value),
            words.format_value(change.metric, change.after.value),
            words.change_with_sigma(change) + paired,
            words.format_value(change.metric, words.smallest_detectable(change)),
            f"{words.VERDICT_SYMBOLS[change.verdict]} {words.VERDICT_WORDS[change.verdict]}",
        ),
        colour=colour,
    )


def paired_note(changes: Sequence[Change]) -> str:
    """Return why before, after and change do not add up for some numbers; empty where all do."""
    if not words.are_paired(changes):
        return ""
    return f"{PAIRED} {words.PAIRED_NOTE}"


def gate_grid(rows: Sequence[GateRow], width: float) -> Flowable:
    """Return the checks of a pair as a table."""
    return grid(
        GATE_HEADS,
        [
            Row(
                (
                    row.label,
                    "\n".join(filter(None, (row.found, row.reasons, row.advice))),
                    row.limit,
                    row.verdict,
                )
            )
            for row in rows
        ],
        width,
        GATE_SHARES,
    )
