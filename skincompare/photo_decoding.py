"""From untrusted bytes to upright sRGB pixels, by Pillow.

Only the plugin that belongs to the first bytes is called. The size in the header is checked before a pixel is
decoded, so a small file cannot fill the memory.
"""

import io
import math
import struct
import zlib
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from skincompare.errors import PhotoError, PhotoProblem
from skincompare.measurement import Flag
from skincompare.photo_colour import (
    ADOBE_RGB,
    DISPLAY_P3,
    NamedSpace,
    NotConvertibleError,
    pixels_without_colour,
    to_srgb,
)
from skincompare.photo_compression import jpeg_quality
from skincompare.photo_kinds import PhotoKind, identify, unsupported
from skincompare.photo_metadata import Metadata, read_metadata

__all__ = ["MAX_PIXELS", "MIN_SIDE", "Decoded", "decode"]

MIN_SIDE = 256
"""Shortest side of a photo, in pixels: below it a face has no skin to measure."""

MAX_PIXELS = 80_000_000
"""Most pixels of a photo: above the 50 MP of phones, and 240 MB once decoded."""

_DAMAGE = (
    ArithmeticError,
    AssertionError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    Warning,
    struct.error,
    zlib.error,
)
"""What Pillow and its plugins raise on damaged files, and its warnings where they are made errors."""

_TOO_MUCH = (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError)

_MANY_SORTED = (PhotoKind.TIFF, PhotoKind.HEIF)
"""Kinds that are containers for many sorts of pictures, some of which are not read."""

_UNKNOWN_SORT_WORDS = ("unknown", "unsupported", "not supported", "not available")
"""Words in a plugin's complaint about a sound file of a sort that it does not read."""

_TAG_BITS_PER_SAMPLE, _TAG_NEW_SUBFILE_TYPE, _TAG_DNG_VERSION = 258, 254, 50706
_REDUCED_PREVIEW = 1

_P3_PRIMARIES, _BT2020_PRIMARIES = 12, 9
"""Colour primaries of ITU-T H.273 that a HEIC without an ICC profile may name."""

_HDR_TRANSFERS = (16, 18)
"""Transfer characteristics PQ and HLG of ITU-T H.273: scene brightness without a fixed white."""

