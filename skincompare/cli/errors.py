"""What commands tell the shell: exit codes, and our own errors in one sentence."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import IntEnum

import typer

from skincompare.errors import (
    EyesNotFoundError,
    OptionError,
    PhotoError,
    PointPairsError,
    RegionFileError,
    SkincompareError,
    StoreError,
)

__all__ = ["EXIT_CODES", "ExitCode", "errors_told", "is_partly"]

EXIT_CODES = (
    "Exit codes: 0 done; 1 unexpected error; 2 wrong usage (an option, a name, a region or point file, a path "
    "that cannot be written); 3 a file is no usable photo; 4 the photos cannot be compared (reasons and advice are "
    "printed, what was asked for is written all the same), or eyes were to be masked and no face was found; 5 the "
    "store cannot do it; 6 done in part: some files or photos were refused or failed, each is named; 130 interrupted."
)

DONE_STATUS = "measured"
"""How an analysis is called that has numbers."""


class ExitCode(IntEnum):
    """What the command tells the shell."""

    DONE = 0
    UNEXPECTED = 1
    USAGE = 2
    PHOTO = 3
    REFUSED = 4
    STORE = 5
    PARTLY = 6


def is_partly(counts: Mapping[str, int]) -> bool:
    """Return whether some photos could not be measured, by how many ended how."""
    return any(number and status != DONE_STATUS for status, number in counts.items())


@contextmanager
def errors_told() -> Iterator[None]:
    """Turn our own errors into one sentence on standard error and an exit code."""
    try:
        yield
    except SkincompareError as error:
        code = ExitCode.UNEXPECTED
        if isinstance(error, PhotoError):
            code = ExitCode.PHOTO
        elif isinstance(error, OptionError | RegionFileError | PointPairsError):
            code = ExitCode.USAGE
        elif isinstance(error, StoreError):
            code = ExitCode.STORE
        elif isinstance(error, EyesNotFoundError):
            code = ExitCode.REFUSED
        typer.echo(f"skincompare: {error}", err=True)
        raise typer.Exit(code) from error
