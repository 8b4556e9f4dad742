"""What the commands of the store share: opening it, choosing a course, reading dates, printing JSON."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from skincompare.errors import NotFoundError, OptionError
from skincompare.settings import read_settings

if TYPE_CHECKING:
    from skincompare.records import Course, Patient
    from skincompare.store import Store

__all__ = [
    "CourseOption",
    "JsonOption",
    "PatientArgument",
    "chosen_course",
    "day",
    "moment",
    "opened",
    "print_json",
]

SCHEMA_VERSION = 1
"""Version of what ``--json`` prints; raised when a reader of it would break."""

PatientArgument = Annotated[
    str, typer.Argument(metavar="PATIENT", help="The patient's code.", show_default=False)
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, to standard output.")]
CourseOption = Annotated[
    int | None, typer.Option("--course", help="Number of the course; needed when a patient has several.")
]


@contextmanager
def opened() -> Iterator["Store"]:
    """Yield the store that the settings name, and close it."""
    from skincompare.report.locale import use_locale
    from skincompare.store import open_store

    settings = read_settings()
    with open_store(
        settings.store,
        database_url=settings.database_url,
        photos=settings.photos,
        actor=settings.user,
    ) as store:
        if store.backup is not None:
            typer.echo(f"The store was brought up to date; its state before is in {store.backup}", err=True)
        use_locale(store.people.clinic().locale)
        yield store


def print_json(content: Mapping[str, Any]) -> None:
    """Print a result as JSON with its schema version."""
    whole = content if "schema_version" in content else {"schema_version": SCHEMA_VERSION, **content}
    typer.echo(json.dumps(whole, indent=2, ensure_ascii=False, allow_nan=False))


def chosen_course(store: "Store", patient: "Patient", number: int | None) -> "Course":
    """Return a patient's course: the only one, or that of this number.

    Raises
    ------
    NotFoundError
        When there is none, or none of this number.
    OptionError
        When there are several and none was chosen.
    """
    courses = store.treatments.courses(patient)
    listed = "; ".join(f"{one.id} {one.title or one.condition.value}" for one in courses)
    if not courses:
        raise NotFoundError(
            f"Patient {patient.code} has no course yet; add one: "
            f"skincompare course add {quote(patient.code)} --condition 'acne scars'"
        )
    if number is None:
        if len(courses) > 1:
            raise OptionError(
                f"Patient {patient.code} has several courses ({listed}); choose one with --course."
            )
        return courses[0]
    for course in courses:
        if course.id == number:
            return course
    raise NotFoundError(f"Patient {patient.code} has no course {number}; there is: {listed}.")


def moment(store: "Store", option: str, text: str) -> datetime:
    """Return a time that was typed in; without a zone it is the clinic's.

    Raises
    ------
    OptionError
        When it cannot be read.
    """
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise OptionError(
            f"{option} {text!r} is no date; write 2026-03-03T10:00 (in the clinic's time zone) or "
            "2026-03-03T10:00+01:00."
        ) from error
    return found if found.tzinfo else found.replace(tzinfo=store.people.clinic().zone)


def day(option: str, text: str) -> date:
    """Return a day that was typed in.

    Raises
    ------
    OptionError
        When it cannot be read.
    """
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise OptionError(f"{option} {text!r} is no day; write 2026-03-03.") from error
