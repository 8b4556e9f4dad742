"""Roughness against closed forms and against relief of known depth."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from scipy.stats import spearmanr

from skincompare.imaging import patches
from skincompare.imaging.colour import linear_from_srgb
from skincompare.metrics._relief import BANDS_MM
from skincompare.metrics.roughness import SPEC, change_of_roughness, measure_roughness
from skincompare.synthetic.camera import CameraOptions
from skincompare.synthetic.skin import LightOptions

AMPLITUDE = 0.05
LOW_LAMP = LightOptions(elevation_degrees=30.0, sheen=0.0)
NAMES = [quantity.name for quantity in SPEC.quantities]


def measured(patch):
    return dict(zip(NAMES, measure_roughness(patch, SPEC.options), strict=True))


def values(patch):
    """Return the three coarser bands, which do with 8 px/mm."""
    return np.array([estimate.value for estimate in measured(patch).values()])[:3]


def micro(patch):
    return measured(patch)["roughness_90um"].value


def wave(px_per_mm, wavelength_mm, *, blur_px=0.0, shape=(700, 800)):
    """Return a grey picture: a sinusoid in ln(light), seen through a blur, on slow shading."""
    rows, columns = np.mgrid[: shape[0], : shape[1]].astype(np.float64)
    seen = AMPLITUDE * np.exp(-2 * np.pi**2 * (blur_px / (wavelength_mm * px_per_mm)) ** 2)
    x = seen * np.sin(2 * np.pi * (columns / (wavelength_mm * px_per_mm)) + 0.01 * rows)
    x += -1.5 + 0.2 * rows / shape[0] + 0.1 * np.sin(columns / 700)
    return np.repeat(np.exp(x)[..., None], 3, axis=2).astype(np.float32)


def closed_form(wavelength_mm, s_mm):
    passed = [np.exp(-2 * np.pi**2 * (k * s_mm / wavelength_mm) ** 2) for k in (1, 2)]
    return 100 * AMPLITUDE * (passed[0] - passed[1]) * 2 * np.sin(np.pi / 4) / 1.349


@pytest.fixture
def blur_is(monkeypatch):
    return lambda blur_px: monkeypatch.setattr(patches, "blur_sigma", lambda *_: blur_px)


@pytest.mark.parametrize("px_per_mm", [8.5, 12.0, 20.0])
@pytest.mark.parametrize("wavelength_mm", [0.8, 1.1, 2.0])
def test_a_sinusoid_in_closed_form(make_patch, blur_is, px_per_mm, wavelength_mm):
    blur_is(0.0)
    found = values(make_patch(wave(px_per_mm, wavelength_mm), px_per_mm))
    assert found == pytest.approx([closed_form(wavelength_mm, s) for s in BANDS_MM[:3]], rel=0.02, abs=0.01)


@pytest.mark.parametrize("blur_px", [0.6, 1.0, 1.4])
def test_a_known_blur_is_undone(make_patch, blur_is, blur_px):
    blur_is(blur_px)
    found = values(make_patch(wave(16.0, 1.0, blur_px=blur_px), 16.0))
    assert found == pytest.approx([closed_form(1.0, s) for s in BANDS_MM[:3]], rel=0.03, abs=0.01)


def test_nothing_outside_the_mask_leaks_in(make_patch, blur_is):
    blur_is(0.0)
    rng = np.random.default_rng(5)
    linear = wave(12.0, 1.0) * np.exp(rng.normal(0, 0.01, (700, 800, 1))).astype(np.float32)
    mask = np.zeros((700, 800), dtype=bool)
    cv2.ellipse(mask.view(np.uint8), (400, 350), (300, 220), 20, 0, 360, 1, -1)
    mask[300:340, 380:420] = False
    rubbish = np.where(mask[..., None], linear, rng.random((700, 800, 3), dtype=np.float32))
    clean, dirty = (measured(make_patch(picture, 12.0, mask=mask)) for picture in (linear, rubbish))
    for name in NAMES:
        assert clean[name].value == dirty[name].value
        assert clean[name].sigma == dirty[name].sigma


def test_a_hole_and_an_edge_hardly_move_the_value(make_patch, blur_is):
    blur_is(0.0)
    linear = wave(12.0, 1.0)
    mask = np.ones((700, 800), dtype=bool)
    mask[::90, ::90] = False
    mask[:, 600:] = False
    assert values(make_patch(linear, 12.0, mask=mask)) == pytest.approx(
        values(make_patch(linear, 12.0)), rel=0.03
    )


def grey(x):
    return np.exp(x - 1.5)[..., None].repeat(3, axis=2).astype(np.float32)


def relief(seed=6, shape=(700, 800)):
    """Return a smooth random ln(light) of SD 0.03 with its power round a wavelength of 10 px."""
    white = np.random.default_rng(seed).standard_normal(shape)
    field = cv2.GaussianBlur(white, (0, 0), 1.5) - cv2.GaussianBlur(white, (0, 0), 3.0)
    return 0.03 * field / field.std()


def test_noise_is_taken_off(make_patch, blur_is):
    blur_is(0.0)
    noise = np.random.default_rng(1).normal(0, 0.02, (700, 800))
    clean = values(make_patch(grey(relief()), 9.0))[1:]
    assert values(make_patch(grey(relief() + noise), 9.0))[1:] == pytest.approx(clean, rel=0.02)
    assert values(make_patch(grey(noise), 9.0)).max() < 0.1 * clean.max()


def test_a_gain_changes_nothing(make_patch, blur_is):
    blur_is(0.0)
    skin = wave(10.0, 1.2) * np.exp(np.random.default_rng(2).normal(0, 0.01, (700, 800, 1))).astype(
        np.float32
    )
    gain = np.array([0.7, 0.6, 0.5], dtype=np.float32)
    assert values(make_patch(skin * gain, 10.0)) == pytest.approx(values(make_patch(skin, 10.0)), rel=1e-3)


def test_blocks_show_where_the_skin_is_rougher(make_patch, blur_is):
    blur_is(0.0)
    linear = wave(10.0, 1.0)
    linear[:, 400:] = np.exp(2 * (np.log(linear[:, 400:]) + 1.5) - 1.5)
    patch = make_patch(linear, 10.0)
    blocks = measured(patch)["roughness_160um"].block_values
    calm, rough = (np.unique(part) for part in (patch.coarse_blocks[:, :44], patch.coarse_blocks[:, -44:]))
    assert np.nanmedian(blocks[rough]) == pytest.approx(2 * np.nanmedian(blocks[calm]), rel=0.05)


def test_a_blurred_photo_is_withheld_band_by_band(photographed):
    estimates = measured(photographed(12.0, seed=1, camera=CameraOptions(blur_px=1.9)))
    assert [np.isnan(estimates[name].value) for name in NAMES] == [False, True, True, True]
    assert estimates["roughness_120um"].flags[0].code == "too_blurred"
    assert "0.10 mm" in estimates["roughness_120um"].flags[0].reason


def test_a_small_region_says_that_its_blur_is_unknown(make_patch):
    mask = np.zeros((700, 800), dtype=bool)
    mask[100:160, 100:170] = True
    small = measured(make_patch(wave(10.0, 1.0), 10.0, mask=mask))["roughness_120um"]
    whole = measured(make_patch(wave(10.0, 1.0), 10.0))["roughness_120um"]
    assert [flag.code for flag in small.flags] == ["unknown_blur"]
    assert small.sigma / small.value > 0.1
    assert [flag.code for flag in whole.flags] != ["unknown_blur"]


def test_deeper_relief_reads_rougher_in_the_finest_band(photographed):
    scales = [0.5, 0.8, 1.1, 1.4, 1.8]
    found = [
        values(photographed(14.0, seed=4, light=LOW_LAMP, relief_scale=s, pore_density_per_cm2=0.0, spots=0))[
            2
        ]
        for s in scales
    ]
    assert spearmanr(scales, found).statistic > 0.99
    assert found[-1] > 1.2 * found[0]


def test_lens_blur_hardly_moves_it(photographed):
    sharp, soft = (values(photographed(16.0, seed=4, camera=CameraOptions(blur_px=b))) for b in (0.5, 1.2))
    assert soft == pytest.approx(sharp, rel=0.06)


@pytest.mark.parametrize("seed", [4, 8])
def test_blotchy_redness_is_not_roughness(photographed, seed):
    calm, red = (photographed(14.0, seed=seed, redness=dose, redness_patchiness=0.8) for dose in (0.0, 0.08))
    assert values(red) == pytest.approx(values(calm), rel=0.03)


def test_a_rendered_photo_without_blocks_still_has_an_error(make_scene, make_patch):
    linear = linear_from_srgb(make_scene(14.0, seed=4).pixels)
    patch = make_patch(linear, 14.0)
    alone = replace(patch, coarse_blocks=np.where(patch.coarse_mask, 0, -1).astype(np.int32), n_blocks=1)
    for name, estimate in measured(alone).items():
        assert 0 < estimate.sigma < 0.6 * estimate.value, name
        assert estimate.block_values == pytest.approx([estimate.value], rel=0.01)


def relief_pair(make_patch, make_pair, contrast, *, seed=6, normal=None):
    """Return grey relief before, and the same at another contrast after, as a pair at 9 px/mm."""
    fields = [make_patch(grey(k * relief(seed)), 9.0) for k in (1.0, contrast)]
    return make_pair(*(replace(patch, normal=normal) for patch in fields))


def change_of(pair, references):
    found = change_of_roughness(pair, references, SPEC.options)
    return {name: one for name, one in zip(NAMES, found, strict=True) if one is not None}


def test_what_the_light_does_to_untreated_relief_is_taken_off(make_patch, make_pair, blur_is):
    blur_is(0.0)
    treated = relief_pair(make_patch, make_pair, 0.72)
    untreated = relief_pair(make_patch, make_pair, 0.9, seed=7)
    level = measured(treated.before)["roughness_160um"].value
    found = change_of(treated, [untreated])["roughness_160um"]
    expected = 2 * np.sqrt(0.72) * np.sinh(np.log(0.72 / 0.9) / 2)
    assert found.change / level == pytest.approx(expected, rel=0.02)
    assert found.flags == ()
    assert change_of(treated, []) == {}


FRONT, TILTED, ASIDE = (0.0, 0.0, 1.0), (0.0, 0.139, 0.990), (0.6, 0.0, 0.8)


@pytest.mark.parametrize(
    ("normal", "is_alike"), [(FRONT, True), (TILTED, True), (ASIDE, False), (None, False)]
)
def test_only_untreated_skin_of_the_same_tilt_is_laid_against(
    make_patch, make_pair, blur_is, normal, is_alike
):
    blur_is(0.0)
    treated = relief_pair(make_patch, make_pair, 1.0, normal=FRONT)
    untreated = relief_pair(make_patch, make_pair, 0.8, seed=7, normal=normal)
    found = change_of(treated, [untreated])["roughness_160um"]
    assert bool(found.change) is is_alike
    assert [flag.code for flag in found.flags] == ([] if is_alike else ["no_same_tilt"])


def test_without_skin_of_the_same_tilt_the_error_is_larger(make_patch, make_pair, blur_is):
    blur_is(0.0)
    treated = relief_pair(make_patch, make_pair, 1.0, normal=FRONT)
    alike, aside = (relief_pair(make_patch, make_pair, 1.0, seed=7, normal=one) for one in (FRONT, ASIDE))
    near, far = (change_of(treated, [one])["roughness_160um"] for one in (alike, aside))
    assert far.repeat_sigma > 3 * near.repeat_sigma
    assert far.sigma > near.sigma


def test_blur_is_matched_on_untreated_skin(photographed, make_pair):
    cameras = [CameraOptions(blur_px=blur, seed=seed) for seed, blur in enumerate((0.7, 1.3))]
    treated, untreated = (
        make_pair(*(photographed(14.0, seed=seed, camera=camera) for camera in cameras)) for seed in (4, 8)
    )
    found = change_of(treated, [untreated])
    for name in ("roughness", "roughness_160um"):
        assert abs(found[name].change) < 0.05 * measured(treated.before)[name].value


@pytest.mark.parametrize("px_per_mm", [14.0, 20.0])
@pytest.mark.parametrize("wavelength_mm", [0.5, 0.7])
def test_the_band_of_micro_relief_in_closed_form(make_patch, blur_is, px_per_mm, wavelength_mm):
    blur_is(0.0)
    found = micro(make_patch(wave(px_per_mm, wavelength_mm), px_per_mm))
    assert found == pytest.approx(closed_form(wavelength_mm, 0.09), rel=0.03)


def test_the_band_of_micro_relief_follows_its_depth(photographed):
    found = [micro(photographed(16.0, seed=4, relief_scale=scale)) for scale in (0.6, 1.0, 1.6)]
    assert found[0] < 0.95 * found[1] < 0.9 * found[2]


def test_redness_is_no_micro_relief(photographed):
    calm, red = (photographed(14.0, seed=4, redness=dose, redness_patchiness=0.8) for dose in (0.0, 0.08))
    assert micro(red) == pytest.approx(micro(calm), rel=0.05)


def test_pores_that_went_are_no_finer_relief(photographed, make_pair):
    many, few = (photographed(14.0, seed=5, pore_density_per_cm2=density) for density in (80.0, 40.0))
    beside = photographed(14.0, seed=8)
    found = change_of(make_pair(many, few), [make_pair(beside, beside)])
    level = {name: one.value for name, one in measured(many).items()}
    read = {name: one.change / level[name] for name, one in found.items()}
    # The band of 1 mm holds the pores; the two finest leave out those that either photo lists.
    assert read["roughness_160um"] < -0.15
    assert abs(read["roughness_120um"]) < 0.1
    assert abs(read["roughness_90um"]) < 0.05
