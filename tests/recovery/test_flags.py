"""Each flag on a simulated course that has it, and on ten that do not."""

import math

import numpy as np
import pytest

from skincompare.errors import OptionError
from skincompare.recovery import (
    ASSUMED_BANDS,
    SHOW_CLINICIAN,
    DayOfChanges,
    FitStatus,
    FlagCode,
    Symptom,
    depth_class,
    find_rows,
    recovery_curves,
    recovery_flags,
    recovery_outlook,
    regular_rows,
)
from skincompare.recovery.flags import mirrored_region
from skincompare.recovery.outlook import RecoveryOutlook
from skincompare.synthetic.courses import CourseOptions, change_of, draw_course, simulate_course
from skincompare.synthetic.marks import row_marks, strewn_marks

ORDINARY = range(700, 710)


def outlook_of(options: CourseOptions) -> RecoveryOutlook:
    days = [DayOfChanges(*one) for one in simulate_course(options).days]
    return recovery_outlook(days, needle_depth_mm=options.needle_depth_mm, with_energy=options.with_energy)


def flags_of(options: CourseOptions):
    days = [DayOfChanges(*one) for one in simulate_course(options).days]
    line = ASSUMED_BANDS.line(depth_class(options.needle_depth_mm, with_energy=options.with_energy))
    return recovery_flags(recovery_curves(days), recovery_curves(days, metric="melanin"), line=line)


@pytest.fixture(scope="module")
def ordinary() -> list[set[FlagCode]]:
    return [{flag.code for flag in flags_of(draw_course(seed))} for seed in ORDINARY]


HAS_IT = (
    (FlagCode.ABOVE_BAND, {"half_life_days": 8.0}),
    (FlagCode.SECOND_RISE, {"flare_ei": 12.0}),
    (FlagCode.HOT_SPOT, {"hot_spot_ei": 12.0}),
    (FlagCode.PIGMENT_RISING, {"pigment": 7.0}),
)


@pytest.mark.parametrize(("code", "changed"), HAS_IT)
def test_a_course_that_has_it_is_flagged(code, changed):
    found = [flag for flag in flags_of(draw_course(720, **changed)) if flag.code is code]
    assert found
    assert all(flag.advice.startswith("Show this to your clinician") for flag in found)
    assert all(flag.rule.startswith("Raised when") for flag in found)


@pytest.mark.parametrize("code", [code for code, _ in HAS_IT])
def test_ten_that_do_not_are_not_flagged(code, ordinary):
    # One course in twenty may be flagged by chance: of ten, two are beyond it.
    assert sum(code in found for found in ordinary) <= 1


def test_the_hot_side_is_named():
    found = flags_of(draw_course(720, hot_spot_ei=12.0))
    assert {flag.region for flag in found if flag.code is FlagCode.HOT_SPOT} == {"left_cheek"}


def test_a_second_rise_is_told_with_its_day_and_no_return():
    outlook = outlook_of(draw_course(720, flare_ei=12.0, flare_day=4.0))
    flag = next(one for one in outlook.flags if one.code is FlagCode.SECOND_RISE)
    assert 4.0 <= flag.day <= 8.0
    flagged = {one.region for one in outlook.flags if one.code is FlagCode.SECOND_RISE}
    assert all(fit.status is not FitStatus.FITTED for fit in outlook.fits if fit.region in flagged)


def days_by_hand(*points: tuple[float, float, float]):
    """Return days with the redness of the left and of the right cheek, without noise."""
    return [
        DayOfChanges(
            day, tuple(change_of(f"{side}_cheek", "redness", value, 1.2) for side, value in both.items())
        )
        for day, left, right in points
        for both in ({"left": left, "right": right},)
    ]


def codes(outlook: RecoveryOutlook) -> set[FlagCode]:
    return {flag.code for flag in outlook.flags}


def test_one_photo_alone_makes_no_hot_spot():
    quiet = days_by_hand((0.1, 12, 12), (1, 8, 8), (2, 14, 4), (3, 3, 3), (5, 1, 1))
    assert FlagCode.HOT_SPOT not in codes(recovery_outlook(quiet))
    uneven_passes = days_by_hand((0.1, 20, 8), (0.4, 18, 8), (1, 6, 5), (2, 3, 3))
    assert FlagCode.HOT_SPOT not in codes(recovery_outlook(uneven_passes))
    hot = days_by_hand((0.1, 12, 12), (1, 8, 8), (2, 14, 4), (3, 11, 3), (5, 1, 1))
    assert FlagCode.HOT_SPOT in codes(recovery_outlook(hot))


