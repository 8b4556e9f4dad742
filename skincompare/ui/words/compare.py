"""Words of the comparison."""

__all__ = ["ALIGNED", "AS_TAKEN"]

AS_TAKEN = ("Before", "After")
"""Under both photos, as they were taken."""
ALIGNED = ("Before", "After, moved to fit. The changes are being measured …")
"""Under the aligned pair."""
