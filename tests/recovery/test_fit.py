"""The fit of a recovery, from courses whose truth is known."""

import math

import numpy as np
import pytest

from skincompare.errors import OptionError
from skincompare.recovery import DayOfChanges, FitStatus, RecoveryCurve, fit_recovery, recovery_curves
from skincompare.recovery.model import amplitude_for_return, elevation, peak_day, return_day
from skincompare.synthetic.courses import CourseOptions, change_of, draw_course, simulate_course

LEFT = "left_cheek"


def curve_of(options: CourseOptions) -> RecoveryCurve:
    course = simulate_course(options)
    days = [DayOfChanges(day, changes) for day, changes in course.days]
    return recovery_curves(days, regions=[LEFT])[0]


def by_hand(*points: tuple[float, float], sigma: float = 1.2) -> RecoveryCurve:
    days = [DayOfChanges(day, (change_of(LEFT, "redness", value, sigma),)) for day, value in points]
    return recovery_curves(days)[0]


def exponential(days, half_life=1.0, peak=15.0):
    return [(day, peak * 2.0 ** (-day / half_life)) for day in days]


# The model


def test_the_day_of_return_is_where_the_curve_meets_the_threshold():
    day = return_day(12.0, 2.0, 0.3, 1.9)
    assert elevation([day], 12.0, 2.0, 0.3)[0] == pytest.approx(1.9)
    assert day == pytest.approx(2.0 * math.log(12.0 / 1.9), rel=0.01)
    assert amplitude_for_return(day, 2.0, 0.3, 1.9) == pytest.approx(12.0)


def test_a_curve_below_the_threshold_is_back_at_once():
    assert return_day(1.5, 2.0, 0.02, 1.9) == 0.0


def test_the_peak_is_the_highest_day():
    days = np.linspace(0.0, 10.0, 10_001)
    highest = days[elevation(days, 10.0, 3.0, 0.5).argmax()]
    assert peak_day(3.0, 0.5) == pytest.approx(highest, abs=0.002)


def test_before_the_treatment_nothing_is_raised():
    assert elevation([-3.0, 0.0], 10.0, 3.0, 0.5).tolist() == [0.0, 0.0]


def test_a_threshold_of_nothing_is_a_wrong_call():
    with pytest.raises(OptionError, match="above 0"):
        return_day(1.0, 1.0, 0.1, 0.0)


# Truth


@pytest.mark.parametrize(
    ("half_life", "rise", "with_energy"), [(0.6, 0.01, False), (1.5, 0.02, False), (2.5, 0.3, True)]
)
def test_exact_photos_give_the_truth(half_life, rise, with_energy):
    options = CourseOptions(half_life_days=half_life, rise_days=rise, noise=0.02, missed_share=0.0, seed=4)
    course = simulate_course(options)
    curve = recovery_curves([DayOfChanges(*one) for one in course.days], regions=[LEFT])[0]
    # The smallest detectable change of such photos is tiny, so the return is late and exact.
    fit = fit_recovery(curve, with_energy=with_energy)
    assert fit.status is FitStatus.FITTED
    assert fit.half_life.value == pytest.approx(half_life, rel=0.06)
    assert fit.returned.value == pytest.approx(course.true_return(LEFT, fit.threshold), rel=0.06)


def test_intervals_cover_the_truth_and_half_lives_are_not_biased():
    covered, errors = [], []
    for seed in range(300, 320):
        course = simulate_course(draw_course(seed))
        curve = recovery_curves([DayOfChanges(*one) for one in course.days], regions=[LEFT])[0]
        fit = fit_recovery(curve, with_energy=course.options.with_energy)
        if fit.status is FitStatus.FITTED:
            covered.append(fit.returned.low <= course.true_return(LEFT, fit.threshold) <= fit.returned.high)
            errors.append(math.log(fit.half_life.value / course.options.half_life_days))
    assert len(covered) >= 16
    assert np.mean(covered) >= 0.8
    assert abs(np.median(errors)) < 3.0 * np.std(errors) / math.sqrt(len(errors))


def test_the_same_photos_give_the_same_fit():
    curve = curve_of(draw_course(7))
    assert fit_recovery(curve) == fit_recovery(curve)


