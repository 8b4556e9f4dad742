"""Where everything is and how much: what does not fit together, copies, and what can be cleared away."""

from html import escape

import streamlit as st

from skincompare.store import Store, Sweep
from skincompare.ui.jobs import jobs, show_job
from skincompare.ui.keys import Key
from skincompare.ui.widgets.flags import show_notes
from skincompare.ui.words import settings as words
from skincompare.workflows.housekeeping import StorageState, copy_store, storage_state
from skincompare.workflows.jobs import Job

__all__ = ["show_storage"]

FOLDER_WIDTH_PX = 560


def show_storage(store: Store, sweep: Sweep) -> None:
    """Draw the storage.

    Parameters
    ----------
    store : Store
        The clinic's.
    sweep : Sweep
        What was found when it was opened.
    """
    state = storage_state(store)
    _show_facts(state)
    checked = jobs().find(Key.STORE_CHECK)
    found = next(iter(checked.results), sweep) if checked is not None else sweep
    _show_sweep(store, found)
    _show_copy(store, state)


def _show_facts(state: StorageState) -> None:
    facts = (
        (words.PLACE, state.place),
        (words.N_PATIENTS, f"{state.n_patients}"),
        (words.PHOTOS, words.size(state.photo_bytes)),
        (words.DATABASE, words.size(state.database_bytes) if state.is_file else ""),
        (words.DERIVED, words.size(state.derived_bytes)),
    )
    listed = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in facts if text)
    st.html(f'<dl class="sc-facts">{listed}</dl>')


def _show_sweep(store: Store, sweep: Sweep) -> None:
    lines = words.sweep_lines(sweep)
    if lines:
        show_notes((name, advice, True) for name, advice in lines)
    else:
        st.success(words.ALL_WELL, icon=":material/check:")
    show_job(Key.STORE_CHECK)
    with st.container(horizontal=True):
        st.button(
            words.CHECK,
            key=f"{Key.STORE_CHECK}_start",
            icon=":material/fact_check:",
            help=words.CHECK_HELP,
            on_click=_start_check,
            args=(store,),
        )
        if (sweep.files_without_rows or sweep.unfinished) and st.button(words.CLEAR, key=Key.STORE_CLEAR):
            if jobs().running():
                st.warning(words.BUSY)
            else:  # looked at again: what was nobody's when the store was opened may be somebody's now
                st.toast(words.cleared(store.photos.clear(store.photos.sweep())))
        if st.button(
            words.CLEAR_DERIVED,
            key=Key.STORE_DERIVED,
            icon=":material/delete:",
            help=words.CLEAR_DERIVED_HELP,
        ):
            if jobs().running():
                st.warning(words.BUSY)
            else:
                st.toast(words.cleared(store.derived.clear()))


def _show_copy(store: Store, state: StorageState) -> None:
    st.markdown(f"##### {words.COPY}")
    if not state.is_file:
        st.write(words.COPY_SERVER)
        return
    st.write(words.COPY_TEXT)
    folder = st.text_input(
        words.COPY_FOLDER, placeholder=words.COPY_HINT, live=True, key=Key.STORE_FOLDER, width=FOLDER_WIDTH_PX
    )
    show_job(Key.STORE_COPY, _copied)
    st.button(
        words.COPY,
        key=f"{Key.STORE_COPY}_start",
        icon=":material/content_copy:",
        disabled=not (folder or "").strip(),
        on_click=_start_copy,
        args=(store, folder),
    )


def _start_check(store: Store) -> None:
    jobs().start(Key.STORE_CHECK, words.CHECK_JOB, lambda job: job.add(store.photos.sweep(contents=True)))


def _start_copy(store: Store, folder: str) -> None:
    jobs().start(Key.STORE_COPY, words.COPY_JOB, lambda job: copy_store(store, folder, job))


def _copied(job: Job) -> None:
    for number in job.results:
        st.caption(words.copied(number))
