"""Pairs of points that a person marked: the same skin in both photos, given by hand to help the alignment.

They come from a file (``--points pairs.json``) or from a call, in pixels of the two photos, and every defect is told
in one sentence before anything is aligned.
"""

import json
import math
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TypeGuard

import numpy as np
import numpy.typing as npt

from skincompare.errors import PointPairsError

__all__ = ["MIN_PAIRS", "PointPairs", "check_points", "load_points", "parse_points"]

FloatArray = npt.NDArray[np.float64]

SCHEMA_VERSION = 1
"""Version of the file of point pairs that this program reads."""
MIN_PAIRS, MAX_PAIRS = 3, 1000
"""Fewest pairs that settle shift, rotation, size and shear, and most that are read: nobody marks more by hand."""
MAX_FILE_BYTES = 1_000_000
"""Largest file that is read: a thousand pairs fill a tenth of it."""
MIN_APART_PX = 1.0
"""Distance below which two marks of one photo are the same mark, px."""
MIN_WIDTH_SHARE, MIN_WIDTH_PX = 0.05, 4.0
"""Spread (SD) that the marks need across their main direction: a share of the spread along it, and px. A mark of a
careful hand is off by 1-2 px; at a twentieth, the error across the line grows twentyfold at the ends of the picture
[judgement]."""
_EXPECTED = (
    'expected {"schema_version": 1, "pairs": [{"before": [x, y], "after": [x, y]}, ...]} with at least '
    f"{MIN_PAIRS} pairs"
)


@dataclass(frozen=True, eq=False)
class PointPairs:
    """The same places of skin in both photos, marked by hand.

    Parameters
    ----------
    before, after : ndarray of float64, shape (N, 2)
        Points (x, y) in each photo, px of the upright photo; row by row the same skin.
    """

    before: FloatArray
    after: FloatArray

    def __len__(self) -> int:
        """Return how many pairs there are."""
        return len(self.before)


def load_points(
    path: str | PathLike[str], before_size: tuple[int, int], after_size: tuple[int, int]
) -> PointPairs:
    """Read pairs of points: ``{"schema_version": 1, "pairs": [{"before": [x, y], "after": [x, y]}, ...]}``.

    Parameters
    ----------
    path : path
        A JSON file; coordinates are pixels of the upright photos.
    before_size, after_size : tuple of int
        Width and height of the two photos, px.

    Returns
    -------
    PointPairs
        In the order of the file, checked by :func:`check_points`.

    Raises
    ------
    PointPairsError
        With one sentence that says what is wrong and how it should look.
    """
    source = f"The point file {path}"
    try:
        with Path(path).open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise PointPairsError(f"{source} cannot be read: {why}.") from error
    return parse_points(content, before_size, after_size, source=source)


def parse_points(
    content: bytes, before_size: tuple[int, int], after_size: tuple[int, int], *, source: str
) -> PointPairs:
    """Read pairs of points from the bytes of a file, as :func:`load_points` does.

    Parameters
    ----------
    content : bytes
        The file.
    before_size, after_size : tuple of int
        Width and height of the two photos, px.
    source : str
        What the file is called at the beginning of a sentence.

    Returns
    -------
    PointPairs
        In the order of the file, checked by :func:`check_points`.

    Raises
    ------
    PointPairsError
        With one sentence that says what is wrong and how it should look.
    """
    if len(content) > MAX_FILE_BYTES:
        raise PointPairsError(f"{source} is larger than {MAX_FILE_BYTES / 1e6:g} MB; {_EXPECTED}.")
    try:
        parsed = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise PointPairsError(f"{source} is not JSON ({error}); {_EXPECTED}.") from error
    points = _parsed(parsed, source)
    check_points(points, before_size, after_size, source=source)
    return points


