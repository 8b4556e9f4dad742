"""The folder of photos: original bytes, named by their hash, whole or not there at all."""

import errno
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any, Protocol

from skincompare.errors import StoreError, StoreUnavailableError

__all__ = ["LocalFiles", "PhotoFiles", "RemoteFiles", "StoredFile", "name_of", "open_files"]

Step = Callable[[str], None]

INCOMING = "incoming"
"""Folder of files that are not whole yet; on the same file system, so that a rename makes them whole."""
CHUNK = 1 << 20
"""Bytes written at a time."""
SUFFIXES = MappingProxyType(
    {"JPEG": ".jpg", "MPO": ".jpg", "PNG": ".png", "WEBP": ".webp", "TIFF": ".tif", "HEIF": ".heic"}
)
"""Ending of a file by its format."""
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What the system says when there is no room."""
FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)
"""What it says when a place may not be written."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in the folder: its place there, the hash by its name, its size in bytes."""

    name: str
    sha256: str
    n_bytes: int


class PhotoFiles(Protocol):
    """What the store asks of a folder of photos."""

    @property
    def place(self) -> str:
        """Where it is, for a person."""

    def keep(self, data: bytes, name: str, step: Step) -> None:
        """Write a file so that it is whole under its name, or not there."""

    def read(self, name: str) -> bytes:
        """Return a file's bytes."""

    def remove(self, name: str) -> None:
        """Remove a file, or one that is not whole yet; nothing when it is gone."""

    def stored(self) -> Iterator[StoredFile]:
        """Yield every whole file."""

    def unfinished(self) -> Iterator[str]:
        """Yield the names of files that never became whole."""

    def within(self, folder: str) -> Iterator[str]:
        """Yield the names of the files in one folder, without the folder."""


def name_of(sha256: str, file_format: str) -> str:
    """Return where a photo lies in the folder: ``ab/abcd...jpg``."""
    return f"{sha256[:2]}/{sha256}{SUFFIXES.get(file_format, '')}"


def open_files(place: str | Path) -> PhotoFiles:
    """Open a folder of photos.

    Parameters
    ----------
    place : str or Path
        A folder, or an fsspec URL (``"sftp://..."``); a plain path and ``file://`` are local.

    Returns
    -------
    PhotoFiles
        The local folder writes through to the disk; others do what their file system does.

    Raises
    ------
    StoreError
        When the URL names no file system that can be had.
    """
    text = str(place)
    if "://" not in text:
        return LocalFiles(Path(text))
    if text.startswith("file://"):
        return LocalFiles(Path(text.removeprefix("file://")))
    return RemoteFiles(text)


