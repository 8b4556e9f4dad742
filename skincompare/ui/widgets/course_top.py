"""The first screen of a patient: baseline beside the latest photo, what it says, and the strip of all photos."""

from html import escape
from zoneinfo import ZoneInfo

import streamlit as st

from skincompare.measurement import Change
from skincompare.records import AnalysisStatus, PhotoRecord
from skincompare.report.words import grouped_reasons, is_measurable
from skincompare.store import Store
from skincompare.ui.clinic import clinic_zone
from skincompare.ui.jobs import jobs, show_job
from skincompare.ui.keys import Key
from skincompare.ui.pictures import picture_address
from skincompare.ui.places import PHOTO, Place, go_to, is_known
from skincompare.ui.state import address_of
from skincompare.ui.widgets.change_table import show_change_tables
from skincompare.ui.widgets.course_viewer import (
    photo_words,
    show_course_viewer,
    show_side_by_side,
    viewable_days,
)
from skincompare.ui.widgets.flags import show_flags, show_notes
from skincompare.ui.widgets.sentences import show_lead, show_sentences
from skincompare.ui.words import course as words
from skincompare.ui.words.moments import date_words
from skincompare.workflows.course_overview import QUANTITIES_OF, day_to_show, make_views
from skincompare.workflows.jobs import JobStatus
from skincompare.workflows.timeline import Timeline, TimelineDay, course_timeline

__all__ = ["show_course_top"]

COLUMNS = (0.64, 0.36)
"""Shares of the width for the pictures and for what they say."""
MOST_WAITED = 2
"""Quantities of a condition whose absence is told beside the pictures, the telling ones first."""
MOST_REASONS = 3
"""Reasons for what could not be measured; all wait below."""
MOST_SENTENCES = 4
"""Sentences beside the pictures; all numbers wait below."""


@st.fragment
def show_course_top(store: Store, whole: Timeline) -> None:
    """Draw the pair, what it says and the strip; another photo of the strip runs this part again alone.

    Parameters
    ----------
    store : Store
        Where the course is.
    whole : Timeline
        The course in one series, with the quantities that the sentences are made of.
    """
    zone = clinic_zone(store)
    days = viewable_days(store, whole)
    _make_missing(store, whole, days, is_first=True)
    if whole.baseline is None or not whole.days:
        _show_little(store, whole, zone)
        return
    if days:
        day = _show_pairs(store, whole, days, zone)
    else:
        day = whole.days[-1]
        st.info(words.AS_THEY_ARE, icon=":material/info:")
        notes = date_words(whole.baseline.captured, zone), photo_words(whole, day, zone)
        show_side_by_side(store, (whole.baseline, day.photo), notes)
    _show_unseen(store, whole, days, zone)
    _make_missing(store, whole, days, is_first=False)
    if day.changes:
        with st.expander(words.ALL_FOUND, key=Key.COURSE_NUMBERS, on_change="rerun") as box:
            if box.open:
                _show_all(store, whole, day)


def _make_missing(store: Store, whole: Timeline, days: tuple[TimelineDay, ...], *, is_first: bool) -> None:
    """Make the views of measured pairs that are not kept any more: the one that is shown first, then the others."""
    missing = [day for day in whole.days if day.status is AnalysisStatus.MEASURED and day not in days]
    first = day_to_show(whole)
    if not missing or (first in missing) is not is_first:
        return
    wanted = [first] if is_first and first else missing[::-1]
    key = f"{Key.COURSE_VIEWS}_{whole.course.id}_{'first' if is_first else 'others'}"
    job = jobs().find(key)
    if job is None or job.status is JobStatus.DONE:
        jobs().start(key, words.VIEWS_JOB, lambda job: make_views(store, whole, wanted, job))
    show_job(key)


def _show_pairs(store: Store, whole: Timeline, days: tuple[TimelineDay, ...], zone: ZoneInfo) -> TimelineDay:
    """Draw the viewer and what its photo says; return the day that is shown."""
    by_id = {str(day.photo.id): day for day in days}
    first = day_to_show(whole)
    begins = str(first.photo.id) if first and str(first.photo.id) in by_id else next(reversed(by_id))
    with st.container(key="course-row"):
        pictures, beside = st.columns(COLUMNS, gap="medium")
    view, site = days[0].photo.series
    key = f"{Key.COURSE_VIEWER}_{whole.course.id}_{view}_{site}".replace(" ", "_")
    with pictures:
        told = show_course_viewer(
            store, whole, days, zone, key=key, current=begins, can_present=is_known(Place.PRESENT)
        )
    if told.presents is not None:
        go_to(Place.PRESENT, {**address_of(whole.patient, whole.course), PHOTO: told.presents})
    day = by_id[told.current]
    with beside:
        _show_words(whole, day, zone)
    return day


