"""Compare two photographs of skin: the whole product on one page.

bytes -> photo -> face and frame -> alignment -> the same skin in both -> light -> every metric on each photo ->
change with its error and verdict. Coordinates travel between the photos, pixels stay.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from skincompare import pair_flags
from skincompare.changes import change_between
from skincompare.errors import OptionError
from skincompare.imaging.alignment import Alignment, align
from skincompare.imaging.change_map import redness_change_map
from skincompare.imaging.colour import srgb_from_linear
from skincompare.imaging.light import (
    NO_LIGHT,
    REFERENCE_SD,
    SAME_LIGHT,
    Light,
    Reference,
    measure_reference,
    weigh_references,
)
from skincompare.imaging.pairing import PairedRegion, PairedSkin, pair_region, pair_skin
from skincompare.imaging.regions import Region, face_regions, load_regions, whole_skin
from skincompare.imaging.scale import Scale, shared_scales
from skincompare.imaging.subject import Subject, prepare
from skincompare.measurement import Change, Flag
from skincompare.metrics.registry import MetricSpec, metrics
from skincompare.photo import Photo, read_photo

__all__ = ["SCHEMA_VERSION", "Comparison", "compare", "compare_subjects"]

SCHEMA_VERSION = 1
"""Version of :meth:`Comparison.to_dict`; raised when a reader of it would break."""

PhotoSource = str | PathLike[str] | bytes | Photo
Side = Literal["before", "after"]
Progress = Callable[[str, float], None]


@dataclass(frozen=True, eq=False)
class Comparison:
    """What two photographs say about one skin.

    Parameters
    ----------
    before, after : Subject
        The prepared photos.
    alignment : Alignment
        Before to after; may be refused.
    light : Light
        What the light did.
    scales : tuple of Scale
        Pixels in a millimetre of the before and of the after photo.
    regions : tuple of PairedRegion
        The same skin in both photos; empty when refused.
    treated, reference : tuple of str
        What the user named.
    flags : tuple of Flag
        Circumstances of the pair.
    changes : tuple of Change
        One for each region and quantity; empty when refused.
    skin : PairedSkin or None
        Where both photos show bare skin.
    """

    before: Subject
    after: Subject
    alignment: Alignment
    light: Light
    scales: tuple[Scale, Scale]
    regions: tuple[PairedRegion, ...]
    treated: tuple[str, ...]
    reference: tuple[str, ...]
    flags: tuple[Flag, ...]
    changes: tuple[Change, ...]
    skin: PairedSkin | None

    def region_outline(self, name: str, side: Side) -> npt.NDArray[np.float64]:
        """Return the polygon of a region in one of the photos.

        Parameters
        ----------
        name : str
            Name of the region.
        side : {"before", "after"}
            Which photo.

        Returns
        -------
        ndarray of float64, shape (N, 2)
            Points in that photo, px; the same rows are the same skin.

        Raises
        ------
        OptionError
            When there is no such region or side.
        """
        if side not in ("before", "after"):
            raise OptionError.unknown("side", side, ("before", "after"))
        for region in self.regions:
            if region.name == name:
                return region.before_outline if side == "before" else region.after_outline
        raise OptionError.unknown("region", name, (region.name for region in self.regions))

    def find(self, region: str, quantity: str) -> Change | None:
        """Return the change of one quantity on one region, or None when there is none."""
        return next((c for c in self.changes if (c.region, c.metric) == (region, quantity)), None)

    @cached_property
    def aligned_pair(self) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
        """Before and after as seen from the before photo, uint8 RGB of one shape: for screens only.

        When the alignment was refused the after picture is shown unaligned, in its own shape.
        """
        before = srgb_from_linear(self.before.frame.linear)
        if not self.alignment.is_aligned:
            return before, srgb_from_linear(self.after.frame.linear)
        return before, self.alignment.warp_for_display()

    @cached_property
    def redness_map(self) -> npt.NDArray[np.float32] | None:
        """Change of redness at every place of the first of :attr:`aligned_pair`, EI; NaN off the skin.

        None when the alignment was refused or the light is unknown.
        """
        if self.skin is None or math.isnan(self.light.shift.u):
            return None
        return redness_change_map(
            self.before.frame, self.after.frame, self.alignment, self.skin, self.light.shift
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON, with a ``schema_version``; NaN becomes None."""
        return {
            "schema_version": SCHEMA_VERSION,
            "before": _photo_dict(self.before, self.scales[0]),
            "after": _photo_dict(self.after, self.scales[1]),
            "alignment": {
                "status": self.alignment.status.value,
                "method": self.alignment.method,
                "error_px": _number(self.alignment.error_px),
                "error_mm": _number(self.alignment.error_mm(self.scales[0].px_per_mm)),
                "overlap": _number(self.alignment.overlap),
                "detail_agreement": _number(self.alignment.detail_agreement),
                "flags": [flag.to_dict() for flag in self.alignment.flags],
            },
            "light": self.light.to_dict(),
            "treated": list(self.treated),
            "reference": list(self.reference),
            "flags": [flag.to_dict() for flag in self.flags],
            "regions": [
                {
                    "name": region.name,
                    "before_outline": region.before_outline.round(2).tolist(),
                    "after_outline": region.after_outline.round(2).tolist(),
                }
                for region in self.regions
            ],
            "changes": [change.to_dict() for change in self.changes],
        }


