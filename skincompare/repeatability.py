"""How well a user's own photos repeat: within-subject SD and smallest detectable change, kept and used again."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import stats

from skincompare.errors import OptionError
from skincompare.measurement import Z95, Flag
from skincompare.repeat_statistics import LEVEL, Agreement, PairDifference, number, within_subject

__all__ = ["FEW_DEGREES", "NO_REPEATABILITY", "RepeatEntry", "Repeatability", "pooled", "repeat_entry"]

SCHEMA_VERSION = 1
"""Version of :meth:`Repeatability.to_dict`."""
FEW_DEGREES = 4
"""Degrees of freedom below which the limits of an SD are too wide to make the default smaller: at 3 the true SD may be
3.7 times the one found, at 4 2.9 times."""

LEAST_SHARE = 0.25
"""Share of the default below which an own SD is not believed: a number at its limit, or photos of one moment
[judgement]."""


@dataclass(frozen=True, slots=True)
class RepeatEntry:
    """How one quantity of one region repeats.

    Parameters
    ----------
    metric, region, unit : str
        As in a measurement.
    version : int
        Of the metric's formula.
    sd : float
        Within-subject standard deviation of one photo, in the unit.
    df : int
        Degrees of freedom behind it, at least 1.
    mean : float
        Mean value over the photos; NaN where it has no absolute level (colours under unknown light).
    """

    metric: str
    region: str
    unit: str
    version: int
    sd: float
    df: int
    mean: float = math.nan

    def __post_init__(self) -> None:
        if self.df < 1 or not (math.isfinite(self.sd) and self.sd >= 0):
            raise OptionError(
                f"A repeatability of {self.metric!r} needs a finite SD and at least 1 degree of freedom."
            )

    @property
    def sd_limits(self) -> tuple[float, float]:
        """The 95 % confidence limits of the SD, by the chi-square distribution."""
        low, high = (1 - LEVEL) / 2, (1 + LEVEL) / 2
        return (
            self.sd * math.sqrt(self.df / float(stats.chi2.ppf(high, self.df))),
            self.sd * math.sqrt(self.df / float(stats.chi2.ppf(low, self.df))),
        )

    @property
    def mdc95(self) -> float:
        """The smallest change that two photos of unchanged skin do not produce by themselves."""
        return Z95 * math.sqrt(2) * self.sd

    @property
    def mdc95_limits(self) -> tuple[float, float]:
        """Its 95 % confidence limits."""
        low, high = self.sd_limits
        return Z95 * math.sqrt(2) * low, Z95 * math.sqrt(2) * high

    @property
    def cv(self) -> float:
        """Coefficient of variation, SD over mean; NaN where there is no mean or it is 0."""
        return self.sd / abs(self.mean) if self.mean else math.nan

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; NaN becomes None."""
        return {
            "metric": self.metric,
            "region": self.region,
            "unit": self.unit,
            "version": self.version,
            "sd": self.sd,
            "sd_limits": list(self.sd_limits),
            "df": self.df,
            "mean": number(self.mean),
            "cv": number(self.cv),
            "mdc95": self.mdc95,
            "mdc95_limits": list(self.mdc95_limits),
        }


@dataclass(frozen=True, eq=False)
class Repeatability:
    """What repeat photos of one or several visits say.

    Parameters
    ----------
    entries : tuple of RepeatEntry
        One for each quantity and region.
    agreements : tuple of Agreement
        One for each quantity; of a single visit.
    visits : tuple of tuple of str
        The sha256 of the photos of each visit.
    notes : tuple of str
        What went wrong on the way, in sentences.
    """

    entries: tuple[RepeatEntry, ...]
    agreements: tuple[Agreement, ...]
    visits: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()

    @cached_property
    def _by_name(self) -> Mapping[tuple[str, str], RepeatEntry]:
        return {(entry.metric, entry.region): entry for entry in self.entries}

    def find(self, metric: str, region: str) -> RepeatEntry | None:
        """Return the entry of a quantity and region, or None."""
        return self._by_name.get((metric, region))

    def instead_of(
        self, default: float, *, metric: str, region: str, version: int
    ) -> tuple[float, tuple[Flag, ...]]:
        """Return the SD of a *difference* of two photos to use in place of a default one, and a note.

        Parameters
        ----------
        default : float
            SD of the difference that the metric states; NaN stays NaN.
        metric, region : str
            Which.
        version : int
            Of the metric's formula; an SD of another version is not used.

        Returns
        -------
        float, tuple of Flag
            The user's own where there is one, but at least :data:`LEAST_SHARE` of the default. With fewer than
            :data:`FEW_DEGREES` degrees of freedom the larger of both; the default where all photos gave one number
            (an SD of 0 tells nothing).
        """
        own = self.find(metric, region)
        if own is None or math.isnan(default):
            return default, ()
        if own.version != version:
            return default, (_OTHER_VERSION,)
        if own.sd == 0:
            return default, (_NO_SPREAD,)
        found = math.sqrt(2) * own.sd
        if own.df >= FEW_DEGREES:
            return max(found, LEAST_SHARE * default), (_own_flag(own),)
        return max(found, default), (_few_flag(own, kept=default > found),)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON, with a ``schema_version``."""
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "repeatability",
            "visits": [list(visit) for visit in self.visits],
            "entries": [entry.to_dict() for entry in self.entries],
            "agreements": [one.to_dict() for one in self.agreements],
            "notes": list(self.notes),
        }

    @classmethod
    def from_dict(cls, data: object) -> "Repeatability":
        """Make it again from :meth:`to_dict`.

        Raises
        ------
        OptionError
            When it is something else.
        """
        if not isinstance(data, dict) or data.get("kind") != "repeatability":
            raise OptionError(
                "This is no file of repeatability; make one with skincompare repeat ... --save FILE."
            )
        if data.get("schema_version") != SCHEMA_VERSION:
            raise OptionError("This file of repeatability is of another version; make it again.")
        try:
            entries = tuple(
                RepeatEntry(
                    str(one["metric"]),
                    str(one["region"]),
                    str(one["unit"]),
                    int(one["version"]),
                    float(one["sd"]),
                    int(one["df"]),
                    _float(one["mean"]),
                )
                for one in data["entries"]
            )
            agreements = tuple(
                Agreement(
                    str(one["metric"]),
                    _float(one["icc"]),
                    _float(one["limits"][0]),
                    _float(one["limits"][1]),
                    int(one["n_regions"]),
                    int(one["n_photos"]),
                )
                for one in data["agreements"]
            )
            visits = tuple(tuple(str(sha256) for sha256 in visit) for visit in data["visits"])
            return cls(entries, agreements, visits, tuple(str(note) for note in data["notes"]))
        except (KeyError, TypeError, ValueError) as error:
            raise OptionError("The file of repeatability is damaged; make it again.") from error


NO_REPEATABILITY = Repeatability((), (), ())
"""Nothing is known of how a user's own photos repeat: all defaults stay."""

