"""Dates and numbers as the clinic writes them."""

import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from skincompare.errors import OptionError
from skincompare.records import Clinic
from skincompare.records.people import USUAL_LOCALE
from skincompare.report.labels import format_number
from skincompare.report.locale import date_words, moment_words, short_date_words, use_locale


@pytest.fixture(autouse=True)
def _usual() -> Iterator[None]:
    use_locale(USUAL_LOCALE)
    yield
    use_locale(USUAL_LOCALE)


@pytest.mark.parametrize(
    ("locale", "number", "signed"),
    [("en_GB", "−4.10", "+0.35"), ("de_AT", "−4,10", "+0,35"), ("fr_FR", "−4,10", "+0,35")],
)
def test_numbers_are_written_as_the_clinic_writes_them(locale: str, number: str, signed: str) -> None:
    use_locale(locale)
    assert format_number(-4.1, 2) == number
    assert format_number(0.35, 2, signed=True) == signed


def test_large_numbers_are_parted_from_ten_thousand_on() -> None:
    assert format_number(1234.5, 1) == "1234.5"
    assert format_number(12345.6, 1) == "12,345.6"
    assert format_number(9_999_999, 0) == "9,999,999"


def test_nothing_is_a_dash_and_zero_has_no_sign() -> None:
    assert format_number(math.nan, 1) == "–"
    for tiny in (-0.04, 0.04, 0.0, -0.0):
        assert format_number(tiny, 1, signed=True) == "0.0"


@pytest.mark.parametrize("value", [0.05, 0.25, 2.5, 0.115, 1e-9, 123.456, 99.995])
@pytest.mark.parametrize("decimals", [0, 1, 2, 3])
def test_digits_are_those_that_python_prints(value: float, decimals: int) -> None:
    assert format_number(value, decimals) == f"{value:.{decimals}f}"


def test_days_are_written_as_the_clinic_writes_them() -> None:
    day = date(2026, 3, 2)
    assert (date_words(day), short_date_words(day)) == ("2 March 2026", "2 Mar 2026")
    use_locale("de_AT")
    assert date_words(day) == "2. März 2026"


def test_a_moment_shows_the_clock_on_the_wall() -> None:
    tokyo = timezone(timedelta(hours=9))
    assert moment_words(datetime(2026, 3, 2, 9, 30, tzinfo=tokyo)) == "2 Mar 2026, 09:30"
    assert moment_words(datetime(2026, 3, 2, 9, 30, tzinfo=UTC)) == "2 Mar 2026, 09:30"


@pytest.mark.parametrize("name", ["xx_YY", "", "en-GB'; DROP", "../../etc/passwd"])
def test_a_locale_that_is_not_known_is_refused(name: str) -> None:
    with pytest.raises(OptionError, match="locale"):
        Clinic(locale=name)
