"""Maps of change: the right sign at the right place, clear inside the error, on a scale that never moves."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from skincompare.comparison import Comparison
from skincompare.marks import MetricMap
from skincompare.measurement import Change
from skincompare.report.change_maps import change_maps, spread_of_unchanged
from skincompare.report.viewer_pair import viewer_pair
from tests.report.conftest import HEIGHT, LEFT, TOP, WIDTH

MakeChange = Callable[..., Change]
MakeComparison = Callable[..., Comparison]
HIGHER, LIMIT = 6.0, 10.0
NOISE = 0.5


def map_of(values: np.ndarray) -> MetricMap:
    return MetricMap(values.astype(np.float32), LEFT, TOP, 1.0, -LIMIT, LIMIT, "MI")


def noise(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, NOISE, (HEIGHT, WIDTH))


def mapped(change: Change, before: np.ndarray, after: np.ndarray) -> Change:
    return replace(
        change,
        before=replace(change.before, map=map_of(before)),
        after=replace(change.after, map=map_of(after)),
    )


@pytest.fixture
def spotted(change: MakeChange, comparison_of: MakeComparison) -> Comparison:
    """Return a pair with more pigment on the left third, and unchanged skin on the right."""
    left, right = np.full((HEIGHT, WIDTH), np.nan), np.full((HEIGHT, WIDTH), np.nan)
    left[:, : WIDTH // 3], right[:, WIDTH // 3 :] = 0, 0
    changed = mapped(
        change("evenness", "left_cheek", 3.0, unit="MI"), left + noise(1), left + noise(2) + HIGHER
    )
    calm = mapped(change("evenness", "chin", 0.1, unit="MI"), right + noise(3), right + noise(4))
    return comparison_of((changed, calm))


def test_more_is_red_at_its_place_and_unchanged_skin_is_clear(spotted: Comparison) -> None:
    (found,) = change_maps(spotted)
    assert found.title == "Change of uneven pigment"
    height, width = found.picture.shape[:2]
    assert (height, width) == (HEIGHT, WIDTH)
    red, _, blue, alpha = np.moveaxis(found.picture[:, : WIDTH // 3 - 2].astype(int), -1, 0)
    assert np.median(alpha) > 150
    assert (red[alpha > 0] > blue[alpha > 0]).all()
    assert np.mean(found.picture[:, WIDTH // 3 + 2 :, 3] > 0) < 0.08  # 1.96 SD leave 5 %
    lower = replace(
        spotted,
        changes=tuple(
            replace(
                one,
                before=replace(one.before, map=one.after.map),
                after=replace(one.after, map=one.before.map),
            )
            for one in spotted.changes
        ),
    )
    (turned,) = change_maps(lower)
    seen = turned.picture[:, : WIDTH // 3 - 2].astype(int)
    assert (seen[..., 2] > seen[..., 0])[seen[..., 3] > 0].all()


def test_the_scale_is_that_of_the_quantity_whatever_the_pair(spotted: Comparison) -> None:
    (found,) = change_maps(spotted)
    assert (found.high, found.low) == ("+10.0, more", "−10.0, less")
    assert found.note.startswith("In MI. Grey: less than ")
    high = map_of(np.full((HEIGHT, WIDTH), 9.0))
    twice = tuple(replace(one, after=replace(one.after, map=high)) for one in spotted.changes)
    (other,) = change_maps(replace(spotted, changes=twice))
    assert other.colours == found.colours


def test_how_far_unchanged_skin_differs_is_read_off_it() -> None:
    calm = np.random.default_rng(5).normal(0, 2.0, (80, 80)).astype(np.float32)
    assert spread_of_unchanged(calm) == pytest.approx(1.96 * 2.0, rel=0.05)
    few = np.full((80, 80), np.nan, np.float32)
    few[:3, :3] = 1.0
    assert np.isnan(spread_of_unchanged(few))


def test_redness_comes_first_and_a_refused_pair_has_none(comparison: Comparison, refused: Comparison) -> None:
    (found,) = change_maps(comparison)
    assert found.quantity == "redness"
    assert found.high == "+12 EI, redder"
    assert change_maps(refused) == ()


def test_the_viewer_gets_each_map_as_a_small_see_through_picture(spotted: Comparison) -> None:
    (found,) = viewer_pair(spotted)["maps"]
    assert found["src"].startswith("data:image/webp;base64,")
    assert found.keys() == {"src", "title", "high", "low", "note", "colours"}
