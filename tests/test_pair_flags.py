"""Circumstances of a pair: same photo, flags of its files, several faces, order, references that changed."""

from dataclasses import replace
from datetime import datetime

import pytest

from skincompare import pair_flags
from skincompare.imaging.mirroring import flipped
from skincompare.imaging.subject import Subject
from skincompare.measurement import Change, Effect, Flag, Measurement, Method
from skincompare.photo import CaptureTime
from tests.rendered import front, turned, with_face


def codes(before: Subject, after: Subject) -> list[str]:
    return [flag.code for flag in pair_flags.of_pair(before, after)]


def test_an_ordinary_pair_has_nothing_to_say():
    assert codes(front().subject, turned().subject) == []


def test_one_photo_given_twice():
    (flag,) = pair_flags.of_pair(front().subject, front().subject)
    assert (flag.code, flag.effect) == ("same_photo", Effect.NOTE)


def test_flags_of_a_photo_are_passed_on_with_its_name():
    flag = Flag("broken_profile", "The colour profile is damaged.", "Export again.", Effect.WIDER_ERROR)
    flagged = replace(turned().subject, photo=replace(turned().photo, flags=(flag,)))
    (passed,) = pair_flags.of_pair(front().subject, flagged)
    assert passed == replace(flag, reason="In the after photo: The colour profile is damaged.")
    (passed,) = pair_flags.of_pair(flagged, front().subject)
    assert passed.reason.startswith("In the before photo")


@pytest.mark.parametrize(("which", "other"), [("before", "after"), ("after", "before")])
def test_a_flipped_photo_says_whose_left_and_right_count(which, other):
    pair = {"before": front().subject, "after": turned().subject}
    pair[which] = replace(pair[which], photo=flipped(pair[which].photo))
    (flag,) = pair_flags.of_pair(pair["before"], pair["after"])
    assert (flag.code, flag.effect) == ("flipped", Effect.NOTE)
    assert f"The {which} photo was flipped" in flag.reason
    assert f"those of the {other} photo" in flag.reason


def test_several_faces_are_told():
    crowd = with_face(turned().subject, others=2)
    (flag,) = pair_flags.of_pair(front().subject, crowd)
    assert (flag.code, flag.effect) == ("several_faces", Effect.NOTE)
    assert "after photo shows 3 faces" in flag.reason


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
