"""Redness against closed forms and against blood that was put in."""

from dataclasses import replace

import numpy as np
import pytest

from skincompare.imaging.colour import linear_from_srgb
from skincompare.imaging.patches import LightShift
from skincompare.measurement import Effect, decide
from skincompare.metrics._pigment import MELANIN_OF_U, MELANIN_OF_V
from skincompare.metrics.redness import (
    DARK_ITA,
    HEMOGLOBIN_WEIGHTS,
    PIGMENT_LEAK,
    RED_ABOVE_EI,
    REPEAT_SIGMA_EI,
    SPEC,
    WHITE_BALANCE_SIGMA_EI,
    RednessOptions,
    confirm_redness,
    measure_redness,
)
from skincompare.metrics.registry import FoundChange
from skincompare.synthetic.camera import CameraOptions
from skincompare.synthetic.skin import HEMOGLOBIN_AXIS, MELANIN_AXIS, LightOptions

EI_PER_OD = 72.0
PX_PER_MM = 8.0
FLAT = np.array([0.4, 0.2, 0.15], dtype=np.float32)


def redness(patch):
    return measure_redness(patch, SPEC.options)[0]


def flat_patch(make_patch, **options):
    return make_patch(np.tile(FLAT, (320, 400, 1)), PX_PER_MM, **options)


def test_even_colour_in_closed_form(make_patch):
    estimate = redness(flat_patch(make_patch))
    assert estimate.value == pytest.approx(100 * np.log10(2), abs=1e-4)
    assert estimate.sigma == pytest.approx(WHITE_BALANCE_SIGMA_EI, abs=1e-4)
    assert estimate.block_values == pytest.approx(100 * np.log10(2), abs=1e-4)
    assert estimate.flags == ()


def test_the_light_shift_is_taken_off_value_and_blocks(make_patch):
    estimate = redness(flat_patch(make_patch, light=LightShift(4.0, 9.0, 0.8, 2.0)))
    assert estimate.value == pytest.approx(100 * np.log10(2) - 4, abs=1e-4)
    assert estimate.block_values == pytest.approx(100 * np.log10(2) - 4, abs=1e-4)
    assert estimate.sigma == pytest.approx(np.hypot(WHITE_BALANCE_SIGMA_EI, 0.8), abs=1e-4)


def test_an_unknown_error_of_the_light_is_never_zero(make_patch):
    estimate = redness(flat_patch(make_patch, light=LightShift(4.0, 9.0, float("nan"), float("nan"))))
    assert np.isfinite(estimate.value)
    assert np.isnan(estimate.sigma)


def test_no_reference_no_redness(make_patch):
    dark = float("nan")
    estimate = redness(flat_patch(make_patch, light=LightShift(dark, dark, dark, dark)))
    assert np.isnan(estimate.value)
    assert [flag.code for flag in estimate.flags] == ["no_reference"]
    assert "untreated" in estimate.flags[0].advice


def test_too_little_skin_says_how_much_is_needed(make_patch):
    patch = flat_patch(make_patch)
    few = np.zeros_like(patch.coarse_mask)
    few[0, :9] = True
    estimate = redness(replace(patch, coarse_mask=few))
    assert [flag.code for flag in estimate.flags] == ["few_pixels"]
    assert (
        f"9 pixels of this region can be counted; {RednessOptions().min_pixels}" in estimate.flags[0].reason
    )


