"""Checks that several records share; each raises with one sentence that says what was expected."""

from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from skincompare.errors import OptionError

__all__ = ["check_moment", "check_text", "member"]

MAX_NAME = 300
"""Longest code, name or title, in characters [judgement]."""
MAX_TEXT = 20_000
"""Longest note, in characters: about ten pages [judgement]."""

Member = TypeVar("Member", bound=StrEnum)


def check_text(what: str, text: str, *, required: bool = False, limit: int = MAX_NAME) -> None:
    """Check one text of a record.

    Parameters
    ----------
    what : str
        What it is, for the sentence: ``"code of a patient"``.
    text : str
        The text.
    required : bool
        Whether it may not be empty.
    limit : int
        Most characters.

    Raises
    ------
    OptionError
        When it is empty and may not be, too long, or holds characters that cannot be stored.
    """
    if required and not text.strip():
        raise OptionError(f"The {what} is empty; give it at least one letter or digit.")
    if len(text) > limit:
        raise OptionError(f"The {what} has {len(text)} characters; at most {limit} are kept.")
    if any(
        (ord(character) < ord(" ") and character not in "\n\t") or character == "\x7f" for character in text
    ):
        raise OptionError(f"The {what} holds control characters; write it in plain text.")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise OptionError(f"The {what} holds broken characters; write it in plain text.") from error


def check_moment(what: str, moment: datetime) -> None:
    """Check that a time has its zone.

    Raises
    ------
    OptionError
        When it has none.
    """
    if moment.utcoffset() is None:
        raise OptionError(f"The time of {what} needs its zone, as in 2026-03-03T10:00+01:00.")


def member(kind: type[Member], what: str, given: str) -> Member:
    """Return the member of an enumeration by its value.

    Raises
    ------
    OptionError
        When there is none, with the nearest one and all that there are.
    """
    wanted = " ".join(given.replace("_", " ").split()).lower()
    for one in kind:
        if one.value.lower() == wanted:
            return one
    raise OptionError.unknown(what, given, [one.value for one in kind])
