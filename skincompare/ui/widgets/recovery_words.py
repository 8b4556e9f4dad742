"""A recovery in sentences: when redness was highest, and since when it cannot be told from the baseline."""

import math

from skincompare.measurement import Verdict
from skincompare.recovery import RecoveryCurve, RecoveryPoint
from skincompare.report import words
from skincompare.ui.words import recovery as own

__all__ = ["most_changed_first", "recovery_sentence"]


def most_changed_first(curves: tuple[RecoveryCurve, ...]) -> list[RecoveryCurve]:
    """Return the curves, the one with the highest peak first."""
    return sorted(curves, key=lambda curve: -curve.peak.change.change if curve.peak else math.inf)


def recovery_sentence(curve: RecoveryCurve, *, is_complete: bool = True) -> str:
    """Return what one curve says.

    Parameters
    ----------
    curve : RecoveryCurve
        Of redness; may hold days without a number.
    is_complete : bool
        Whether all days are there: only then it is said since when the change is no longer detectable.

    Returns
    -------
    str
        One sentence.
    """
    place = words.region_label(curve.region)
    told = [point for point in curve.points if words.is_measurable(point.change)]
    peak = max(told, key=lambda point: point.change.change, default=None)
    if peak is None:
        return own.never_measured(place)
    if all(point.change.verdict is not Verdict.INCREASED for point in told):
        return own.never_higher(place)
    size = f"{words.change_with_sigma(peak.change)} {curve.unit}"
    if not is_complete:
        return own.highest_so_far(place, _day(peak), size)
    back = _back_from(told)
    if back is None:
        return own.still_higher(place, _day(peak), size, _day(told[-1]))
    return own.back_since(place, _day(peak), size, _day(back))


def _back_from(told: list[RecoveryPoint]) -> RecoveryPoint | None:
    """Return the first day from which on no day is detectably higher."""
    back = None
    for point in reversed(told):
        if point.change.verdict is Verdict.INCREASED:
            break
        back = point
    return back


def _day(point: RecoveryPoint) -> str:
    """Name a day as the photos do: day 14 is the photo of two weeks later, an hour earlier or not."""
    return own.day_number(max(0, round(point.day)))
