"""One patient: baseline beside the latest photo, the recovery, the progress, and all that was written down."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from skincompare.records import AnalysisStatus, Course, Patient
from skincompare.store import Store
from skincompare.ui.clinic import clinic_or_stop
from skincompare.ui.intake import measure_key, start_measuring
from skincompare.ui.jobs import jobs, show_job
from skincompare.ui.keys import Key
from skincompare.ui.places import Place, go_to, is_known
from skincompare.ui.problems import CalmErrors
from skincompare.ui.state import COURSE, address_of, chosen_course, chosen_patient
from skincompare.ui.widgets.course_curve import show_course_curve, show_course_flags
from skincompare.ui.widgets.course_files import show_course_files, show_made_files
from skincompare.ui.widgets.course_form import add_course, edit_course
from skincompare.ui.widgets.course_progress import show_course_progress
from skincompare.ui.widgets.course_records import show_records
from skincompare.ui.widgets.course_top import show_course_top
from skincompare.ui.widgets.page_frame import begin_page, end_page
from skincompare.ui.widgets.patient_form import edit_patient, remove_patient, say_what_was_done
from skincompare.ui.widgets.patient_head import patient_head
from skincompare.ui.words import course as words
from skincompare.ui.words import patients as patient_words
from skincompare.workflows.course_overview import QUANTITIES_OF, all_series
from skincompare.workflows.jobs import Job
from skincompare.workflows.measuring import due_pairs
from skincompare.workflows.timeline import course_timeline

__all__ = ["show"]

COLUMNS = (0.5, 0.5)
"""Shares of the width for the recovery and for the progress."""
COURSE_WIDTH_PX = 300


@CalmErrors()
def show() -> None:
    """Draw the page."""
    begin_page()
    store = clinic_or_stop().store
    say_what_was_done()
    patient = chosen_patient(store)
    if patient is None:
        st.info(words.NOBODY, icon=":material/group:")
        if st.button(words.TO_LIST):
            go_to(Place.PATIENTS)
    else:
        _patient(store, patient)
    end_page()


def _patient(store: Store, patient: Patient) -> None:
    head = st.container(horizontal=True, vertical_alignment="center", key="patient-head")
    courses, course = store.treatments.courses(patient), chosen_course(store, patient)
    with head:
        st.html(patient_head(patient, course), width="stretch")
        if course is not None and len(courses) > 1:
            _choose_course(patient, courses, course)
    _actions(store, patient, course, head)
    if course is None:
        st.info(words.NO_COURSE, icon=":material/info:")
        if st.button(words.NEW_COURSE, type="primary", icon=":material/add:"):
            add_course(store, patient)
        return
    _course(store, patient, course)


def _choose_course(patient: Patient, courses: tuple[Course, ...], course: Course) -> None:
    by_id = {str(one.id): one for one in courses}
    chosen = st.selectbox(
        words.COURSE,
        list(by_id),
        index=list(by_id).index(str(course.id)),
        format_func=lambda one: words.course_name(by_id[one]),
        key=f"{Key.COURSE}_{patient.uid}_{course.id}",
        label_visibility="collapsed",
        width=COURSE_WIDTH_PX,
    )
    if chosen != str(course.id):
        st.query_params[COURSE] = chosen
        st.rerun()


def _actions(store: Store, patient: Patient, course: Course | None, place: DeltaGenerator) -> None:
    address = address_of(patient, course)
    with place:
        if course is not None:
            _offer_measuring(store, course)
        if course is not None and st.button(
            words.PRESENT, key=Key.COURSE_PRESENT, icon=":material/present_to_all:"
        ):
            go_to(Place.PRESENT, address)
        if is_known(Place.ADD) and st.button(
            words.ADD_PHOTOS, key=Key.COURSE_ADD, icon=":material/add_a_photo:"
        ):
            go_to(Place.ADD, address)
        if course is not None:
            show_course_files(store, patient, course)
        edits = {patient_words.EDIT: lambda: edit_patient(store, patient)}
        if course is not None:
            edits[words.EDIT_COURSE] = lambda: edit_course(store, course)
        edits[words.NEW_COURSE] = lambda: add_course(store, patient)
        edits[patient_words.REMOVE] = lambda: remove_patient(store, patient)
        chosen = st.menu_button(
            words.MENU, list(edits), key=Key.COURSE_MENU, icon=":material/more_vert:", type="tertiary"
        )
    if chosen:
        edits[chosen]()


def _course(store: Store, patient: Patient, course: Course) -> None:
    photos = store.photos.of_course(course)
    kinds = all_series(photos)
    chosen = kinds[0] if kinds else None
    if len(kinds) > 1:
        chosen = st.segmented_control(
            words.VIEW,
            kinds,
            default=kinds[0],
            required=True,
            format_func=words.series_name,
            key=f"{Key.COURSE_SERIES}_{course.id}",
            label_visibility="collapsed",
        )
    quantities = tuple(dict.fromkeys(("redness", "melanin", *QUANTITIES_OF[course.condition])))
    whole = course_timeline(store, patient, course, quantities=quantities, series=chosen)
    show_made_files(course)
    show_course_flags(whole)
    show_job(measure_key(course), _measured)
    show_course_top(store, whole)
    with st.container(key="recovery-row"):
        left, right = st.columns(COLUMNS, gap="large")
    with left:
        st.markdown(f"##### {words.RECOVERY}")
        recovery = st.container()
    with right:
        st.markdown(f"##### {words.PROGRESS}")
        show_course_progress(whole)
    st.markdown(f"##### {words.RECORDS}")
    show_records(store, whole)
    with recovery:
        show_course_curve(store, whole)


def _offer_measuring(store: Store, course: Course) -> None:
    """Offer to measure what is not measured, unless that is done just now."""
    job = jobs().find(measure_key(course))
    n_due = 0 if job is not None and not job.is_over else len(due_pairs(store, course))
    if n_due:
        st.button(
            words.due_button(n_due),
            key=f"{Key.COURSE_MEASURE}_{course.id}_start",
            type="primary",
            icon=":material/straighten:",
            on_click=_start_measuring,
            args=(store, course),
        )


def _start_measuring(store: Store, course: Course) -> None:
    start_measuring(store, course)


def _measured(job: Job) -> None:
    statuses = [analysis.status for _, analysis in job.results]
    if statuses:
        refused = sum(status is not AnalysisStatus.MEASURED for status in statuses)
        st.caption(words.measured_words(len(statuses) - refused, refused))
