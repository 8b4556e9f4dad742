"""The first half of a comparison: the same skin in both photos, and what the light did. No metric is run yet.

What it finds is shown at once (the aligned pair, the flags, the regions) while the metrics are still being measured.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from os import PathLike

from skincompare import pair_flags
from skincompare.choices import (
    Progress,
    check_apart,
    region_names,
    region_outlines,
    silent,
    untreated_names,
)
from skincompare.comparison import Comparison
from skincompare.imaging.align import align
from skincompare.imaging.comparability import Comparability
from skincompare.imaging.light import NO_LIGHT, LightRung
from skincompare.imaging.light_evidence import LightEvidence, gather_light, read_charts
from skincompare.imaging.mirroring import flipped_points, is_flipped
from skincompare.imaging.pairing import PairedRegion, pair_region, pair_skin
from skincompare.imaging.points import PointPairs, check_points, load_points
from skincompare.imaging.quality import judge_pair, region_checks
from skincompare.imaging.region_flags import MISPLACED
from skincompare.imaging.regions import Region
from skincompare.imaging.scale import shared_scales
from skincompare.imaging.subject import Subject
from skincompare.measurement import Effect, Flag

__all__ = ["AlignedPair", "align_subjects"]

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


@dataclass(frozen=True, eq=False)
class AlignedPair:
    """Two photos of which everything is known but the changes.

    Parameters
    ----------
    comparison : Comparison
        Without changes: alignment, light, regions, flags and checks are those of the finished one, its pictures
        (:attr:`Comparison.aligned_pair`) may be shown.
    gate : Comparability
        The checks of the photos, without those of single regions.
    evidence : LightEvidence or None
        What tells the light; None when the alignment was refused.
    """

    comparison: Comparison
    gate: Comparability
    evidence: LightEvidence | None


def align_subjects(
    before: Subject,
    after: Subject,
    *,
    reference: str | Sequence[str] = (),
    treated: str | Sequence[str] = (),
    regions: str | PathLike[str] | Sequence[Region] | None = None,
    points: str | PathLike[str] | PointPairs | None = None,
    same_person: bool = False,
    chart: bool = False,
    progress: Progress | None = None,
) -> AlignedPair:
    """Find the same skin in two prepared photos, and what the light did, before anything is measured.

    :func:`skincompare.compare.measure_aligned` finishes what this begins.

    Parameters
    ----------
    before, after : Subject
        The prepared photos.
    reference, treated, regions, points, same_person, chart
        As in :func:`skincompare.compare.compare_subjects`.
    progress : callable, optional
        Called with the name of a step and the share done of the whole comparison, in [0, 1].

    Returns
    -------
    AlignedPair
        Its alignment may be refused.

    Raises
    ------
    OptionError, RegionFileError, PointPairsError
        As :func:`skincompare.compare.compare` does.
    """
    tell = progress or silent
    outlines = region_outlines(before, regions)
    names = [region.name for region in outlines]
    treated, reference = region_names(treated, names, "region"), region_names(reference, names, "region")
    check_apart(treated, reference)
    marked = _marked(points, before, after)
    tell("aligning", 0.3)
    alignment = align(before, after, marked, same_person=same_person)
    flags = pair_flags.of_pair(before, after)
    gate = judge_pair(before, after, alignment)
    if not alignment.is_aligned:
        refused = Comparison(
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
        return AlignedPair(refused, gate, None)
    tell("finding the same skin in both", 0.6)
    scales = shared_scales(before.scale, after.scale, alignment.magnification)
    skin = pair_skin(before, after, alignment)
    paired = tuple(pair_region(one, before, after, alignment, skin, scales[0]) for one in outlines)
    steady = untreated_names(names, reference, treated, before)
    charts, chart_flags = read_charts(before, after) if chart else (None, ())
    evidence = gather_light(
        [pair for pair in paired if pair.name in steady and not _is_lost(pair)],
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
    comparison = Comparison(
        before=before,
        after=after,
        alignment=alignment,
        light=light,
        scales=scales,
        regions=paired,
        treated=treated,
        reference=tuple(one.name for one in evidence.references),
        flags=tuple(dict.fromkeys((*flags, *alignment.flags, *gate.pair_flags))),
        changes=(),
        skin=skin,
        comparability=gate.with_checks(region_checks(paired)),
    )
    return AlignedPair(comparison, gate, evidence)


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
