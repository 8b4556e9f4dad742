"""What of a course can be taken away: a report, a time-lapse, a table; made in the background."""

import hashlib
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import streamlit as st

from skincompare.records import Course, Patient
from skincompare.report.film import FilmKind
from skincompare.report.pdf.layout import Paper
from skincompare.store import Store
from skincompare.ui.jobs import jobs, show_job
from skincompare.ui.keys import Key
from skincompare.ui.widgets.flags import show_notes
from skincompare.ui.words import files as words
from skincompare.workflows.jobs import Job
from skincompare.workflows.pair_making import stored_pairs
from skincompare.workflows.reporting import (
    Outgoing,
    ReportOptions,
    course_csv,
    course_film,
    course_report,
)
from skincompare.workflows.views import DISPLAY, picture_of

__all__ = ["show_course_files", "show_made_files"]

SHOWN_HASH = 6
"""Digits of the content's hash in a file's name: Streamlit tells large files apart by name, length and samples only."""
MIMES = MappingProxyType(
    {"pdf": "application/pdf", "mp4": "video/mp4", "gif": "image/gif", "csv": "text/csv"}
)


@dataclass(frozen=True, slots=True)
class Made:
    """A file that was made: its name, and what is in it."""

    name: str
    mime: str
    outgoing: Outgoing


def show_course_files(store: Store, patient: Patient, course: Course) -> None:
    """Draw the choice of a file and the button that starts making it.

    Parameters
    ----------
    store : Store
        Where the course is.
    patient, course : Patient, Course
        Which.
    """
    with st.popover(words.TAKE_AWAY, icon=":material/download:"):
        ending = st.radio(
            words.KIND,
            list(MIMES),
            format_func=words.COURSE_FILES.__getitem__,
            key=f"{Key.FILE_KIND}_{course.id}",
        )
        masked = ending != "csv" and st.checkbox(
            words.MASK_EYES, key=f"{Key.MASK_EYES}_{course.id}", help=words.MASK_HELP
        )
        matched = ending in ("mp4", "gif") and st.checkbox(
            words.SAME_LIGHT, value=True, key=f"{Key.MATCH_LIGHT}_{course.id}", help=words.MATCH_HELP
        )
        paper, named = Paper.A4, False
        if ending == "pdf":
            named = st.checkbox(words.WITH_NAME, key=f"{Key.WITH_NAME}_{course.id}", help=words.NAME_HELP)
            paper = st.radio(
                words.PAPER,
                list(words.PAPERS),
                format_func=words.PAPERS.__getitem__,
                key=f"{Key.PAPER}_{course.id}",
                horizontal=True,
            )
        options = ReportOptions(paper=paper, mask_eyes=masked, match_light=matched, with_name=named)
        st.button(
            words.MAKE,
            key=f"{Key.MAKE_FILE}_{course.id}",
            type="primary",
            on_click=_start,
            args=(store, patient, course, ending, options),
        )


def show_made_files(course: Course) -> None:
    """Draw how far the making of a course's files is, and the files once they are made."""
    show_job(_job_key(course), _show_made)


def _job_key(course: Course) -> str:
    return f"files_{course.id}"


def _start(store: Store, patient: Patient, course: Course, ending: str, options: ReportOptions) -> None:
    jobs().start(
        _job_key(course), words.MAKING_TITLE, partial(_make, store, patient, course, ending, options)
    )


def _make(
    store: Store, patient: Patient, course: Course, ending: str, options: ReportOptions, job: Job
) -> None:
    if ending == "csv":
        outgoing = Outgoing(course_csv(store, patient, course))
    elif ending == "pdf":
        outgoing = course_report(
            store,
            patient,
            course,
            options,
            pairs=stored_pairs(store),
            picture_of=lambda photo: picture_of(store, photo, DISPLAY),
            progress=job.tell,
        )
    else:
        outgoing = course_film(
            store,
            patient,
            course,
            options,
            match_light=options.match_light,
            kind=FilmKind(ending),
            pairs=stored_pairs(store),
            progress=job.tell,
        )
    mark = hashlib.sha256(outgoing.data).hexdigest()[:SHOWN_HASH]
    job.add(Made(f"skincompare-course-{mark}.{ending}", MIMES[ending], outgoing))


def _show_made(job: Job) -> None:
    for made in job.results:
        st.download_button(
            words.download(made.name, len(made.outgoing.data)),
            data=made.outgoing.data,
            file_name=made.name,
            mime=made.mime,
            key=f"{Key.DOWNLOAD}_{made.name}",
            type="primary",
            icon=":material/download:",
            on_click="ignore",
        )
        if made.outgoing.left_out:
            st.markdown(words.LEFT_OUT)
            show_notes((f"{one.label}.", one.why, True) for one in made.outgoing.left_out)
