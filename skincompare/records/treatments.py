"""Courses of treatment, their sessions, and what a person graded."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from skincompare.errors import OptionError
from skincompare.records.checks import MAX_TEXT, check_moment, check_text

__all__ = ["Condition", "Course", "Grade", "GradeScale", "Session"]

MAX_DEPTH_MM = 5.0
"""Longest needle, mm [judgement: devices go to 3.5]."""
MAX_PASSES = 50
"""Most passes of a session [judgement]."""


class Condition(StrEnum):
    """What is treated."""

    LARGE_PORES = "large pores"
    ACNE_SCARS = "acne scars"
    FINE_LINES = "fine lines"
    WRINKLES = "wrinkles"
    DISCOLORATION = "discoloration"
    REDNESS = "redness"
    OTHER = "other"


class GradeScale(StrEnum):
    """Scales that a clinician or patient grades on."""

    CEA = "CEA"
    GAIS = "GAIS"
    GOODMAN_BARON = "Goodman-Baron"
    OTHER = "other"


GRADE_RANGES: Mapping[GradeScale, tuple[int, int]] = MappingProxyType(
    {GradeScale.CEA: (0, 4), GradeScale.GAIS: (1, 5), GradeScale.GOODMAN_BARON: (1, 4)}
)
"""Lowest and highest grade: clinician's erythema assessment 0 clear to 4 severe; global aesthetic improvement, five
steps; Goodman and Baron 2006, doi:10.1111/j.1524-4725.2006.32354.x, 1 macular to 4 severe."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A series of sessions for one condition.

    Parameters
    ----------
    patient_id : int
        Whose.
    condition : Condition
        What is treated.
    title, notes : str
        Free text.
    id : int or None
        Number in the store.
    revision : int
        Counts the changes.
    """

    patient_id: int
    condition: Condition = Condition.OTHER
    title: str = ""
    notes: str = ""
    id: int | None = None
    revision: int = 0

    def __post_init__(self) -> None:
        check_text("title of a course", self.title)
        check_text("notes on a course", self.notes, limit=MAX_TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One treatment.

    Parameters
    ----------
    course_id : int
        Of which course.
    at : datetime
        When, with its zone.
    depths_mm : mapping of str to float
        Needle depth by region, mm; its keys are the treated regions.
    device : str
        The needling device.
    passes : int or None
        Passes over the skin.
    topicals, practitioner, notes, instructions : str
        What was put on, who treated, free text, and what the patient was told to do afterwards.
    id : int or None
        Number in the store.
    revision : int
        Counts the changes.
    """

    course_id: int
    at: datetime
    depths_mm: Mapping[str, float] = field(default_factory=dict)
    device: str = ""
    passes: int | None = None
    topicals: str = ""
    practitioner: str = ""
    notes: str = ""
    instructions: str = ""
    id: int | None = None
    revision: int = 0

    def __post_init__(self) -> None:
        check_moment("a session", self.at)
        for region, depth in self.depths_mm.items():
            check_text("name of a region", region, required=True)
            if "," in region or region != "_".join(region.lower().split()):
                raise OptionError(f"A region's name is lower case with underscores, not {region!r}.")
            if not (math.isfinite(depth) and 0 < depth <= MAX_DEPTH_MM):
                raise OptionError(
                    f"A needle depth lies above 0 and at most at {MAX_DEPTH_MM:g} mm; {region} has {depth}."
                )
        if self.passes is not None and not 1 <= self.passes <= MAX_PASSES:
            raise OptionError(
                f"The passes of a session lie between 1 and {MAX_PASSES}, not at {self.passes}."
            )
        check_text("device of a session", self.device)
        check_text("name of a practitioner", self.practitioner)
        for what in ("topicals", "notes", "instructions"):
            check_text(f"{what} of a session", getattr(self, what), limit=MAX_TEXT)

    @property
    def treated(self) -> tuple[str, ...]:
        """Names of the treated regions, sorted."""
        return tuple(sorted(self.depths_mm))


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """What a person graded by looking: never a number of ours.

    Parameters
    ----------
    patient_id : int
        Whose skin.
    scale : GradeScale
        On which scale.
    grade : int
        The step.
    at : datetime
        When, with its zone.
    session_id : int or None
        Which session it belongs to.
    graded_by, notes : str
        Who graded, and free text (the name of another scale).
    id : int or None
        Number in the store.
    """

    patient_id: int
    scale: GradeScale
    grade: int
    at: datetime
    session_id: int | None = None
    graded_by: str = ""
    notes: str = ""
    id: int | None = None

    def __post_init__(self) -> None:
        check_moment("a grade", self.at)
        check_text("name of who graded", self.graded_by)
        check_text("notes on a grade", self.notes, limit=MAX_TEXT)
        low, high = GRADE_RANGES.get(self.scale, (0, 100))
        if not low <= self.grade <= high:
            raise OptionError(
                f"A {self.scale.value} grade lies between {low} and {high}, not at {self.grade}."
            )
