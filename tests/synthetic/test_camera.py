"""The camera's truth: what it does is what was asked for, and a close-up knows where everything went."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import cv2
import numpy as np
import pytest
from PIL import ExifTags, Image

from skincompare.errors import OptionError
from skincompare.synthetic.camera import (
    CameraOptions,
    close_up,
    encode_jpeg,
    encoded,
    photograph,
    resample,
)
from skincompare.synthetic.skin import LightOptions, SkinOptions

CLEAN = CameraOptions(blur_px=0.0, shot_noise=0.0, read_noise=0.0)
SKIN = SkinOptions(size_mm=(14.0, 10.0), seed=6, hairs_per_cm2=0.0)
SKIN_LINEAR = (0.42, 0.25, 0.18)


def plain(rows: int = 40, columns: int = 60) -> np.ndarray:
    return np.full((rows, columns, 3), SKIN_LINEAR, dtype=np.float32)


def decoded(pixels: np.ndarray) -> np.ndarray:
    coded = pixels.astype(np.float64) / 255.0
    return np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)


def u_of(pixels: np.ndarray) -> np.ndarray:
    linear = decoded(pixels)
    return 100.0 * np.log10(linear[..., 0] / linear[..., 1])


def test_encoding_follows_srgb() -> None:
    assert encoded(np.float32([0.0, 0.0031308, 0.2140411, 1.0, 1.4])) == pytest.approx(
        [0.0, 0.04045, 0.5, 1.0, 1.0], abs=1e-4
    )


def test_a_clean_camera_keeps_the_light() -> None:
    assert decoded(photograph(plain(), CLEAN)) == pytest.approx(plain(), abs=0.004)


def test_white_balance_adds_a_constant_to_u() -> None:
    rng = np.random.default_rng(1)
    scene = (plain() * rng.uniform(0.4, 1.3, (40, 60, 1))).astype(np.float32)
    scene[..., 0] *= rng.uniform(0.9, 1.2, (40, 60)).astype(np.float32)
    changed = replace(CLEAN, white_balance=(1.1, 1.0, 0.9))
    shift = u_of(photograph(scene, changed)) - u_of(photograph(scene, CLEAN))
    assert shift.mean() == pytest.approx(100.0 * np.log10(1.1), abs=0.05)
    assert shift.std() < 0.6  # 8-bit steps alone


def test_exposure_leaves_u_alone() -> None:
    scene = plain() * np.linspace(0.6, 1.4, 60, dtype=np.float32)[None, :, None]
    shift = u_of(photograph(scene, replace(CLEAN, exposure=0.7))) - u_of(photograph(scene, CLEAN))
    assert shift.mean() == pytest.approx(0.0, abs=0.15)


def test_tone_curve_is_the_stated_one() -> None:
    ramp = np.repeat(np.linspace(0, 1, 256, dtype=np.float32)[None, :, None], 3, axis=2)
    straight = photograph(ramp, CLEAN).astype(np.float64) / 255.0
    bent = photograph(ramp, replace(CLEAN, tone_curve=0.4)).astype(np.float64) / 255.0
    wanted = straight - 0.4 * straight * (1 - straight) * (2 * straight - 1)
    assert bent == pytest.approx(wanted, abs=1.2 / 255.0)
    assert np.abs(bent - straight).max() > 0.03


@pytest.mark.parametrize(("degrees", "axis"), [(0.0, 1), (90.0, 0)])
def test_light_gradient_has_the_stated_slope(degrees: float, axis: int) -> None:
    scene = plain(60, 60)
    lit = decoded(photograph(scene, replace(CLEAN, light_gradient=0.3, light_gradient_degrees=degrees)))
    profile = (lit / scene)[..., 1].mean(axis=1 - axis)
    slope = np.polyfit(np.arange(60) / 60.0, profile, 1)[0]
    assert slope == pytest.approx(0.3, abs=0.01)
    assert profile.mean() == pytest.approx(1.0, abs=0.01)


def test_noise_has_the_stated_spread_and_a_seed() -> None:
    scene = plain(200, 200)
    noisy = replace(CLEAN, shot_noise=0.02, read_noise=0.01)
    light = decoded(photograph(scene, noisy))
    wanted = np.sqrt(0.02**2 * np.array(SKIN_LINEAR) + 0.01**2)
    assert light.reshape(-1, 3).std(axis=0) == pytest.approx(wanted, rel=0.05)
    np.testing.assert_array_equal(photograph(scene, noisy), photograph(scene, noisy))
    assert not np.array_equal(photograph(scene, noisy), photograph(scene, replace(noisy, seed=1)))


def test_blur_spreads_a_point_by_its_sigma() -> None:
    scene = np.zeros((41, 41, 3), dtype=np.float32)
    scene[20, 20] = 20.0
    spot = decoded(photograph(scene, replace(CLEAN, blur_px=2.0)))[..., 1]
    columns = np.arange(41) - 20.0
    across = spot.sum(axis=0)
    assert np.sqrt((across * columns**2).sum() / across.sum()) == pytest.approx(2.0, rel=0.05)


def test_the_scene_is_left_untouched() -> None:
    scene = plain()
    photograph(scene, CameraOptions(light_gradient=0.2, tone_curve=0.2, exposure=0.5))
    np.testing.assert_array_equal(scene, plain())


def test_a_grey_scene_is_refused() -> None:
    with pytest.raises(OptionError, match="rows, columns, 3"):
        photograph(np.zeros((4, 4), dtype=np.float32))


def test_jpeg_is_deterministic_and_grows_with_quality() -> None:
    pixels = close_up(SKIN, px_per_mm=8.0).pixels
    assert encode_jpeg(pixels, quality=85) == encode_jpeg(pixels, quality=85)
    assert len(encode_jpeg(pixels, quality=60)) < len(encode_jpeg(pixels, quality=95))
    with Image.open(io.BytesIO(encode_jpeg(pixels, quality=95))) as image:
        assert np.abs(np.asarray(image).astype(int) - pixels).mean() < 3.0


def test_jpeg_quality_of_the_camera_goes_through_a_file() -> None:
    pixels = photograph(plain(), CLEAN)
    rough = photograph(plain() * np.linspace(0.5, 1.5, 60, dtype=np.float32)[None, :, None], CLEAN)
    assert np.abs(photograph(plain(), replace(CLEAN, jpeg_quality=95)).astype(int) - pixels).max() <= 2
    with Image.open(io.BytesIO(encode_jpeg(rough, quality=40))) as image:
        np.testing.assert_array_equal(
            np.asarray(image),
            photograph(
                plain() * np.linspace(0.5, 1.5, 60, dtype=np.float32)[None, :, None],
                replace(CLEAN, jpeg_quality=40),
            ),
        )


@pytest.mark.parametrize(
    ("captured", "offset"),
    [
        (datetime(2026, 3, 5, 9, 30, 15, tzinfo=UTC), "+00:00"),
        (datetime(2026, 3, 5, 9, 30, 15, tzinfo=timezone(-timedelta(hours=3, minutes=30))), "-03:30"),
        (datetime(2026, 3, 5, 9, 30, 15), None),  # a camera without a time zone
    ],
)
def test_exif_time_comes_back(captured: datetime, offset: str | None) -> None:
    with Image.open(io.BytesIO(encode_jpeg(photograph(plain(), CLEAN), captured=captured))) as image:
        times = image.getexif().get_ifd(ExifTags.IFD.Exif)
    assert times[ExifTags.Base.DateTimeOriginal] == "2026:03:05 09:30:15"
    assert times.get(ExifTags.Base.OffsetTimeOriginal) == offset


def test_no_time_no_exif() -> None:
    with Image.open(io.BytesIO(encode_jpeg(photograph(plain(), CLEAN)))) as image:
        assert dict(image.getexif()) == {}


def test_resample_keeps_light_and_place() -> None:
    rows, columns = np.mgrid[:90, :120].astype(np.float32)
    scene = np.stack([rows, columns, np.full_like(rows, 5.0)], axis=-1)
    for coarse, step, tolerance in ((5.0, 4.0, 1e-4), (8.0, 2.5, 0.051)):  # a split pixel counts as even
        small = resample(scene, 20.0, coarse)
        assert small.shape == (int(90 / step), int(120 / step), 3)
        across, down = np.arange(small.shape[1]), np.arange(small.shape[0])
        assert small[..., 1][0] == pytest.approx((across + 0.5) * step - 0.5, abs=tolerance)
        assert small[..., 0][:, 0] == pytest.approx((down + 0.5) * step - 0.5, abs=tolerance)
        assert small[..., 2] == pytest.approx(np.full(small.shape[:2], 5.0), abs=1e-5)


def test_resample_weighs_by_area() -> None:
    row = np.zeros((1, 10), dtype=np.float32)
    row[0, 2] = 1.0
    assert resample(row, 5.0, 2.0)[0] == pytest.approx([0.2, 0.2, 0.0, 0.0], abs=1e-6)


def test_resample_to_the_same_resolution_changes_nothing() -> None:
    np.testing.assert_allclose(resample(plain(), 9.0, 9.0), plain(), rtol=1e-6)


def test_resample_refuses_to_invent_detail() -> None:
    with pytest.raises(OptionError, match="coarsens"):
        resample(plain(), 8.0, 20.0)


def test_a_point_goes_to_the_photo_and_back() -> None:
    scene = close_up(SKIN, px_per_mm=6.0, rotation_degrees=25.0, shift_mm=(1.5, -0.8))
    points = np.array([[2.0, 3.0], [7.0, 5.0], [13.0, 9.0]])
    assert scene.to_mm(scene.to_pixels(points)) == pytest.approx(points)
    middle = np.array([[0.5 * 14.0 + 1.5, 0.5 * 10.0 - 0.8]])
    assert scene.to_pixels(middle)[0] == pytest.approx([0.5 * (84 - 1), 0.5 * (60 - 1)])
    ahead = scene.to_pixels(middle + np.array([[1.0, 0.0]]))[0] - scene.to_pixels(middle)[0]
    assert ahead == pytest.approx([6.0 * np.cos(np.radians(25)), 6.0 * np.sin(np.radians(25))])


@pytest.mark.parametrize(
    ("px_per_mm", "rotation", "shift"),
    [(10.0, 0.0, (0.0, 0.0)), (10.0, 30.0, (1.0, 0.5)), (7.0, -50.0, (0.0, -1.0))],
)
def test_a_spot_lands_where_the_mapping_says(
    px_per_mm: float, rotation: float, shift: tuple[float, float]
) -> None:
    marked = replace(
        SKIN,
        spots=1,
        spot_optical_density=0.9,
        pore_density_per_cm2=0.0,
        relief_scale=0.0,
        mottling=0.0,
        seed=2,
        spot_diameter_mm=0.9,
    )
    flat = LightOptions(sheen=0.0, ambient=1.0)
    view = {"px_per_mm": px_per_mm, "rotation_degrees": rotation}
    scene = close_up(marked, flat, CLEAN, shift_mm=shift, **view)
    bare = close_up(replace(marked, spots=0), flat, CLEAN, shift_mm=shift, **view)
    mask = scene.mask("spots")
    density = np.log10(decoded(bare.pixels) / decoded(scene.pixels))[..., 2]
    density[(density < 0.1) | ~scene.skin_area()] = 0.0  # beyond the edge lies its mirror image
    rows, columns = np.mgrid[: density.shape[0], : density.shape[1]]
    found = np.array([(columns * density).sum(), (rows * density).sum()]) / density.sum()
    told = np.array([columns[mask].mean(), rows[mask].mean()])
    assert bool(scene.inside(scene.points("spots"))[0])
    assert found == pytest.approx(told, abs=0.3)
    assert np.hypot(*(found - scene.points("spots")[0])) < 0.2 * 0.9 * px_per_mm


def test_two_close_ups_show_one_skin() -> None:
    flat = LightOptions(sheen=0.0, ambient=1.0)
    first = close_up(SKIN, flat, CLEAN, px_per_mm=10.0)
    second = close_up(SKIN, flat, CLEAN, px_per_mm=10.0, rotation_degrees=90.0, frame_mm=(10.0, 14.0))
    rows, columns = np.mgrid[: first.shape[0], : first.shape[1]]
    there = second.to_pixels(first.to_mm(np.c_[columns.ravel(), rows.ravel()]))
    x, y = np.round(there).astype(int).T
    assert np.abs(there - np.c_[x, y]).max() < 1e-6
    same = np.abs(second.pixels[y, x].astype(int) - first.pixels.reshape(-1, 3))
    assert np.quantile(same, 0.99) <= 2
    assert np.corrcoef(second.pixels[y, x, 1], first.pixels[..., 1].ravel())[0, 1] > 0.995


def test_registration_finds_no_shift_left_after_the_mapping() -> None:
    def texture(pixels: np.ndarray) -> np.ndarray:
        logs = np.log(pixels[15:85, 15:125, 1].astype(np.float32))
        return logs - cv2.GaussianBlur(logs, (0, 0), 6.0)

    flat = LightOptions(sheen=0.0, ambient=1.0)  # a turned skin has other shadows, in place of moved ones
    first = close_up(SKIN, flat, CLEAN, px_per_mm=10.0)
    second = close_up(SKIN, flat, CLEAN, px_per_mm=9.0, rotation_degrees=12.0, shift_mm=(0.4, -0.3))
    rows, columns = np.mgrid[: first.shape[0], : first.shape[1]]
    there = second.to_pixels(first.to_mm(np.c_[columns.ravel(), rows.ravel()])).astype(np.float32)
    x, y = (np.ascontiguousarray(axis).reshape(first.shape) for axis in there.T)
    carried = cv2.remap(second.pixels, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
    start = np.eye(2, 3, dtype=np.float32)
    criteria = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 100, 1e-6)
    _, found = cv2.findTransformECC(
        texture(first.pixels), texture(carried), start, cv2.MOTION_TRANSLATION, criteria, None, 1
    )
    assert np.abs(found[:, 2]).max() < 0.03


def test_skin_area_ends_at_the_edge_of_the_skin() -> None:
    scene = close_up(SKIN, px_per_mm=5.0, frame_mm=(20.0, 16.0))
    share = scene.skin_area().mean()
    assert share == pytest.approx(14.0 * 10.0 / (20.0 * 16.0), abs=0.01)
    assert close_up(SKIN, px_per_mm=5.0).skin_area().all()


def test_light_stays_with_the_camera_when_the_skin_turns() -> None:
    low = LightOptions(azimuth_degrees=0.0, elevation_degrees=25.0, ambient=0.1, sheen=0.0)
    scarred = replace(
        SKIN,
        scars=1,
        scar_depth_mm=0.6,
        scar_diameter_mm=3.0,
        pore_density_per_cm2=0.0,
        spots=0,
        mottling=0.0,
    )
    for rotation in (0.0, 90.0, 180.0):
        scene = close_up(scarred, low, CLEAN, px_per_mm=8.0, rotation_degrees=rotation, frame_mm=(22.0, 22.0))
        x, y = scene.points("scars")[0]
        reach = round(0.5 * float(scene.truth.scars.diameter_mm[0]) * 8.0)
        strip = decoded(scene.pixels)[round(y) - 3 : round(y) + 4, :, 1].mean(axis=0)
        left = strip[round(x) - reach - 2 : round(x) - reach // 2].mean()
        right = strip[round(x) + reach // 2 : round(x) + reach + 2].mean()
        assert left > right  # the wall on the left faces the lamp on the right
