"""What charts and cards say of the light between two photos."""

import math
from dataclasses import replace

import numpy as np
import pytest

from skincompare.errors import OptionError
from skincompare.imaging.chart_light import CHART_SD, card_gains, chart_shift
from skincompare.imaging.colour import srgb_from_linear
from tests.charted import DAYLIGHT, LED, POSE, TUNGSTEN, charted, read, redness, skin_colours


@pytest.mark.parametrize("ita", [50.0, 20.0, -20.0])
def test_the_shift_is_what_untreated_skin_shows(ita: float) -> None:
    before, after = charted(view=LED, ita_degrees=ita), charted(view=TUNGSTEN, ita_degrees=ita)
    first, second = skin_colours(before)[0], skin_colours(after)[0]
    shift = chart_shift(read(before), read(after), first)
    true = redness(second) - redness(first)
    assert abs(true) > 5
    assert shift.u == pytest.approx(true, abs=2 * CHART_SD)
    assert shift.sigma_u == CHART_SD
    true_v = 100 * np.log10(second[1] / second[2] * first[2] / first[1])
    assert shift.v == pytest.approx(true_v, abs=2 * shift.sigma_v)
    assert shift.sigma_v > shift.sigma_u


def test_chart_and_skin_together_leave_little_even_on_redder_skin() -> None:
    before, after = charted(view=DAYLIGHT), charted(view=LED)
    first, second = skin_colours(before), skin_colours(after)
    left = [
        redness(second[n]) - redness(first[n]) - chart_shift(read(before), read(after), first[n]).u
        for n in (0, 1)
    ]
    assert abs(left[1] - left[0]) < 1.3


def test_one_light_gives_no_shift() -> None:
    shot = charted()
    shift = chart_shift(read(shot), read(shot), skin_colours(shot)[0])
    assert shift.u == pytest.approx(0, abs=0.05)
    assert shift.v == pytest.approx(0, abs=0.05)


def test_a_doubted_chart_has_a_wider_error() -> None:
    small = charted(pose=replace(POSE, width_px=190.0))
    assert chart_shift(read(small), read(charted()), skin_colours(small)[0]).sigma_u > CHART_SD


def test_an_unusable_chart_tells_nothing() -> None:
    shot = charted()
    lost = replace(read(shot), fit=None)
    assert math.isnan(chart_shift(read(shot), lost, skin_colours(shot)[0]).u)
    assert math.isnan(chart_shift(lost, read(shot), skin_colours(shot)[0]).sigma_u)


def test_a_shift_needs_one_colour() -> None:
    reading = read(charted())
    with pytest.raises(OptionError, match="three channels"):
        chart_shift(reading, reading, np.ones((4, 3)))


def test_a_grey_card_gives_gains() -> None:
    light = np.full((60, 80, 3), 0.5) * [0.4, 0.36, 0.3]
    gains = card_gains(
        srgb_from_linear(light), np.array([(5.0, 5.0), (70.0, 5.0), (70.0, 50.0), (5.0, 50.0)])
    )
    assert gains == pytest.approx(0.18 / light[0, 0], rel=0.02)


def test_a_clipped_or_missing_card_gives_none() -> None:
    white = np.full((60, 80, 3), 255, np.uint8)
    square = np.array([(5.0, 5.0), (70.0, 5.0), (70.0, 50.0)])
    assert np.isnan(card_gains(white, square)).all()
    assert np.isnan(card_gains(white // 2, square + 500)).all()
    with pytest.raises(OptionError, match="three points"):
        card_gains(white, square[:2])
    with pytest.raises(OptionError, match="between 0 and 1"):
        card_gains(white, square, 1.5)
