"""Recovery in plain words."""

import math

import pytest

from skincompare.recovery import DayOfChanges, recovery_outlook
from skincompare.synthetic.courses import change_of, draw_course, simulate_course

FORBIDDEN = ("improve", "better", "worse", "infect", "diagnos", "scar", "heal", "nan", "inf ")


@pytest.mark.parametrize("changed", [{}, {"flare_ei": 12.0}, {"hot_spot_ei": 12.0}, {"pigment": 7.0}])
@pytest.mark.parametrize("photos", [0, 3, 13])
def test_no_sentence_judges_or_shows_a_missing_number(changed, photos):
    course = simulate_course(draw_course(31, **changed))
    outlook = recovery_outlook([DayOfChanges(*one) for one in course.days[:photos]], needle_depth_mm=1.5)
    for sentence in outlook.sentences():
        assert sentence.endswith(".")
        assert not [word for word in FORBIDDEN if word in sentence.lower()], sentence
    assert outlook.to_dict()["sentences"] == list(outlook.sentences())


def told(*points: tuple[float, float]) -> str:
    days = [DayOfChanges(day, (change_of("left_cheek", "redness", value, 1.2),)) for day, value in points]
    return " ".join(recovery_outlook(days, needle_depth_mm=1.0).sentences())


def test_a_fitted_course_gives_half_life_return_and_band():
    text = told(*((day, 15.0 * 2.0**-day) for day in (0.05, 0.5, 1.0, 2.0, 3.0, 4.0, 7.0)))
    assert "Redness on the left cheek halves in about 1." in text
    assert "what repeat photos differ by, from about day" in text
    assert "returns in step with the assumed band (day 2 to 4)" in text
    assert "Expected at 1.0 to 1.5 mm (assumption)" in text


def test_a_late_course_is_later_than_the_band():
    text = told(
        *((day, 20.0 * 2.0 ** (-day / 5.0)) for day in (0.05, 1.0, 2.0, 4.0, 7.0, 10.0, 14.0, 21.0, 28.0))
    )
    assert "returns later than the assumed band" in text
    assert "still detectably raised on day 10. Show this to your clinician." in text


def test_a_course_under_way_says_what_it_needs():
    text = told((0.05, 12.0), (1.0, 7.0))
    assert "cannot be told yet: 2 usable photos cannot tell it. Take about 2 more photos until day 4." in text


def test_an_unmeasured_course_says_so():
    assert "0 usable photos" in told((1.0, math.nan))
