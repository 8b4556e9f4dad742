"""Melanin, typology angle and unevenness against closed forms and against pigment that was put in."""

import math
from dataclasses import replace

import numpy as np
import pytest

from skincompare.imaging.patches import LightShift
from skincompare.imaging.scale import UNKNOWN_SCALE
from skincompare.measurement import Z95, Effect
from skincompare.metrics.pigmentation import (
    DILUTION,
    DILUTION_TONES,
    EXPOSURE_SIGMA,
    ITA_REPEAT,
    SPEC,
    WITHHELD_BELOW,
    PigmentationOptions,
    confirm_pigmentation,
    measure_pigmentation,
)
from skincompare.metrics.registry import FoundChange
from skincompare.synthetic.camera import CameraOptions
from skincompare.synthetic.skin import HEMOGLOBIN_AXIS, MELANIN_AXIS, LightOptions, base_reflectance

PX_PER_MM = 8.0
LIGHT_SKIN = np.asarray(base_reflectance(45.0), np.float32)
MATT = LightOptions(sheen=0.0)
NAMES = [quantity.name for quantity in SPEC.quantities]


def measured(patch):
    return {one.quantity: one for one in measure_pigmentation(patch, SPEC.options)}


def flat(make_patch, colour=LIGHT_SKIN, **options):
    return make_patch(np.tile(np.asarray(colour, np.float32), (320, 400, 1)), PX_PER_MM, **options)


def stained(axis, density):
    return LIGHT_SKIN * 10.0 ** -(density * np.array(axis))


def test_melanin_reads_a_hundred_times_its_density_and_blood_and_shade_read_nothing(make_patch):
    plain = measured(flat(make_patch))["melanin"].value
    assert measured(flat(make_patch, stained(MELANIN_AXIS, 0.1)))["melanin"].value - plain == pytest.approx(
        10, abs=0.02
    )
    assert measured(flat(make_patch, stained(HEMOGLOBIN_AXIS, 0.1)))["melanin"].value == pytest.approx(
        plain, abs=0.02
    )
    assert measured(flat(make_patch, 0.6 * LIGHT_SKIN))["melanin"].value == pytest.approx(plain, abs=0.01)


def test_grey_has_no_melanin(make_patch):
    assert measured(flat(make_patch, (0.3, 0.3, 0.3)))["melanin"].value == pytest.approx(0, abs=1e-3)


def test_the_angle_is_that_of_the_skin(make_patch):
    for angle in (60.0, 30.0, 0.0, -40.0):
        assert measured(flat(make_patch, base_reflectance(angle)))["ita"].value == pytest.approx(
            angle, abs=0.1
        )


def test_the_light_shift_is_taken_off(make_patch):
    gains = np.array([1.1, 1.0, 0.9])
    light = LightShift(100 * np.log10(1.1), 100 * np.log10(1 / 0.9), 0.5, 0.8)
    plain = measured(flat(make_patch))
    lit = measured(flat(make_patch, LIGHT_SKIN * gains, light=light))
    for name in ("melanin", "ita"):
        assert lit[name].value == pytest.approx(plain[name].value, abs=0.02)
    assert lit["melanin"].block_values == pytest.approx(plain["melanin"].value, abs=0.02)


def test_the_error_of_the_light_goes_in_with_the_weight_of_each_axis(make_patch):
    assert SPEC.quantities[0].light_weights == (0.118, 1.211)
    plain, red, blue = (
        measured(flat(make_patch, light=LightShift(0.0, 0.0, *sigmas)))["melanin"].sigma ** 2
        for sigmas in ((0.0, 0.0), (10.0, 0.0), (0.0, 10.0))
    )
    assert np.sqrt(red - plain) == pytest.approx(1.18, abs=0.01)
    assert np.sqrt(blue - plain) == pytest.approx(12.11, abs=0.01)


def test_the_angle_says_how_colour_and_exposure_move_it(make_patch):
    def angle(gain):
        return measured(flat(make_patch, LIGHT_SKIN * np.array(gain)))["ita"].value

    seen = measured(flat(make_patch))["ita"]
    gain = 10**0.01  # 1 EI
    assert seen.light_weights[0] == pytest.approx(
        (angle((gain, 1, 1)) - angle((1 / gain, 1, 1))) / -2, abs=0.05
    )
    assert seen.light_weights[1] == pytest.approx(
        (angle((1, 1, 1 / gain)) - angle((1, 1, gain))) / -2, abs=0.05
    )
    by_exposure = (angle((1.05,) * 3) - angle((1 / 1.05,) * 3)) / (2 * np.log(1.05)) * EXPOSURE_SIGMA
    assert by_exposure > 5
    assert seen.repeat_sigma == pytest.approx(np.hypot(ITA_REPEAT, by_exposure / np.sqrt(2)), rel=0.02)


def test_an_unknown_error_of_the_light_is_never_zero(make_patch):
    dark = float("nan")
    found = measured(flat(make_patch, light=LightShift(1.0, 1.0, dark, dark)))
    for name in ("melanin", "ita"):
        assert np.isfinite(found[name].value)
        assert np.isnan(found[name].sigma)


