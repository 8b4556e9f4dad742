"""All treated regions together, from courses whose truth is known."""

import math

import numpy as np
import pytest

from skincompare.measurement import Verdict
from skincompare.recovery import (
    OVERALL,
    DayOfChanges,
    FitStatus,
    fit_recovery,
    overall_curve,
    recovery_curves,
    recovery_outlook,
)
from skincompare.synthetic.courses import (
    LIGHT_SD,
    SIDES,
    CourseOptions,
    change_of,
    draw_course,
    simulate_course,
)


def day(number: float, **values: float) -> DayOfChanges:
    return DayOfChanges(
        number, tuple(change_of(region, "redness", value, 1.2) for region, value in values.items())
    )


def simulated(options: CourseOptions):
    course = simulate_course(options)
    return course, [DayOfChanges(*one) for one in course.days]


def true_return(course, threshold: float) -> float:
    grid = np.geomspace(1e-3, 200.0, 40_001)
    mean = np.mean([course.true_redness(region, grid) for region in SIDES], axis=0)
    above = np.flatnonzero(mean > threshold)
    return 0.0 if above.size == 0 else float(grid[above[-1] + 1])


def test_the_mean_of_the_regions_each_counting_alike():
    curve = overall_curve(
        recovery_curves([day(0.0, left_cheek=14.0, nose=6.0), day(1.0, left_cheek=7.0, nose=1.0)])
    )
    assert (curve.region, curve.metric, curve.unit) == (OVERALL, "redness", "EI")
    assert [(point.day, point.change.change) for point in curve.points] == [(0.0, 10.0), (1.0, 4.0)]


def test_more_regions_make_the_error_no_smaller():
    names = ("left_cheek", "right_cheek", "nose", "chin")
    (point,) = overall_curve(recovery_curves([day(0.0, **dict.fromkeys(names, 8.0))])).points
    alone = change_of("nose", "redness", 8.0, 1.2)
    assert point.change.sigma == pytest.approx(alone.sigma)
    assert point.change.mdc95 == pytest.approx(alone.mdc95)


def test_the_light_that_all_regions_share_stays_within_the_interval():
    inside, n = 0, 0
    for seed in range(40):
        course, days = simulated(CourseOptions(seed=seed, missed_share=0.0))
        for point in overall_curve(recovery_curves(days)).points:
            truth = np.mean([course.true_redness(region, point.day) for region in SIDES])
            low, high = point.change.interval
            inside, n = inside + (low <= truth <= high), n + 1
            assert point.change.sigma > 0.7 * LIGHT_SD
    assert 0.90 <= inside / n <= 0.995


def test_the_day_of_return_lies_in_its_interval():
    covered = []
    for seed in range(400, 425):
        course, days = simulated(draw_course(seed))
        fit = fit_recovery(overall_curve(recovery_curves(days)), with_energy=course.options.with_energy)
        if fit.status is FitStatus.FITTED:
            truth = true_return(course, fit.threshold)
            covered.append(fit.returned.low <= truth <= fit.returned.high)
    assert len(covered) >= 20
    assert np.mean(covered) >= 0.88


def test_a_day_without_one_of_the_regions_is_missing_and_says_which():
    days = [day(number, left_cheek=9.0 - number, nose=3.0) for number in (0.0, 1.0, 2.0)]
    days.append(day(3.0, left_cheek=5.0, nose=math.nan))
    curve = overall_curve(recovery_curves(days))
    last = curve.points[-1].change
    assert (math.isnan(last.change), last.verdict) == (True, Verdict.NOT_MEASURABLE)
    assert "nose could not be measured" in last.flags[0].reason
    assert curve.points[0].change.change == 6.0


def test_a_region_that_is_seldom_measurable_does_not_count():
    days = [
        day(float(n), left_cheek=8.0, right_cheek=6.0, nose=50.0 if n == 0 else math.nan) for n in range(4)
    ]
    assert [point.change.change for point in overall_curve(recovery_curves(days)).points] == [7.0] * 4


@pytest.mark.parametrize("values", [{}, {"nose": 3.0}, {"nose": 3.0, "chin": math.nan}])
def test_one_region_has_no_mean(values):
    assert overall_curve(recovery_curves([day(0.0, **values)])) is None


def test_an_outlook_tells_all_regions_together_first():
    _, days = simulated(draw_course(31))
    outlook = recovery_outlook(days, regions=SIDES, needle_depth_mm=1.0)
    assert outlook.overall_fit.region == OVERALL
    assert "on the all treated regions" not in " ".join(outlook.sentences())
    assert outlook.sentences()[len(outlook.flags)].startswith("Redness on all treated regions")
    assert outlook.to_dict()["overall"]["fit"] == outlook.overall_fit.to_dict()
    assert len(outlook.to_dict()["overall"]["points"]) == len(days)
    assert recovery_outlook(days, needle_depth_mm=1.0).overall is None


def test_a_second_rise_of_one_region_leaves_no_return_of_all():
    _, days = simulated(draw_course(720, flare_ei=12.0, flare_day=4.0))
    assert recovery_outlook(days, regions=SIDES).overall_fit.status is not FitStatus.FITTED
