"""The measured pairs of a course in the viewer: baseline beside each photo, stepped through without a page rerun."""

from html import escape
from zoneinfo import ZoneInfo

import streamlit as st

from skincompare.records import PhotoRecord
from skincompare.store import Store
from skincompare.ui.pictures import picture_address, view_address
from skincompare.ui.viewer import ViewerState
from skincompare.ui.widgets.kept_viewer import show_kept_viewer
from skincompare.ui.words import course as words
from skincompare.ui.words.moments import date_words, short_date_words
from skincompare.workflows.course_overview import treated_of
from skincompare.workflows.timeline import Timeline, TimelineDay
from skincompare.workflows.views import DISPLAY, view_name

__all__ = ["photo_words", "show_course_viewer", "show_side_by_side", "viewable_days"]


def viewable_days(store: Store, whole: Timeline) -> tuple[TimelineDay, ...]:
    """Return the days whose pair is kept, so that it is shown without any computing."""
    baseline = whole.baseline
    if baseline is None:
        return ()
    return tuple(
        day
        for day in whole.days
        if view_name(baseline, treated_of(whole, day.photo)) in store.derived.names(day.photo.sha256)
    )


def show_course_viewer(
    store: Store,
    whole: Timeline,
    days: tuple[TimelineDay, ...],
    zone: ZoneInfo,
    *,
    key: str,
    current: str,
    can_present: bool = True,
) -> ViewerState:
    """Draw the viewer of a course; what a person draws on a pair is stored.

    Parameters
    ----------
    store : Store
        Where the photos are.
    whole : Timeline
        The course, with a baseline.
    days : tuple of TimelineDay
        From :func:`viewable_days`, at least one.
    zone : ZoneInfo
        Of the clinic, for the dates.
    key : str
        Of the widget.
    current : str
        Number of the photo that is shown first.
    can_present : bool
        Whether there is a patient view to go to.
    """
    baseline = whole.baseline
    assert baseline is not None
    before = date_words(baseline.captured, zone)
    pairs = [
        {
            "id": str(day.photo.id),
            "label": words.day_words(whole, day),
            "before_note": before,
            "after_note": photo_words(whole, day, zone),
            "url": view_address(store, baseline, day.photo, treated_of(whole, day.photo)),
            "thumb": picture_address(store, day.photo),
            "note": words.strip_note(short_date_words(day.photo.captured, zone), day),
        }
        for day in days
    ]
    photos = {str(day.photo.id): (baseline, day.photo) for day in days}
    return show_kept_viewer(store, photos, pairs, key=key, current=current, patient_view=can_present)


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
