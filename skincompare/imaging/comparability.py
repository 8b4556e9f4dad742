"""The values of the gate: one check of a pair of photos, and all of them together."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from skincompare.errors import OptionError
from skincompare.measurement import Effect, Flag, worst_effect

__all__ = ["NOT_JUDGED", "Bearing", "Check", "Comparability", "Concern", "Standing"]


class Bearing(StrEnum):
    """Which numbers a circumstance bears on."""

    EVERYTHING = "everything"
    COLOUR = "colour"
    TEXTURE = "texture"


class Standing(StrEnum):
    """What a check says."""

    OK = "ok"
    WIDER_ERROR = "wider error"
    NOT_MEASURABLE = "not measurable"
    NOT_CHECKED = "not checked"


_STANDINGS = MappingProxyType(
    {
        Effect.NOTE: Standing.OK,
        Effect.WIDER_ERROR: Standing.WIDER_ERROR,
        Effect.NOT_MEASURABLE: Standing.NOT_MEASURABLE,
    }
)


@dataclass(frozen=True, slots=True)
class Concern:
    """A flag, and what it bears on.

    Parameters
    ----------
    flag : Flag
        Reason, advice and effect.
    bearing : Bearing
        Kind of numbers.
    regions : tuple of str
        Names of the regions; empty for all.
    """

    flag: Flag
    bearing: Bearing = Bearing.EVERYTHING
    regions: tuple[str, ...] = ()

    def bears_on(self, region: str, bearing: Bearing) -> bool:
        """Whether a kind of number on a region is concerned."""
        return (not self.regions or region in self.regions) and self.bearing in (bearing, Bearing.EVERYTHING)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at before two photos are compared.

    Parameters
    ----------
    name : str
        Stable name for machines.
    label : str
        What a person reads.
    value : float
        What was measured; NaN when it could not be.
    unit : str
        Unit of `value` and `limit`; may be empty.
    limit : float
        Where the check begins to warn; NaN when it is no single number.
    measured : str
        The value in words, with what it is.
    concerns : tuple of Concern
        What is said of the pair; empty when all is well.
    warns : str
        The limit in words, with its direction and in the units of `measured`; by default from `limit` on upwards.
    """

    name: str
    label: str
    value: float
    unit: str
    limit: float
    measured: str
    concerns: tuple[Concern, ...] = ()
    warns: str = ""

    def __post_init__(self) -> None:
        if not self.name or not self.label or not self.measured:
            raise OptionError("A check has a name, a label and words for what was measured.")

    @property
    def standing(self) -> Standing:
        """What it says: the worst of its concerns; without any and without a value, that it was not checked."""
        if math.isnan(self.value) and not self.concerns:
            return Standing.NOT_CHECKED
        return _STANDINGS[worst_effect(concern.flag for concern in self.concerns)]

    @property
    def flags(self) -> tuple[Flag, ...]:
        """Its flags, each once."""
        return tuple(dict.fromkeys(concern.flag for concern in self.concerns))

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; NaN becomes None."""
        return {
            "name": self.name,
            "label": self.label,
            "value": _number(self.value),
            "unit": self.unit,
            "limit": _number(self.limit),
            "warns": self.warns,
            "measured": self.measured,
            "standing": self.standing.value,
            "concerns": [
                {
                    **concern.flag.to_dict(),
                    "bears_on": concern.bearing.value,
                    "regions": list(concern.regions),
                }
                for concern in self.concerns
            ],
        }


@dataclass(frozen=True, slots=True)
class Comparability:
    """Whether two photos may be compared, check by check.

    Parameters
    ----------
    checks : tuple of Check
        In the order in which a person reads them.
    """

    checks: tuple[Check, ...]

    @property
    def standing(self) -> Standing:
        """The worst that any check says of the whole pair (regions apart)."""
        return _STANDINGS[worst_effect(self.pair_flags)]

    @property
    def pair_flags(self) -> tuple[Flag, ...]:
        """Flags that speak of the whole pair, each once."""
        concerns = (concern for check in self.checks for concern in check.concerns)
        return tuple(dict.fromkeys(concern.flag for concern in concerns if not concern.regions))

    def flags_on(self, region: str, bearing: Bearing) -> tuple[Flag, ...]:
        """Return the flags that are said of just this kind of numbers on a region, each once.

        Parameters
        ----------
        region : str
            Name of a region.
        bearing : Bearing
            Kind of numbers; what bears on everything is given for :attr:`Bearing.EVERYTHING` only.

        Returns
        -------
        tuple of Flag
            In the order of the checks.
        """
        concerns = (concern for check in self.checks for concern in check.concerns)
        return tuple(
            dict.fromkeys(
                concern.flag
                for concern in concerns
                if concern.bearing is bearing and (not concern.regions or region in concern.regions)
            )
        )

    def verdict(self, region: str, bearing: Bearing) -> Standing:
        """Return whether a kind of numbers may be compared on a region."""
        concerns = (concern for check in self.checks for concern in check.concerns)
        flags = [concern.flag for concern in concerns if concern.bears_on(region, bearing)]
        return _STANDINGS[worst_effect(flags)]

    def find(self, name: str) -> Check | None:
        """Return a check by its name, or None when it was not made."""
        return next((check for check in self.checks if check.name == name), None)

    def with_checks(self, more: Iterable[Check]) -> "Comparability":
        """Return all checks and some more."""
        return Comparability((*self.checks, *more))

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {"standing": self.standing.value, "checks": [check.to_dict() for check in self.checks]}


NOT_JUDGED = Comparability(())
"""Of a pair that nobody looked at."""


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
