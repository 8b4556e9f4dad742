"""Imports that are killed: the program that a test or a person runs, each import in a process of its own.

    python -m tests.store.killed_imports FOLDER DATABASE_URL RUNS [SEED]

Each run imports photos and kills itself with SIGKILL at one of its steps, drawn by the seed. Then the store is opened
again and looked at: every photo is fully there or not at all, nothing that was there before is lost, the sweep knows
every file; and the import is run again to its end. It prints one line of JSON.
"""

import hashlib
import json
import os
import random
import signal
import sys
from pathlib import Path

from skincompare.errors import DuplicateError
from skincompare.records import Course, Patient
from skincompare.store import Store
from tests.store.clinic import content, photo_of

PHOTOS = 3
"""Photos of one import."""
MOST_STEPS = 8 * PHOTOS
"""About as many steps as an import has; drawing more lets some imports end unharmed."""


def import_run(store: Store, course: Course, run: int) -> None:
    """Import the photos of a run; those that are there already are passed over, as the import does."""
    for number in range(PHOTOS):
        try:
            store.photos.add(photo_of(course, run * PHOTOS + number), content(run * PHOTOS + number))
        except DuplicateError:
            continue


def killed_import(url: str, folder: Path, course: Course, run: int, at_step: int) -> bool:
    """Import in a child process that kills itself before step `at_step`; return whether it was killed."""
    child = os.fork()
    if child == 0:
        count = 0

        def step(name: str) -> None:
            nonlocal count
            count += 1
            if count == at_step:
                os.kill(os.getpid(), signal.SIGKILL)

        import_run(Store(url, folder, step=step), course, run)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return os.WTERMSIG(status) == signal.SIGKILL
    if os.WEXITSTATUS(status):
        raise RuntimeError(f"The import of run {run} failed by itself.")
    return False


def problems(store: Store, course: Course, known: set[str], wanted: set[str]) -> list[str]:
    """Return what is wrong after a restart."""
    rows = {one.sha256: one for one in store.photos.of_course(course)}
    sweep = store.photos.sweep(contents=True)
    found = [f"lost {sha256}" for sha256 in known - set(rows)]
    found += [f"half there: {one.file_name}" for one in (*sweep.rows_without_files, *sweep.damaged)]
    found += [
        f"content of {one.file_name}"
        for one in rows.values()
        if hash_of(store.photos.read(one)) != one.sha256
    ]
    orphans = {Path(name).name.partition(".")[0] for name in sweep.files_without_rows}
    found += [f"unknown file {name}" for name in orphans - wanted]
    found += [
        f"unknown file {name}" for name in sweep.unfinished if Path(name).name.partition(".")[0] not in wanted
    ]
    return found


def hash_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def main(folder: Path, url: str, runs: int, seed: int) -> dict[str, object]:
    chance = random.Random(seed)
    with Store(url, folder) as store:
        patient = store.people.add(Patient(code="KILLED"))
        course = store.treatments.add_course(Course(patient_id=patient.id))
    wrong: list[str] = []
    known: set[str] = set()
    killed, half_way = 0, 0
    for run in range(runs):
        died = killed_import(url, folder, course, run, chance.randint(1, MOST_STEPS))
        wanted = {hash_of(content(run * PHOTOS + number)) for number in range(PHOTOS)}
        with Store(url, folder) as store:
            wrong += problems(store, course, known, wanted)
            there = {one.sha256 for one in store.photos.of_course(course)}
            killed += died
            half_way += died and 0 < len(there - known) < PHOTOS
            import_run(store, course, run)
            known |= wanted
            store.photos.clear(store.photos.sweep())
            if {one.sha256 for one in store.photos.of_course(course)} != known:
                wrong.append(f"run {run} did not end")
            if not store.photos.sweep(contents=True).is_clean:
                wrong.append(f"run {run} left something behind")
            store.database.engine.dispose()
    return {"runs": runs, "killed": killed, "half_way": half_way, "photos": len(known), "problems": wrong}


if __name__ == "__main__":
    sys.stdout.write(
        json.dumps(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int((*sys.argv, "1")[4]))) + "\n"
    )
