"""Cells of a spreadsheet: text is no formula, a number is a number."""

import csv
import io
import math

import pytest

from skincompare.spreadsheet import csv_text, defused


@pytest.mark.parametrize(
    "text",
    ["=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "-"],
)
def test_text_that_looks_like_a_formula_is_guarded(text: str) -> None:
    assert defused(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "left cheek", "a=b", "1-2", "<img src=x>", "'quoted"])
def test_other_text_stays(text: str) -> None:
    assert defused(text) == text


def test_numbers_stay_numbers() -> None:
    table = csv_text(("name", "=head"), [("=1", -4.25), ('a, "b"\nc', math.nan), ("", None), ("n", -3)])
    rows = list(csv.reader(io.StringIO(table)))
    assert rows == [
        ["name", "'=head"],
        ["'=1", "-4.25"],
        ['a, "b"\nc', ""],
        ["", ""],
        ["n", "-3"],
    ]
    assert table.endswith("\r\n")