def test_more_error_makes_a_wider_interval():
    days = (0.05, 0.5, 1.0, 2.0, 3.0, 4.0, 7.0)
    narrow = fit_recovery(by_hand(*exponential(days), sigma=1.0)).returned
    wide = fit_recovery(by_hand(*exponential(days), sigma=2.0)).returned
    assert wide.high - wide.low > 1.3 * (narrow.high - narrow.low)


def test_the_baseline_error_is_not_averaged_away():
    days = tuple(np.linspace(0.05, 8.0, 25))
    known = fit_recovery(by_hand(*exponential(days), sigma=0.7), baseline_sigma=0.02).returned
    shared = fit_recovery(
        by_hand(*exponential(days), sigma=math.hypot(0.7, 0.8)), baseline_sigma=0.8
    ).returned
    assert shared.high - shared.low > 1.3 * (known.high - known.low)


def test_one_bad_photo_bends_little():
    points = exponential((0.05, 0.5, 1.0, 2.0, 3.0, 4.0, 7.0), half_life=1.2)
    good = fit_recovery(by_hand(*points)).returned.value
    points[4] = (points[4][0], points[4][1] + 7.0)
    assert fit_recovery(by_hand(*points)).returned.value == pytest.approx(good, rel=0.25)


# What is refused


def test_too_few_photos_say_how_many_more_and_until_when():
    fit = fit_recovery(by_hand((0.05, 12.0), (1.0, 7.0)), expected_until=4.0)
    assert fit.status is FitStatus.TOO_FEW
    assert (fit.photos_needed, fit.needed_until) == (2, 4.0)
    assert math.isnan(fit.returned.value)
    assert np.isnan(fit.values_at([1.0])).all()


def test_no_photo_needs_four():
    fit = fit_recovery(by_hand((1.0, math.nan)))
    assert (fit.status, fit.photos_needed, fit.n_photos) == (FitStatus.TOO_FEW, 4, 0)


def test_a_peak_on_the_last_photo_needs_photos_after_it():
    fit = fit_recovery(by_hand((0.05, 8.0), (0.5, 9.0), (1.0, 10.0), (2.0, 12.0)))
    assert (fit.status, fit.photos_needed) == (FitStatus.TOO_FEW, 2)


def test_redness_that_has_not_fallen_is_not_extrapolated():
    fit = fit_recovery(by_hand((0.05, 12.0), (0.5, 11.5), (1.0, 10.0), (1.5, 9.0)), expected_until=7.0)
    assert fit.status is FitStatus.NOT_FALLEN
    assert (fit.photos_needed, fit.needed_until) == (2, 7.0)


def test_a_return_far_after_the_last_photo_is_not_told():
    fit = fit_recovery(by_hand(*exponential((0.05, 0.5, 1.0, 1.5, 2.1), half_life=2.0, peak=30.0), sigma=0.7))
    assert fit.status is FitStatus.TOO_FAR
    assert fit.photos_needed > 0
    assert fit.needed_until > 2.1 * 1.5


def test_redness_that_never_rose_has_no_return():
    fit = fit_recovery(by_hand((0.05, 0.4), (1.0, -0.2), (2.0, 0.3), (3.0, 0.1)))
    assert fit.status is FitStatus.NEVER_ABOVE
    assert fit.photos_needed == 0


def test_a_second_rise_is_no_early_return():
    points = exponential((0.05, 0.5, 1.0, 2.0, 3.0), half_life=0.5)
    fit = fit_recovery(by_hand(*points, (4.0, 11.0), (5.0, 12.0), (7.0, 9.0)))
    assert fit.status is FitStatus.MISFIT
    assert not fit.returned.is_known


def test_photos_before_the_treatment_do_not_count():
    points = exponential((0.05, 0.5, 1.0, 2.0, 3.0, 4.0))
    assert fit_recovery(by_hand((-1.0, 20.0), *points)) == fit_recovery(by_hand(*points))


def test_json_has_no_nan():
    whole = fit_recovery(curve_of(draw_course(7))).to_dict()
    assert whole["return_day"]["low"] < whole["return_day"]["value"] < whole["return_day"]["high"]
    assert fit_recovery(by_hand((1.0, math.nan))).to_dict()["half_life_days"]["value"] is None
