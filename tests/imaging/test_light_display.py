"""The picture whose light is matched, against light that was put on."""

import math

import numpy as np
import pytest

from skincompare.imaging.light import Light, LightRung
from skincompare.imaging.light_display import MAX_BRIGHTENING, in_the_light_of
from skincompare.imaging.patches import LightShift
from tests.rendered import front, relit


def told(gains: tuple[float, float, float]) -> Light:
    red, green, blue = gains
    shift = LightShift(100 * math.log10(red / green), 100 * math.log10(green / blue), 0.5, 0.5)
    return Light(LightRung.SEVERAL_REGIONS, shift, (), 0.0)


@pytest.mark.parametrize("gains", [(1.1, 1.0, 0.9), (0.9, 0.8, 0.85)])
def test_the_light_is_undone(gains):
    before, skin = front().pixels, np.zeros(front().pixels.shape[:2], bool)
    skin[300:500, 250:450] = True
    matched, brightening = in_the_light_of(before, relit(before, gains), told(gains), skin)
    assert np.median(np.abs(matched.astype(int) - before)[skin]) <= 1
    assert brightening == pytest.approx(1 / gains[1], rel=0.03)


def test_the_brightness_of_a_dark_photo_is_not_raised_without_end():
    before, skin = front().pixels, np.ones(front().pixels.shape[:2], bool)
    dark = (before * 0.05).astype(np.uint8)
    assert in_the_light_of(before, dark, told((1.0, 1.0, 1.0)), skin)[1] == pytest.approx(MAX_BRIGHTENING)


def test_without_skin_the_brightness_stays():
    before = front().pixels
    untouched, brightening = in_the_light_of(
        before, before, told((1.0, 1.0, 1.0)), np.zeros(before.shape[:2], bool)
    )
    assert brightening == 1.0
    assert np.abs(untouched.astype(int) - before).max() <= 1
