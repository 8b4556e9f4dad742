"""Two photos of a patient beside each other: baseline and latest at first, any two by choice."""

from collections.abc import Callable
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from skincompare.choices import Progress
from skincompare.errors import SkincompareError
from skincompare.imaging.regions import FACE_REGIONS
from skincompare.records import Course, Patient
from skincompare.report.labels import capitalised, region_label
from skincompare.report.pair_view import PairView, view_of
from skincompare.store import Store
from skincompare.ui.clinic import clinic_or_stop
from skincompare.ui.face_map import show_face_map
from skincompare.ui.keys import Key
from skincompare.ui.pictures import picture_address, view_address
from skincompare.ui.problems import escape_markdown
from skincompare.ui.state import chosen_patient, open_patient
from skincompare.ui.viewer import points_file
from skincompare.ui.widgets.first_look import show_stored_look
from skincompare.ui.widgets.kept_viewer import show_kept_viewer
from skincompare.ui.widgets.outcome import show_outcome, show_result
from skincompare.ui.widgets.pair_files import FileKind, show_files
from skincompare.ui.words import compare as words
from skincompare.ui.words import files as file_words
from skincompare.workflows.course_pairs import (
    CoursePair,
    CourseSeries,
    compared_pair,
    kept_pairs,
    series_of_course,
    view_of_pair,
)
from skincompare.workflows.measuring import treated_regions
from skincompare.workflows.reporting import comparison_csv, comparison_pair, comparison_report, letterhead_of
from skincompare.workflows.views import DISPLAY, FULL, make_view

__all__ = ["show_stored_compare"]

MOST_FOUND = 50
"""Patients that a search lists."""
ALL_REGIONS: tuple[str, ...] = (*FACE_REGIONS, "neck")


def show_stored_compare() -> None:
    """Draw the choice of patient and photos, and the comparison."""
    store = clinic_or_stop().store
    row = st.container(horizontal=True, vertical_alignment="bottom", key="compare-choice")
    with row:
        patient = _choose_patient(store)
    if patient is None:
        return
    with row:
        course = _choose_course(store, patient)
    series = series_of_course(store, course) if course else ()
    if not series:
        st.info(words.NO_PAIR, icon=":material/add_a_photo:")
        return
    with row:
        chosen = _choose_series(series)
        pair = _choose_treated(_choose_pair(chosen))
    marked_pair, points = st.session_state.get(Key.MARKED_POINTS, (None, None))
    if points is not None and marked_pair == (pair.before.sha256, pair.after.sha256):
        _show_marked(store, chosen, pair, points)
    elif _is_kept(store, pair):
        _show(store, patient, chosen, pair)


def _choose_patient(store: Store) -> Patient | None:
    found = chosen_patient(store)
    search = ""
    if store.people.count() > MOST_FOUND:
        search = st.text_input(words.FIND_PATIENT, key=Key.COMPARE_SEARCH, width=190)
    listed = [one.patient for one in store.people.page(search=search, limit=MOST_FOUND)]
    if found is not None and found.uid not in [one.uid for one in listed] and not search:
        listed = [found, *listed]
    if not listed:
        st.info(words.NO_PATIENTS, icon=":material/group:")
        return None
    by_uid = {one.uid: one for one in listed}
    uid = st.selectbox(
        words.PATIENT,
        list(by_uid),
        index=list(by_uid).index(found.uid) if found is not None and found.uid in by_uid else 0,
        format_func=lambda one: _name(by_uid[one]),
        width=230,
    )
    open_patient(by_uid[uid])
    return by_uid[uid]


def _name(patient: Patient) -> str:
    return f"{patient.code} · {patient.display_name}" if patient.display_name else patient.code


def _choose_course(store: Store, patient: Patient) -> Course | None:
    courses = {one.id: one for one in store.treatments.courses(patient)}
    if len(courses) < 2:
        return next(iter(courses.values()), None)
    number = st.selectbox(
        words.COURSE,
        list(courses),
        index=len(courses) - 1,
        format_func=lambda one: courses[one].title or courses[one].condition.value,
        key=f"{Key.COMPARE_COURSE}_{patient.id}",
        width=190,
    )
    return courses[number]


def _choose_series(series: tuple[CourseSeries, ...]) -> CourseSeries:
    if len(series) == 1:
        return series[0]
    number = st.selectbox(
        words.SERIES,
        range(len(series)),
        format_func=lambda one: words.series_words(series[one].view, series[one].site),
        key=f"{Key.COMPARE_SERIES}_{series[0].photos[0].course_id}",
        width=170,
    )
    return series[number]


def _choose_pair(series: CourseSeries) -> CoursePair:
    """Ask for two different photos: at first the baseline and the newest one."""
    photos = {photo.id: series.label(photo) for photo in series.photos}
    name = f"{series.photos[0].course_id}_{series.view}_{series.site}"
    first = (series.baseline or series.photos[0]).id
    before = st.selectbox(
        words.BEFORE,
        list(photos),
        index=list(photos).index(first),
        format_func=photos.__getitem__,
        key=f"{Key.COMPARE_BEFORE}_{name}",
        width=230,
    )
    others = [one for one in photos if one != before]
    after = st.selectbox(
        words.AFTER,
        others,
        index=len(others) - 1,
        format_func=photos.__getitem__,
        key=f"{Key.COMPARE_AFTER}_{name}_{before}",
        width=230,
    )
    found = series.find(before), series.find(after)
    assert found[0] is not None
    assert found[1] is not None
    return CoursePair(found[0], found[1], treated_regions(series.sessions, found[1]))


