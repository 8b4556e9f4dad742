"""Points carried between photos whose true correspondence is known, and photos that must be refused."""

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest

from skincompare.errors import OptionError
from skincompare.imaging import refusals
from skincompare.imaging.align import align
from skincompare.imaging.alignment import RADIUS_95, Alignment
from skincompare.imaging.coarse import map_from_features
from skincompare.imaging.flow import log_light, normalise_locally
from skincompare.imaging.regions import face_regions
from skincompare.imaging.sampling import apply_matrix
from skincompare.imaging.subject import prepare
from tests.rendered import (
    CLOSE_UP_PX_PER_MM,
    SIZE_PX,
    Warp,
    close_up_shot,
    front,
    front_to_reddened,
    front_to_turned,
    known_alignment,
    near,
    nearer,
    photo_of,
    reddened,
    skin_points,
    stated_sigma,
    turned,
)

WARPS = (
    Warp(SIZE_PX, turn_degrees=7.0, scale=0.9, shift_px=(45.0, -40.0)),
    Warp(SIZE_PX, turn_degrees=-6.0, scale=1.12, shift_px=(-30.0, 25.0)),
)


@cache
def warped(number: int) -> Alignment:
    return align(front().subject, prepare(photo_of(WARPS[number].picture(front().pixels))))


@cache
def near_to_nearer() -> Alignment:
    return align(near().subject, nearer().subject)


