"""The tone curve between two photos, against curves that were put on."""

import numpy as np
import pytest

from skincompare.imaging.colour import decoded, encoded
from skincompare.imaging.tone_curve import (
    LARGEST_BEND,
    PRIOR_SD,
    STRAIGHT,
    ToneCurve,
    ToneSamples,
    fit_tone_curve,
)

SKIN = np.array([[0.55, 0.33, 0.25], [0.42, 0.24, 0.17], [0.26, 0.14, 0.10]])
REDDER = SKIN * np.array([1.0, 0.93, 0.94])
DARKER = SKIN * np.array([0.5, 0.38, 0.28])


def bent(linear: np.ndarray, bend: float) -> np.ndarray:
    coded = encoded(linear)
    return decoded(coded - bend * coded * (1 - coded) * (2 * coded - 1))


def samples(bend: float, gains: tuple[float, float, float] = (1.0, 1.0, 1.0)) -> list[ToneSamples]:
    """Return regions that a camera bent by `bend` and balanced by `gains`."""
    return [
        ToneSamples(region, bent(np.clip(region * np.array(gains), 0, 1), bend))
        for region in (SKIN, REDDER, DARKER)
    ]


@pytest.mark.parametrize("bend", [-0.4, -0.2, 0.0, 0.2, 0.4])
def test_a_bend_is_found_through_any_white_balance(bend):
    for gains in ((1.0, 1.0, 1.0), (1.12, 1.0, 0.85), (0.8, 0.8, 0.8)):
        found = fit_tone_curve(samples(bend, gains))
        assert found.bend == pytest.approx(-bend, abs=0.14)  # the prior draws strong bends toward 0
        assert found.sigma < PRIOR_SD


def test_equal_photos_have_no_bend_at_all():
    assert fit_tone_curve([ToneSamples(SKIN, SKIN), ToneSamples(DARKER, DARKER)]).bend == 0.0


def test_a_reddened_region_among_others_does_not_bend_the_curve():
    steady = samples(0.0)
    steady[1] = ToneSamples(REDDER, REDDER * np.array([1.0, 0.8, 0.82]))
    assert abs(fit_tone_curve(steady).bend) < 0.15


def test_without_skin_nothing_is_known():
    assert fit_tone_curve([]) is STRAIGHT
    assert STRAIGHT.bend == 0.0
    assert STRAIGHT.sigma == PRIOR_SD


@pytest.mark.parametrize("bend", [-LARGEST_BEND, -0.2, 0.35, LARGEST_BEND])
def test_a_picture_is_corrected_as_its_curve_says(bend):
    linear = np.linspace(0, 1, 3 * 64).reshape(8, 8, 3).astype(np.float32)
    corrected = ToneCurve(bend, 0.1).corrected(linear)
    assert corrected == pytest.approx(bent(linear.astype(np.float64), bend), abs=2e-4)
    assert (np.diff(corrected.ravel()) >= 0).all()
    assert corrected.dtype == np.float32


def test_no_bend_leaves_the_picture_alone():
    linear = np.full((2, 2, 3), 0.3, np.float32)
    assert ToneCurve(0.0, 0.1).corrected(linear) is linear


def test_the_slope_is_that_of_the_colour_against_the_bend():
    colour = SKIN[1]
    u, v = ToneCurve.slope_of(colour)
    moved, plain = (100 * np.log10(bent(colour, bend)) for bend in (0.01, 0.0))
    change = (moved - plain) / 0.01
    assert u == pytest.approx(change[0] - change[1], rel=0.02)
    assert v == pytest.approx(change[1] - change[2], rel=0.02)
