"""The panel of checks: every verdict in words and shape, its limit, and what to do."""

import math
from collections.abc import Callable
from dataclasses import replace

from skincompare.comparison import Comparison
from skincompare.imaging.comparability import Bearing, Check, Comparability, Concern, Standing
from skincompare.imaging.pair_checks import alignment_checks, detail_checks, light_check
from skincompare.measurement import Effect, Flag
from skincompare.report import report_html
from skincompare.report.gate import gate_rows, gate_sentence, gate_table
from tests.rendered import front, front_to_turned, turned

TURNED = Flag("turned", "The head is turned.", "Turn it back <now>.", Effect.WIDER_ERROR)
SMOOTH = Flag("beauty_filter", "It is smoothed.", "Switch it off.", Effect.NOT_MEASURABLE)


def pose(*flags: Flag, regions: tuple[str, ...] = ()) -> Comparability:
    concerns = tuple(Concern(flag, Bearing.EVERYTHING, regions) for flag in flags)
    return Comparability((Check("pose", "Pose", 8.0, "degrees", 5.0, "turned 8 degrees", concerns),))


def test_a_check_shows_value_limit_verdict_and_advice() -> None:
    table = gate_table(pose(TURNED))
    for text in (
        "turned 8 degrees",
        "above 5 degrees",
        "△ less certain",
        "The head is turned.",
        "back &lt;now&gt;",
    ):
        assert text in table
    assert "✓ fine" in gate_table(pose())
    assert "✕ not measurable" in gate_table(pose(SMOOTH))


def test_what_was_not_checked_says_so() -> None:
    unknown = Check("light", "Light", math.nan, "", 0.2, "not known")
    assert "– not checked" in gate_table(Comparability((unknown,)))
    assert gate_table(Comparability(())) == ""


def test_the_answer_in_one_sentence() -> None:
    assert gate_sentence(pose(), is_aligned=True) == "Yes."
    assert gate_sentence(pose(TURNED), is_aligned=True) == "Yes, with wider errors."
    assert gate_sentence(pose(SMOOTH), is_aligned=True) == "Not for everything."
    assert gate_sentence(pose(), is_aligned=False) == "No."
    assert gate_sentence(pose(TURNED, regions=("nose",)), is_aligned=True).startswith("Yes. Some regions")


def test_many_reasons_alike_are_counted() -> None:
    flags = [replace(TURNED, reason=f"Reason {number}.") for number in range(4)]
    assert "Reason 0. Reason 1. And 2 more like them." in gate_table(pose(*flags))


def test_the_report_has_the_panel(comparison_of: Callable[..., Comparison]) -> None:
    plain = comparison_of(())
    assert "May these photos be compared?" not in report_html(plain)
    assert "△ less certain" in report_html(replace(plain, comparability=pose(TURNED)))


def test_limits_say_their_direction_in_the_units_of_what_was_found() -> None:
    pixels = front_to_turned()
    checks = {one.name: one for one in alignment_checks(pixels)}
    table = gate_table(Comparability((checks["same_skin"],)))
    assert "below 0.40" in table
    softer, _ = detail_checks(front().subject, turned().subject, pixels)
    (row,) = gate_rows(Comparability((softer,)))
    assert row.limit == "below 0.67 or above 1.49 times"
    assert row.found.endswith("times as strong")
    slope = light_check(front().subject, turned().subject, pixels, "as then")
    (row,) = gate_rows(Comparability((slope,)))
    assert row.limit == "above 22 %"
    found = int(row.found.partition("changed by ")[2].partition(" %")[0])
    assert 0 < found < 22
    assert row.standing is Standing.OK
