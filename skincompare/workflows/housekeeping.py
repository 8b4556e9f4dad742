"""The clinic's settings and its store: how much there is, copies, and what can be cleared away."""

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import available_timezones

from babel import localedata

from skincompare.records import EditedBand
from skincompare.recovery import BandTable, DepthClass
from skincompare.store import Store
from skincompare.store.backup import back_up
from skincompare.workflows.bands import clinic_bands
from skincompare.workflows.jobs import Job
from skincompare.workflows.returns import refresh_returns

__all__ = [
    "StorageState",
    "copy_store",
    "known_locales",
    "known_zones",
    "refreshed_bands",
    "reset_band",
    "set_band",
    "storage_state",
]


@dataclass(frozen=True, slots=True)
class StorageState:
    """How much a store holds.

    Parameters
    ----------
    place : str
        Where it is.
    n_patients : int
        Patients, simulated ones too.
    photo_bytes, derived_bytes, database_bytes : int
        Sizes of the photos, of what can be made again, and of the database file (0 where it is on a server).
    is_file : bool
        Whether the database is a file, which a copy can be made of.
    """

    place: str
    n_patients: int
    photo_bytes: int
    derived_bytes: int
    database_bytes: int
    is_file: bool


def storage_state(store: Store) -> StorageState:
    """Return how much a store holds; the folders are walked, which takes a moment."""
    photos, derived = store.usage()
    file = store.database.file
    parts = () if file is None else (file, file.with_name(f"{file.name}-wal"))
    size = sum(part.stat().st_size for part in parts if part.exists())
    return StorageState(store.place, store.people.count(), photos, derived, size, file is not None)


def known_zones() -> tuple[str, ...]:
    """Return the names of time zones, ``Europe/Vienna`` among them."""
    return tuple(sorted(name for name in available_timezones() if "/" in name or name == "UTC"))


def known_locales() -> tuple[str, ...]:
    """Return the names of locales with a country: ``de_AT``."""
    return tuple(sorted(name for name in localedata.locale_identifiers() if name.count("_") == 1))


def refreshed_bands(store: Store) -> BandTable:
    """Return the expected bands after fitting the courses that changed."""
    refresh_returns(store)
    return clinic_bands(store)


def set_band(store: Store, depth: DepthClass, days: tuple[float, float, float], provenance: str) -> None:
    """Store a line of expected bands of the clinic's own.

    Raises
    ------
    OptionError
        When the days do not rise, or nothing says where the line comes from.
    """
    first, last, ask = days
    store.aftercare.set_band(
        EditedBand(
            depth=depth.value,
            first_day=first,
            last_day=last,
            ask_after_day=ask,
            provenance=provenance.strip(),
        )
    )


def reset_band(store: Store, depth: DepthClass) -> int:
    """Remove a line of the clinic's own; return how many there were."""
    return store.aftercare.reset_band(depth.value)


def copy_store(store: Store, folder: str, job: Job) -> None:
    """Copy the store into a folder; a stop between two photos keeps those that are there."""
    job.add(back_up(store, Path(folder.strip()).expanduser(), job.tell))
