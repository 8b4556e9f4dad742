"""The colour chart: found, read, corrected, doubted."""

from dataclasses import replace

import numpy as np
import pytest

from skincompare.imaging import chart_find, chart_fit
from skincompare.imaging.chart import ChartReading, read_chart
from skincompare.imaging.chart_colours import PATCH_COLOURS, PATCH_NAMES
from skincompare.imaging.chart_fit import ToneCurve, fit_chart, patch_difference
from skincompare.imaging.colour import lab_from_linear, srgb_from_linear
from skincompare.measurement import Effect
from skincompare.synthetic.camera import CameraOptions
from skincompare.synthetic.chart import patch_corners_mm
from skincompare.synthetic.spectral_camera import SpectralView
from tests.charted import DAYLIGHT, LED, POSE, TUNGSTEN, charted, read, redness, skin_colours, skin_scene


def codes(reading: ChartReading) -> set[str]:
    return {flag.code for flag in reading.flags}


@pytest.mark.parametrize("turn", [7.0, 97.0, 187.0, 275.0])
def test_patches_are_found_whichever_way_the_chart_lies(turn: float) -> None:
    shot = charted(pose=replace(POSE, turn_degrees=turn))
    true = shot.pose.to_pixels(patch_corners_mm()).mean(axis=1)
    assert np.abs(read(shot).outlines.mean(axis=1) - true).max() < 1.0
    assert read(shot).is_usable


def test_only_the_inner_part_of_a_patch_is_read() -> None:
    shot = charted()
    corners = shot.pose.to_pixels(patch_corners_mm())
    for inner, outer in zip(read(shot).outlines, corners, strict=True):
        assert (inner.min(axis=0) > outer.min(axis=0)).all()
        assert (inner.max(axis=0) < outer.max(axis=0)).all()


@pytest.mark.parametrize("view", [DAYLIGHT, TUNGSTEN, LED])
@pytest.mark.parametrize("bend", [-0.4, 0.4])
def test_colours_come_near_the_published_ones_and_the_curve_is_told(view: SpectralView, bend: float) -> None:
    shot = charted(view=view, camera=CameraOptions(exposure=0.7, tone_curve=bend, jpeg_quality=90))
    reading = read(shot)
    assert reading.fit is not None
    assert reading.fit.curve.bend == pytest.approx(bend, abs=0.12)
    assert reading.difference < 3.0
    assert codes(reading) == set()


def test_the_same_skin_under_two_lamps_reads_alike_by_the_chart_and_unlike_without() -> None:
    first, second = charted(view=LED), charted(view=TUNGSTEN)
    naive = redness(skin_colours(second)) - redness(skin_colours(first))
    by_chart = redness(read(second).correct(skin_colours(second))) - redness(
        read(first).correct(skin_colours(first))
    )
    assert np.abs(naive).min() > 5.0
    assert np.abs(by_chart).max() < 2.3


def test_clipped_patches_are_left_out_and_named() -> None:
    reading = read(charted(camera=CameraOptions(exposure=1.25)))
    white = PATCH_NAMES.index("white")
    assert not reading.counted[white].all()
    assert "chart_clipped" in codes(reading)
    assert reading.is_usable


def test_glare_is_seen_and_left_out() -> None:
    reading = read(charted(pose=replace(POSE, glare=0.35)))
    assert "chart_glare" in codes(reading)
    assert not reading.counted.all()
    assert reading.difference < 4.0


def test_a_covered_patch_is_left_out() -> None:
    shot = charted()
    pixels = shot.pixels.copy()
    left, top = shot.pose.to_pixels(patch_corners_mm())[7].min(axis=0).astype(int)
    right, bottom = shot.pose.to_pixels(patch_corners_mm())[7].max(axis=0).astype(int)
    pixels[top:bottom, left:right] = (214, 160, 140)
    found = read_chart(pixels)
    assert found is not None
    assert not found.counted[7].any()
    assert found.difference == pytest.approx(read(shot).difference, abs=0.5)


def test_a_small_chart_is_doubted() -> None:
    reading = read(charted(pose=replace(POSE, width_px=190.0)))
    assert "chart_small" in codes(reading)
    assert reading.width_px == pytest.approx(190 * 270 / 279, rel=0.05)


def test_false_colours_make_the_chart_unusable() -> None:
    crushed = charted().pixels.copy()
    crushed[..., 1] = np.where(crushed[..., 1] > 90, 200, 40)
    found = read_chart(crushed)
    assert found is None or not found.is_usable


