"""What every metric promises, tried on every metric that the registry finds."""

from dataclasses import fields, replace
from types import MappingProxyType

import numpy as np
import pytest

from skincompare.imaging.patches import LightShift
from skincompare.imaging.scale import Scale
from skincompare.marks import MarkState, MetricMap
from skincompare.measurement import Effect, worst_effect
from skincompare.metrics.registry import metrics
from skincompare.synthetic.camera import CameraOptions

PX_PER_MM = 14.0
IDEAL_PX_PER_MM = 20.0
IDEAL_CAMERA = CameraOptions(blur_px=0.4, shot_noise=0.0, read_noise=0.0)
LINED = MappingProxyType({"wrinkles": 3, "wrinkle_width_mm": 0.25})
COVERED_SIGMAS = 2.5
ARRAYS = ("linear", "mask", "coarse_linear", "coarse_mask", "coarse_blocks")

METRICS = [pytest.param(spec, id=name) for name, spec in metrics().items()]
every_metric = pytest.mark.parametrize("spec", METRICS)
every_paired_metric = pytest.mark.parametrize("spec", [one for one in METRICS if one.values[0].change])


@pytest.fixture(scope="module")
def skin(photographed):
    return photographed(PX_PER_MM, seed=11, **LINED, camera=CameraOptions(jpeg_quality=92))


@pytest.fixture(scope="module")
def ideal_skin(photographed):
    return photographed(IDEAL_PX_PER_MM, seed=11, **LINED, camera=IDEAL_CAMERA)


@pytest.fixture(scope="module")
def second_photo(photographed):
    return photographed(
        PX_PER_MM, seed=11, **LINED, camera=CameraOptions(blur_px=0.75, seed=5, jpeg_quality=90)
    )


@pytest.fixture(scope="module")
def other_skin(photographed):
    return photographed(PX_PER_MM, seed=12, **LINED, camera=CameraOptions(jpeg_quality=92))


@pytest.fixture(scope="module")
def other_second(photographed):
    return photographed(
        PX_PER_MM, seed=12, **LINED, camera=CameraOptions(blur_px=0.75, seed=5, jpeg_quality=90)
    )


def measured(spec, patch):
    return {estimate.quantity: estimate for estimate in spec.measure(patch, spec.options)}


def same(a, b):
    return a == b or (np.isnan(a) and np.isnan(b))


def assert_withheld(estimate):
    assert np.isnan(estimate.value)
    assert worst_effect(estimate.flags) is Effect.NOT_MEASURABLE
    assert all(flag.advice for flag in estimate.flags if flag.effect is not Effect.NOTE)


@every_metric
def test_every_quantity_comes_once_and_in_order(spec, skin):
    names = [estimate.quantity for estimate in spec.measure(skin, spec.options)]
    assert names == [quantity.name for quantity in spec.quantities]


@every_metric
def test_good_skin_gives_numbers_with_errors(spec, skin):
    for estimate in measured(spec, skin).values():
        assert np.isfinite(estimate.value), estimate
        assert estimate.sigma > 0
        assert estimate.repeat_sigma > 0
        assert estimate.n_pixels > 0
        assert worst_effect(estimate.flags) is not Effect.NOT_MEASURABLE


@every_metric
def test_block_values_are_numbered_like_the_patch_and_scatter_round_the_whole(spec, skin):
    for estimate in measured(spec, skin).values():
        if estimate.block_values is None:
            continue
        assert estimate.block_values.shape == (skin.n_blocks,)
        known = estimate.block_values[np.isfinite(estimate.block_values)]
        if known.size > 1:
            assert known.min() <= estimate.value <= known.max()


