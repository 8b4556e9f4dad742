"""Progress between sessions: comparable days, shots averaged, and the truth of a course."""

import math
from itertools import count

import numpy as np
import pytest

from skincompare.measurement import Z95, Change, Measurement, Method
from skincompare.recovery import TrendStatus
from skincompare.store import Store
from skincompare.workflows import measuring, timeline
from skincompare.workflows.progress import course_progress, mean_change
from skincompare.workflows.timeline import course_timeline
from tests.store.clinic import add_course, add_photo, add_session, analysis, change

PORES = Method("pores", 1)
NUMBERS = count(5000)
TREATED = ("left_cheek",)


@pytest.fixture(autouse=True)
def pores_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (measuring, timeline):
        monkeypatch.setattr(module, "current_methods", lambda: {"pores": PORES})


def course_of(store: Store, *sessions: dict[float, float], mm: float = 1.5):
    """Store a course; each session is given its pores by day after it."""
    patient, course = add_course(store)
    baseline = None
    for index, pores in enumerate(sessions):
        add_session(store, course, 40.0 * index, depths_mm={"left_cheek": mm})
        baseline = baseline or add_photo(store, course, next(NUMBERS), -1.0)
        for day, by in pores.items():
            photo = add_photo(store, course, next(NUMBERS), 40.0 * index + day)
            moved = change(baseline, photo, quantity="pore_density", by=by, method=PORES, flags=())
            store.analyses.add(analysis(baseline, photo, methods=(PORES,), treated=TREATED, changes=(moved,)))
    return course_timeline(store, patient, course)


def days(found) -> list[list[float]]:
    return [[round(one.day, 6) for one in visit.days] for visit in found.visits]


def test_sessions_are_compared_on_the_latest_day_that_all_have(store):
    found = course_progress(
        course_of(store, {2: 9.0, 14: -3.0, 28: -9.0}, {1: 9.0, 14: -6.0}, {13: -9.0, 1: 9.0})
    )
    assert (found.day, found.is_settled) == (13.0, True)
    assert days(found) == [[14.0], [14.0], [13.0]]
    (pores,) = found.progress
    assert pores.status is TrendStatus.FALLING
    assert pores.per_session.value == pytest.approx(-3.0)
    assert [one.change for one in found.changes[0]] == pytest.approx([-3.0, -6.0, -9.0])


def test_a_session_without_a_late_photo_is_left_out(store):
    found = course_progress(course_of(store, {14: -3.0}, {1: 9.0}))
    assert (found.day, days(found)) == (14.0, [[14.0], []])
    assert (found.progress[0].n_visits, found.changes[0][1]) == (1, None)


def test_before_any_recovery_it_says_so(store):
    found = course_progress(course_of(store, {1: 9.0, 2: 5.0}, {1.5: 5.0}))
    assert (found.day, found.is_settled) == (1.5, False)
    assert days(found) == [[1.0, 2.0], [1.5]]


def test_photos_of_one_visit_are_averaged_and_one_without_a_number_is_not(store):
    found = course_progress(course_of(store, {13: -2.0, 14: -4.0, 15: math.nan}))
    assert found.day == 15.0
    assert found.changes[0][0].change == pytest.approx(-3.0)
    empty = course_progress(course_of_other(store))
    assert (empty.progress, empty.visits, math.isnan(empty.day)) == ((), (), True)


def course_of_other(store: Store):
    return course_timeline(store, *add_course(store, "B"))


def test_a_close_up_is_a_region_of_its_own(store):
    patient, course = add_course(store)
    add_session(store, course, depths_mm={"nose": 1.5})
    baseline, photo = (add_photo(store, course, next(NUMBERS), day) for day in (-1.0, 14.0))
    moved = change(baseline, photo, quantity="pore_density", region="whole", by=-3.0, method=PORES, flags=())
    store.analyses.add(analysis(baseline, photo, methods=(PORES,), treated=("nose",), changes=(moved,)))
    found = course_progress(course_timeline(store, patient, course))
    assert [one.region for one in found.progress] == ["whole"]


def test_quantities_and_regions_are_chosen(store):
    whole = course_of(store, {14: -3.0})
    assert course_progress(whole, quantities=["redness"]).progress == ()
    assert course_progress(whole, regions=["nose"]).progress == ()
    plain = course_progress(whole).to_dict()
    assert plain["visits"][0]["photos"][0]["day"] == 14.0
    assert plain["progress"][0]["changes"][0]["change"] == pytest.approx(-3.0)
    assert plain["progress"][0]["sentence"].startswith("Pore density on the left cheek")


def test_the_sigma_of_a_mean_is_how_far_means_scatter():
    """The baseline's error stays, each photo's own falls with the root of their number."""
    rng = np.random.default_rng(5)
    baseline_sd, own_sd, n = 0.7, 1.1, 6
    mdc95 = Z95 * math.sqrt(2.0) * baseline_sd
    sigma = math.hypot(baseline_sd, own_sd)

    def photo(value: float) -> Change:
        def side(number: float, sha256: str) -> Measurement:
            return Measurement("pore_density", "nose", number, 1.0, "per cm²", 9, (), PORES, sha256)

        return Change.between(side(50.0, "a"), side(50.0 + value, "b"), sigma=sigma, mdc95=mdc95)

    means = []
    for _ in range(2000):
        error = rng.normal(0.0, baseline_sd)
        means.append(mean_change([photo(rng.normal(0.0, own_sd) - error) for _ in range(n)]))
    assert means[0].sigma == pytest.approx(np.std([one.change for one in means]), rel=0.05)
    assert means[0].mdc95 == pytest.approx(mdc95)
    assert mean_change([photo(3.0)]) == photo(3.0)
