"""Words of the settings."""

from enum import StrEnum

from skincompare.store import Sweep
from skincompare.ui.words.moments import counted

__all__ = [
    "ACTOR_HELP",
    "ALL_WELL",
    "ASK",
    "BANDS_TEXT",
    "BUSY",
    "CHECK",
    "CHECK_HELP",
    "CHECK_JOB",
    "CLEAR",
    "CLEAR_DERIVED",
    "CLEAR_DERIVED_HELP",
    "COPY",
    "COPY_FOLDER",
    "COPY_HINT",
    "COPY_JOB",
    "COPY_SERVER",
    "COPY_TEXT",
    "DATABASE",
    "DERIVED",
    "EXPORT",
    "EXPORT_FIND",
    "EXPORT_NOBODY",
    "EXPORT_TEXT",
    "EXPORT_WHO",
    "FIRST",
    "LAST",
    "LOCALE",
    "NAME",
    "NAME_HELP",
    "NOBODY",
    "N_PATIENTS",
    "PHOTOS",
    "PLACE",
    "PRIVACY",
    "PROVENANCE",
    "PROVENANCE_HELP",
    "PYTHON",
    "RESET",
    "SAVE",
    "SAVED",
    "SECTIONS",
    "VERSION",
    "WHO",
    "ZONE",
    "ZONE_HELP",
    "Section",
    "cleared",
    "copied",
    "signed_as",
    "size",
    "sweep_lines",
]


class Section(StrEnum):
    """Parts of the settings."""

    CLINIC = "Clinic"
    BANDS = "Expected recovery"
    STORAGE = "Storage and copies"
    EXPORT = "Export"
    ABOUT = "About"


SECTIONS = "Part of the settings"
SAVE = "Save"
SAVED = "Saved."
NAME = "Name of the clinic"
NAME_HELP = "It stands on reports. It may stay empty."
ZONE = "Time zone"
ZONE_HELP = "Photos whose file names no zone count in this one, and so do the days after a session."
LOCALE = "Dates and numbers as in"
WHO = "Who works here"
NOBODY = "Nobody is named in a session yet."
ACTOR_HELP = "Set it with SKINCOMPARE_USER before the start."

BANDS_TEXT = (
    "When redness is expected to be back, by needle depth. The days are tinted on each recovery curve, and redness "
    "that stays longer is shown as something to look at. A line that you set holds until you reset it; with 20 "
    "completed courses of a depth, your clinic's own days replace the assumption."
)
FIRST, LAST, ASK = "Back from day", "to day", "To look at after day"
PROVENANCE = "Where these days come from"
PROVENANCE_HELP = "For example: our aftercare sheet of 2026. It stands under each curve."
RESET = "Reset"

PLACE = "Where it is"
N_PATIENTS = "Patients"
PHOTOS = "Photos"
DATABASE = "Records and measurements"
DERIVED = "Small pictures and aligned pairs"
ALL_WELL = "All photos and records fit together."
CHECK = "Check every photo"
CHECK_HELP = "Reads each file and compares it with what was stored."
CHECK_JOB = "Checking the photos"
CLEAR = "Remove files that belong to nobody"
CLEAR_DERIVED = "Delete small pictures and aligned pairs"
CLEAR_DERIVED_HELP = (
    "It frees the space. They are made again when somebody looks at them, some seconds each; photos and numbers stay "
    "as they are."
)
BUSY = "Something runs in the background. Try again when it is done."
COPY = "Copy everything to a folder"
COPY_TEXT = (
    "Photos and records, best on another disk. A later copy to the same folder adds what is new. To work from a copy, "
    "start with SKINCOMPARE_STORE set to its folder."
)
COPY_FOLDER = "Folder, with its whole path"
COPY_HINT = "/media/backup/skincompare"
COPY_JOB = "Copying"
COPY_SERVER = "The database is on a server: back it up there (pg_dump), and the folder of photos with it."

EXPORT_TEXT = (
    "One patient as a ZIP file: the original photos, all records, all measurements as a table. Another skincompare can "
    "take it in. It holds photos of a person: treat it as you treat the photos."
)
EXPORT_FIND = "Find a patient"
EXPORT_WHO = "Patient"
EXPORT = "Download (ZIP)"
EXPORT_NOBODY = "There is no patient to export."

VERSION = "Version"
PYTHON = "Python"
PRIVACY = "Photos stay on this computer: nothing is sent anywhere."


def signed_as(actor: str) -> str:
    """Return under which name changes are noted."""
    return f"Changes are noted under the name “{actor}”."


def size(n_bytes: int) -> str:
    """Return a size: ``12 MB``."""
    for unit, below in (("KB", 1e6), ("MB", 1e9)):
        if n_bytes < below:
            return f"{n_bytes / (below / 1e3):.0f} {unit}"
    return f"{n_bytes / 1e9:.1f} GB"


def sweep_lines(sweep: Sweep) -> tuple[tuple[str, str], ...]:
    """Return what does not fit together, and what to do."""
    told = []
    for found, what, advice in (
        (
            len(sweep.rows_without_files),
            "whose file is missing",
            "Bring the file back from a copy of the store; until then it can neither be seen nor measured.",
        ),
        (
            len(sweep.damaged),
            "whose file is damaged",
            "Bring the file back from a copy of the store, and check the disk.",
        ),
    ):
        if found:
            told.append((f"{counted(found, 'photo')} {what}.", advice))
    if sweep.files_without_rows or sweep.unfinished:
        number = len(sweep.files_without_rows) + len(sweep.unfinished)
        advice = "An import was cut short. Add the same photos again, and their files are used; or remove them here."
        told.append((f"{counted(number, 'file belongs', 'files belong')} to nobody.", advice))
    return tuple(told)


def copied(number: int) -> str:
    """Return what a copy came to."""
    return f"{counted(number, 'photo')} copied now; all records are in the copy."


def cleared(number: int) -> str:
    """Return how many files were removed."""
    return f"{counted(number, 'file')} removed."
