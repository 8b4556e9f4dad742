"""The skin's truth: pigments are exact, features stay where they were put, and they show where they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import cast

import numpy as np
import pytest

from skincompare.errors import OptionError
from skincompare.synthetic.skin import (
    FEATURE_KINDS,
    FeatureKind,
    LightOptions,
    SkinOptions,
    SkinTruth,
    albedo,
    base_reflectance,
    feature_mask,
    grow_skin,
    ita_of_linear,
    lab_of_linear,
    mm_to_pixels,
    pixels_to_mm,
    redness_pattern,
    shade,
)

SKIN = SkinOptions(
    size_mm=(12.0, 9.0), px_per_mm=14.0, seed=4, wrinkles=1, scars=2, wrinkle_length_mm=6.0, spots=3
)
PER_DENSITY = 72.0  # 100 * (1 - 0.28): EI a unit of hemoglobin density


def erythema_index(linear: np.ndarray) -> np.ndarray:
    return 100.0 * np.log10(linear[..., 0].astype(np.float64) / linear[..., 1])


@pytest.mark.parametrize("ita", [60.0, 45.0, 35.0, 20.0, 5.0, -20.0, -40.0, -50.0])
def test_base_reflectance_has_the_tone_asked_for(ita: float) -> None:
    assert float(ita_of_linear(base_reflectance(ita))) == pytest.approx(ita, abs=0.5)


def test_darker_tone_is_darker_in_every_channel_and_stays_skin_coloured() -> None:
    tones = np.stack([base_reflectance(ita) for ita in (60, 45, 35, 20, 5, -20, -40, -50)])
    assert (np.diff(tones, axis=0) < 0).all()
    lab = lab_of_linear(tones)
    assert ((lab[:, 1] > 8) & (lab[:, 1] < 14)).all()  # measured skin: a* 6-14, b* 10-22
    assert ((lab[:, 2] > 10) & (lab[:, 2] < 22)).all()


def test_lab_of_white_and_of_mid_grey() -> None:
    assert lab_of_linear(np.ones(3)) == pytest.approx([100.0, 0.0, 0.0], abs=1e-6)
    assert lab_of_linear(np.full(3, 0.18418651851))[0] == pytest.approx(50.0, abs=1e-3)


def test_a_tone_out_of_reach_says_what_is_possible() -> None:
    with pytest.raises(OptionError, match="between"):
        base_reflectance(89.0)


def test_grown_skin_has_the_tone_asked_for() -> None:
    for ita in (55.0, 10.0, -35.0):
        bare = replace(
            SKIN, ita_degrees=ita, spots=0, pore_density_per_cm2=0, size_mm=(25, 20), px_per_mm=6.0
        )
        mean = albedo(grow_skin(bare)).reshape(-1, 3).mean(axis=0)
        assert float(ita_of_linear(mean)) == pytest.approx(ita, abs=4.0)


@pytest.mark.parametrize("ita", [60.0, 5.0, -40.0])
def test_added_blood_raises_the_erythema_index_by_72_a_density(ita: float) -> None:
    calm = replace(SKIN, ita_degrees=ita)
    red = replace(calm, redness=0.1)
    rise = erythema_index(albedo(grow_skin(red))) - erythema_index(albedo(grow_skin(calm)))
    assert rise == pytest.approx(PER_DENSITY * 0.1 * redness_pattern(calm), abs=2e-3)
    assert rise.mean() == pytest.approx(PER_DENSITY * 0.1, abs=2e-3)


def test_added_melanin_follows_its_axis() -> None:
    plain, tanned = grow_skin(SKIN), grow_skin(replace(SKIN, melanin_added=0.1))
    ratio = -np.log10(albedo(tanned).astype(np.float64) / albedo(plain))
    assert ratio.reshape(-1, 3).mean(axis=0) == pytest.approx([0.053, 0.1, 0.178], abs=1e-5)


def test_patchiness_spreads_the_redness_and_keeps_its_mean() -> None:
    even = redness_pattern(replace(SKIN, redness_patchiness=0.0))
    patchy = redness_pattern(replace(SKIN, redness_patchiness=0.8))
    assert even == pytest.approx(np.ones_like(even), abs=1e-6)
    assert patchy.mean(dtype=np.float64) == pytest.approx(1.0, abs=1e-5)
    assert patchy.std() > 0.3
    assert patchy.min() >= 0.0


@pytest.mark.parametrize(
    "change",
    [
        {"redness": 0.2},
        {"spots": 9},
        {"new_spots": 4},
        {"melanin_added": 0.05},
        {"scars": 0},
        {"wrinkles": 3},
        {"relief_scale": 0.5},
        {"ita_degrees": -30.0},
        {"hairs_per_cm2": 0.0},
        {"gloss": 1.0},
        {"px_per_mm": 6.0},
        {"mottling": 0.0},
    ],
)
def test_a_change_of_one_thing_moves_no_pore(change: dict[str, float]) -> None:
    before, after = grow_skin(SKIN).truth.pores, grow_skin(replace(SKIN, **change)).truth.pores
    for field in fields(before):
        np.testing.assert_array_equal(getattr(before, field.name), getattr(after, field.name))


def test_redness_changes_blood_alone() -> None:
    calm, red = grow_skin(SKIN), grow_skin(replace(SKIN, redness=0.1))
    for name in ("melanin", "occlusion", "height_mm", "gloss", "hair"):
        np.testing.assert_array_equal(getattr(calm, name), getattr(red, name))
    assert (red.hemoglobin > calm.hemoglobin).all()
    assert red.truth.hemoglobin_added == 0.1


def test_pore_scale_multiplies_diameters_in_place() -> None:
    full, small = grow_skin(SKIN).truth.pores, grow_skin(replace(SKIN, pore_scale=0.8)).truth.pores
    np.testing.assert_array_equal(full.x_mm, small.x_mm)
    assert small.diameter_mm == pytest.approx(0.8 * full.diameter_mm)
    assert np.median(full.diameter_mm) == pytest.approx(SKIN.pore_diameter_mm, rel=0.12)


def test_more_pores_keep_the_first_ones() -> None:
    few = grow_skin(SKIN).truth.pores
    many = grow_skin(replace(SKIN, pore_density_per_cm2=90.0)).truth.pores
    few_mm, many_mm = np.c_[few.x_mm, few.y_mm], np.c_[many.x_mm, many.y_mm]
    shared = (few_mm[:, None] == many_mm[None]).all(axis=2).any(axis=1)
    assert shared.mean() > 0.85


def test_number_and_spacing_of_pores() -> None:
    skin = replace(SKIN, size_mm=(30.0, 20.0), px_per_mm=4.0)
    pores = grow_skin(skin).truth.pores
    assert len(pores.x_mm) == round(60.0 * 6.0)
    points = np.c_[pores.x_mm, pores.y_mm]
    apart = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1)) + 9.0 * np.eye(len(points))
    assert apart.min() >= 1.9 * skin.pore_diameter_mm


def test_new_spots_leave_the_old_ones_alone() -> None:
    before, after = grow_skin(SKIN).truth.spots, grow_skin(replace(SKIN, new_spots=2)).truth.spots
    assert after.is_new.tolist() == [False] * 3 + [True] * 2
    np.testing.assert_array_equal(before.diameter_mm, after.diameter_mm[:3])
    np.testing.assert_array_equal(before.optical_density, after.optical_density[:3])


def test_spots_add_their_density_to_melanin() -> None:
    bare = grow_skin(replace(SKIN, spots=0))
    spotted = grow_skin(replace(SKIN, spot_density_scale=1.0))
    paled = grow_skin(replace(SKIN, spot_density_scale=0.5))
    extra = spotted.melanin - bare.melanin
    mask = feature_mask(spotted.truth, "spots", SKIN.px_per_mm)
    assert extra[mask].mean() == pytest.approx(spotted.truth.spots.optical_density.mean(), rel=0.3)
    assert extra[~mask].mean() < 0.1 * extra[mask].mean()
    assert (paled.melanin - bare.melanin) == pytest.approx(0.5 * extra, abs=1e-5)


def test_pores_are_darker_than_the_skin_around_them() -> None:
    skin = replace(SKIN, size_mm=(20.0, 16.0), px_per_mm=20.0, hairs_per_cm2=0.0, spots=0)
    maps = grow_skin(skin)
    density = -np.log10(shade(maps, LightOptions(sheen=0.0))[..., 1])
    pores = maps.truth.pores
    far = ~feature_mask(grow_skin(replace(skin, pore_scale=2.0)).truth, "pores", skin.px_per_mm)
    rows, columns = np.mgrid[: density.shape[0], : density.shape[1]]
    contrast = []
    for x, y, diameter in zip(pores.x_mm, pores.y_mm, pores.diameter_mm, strict=True):
        (px, py), radius = mm_to_pixels(np.array([x, y]), skin.px_per_mm), 0.5 * diameter * skin.px_per_mm
        distance = np.hypot(columns - px, rows - py)
        inside, ring = distance < 0.7 * radius, (distance > 1.8 * radius) & (distance < 3.5 * radius) & far
        if radius >= 3.0 and ring.sum() > 20:
            contrast.append(float(density[inside].mean() - density[ring].mean()))
    assert len(contrast) > 60
    assert np.mean(np.array(contrast) > 0.0) > 0.95
    assert 0.03 < np.median(contrast) < 0.25


@pytest.mark.parametrize(
    ("kind", "area"),
    [
        ("pores", lambda truth: np.pi / 4 * (truth.pores.diameter_mm**2).sum()),
        ("spots", lambda truth: np.pi / 4 * (truth.spots.diameter_mm**2).sum()),
        ("scars", lambda truth: np.pi / 4 * (truth.scars.diameter_mm**2).sum()),
        ("wrinkles", lambda truth: (truth.wrinkles.length_mm * truth.wrinkles.width_mm).sum()),
    ],
)
def test_masks_have_the_stated_area(kind: FeatureKind, area: Callable[[SkinTruth], float]) -> None:
    skin = replace(SKIN, size_mm=(24.0, 24.0), seed=2, spots=4, pore_density_per_cm2=30.0)
    truth = grow_skin(replace(skin, px_per_mm=4.0)).truth
    measured = feature_mask(truth, kind, 25.0).sum() / 25.0**2
    assert measured == pytest.approx(area(truth), rel=0.10)


def test_every_kind_has_centres_inside_its_mask() -> None:
    truth = grow_skin(SKIN).truth
    for kind in FEATURE_KINDS:
        mask = feature_mask(truth, kind, 30.0)
        points = np.round(mm_to_pixels(truth.centres_mm(kind), 30.0)).astype(int)
        inside = (points >= 1).all(axis=1) & (points < np.array(mask.shape[::-1]) - 1).all(axis=1)
        near = [mask[y - 1 : y + 2, x - 1 : x + 2].any() for x, y in points[inside]]
        assert len(near) > 0
        assert np.mean(near) > 0.95, kind


def test_unknown_feature_kind_lists_the_known() -> None:
    with pytest.raises(OptionError, match="moles"):
        feature_mask(grow_skin(SKIN).truth, cast(FeatureKind, "moles"), 10.0)


def test_another_resolution_shows_the_same_skin() -> None:
    fine, coarse = grow_skin(replace(SKIN, px_per_mm=16.0)), grow_skin(replace(SKIN, px_per_mm=8.0))
    for name, least in (("melanin", 0.97), ("hemoglobin", 0.97), ("height_mm", 0.9), ("gloss", 0.99)):
        large = getattr(fine, name)
        halved = large.reshape(large.shape[0] // 2, 2, large.shape[1] // 2, 2).mean(axis=(1, 3))
        assert np.corrcoef(halved.ravel(), getattr(coarse, name).ravel())[0, 1] > least, name


def test_same_options_same_bits_and_another_seed_another_skin() -> None:
    first, again, other = grow_skin(SKIN), grow_skin(SKIN), grow_skin(replace(SKIN, seed=5))
    for name in ("melanin", "hemoglobin", "occlusion", "height_mm", "gloss", "hair"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
        assert getattr(first, name).dtype == np.float32
        assert not np.array_equal(getattr(first, name), getattr(other, name)), name
    np.testing.assert_array_equal(shade(first), shade(again))


def test_relief_scale_multiplies_the_relief_and_its_stated_rms() -> None:
    plain = replace(SKIN, pore_density_per_cm2=0.0, wrinkles=0, scars=0)
    full, flat = grow_skin(plain), grow_skin(replace(plain, relief_scale=0.0))
    half = grow_skin(replace(plain, relief_scale=0.5))
    relief = full.height_mm - flat.height_mm
    assert (half.height_mm - flat.height_mm) == pytest.approx(0.5 * relief, abs=1e-6)
    assert full.truth.relief_rms_mm == pytest.approx(relief.std(), rel=1e-3)
    assert 0.03 < relief.max() - relief.min() < 0.12  # mm, depth of facial furrows


def test_a_flat_patch_in_any_light_shows_its_albedo() -> None:
    flat = grow_skin(SKIN)
    flat = replace(flat, height_mm=np.zeros_like(flat.height_mm), hair=np.zeros_like(flat.hair))
    for azimuth, elevation in ((0.0, 30.0), (200.0, 70.0)):
        light = LightOptions(azimuth_degrees=azimuth, elevation_degrees=elevation, sheen=0.0)
        assert shade(flat, light) == pytest.approx(albedo(flat), rel=1e-4)


def test_light_from_the_right_brightens_slopes_that_face_right() -> None:
    maps = grow_skin(SKIN)
    bump = np.zeros_like(maps.height_mm)
    rows, columns = np.mgrid[: bump.shape[0], : bump.shape[1]]
    middle = bump.shape[1] // 2
    bump += 0.3 * np.exp(-((columns - middle) ** 2 + (rows - bump.shape[0] // 2) ** 2) / 400.0)
    maps = replace(maps, height_mm=bump.astype(np.float32), hair=np.zeros_like(maps.hair))
    relative = shade(maps, LightOptions(azimuth_degrees=0.0, sheen=0.0))[..., 1] / albedo(maps)[..., 1]
    row = relative[bump.shape[0] // 2]
    assert row[middle + 14] > 1.05 > 0.95 > row[middle - 14]
    above = shade(maps, LightOptions(azimuth_degrees=90.0, sheen=0.0))[..., 1] / albedo(maps)[..., 1]
    assert above[bump.shape[0] // 2 - 14, middle] > 1.05 > 0.95 > above[bump.shape[0] // 2 + 14, middle]


def test_red_light_wanders_farther_than_blue() -> None:
    maps = grow_skin(SKIN)
    shading = np.log(shade(maps, LightOptions(sheen=0.0))) - np.log(albedo(maps))
    red, green, blue = shading.reshape(-1, 3).std(axis=0)
    assert red < green < blue


def test_sheen_is_white_and_grows_with_gloss() -> None:
    dull, glossy = grow_skin(replace(SKIN, gloss=0.2)), grow_skin(replace(SKIN, gloss=0.8))
    sheen = shade(glossy) - shade(dull)
    assert sheen.min() > -1e-6
    assert sheen.mean() > 1e-3
    assert sheen[..., 0] == pytest.approx(sheen[..., 2], abs=1e-5)


def test_hairs_cover_their_own_area() -> None:
    maps = grow_skin(replace(SKIN, hairs_per_cm2=40.0, size_mm=(20.0, 20.0)))
    hairs = maps.truth.hairs
    tips = hairs.points_mm[:, -1]
    inside = ((tips > 0) & (tips < 20.0)).all(axis=1)
    covered = maps.hair.sum(dtype=np.float64) / SKIN.px_per_mm**2
    drawn = 0.65 * (hairs.width_mm * hairs.length_mm)  # a hair tapers to 0.3 of its width
    assert drawn[inside].sum() * 0.98 < covered < drawn.sum() * 1.02


@pytest.mark.parametrize("wrong", [{"size_mm": (0.0, 5.0)}, {"px_per_mm": -1.0}, {"spots": -1}])
def test_impossible_skin_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(OptionError, match=next(iter(wrong))):
        SkinOptions(**wrong)


@pytest.mark.parametrize("wrong", [{"elevation_degrees": 0.0}, {"ambient": 1.2}])
def test_impossible_light_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(OptionError, match=next(iter(wrong))):
        LightOptions(**wrong)


def test_pixels_and_millimetres_are_inverse() -> None:
    points = np.array([[0.0, 0.0], [3.25, 7.5]])
    assert mm_to_pixels(points, 20.0)[0] == pytest.approx([-0.5, -0.5])
    assert pixels_to_mm(mm_to_pixels(points, 20.0), 20.0) == pytest.approx(points)
