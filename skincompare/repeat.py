"""Repeat photos of one visit: how well this person's own photos repeat, metric by metric and region by region."""

import itertools
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from os import PathLike
from pathlib import Path

import numpy as np

from skincompare.choices import PhotoSource
from skincompare.compare import compare_subjects
from skincompare.comparison import Comparison
from skincompare.errors import OptionError
from skincompare.imaging.regions import face_regions
from skincompare.imaging.subject import Subject, prepare
from skincompare.measurement import Change, Effect, Verdict
from skincompare.metrics.registry import quantities
from skincompare.photo import Photo, read_photo
from skincompare.repeat_statistics import Agreement, PairDifference, agreement, photo_values
from skincompare.repeatability import Repeatability, RepeatEntry, pooled, repeat_entry

__all__ = ["MOST_PHOTOS", "load_repeatability", "repeat_visit"]

Progress = Callable[[str, float], None]
Pairs = Mapping[tuple[str, str], Sequence[PairDifference]]

MOST_PHOTOS = 10
"""Most photos of a visit: 45 comparisons, about a minute and a half at 12 megapixels."""
LONGEST_VISIT = timedelta(hours=12)
"""Time between first and last photo from which they are not of one visit [judgement]."""
STEADY_REGIONS = (
    "forehead",
    "nose",
    "chin",
    "left_temple",
    "right_temple",
    "left_cheek",
    "right_cheek",
    "neck",
)
"""Regions that tell the light where the user names none: nothing was treated between photos of one visit. The folds
round eyes and mouth move with every smile."""


def repeat_visit(
    photos: Sequence[PhotoSource],
    *,
    reference: str | Sequence[str] = (),
    treated: str | Sequence[str] = (),
    px_per_mm: float | None = None,
    same_person: bool = False,
    only: Iterable[str] | None = None,
    progress: Progress | None = None,
) -> Repeatability:
    """Measure how well photos of one visit repeat.

    Parameters
    ----------
    photos : sequence of path, bytes or Photo
        Two to ten photos of the same skin, taken anew each time; nothing was treated between them.
    reference, treated : str or sequence of str
        As in :func:`skincompare.compare`: best the same as in the comparisons that the result is for. Without either
        all steady regions of the face tell the light.
    px_per_mm : float, optional
        Scale of the first photo of a close-up, when known.
    same_person : bool
        The user says that all photos show the same person, for dim photos in which it cannot be checked.
    only : iterable of str, optional
        Names of the metrics to run; default: all.
    progress : callable, optional
        Called with the name of a step and the share done, in [0, 1].

    Returns
    -------
    Repeatability
        Its notes say which photos could not be compared. Without entries when none could.

    Raises
    ------
    PhotoError
        When a file is no usable photograph.
    OptionError
        When there are too few or too many photos, one is given twice, or a name is unknown.
    """
    tell = progress or (lambda step, share: None)
    opened = [one if isinstance(one, Photo) else read_photo(one) for one in photos]
    _check(opened)
    subjects = []
    for number, photo in enumerate(opened):
        tell(f"preparing {photo.name}", 0.2 * number / len(opened))
        subjects.append(prepare(photo, px_per_mm=px_per_mm if number == 0 else None))
    references = reference if reference or treated else _steady(subjects)
    found: dict[tuple[str, str], list[PairDifference]] = {}
    seen: dict[tuple[str, str], Change] = {}
    notes = list(_time_notes(opened))
    both = list(itertools.combinations(range(len(subjects)), 2))
    only = None if only is None else tuple([only] if isinstance(only, str) else only)
    for number, (first, second) in enumerate(both):
        names = opened[first].name, opened[second].name
        tell(f"comparing {names[0]} with {names[1]}", 0.2 + 0.8 * number / len(both))
        comparison = compare_subjects(
            subjects[first],
            subjects[second],
            reference=references,
            treated=treated,
            same_person=same_person,
            only=only,
        )
        notes += _pair_notes(names, comparison)
        for change in comparison.changes:
            key = change.metric, change.region
            seen.setdefault(key, change)
            found.setdefault(key, []).append(_difference(first, second, change))
    tell("done", 1.0)
    return Repeatability(
        tuple(_entries(found, seen)),
        tuple(_agreements(found, len(opened))),
        (tuple(photo.sha256 for photo in opened),),
        tuple(notes),
    )


