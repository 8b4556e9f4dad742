"""The whole comparison against redness that was put into a rendered face."""

import io
import json
import math
import sys
from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image

from skincompare.compare import compare, compare_subjects
from skincompare.errors import OptionError, PhotoError, RegionFileError
from skincompare.imaging.light import LightRung
from skincompare.imaging.pairing import pair_region
from skincompare.imaging.references import SKIN_REFERENCES
from skincompare.imaging.region_flags import MISPLACED
from skincompare.imaging.regions import FACE_REGIONS, Region, face_regions
from skincompare.measurement import Effect, Flag, Verdict
from skincompare.metrics.registry import metrics, quantities
from skincompare.photo import Photo
from tests.compared import RED, TREATED, calm, close_ups, healing, refused, twice
from tests.rendered import (
    CLOSE_UP_PX_PER_MM,
    SIZE_PX,
    added_density,
    front,
    head,
    near,
    nearer,
    photo_of,
    reddened,
    turned,
)

EI_PER_DENSITY = 72.0
SMALL_SKIN = np.s_[40:320, 60:420]
"""A piece of the close-up, where the pictures need not be large."""


def small_photo(blur_px: float = 0.0) -> Photo:
    """Return a small close-up, blurred or not."""
    pixels = near().pixels[SMALL_SKIN]
    return photo_of(cv2.GaussianBlur(pixels, (0, 0), blur_px) if blur_px else pixels)


def added_ei(region: str) -> float:
    """Return the redness that was added to the skin inside a region's outline, EI."""
    outline = next(r.outline for r in face_regions(front().subject.face, SIZE_PX) if r.name == region)
    low, high = outline.min(axis=0), outline.max(axis=0)
    xy = np.random.default_rng(0).uniform(low, high, (4000, 2))
    inside = [_inside(outline, point) for point in xy]
    return EI_PER_DENSITY * float(added_density(front(), head(reddened=True), xy[inside]).mean())


def _inside(outline: np.ndarray, point: np.ndarray) -> bool:
    """Return whether a point lies in a polygon, by the angles under which it sees the corners."""
    arms = outline - point
    ahead = np.roll(arms, -1, axis=0)
    cross = arms[:, 0] * ahead[:, 1] - arms[:, 1] * ahead[:, 0]
    return abs(np.arctan2(cross, (arms * ahead).sum(axis=1)).sum()) > math.pi


@pytest.mark.parametrize("region", TREATED)
def test_redness_that_was_added_is_read_within_its_interval(region):
    change = healing()[0].find(region, "redness")
    truth = added_ei(region)
    assert truth > 10
    low, high = change.interval
    assert low < truth < high
    assert change.change == pytest.approx(truth, abs=2.0)
    assert change.verdict is Verdict.INCREASED


@pytest.mark.parametrize("region", ["forehead", "nose", "chin", "glabella", "left_temple", "neck"])
@pytest.mark.parametrize("comparison", [lambda: healing()[0], calm])
def test_untreated_skin_reads_no_change(comparison, region):
    change = comparison().find(region, "redness")
    assert change.verdict is Verdict.NO_DETECTABLE_CHANGE
    low, high = change.interval
    assert low < 0 < high
    assert abs(change.change) < 1.0


@pytest.mark.parametrize("region", TREATED)
def test_calm_cheeks_at_another_visit_read_no_change(region):
    change = calm().find(region, "redness")
    assert change.verdict is Verdict.NO_DETECTABLE_CHANGE
    assert abs(change.change) < 1.0


def test_the_untreated_regions_tell_the_light():
    found = healing()[0]
    assert found.treated == TREATED
    assert set(found.reference) <= set(SKIN_REFERENCES) - set(TREATED)
    assert {"forehead", "nose", "chin"} <= set(found.reference)
    assert found.light.rung is LightRung.SEVERAL_REGIONS
    # The second visit's lamp is (1.06, 1, 0.94).
    assert found.light.shift.u == pytest.approx(100 * math.log10(1.06), abs=1.0)
    assert found.light.shift.v == pytest.approx(-100 * math.log10(0.94), abs=1.0)


def test_every_quantity_of_every_region_has_a_change():
    found = healing()[0]
    pairs = [(change.region, change.metric) for change in found.changes]
    assert pairs == [(region.name, name) for region in found.regions for name in quantities()]
    assert [region.name for region in found.regions] == [*FACE_REGIONS, "neck"]
    for change in found.changes:
        assert change.before.photo_sha256 == front().photo.sha256
        assert change.after.photo_sha256 == reddened().photo.sha256


def test_a_face_compared_with_itself_has_not_changed():
    found = twice()
    measured = [change for change in found.changes if change.verdict is not Verdict.NOT_MEASURABLE]
    assert {change.metric for change in measured} >= {"redness"}
    assert len([change for change in measured if change.metric == "redness"]) > 12
    for change in measured:
        assert change.change == pytest.approx(0.0, abs=1e-6)
        assert change.verdict is Verdict.NO_DETECTABLE_CHANGE
    assert [flag.code for flag in found.flags] == ["same_photo"]


