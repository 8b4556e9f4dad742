"""Long work: how far it is, that it can be cancelled, and what is left when it fails."""

from collections.abc import Iterator
from threading import Event

import pytest

from skincompare.errors import SkincompareError
from skincompare.workflows.jobs import FINISHED_KEPT, UNEXPECTED, Job, Jobs, JobStatus

PATIENCE = 10.0


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    made = Jobs()
    yield made
    made.close()


class Gate:
    """Work that stops at each step until it is let on."""

    def __init__(self) -> None:
        self.reached, self.on = Event(), Event()

    def __call__(self, job: Job) -> None:
        job.tell("one.jpg", 0.25)
        job.add("one.jpg")
        self.reached.set()
        assert self.on.wait(PATIENCE)
        job.tell("two.jpg", 0.75)
        job.add("two.jpg")


def ended(jobs: Jobs, job: Job) -> Job:
    jobs.close()
    assert job.is_over
    return job


def test_a_job_tells_how_far_it_is(jobs: Jobs) -> None:
    work = Gate()
    job = jobs.start("import", "Importing", work)
    assert work.reached.wait(PATIENCE)
    assert (job.status, job.step, job.share, job.results) == (
        JobStatus.RUNNING,
        "one.jpg",
        0.25,
        ("one.jpg",),
    )
    assert jobs.running() == (job,)
    work.on.set()
    jobs._pool.shutdown()
    assert (job.status, job.share, job.results) == (JobStatus.DONE, 1.0, ("one.jpg", "two.jpg"))
    assert jobs.running() == ()


def test_a_cancelled_job_stops_at_its_next_step_and_keeps_what_is_done(jobs: Jobs) -> None:
    work = Gate()
    job = jobs.start("import", "Importing", work)
    assert work.reached.wait(PATIENCE)
    job.cancel()
    assert job.is_stopping
    work.on.set()
    assert ended(jobs, job).status is JobStatus.CANCELLED
    assert job.results == ("one.jpg",)
    assert not job.is_stopping


def test_a_job_that_waits_can_be_cancelled(jobs: Jobs) -> None:
    gates = Gate(), Gate()
    first = [jobs.start(f"{n}", "Busy", gate) for n, gate in enumerate(gates)]
    done: list[str] = []
    last = jobs.start("last", "Waiting", lambda job: done.append(job.key))
    assert last.status is JobStatus.WAITING
    last.cancel()
    for gate in gates:
        gate.on.set()
    jobs._pool.shutdown()
    assert (last.status, done) == (JobStatus.CANCELLED, [])
    assert all(job.status is JobStatus.DONE for job in first)


def test_the_same_work_does_not_run_twice_at_a_time(jobs: Jobs) -> None:
    work = Gate()
    first = jobs.start("import", "Importing", work)
    assert jobs.start("import", "Importing", Gate()) is first
    work.on.set()
    jobs._pool.shutdown()
    again = Jobs()
    assert again.start("import", "Importing", lambda job: None) is not first
    again.close()


@pytest.mark.parametrize(
    ("error", "said"),
    [(SkincompareError("The disk is full."), "The disk is full."), (KeyError("x"), UNEXPECTED)],
)
def test_a_job_that_fails_says_why(jobs: Jobs, error: Exception, said: str) -> None:
    def work(job: Job) -> None:
        job.add("one.jpg")
        raise error

    job = jobs.start("import", "Importing", work)
    jobs._pool.shutdown()
    assert (job.status, job.problem, job.results) == (JobStatus.FAILED, said, ("one.jpg",))


def test_few_ended_jobs_are_kept_and_one_can_be_forgotten(jobs: Jobs) -> None:
    for n in range(FINISHED_KEPT + 10):
        job = jobs.start(f"{n}", "Quick", lambda job: None)
        while not job.is_over:
            pass
    assert jobs.find("0") is None
    assert jobs.find(job.key) is job
    jobs.forget(job.key)
    assert jobs.find(job.key) is None
