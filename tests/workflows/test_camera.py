"""The guide of the camera: it looks at the baseline once, answers frames, and a taken photo is stored honestly."""

from datetime import timedelta
from pathlib import Path

import pytest

from skincompare.errors import PhotoError
from skincompare.records import TimeSource, View
from skincompare.workflows.camera import Guide, baseline_for, guide_for, store_capture
from skincompare.workflows.importing import ImportPlan, ImportStatus, import_photos
from tests.store.clinic import TREATED_AT
from tests.workflows.conftest import picture

FACE = Path(__file__).parents[2] / "sample_images" / "patient_a" / "before.jpg"


def test_the_baseline_itself_needs_no_change_and_is_looked_at_once():
    asked = []

    def load():
        asked.append(1)
        return FACE.read_bytes()

    guide = Guide(load)
    assert guide.hints(FACE.read_bytes()) == []
    outline = guide.outline()
    assert len(outline["lines"]) == 4
    width, height = outline["width"], outline["height"]
    for line in outline["lines"]:
        assert all(0 <= x < width and 0 <= y < height for x, y in line)
    assert len(asked) == 1


def test_a_frame_without_a_face_is_told_and_one_that_is_no_picture_refused(tmp_path):
    guide = Guide(FACE.read_bytes)
    assert guide.hints(picture(tmp_path / "a.jpg", 150).read_bytes()) == ["no_face"]
    with pytest.raises(PhotoError):
        guide.hints(b"\xff\xd8\xff no picture")


@pytest.mark.parametrize("load", [None, lambda: None, lambda: b"no picture"])
def test_without_a_baseline_there_is_no_outline(load, tmp_path):
    guide = Guide(load)
    assert guide.outline() == {"width": 0, "height": 0, "lines": []}
    assert guide.hints(FACE.read_bytes()) == []


def test_the_guide_knows_the_baseline_of_its_view(store, treated, tmp_path):
    before, after = (picture(tmp_path / f"{n}.jpg", 50 + n, day=n) for n in (-1, 2))
    close = picture(tmp_path / "close.jpg", 90, day=-1)
    list(import_photos(store, ImportPlan(*treated), [before, after]))
    list(import_photos(store, ImportPlan(*treated, View.CLOSE_UP, "Left  cheek"), [close]))
    found = baseline_for(store, treated[1], View.FRONT)
    assert found is not None
    assert found.file_name == "-1.jpg"
    assert baseline_for(store, treated[1], View.LEFT_PROFILE) is None
    assert baseline_for(store, treated[1], View.CLOSE_UP, "left cheek").file_name == "close.jpg"
    guide = guide_for(store, found, View.FRONT)
    assert guide.hints(before.read_bytes()) == []  # neither shows a face


def test_a_taken_photo_has_the_time_of_the_clock(store, treated, tmp_path):
    at = TREATED_AT + timedelta(days=3)
    data = picture(tmp_path / "a.jpg", 50).read_bytes()
    result = store_capture(store, ImportPlan(*treated), data, "camera.jpg", at)
    assert result.status is ImportStatus.STORED
    assert (result.photo.captured, result.photo.captured_source) == (at, TimeSource.CLOCK)
    assert store.photos.read(result.photo) == data
    again = store_capture(store, ImportPlan(*treated), data, "camera.jpg", at)
    assert again.status is ImportStatus.ALREADY_THERE
    refused = store_capture(store, ImportPlan(*treated), b"\xff\xd8\xff", "camera.jpg", at)
    assert refused.photo is None
