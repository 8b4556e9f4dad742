"""A photograph, and the only door through which untrusted bytes come in.

:func:`read_photo` takes a path or bytes and returns a :class:`Photo`: hashed once, upright, in sRGB, eight
bits a channel, or raises :class:`~skincompare.errors.PhotoError` with a sentence that says what to do. Of
what a file says about itself only the capture time and the camera are kept, never the place or the owner.
"""

import hashlib
import math
import os
import stat
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PureWindowsPath

import numpy as np
from numpy.typing import NDArray

from skincompare.errors import OptionError, PhotoError, PhotoProblem
from skincompare.measurement import Flag
from skincompare.photo_decoding import MAX_PIXELS, MIN_SIDE, decode
from skincompare.photo_metadata import NO_SETTINGS, Camera, CaptureSettings, CaptureTime

__all__ = ["MAX_FILE_BYTES", "MAX_PIXELS", "MIN_SIDE", "Camera", "CaptureTime", "Photo", "read_photo"]

MAX_FILE_BYTES = 200 * 1024 * 1024
"""Largest file, in bytes: four times an uncompressed 12 MP TIFF, our judgement."""

_MAX_NAME = 255
"""Longest name kept, in characters: what common file systems allow."""


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """One photograph, upright and in sRGB. Two are equal when their files are the same, byte for byte.

    Parameters
    ----------
    pixels : numpy.ndarray
        uint8, (height, width, 3), RGB, sRGB coded, read-only.
    sha256 : str
        Of the file's bytes, 64 lower-case hexadecimal digits.
    name : str
        The file's name without folders, for messages and tables.
    file_format : str
        ``JPEG``, ``MPO``, ``PNG``, ``WEBP``, ``TIFF`` or ``HEIF``.
    colour_profile : str or None
        Name of the profile the file carried, from which `pixels` were converted; None when it carried none
        and its numbers were taken for sRGB.
    bit_depth : int
        Bits a channel in the file; more than eight were scaled to eight.
    captured : CaptureTime or None
        When it was taken, as far as is known.
    camera : Camera or None
        Make and model.
    flags : tuple of Flag
        What a reader of numbers from this photo must know.
    settings : CaptureSettings
        Flash, exposure and the like, as far as the file says.
    jpeg_quality : float
        Quality of the JPEG compression, 1 to 100 as the Independent JPEG Group counts it; NaN for other formats.
    """

    pixels: NDArray[np.uint8]
    sha256: str
    name: str
    file_format: str
    colour_profile: str | None = None
    bit_depth: int = 8
    captured: CaptureTime | None = None
    camera: Camera | None = None
    flags: tuple[Flag, ...] = ()
    settings: CaptureSettings = NO_SETTINGS
    jpeg_quality: float = math.nan

    def __post_init__(self) -> None:
        if self.pixels.dtype != np.uint8 or self.pixels.ndim != 3 or self.pixels.shape[2] != 3:
            raise OptionError(
                "The pixels of a photo are uint8 of shape (height, width, 3), "
                f"not {self.pixels.dtype} of shape {self.pixels.shape}."
            )
        if self.pixels.flags.writeable:
            frozen = self.pixels.view()
            frozen.setflags(write=False)
            object.__setattr__(self, "pixels", frozen)

    def __eq__(self, other: object) -> bool:
        return self.sha256 == other.sha256 if isinstance(other, Photo) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.sha256)

    def __repr__(self) -> str:
        return f"<Photo {self.name!r} {self.width} x {self.height} {self.file_format} {self.sha256[:12]}>"

    @property
    def width(self) -> int:
        """Columns, in pixels."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Rows, in pixels."""
        return int(self.pixels.shape[0])

    @property
    def megapixels(self) -> float:
        """Millions of pixels."""
        return self.width * self.height / 1e6


