"""Sentences about changes: the numbers are those of the change, and nothing is promised."""

import math
from collections.abc import Callable
from dataclasses import replace

import pytest

from skincompare.comparison import Comparison
from skincompare.imaging.scale import UNKNOWN_SCALE
from skincompare.marks import Mark, MarkState, PairedMark
from skincompare.measurement import Change, Effect, Flag, Verdict
from skincompare.report import words

MakeChange = Callable[..., Change]
MakeComparison = Callable[..., Comparison]


@pytest.mark.parametrize(
    ("value", "decimals", "signed", "text"),
    [
        (-4.06, 1, False, "−4.1"),
        (4.06, 1, True, "+4.1"),
        (-0.04, 1, True, "0.0"),
        (0.0, 0, True, "0"),
        (67.4, 0, False, "67"),
        (math.nan, 1, True, "–"),
    ],
)
def test_numbers_have_a_true_minus_and_no_negative_zero(
    value: float, decimals: int, signed: bool, text: str
) -> None:
    assert words.format_number(value, decimals, signed=signed) == text


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", "b", "c"], "a, b and c"),
        (["a, fine", "b", "c"], "a, fine; b and c"),
    ],
)
def test_joined(parts: list[str], text: str) -> None:
    assert words.joined(parts) == text


def test_a_lower_value_is_told_with_what_repeat_photos_differ_by(change: MakeChange) -> None:
    lower = change("redness", "left_cheek", -4.1)
    assert words.sentence_for(lower) == "Redness lower by 4.1 EI (repeat photos differ by up to 1.9)"
    assert words.sentence_for(lower, with_region=True).startswith("Redness on the left cheek lower by 4.1 EI")


def test_what_became_of_single_features_is_told(change: MakeChange) -> None:
    dot = Mark(((1.0, 2.0),), 3.0)
    states = [MarkState.GONE] * 2 + [MarkState.STILL_THERE] * 5 + [MarkState.NEW]
    marks = tuple(PairedMark(dot, dot, state) for state in states)
    found = replace(change("pore_density", "chin", -4.0, unit="per cm²"), marks=marks)
    assert words.sentence_for(found).endswith("; 2 pores of 7 no longer seen, 1 new")
    assert words.marks_words(replace(found, marks=marks[2:7])) == "all 5 pores still seen"
    assert words.marks_words(change("redness", "chin", -4.0)) == ""


def test_a_difference_of_percentages_is_in_points(change: MakeChange) -> None:
    told = words.sentence_for(change("pore_area", "nose", 3.0, unit="%"))
    assert told == "Area of pores higher by 3.0 percentage points (repeat photos differ by up to 1.9)"


def test_no_detectable_change_says_what_could_have_been_told(change: MakeChange) -> None:
    uncertain = change("redness", "nose", -2.3, sigma=2.0)
    told = words.sentence_for(uncertain)
    assert told == "Redness: no detectable change (−2.3 EI; only more than 3.9 could be told)"
    assert words.smallest_detectable(uncertain) == pytest.approx(1.959964 * 2.0)


def test_the_smallest_detectable_is_never_below_what_repeat_photos_show(change: MakeChange) -> None:
    assert words.smallest_detectable(change("redness", "nose", 1.0, sigma=0.1)) == 1.9


@pytest.mark.parametrize("size", [-9.0, -1.95, -1.85, 0.0, 1.85, 1.95, 9.0])
@pytest.mark.parametrize("sigma", [0.1, 0.97, 2.0])
def test_the_verdict_follows_from_the_smallest_detectable(
    change: MakeChange, size: float, sigma: float
) -> None:
    one = change("redness", "nose", size, sigma=sigma)
    told = one.verdict is not Verdict.NO_DETECTABLE_CHANGE
    assert told == (abs(one.change) > words.smallest_detectable(one))


def test_every_verdict_has_its_own_shape_and_words() -> None:
    assert len(set(words.VERDICT_SYMBOLS.values())) == len(set(words.VERDICT_WORDS.values())) == len(Verdict)


def test_headline_tells_change_then_rest_then_what_could_not_be_told(comparison: Comparison) -> None:
    first, second, third = words.headline(comparison)
    assert first == "Redness on the left cheek higher by 4.1 EI (repeat photos differ by up to 1.9)."
    assert second == (
        "No other detectable change: redness on 2 regions. "
        "A change of redness below 1.9 to 3.9 EI could not be seen here."
    )
    assert third == ("Pores could not be told. Pores needs 8 px/mm; this photo has 3.3 px/mm. Come closer.")


def test_headline_counts_the_regions_that_it_does_not_name(
    change: MakeChange, comparison_of: MakeComparison
) -> None:
    names = ("nose", "chin", "forehead", "left_cheek", "neck", "upper_lip")
    changes = tuple(change("redness", name, 5.0) for name in names)
    told = words.headline(replace(comparison_of(changes), treated=names))
    assert told == [
        "Redness higher on the nose (by 5.0 EI), chin (by 5.0 EI), forehead (by 5.0 EI), "
        "left cheek (by 5.0 EI) and 2 regions more; repeat photos differ by up to 1.9."
    ]


