"""What the photos of an archive are called: by day, place and view, so that a person finds one without the program."""

import re
from collections.abc import Iterable, Mapping, Sequence

from skincompare.records import PhotoRecord, Session, session_of
from skincompare.spreadsheet import csv_text
from skincompare.store.files import name_of

__all__ = ["leaf_names", "manifest", "old_leaf"]

SHORT_HASH = 8
"""Hexadecimal digits of a photo's SHA-256 in its name."""
MAX_SITE = 30
"""Most letters of a site in a name."""
SECONDS_A_DAY = 86400
MANIFEST_HEADS = ("file", "sha256", "captured", "captured_source", "view", "site", "bytes", "width", "height")


def leaf_names(photos: Iterable[PhotoRecord], sessions: Mapping[int, Sequence[Session]]) -> dict[str, str]:
    """Return the name of each photo's file, by its SHA-256.

    Parameters
    ----------
    photos : iterable of PhotoRecord
        Of one patient.
    sessions : mapping of int to sequence of Session
        By the number of the course.

    Returns
    -------
    dict of str to str
        ``2026-03-02_before_front_1a2b3c4d.jpg``, ``2026-03-06_day-003_close-up_left-cheek_5e6f7a8b.png``; after the
        first of several sessions ``session-2_day-003``. Each name is there once.
    """
    names: dict[str, str] = {}
    for photo in photos:
        ordered = sorted(sessions.get(photo.course_id, ()), key=lambda one: one.at)
        parts = [
            f"{photo.captured:%Y-%m-%d}",
            _day(photo, ordered),
            _plain(photo.view.value),
            _plain(photo.site),
        ]
        stem = "_".join(filter(None, parts))
        ending = old_leaf(photo).removeprefix(photo.sha256)
        short = SHORT_HASH
        while f"{stem}_{photo.sha256[:short]}{ending}" in names.values():
            short += 1
        names[photo.sha256] = f"{stem}_{photo.sha256[:short]}{ending}"
    return names


def old_leaf(photo: PhotoRecord) -> str:
    """Return what archives of the first layout call a photo: the SHA-256 of its content."""
    return name_of(photo.sha256, photo.file_format).rpartition("/")[2]


def manifest(photos: Iterable[PhotoRecord], names: Mapping[str, str]) -> str:
    """Return a table of the photos in an archive, for a person and a spreadsheet."""
    rows = [
        (
            f"photos/{names[photo.sha256]}",
            photo.sha256,
            photo.captured.isoformat(),
            photo.captured_source.value,
            photo.view.value,
            photo.site,
            photo.n_bytes,
            photo.width,
            photo.height,
        )
        for photo in photos
    ]
    return csv_text(MANIFEST_HEADS, rows)


def _day(photo: PhotoRecord, sessions: Sequence[Session]) -> str:
    session = session_of(sessions, photo.captured)
    if session is None:
        return ""
    if photo.captured < session.at:
        return "before"
    day = round((photo.captured - session.at).total_seconds() / SECONDS_A_DAY)
    number = [one.id for one in sessions].index(session.id) + 1
    after = f"session-{number}_" if len(sessions) > 1 else ""
    return f"{after}day-{day:03d}"


def _plain(text: str) -> str:
    """Return text as part of a name: letters of ASCII, digits and hyphens."""
    return re.sub("[^a-z0-9]+", "-", text.lower()).strip("-")[:MAX_SITE].strip("-")
