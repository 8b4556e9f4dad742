"""What a comparison gives out: outlines, pictures, plain values for JSON."""

import json

import numpy as np
import pytest

from skincompare.comparison import SCHEMA_VERSION
from skincompare.errors import OptionError
from tests.compared import TREATED, calm, close_ups, healing, refused, twice
from tests.rendered import front, turned


@pytest.mark.parametrize("name", ["left_cheek", "forehead"])
def test_outlines_of_both_sides_are_the_same_skin(name):
    before, after = (calm().region_outline(name, side) for side in ("before", "after"))
    assert before.shape == after.shape
    truth = front().truth.correspond(before, turned().truth)
    assert np.nanmedian(np.linalg.norm(after - truth, axis=1)) < 1.0


def test_unknown_sides_and_regions_are_refused():
    found = healing()[0]
    with pytest.raises(OptionError, match=r"no side named 'left'.*after, before"):
        found.region_outline("chin", "left")
    with pytest.raises(OptionError, match=r"no region named 'chim'. Did you mean 'chin'"):
        found.region_outline("chim", "before")
    assert found.find("chin", "hair") is None
    assert found.find("arm", "redness") is None


def test_the_picture_of_the_change_is_red_where_the_cheeks_are():
    found = healing()[0]
    change = found.redness_map
    before, after = found.aligned_pair
    assert change.shape == before.shape[:2] == after.shape[:2]
    corner = np.array([found.before.frame.left, found.before.frame.top])
    for name, low, high in (("left_cheek", 8, 20), ("right_cheek", 8, 20), ("forehead", -1, 1)):
        x, y = np.round(found.region_outline(name, "before").mean(axis=0) - corner).astype(int)
        assert low < np.nanmedian(change[y - 10 : y + 11, x - 10 : x + 11]) < high


@pytest.mark.parametrize("comparison", [lambda: healing()[0], close_ups, twice, lambda: refused()[0]])
def test_the_dictionary_is_json(comparison):
    found = comparison()
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert plain["schema_version"] == SCHEMA_VERSION == 1
    assert plain["before"]["sha256"] == found.before.photo.sha256
    assert plain["after"]["width"] == found.after.photo.width
    assert plain["alignment"]["status"] == found.alignment.status.value
    assert len(plain["changes"]) == len(found.changes)
    assert len(plain["regions"]) == len(found.regions)


def test_the_dictionary_holds_the_numbers():
    found = healing()[0]
    plain = found.to_dict()
    change = next(c for c in plain["changes"] if (c["region"], c["metric"]) == ("left_cheek", "redness"))
    assert change["change"] == found.find("left_cheek", "redness").change
    assert change["verdict"] == "increased"
    assert plain["light"]["rung"] == "several untreated regions"
    assert plain["treated"] == list(TREATED)
    assert plain["before"]["px_per_mm"] == found.scales[0].px_per_mm
    assert plain["before"]["face_found"] is True
    assert plain["before"]["flipped"] is plain["after"]["flipped"] is False
    assert plain["alignment"]["points"] == 0
    assert plain["alignment"]["error_mm"] == pytest.approx(
        found.alignment.error_px / found.scales[0].px_per_mm
    )


def test_the_dictionary_holds_the_error_of_each_region():
    found = healing()[0]
    for region, plain in zip(found.regions, found.to_dict()["regions"], strict=True):
        stated = found.alignment.sigma_field[_box_of(region)][region.before.mask]
        assert plain["name"] == region.name
        assert plain["error_px"] == pytest.approx(float(np.median(stated)) / found.before.frame.factor)
        assert plain["error_mm"] == pytest.approx(plain["error_px"] / found.scales[0].px_per_mm)


def _box_of(region):
    height, width = region.before.mask.shape
    top, left = region.before.top, region.before.left
    return np.s_[top : top + height, left : left + width]


def test_photos_that_do_not_belong_together_have_no_changes():
    found, _ = refused()
    assert found.changes == ()
    assert found.regions == ()
    assert "face_against_close_up" in [flag.code for flag in found.flags]
    assert found.redness_map is None
    before, after = found.aligned_pair
    assert before.shape[:2] == found.before.frame.shape
    assert after.shape[:2] == found.after.frame.shape
    assert found.to_dict()["alignment"]["error_px"] is None
    with pytest.raises(OptionError, match="Known: none"):
        found.region_outline("forehead", "before")
