"""The gate: may these two photos be compared? Check by check, for colour and for texture, region by region.

Here it is decided what is looked at; each check says what it bears on. What is `not measurable` has one reason and one
instruction for the next photo. No check claims to see make-up or glasses: neither was validated.
"""

from collections.abc import Iterable, Sequence
from types import MappingProxyType

from skincompare.imaging.alignment import Alignment
from skincompare.imaging.capture_checks import compression_check, settings_check
from skincompare.imaging.comparability import Check, Comparability, Concern
from skincompare.imaging.pair_checks import (
    alignment_checks,
    detail_checks,
    expression_check,
    light_check,
    pose_check,
)
from skincompare.imaging.pairing import PairedRegion
from skincompare.imaging.regions import region_label
from skincompare.imaging.subject import Subject
from skincompare.measurement import Flag
from skincompare.photo import Photo

__all__ = ["judge_pair", "region_checks"]

REGION_CHECKS = MappingProxyType(
    {
        "exposure": ("Exposure of the skin", ("clipped",)),
        "bare_skin": ("Bare skin in view", ("covered", "outside")),
        "place": ("Regions found again", ("misplaced",)),
        "slant": ("Regions seen alike", ("foreshortened", "folded")),
    }
)
"""Checks that are made region by region: name, label, and the flags of a region that belong to each."""
MAX_NAMED = 4
"""Most regions that are named one by one."""


def judge_pair(before: Subject, after: Subject, alignment: Alignment) -> Comparability:
    """Look at a pair as a whole.

    Parameters
    ----------
    before, after : Subject
        The prepared photos.
    alignment : Alignment
        Aligned or refused.

    Returns
    -------
    Comparability
        Checks that a refused alignment or a close-up does not allow are `not checked`.
    """
    as_before = _as_before(before.photo)
    return Comparability(
        (
            *alignment_checks(alignment),
            pose_check(before, after, as_before),
            expression_check(before, after),
            light_check(before, after, alignment, as_before),
            *detail_checks(before, after, alignment),
            settings_check(before.photo, after.photo),
            compression_check(before.photo, after.photo),
        )
    )


def region_checks(regions: Sequence[PairedRegion]) -> tuple[Check, ...]:
    """Return what was found region by region.

    Parameters
    ----------
    regions : sequence of PairedRegion
        The same skin in both photos, with its flags; none of a pair that was refused.

    Returns
    -------
    tuple of Check
        Value: how many regions have a flag; empty without regions.
    """
    if not regions:
        return ()
    return tuple(_region_check(name, *REGION_CHECKS[name], regions) for name in REGION_CHECKS)


def _region_check(name: str, label: str, codes: tuple[str, ...], regions: Sequence[PairedRegion]) -> Check:
    found = [(region.name, flag) for region in regions for flag in region.flags if flag.code in codes]
    named = tuple(dict.fromkeys(region for region, _ in found))
    measured = "all regions" if not named else f"not {_listed(named)} ({len(named)} of {len(regions)})"
    return Check(name, label, float(len(named)), "regions", 0.0, measured, tuple(_concerns(found)))


def _concerns(found: Iterable[tuple[str, Flag]]) -> Iterable[Concern]:
    return (Concern(flag, regions=(region,)) for region, flag in found)


def _listed(names: Sequence[str]) -> str:
    told = [region_label(name) for name in names[:MAX_NAMED]]
    return ", ".join(told) + (" and more" if len(names) > MAX_NAMED else "")


def _as_before(photo: Photo) -> str:
    """Name the day of the before photo where the camera wrote it."""
    if photo.captured is None or photo.captured.source != "exif":
        return "as in the before photo"
    taken = photo.captured.local
    return f"as on {taken.day} {taken:%B}"
