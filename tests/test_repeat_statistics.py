"""Within-subject SD and agreement against simulated truth and a published table."""

import itertools
import math

import numpy as np
import pytest

from skincompare.errors import OptionError
from skincompare.repeat_statistics import PairDifference, agreement, photo_values, within_subject
from skincompare.repeatability import RepeatEntry

SHROUT_FLEISS = ((9, 2, 5, 8), (6, 1, 3, 2), (8, 4, 6, 8), (7, 1, 2, 6), (10, 5, 6, 9), (6, 2, 4, 7))
"""Table 2 of Shrout and Fleiss 1979: six targets by four judges."""


def visit(
    rng: np.random.Generator, photos: int, sd: float, comparing_sd: float = 0.0
) -> list[PairDifference]:
    """Return all pairs of photos of skin whose value is 20; a comparison may add an error of its own."""
    values = 20 + sd * rng.standard_normal(photos)
    return [
        PairDifference(i, j, values[i], values[j] + comparing_sd * rng.standard_normal())
        for i, j in itertools.combinations(range(photos), 2)
    ]


@pytest.mark.parametrize("photos", [2, 3, 5])
def test_a_known_sd_is_recovered_whichever_photo_is_the_baseline(photos: int) -> None:
    rng = np.random.default_rng(photos)
    found = [within_subject(visit(rng, photos, 1.5)) for _ in range(4000)]
    assert math.sqrt(np.mean([sd**2 for sd, _ in found])) == pytest.approx(1.5, rel=0.04)
    assert {df for _, df in found} == {photos - 1}


def test_all_pairs_are_the_variance_within_the_visit() -> None:
    pairs = visit(np.random.default_rng(1), 6, 2.0)
    values = [pairs[0].before, *(pair.after for pair in pairs[:5])]
    assert within_subject(pairs)[0] == pytest.approx(np.std(values, ddof=1))


def test_half_of_what_a_comparison_adds_counts_as_in_a_change() -> None:
    rng = np.random.default_rng(3)
    found = [within_subject(visit(rng, 4, 1.0, 2.0))[0] ** 2 for _ in range(4000)]
    assert np.mean(found) == pytest.approx(1.0**2 + 2.0**2 / 2, rel=0.04)


@pytest.mark.parametrize("photos", [3, 6])
def test_the_limits_hold_the_true_sd_as_often_as_they_say(photos: int) -> None:
    rng = np.random.default_rng(photos)
    inside = 0
    for _ in range(2000):
        sd, df = within_subject(visit(rng, photos, 1.5))
        low, high = RepeatEntry("redness", "nose", "EI", 1, sd, df).sd_limits
        inside += low <= 1.5 <= high
    assert inside / 2000 == pytest.approx(0.95, abs=0.015)


def test_pairs_that_were_not_measured_are_passed_over() -> None:
    pairs = visit(np.random.default_rng(2), 4, 1.0)
    lost = [
        PairDifference(p.first, p.second, math.nan, math.nan) if 3 in (p.first, p.second) else p
        for p in pairs
    ]
    assert within_subject(lost) == within_subject([p for p in pairs if 3 not in (p.first, p.second)])
    assert within_subject(lost)[1] == 2
    assert within_subject([lost[2]]) == (pytest.approx(math.nan, nan_ok=True), 0)


def test_two_groups_of_photos_have_fewer_degrees() -> None:
    apart = [PairDifference(0, 1, 1.0, 2.0), PairDifference(2, 3, 1.0, 1.5)]
    assert within_subject(apart)[1] == 2
    assert np.isnan(photo_values(apart, 4)).all()


def test_values_of_photos_are_found_from_differences() -> None:
    pairs = visit(np.random.default_rng(5), 4, 1.0)
    true = np.array([pairs[0].before, *(pair.after for pair in pairs[:3])])
    assert photo_values(pairs, 4) == pytest.approx(true)
    assert photo_values(pairs[:3], 4) - true == pytest.approx(
        np.full(4, (photo_values(pairs[:3], 4) - true)[0])
    )


def test_agreement_is_that_of_the_published_table() -> None:
    found = agreement("redness", SHROUT_FLEISS)
    assert found.icc == pytest.approx(0.29, abs=0.005)
    # The limits that R's psych package prints for ICC2 of this table.
    assert found.low == pytest.approx(0.019, abs=0.002)
    assert found.high == pytest.approx(0.76, abs=0.005)
    assert (found.n_regions, found.n_photos) == (6, 4)


def test_agreement_of_simulated_regions_is_the_share_of_their_variance() -> None:
    rng = np.random.default_rng(0)
    table = 3 * rng.standard_normal((4000, 1)) + 1.0 * rng.standard_normal((4000, 3))
    assert agreement("redness", table).icc == pytest.approx(9 / 10, abs=0.01)
    shifted = table + np.array(
        [0.0, 3.0, 6.0]
    )  # an offset of a whole photo is disagreement: its variance is 9
    assert agreement("redness", shifted).icc == pytest.approx(9 / 19, abs=0.02)


def test_agreement_needs_regions_and_spread() -> None:
    assert math.isnan(agreement("redness", SHROUT_FLEISS[:2]).icc)
    assert math.isnan(agreement("redness", np.ones((4, 3))).icc)
    with_gap = np.array([*SHROUT_FLEISS, (1, math.nan, 2, 3)])
    assert agreement("redness", with_gap) == agreement("redness", SHROUT_FLEISS)
    perfect = agreement("redness", np.arange(4.0)[:, None] + np.zeros(3))
    assert perfect.icc == 1
    assert math.isnan(perfect.low)
    with pytest.raises(OptionError, match="table"):
        agreement("redness", [1.0, 2.0])