def test_no_chart_is_none() -> None:
    rng = np.random.default_rng(0)
    skin = np.clip(skin_scene() * 255 + rng.normal(0, 3, skin_scene().shape), 0, 255).astype(np.uint8)
    assert read_chart(skin) is None
    assert read_chart(np.full((300, 300, 3), 128, np.uint8)) is None


def test_a_chart_cut_off_by_the_edge_is_no_reading_or_a_flagged_one() -> None:
    shot = charted(pose=replace(POSE, centre_px=(660.0, 200.0)))
    reading = shot.reading
    assert reading is None or not reading.counted.all()


def test_large_photos_are_read_in_their_own_pixels() -> None:
    shot = charted()
    large = np.repeat(np.repeat(shot.pixels, 4, axis=0), 4, axis=1)
    found = read_chart(large)
    assert found is not None
    centres = (read(shot).outlines.mean(axis=1) + 0.5) * 4 - 0.5
    assert np.abs(found.outlines.mean(axis=1) - centres).max() < 4.0
    assert np.nanmax(np.abs(found.colours - read(shot).colours)) < 0.01


def test_a_small_chart_takes_a_thorough_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chart_find, "SEARCH_SIDE", 40)
    assert read_chart(charted().pixels, thorough=False) is None
    found = read_chart(charted().pixels)
    assert found is not None
    assert np.abs(found.outlines - read(charted()).outlines).max() < 0.5


def test_to_dict_is_plain() -> None:
    told = read(charted()).to_dict()
    assert told["usable"] is True
    assert [one["name"] for one in told["patches"]] == list(PATCH_NAMES)
    assert 0 < told["difference_de00"] < 3


def test_the_published_colours_are_those_of_the_chart() -> None:
    # sRGB codes that the same source prints for D65.
    codes_of = srgb_from_linear(PATCH_COLOURS).astype(int)
    for number, wanted in (
        (0, (116, 81, 67)),
        (14, (180, 49, 57)),
        (18, (245, 245, 243)),
        (21, (121, 122, 121)),
    ):
        assert np.abs(codes_of[number] - wanted).max() <= 2


def test_difference_is_ciede2000() -> None:
    grey = np.full((1, 3), 0.2)
    assert patch_difference(grey, grey)[0] == 0
    lighter = grey * 1.2
    labs = lab_from_linear(np.concatenate([grey, lighter]).astype(np.float32))
    assert 0.5 * (labs[1, 0] - labs[0, 0]) < patch_difference(grey, lighter)[0] < labs[1, 0] - labs[0, 0] + 1


def test_a_curve_is_undone_by_its_inverse() -> None:
    light = np.linspace(0.001, 0.999, 50)
    for curve in (ToneCurve(), ToneCurve(0.5, 1.1), ToneCurve(-0.6, 0.8)):
        assert np.allclose(curve.apply(curve.straighten(light)), light, atol=1e-4)


def test_a_known_matrix_and_curve_are_recovered() -> None:
    mixed = np.array([[0.9, 0.08, 0.02], [0.05, 0.85, 0.05], [0.02, 0.1, 0.7]])
    shown = np.clip(PATCH_COLOURS @ mixed.T, 0, None) * 0.8
    seen = ToneCurve(0.35).apply(shown)
    fit = fit_chart(seen, np.ones((24, 3), np.bool_))
    assert fit is not None
    assert fit.curve.bend == pytest.approx(0.35, abs=0.05)
    assert float(np.nanmean(fit.residuals)) < 0.6
    assert np.allclose(fit.undo(fit.correct(seen[:4])), seen[:4], atol=1e-3)


def test_too_few_patches_give_no_fit() -> None:
    counted = np.ones((24, 3), np.bool_)
    counted[18 : 24 - chart_fit.LEAST_GREYS + 1] = False
    assert fit_chart(np.clip(PATCH_COLOURS, 0.01, 1), counted) is None


def test_an_unreadable_chart_says_so_and_corrects_nothing() -> None:
    shot = charted(camera=CameraOptions(exposure=6.0))
    if shot.reading is None:
        return
    assert not shot.reading.is_usable
    assert any(flag.effect is Effect.NOT_MEASURABLE for flag in shot.reading.flags)
    assert np.isnan(shot.reading.correct(np.ones((2, 3)))).all()
