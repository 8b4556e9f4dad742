"""What counts as bare skin, against what the renderer knows to be bare skin."""

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest

from skincompare.imaging.colour import linear_from_srgb
from skincompare.imaging.frame import Frame, cut_frame
from skincompare.imaging.regions import face_regions
from skincompare.imaging.skin_mask import CLIPPED_SHARE, draw_rings, skin_mask
from skincompare.synthetic.portrait import ViewOptions, render
from skincompare.synthetic.surface import Pose
from tests.rendered import SIZE_PX, front, head, near, reddened, shot_of, turned

RIGHT_EYE, LEFT_EYE = (33, 133, 159, 145), (362, 263, 386, 374)
NOT_SKIN = {
    "right eye": RIGHT_EYE,
    "left eye": LEFT_EYE,
    "right brow": (105, 66, 65, 52),
    "left brow": (334, 296, 295, 282),
    "lips": (61, 0, 291, 17),
}


def inside(shot, name: str) -> np.ndarray:
    """Return which pixels of the frame lie inside a region's outline."""
    region = next(r for r in face_regions(shot.subject.face, SIZE_PX) if r.name == name)
    drawn = np.zeros(shot.subject.frame.shape, np.uint8)
    cv2.fillPoly(drawn, [np.round(shot.subject.frame.from_photo(region.outline)).astype(np.int32)], 1)
    return drawn > 0


def share(mask: np.ndarray, where: np.ndarray) -> float:
    return float(mask[where].mean())


def painted(shot, centre: tuple[int, int], radius: int, gain: float) -> Frame:
    """Return the frame with a round place, in frame pixels, made brighter or darker."""
    frame = shot.subject.frame
    rows, columns = np.mgrid[: frame.shape[0], : frame.shape[1]]
    disc = np.hypot(columns - centre[0], rows - centre[1]) <= radius
    return replace(frame, linear=np.where(disc[..., None], frame.linear * np.float32(gain), frame.linear))


def cheek_centre(shot) -> tuple[int, int]:
    rows, columns = np.nonzero(inside(shot, "left_cheek"))
    return round(columns.mean()), round(rows.mean())


@pytest.mark.parametrize("shot", [front, turned, reddened])
def test_what_counts_is_bare_skin(shot):
    frame, mask = shot().subject.frame, shot().subject.skin
    bare = shot().truth.skin_visible[frame.top :, frame.left :][: frame.shape[0], : frame.shape[1]] > 0.5
    assert share(bare, mask) > 0.995
    assert mask.mean() > 0.2


@cache
def turned_far():
    """Return the person half turned away and tilted: the mesh reaches over the hair beside the near cheek."""
    pose = Pose(yaw=40.0, roll=30.0, face_share=0.55)
    return shot_of(render(head(), ViewOptions(pose=pose, size_px=SIZE_PX)))


def test_hair_beside_a_turned_face_does_not_count():
    frame, mask = turned_far().subject.frame, turned_far().subject.skin
    bare = turned_far().truth.skin_visible[frame.top :, frame.left :][: frame.shape[0], : frame.shape[1]]
    assert share(bare > 0.5, mask) > 0.99
    for name in ("right_cheek", "forehead", "chin"):
        assert share(mask, inside(turned_far(), name)) > 0.8


@pytest.mark.parametrize("name", NOT_SKIN)
@pytest.mark.parametrize("shot", [front, turned])
def test_eyes_brows_and_lips_never_count(shot, name):
    points = shot().subject.frame.from_photo(shot().subject.face.xy)
    where = draw_rings(points, [NOT_SKIN[name]], shot().subject.frame.shape)
    assert where.sum() > 30
    margin = round(0.02 * shot().subject.face.interocular_px)
    wide = cv2.dilate(where.astype(np.uint8), np.ones((2 * margin + 1,) * 2, np.uint8)) > 0
    assert not shot().subject.skin[where].any()
    assert share(shot().subject.skin, wide) < 0.01