def test_a_region_of_a_face_where_none_is_found_says_so():
    with pytest.raises(OptionError, match="No face was found") as refusal:
        compare(small_photo(), small_photo(), treated="left_cheek", only=RED)
    assert "close-up" in str(refusal.value)


def test_a_close_up_compared_with_itself_has_not_changed_its_texture():
    found = compare(small_photo(), small_photo(), px_per_mm=CLOSE_UP_PX_PER_MM)
    texture = [c for c in found.changes if c.metric in ("roughness", "pore_density")]
    assert len(texture) == 2
    for change in texture:
        assert change.region == "whole_skin"
        assert change.verdict is Verdict.NO_DETECTABLE_CHANGE
        assert change.change == 0.0
        assert change.before.value > 0


def test_without_a_reference_redness_is_not_measurable_and_says_what_to_do():
    found = compare_subjects(front().subject, turned().subject, only=RED)
    assert len(found.changes) == 3 * len(found.regions)
    for change in found.changes:
        assert change.verdict is Verdict.NOT_MEASURABLE
        assert math.isnan(change.change)
        assert any(flag.code == "no_reference" and "not treated" in flag.advice for flag in change.flags)
    assert found.light.rung is LightRung.NOTHING
    assert found.redness_map is None


def test_a_named_reference_is_the_only_one_and_does_not_vouch_for_itself():
    found = compare_subjects(front().subject, turned().subject, reference="Forehead", only=RED)
    assert found.reference == ("forehead",)
    assert found.light.rung is LightRung.ONE_REGION
    assert found.find("chin", "redness").verdict is Verdict.NO_DETECTABLE_CHANGE
    own = found.find("forehead", "redness")
    assert own.verdict is Verdict.NOT_MEASURABLE
    assert "own_reference" in [flag.code for flag in own.flags]
    several = calm().find("chin", "redness").sigma
    assert found.find("chin", "redness").sigma > several


def test_without_a_scale_close_ups_have_no_millimetres():
    found = compare(small_photo(), small_photo(), only=("pores",))
    assert found.scales[0].source == "unknown"
    for change in found.changes:
        assert change.verdict is Verdict.NOT_MEASURABLE
        assert "unknown_scale" in [flag.code for flag in change.flags]


def test_the_scale_of_the_before_photo_serves_the_after_photo():
    before, after = close_ups().scales
    assert before.px_per_mm == pytest.approx(CLOSE_UP_PX_PER_MM)
    assert after.px_per_mm == pytest.approx(1.3 * CLOSE_UP_PX_PER_MM, rel=0.01)


def test_the_whole_picture_is_the_region_of_a_close_up():
    assert [region.name for region in close_ups().regions] == ["whole_skin"]


@pytest.mark.parametrize("kind", ["bytes", "path", "text"])
def test_photos_come_as_bytes_and_paths(tmp_path, kind):
    stream = io.BytesIO()
    Image.fromarray(small_photo().pixels).save(stream, "PNG")
    path = tmp_path / "skin.png"
    path.write_bytes(stream.getvalue())
    source = {"bytes": stream.getvalue(), "path": path, "text": str(path)}[kind]
    found = compare(source, small_photo(), only=())
    assert np.array_equal(found.before.photo.pixels, small_photo().pixels)
    assert found.changes == ()
    assert found.alignment.is_aligned


def test_a_broken_photo_is_an_error():
    with pytest.raises(PhotoError):
        compare(b"no picture", small_photo())


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        (
            {"treated": "left_cheak"},
            ["no region named 'left_cheak'", "Did you mean 'left_cheek'", "forehead"],
        ),
        ({"reference": ("forehead", "arm")}, ["no region named 'arm'", "Known:", "neck"]),
        ({"only": ["rednes"]}, ["no metric named 'rednes'", "Did you mean 'redness'", *metrics()]),
        ({"treated": TREATED, "reference": "chin, left cheek"}, ["'left_cheek'", "both treated", "once"]),
    ],
)
def test_wrong_names_are_refused_with_the_known_ones(options, parts):
    with pytest.raises(OptionError) as refusal:
        compare_subjects(front().subject, turned().subject, **options)
    for part in parts:
        assert part in str(refusal.value)


@pytest.mark.parametrize("word", ["cheeks", "Cheeks", ["cheeks"]])
def test_one_word_names_both_cheeks(word):
    found = compare_subjects(front().subject, turned().subject, treated=word, only=RED)
    assert found.treated == ("right_cheek", "left_cheek") or found.treated == ("left_cheek", "right_cheek")


def test_where_the_whole_face_was_treated_what_lies_beside_it_tells_the_light():
    found = compare_subjects(front().subject, front().subject, treated="face", only=RED)
    assert set(FACE_REGIONS) == set(found.treated)
    assert found.light.rung is LightRung.WHOLE_FACE
    assert "whole_face" in [flag.code for flag in found.light.flags]
    cheek = found.find("left_cheek", "redness")
    assert cheek.verdict is Verdict.NO_DETECTABLE_CHANGE
    assert cheek.sigma > twice().find("left_cheek", "redness").sigma


