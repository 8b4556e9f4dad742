"""Circumstances of a pair: same photo, several faces, turned heads, other sharpness, other expressions."""

import math
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

from skincompare import pair_flags
from skincompare.imaging.face import Face
from skincompare.imaging.mirroring import flipped
from skincompare.imaging.subject import Subject
from skincompare.measurement import Change, Effect, Flag, Measurement, Method
from skincompare.photo import CaptureTime
from tests.rendered import front, front_to_turned, near, reddened, turned

MOUTH_CORNERS = (61, 291)


def codes(before: Subject, after: Subject) -> list[str]:
    return [flag.code for flag in pair_flags.of_pair(before, after, front_to_turned())]


def with_face(subject: Subject, *, yaw: float = 0.0, mouth: float = 1.0, others: int = 0) -> Subject:
    """Return the subject with its mesh turned by `yaw` degrees more and the mouth made wider."""
    points = subject.face.points.copy()
    angle = math.radians(yaw)
    middle = points.mean(axis=0)
    turn = np.array(
        [[math.cos(angle), 0, -math.sin(angle)], [0, 1, 0], [math.sin(angle), 0, math.cos(angle)]]
    )
    points = (points - middle) @ turn.T + middle
    corners = points[list(MOUTH_CORNERS)]
    points[list(MOUTH_CORNERS)] = corners.mean(axis=0) + mouth * (corners - corners.mean(axis=0))
    return replace(subject, face=Face(points, 1.0, others))


def test_an_ordinary_pair_has_nothing_to_say():
    assert codes(front().subject, turned().subject) == []


def test_one_photo_given_twice():
    (flag,) = pair_flags.of_pair(front().subject, front().subject, front_to_turned())
    assert (flag.code, flag.effect) == ("same_photo", Effect.NOTE)


def test_flags_of_a_photo_are_passed_on_with_its_name():
    flag = Flag("broken_profile", "The colour profile is damaged.", "Export again.", Effect.WIDER_ERROR)
    flagged = replace(turned().subject, photo=replace(turned().photo, flags=(flag,)))
    (passed,) = pair_flags.of_pair(front().subject, flagged, front_to_turned())
    assert passed == replace(flag, reason="In the after photo: The colour profile is damaged.")
    (passed,) = pair_flags.of_pair(flagged, front().subject, front_to_turned())
    assert passed.reason.startswith("In the before photo")


@pytest.mark.parametrize(("which", "other"), [("before", "after"), ("after", "before")])
def test_a_flipped_photo_says_whose_left_and_right_count(which, other):
    pair = {"before": front().subject, "after": turned().subject}
    pair[which] = replace(pair[which], photo=flipped(pair[which].photo))
    (flag,) = pair_flags.of_pair(pair["before"], pair["after"], front_to_turned())
    assert (flag.code, flag.effect) == ("flipped", Effect.NOTE)
    assert f"The {which} photo was flipped" in flag.reason
    assert f"those of the {other} photo" in flag.reason


def test_several_faces_are_told():
    crowd = with_face(turned().subject, others=2)
    (flag,) = pair_flags.of_pair(front().subject, crowd, front_to_turned())
    assert (flag.code, flag.effect) == ("several_faces", Effect.NOTE)
    assert "after photo shows 3 faces" in flag.reason


@pytest.mark.parametrize(("yaw", "side"), [(9.0, "left"), (-9.0, "right")])
def test_a_turned_head_warns_and_says_to_which_side(yaw, side):
    (flag,) = pair_flags.of_pair(front().subject, with_face(front_like(), yaw=yaw), front_to_turned())
    assert (flag.code, flag.effect) == ("turned", Effect.WIDER_ERROR)
    assert f"about 9 degrees further to the {side}" in flag.reason


def front_like() -> Subject:
    """Return the front face in another photo."""
    return replace(front().subject, photo=turned().photo)


@pytest.mark.parametrize("yaw", [4.5, -4.5])
def test_a_slight_turn_is_let_pass(yaw):
    assert codes(front().subject, with_face(front_like(), yaw=yaw)) == []


def test_the_turn_of_a_refused_pair_or_a_close_up_is_not_told():
    refused = replace(front_to_turned(), status="refused")
    assert pair_flags.of_pair(front().subject, with_face(front_like(), yaw=20.0), refused) == ()
    assert codes(near().subject, with_face(front_like(), yaw=20.0)) == []


@pytest.mark.parametrize(
    ("ratio", "softer"), [(-0.41, "after"), (-0.39, None), (0.0, None), (0.29, None), (0.31, "before")]
)
def test_other_sharpness_forbids_texture(ratio, softer):
    flags = pair_flags.of_texture(replace(front_to_turned(), detail_ratio=ratio))
    if softer is None:
        assert flags == ()
    else:
        (flag,) = flags
        assert (flag.code, flag.effect) == ("sharpness_differs", Effect.NOT_MEASURABLE)
        assert f"The {softer} photo is much softer" in flag.reason


@pytest.mark.parametrize(
    ("region", "effect"),
    [
        ("left_nasolabial", Effect.NOT_MEASURABLE),
        ("upper_lip", Effect.NOT_MEASURABLE),
        ("right_cheek", Effect.WIDER_ERROR),
        ("left_crows_feet", Effect.WIDER_ERROR),
    ],
)
@pytest.mark.parametrize("mouth", [1.2, 0.8])
def test_another_expression_bears_on_skin_that_moves(region, effect, mouth):
    smiling = with_face(front().subject, mouth=mouth)
    (flag,) = pair_flags.of_expression(front().subject, smiling, region)
    assert (flag.code, flag.effect) == ("expression", effect)


def test_skin_that_does_not_move_and_close_ups_know_no_expression():
    smiling = with_face(front().subject, mouth=1.2)
    for region in ("forehead", "nose", "neck", "left_temple", "scar_1"):
        assert pair_flags.of_expression(front().subject, smiling, region) == ()
    assert pair_flags.of_expression(near().subject, smiling, "chin") == ()
    assert pair_flags.of_expression(smiling, near().subject, "chin") == ()


def test_the_same_expression_at_another_visit_is_no_other_expression():
    for shot in (turned(), reddened()):
        assert pair_flags.of_expression(front().subject, shot.subject, "left_nasolabial") == ()


def taken(subject: Subject, hour: int, source: str = "exif") -> Subject:
    """Return the subject with a capture time on one day."""
    moment = CaptureTime(datetime(2026, 3, 3, hour), 60, source)
    return replace(subject, photo=replace(subject.photo, captured=moment))


def test_photos_in_the_wrong_order_are_told():
    assert "photos_swapped" in codes(taken(front().subject, 12), taken(turned().subject, 9))
    assert codes(taken(front().subject, 9), taken(turned().subject, 12)) == []


def test_the_order_of_file_times_says_nothing():
    assert codes(taken(front().subject, 12), taken(turned().subject, 9, "file")) == []


def redness_change(region: str, size: float) -> Change:
    before, after = (
        Measurement("redness", region, value, 1.0, "EI", 100, (), Method("redness", 1), "0" * 64)
        for value in (20.0, 20.0 + size)
    )
    return Change.between(before, after, sigma=1.0, mdc95=1.9)


def test_untreated_skin_that_changed_is_told():
    changes = [redness_change("nose", 4.3), redness_change("chin", 1.0), redness_change("left_cheek", 8.0)]
    (flag,) = pair_flags.of_references(changes, ("nose", "chin"))
    assert flag.code == "reference_changed"
    assert "nose" in flag.reason
    assert "+4.3 EI" in flag.reason
