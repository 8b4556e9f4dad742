"""All that a course says so far: fits, expected band, flags, in one value and in sentences."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from skincompare.recovery.band import ASSUMED_BANDS, BandLine, BandTable, depth_class
from skincompare.recovery.curves import DayOfChanges, RecoveryCurve, recovery_curves
from skincompare.recovery.fit import FitStatus, RecoveryFit, fit_recovery
from skincompare.recovery.flags import FlagCode, RecoveryFlag, Symptom, recovery_flags, second_rise
from skincompare.recovery.overall import overall_curve
from skincompare.recovery.words import band_sentence, fit_sentences, flag_sentence, place_against_band

__all__ = ["RecoveryOutlook", "recovery_outlook"]


@dataclass(frozen=True, slots=True)
class RecoveryOutlook:
    """What a course says so far.

    Parameters
    ----------
    curves : tuple of RecoveryCurve
        Redness, one a region.
    fits : tuple of RecoveryFit
        One a curve, in the same order; without a return where a second rise was flagged.
    line : BandLine or None
        Expected band; None when the needle depth is not known.
    flags : tuple of RecoveryFlag
        What the clinician should see.
    overall : RecoveryCurve or None
        Redness of all treated regions together; None where they were not named, or fewer than two were measured.
    overall_fit : RecoveryFit or None
        Its fit.
    """

    curves: tuple[RecoveryCurve, ...]
    fits: tuple[RecoveryFit, ...]
    line: BandLine | None
    flags: tuple[RecoveryFlag, ...]
    overall: RecoveryCurve | None = None
    overall_fit: RecoveryFit | None = None

    @property
    def told_fits(self) -> tuple[RecoveryFit, ...]:
        """Every fit in the order of telling: all treated regions together first, where there is such a curve."""
        return self.fits if self.overall_fit is None else (self.overall_fit, *self.fits)

    def sentences(self) -> tuple[str, ...]:
        """Return all of it in plain words: flags first, then all regions together and each, then the band."""
        told = [flag_sentence(flag) for flag in self.flags]
        for fit in self.told_fits:
            told += fit_sentences(fit)
            if self.line is not None and (against := place_against_band(fit, self.line)):
                told.append(against)
        return (*told, band_sentence(self.line)) if self.line is not None else tuple(told)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "fits": [fit.to_dict() for fit in self.fits],
            "overall": _plain_overall(self.overall, self.overall_fit),
            "band": None if self.line is None else self.line.to_dict(),
            "flags": [flag.to_dict() for flag in self.flags],
            "sentences": list(self.sentences()),
        }


def recovery_outlook(
    days: Iterable[DayOfChanges],
    *,
    regions: Sequence[str] | None = None,
    needle_depth_mm: float | None = None,
    with_energy: bool = False,
    table: BandTable = ASSUMED_BANDS,
    symptoms: Iterable[Symptom] = (),
) -> RecoveryOutlook:
    """Return what a course says so far.

    Parameters
    ----------
    days : iterable of DayOfChanges
        In any order.
    regions : sequence of str, optional
        The treated regions, all treated alike; default: all there are, and then none of them together.
    needle_depth_mm : float, optional
        Greatest depth, mm; without it there is no expected band and no flag for being above it.
    with_energy : bool
        Whether radio-frequency or a laser was used.
    table : BandTable
        Expected bands.
    symptoms : iterable of Symptom
        What the patient ticked.

    Returns
    -------
    RecoveryOutlook
        Empty of fits when redness was never looked at.

    Raises
    ------
    OptionError
        When the depth is no needle depth.
    """
    known = tuple(days)
    redness = recovery_curves(known, regions=regions)
    melanin = recovery_curves(known, metric="melanin", regions=regions)
    line = None
    if needle_depth_mm is not None:
        line = table.line(depth_class(needle_depth_mm, with_energy=with_energy))
    until = math.nan if line is None else line.last_day
    flags = recovery_flags(redness, melanin, line=line, symptoms=symptoms)
    rising_again = {flag.region for flag in flags if flag.code is FlagCode.SECOND_RISE}

    def fitted(curve: RecoveryCurve, rises_again: bool) -> RecoveryFit:
        fit = fit_recovery(curve, with_energy=with_energy, expected_until=until)
        return fit.without_return() if rises_again and fit.status is FitStatus.FITTED else fit

    fits = tuple(fitted(curve, curve.region in rising_again) for curve in redness)
    overall = None if regions is None else overall_curve(redness)
    overall_fit = None
    if overall is not None:
        # One region's second rise may hide in the mean, but the mean has no one return either.
        overall_fit = fitted(overall, bool(rising_again) or second_rise(overall) is not None)
    return RecoveryOutlook(redness, fits, line, flags, overall, overall_fit)


def _plain_overall(curve: RecoveryCurve | None, fit: RecoveryFit | None) -> dict[str, Any] | None:
    """Return the curve of all regions together for JSON; those of single regions stand in the days of a timeline."""
    if curve is None or fit is None:
        return None
    points = [{"day": point.day, "change": point.change.to_dict()} for point in curve.points]
    return {"points": points, "fit": fit.to_dict()}
