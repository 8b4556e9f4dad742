"""Shine against glare that was put in, and against bright skin that is none."""

import numpy as np
import pytest

from skincompare.metrics.shine import SPEC, measure_shine
from skincompare.synthetic.camera import CameraOptions
from skincompare.synthetic.skin import LightOptions, base_reflectance

PX_PER_MM = 8.0
SKIN = np.asarray(base_reflectance(40.0), np.float32) * np.float32(0.7)


def shine(patch):
    (estimate,) = measure_shine(patch, SPEC.options)
    return estimate


def flat():
    return np.tile(SKIN, (320, 400, 1))


def test_glare_of_known_area_is_found_and_bright_or_pale_skin_is_none(make_patch):
    even = flat()
    assert shine(make_patch(even, PX_PER_MM)).value == 0
    glaring = flat()
    glaring[100:180, 100:180] += 0.2
    share = 100 * 80 * 80 / (320 * 400)
    assert shine(make_patch(glaring, PX_PER_MM)).value == pytest.approx(share, rel=0.1)
    lit = flat()
    lit[100:180, 100:180] *= 1.6
    assert shine(make_patch(lit, PX_PER_MM)).value < 0.2
    pale = flat()
    pale[100:180, 100:180] *= 10.0 ** (0.04 * np.array([0.53, 1.0, 1.78]))
    assert shine(make_patch(pale, PX_PER_MM)).value < 0.2


def test_glare_that_was_masked_out_as_overexposed_still_counts(make_patch):
    glaring = flat()
    glaring[100:116, 100:116] = 1.0
    mask = np.ones(glaring.shape[:2], bool)
    mask[98:118, 98:118] = False
    share = 100 * 16 * 16 / (320 * 400)
    assert share < shine(make_patch(glaring, PX_PER_MM, mask=mask)).value < 2 * share
    hair = flat()
    hair[100:116, 100:116] = 0.02
    assert shine(make_patch(hair, PX_PER_MM, mask=mask)).value == 0


def test_a_warmer_camera_sees_the_same_glare(make_patch):
    glaring = flat()
    glaring[100:180, 100:180] += 0.2
    plain = shine(make_patch(glaring, PX_PER_MM)).value
    assert shine(make_patch(glaring * np.float32([1.06, 1, 0.94]), PX_PER_MM)).value == pytest.approx(
        plain, rel=0.1
    )


def test_grey_skin_cannot_be_told_from_the_lamp(make_patch):
    estimate = shine(make_patch(np.full((320, 400, 3), 0.3, np.float32), PX_PER_MM))
    assert [flag.code for flag in estimate.flags] == ["grey_skin"]
    assert np.isnan(estimate.value)


def test_the_map_lies_on_the_glare(make_patch):
    glaring = flat()
    glaring[100:180, 200:300] += 0.2
    found = shine(make_patch(glaring, PX_PER_MM)).map
    rows, columns = np.nonzero(found.values > SPEC.options.min_excess)
    assert found.left + found.step * columns.mean() == pytest.approx(250, abs=3)
    assert found.top + found.step * rows.mean() == pytest.approx(140, abs=3)


def test_oilier_skin_shines_more_in_every_tone(photographed):
    for angle in (48.0, 10.0):
        values = [
            shine(
                photographed(
                    PX_PER_MM,
                    seed=23,
                    gloss=gloss,
                    ita_degrees=angle,
                    light=LightOptions(elevation_degrees=75.0),
                    camera=CameraOptions(exposure=0.8),
                )
            ).value
            for gloss in (0.1, 2.0, 4.0)
        ]
        assert values[0] < 1
        assert values[0] + 2 < values[1] < values[2] - 2
