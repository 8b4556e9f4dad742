"""What can be set from outside, read once at the edge."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
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
    """

    samples: Path
    debug: bool


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from environment variables.

    Parameters
    ----------
    environment : mapping, optional
        Default: the process's own.

    Returns
    -------
    Settings
        ``SKINCOMPARE_SAMPLES`` (default: ``sample_images`` beside the package), ``SKINCOMPARE_DEBUG`` (``1``).
    """
    values = os.environ if environment is None else environment
    beside = Path(__file__).resolve().parent.parent / "sample_images"
    return Settings(
        samples=Path(values.get("SKINCOMPARE_SAMPLES") or beside),
        debug=values.get("SKINCOMPARE_DEBUG") == "1",
    )
