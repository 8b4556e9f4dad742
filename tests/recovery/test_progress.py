"""Progress over sessions, and how many photos would tell."""

import math
from dataclasses import replace

import numpy as np
import pytest

from skincompare.errors import OptionError
from skincompare.measurement import Z95, Change, Effect, Flag, Verdict
from skincompare.recovery import TrendStatus, Visit, measure_progress, progress_sentence
from skincompare.synthetic.courses import REDNESS_SW, change_of

SIGMA = math.sqrt(2.0) * REDNESS_SW


def change(value: float, sigma: float = SIGMA) -> Change:
    return change_of("nose", "redness", value, sigma)


def visits(*values: float) -> list[Visit]:
    return [Visit(index, change(value)) for index, value in enumerate(values, start=1)]


def test_a_straight_trend_is_told_exactly():
    progress = measure_progress(visits(-2.0, -4.0, -6.0))
    assert progress.status is TrendStatus.FALLING
    assert progress.per_session.value == pytest.approx(-2.0)
    assert progress.per_session.low < -2.0 < progress.per_session.high < 0.0
    assert progress.latest.value == pytest.approx(-6.0)


def test_the_interval_of_the_slope_covers_its_truth():
    rng = np.random.default_rng(3)
    covered = []
    for _ in range(300):
        baseline = rng.normal(0.0, REDNESS_SW)
        noisy = [1.0 * session + rng.normal(0.0, REDNESS_SW) - baseline for session in (1, 2, 3)]
        slope = measure_progress(visits(*noisy)).per_session
        covered.append(slope.low <= 1.0 <= slope.high)
    assert 0.93 <= np.mean(covered) <= 1.0


def test_unchanged_skin_is_rarely_given_a_trend():
    rng = np.random.default_rng(4)
    told = []
    for _ in range(300):
        baseline = rng.normal(0.0, REDNESS_SW)
        noisy = [rng.normal(0.0, REDNESS_SW) - baseline for _ in range(3)]
        told.append(measure_progress(visits(*noisy)).status is not TrendStatus.CANNOT_TELL)
    assert np.mean(told) <= 0.05


def test_the_photos_asked_for_are_enough():
    value = 1.7
    progress = measure_progress(visits(value))
    assert progress.status is TrendStatus.CANNOT_TELL
    assert progress.photos_needed is not None
    shots = 1 + progress.photos_needed
    sigma = REDNESS_SW * math.sqrt(1.0 + 1.0 / shots)
    enough = measure_progress([Visit(1, change(value, sigma), shots=shots)])
    assert enough.status is TrendStatus.RISING
    fewer = shots - 1
    sigma = REDNESS_SW * math.sqrt(1.0 + 1.0 / fewer)
    assert Z95 * sigma >= value


def test_more_photos_do_not_help_against_the_baseline():
    progress = measure_progress(visits(1.0))
    assert (progress.photos_needed, progress.baseline_limits) == (None, True)
    assert "baseline's own error" in progress_sentence(progress)
    helped = measure_progress(visits(1.0), baseline_shots=4)
    assert helped.photos_needed is not None


def test_a_tiny_change_asks_for_no_thousand_photos():
    progress = measure_progress(visits(0.1), baseline_shots=400)
    assert (progress.photos_needed, progress.baseline_limits) == (None, False)
    assert "too small" in progress_sentence(progress)


def test_a_visit_that_was_not_measurable_is_left_out():
    progress = measure_progress([*visits(-3.0), Visit(2, change(math.nan)), Visit(3, change(-9.0))])
    assert progress.n_visits == 2
    nothing = measure_progress([Visit(1, change(math.nan))])
    assert nothing.status is TrendStatus.NOT_MEASURABLE
    assert progress_sentence(nothing) == "Redness on the nose could not be measured at any visit."
    assert nothing.to_dict()["per_session"]["value"] is None


def test_visits_that_contradict_a_line_widen_it():
    straight = measure_progress(visits(-3.0, -6.0, -9.0)).per_session
    crooked = measure_progress(visits(-9.0, 0.0, -9.0)).per_session
    assert crooked.high - crooked.low > 2.0 * (straight.high - straight.low)


def test_wrong_calls():
    with pytest.raises(OptionError, match="at least one visit"):
        measure_progress([])
    with pytest.raises(OptionError, match="one metric"):
        measure_progress([*visits(1.0), Visit(1, change_of("chin", "redness", 1.0, SIGMA))])
    with pytest.raises(OptionError, match="after a session"):
        Visit(0, change(1.0))


def test_words_give_the_size_and_the_interval():
    sentence = progress_sentence(measure_progress(visits(-2.0, -4.0, -6.0)))
    assert sentence.startswith(
        "Redness on the nose is lower than before by 6 EI, over 3 visits: −2 EI a session (95 %"
    )
    assert "improve" not in sentence


def test_pigment_that_reads_as_redness_is_no_trend_of_redness():
    """A change that is large enough and yet not confirmed on its own day is not confirmed by a line through it."""
    doubt = Flag("pigment_not_blood", "Pigment does that.", "See the pigmentation.", Effect.UNCONFIRMED)
    large = [
        Visit(one.sessions, replace(one.change, flags=(doubt,), verdict=Verdict.NO_DETECTABLE_CHANGE))
        for one in visits(4.0, 8.0)
    ]
    assert measure_progress(visits(4.0, 8.0)).status is TrendStatus.RISING
    progress = measure_progress(large)
    assert progress.status is TrendStatus.CANNOT_TELL
    assert progress.photos_needed is None
    assert progress_sentence(progress) == "Redness on the nose: cannot be told (+8 EI). Pigment does that."
