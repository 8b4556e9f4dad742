"""Measure a single photograph of skin: values with their error, and no change, since there is nothing to compare with.

bytes -> photo -> face and frame -> regions -> every metric. What a pair would tell by its other photo is not known
here: above all the light, so that a level of colour carries the error of the camera's white balance.
"""

import math
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from os import PathLike

from skincompare.changes import measurement_of
from skincompare.choices import (
    PhotoSource,
    Progress,
    check_apart,
    chosen_metrics,
    opened_photo,
    region_names,
    region_outlines,
    silent,
    untreated_names,
)
from skincompare.imaging.light import NO_LIGHT
from skincompare.imaging.photo_region import PhotoRegion, light_of_one_photo, photo_region
from skincompare.imaging.regions import Region
from skincompare.imaging.subject import Subject, prepare
from skincompare.measured import Measured
from skincompare.measurement import Effect, Flag, Measurement, widening_of, worst_effect
from skincompare.metrics.registry import MetricSpec, Quantity

__all__ = ["Measured", "measure", "measure_subject"]

MEASURING_THREADS = 2
"""Regions that are measured at the same time; more only cost memory, as OpenCV has threads of its own."""

ABSOLUTE_COLOUR = Flag(
    "absolute_colour",
    "One photo does not tell its own light, so the error of this level includes what the camera's white balance may "
    "do to it.",
    "To see a change of colour, compare two photos.",
)
"""What a level of colour of a single photo is worth."""
UNKNOWN_EXPOSURE = Flag(
    "unknown_exposure",
    "This level hangs on how brightly the skin was lit and the photo was taken, which one photo does not tell.",
    "To see a change, compare two photos.",
    Effect.NOT_MEASURABLE,
)
"""Why a level of brightness is withheld: on six simulated people, photographed with automatic exposure, the skin tone
angle of the forehead was off by up to 63 degrees (darkest skin), at a stated error of 10."""
NO_UNTREATED = Flag(
    "no_reference",
    "No untreated skin of this photo is named, so there is no level to compare the colour with.",
    "Name skin that was not treated, such as the forehead; on a close-up, draw one beside the treated place.",
    Effect.NOT_MEASURABLE,
)
"""Why a number that is laid against untreated skin is withheld where none is named."""
UNUSABLE_UNTREATED = Flag(
    "no_reference",
    "None of the regions that count as untreated shows enough bare skin in this photo.",
    "Name other untreated skin, or take the photo with that skin in view, bare and evenly lit.",
    Effect.NOT_MEASURABLE,
)
"""Why it is withheld where what was named cannot be used."""
OWN_LEVEL = Flag(
    "own_reference",
    "This is the only untreated region: it sets the level itself, so nothing is laid against it.",
    "Name a second untreated region.",
    Effect.NOT_MEASURABLE,
)
"""Why it is withheld on the only untreated region."""


def measure(
    photo: PhotoSource,
    *,
    reference: str | Sequence[str] = (),
    treated: str | Sequence[str] = (),
    regions: str | PathLike[str] | Sequence[Region] | None = None,
    px_per_mm: float | None = None,
    marker_mm: float | None = None,
    only: Iterable[str] | None = None,
    progress: Progress | None = None,
) -> Measured:
    """Measure a single photograph of skin.

    Parameters
    ----------
    photo : path, bytes or Photo
        The photograph.
    reference : str or sequence of str
        Regions that were not treated; they set the level that the red area is counted above.
    treated : str or sequence of str
        Regions that were treated, as in :func:`skincompare.compare.compare`: when no reference is named, the steady
        regions among the others set the level.
    regions : path or sequence of Region, optional
        Drawn regions, in pixels of the photo; default: the named regions of the face, or the whole picture of a
        close-up.
    px_per_mm : float, optional
        Scale of the photo, when known.
    marker_mm : float, optional
        Side of an ArUco marker in the picture, mm.
    only : iterable of str, optional
        Names of the metrics to run; default: all.
    progress : callable, optional
        Called with the name of a step and the share done, in [0, 1].

    Returns
    -------
    Measured
        Values with their error; those that cannot be had are NaN and say why.

    Raises
    ------
    PhotoError
        When the file is no usable photograph.
    OptionError
        When a name is unknown or a region is both treated and a reference.
    RegionFileError
        When the file of regions cannot be used.
    """
    tell = progress or silent
    tell("reading the photo", 0.0)
    opened = opened_photo(photo)
    tell("finding face and skin", 0.1)
    subject = prepare(opened, px_per_mm=px_per_mm, marker_mm=marker_mm)
    return measure_subject(
        subject, reference=reference, treated=treated, regions=regions, only=only, progress=progress
    )