class LocalFiles:
    """A folder of this machine.

    Parameters
    ----------
    root : Path
        The folder; it is made when the first photo comes.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def place(self) -> str:
        """The folder."""
        return str(self.root)

    def keep(self, data: bytes, name: str, step: Step) -> None:
        """Write a file: temporary file, fsync, rename, fsync of the folder.

        Parameters
        ----------
        data : bytes
            Its content.
        name : str
            Its place in the folder.
        step : callable
            Called between the steps with a name for each.

        Raises
        ------
        StoreUnavailableError
            When it cannot be written; then it is not there.
        """
        target = self.root / name
        with _told(self.place):
            if _has(target, data):
                _sync_folder(target.parent)
                return
            _make(target.parent)
            temporary = self.root / INCOMING / f"{PurePosixPath(name).name}.{os.getpid()}"
            _make(temporary.parent)
            try:
                self._write(temporary, data, step)
                temporary.replace(target)
            except BaseException:
                with suppress(OSError):
                    temporary.unlink()
                raise
            step("renamed")
            _sync_folder(target.parent)
            step("folder synced")

    def _write(self, path: Path, data: bytes, step: Step) -> None:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            step("opened")
            view = memoryview(data)
            half = len(view) // 2
            for part in (view[:half], view[half:]):
                for start in range(0, len(part), CHUNK):
                    _write_all(handle, part[start : start + CHUNK])
                step("written")
            os.fsync(handle)
        finally:
            os.close(handle)
        step("synced")

    def read(self, name: str) -> bytes:
        """Return a file's bytes.

        Raises
        ------
        StoreError
            When it is missing or cannot be read.
        """
        return _found(name, self.place, (self.root / name).read_bytes)

    def remove(self, name: str) -> None:
        """Remove a file; nothing when it is gone."""
        with _told(self.place):
            (self.root / name).unlink(missing_ok=True)

    def stored(self) -> Iterator[StoredFile]:
        """Yield every whole file."""
        for folder in sorted(path for path in _listed(self.root) if path.is_dir() and path.name != INCOMING):
            for path in sorted(_listed(folder)):
                name = path.relative_to(self.root).as_posix()
                yield StoredFile(name, path.name.partition(".")[0], path.stat().st_size)

    def unfinished(self) -> Iterator[str]:
        """Yield the names of files that never became whole."""
        yield from (f"{INCOMING}/{path.name}" for path in sorted(_listed(self.root / INCOMING)))

    def within(self, folder: str) -> Iterator[str]:
        """Yield the names of the files in one folder, without the folder."""
        yield from (path.name for path in sorted(_listed(self.root / folder)))


class RemoteFiles:
    """A folder on any file system of fsspec; how durable a write is, is that file system's affair.

    Parameters
    ----------
    url : str
        As fsspec reads it.
    """

    def __init__(self, url: str) -> None:
        import fsspec

        try:
            self._system, self._root = fsspec.url_to_fs(url)
        except (ValueError, ImportError) as error:
            raise StoreError(
                f"The folder of photos {_without_secret(url)} cannot be opened: {error}"
            ) from error
        self.place = _without_secret(url)

    def keep(self, data: bytes, name: str, step: Step) -> None:
        """Write a file under a temporary name, then move it."""
        target, temporary = f"{self._root}/{name}", f"{self._root}/{INCOMING}/{PurePosixPath(name).name}"
        with _told(self.place):
            if self._system.exists(target) and self._system.cat_file(target) == data:
                return
            for path in (target, temporary):
                self._system.makedirs(path.rpartition("/")[0], exist_ok=True)
            step("opened")
            self._system.pipe_file(temporary, data)
            step("written")
            self._system.mv(temporary, target)
            step("renamed")

    def read(self, name: str) -> bytes:
        """Return a file's bytes."""
        return _found(name, self.place, lambda: bytes(self._system.cat_file(f"{self._root}/{name}")))

    def remove(self, name: str) -> None:
        """Remove a file; nothing when it is gone."""
        with _told(self.place), suppress(FileNotFoundError):
            self._system.rm_file(f"{self._root}/{name}")

    def stored(self) -> Iterator[StoredFile]:
        """Yield every whole file."""
        for name, detail in self._found():
            if not name.startswith(f"{INCOMING}/"):
                yield StoredFile(name, PurePosixPath(name).name.partition(".")[0], int(detail["size"] or 0))

    def unfinished(self) -> Iterator[str]:
        """Yield the names of files that never became whole."""
        yield from (name for name, _ in self._found() if name.startswith(f"{INCOMING}/"))

    def within(self, folder: str) -> Iterator[str]:
        """Yield the names of the files in one folder, without the folder."""
        with _told(self.place):
            listing = self._system.find(f"{self._root}/{folder}")
        yield from sorted(PurePosixPath(path).name for path in listing)

    def _found(self) -> list[tuple[str, dict[str, Any]]]:
        with _told(self.place):
            listing = self._system.find(self._root, detail=True)
        return sorted((path[len(self._root) :].lstrip("/"), detail) for path, detail in listing.items())


def _has(target: Path, data: bytes) -> bool:
    """Return whether a file is there already with this very content."""
    if not target.is_file() or target.stat().st_size != len(data):
        return False
    return hashlib.sha256(target.read_bytes()).digest() == hashlib.sha256(data).digest()


def _make(folder: Path) -> None:
    """Make a folder so that it stays after a power cut."""
    if folder.is_dir():
        return
    for one in reversed([one for one in (folder, *folder.parents) if not one.exists()]):
        one.mkdir(exist_ok=True, mode=0o700)
        _sync_folder(one.parent)


def _write_all(handle: int, part: memoryview) -> None:
    while part:
        part = part[os.write(handle, part) :]


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _listed(folder: Path) -> list[Path]:
    with _told(str(folder)):
        return list(folder.iterdir()) if folder.is_dir() else []


def _found(name: str, place: str, read: Callable[[], bytes]) -> bytes:
    try:
        return read()
    except FileNotFoundError as error:
        raise StoreError(
            f"The photo {name} is missing in {place}; put it back from a backup (skincompare store check lists all)."
        ) from error
    except OSError as error:
        raise StoreUnavailableError(
            f"The photo {name} in {place} cannot be read: {error.strerror}."
        ) from error


def _without_secret(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"


@contextmanager
def _told(place: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            why = f"The disk of {place} is full; nothing was saved, free some space and try again."
        elif error.errno in FORBIDDEN:
            why = f"{place} may not be written; nothing was saved, allow this user to write there."
        else:
            why = f"{place} cannot be written ({error.strerror or error}); nothing was saved."
        raise StoreUnavailableError(why) from error
