"""What a single photograph says of its skin, and how it goes out as JSON."""

from dataclasses import dataclass
from typing import Any

from skincompare.comparison import photo_dict
from skincompare.imaging.photo_region import PhotoRegion
from skincompare.imaging.scale import Scale
from skincompare.imaging.subject import Subject
from skincompare.measurement import Flag, Measurement

__all__ = ["MEASURED_SCHEMA_VERSION", "Measured"]

MEASURED_SCHEMA_VERSION = 1
"""Version of :meth:`Measured.to_dict`; raised when a reader of it would break."""


@dataclass(frozen=True, eq=False)
class Measured:
    """What one photograph says of its skin.

    Parameters
    ----------
    subject : Subject
        The prepared photo.
    regions : tuple of PhotoRegion
        What was measured.
    treated, reference : tuple of str
        What the user named as treated; the regions that set the level of untreated skin.
    flags : tuple of Flag
        Circumstances of the photo.
    measurements : tuple of Measurement
        One for each region and quantity; NaN with a flag where it is withheld.
    """

    subject: Subject
    regions: tuple[PhotoRegion, ...]
    treated: tuple[str, ...]
    reference: tuple[str, ...]
    flags: tuple[Flag, ...]
    measurements: tuple[Measurement, ...]

    @property
    def scale(self) -> Scale:
        """Pixels in a millimetre of the photo."""
        return self.subject.scale

    def find(self, region: str, quantity: str) -> Measurement | None:
        """Return one quantity of one region, or None when there is none."""
        return next((m for m in self.measurements if (m.region, m.metric) == (region, quantity)), None)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON, with a ``schema_version``; NaN becomes None."""
        return {
            "schema_version": MEASURED_SCHEMA_VERSION,
            "photo": photo_dict(self.subject, self.scale),
            "treated": list(self.treated),
            "reference": list(self.reference),
            "flags": [flag.to_dict() for flag in self.flags],
            "regions": [{"name": one.name, "outline": one.outline.round(2).tolist()} for one in self.regions],
            "measurements": [one.to_dict() for one in self.measurements],
        }