def test_one_late_photo_alone_is_not_above_the_band():
    one = days_by_hand((0.1, 12, 12), (1, 1, 1), (2, 0, 0), (5, 4, 0), (7, 0, 0))
    assert FlagCode.ABOVE_BAND not in codes(recovery_outlook(one, needle_depth_mm=0.5))
    two = days_by_hand((0.1, 12, 12), (1, 8, 1), (2, 6, 0), (5, 4, 0), (7, 0, 0))
    assert FlagCode.ABOVE_BAND in codes(recovery_outlook(two, needle_depth_mm=0.5))
    assert FlagCode.ABOVE_BAND not in codes(recovery_outlook(two, needle_depth_mm=1.5))


def test_a_rise_that_is_only_the_first_peak_is_no_second_rise():
    late_peak = days_by_hand((0.1, 6, 6), (1, 14, 14), (2, 10, 10), (4, 4, 4), (7, 1, 1))
    assert FlagCode.SECOND_RISE not in codes(recovery_outlook(late_peak))


def test_pigment_without_falling_redness_is_not_that_flag():
    def day(number: float, red: float, brown: float) -> DayOfChanges:
        return DayOfChanges(
            number, (change_of("nose", "redness", red, 1.2), change_of("nose", "melanin", brown, 1.0))
        )

    rising = [day(0.1, 12, 0), day(1, 12, 4), day(2, 12, 4), day(3, 12.5, 5)]
    assert codes(recovery_outlook(rising)) == set()
    falling = [day(0.1, 14, 0), day(3, 6, 4), day(7, 2, 4), day(9, 1, 5)]
    assert FlagCode.PIGMENT_RISING in codes(recovery_outlook(falling))


def test_symptoms_come_first_and_are_for_today():
    days = days_by_hand((0.1, 12, 12))
    outlook = recovery_outlook(days, symptoms=[Symptom.PUS, Symptom.FEVER, Symptom.PUS])
    assert [flag.reason for flag in outlook.flags] == ["You ticked pus.", "You ticked fever."]
    assert outlook.sentences()[0] == "You ticked pus. Show this to your clinician today."


def test_no_symptom_no_flag():
    assert recovery_flags(()) == ()


def test_mirrored_regions():
    assert mirrored_region("left_temple") == "right_temple"
    assert mirrored_region("right_cheek") == "left_cheek"
    assert mirrored_region("nose") == ""


# Rows


@pytest.mark.parametrize("are_lines", [False, True])
def test_rows_are_found_with_their_spacing_and_direction(are_lines):
    step = 0.8 if are_lines else 3.7
    marks = np.array([(x, y) for y in np.arange(6) * 3.0 for x in np.arange(0.0, 20.0, step)])
    turn = math.radians(25.0)
    marks = marks @ np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
    found = find_rows(marks)
    assert found.is_regular
    flag = regular_rows(marks, "left_cheek", 28.0)
    assert flag is not None
    assert flag.advice == SHOW_CLINICIAN
    if are_lines:
        assert found.spacing_mm == pytest.approx(3.0, abs=0.15)
        assert found.angle_degrees == pytest.approx(25.0, abs=2.0)


def test_rows_among_other_marks_are_found():
    found = [find_rows(row_marks(seed)).is_regular for seed in range(40, 50)]
    assert sum(found) >= 8


@pytest.mark.parametrize("count", [12, 30, 60])
def test_ten_patches_of_natural_marks_have_no_rows(count):
    assert sum(regular_rows(strewn_marks(count, seed)) is not None for seed in range(40, 50)) <= 1


def test_few_marks_cannot_be_rows():
    marks = [(float(x), 0.0) for x in range(11)]
    assert regular_rows(marks) is None
    assert math.isnan(find_rows(marks).strength)
    assert not find_rows([]).is_regular


def test_marks_that_are_no_points_are_a_wrong_call():
    with pytest.raises(OptionError, match="pairs in mm"):
        find_rows([1.0, 2.0])
    with pytest.raises(OptionError, match="pairs in mm"):
        find_rows([(math.nan, 2.0)] * 12)


def test_the_band_line_of_the_depth_is_used():
    assert ASSUMED_BANDS.line(depth_class(0.5)).ask_after_day == 3.0
