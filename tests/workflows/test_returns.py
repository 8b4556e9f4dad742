"""Days of return of a clinic's courses, from courses whose truth is known, and the bands that they make."""

import math
from datetime import timedelta
from itertools import count

import numpy as np
import pytest

from skincompare.measurement import Method
from skincompare.records import EditedBand, Symptom, TickedSymptom
from skincompare.recovery import (
    ASSUMED_BANDS,
    DepthClass,
    FlagCode,
    fit_recovery,
    overall_curve,
    recovery_curves,
)
from skincompare.store import Store
from skincompare.synthetic.courses import SIDES, CourseOptions, simulate_course
from skincompare.workflows import measuring, returns, timeline
from skincompare.workflows.bands import clinic_bands
from skincompare.workflows.returns import course_returns, refresh_returns
from skincompare.workflows.timeline import course_timeline, days_of
from tests.store.clinic import add_course, add_photo, add_session, analysis

REDNESS = Method("redness", 1)
MIDDLE = DepthClass.MIDDLE
NUMBERS = count(1000)


@pytest.fixture(autouse=True)
def redness_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (measuring, returns, timeline):
        monkeypatch.setattr(module, "current_methods", lambda: {"redness": REDNESS})


def followed(store: Store, code: str, half_lives: tuple[float, ...], mm: float = 1.2, **fields: object):
    """Store a patient with one simulated session after the other; return the true days of return, too."""
    patient, course = add_course(store, code, **fields)
    truths, baseline = [], None
    for index, half_life in enumerate(half_lives):
        start = 60.0 * index
        add_session(store, course, start, depths_mm=dict.fromkeys(SIDES, mm))
        if baseline is None:
            baseline = add_photo(store, course, next(NUMBERS), -1.0)
        options = CourseOptions(
            half_life_days=half_life,
            noise=0.3,
            missed_share=0.0,
            photo_days=(0.05, 0.5, 1, 2, 3, 4, 5, 7, 10),
        )
        simulated = simulate_course(options)
        for day, changes in simulated.days:
            photo = add_photo(store, course, next(NUMBERS), start + day)
            store.analyses.add(
                analysis(
                    baseline,
                    photo,
                    methods=(REDNESS,),
                    treated=SIDES,
                    changes=tuple(one for one in changes if one.metric == "redness"),
                )
            )
        grid = np.geomspace(0.01, 100.0, 20_001)
        mean = np.mean([simulated.true_redness(region, grid) for region in SIDES], axis=0)
        truths.append(float(grid[np.flatnonzero(mean > simulated.days[0][1][0].mdc95)[-1]]))
    return patient, course, truths


def test_regions_count_as_one_and_sessions_as_their_median(store):
    patient, course, truths = followed(store, "A", (0.4, 0.8, 1.2))
    whole = course_timeline(store, patient, course)
    found = course_returns(whole)
    each = [
        fit_recovery(overall_curve(recovery_curves(days_of(whole, one), regions=SIDES))).returned
        for one in whole.sessions
    ]
    assert all(one.low <= truth <= one.high for one, truth in zip(each, truths, strict=True))
    assert found[MIDDLE] == pytest.approx(each[1].value)
    assert (found[DepthClass.SHALLOW], found[DepthClass.DEEP]) == (None, None)


def test_a_course_is_fitted_again_only_when_it_changed(store):
    _, course, _ = followed(store, "A", (0.8,))
    _, simulated, _ = followed(store, "DEMO", (0.8,), is_simulated=True)
    assert refresh_returns(store) == 1
    ((depth, day),) = store.aftercare.returns()
    assert depth == MIDDLE.value
    assert refresh_returns(store) == refresh_returns(store, [course, simulated]) == 0
    (session,) = store.treatments.sessions(course)
    store.treatments.save_session(
        type(session)(
            course_id=course.id,
            at=session.at,
            depths_mm=dict.fromkeys(SIDES, 2.5),
            id=session.id,
            revision=session.revision,
        )
    )
    assert refresh_returns(store, [course]) == 1
    assert store.aftercare.returns() == ((DepthClass.DEEP.value, pytest.approx(day)),)


def fill(store: Store, n: int) -> list[float]:
    days = [1.0 + 0.2 * index for index in range(n)]
    for index, day in enumerate(days):
        _, course = add_course(store, f"P{index:03}")
        store.aftercare.set_returns(course, {MIDDLE.value: day}, "x")
    return days


@pytest.mark.parametrize(("n", "own"), [(19, False), (20, True)])
def test_twenty_completed_courses_replace_the_assumption(store, n, own):
    days = fill(store, n)
    line = clinic_bands(store).line(MIDDLE)
    assert line.is_assumption is not own
    if own:
        assert line.n_courses == n
        assert (line.first_day, line.last_day) == pytest.approx(tuple(np.percentile(days, (10, 90))))
    else:
        assert line.last_day == ASSUMED_BANDS.line(MIDDLE).last_day
        assert "19 completed courses" in line.provenance
    assert clinic_bands(store).line(DepthClass.DEEP) == ASSUMED_BANDS.line(DepthClass.DEEP)


def test_a_line_that_somebody_set_holds_and_says_what_it_hides(store):
    fill(store, 20)
    store.aftercare.set_band(
        EditedBand(depth=MIDDLE.value, first_day=1, last_day=3, ask_after_day=5, provenance="Our sheet.")
    )
    line = clinic_bands(store).line(MIDDLE)
    assert (line.first_day, line.last_day, line.ask_after_day, line.is_assumption) == (1, 3, 5, True)
    assert line.provenance == (
        "Set by your clinic: Our sheet. Your clinic's 20 completed courses are not used while this line is set."
    )


def test_a_timeline_is_told_by_the_clinics_band_and_its_symptoms(store):
    patient, course, _ = followed(store, "A", (0.8,))
    store.aftercare.set_band(
        EditedBand(depth=MIDDLE.value, first_day=0, last_day=0.1, ask_after_day=0.2, provenance="strict")
    )
    (session,) = store.treatments.sessions(course)
    store.aftercare.tick(
        TickedSymptom(session_id=session.id, symptom=Symptom.FEVER, at=session.at + timedelta(days=1.5))
    )
    whole = course_timeline(store, patient, course)
    outlook = whole.outlook(session)
    first, *others = outlook.flags
    assert (first.code, first.day, first.reason) == (FlagCode.SYMPTOM, 1.5, "You ticked fever.")
    assert FlagCode.ABOVE_BAND in {one.code for one in others}
    assert outlook.sentences()[0] == "You ticked fever. Show this to your clinician today."
    assert whole.to_dict()["symptoms"][0]["symptom"] == "fever"
    assert not math.isnan(outlook.overall_fit.returned.value)
