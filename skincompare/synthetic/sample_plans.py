"""Who the simulated patients are, what is done to them, and on which days they are photographed."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from types import MappingProxyType

from skincompare.synthetic.skin import SkinOptions

__all__ = ["CLOSE_UPS", "DAYS", "PATIENTS", "WEEKS", "CloseUpSeries", "Patient"]

DAYS = (None, 0, 1, 2, 3, 4, 7, 14, 28)
"""Days of a course; None is the photo before the treatment."""
WEEKS = (None, 2, 4, 8)
"""Weeks of a close-up series."""
LARGE_PX, LARGE_QUALITY = (1500, 1900), 90
"""Width and height of a portrait, px, and its JPEG quality."""
SMALL_PX, SMALL_QUALITY = (1140, 1444), 85
"""The same for the patients that fill the demo clinic: about 4.5 px/mm on the skin, half the bytes."""
CLINIC_ZONE = timezone(timedelta(hours=1))
"""Time zone of the simulated clinic."""


@dataclass(frozen=True, eq=False)
class Patient:
    """A simulated patient and how the treatment went.

    `redness_od` is the mean hemoglobin optical density right after the treatment, by region; it falls to 1/e in
    `recovery_days`. `pigment_od` is the melanin optical density that a treatment leaves behind, by region: none until
    `pigment_from_day`, then all but 1/e of it within `pigment_days`. `size_px` and `quality` are those of the pictures.
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
    condition: str
    pigment_od: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    pigment_from_day: float = 4.0
    pigment_days: float = 7.0
    size_px: tuple[int, int] = LARGE_PX
    quality: int = LARGE_QUALITY

    def redness_on(self, day: float | None) -> dict[str, float]:
        """Return the mean added optical density by region on a day; nothing before the treatment."""
        if day is None:
            return dict.fromkeys(self.redness_od, 0.0)
        return {name: peak * math.exp(-day / self.recovery_days) for name, peak in self.redness_od.items()}

    def pigment_on(self, day: float | None) -> dict[str, float]:
        """Return the added melanin optical density by region on a day; empty where there is none."""
        if day is None or day <= self.pigment_from_day:
            return {}
        share = 1 - math.exp(-(day - self.pigment_from_day) / self.pigment_days)
        return {name: peak * share for name, peak in self.pigment_od.items()}


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
        condition="large pores",
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
        condition="acne scars",
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
        condition="discoloration",
    ),
    Patient(
        name="patient_d",
        title="Patient D, light skin",
        summary="Cheeks and forehead treated at 1.5 mm for fine lines; the redness goes down much later than usual.",
        ita_degrees=47.0,
        head_seed=5,
        skin_seed=14,
        needle_depth_mm=1.5,
        treated_at=datetime(2026, 3, 17, 11, 30, tzinfo=CLINIC_ZONE),
        redness_od=MappingProxyType({"left_cheek": 0.19, "right_cheek": 0.21, "forehead": 0.15}),
        recovery_days=9.0,
        condition="fine lines",
        size_px=SMALL_PX,
        quality=SMALL_QUALITY,
    ),
    Patient(
        name="patient_e",
        title="Patient E, brown skin",
        summary="Both cheeks treated at 2.0 mm for acne scars; pigment rises after the first week.",
        ita_degrees=-8.0,
        head_seed=21,
        skin_seed=15,
        needle_depth_mm=2.0,
        treated_at=datetime(2026, 4, 2, 14, 0, tzinfo=CLINIC_ZONE),
        redness_od=MappingProxyType({"left_cheek": 0.20, "right_cheek": 0.19}),
        recovery_days=3.0,
        condition="acne scars",
        pigment_od=MappingProxyType({"left_cheek": 0.10, "right_cheek": 0.08}),
        size_px=SMALL_PX,
        quality=SMALL_QUALITY,
    ),
    Patient(
        name="patient_f",
        title="Patient F, intermediate skin",
        summary="Cheeks and nose treated at 0.5 mm for redness; calm again within two days.",
        ita_degrees=34.0,
        head_seed=30,
        skin_seed=16,
        needle_depth_mm=0.5,
        treated_at=datetime(2026, 5, 19, 16, 30, tzinfo=CLINIC_ZONE),
        redness_od=MappingProxyType({"left_cheek": 0.13, "right_cheek": 0.12, "nose": 0.10}),
        recovery_days=0.8,
        condition="redness",
        size_px=SMALL_PX,
        quality=SMALL_QUALITY,
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
