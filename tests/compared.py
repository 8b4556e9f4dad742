"""Comparisons that several test files read. Each is made once a session, when first asked for."""

from functools import cache

from skincompare.compare import compare, compare_subjects
from skincompare.comparison import Comparison
from tests.rendered import CLOSE_UP_PX_PER_MM, front, near, nearer, reddened, turned

TREATED = ("left_cheek", "right_cheek")
RED = ("redness",)


@cache
def healing() -> tuple[Comparison, list[tuple[str, float]]]:
    """Return the comparison of the calm day with the red one, and what it told of its progress."""
    told: list[tuple[str, float]] = []
    found = compare(
        front().photo, reddened().photo, treated=TREATED, progress=lambda *step: told.append(step)
    )
    return found, told


@cache
def calm() -> Comparison:
    return compare_subjects(front().subject, turned().subject, treated="left_cheek, right cheek", only=RED)


@cache
def twice() -> Comparison:
    """Return a face compared with itself."""
    return compare(front().photo, front().photo, reference=("forehead", "nose", "chin"))


@cache
def close_ups() -> Comparison:
    return compare(near().photo, nearer().photo, px_per_mm=CLOSE_UP_PX_PER_MM)


@cache
def refused() -> tuple[Comparison, list[tuple[str, float]]]:
    told: list[tuple[str, float]] = []
    found = compare(
        front().photo, near().photo, reference="forehead", progress=lambda *step: told.append(step)
    )
    return found, told
