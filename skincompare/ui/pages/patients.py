"""The patients of the clinic: find one and open it; a new one; an empty clinic that offers a demo."""

from collections.abc import Sequence

import streamlit as st

from skincompare.store import Store
from skincompare.ui.clinic import clinic_or_stop, clinic_zone
from skincompare.ui.jobs import jobs, show_job
from skincompare.ui.keys import Key
from skincompare.ui.notes_cache import notes_of_lines
from skincompare.ui.patient_list import show_patients
from skincompare.ui.pictures import picture_address
from skincompare.ui.places import Place, go_to, is_known
from skincompare.ui.problems import CalmErrors
from skincompare.ui.state import PATIENT
from skincompare.ui.widgets.demo_clinic import offer_demo
from skincompare.ui.widgets.page_frame import begin_page, end_page
from skincompare.ui.widgets.patient_form import new_patient, say_what_was_done
from skincompare.ui.widgets.patient_row import patient_row
from skincompare.ui.widgets.sentences import show_lead
from skincompare.ui.words import patients as words
from skincompare.workflows.patients import PatientLine, measure_everything, patient_lines

__all__ = ["show"]

ON_A_PAGE = 20
"""Patients on a page of the list: two screens of a tablet."""
LOOKING_SECONDS = 0.6
"""How long one run looks for flags before it draws; the rest is looked for afterwards [judgement]."""
EVERY_SECONDS = 0.3
"""How soon the list is drawn again while flags are still looked for."""
AFTER = "patients_after"
"""Where the last codes of the pages before this one are kept."""
OPENED = "patients_opened"
"""Where the patient that was tapped is kept until the page runs."""
SEARCH_WIDTH_PX = 380


@CalmErrors()
def show() -> None:
    """Draw the page."""
    begin_page()
    store = clinic_or_stop().store
    say_what_was_done()
    show_job(Key.DEMO)
    show_job(Key.MEASURE_ALL)
    if store.people.count():
        _found(store)
    elif jobs().find(Key.DEMO) is None:
        _nobody(store)
    end_page()


def _nobody(store: Store) -> None:
    show_lead(words.EMPTY_LEAD)
    st.write(words.EMPTY_TEXT)
    with st.container(horizontal=True):
        _new_button(store)
        if is_known(Place.ADD) and st.button(words.ADD_PHOTOS, icon=":material/add_a_photo:"):
            go_to(Place.ADD)
    offer_demo(store)


def _new_button(store: Store) -> None:
    if st.button(words.NEW, key=Key.PATIENT_NEW, type="primary", icon=":material/person_add:"):
        new_patient(store)


def _found(store: Store) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="patients-head"):
        search = st.text_input(
            words.SEARCH,
            key=Key.PATIENT_SEARCH,
            type="search",
            live=True,
            icon=":material/search:",
            placeholder=words.SEARCH_HINT,
            label_visibility="collapsed",
            width=SEARCH_WIDTH_PX,
            max_chars=200,
            on_change=_first_page,
        )
        _new_button(store)
    _list(store, search or "")


def _list(store: Store, search: str) -> None:
    pages: list[str] = st.session_state.setdefault(AFTER, [])
    found = patient_lines(store, search=search, after=pages[-1] if pages else "", limit=ON_A_PAGE + 1)
    lines, is_more = found[:ON_A_PAGE], len(found) > ON_A_PAGE
    if not lines:
        st.info(words.NOBODY_FOUND)
        return
    _rows(store, lines)
    _turn_pages(
        store, pages, lines[-1].patient.code, len(lines), is_more=is_more, is_search=bool(search.strip())
    )


def _rows(store: Store, lines: Sequence[PatientLine]) -> None:
    """Draw the list at once; flags that take longer to look for come in later runs of this part alone."""
    first = notes_of_lines(store, lines, LOOKING_SECONDS)
    is_all = len(first) == len(lines)

    @st.fragment(run_every=None if is_all else EVERY_SECONDS)
    def draw() -> None:
        opened = st.session_state.pop(OPENED, None)
        if opened is not None:  # before anything else is looked for: the pair is to be there soon
            go_to(Place.PATIENT, {PATIENT: opened})
        notes = first if is_all else notes_of_lines(store, lines, LOOKING_SECONDS)
        zone = clinic_zone(store)
        rows = [
            patient_row(
                line,
                notes.get(line.patient.uid),
                picture_address(store, line.photo) if line.photo else "",
                zone,
            )
            for line in lines
        ]
        show_patients(rows, words.PATIENTS, Key.PATIENT_LIST, _remember)
        if any(one.n_due for one in notes.values()):
            _offer_measuring(store)
        if not is_all and len(notes) == len(lines):
            st.rerun()

    draw()


def _offer_measuring(store: Store) -> None:
    """Offer to measure everything that is due, unless it is being measured."""
    if any((job := jobs().find(key)) is not None and not job.is_over for key in (Key.DEMO, Key.MEASURE_ALL)):
        return
    if st.button(words.MEASURE_ALL, key=f"{Key.MEASURE_ALL}_start", icon=":material/straighten:"):
        jobs().start(Key.MEASURE_ALL, words.MEASURE_ALL_JOB, lambda job: measure_everything(store, job))
        st.rerun()


def _remember(uid: str) -> None:
    st.session_state[PATIENT] = st.session_state[OPENED] = uid


def _turn_pages(
    store: Store, pages: list[str], last: str, n_lines: int, *, is_more: bool, is_search: bool
) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if pages:
            st.button(
                words.PREVIOUS, key=Key.PATIENTS_PREVIOUS, icon=":material/chevron_left:", on_click=_back
            )
        if is_more:
            st.button(
                words.NEXT,
                key=Key.PATIENTS_NEXT,
                icon=":material/chevron_right:",
                on_click=_on,
                args=(last,),
            )
        st.caption(
            words.count_words(
                len(pages) * ON_A_PAGE, n_lines, store.people.count(), is_search and not is_more
            )
        )


def _back() -> None:
    st.session_state[AFTER] = st.session_state[AFTER][:-1]


def _on(last: str) -> None:
    st.session_state[AFTER] = [*st.session_state[AFTER], last]


def _first_page() -> None:
    st.session_state[AFTER] = []
