"""What can be made again from the photos: small pictures, views of pairs. It may be deleted at any time."""

import logging
from collections.abc import Iterator

from skincompare.errors import StoreError
from skincompare.store.files import PhotoFiles

__all__ = ["Derived"]


class Derived:
    """Files that belong to a photo and can be made again from it.

    They are kept beside the photos and go with them. A file that cannot be written or read is no loss: it is made
    again when it is needed.

    Parameters
    ----------
    files : PhotoFiles
        A folder of their own.
    """

    def __init__(self, files: PhotoFiles) -> None:
        self._files = files

    @property
    def place(self) -> str:
        """Where they lie, for a person."""
        return self._files.place

    def keep(self, sha256: str, name: str, data: bytes) -> bool:
        """Keep a file of a photo; return whether that worked.

        Parameters
        ----------
        sha256 : str
            The photo.
        name : str
            Of the file, without a slash; an older one of the same name is replaced.
        data : bytes
            Its content.
        """
        try:
            self._files.keep(data, _place(sha256, name), _silent)
        except StoreError as error:
            logging.getLogger("skincompare.store").warning("A derived file was not kept: %s", error)
            return False
        return True

    def read(self, sha256: str, name: str) -> bytes | None:
        """Return a file of a photo, or None when it has to be made again."""
        try:
            return self._files.read(_place(sha256, name))
        except StoreError:
            return None

    def names(self, sha256: str) -> Iterator[str]:
        """Yield the names of all files of a photo."""
        for found in self._files.within(_folder(sha256)):
            owner, _, name = found.partition(".")
            if owner == sha256:
                yield name

    def n_bytes(self) -> int:
        """Return how large all of them are together."""
        return sum(file.n_bytes for file in self._files.stored())

    def clear(self) -> int:
        """Remove all of them, of all photos; each is made again when it is needed. Return how many there were."""
        names = [file.name for file in self._files.stored()]
        for name in names:
            self._files.remove(name)
        return len(names)

    def remove(self, sha256: str, *names: str) -> None:
        """Remove some files of a photo; with none named, all."""
        for name in names or tuple(self.names(sha256)):
            self._files.remove(_place(sha256, name))


def _folder(sha256: str) -> str:
    return sha256[:2]


def _place(sha256: str, name: str) -> str:
    return f"{_folder(sha256)}/{sha256}.{name}"


def _silent(step: str) -> None:
    """Tell nobody."""
