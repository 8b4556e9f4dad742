"""Words where something went wrong, or is missing."""

from collections.abc import Mapping
from types import MappingProxyType

__all__ = [
    "CALM_SENTENCE",
    "NO_FACE",
    "NO_SAMPLES",
    "NO_SAMPLES_HOW",
    "NO_SAMPLES_THEN",
    "POINT_FILE",
    "REGIONS_NOT_SHOWN",
    "sample_missing",
    "samples_command",
    "side_problem",
]

CALM_SENTENCE = (
    "Something went wrong inside the program, and no result is shown. Reload the page and try again; "
    "if it happens again, show the messages of the server to whoever looks after it."
)
NO_SAMPLES = "#### There are no sample photos yet"
NO_SAMPLES_HOW = "They are simulated faces with known changes, made on this computer in a few minutes with:"
NO_SAMPLES_THEN = "Then reload this page. You can compare your own photos without them."
NO_FACE = (
    "No face was found in it, so the regions cannot be placed. Show the whole face from the front, or choose "
    "“A close-up of skin”."
)
REGIONS_NOT_SHOWN = "It does not show the regions that were treated. Frame the whole face."
POINT_FILE = "The point file"
"""How messages name the file of point pairs."""
_SIDES: Mapping[str, str] = MappingProxyType(
    {
        "before": "The before photo cannot be used. {why}",
        "after": "The after photo cannot be used. {why}",
    }
)


def side_problem(side: str, why: str) -> str:
    """Return which of two photos cannot be used, and why (Markdown)."""
    return _SIDES[side].format(why=why)


def samples_command(folder: str) -> str:
    """Return the command that makes the sample photos."""
    return f"skincompare samples {folder}"


def sample_missing(name: str) -> str:
    """Return that a sample photo is not there."""
    return f"The sample photo {name!r} is missing: make the sample photos again."