@every_metric
def test_an_identical_photo_gives_no_change(spec, skin):
    copied = replace(skin, **{name: getattr(skin, name).copy() for name in ARRAYS})
    before, after = measured(spec, skin), measured(spec, copied)
    for name, estimate in before.items():
        for item in fields(estimate):
            ours, theirs = getattr(estimate, item.name), getattr(after[name], item.name)
            if isinstance(ours, MetricMap):
                ours, theirs = ours.values, theirs.values
            if isinstance(ours, np.ndarray):
                assert np.array_equal(ours, theirs, equal_nan=True)
            elif isinstance(ours, MetricMap):
                assert np.array_equal(ours.values, theirs.values, equal_nan=True)
            elif isinstance(ours, float):
                assert same(ours, theirs)
            else:
                assert ours == theirs


@every_metric
def test_inputs_stay_untouched(spec, skin):
    copies = {name: getattr(skin, name).copy() for name in ARRAYS}
    for array in copies.values():
        array.setflags(write=False)
    spec.measure(replace(skin, **copies), spec.options)
    for name, array in copies.items():
        assert np.array_equal(array, getattr(skin, name)), name


@every_metric
def test_an_empty_mask_gives_nan_and_a_flag(spec, skin):
    empty = replace(
        skin,
        mask=np.zeros_like(skin.mask),
        coarse_mask=np.zeros_like(skin.coarse_mask),
        coarse_blocks=np.full_like(skin.coarse_blocks, -1),
    )
    for estimate in measured(spec, empty).values():
        assert_withheld(estimate)
        assert estimate.n_pixels == 0


@every_metric
@pytest.mark.parametrize("keep", [1, 5, 40])
def test_a_speck_of_skin_never_breaks_a_metric(spec, skin, keep):
    mask, coarse_mask = np.zeros_like(skin.mask), np.zeros_like(skin.coarse_mask)
    mask[3 : 3 + keep, 7 : 7 + keep] = True
    coarse_mask[1, 1] = True
    blocks = np.where(coarse_mask, skin.coarse_blocks, -1)
    speck = replace(skin, mask=mask, coarse_mask=coarse_mask, coarse_blocks=blocks)
    for estimate in measured(spec, speck).values():
        if np.isnan(estimate.value):
            assert_withheld(estimate)
        else:
            assert not estimate.sigma < 0


@every_metric
def test_below_its_resolution_a_number_is_withheld_and_says_what_it_needs(spec, skin):
    for quantity in spec.quantities:
        if quantity.min_px_per_mm == 0:
            continue
        px_per_mm = 0.95 * quantity.min_px_per_mm
        coarse = replace(skin, scale=Scale(px_per_mm, 0.1, 0.1, "given"))
        estimate = measured(spec, coarse)[quantity.name]
        assert_withheld(estimate)
        assert any(f"{quantity.min_px_per_mm:g} px/mm" in flag.reason for flag in estimate.flags)


@every_metric
def test_without_a_scale_only_what_needs_none_is_measured(spec, skin):
    unscaled = replace(skin, scale=Scale(float("nan"), float("nan"), float("nan"), "unknown"))
    for quantity in spec.quantities:
        estimate = measured(spec, unscaled)[quantity.name]
        if quantity.min_px_per_mm > 0:
            assert_withheld(estimate)
            assert any("millimetre" in flag.reason for flag in estimate.flags)
        else:
            assert np.isfinite(estimate.value)


@every_metric
def test_without_a_reference_no_colour_is_stated(spec, skin):
    dark = float("nan")
    unlit = replace(skin, light=LightShift(dark, dark, dark, dark))
    for quantity in spec.quantities:
        estimate = measured(spec, unlit)[quantity.name]
        if quantity.needs_light:
            assert_withheld(estimate)
            assert "no_reference" in [flag.code for flag in estimate.flags]
        else:
            assert np.isfinite(estimate.value)


@every_metric
def test_what_needs_no_light_ignores_the_light_shift(spec, skin):
    shifted = measured(spec, replace(skin, light=LightShift(3.0, -2.0, 0.5, 0.5)))
    for quantity in spec.quantities:
        if not quantity.needs_light:
            assert shifted[quantity.name].value == measured(spec, skin)[quantity.name].value


