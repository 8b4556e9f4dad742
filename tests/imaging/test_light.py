"""What the light did, told from untreated skin, against light whose change is known."""

import math
from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest

from skincompare.imaging.colour import linear_from_srgb, srgb_from_linear
from skincompare.imaging.light import (
    MAX_DISAGREEMENT_EI,
    MIN_REFERENCE_MM,
    NO_LIGHT,
    ONE_FLOOR,
    OTHER_REFERENCE_SD,
    REFERENCE_SD,
    SEVERAL_FLOOR,
    LightRung,
    Reference,
    measure_reference,
    weigh_references,
)
from skincompare.imaging.pairing import pair_region, pair_skin
from skincompare.imaging.regions import FACE_REGIONS, face_regions
from skincompare.imaging.scale import given_scale
from skincompare.imaging.subject import Subject, prepare
from skincompare.measurement import Effect
from tests.rendered import SIZE_PX, front, known_alignment, photo_of, relit

GAINS = (1.10, 1.0, 0.92)
TRUE_U, TRUE_V = 100 * math.log10(1.10), 100 * math.log10(1 / 0.92)
SCALE = given_scale(3.0)
UNTREATED = ("forehead", "nose", "chin", "left_temple", "right_temple")


@cache
def warmer() -> Subject:
    """Return the front photo under warmer light."""
    return prepare(photo_of(relit(front().pixels, GAINS)))


@cache
def warmer_and_reddened() -> Subject:
    """Return the same with the forehead reddened by 15 EI."""
    linear = linear_from_srgb(relit(front().pixels, GAINS))
    outline = next(r.outline for r in face_regions(front().subject.face, SIZE_PX) if r.name == "forehead")
    inside = np.zeros(linear.shape[:2], np.uint8)
    cv2.fillPoly(inside, [np.round(outline).astype(np.int32)], 1)
    linear[inside > 0] *= np.array([1.0, 10**-0.15, 10**-0.15], np.float32)
    return prepare(photo_of(srgb_from_linear(linear)))


def measured(name: str, after: Subject, before: Subject | None = None) -> Reference | None:
    before = before or front().subject
    alignment = known_alignment(before, after, np.eye(3))
    skin = pair_skin(before, after, alignment)
    region = next(r for r in face_regions(before.face, SIZE_PX) if r.name == name)
    pair = pair_region(region, before, after, alignment, skin, SCALE)
    return measure_reference(pair, before, after, SCALE.px_per_mm)


def reference(u: float, *, name: str = "forehead", v: float = 0.0, sigma: float = 1.0, mm: float = 60.0):
    return Reference(name, u, v, sigma, sigma, mm)


def weighed(*shifts: float, sigma: float = 1.0):
    return weigh_references([reference(u, sigma=sigma) for u in shifts])


@pytest.mark.parametrize("name", [*UNTREATED, "left_cheek", "neck"])
def test_every_region_tells_the_same_white_balance(name):
    found = measured(name, warmer())
    assert found.u == pytest.approx(TRUE_U, abs=0.3)
    assert found.v == pytest.approx(TRUE_V, abs=0.4)
    assert found.sigma_u >= REFERENCE_SD[name]
    assert found.name == name


def test_the_light_is_told_from_several_regions():
    light = weigh_references([measured(name, warmer()) for name in UNTREATED])
    assert light.shift.u == pytest.approx(TRUE_U, abs=0.3)
    assert light.shift.v == pytest.approx(TRUE_V, abs=0.3)
    assert light.rung is LightRung.SEVERAL_REGIONS
    assert light.references == UNTREATED
    assert light.flags == ()
    assert light.disagreement < 0.5


def test_the_same_photo_shows_no_shift():
    found = measured("chin", front().subject)
    assert (found.u, found.v) == pytest.approx((0.0, 0.0), abs=1e-6)
    assert found.sigma_u == pytest.approx(REFERENCE_SD["chin"])


def test_one_region_that_turned_red_is_weighed_down():
    references = [measured(name, warmer_and_reddened()) for name in UNTREATED]
    assert references[0].u == pytest.approx(TRUE_U + 15.0, abs=1.0)
    light = weigh_references(references)
    plain_mean = np.average([r.u for r in references], weights=[r.sigma_u**-2 for r in references])
    assert abs(light.shift.u - TRUE_U) < 0.5 * abs(plain_mean - TRUE_U)
    assert abs(light.shift.u - TRUE_U) < 1.96 * light.shift.sigma_u
    assert light.disagreement == pytest.approx(15.0, abs=1.0)
    assert [flag.code for flag in light.flags] == ["references_disagree"]
    assert light.flags[0].effect is Effect.NOT_MEASURABLE


