"""The clinic, its patients and what they agreed to."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import localedata

from skincompare.errors import OptionError
from skincompare.records.checks import MAX_TEXT, check_text

__all__ = ["Clinic", "Consent", "Fitzpatrick", "Patient", "PatientSummary"]

USUAL_LOCALE = "en_GB"
"""How dates and numbers are written where the clinic says nothing."""
FIRST_BIRTH_YEAR = 1890
"""Earliest year of birth that is no slip of the finger [judgement]."""


class Fitzpatrick(StrEnum):
    """Skin type as a person answered it; never computed from a photo."""

    I = "I"  # noqa: E741 - the name of the type
    II = "II"
    III = "III"
    IV = "IV"
    V = "V"
    VI = "VI"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clinic:
    """The clinic that a store belongs to.

    Parameters
    ----------
    name : str
        For headings; may be empty.
    time_zone : str
        IANA name, for example ``"Europe/Vienna"``: in it a photo's time counts when the file names no zone.
    locale : str
        How dates and numbers are written, for example ``"en_GB"`` or ``"de_AT"``.
    """

    name: str = ""
    time_zone: str = "UTC"
    locale: str = USUAL_LOCALE

    def __post_init__(self) -> None:
        check_text("name of the clinic", self.name)
        try:
            self.zone.key  # noqa: B018 - looked up to see whether it is known
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise OptionError(
                f"There is no time zone named {self.time_zone!r}; give a name such as Europe/Vienna."
            ) from error
        if not localedata.exists(self.locale):
            raise OptionError(
                f"There is no locale named {self.locale!r}; give a language and a country such as en_GB or de_AT."
            )

    @property
    def zone(self) -> ZoneInfo:
        """The zone itself."""
        return ZoneInfo(self.time_zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """A patient. All that is personal may be left out; the code alone tells patients apart.

    Parameters
    ----------
    code : str
        What the clinic calls them; one code, one patient.
    display_name : str
        A name, or empty.
    birth_year : int or None
        Year of birth.
    fitzpatrick : Fitzpatrick or None
        As the person answered.
    notes : str
        Free text.
    is_simulated : bool
        Whether nobody is behind it (the demo clinic).
    id : int or None
        Number in the store; None before it is stored.
    uid : str
        Stays with the patient from store to store; given by the store.
    revision : int
        Counts the changes; what is saved must be of the newest revision.
    """

    code: str
    display_name: str = ""
    birth_year: int | None = None
    fitzpatrick: Fitzpatrick | None = None
    notes: str = ""
    is_simulated: bool = False
    id: int | None = None
    uid: str = ""
    revision: int = 0

    def __post_init__(self) -> None:
        check_text("code of a patient", self.code, required=True)
        if self.code != self.code.strip() or "\n" in self.code or "\t" in self.code:
            raise OptionError("The code of a patient is one line, without blanks around it.")
        check_text("name of a patient", self.display_name)
        check_text("notes on a patient", self.notes, limit=MAX_TEXT)
        if self.birth_year is not None and not FIRST_BIRTH_YEAR <= self.birth_year <= date.today().year:
            raise OptionError(
                f"A year of birth lies between {FIRST_BIRTH_YEAR} and {date.today().year}, "
                f"not at {self.birth_year}."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientSummary:
    """One line of the list of patients: the patient, how many sessions and photos, the newest photo's time."""

    patient: Patient
    n_sessions: int
    n_photos: int
    last_photo: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What a patient agreed to.

    Parameters
    ----------
    patient_id : int
        Who.
    purpose : str
        For what: ``"treatment record"``, ``"teaching"``.
    given_on : date
        From when.
    withdrawn_on : date or None
        When it was taken back.
    id : int or None
        Number in the store.
    """

    patient_id: int
    purpose: str
    given_on: date
    withdrawn_on: date | None = None
    id: int | None = None

    def __post_init__(self) -> None:
        check_text("purpose of a consent", self.purpose, required=True)
        if self.withdrawn_on is not None and self.withdrawn_on < self.given_on:
            raise OptionError(
                f"A consent given on {self.given_on} cannot be withdrawn earlier, on {self.withdrawn_on}."
            )

    def holds_on(self, day: date) -> bool:
        """Return whether it holds on a day."""
        return self.given_on <= day and (self.withdrawn_on is None or day < self.withdrawn_on)