@every_metric
def test_sigma_covers_the_truth(spec, skin, ideal_skin):
    truth = measured(spec, ideal_skin)
    for name, estimate in measured(spec, skin).items():
        assert abs(estimate.value - truth[name].value) < COVERED_SIGMAS * estimate.sigma, name


@every_metric
def test_a_second_photo_of_the_same_skin_stays_within_the_repeat_error(spec, skin, second_photo):
    for name, estimate in measured(spec, skin).items():
        change = measured(spec, second_photo)[name].value - estimate.value
        assert abs(change) < COVERED_SIGMAS * np.sqrt(2) * estimate.repeat_sigma, name


def changed(spec, pair, references=()):
    return spec.change(pair, references, spec.options)


@every_paired_metric
def test_every_change_measured_itself_comes_once_and_in_order(
    spec, skin, second_photo, other_skin, other_second, make_pair
):
    found = changed(spec, make_pair(skin, second_photo), [make_pair(other_skin, other_second)])
    for quantity, one in zip(spec.quantities, found, strict=True):
        if one is not None:
            assert one.quantity == quantity.name
            assert np.isfinite(one.change)
            assert one.sigma > 0
            assert one.repeat_sigma > 0
    assert any(one is not None for one in found)


@every_paired_metric
def test_an_identical_photo_gives_no_change_of_its_own(spec, skin, other_skin, make_pair):
    copied = replace(skin, **{name: getattr(skin, name).copy() for name in ARRAYS})
    for one in changed(spec, make_pair(skin, copied), [make_pair(other_skin, other_skin)]):
        assert one is None or one.change == 0
        assert one is None or all(mark.state is MarkState.STILL_THERE for mark in one.marks)


@every_paired_metric
def test_swapped_photos_turn_the_sign(spec, skin, second_photo, other_skin, other_second, make_pair):
    there = changed(spec, make_pair(skin, second_photo), [make_pair(other_skin, other_second)])
    back = changed(spec, make_pair(second_photo, skin), [make_pair(other_second, other_skin)])
    for one, other in zip(there, back, strict=True):
        assert (one is None) == (other is None)
        if one is not None:
            assert other.change == pytest.approx(-one.change, abs=0.25 * one.sigma)


@every_paired_metric
def test_a_change_measured_itself_is_the_same_twice_and_leaves_its_inputs(
    spec, skin, second_photo, other_skin, make_pair
):
    frozen = []
    for patch in (skin, second_photo, other_skin):
        copies = {name: getattr(patch, name).copy() for name in ARRAYS}
        for array in copies.values():
            array.setflags(write=False)
        frozen.append(replace(patch, **copies))
    before, after, reference = frozen
    twice = [
        changed(spec, make_pair(replace(before), replace(after)), [make_pair(reference, reference)])
        for _ in range(2)
    ]
    assert twice[0] == twice[1]
    assert np.array_equal(before.linear, skin.linear)


@every_paired_metric
def test_a_second_photo_of_the_same_skin_stays_within_the_error_of_its_change(
    spec, skin, second_photo, other_skin, other_second, make_pair
):
    for one in changed(spec, make_pair(skin, second_photo), [make_pair(other_skin, other_second)]):
        assert one is None or abs(one.change) < COVERED_SIGMAS * one.sigma, one


@every_paired_metric
@pytest.mark.parametrize("keep", [0, 5, 40])
def test_a_speck_of_skin_never_breaks_a_change(spec, skin, second_photo, make_pair, keep):
    mask = np.zeros_like(skin.mask)
    mask[3 : 3 + keep, 7 : 7 + keep] = True
    before, after = (replace(patch, mask=mask) for patch in (skin, second_photo))
    for references in ([], [make_pair(before, after)]):
        for one in changed(spec, make_pair(before, after), references):
            assert one is None or np.isfinite(one.change)
