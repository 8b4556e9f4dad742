"""Pores against dots of known place and size, and against rendered skin."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from scipy.spatial import cKDTree

from skincompare.errors import OptionError
from skincompare.imaging import patches
from skincompare.imaging.patches import PatchPair
from skincompare.imaging.scale import Scale
from skincompare.marks import MarkState
from skincompare.metrics._pore_change import AREA_BY_REDNESS
from skincompare.metrics.pores import SPEC, PoreOptions, change_of_pores, find_pores, measure_pores
from skincompare.synthetic.camera import CameraOptions
from skincompare.synthetic.skin import LightOptions

PX_PER_MM = 14.0
SHAPE = (560, 700)
SKIN = np.array([0.45, 0.28, 0.22])
OVERSAMPLING = 4
BLUR_PX = 0.75
NAMES = [quantity.name for quantity in SPEC.quantities]
LARGE_MM = 0.25


def measured(patch):
    return dict(zip(NAMES, measure_pores(patch, SPEC.options), strict=True))


def drawn(density, *, noise=0.002, seed=1):
    """Return skin of an optical density drawn OVERSAMPLING times too large, seen through a lens, with grain."""
    light = 10.0 ** -cv2.GaussianBlur(density, (0, 0), BLUR_PX * OVERSAMPLING)
    light = cv2.resize(light, SHAPE[::-1], interpolation=cv2.INTER_AREA)
    rng = np.random.default_rng(seed)
    grain = np.exp(rng.normal(0, noise, (*SHAPE, 1)) + 0.004 * skin_texture(rng)[..., None])
    return (light[..., None] * grain * SKIN).astype(np.float32)


def skin_texture(rng):
    """Return a field of SD 1 whose power falls with frequency as that of skin does."""
    frequency = np.hypot(np.fft.fftfreq(SHAPE[0])[:, None], np.fft.rfftfreq(SHAPE[1])[None, :])
    frequency[0, 0] = np.inf
    field = np.fft.irfft2(np.fft.rfft2(rng.standard_normal(SHAPE)) * frequency**-1.125, SHAPE)
    return field / field.std()


def dots(diameter_mm, *, spacing_px=70, optical_density=0.14):
    """Return the density of soft (Gaussian) dots on a jittered grid, and their centres (n, 2) in px."""
    rng = np.random.default_rng(7)
    grid = np.stack(np.meshgrid(np.arange(45, 660, spacing_px), np.arange(45, 530, spacing_px)), axis=-1)
    centres = grid.reshape(-1, 2) + rng.uniform(-6, 6, (grid.size // 2, 2))
    density = np.zeros((SHAPE[0] * OVERSAMPLING, SHAPE[1] * OVERSAMPLING), dtype=np.float32)
    width = diameter_mm / (2 * np.sqrt(2)) * PX_PER_MM * OVERSAMPLING
    reach = int(4 * width)
    for x, y in (centres + 0.5) * OVERSAMPLING - 0.5:
        column, row = round(x), round(y)
        across = np.arange(-reach, reach + 1)
        dot = np.exp(
            -((across[None, :] + column - x) ** 2 + (across[:, None] + row - y) ** 2) / (2 * width**2)
        )
        place = slice(row - reach, row + reach + 1), slice(column - reach, column + reach + 1)
        density[place] += (optical_density * dot).astype(np.float32)
    return density, centres


@pytest.fixture
def known_blur(monkeypatch):
    """Tell the finder the blur of `drawn`: dots on nearly flat skin do not have the spectrum of skin."""
    monkeypatch.setattr(patches, "blur_sigma", lambda *_: BLUR_PX)


def nearest(pores, centres):
    return cKDTree(np.column_stack((pores.x, pores.y))).query(centres)


@pytest.mark.parametrize("diameter_mm", [0.28, 0.4, 0.6])
def test_dots_are_found_where_and_as_wide_as_they_are(make_patch, known_blur, diameter_mm):
    density, centres = dots(diameter_mm)
    pores = find_pores(make_patch(drawn(density), PX_PER_MM), SPEC.options)
    assert pores.x.size == len(centres)
    distance, which = nearest(pores, centres)
    assert distance.max() < 0.5
    assert np.median(distance) < 0.2
    assert np.median(pores.diameter_mm[which]) == pytest.approx(diameter_mm, rel=0.05)
    assert (pores.contrast < 0.14).all()
    assert (pores.contrast > 0.5 * 0.14).all()
    assert np.ptp(pores.contrast) < 0.02


def test_numbers_in_closed_form(make_patch, known_blur):
    density, centres = dots(0.4)
    estimates = measured(make_patch(drawn(density), PX_PER_MM))
    edge = 2 * round(PoreOptions().edge_mm * PX_PER_MM)
    area_cm2 = (SHAPE[0] - edge) * (SHAPE[1] - edge) / PX_PER_MM**2 / 100
    assert estimates["pore_density"].value == pytest.approx(len(centres) / area_cm2)
    share = len(centres) * np.pi / 4 * 0.4**2 / (100 * area_cm2) * 100
    assert estimates["pore_area"].value == pytest.approx(share, rel=0.1)
    assert estimates["pore_diameter"].value == pytest.approx(0.4, rel=0.05)


def test_lines_are_no_pores(make_patch, known_blur):
    density = np.zeros((SHAPE[0] * OVERSAMPLING, SHAPE[1] * OVERSAMPLING), dtype=np.float32)
    for k in range(12):
        start, end = (100 + 200 * k, 100), (500 + 200 * k, 2100)
        cv2.line(density, start, end, 0.12, round(0.12 * PX_PER_MM * OVERSAMPLING))
    found = find_pores(make_patch(drawn(density), PX_PER_MM), SPEC.options)
    assert found.x.size <= 4  # of 24 ends of lines, some are round


def test_grain_alone_is_no_pore(make_patch, known_blur):
    density = np.zeros((SHAPE[0] * OVERSAMPLING, SHAPE[1] * OVERSAMPLING), dtype=np.float32)
    estimates = measured(make_patch(drawn(density, noise=0.08), PX_PER_MM))
    assert estimates["pore_density"].value < 4
    empty = measured(make_patch(drawn(density), PX_PER_MM))
    assert empty["pore_density"].value == 0
    assert empty["pore_density"].repeat_sigma > 0
    assert empty["pore_area"].value == 0
    assert np.isnan(empty["pore_diameter"].value)
    assert [flag.code for flag in empty["pore_diameter"].flags] == ["no_pores"]


def test_nothing_outside_the_mask_leaks_in(make_patch, known_blur):
    density, _ = dots(0.4)
    linear = drawn(density)
    mask = np.zeros(SHAPE, dtype=bool)
    cv2.ellipse(mask.view(np.uint8), (350, 280), (300, 200), 10, 0, 360, 1, -1)
    mask[200:230, 300:330] = False
    rubbish = np.random.default_rng(2).random((*SHAPE, 3), dtype=np.float32)
    clean, dirty = (
        find_pores(make_patch(picture, PX_PER_MM, mask=mask), SPEC.options)
        for picture in (linear, np.where(mask[..., None], linear, rubbish))
    )
    assert clean.x.size > 20
    for name in ("x", "y", "diameter_mm", "contrast", "interior"):
        assert np.array_equal(getattr(clean, name), getattr(dirty, name)), name
    assert mask[np.rint(clean.y).astype(int), np.rint(clean.x).astype(int)].all()


def test_a_cut_patch_finds_the_same_pores_in_its_own_pixels(make_patch, known_blur):
    density, _ = dots(0.4)
    linear = drawn(density)
    whole = find_pores(make_patch(linear, PX_PER_MM), SPEC.options)
    cut = find_pores(make_patch(np.ascontiguousarray(linear[64:, 128:]), PX_PER_MM), SPEC.options)
    distance, _ = nearest(whole, np.column_stack((cut.x + 128, cut.y + 64)))
    assert distance.max() < 0.5


def test_blocks_hold_their_own_density(make_patch, known_blur):
    density, _ = dots(0.35, spacing_px=35)
    density[:, density.shape[1] // 2 :] = 0
    patch = make_patch(drawn(density), PX_PER_MM)
    estimate = measured(patch)["pore_density"]
    blocks = estimate.block_values
    full = np.unique(patch.coarse_blocks[:, :20])
    bare = np.unique(patch.coarse_blocks[:, -20:])
    assert np.nanmax(blocks[full]) == pytest.approx((PX_PER_MM / 35) ** 2 * 100, rel=0.25)
    assert np.nanmax(blocks[bare]) < 0.1 * np.nanmedian(blocks[full])


def f1(pores, scene):
    """Return F1 for true pores of at least LARGE_MM; a find on a smaller true pore counts neither way."""
    true = scene.points("pores")
    inside = pores.interior[
        tuple(np.rint(true[:, ::-1]).astype(int).clip(0, np.array(pores.interior.shape) - 1).T)
    ]
    size = scene.truth.pores.diameter_mm
    distance, which = cKDTree(true).query(np.column_stack((pores.x, pores.y)))
    hit = distance < 0.6 * np.maximum(size[which], 0.2) * scene.px_per_mm
    matched = np.unique(which[hit])
    large = inside & (size >= LARGE_MM)
    right = np.count_nonzero(large[matched])
    wrong = np.count_nonzero(~hit) + np.count_nonzero(hit) - matched.size
    missed = np.count_nonzero(large) - right
    return 2 * right / (2 * right + wrong + missed)


@pytest.mark.parametrize(("px_per_mm", "least"), [(8.0, 0.89), (12.0, 0.92), (16.0, 0.92)])
def test_pores_of_rendered_skin(photographed, make_scene, px_per_mm, least):
    scores = []
    for seed in (21, 22):
        camera = CameraOptions(jpeg_quality=92)
        scene = make_scene(px_per_mm, seed=seed, camera=camera)
        scores.append(f1(find_pores(photographed(px_per_mm, seed=seed, camera=camera), SPEC.options), scene))
    assert np.mean(scores) > least


@pytest.mark.parametrize("azimuth_degrees", [30.0, 210.0])
def test_a_pore_lies_in_its_middle_wherever_the_lamp_stands(photographed, make_scene, azimuth_degrees):
    light = LightOptions(azimuth_degrees=azimuth_degrees)
    scene = make_scene(12.0, seed=25, light=light)
    pores = find_pores(photographed(12.0, seed=25, light=light), SPEC.options)
    found, true = np.column_stack((pores.x, pores.y)), scene.points("pores")
    distance, which = cKDTree(true).query(found)
    near = distance < 0.3 * scene.px_per_mm
    offset = (found - true[which])[near].mean(axis=0) / scene.px_per_mm
    assert np.hypot(*offset) < 0.04
    # What is darkest lies toward the lamp: y is down.
    toward = np.array([np.cos(np.radians(azimuth_degrees)), -np.sin(np.radians(azimuth_degrees))])
    assert pores.lean @ toward > 0.15


@pytest.mark.parametrize(("px_per_mm", "most_per_cm2"), [(8.0, 2.0), (12.0, 0.5)])
def test_skin_without_pores_shows_hardly_any(photographed, px_per_mm, most_per_cm2):
    bare = [photographed(px_per_mm, seed=seed, pore_density_per_cm2=0.0) for seed in (27, 28, 29)]
    counts = [find_pores(patch, SPEC.options).x.size for patch in bare]
    assert sum(counts) / sum(patch.area_cm2 for patch in bare) <= most_per_cm2


def test_fewer_pores_read_as_fewer(photographed):
    few, many = (
        measured(photographed(PX_PER_MM, seed=23, pore_density_per_cm2=d))["pore_density"].value
        for d in (30.0, 60.0)
    )
    assert few / many == pytest.approx(0.5, abs=0.12)


def test_narrower_pores_read_as_narrower(photographed):
    wide, narrow = (measured(photographed(16.0, seed=23, pore_scale=s)) for s in (1.2, 0.9))
    ratio = narrow["pore_diameter"].value / wide["pore_diameter"].value
    assert ratio == pytest.approx(0.75, abs=0.12)
    assert narrow["pore_area"].value < 0.75 * wide["pore_area"].value


def test_area_and_diameter_need_a_finer_photo_than_density(photographed):
    estimates = measured(photographed(9.5, seed=23))
    assert np.isfinite(estimates["pore_density"].value)
    for name in ("pore_area", "pore_diameter"):
        assert [flag.code for flag in estimates[name].flags] == ["too_coarse"]
        assert "12 px/mm" in estimates[name].flags[0].reason


def test_a_blurred_photo_is_withheld(photographed):
    estimates = measured(photographed(14.0, seed=23, camera=CameraOptions(blur_px=2.6)))
    for estimate in estimates.values():
        assert np.isnan(estimate.value)
        assert [flag.code for flag in estimate.flags] == ["too_blurred"]


def test_too_small_an_area_is_withheld(make_patch):
    density, _ = dots(0.4)
    mask = np.zeros(SHAPE, dtype=bool)
    mask[:90, :90] = True
    for estimate in measured(make_patch(drawn(density), PX_PER_MM, mask=mask)).values():
        assert [flag.code for flag in estimate.flags] == ["few_pixels"]


def test_an_unknown_scale_is_a_wrong_call_of_the_list(make_patch):
    patch = make_patch(np.full((50, 60, 3), 0.3, dtype=np.float32), PX_PER_MM)
    unknown = float("nan")
    with pytest.raises(OptionError, match="scale"):
        find_pores(replace(patch, scale=Scale(unknown, unknown, unknown, "unknown")), SPEC.options)


def test_no_skin_no_pores(make_patch):
    blank = np.zeros((50, 60), dtype=bool)
    patch = make_patch(np.full((50, 60, 3), 0.3, dtype=np.float32), PX_PER_MM, mask=blank)
    assert find_pores(patch, SPEC.options).x.size == 0


def without(density, centres, which):
    """Return dots of which some are taken away, with the rest of the skin as it was."""
    width = OVERSAMPLING * PX_PER_MM
    empty = density.copy()
    for x, y in (centres[which] + 0.5) * OVERSAMPLING - 0.5:
        row, column = round(y), round(x)
        reach = int(0.6 * width)
        empty[row - reach : row + reach, column - reach : column + reach] = 0
    return empty


def changed(pair):
    found = change_of_pores(pair, (), SPEC.options)
    return dict(zip(NAMES, found, strict=True))


def test_pores_that_are_gone_and_new_are_counted_and_pointed_at(make_patch, make_pair, known_blur):
    density, centres = dots(0.4)
    fewer = without(density, centres, slice(0, 12))
    full, less = (make_patch(drawn(one), PX_PER_MM) for one in (density, fewer))
    before = replace(full, corner=(100, 200))
    for pair, state, sign in (
        (make_pair(before, less), MarkState.GONE, -1),
        (make_pair(less, full), MarkState.NEW, 1),
    ):
        found = changed(pair)
        marks = found["pore_density"].marks
        listed = [mark for mark in marks if mark.state is state]
        assert (len(listed), len(marks)) == (12, len(centres))
        assert {mark.state for mark in marks} == {state, MarkState.STILL_THERE}
        per_cm2 = np.count_nonzero(find_pores(full, SPEC.options).interior) / PX_PER_MM**2 / 100
        assert found["pore_density"].change == pytest.approx(sign * 12 / per_cm2)
        assert found["pore_diameter"].change == pytest.approx(0, abs=0.004)
        assert found["pore_contrast"].change == pytest.approx(0, abs=0.01)
    gone = [
        mark
        for mark in changed(make_pair(before, less))["pore_density"].marks
        if mark.state is MarkState.GONE
    ]
    places = np.array([mark.before.points[0] for mark in gone]) - (100, 200)
    assert cKDTree(centres[:12]).query(places)[0].max() < 0.6
    assert [mark.before.size_px for mark in gone] == pytest.approx([0.4 * PX_PER_MM] * 12, rel=0.1)


def test_a_fading_of_all_pores_is_contrast_and_no_count(make_patch, make_pair, known_blur):
    density, centres = dots(0.4)
    pair = make_pair(*(make_patch(drawn(k * density), PX_PER_MM) for k in (1.0, 0.7)))
    found = changed(pair)
    assert found["pore_density"].change == 0
    assert len(found["pore_density"].marks) == len(centres)
    contrast = measured(pair.before)["pore_contrast"].value
    assert found["pore_contrast"].change == pytest.approx(-0.3 * contrast, rel=0.1)


def test_paired_counts_hardly_move_between_photos_of_untouched_skin(photographed, make_pair):
    cameras = (CameraOptions(blur_px=0.6), CameraOptions(blur_px=0.8, seed=3, exposure=0.9, jpeg_quality=88))
    before, after = (photographed(9.0, seed=24, camera=camera) for camera in cameras)
    found = changed(make_pair(before, after))["pore_density"]
    assert abs(found.change) < 0.02 * measured(before)["pore_density"].value
    assert abs(found.change) < 2 * found.sigma


def test_too_few_pores_or_no_scale_give_no_paired_change(make_patch, make_pair, known_blur):
    density = np.zeros((SHAPE[0] * OVERSAMPLING, SHAPE[1] * OVERSAMPLING), dtype=np.float32)
    bare = make_patch(drawn(density), PX_PER_MM)
    assert set(changed(make_pair(bare, bare)).values()) == {None}
    unscaled = replace(bare, scale=Scale(float("nan"), float("nan"), float("nan"), "unknown"))
    assert set(changed(make_pair(unscaled, unscaled)).values()) == {None}


def test_glints_that_hide_the_pores_withhold_them(photographed):
    glossy = measured(photographed(12.0, seed=21, ita_degrees=-40.0, gloss=1.0))
    for estimate in glossy.values():
        assert [flag.code for flag in estimate.flags] == ["too_textured"]
    matt = measured(photographed(12.0, seed=21, ita_degrees=-40.0))
    assert np.isfinite(matt["pore_density"].value)


def test_every_pore_is_marked_where_it_lies(make_patch, known_blur):
    density, centres = dots(0.4)
    patch = replace(make_patch(drawn(density), PX_PER_MM), corner=(30, 40))
    marks = measured(patch)["pore_density"].marks
    places = np.array([mark.points[0] for mark in marks]) - (30, 40)
    assert cKDTree(centres).query(places)[0].max() < 0.5


def test_skin_that_turned_away_has_no_narrower_pores(make_patch, known_blur):
    """A head that turned shows a cheek narrower at the same scale: the pores are those of before."""
    squeezed = 0.84
    density, _ = dots(0.5)
    whole = drawn(density)
    size = round(whole.shape[1] * squeezed), whole.shape[0]
    narrow = cv2.resize(whole, size, interpolation=cv2.INTER_AREA)
    scale = np.array((size[0] / whole.shape[1], 1.0))
    before, after = (make_patch(np.ascontiguousarray(one), PX_PER_MM) for one in (whole, narrow))
    pair = PatchPair(
        lambda: (before, after),
        to_after=lambda xy: (xy + 0.5) * scale - 0.5,
        to_before=lambda xy: (xy + 0.5) / scale - 0.5,
    )
    found = changed(pair)
    own = [measured(patch)["pore_diameter"].value for patch in pair.patches]
    assert own[1] / own[0] < 0.97  # what each photo shows by itself
    assert abs(found["pore_diameter"].change) < 0.02 * own[0]
    for name in ("pore_diameter", "pore_area"):
        assert abs(found[name].change) < 1.96 * found[name].sigma


def test_redness_widens_the_error_of_the_area(make_patch, make_pair, known_blur):
    density, _ = dots(0.4)
    calm = drawn(density)
    red = np.ascontiguousarray(calm * np.array((1.0, 0.8, 0.8), np.float32))
    before, same, redder = (make_patch(one, PX_PER_MM) for one in (calm, calm, red))
    quiet, loud = (changed(make_pair(before, after))["pore_area"] for after in (same, redder))
    level = measured(before)["pore_area"].value
    added = 100 * np.log10(1 / 0.8) * AREA_BY_REDNESS * level
    assert loud.sigma**2 - quiet.sigma**2 == pytest.approx(added**2, rel=0.3)
