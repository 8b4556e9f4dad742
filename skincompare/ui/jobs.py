"""Long work on a page: a bar that moves by itself, a button that cancels, and what came of it."""

from collections.abc import Callable

import streamlit as st

from skincompare.ui.problems import escape_markdown
from skincompare.ui.words import jobs as words
from skincompare.workflows.jobs import Job, Jobs, JobStatus

__all__ = ["jobs", "show_job"]

EVERY_SECONDS = 0.5
"""How often a page looks how far a job is."""


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """Return the jobs of this process."""
    return Jobs()


def show_job(key: str, show_results: Callable[[Job], None] | None = None) -> JobStatus | None:
    """Draw how far a job is, and what came of it; the page runs again when the job ends.

    Parameters
    ----------
    key : str
        Of the job.
    show_results : callable, optional
        Draws what came of it so far.

    Returns
    -------
    JobStatus or None
        None when there is no such job.
    """
    job = jobs().find(key)
    if job is None:
        return None
    if job.is_over:
        _show_end(job, show_results)
    else:
        _watch(key, show_results)
    return job.status


@st.fragment(run_every=EVERY_SECONDS)
def _watch(key: str, show_results: Callable[[Job], None] | None) -> None:
    job = jobs().find(key)
    if job is None or job.is_over:
        st.rerun()
    st.progress(job.share, escape_markdown(words.progress(job.title, job.step)))
    st.button(
        words.STOPPING if job.is_stopping else words.CANCEL,
        key=f"cancel_{key}",
        on_click=job.cancel,
        disabled=job.is_stopping,
    )
    if show_results is not None:
        show_results(job)


def _show_end(job: Job, show_results: Callable[[Job], None] | None) -> None:
    if job.status is JobStatus.FAILED:
        st.error(escape_markdown(job.problem), icon=":material/error:")
    elif job.status is JobStatus.CANCELLED:
        st.info(words.CANCELLED, icon=":material/cancel:")
    elif job.status is JobStatus.DONE:
        st.success(escape_markdown(words.done(job.title)), icon=":material/check:")
    if show_results is not None:
        show_results(job)
    st.button(words.DISMISS, key=f"dismiss_{job.key}", on_click=jobs().forget, args=(job.key,))
