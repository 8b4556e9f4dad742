"""Dates, times and counts in words, in the clinic's zone and as it writes them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from skincompare.records import Session
from skincompare.report import locale

__all__ = ["counted", "date_words", "day_label", "day_number", "moment_words", "short_date_words"]


def date_words(moment: datetime | date, zone: ZoneInfo | None = None) -> str:
    """Return a day: ``3 March 2026``, in the zone where one is given."""
    return locale.date_words(_local(moment, zone))


def short_date_words(moment: datetime | date, zone: ZoneInfo | None = None) -> str:
    """Return a day in short: ``3 Mar 2026``."""
    return locale.short_date_words(_local(moment, zone))


def moment_words(moment: datetime, zone: ZoneInfo | None = None) -> str:
    """Return a day and a time: ``3 Mar 2026, 10:40``, in the zone where one is given, else as its own clock showed."""
    return locale.moment_words(moment if zone is None else moment.astimezone(zone))


def day_number(day: float) -> int:
    """Return the day as it is named: the photo of two weeks later is day 14, an hour earlier or not."""
    return max(0, round(day))


def day_label(day: float, session: Session | None = None, *, number: int = 0) -> str:
    """Return how long after its session a photo was taken: ``Day 4``; with several sessions ``Session 2, day 4``."""
    said = "before" if day < 0 and session is not None else f"day {day_number(day)}"
    return f"Session {number}, {said}" if number else said.capitalize()


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: ``1 photo``, ``3 photos``."""
    return f"{locale.decimal_words(number, 0)} {one if number == 1 else many or f'{one}s'}"


def _local(moment: datetime | date, zone: ZoneInfo | None) -> datetime | date:
    return moment.astimezone(zone) if zone is not None and isinstance(moment, datetime) else moment