def load_repeatability(paths: Sequence[str | PathLike[str]]) -> Repeatability:
    """Read files that ``skincompare repeat --save`` wrote, one a visit, and pool them.

    Raises
    ------
    OptionError
        When there is none, a file cannot be read, is something else, or two files share a photo.
    """
    visits = []
    for path in paths:
        try:
            data = json.loads(Path(path).read_text(encoding="utf-8"))
        except OSError as error:
            raise OptionError(f"{path} cannot be read; check its path and name.") from error
        except ValueError as error:
            raise OptionError(f"{path} is not JSON; give a file of skincompare repeat --save.") from error
        visits.append(Repeatability.from_dict(data))
    return pooled(visits)


def _check(photos: Sequence[Photo]) -> None:
    if not 2 <= len(photos) <= MOST_PHOTOS:
        raise OptionError(
            f"Repeatability needs 2 to {MOST_PHOTOS} photos of one visit, not {len(photos)}; four or more are best."
        )
    names: dict[str, str] = {}
    for photo in photos:
        if photo.sha256 in names:
            raise OptionError(
                f"{photo.name!r} and {names[photo.sha256]!r} are the same file: "
                "re-rating one file is not repeatability. Take each photo anew."
            )
        names[photo.sha256] = photo.name


def _time_notes(photos: Sequence[Photo]) -> Iterable[str]:
    """Warn where the cameras' clocks say that the photos are not of one visit."""
    times = [p.captured.local for p in photos if p.captured is not None and p.captured.source == "exif"]
    if times and max(times) - min(times) > LONGEST_VISIT:
        yield (
            f"The photos were taken over {(max(times) - min(times)).days or 1} day(s), which is not one visit: "
            "changes of the skin are counted as error."
        )


def _pair_notes(names: tuple[str, str], comparison: Comparison) -> Iterable[str]:
    """Say what keeps a pair, or all colours of it, from being measured."""
    for flag in dict.fromkeys((*comparison.flags, *comparison.light.flags)):
        if flag.effect is Effect.NOT_MEASURABLE:
            yield f"{names[0]} and {names[1]}: {flag.reason}"


def _steady(subjects: Sequence[Subject]) -> tuple[str, ...]:
    """Return the steady regions that every photo shows; none on a close-up."""
    shown = []
    for subject in subjects:
        if subject.face is None:
            return ()
        height, width = subject.photo.pixels.shape[:2]
        shown.append({region.name for region in face_regions(subject.face, (width, height))})
    return tuple(name for name in STEADY_REGIONS if all(name in one for one in shown))


def _difference(first: int, second: int, change: Change) -> PairDifference:
    """Return the values of a change, which lie as far apart as it says; NaN where it is not measurable."""
    if math.isnan(change.change) or change.verdict is Verdict.NOT_MEASURABLE:
        return PairDifference(first, second, math.nan, math.nan)
    middle = (change.before.value + change.after.value) / 2
    return PairDifference(first, second, middle - change.change / 2, middle + change.change / 2)


def _entries(found: Pairs, seen: Mapping[tuple[str, str], Change]) -> Iterable[RepeatEntry]:
    for (metric, region), pairs in found.items():
        change = seen[metric, region]
        entry = repeat_entry(
            pairs,
            metric=metric,
            region=region,
            unit=change.unit,
            version=change.before.method.version,
            has_level=not quantities()[metric].needs_light,
        )
        if entry is not None:
            yield entry


def _agreements(found: Pairs, n_photos: int) -> Iterable[Agreement]:
    for metric in dict.fromkeys(metric for metric, _ in found):
        rows = [photo_values(pairs, n_photos) for (name, _), pairs in found.items() if name == metric]
        yield agreement(metric, np.stack(rows))
