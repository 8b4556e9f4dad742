"""Comparisons of photos that a person helped: flipped, with regions drawn and points marked."""

import json
import sys
from dataclasses import replace

import numpy as np
import pytest

from skincompare.compare import compare, compare_subjects
from skincompare.errors import OptionError, PointPairsError
from skincompare.imaging.alignment import Alignment
from skincompare.imaging.mirroring import flipped, is_flipped
from skincompare.imaging.points import PointPairs
from skincompare.imaging.regions import Region
from skincompare.imaging.subject import Subject, prepare
from skincompare.photo import Photo
from skincompare.synthetic.portrait import Render
from tests.compared import RED, calm
from tests.rendered import (
    SIZE_PX,
    Shot,
    front,
    front_to_turned,
    photo_of,
    turned,
)


def mirror_image(shot: Shot[Render]) -> Photo:
    return photo_of(shot.pixels[:, ::-1])


@pytest.mark.parametrize("flip", ["before", "after"])
def test_a_mirrored_photo_that_is_flipped_is_compared_as_if_it_never_was(flip):
    photos = {"before": front().photo, "after": turned().photo}
    photos[flip] = mirror_image(front() if flip == "before" else turned())
    found = compare(photos["before"], photos["after"], flip=flip, treated="left_cheek, right cheek", only=RED)
    assert [c.change for c in found.changes] == [c.change for c in calm().changes]
    assert found.to_dict()[flip]["flipped"] is True
    assert found.to_dict()[flip]["sha256"] == photos[flip].sha256
    assert [flag.code for flag in found.flags] == ["flipped"]
    assert not is_flipped(photos[flip])


def test_a_photo_to_flip_is_before_or_after():
    with pytest.raises(OptionError, match=r"no photo to flip named 'both'.*Known: after, before"):
        compare(front().photo, turned().photo, flip="both")


def test_drawn_regions_are_places_in_the_photo_as_it_is_stored():
    corners = np.array([[260.0, 180.0], [430.0, 180.0], [430.0, 240.0], [260.0, 240.0]])
    drawn = Region("patch", corners)
    mirrored = Region("patch", np.column_stack([SIZE_PX[0] - 1 - corners[:, 0], corners[:, 1]]))
    flipped_before = prepare(flipped(mirror_image(front())))
    plain = compare_subjects(front().subject, turned().subject, regions=[drawn], only=())
    found = compare_subjects(flipped_before, turned().subject, regions=[mirrored], only=())
    both = [one.region_outline("patch", "before") for one in (plain, found)]
    assert np.array_equal(*both)


class Marks:
    """Stands in for the alignment and keeps the points that it was given."""

    def __init__(self) -> None:
        self.given: list[PointPairs | None] = []

    def __call__(
        self, before: Subject, after: Subject, points: PointPairs | None = None, *, same_person: bool = False
    ) -> Alignment:
        self.given.append(points)
        return front_to_turned()


@pytest.fixture
def marks(monkeypatch):
    made = Marks()
    monkeypatch.setattr(sys.modules["skincompare.aligned"], "align", made)
    return made


BEFORE_MARKS = np.array([[300.0, 400.0], [420.0, 410.0], [350.0, 600.0]])


def test_marked_points_reach_the_alignment(marks, tmp_path):
    after_marks = BEFORE_MARKS + np.array([12.0, -7.0])
    path = tmp_path / "pairs.json"
    pairs = [{"before": list(b), "after": list(a)} for b, a in zip(BEFORE_MARKS, after_marks, strict=True)]
    path.write_text(json.dumps({"schema_version": 1, "pairs": pairs}))
    for source in (path, str(path), PointPairs(BEFORE_MARKS, after_marks)):
        compare_subjects(front().subject, turned().subject, points=source, only=())
        assert np.array_equal(marks.given[-1].before, BEFORE_MARKS)
        assert np.array_equal(marks.given[-1].after, after_marks)
    compare_subjects(front().subject, turned().subject, only=())
    assert marks.given[-1] is None


def test_marked_points_are_places_in_the_photos_as_they_are_stored(marks):
    after_marks = BEFORE_MARKS + np.array([12.0, -7.0])
    mirrored = replace(turned().subject, photo=flipped(turned().photo))
    compare_subjects(front().subject, mirrored, points=PointPairs(BEFORE_MARKS, after_marks), only=())
    assert np.array_equal(marks.given[-1].before, BEFORE_MARKS)
    assert np.array_equal(marks.given[-1].after[:, 0], SIZE_PX[0] - 1 - after_marks[:, 0])
    assert np.array_equal(marks.given[-1].after[:, 1], after_marks[:, 1])


def test_points_that_cannot_be_used_are_told(marks, tmp_path):
    with pytest.raises(PointPairsError, match="cannot be read"):
        compare_subjects(front().subject, turned().subject, points=tmp_path / "none.json")
    with pytest.raises(PointPairsError, match="outside the after photo of 700 x 880"):
        compare_subjects(front().subject, turned().subject, points=PointPairs(BEFORE_MARKS, BEFORE_MARKS * 2))
    assert marks.given == []
