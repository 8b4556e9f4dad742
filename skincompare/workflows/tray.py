"""The tray: files that were handed over and are not stored yet, on the disk so that they fill no memory."""

import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from skincompare.errors import StoreUnavailableError
from skincompare.workflows.importing import IncomingFile

__all__ = ["TRAY_FOLDER", "Tray"]

TRAY_FOLDER = "tray"
"""Name of the tray's folder in the store's folder."""
KEPT_SECONDS = 24 * 3600.0
"""How long a file waits, s: a day of work; whoever handed it over has it still [judgement]."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """Reads a file of the tray anew each time."""

    path: Path

    def __call__(self) -> bytes:
        return self.path.read_bytes()


class Tray:
    """Files that wait to be stored.

    Their names on the disk tell nothing; what is older than a day goes when the next one comes.

    Parameters
    ----------
    folder : Path
        Where; it is made when the first file comes.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, data: bytes) -> IncomingFile:
        """Keep a file until it is dropped.

        Parameters
        ----------
        name : str
            What it is called.
        data : bytes
            Its content; nothing holds it afterwards.

        Returns
        -------
        IncomingFile
            To be imported; its time is not that of the disk.

        Raises
        ------
        StoreUnavailableError
            When it cannot be written.
        """
        path = self._folder / secrets.token_hex(16)
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.sweep()
            path.touch(mode=0o600)
            path.write_bytes(data)
        except OSError as error:
            with suppress(OSError):
                path.unlink(missing_ok=True)
            why = error.strerror or str(error)
            raise StoreUnavailableError(
                f"{name} cannot be taken ({why}); free some space on the disk of {self._folder} and try again."
            ) from error
        return IncomingFile(name, _Kept(path))

    def drop(self, file: IncomingFile) -> None:
        """Let a file go that came from here; nothing when it is gone, or came from elsewhere."""
        if isinstance(file.source, _Kept):
            with suppress(OSError):
                file.source.path.unlink(missing_ok=True)

    def sweep(self) -> None:
        """Let go what has waited for more than a day."""
        oldest = time.time() - KEPT_SECONDS
        for path in self._folder.iterdir() if self._folder.is_dir() else ():
            with suppress(OSError):
                if path.stat().st_mtime < oldest:
                    path.unlink()
