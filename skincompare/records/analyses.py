"""What was measured on a photo against its baseline, kept with how it was made."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from skincompare.errors import OptionError
from skincompare.measurement import Change, Flag, Method
from skincompare.records.checks import check_moment

__all__ = ["Analysis", "AnalysisStatus"]


class AnalysisStatus(StrEnum):
    """How a comparison ended."""

    MEASURED = "measured"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """One comparison of a photo with its baseline.

    Parameters
    ----------
    photo_id, baseline_id : int
        The photo, and what it was compared with.
    made_at : datetime
        When, with its zone.
    software_version : str
        Of this package.
    methods : tuple of Method
        Every metric that was run: name, version, options.
    treated, reference : tuple of str
        Regions named as treated, and regions that told the light.
    rung : str
        By what the light was told.
    status : AnalysisStatus
        Whether it was measured, refused (the photos cannot be compared) or failed (a photo cannot be used).
    problem : str
        Why not, in one or more sentences; empty when measured.
    flags : tuple of Flag
        Circumstances of the pair.
    changes : tuple of Change
        One for each region and quantity; empty unless measured.
    id : int or None
        Number in the store.
    """

    photo_id: int
    baseline_id: int
    made_at: datetime
    software_version: str
    methods: tuple[Method, ...]
    treated: tuple[str, ...]
    reference: tuple[str, ...] = ()
    rung: str = ""
    status: AnalysisStatus = AnalysisStatus.MEASURED
    problem: str = ""
    flags: tuple[Flag, ...] = ()
    changes: tuple[Change, ...] = ()
    id: int | None = None

    def __post_init__(self) -> None:
        check_moment("an analysis", self.made_at)
        if self.photo_id == self.baseline_id:
            raise OptionError("A photo is not compared with itself.")
        if (self.status is AnalysisStatus.MEASURED) == bool(self.problem):
            raise OptionError("An analysis that did not measure says why, and one that did has no problem.")
        if self.changes and self.status is not AnalysisStatus.MEASURED:
            raise OptionError("An analysis that did not measure has no changes.")
        known = {method.name for method in self.methods}
        for change in self.changes:
            if change.after.method.name not in known:
                raise OptionError(
                    f"The metric {change.after.method.name!r} is not among those that were run."
                )
