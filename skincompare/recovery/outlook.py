"""All that a course says so far: fits, expected band, flags, in one value and in sentences."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from skincompare.recovery.band import ASSUMED_BANDS, BandLine, BandTable, depth_class
from skincompare.recovery.curves import DayOfChanges, RecoveryCurve, recovery_curves
from skincompare.recovery.fit import FitStatus, RecoveryFit, fit_recovery
from skincompare.recovery.flags import FlagCode, RecoveryFlag, Symptom, recovery_flags
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
    """

    curves: tuple[RecoveryCurve, ...]
    fits: tuple[RecoveryFit, ...]
    line: BandLine | None
    flags: tuple[RecoveryFlag, ...]

    def sentences(self) -> tuple[str, ...]:
        """Return all of it in plain words: flags first, then each region, then the band."""
        told = [flag_sentence(flag) for flag in self.flags]
        for fit in self.fits:
            told += fit_sentences(fit)
            if self.line is not None and (against := place_against_band(fit, self.line)):
                told.append(against)
        return (*told, band_sentence(self.line)) if self.line is not None else tuple(told)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "fits": [fit.to_dict() for fit in self.fits],
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
        The treated regions, all treated alike; default: all there are.
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
    fits = [fit_recovery(curve, with_energy=with_energy, expected_until=until) for curve in redness]
    told = tuple(
        fit.without_return() if fit.region in rising_again and fit.status is FitStatus.FITTED else fit
        for fit in fits
    )
    return RecoveryOutlook(redness, told, line, flags)
