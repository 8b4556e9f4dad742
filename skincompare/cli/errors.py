"""What commands tell the shell: exit codes, and our own errors in one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

import typer

from skincompare.errors import (
    OptionError,
    PhotoError,
    PointPairsError,
    RegionFileError,
    SkincompareError,
    StoreError,
)

__all__ = ["EXIT_CODES", "ExitCode", "errors_told"]

EXIT_CODES = (
    "Exit codes: 0 done; 1 unexpected error; 2 wrong usage (an option, a name, a region or point file, a path "
    "that cannot be written); 3 a file is no usable photo; 4 the photos cannot be compared (reasons and advice are "
    "printed, --json and --report are written all the same); 5 the store cannot do it; 130 interrupted."
)


class ExitCode(IntEnum):
    """What the command tells the shell."""

    DONE = 0
    UNEXPECTED = 1
    USAGE = 2
    PHOTO = 3
    REFUSED = 4
    STORE = 5


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
        typer.echo(f"skincompare: {error}", err=True)
        raise typer.Exit(code) from error