def read_photo(source: str | os.PathLike[str] | bytes, *, name: str | None = None) -> Photo:
    """Read one photograph from a file or from bytes.

    JPEG, MPO, PNG, WebP, TIFF and HEIC are read; of a file with several pictures the primary one. The result
    is upright (the EXIF orientation is applied once), converted to sRGB (relative colorimetric, black point
    compensation) and has eight bits a channel. Transparent places become white, which later steps leave out
    as clipped.

    Parameters
    ----------
    source : str, os.PathLike or bytes
        A path, or the bytes of a file. A ``str`` is always a path.
    name : str, optional
        What to call the photo in messages; by default the file's name. Folders in it are dropped.

    Returns
    -------
    Photo
        With the shorter side of at least :data:`MIN_SIDE` and at most :data:`MAX_PIXELS` pixels in all.

    Raises
    ------
    PhotoError
        When the file is missing, empty, cut short, damaged, no image, of a kind that is not read, too large
        or too small; its ``problem`` says which.
    OptionError
        When `source` is neither a path nor bytes.
    """
    file_time = None
    if isinstance(source, bytes):
        data = source
        shown = _shown_name(name or "unnamed photo")
    elif isinstance(source, str | os.PathLike):
        path = Path(source)
        shown = _shown_name(name or path.name or str(path))
        data, file_time = _read_file(path, shown)
    else:
        raise OptionError(f"A photo is read from a path or from bytes, not from {type(source).__name__}.")
    if not data:
        raise PhotoError(PhotoProblem.EMPTY, f"{shown!r} is empty: copy it from the camera again.")
    if len(data) > MAX_FILE_BYTES:
        raise _too_many_bytes(shown)
    decoded = decode(data, shown)
    return Photo(
        pixels=decoded.pixels,
        sha256=hashlib.sha256(data).hexdigest(),
        name=shown,
        file_format=decoded.file_format,
        colour_profile=decoded.colour_profile,
        bit_depth=decoded.bit_depth,
        captured=decoded.metadata.captured or file_time,
        camera=decoded.metadata.camera,
        flags=decoded.flags,
        settings=decoded.metadata.settings,
        jpeg_quality=decoded.jpeg_quality,
    )


def _shown_name(name: str) -> str:
    """Return the last part of a name from either kind of system, printable and not endless."""
    last = PureWindowsPath(name).name or name
    return "".join(character if character.isprintable() else "_" for character in last)[:_MAX_NAME]


def _read_file(path: Path, shown: str) -> tuple[bytes, CaptureTime | None]:
    """Return a file's bytes and the time of its last change; never more than the cap goes into memory."""
    try:
        # A pipe or device would block or never end, so what it is comes first.
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            raise PhotoError(PhotoProblem.NOT_FOUND, f"{shown!r} is a folder: give a photo inside it.")
        if not stat.S_ISREG(kind):
            raise PhotoError(PhotoProblem.NOT_FOUND, f"{shown!r} is not a file: give a photo's path.")
        with path.open("rb") as stream:
            status = os.fstat(stream.fileno())
            if status.st_size > MAX_FILE_BYTES:
                raise _too_many_bytes(shown)
            return stream.read(MAX_FILE_BYTES + 1), _file_time(status.st_mtime)
    except PermissionError as error:
        message = f"{shown!r} may not be read: allow this user to read it."
        raise PhotoError(PhotoProblem.NOT_FOUND, message) from error
    except (OSError, ValueError) as error:
        message = f"There is no file {shown!r}: check its path and name."
        raise PhotoError(PhotoProblem.NOT_FOUND, message) from error


def _file_time(seconds: float) -> CaptureTime | None:
    try:
        moment = datetime.fromtimestamp(int(seconds)).astimezone()
    except (OverflowError, OSError, ValueError):
        return None
    offset = moment.utcoffset()
    minutes = None if offset is None else round(offset.total_seconds() / 60)
    return CaptureTime(local=moment.replace(tzinfo=None), utc_offset_minutes=minutes, source="file")


def _too_many_bytes(shown: str) -> PhotoError:
    limit = MAX_FILE_BYTES // 1024**2
    message = f"{shown!r} is larger than {limit} MB: export it as a JPEG of full size and high quality."
    return PhotoError(PhotoProblem.TOO_LARGE, message)
