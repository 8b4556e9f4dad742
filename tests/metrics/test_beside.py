"""What untreated skin tells of the lamp, with ratios made by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest

from skincompare.metrics._beside import LogRatio, is_alike, lamp_gain

ALONE, APART = 0.06, 0.03


@pytest.fixture
def pair(make_patch, make_pair):
    def make(normal=None, side=200):
        patch = replace(make_patch(np.full((side, side, 3), 0.3, np.float32), 10.0), normal=normal)
        return make_pair(patch, patch)

    return make


def gain(pair, *ratios):
    others = [pair() for _ in ratios]
    told = dict(zip(map(id, others), ratios, strict=True))
    return lamp_gain(pair(), others, "key", lambda one: told[id(one)], alone=ALONE, apart=APART)


def test_without_untreated_skin_the_lamp_is_unknown(pair):
    for found in (gain(pair), gain(pair, None)):
        assert (found.value, found.sigma) == (0.0, ALONE)


def test_sure_skin_is_believed_and_unsure_skin_is_not(pair):
    sure, unsure = gain(pair, LogRatio(0.1, 0.001)), gain(pair, LogRatio(0.1, 1.0))
    trust = 1 - (APART / ALONE) ** 2
    assert sure.value == pytest.approx(0.1 * trust, rel=1e-3)
    assert sure.sigma == pytest.approx(ALONE * math.sqrt(1 - trust**2), rel=1e-3)
    assert abs(unsure.value) < 0.001
    assert unsure.sigma == pytest.approx(ALONE, rel=1e-2)


def test_more_skin_tells_more(pair):
    one, three = gain(pair, LogRatio(0.1, 0.02)), gain(pair, *[LogRatio(0.1, 0.02)] * 3)
    assert one.value < three.value < 0.1
    assert three.sigma < one.sigma


def test_the_error_is_that_of_the_guess(pair):
    rng, own_error, n = np.random.default_rng(1), 0.02, 20000
    lamp = rng.normal(0, math.sqrt(ALONE**2 - APART**2), n)
    own, *seen = (lamp + rng.normal(0, APART, n) for _ in range(3))
    told = np.mean([one + rng.normal(0, own_error, n) for one in seen], axis=0)
    per_unit = gain(pair, *[LogRatio(1.0, own_error)] * 2)
    assert np.std(own - per_unit.value * told) == pytest.approx(per_unit.sigma, rel=0.02)
    # Any other share of what was told leaves more.
    for share in (0.8, 1.2):
        assert np.std(own - share * per_unit.value * told) > per_unit.sigma


def test_skin_that_looks_elsewhere_or_is_small_does_not_count(pair):
    ahead, aside = (0.0, 0.0, -1.0), (math.sin(0.3), 0.0, -math.cos(0.3))
    assert is_alike(pair(), pair(), 10.0, 1.0)
    assert is_alike(pair(ahead), pair(ahead), 10.0, 1.0)
    assert not is_alike(pair(aside), pair(ahead), 10.0, 1.0)
    assert is_alike(pair(aside), pair(ahead), 20.0, 1.0)
    assert not is_alike(pair(ahead), pair(), 10.0, 1.0)
    assert not is_alike(pair(side=80), pair(), 10.0, 1.0)