def test_dark_skin_is_uncertain_and_then_withheld_but_keeps_its_angle(make_patch):
    brown, dark = (
        measured(flat(make_patch, base_reflectance(angle))) for angle in (-22.0, WITHHELD_BELOW - 5)
    )
    assert [flag.effect for flag in brown["melanin"].flags] == [Effect.WIDER_ERROR]
    for seen in (brown["evenness"], dark["melanin"], dark["evenness"]):
        assert [flag.code for flag in seen.flags] == ["dark_skin"]
        assert np.isnan(seen.value)
    assert dark["ita"].value == pytest.approx(-35, abs=0.1)
    assert dark["ita"].flags == ()


@pytest.mark.parametrize("angle", [50.0, 25.0, -5.0])
def test_slope_against_added_melanin_on_matt_skin(photographed, angle):
    doses = np.array([0.0, 0.04, 0.08])
    options = {"light": MATT, "ita_degrees": angle, "seed": 21, "spots": 0}
    values = [
        measured(photographed(PX_PER_MM, melanin_added=float(dose), **options))["melanin"].value
        for dose in doses
    ]
    assert np.polyfit(100 * doses, values, 1)[0] == pytest.approx(1.0, abs=0.08)


def test_shine_that_dilutes_a_change_of_melanin_widens_its_error():
    melanin, angle, even = (
        FoundChange(name, change, 1.0, 1.0, ()) for name, change in zip(NAMES, (-8.0, 5.0, 0.5), strict=True)
    )
    (light, *rest), (brown, *_), (unknown, *_) = (
        confirm_pigmentation((melanin, angle, even), tone) for tone in (45.0, -20.0, math.nan)
    )
    assert rest == [angle, even]
    assert light.sigma == unknown.sigma == pytest.approx(math.hypot(1.0, 0.18 * 8.0))
    assert brown.sigma > light.sigma
    assert (light.change, light.mdc95, light.flags) == (melanin.change, melanin.mdc95, melanin.flags)


@pytest.mark.parametrize("angle", [48.0, 19.0])
def test_a_tan_on_shiny_skin_reads_within_what_shine_may_take(photographed, angle):
    added = 0.08
    values = [
        measured(photographed(PX_PER_MM, melanin_added=dose, seed=24, ita_degrees=angle))["melanin"].value
        for dose in (0.0, added)
    ]
    read = values[1] - values[0]
    assert read < 100 * added
    assert 100 * added < read * (1 + Z95 * float(np.interp(angle, DILUTION_TONES, DILUTION)))


def test_redness_hardly_moves_melanin(photographed):
    calm, red = (
        measured(photographed(PX_PER_MM, redness=dose, seed=21, camera=CameraOptions(jpeg_quality=92)))[
            "melanin"
        ]
        for dose in (0.0, 0.1)
    )
    assert abs(red.value - calm.value) < 0.05 * 10


def test_unevenness_grows_with_the_mottling_and_not_with_blotches_of_blood_or_a_slope_of_light(photographed):
    def seen(**options):
        return measured(photographed(PX_PER_MM, seed=22, spots=0, **options))["evenness"].value

    plain, twice = seen(), seen(mottling=2.0)
    assert twice / plain == pytest.approx(2.0, abs=0.35)
    assert seen(redness=0.08, redness_patchiness=1.0) == pytest.approx(plain, rel=0.2)
    assert seen(camera=CameraOptions(light_gradient=0.3)) == pytest.approx(plain, rel=0.1)


def test_the_map_shows_where_pigment_lies(make_patch):
    linear = np.tile(LIGHT_SKIN, (320, 400, 1))
    linear[80:160, 240:320] *= (10.0 ** -(0.08 * np.array(MELANIN_AXIS))).astype(np.float32)
    found = measured(make_patch(linear, PX_PER_MM))["evenness"].map
    rows, columns = np.nonzero(found.values > 4)
    assert found.step * (columns.mean() + 0.5) == pytest.approx(280, abs=4)
    assert found.step * (rows.mean() + 0.5) == pytest.approx(120, abs=4)


def test_even_skin_has_none_and_two_lamps_of_different_colour_make_none(make_patch):
    linear = np.tile(LIGHT_SKIN, (320, 400, 1))
    assert measured(make_patch(linear, PX_PER_MM))["evenness"].value == pytest.approx(0, abs=1e-3)
    linear[..., 2] *= 10 ** np.linspace(-0.03, 0.03, 400, dtype=np.float32)
    assert measured(make_patch(linear, PX_PER_MM))["evenness"].value < 0.05


def test_too_little_skin_and_no_scale_say_so(make_patch):
    patch = flat(make_patch)
    few = np.zeros_like(patch.coarse_mask)
    few[:8, :8] = True
    small = measured(replace(patch, coarse_mask=few))
    assert np.isfinite(small["melanin"].value)
    assert [flag.code for flag in small["evenness"].flags] == ["few_pixels"]
    unscaled = measured(replace(patch, scale=UNKNOWN_SCALE))
    assert [flag.code for flag in unscaled["evenness"].flags] == ["unknown_scale"]
    assert PigmentationOptions().min_pixels < few.sum()