_TURN = MappingProxyType(
    {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
)
"""What makes a picture of an EXIF orientation upright."""

_TURNED_BY_PLUGIN = (PhotoKind.TIFF, PhotoKind.HEIF)
"""Kinds that arrive upright: Pillow turns TIFF, libheif turns HEIC by the container's own note."""

_STRIP_ROWS = 256

_NO_COLOUR = Flag(
    "no_colour",
    "The photo has no colour, so redness and pigment cannot be measured from it.",
    "Take the photo in colour, without a black-and-white filter.",
)
_METADATA_UNREADABLE = Flag(
    "metadata_unreadable",
    "The notes in the file are damaged, so its time, its camera and which way is up may be missing.",
    "Use the file as the camera wrote it.",
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a file held: pixels uint8 (height, width, 3), sRGB, upright, and facts about it."""

    pixels: NDArray[np.uint8]
    file_format: str
    colour_profile: str | None
    bit_depth: int
    metadata: Metadata
    flags: tuple[Flag, ...]
    jpeg_quality: float = math.nan


def decode(data: bytes, name: str) -> Decoded:
    """Decode the bytes of one photo.

    Parameters
    ----------
    data : bytes
        A whole file, at least one byte.
    name : str
        What to call it in messages.

    Returns
    -------
    Decoded
        Upright and in sRGB.

    Raises
    ------
    PhotoError
        When the bytes are no usable photo.
    """
    kind = identify(data, name)
    try:
        return _decode_kind(data, kind, name)
    except _TOO_MUCH as error:
        raise _too_many_pixels(name) from error
    except NotConvertibleError as error:
        raise unsupported(name, f"a {kind} of a sort that is not measured ({error})") from error
    except _DAMAGE as error:
        if kind in _MANY_SORTED and any(word in str(error).lower() for word in _UNKNOWN_SORT_WORDS):
            raise unsupported(name, f"a {kind} of a rare sort") from error
        message = f"{name!r} is a {kind} that is cut short or damaged: copy it from the camera again."
        raise PhotoError(PhotoProblem.TRUNCATED, message) from error


def _decode_kind(data: bytes, kind: PhotoKind, name: str) -> Decoded:
    image = _open(data, kind)
    _check_size(image.size, name)
    if kind == PhotoKind.TIFF:
        _check_not_raw(image, name)
    bit_depth = _bit_depth(image, data, kind)
    flags: list[Flag] = []
    if kind == PhotoKind.PNG:
        image.load()  # its notes may stand behind its pixels
    metadata = Metadata()
    try:
        metadata = read_metadata(image)
    except _DAMAGE:
        flags.append(_METADATA_UNREADABLE)
    quality = jpeg_quality(getattr(image, "quantization", {}))
    image.load()
    icc = image.info.get("icc_profile") or None
    converted = to_srgb(image, icc, _space_without_profile(image, metadata) if icc is None else None)
    file_format = image.format or kind
    del image
    upright = converted.image
    if kind not in _TURNED_BY_PLUGIN and metadata.orientation in _TURN:
        upright = upright.transpose(_TURN[metadata.orientation])
    pixels = _pixels(upright)
    if pixels_without_colour(pixels):
        flags.append(_NO_COLOUR)
    flags.extend(converted.flags)
    return Decoded(pixels, file_format, converted.profile, bit_depth, metadata, tuple(flags), quality)


def _open(data: bytes, kind: PhotoKind) -> ImageFile.ImageFile:
    """Return the image with its header read and nothing decoded."""
    # Image.open would import every plugin, try several, and only warn of a bomb.
    stream = io.BytesIO(data)
    if kind == PhotoKind.JPEG:
        from PIL.JpegImagePlugin import jpeg_factory

        return jpeg_factory(stream)
    if kind == PhotoKind.PNG:
        from PIL.PngImagePlugin import PngImageFile

        return PngImageFile(stream)
    if kind == PhotoKind.WEBP:
        from PIL.WebPImagePlugin import WebPImageFile

        return WebPImageFile(stream)
    if kind == PhotoKind.TIFF:
        from PIL.TiffImagePlugin import TiffImageFile

        return TiffImageFile(stream)
    from pi_heif import HeifImageFile

    image: ImageFile.ImageFile = HeifImageFile(stream)
    return image


def _check_size(size: tuple[int, int], name: str) -> None:
    width, height = size
    if width * height > MAX_PIXELS:
        raise _too_many_pixels(name)
    if min(width, height) < MIN_SIDE:
        message = (
            f"{name!r} has {width} x {height} pixels, but its shorter side must have at least {MIN_SIDE}: "
            "use the photo in its full size."
        )
        raise PhotoError(PhotoProblem.TOO_SMALL, message)


def _check_not_raw(image: ImageFile.ImageFile, name: str) -> None:
    """Refuse a TIFF whose first picture is only the small preview of a camera's RAW data."""
    tags = getattr(image, "tag_v2", {})
    if _TAG_DNG_VERSION in tags or tags.get(_TAG_NEW_SUBFILE_TYPE, 0) == _REDUCED_PREVIEW:
        raise unsupported(name)


def _bit_depth(image: ImageFile.ImageFile, data: bytes, kind: PhotoKind) -> int:
    if kind == PhotoKind.PNG:
        return data[24]  # the ninth byte of the header chunk, which comes first
    if kind == PhotoKind.TIFF:
        bits = getattr(image, "tag_v2", {}).get(_TAG_BITS_PER_SAMPLE, (1,))
        return int(max(bits)) if isinstance(bits, tuple) else int(bits)
    return int(image.info.get("bit_depth", 8))


def _space_without_profile(image: ImageFile.ImageFile, metadata: Metadata) -> NamedSpace | None:
    """Return the space that a file without a profile says it is in by other means."""
    if metadata.adobe_rgb:
        return ADOBE_RGB
    nclx = image.info.get("nclx_profile")
    if not isinstance(nclx, dict):
        return None
    primaries = nclx.get("color_primaries")
    if nclx.get("transfer_characteristics") in _HDR_TRANSFERS or primaries == _BT2020_PRIMARIES:
        raise NotConvertibleError("HDR")
    return DISPLAY_P3 if primaries == _P3_PRIMARIES else None


def _pixels(image: Image.Image) -> NDArray[np.uint8]:
    """Return an RGB image as an array, strip by strip so that it never stands in memory thrice."""
    pixels = np.empty((image.height, image.width, 3), dtype=np.uint8)
    for top in range(0, image.height, _STRIP_ROWS):
        bottom = min(top + _STRIP_ROWS, image.height)
        pixels[top:bottom] = np.asarray(image.crop((0, top, image.width, bottom)))
    return pixels


def _too_many_pixels(name: str) -> PhotoError:
    limit = MAX_PIXELS // 1_000_000
    message = f"{name!r} has more than {limit} megapixels: export it smaller."
    return PhotoError(PhotoProblem.TOO_LARGE, message)
