"""Lines against drawn lines of known length and depth, and against rendered wrinkles."""

import math

import cv2
import numpy as np
import pytest
from scipy.spatial import cKDTree

from skincompare.errors import OptionError
from skincompare.marks import MarkState
from skincompare.measurement import Effect, worst_effect
from skincompare.metrics._line_finder import find_lines, working_skin
from skincompare.metrics.lines import SPEC, LineOptions, change_lines, measure_lines
from skincompare.synthetic.camera import CameraOptions
from skincompare.synthetic.skin import LightOptions

PX_PER_MM = 12.0
ACROSS = LightOptions(azimuth_degrees=60.0)
LINED = {
    "size_mm": (22.0, 17.0),
    "seed": 31,
    "wrinkles": 4,
    "wrinkle_width_mm": 0.3,
    "wrinkle_length_mm": 11.0,
    "hairs_per_cm2": 0.0,  # a hair is a line, too
    "light": ACROSS,
}
FIRST = CameraOptions(jpeg_quality=92, seed=1)
AGAIN = CameraOptions(jpeg_quality=89, seed=2, blur_px=0.75, exposure=0.95)
SHAPE = (260, 320)
SAME_LINE_MM = 0.5


@pytest.fixture(scope="module")
def lined(photographed):
    return photographed(PX_PER_MM, camera=FIRST, **LINED)


@pytest.fixture
def again(photographed):
    return lambda **options: photographed(PX_PER_MM, **{"camera": AGAIN, **LINED, **options})


def drawn(ends, depth=0.18, width_mm=0.25):
    """Return skin with dark lines from end to end (mm), Gaussian across."""
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]] / PX_PER_MM
    shade = np.random.default_rng(3).normal(0, 0.01, SHAPE)
    for (x0, y0), (x1, y1) in ends:
        along = np.array([x1 - x0, y1 - y0])
        t = np.clip(((x - x0) * along[0] + (y - y0) * along[1]) / (along @ along), 0, 1)
        distance = np.hypot(x - x0 - t * along[0], y - y0 - t * along[1])
        shade -= depth * np.exp(-np.log(2) * (2 * distance / width_mm) ** 2)
    light = cv2.GaussianBlur(np.exp(shade), (0, 0), 0.8)
    return (light[..., None] * np.array([0.45, 0.28, 0.22])).astype(np.float32)


def measured(patch):
    return {one.quantity: one for one in measure_lines(patch, SPEC.options)}


def changed(make_pair, before, after):
    return change_lines(make_pair(before, after), (), SPEC.options)


def stands_out(change):
    return abs(change.change) > 1.96 * max(change.sigma, math.sqrt(2) * change.repeat_sigma)


@pytest.mark.parametrize("turn_degrees", [0, 17, 45, 71, 90])
def test_the_length_of_a_line_is_its_length_in_any_direction(make_patch, turn_degrees):
    half = 6 * np.array([math.cos(math.radians(turn_degrees)), math.sin(math.radians(turn_degrees))])
    middle = np.array([13.3, 10.8])
    patch = make_patch(drawn([(middle - half, middle + half)]), PX_PER_MM)
    lines = find_lines(working_skin(patch, SPEC.options), SPEC.options)
    assert lines.count == 1
    assert lines.length_mm.sum() == pytest.approx(12, rel=0.1)


def test_a_line_is_where_it_is_whatever_the_mask_cuts_off(make_patch):
    linear = drawn([((4, 6), (22, 9)), ((5, 15), (20, 15))])
    mask = np.ones(SHAPE, np.bool_)
    mask[:, :40] = False
    mask[130:] = False
    patch = make_patch(linear, PX_PER_MM, mask=mask)
    skin = working_skin(patch, SPEC.options)
    x, y = (skin.to_native(find_lines(skin, SPEC.options).xy) / PX_PER_MM).T
    assert len(x) > 50
    assert np.abs(y - (6 + (x - 4) / 6)).max() < 0.25


def test_a_wide_line_is_found_as_well_from_afar_as_from_near(photographed, make_scene):
    skin = {**LINED, "seed": 33, "wrinkle_width_mm": 0.45, "wrinkle_depth_mm": 0.16}
    found = []
    for px_per_mm in (8.0, 16.0):
        options = LineOptions()
        grid = working_skin(photographed(px_per_mm, camera=FIRST, **skin), options)
        scene = make_scene(px_per_mm, camera=FIRST, **skin)
        truth = scene.to_mm(np.concatenate([scene.to_pixels(x) for x in scene.truth.wrinkles.points_mm]))
        places = scene.to_mm(grid.to_native(find_lines(grid, options).xy))
        assert (cKDTree(truth).query(places)[0] < SAME_LINE_MM).mean() > 0.9
        found.append(cKDTree(places).query(truth)[0] < SAME_LINE_MM)
    assert min(np.mean(one) for one in found) > 0.6
    assert np.mean(found[0] == found[1]) > 0.8