_OTHER_VERSION = Flag(
    "repeatability_outdated",
    "Your repeat photos were measured by another version of this metric, so they were not used here.",
    "Run skincompare repeat on them again.",
)

_NO_SPREAD = Flag(
    "repeats_alike",
    "All your repeat photos gave the same number here, which tells no spread (a share of 0 % cannot fall): "
    "the default was kept.",
)


def _own_flag(own: RepeatEntry) -> Flag:
    return Flag(
        "own_repeatability",
        f"The smallest detectable change comes from your own repeat photos ({own.df} degrees of freedom).",
    )


def _few_flag(own: RepeatEntry, *, kept: bool) -> Flag:
    degrees = f"{own.df} degree{'' if own.df == 1 else 's'} of freedom"
    used = (
        "the larger default was kept"
        if kept
        else "they repeat less well than the default, which they replace"
    )
    return Flag(
        "few_repeats",
        f"Your own repeat photos give only {degrees}, so their limits are wide: {used}.",
        f"Take more photos at a visit, or repeat a second visit, until there are {FEW_DEGREES}.",
    )


def repeat_entry(
    pairs: Sequence[PairDifference],
    *,
    metric: str,
    region: str,
    unit: str,
    version: int,
    has_level: bool,
) -> RepeatEntry | None:
    """Return how one quantity of one region repeats at a visit, or None where nothing was measured."""
    sd, df = within_subject(pairs)
    if df == 0:
        return None
    values = [value for pair in pairs for value in (pair.before, pair.after) if not math.isnan(value)]
    mean = float(np.mean(values)) if has_level else math.nan
    return RepeatEntry(metric, region, unit, version, sd, df, mean)


def pooled(visits: Sequence[Repeatability]) -> Repeatability:
    """Return what several visits say together: variances are averaged by their degrees of freedom.

    Parameters
    ----------
    visits : sequence of Repeatability
        At least one. Agreements are those of the last.

    Raises
    ------
    OptionError
        When there is none, or one photo belongs to two visits.
    """
    if not visits:
        raise OptionError("Repeatability is pooled from at least one visit.")
    if len(visits) == 1:
        return visits[0]
    photos = [sha256 for one in visits for visit in one.visits for sha256 in visit]
    if len(set(photos)) < len(photos):
        raise OptionError("One photo is in two of these visits; give each visit once.")
    names = dict.fromkeys((entry.metric, entry.region) for one in visits for entry in one.entries)
    entries = tuple(
        _pooled_entry([entry for one in visits if (entry := one.find(*name)) is not None]) for name in names
    )
    return Repeatability(
        entries,
        visits[-1].agreements,
        tuple(visit for one in visits for visit in one.visits),
        tuple(note for one in visits for note in one.notes),
    )


def _pooled_entry(entries: Sequence[RepeatEntry]) -> RepeatEntry:
    """Pool one quantity and region; only entries of the newest version of the metric count."""
    newest = max(entry.version for entry in entries)
    entries = [entry for entry in entries if entry.version == newest]
    df = sum(entry.df for entry in entries)
    variance = sum(entry.df * entry.sd**2 for entry in entries) / df
    first = entries[0]
    mean = float(np.mean([entry.mean for entry in entries]))
    return RepeatEntry(first.metric, first.region, first.unit, newest, math.sqrt(variance), df, mean)


def _float(value: float | None) -> float:
    return math.nan if value is None else float(value)