def compare(
    before: PhotoSource,
    after: PhotoSource,
    *,
    reference: str | Sequence[str] = (),
    treated: str | Sequence[str] = (),
    regions: str | PathLike[str] | Sequence[Region] | None = None,
    px_per_mm: float | None = None,
    marker_mm: float | None = None,
    only: Iterable[str] | None = None,
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
        Regions that were treated. When no reference is named, the untreated forehead, nose, chin, temples,
        cheeks and neck (or all other drawn regions) are references.
    regions : path or sequence of Region, optional
        Drawn regions, in pixels of the before photo; default: the named regions of the face, or the whole
        picture of a close-up.
    px_per_mm : float, optional
        Scale of the before photo, when known.
    marker_mm : float, optional
        Side of an ArUco marker in the pictures, mm.
    only : iterable of str, optional
        Names of the metrics to run; default: all.
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
    """
    tell = progress or _silent
    tell("reading the photos", 0.0)
    photos = [source if isinstance(source, Photo) else read_photo(source) for source in (before, after)]
    tell("finding face and skin", 0.15)
    first = prepare(photos[0], px_per_mm=px_per_mm, marker_mm=marker_mm)
    second = prepare(photos[1], marker_mm=marker_mm)
    return compare_subjects(
        first, second, reference=reference, treated=treated, regions=regions, only=only, progress=progress
    )


def compare_subjects(
    before: Subject,
    after: Subject,
    *,
    reference: str | Sequence[str] = (),
    treated: str | Sequence[str] = (),
    regions: str | PathLike[str] | Sequence[Region] | None = None,
    only: Iterable[str] | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Compare two photos that are prepared already (a baseline is prepared once for a whole course).

    Parameters
    ----------
    before, after : Subject
        The prepared photos.
    reference, treated, regions, only, progress
        As in :func:`compare`.

    Returns
    -------
    Comparison
        As :func:`compare` gives.
    """
    tell = progress or _silent
    outlines = _outlines(before, regions)
    names = [region.name for region in outlines]
    treated, reference = _names(treated, names, "region"), _names(reference, names, "region")
    _check_apart(treated, reference)
    chosen = _chosen_metrics(only)
    tell("aligning", 0.3)
    alignment = align(before, after)
    flags = pair_flags.of_pair(before, after, alignment)
    if not alignment.is_aligned:
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
        )
    tell("finding the same skin in both", 0.6)
    scales = shared_scales(before.scale, after.scale, alignment.magnification)
    skin = pair_skin(before, after, alignment)
    paired = tuple(pair_region(one, before, after, alignment, skin, scales[0]) for one in outlines)
    references = _references(paired, reference, treated, before, after, scales[0].px_per_mm)
    light = weigh_references(references)
    changes: list[Change] = []
    for index, pair in enumerate(paired):
        tell(f"measuring {pair.name.replace('_', ' ')}", 0.7 + 0.3 * index / len(paired))
        own = weigh_references([one for one in references if one.name != pair.name])
        wide = (*alignment.flags, *flags, *pair_flags.of_expression(before, after, pair.name))
        changes += _measure(pair, before, after, scales, own, chosen, wide)
    tell("done", 1.0)
    return Comparison(
        before=before,
        after=after,
        alignment=alignment,
        light=light,
        scales=scales,
        regions=paired,
        treated=treated,
        reference=tuple(one.name for one in references),
        flags=(*flags, *alignment.flags),
        changes=tuple(changes),
        skin=skin,
    )


