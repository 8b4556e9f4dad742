"""How obliquely two photos see a region: known maps, then heads turned by known angles."""

import math
from functools import cache

import numpy as np
import numpy.typing as npt
import pytest

from skincompare.imaging.align import align
from skincompare.imaging.face import Face
from skincompare.imaging.pairing import PairedRegion, pair_region, pair_skin
from skincompare.imaging.regions import face_regions
from skincompare.imaging.slant import MIN_POINTS, head_motion, slant_of
from skincompare.synthetic.camera import CameraOptions
from skincompare.synthetic.portrait import Render, ViewOptions, render
from skincompare.synthetic.surface import Pose
from tests.rendered import SIZE_PX, Shot, front, head, shot_of, turned

FloatArray = npt.NDArray[np.float64]


def places(count: int = 400) -> FloatArray:
    return np.random.default_rng(0).uniform(0, 100, (count, 2))


def turn(degrees: float) -> FloatArray:
    angle = math.radians(degrees)
    return np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])


@pytest.mark.parametrize("degrees", [0.0, 30.0, -75.0])
@pytest.mark.parametrize("squeeze", [1.0, 0.8, 0.4])
def test_a_squeeze_is_read_in_any_direction_and_at_any_size(degrees: float, squeeze: float) -> None:
    here = places()
    motion = 1.7 * turn(20.0) @ turn(degrees) @ np.diag([squeeze, 1.0]) @ turn(-degrees)
    found = slant_of(here, here @ motion.T + (5.0, -9.0), np.full(len(here), 0.2), 1.7)
    assert found.squeeze == pytest.approx(squeeze)
    assert found.area == pytest.approx(squeeze)


def test_what_is_stretched_was_seen_more_obliquely_before() -> None:
    here = places()
    found = slant_of(here, here * (1.25, 1.0), np.ones(len(here)), 1.0)
    assert found.squeeze == pytest.approx(0.8)
    assert found.area == pytest.approx(1.25)


def test_places_with_a_large_stated_error_weigh_little() -> None:
    here = places()
    there, sigma = here.copy(), np.full(len(here), 0.2)
    lost = here[:, 1] > 80
    there[lost] += (0.0, 30.0)
    sigma[lost] = 20.0
    assert slant_of(here, there, np.full(len(here), 0.2), 1.0).squeeze < 0.8
    assert slant_of(here, there, sigma, 1.0).squeeze > 0.97


def test_exact_places_and_too_few() -> None:
    here = places()
    assert slant_of(here, here, np.zeros(len(here)), 1.0).squeeze == pytest.approx(1.0)
    few = here[: MIN_POINTS - 1]
    assert math.isnan(slant_of(few, few, np.ones(len(few)), 1.0).squeeze)


def test_close_ups_have_no_motion_of_the_head() -> None:
    face = Face(np.zeros((478, 3)), 1.0)
    assert head_motion(None, face) is None
    assert head_motion(face, None) is None


# Rendered heads


@cache
def view(yaw: float, pitch: float) -> Shot[Render]:
    pose = Pose(yaw=yaw, pitch=pitch, face_share=0.62)
    return shot_of(render(head(), ViewOptions(pose=pose, size_px=SIZE_PX, camera=CameraOptions(seed=2))))


@cache
def regions_of(yaw: float, pitch: float) -> dict[str, PairedRegion]:
    """Return the regions of the front view, paired with a view of the same skin."""
    before, after = front(), turned() if (yaw, pitch) == (4.0, -3.0) else view(yaw, pitch)
    alignment = align(before.subject, after.subject)
    assert before.subject.face is not None
    skin = pair_skin(before.subject, after.subject, alignment)
    return {
        one.name: pair_region(one, before.subject, after.subject, alignment, skin, before.subject.scale)
        for one in face_regions(before.subject.face, SIZE_PX)
    }


def flagged(pairs: dict[str, PairedRegion], code: str) -> dict[str, str]:
    return {
        name: f"{flag.reason} {flag.advice}"
        for name, pair in pairs.items()
        for flag in pair.flags
        if flag.code == code
    }


def test_a_repeat_within_a_few_degrees_is_not_foreshortened() -> None:
    for code in ("foreshortened", "misplaced"):
        assert flagged(regions_of(4.0, -3.0), code) == {}


def test_a_turned_head_shows_the_averted_cheek_more_obliquely() -> None:
    told = flagged(regions_of(15.0, 0.0), "foreshortened")
    assert "forehead" not in told
    assert "neck" not in told
    assert "The after photo sees the left cheek more obliquely" in told["left_cheek"]
    assert "further to the person's right" in told["left_cheek"]


def test_the_turn_and_the_nod_of_a_rendered_head_are_read() -> None:
    front_face = front().subject.face
    turned_head = head_motion(front_face, view(15.0, 0.0).subject.face)
    nodding = head_motion(front_face, view(0.0, -10.0).subject.face)
    assert turned_head is not None
    assert nodding is not None
    assert turned_head.turn_degrees == pytest.approx(15.0, abs=2.0)
    assert abs(turned_head.nod_degrees) < 4.0
    assert nodding.nod_degrees == pytest.approx(10.0, abs=2.0)
    assert abs(nodding.turn_degrees) < 2.0


@pytest.mark.parametrize("name", ["left_cheek", "right_cheek", "forehead", "left_nasolabial"])
def test_the_squeeze_of_a_turned_head_is_near_the_truth(name: str) -> None:
    pair = regions_of(15.0, 0.0)[name]
    rows, columns = np.nonzero(pair.before.mask)
    frame = front().subject.frame
    pixels = np.column_stack([columns + pair.before.left, rows + pair.before.top])[::7]
    here = frame.to_photo(pixels.astype(np.float64))
    there = front().truth.correspond(here, view(15.0, 0.0).truth)
    known = np.isfinite(there).all(axis=1)
    truth = slant_of(here[known], there[known], np.ones(int(known.sum())), 1.0).squeeze
    alignment = align(front().subject, view(15.0, 0.0).subject)
    mapped = alignment.map_points(here)
    stated = alignment.sigma_field[pixels[:, 1], pixels[:, 0]]
    assert slant_of(here, mapped, stated, 1.0).squeeze == pytest.approx(truth, abs=0.1)