@pytest.mark.parametrize(("width_mm", "wide"), [(0.16, False), (0.40, True)])
def test_fine_lines_and_wrinkles_are_told_by_their_width(photographed, width_mm, wide):
    skin = {**LINED, "wrinkle_width_mm": width_mm, "wrinkle_depth_mm": 0.16}
    found = measured(photographed(PX_PER_MM, camera=FIRST, **skin))
    total = found["line_density"].value
    parts = found["fine_line_density"].value, found["wrinkle_density"].value
    assert total > 5
    assert sum(parts) == pytest.approx(total)
    assert parts[wide] > 0.8 * total


def test_pores_in_a_row_are_no_line(make_patch):
    dots = [((3 + 0.8 * k, 10), (3.05 + 0.8 * k, 10)) for k in range(24)]
    assert measured(make_patch(drawn(dots, depth=0.25, width_mm=0.35), PX_PER_MM))["line_density"].value == 0


def test_short_marks_dots_and_grain_are_no_lines(make_patch):
    ends = [((3 + 4 * k, 4 + 5 * j), (4.2 + 4 * k, 4.5 + 5 * j)) for k in range(5) for j in range(3)]
    assert measured(make_patch(drawn(ends, depth=0.2), PX_PER_MM))["line_density"].value == 0
    empty = measured(make_patch(drawn([]), PX_PER_MM))
    assert empty["line_density"].value == 0
    assert empty["line_density"].sigma > 0
    assert [flag.code for flag in empty["line_strength"].flags] == ["no_lines"]


def test_strength_grows_with_the_depth(make_patch):
    ends = [((4, 6), (22, 9)), ((5, 14), (20, 15))]
    values = [
        measured(make_patch(drawn(ends, depth=depth), PX_PER_MM))["line_strength"].value
        for depth in (0.15, 0.30)
    ]
    assert values[1] / values[0] == pytest.approx(2, rel=0.1)


def test_plain_skin_has_hardly_a_line(photographed):
    densities = [
        measured(photographed(PX_PER_MM, size_mm=(22.0, 17.0), seed=seed, camera=FIRST))["line_density"].value
        for seed in (41, 42, 43)
    ]
    assert np.mean(densities) <= 0.5


def test_marks_lie_on_the_wrinkles(lined, make_scene):
    scene = make_scene(PX_PER_MM, camera=FIRST, **LINED)
    truth = np.concatenate([scene.to_pixels(line) for line in scene.truth.wrinkles.points_mm])
    marks = measured(lined)["line_density"].marks
    places = np.concatenate([np.array(mark.points) for mark in marks])
    distance, _ = cKDTree(truth).query(places)
    assert (distance < SAME_LINE_MM * PX_PER_MM).mean() > 0.9
    shown = truth[scene.inside(truth, PX_PER_MM)]
    distance, _ = cKDTree(places).query(shown)
    assert (distance < 0.8 * PX_PER_MM).mean() > 0.5


def test_unchanged_lines_are_not_called_changed(lined, again, make_pair):
    for one in changed(make_pair, lined, again()):
        assert not stands_out(one), one.quantity
    density, strength, fine, wide = changed(make_pair, lined, again(light=LightOptions(azimuth_degrees=64)))
    assert not any(stands_out(one) for one in (density, strength, fine, wide))
    assert fine.change + wide.change == pytest.approx(density.change)


def test_shallower_lines_are_called_weaker(lined, again, make_pair):
    _, strength, *_ = changed(make_pair, lined, again(wrinkle_depth_scale=0.5))
    assert strength.change < 0
    assert stands_out(strength)


def test_lines_that_went_are_marked_as_gone(lined, again, make_pair):
    density, *_ = changed(make_pair, lined, again(wrinkle_depth_scale=0.02))
    states = [mark.state for mark in density.marks]
    assert states
    assert set(states) == {MarkState.GONE}
    assert density.change < 0
    assert stands_out(density)


def test_a_blurred_photo_is_withheld(again):
    for one in measured(again(camera=CameraOptions(blur_px=2.4, seed=3))).values():
        assert worst_effect(one.flags) is Effect.NOT_MEASURABLE
        assert [flag.code for flag in one.flags] == ["too_blurred"]


def test_lines_need_a_scale(lined, make_patch):
    unscaled = make_patch(lined.linear, math.nan, true_px_per_mm=PX_PER_MM)
    assert [flag.code for flag in measured(unscaled)["line_density"].flags] == ["unknown_scale"]
    with pytest.raises(OptionError, match="millimetre"):
        working_skin(unscaled, SPEC.options)


def test_untreated_lines_beside_tell_what_the_lamp_did(lined, again, make_pair, photographed):
    lower = LightOptions(azimuth_degrees=60.0, elevation_degrees=43.0)
    beside = {**LINED, "seed": 32}
    reference = make_pair(
        photographed(PX_PER_MM, camera=FIRST, **beside),
        photographed(PX_PER_MM, camera=AGAIN, **{**beside, "light": lower}),
    )
    pair = make_pair(lined, again(light=lower))
    alone, told = (change_lines(pair, others, SPEC.options)[1] for others in ((), (reference,)))
    assert alone.change > 0
    assert abs(told.change) < 0.6 * alone.change
    assert told.sigma < alone.sigma
    # What is taken off is no more than the skin beside shows.
    own = change_lines(reference, (), SPEC.options)[1]
    assert told.change > alone.change - 1.5 * own.change
