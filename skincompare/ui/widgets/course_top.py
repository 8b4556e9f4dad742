"""The first screen of a patient: baseline beside the latest photo, what it says, and the strip of all photos."""

from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from skincompare.records import AnalysisStatus, PhotoRecord
from skincompare.store import Store
from skincompare.ui.keys import Key
from skincompare.ui.pictures import picture_address
from skincompare.ui.strip import choose_day
from skincompare.ui.widgets.change_table import show_change_tables
from skincompare.ui.widgets.course_viewer import photo_words, show_course_pair, show_side_by_side
from skincompare.ui.widgets.flags import show_flags, show_notes
from skincompare.ui.widgets.sentences import show_lead, show_sentences
from skincompare.ui.words import course as words
from skincompare.ui.words.moments import date_words, short_date_words
from skincompare.workflows.course_overview import day_to_show
from skincompare.workflows.timeline import Timeline, TimelineDay, course_timeline

__all__ = ["show_course_top"]

COLUMNS = (0.64, 0.36)
"""Shares of the width for the pictures and for what they say."""
MOST_SENTENCES = 4
"""Sentences beside the pictures; all numbers wait below."""


@st.fragment
def show_course_top(store: Store, whole: Timeline, zone: ZoneInfo) -> None:
    """Draw the pair, what it says and the strip; another photo of the strip runs this part again alone.

    Parameters
    ----------
    store : Store
        Where the course is.
    whole : Timeline
        The course in one series, with the quantities that the sentences are made of.
    zone : ZoneInfo
        Of the clinic.
    """
    if whole.baseline is None or not whole.days:
        _show_little(store, whole, zone)
        return
    top = st.container(key="course-row")
    day = _chosen(store, whole, zone)
    with top:
        pictures, beside = st.columns(COLUMNS, gap="medium")
    with pictures:
        is_kept = show_course_pair(store, whole, day, zone, Key.COURSE_VIEWER)
    with beside:
        _show_words(store, whole, day, zone, is_kept=is_kept)
    _show_untold(whole, zone)
    if day.changes:
        with st.expander(words.ALL_FOUND, key=Key.COURSE_NUMBERS, on_change="rerun") as box:
            if box.open:
                _show_all(store, whole, day)


def _show_little(store: Store, whole: Timeline, zone: ZoneInfo) -> None:
    photos = [day.photo for day in whole.days] if whole.baseline is None else [whole.baseline]
    if not photos:
        st.info(words.NO_PHOTOS, icon=":material/add_a_photo:")
        return
    st.info(words.NO_BASELINE if whole.baseline is None else words.NO_LATER, icon=":material/info:")
    shown = tuple(photos[-2:])
    show_side_by_side(store, shown, tuple(date_words(photo.captured, zone) for photo in shown))


def _chosen(store: Store, whole: Timeline, zone: ZoneInfo) -> TimelineDay:
    """Draw the strip and return the day that was chosen."""
    assert whole.baseline is not None
    by_id = {str(day.photo.id): day for day in whole.days}
    first = day_to_show(whole)
    assert first is not None
    photos = sorted((whole.baseline, *(day.photo for day in whole.days)), key=lambda one: one.captured)
    listed = [_on_strip(store, whole, photo, by_id.get(str(photo.id)), zone) for photo in photos]
    series = "-".join(whole.baseline.series).replace(" ", "_")
    chosen = choose_day(listed, str(first.photo.id), f"{Key.COURSE_STRIP}_{whole.course.id}_{series}")
    return by_id[chosen]


def _on_strip(
    store: Store, whole: Timeline, photo: PhotoRecord, day: TimelineDay | None, zone: ZoneInfo
) -> dict[str, Any]:
    mark = ""
    if day is not None and day.problem:
        mark = words.NOT_COMPARABLE
    elif day is not None and day.status is None:
        mark = words.NOT_MEASURED
    return {
        "id": str(photo.id),
        "label": words.BASELINE if day is None else words.day_words(whole, day),
        "note": short_date_words(photo.captured, zone),
        "src": picture_address(store, photo),
        "fixed": day is None,
        "mark": mark,
    }


def _show_words(store: Store, whole: Timeline, day: TimelineDay, zone: ZoneInfo, *, is_kept: bool) -> None:
    st.html(f'<p class="sc-quiet">{photo_words(whole, day, zone)}</p>')
    if day.problem:
        show_lead(words.NOT_COMPARABLE)
        show_notes([("", day.problem, True)])
        return
    told = words.lead_words(day, whole.treated)
    if not told:
        show_lead(words.NOT_MEASURED)
        show_sentences([words.AS_THEY_ARE])
        return
    lead, *more = told
    show_lead(lead)
    show_sentences(more[:MOST_SENTENCES])
    own = [one for one in day.changes if one.region in whole.treated or not whole.treated]
    show_sentences([one for one in (words.limit_words(own), words.treated_words(whole.treated)) if one])
    if day.flags:
        show_flags(day.flags)


def _show_all(store: Store, whole: Timeline, day: TimelineDay) -> None:
    """Draw every number of one photo; the page itself reads only few."""
    every = course_timeline(store, whole.patient, whole.course, series=day.photo.series, bands=whole.bands)
    same = next(one for one in every.days if one.photo.id == day.photo.id)
    show_change_tables(same.changes, whole.treated)


def _show_untold(whole: Timeline, zone: ZoneInfo) -> None:
    """List the photos that are not comparable, with why."""
    untold = [
        day
        for day in whole.days
        if day.problem and day.status in (AnalysisStatus.REFUSED, AnalysisStatus.FAILED)
    ]
    if not untold:
        return
    with st.expander(f"{words.WHY_NOT} ({len(untold)})", icon=":material/block:"):
        show_notes(
            (*words.photo_reason(day.photo, photo_words(whole, day, zone), day.problem), True)
            for day in untold
        )
