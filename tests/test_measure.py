"""A single photo: its numbers against the truth and against those of a pair, what is withheld, and what is marked."""

import json
import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy.spatial import cKDTree

from skincompare.errors import OptionError
from skincompare.imaging.regions import Region
from skincompare.measure import Measured, measure, measure_subject
from skincompare.measurement import WIDENING, Effect, worst_effect
from skincompare.metrics.registry import metrics, quantities
from skincompare.report.measured_words import level_words, measured_notes, measured_rows
from skincompare.report.reasons import grouped_withheld, measured_cautions
from tests.compared import twice
from tests.rendered import CLOSE_UP_PX_PER_MM, front, near, photo_of, reddened, relit

LEVELS = ("redness", "hemoglobin", "melanin")
FOUND_WITHIN_MM = 0.15
WHITE_BALANCE_EI = 6.0


@cache
def close_up() -> Measured:
    return measure(near().photo, px_per_mm=CLOSE_UP_PX_PER_MM)


@cache
def face() -> Measured:
    return measure_subject(reddened().subject, treated="cheeks")


def value(measured: Measured, region: str, quantity: str) -> float:
    found = measured.find(region, quantity)
    assert found is not None
    return found.value


def test_every_quantity_of_every_region_is_there_with_a_value_or_a_reason() -> None:
    for measured in (close_up(), face()):
        there = [(one.region, one.metric) for one in measured.measurements]
        assert there == [(region.name, name) for region in measured.regions for name in q_names()]
        for one in measured.measurements:
            is_withheld = worst_effect(one.flags) is Effect.NOT_MEASURABLE
            assert math.isnan(one.value) == is_withheld
            assert math.isnan(one.value) == math.isnan(one.sigma)
            assert not (is_withheld and (one.marks or one.map))


def q_names() -> list[str]:
    return [quantity.name for spec in metrics().values() for quantity in spec.quantities]


def test_pores_are_marked_where_the_truth_has_them() -> None:
    found = close_up().find("whole_skin", "pore_density")
    assert found is not None
    marks = np.array([mark.points[0] for mark in found.marks])
    assert len(marks) > 20
    truth = near().truth
    places = truth.truth.centres_mm("pores")
    distance, _ = cKDTree(places).query(truth.to_mm(marks))
    assert np.mean(distance < FOUND_WITHIN_MM) > 0.85
    nobody, _ = cKDTree(places).query(truth.to_mm(marks) + 0.5)
    assert np.mean(nobody < FOUND_WITHIN_MM) < 0.5  # the places carry it, not their number


def test_a_level_of_colour_says_that_it_carries_the_white_balance() -> None:
    for name in LEVELS:
        found = face().find("left_cheek", name)
        assert found is not None
        assert [flag.effect for flag in found.flags if flag.code == "absolute_colour"] == [Effect.NOTE]
    redness = face().find("left_cheek", "redness")
    assert redness is not None
    assert redness.sigma >= WHITE_BALANCE_EI
    texture = face().find("left_cheek", "roughness")
    assert texture is not None
    assert all(flag.code != "absolute_colour" for flag in texture.flags)


def test_a_level_that_hangs_on_the_exposure_is_withheld() -> None:
    for measured in (close_up(), face()):
        found = measured.find(measured.regions[0].name, "ita")
        assert found is not None
        assert math.isnan(found.value)
        assert "unknown_exposure" in {flag.code for flag in found.flags}


@pytest.mark.parametrize("gain", [0.6, 1.25])
def test_other_levels_do_not_hang_on_the_exposure(gain: float) -> None:
    darker = photo_of(relit(near().pixels, (gain, gain, gain)))
    again = measure(darker, px_per_mm=CLOSE_UP_PX_PER_MM, only=("redness", "pigmentation"))
    for name in LEVELS:
        found = again.find("whole_skin", name)
        assert found is not None
        assert abs(found.value - value(close_up(), "whole_skin", name)) < found.sigma / 4


def test_a_wrong_white_balance_is_within_the_stated_error() -> None:
    warm = measure(
        photo_of(relit(near().pixels, (1.1, 1.0, 0.92))), px_per_mm=CLOSE_UP_PX_PER_MM, only="redness"
    )
    shift = value(warm, "whole_skin", "redness") - value(close_up(), "whole_skin", "redness")
    found = warm.find("whole_skin", "redness")
    assert found is not None
    assert 3.0 < shift < found.sigma


