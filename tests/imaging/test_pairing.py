"""The same skin in both photos: areas, blocks, masks and pixels under a map that is known exactly."""

import math
from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest

from skincompare.imaging import region_flags
from skincompare.imaging.alignment import Alignment
from skincompare.imaging.colour import linear_from_srgb
from skincompare.imaging.pairing import PairedRegion, pair_region, pair_skin
from skincompare.imaging.patches import LightShift
from skincompare.imaging.region_pixels import BLOCK_MM
from skincompare.imaging.regions import Region, face_regions, whole_skin
from skincompare.imaging.scale import UNKNOWN_SCALE, given_scale
from skincompare.imaging.subject import Subject, prepare
from skincompare.measurement import Effect
from tests.rendered import SIZE_PX, Warp, front, known_alignment, near, nearer, photo_of

WARP = Warp(SIZE_PX, turn_degrees=6.0, scale=0.85, shift_px=(12.0, -9.0), local_px=0.0)
NO_SHIFT = LightShift(0.0, 0.0, 0.0, 0.0)
SCALE = given_scale(3.0)
LARGE_BY = 2


@cache
def moved() -> Subject:
    """Return the front photo, turned and made smaller by a known motion."""
    return prepare(photo_of(WARP.picture(front().pixels)))


@cache
def large() -> Subject:
    """Return the front photo twice as large, so that its frame is reduced."""
    return prepare(photo_of(cv2.resize(front().pixels, None, fx=LARGE_BY, fy=LARGE_BY)))


def moved_alignment(after: Subject | None = None) -> Alignment:
    return known_alignment(front().subject, after or moved(), WARP.motion)


def region(name: str, subject: Subject | None = None) -> Region:
    subject = subject or front().subject
    size = subject.photo.width, subject.photo.height
    return next(one for one in face_regions(subject.face, size) if one.name == name)


def paired(name: str, after: Subject | None = None) -> PairedRegion:
    after = after or moved()
    alignment = moved_alignment(after)
    skin = pair_skin(front().subject, after, alignment)
    return pair_region(region(name), front().subject, after, alignment, skin, SCALE)


def on_frame(pair: PairedRegion, side: str) -> tuple[np.ndarray, np.ndarray]:
    """Return mask and block numbers of the front pair, laid out on the whole frame of one of its photos."""
    pixels, shape = (
        (pair.before, front().subject.frame.shape) if side == "before" else (pair.after, moved().frame.shape)
    )
    mask, blocks = np.zeros(shape, bool), np.full(shape, -1)
    pixels.cut(mask)[:] = pixels.mask
    pixels.cut(blocks)[:] = pixels.blocks
    return mask, blocks


def codes(pair: PairedRegion) -> list[str]:
    return [flag.code for flag in pair.flags]


def painted(subject: Subject, outline: np.ndarray, code: int) -> Subject:
    pixels = subject.photo.pixels.copy()
    cv2.fillPoly(pixels, [np.round(outline).astype(np.int32)], (code, code, code))
    return prepare(photo_of(pixels))


@pytest.mark.parametrize("name", ["forehead", "left_cheek", "right_cheek", "nose", "chin"])
def test_both_photos_count_the_same_skin(name):
    before, after = (on_frame(paired(name), side)[0] for side in ("before", "after"))
    assert before.sum() > 3000
    assert after.sum() / before.sum() == pytest.approx(WARP.scale**2, rel=0.03)
    rows, columns = np.nonzero(before)
    there = moved_alignment().map_points(front().subject.frame.to_photo(np.column_stack([columns, rows])))
    x, y = np.round(moved().frame.from_photo(there)).astype(int).T
    assert after[y, x].mean() > 0.96


