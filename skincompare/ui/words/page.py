"""Words that stand on every page."""

from skincompare.report.words import NOT_A_DIAGNOSIS

__all__ = ["FOOTER", "PRIVACY"]

PRIVACY = "Photos stay on this computer."
FOOTER = (NOT_A_DIAGNOSIS, PRIVACY)
"""Sentences at the foot."""
