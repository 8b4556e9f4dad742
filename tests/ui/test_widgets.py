"""Sentences, tables and charts made from numbers."""

import json
import math
from dataclasses import replace
from html import escape
from typing import Any

import pytest

from skincompare.measurement import Effect, Flag
from skincompare.recovery import DayOfChanges, FitStatus, recovery_curves, recovery_outlook
from skincompare.report import words
from skincompare.ui.problems import escape_markdown
from skincompare.ui.widgets.change_table import change_table
from skincompare.ui.widgets.forest_chart import forest_chart
from skincompare.ui.widgets.recovery_chart import TruthPoint, recovery_chart
from skincompare.ui.widgets.recovery_words import most_changed_first, recovery_sentence
from skincompare.ui.widgets.treatment import ALL_REGIONS, TREATED

UNMEASURED = Flag("covered", "Hair covers it.", "Hold it back.", Effect.NOT_MEASURABLE)


def curve(make_change: Any, *days: tuple[float, float]) -> Any:
    known = [DayOfChanges(day, (make_change("left_cheek", value),)) for day, value in days]
    return recovery_curves(known)[0]


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (
            ((0.1, 9.0), (1.0, 4.0), (2.3, 0.5), (7.0, 0.1)),
            "highest on day 0 (+9.0 ± 1.0 EI) and no longer detectably higher from day 2 on.",
        ),
        (((0.1, 4.0), (1.2, 9.0)), "highest on day 1 (+9.0 ± 1.0 EI) and still detectably higher on day 1."),
        (((0.1, 9.0), (1.0, 0.0), (3.0, 5.0), (4.0, 0.0)), "no longer detectably higher from day 4 on."),
        (((0.1, 0.4), (1.0, -9.0)), "not detectably higher than before on any measured day."),
    ],
)
def test_a_recovery_in_words(make_change: Any, days: Any, words: str) -> None:
    sentence = recovery_sentence(curve(make_change, *days))
    assert sentence.startswith("Redness on the left cheek")
    assert sentence.endswith(words)


def test_a_recovery_under_way_says_nothing_of_its_end(make_change: Any) -> None:
    sentence = recovery_sentence(curve(make_change, (0.1, 9.0), (1.0, 0.1)), is_complete=False)
    assert sentence.endswith("so far.")
    assert "no longer" not in sentence


def test_a_recovery_without_numbers_says_so(make_change: Any) -> None:
    days = [DayOfChanges(0.1, (make_change("nose", flags=(UNMEASURED,)),))]
    (own,) = recovery_curves(days)
    assert recovery_sentence(own) == "Redness on the nose could not be measured on any day."


def test_the_table_marks_what_was_treated(make_change: Any) -> None:
    table = change_table([make_change("left_cheek", 8.0), make_change("nose", 0.2)], ("left_cheek",))
    assert table.count("treated") == 1
    assert table.index("Left cheek") < table.index("treated") < table.index("Nose")
    assert "▲" in table
    assert "no detectable change" in table


def rows_of(chart: Any) -> list[dict[str, Any]]:
    return [row for rows in chart.to_dict()["datasets"].values() for row in rows]


def test_the_forest_shows_the_interval_and_the_band(make_change: Any) -> None:
    rows = rows_of(
        forest_chart([make_change("left_cheek", 8.0), make_change("nose", math.nan, flags=(UNMEASURED,))])
    )
    (row,) = [row for row in rows if row.get("region")]
    assert row["region"] == "Left cheek"
    assert (row["low"], row["high"]) == pytest.approx((8.0 - 1.96, 8.0 + 1.96), abs=0.01)
    assert (row["mdc_low"], row["mdc"]) == (-1.9, 1.9)
    assert row["detected"]


def test_no_layer_shows_the_raw_tooltip(make_change: Any) -> None:
    charts = forest_chart([make_change()]), recovery_chart([curve(make_change, (1.0, 2.0))])
    for chart in charts:
        for layer in chart.to_dict()["layer"]:
            assert "tooltip" in layer["encoding"]


def test_the_days_of_the_curve_keep_their_place(make_change: Any) -> None:
    rows = rows_of(recovery_chart([curve(make_change, (0.03, 9.0), (28.2, 0.1))], last_day=28.2))
    shown = {row["day"]: row["x"] for row in rows if "day" in row}
    assert shown == pytest.approx({0.03: 0.03, 28.2: 28.2})


