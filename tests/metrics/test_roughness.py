"""Roughness against closed forms and against relief of known depth."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from scipy.stats import spearmanr

from skincompare.imaging import patches
from skincompare.imaging.colour import linear_from_srgb
from skincompare.metrics.roughness import BANDS_MM, SPEC, measure_roughness
from skincompare.synthetic.camera import CameraOptions
from skincompare.synthetic.skin import LightOptions

AMPLITUDE = 0.05
LOW_LAMP = LightOptions(elevation_degrees=30.0, sheen=0.0)
NAMES = [quantity.name for quantity in SPEC.quantities]


def measured(patch):
    return dict(zip(NAMES, measure_roughness(patch, SPEC.options), strict=True))


def values(patch):
    return np.array([estimate.value for estimate in measured(patch).values()])


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
    assert found == pytest.approx([closed_form(wavelength_mm, s) for s in BANDS_MM], rel=0.02, abs=0.01)


@pytest.mark.parametrize("blur_px", [0.6, 1.0, 1.4])
def test_a_known_blur_is_undone(make_patch, blur_is, blur_px):
    blur_is(blur_px)
    found = values(make_patch(wave(16.0, 1.0, blur_px=blur_px), 16.0))
    assert found == pytest.approx([closed_form(1.0, s) for s in BANDS_MM], rel=0.03, abs=0.01)


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
    assert [np.isnan(estimates[name].value) for name in NAMES] == [False, True, True]
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
