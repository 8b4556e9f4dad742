"""How long redness is expected to last, by needle depth: an editable table that says where each line comes from.

No published day-by-day curve by depth and skin type exists, so the lines that come with the software are assumptions
and say so. A clinic with enough completed courses of a depth class gets its own percentiles instead.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np

from skincompare.errors import OptionError

__all__ = [
    "ASSUMED_BANDS",
    "BandLine",
    "BandTable",
    "CompletedCourse",
    "DepthClass",
    "depth_class",
]

SHALLOW_MM, MIDDLE_MM = 0.5, 1.5
"""Deepest needle of the shallow and of the middle class, mm: the clinic sheet's classes are up to 0.5, 1.0-1.5 and from
2.0 mm. Depths between two classes count as the deeper one, so that nobody is alarmed early [judgement]."""
DEEPEST_MM = 5.0
"""Deeper needles are a typing error, mm [judgement]."""
OWN_COURSES = 20
"""Completed courses of a depth class from which the clinic's own percentiles replace the assumption [judgement]."""
OWN_PERCENTILES = (10.0, 90.0, 95.0)
"""Percentiles of the clinic's own days of return: begin and end of the band, and from when to ask [judgement]."""


class DepthClass(StrEnum):
    """Classes of needle depth."""

    SHALLOW = "up to 0.5 mm"
    MIDDLE = "1.0 to 1.5 mm"
    DEEP = "2.0 mm or more, or with energy"


def depth_class(needle_depth_mm: float, *, with_energy: bool = False) -> DepthClass:
    """Return the class of a session.

    Parameters
    ----------
    needle_depth_mm : float
        Greatest needle depth on the region, mm, above 0 and at most 5.
    with_energy : bool
        Whether radio-frequency or a laser was used.

    Returns
    -------
    DepthClass
        The deeper class for a depth between two.

    Raises
    ------
    OptionError
        When the depth is no needle depth.
    """
    if not 0 < needle_depth_mm <= DEEPEST_MM:
        raise OptionError(f"A needle depth is above 0 and at most {DEEPEST_MM:g} mm, not {needle_depth_mm}.")
    if with_energy or needle_depth_mm > MIDDLE_MM:
        return DepthClass.DEEP
    return DepthClass.SHALLOW if needle_depth_mm <= SHALLOW_MM else DepthClass.MIDDLE


@dataclass(frozen=True, slots=True)
class BandLine:
    """When redness of one depth class is expected to be back at the baseline.

    Parameters
    ----------
    depth : DepthClass
        Which sessions.
    first_day, last_day : float
        Between these days it usually is back.
    ask_after_day : float
        Redness that is still detectably raised after this day is shown to the clinician.
    provenance : str
        Where the line comes from, in words.
    is_assumption : bool
        Whether no measured courses stand behind it.
    n_courses : int
        Completed courses behind it; 0 for an assumption.
    """

    depth: DepthClass
    first_day: float
    last_day: float
    ask_after_day: float
    provenance: str
    is_assumption: bool = True
    n_courses: int = 0

    def __post_init__(self) -> None:
        days = (self.first_day, self.last_day, self.ask_after_day)
        if not all(math.isfinite(day) for day in days) or not 0 <= days[0] <= days[1] <= days[2]:
            raise OptionError(f"The days of an expected band rise from 0 on, not {days}.")
        if not self.provenance.strip():
            raise OptionError(f"The band of {self.depth.value} needs its provenance in words.")

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "depth": self.depth.value,
            "first_day": self.first_day,
            "last_day": self.last_day,
            "ask_after_day": self.ask_after_day,
            "provenance": self.provenance,
            "is_assumption": self.is_assumption,
            "n_courses": self.n_courses,
        }


@dataclass(frozen=True, slots=True)
class CompletedCourse:
    """A course whose return to the baseline was seen.

    Parameters
    ----------
    depth : DepthClass
        Of its session.
    return_day : float
        Fitted day of return.
    """

    depth: DepthClass
    return_day: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.return_day) and self.return_day >= 0):
            raise OptionError(f"A completed course has a day of return of at least 0, not {self.return_day}.")


