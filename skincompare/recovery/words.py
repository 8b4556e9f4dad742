"""Recovery in plain words, for a page, a terminal and a report. No diagnosis, and no number says "improved"."""

import math

from skincompare.recovery.band import BandLine
from skincompare.recovery.fit import FitStatus, RecoveryFit
from skincompare.recovery.flags import RecoveryFlag
from skincompare.recovery.interval import Interval
from skincompare.recovery.overall import OVERALL
from skincompare.recovery.progress import Progress, TrendStatus

__all__ = [
    "band_sentence",
    "fit_sentences",
    "flag_sentence",
    "place_against_band",
    "progress_sentence",
]

SMALL, LARGE = 1.0, 10.0
"""Numbers below the first are told with two digits after the point, from the second on with none."""


def fit_sentences(fit: RecoveryFit) -> tuple[str, ...]:
    """Return what a fit says, or what it still needs.

    Parameters
    ----------
    fit : RecoveryFit
        Fitted or refused.

    Returns
    -------
    tuple of str
        One or two sentences.
    """
    place = f"{_quantity(fit.metric)} on {_where(fit.region)}"
    if fit.status is FitStatus.FITTED:
        return (
            f"{place} halves in about {_days(fit.half_life)} and is within {fit.threshold:.1f} {fit.unit} of before, "
            f"what repeat photos differ by, from about day {_day_interval(fit.returned)} on.",
        )
    if fit.status is FitStatus.NEVER_ABOVE:
        first = f"{place} was not detectably above before on any photo, so there is no return to time."
        return (first, _needs(fit)) if fit.photos_needed else (first,)
    if fit.status is FitStatus.MISFIT:
        return (
            f"{place} does not follow one rise and one return, so no half-life and no day of return are told.",
        )
    reasons = {
        FitStatus.TOO_FEW: f"{fit.n_photos} usable photo{'' if fit.n_photos == 1 else 's'} cannot tell it",
        FitStatus.NOT_FALLEN: "it has not fallen by half yet",
        FitStatus.TOO_FAR: "the return lies too far after the last photo",
    }
    return f"When {place[0].lower()}{place[1:]} returns cannot be told yet: {reasons[fit.status]}.", _needs(
        fit
    )


def _needs(fit: RecoveryFit) -> str:
    photos = "1 more photo" if fit.photos_needed == 1 else f"about {fit.photos_needed} more photos"
    until = "" if math.isnan(fit.needed_until) else f" until day {math.ceil(fit.needed_until)}"
    return f"Take {photos}{until}."


def band_sentence(line: BandLine) -> str:
    """Return when redness usually is back, for a depth class, and where that comes from."""
    kind = "assumption" if line.is_assumption else f"own courses, n = {line.n_courses}"
    return (
        f"Expected at {line.depth.value} ({kind}): redness back between day {_number(line.first_day)} and day "
        f"{_number(line.last_day)}; after day {_number(line.ask_after_day)} ask your clinician. {line.provenance}"
    )


def place_against_band(fit: RecoveryFit, line: BandLine) -> str:
    """Return how a fitted return stands against the band; empty when it was not fitted.

    Earlier or later is said only where the whole interval is.
    """
    if fit.status is not FitStatus.FITTED:
        return ""
    kind = "assumed" if line.is_assumption else "your clinic's"
    band = f"{kind} band (day {_number(line.first_day)} to {_number(line.last_day)})"
    place = f"{_quantity(fit.metric)} on {_where(fit.region)}"
    if fit.returned.low > line.last_day:
        return f"{place} returns later than the {band}."
    if fit.returned.high < line.first_day:
        return f"{place} returns earlier than the {band}."
    return f"{place} returns in step with the {band}, as far as these photos tell."


def flag_sentence(flag: RecoveryFlag) -> str:
    """Return a flag as what was seen and what to do."""
    return f"{flag.reason} {flag.advice}"


def progress_sentence(progress: Progress) -> str:
    """Return what the sessions did to one metric, or what it would take to tell.

    Parameters
    ----------
    progress : Progress
        Of any metric.

    Returns
    -------
    str
        One or two sentences.
    """
    place = f"{_quantity(progress.metric)} on {_where(progress.region)}"
    if progress.status is TrendStatus.NOT_MEASURABLE:
        return f"{place} could not be measured at any visit."
    unit, slope, latest = progress.unit, progress.per_session, progress.latest
    visits = f"{progress.n_visits} visit{'' if progress.n_visits == 1 else 's'}"
    if progress.status is not TrendStatus.CANNOT_TELL:
        way = "higher" if progress.status is TrendStatus.RISING else "lower"
        return (
            f"{place} is {way} than before by {_number(abs(latest.value))} {unit}, over {visits}: "
            f"{_signed(slope.value)} {unit} a session (95 %: {_signed(slope.low)} to {_signed(slope.high)})."
        )
    if progress.unconfirmed:
        return f"{place}: cannot be told ({_signed(latest.value)} {unit}). {progress.unconfirmed}"
    told = (
        f"{place}: cannot tell yet ({_signed(latest.value)} {unit}; only more than {_number(progress.detectable)} "
        "could be told)."
    )
    if progress.photos_needed is not None:
        photos = (
            "1 more photo" if progress.photos_needed == 1 else f"about {progress.photos_needed} more photos"
        )
        return f"{told} If it is as large as it looks, {photos} at the next visit would tell."
    if progress.baseline_limits:
        return f"{told} More photos would not tell: the baseline's own error is larger. Take several before a course."
    return f"{told} If there is a change, it is too small for a few more photos to tell."


def _quantity(metric: str) -> str:
    return metric.replace("_", " ").capitalize()


def _where(region: str) -> str:
    label = region.replace("_", " ")
    return label if region == OVERALL else f"the {label}"


def _number(value: float) -> str:
    if value == round(value) and abs(value) >= SMALL:
        return f"{value:.0f}"
    size = abs(value)
    return f"{value:.2f}" if size < SMALL else f"{value:.1f}" if size < LARGE else f"{value:.0f}"


def _signed(value: float) -> str:
    sign = "+" if value > 0 else "\N{MINUS SIGN}" if value < 0 else ""
    return f"{sign}{_number(abs(value))}"


def _days(interval: Interval) -> str:
    return f"{interval.value:.1f} days (95 %: {_range(interval)})"


def _day_interval(interval: Interval) -> str:
    return f"{interval.value:.1f} (95 %: {_range(interval)})"


def _range(interval: Interval) -> str:
    if math.isinf(interval.high):
        return f"from {interval.low:.1f} on, its end open"
    return f"{interval.low:.1f} to {interval.high:.1f}"
