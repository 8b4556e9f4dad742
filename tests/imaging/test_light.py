"""What the light did, told from untreated skin, against light whose change is known."""

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest

from skincompare.imaging.colour import linear_from_srgb, srgb_from_linear
from skincompare.imaging.light import (
    BETTER,
    GAIN_SD,
    MAX_DISAGREEMENT_EI,
    MIN_REFERENCE_MM,
    NO_LIGHT,
    Light,
    LightRung,
    weigh_references,
)
from skincompare.imaging.light_error import ERROR_WEIGHTS, ErrorParts
from skincompare.imaging.light_evidence import gather_light
from skincompare.imaging.pairing import PairedRegion, pair_region, pair_skin
from skincompare.imaging.references import (
    OTHER_REFERENCE_SD,
    SISTER_SD,
    SKIN_REFERENCES,
    Reference,
    ReferenceKind,
    measure_reference,
    tone_samples,
)
from skincompare.imaging.regions import FACE_REGIONS, face_regions, whole_skin
from skincompare.imaging.scale import given_scale
from skincompare.imaging.subject import Subject, prepare
from skincompare.measurement import Effect
from skincompare.synthetic.camera import CameraOptions, photograph
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


def paired(names: Sequence[str], after: Subject) -> list[PairedRegion]:
    before = front().subject
    alignment = known_alignment(before, after, np.eye(3))
    skin = pair_skin(before, after, alignment)
    regions = [r for r in face_regions(before.face, SIZE_PX) if r.name in names]
    return [pair_region(one, before, after, alignment, skin, SCALE) for one in regions]


def measured(name: str, after: Subject) -> Reference | None:
    (pair,) = paired([name], after)
    return measure_reference(pair, front().subject, after, SCALE.px_per_mm)


def told(after: Subject, names: Sequence[str] = UNTREATED, *, ask_bystanders: bool = False) -> Light:
    alignment = known_alignment(front().subject, after, np.eye(3))
    return gather_light(
        paired(names, after),
        front().subject,
        after,
        alignment,
        SCALE.px_per_mm,
        ask_bystanders=ask_bystanders,
    ).light()


def reference(u: float, *, name: str = "forehead", v: float = 0.0, sigma: float = 1.0, mm: float = 60.0):
    return Reference(name, u, v, sigma, sigma, mm)


def weighed(*shifts: float, sigma: float = 1.0):
    return weigh_references([reference(u, sigma=sigma) for u in shifts])


@pytest.mark.parametrize("name", [*UNTREATED, "left_cheek", "neck"])
def test_every_region_tells_the_same_white_balance(name):
    found = measured(name, warmer())
    assert found.u == pytest.approx(TRUE_U, abs=0.3)
    assert found.v == pytest.approx(TRUE_V, abs=0.4)
    assert found.sigma_u >= SKIN_REFERENCES[name]
    assert found.sigma_v >= SISTER_SD * SKIN_REFERENCES[name]
    assert found.name == name


def test_the_light_is_told_from_several_regions():
    light = weigh_references([measured(name, warmer()) for name in UNTREATED])
    assert light.shift.u == pytest.approx(TRUE_U, abs=0.3)
    assert light.shift.v == pytest.approx(TRUE_V, abs=0.3)
    assert light.rung is LightRung.SEVERAL_REGIONS
    assert tuple(one.name for one in light.references) == UNTREATED
    assert light.flags == ()
    assert light.disagreement < 0.5


def test_the_same_photo_shows_no_shift():
    found = measured("chin", front().subject)
    assert (found.u, found.v) == pytest.approx((0.0, 0.0), abs=1e-6)
    assert found.sigma_u == pytest.approx(SKIN_REFERENCES["chin"])


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
    assert set(SKIN_REFERENCES) <= {*FACE_REGIONS, "neck"}
    assert max(SKIN_REFERENCES.values()) < OTHER_REFERENCE_SD
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


def test_one_reference_is_its_own_rung():
    one = weighed(1.0, sigma=1.4)
    assert one.rung is LightRung.ONE_REGION
    assert one.shift.sigma_u == pytest.approx(1.4)
    assert one.disagreement == 0.0


