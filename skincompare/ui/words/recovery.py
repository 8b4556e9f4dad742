"""Words round the curve of a recovery."""

from collections.abc import Sequence

__all__ = ["ALT", "FLAG", "HERE", "NOT_YET", "REGIONS", "seen", "ticked", "treated"]

ALT = "Redness against days since the treatment, with error bars"
FLAG = "▲ to look at"
HERE = "You are here"
NOT_YET = "No photo after the last session is measured yet. The curve begins with the first."
REGIONS = "Regions"


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
