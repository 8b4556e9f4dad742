"""Who the simulated patients are, what is done to them, and on which days they are photographed."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from types import MappingProxyType

from skincompare.synthetic.skin import SkinOptions

__all__ = ["CLOSE_UPS", "DAYS", "PATIENTS", "WEEKS", "CloseUpSeries", "Patient"]

DAYS = (None, 0, 1, 2, 3, 4, 7, 14, 28)
"""Days of a course; None is the photo before the treatment."""
WEEKS = (None, 2, 4, 8)
"""Weeks of a close-up series."""
CLINIC_ZONE = timezone(timedelta(hours=1))
"""Time zone of the simulated clinic."""


@dataclass(frozen=True, eq=False)
class Patient:
    """A simulated patient and how the treatment went.

    `redness_od` is the mean hemoglobin optical density right after the treatment, by region; it falls to 1/e in
    `recovery_days`.
    """

    name: str
    title: str
    summary: str
    ita_degrees: float
    head_seed: int
    skin_seed: int
    needle_depth_mm: float
    treated_at: datetime
    redness_od: Mapping[str, float]
    recovery_days: float

    def redness_on(self, day: float | None) -> dict[str, float]:
        """Return the mean added optical density by region on a day; nothing before the treatment."""
        if day is None:
            return dict.fromkeys(self.redness_od, 0.0)
        return {name: peak * math.exp(-day / self.recovery_days) for name, peak in self.redness_od.items()}


@dataclass(frozen=True)
class CloseUpSeries:
    """A simulated close-up of one place over weeks: pores and relief shrink by these factors."""

    name: str
    title: str
    summary: str
    skin: SkinOptions
    treated_at: datetime
    pore_scale: tuple[float, ...]
    relief_scale: tuple[float, ...]


PATIENTS = (
    Patient(
        name="patient_a",
        title="Patient A, very light skin",
        summary="Cheeks and nose treated at 1.0 mm for large pores; forehead, chin and neck untreated.",
        ita_degrees=58.0,
        head_seed=3,
        skin_seed=11,
        needle_depth_mm=1.0,
        treated_at=datetime(2026, 3, 3, 10, 0, tzinfo=CLINIC_ZONE),
        redness_od=MappingProxyType({"left_cheek": 0.20, "right_cheek": 0.18, "nose": 0.12}),
        recovery_days=1.8,
    ),
    Patient(
        name="patient_b",
        title="Patient B, tan skin",
        summary="Both cheeks treated at 1.5 mm for acne scars; the rest of the face untreated.",
        ita_degrees=19.0,
        head_seed=8,
        skin_seed=12,
        needle_depth_mm=1.5,
        treated_at=datetime(2026, 4, 14, 15, 0, tzinfo=CLINIC_ZONE),
        redness_od=MappingProxyType({"left_cheek": 0.17, "right_cheek": 0.20}),
        recovery_days=2.6,
    ),
    Patient(
        name="patient_c",
        title="Patient C, dark skin",
        summary="Cheeks and chin treated at 0.5 mm for discoloration; forehead, nose and neck untreated.",
        ita_degrees=-42.0,
        head_seed=14,
        skin_seed=13,
        needle_depth_mm=0.5,
        treated_at=datetime(2026, 5, 5, 9, 0, tzinfo=CLINIC_ZONE),
        redness_od=MappingProxyType({"left_cheek": 0.15, "right_cheek": 0.15, "chin": 0.12}),
        recovery_days=1.1,
    ),
)
CLOSE_UPS = (
    CloseUpSeries(
        name="close_up",
        title="Close-up of a cheek, eight weeks",
        summary="Pores shrink and the relief flattens over eight weeks; no face in the picture.",
        skin=SkinOptions(
            size_mm=(80.0, 66.0),
            ita_degrees=38.0,
            seed=21,
            pore_density_per_cm2=70.0,
            pore_diameter_mm=0.36,
            spots=5,
        ),
        treated_at=datetime(2026, 2, 2, 11, 0, tzinfo=CLINIC_ZONE),
        pore_scale=(1.0, 0.94, 0.86, 0.78),
        relief_scale=(1.0, 0.95, 0.88, 0.80),
    ),
)
