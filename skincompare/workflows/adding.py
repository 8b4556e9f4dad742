"""A course is measured whole: the long work behind the pages that add photos and that show a course."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import get_context

from skincompare.records import Analysis, Course
from skincompare.store import Store
from skincompare.workflows.measuring import Pair, current_methods, due_pairs, measure_due
from skincompare.workflows.returns import refresh_returns

__all__ = ["measure_course", "measuring_process"]

Progress = Callable[[str, float], None]

MOST_ROUNDS = 20
"""Most times that a course is asked again for photos that came while it was measured [judgement]."""


def measure_course(
    store: Store, course: Course, executor: Executor | None, progress: Progress | None = None
) -> Iterator[tuple[Pair, Analysis]]:
    """Measure what is due of a course, and what comes in the meantime; a stop between two photos keeps what is done.

    All metrics run, also where only some are due: the view of a pair holds what all of them saw.

    Parameters
    ----------
    store : Store
        Where the course is.
    course : Course
        Which.
    executor : concurrent.futures.Executor or None
        Who does the work; None: this thread.
    progress : callable, optional
        Called with what was measured and the share done, in [0, 1].

    Yields
    ------
    (Pair, Analysis)
        As they are done.
    """
    done: set[tuple[str, str, tuple[str, ...]]] = set()
    every = tuple(current_methods())
    for _ in range(MOST_ROUNDS):
        due = [one for one in due_pairs(store, course) if _key(one) not in done]
        if not due:
            break
        pairs = [replace(one, metrics=every) for one in due]
        workers = 1 if executor is None else None
        yield from measure_due(store, pairs, executor=executor, workers=workers, progress=progress)
        done.update(map(_key, pairs))
    if done:
        refresh_returns(store, [course])


@contextmanager
def measuring_process() -> Iterator[Executor]:
    """Yield one process of its own for measuring, so that pages stay quick meanwhile."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        yield pool


def _key(pair: Pair) -> tuple[str, str, tuple[str, ...]]:
    return pair.baseline.sha256, pair.photo.sha256, pair.treated