@pytest.mark.parametrize("name", ["forehead", "left_cheek"])
def test_a_block_number_is_the_same_skin_in_both(name):
    (before, numbers), (after, numbers_after) = (on_frame(paired(name), side) for side in ("before", "after"))
    rows, columns = np.nonzero(before)
    there = moved_alignment().map_points(front().subject.frame.to_photo(np.column_stack([columns, rows])))
    x, y = np.round(moved().frame.from_photo(there)).astype(int).T
    both = after[y, x]
    same = numbers[rows, columns][both] == numbers_after[y, x][both]
    assert same.mean() > 0.94  # a pixel on the border between two blocks may fall on either side
    assert np.array_equal(numbers >= 0, before)
    assert np.array_equal(numbers_after >= 0, after)


def test_blocks_are_eight_millimetres_wide():
    pair = paired("forehead")
    mask, numbers = on_frame(pair, "before")
    assert pair.n_blocks > numbers.max() > 20
    assert np.bincount(numbers[mask]).max() == pytest.approx((BLOCK_MM * SCALE.px_per_mm) ** 2, rel=0.1)
    width, height = np.ptp(front().subject.frame.from_photo(region("forehead").outline), axis=0)
    side = BLOCK_MM * SCALE.px_per_mm
    assert pair.n_blocks == math.ceil(width / side) * math.ceil(height / side)


