"""Scars against dents of known place and depth, photographed again."""

import math
from dataclasses import replace

import numpy as np
import pytest

from skincompare.errors import OptionError
from skincompare.imaging.colour import linear_from_srgb
from skincompare.marks import MarkState
from skincompare.measurement import Effect, worst_effect
from skincompare.metrics._scar_shading import COLOURLESS, shading_of
from skincompare.metrics.scars import SPEC, change_scars, measure_scars
from skincompare.synthetic.camera import CameraOptions
from skincompare.synthetic.optics import HEMOGLOBIN_AXIS, MELANIN_AXIS
from skincompare.synthetic.skin import LightOptions

PX_PER_MM = 8.0
SCARRED = {"size_mm": (26.0, 20.0), "seed": 21, "scars": 8}
FIRST = CameraOptions(jpeg_quality=92, seed=1)
AGAIN = CameraOptions(jpeg_quality=89, seed=2, blur_px=0.75, exposure=0.95)


@pytest.fixture(scope="module")
def scarred(photographed):
    return photographed(PX_PER_MM, camera=FIRST, **SCARRED)


@pytest.fixture
def again(photographed):
    return lambda **options: photographed(PX_PER_MM, **{"camera": AGAIN, **SCARRED, **options})


def measured(patch):
    return {one.quantity: one for one in measure_scars(patch, SPEC.options)}


def changed(make_pair, before, after):
    found, area = change_scars(make_pair(before, after), (), SPEC.options)
    assert area.flags == found.flags
    return found


def stands_out(change):
    return abs(change.change) > 1.96 * max(change.sigma, math.sqrt(2) * change.repeat_sigma)


def test_the_shading_holds_neither_blood_nor_pigment():
    assert sum(COLOURLESS) == pytest.approx(1, abs=1e-9)
    for axis in (HEMOGLOBIN_AXIS, MELANIN_AXIS):
        assert np.dot(COLOURLESS, axis) == pytest.approx(0, abs=2e-3)


def test_a_wave_of_shade_reads_as_the_band_says(make_patch):
    wavelength_mm, depth = 7.0, 0.03
    x = np.arange(360) / PX_PER_MM
    shade = np.exp(depth * np.sin(2 * np.pi * x / wavelength_mm)).astype(np.float32)
    linear = np.broadcast_to(shade[None, :, None] * np.float32(0.3), (280, 360, 3)).copy()
    shading = shading_of(make_patch(linear, PX_PER_MM), SPEC.options)
    finer, coarser = (
        np.exp(-2 * (np.pi * s / wavelength_mm) ** 2)
        for s in (SPEC.options.finer_mm, SPEC.options.coarser_mm)
    )
    middle = shading.band[30:-30, 24:-24]
    assert np.abs(middle).max() == pytest.approx(100 * depth * (finer - coarser), rel=0.04)


def test_more_and_deeper_scars_read_as_more(scarred, again):
    plain, scars, deep = (measured(p) for p in (again(scars=0), scarred, again(scar_depth_scale=1.5)))
    for name in ("scar_unevenness", "scar_area"):
        assert plain[name].value < scars[name].value < deep[name].value
    assert plain["scar_area"].value < 1.5
    assert not plain["scar_area"].marks


def test_marks_lie_on_the_dents(scarred, make_scene):
    scene = make_scene(PX_PER_MM, camera=FIRST, **SCARRED)
    places = np.array([mark.points[0] for mark in measured(scarred)["scar_unevenness"].marks])
    dents = scene.points("scars")
    dents = dents[scene.inside(dents, 3 * PX_PER_MM)]
    nearest = np.linalg.norm(places[:, None] - dents[None], axis=2)
    assert (nearest.min(axis=1) < 3 * PX_PER_MM).mean() > 0.7
    assert (nearest.min(axis=0) < 3 * PX_PER_MM).mean() > 0.6


@pytest.mark.parametrize(
    "what", [{}, {"light": LightOptions(azimuth_degrees=127, elevation_degrees=52)}, {"redness": 0.1}]
)
def test_unchanged_scars_are_not_called_changed(scarred, again, make_pair, what):
    found = changed(make_pair, scarred, again(**what))
    assert worst_effect(found.flags) is Effect.NOTE
    assert not stands_out(found)