@pytest.mark.parametrize("name", ["left_cheek", "right_cheek", "forehead", "chin"])
@pytest.mark.parametrize("shot", [front, turned, reddened])
def test_skin_worth_measuring_counts(shot, name):
    assert share(shot().subject.skin, inside(shot(), name)) > 0.88


@pytest.mark.parametrize("name", ["left_cheek", "right_cheek"])
def test_red_skin_stays_skin(name):
    calm, red = (share(shot.subject.skin, inside(shot, name)) for shot in (turned(), reddened()))
    assert red == pytest.approx(calm, abs=0.02)


def test_the_neck_counts_and_the_shirt_does_not():
    assert share(front().subject.skin, inside(front(), "neck")) > 0.3
    frame, mask = front().subject.frame, front().subject.skin
    rows = np.arange(frame.shape[0]) + frame.top
    assert not mask[rows > 810].any()  # below the collar
    blue = replace(frame, linear=frame.linear.copy())
    blue.linear[rows > 700] *= np.array([0.5, 1.0, 1.0], np.float32)  # a cloth as bright as skin
    assert not skin_mask(blue, front().subject.face)[rows > 702].any()


@pytest.mark.parametrize("gain", [1.9, 0.25])
def test_glare_and_deep_shadow_on_a_cheek_do_not_count(gain):
    x, y = cheek_centre(front())
    frame = painted(front(), (x, y), 16, gain)
    mask = skin_mask(frame, front().subject.face)
    assert not mask[y - 8 : y + 9, x - 8 : x + 9].any()
    assert front().subject.skin[y - 8 : y + 9, x - 8 : x + 9].mean() > 0.9
    rows, columns = np.mgrid[: frame.shape[0], : frame.shape[1]]
    elsewhere = np.hypot(columns - x, rows - y) > 30
    same = mask == front().subject.skin
    assert same[elsewhere].mean() > 0.995


def test_light_from_one_side_keeps_the_dim_side():
    frame = front().subject.frame
    slope = np.geomspace(0.5, 2.0, frame.shape[1]).astype(np.float32)[None, :, None]
    mask = skin_mask(replace(frame, linear=np.clip(frame.linear * slope, 0, 1)), front().subject.face)
    for name in ("left_cheek", "right_cheek"):
        assert share(mask, inside(front(), name)) > 0.9


@pytest.mark.parametrize("shot", [front, near])
def test_clipped_pixels_never_count(shot):
    frame, face = shot().subject.frame, shot().subject.face
    y, x = np.argwhere(shot().subject.skin).mean(axis=0).round().astype(int) - (60, 60)
    clipped = frame.clipped.copy()
    clipped[y : y + 10, x : x + 5] = CLIPPED_SHARE + 1
    clipped[y : y + 10, x + 5 : x + 10] = CLIPPED_SHARE
    before = shot().subject.skin[y : y + 10, x : x + 10]
    mask = skin_mask(replace(frame, clipped=clipped), face)[y : y + 10, x : x + 10]
    assert before.all()
    assert not mask[:, :5].any()
    assert mask[:, 5:].all()


def test_a_close_up_counts_but_for_its_glare():
    assert near().subject.skin.mean() > 0.99
    mask = skin_mask(painted(near(), (200, 150), 9, 2.2), None)
    assert mask[145:156, 195:206].mean() < 0.05  # the dark of a pore may show through
    assert mask[:, 300:].mean() > 0.99


def test_a_photo_of_a_face_in_a_dark_room_still_has_skin():
    dim = linear_from_srgb(front().pixels) * np.float32(0.25)
    codes = np.round(255 * np.clip(1.055 * dim ** (1 / 2.4) - 0.055, 0, 1)).astype(np.uint8)
    photo = replace(front().photo, pixels=codes)
    mask = skin_mask(cut_frame(photo, front().subject.face), front().subject.face)
    assert share(mask, inside(front(), "right_cheek")) > 0.9