def test_the_after_picture_is_offered_in_the_light_of_the_before_picture():
    before, after = calm().aligned_pair
    matched, _ = calm().matched_after
    counted = calm().skin.before
    plain, better = (np.abs(one.astype(float) - before)[counted].mean() for one in (after, matched))
    assert better < plain
    assert compare_subjects(front().subject, turned().subject, only=RED).matched_after is None


def test_only_the_metrics_that_were_asked_for_run():
    assert {change.metric for change in calm().changes} == {"redness", "hemoglobin", "red_area"}
    found = compare_subjects(front().subject, turned().subject, treated=TREATED, only=["pores", "redness"])
    names = {q.name for name in ("pores", "redness") for q in metrics()[name].quantities}
    assert {change.metric for change in found.changes} == names


def test_drawn_regions_from_a_file(tmp_path):
    path = tmp_path / "regions.json"
    square = [[150, 120], [350, 120], [350, 300], [150, 300]]
    other = [[380, 120], [530, 120], [530, 300], [380, 300]]
    drawn = [{"name": "Scar", "polygon": square}, {"name": "beside", "polygon": other}]
    path.write_text(json.dumps({"regions": drawn}))
    found = compare_subjects(near().subject, nearer().subject, regions=path, treated="scar", only=RED)
    assert [region.name for region in found.regions] == ["scar", "beside"]
    assert found.reference == ("beside",)  # drawn and untreated
    outline = found.region_outline("scar", "after")
    truth = nearer().truth.to_pixels(near().truth.to_mm(found.region_outline("scar", "before")))
    assert np.median(np.linalg.norm(outline - truth, axis=1)) < 0.3
    assert abs(found.find("scar", "redness").change) < 1.5
    path.write_text("{}")
    with pytest.raises(RegionFileError, match="names no regions"):
        compare_subjects(near().subject, nearer().subject, regions=path)


def test_regions_given_as_outlines():
    square = Region("patch", np.array([[260.0, 180.0], [430.0, 180.0], [430.0, 240.0], [260.0, 240.0]]))
    found = compare_subjects(front().subject, turned().subject, regions=[square], only=RED)
    assert {change.region for change in found.changes} == {"patch"}


@pytest.mark.parametrize("named", ["neck", "forehead"])
def test_a_change_has_one_reason_why_its_light_is_unknown(named, monkeypatch):
    """Untreated skin that was named but cannot be used is not called unnamed, nor the only reference missing."""
    if named == "neck":
        monkeypatch.setattr("skincompare.imaging.light_evidence.measure_reference", lambda *_: None)
    found = compare_subjects(front().subject, turned().subject, reference=named, only=RED)
    change = found.find(named, "redness")
    assert change.verdict is Verdict.NOT_MEASURABLE
    (why,) = [flag for flag in change.flags if flag.code in ("no_reference", "own_reference")]
    assert ("only untreated region" if named == "forehead" else "that were named as untreated") in why.reason
    assert why in change.after.flags


def test_where_nothing_beside_a_treated_face_can_be_seen_it_is_said(monkeypatch):
    monkeypatch.setattr("skincompare.imaging.light_evidence.measure_bystanders", lambda *_: ())
    found = compare_subjects(front().subject, turned().subject, treated=("face", "neck"), only=RED)
    assert found.light.rung is LightRung.NOTHING
    (why,) = found.light.flags
    assert "beside it" in why.reason
    assert "inner arm" in why.advice
    assert {c.verdict for c in found.changes} == {Verdict.NOT_MEASURABLE}


def test_a_region_that_may_be_elsewhere_tells_no_light(monkeypatch):
    lost = Flag(MISPLACED, "Somewhere else.", "Again.", Effect.NOT_MEASURABLE)

    def pair(region, *rest):
        made = pair_region(region, *rest)
        return replace(made, flags=(lost,)) if region.name == "nose" else made

    monkeypatch.setattr(sys.modules["skincompare.aligned"], "pair_region", pair)
    found = compare_subjects(front().subject, turned().subject, treated=TREATED, only=RED)
    assert "nose" not in found.reference
    assert "forehead" in found.reference


def test_progress_rises_to_the_end():
    _, told = healing()
    shares = [share for _, share in told]
    assert shares[0] == 0.0
    assert shares[-1] == 1.0
    assert shares == sorted(shares)
    assert len(told) > 15
    assert all(step for step, _ in told)


def test_progress_rises_to_the_end_of_a_refusal_too():
    assert refused()[1][-1][1] == 1.0


def test_the_same_photos_give_the_same_numbers():
    again = compare_subjects(front().subject, turned().subject, treated=TREATED, only=RED)
    assert [c.to_dict() for c in again.changes] == [c.to_dict() for c in calm().changes]


def test_a_softer_photo_forbids_texture_and_not_colour():
    found = compare(small_photo(), small_photo(blur_px=2.5), px_per_mm=CLOSE_UP_PX_PER_MM)
    assert "sharpness_differs" in [flag.code for flag in found.flags]
    for change in found.changes:
        hit = "sharpness_differs" in [flag.code for flag in change.flags]
        assert hit == (quantities()[change.metric].min_px_per_mm > 0)
