"""The photos that wait on the page that adds them: looked at, dated, stored and measured in the background."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from skincompare.records import Course, Patient, View
from skincompare.settings import read_settings
from skincompare.store import Store
from skincompare.ui.jobs import jobs
from skincompare.ui.keys import Key
from skincompare.ui.words import add as words
from skincompare.workflows.adding import measure_course, measuring_process
from skincompare.workflows.importing import ImportedFile, ImportPlan, IncomingFile, import_photos
from skincompare.workflows.incoming import SeenFile, see
from skincompare.workflows.jobs import Job, Jobs
from skincompare.workflows.tray import TRAY_FOLDER, Tray

__all__ = [
    "Batch",
    "batch",
    "import_key",
    "look",
    "measure_key",
    "start_import",
    "start_measuring",
    "take_uploads",
]


@dataclass(eq=False)
class Batch:
    """Files of one browser session that are not stored yet.

    Parameters
    ----------
    tray : Tray
        Where those lie that were sent.
    """

    tray: Tray
    files: dict[int, IncomingFile] = field(default_factory=dict)
    looked_at: dict[int, SeenFile] = field(default_factory=dict)
    confirmed: set[str] = field(default_factory=set)
    uploads: int = 0
    _numbers: Any = field(default_factory=count, repr=False)

    def add(self, files: Iterable[IncomingFile]) -> None:
        """Add files to look at."""
        for file in files:
            self.files[next(self._numbers)] = file

    @property
    def seen(self) -> tuple[SeenFile, ...]:
        """What was looked at, in the order it came."""
        return tuple(self.looked_at[number] for number in self.files if number in self.looked_at)

    @property
    def unseen(self) -> tuple[tuple[int, IncomingFile], ...]:
        """What was not looked at yet."""
        return tuple((number, file) for number, file in self.files.items() if number not in self.looked_at)

    def number_of(self, seen: SeenFile) -> int:
        """Return the number of a file that was looked at."""
        return next(number for number, one in self.looked_at.items() if one is seen)

    def say(self, seen: SeenFile, *, captured: datetime | None = None, view: View | None = None) -> None:
        """Note what a person says of a file."""
        number = self.number_of(seen)
        file = seen.file
        if captured is not None:
            file = replace(file, captured=captured)
        if view is not None:
            file = replace(file, view=view)
        self.files[number], self.looked_at[number] = file, replace(seen, file=file)

    def leave_out(self, every: Iterable[SeenFile]) -> None:
        """Take files off the list; what lies in the tray goes."""
        for seen in every:
            number = self.number_of(seen)
            self.tray.drop(self.files.pop(number))
            del self.looked_at[number]

    def settle(self, results: Iterable[ImportedFile]) -> None:
        """Take off what is in the store; keep what was refused, with its reason."""
        became = {one.file: one for one in results}
        for number, seen in list(self.looked_at.items()):
            one = became.get(self.files[number])
            if one is None:
                continue
            if one.photo is not None:
                del self.files[number], self.looked_at[number]
            else:
                self.looked_at[number] = replace(seen, problem=one.sentence)


def batch() -> Batch:
    """Return the files of this browser session."""
    found: Batch | None = st.session_state.get(Key.ADD_BATCH)
    if found is None:
        found = Batch(Tray(read_settings().store / TRAY_FOLDER))
        st.session_state[Key.ADD_BATCH] = found
    return found


def take_uploads(waiting: Batch, files: Sequence[Any]) -> None:
    """Put uploaded files into the tray and let the server's memory go that held them."""
    context = get_script_run_ctx()
    for file in files:
        waiting.add([waiting.tray.put(file.name, file.getvalue())])
        forget = getattr(context.uploaded_file_mgr, "remove_file", None) if context else None
        if context is not None and forget is not None:
            forget(session_id=context.session_id, file_id=file.file_id)
    waiting.uploads += 1  # another uploader: an empty one


def look(waiting: Batch) -> Job | None:
    """Look at what is new, in the background; return the job that runs, or None when all was looked at."""
    key = f"look/{id(waiting)}"
    job = jobs().find(key)
    if job is not None:
        for number, seen in job.results:
            if number in waiting.files and number not in waiting.looked_at:
                waiting.looked_at[number] = seen
        if not job.is_over:
            return job
    unseen = waiting.unseen
    if not unseen or (job is not None and job.status.value != "done"):
        return job if unseen else None
    jobs().forget(key)

    def work(job: Job) -> None:
        for index, (number, file) in enumerate(unseen):
            job.tell(file.name, index / len(unseen))
            job.add((number, see(file)))

    return jobs().start(key, words.LOOKING, work)


def import_key(patient: Patient) -> str:
    """Name the job that stores a patient's photos."""
    return f"import/{patient.uid}"


def measure_key(course: Course) -> str:
    """Name the job that measures a course."""
    return f"measure/{course.id}"


def start_import(store: Store, plan: ImportPlan, files: Sequence[IncomingFile], tray: Tray) -> Job:
    """Store files in the background, then measure."""
    running = jobs()

    def work(job: Job) -> None:
        try:
            for one in import_photos(store, plan, files, job.tell):
                job.add(one)
                if one.photo is not None:
                    tray.drop(one.file)
        finally:
            start_measuring(store, plan.course, running)

    return running.start(import_key(plan.patient), words.STORING, work)


def start_measuring(store: Store, course: Course, running: Jobs | None = None) -> Job:
    """Measure what is due of a course in the background."""

    def work(job: Job) -> None:
        with measuring_process() as process:
            for result in measure_course(store, course, process, job.tell):
                job.add(result)

    return (running or jobs()).start(measure_key(course), words.MEASURING, work)
