"""The stored pair of a course in the viewer: baseline beside one of its photos, aligned when it was measured."""

import json
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from skincompare.records import PhotoRecord
from skincompare.report.viewer_pair import with_notes
from skincompare.store import Store
from skincompare.ui.pictures import picture_address, view_address
from skincompare.ui.viewer import show_pair
from skincompare.ui.words import course as words
from skincompare.ui.words.moments import date_words
from skincompare.web import shelf
from skincompare.workflows.course_overview import treated_of
from skincompare.workflows.timeline import Timeline, TimelineDay
from skincompare.workflows.views import DISPLAY

__all__ = ["photo_words", "show_course_pair", "show_side_by_side", "stored_pair"]


def show_course_pair(store: Store, whole: Timeline, day: TimelineDay, zone: ZoneInfo, key: str) -> bool:
    """Draw baseline and photo: in the viewer where their view is kept, else as they are.

    Parameters
    ----------
    store : Store
        Where they are.
    whole : Timeline
        The course, with a baseline.
    day : TimelineDay
        Which photo.
    zone : ZoneInfo
        Of the clinic, for the dates.
    key : str
        Of the viewer.

    Returns
    -------
    bool
        Whether the kept view was there.
    """
    assert whole.baseline is not None
    pair = stored_pair(store, whole, day)
    notes = date_words(whole.baseline.captured, zone), photo_words(whole, day, zone)
    if pair is None:
        show_side_by_side(store, (whole.baseline, day.photo), notes)
        return False
    show_pair(with_notes(pair, *notes), key=key)
    return True


def stored_pair(store: Store, whole: Timeline, day: TimelineDay) -> dict[str, Any] | None:
    """Return what the viewer takes of a kept pair, with addresses for its pictures; None where none is kept."""
    if whole.baseline is None:
        return None
    address = view_address(store, whole.baseline, day.photo, treated_of(whole, day.photo))
    shelved = shelf().find(address.rpartition("/")[2])
    data = shelved.load() if shelved else None
    found: dict[str, Any] | None = None if data is None else json.loads(data)
    return found


def photo_words(whole: Timeline, day: TimelineDay, zone: ZoneInfo) -> str:
    """Return when a photo was taken: ``Day 4 · 7 March 2026``."""
    return f"{words.day_words(whole, day)} · {date_words(day.photo.captured, zone)}"


def show_side_by_side(store: Store, photos: tuple[PhotoRecord, ...], notes: tuple[str, ...]) -> None:
    """Draw photos beside each other as they are, not aligned."""
    figures = "".join(
        f'<figure><img src="{picture_address(store, photo, DISPLAY)}" alt="{escape(note)}">'
        f'<figcaption dir="auto">{escape(note)}</figcaption></figure>'
        for photo, note in zip(photos, notes, strict=True)
    )
    st.html(f'<div class="sc-pair">{figures}</div>')