def measure_subject(
    subject: Subject,
    *,
    reference: str | Sequence[str] = (),
    treated: str | Sequence[str] = (),
    regions: str | PathLike[str] | Sequence[Region] | None = None,
    only: Iterable[str] | None = None,
    progress: Progress | None = None,
) -> Measured:
    """Measure a photo that is prepared already.

    Parameters
    ----------
    subject : Subject
        The prepared photo.
    reference, treated, regions, only, progress
        As in :func:`measure`.

    Returns
    -------
    Measured
        As :func:`measure` gives.
    """
    tell = progress or silent
    outlines = region_outlines(subject, regions)
    names = [one.name for one in outlines]
    treated, reference = region_names(treated, names, "region"), region_names(reference, names, "region")
    check_apart(treated, reference)
    specs = chosen_metrics(only)
    found = tuple(photo_region(one, subject) for one in outlines)
    steady = untreated_names(names, reference, treated, subject)
    untreated = [one for one in found if one.name in steady and not _is_withheld(one.flags)]
    reason = UNUSABLE_UNTREATED if steady else NO_UNTREATED

    def of_region(region: PhotoRegion) -> list[Measurement]:
        others = [one for one in untreated if one is not region]
        why = OWN_LEVEL if region in untreated and not others else reason
        return _of_region(region, others, subject, specs, why)

    measurements: list[Measurement] = []
    with ThreadPoolExecutor(MEASURING_THREADS) as pool:
        for index, (region, own) in enumerate(zip(found, pool.map(of_region, found), strict=True), start=1):
            measurements += own
            tell(f"measured {region.name.replace('_', ' ')}", 0.2 + 0.8 * index / len(found))
    tell("done", 1.0)
    return Measured(
        subject=subject,
        regions=found,
        treated=treated,
        reference=tuple(one.name for one in untreated),
        flags=_photo_flags(subject),
        measurements=tuple(measurements),
    )


def _of_region(
    region: PhotoRegion,
    untreated: Sequence[PhotoRegion],
    subject: Subject,
    specs: Sequence[MetricSpec],
    why_no_level: Flag,
) -> list[Measurement]:
    """Run every metric on one region; the patch goes when they are done."""
    patch = region.patch(subject, light_of_one_photo(untreated, subject))
    light = replace(NO_LIGHT, flags=(why_no_level,))
    measurements = []
    for spec in specs:
        for quantity, estimate in zip(spec.quantities, spec.measure(patch, spec.options), strict=True):
            one = measurement_of(spec, quantity, estimate, patch, light)
            notes = () if math.isnan(one.value) else _of_level(quantity)
            measurements.append(_with_flags(one, (*region.flags, *notes)))
    return measurements


def _of_level(quantity: Quantity) -> tuple[Flag, ...]:
    """Return what a level of a single photo is worth."""
    if quantity.needs_exposure:
        return (UNKNOWN_EXPOSURE,)
    return (ABSOLUTE_COLOUR,) if quantity.needs_light else ()


def _with_flags(one: Measurement, flags: Sequence[Flag]) -> Measurement:
    """Add circumstances of the region to a number: they widen its error, or withhold it with its marks and map."""
    every = tuple(dict.fromkeys((*flags, *one.flags)))
    if _is_withheld(every):
        return replace(one, value=math.nan, sigma=math.nan, flags=every, marks=(), map=None)
    return replace(one, sigma=one.sigma * widening_of(every), flags=every)


def _is_withheld(flags: Iterable[Flag]) -> bool:
    return worst_effect(flags) is Effect.NOT_MEASURABLE


def _photo_flags(subject: Subject) -> tuple[Flag, ...]:
    """Return the circumstances of the photo itself."""
    others = subject.face.others if subject.face is not None else 0
    if not others:
        return subject.photo.flags
    told = f"The photo shows {others + 1} faces; the largest is measured."
    return (*subject.photo.flags, Flag("several_faces", told))
