"""Long work in the background: it tells how far it is, can be cancelled, and does not hold up anything else."""

import logging
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Lock
from typing import Any

from skincompare.errors import SkincompareError

__all__ = ["Cancelled", "Job", "JobStatus", "Jobs"]

FINISHED_KEPT = 20
"""Jobs that have ended and can still be looked at."""
AT_ONCE = 2
"""Jobs that run at a time; others wait."""
UNEXPECTED = "Something went wrong inside the program; what was done before is kept. Try it again."


class JobStatus(StrEnum):
    """How far a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Cancelled(Exception):  # noqa: N818 - a wish, not an error
    """Raised inside the work of a job at its next step, once somebody cancelled it."""


@dataclass(eq=False)
class Job:
    """One piece of long work.

    Its fields are read by pages while it runs; each is set whole.

    Parameters
    ----------
    key : str
        Names it: the same key does not run twice at a time.
    title : str
        What it does, for a person.
    """

    key: str
    title: str
    status: JobStatus = JobStatus.WAITING
    step: str = ""
    share: float = 0.0
    problem: str = ""
    results: tuple[Any, ...] = ()
    _is_unwanted: bool = field(default=False, repr=False)

    @property
    def is_over(self) -> bool:
        """Whether it has ended, however."""
        return self.status not in (JobStatus.WAITING, JobStatus.RUNNING)

    @property
    def is_stopping(self) -> bool:
        """Whether it was cancelled and has not ended yet."""
        return self._is_unwanted and not self.is_over

    def tell(self, step: str, share: float) -> None:
        """Say how far it is; the work calls this between its steps.

        Parameters
        ----------
        step : str
            What is being done.
        share : float
            Share done, in [0, 1].

        Raises
        ------
        Cancelled
            When somebody cancelled it.
        """
        if self._is_unwanted:
            raise Cancelled
        self.step, self.share = step, min(1.0, max(0.0, share))

    def add(self, result: Any) -> None:
        """Add what came of one file or pair; pages show it at once."""
        self.results = (*self.results, result)

    def cancel(self) -> None:
        """Ask it to stop at its next step; what is done is kept."""
        self._is_unwanted = True


class Jobs:
    """The jobs of this process.

    Parameters
    ----------
    at_once : int
        Jobs that run at a time.
    """

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._pool = ThreadPoolExecutor(at_once, "skincompare-job")
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._lock = Lock()

    def start(self, key: str, title: str, work: Callable[[Job], None]) -> Job:
        """Start a job, unless one with this key runs already.

        Parameters
        ----------
        key, title : str
            As for :class:`Job`.
        work : callable
            Does it, in another thread; it calls :meth:`Job.tell` between its steps.

        Returns
        -------
        Job
            The new one, or the one that runs.
        """
        with self._lock:
            running = self._jobs.get(key)
            if running is not None and not running.is_over:
                return running
            job = Job(key, title)
            self._jobs.pop(key, None)
            self._jobs[key] = job
            over = [one.key for one in self._jobs.values() if one.is_over]
            for old in over[: max(0, len(over) - FINISHED_KEPT)]:
                del self._jobs[old]
        self._pool.submit(_run, job, work)
        return job

    def find(self, key: str) -> Job | None:
        """Return a job, running or ended, or None."""
        with self._lock:
            return self._jobs.get(key)

    def running(self) -> tuple[Job, ...]:
        """Return the jobs that have not ended, oldest first."""
        with self._lock:
            return tuple(job for job in self._jobs.values() if not job.is_over)

    def forget(self, key: str) -> None:
        """Let a job go that has ended."""
        with self._lock:
            job = self._jobs.get(key)
            if job is not None and job.is_over:
                del self._jobs[key]

    def close(self) -> None:
        """Cancel all and wait until they have ended."""
        for job in self.running():
            job.cancel()
        self._pool.shutdown(cancel_futures=True)


def _run(job: Job, work: Callable[[Job], None]) -> None:
    try:
        job.tell("", 0.0)
        job.status = JobStatus.RUNNING
        work(job)
        job.share, job.status = 1.0, JobStatus.DONE
    except Cancelled:
        job.status = JobStatus.CANCELLED
    except SkincompareError as error:
        job.problem, job.status = str(error), JobStatus.FAILED
    except Exception:
        logging.getLogger("skincompare.jobs").exception("The job %r failed", job.key)
        job.problem, job.status = UNEXPECTED, JobStatus.FAILED