def test_a_region_covers_too_little_to_be_a_reference():
    bald = replace(front().subject, skin=np.zeros_like(front().subject.skin))
    assert measured("forehead", bald) is None


def test_width_is_told_in_millimetres():
    outline = next(r.outline for r in face_regions(front().subject.face, SIZE_PX) if r.name == "nose")
    assert measured("nose", warmer()).width_mm == pytest.approx(np.ptp(outline, axis=0).max() / 3.0, rel=0.02)


def test_regions_that_move_with_a_smile_vary_more_than_those_that_do_not():
    assert set(REFERENCE_SD) <= {*FACE_REGIONS, "neck"}
    assert max(REFERENCE_SD.values()) < OTHER_REFERENCE_SD
    assert measured("upper_lip", warmer()).sigma_u >= OTHER_REFERENCE_SD


def test_the_mean_of_equal_references_in_closed_form():
    light = weighed(2.0, 4.0, 3.0, sigma=2.4)
    assert light.shift.u == pytest.approx(3.0)
    assert light.shift.sigma_u == pytest.approx(2.4 / math.sqrt(3))
    assert light.disagreement == pytest.approx(2.0)


def test_a_surer_reference_counts_more():
    light = weigh_references([reference(0.0, sigma=1.0), reference(1.0, sigma=2.0)])
    assert light.shift.u == pytest.approx(0.2)


def test_references_that_disagree_widen_the_error():
    assert weighed(0.0, 0.0, 7.0, 7.0).shift.sigma_u > 2 * weighed(3.4, 3.5, 3.5, 3.6).shift.sigma_u


def test_the_error_never_falls_below_what_was_measured_for_the_rung():
    many = weighed(*[1.0] * 9, sigma=0.5)
    assert (many.shift.sigma_u, many.shift.sigma_v) == (SEVERAL_FLOOR, SEVERAL_FLOOR)
    one = weighed(1.0, sigma=0.5)
    assert (one.shift.sigma_u, one.shift.sigma_v) == (ONE_FLOOR, ONE_FLOOR)
    assert one.rung is LightRung.ONE_REGION
    assert one.disagreement == 0.0
    assert weighed(1.0, sigma=3.0).shift.sigma_u == pytest.approx(3.0)


@pytest.mark.parametrize(("gap", "codes"), [(7.9, []), (8.1, ["references_disagree"])])
def test_the_limit_of_disagreement(gap, codes):
    assert MAX_DISAGREEMENT_EI == 8.0
    assert [flag.code for flag in weighed(0.0, gap).flags] == codes


@pytest.mark.parametrize(("mm", "codes"), [(19.0, ["small_reference"]), (21.0, []), (math.nan, [])])
def test_a_single_small_reference_warns(mm, codes):
    assert MIN_REFERENCE_MM == 20.0
    light = weigh_references([reference(1.0, mm=mm)])
    assert [flag.code for flag in light.flags] == codes
    assert weigh_references([reference(1.0, mm=5.0), reference(1.0, mm=5.0)]).flags == ()


def test_without_references_nothing_is_known():
    assert weigh_references([]) is NO_LIGHT
    assert NO_LIGHT.rung is LightRung.NOTHING
    shift = NO_LIGHT.shift
    assert all(map(math.isnan, (shift.u, shift.v, shift.sigma_u, shift.sigma_v)))
    (flag,) = NO_LIGHT.flags
    assert flag.effect is Effect.NOT_MEASURABLE
    assert "not treated" in flag.advice
    plain = NO_LIGHT.to_dict()
    assert (plain["shift_ei"], plain["sigma_ei"], plain["disagreement_ei"]) == (None, None, None)


def test_plain_values_for_json():
    plain = weighed(2.0, 4.0, sigma=2.0).to_dict()
    assert plain["rung"] == "several untreated regions"
    assert plain["shift_ei"] == pytest.approx(3.0)
    assert plain["sigma_ei"] == pytest.approx(math.sqrt(2.0))
    assert plain["references"] == ["forehead", "forehead"]
