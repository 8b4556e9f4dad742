"""Words round the curve of a recovery."""

from collections.abc import Sequence

__all__ = [
    "ALT",
    "ASK_AFTER",
    "CHART_NOTE",
    "CHOOSE_REGION",
    "DAYS",
    "DAY_TO_LOOK_AT",
    "FLAG",
    "HERE",
    "NOT_YET",
    "PATIENT",
    "REDNESS",
    "REGIONS",
    "TIP_CHANGE",
    "TIP_DAY",
    "TIP_REGION",
    "TIP_VERDICT",
    "TRUTH",
    "TRUTH_HELP",
    "back_since",
    "beside_baseline",
    "day_number",
    "day_problem",
    "highest_so_far",
    "measuring",
    "never_higher",
    "never_measured",
    "seen",
    "still_higher",
    "ticked",
    "treated",
]

ALT = "Redness against days since the treatment, with error bars"
DAYS = "Days since the treatment (the first days have more room)"
REDNESS = "Redness against the baseline, EI"
ASK_AFTER = "from here: ask your clinician"
TIP_REGION, TIP_DAY, TIP_CHANGE, TIP_VERDICT = "Region", "Day", "Change", "Verdict"
CHART_NOTE = (
    "Dots: change against the photo before, bars: 95 % interval, curve: fitted rise and return (straight lines where "
    "none could be fitted), grey band: how far repeat photos differ, tinted: days on which redness is expected back. "
    "Dots of one photo stand side by side round its day, so that none hides another."
)
FLAG = "▲ to look at"
HERE = "You are here"
NOT_YET = "No photo after the last session is measured yet. The curve begins with the first."
REGIONS = "Regions"
PATIENT = "Patient"
DAY_TO_LOOK_AT = "Day to look at"
CHOOSE_REGION = "Choose a region to see its curve."
TRUTH = "Simulated truth"
TRUTH_HELP = "These patients are simulated, so their true redness is known: dashed lines."


def seen(reasons: Sequence[str]) -> str:
    """Return what is to be looked at, in one line."""
    more = f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else ""
    return f"▲ To look at: {reasons[0]}{more}"


def treated(depth_mm: float | None) -> str:
    """Return what marks the day of the treatment."""
    return "Treatment" if depth_mm is None else f"Treatment, {depth_mm:g} mm"


def ticked(symptom: str) -> str:
    """Return what marks a symptom."""
    return f"✚ {symptom}"


def beside_baseline(day: str) -> str:
    """Return over the pictures which day stands beside the baseline (Markdown)."""
    return f"##### {day} beside the baseline"


def measuring(day: str) -> str:
    """Return which photo is being measured."""
    return f"Measuring {day.lower()} …"


def day_problem(day: str, why: str) -> str:
    """Return why the photo of a day has no result."""
    return f"{day}: {why}"


def day_number(number: int) -> str:
    """Return a day within a sentence."""
    return f"day {number}"


def never_measured(region: str) -> str:
    """Return that a region has no number at all."""
    return f"Redness on the {region} could not be measured on any day."


def never_higher(region: str) -> str:
    """Return that a region was on no day detectably redder."""
    return f"Redness on the {region} was not detectably higher than before on any measured day."


def highest_so_far(region: str, day: str, size: str) -> str:
    """Return when a region was reddest, while days are still being measured."""
    return f"Redness on the {region} was highest on {day} ({size}) so far."


def still_higher(region: str, day: str, size: str, last: str) -> str:
    """Return when a region was reddest, and that on the last day it is still detectably redder."""
    return f"Redness on the {region} was highest on {day} ({size}) and still detectably higher on {last}."


def back_since(region: str, day: str, size: str, back: str) -> str:
    """Return when a region was reddest, and from which day on it is not detectably redder."""
    return f"Redness on the {region} was highest on {day} ({size}) and no longer detectably higher from {back} on."
