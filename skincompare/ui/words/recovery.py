"""Words round the curve of a recovery."""

__all__ = ["ALT", "FLAG", "HERE", "NOT_YET", "REGIONS", "SEEN", "ticked", "treated"]

ALT = "Redness against days since the treatment, with error bars"
FLAG = "▲ to look at"
HERE = "You are here"
NOT_YET = "No photo after the last session is measured yet. The curve begins with the first."
REGIONS = "Regions"
SEEN = "▲ To look at:"


def treated(depth_mm: float | None) -> str:
    """Return what marks the day of the treatment."""
    return "Treatment" if depth_mm is None else f"Treatment, {depth_mm:g} mm"


def ticked(symptom: str) -> str:
    """Return what marks a symptom."""
    return f"✚ {symptom}"
