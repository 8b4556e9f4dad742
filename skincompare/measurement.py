"""The values that leave a measurement: a number never travels alone.

A :class:`Measurement` is one number of one region of one photo, with its standard deviation, unit, flags
and method. A :class:`Change` is the difference of two, with its own standard deviation, the smallest change
that repeat photographs do not produce by themselves (``mdc95``) and a :class:`Verdict`. All are frozen and
checked when they are made: bad data is NaN and a flag, a wrong call is an exception.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from skincompare.errors import OptionError
from skincompare.marks import Mark, MarkState, MetricMap, PairedMark

__all__ = [
    "Z95",
    "Change",
    "Effect",
    "Flag",
    "Measurement",
    "Method",
    "Verdict",
    "decide",
    "widening_of",
    "worst_effect",
]

Z95 = 1.959964
"""Two-sided 95 % quantile of the normal distribution."""

WIDENING = 1.5
"""By what factor a circumstance that makes a number uncertain widens its error, where no other is measured [judgement;
rendered pairs under other light are covered by it]."""


class Verdict(StrEnum):
    """What may be said of a change."""

    INCREASED = "increased"
    DECREASED = "decreased"
    NO_DETECTABLE_CHANGE = "no detectable change"
    NOT_MEASURABLE = "not measurable"


class Effect(StrEnum):
    """What a flag does to the number that carries it."""

    NOTE = "note"
    WIDER_ERROR = "wider error"
    UNCONFIRMED = "not confirmed"
    NOT_MEASURABLE = "not measurable"


@dataclass(frozen=True, slots=True)
class Flag:
    """One circumstance that a reader of a number must know.

    Parameters
    ----------
    code : str
        Stable name, lower case with underscores, for machines (``"no_reference"``).
    reason : str
        One sentence for a person: what was seen.
    advice : str
        One sentence: what to do about it at the next photograph; may be empty for a note.
    effect : Effect
        What it does to the number.
    widening : float
        With :attr:`Effect.WIDER_ERROR`: by what factor it widens the error of a change, at least 1.
    """

    code: str
    reason: str
    advice: str = ""
    effect: Effect = Effect.NOTE
    widening: float = WIDENING

    def __post_init__(self) -> None:
        if not self.code or self.code != self.code.lower() or " " in self.code:
            raise OptionError(f"A flag's code is lower case with underscores, not {self.code!r}.")
        if not self.reason:
            raise OptionError(f"The flag {self.code!r} needs a reason in words.")
        if not self.widening >= 1:
            raise OptionError(
                f"The flag {self.code!r} widens by a factor of at least 1, not {self.widening}."
            )
        if self.effect is not Effect.NOTE and not self.advice:
            raise OptionError(f"The flag {self.code!r} changes a number, so it must say what to do.")

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "code": self.code,
            "reason": self.reason,
            "advice": self.advice,
            "effect": self.effect.value,
        }


_EFFECTS = tuple(Effect)
"""From the weakest to the strongest."""


def widening_of(flags: Iterable[Flag]) -> float:
    """Return by what factor flags widen an error: the largest of those that do, 1 when none does."""
    return max((flag.widening for flag in flags if flag.effect is Effect.WIDER_ERROR), default=1.0)


def worst_effect(flags: Iterable[Flag]) -> Effect:
    """Return the strongest effect among flags (``NOTE`` when there are none)."""
    return max((flag.effect for flag in flags), key=_EFFECTS.index, default=Effect.NOTE)


@dataclass(frozen=True, slots=True)
class Method:
    """How a number was made: metric name, version of its formula, options used."""

    name: str
    version: int
    options: Mapping[str, float | int | str | bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.version < 1:
            raise OptionError(f"The version of {self.name!r} starts at 1, not {self.version}.")

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {"name": self.name, "version": self.version, "options": dict(self.options)}


def _check_sigma(name: str, sigma: float) -> None:
    if sigma < 0 or math.isinf(sigma):
        raise OptionError(f"{name} must be a finite number of at least 0, or NaN when unknown, not {sigma}.")


@dataclass(frozen=True, slots=True)
class Measurement:
    """One number of one region of one photograph.

    Parameters
    ----------
    metric : str
        Name of the quantity, for example ``"redness"``.
    region : str
        Name of the region, for example ``"left_cheek"``.
    value : float
        The number; NaN when it could not be had (then a flag says why).
    sigma : float
        One standard deviation of `value`, all known sources included; NaN when unknown, never 0 for unknown.
    unit : str
        Unit of `value` and `sigma`.
    n_pixels : int
        Pixels that were counted.
    flags : tuple of Flag
        Circumstances.
    method : Method
        How it was made.
    photo_sha256 : str
        Which photo it belongs to.
    marks : tuple of Mark
        The features that were counted; empty for a metric without any.
    map : MetricMap, optional
        What was seen at every place of the region.
    """

    metric: str
    region: str
    value: float
    sigma: float
    unit: str
    n_pixels: int
    flags: tuple[Flag, ...]
    method: Method
    photo_sha256: str
    marks: tuple[Mark, ...] = ()
    map: MetricMap | None = None

    def __post_init__(self) -> None:
        _check_sigma(f"The sigma of {self.metric!r}", self.sigma)
        if math.isinf(self.value):
            raise OptionError(f"The value of {self.metric!r} is infinite; a value that cannot be had is NaN.")
        if self.n_pixels < 0:
            raise OptionError(f"A number of pixels is at least 0, not {self.n_pixels}.")
        if math.isnan(self.value) and not self.flags:
            raise OptionError(f"{self.metric!r} of {self.region!r} is NaN without a flag that says why.")

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; NaN becomes None."""
        return {
            "metric": self.metric,
            "region": self.region,
            "value": _json_number(self.value),
            "sigma": _json_number(self.sigma),
            "unit": self.unit,
            "n_pixels": self.n_pixels,
            "flags": [flag.to_dict() for flag in self.flags],
            "method": self.method.to_dict(),
            "photo_sha256": self.photo_sha256,
            "marks": [mark.to_dict() for mark in self.marks],
        }