def _measure(
    pair: PairedRegion,
    before: Subject,
    after: Subject,
    scales: tuple[Scale, Scale],
    light: Light,
    specs: Sequence[MetricSpec],
    pair_wide: Sequence[Flag],
) -> list[Change]:
    """Run every metric on one region of both photos."""
    first = pair.before_patch(before, scales[0], SAME_LIGHT)
    second = pair.after_patch(after, scales[1], light.shift)
    return [
        change
        for spec in specs
        for change in change_between(spec, first, second, light=light, pair_wide=pair_wide)
    ]


def _outlines(before: Subject, regions: str | PathLike[str] | Sequence[Region] | None) -> tuple[Region, ...]:
    height, width = before.photo.pixels.shape[:2]
    if isinstance(regions, str | PathLike):
        return load_regions(regions, (width, height))
    if regions is not None:
        return tuple(regions)
    if before.face is not None:
        return face_regions(before.face, (width, height))
    return (whole_skin((width, height)),)


def _names(given: str | Sequence[str], known: Sequence[str], kind: str) -> tuple[str, ...]:
    """Check names against those there are; commas separate several in one string."""
    parts = given.split(",") if isinstance(given, str) else list(given)
    names = tuple(dict.fromkeys("_".join(part.lower().split()) for part in parts if part.strip()))
    for name in names:
        if name not in known:
            raise OptionError.unknown(kind, name, known)
    return names


def _check_apart(treated: Sequence[str], reference: Sequence[str]) -> None:
    both = [name for name in treated if name in reference]
    if both:
        raise OptionError(f"{both[0]!r} cannot be both treated and the untreated reference; name it once.")


def _chosen_metrics(only: Iterable[str] | None) -> tuple[MetricSpec, ...]:
    if only is None:
        return tuple(metrics().values())
    names = list(only)
    for name in names:
        if name not in metrics():
            raise OptionError.unknown("metric", name, metrics())
    return tuple(spec for name, spec in metrics().items() if name in names)


def _references(
    paired: Sequence[PairedRegion],
    reference: Sequence[str],
    treated: Sequence[str],
    before: Subject,
    after: Subject,
    px_per_mm: float,
) -> tuple[Reference, ...]:
    """Measure the untreated regions: those named, else all good ones that were not named as treated."""
    wanted = list(reference)
    if treated and not reference:
        drawn = before.face is None
        wanted = [p.name for p in paired if p.name not in treated and (drawn or p.name in REFERENCE_SD)]
    found = [measure_reference(pair, before, after, px_per_mm) for pair in paired if pair.name in wanted]
    return tuple(one for one in found if one is not None)


def _photo_dict(subject: Subject, scale: Scale) -> dict[str, Any]:
    photo = subject.photo
    return {
        "name": photo.name,
        "sha256": photo.sha256,
        "width": photo.width,
        "height": photo.height,
        "captured": photo.captured.local.isoformat() if photo.captured else None,
        "face_found": subject.face is not None,
        "px_per_mm": _number(scale.px_per_mm),
        "px_per_mm_sigma": _number(scale.sigma),
        "scale_source": scale.source,
        "flags": [flag.to_dict() for flag in photo.flags],
    }


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _silent(step: str, share: float) -> None:
    """Tell nobody."""
