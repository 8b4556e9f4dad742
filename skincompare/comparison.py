"""The result of comparing two photographs: alignment, light, regions and changes, and how they go out as JSON."""

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from skincompare.errors import OptionError
from skincompare.imaging.alignment import Alignment
from skincompare.imaging.change_map import redness_change_map
from skincompare.imaging.colour import srgb_from_linear
from skincompare.imaging.comparability import NOT_JUDGED, Comparability
from skincompare.imaging.light import Light
from skincompare.imaging.light_display import in_the_light_of
from skincompare.imaging.mirroring import Side, is_flipped
from skincompare.imaging.pairing import PairedRegion, PairedSkin
from skincompare.imaging.scale import Scale
from skincompare.imaging.subject import Subject
from skincompare.measurement import Change, Flag

__all__ = ["SCHEMA_VERSION", "Comparison", "photo_dict"]

SCHEMA_VERSION = 1
"""Version of :meth:`Comparison.to_dict`; raised when a reader of it would break."""


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
    comparability : Comparability
        Whether the photos may be compared, check by check.
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
    comparability: Comparability = NOT_JUDGED

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
        return before, self.alignment.warp_for_display(self.after.photo)

    @cached_property
    def matched_after(self) -> tuple[npt.NDArray[np.uint8], float] | None:
        """The after picture of :attr:`aligned_pair` in the before photo's light, and how much brighter it was made.

        For eyes only. None when the alignment was refused or the light is unknown.
        """
        if self.skin is None or math.isnan(self.light.shift.u):
            return None
        before, after = self.aligned_pair
        return in_the_light_of(before, after, self.light, self.skin.before)

    @cached_property
    def redness_map(self) -> npt.NDArray[np.float32] | None:
        """Change of redness at every place of the first of :attr:`aligned_pair`, EI; NaN off the skin.

        None when the alignment was refused or the light is unknown.
        """
        if self.skin is None or math.isnan(self.light.shift.u):
            return None
        frame = self.after.frame
        straight = replace(frame, linear=self.light.tone.corrected(frame.linear))
        return redness_change_map(self.before.frame, straight, self.alignment, self.skin, self.light.shift)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON, with a ``schema_version``; NaN becomes None."""
        return {
            "schema_version": SCHEMA_VERSION,
            "before": photo_dict(self.before, self.scales[0]),
            "after": photo_dict(self.after, self.scales[1]),
            "alignment": {
                "status": self.alignment.status.value,
                "method": self.alignment.method,
                "error_px": _number(self.alignment.error_px),
                "error_mm": _number(self.alignment.error_mm(self.scales[0].px_per_mm)),
                "points": self.alignment.points,
                "overlap": _number(self.alignment.overlap),
                "detail_agreement": _number(self.alignment.detail_agreement),
                "detail_ratio": _number(self.alignment.detail_ratio),
                "flags": [flag.to_dict() for flag in self.alignment.flags],
            },
            "comparability": self.comparability.to_dict(),
            "light": self.light.to_dict(),
            "treated": list(self.treated),
            "reference": list(self.reference),
            "flags": [flag.to_dict() for flag in self.flags],
            "regions": [
                {
                    "name": region.name,
                    "error_px": _number(region.error_px),
                    "error_mm": _number(region.error_px / self.scales[0].px_per_mm),
                    "before_outline": region.before_outline.round(2).tolist(),
                    "after_outline": region.after_outline.round(2).tolist(),
                }
                for region in self.regions
            ],
            "changes": [change.to_dict() for change in self.changes],
        }


def photo_dict(subject: Subject, scale: Scale) -> dict[str, Any]:
    """Return what a result says of a photo, as plain values for JSON."""
    photo = subject.photo
    return {
        "name": photo.name,
        "sha256": photo.sha256,
        "width": photo.width,
        "height": photo.height,
        "captured": photo.captured.local.isoformat() if photo.captured else None,
        "flipped": is_flipped(photo),
        "face_found": subject.face is not None,
        "px_per_mm": _number(scale.px_per_mm),
        "px_per_mm_sigma": _number(scale.sigma),
        "scale_source": scale.source,
        "flags": [flag.to_dict() for flag in photo.flags],
    }


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
