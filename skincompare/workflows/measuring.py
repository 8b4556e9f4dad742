"""Measure what the store has not measured yet: once for each photo, metric version and options; resumable."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from multiprocessing import get_context
from types import MappingProxyType

from skincompare.compare import Comparison, compare_subjects
from skincompare.errors import OptionError, SkincompareError
from skincompare.imaging.subject import Subject, prepare
from skincompare.measurement import Method
from skincompare.metrics.registry import metrics
from skincompare.photo import read_photo
from skincompare.records import Analysis, AnalysisStatus, Course, PhotoRecord, Session, View, baseline_of
from skincompare.records.people import USUAL_LOCALE
from skincompare.report.locale import use_locale
from skincompare.report.pair_view import pack, view_of
from skincompare.store import Store
from skincompare.version import package_version
from skincompare.workflows.views import drop_view, keep_view

__all__ = [
    "Measured",
    "Pair",
    "Work",
    "current_methods",
    "due_pairs",
    "measure",
    "measure_due",
    "treated_regions",
]

Progress = Callable[[str, float], None]

MAX_WORKERS = 4
"""Processes at most: each holds a prepared photo pair, about 0.5 GB for 12 MP [judgement]."""
WAITING_FACTOR = 2
"""Pairs handed out for each process: enough that none waits, few enough that their bytes fit into memory."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A photo, the baseline it is compared with, and which metrics are to be run."""

    baseline: PhotoRecord
    photo: PhotoRecord
    treated: tuple[str, ...]
    metrics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Work:
    """A pair with its bytes: all that another process needs to measure it."""

    pair: Pair
    baseline_data: bytes
    photo_data: bytes
    locale: str = USUAL_LOCALE


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of a pair: the numbers, and what a screen shows of it as the bytes of a file (empty: nothing)."""

    analysis: Analysis
    view: bytes = b""


def current_methods() -> Mapping[str, Method]:
    """Return how each metric is made by this version: name, version, options."""
    return MappingProxyType(
        {name: Method(name, spec.version, spec.option_values()) for name, spec in metrics().items()}
    )


def treated_regions(sessions: Iterable[Session], photo: PhotoRecord) -> tuple[str, ...]:
    """Return the regions that a course treats, by all its sessions; none for a close-up, which shows one place."""
    if photo.view is View.CLOSE_UP:
        return ()
    return tuple(sorted({region for session in sessions for region in session.treated}))


def due_pairs(store: Store, course: Course, *, again: bool = False) -> tuple[Pair, ...]:
    """Return what of a course is not measured yet by the current version of every metric.

    Parameters
    ----------
    store : Store
        Where the course is.
    course : Course
        Which.
    again : bool
        Whether everything counts as not measured.

    Returns
    -------
    tuple of Pair
        Each photo that has a baseline other than itself, with the metrics that are missing.
    """
    photos, sessions = store.photos.of_course(course), store.treatments.sessions(course)
    known = store.analyses.of_photos((one.id for one in photos if one.id is not None), quantities=())
    wanted = current_methods()
    pairs = []
    for photo in photos:
        baseline = baseline_of(photos, sessions, photo.series)
        if baseline is None or baseline.id == photo.id:
            continue
        treated = treated_regions(sessions, photo)
        key = (photo.id, baseline.id, treated)
        ran = [
            method
            for one in known
            if (one.photo_id, one.baseline_id, one.treated) == key
            for method in one.methods
        ]
        missing = tuple(name for name, method in wanted.items() if again or method not in ran)
        if missing:
            pairs.append(Pair(baseline, photo, treated, missing))
    return tuple(pairs)


def measure(work: Work) -> Measured:
    """Compare one photo with its baseline; what goes wrong with the photos is told in the result.

    It needs nothing but its argument, so that it runs in any process of any executor.
    """
    pair = work.pair
    use_locale(work.locale)  # its sentences hold dates and numbers
    found, problem, view = None, "", b""
    try:
        before = _prepared(work.baseline_data, pair.baseline.file_name, pair.baseline.px_per_mm)
        photo = read_photo(work.photo_data, name=pair.photo.file_name)
        after = prepare(photo, px_per_mm=pair.photo.px_per_mm)
        found = compare_subjects(before, after, treated=pair.treated, only=pair.metrics)
        if set(pair.metrics) == set(current_methods()):  # a view of some metrics alone would say too little
            view = pack(view_of(found))
    except SkincompareError as error:
        problem = str(error)
    return Measured(_analysis(pair, found, problem), view)


def measure_due(
    store: Store,
    pairs: Sequence[Pair],
    *,
    executor: Executor | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Iterator[tuple[Pair, Analysis]]:
    """Measure pairs in other processes and store each result as it comes. A run that is cut short goes on later.

    Parameters
    ----------
    store : Store
        Where to.
    pairs : sequence of Pair
        From :func:`due_pairs`.
    executor : concurrent.futures.Executor, optional
        Who does the work; by default a pool of processes of this machine.
    workers : int, optional
        Processes of the default pool; 1 measures in this process.
    progress : callable, optional
        Called with what was measured and the share done, in [0, 1].

    Yields
    ------
    (Pair, Analysis)
        As they are done, in any order.

    Raises
    ------
    SkincompareError
        When a process was ended from outside; what was measured before is stored.
    """
    count = min(workers or _processors(), max(len(pairs), 1))
    if count < 1:
        raise OptionError(f"At least one process measures, not {workers}.")
    done = 0
    with _pool(executor, count) as pool:
        for pair, measured in _results(store, pairs, pool, count * WAITING_FACTOR):
            analysis = measured.analysis
            store.analyses.add(analysis)
            if measured.view:
                keep_view(store, pair.baseline, pair.photo, pair.treated, measured.view)
            else:
                drop_view(store, pair.baseline, pair.photo, pair.treated)
            done += 1
            if progress:
                progress(f"{pair.photo.file_name}: {analysis.status.value}", done / len(pairs))
            yield pair, analysis


def _results(
    store: Store, pairs: Sequence[Pair], pool: Executor | None, at_once: int
) -> Iterator[tuple[Pair, Measured]]:
    """Yield results as they come; photos are read when their turn comes, so that few are in memory."""
    if pool is None:
        for pair in pairs:
            yield pair, _measured_here(store, pair)
        return
    waiting: dict[Future[Measured], Pair] = {}
    rest = iter(pairs)
    try:
        while True:
            for pair in rest:
                work = _work(store, pair)
                if isinstance(work, Measured):
                    yield pair, work
                    continue
                waiting[pool.submit(measure, work)] = pair
                if len(waiting) >= at_once:
                    break
            if not waiting:
                return
            finished, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in finished:
                yield waiting.pop(future), future.result()
    except BrokenExecutor as error:
        raise SkincompareError(
            "A measuring process was ended from outside, perhaps for want of memory; what was measured is kept. "
            "Run it again (in the terminal with --workers 1)."
        ) from error
    finally:
        for future in waiting:
            future.cancel()


def _measured_here(store: Store, pair: Pair) -> Measured:
    work = _work(store, pair)
    return work if isinstance(work, Measured) else measure(work)


def _work(store: Store, pair: Pair) -> Work | Measured:
    """Read the bytes of a pair; when a file is missing, return the analysis that says so."""
    try:
        return Work(
            pair,
            store.photos.read(pair.baseline),
            store.photos.read(pair.photo),
            store.people.clinic().locale,
        )
    except SkincompareError as error:
        return Measured(_analysis(pair, None, str(error)))


@contextmanager
def _pool(executor: Executor | None, workers: int) -> Iterator[Executor | None]:
    """Yield who does the work; None stands for this process."""
    if executor is not None or workers == 1:
        yield executor
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield pool


def _processors() -> int:
    return min(os.cpu_count() or 1, MAX_WORKERS)


@lru_cache(maxsize=1)
def _prepared(data: bytes, name: str, px_per_mm: float | None) -> Subject:
    """Return the prepared baseline: the same for a whole course, so it is prepared once a process."""
    return prepare(read_photo(data, name=name), px_per_mm=px_per_mm)


def _analysis(pair: Pair, found: Comparison | None, problem: str) -> Analysis:
    assert pair.photo.id is not None
    assert pair.baseline.id is not None
    current = current_methods()
    status = AnalysisStatus.MEASURED if found is not None else AnalysisStatus.FAILED
    if found is not None and not found.alignment.is_aligned:
        status = AnalysisStatus.REFUSED
        problem = " ".join(f"{flag.reason} {flag.advice}".strip() for flag in found.alignment.flags)
    return Analysis(
        photo_id=pair.photo.id,
        baseline_id=pair.baseline.id,
        made_at=datetime.now(UTC),
        software_version=package_version(),
        methods=tuple(current[name] for name in pair.metrics),
        treated=pair.treated,
        reference=found.reference if found is not None else (),
        rung=found.light.rung.value if found is not None else "",
        status=status,
        problem=problem,
        flags=tuple(dict.fromkeys(found.flags)) if found is not None else (),
        changes=found.changes if found is not None and status is AnalysisStatus.MEASURED else (),
    )
