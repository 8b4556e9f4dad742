"""Changes as a table for spreadsheets."""

from collections.abc import Iterable, Sequence

from skincompare.measurement import Change
from skincompare.report import words
from skincompare.spreadsheet import csv_text

__all__ = ["changes_csv"]

HEADS = (
    "photo",
    "region",
    "quantity",
    "unit",
    "before",
    "after",
    "change",
    "sigma",
    "repeat_photos_differ_by",
    "smallest_detectable",
    "verdict",
    "flags",
    "photo_sha256",
)
BYTE_ORDER = "\ufeff"
"""Tells a spreadsheet that the text is UTF-8."""


def changes_csv(photos: Iterable[tuple[str, Sequence[Change]]]) -> bytes:
    """Return changes as comma-separated values in UTF-8.

    Parameters
    ----------
    photos : iterable of (str, sequence of Change)
        What a photo is called (its day and date), and its changes against the baseline.

    Returns
    -------
    bytes
        A row for each photo, region and quantity. Numbers have a point and stay numbers; no cell is a formula.
    """
    rows = [
        (
            label,
            words.region_label(one.region),
            words.quantity_label(one.metric),
            one.unit,
            one.before.value,
            one.after.value,
            one.change,
            one.sigma,
            one.mdc95,
            words.smallest_detectable(one),
            one.verdict.value,
            " ".join(flag.code for flag in one.flags),
            one.after.photo_sha256,
        )
        for label, changes in photos
        for one in changes
    ]
    return f"{BYTE_ORDER}{csv_text(HEADS, rows)}".encode()