def _choose_treated(pair: CoursePair) -> CoursePair:
    """Let the treated regions be tapped on a face; at first those of the sessions."""
    if not pair.treated:
        return pair
    key = f"{Key.COMPARE_TREATED}_{pair.key}"
    st.session_state.setdefault(key, [one for one in ALL_REGIONS if one in pair.treated])

    def toggle(region: str) -> None:
        chosen = st.session_state[key]
        st.session_state[key] = [one for one in ALL_REGIONS if (one in chosen) is not (one == region)]

    with st.popover(words.treated_words(len(st.session_state[key])), icon=":material/face:"):
        show_face_map(st.session_state[key], f"{key}_face", toggle)
        chosen = st.multiselect(
            words.TREATED,
            ALL_REGIONS,
            format_func=lambda one: capitalised(region_label(one)),
            key=key,
            help=words.TREATED_HELP,
        )
    return CoursePair(pair.before, pair.after, tuple(sorted(chosen)) or pair.treated)


def _show_marked(store: Store, series: CourseSeries, pair: CoursePair, points: bytes) -> None:
    """Draw the pair as aligned with the points that a person marked; the stored numbers stay as they are."""
    key = pair, points
    kept: tuple[object, PairView] | None = st.session_state.get(Key.MARKED_VIEW)
    if kept is None or kept[0] != key:
        made = _compared(store, pair, lambda progress: view_of(compared_pair(store, pair, points, progress)))
        if made is None:
            return
        kept = key, made
        st.session_state[Key.MARKED_VIEW] = kept
    st.info(words.WITH_POINTS, icon=":material/my_location:")
    st.button(words.WITHOUT_POINTS, on_click=st.session_state.pop, args=(Key.MARKED_POINTS, None))
    show_outcome(
        kept[1],
        (series.date(pair.before), series.label(pair.after)),
        (picture_address(store, pair.before, FULL), picture_address(store, pair.after, FULL)),
        partial(compared_pair, store, pair, points),
    )


def _is_kept(store: Store, pair: CoursePair) -> bool:
    """Compare the pair where that was not done yet; return whether there is a view."""
    if view_of_pair(store, pair) is not None:
        return True
    made = _compared(
        store, pair, lambda progress: make_view(store, pair.before, pair.after, pair.treated, progress)
    )
    return made is not None


def _compared(store: Store, pair: CoursePair, make: Callable[[Progress], PairView]) -> PairView | None:
    """Compare with its steps shown, over the photos as they are; say why where that cannot be done."""
    waiting = st.empty()
    with waiting.container():
        bar = st.progress(0.0, words.COMPARING)
        show_stored_look([picture_address(store, one, DISPLAY) for one in (pair.before, pair.after)])
    try:
        return make(lambda step, share: _tell(bar, step, share))
    except SkincompareError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
        return None
    finally:
        waiting.empty()


def _tell(bar: DeltaGenerator, step: str, share: float) -> None:
    bar.progress(min(1.0, share), f"{capitalised(step)} …")


@st.fragment
def _show(store: Store, patient: Patient, series: CourseSeries, wanted: CoursePair) -> None:
    """Draw the pairs; another one of the strip runs this part again alone."""
    pairs = {pair.key: pair for pair in kept_pairs(store, series, wanted.before, wanted)}
    shown: list[CoursePair] = [wanted]

    def pictures() -> PairView:
        state = show_kept_viewer(
            store,
            {key: (pair.before, pair.after) for key, pair in pairs.items()},
            [_listed(store, series, pair) for pair in pairs.values()],
            key=f"{Key.COURSE_PAIRS}_{wanted.before.course_id}",
            current=wanted.key,
        )
        if state.align is not None:
            marked = pairs[state.align[0]]
            photos = marked.before.sha256, marked.after.sha256
            st.session_state[Key.MARKED_POINTS] = photos, points_file(state.align[1])
            st.rerun()
        shown[0] = pairs.get(state.current, wanted)
        view = view_of_pair(store, shown[0]) or view_of_pair(store, wanted)
        assert view is not None
        return view

    show_result(pictures, lambda: _show_files(store, patient, shown[0]))


def _show_files(store: Store, patient: Patient, pair: CoursePair) -> None:
    stem = f"skincompare-{pair.before.sha256[:8]}-{pair.after.sha256[:8]}"
    made = partial(compared_pair, store, pair)
    show_files(
        pair.key,
        stem,
        (
            FileKind(
                file_words.PDF,
                "pdf",
                "application/pdf",
                lambda options: comparison_report(
                    made(), options, letterhead=letterhead_of(store, patient, with_name=options.with_name)
                ),
            ),
            FileKind(file_words.PNG, "png", "image/png", lambda options: comparison_pair(made(), options)),
            FileKind(file_words.TABLE, "csv", "text/csv", lambda options: comparison_csv(made())),
        ),
    )


def _listed(store: Store, series: CourseSeries, pair: CoursePair) -> dict[str, str]:
    return {
        "id": pair.key,
        "label": series.label(pair.after),
        "before_note": series.date(pair.before),
        "after_note": series.label(pair.after),
        "url": view_address(store, pair.before, pair.after, pair.treated),
        "thumb": picture_address(store, pair.after),
    }
