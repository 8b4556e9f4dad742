"""A comparison in two steps: what is known before anything is measured, and that the whole is no other than both."""

import numpy as np
import pytest

from skincompare.compare import align_subjects, compare_subjects, measure_aligned
from skincompare.errors import OptionError
from skincompare.imaging.subject import prepare
from tests.rendered import front, near, nearer, photo_of, turned

TREATED = ("left_cheek", "right_cheek")


def test_the_pair_can_be_shown_before_anything_is_measured():
    steps: list[str] = []
    aligned = align_subjects(
        front().subject, turned().subject, treated=TREATED, progress=lambda step, _: steps.append(step)
    )
    early = aligned.comparison
    assert early.alignment.is_aligned
    assert early.changes == ()
    before, after = early.aligned_pair
    assert before.shape == after.shape
    assert not any(step.startswith("measured") for step in steps)
    done = measure_aligned(aligned, only=["redness"])
    assert done.find("left_cheek", "redness") is not None
    assert done.alignment is early.alignment
    assert (done.light, done.regions, done.treated, done.reference) == (
        early.light,
        early.regions,
        early.treated,
        early.reference,
    )
    assert set(early.flags) <= set(done.flags)


def test_two_steps_say_what_one_says():
    subjects = front().subject, turned().subject
    whole = compare_subjects(*subjects, treated=TREATED, only=["redness"])
    parts = measure_aligned(align_subjects(*subjects, treated=TREATED), only=["redness"])
    assert parts.to_dict() == whole.to_dict()


def test_a_refused_pair_stays_refused_and_unmeasured():
    flat = prepare(photo_of(np.full((300, 400, 3), 128, np.uint8)))
    aligned = align_subjects(near().subject, flat)
    assert not aligned.comparison.alignment.is_aligned
    done = measure_aligned(aligned)
    assert done is aligned.comparison
    assert done.changes == ()


def test_progress_goes_on_from_step_to_step():
    shares: list[float] = []

    def tell(_: str, share: float) -> None:
        shares.append(share)

    aligned = align_subjects(near().subject, nearer().subject, progress=tell)
    assert shares
    assert shares[-1] < 1
    measure_aligned(aligned, only=["redness"], progress=tell)
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_an_unknown_metric_is_told_before_the_work_begins():
    steps: list[str] = []
    with pytest.raises(OptionError):
        compare_subjects(
            front().subject, turned().subject, only=["beauty"], progress=lambda step, _: steps.append(step)
        )
    assert not steps
