"""What became of an import: its progress, a result for each file, and which photos cannot be compared."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from skincompare.records import Analysis, AnalysisStatus, Course, Patient
from skincompare.ui.clinic import clinic_or_stop, clinic_zone
from skincompare.ui.intake import Batch, import_key, measure_key
from skincompare.ui.jobs import jobs, show_job
from skincompare.ui.keys import Key
from skincompare.ui.places import Place, go_to, is_known
from skincompare.ui.problems import escape_markdown
from skincompare.ui.state import address_of
from skincompare.ui.words import add as words
from skincompare.ui.words import jobs as job_words
from skincompare.ui.words.moments import moment_words
from skincompare.workflows.importing import ImportedFile
from skincompare.workflows.jobs import Job, JobStatus
from skincompare.workflows.measuring import Pair

__all__ = ["forget_import", "show_import"]

Measured = tuple[Pair, Analysis]


def show_import(waiting: Batch, patient: Patient, course: Course) -> None:
    """Draw how far storing and measuring are; at the end what became of each photo, and the way to the course.

    Parameters
    ----------
    waiting : Batch
        The files; what is stored is taken off.
    patient, course : Patient, Course
        Whose.
    """
    importing, measuring = jobs().find(import_key(patient)), jobs().find(measure_key(course))
    if importing is not None and importing.is_over:
        waiting.settle(importing.results)
        _told(importing)
        _results(importing.results)
    elif importing is not None:
        show_job(importing.key, lambda job: _results(job.results))
    if measuring is not None and measuring.status is JobStatus.DONE:
        _measured(measuring.results)
    elif measuring is not None and measuring.is_over:
        _told(measuring)
    elif measuring is not None:
        show_job(measuring.key)
    if any(job is not None and job.is_over for job in (importing, measuring)):
        _ways_on(patient, course)


def forget_import(patient: Patient, course: Course) -> None:
    """Let the results of an import go that has ended, as when new files come."""
    for key in (import_key(patient), measure_key(course)):
        jobs().forget(key)


def _told(job: Job) -> None:
    if job.status is JobStatus.FAILED:
        st.error(escape_markdown(job.problem), icon=":material/error:")
    elif job.status is JobStatus.CANCELLED:
        st.info(job_words.CANCELLED, icon=":material/cancel:")


def _ways_on(patient: Patient, course: Course) -> None:
    with st.container(key="add-ways-on", horizontal=True):
        if is_known(Place.PATIENT) and st.button(
            words.SEE_COURSE, type="primary", key=Key.ADD_SEE, icon=":material/arrow_forward:"
        ):
            forget_import(patient, course)
            go_to(Place.PATIENT, address_of(patient, course))
        st.button(job_words.DISMISS, key=Key.ADD_DISMISS, on_click=forget_import, args=(patient, course))


def _results(results: Sequence[ImportedFile]) -> None:
    if not results:
        return
    columns = words.RESULT_COLUMNS if any(one.sentence for one in results) else words.RESULT_COLUMNS[:-1]
    head = "".join(f"<th scope='col'>{escape(label)}</th>" for label in columns)
    rows = "".join(f"<tr>{''.join(_cells(one)[: len(columns)])}</tr>" for one in results)
    st.html(
        f'<div class="sc-table-room"><table class="sc-table sc-results"><caption>{escape(words.RESULTS)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _cells(one: ImportedFile) -> tuple[str, ...]:
    taken = moment_words(one.photo.captured, clinic_zone(clinic_or_stop().store)) if one.photo else ""
    return (
        f"<th scope='row'>{escape(one.file.name)}</th>",
        *(f"<td>{escape(text)}</td>" for text in (words.status_words(one.status), taken, one.sentence)),
    )


def _measured(results: Sequence[Measured]) -> None:
    """Say how many photos were measured, and which cannot be compared: the patient may still be here."""
    good = [pair for pair, analysis in results if analysis.status is AnalysisStatus.MEASURED]
    if good:
        st.markdown(escape_markdown(words.measured(len(good))))
    for pair, analysis in results:
        if analysis.status is not AnalysisStatus.MEASURED:
            said = words.not_comparable(pair.photo.file_name, analysis.problem)
            st.warning(escape_markdown(said), icon=":material/warning:")