def test_each_block_has_its_own_median_and_small_blocks_none(make_patch):
    linear = np.tile(FLAT, (320, 400, 1))
    linear[:, 200:, 0] *= 1.1
    patch = make_patch(linear, PX_PER_MM)
    numbers = np.where(np.arange(patch.coarse_mask.shape[1]) < patch.coarse_mask.shape[1] // 2, 0, 1)
    blocks = np.tile(numbers.astype(np.int32), (patch.coarse_mask.shape[0], 1))
    blocks[0, :3] = 2
    estimate = redness(replace(patch, coarse_blocks=blocks, n_blocks=4))
    level = 100 * np.log10(2)
    assert estimate.block_values[:2] == pytest.approx([level, level + 100 * np.log10(1.1)], abs=1e-3)
    assert np.isnan(estimate.block_values[2:]).all()


def test_scatter_of_the_blocks_widens_sigma(make_patch):
    rng = np.random.default_rng(4)
    linear = np.tile(FLAT, (320, 400, 1))
    gains = 10 ** (rng.normal(0, 0.06, (5, 7)).astype(np.float32))
    linear[..., 0] *= np.kron(gains, np.ones((64, 64), dtype=np.float32))[:320, :400]
    even, uneven = redness(flat_patch(make_patch)), redness(make_patch(linear, PX_PER_MM))
    sampling = np.sqrt(uneven.sigma**2 - even.sigma**2)
    assert 0.4 < sampling < 3.0  # 6 EI of scatter over 35 blocks


def test_glare_in_a_minority_of_pixels_hardly_matters(make_patch):
    linear = np.tile(FLAT, (320, 400, 1))
    linear[::16] = 0.9
    assert redness(make_patch(linear, PX_PER_MM)).value == pytest.approx(100 * np.log10(2), abs=3)
    linear[:] = FLAT
    linear[:60] = 0.9
    assert redness(make_patch(linear, PX_PER_MM)).value == pytest.approx(100 * np.log10(2), abs=0.01)


@pytest.mark.parametrize("ita", [50.0, 10.0, -25.0])
def test_slope_against_added_blood(photographed, ita):
    doses = np.array([0.0, 0.05, 0.12])
    options = {"light": LightOptions(sheen=0.0), "redness_patchiness": 0.0, "ita_degrees": ita}
    values = [redness(photographed(PX_PER_MM, redness=float(dose), **options)).value for dose in doses]
    slope = np.polyfit(EI_PER_OD * doses, values, 1)[0]
    assert slope == pytest.approx(1.0, abs=0.03)


def test_a_rise_in_other_light_is_found_again_within_its_error(make_scene, make_patch):
    before = redness(make_patch(linear_from_srgb(make_scene(PX_PER_MM, seed=2).pixels), PX_PER_MM))
    gains = (1.15, 1.0, 0.9)
    camera = CameraOptions(exposure=0.8, white_balance=gains, seed=9)
    scene = make_scene(PX_PER_MM, seed=2, redness=0.08, camera=camera)
    light = LightShift(100 * np.log10(gains[0]), 100 * np.log10(1 / gains[2]), 0.5, 0.5)
    after = redness(make_patch(linear_from_srgb(scene.pixels), PX_PER_MM, light=light))
    assert after.value - before.value == pytest.approx(
        EI_PER_OD * 0.08, abs=1.96 * np.sqrt(2) * REPEAT_SIGMA_EI
    )


def test_smallest_detectable_change_is_the_published_one():
    assert pytest.approx(1.9) == 1.96 * np.sqrt(2) * REPEAT_SIGMA_EI


def colour_of(hemoglobin: float, melanin: float) -> np.ndarray:
    density = hemoglobin * np.array(HEMOGLOBIN_AXIS) + melanin * np.array(MELANIN_AXIS)
    return (FLAT * 10**-density).astype(np.float32)


@pytest.mark.parametrize(("hemoglobin", "melanin"), [(0.1, 0.0), (0.0, 0.1), (0.07, -0.05)])
def test_blood_and_pigment_are_told_apart_in_closed_form(make_patch, hemoglobin, melanin):
    def both(colour):
        patch = make_patch(np.tile(colour, (320, 400, 1)), PX_PER_MM)
        return [one.value for one in measure_redness(patch, SPEC.options)[:2]]

    plain, changed = both(FLAT), both(colour_of(hemoglobin, melanin))
    red, blood = (after - before for before, after in zip(plain, changed, strict=True))
    assert blood == pytest.approx(72.0 * hemoglobin, abs=0.06)
    assert red == pytest.approx(72.0 * hemoglobin + 47.0 * melanin, abs=0.06)


def test_the_weights_undo_the_axes():
    for weights, blood, pigment in (
        (HEMOGLOBIN_WEIGHTS, 72.0, 0.0),
        ((MELANIN_OF_U, MELANIN_OF_V), 0.0, 100.0),
    ):
        for axis, expected in ((HEMOGLOBIN_AXIS, blood), (MELANIN_AXIS, pigment)):
            u, v = 100 * (axis[1] - axis[0]), 100 * (axis[2] - axis[1])
            assert weights[0] * u + weights[1] * v == pytest.approx(expected, abs=0.4)


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_the_red_area_is_the_share_above_the_untreated_skin(make_patch, share):
    linear = np.tile(FLAT, (320, 400, 1))
    level = 100 * np.log10(2)
    linear[:, : round(400 * share), 0] *= 10 ** ((RED_ABOVE_EI + 2) / 100)
    light = LightShift(0.0, 0.0, 0.5, 0.5, level_u=level)
    (_, _, area) = measure_redness(make_patch(linear, PX_PER_MM, light=light), SPEC.options)
    assert area.value == pytest.approx(100 * share, abs=3.0)
    (_, _, shifted) = measure_redness(
        make_patch(linear, PX_PER_MM, light=LightShift(5.0, 0.0, 0.5, 0.5, level_u=level - 5)), SPEC.options
    )
    assert shifted.value == pytest.approx(area.value)


def test_without_a_level_there_is_no_red_area_but_redness(make_patch):
    red, blood, area = measure_redness(
        flat_patch(make_patch, light=LightShift(0.0, 0.0, 0.5, 0.5)), SPEC.options
    )
    assert np.isfinite([red.value, blood.value]).all()
    assert np.isnan(area.value)


def found(redness: float, blood: float, *, sigma: float = 1.0, area: float = 0.0):
    sizes = {"redness": redness, "hemoglobin": blood, "red_area": area}
    return tuple(FoundChange(name, size, sigma, 1.9, ()) for name, size in sizes.items())


@pytest.mark.parametrize(
    ("red", "blood", "called"),
    [(5.0, 5.0, True), (-5.0, -4.0, True), (4.7, 0.0, False), (5.0, -3.0, False), (5.0, 2.1, True)],
)
def test_redness_is_called_only_where_blood_bears_it_out(red, blood, called):
    first = confirm_redness(found(red, blood), 40.0)[0]
    verdict = decide(first.change, first.sigma, first.mdc95, first.flags)
    assert (verdict.value in ("increased", "decreased")) is called
    assert all(flag.effect is Effect.UNCONFIRMED for flag in first.flags)


def test_what_would_not_be_called_a_change_is_not_doubted():
    assert confirm_redness(found(1.8, 0.0), 40.0) == found(1.8, 0.0)


def test_on_dark_skin_redness_leads_and_its_error_bears_the_pigment():
    pigment = 10.0
    red, blood = 47.0 * pigment / 100, 0.0
    first, second, _ = confirm_redness(found(red, blood), DARK_ITA - 1)
    assert first.flags == second.flags == ()
    assert first.sigma == pytest.approx(np.hypot(1.0, PIGMENT_LEAK * pigment), rel=0.03)
    assert decide(first.change, first.sigma, first.mdc95).value == "no detectable change"
    assert confirm_redness(found(red, blood), float("nan"))[0].flags != ()