def test_headline_speaks_of_the_treated_skin_first(change: MakeChange, comparison_of: MakeComparison) -> None:
    changes = (change("redness", "left_cheek", 0.4), change("redness", "neck", -4.1))
    first, second, *_ = words.headline(comparison_of(changes))
    assert first.startswith("No detectable change on the treated skin. A change of redness below 1.9 EI")
    assert second.startswith("Beside the treated skin: redness on the neck lower by 4.1 EI")
    changes = (change("redness", "neck", -4.1), change("redness", "left_cheek", 6.0))
    first, second, *_ = words.headline(comparison_of(changes))
    assert first.startswith("Redness on the left cheek higher by 6.0 EI")
    assert second.startswith("Beside the treated skin: redness on the neck lower")


def test_headline_never_says_no_change_where_redness_could_not_be_told(
    change: MakeChange, comparison_of: MakeComparison
) -> None:
    why = Flag(
        "references_disagree",
        "Untreated skin disagrees.",
        "Name all that was treated.",
        Effect.NOT_MEASURABLE,
    )
    untold = change("redness", "left_cheek", math.nan, flags=(why,))
    changes = (untold, change("shine", "left_cheek", 0.1), change("redness", "nose", 9.4))
    told = words.headline(comparison_of(changes))
    assert told[0] == (
        "Redness on the left cheek could not be told. Untreated skin disagrees. Name all that was treated."
    )
    assert told[1].startswith("Beside the treated skin: redness on the nose higher by 9.4 EI")
    assert not any("No detectable change on the treated skin" in one for one in told)


def test_headline_of_one_region_does_not_name_it(change: MakeChange, comparison_of: MakeComparison) -> None:
    told = words.headline(comparison_of((change("redness", "whole_skin", 5.0),), treated=()))
    assert told == ["Redness higher by 5.0 EI (repeat photos differ by up to 1.9)."]


def test_headline_of_a_refused_pair_gives_reason_and_advice(refused: Comparison) -> None:
    assert words.headline(refused) == [
        "These two photos cannot be compared.",
        "These may be two people. Check the names.",
    ]


def test_nothing_measurable_is_said(change: MakeChange, comparison_of: MakeComparison) -> None:
    flag = Flag("clipped", "All of it is overexposed.", "Use softer light.", Effect.NOT_MEASURABLE)
    told = words.headline(comparison_of((change("redness", "nose", flags=(flag,)),)))
    assert told[0] == "Nothing could be measured on these two photos."
    assert told[1] == "Redness could not be told. All of it is overexposed. Use softer light."


def test_treated_regions_and_redness_come_first(change: MakeChange) -> None:
    given = [
        change("roughness", "nose", 1.0, unit="%"),
        change("redness", "nose", 1.0),
        change("redness", "left_cheek", 1.0),
    ]
    listed = words.sorted_changes(given, treated=("left_cheek",))
    assert [(one.metric, one.region) for one in listed] == [
        ("redness", "left_cheek"),
        ("redness", "nose"),
        ("roughness", "nose"),
    ]


def test_flags_told_as_reasons_are_not_told_again(change: MakeChange, comparison_of: MakeComparison) -> None:
    dim = Flag("dim", "The photos are dim.", "Use more light.", Effect.WIDER_ERROR)
    comparison = comparison_of((change("redness", "nose", 1.0, flags=(dim,)),), flags=(dim, dim))
    assert words.pair_flags(comparison) == (dim,)
    assert words.grouped_cautions(comparison.changes, comparison.flags) == ()


def test_alignment_is_told_in_pixels_and_millimetres(comparison: Comparison, refused: Comparison) -> None:
    assert words.alignment_words(comparison) == "Aligned, typical error 0.3 px (0.10 mm)"
    assert words.alignment_words(refused) == "Refused"


def test_the_alignments_error_is_told_by_region(comparison: Comparison) -> None:
    first, *rest = comparison.regions
    uneven = replace(comparison, regions=(replace(first, error_px=4.125), *rest))
    assert words.region_errors(uneven) == [
        ("forehead", "1.25 mm"),
        ("left cheek", "0.12 mm"),
        ("right cheek", "0.12 mm"),
    ]
    assert words.alignment_words(uneven).endswith(
        "by region from 0.12 mm (right cheek) to 1.25 mm (forehead)"
    )
    without_scale = replace(uneven, scales=(UNKNOWN_SCALE, UNKNOWN_SCALE))
    assert words.region_errors(without_scale)[0] == ("forehead", "4.1 px")
    empty = replace(comparison, regions=tuple(replace(one, error_px=math.nan) for one in comparison.regions))
    assert words.region_errors(empty) == []
    assert "by region" not in words.alignment_words(empty)


def test_headline_doubts_numbers_when_untreated_skin_changed(comparison: Comparison) -> None:
    flag = Flag("reference_changed", "The nose changed.", "Name it as treated.", Effect.WIDER_ERROR)
    told = words.headline(replace(comparison, flags=(*comparison.flags, flag)))
    assert "was all that was treated named" in told[1]
    assert not any("in doubt" in sentence for sentence in words.headline(comparison))
