"""Spots against those that were put in: found, sized, and followed from one photo to the next."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import cKDTree

from skincompare.errors import OptionError
from skincompare.imaging.colour import linear_from_srgb
from skincompare.imaging.scale import UNKNOWN_SCALE
from skincompare.marks import MarkState
from skincompare.measurement import Effect
from skincompare.metrics import spots
from skincompare.metrics.spots import SPEC, change_of_spots, find_spots, measure_spots
from skincompare.synthetic.camera import CameraOptions
from skincompare.synthetic.skin import base_reflectance

PX_PER_MM = 12.0
SKIN = np.asarray(base_reflectance(45.0), np.float32)
MELANIN_AXIS = np.array([0.53, 1.0, 1.78])
HEMOGLOBIN_AXIS = np.array([0.28, 1.0, 0.93])
SIZE_MM = (26.0, 20.0)


def measured(patch):
    return {one.quantity: one for one in measure_spots(patch, SPEC.options)}


def discs(places_mm, diameter_mm, density=0.15, axis=MELANIN_AXIS, px_per_mm=PX_PER_MM):
    """Return even skin with round spots: linear light."""
    height, width = (round(side * px_per_mm) for side in SIZE_MM[::-1])
    y, x = np.mgrid[:height, :width] / px_per_mm
    layer = np.zeros((height, width))
    for place in places_mm:
        layer = np.maximum(layer, np.hypot(x - place[0], y - place[1]) < diameter_mm / 2)
    return (SKIN * 10.0 ** -(density * layer[..., None] * axis)).astype(np.float32)


FIVE = [(5.0, 5.0), (12.0, 6.0), (20.0, 5.0), (7.0, 14.0), (18.0, 15.0)]


def listed(patch):
    small, large = find_spots(patch, SPEC.options)
    places = np.column_stack((np.concatenate((small.x, large.x)), np.concatenate((small.y, large.y))))
    return places, np.concatenate((small.area_mm2, large.area_mm2))


@pytest.mark.parametrize(("diameter", "error"), [(0.8, 0.25), (1.5, 0.12), (3.5, 0.12)])
def test_round_spots_of_known_size(make_patch, diameter, error):
    places, areas = listed(make_patch(discs(FIVE, diameter), PX_PER_MM))
    assert len(places) == len(FIVE)
    distance, _ = cKDTree(places / PX_PER_MM).query(FIVE)
    assert distance.max() < 0.1
    assert areas == pytest.approx(np.pi / 4 * diameter**2, rel=error)


def test_blotches_of_blood_shadows_and_lines_are_no_spots(make_patch):
    assert len(listed(make_patch(discs(FIVE, 2.0, axis=HEMOGLOBIN_AXIS), PX_PER_MM))[0]) == 0
    assert len(listed(make_patch(discs(FIVE, 2.0, axis=np.ones(3)), PX_PER_MM))[0]) == 0
    line = discs([], 1.0)
    line[100:106] *= (10.0 ** -(0.15 * MELANIN_AXIS)).astype(np.float32)
    assert len(listed(make_patch(line, PX_PER_MM))[0]) == 0


def test_density_area_and_darkness_follow_from_the_list(make_patch):
    found = measured(make_patch(discs(FIVE, 1.5), PX_PER_MM))
    skin = (SIZE_MM[0] - 2 * 0.3) * (SIZE_MM[1] - 2 * 0.3) / 100
    assert found["spot_density"].value == pytest.approx(5 / skin, rel=0.03)
    assert found["spot_area"].value == pytest.approx(5 * np.pi / 4 * 1.5**2 / skin, rel=0.12)
    assert found["spot_contrast"].value == pytest.approx(15 / spots.SEEN_SHARE, rel=0.1)
    assert found["large_spot_area"].value == 0
    assert len(found["spot_density"].marks) == 5


def test_large_spots_are_told_at_low_resolution(make_patch):
    coarse = 4.0
    found = measured(make_patch(discs(FIVE, 3.0, px_per_mm=coarse), coarse))
    assert [flag.code for flag in found["spot_density"].flags] == ["too_coarse"]
    skin = (SIZE_MM[0] - 0.5) * (SIZE_MM[1] - 0.5) / 100
    assert found["large_spot_area"].value == pytest.approx(5 * np.pi / 4 * 9 / skin, rel=0.2)


def test_skin_without_spots_has_no_darkness_of_spots(make_patch):
    found = measured(make_patch(discs([], 1.0), PX_PER_MM))
    assert found["spot_density"].value == 0
    assert [flag.code for flag in found["spot_contrast"].flags] == ["no_spots"]


def test_marks_lie_in_the_photo(make_patch):
    patch = replace(make_patch(discs(FIVE[:1], 1.5), PX_PER_MM), corner=(100, 40))
    (mark,) = measured(patch)["spot_density"].marks
    assert mark.points[0] == pytest.approx((100 + 5 * PX_PER_MM, 40 + 5 * PX_PER_MM), abs=1.5)
    assert mark.size_px == pytest.approx(1.5 * PX_PER_MM, rel=0.08)


def test_brown_skin_is_withheld_and_tan_skin_less_certain(make_patch):
    def seen(angle):
        colour = np.asarray(base_reflectance(angle) / SKIN, np.float32)
        return measured(make_patch(discs(FIVE, 1.5) * colour, PX_PER_MM))["spot_density"]

    for angle in (-30.0, -10.0, 5.0):
        assert [flag.code for flag in seen(angle).flags] == ["dark_skin"]
        assert np.isnan(seen(angle).value)
    assert [flag.effect for flag in seen(19.0).flags] == [Effect.WIDER_ERROR]
    assert seen(45.0).flags == ()


def test_a_blurred_photo_is_withheld(make_patch, monkeypatch):
    from skincompare.imaging import patches

    monkeypatch.setattr(patches, "blur_sigma", lambda *_: 0.4 * PX_PER_MM)
    found = measured(make_patch(discs(FIVE, 3.0), PX_PER_MM))
    assert [flag.code for flag in found["spot_density"].flags] == ["too_blurred"]
    assert np.isfinite(found["large_spot_area"].value)


def test_spots_need_a_scale(make_patch):
    with pytest.raises(OptionError, match="known scale"):
        find_spots(replace(make_patch(discs(FIVE, 1.5), PX_PER_MM), scale=UNKNOWN_SCALE), SPEC.options)


def changed(pair):
    return {one.quantity: one for one in change_of_spots(pair, (), SPEC.options) if one}


def test_spots_that_come_and_go_are_followed_one_by_one(make_patch, make_pair):
    before = make_patch(discs(FIVE[:4], 1.5), PX_PER_MM)
    after = make_patch(discs(FIVE[1:], 1.5, px_per_mm=16.0), 16.0)
    found = changed(make_pair(before, after))
    states = [mark.state for mark in found["spot_density"].marks]
    assert sorted(states) == sorted([MarkState.STILL_THERE] * 3 + [MarkState.GONE, MarkState.NEW])
    assert found["spot_density"].change == 0
    (gone,) = (mark for mark in found["spot_density"].marks if mark.state is MarkState.GONE)
    assert gone.before.points[0] == pytest.approx((5 * PX_PER_MM, 5 * PX_PER_MM), abs=1.5)
    assert gone.after.points[0] == pytest.approx((5 * 16.0, 5 * 16.0), abs=2)


def test_fading_is_a_change_of_darkness_and_not_of_number(make_patch, make_pair):
    before = make_patch(discs(FIVE, 1.5, 0.075), PX_PER_MM)
    after = make_patch(discs(FIVE, 1.5, 0.045), PX_PER_MM)
    found = changed(make_pair(before, after))
    assert measured(after)["spot_density"].value == 0
    assert found["spot_density"].change == 0
    assert found["spot_contrast"].change == pytest.approx(-3.0 / spots.SEEN_SHARE, rel=0.15)


def test_new_spots_raise_number_and_area(make_patch, make_pair):
    before, after = (make_patch(discs(FIVE[:count], 1.5), PX_PER_MM) for count in (2, 5))
    found = changed(make_pair(before, after))
    skin = (SIZE_MM[0] - 0.6) * (SIZE_MM[1] - 0.6) / 100
    assert found["spot_density"].change == pytest.approx(3 / skin, rel=0.03)
    assert found["spot_area"].change == pytest.approx(3 * np.pi / 4 * 1.5**2 / skin, rel=0.12)


def test_rendered_skin_with_irregular_spots(make_scene, make_patch):
    hits = found_count = true_count = 0
    for seed in (31, 32):
        scene = make_scene(
            PX_PER_MM, seed=seed, spots=18, size_mm=SIZE_MM, camera=CameraOptions(jpeg_quality=92)
        )
        places, _ = listed(make_patch(linear_from_srgb(scene.pixels), PX_PER_MM))
        places = places[scene.inside(places, 8)]
        centres = scene.points("spots")[scene.inside(scene.points("spots"), 8)]
        distance, _ = cKDTree(places).query(centres)
        hits += np.count_nonzero(distance < 0.5 * PX_PER_MM)
        found_count, true_count = found_count + len(places), true_count + len(centres)
    assert 2 * hits / (found_count + true_count) > 0.88