def test_shallower_scars_are_called_less(scarred, again, make_pair):
    found = changed(make_pair, scarred, again(scar_depth_scale=0.7))
    assert worst_effect(found.flags) is Effect.NOTE
    assert found.change < 0
    assert stands_out(found)


def test_light_from_another_side_is_found_and_withheld(scarred, again, make_pair):
    found = changed(make_pair, scarred, again(light=LightOptions(azimuth_degrees=210)))
    assert [flag.code for flag in found.flags] == ["light_direction"]
    assert worst_effect(found.flags) is Effect.NOT_MEASURABLE


def test_filled_scars_are_marked_as_gone(scarred, again, make_pair):
    states = [mark.state for mark in changed(make_pair, scarred, again(scar_depth_scale=0.05)).marks]
    assert states.count(MarkState.GONE) >= 3
    assert MarkState.NEW not in states


HIGHER_LAMP = LightOptions(elevation_degrees=56.0)


def test_untreated_skin_beside_tells_what_the_lamp_did(scarred, photographed, again, make_pair):
    beside = {"size_mm": (26.0, 20.0), "seed": 22, "scars": 8}
    reference = make_pair(
        photographed(PX_PER_MM, camera=FIRST, **beside),
        photographed(PX_PER_MM, camera=AGAIN, light=HIGHER_LAMP, **beside),
    )
    changes = {}
    for depth in (1.0, 0.7):
        pair = make_pair(scarred, again(light=HIGHER_LAMP, scar_depth_scale=depth))
        changes[depth] = [change_scars(pair, others, SPEC.options)[0] for others in ((), (reference,))]
    (alone, told), (alone_less, told_less) = changes[1.0], changes[0.7]
    assert alone.change < 0
    assert abs(told.change) < 0.6 * abs(alone.change)
    assert told.sigma < alone.sigma
    assert stands_out(told_less)
    assert alone_less.change < told_less.change < 0


def test_skin_beside_under_light_from_another_side_tells_nothing(scarred, photographed, again, make_pair):
    turned = make_pair(scarred, again(light=LightOptions(azimuth_degrees=210)))
    pair = make_pair(scarred, again())
    assert change_scars(pair, (turned,), SPEC.options)[0] == change_scars(pair, (), SPEC.options)[0]


def test_scars_that_only_grew_shallower_are_still_there(scarred, again, make_pair):
    found = changed(make_pair, scarred, again(scar_depth_scale=0.75))
    assert len(found.marks) >= 4
    assert {mark.state for mark in found.marks} == {MarkState.STILL_THERE}
    # Some fell below the limit of what counts as scar-like, which is no reason to call them gone.
    limit = SPEC.options.scar_strength
    assert any(mark.before.strength > limit > mark.after.strength for mark in found.marks)
    back = changed(make_pair, again(scar_depth_scale=0.75), scarred)
    assert {mark.state for mark in back.marks} == {MarkState.STILL_THERE}


def test_each_place_is_listed_once(scarred, again, make_pair):
    marks = changed(make_pair, scarred, again()).marks
    places = np.array([mark.before.points[0] for mark in marks])
    apart = np.linalg.norm(places[:, None] - places[None], axis=2) + 1e9 * np.eye(len(marks))
    assert apart.min() > PX_PER_MM


def test_little_skin_and_no_scale_are_withheld(scarred, make_patch, make_scene):
    linear = linear_from_srgb(make_scene(PX_PER_MM, camera=FIRST, **SCARRED).pixels)
    small = make_patch(linear[:70, :70], PX_PER_MM)
    assert [flag.code for flag in measured(small)["scar_unevenness"].flags] == ["few_pixels"]
    unscaled = make_patch(linear, math.nan, true_px_per_mm=PX_PER_MM)
    assert [flag.code for flag in measured(unscaled)["scar_area"].flags] == ["unknown_scale"]
    with pytest.raises(OptionError, match="millimetre"):
        shading_of(unscaled, SPEC.options)


def test_on_a_face_scars_are_not_told(photographed):
    on_a_face = replace(photographed(PX_PER_MM, camera=FIRST, **SCARRED), normal=(0.0, 0.0, -1.0))
    for estimate in measure_scars(on_a_face, SPEC.options):
        assert np.isnan(estimate.value)
        assert [flag.code for flag in estimate.flags] == ["curved_face"]
        assert "close-ups" in estimate.flags[0].advice
