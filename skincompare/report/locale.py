"""Dates and numbers as the clinic writes them: one locale for all that a person reads, set where work begins."""

from contextvars import ContextVar
from datetime import date, datetime

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_decimal

from skincompare.records.people import USUAL_LOCALE

__all__ = ["current_locale", "date_words", "decimal_words", "moment_words", "short_date_words", "use_locale"]

_CURRENT: ContextVar[str] = ContextVar("skincompare_locale", default=USUAL_LOCALE)


PARTED_FROM = 10_000
"""From here on thousands are parted [judgement: four digits are read at a glance]."""


def use_locale(name: str) -> None:
    """Write dates and numbers of this thread or task as in a locale.

    Parameters
    ----------
    name : str
        As :attr:`skincompare.records.Clinic.locale` has it: ``"en_GB"``, ``"de_AT"``.
    """
    _CURRENT.set(name)


def current_locale() -> Locale:
    """Return the locale in which dates and numbers are written."""
    return Locale.parse(_CURRENT.get())


def decimal_words(value: float, decimals: int) -> str:
    """Return a finite number of at least 0 with a fixed count of decimals.

    Groups of thousands are not parted below ten thousand: ``1234.5``, ``12,345.6``.
    """
    pattern = "#,##0" if value >= PARTED_FROM else "0"
    if decimals:
        pattern += "." + "0" * decimals
    return format_decimal(value, format=pattern, locale=current_locale())


def date_words(when: date) -> str:
    """Return a day in words: ``2 March 2026``."""
    return format_date(when, "long", locale=current_locale())


def short_date_words(when: date) -> str:
    """Return a day in short: ``2 Mar 2026``."""
    return format_date(when, "medium", locale=current_locale())


def moment_words(when: datetime) -> str:
    """Return a day and time, as the clock showed it then: ``2 Mar 2026, 10:40``."""
    # Babel would turn an aware time into UTC; what counts is the clock on the wall.
    wall = when.replace(tzinfo=None)
    return f"{short_date_words(wall)}, {format_time(wall, 'short', locale=current_locale())}"
