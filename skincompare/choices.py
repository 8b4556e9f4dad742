"""What a user chose for a photo: regions by name or drawn, treated and untreated ones, metrics; checked."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from os import PathLike

from skincompare.errors import OptionError
from skincompare.imaging.mirroring import flipped_points, is_flipped
from skincompare.imaging.references import SKIN_REFERENCES
from skincompare.imaging.regions import (
    FACE_REGIONS,
    REGION_GROUPS,
    WHOLE_SKIN,
    Region,
    face_regions,
    load_regions,
    whole_skin,
)
from skincompare.imaging.subject import Subject
from skincompare.metrics.registry import MetricSpec, metrics
from skincompare.photo import Photo, read_photo

__all__ = [
    "PhotoSource",
    "Progress",
    "check_apart",
    "chosen_metrics",
    "opened_photo",
    "region_names",
    "region_outlines",
    "silent",
    "untreated_names",
]

PhotoSource = str | PathLike[str] | bytes | Photo
"""What stands for a photo: a path, the bytes of a file, or the photo itself."""
Progress = Callable[[str, float], None]
"""Is told the name of a step and the share done, in [0, 1]."""


def silent(step: str, share: float) -> None:
    """Tell nobody of the progress."""


def opened_photo(source: PhotoSource) -> Photo:
    """Return the photo that was given, read where it is a file."""
    return source if isinstance(source, Photo) else read_photo(source)


def region_outlines(
    subject: Subject, regions: str | PathLike[str] | Sequence[Region] | None
) -> tuple[Region, ...]:
    """Return the regions of a photo: drawn ones, those of the face, or the whole picture of a close-up."""
    size = subject.photo.width, subject.photo.height
    if regions is None:
        return (whole_skin(size),) if subject.face is None else face_regions(subject.face, size)
    drawn = load_regions(regions, size) if isinstance(regions, str | PathLike) else tuple(regions)
    if is_flipped(subject.photo):
        return tuple(replace(one, outline=flipped_points(one.outline, size[0])) for one in drawn)
    return drawn


def region_names(given: str | Sequence[str], known: Sequence[str], kind: str) -> tuple[str, ...]:
    """Check names against those there are; commas separate several in one string, "cheeks" means both."""
    parts = given.split(",") if isinstance(given, str) else list(given)
    names: list[str] = []
    for name in ("_".join(part.lower().split()) for part in parts if part.strip()):
        members = [one for one in REGION_GROUPS.get(name, ()) if one in known and name not in known]
        if not members and name not in known:
            if tuple(known) == (WHOLE_SKIN,) and name in (*FACE_REGIONS, *REGION_GROUPS, "neck"):
                raise OptionError(
                    f"No face was found in the photo, so {name!r} cannot be placed. Show the whole face from the "
                    "front; for a close-up leave the region out, or draw regions."
                )
            raise OptionError.unknown(kind, name, known)
        names += members or [name]
    return tuple(dict.fromkeys(names))


def check_apart(treated: Sequence[str], reference: Sequence[str]) -> None:
    """Refuse a region that is both treated and untreated."""
    both = [name for name in treated if name in reference]
    if both:
        raise OptionError(f"{both[0]!r} cannot be both treated and the untreated reference; name it once.")


def chosen_metrics(only: Iterable[str] | None) -> tuple[MetricSpec, ...]:
    """Return the metrics of these names, in the registry's order; all of them for None."""
    if only is None:
        return tuple(metrics().values())
    names = [only] if isinstance(only, str) else list(only)
    for name in names:
        if name not in metrics():
            raise OptionError.unknown("metric", name, metrics())
    return tuple(spec for name, spec in metrics().items() if name in names)


def untreated_names(
    names: Sequence[str], reference: Sequence[str], treated: Sequence[str], subject: Subject
) -> tuple[str, ...]:
    """Return the regions that tell the light: those named, else all good ones that were not named as treated."""
    if reference or not treated:
        return tuple(reference)
    drawn = subject.face is None
    return tuple(name for name in names if name not in treated and (drawn or name in SKIN_REFERENCES))