def decide(change: float, sigma: float, mdc95: float, flags: Iterable[Flag] = ()) -> Verdict:
    """Return the verdict on a change.

    ``increased`` or ``decreased`` only where the 95 % interval excludes 0 *and* the change exceeds the
    smallest detectable change; ``not measurable`` where a number is missing or a flag forbids it.

    Parameters
    ----------
    change, sigma, mdc95 : float
        After minus before, its standard deviation and the smallest detectable change, in one unit.
    flags : iterable of Flag
        Circumstances; one with :attr:`Effect.NOT_MEASURABLE` decides alone, one with :attr:`Effect.UNCONFIRMED`
        forbids to call it a change.

    Returns
    -------
    Verdict
        What may be said.
    """
    effect = worst_effect(flags)
    if effect is Effect.NOT_MEASURABLE or math.isnan(change) or math.isnan(sigma) or math.isnan(mdc95):
        return Verdict.NOT_MEASURABLE
    if effect is Effect.UNCONFIRMED or abs(change) <= max(Z95 * sigma, mdc95):
        return Verdict.NO_DETECTABLE_CHANGE
    return Verdict.INCREASED if change > 0 else Verdict.DECREASED


@dataclass(frozen=True, slots=True)
class Change:
    """The difference of two measurements of one metric and region: after minus before.

    Parameters
    ----------
    metric, region : str
        As in both measurements.
    before, after : Measurement
        The two values.
    change : float
        After minus before; NaN when either is missing. Where `is_paired`, it was measured as a change itself: the
        same features in both photos, or less what untreated skin shows; it then differs from the difference of the
        two values, which were measured independently.
    sigma : float
        One standard deviation of `change`. What both photos share (the same skin, the same iris) cancels,
        so this is not the quadratic sum of the two sigmas.
    mdc95 : float
        1.96 sqrt(2) within-subject SD: the smallest change that repeat photographs do not produce.
    verdict : Verdict
        By :func:`decide`; it cannot be given another value.
    flags : tuple of Flag
        Circumstances of the pair.
    is_paired : bool
        Whether the change was measured itself.
    marks : tuple of PairedMark
        The features that a paired change compared.
    """

    metric: str
    region: str
    before: Measurement
    after: Measurement
    change: float
    sigma: float
    mdc95: float
    verdict: Verdict
    flags: tuple[Flag, ...] = ()
    is_paired: bool = False
    marks: tuple[PairedMark, ...] = ()

    def __post_init__(self) -> None:
        for side in (self.before, self.after):
            if (side.metric, side.region) != (self.metric, self.region):
                raise OptionError(
                    f"A change of {self.metric!r} on {self.region!r} was given "
                    f"a measurement of {side.metric!r} on {side.region!r}."
                )
        if self.before.unit != self.after.unit:
            raise OptionError(f"{self.metric!r} has two units: {self.before.unit!r}, {self.after.unit!r}.")
        _check_sigma(f"The sigma of the change in {self.metric!r}", self.sigma)
        _check_sigma(f"The mdc95 of {self.metric!r}", self.mdc95)
        if self.verdict is not decide(self.change, self.sigma, self.mdc95, self.flags):
            raise OptionError(f"The verdict {self.verdict.value!r} does not follow from the numbers.")

    @classmethod
    def between(
        cls,
        before: Measurement,
        after: Measurement,
        *,
        sigma: float,
        mdc95: float,
        flags: Iterable[Flag] = (),
        paired: float | None = None,
        difference: float | None = None,
        marks: tuple[PairedMark, ...] = (),
    ) -> "Change":
        """Make the change between two measurements, with its verdict.

        Parameters
        ----------
        before, after : Measurement
            Of the same metric and region.
        sigma : float
            One standard deviation of the difference; NaN when unknown.
        mdc95 : float
            Smallest detectable change, in the unit of the metric.
        flags : iterable of Flag
            Circumstances of the pair; those of both measurements are added, each once.
        paired : float, optional
            The change as it was measured itself, in the unit of the metric; default: after minus before.
        difference : float, optional
            After minus before, where their levels are withheld.
        marks : tuple of PairedMark
            The features that a paired change compared.

        Returns
        -------
        Change
            After minus before.
        """
        if difference is None:
            difference = after.value - before.value
        if paired is not None:
            difference = paired
        all_flags = tuple(dict.fromkeys((*flags, *before.flags, *after.flags)))
        return cls(
            metric=before.metric,
            region=before.region,
            before=before,
            after=after,
            change=difference,
            sigma=sigma,
            mdc95=mdc95,
            verdict=decide(difference, sigma, mdc95, all_flags),
            flags=all_flags,
            is_paired=paired is not None,
            marks=marks,
        )

    def count(self, state: MarkState) -> int:
        """Return how many of the compared features are in a state."""
        return sum(mark.state is state for mark in self.marks)

    @property
    def unit(self) -> str:
        """Unit of the change."""
        return self.before.unit

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the change."""
        return self.change - Z95 * self.sigma, self.change + Z95 * self.sigma

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; NaN becomes None."""
        return {
            "metric": self.metric,
            "region": self.region,
            "unit": self.unit,
            "before": self.before.to_dict(),
            "after": self.after.to_dict(),
            "change": _json_number(self.change),
            "sigma": _json_number(self.sigma),
            "mdc95": _json_number(self.mdc95),
            "verdict": self.verdict.value,
            "flags": [flag.to_dict() for flag in self.flags],
            "is_paired": self.is_paired,
            "marks": [mark.to_dict() for mark in self.marks],
        }


def _json_number(value: float) -> float | None:
    return None if math.isnan(value) else value