def test_the_curves_of_two_regions_stand_apart(make_change: Any) -> None:
    days = [DayOfChanges(1.0, (make_change("left_cheek"), make_change("nose")))]
    rows = [row for row in rows_of(recovery_chart(recovery_curves(days))) if "day" in row]
    places = [row["x"] for row in rows]
    assert places[0] < 1.0 < places[1]
    assert math.log1p(places[0]) + math.log1p(places[1]) == pytest.approx(2 * math.log1p(1.0))
    assert [row["day"] for row in rows] == [1.0, 1.0]


def test_no_point_stands_before_the_treatment(make_change: Any) -> None:
    regions = ("left_cheek", "right_cheek", "nose", "chin")
    days = [DayOfChanges(0.03, tuple(make_change(region) for region in regions))]
    places = [row["x"] for row in rows_of(recovery_chart(recovery_curves(days))) if "day" in row]
    assert min(places) == 0.0
    assert len(set(places)) == 4


def test_the_axis_of_days_says_that_it_is_not_even(make_change: Any) -> None:
    titles = json.dumps(recovery_chart([curve(make_change, (1.0, 2.0))]).to_dict())
    assert "the first days have more room" in titles


def test_only_the_truth_of_shown_regions_is_drawn(make_change: Any) -> None:
    truth = (TruthPoint("left_cheek", 1.0, 7.5), TruthPoint("chin", 1.0, 99.0))
    rows = rows_of(recovery_chart([curve(make_change, (1.0, 8.0))], truth))
    assert [row["value"] for row in rows if "value" in row] == [7.5]


def test_an_empty_chart_can_be_drawn() -> None:
    assert recovery_chart([]).to_dict()
    assert forest_chart([]).to_dict()


@pytest.mark.parametrize(
    "text", ["a_b*c*", "<b>", "[x](y)", ":fire:", "$x$", "# head", "`code`", "plain words, 12 px"]
)
def test_markdown_is_shown_literally(text: str) -> None:
    told = escape_markdown(text)
    assert told.replace("\\", "") == text
    for sign in "_*<>[]():$#`":
        assert told.count(f"\\{sign}") == text.count(sign)


def test_presets_name_known_regions() -> None:
    assert all(set(regions) <= set(ALL_REGIONS) for regions in TREATED.values())
    assert all(len(set(regions)) == len(regions) > 0 for regions in TREATED.values())


def test_the_region_that_changed_most_is_told_first(make_change: Any) -> None:
    days = [DayOfChanges(13.97, (make_change("left_cheek", 3.0), make_change("right_cheek", 9.0)))]
    first, second = most_changed_first(recovery_curves(days))
    assert (first.region, second.region) == ("right_cheek", "left_cheek")
    assert "day 14" in recovery_sentence(first)


def test_a_fitted_curve_and_the_expected_days_are_drawn(make_change: Any) -> None:
    sizes = ((0.1, 14.0), (1.0, 8.0), (2.0, 4.5), (3.0, 2.5), (4.0, 1.2), (7.0, 0.2))
    days = [DayOfChanges(day, (make_change("left_cheek", value),)) for day, value in sizes]
    outlook = recovery_outlook(days, needle_depth_mm=1.0)
    assert outlook.fits[0].status is FitStatus.FITTED
    rows = rows_of(recovery_chart(outlook.curves, (), 7.0, outlook))
    fitted = [row for row in rows if row.keys() == {"region", "x", "value"}]
    assert len(fitted) == 80
    assert max(row["value"] for row in fitted) < 17.0
    assert {"x": 2.0, "to": 4.0} in rows
    plain = rows_of(recovery_chart(outlook.curves, (), 7.0))
    assert not [row for row in plain if "to" in row]


def test_a_change_that_was_measured_itself_says_that_the_sides_do_not_add_up(make_change: Any) -> None:
    plain = make_change("left_cheek", 8.0)
    paired = replace(plain, is_paired=True)
    assert "*" not in change_table([plain], ())
    shown = change_table([paired], ())
    assert "+8.0 ± 1.0*" in shown
    assert escape(words.PAIRED_NOTE) in shown
