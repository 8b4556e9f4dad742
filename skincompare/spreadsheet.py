"""Tables for spreadsheets: a cell of text never becomes a formula, a number stays a number."""

import csv
import io
import math
from collections.abc import Iterable, Sequence

__all__ = ["Cell", "csv_text", "defused"]

Cell = str | int | float | None

LEADS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Signs with which a spreadsheet takes a cell for a formula (OWASP, CSV injection), also in full width."""
GUARD = "'"
"""What is put before such text: spreadsheets show the rest as it is."""


def defused(text: str) -> str:
    """Return text that no spreadsheet takes for a formula; harmless text is returned as it is."""
    return f"{GUARD}{text}" if text.startswith(LEADS) or text.lstrip().startswith(LEADS) else text


def csv_text(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return a table as comma-separated values.

    Parameters
    ----------
    heads : sequence of str
        Names of the columns.
    rows : iterable of sequence of str, int, float or None
        Numbers are written as such, negative ones too; NaN and None are empty; text is defused.

    Returns
    -------
    str
        Lines end with carriage return and line feed (RFC 4180).
    """
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow([defused(head) for head in heads])
    for row in rows:
        writer.writerow([_written(cell) for cell in row])
    return stream.getvalue()


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return defused(cell)
    return "" if math.isnan(cell) else repr(cell)
