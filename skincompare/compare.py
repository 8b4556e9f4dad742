"""Compare two photographs of skin: the whole product on one page.

bytes -> photo -> face and frame -> alignment -> the same skin in both -> light -> every metric on each photo ->
change with its error and verdict. Coordinates travel between the photos, pixels stay.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from os import PathLike
from typing import get_args

from skincompare import pair_flags
from skincompare.aligned import AlignedPair, align_subjects
from skincompare.changes import change_between
from skincompare.choices import (
    PhotoSource,
    Progress,
    chosen_metrics,
    opened_photo,
    silent,
)
from skincompare.comparison import Comparison
from skincompare.errors import OptionError
from skincompare.imaging.comparability import Bearing
from skincompare.imaging.light import Light
from skincompare.imaging.light_evidence import LightEvidence, region_colour
from skincompare.imaging.mirroring import Side, flipped
from skincompare.imaging.pairing import PairedRegion
from skincompare.imaging.patches import PatchPair
from skincompare.imaging.points import PointPairs
from skincompare.imaging.regions import Region
from skincompare.imaging.subject import Subject, prepare
from skincompare.measurement import Change, Flag
from skincompare.metrics.registry import MetricSpec
from skincompare.repeatability import NO_REPEATABILITY, Repeatability

__all__ = ["AlignedPair", "Comparison", "align_subjects", "compare", "compare_subjects", "measure_aligned"]

PHOTOS = 2
"""Photos of a comparison: they are read and prepared at the same time."""
MEASURING_THREADS = 2
"""Regions that are measured at the same time; more only cost memory, as OpenCV has threads of its own."""


def compare(
    before: PhotoSource,
    after: PhotoSource,
    *,
    reference: str | Sequence[str] = (),
    treated: str | Sequence[str] = (),
    regions: str | PathLike[str] | Sequence[Region] | None = None,
    px_per_mm: float | None = None,
    marker_mm: float | None = None,
    points: str | PathLike[str] | PointPairs | None = None,
    same_person: bool = False,
    chart: bool = False,
    flip: Side | None = None,
    only: Iterable[str] | None = None,
    repeatability: Repeatability = NO_REPEATABILITY,
    progress: Progress | None = None,
) -> Comparison:
    """Compare two photographs of the same skin.

    Parameters
    ----------
    before, after : path, bytes or Photo
        The two photographs.
    reference : str or sequence of str
        Regions that were not treated; they tell what the light did.
    treated : str or sequence of str
        Regions that were treated, or words for several: ``cheeks``, ``temples``, ``face``. When no reference is
        named, the untreated forehead, nose, chin, temples, cheeks and neck (or all other drawn regions) are
        references.
    regions : path or sequence of Region, optional
        Drawn regions, in pixels of the before photo; default: the named regions of the face, or the whole
        picture of a close-up.
    px_per_mm : float, optional
        Scale of the before photo, when known.
    marker_mm : float, optional
        Side of an ArUco marker in the pictures, mm.
    points : path or PointPairs, optional
        Pairs of points marked by hand that help the alignment: a JSON file, or the pairs; pixels of the two photos
        as they are stored.
    same_person : bool
        The user says that both photos show the same person, for dim photos in which it cannot be checked.
    chart : bool
        The user says that a colour chart of 24 patches lies in both photos: then it helps to tell the light.
    flip : {"before", "after"}, optional
        Photo to flip left-right before everything, when it is mirrored. Left and right are then those of the other
        photo, and all places in the result those of the flipped one; its file is not changed.
    only : iterable of str, optional
        Names of the metrics to run; default: all.
    repeatability : Repeatability, optional
        How well the user's own photos repeat, in place of the defaults; from :func:`skincompare.repeat.repeat_visit`.
    progress : callable, optional
        Called with the name of a step and the share done, in [0, 1].

    Returns
    -------
    Comparison
        With a refused alignment and no changes when the photos cannot be compared.

    Raises
    ------
    PhotoError
        When one of the files is no usable photograph.
    OptionError
        When a name is unknown or a region is both treated and a reference.
    RegionFileError
        When the file of regions cannot be used.
    PointPairsError
        When the pairs of points cannot be used.
    """
    if flip is not None and flip not in get_args(Side):
        raise OptionError.unknown("photo to flip", flip, get_args(Side))
    tell = progress or silent
    tell("reading the photos", 0.0)
    with ThreadPoolExecutor(PHOTOS) as pool:
        photos = list(pool.map(opened_photo, (before, after)))
        photos = [
            flipped(photo) if side == flip else photo
            for side, photo in zip(get_args(Side), photos, strict=True)
        ]
        tell("finding face and skin", 0.15)
        scales = (px_per_mm, None)
        first, second = pool.map(
            lambda photo, scale: prepare(photo, px_per_mm=scale, marker_mm=marker_mm), photos, scales
        )
    return compare_subjects(
        first,
        second,
        reference=reference,
        treated=treated,
        regions=regions,
        points=points,
        same_person=same_person,
        chart=chart,
        only=only,
        repeatability=repeatability,
        progress=progress,
    )


def compare_subjects(
    before: Subject,
    after: Subject,
    *,
    reference: str | Sequence[str] = (),
    treated: str | Sequence[str] = (),
    regions: str | PathLike[str] | Sequence[Region] | None = None,
    points: str | PathLike[str] | PointPairs | None = None,
    same_person: bool = False,
    chart: bool = False,
    only: Iterable[str] | None = None,
    repeatability: Repeatability = NO_REPEATABILITY,
    progress: Progress | None = None,
) -> Comparison:
    """Compare two photos that are prepared already (a baseline is prepared once for a whole course).

    Parameters
    ----------
    before, after : Subject
        The prepared photos.
    reference, treated, regions, points, same_person, chart, only, repeatability, progress
        As in :func:`compare`; regions and points are places in the photos as they are stored, also where a photo was
        flipped before it was prepared.

    Returns
    -------
    Comparison
        As :func:`compare` gives.
    """
    chosen_metrics(only)  # A wrong name is told before the work begins.
    aligned = align_subjects(
        before,
        after,
        reference=reference,
        treated=treated,
        regions=regions,
        points=points,
        same_person=same_person,
        chart=chart,
        progress=progress,
    )
    return measure_aligned(aligned, only=only, repeatability=repeatability, progress=progress)


def measure_aligned(
    aligned: AlignedPair,
    *,
    only: Iterable[str] | None = None,
    repeatability: Repeatability = NO_REPEATABILITY,
    progress: Progress | None = None,
) -> Comparison:
    """Measure the changes of a pair that is aligned already.

    Parameters
    ----------
    aligned : AlignedPair
        From :func:`skincompare.aligned.align_subjects`; what it holds may be shown while this runs.
    only, repeatability, progress
        As in :func:`compare`.

    Returns
    -------
    Comparison
        That of `aligned`, with its changes; without any when the alignment was refused.

    Raises
    ------
    OptionError
        When a metric is unknown.
    """
    tell = progress or silent
    specs = chosen_metrics(only)
    base, evidence = aligned.comparison, aligned.evidence
    if evidence is None:
        tell("done", 1.0)
        return base
    lights = {pair.name: _own_light(pair, base.before, evidence, base.light) for pair in base.regions}
    patches = {
        pair.name: pair.patch_pair(
            (base.before, evidence.after),
            base.scales,
            (lights[pair.name].before_shift, lights[pair.name].shift),
            base.alignment,
        )
        for pair in base.regions
    }
    references = [patches[pair.name] for pair in base.regions if pair.name in base.reference]
    flags = pair_flags.of_pair(base.before, base.after)

    def measure(pair: PairedRegion) -> list[Change]:
        own = lights[pair.name]
        own = replace(own, flags=(*own.flags, *aligned.gate.flags_on(pair.name, Bearing.COLOUR)))
        wide = (*flags, *aligned.gate.flags_on(pair.name, Bearing.EVERYTHING))
        texture_wide = aligned.gate.flags_on(pair.name, Bearing.TEXTURE)
        found = _measure(patches[pair.name], references, own, specs, wide, texture_wide, repeatability)
        patches[pair.name].release()
        return found

    changes: list[Change] = []
    with ThreadPoolExecutor(MEASURING_THREADS) as pool:
        for index, (pair, found) in enumerate(
            zip(base.regions, pool.map(measure, base.regions), strict=True), start=1
        ):
            changes += found
            tell(f"measured {pair.name.replace('_', ' ')}", 0.7 + 0.3 * index / len(base.regions))
    tell("done", 1.0)
    told = (*base.flags, *pair_flags.of_references(changes, base.reference))
    return replace(base, flags=tuple(dict.fromkeys(told)), changes=tuple(changes))


def _own_light(pair: PairedRegion, before: Subject, evidence: LightEvidence, light: Light) -> Light:
    """Return what the light did to a region, without its own word; `light` where nothing tells it."""
    if not evidence.is_known:
        return light
    return evidence.light(without=pair.name, colour=region_colour(pair, before))


def _measure(
    pair: PatchPair,
    untreated: Sequence[PatchPair],
    light: Light,
    specs: Sequence[MetricSpec],
    pair_wide: Sequence[Flag],
    texture_wide: Sequence[Flag],
    repeatability: Repeatability,
) -> list[Change]:
    """Run every metric on one region of both photos."""
    return [
        change
        for spec in specs
        for change in change_between(
            spec,
            pair,
            untreated,
            light=light,
            pair_wide=pair_wide,
            texture_wide=texture_wide,
            repeatability=repeatability,
        )
    ]
