"""The portrait's truth: points, scale, redness and identity, as the picture shows them."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from skincompare.errors import OptionError
from skincompare.imaging.face import find_faces
from skincompare.synthetic.camera import CameraOptions
from skincompare.synthetic.face_paint import IRIS_DIAMETER_MM, UV_LEFT_MM, UV_TOP_MM
from skincompare.synthetic.head import draw_traits
from skincompare.synthetic.portrait import Head, PortraitOptions, Render, ViewOptions, grow_head, render
from skincompare.synthetic.portrait_skin import added_redness, mean_in_regions
from skincompare.synthetic.surface import Pose

SIZE_PX = (480, 600)
CLEAN = CameraOptions(blur_px=0.0, shot_noise=0.0, read_noise=0.0)
TURNED = Pose(yaw=12.0, pitch=-8.0, roll=15.0, smile=0.7, brow_raise=0.4)
REDNESS = {"left_cheek": 0.20, "chin": 0.15}


def options(**changes: object) -> PortraitOptions:
    base = PortraitOptions(px_per_mm=2.5, pore_density_per_cm2=4.0, spots=8, ita_degrees=40.0)
    return replace(base, **changes)  # a test's shorthand


def photo(head: Head, pose: Pose | None = None) -> Render:
    return render(head, ViewOptions(pose=pose or Pose(), size_px=SIZE_PX, camera=CLEAN))


@pytest.fixture(scope="module")
def head() -> Head:
    return grow_head(options())


@pytest.fixture(scope="module")
def front(head: Head) -> Render:
    return photo(head)


@pytest.fixture(scope="module")
def turned(head: Head) -> Render:
    return photo(head, TURNED)


def skin_points(count: int = 300) -> np.ndarray:
    return np.random.default_rng(4).uniform([-48.0, -60.0], [48.0, 108.0], (count, 2))


def erythema_index(pixels: np.ndarray) -> np.ndarray:
    coded = pixels.astype(np.float64) / 255.0
    linear = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    return 100.0 * np.log10(linear[..., 0] / linear[..., 1])


def median_in(values: np.ndarray, picture: Render, name: str) -> float:
    mask = np.zeros(values.shape, np.uint8)
    cv2.fillPoly(mask, [np.round(picture.region_outline(name)).astype(np.int32)], 1)
    return float(np.median(values[cv2.erode(mask, np.ones((9, 9), np.uint8)) > 0]))


def test_points_go_there_and_back(turned: Render) -> None:
    uv = skin_points()
    seen = turned.visible(uv)
    assert seen.mean() > 0.8
    xy = turned.uv_to_image(uv)
    again = turned.uv_to_image(turned.image_to_uv(xy))
    assert np.abs(again - xy)[seen].max() < 0.02
    assert np.abs(turned.image_to_uv(xy) - uv)[seen].max() < 0.005


def test_correspondence_between_two_pictures(front: Render, turned: Render) -> None:
    uv = skin_points()
    both = front.visible(uv) & turned.visible(uv)
    expected = turned.uv_to_image(uv)
    found = front.correspond(front.uv_to_image(uv), turned)
    assert np.abs(found - expected)[both].max() < 0.02


def test_background_has_no_skin(front: Render) -> None:
    assert np.isnan(front.image_to_uv(np.array([[2.0, 300.0]]))).all()


def test_a_painted_mark_lands_where_the_truth_says(head: Head, turned: Render) -> None:
    marks = np.array([[0.0, -45.0], [-36.0, 40.0], [38.0, 36.0], [2.0, 104.0]])
    albedo = head.paint.albedo.copy()
    resolution = head.paint.px_per_mm
    corner = np.array([UV_LEFT_MM, UV_TOP_MM])
    for mark in marks:
        x, y = (mark - corner) * resolution - 0.5
        rows, columns = np.ogrid[: albedo.shape[0], : albedo.shape[1]]
        albedo[..., 1] *= 1.0 - 0.5 * np.exp(-0.5 * ((rows - y) ** 2 + (columns - x) ** 2) / 2.5**2)
    marked = photo(replace(head, paint=replace(head.paint, albedo=albedo)), TURNED)
    change = turned.pixels[..., 1].astype(np.float64) - marked.pixels[..., 1]
    y, x = np.mgrid[: change.shape[0], : change.shape[1]]
    for expected in marked.uv_to_image(marks):
        near = change * (np.hypot(x - expected[0], y - expected[1]) < 9.0)
        centre = np.array([(near * x).sum(), (near * y).sum()]) / near.sum()
        assert np.hypot(*(centre - expected)) < 0.25


def test_scale_on_the_skin_is_what_a_small_step_shows(front: Render) -> None:
    middle = np.array([[0.0, -40.0]])
    step = np.array([[1.0, 0.0]])
    moved = np.linalg.norm(front.uv_to_image(middle + step) - front.uv_to_image(middle - step)) / 2.0
    assert front.px_per_mm_at(middle)[0] == pytest.approx(moved, rel=0.05)
    assert front.px_per_mm_at(np.array([[58.0, 10.0]]))[0] < 0.95 * front.px_per_mm_at(middle)[0]


def test_iris_in_the_picture_is_as_wide_as_stated(front: Render) -> None:
    centre = np.array(front.truth.iris_centres_mm["left"])
    offsets = np.linspace(-10.0, 10.0, 81)
    xy = front.uv_to_image(centre + np.stack([offsets, np.zeros_like(offsets)], axis=1))
    red = (front.pixels[..., 0] / np.float32(255.0)) ** np.float32(2.2)
    profile = cv2.remap(red, xy[:, :1].astype(np.float32), xy[:, 1:].astype(np.float32), cv2.INTER_LINEAR)[
        :, 0
    ]
    ring, white = profile[np.abs(offsets) < 6.0].min(), np.median(profile[(np.abs(offsets) > 6.8)])
    dark = offsets[(profile < 0.5 * (ring + white)) & (np.abs(offsets) < 8.0)]
    assert dark.max() - dark.min() == pytest.approx(IRIS_DIAMETER_MM, abs=0.9)


@pytest.mark.parametrize("pose", [Pose(), TURNED, Pose(yaw=-15.0, pitch=15.0, roll=-20.0)])
def test_the_face_mesh_finds_the_face(head: Head, pose: Pose) -> None:
    picture = photo(head, pose)
    faces = find_faces(picture.pixels)
    assert len(faces) == 1
    assert faces[0].presence > 0.99
    for name, index in (("right", 468), ("left", 473)):
        expected = picture.uv_to_image(np.array([picture.truth.iris_centres_mm[name]]))[0]
        assert np.hypot(*(faces[0].xy[index] - expected)) < 4.5
    mouth = faces[0].xy[[61, 291]]  # the patient's right and left corner of the mouth
    corners = picture.image_to_uv(mouth)
    assert corners[:, 0] == pytest.approx([-25.0, 25.0], abs=6.0)
    assert corners[:, 1] == pytest.approx([69.0, 69.0], abs=6.0)


def test_redness_shows_where_it_was_put_and_nowhere_else(head: Head, front: Render) -> None:
    red = photo(grow_head(options(redness=REDNESS)))
    change = erythema_index(red.pixels) - erythema_index(front.pixels)
    for name in REDNESS:
        expected = 72.0 * red.truth.added_hemoglobin[name]
        assert median_in(change, red, name) == pytest.approx(expected, rel=0.25)
    for name in ("forehead", "right_cheek", "neck"):
        assert abs(median_in(change, red, name)) < 0.15
        assert red.truth.added_hemoglobin[name] < 0.001


def test_stated_redness_is_close_to_the_asked() -> None:
    stated = mean_in_regions(added_redness(REDNESS, seed=3))
    assert stated["left_cheek"] == pytest.approx(0.20, rel=0.25)
    assert stated["right_cheek"] == 0.0


def test_an_unknown_region_is_refused() -> None:
    with pytest.raises(OptionError, match="left_cheek"):
        added_redness({"left_cheak": 0.1}, seed=0)


def test_the_same_person_on_another_day_keeps_shape_and_pores(head: Head) -> None:
    later = grow_head(options(redness={"nose": 0.2}, redness_seed=9))
    assert np.array_equal(later.height, head.height)
    assert np.array_equal(later.hair.points, head.hair.points)
    assert np.array_equal(later.skin_truth.pores.x_mm, head.skin_truth.pores.x_mm)


def test_another_head_seed_is_another_person(head: Head) -> None:
    traits = draw_traits(7, ita_degrees=40.0)
    assert traits != head.traits
    assert traits == draw_traits(7, ita_degrees=40.0)


def test_the_same_options_give_the_same_bytes(head: Head) -> None:
    view = ViewOptions(pose=TURNED, size_px=(240, 300))
    first, second = render(head, view).pixels, render(grow_head(options()), view).pixels
    assert np.array_equal(first, second)


def test_places_off_the_head_have_no_counterpart(front: Render, turned: Render) -> None:
    uv = np.array([[30.0, 20.0]])
    xy = np.vstack([[2.0, 300.0], front.uv_to_image(uv)[0]])
    found = front.correspond(xy, turned)
    assert np.isnan(found[0]).all()
    assert found[1] == pytest.approx(turned.uv_to_image(uv)[0], abs=0.05)
    nowhere = np.full((1, 2), np.nan)
    assert not front.visible(nowhere).any()
    assert np.isnan(front.px_per_mm_at(nowhere)).all()
