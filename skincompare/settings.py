"""What can be set from outside, read once at the edge."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Settings", "read_settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of the program.

    Parameters
    ----------
    samples : Path
        Folder of the sample images.
    debug : bool
        Whether an unexpected error shows its traceback.
    store : Path
        Folder of the store: database and photos.
    database_url : str
        PostgreSQL database of the store; empty for the SQLite file in its folder. It may hold a password.
    photos : str
        Another folder of the store's photos, or an fsspec URL; empty for that in the store's folder.
    user : str
        Who works here: what another editor of the same record is told.
    """

    samples: Path
    debug: bool
    store: Path
    database_url: str = field(default="", repr=False)
    photos: str = ""
    user: str = ""


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from environment variables.

    Parameters
    ----------
    environment : mapping, optional
        Default: the process's own.

    Returns
    -------
    Settings
        ``SKINCOMPARE_SAMPLES`` (default: ``sample_images`` beside the package), ``SKINCOMPARE_DEBUG`` (``1``),
        ``SKINCOMPARE_STORE`` (default: ``skincompare`` in ``$XDG_DATA_HOME`` or ``~/.local/share``),
        ``SKINCOMPARE_DATABASE_URL``, ``SKINCOMPARE_PHOTOS``, ``SKINCOMPARE_USER`` (default: the login name).
    """
    values = os.environ if environment is None else environment
    data = Path(values.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    beside = Path(__file__).resolve().parent.parent / "sample_images"
    return Settings(
        samples=Path(values.get("SKINCOMPARE_SAMPLES") or beside),
        debug=values.get("SKINCOMPARE_DEBUG") == "1",
        store=Path(values.get("SKINCOMPARE_STORE") or data / "skincompare").expanduser(),
        database_url=values.get("SKINCOMPARE_DATABASE_URL", ""),
        photos=values.get("SKINCOMPARE_PHOTOS", ""),
        user=values.get("SKINCOMPARE_USER") or values.get("USER") or values.get("LOGNAME", ""),
    )
