"""Flags of many numbers, each reason told once."""

from collections.abc import Callable

from skincompare.measurement import Change, Effect, Flag
from skincompare.metrics.registry import quantities
from skincompare.report.reasons import grouped_cautions, grouped_reasons, grouped_unconfirmed

MakeChange = Callable[..., Change]
REGIONS = ("forehead", "nose", "left_cheek", "right_cheek", "chin")


def forbidding(code: str, reason: str) -> Flag:
    return Flag(code, reason, f"Advice for {code}.", Effect.NOT_MEASURABLE)


def coarse(label: str, needed: int) -> Flag:
    return forbidding("too_coarse", f"{label} needs {needed} px/mm; this photo has 3.4 px/mm.")


def test_one_reason_on_many_regions_is_one_line(change: MakeChange) -> None:
    (group,) = grouped_reasons(change("pore_density", name, flags=(coarse("Pores", 8),)) for name in REGIONS)
    assert group.line == (
        "Pores: not measurable on 5 regions. Pores needs 8 px/mm; this photo has 3.4 px/mm. "
        "Advice for too_coarse."
    )


def test_quantities_share_a_line_only_where_they_need_the_same(change: MakeChange) -> None:
    needs = (
        ("pore_density", "Pores", 8),
        ("pore_area", "Area of pores", 12),
        ("pore_diameter", "Pore diameter", 12),
    )
    groups = grouped_reasons(
        change(name, region, flags=(coarse(label, needed),))
        for region in REGIONS
        for name, label, needed in needs
    )
    assert [group.what for group in groups] == ["Area of pores and pore diameter", "Pores"]
    assert groups[0].why == "Each needs 12 px/mm; this photo has 3.4 px/mm."


def test_sentences_that_differ_by_region_share_a_line(change: MakeChange) -> None:
    flags = {
        name: forbidding("covered", f"Only {index}% of the {name} is bare.")
        for index, name in enumerate(REGIONS)
    }
    (group,) = grouped_reasons(change("redness", name, flags=(flags[name],)) for name in REGIONS[:4])
    assert group.where == "forehead, nose, left cheek and right cheek"
    assert group.why == "Only 0% of the forehead is bare. Only 1% of the nose is bare. And 2 more like them."


def test_the_reason_that_forbids_most_is_given(change: MakeChange) -> None:
    both = (forbidding("covered", "It is covered."), coarse("Pores", 8))
    groups = grouped_reasons(
        [change("pore_density", "neck", flags=both)]
        + [change("pore_density", name, flags=both[1:]) for name in REGIONS]
    )
    assert [group.code for group in groups] == ["too_coarse"]
    assert len(groups[0].regions) == 6


def test_every_number_that_is_not_measurable_is_told_once(change: MakeChange) -> None:
    changes = [
        change(name, region, flags=(forbidding("covered", f"The {region} is covered."),))
        for name in quantities()
        for region in REGIONS
    ]
    (group,) = grouped_reasons([*changes, change("redness", "neck", 5.0)])
    assert (group.what, group.regions) == ("All quantities", REGIONS)


def test_the_only_reference_is_told_that_it_is_the_ruler(change: MakeChange) -> None:
    own = change("redness", "forehead", flags=(forbidding("no_reference", "No untreated skin is named."),))
    (told,) = grouped_reasons([own], reference=("forehead",))
    assert told.code == "own_reference"
    (other,) = grouped_reasons([own], reference=("nose",))
    assert other.code == "no_reference"


def test_cautions_are_of_measurable_numbers_and_not_of_the_whole_pair(change: MakeChange) -> None:
    blur = Flag("unknown_blur", "The region is small.", "Show more.", Effect.WIDER_ERROR)
    pair = Flag("turned", "The head is turned.", "Look straight.", Effect.WIDER_ERROR)
    note = Flag("same_photo", "It is the same photo.")
    measured = change("roughness", "nose", 1.0, flags=(blur, pair, note), unit="%")
    missing = change("roughness", "chin", flags=(blur, forbidding("covered", "Covered.")), unit="%")
    (group,) = grouped_cautions([measured, missing], (pair,))
    assert (group.code, group.regions) == ("unknown_blur", ("nose",))
    assert group.line == "Roughness: less certain on nose. The region is small. Show more."


def test_a_number_beyond_its_error_says_why_it_is_no_change(change: MakeChange) -> None:
    pigment = Flag("pigment_not_blood", "Pigment does that.", "See the pigmentation.", Effect.UNCONFIRMED)
    changes = [
        change("redness", "nose", 4.0, flags=(pigment,)),
        change("redness", "chin", 0.4, flags=(pigment,)),
        change("redness", "forehead", 4.0),
    ]
    (group,) = grouped_unconfirmed(changes)
    assert group.line == (
        "Redness: beyond the error, but not confirmed on nose. Pigment does that. See the pigmentation."
    )
