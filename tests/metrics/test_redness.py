"""Redness against closed forms and against blood that was put in."""

from dataclasses import replace

import numpy as np
import pytest

from skincompare.imaging.colour import linear_from_srgb
from skincompare.imaging.patches import LightShift
from skincompare.metrics.redness import (
    REPEAT_SIGMA_EI,
    SPEC,
    WHITE_BALANCE_SIGMA_EI,
    RednessOptions,
    measure_redness,
)
from skincompare.synthetic.camera import CameraOptions
from skincompare.synthetic.skin import LightOptions

EI_PER_OD = 72.0
PX_PER_MM = 8.0
FLAT = np.array([0.4, 0.2, 0.15], dtype=np.float32)


def redness(patch):
    (estimate,) = measure_redness(patch, SPEC.options)
    return estimate


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
