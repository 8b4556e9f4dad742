"""The expected band: assumptions that say so, edits, and a clinic's own percentiles."""

import pytest

from skincompare.errors import OptionError
from skincompare.recovery import (
    ASSUMED_BANDS,
    BandLine,
    BandTable,
    CompletedCourse,
    DepthClass,
    band_sentence,
    depth_class,
)


@pytest.mark.parametrize(
    ("depth", "with_energy", "expected"),
    [
        (0.25, False, DepthClass.SHALLOW),
        (0.5, False, DepthClass.SHALLOW),
        (0.75, False, DepthClass.MIDDLE),
        (1.5, False, DepthClass.MIDDLE),
        (1.75, False, DepthClass.DEEP),
        (0.5, True, DepthClass.DEEP),
    ],
)
def test_depths_have_a_class(depth, with_energy, expected):
    assert depth_class(depth, with_energy=with_energy) is expected


@pytest.mark.parametrize("depth", [0.0, -1.0, 15.0, float("nan")])
def test_what_is_no_depth_is_a_wrong_call(depth):
    with pytest.raises(OptionError, match="needle depth"):
        depth_class(depth)


def test_what_comes_with_the_software_says_that_it_is_assumed():
    for line in ASSUMED_BANDS.lines:
        assert line.is_assumption
        assert line.n_courses == 0
        assert "assumption" in band_sentence(line)
        assert "no published" in line.provenance


def courses(count: int) -> list[CompletedCourse]:
    return [CompletedCourse(DepthClass.MIDDLE, 2.0 + index / 10.0) for index in range(count)]


def test_twenty_own_courses_replace_the_assumption():
    table = ASSUMED_BANDS.with_own_courses(courses(21))
    line = table.line(DepthClass.MIDDLE)
    assert (line.first_day, line.last_day, line.ask_after_day) == pytest.approx((2.2, 3.8, 3.9))
    assert (line.is_assumption, line.n_courses) == (False, 21)
    assert "n = 21" in band_sentence(line)
    assert table.line(DepthClass.DEEP) == ASSUMED_BANDS.line(DepthClass.DEEP)


def test_nineteen_do_not_but_are_counted():
    line = ASSUMED_BANDS.with_own_courses(courses(19)).line(DepthClass.MIDDLE)
    assert line.is_assumption
    assert "19 completed courses" in line.provenance


def test_a_line_is_edited_into_a_new_table():
    line = BandLine(DepthClass.DEEP, 4.0, 8.0, 12.0, "Our own sheet of 2026.")
    table = ASSUMED_BANDS.with_line(line)
    assert table.line(DepthClass.DEEP) == line
    assert ASSUMED_BANDS.line(DepthClass.DEEP) != line
    assert BandTable.from_dict(table.to_dict()) == table


def test_bad_lines_and_tables_are_refused():
    with pytest.raises(OptionError, match="rise from 0"):
        BandLine(DepthClass.DEEP, 4.0, 3.0, 12.0, "x")
    with pytest.raises(OptionError, match="provenance"):
        BandLine(DepthClass.DEEP, 1.0, 3.0, 12.0, " ")
    with pytest.raises(OptionError, match="one line for each"):
        BandTable(ASSUMED_BANDS.lines[:2])
    with pytest.raises(OptionError, match="no table"):
        BandTable.from_dict({"lines": [{"depth": "very deep"}]})
    with pytest.raises(OptionError, match="at least 0"):
        CompletedCourse(DepthClass.DEEP, float("nan"))