def check_points(
    points: PointPairs,
    before_size: tuple[int, int],
    after_size: tuple[int, int],
    *,
    source: str = "The list of point pairs",
) -> None:
    """Refuse pairs of points that cannot help an alignment.

    Parameters
    ----------
    points : PointPairs
        The pairs.
    before_size, after_size : tuple of int
        Width and height of the two photos, px.
    source : str
        What the pairs are called in the sentence.

    Raises
    ------
    PointPairsError
        When the two lists do not fit together, when a point is no number or lies outside its photo, when there are
        too few pairs, or when they are marked twice or lie on one line.
    """
    sides = (("before", points.before, before_size), ("after", points.after, after_size))
    for which, xy, _ in sides:
        if np.ndim(xy) != 2 or np.shape(xy)[1] != 2:
            raise PointPairsError(
                f"{source} needs an array of shape (N, 2) for the {which} photo, not {np.shape(xy)}."
            )
    first, second = len(points.before), len(points.after)
    if first != second:
        raise PointPairsError(
            f"{source} has {first} points in the before photo and {second} in the after photo; give each point in "
            "both."
        )
    if not MIN_PAIRS <= first <= MAX_PAIRS:
        raise PointPairsError(
            f"{source} has {first} pair{'' if first == 1 else 's'}; mark from {MIN_PAIRS} to {MAX_PAIRS} places that "
            "both photos show."
        )
    for which, xy, size in sides:
        _check_side(xy, size, which, source)


def _check_side(xy: FloatArray, size: tuple[int, int], which: str, source: str) -> None:
    """Refuse points of one photo that are no numbers, outside, double or on one line."""
    for number, (x, y) in enumerate(xy, start=1):
        if not (math.isfinite(x) and math.isfinite(y)):
            raise PointPairsError(
                f"{source} has no finite number in pair {number} for the {which} photo; mark it again."
            )
        if not (-0.5 <= x <= size[0] - 0.5 and -0.5 <= y <= size[1] - 0.5):
            raise PointPairsError(
                f"{source} places pair {number} at ({x:g}, {y:g}), outside the {which} photo of {size[0]} x {size[1]} "
                "pixels; give pixels of the upright photo."
            )
    for number in range(1, len(xy)):
        distance = np.hypot(*(xy[:number] - xy[number]).T)
        if distance.min() < MIN_APART_PX:
            raise PointPairsError(
                f"{source} marks one place of the {which} photo twice, in pairs {int(distance.argmin()) + 1} and "
                f"{number + 1}; give each place once."
            )
    along, across = np.linalg.svd(xy - xy.mean(axis=0), compute_uv=False) / math.sqrt(len(xy))
    if across < max(MIN_WIDTH_SHARE * along, MIN_WIDTH_PX):
        raise PointPairsError(
            f"{source} marks places of the {which} photo that lie nearly on one line or in one spot; spread them over "
            "the skin, in both directions."
        )


def _parsed(content: object, source: str) -> PointPairs:
    """Bring parsed JSON to arrays, or say what is wrong with its form."""
    if not isinstance(content, dict):
        raise PointPairsError(f"{source} holds no JSON object; {_EXPECTED}.")
    version = content.get("schema_version")
    if isinstance(version, bool) or version != SCHEMA_VERSION:
        raise PointPairsError(f"{source} has the schema_version {_shown(version)}; {_EXPECTED}.")
    entries = content.get("pairs")
    if not isinstance(entries, list):
        raise PointPairsError(f"{source} has no list of pairs; {_EXPECTED}.")
    if len(entries) > MAX_PAIRS:
        raise PointPairsError(f"{source} has {len(entries)} pairs; the most that are read is {MAX_PAIRS}.")
    sides: dict[str, list[tuple[float, float]]] = {"before": [], "after": []}
    for number, entry in enumerate(entries, start=1):
        for which, found in sides.items():
            point = entry.get(which) if isinstance(entry, dict) else None
            if not _is_point(point):
                raise PointPairsError(
                    f"{source} has no point [x, y] for the {which} photo in pair {number}; {_EXPECTED}."
                )
            found.append((_number(point[0]), _number(point[1])))
    return PointPairs(*(np.array(found, np.float64).reshape(-1, 2) for found in sides.values()))


def _is_point(value: object) -> TypeGuard[list[float]]:
    """Return whether parsed JSON is a list of two numbers; neither words nor true and false are numbers."""
    if not isinstance(value, list) or len(value) != 2:
        return False
    return all(isinstance(one, int | float) and not isinstance(one, bool) for one in value)


def _number(value: float) -> float:
    """Return a float; a whole number beyond all floats is as infinite as 1e999, which JSON gives as inf."""
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _shown(value: object) -> str:
    """Return a short form of what was found in a file."""
    text = json.dumps(value)
    return text if len(text) <= 20 else f"{text[:20]}..."
