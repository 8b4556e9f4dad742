"""Files that hold results: whether they can be written is found out before the work."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from os import PathLike
from pathlib import Path

from skincompare.errors import OptionError

__all__ = ["check_outputs", "make_folder", "write_bytes", "write_text"]


def check_outputs(outputs: Mapping[str, str | None], photos: Sequence[str]) -> None:
    """Find out whether files can be written, and that none overwrites a photo or another one.

    Parameters
    ----------
    outputs : mapping of str to str or None
        What writes the file (an option's name), and its path; None is passed over. A file that exists keeps its
        content, one that does not is not left behind.
    photos : sequence of str
        Paths that must stay as they are.

    Raises
    ------
    OptionError
        With one sentence that says which path and why.
    """
    taken = {Path(photo).resolve(): f"the photo {photo}" for photo in photos}
    for option, given in outputs.items():
        if given is None:
            continue
        path = Path(given)
        if given in ("", "-"):
            raise OptionError(f"{option} needs the name of a file.")
        with _told(path):
            place = path.resolve()
        if place in taken:
            raise OptionError(f"{option} {given} would overwrite {taken[place]}; give another name.")
        taken[place] = f"what {option} writes"
        with _told(path):
            existed = path.exists()
            path.open("ab").close()
            if not existed:
                path.unlink()


def write_text(path: str | PathLike[str], text: str) -> None:
    """Write a text file in UTF-8.

    Raises
    ------
    OptionError
        When it cannot be written.
    """
    with _told(Path(path)):
        Path(path).write_text(text, encoding="utf-8")


def write_bytes(path: str | PathLike[str], content: bytes) -> None:
    """Write a file of bytes.

    Raises
    ------
    OptionError
        When it cannot be written.
    """
    with _told(Path(path)):
        Path(path).write_bytes(content)


def make_folder(path: Path) -> None:
    """Make a folder and those above it, unless they exist.

    Raises
    ------
    OptionError
        When it cannot be made.
    """
    with _told(path):
        path.mkdir(parents=True, exist_ok=True)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise OptionError(f"{path} cannot be written ({why}); name a place that can be.") from error
