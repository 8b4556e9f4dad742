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
from skincompare.changes import change_between
from skincompare.choices import (
    PhotoSource,
    Progress,
    check_apart,
    chosen_metrics,
    opened_photo,
    region_names,
    region_outlines,
    untreated_names,
)
from skincompare.comparison import Comparison
from skincompare.errors import OptionError
from skincompare.imaging.align import align
from skincompare.imaging.comparability import Bearing
from skincompare.imaging.light import NO_LIGHT, Light, LightRung
from skincompare.imaging.light_evidence import LightEvidence, gather_light, read_charts, region_colour
from skincompare.imaging.mirroring import Side, flipped, flipped_points, is_flipped
from skincompare.imaging.pairing import PairedRegion, pair_region, pair_skin
from skincompare.imaging.patches import PatchPair
from skincompare.imaging.points import PointPairs, check_points, load_points
from skincompare.imaging.quality import judge_pair, region_checks
from skincompare.imaging.region_flags import MISPLACED
from skincompare.imaging.regions import Region
from skincompare.imaging.scale import shared_scales
from skincompare.imaging.subject import Subject, prepare
from skincompare.measurement import Change, Effect, Flag
from skincompare.metrics.registry import MetricSpec
from skincompare.repeatability import NO_REPEATABILITY, Repeatability

__all__ = ["Comparison", "compare", "compare_subjects"]

PHOTOS = 2
"""Photos of a comparison: they are read and prepared at the same time."""
MEASURING_THREADS = 2
"""Regions that are measured at the same time; more only cost memory, as OpenCV has threads of its own."""

UNUSABLE_REFERENCE = Flag(
    "no_reference",
    "None of the regions that were named as untreated shows enough bare skin, surely found again, in both photos.",
    "Name other untreated skin, or take the after photo with that skin in view, bare and evenly lit.",
    Effect.NOT_MEASURABLE,
)
"""Why the light is unknown although untreated skin was named."""
NOTHING_BESIDE = Flag(
    "no_reference",
    "No untreated skin of the face is left, and too little beside it (neck, ears, eyes, hair, a plain wall) is seen in "
    "both photos to tell the light.",
    "Show the neck, or the inner arm in the same light, in both photos; or lay a colour chart beside the face.",
    Effect.NOT_MEASURABLE,
)
"""Why the light is unknown where everything was treated."""


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
    tell = progress or _silent
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
    tell = progress or _silent
    outlines = region_outlines(before, regions)
    names = [region.name for region in outlines]
    treated, reference = region_names(treated, names, "region"), region_names(reference, names, "region")
    check_apart(treated, reference)
    chosen = chosen_metrics(only)
    marked = _marked(points, before, after)
    tell("aligning", 0.3)
    alignment = align(before, after, marked, same_person=same_person)
    flags = pair_flags.of_pair(before, after)
    gate = judge_pair(before, after, alignment)
    if not alignment.is_aligned:
        tell("done", 1.0)
        return Comparison(
            before=before,
            after=after,
            alignment=alignment,
            light=NO_LIGHT,
            scales=(before.scale, after.scale),
            regions=(),
            treated=treated,
            reference=reference,
            flags=(*flags, *alignment.flags),
            changes=(),
            skin=None,
            comparability=gate,
        )
    tell("finding the same skin in both", 0.6)
    scales = shared_scales(before.scale, after.scale, alignment.magnification)
    skin = pair_skin(before, after, alignment)
    paired = tuple(pair_region(one, before, after, alignment, skin, scales[0]) for one in outlines)
    steady = untreated_names(names, reference, treated, before)
    untreated = [pair for pair in paired if pair.name in steady and not _is_lost(pair)]
    charts, chart_flags = read_charts(before, after) if chart else (None, ())
    evidence = gather_light(
        untreated,
        before,
        after,
        alignment,
        scales[0].px_per_mm,
        ask_bystanders=bool(treated) and not reference,
        charts=charts,
        flags=chart_flags,
    )
    light = evidence.light()
    if light.rung is LightRung.NOTHING and (reference or treated):
        light = replace(NO_LIGHT, flags=(UNUSABLE_REFERENCE if reference else NOTHING_BESIDE,))
    lights = {pair.name: _own_light(pair, before, evidence, light) for pair in paired}
    patches = {
        pair.name: pair.patch_pair(
            (before, evidence.after),
            scales,
            (lights[pair.name].before_shift, lights[pair.name].shift),
            alignment,
        )
        for pair in paired
    }
    used = tuple(one.name for one in evidence.references)
    references = [patches[pair.name] for pair in paired if pair.name in used]

    def measure(pair: PairedRegion) -> list[Change]:
        own = lights[pair.name]
        own = replace(own, flags=(*own.flags, *gate.flags_on(pair.name, Bearing.COLOUR)))
        wide = (*flags, *gate.flags_on(pair.name, Bearing.EVERYTHING))
        texture_wide = gate.flags_on(pair.name, Bearing.TEXTURE)
        found = _measure(patches[pair.name], references, own, chosen, wide, texture_wide, repeatability)
        patches[pair.name].release()
        return found

    changes: list[Change] = []
    with ThreadPoolExecutor(MEASURING_THREADS) as pool:
        for index, (pair, found) in enumerate(zip(paired, pool.map(measure, paired), strict=True), start=1):
            changes += found
            tell(f"measured {pair.name.replace('_', ' ')}", 0.7 + 0.3 * index / len(paired))
    tell("done", 1.0)
    told = (*flags, *alignment.flags, *gate.pair_flags, *pair_flags.of_references(changes, used))
    return Comparison(
        before=before,
        after=after,
        alignment=alignment,
        light=light,
        scales=scales,
        regions=paired,
        treated=treated,
        reference=used,
        flags=tuple(dict.fromkeys(told)),
        changes=tuple(changes),
        skin=skin,
        comparability=gate.with_checks(region_checks(paired)),
    )


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


def _marked(
    points: str | PathLike[str] | PointPairs | None, before: Subject, after: Subject
) -> PointPairs | None:
    """Return the pairs of points that were marked by hand, checked, as places in the prepared photos."""
    if points is None:
        return None
    sizes = tuple((one.photo.width, one.photo.height) for one in (before, after))
    if isinstance(points, PointPairs):
        check_points(points, *sizes)
    else:
        points = load_points(points, *sizes)
    first, second = (
        flipped_points(xy, one.photo.width) if is_flipped(one.photo) else xy
        for one, xy in ((before, points.before), (after, points.after))
    )
    return PointPairs(first, second)


def _is_lost(pair: PairedRegion) -> bool:
    """Return whether the place of a region in the after photo is so uncertain that it is another skin's light."""
    return any(flag.code == MISPLACED and flag.effect is Effect.NOT_MEASURABLE for flag in pair.flags)


def _silent(step: str, share: float) -> None:
    """Tell nobody."""
