"""Add photos: whose, which view, many files at once; what will be stored is shown before it is."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from skincompare.errors import SkincompareError
from skincompare.records import Course, Patient, View
from skincompare.store import Store
from skincompare.ui.capture import take_photos
from skincompare.ui.clinic import clinic_or_stop
from skincompare.ui.intake import (
    Batch,
    batch,
    import_key,
    look,
    start_import,
    take_uploads,
)
from skincompare.ui.jobs import jobs, show_job
from skincompare.ui.keys import Key
from skincompare.ui.problems import CalmErrors, escape_markdown
from skincompare.ui.widgets.import_outcome import forget_import, show_import
from skincompare.ui.widgets.incoming_list import (
    of_standing,
    show_dates,
    show_left_out,
    show_ready,
)
from skincompare.ui.widgets.page_frame import begin_page, end_page
from skincompare.ui.widgets.whose import choose_course, choose_patient
from skincompare.ui.words import add as words
from skincompare.workflows.importing import ImportPlan, IncomingFile, find_photos
from skincompare.workflows.incoming import Expected, Outlook, Standing, expect
from skincompare.workflows.jobs import Job

__all__ = ["FILE_TYPES", "show"]

FILE_TYPES = ("jpg", "jpeg", "png", "webp", "tif", "tiff", "heic", "heif")
"""Endings that the file chooser offers; what a file really is decides its content."""
WAYS = (words.FILES, words.CAMERA, words.FOLDER)


@CalmErrors()
def show() -> None:
    """Draw the page."""
    begin_page()
    store = clinic_or_stop().store
    patient = choose_patient(store, words.TITLE)
    course = choose_course(store, patient) if patient else None
    if patient is not None and course is not None:
        _add(store, patient, course)
    end_page()


def _add(store: Store, patient: Patient, course: Course) -> None:
    waiting = batch()
    with st.container(key="add-view", horizontal=True, vertical_alignment="center"):
        view = _choose_view()
        way = _choose_way()
    site, px_per_mm = _choose_place() if view is View.CLOSE_UP else ("", None)
    needs_site = view is View.CLOSE_UP and not site
    shared = bool(st.session_state.get(f"{Key.ADD_SHARED}_{patient.uid}"))
    plan = ImportPlan(patient, course, view, site, None, px_per_mm, shared)
    if way == words.CAMERA:
        if needs_site:
            st.info(words.CLOSE_UP_HINT)
        else:
            take_photos(store, plan, waiting)
    elif way == words.FOLDER:
        _choose_folder(waiting, plan)
    else:
        _choose_files(waiting, plan)
    looking = look(waiting)
    place = st.container(key="add-store")
    show_import(waiting, patient, course)
    if looking is not None:
        _show_looking(waiting, looking)
    if not waiting.files:
        return
    if needs_site:
        if way != words.CAMERA:
            st.info(words.CLOSE_UP_HINT)
        return
    if looking is None or looking.is_over:
        _show_outlook(store, waiting, plan, place)


def _choose_view() -> View:
    view = st.segmented_control(
        words.VIEW,
        list(View),
        default=View.FRONT,
        required=True,
        format_func=words.view_label,
        key=Key.ADD_VIEW,
        label_visibility="collapsed",
    )
    return view or View.FRONT


def _choose_place() -> tuple[str, float | None]:
    with st.container(key="add-place", horizontal=True, vertical_alignment="bottom"):
        site = st.text_input(
            words.SITE, placeholder=words.SITE_HINT, key=Key.ADD_SITE, max_chars=200, width=280
        )
        scale = st.number_input(
            words.PX_PER_MM, 0.1, 1000.0, None, placeholder=words.PX_PER_MM_HINT, key=Key.ADD_SCALE, width=280
        )
    return site.strip(), scale


def _choose_way() -> str:
    way = st.segmented_control(
        words.WHERE,
        WAYS,
        default=words.FILES,
        required=True,
        key=Key.ADD_WAY,
        label_visibility="collapsed",
    )
    return way or words.FILES


def _choose_files(waiting: Batch, plan: ImportPlan) -> None:
    files = st.file_uploader(
        words.UPLOAD, FILE_TYPES, accept_multiple_files=True, key=f"{Key.ADD_FILES}_{waiting.uploads}"
    )
    if files:
        try:
            take_uploads(waiting, files)
        except SkincompareError as error:
            st.error(escape_markdown(str(error)), icon=":material/error:")
            return
        forget_import(plan.patient, plan.course)
        st.rerun()


def _choose_folder(waiting: Batch, plan: ImportPlan) -> None:
    with st.form(key=f"{Key.ADD_FOLDER}_form", border=False):
        place = st.text_input(words.FOLDER_HINT, key=Key.ADD_FOLDER)
        asked = st.form_submit_button(words.FOLDER_BUTTON, key=Key.ADD_LOOK)
    if not (asked and place.strip()):
        return
    try:
        found = find_photos([Path(place.strip()).expanduser()])
    except (SkincompareError, RuntimeError, OSError) as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
        return
    known = {file.source for file in waiting.files.values()}
    waiting.add(IncomingFile(path.name, path) for path in found if path not in known)
    forget_import(plan.patient, plan.course)
    st.rerun()


def _show_looking(waiting: Batch, job: Job) -> None:
    if not job.is_over:
        show_job(job.key)
        return
    st.info(words.unseen(len(waiting.unseen)))
    st.button(words.LOOK_AT_REST, key=f"{Key.ADD_LOOK}_rest", on_click=jobs().forget, args=(job.key,))


def _show_outlook(store: Store, waiting: Batch, plan: ImportPlan, place: DeltaGenerator) -> None:
    zone = store.people.clinic().zone
    outlook = expect(store, plan, waiting.seen, waiting.confirmed)
    others = of_standing(outlook.files, Standing.OF_ANOTHER)
    show_left_out(
        waiting,
        words.OTHERS,
        others,
        lambda one: words.of_another(one.others, plan.patient.code),
    )
    if others or plan.shared:
        st.checkbox(words.SHARED, key=f"{Key.ADD_SHARED}_{plan.patient.uid}")
    unsure = of_standing(outlook.files, Standing.TO_CONFIRM)
    ready = of_standing(outlook.files, Standing.READY)
    job = jobs().find(import_key(plan.patient))
    if job is not None and not job.is_over:
        ready = ()  # they are being stored
    if ready:
        with place:
            _store_button(store, waiting, plan, ready, (len(unsure), len(others)))
    _notes(outlook)
    _offer_views(waiting, plan, (*ready, *unsure))
    show_dates(waiting, unsure, zone)
    show_ready(waiting, ready, plan.view, zone)
    show_left_out(
        waiting, words.REFUSED, of_standing(outlook.files, Standing.REFUSED), lambda one: one.seen.problem
    )
    show_left_out(
        waiting,
        words.STORED_BEFORE,
        of_standing(outlook.files, Standing.ALREADY_THERE, Standing.TWICE),
        _there,
    )


def _there(one: Expected) -> str:
    said = words.twice if one.standing is Standing.TWICE else words.stored_before
    return said(one.others[0])


def _notes(outlook: Outlook) -> None:
    if not outlook.has_session:
        st.info(escape_markdown(words.NO_SESSION))
    for photo in outlook.replaced:
        st.warning(escape_markdown(words.replaces(photo.file_name)), icon=":material/event_busy:")
    for view, site in outlook.without_baseline:
        st.info(escape_markdown(words.no_baseline(words.view_label(View(view), site))))


def _offer_views(waiting: Batch, plan: ImportPlan, files: Sequence[Expected]) -> None:
    """Say which photos show another view than the chosen one; a person decides."""
    others = {
        one.seen: one.seen.face_view
        for one in files
        if one.seen.face_view is not None
        and one.seen.file.view is None
        and plan.view in words.FACE_VIEWS
        and one.seen.face_view is not plan.view
    }
    if not others:
        return
    with st.container(key="add-views", horizontal=True, vertical_alignment="center"):
        st.markdown(escape_markdown(words.other_views(others.values())), width="content")
        if st.button(words.USE_VIEWS, key=Key.ADD_VIEWS):
            for seen, view in others.items():
                waiting.say(seen, view=view)
            st.rerun()


def _store_button(
    store: Store, waiting: Batch, plan: ImportPlan, ready: Sequence[Expected], others: tuple[int, int]
) -> None:
    """Offer to store what is ready, where it is seen without scrolling; say how many others there are."""
    n_unsure, n_of_another = others
    with st.container(horizontal=True, vertical_alignment="center"):
        asked = st.button(
            words.store_button(len(ready)), type="primary", icon=":material/save:", key=Key.ADD_STORE
        )
        told = [words.summary(n_unsure)] if n_unsure else []
        told += [words.of_another_short(n_of_another)] if n_of_another else []
        if told:
            st.caption(escape_markdown(" ".join(told)))
    if asked:
        start_import(store, plan, [one.seen.file for one in ready], waiting.tray)
        st.rerun()