def _show_little(store: Store, whole: Timeline, zone: ZoneInfo) -> None:
    photos = [day.photo for day in whole.days] if whole.baseline is None else [whole.baseline]
    if not photos:
        st.info(words.NO_PHOTOS, icon=":material/add_a_photo:")
        return
    st.info(words.NO_BASELINE if whole.baseline is None else words.NO_LATER, icon=":material/info:")
    shown = tuple(photos[-2:])
    show_side_by_side(store, shown, tuple(date_words(photo.captured, zone) for photo in shown))


def _show_words(whole: Timeline, day: TimelineDay, zone: ZoneInfo) -> None:
    st.html(f'<p class="sc-quiet">{escape(photo_words(whole, day, zone))}</p>')
    if day.problem:
        show_lead(words.NOT_COMPARABLE)
        show_notes([("", day.problem, True)])
        return
    own = [one for one in day.changes if one.region in whole.treated or not whole.treated]
    told = words.lead_words(day, whole.treated)
    if not told and day.status is None:
        show_lead(words.NOT_MEASURED)
        return
    lead, *more = told or (words.NOT_MEASURABLE,)
    show_lead(lead)
    show_sentences(more[:MOST_SENTENCES])
    reasons = grouped_reasons(own if not told else _wanted(whole, own))[:MOST_REASONS]
    show_notes((words.untold(one.what, one.where), f"{one.why} {one.advice}", True) for one in reasons)
    show_sentences([one for one in (words.limit_words(own), words.treated_words(whole.treated)) if one])
    if not day.is_complete:
        show_sentences([words.INCOMPLETE])
    flags = (*words.doubts_of(own), *day.flags)
    if flags:
        show_flags(flags)


def _wanted(whole: Timeline, own: list[Change]) -> list[Change]:
    """Return the changes that a reader waits for and that could not be measured: redness, and what is treated."""
    waited = ("redness", *QUANTITIES_OF[whole.course.condition][:MOST_WAITED])
    return [one for one in own if one.metric in waited and not is_measurable(one)]


def _show_all(store: Store, whole: Timeline, day: TimelineDay) -> None:
    """Draw every number of one photo; the page itself reads only few."""
    every = course_timeline(store, whole.patient, whole.course, series=day.photo.series, bands=whole.bands)
    same = next(one for one in every.days if one.photo.id == day.photo.id)
    show_change_tables(same.changes, whole.treated)
    show_notes(
        (words.untold(one.what, one.where), f"{one.why} {one.advice}", False)
        for one in grouped_reasons(same.changes)
    )


def _show_unseen(store: Store, whole: Timeline, days: tuple[TimelineDay, ...], zone: ZoneInfo) -> None:
    """Show the photos that are not in the viewer, and why each photo that is not comparable is not."""
    waiting = [day for day in whole.days if day not in days and not day.problem]
    if waiting:
        st.html(
            _thumbs(
                store, [(day.photo, photo_words(whole, day, zone), words.NOT_MEASURED) for day in waiting]
            )
        )
    untold = [day for day in whole.days if day.problem]
    if untold:
        with st.expander(words.why_not(len(untold)), icon=":material/block:"):
            told = [(day.photo, photo_words(whole, day, zone), words.NOT_COMPARABLE) for day in untold]
            st.html(_thumbs(store, told))
            reasons = [words.photo_reason(photo, when) for photo, when, _ in told]
            show_notes((name, day.problem, True) for name, day in zip(reasons, untold, strict=True))


def _thumbs(store: Store, photos: list[tuple[PhotoRecord, str, str]]) -> str:
    figures = "".join(
        f'<figure><img src="{picture_address(store, photo)}" alt=""><figcaption>{escape(when)}'
        f"<br><strong>{escape(mark)}</strong></figcaption></figure>"
        for photo, when, mark in photos
    )
    return f'<div class="sc-thumbs">{figures}</div>'
