"""Named regions on the right skin, and drawn regions read or refused with a sentence."""

import json

import numpy as np
import pytest

from skincompare.errors import RegionFileError
from skincompare.imaging.face import Face
from skincompare.imaging.regions import FACE_REGIONS, Region, face_regions, load_regions, whole_skin
from skincompare.synthetic.portrait_skin import REGION_OUTLINES_MM
from tests.rendered import SIZE_PX, front, turned

SHAPE = 'expected {"regions"'
SQUARE = [[10, 10], [60, 10], [60, 50], [10, 50]]


def regions_of(shot) -> dict[str, Region]:
    return {region.name: region for region in face_regions(shot.subject.face, SIZE_PX)}


def centre(outline: np.ndarray) -> np.ndarray:
    return (outline.min(axis=0) + outline.max(axis=0)) / 2


def test_every_named_region_is_found_in_order():
    assert tuple(regions_of(front())) == (*FACE_REGIONS, "neck")
    assert set(REGION_OUTLINES_MM) == {*FACE_REGIONS, "neck"}
    assert regions_of(front())["left_crows_feet"].label == "left crow's feet"


@pytest.mark.parametrize("shot", [front, turned])
def test_left_is_the_patients_own(shot):
    regions = regions_of(shot())
    for name, left in regions.items():
        if name.startswith("left_"):
            right = regions[name.replace("left_", "right_")]
            assert left.outline[:, 0].min() > right.outline[:, 0].max()


@pytest.mark.parametrize("name", sorted(REGION_OUTLINES_MM))
@pytest.mark.parametrize("shot", [front, turned])
def test_regions_lie_on_the_skin_of_their_name(shot, name):
    region = regions_of(shot())[name]
    truth = shot().truth.region_outline(name)
    miss = np.abs(centre(region.outline) - centre(truth)) / shot().subject.face.interocular_px
    assert miss.max() < 0.13


def test_the_neck_hangs_below_the_chin_and_turns_with_the_head():
    regions = regions_of(front())
    assert regions["neck"].outline[:, 1].min() > regions["chin"].outline[:, 1].max()
    points = front().subject.face.points.copy()
    points[:, :2] = np.column_stack([-points[:, 1] + 900, points[:, 0]])  # a quarter turn clockwise
    turned_face = Face(points, 1.0)
    neck = {region.name: region for region in face_regions(turned_face, (2000, 2000))}["neck"]
    expected = np.column_stack([-regions["neck"].outline[:, 1] + 900, regions["neck"].outline[:, 0]])
    assert neck.outline == pytest.approx(np.clip(expected, 0, 1999), abs=1e-6)


def test_what_lies_outside_the_picture_is_left_out_and_the_rest_is_cut():
    face = front().subject.face
    chin = FACE_REGIONS["chin"]
    height = int(np.sort(face.xy[list(chin), 1])[-3])  # two points of the chin fall below the picture
    regions = {region.name: region for region in face_regions(face, (SIZE_PX[0], height))}
    assert "neck" not in regions
    assert regions["chin"].outline[:, 1].max() == height - 1
    assert "forehead" in regions


def test_whole_skin_is_the_whole_picture():
    region = whole_skin((640, 480))
    assert region.name == "whole_skin"
    assert region.outline.min(axis=0).tolist() == [0, 0]
    assert region.outline.max(axis=0).tolist() == [639, 479]


def write(folder, content) -> str:
    path = folder / "regions.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return str(path)


def named(name="scar", polygon=SQUARE) -> dict:
    return {"regions": [{"name": name, "polygon": polygon}]}


def test_drawn_regions_are_read_in_order_and_cut_to_the_picture(tmp_path):
    content = {
        "regions": [
            {"name": "  Scar  One ", "polygon": SQUARE},
            {"name": "edge", "polygon": [[80, -20], [140, -20], [140, 30], [80, 30]]},
        ]
    }
    first, second = load_regions(write(tmp_path, content), (100, 90))
    assert (first.name, second.name) == ("scar_one", "edge")
    assert first.outline.tolist() == SQUARE
    assert second.outline.tolist() == [[80, 0], [99, 0], [99, 30], [80, 30]]


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ("{broken", ["is not JSON", SHAPE]),
        ([1, 2], ["names no regions", SHAPE]),
        ({"areas": []}, ["names no regions", SHAPE]),
        ({"regions": []}, ["names no regions", SHAPE]),
        ({"regions": {"name": "a"}}, ["names no regions", SHAPE]),
        ({"regions": [[1, 2]]}, ["has no name", SHAPE]),
        ({"regions": [{"polygon": SQUARE}]}, ["has no name", SHAPE]),
        (named(name="  "), ["has no name", SHAPE]),
        (named(name=7), ["has no name", SHAPE]),
        (named(polygon="abc"), ["'scar'", "not a list of points", SHAPE]),
        (named(polygon=[[1, 2], [3]]), ["'scar'", "not a list of points", SHAPE]),
        (named(polygon=None), ["'scar'", "at least three points"]),
        (named(polygon=SQUARE[:2]), ["'scar'", "at least three points"]),
        (named(polygon=[[1, 2, 3]] * 4), ["'scar'", "at least three points"]),
        (named(polygon=[[10, 10], [60, 10], [float("nan"), 50]]), ["'scar'", "at least three points"]),
        (
            named(polygon=[[10, 10], [16, 10], [16, 50]]),
            ["'scar'", "less than 8 pixels", "100 x 90", "draw it"],
        ),
        (named(polygon=[[500, 500], [600, 500], [600, 700]]), ["less than 8 pixels", "draw it"]),
        (
            {"regions": [{"name": "Scar 1", "polygon": SQUARE}, {"name": "scar_1", "polygon": SQUARE}]},
            ["names a region twice", "own name"],
        ),
    ],
)
def test_a_bad_file_is_refused_with_what_to_do(tmp_path, content, parts):
    path = write(tmp_path, content)
    with pytest.raises(RegionFileError) as refusal:
        load_regions(path, (100, 90))
    for part in [*parts, path]:
        assert part in str(refusal.value)


def test_a_missing_file_and_bytes_that_are_no_text_are_refused(tmp_path):
    with pytest.raises(RegionFileError, match=r"cannot be read: No such file"):
        load_regions(tmp_path / "none.json", (100, 90))
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe\x00\xd8")
    with pytest.raises(RegionFileError, match="is not JSON"):
        load_regions(tmp_path / "bytes.json", (100, 90))