def test_a_quantity_of_u_and_v_has_its_own_error():
    shift = weigh_references([Reference("forehead", 1.0, 2.0, 0.6, 0.8, 60.0)]).shift
    assert shift.sigma_of((1.0, 0.0)) == pytest.approx(0.6)
    assert shift.sigma_of((0.945, -0.569)) == pytest.approx(math.hypot(0.945 * 0.6, 0.569 * 0.8))
    shared = replace(shift, covariance=0.6 * 0.8)
    assert shared.sigma_of((1.0, -1.0)) == pytest.approx(0.2)


def test_the_error_of_a_change_is_made_of_its_parts():
    light = weighed(1.0, 1.2, 1.1)
    colour = np.array([0.4, 0.2, 0.15])
    parts = light.error_parts((1.0, 0.0), change=-5.0, repeat=0.9, sampling=0.3, colour=colour)
    assert (parts.repeat, parts.sampling, parts.light) == (0.9, 0.3, light.shift.sigma_u)
    assert parts.tone > 0
    assert parts.gain == pytest.approx(5.0 * GAIN_SD)
    sigma = light.sigma_of_change((1.0, 0.0), change=-5.0, repeat=0.9, sampling=0.3, colour=colour)
    weights = ERROR_WEIGHTS[LightRung.SEVERAL_REGIONS]
    assert sigma == pytest.approx(weights.sigma(parts))
    assert math.isnan(
        NO_LIGHT.sigma_of_change((1.0, 0.0), change=1.0, repeat=0.9, sampling=0.3, colour=colour)
    )
    alone = ErrorParts(1.0, 0.0, 0.0, 0.0, 0.0)
    assert weights.sigma(alone) == pytest.approx(weights.repeat)


def test_skin_like_the_references_shares_the_error_of_the_tone_curve():
    colour = (0.4, 0.2, 0.15)
    light = weigh_references([Reference("forehead", 0.0, 0.0, 1.0, 1.0, 60.0, colour=colour)])
    same, darker = (
        light.error_parts(
            (1.0, 0.0), change=0.0, repeat=0.9, sampling=0.3, colour=np.array(colour) * gain
        ).tone
        for gain in (1.0, 0.5)
    )
    assert same == pytest.approx(0.0, abs=1e-9)
    assert darker > 0.3


@pytest.mark.parametrize("bend", [-0.35, 0.35])
def test_the_tone_curve_of_the_after_photo_is_taken_off(bend):
    options = CameraOptions(tone_curve=bend, white_balance=GAINS, blur_px=0.0)
    bent = prepare(photo_of(photograph(linear_from_srgb(front().pixels), options)))
    light = told(bent)
    assert light.tone.bend == pytest.approx(-bend, abs=0.15)
    for name in ("left_cheek", "right_cheek"):
        (pair,) = paired([name], bent)
        straight = replace(bent, frame=replace(bent.frame, linear=light.tone.corrected(bent.frame.linear)))
        found = measure_reference(pair, front().subject, straight, SCALE.px_per_mm)
        assert found.u - light.shift.u == pytest.approx(0.0, abs=0.8)


def test_what_lies_beside_the_face_serves_where_all_of_it_was_treated():
    assert told(warmer(), ()).rung is LightRung.NOTHING
    light = told(warmer(), ("neck",), ask_bystanders=True)
    assert light.rung is LightRung.WHOLE_FACE
    assert light.shift.u == pytest.approx(TRUE_U, abs=1.0)
    assert {one.kind for one in light.references} == set(ReferenceKind)
    assert [flag.code for flag in light.flags] == ["whole_face"]
    assert BETTER[LightRung.WHOLE_FACE] in light.flags[0].advice
    assert told(warmer(), ("forehead", "neck"), ask_bystanders=True).rung is LightRung.SEVERAL_REGIONS


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


def test_a_large_region_gives_few_samples():
    """OpenCV looks up at most 32,766 places in a row: a whole close-up has more."""
    before = front().subject
    faceless = replace(before, face=None, skin=np.ones_like(before.skin))
    alignment = known_alignment(faceless, faceless, np.eye(3))
    skin = pair_skin(faceless, faceless, alignment)
    whole = pair_region(whole_skin(SIZE_PX), faceless, faceless, alignment, skin, SCALE)
    assert np.count_nonzero(whole.before.mask) > 1 << 15
    samples = tone_samples(whole, faceless, faceless, alignment)
    assert samples.before == pytest.approx(samples.after, rel=1e-3)
    assert samples.before.shape == (3, 3)
    assert (np.diff(samples.before[:, 1]) > 0).all()