@dataclass(frozen=True, slots=True)
class BandTable:
    """The expected bands, one line a depth class.

    Parameters
    ----------
    lines : tuple of BandLine
        One for each class.
    """

    lines: tuple[BandLine, ...]

    def __post_init__(self) -> None:
        if sorted(line.depth for line in self.lines) != sorted(DepthClass):
            raise OptionError("A table of expected bands has one line for each depth class.")

    def line(self, depth: DepthClass) -> BandLine:
        """Return the line of a depth class."""
        return next(line for line in self.lines if line.depth is depth)

    def with_line(self, line: BandLine) -> "BandTable":
        """Return a table with one line edited."""
        return BandTable(tuple(line if one.depth is line.depth else one for one in self.lines))

    def with_own_courses(self, courses: Iterable[CompletedCourse]) -> "BandTable":
        """Return a table in which the clinic's own percentiles replace lines with enough completed courses.

        Parameters
        ----------
        courses : iterable of CompletedCourse
            Every course of the clinic whose return was seen, slow ones too: leaving those out makes bands too short.

        Returns
        -------
        BandTable
            Lines of classes with fewer than 20 courses stay, and say how many there are.
        """
        days: dict[DepthClass, list[float]] = {depth: [] for depth in DepthClass}
        for course in courses:
            days[course.depth].append(course.return_day)
        return BandTable(tuple(_own_line(line, days[line.depth]) for line in self.lines))

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {"lines": [line.to_dict() for line in self.lines]}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "BandTable":
        """Return the table that :meth:`to_dict` wrote, or that a person edited.

        Raises
        ------
        OptionError
            When a line is missing or a value is none.
        """
        try:
            return cls(
                tuple(
                    BandLine(
                        DepthClass(line["depth"]),
                        float(line["first_day"]),
                        float(line["last_day"]),
                        float(line["ask_after_day"]),
                        str(line["provenance"]),
                        bool(line["is_assumption"]),
                        int(line["n_courses"]),
                    )
                    for line in values["lines"]
                )
            )
        except (KeyError, TypeError, ValueError) as error:
            raise OptionError(f"This is no table of expected bands: {error}.") from error


def _own_line(line: BandLine, days: list[float]) -> BandLine:
    if len(days) < OWN_COURSES:
        if not days:
            return line
        text = f"{line.provenance} Your clinic has {len(days)} completed courses; {OWN_COURSES} replace it."
        return replace(line, provenance=text)
    first, last, ask = (float(one) for one in np.percentile(days, OWN_PERCENTILES))
    text = (
        f"Your clinic's own {len(days)} completed courses: 10th to 90th percentile of the day of return; "
        "ask after the 95th."
    )
    return BandLine(line.depth, first, last, ask, text, is_assumption=False, n_courses=len(days))


_NO_CURVE = "An assumption: no published day-by-day curve by depth and skin type exists."

ASSUMED_BANDS = BandTable(
    (
        BandLine(
            DepthClass.SHALLOW,
            1.0,
            2.0,
            3.0,
            f"{_NO_CURVE} Barrier loss at 0.5 mm was only slightly raised after 48 h (Sasaki 2019).",
        ),
        BandLine(
            DepthClass.MIDDLE,
            2.0,
            4.0,
            7.0,
            f"{_NO_CURVE} Clinic sheets say 2 to 4 days for most; reviews up to 7 days (Chu 2021).",
        ),
        BandLine(
            DepthClass.DEEP,
            3.0,
            7.0,
            10.0,
            f"{_NO_CURVE} Radio-frequency needling peaked on days 1 to 3, at baseline by day 7 (Wu 2022).",
        ),
    )
)
"""The bands that come with the software. The days are assumptions [judgement]."""
