"""After a session: symptoms that the patient ticked, and the bands that the clinic expects."""

import math
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from skincompare.errors import OptionError
from skincompare.records.checks import MAX_TEXT, check_moment, check_text

__all__ = ["EditedBand", "Symptom", "TickedSymptom"]


class Symptom(StrEnum):
    """What a patient can tick."""

    PAIN = "pain"
    PUS = "pus"
    BLISTER = "blister"
    FEVER = "fever"


@dataclass(frozen=True, slots=True, kw_only=True)
class TickedSymptom:
    """A symptom that a patient ticked after a session.

    Parameters
    ----------
    session_id : int
        After which session.
    symptom : Symptom
        Which.
    at : datetime
        When, with its zone.
    id : int or None
        Number in the store.
    """

    session_id: int
    symptom: Symptom
    at: datetime
    id: int | None = None

    def __post_init__(self) -> None:
        check_moment("a symptom", self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class EditedBand:
    """A line of the table of expected bands that the clinic wrote itself.

    Parameters
    ----------
    depth : str
        The class of needle depth, in its words.
    first_day, last_day, ask_after_day : float
        Redness usually is back between the first two; after the third it is shown to the clinician.
    provenance : str
        Where the line comes from, in words.
    """

    depth: str
    first_day: float
    last_day: float
    ask_after_day: float
    provenance: str

    def __post_init__(self) -> None:
        days = (self.first_day, self.last_day, self.ask_after_day)
        if not all(math.isfinite(one) for one in days) or not 0 <= days[0] <= days[1] <= days[2]:
            raise OptionError(f"The days of an expected band rise from 0 on, not {days}.")
        check_text("class of depth", self.depth, required=True)
        check_text("provenance of an expected band", self.provenance, limit=MAX_TEXT, required=True)