def test_the_level_is_that_of_the_before_photo_of_a_pair() -> None:
    alone = measure_subject(front().subject, only=("redness",))
    for change in twice().changes:
        if change.metric == "redness":
            assert value(alone, change.region, "redness") == pytest.approx(change.before.value, abs=0.3)


def test_red_area_needs_untreated_skin_and_follows_the_truth() -> None:
    unlit = measure_subject(reddened().subject, only=("redness",)).find("left_cheek", "red_area")
    assert unlit is not None
    assert math.isnan(unlit.value)
    (flag,) = [one for one in unlit.flags if one.effect is Effect.NOT_MEASURABLE]
    assert flag.code == "no_reference"
    assert "two photos" not in flag.reason
    calm = measure_subject(front().subject, treated="cheeks", only=("redness",))
    assert value(face(), "left_cheek", "red_area") > 95
    assert value(face(), "left_cheek", "red_area") > value(calm, "left_cheek", "red_area") + 10


def test_the_only_untreated_region_has_no_red_area_of_its_own() -> None:
    measured = measure_subject(front().subject, reference="forehead", only=("redness",))
    own = measured.find("forehead", "red_area")
    assert own is not None
    assert [one.code for one in own.flags if one.effect is Effect.NOT_MEASURABLE] == ["own_reference"]
    assert not math.isnan(value(measured, "chin", "red_area"))
    assert measured.reference == ("forehead",)


def test_untreated_skin_that_cannot_be_used_is_told() -> None:
    subject = front().subject
    blind = replace(subject, skin=np.zeros_like(subject.skin))
    measured = measure_subject(blind, reference="forehead", only=("redness",))
    assert measured.reference == ()
    assert all(math.isnan(one.value) for one in measured.measurements)
    assert "covered" in {group.code for group in grouped_withheld(measured.measurements)}


def test_a_flag_of_the_region_widens_the_error() -> None:
    subject = near().subject
    half = subject.skin.copy()
    half[:, : int(0.6 * half.shape[1])] = False
    few = measure_subject(replace(subject, skin=half), only=("redness",))
    found, whole = few.find("whole_skin", "redness"), close_up().find("whole_skin", "redness")
    assert found is not None
    assert whole is not None
    assert "covered" in {flag.code for flag in found.flags}
    assert found.sigma == pytest.approx(WIDENING * whole.sigma, rel=0.05)
    (caution,) = measured_cautions(few.measurements)
    assert caution.code == "covered"


def test_a_drawn_region_and_a_chosen_metric() -> None:
    outline = np.array([[100.0, 80.0], [300.0, 80.0], [300.0, 260.0], [100.0, 260.0]])
    measured = measure_subject(near().subject, regions=[Region("scar_1", outline)], only="redness")
    assert {one.region for one in measured.measurements} == {"scar_1"}
    assert {one.metric for one in measured.measurements} == {"redness", "hemoglobin", "red_area"}


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"reference": "elbow"}, "elbow"),
        ({"only": "beauty"}, "beauty"),
        ({"reference": "whole_skin", "treated": "whole_skin"}, "both"),
    ],
)
def test_a_wrong_call_is_told(options: dict[str, str], word: str) -> None:
    with pytest.raises(OptionError, match=word):
        measure_subject(near().subject, **options)


def test_the_same_photo_gives_the_same_json_without_nan() -> None:
    told = json.dumps(close_up().to_dict(), allow_nan=False)
    again = measure(near().photo, px_per_mm=CLOSE_UP_PX_PER_MM)
    assert json.dumps(again.to_dict(), allow_nan=False) == told
    content = json.loads(told)
    assert content["schema_version"] == 1
    assert content["photo"]["px_per_mm"] == CLOSE_UP_PX_PER_MM
    assert "verdict" not in told


def test_rows_and_notes_say_each_thing_once() -> None:
    rows = measured_rows(close_up())
    assert len(rows) == sum(not math.isnan(one.value) for one in close_up().measurements)
    assert all(row[0] == "Whole skin" and " ± " in row[2] for row in rows)
    assert not any(row[2].endswith(("± 0", "± 0.0", "± 0.00")) for row in rows)
    (note,) = measured_notes(close_up())
    assert "white balance" in note
    assert level_words(close_up()) == "no untreated skin named"
    assert "forehead" in level_words(face())
    assert quantities()["redness"].label in note or "redness" in note


def test_progress_ends_with_all() -> None:
    told: list[tuple[str, float]] = []
    measure(
        near().photo,
        px_per_mm=CLOSE_UP_PX_PER_MM,
        only="redness",
        progress=lambda step, share: told.append((step, share)),
    )
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert told[-1] == ("done", 1.0)
