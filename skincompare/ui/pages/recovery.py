"""Follow a recovery: a course's photos, measured day by day against the baseline."""

from collections.abc import Callable, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from skincompare.errors import SkincompareError
from skincompare.recovery import DayOfChanges, recovery_curves
from skincompare.report import words
from skincompare.report.viewer_pair import with_notes
from skincompare.settings import read_settings
from skincompare.ui.cache import DayResult, followed_day, outlook_of, thumbnail
from skincompare.ui.keys import Key
from skincompare.ui.problems import CalmErrors, escape_markdown, show_missing_samples
from skincompare.ui.samples import photo_note, read_samples, true_redness
from skincompare.ui.strip import choose_day
from skincompare.ui.viewer import show_pair
from skincompare.ui.widgets.page_frame import begin_page, end_page
from skincompare.ui.widgets.recovery_chart import recovery_chart
from skincompare.ui.widgets.recovery_outlook import show_recovery_flags, show_recovery_sentences
from skincompare.ui.widgets.recovery_words import most_changed_first, recovery_sentence
from skincompare.ui.widgets.sentences import show_lead, show_quiet, show_sentences
from skincompare.ui.words import recovery as own
from skincompare.ui.words.moments import short_date_words
from skincompare.workflows import CoursePhoto, SampleCourse

__all__ = ["show"]

COLUMNS = (0.5, 0.5)
"""Shares of the width for the curve and for the day's photos."""


@CalmErrors()
def show() -> None:
    """Draw the page."""
    begin_page()
    samples = read_samples()
    if samples is None or not samples.courses:
        show_missing_samples(read_settings().samples)
    else:
        _course(_choose_patient(samples.courses))
    end_page()


def _choose_patient(courses: Sequence[SampleCourse]) -> SampleCourse:
    by_name = {course.name: course for course in courses}
    name = st.segmented_control(
        own.PATIENT,
        list(by_name),
        default=courses[0].name,
        required=True,
        format_func=lambda one: by_name[one].title,
        key=Key.PATIENT,
        label_visibility="collapsed",
    )
    return by_name[name]


def _course(course: SampleCourse) -> None:
    st.caption(course.summary)
    chosen = _strip(course)
    lead, alarm = st.empty(), st.empty()
    with st.container(key="recovery-row"):
        left, right = st.columns(COLUMNS, gap="large")
    with left:
        regions, truth_shown = _choose_curves(course)
        bar, chart, more, outlook_place = st.empty(), st.empty(), st.empty(), st.empty()
    with right:
        st.markdown(own.beside_baseline(chosen.label))
        viewer = st.empty()
    truth = true_redness(course) if truth_shown else ()

    def draw(days: Sequence[DayResult], is_complete: bool) -> None:
        known = [DayOfChanges(day.photo.day, day.changes) for day in days]
        curves = recovery_curves(known, regions=regions)
        told = [recovery_sentence(one, is_complete=is_complete) for one in most_changed_first(curves)]
        show_lead(told[0] if told else own.CHOOSE_REGION, lead)
        show_sentences(told[1:], more)
        outlook = None
        if is_complete:
            outlook = outlook_of(course, days, [one for one in regions if one in course.treated])
            show_recovery_flags(outlook, alarm)
            show_recovery_sentences(outlook, outlook_place)
            curves = (*curves, *filter(None, (outlook.overall,)))
        chart.altair_chart(
            recovery_chart(curves, truth, course.photos[-1].day, outlook),
            width="stretch",
            alt=own.ALT,
        )

    try:
        days = _measured(course, chosen, bar, viewer, draw)
    except SkincompareError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
        return
    with left:
        show_quiet(own.CHART_NOTE)
    _show_problems(days)


def _strip(course: SampleCourse) -> CoursePhoto:
    days = [
        {
            "label": photo.label,
            "note": short_date_words(photo.captured),
            "src": thumbnail(photo.path),
            "fixed": photo is course.baseline,
        }
        for photo in course.photos
    ]
    label = choose_day(days, course.photos[1].label, Key.DAY_STRIP)
    return next(photo for photo in course.photos if photo.label == label)


def _choose_curves(course: SampleCourse) -> tuple[tuple[str, ...], bool]:
    known = dict.fromkeys((*course.treated, *course.reference, "forehead", "nose", "chin"))
    with st.container(key="curve-controls", horizontal=True, vertical_alignment="center"):
        regions = st.pills(
            own.REGIONS,
            list(known),
            selection_mode="multi",
            default=list(course.treated),
            format_func=lambda one: words.capitalised(words.region_label(one)),
            key=f"{Key.CURVE_REGIONS}_{course.name}",
            wrap=True,
            label_visibility="collapsed",
        )
        truth_shown = st.toggle(own.TRUTH, key=Key.SHOW_TRUTH, help=own.TRUTH_HELP)
    return tuple(regions), truth_shown


def _measured(
    course: SampleCourse,
    chosen: CoursePhoto,
    bar: DeltaGenerator,
    viewer: DeltaGenerator,
    draw: Callable[[Sequence[DayResult], bool], None],
) -> list[DayResult]:
    """Measure day by day, drawing the curve as it grows and the chosen day as soon as it is there."""
    photos = course.photos[1:]
    days: list[DayResult] = []
    for index, photo in enumerate(photos):
        bar.progress(index / len(photos), own.measuring(photo.label))
        days.append(followed_day(course, photo))
        if photo is chosen:
            with viewer.container():
                _show_day(course, days[-1])
        draw(days, index + 1 == len(photos))
    bar.empty()
    return days


def _show_day(course: SampleCourse, day: DayResult) -> None:
    if day.pair is None:
        st.warning(escape_markdown(day.problem))
        return
    show_pair(with_notes(day.pair, photo_note(course.baseline), photo_note(day.photo)), key=Key.DAY_VIEWER)


def _show_problems(days: Sequence[DayResult]) -> None:
    for day in days:
        if day.problem:
            st.warning(escape_markdown(own.day_problem(day.photo.label, day.problem)))