def test_without_a_scale_there_are_six_blocks_across():
    alignment = known_alignment(near().subject, near().subject, np.eye(3))
    skin = pair_skin(near().subject, near().subject, alignment)
    size = near().photo.width, near().photo.height
    pair = pair_region(whole_skin(size), near().subject, near().subject, alignment, skin, UNKNOWN_SCALE)
    numbers = pair.before.blocks[pair.before.blocks.shape[0] // 2]
    assert len(np.unique(numbers[numbers >= 0])) == 6
    assert np.array_equal(pair.before.mask, pair.after.mask)
    assert np.array_equal(pair.before.blocks, pair.after.blocks)
    assert pair.flags == ()


def test_the_same_picture_counts_alike_on_both_sides_up_to_its_border():
    motion = np.eye(3)
    motion[:2, 2] = 1e-9  # what a fit leaves of the identity
    alignment = known_alignment(near().subject, near().subject, motion)
    skin = pair_skin(near().subject, near().subject, alignment)
    assert skin.before[:, [0, -1]].any()
    assert np.array_equal(skin.before, skin.after)


def test_a_drawn_square_counts_the_pixels_inside_it():
    alignment = known_alignment(near().subject, near().subject, np.eye(3))
    skin = pair_skin(near().subject, near().subject, alignment)
    square = Region("square", np.array([[100.0, 80.0], [199.0, 80.0], [199.0, 159.0], [100.0, 159.0]]))
    pair = pair_region(square, near().subject, near().subject, alignment, skin, SCALE)
    for pixels in (pair.before, pair.after):
        rows, columns = np.nonzero(pixels.mask)
        assert (rows.min() + pixels.top, rows.max() + pixels.top) == (80, 159)
        assert (columns.min() + pixels.left, columns.max() + pixels.left) == (100, 199)
        assert pixels.mask.sum() > 0.98 * 80 * 100
    patch = pair.before_patch(near().subject, SCALE, NO_SHIFT)
    assert np.array_equal(patch.mask[:80, :100], pair.before.mask[:80, :100])


def test_outlines_are_the_same_points_in_both_photos():
    pair = paired("left_cheek")
    assert pair.before_outline.shape == pair.after_outline.shape
    assert np.abs(pair.after_outline - WARP.forward(pair.before_outline)).max() < 1e-3
    steps = np.linalg.norm(np.diff(pair.before_outline, axis=0, append=pair.before_outline[:1]), axis=1)
    assert steps.max() <= 6.0 + 1e-9
    corners = region("left_cheek").outline
    gap = np.linalg.norm(pair.before_outline[:, None] - corners[None], axis=2).min(axis=0)
    assert gap.max() == 0


def test_what_is_clipped_after_does_not_count_before():
    place = region("left_cheek").outline.mean(axis=0)
    square = place + np.array([[-14, -14], [14, -14], [14, 14], [-14, 14]])
    clipped = painted(moved(), WARP.forward(square), 255)
    plain, spoilt = (on_frame(paired("left_cheek", after), "before")[0] for after in (moved(), clipped))
    x, y = np.round(front().subject.frame.from_photo(place[None])[0]).astype(int)
    inside = np.s_[y - 11 : y + 12, x - 11 : x + 12]
    assert plain[inside].all()
    assert not spoilt[inside].any()
    assert front().subject.skin[inside].all()  # taken alone, the before photo would count it
    lost = np.count_nonzero(plain) - np.count_nonzero(spoilt)
    assert lost < 1.5 * 28**2
    assert codes(paired("left_cheek")) == []


def test_much_clipping_warns_and_more_forbids():
    outline = region("left_cheek").outline
    for share, effect in ((0.2, Effect.WIDER_ERROR), (0.6, Effect.NOT_MEASURABLE)):
        top = np.quantile(outline[:, 1], 0.0)
        cut = outline.copy()
        cut[:, 1] = np.minimum(cut[:, 1], top + share * np.ptp(outline[:, 1]))
        pair = paired("left_cheek", painted(moved(), WARP.forward(cut), 255))
        (flag,) = [flag for flag in pair.flags if flag.code == "clipped"]
        assert flag.effect is effect


def test_a_region_that_leaves_the_after_photo_is_said_to_be_outside():
    away = replace(WARP, shift_px=(330.0, 0.0))
    alignment = known_alignment(front().subject, front().subject, away.motion)
    skin = pair_skin(front().subject, front().subject, alignment)
    pair = pair_region(region("left_cheek"), front().subject, front().subject, alignment, skin, SCALE)
    assert "outside" in codes(pair)
    inner = pair_region(region("right_temple"), front().subject, front().subject, alignment, skin, SCALE)
    assert "outside" not in codes(inner)


def test_a_region_off_the_frame_is_empty_but_no_error():
    far = Region("far", np.array([[0.0, 0.0], [9.0, 0.0], [9.0, 9.0], [0.0, 9.0]]))
    subject = replace(front().subject, frame=replace(front().subject.frame, left=60, top=40))
    alignment = known_alignment(subject, subject, np.eye(3))
    pair = pair_region(far, subject, subject, alignment, pair_skin(subject, subject, alignment), SCALE)
    assert {"outside", "covered"} <= set(codes(pair))
    for patch in (pair.before_patch(subject, SCALE, NO_SHIFT), pair.after_patch(subject, SCALE, NO_SHIFT)):
        assert patch.n_pixels == 0
        assert not patch.coarse_mask.any()


@pytest.mark.parametrize(
    ("counted", "clipped", "seen", "expected"),
    [
        (1.0, 0.0, 1.0, {}),
        (0.51, 0.09, 0.61, {}),
        (0.49, 0.0, 1.0, {"covered": Effect.WIDER_ERROR}),
        (0.14, 0.0, 1.0, {"covered": Effect.NOT_MEASURABLE}),
        (1.0, 0.11, 1.0, {"clipped": Effect.WIDER_ERROR}),
        (1.0, 0.31, 1.0, {"clipped": Effect.NOT_MEASURABLE}),
        (1.0, 0.0, 0.59, {"outside": Effect.NOT_MEASURABLE}),
    ],
)
def test_limits_of_a_region(counted, clipped, seen, expected):
    flags = region_flags.of_pair("left cheek", counted=counted, clipped=clipped, seen=seen)
    assert {flag.code: flag.effect for flag in flags} == expected
    assert all("left cheek" in flag.reason and flag.advice for flag in flags)


@pytest.mark.parametrize("side", ["before", "after"])
def test_a_patch_holds_the_photos_own_pixels(side):
    pair = paired("left_cheek")
    subject = front().subject if side == "before" else moved()
    outline = pair.before_outline if side == "before" else pair.after_outline
    make = pair.before_patch if side == "before" else pair.after_patch
    light = LightShift(1.0, 2.0, 0.5, 0.5)
    patch = make(subject, SCALE, light)
    left, top = np.floor(outline.min(axis=0)).astype(int)
    own = subject.photo.pixels[top : top + patch.linear.shape[0], left : left + patch.linear.shape[1]]
    assert np.array_equal(patch.linear, linear_from_srgb(np.ascontiguousarray(own)))
    assert (patch.region, patch.photo_sha256, patch.scale) == ("left_cheek", subject.photo.sha256, SCALE)
    assert patch.light is light
    mask, blocks = on_frame(pair, side)
    assert np.count_nonzero(patch.coarse_mask) == np.count_nonzero(mask)
    assert np.array_equal(np.sort(patch.coarse_blocks[patch.coarse_mask]), np.sort(blocks[mask]))
    assert patch.n_pixels == pytest.approx(np.count_nonzero(mask), rel=0.01)  # the frame is not reduced


def test_native_pixels_count_where_the_reduced_frame_counts():
    subject = large()
    factor = subject.frame.factor
    assert 0.5 < factor < 1
    alignment = known_alignment(subject, subject, np.eye(3))
    skin = pair_skin(subject, subject, alignment)
    pair = pair_region(region("left_cheek", subject), subject, subject, alignment, skin, SCALE)
    patch = pair.before_patch(subject, SCALE, NO_SHIFT)
    assert patch.n_pixels * factor**2 == pytest.approx(np.count_nonzero(patch.coarse_mask), rel=0.02)
    left, top = np.floor(pair.before_outline.min(axis=0))
    native = np.argwhere(patch.mask).mean(axis=0)[::-1] + np.array([left, top])
    corner = pair.before.left, pair.before.top
    coarse = subject.frame.to_photo(np.argwhere(pair.before.mask).mean(axis=0)[None, ::-1] + corner)[0]
    assert native == pytest.approx(coarse, abs=0.6)


def test_native_pixels_never_count_where_the_pair_does_not():
    subject = large()
    alignment = known_alignment(subject, subject, np.eye(3))
    skin = pair_skin(subject, subject, alignment)
    striped = skin.before.copy()
    striped[:, np.arange(striped.shape[1]) // 10 % 2 == 1] = False
    striped_skin = replace(skin, before=striped)
    pair = pair_region(region("left_cheek", subject), subject, subject, alignment, striped_skin, SCALE)
    patch = pair.before_patch(subject, SCALE, NO_SHIFT)
    xy = np.argwhere(patch.mask)[:, ::-1] + np.floor(pair.before_outline.min(axis=0))
    x, y = np.round(subject.frame.from_photo(xy)).astype(int).T
    assert len(xy) > 5000
    assert striped[y, x].mean() > 0.97


def test_close_ups_pair_the_skin_that_both_show():
    motion = np.eye(3)
    motion[:2] = nearer().truth.mm_to_pixel @ np.linalg.inv(np.vstack([near().truth.mm_to_pixel, [0, 0, 1]]))
    alignment = known_alignment(near().subject, nearer().subject, motion)
    skin = pair_skin(near().subject, nearer().subject, alignment)
    rows, columns = np.nonzero(skin.before)
    there = nearer().truth.to_pixels(near().truth.to_mm(np.column_stack([columns, rows]).astype(float)))
    assert nearer().truth.inside(there).all()
    assert np.count_nonzero(skin.after) / np.count_nonzero(skin.before) == pytest.approx(1.69, rel=0.03)


def test_a_pair_of_patches_maps_native_pixels_along_the_alignment():
    name = "left_cheek"
    pair = paired(name)
    subjects = front().subject, moved()
    both = pair.patch_pair(subjects, (SCALE, SCALE), (NO_SHIFT, NO_SHIFT), moved_alignment())
    assert np.array_equal(both.before.linear, pair.before_patch(subjects[0], SCALE, NO_SHIFT).linear)
    xy = np.argwhere(both.before.mask)[::500, ::-1].astype(float)
    there = both.to_after(xy)
    assert both.after.to_photo(there) == pytest.approx(moved_alignment().map_points(both.before.to_photo(xy)))
    assert both.to_before(there) == pytest.approx(xy, abs=0.05)
    assert both.before.normal is not None