def misses(alignment: Alignment, xy: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Return how far points are carried from where they belong, px of the before photo."""
    return np.linalg.norm(alignment.map_points(xy) - truth, axis=1) / alignment.magnification


def seen_in_both(alignment: Alignment, other) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return skin points of the front photo, their truth in another render, and px/mm there."""
    xy = skin_points(alignment)
    uv = front().truth.image_to_uv(xy)
    uv_known = np.isfinite(uv).all(axis=1)
    xy, uv = xy[uv_known], uv[uv_known]
    both = front().truth.visible(uv) & other.truth.visible(uv)
    return xy[both], other.truth.uv_to_image(uv[both]), front().truth.px_per_mm_at(uv[both])


def close_up_points() -> tuple[np.ndarray, np.ndarray]:
    """Return points of a close-up that the nearer one shows too, and where they lie there."""
    rows, columns = near().truth.shape
    xy = np.random.default_rng(0).uniform((15, 15), (columns - 15, rows - 15), (3000, 2))
    truth = nearer().truth.to_pixels(near().truth.to_mm(xy))
    shown = nearer().truth.inside(truth, 5)
    return xy[shown], truth[shown]


def test_a_photo_maps_to_itself():
    found = align(front().subject, front().subject)
    xy = skin_points(found)
    assert found.is_aligned
    assert found.flags == ()
    assert found.detail_agreement == pytest.approx(1.0)
    assert (found.overlap, found.magnification) == pytest.approx((1.0, 1.0))
    assert np.abs(found.map_points(xy) - xy).max() < 1e-3
    assert np.abs(found.map_points_back(xy) - xy).max() < 1e-3


@pytest.mark.parametrize("number", [0, 1])
def test_a_known_smooth_warp_is_found(number):
    found = warped(number)
    assert (found.method, found.flags) == ("mesh", ())
    xy = skin_points(found)
    miss = misses(found, xy, WARPS[number].forward(xy))
    assert np.median(miss) < 0.08
    assert np.quantile(miss, 0.95) < 0.25
    assert found.magnification == pytest.approx(WARPS[number].scale, rel=0.02)


@pytest.mark.parametrize("number", [0, 1])
def test_the_stated_error_covers_a_warp(number):
    found = warped(number)
    xy = skin_points(found)
    miss = misses(found, xy, WARPS[number].forward(xy))
    sigma = stated_sigma(found, xy)
    assert np.mean(miss < RADIUS_95 * sigma) > 0.90
    assert np.mean(miss < 0.25 * RADIUS_95 * sigma) < 0.60  # nor is it padded
    assert found.error_px == pytest.approx(np.median(sigma), rel=0.05)


@pytest.mark.parametrize(
    ("alignment", "other", "typical_mm"),
    [(front_to_turned, turned, 0.08), (front_to_reddened, reddened, 0.10)],
)
def test_a_turned_head_in_other_light_is_aligned(alignment, other, typical_mm):
    found = alignment()
    assert found.is_aligned
    assert found.flags == ()
    xy, truth, px_per_mm = seen_in_both(found, other())
    assert len(xy) > 3000
    miss = misses(found, xy, truth)
    assert np.median(miss / px_per_mm) < typical_mm
    assert np.quantile(miss / px_per_mm, 0.9) < 0.5
    scales = [shot.truth.px_per_mm_at(np.array([[0.0, 20.0]]))[0] for shot in (front(), other())]
    assert found.magnification == pytest.approx(scales[1] / scales[0], rel=0.02)


def test_the_stated_error_covers_a_turned_head():
    xy, truth, _ = seen_in_both(front_to_turned(), turned())
    miss = misses(front_to_turned(), xy, truth)
    assert np.mean(miss < RADIUS_95 * stated_sigma(front_to_turned(), xy)) > 0.90


def test_where_the_stated_error_is_large_the_error_is_large():
    xy, truth, _ = seen_in_both(front_to_turned(), turned())
    sigma = stated_sigma(front_to_turned(), xy)
    miss = misses(front_to_turned(), xy, truth)
    unsure = sigma > np.quantile(sigma, 0.9)
    assert np.median(miss[unsure]) > 2 * np.median(miss[~unsure])


def test_red_patches_do_not_pull_the_points():
    xy = skin_points(front_to_turned())
    moved = np.linalg.norm(front_to_reddened().map_points(xy) - front_to_turned().map_points(xy), axis=1)
    assert np.median(moved) < 0.05


@pytest.mark.parametrize("name", ["forehead", "left_cheek", "right_cheek"])
@pytest.mark.parametrize("alignment", [front_to_turned, front_to_reddened])
def test_points_go_there_and_back(alignment, name):
    region = next(r for r in face_regions(front().subject.face, SIZE_PX) if r.name == name)
    drawn = np.zeros(SIZE_PX[::-1], np.uint8)
    cv2.fillPoly(drawn, [np.round(region.outline).astype(np.int32)], 1)
    xy = np.argwhere(drawn)[::20, ::-1].astype(np.float64) + 0.3
    miss = np.abs(alignment().map_points_back(alignment().map_points(xy)) - xy).max(axis=1)
    assert miss.max() < 0.02


def test_the_error_of_points_is_that_of_their_places():
    found = front_to_turned()
    xy = skin_points(found, count=200)
    assert found.error_at(xy) == pytest.approx(stated_sigma(found, xy), rel=1e-3)
    assert found.bound_at(xy) == pytest.approx(RADIUS_95 * found.error_at(xy))
    assert np.isnan(found.error_at([[-1000.0, 5.0]])).all()


def test_featureless_skin_is_less_sure():
    # One cheek is smoothed in both photos: its pores and lines are gone.
    region = next(r for r in face_regions(front().subject.face, SIZE_PX) if r.name == "left_cheek")
    shots = []
    for outline, pixels in (
        (region.outline, front().pixels),
        (front_to_turned().map_points(region.outline), turned().pixels),
    ):
        drawn = cv2.fillPoly(np.zeros(SIZE_PX[::-1], np.float32), [np.round(outline).astype(np.int32)], 1.0)
        share = cv2.GaussianBlur(drawn, (0, 0), 4)[..., None]
        smooth = cv2.GaussianBlur(pixels, (0, 0), 8)
        shots.append(
            prepare(photo_of(np.round(pixels + share * (smooth - pixels.astype(float))).astype(np.uint8)))
        )
    found = align(*shots)
    inside = (
        cv2.fillPoly(np.zeros(SIZE_PX[::-1], np.uint8), [np.round(region.outline).astype(np.int32)], 1) > 0
    )
    xy = np.argwhere(cv2.erode(inside.astype(np.uint8), np.ones((25, 25))))[::7, ::-1].astype(float)
    assert np.median(found.error_at(xy)) > 2 * np.median(front_to_turned().error_at(xy))


def test_points_outside_the_frame_follow_the_global_motion():
    found = front_to_turned()
    far = np.array([[-300.0, -200.0], [1500.0, 400.0]])
    step = found.map_points(far + np.array([10.0, 0.0])) - found.map_points(far)
    expected = (found.matrix[:2, 0] * 10.0)[None].repeat(2, axis=0)
    assert step == pytest.approx(expected, abs=1e-6)
    assert found.map_points_back(found.map_points(far)) == pytest.approx(far, abs=0.01)


def test_nothing_stays_nothing_and_shapes_are_checked():
    found = front_to_turned()
    mixed = found.map_points([[np.nan, np.nan], [300.0, 300.0]])
    assert np.isnan(mixed[0]).all()
    assert mixed[1] == pytest.approx(found.map_points([[300.0, 300.0]])[0])
    assert found.map_points(np.empty((0, 2))).shape == (0, 2)
    assert found.map_points_back(np.empty((0, 2))).shape == (0, 2)
    for wrong in ([1.0, 2.0], [[1.0, 2.0, 3.0]], np.zeros((2, 3, 2))):
        with pytest.raises(OptionError, match=r"shape \(N, 2\)"):
            found.map_points(wrong)


def test_nothing_stays_nothing_on_the_way_back():
    back = front_to_turned().map_points_back(
        [[np.nan, np.nan], front_to_turned().map_points([[300.0, 300.0]])[0]]
    )
    assert np.isnan(back[0]).all()
    assert back[1] == pytest.approx([300.0, 300.0], abs=0.01)


def test_the_display_shows_the_after_photo_in_the_before_frame():
    shown = front_to_turned().warp_for_display(turned().photo)
    before = front().subject.frame
    assert shown.shape == (*before.shape, 3)
    assert shown.dtype == np.uint8
    detail = [
        normalise_locally(log_light((image / np.float32(255)) ** np.float32(2.2)))
        for image in (
            shown,
            front().pixels[before.top :, before.left :][: before.shape[0], : before.shape[1]],
        )
    ]
    skin = front_to_turned().skin
    assert np.corrcoef(detail[0][skin], detail[1][skin])[0, 1] > 0.8


def test_the_same_photos_give_the_same_map():
    again = align(near().subject, nearer().subject)
    assert np.array_equal(again.field, near_to_nearer().field)


def test_the_error_in_millimetres():
    found = front_to_turned()
    assert found.error_mm(4.0) == pytest.approx(found.error_px / 4.0)


def test_close_ups_turned_and_enlarged_are_aligned():
    found = near_to_nearer()
    assert (found.method, found.flags) == ("features", ())
    assert found.magnification == pytest.approx(1.3, rel=0.005)
    xy, truth = close_up_points()
    miss = np.linalg.norm(found.map_points(xy) - truth, axis=1)
    assert np.median(miss) < 0.15
    assert np.quantile(miss, 0.95) < 0.5
    assert np.mean(miss / 1.3 < RADIUS_95 * stated_sigma(found, xy)) > 0.90
    shown = nearer().truth.inside(nearer().truth.to_pixels(near().truth.to_mm(skin_points(found))))
    assert shown.all()


def test_shadows_that_move_with_a_slanting_lamp_cost_little():
    after = close_up_shot(
        light=None, magnification=1.3, rotation_degrees=25.0, frame_mm=(42.0, 32.0), noise_seed=3
    )
    found = align(close_up_shot(light=None).subject, after.subject)
    xy, truth = close_up_points()
    miss_mm = np.linalg.norm(found.map_points(xy) - truth, axis=1) / (1.3 * CLOSE_UP_PX_PER_MM)
    assert np.median(miss_mm) < 0.06


@cache
def aslant() -> tuple[Alignment, np.ndarray]:
    """Return the alignment of a close-up with its own view from the side, and the exact motion."""
    rows, columns = near().truth.shape
    motion = np.array([[1.0, 0.02, 4.0], [-0.01, 1.0, 6.0], [0.0, 4e-4, 1.0]])
    picture = cv2.warpPerspective(near().pixels, motion, (columns, rows), borderMode=cv2.BORDER_REFLECT_101)
    return align(near().subject, prepare(photo_of(picture))), motion


def test_a_close_up_seen_aslant_is_aligned():
    found, motion = aslant()
    rows, columns = near().truth.shape
    xy = np.random.default_rng(2).uniform((60, 60), (columns - 60, rows - 60), (500, 2))
    miss = np.linalg.norm(found.map_points(xy) - apply_matrix(motion, xy), axis=1)
    assert np.median(miss) < 0.2
    assert np.quantile(miss, 0.95) < 0.5


def test_the_magnification_of_a_slanting_view_is_that_of_the_skin():
    found, motion = aslant()
    rows, columns = near().truth.shape
    ends = apply_matrix(motion, np.array([columns, rows]) / 2 + np.array([[-1, 0], [1, 0], [0, -1], [0, 1]]))
    across, down = (ends[1] - ends[0]) / 2, (ends[3] - ends[2]) / 2
    size = np.sqrt(abs(across[0] * down[1] - across[1] * down[0]))
    assert found.magnification == pytest.approx(size, rel=0.03)


def test_the_global_motion_may_not_flip_the_skin():
    light = normalise_locally(log_light(near().subject.frame.linear))
    assert map_from_features(light, light).support > 200
    assert map_from_features(light, np.ascontiguousarray(light[:, ::-1])) is None


def test_local_contrast_forgets_light_and_colour():
    linear = near().subject.frame.linear
    slope = np.linspace(0.5, 1.5, linear.shape[1], dtype=np.float32)[None, :, None]
    plain, lit = (normalise_locally(log_light(one)) for one in (linear, 0.6 * slope * linear))
    assert np.corrcoef(plain.ravel(), lit.ravel())[0, 1] > 0.99
    assert np.abs(plain).max() <= 3.0
    assert abs(plain.mean()) < 0.1
    assert plain.std() == pytest.approx(0.95, abs=0.1)


def test_softness_shows_in_the_strength_of_detail():
    soft = prepare(photo_of(cv2.GaussianBlur(front().pixels, (0, 0), 3.0)))
    softer, sharper = align(front().subject, soft), align(soft, front().subject)
    assert softer.detail_ratio < -0.5
    assert sharper.detail_ratio == pytest.approx(-softer.detail_ratio, abs=0.1)
    assert abs(front_to_turned().detail_ratio) < 0.2


def test_a_hand_made_alignment_is_exact():
    # The helper that other tests rest on.
    warp = replace(WARPS[0], local_px=0.0)
    found = known_alignment(front().subject, turned().subject, warp.motion)
    xy = skin_points(found)
    assert np.abs(found.map_points(xy) - warp.forward(xy)).max() < 1e-3
    assert found.magnification == pytest.approx(0.9)


def test_a_mirrored_face_whose_detail_agrees_by_chance_is_still_told(monkeypatch):
    """Symmetric faces agree with their mirror image a little above the limit, but not better at their place."""
    plain = replace(front_to_turned(), flags=(refusals.NO_FINE_DETAIL,), detail_agreement=0.41)
    tries = [plain, front_to_turned()]
    monkeypatch.setattr("skincompare.imaging.align._try", lambda *_: tries.pop(0))
    found = align(front().subject, turned().subject)
    assert found.flags == (refusals.MIRRORED,)
    assert not found.is_aligned
