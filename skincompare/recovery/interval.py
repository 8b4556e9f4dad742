"""A value with its 95 % interval."""

import math
from dataclasses import dataclass

__all__ = ["UNKNOWN", "Interval"]


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with its 95 % interval; NaN where it cannot be told, infinite where an end is open."""

    value: float
    low: float
    high: float

    @property
    def is_known(self) -> bool:
        """Whether there is a value."""
        return not math.isnan(self.value)

    def to_dict(self) -> dict[str, float | None]:
        """Return plain values for JSON; what is not finite becomes None."""
        names = ("value", "low", "high")
        values = (self.value, self.low, self.high)
        return {name: one if math.isfinite(one) else None for name, one in zip(names, values, strict=True)}


UNKNOWN = Interval(math.nan, math.nan, math.nan)
"""What cannot be told."""
