"""Repeatability as it is kept, pooled, and used in a change."""

import json
import math

import pytest

from skincompare.errors import OptionError
from skincompare.measurement import Z95, Effect
from skincompare.repeat_statistics import Agreement, PairDifference
from skincompare.repeatability import FEW_DEGREES, Repeatability, RepeatEntry, pooled, repeat_entry


def entry(sd: float = 0.5, df: int = 5, **changes: object) -> RepeatEntry:
    values = {"metric": "redness", "region": "nose", "unit": "EI", "version": 2, "mean": math.nan} | changes
    return RepeatEntry(sd=sd, df=df, **values)


def repeatability(*entries: RepeatEntry, visit: str = "a") -> Repeatability:
    return Repeatability(
        entries,
        (Agreement("redness", 0.8, 0.5, math.nan, 6, 4),),
        ((visit * 64, visit * 63 + "0"),),
        ("A note.",),
    )


def instead(own: Repeatability, default: float, **changes: object) -> tuple[float, list[str]]:
    where = {"metric": "redness", "region": "nose", "version": 2} | changes
    value, flags = own.instead_of(default, **where)
    assert all(flag.effect is Effect.NOTE for flag in flags)
    return value, [flag.code for flag in flags]


def test_limits_follow_the_chi_square_distribution() -> None:
    low, high = entry(1.0, 10).sd_limits
    assert (low, high) == (pytest.approx(0.699, abs=0.001), pytest.approx(1.755, abs=0.001))
    assert entry(1.0).mdc95 == pytest.approx(Z95 * math.sqrt(2))
    assert entry(1.0, 10).mdc95_limits == pytest.approx((Z95 * math.sqrt(2) * low, Z95 * math.sqrt(2) * high))


def test_coefficient_of_variation_needs_a_level() -> None:
    assert entry(0.5, mean=10.0).cv == pytest.approx(0.05)
    assert math.isnan(entry().cv)
    assert math.isnan(entry(mean=0.0).cv)


@pytest.mark.parametrize(("sd", "df"), [(-1.0, 3), (math.nan, 3), (1.0, 0), (math.inf, 2)])
def test_a_wrong_entry_is_refused(sd: float, df: int) -> None:
    with pytest.raises(OptionError, match="finite SD"):
        entry(sd, df)


def test_the_own_sd_of_a_difference_replaces_the_default_in_both_directions() -> None:
    for sd in (0.2, 3.0):
        value, codes = instead(repeatability(entry(sd, FEW_DEGREES)), 0.9)
        assert value == pytest.approx(math.sqrt(2) * sd)
        assert codes == ["own_repeatability"]


def test_few_degrees_of_freedom_only_widen() -> None:
    few = FEW_DEGREES - 1
    assert instead(repeatability(entry(0.2, few)), 0.9) == (0.9, ["few_repeats"])
    assert instead(repeatability(entry(3.0, few)), 0.9) == (pytest.approx(3 * math.sqrt(2)), ["few_repeats"])


def test_photos_that_gave_one_number_tell_no_spread() -> None:
    assert instead(repeatability(entry(0.0, 9)), 0.9) == (0.9, ["repeats_alike"])


def test_an_own_sd_is_never_a_small_part_of_the_default() -> None:
    assert instead(repeatability(entry(0.001, 9)), 0.9) == (0.9 / 4, ["own_repeatability"])


def test_what_does_not_fit_is_not_used() -> None:
    own = repeatability(entry(0.2))
    assert instead(own, 0.9, region="chin") == (0.9, [])
    assert instead(own, 0.9, metric="shine") == (0.9, [])
    assert instead(own, 0.9, version=3) == (0.9, ["repeatability_outdated"])
    assert math.isnan(instead(own, math.nan)[0])


def test_visits_pool_by_degrees_of_freedom() -> None:
    first = repeatability(entry(1.0, 3, mean=10.0), entry(0.5, 2, region="chin"))
    second = repeatability(entry(2.0, 1, mean=20.0), visit="b")
    both = pooled([first, second])
    found = both.find("redness", "nose")
    assert found is not None
    assert found.sd == pytest.approx(math.sqrt((3 * 1.0 + 1 * 4.0) / 4))
    assert (found.df, found.mean) == (4, 15.0)
    assert [one.to_dict() for one in both.entries[1:]] == [first.entries[1].to_dict()]
    assert both.visits == first.visits + second.visits
    assert pooled([first]) is first


def test_only_the_newest_version_is_pooled() -> None:
    both = pooled([repeatability(entry(1.0, 3)), repeatability(entry(2.0, 2, version=3), visit="b")])
    assert [one.to_dict() for one in both.entries] == [entry(2.0, 2, version=3).to_dict()]


def test_one_photo_counts_once() -> None:
    with pytest.raises(OptionError, match="two of these visits"):
        pooled([repeatability(entry()), repeatability(entry())])
    with pytest.raises(OptionError, match="at least one"):
        pooled([])


def test_it_survives_a_file() -> None:
    kept = repeatability(entry(mean=3.0), entry(region="chin"))
    again = Repeatability.from_dict(json.loads(json.dumps(kept.to_dict(), allow_nan=False)))
    assert again.to_dict() == kept.to_dict()


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ([], "no file of repeatability"),
        ({"kind": "points"}, "no file of repeatability"),
        ({"kind": "repeatability", "schema_version": 9}, "another version"),
        ({"kind": "repeatability", "schema_version": 1}, "damaged"),
        ({"kind": "repeatability", "schema_version": 1, "entries": [{"metric": "x"}]}, "damaged"),
    ],
)
def test_other_files_are_refused(data: object, word: str) -> None:
    with pytest.raises(OptionError, match=word):
        Repeatability.from_dict(data)


def test_an_entry_says_level_only_where_there_is_one() -> None:
    pairs = [PairDifference(0, 1, 10.0, 12.0), PairDifference(0, 2, math.nan, math.nan)]
    names = {"metric": "pores", "region": "nose", "unit": "per cm²", "version": 1}
    found = repeat_entry(pairs, has_level=True, **names)
    assert found is not None
    assert (found.sd, found.df, found.mean) == (pytest.approx(math.sqrt(2)), 1, 11.0)
    relative = repeat_entry(pairs, has_level=False, **names)
    assert relative is not None
    assert math.isnan(relative.mean)
    assert repeat_entry(pairs[1:], has_level=True, **names) is None
