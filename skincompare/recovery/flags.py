"""What a clinician should see: each flag with the rule by which it was raised. Never a diagnosis.

The constants below were chosen on the fitting seeds of ``benchmarks/recovery.py``, which prints how many of the courses
that have it are flagged, and how many that do not, on others.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

import numpy.typing as npt

from skincompare.measurement import Z95, Verdict
from skincompare.records import Symptom
from skincompare.recovery.band import BandLine
from skincompare.recovery.curves import RecoveryCurve, RecoveryPoint, own_sigma, photo_sigma
from skincompare.recovery.rows import RowPattern, find_rows

__all__ = [
    "SHOW_CLINICIAN",
    "FlagCode",
    "RecoveryFlag",
    "Symptom",
    "above_band",
    "hot_spot",
    "pigment_rising",
    "recovery_flags",
    "regular_rows",
    "second_rise",
    "symptom_flags",
]

SHOW_CLINICIAN = "Show this to your clinician."
"""The advice of every flag."""
SECOND_RISE_Z = 3.0
"""A rise between two photos counts from this many of its own sigmas on: of all pairs of photos of a course the highest
would pass 1.96 often."""
LEAST_FALL_Z = 1.96
"""The fall before it must be a fall by this many sigmas."""
HOT_SPOT_Z = 1.96
"""Both of two photos in a row must show one side higher by this many sigmas."""
SIDES_DIFFER = 0.25
"""Share of the redness of both sides by which they may differ in an ordinary course [judgement]."""
HOT_SPOT_FROM_DAY = 0.75
"""Earlier photos show how evenly the sides were treated, not how they recover, days [judgement]."""
PIGMENT_Z = 1.96
"""Two photos in a row must show pigment above the baseline by this many sigmas."""
PAIR = 2
"""Photos in a row that must agree where one may be wrong."""


class FlagCode(StrEnum):
    """The flags that there are."""

    ABOVE_BAND = "above_band"
    SECOND_RISE = "second_rise"
    HOT_SPOT = "hot_spot"
    PIGMENT_RISING = "pigment_rising"
    REGULAR_ROWS = "regular_rows"
    SYMPTOM = "symptom"


@dataclass(frozen=True, slots=True)
class RecoveryFlag:
    """Something that a clinician should see.

    Parameters
    ----------
    code : FlagCode
        Which flag.
    region : str
        Where; empty for the whole person.
    day : float
        Day since the treatment on which it was first seen; NaN when it has none.
    reason : str
        One sentence: what was seen.
    rule : str
        One sentence: when this flag is raised.
    advice : str
        What to do.
    """

    code: FlagCode
    region: str
    day: float
    reason: str
    rule: str
    advice: str = SHOW_CLINICIAN

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "code": self.code.value,
            "region": self.region,
            "day": None if math.isnan(self.day) else self.day,
            "reason": self.reason,
            "rule": self.rule,
            "advice": self.advice,
        }


def above_band(curve: RecoveryCurve, line: BandLine) -> RecoveryFlag | None:
    """Flag redness that is still detectably raised after the day on which one should ask.

    Parameters
    ----------
    curve : RecoveryCurve
        Of redness.
    line : BandLine
        Of the depth of the session.

    Returns
    -------
    RecoveryFlag or None
        With the day of the first photo after that day which, like the one before it, is detectably redder than the
        baseline.
    """
    told = _told(curve)
    for earlier, point in pairwise(told):
        if point.day > line.ask_after_day and all(
            one.change.verdict is Verdict.INCREASED for one in (earlier, point)
        ):
            return RecoveryFlag(
                FlagCode.ABOVE_BAND,
                curve.region,
                point.day,
                f"{_place(curve)} is still detectably raised on day {point.day:.0f}.",
                f"Raised when a photo after day {line.ask_after_day:g} and the one before it are detectably above the "
                "baseline.",
            )
    return None


def second_rise(curve: RecoveryCurve) -> RecoveryFlag | None:
    """Flag a rise after a fall.

    Parameters
    ----------
    curve : RecoveryCurve
        Of redness.

    Returns
    -------
    RecoveryFlag or None
        With the day of the first photo that is clearly higher than one before it, to which redness had clearly fallen.
    """
    told = _told(curve)
    for later in range(2, len(told)):
        for low in range(1, later):
            # Below the baseline is error, not fall: a rise is not measured from there.
            rise = told[later].change.change - max(0.0, told[low].change.change)
            if rise <= max(SECOND_RISE_Z * _sigma(told[low], told[later]), told[later].change.mdc95):
                continue
            if told[later].change.verdict is not Verdict.INCREASED:
                continue
            if not any(
                one.change.change - told[low].change.change > LEAST_FALL_Z * _sigma(one, told[low])
                for one in told[:low]
            ):
                continue
            return RecoveryFlag(
                FlagCode.SECOND_RISE,
                curve.region,
                told[later].day,
                f"{_place(curve)} rose again by {rise:.1f} {curve.unit} between day {told[low].day:.0f} and "
                f"day {told[later].day:.0f}, after it had fallen.",
                f"Raised when a photo is higher by more than {SECOND_RISE_Z:g} sigma, and by more than repeat photos "
                "differ, than an earlier one to which redness had detectably fallen.",
            )
    return None


def hot_spot(curve: RecoveryCurve, mirrored: RecoveryCurve) -> RecoveryFlag | None:
    """Flag one side that is much redder than the mirrored region, on two photos in a row.

    Parameters
    ----------
    curve : RecoveryCurve
        Of redness of the side that may be hot.
    mirrored : RecoveryCurve
        Of the same region on the other side, treated alike.

    Returns
    -------
    RecoveryFlag or None
        None as long as the difference stays within its error and a quarter of the redness of both sides.
    """
    other = {point.day: point for point in _told(mirrored)}
    row: list[RecoveryPoint] = []
    for point in _told(curve):
        if point.day not in other or point.day < HOT_SPOT_FROM_DAY:
            continue
        row = [*row, point] if _is_hotter(point, other[point.day]) else []
        if len(row) == PAIR:
            excess = point.change.change - other[point.day].change.change
            return RecoveryFlag(
                FlagCode.HOT_SPOT,
                curve.region,
                row[0].day,
                f"{_place(curve)} is higher than on the other side by {excess:.1f} {curve.unit} on day "
                f"{point.day:.0f}.",
                "Raised when on two photos in a row from day 1 on one side is redder than the other by more than "
                f"{HOT_SPOT_Z:g} sigma, by more than repeat photos differ, and by more than {SIDES_DIFFER:.0%} of the "
                "redness of both.",
            )
    return None


def _is_hotter(point: RecoveryPoint, other: RecoveryPoint) -> bool:
    excess = point.change.change - other.change.change
    usual = SIDES_DIFFER * max(0.0, (point.change.change + other.change.change) / 2.0)
    # The light's error is in both sides alike and cancels, but no point says how much of its sigma that is.
    sigma = math.hypot(point.change.sigma, other.change.sigma)
    if point.change.change <= point.change.mdc95:
        return False  # a side that is not redder than the baseline is not hot, whatever the other does
    return excess > max(math.hypot(HOT_SPOT_Z * sigma, usual), point.change.mdc95)


def pigment_rising(redness: RecoveryCurve, melanin: RecoveryCurve) -> RecoveryFlag | None:
    """Flag pigment that rises while redness falls.

    Parameters
    ----------
    redness, melanin : RecoveryCurve
        Of one region.

    Returns
    -------
    RecoveryFlag or None
        With the day from which pigment was above the baseline.
    """
    red = _told(redness)
    peak = max(red, key=lambda point: point.change.change, default=None)
    if peak is None:
        return None
    row: list[RecoveryPoint] = []
    for point in _told(melanin):
        raised = (
            point.change.verdict is Verdict.INCREASED
            and point.change.change > PIGMENT_Z * point.change.sigma
            and point.day > peak.day
        )
        row = [*row, point] if raised else []
        if len(row) < PAIR:
            continue
        falls = [one for one in red if peak.day < one.day <= point.day and _has_fallen(peak, one)]
        if falls:
            return RecoveryFlag(
                FlagCode.PIGMENT_RISING,
                melanin.region,
                row[0].day,
                f"Pigment on the {_label(melanin.region)} is higher than before by {point.change.change:.1f} on "
                f"day {point.day:.0f}, while redness is falling.",
                "Raised when pigment is detectably above the baseline on two photos in a row, after the day of the "
                "highest redness, and redness has detectably fallen since.",
            )
    return None


def _has_fallen(peak: RecoveryPoint, later: RecoveryPoint) -> bool:
    return peak.change.change - later.change.change > Z95 * _sigma(peak, later)


def regular_rows(marks_mm: npt.ArrayLike, region: str = "", day: float = math.nan) -> RecoveryFlag | None:
    """Flag new marks that stand in parallel rows at even distances.

    Parameters
    ----------
    marks_mm : array_like, shape (n, 2)
        As :func:`skincompare.recovery.rows.find_rows` takes them: only marks that the baseline does not show.
    region : str, optional
        Where they are.
    day : float, optional
        When they were seen.

    Returns
    -------
    RecoveryFlag or None
        None when they are no more regular than chance, or fewer than 12.
    """
    found: RowPattern = find_rows(marks_mm)
    if not found.is_regular:
        return None
    where = f" on the {_label(region)}" if region else ""
    return RecoveryFlag(
        FlagCode.REGULAR_ROWS,
        region,
        day,
        f"{found.n_marks} marks{where} stand in parallel rows about {found.spacing_mm:.1f} mm apart.",
        "Raised when 12 or more new marks stand in rows so even that marks strewn at random do so in 1 of 20 cases.",
    )


def symptom_flags(symptoms: Iterable[Symptom], day: float = math.nan) -> tuple[RecoveryFlag, ...]:
    """Flag every symptom that the patient ticked."""
    return tuple(
        RecoveryFlag(
            FlagCode.SYMPTOM,
            "",
            day,
            f"You ticked {one.value}.",
            "Raised whenever pain, pus, a blister or fever is ticked.",
            "Show this to your clinician today.",
        )
        for one in dict.fromkeys(symptoms)
    )


def recovery_flags(
    redness: Sequence[RecoveryCurve],
    melanin: Sequence[RecoveryCurve] = (),
    *,
    line: BandLine | None = None,
    treated: Sequence[str] | None = None,
    symptoms: Iterable[Symptom] = (),
) -> tuple[RecoveryFlag, ...]:
    """Return every flag of a course.

    Parameters
    ----------
    redness, melanin : sequence of RecoveryCurve
        One a region.
    line : BandLine, optional
        Expected band; without it nothing is above the band.
    treated : sequence of str, optional
        Treated regions: sides are compared only where both were treated. Default: all regions of `redness`.
    symptoms : iterable of Symptom
        What the patient ticked.

    Returns
    -------
    tuple of RecoveryFlag
        Symptoms first.
    """
    chosen = {curve.region: curve for curve in redness if treated is None or curve.region in treated}
    pigment = {curve.region: curve for curve in melanin}
    found: list[RecoveryFlag | None] = [*symptom_flags(symptoms)]
    for region, curve in chosen.items():
        if line is not None:
            found.append(above_band(curve, line))
        found.append(second_rise(curve))
        other = mirrored_region(region)
        if other in chosen:
            found.append(hot_spot(curve, chosen[other]))
        if region in pigment:
            found.append(pigment_rising(curve, pigment[region]))
    return tuple(one for one in found if one is not None)


def mirrored_region(region: str) -> str:
    """Return the name of the region on the other side; empty for one in the middle of the face."""
    for side, other in (("left_", "right_"), ("right_", "left_")):
        if region.startswith(side):
            return other + region.removeprefix(side)
    return ""


def _told(curve: RecoveryCurve) -> list[RecoveryPoint]:
    """Return the measurable photos from the treatment on."""
    return [
        point
        for point in curve.points
        if point.day >= 0 and point.change.verdict is not Verdict.NOT_MEASURABLE
    ]


def _sigma(first: RecoveryPoint, second: RecoveryPoint) -> float:
    """Return the SD of the difference of two photos of one curve: the error of the baseline is in both and cancels."""
    own = (own_sigma(point.change, photo_sigma(point.change)) for point in (first, second))
    return math.hypot(*own)


def _label(region: str) -> str:
    return region.replace("_", " ")


def _place(curve: RecoveryCurve) -> str:
    return f"{curve.metric.replace('_', ' ').capitalize()} on the {_label(curve.region)}"
