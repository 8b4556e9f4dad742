"""Which kind of file some bytes are, by their first few: the name and the extension say nothing.

One ordered table holds the kinds that are read and those that are known but not read, so that a person with
a RAW file or a PDF learns that, instead of "not an image".
"""

from enum import StrEnum
from typing import NamedTuple

from skincompare.errors import PhotoError, PhotoProblem

__all__ = ["PhotoKind", "identify", "unsupported"]


class PhotoKind(StrEnum):
    """Kinds of file that are read."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WEBP"
    TIFF = "TIFF"
    HEIF = "HEIF"


class _Signature(NamedTuple):
    """Bytes at a place, and what they mean: a kind that is read, or words for one that is not."""

    start: int
    magic: bytes
    meaning: PhotoKind | str


_RAW = "a camera's RAW file"
_VIDEO = "a video"
_JPEG_2000 = "a JPEG 2000 image"
_JPEG_XL = "a JPEG XL image"

_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1")
"""Major brands that still pictures of ISO/IEC 23008-12 carry."""

_SIGNATURES = (
    _Signature(0, b"\xff\xd8\xff", PhotoKind.JPEG),
    _Signature(0, b"\x89PNG\r\n\x1a\n", PhotoKind.PNG),
    _Signature(8, b"WEBPVP8", PhotoKind.WEBP),
    _Signature(8, b"CR\x02\0", _RAW),
    _Signature(0, b"II*\0", PhotoKind.TIFF),
    _Signature(0, b"MM\0*", PhotoKind.TIFF),
    _Signature(0, b"II+\0", PhotoKind.TIFF),
    _Signature(0, b"MM\0+", PhotoKind.TIFF),
    *(_Signature(4, b"ftyp" + brand, PhotoKind.HEIF) for brand in _HEIF_BRANDS),
    _Signature(4, b"ftypavi", "an AVIF image"),
    _Signature(4, b"ftypcrx ", _RAW),
    _Signature(4, b"ftyp", _VIDEO),
    _Signature(0, b"\x1aE\xdf\xa3", _VIDEO),
    _Signature(0, b"FUJIFILMCCD-RAW", _RAW),
    _Signature(0, b"IIRO", _RAW),
    _Signature(0, b"IIRS", _RAW),
    _Signature(0, b"IIU\0", _RAW),
    _Signature(0, b"GIF8", "a GIF image"),
    _Signature(0, b"BM", "a BMP image"),
    _Signature(0, b"%PDF", "a PDF document"),
    _Signature(0, b"8BPS", "a Photoshop file"),
    _Signature(0, b"\xff\x0a", _JPEG_XL),
    _Signature(0, b"\0\0\0\x0cJXL ", _JPEG_XL),
    _Signature(0, b"\0\0\0\x0cjP  ", _JPEG_2000),
    _Signature(0, b"\xff\x4f\xff\x51", _JPEG_2000),
    _Signature(0, b"\0\0\1\0", "an icon"),
    _Signature(0, b"<svg", "an SVG drawing"),
)
"""Tried in this order: a Canon RAW file also begins as a TIFF."""


def identify(data: bytes, name: str) -> PhotoKind:
    """Return the kind of a file.

    Parameters
    ----------
    data : bytes
        Its bytes; the first sixteen decide.
    name : str
        What to call it in messages.

    Returns
    -------
    PhotoKind
        One that is read.

    Raises
    ------
    PhotoError
        ``UNSUPPORTED`` for a kind that is known but not read, else ``NOT_AN_IMAGE``.
    """
    for signature in _SIGNATURES:
        if data.startswith(signature.magic, signature.start):
            if isinstance(signature.meaning, PhotoKind):
                return signature.meaning
            raise unsupported(name, signature.meaning)
    message = f"{name!r} is not an image: choose a photo (JPEG, PNG, WebP, TIFF or HEIC)."
    raise PhotoError(PhotoProblem.NOT_AN_IMAGE, message)


def unsupported(name: str, what: str = _RAW) -> PhotoError:
    """Return the error for a file that is `what` (by default a camera's RAW file)."""
    message = f"{name!r} is {what}, which is not read: save it as JPEG, PNG, WebP, TIFF or HEIC."
    return PhotoError(PhotoProblem.UNSUPPORTED, message)
