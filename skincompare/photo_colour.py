"""From whatever a file's numbers mean to sRGB, eight bits a channel.

The embedded ICC profile decides (relative colorimetric, black point compensation). Without one, a file that
says in another way that it is Display P3 or Adobe RGB is converted by a profile built here; any other counts
as sRGB.
"""

import io
import struct
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from skincompare.measurement import Flag

if TYPE_CHECKING:
    from PIL.ImageCms import ImageCmsTransform

__all__ = [
    "ADOBE_RGB",
    "DISPLAY_P3",
    "NamedSpace",
    "NotConvertibleError",
    "SrgbImage",
    "pixels_without_colour",
    "profile_bytes",
    "to_srgb",
]

_SIXTEEN_BIT_MODES = ("I;16", "I;16B", "I;16L", "I;16N")
_PALETTE_MODES = ("P", "PA")
_READABLE_MODES = (
    *_SIXTEEN_BIT_MODES,
    *_PALETTE_MODES,
    "1",
    "L",
    "LA",
    "La",
    "RGB",
    "RGBA",
    "RGBa",
    "RGBX",
    "CMYK",
)

_WHITE = (255, 255, 255)
"""Ground under transparent places: what viewers show, and a value that later steps leave out as clipped."""

_SAME_COLOUR = 1
"""Largest difference, in 8-bit steps, by which a profile still counts as sRGB itself."""

_NEUTRAL_SPREAD = 2
"""Largest difference between channels, in 8-bit steps, in a photo without colour (rounding)."""

_SAMPLE_SIDE = 256
"""Pixels looked at along each side, at least, to see whether a photo has colour."""

_MAX_PROFILE_NAME = 80
"""Longest profile name kept, in characters."""

_OPAQUE = 255
"""Alpha of a place that hides what is behind it."""

_MODE_OF_SPACE = MappingProxyType({"GRAY": "L", "RGB": "RGB", "CMYK": "CMYK"})
"""Pillow mode whose numbers a profile of a colour space describes."""

_D50 = (0.9642, 1.0, 0.8249)
"""XYZ of the white of the ICC profile connection space."""

_FIXED_ONE = 65536
"""1.0 as an ICC s15Fixed16Number."""

_HEADER_SIZE = 128
_VERSION_4 = 0x04200000
_PARAMETRIC_TYPE_3 = 3


class NotConvertibleError(ValueError):
    """The image is of a kind that has no defined conversion here; the caller says so to the person."""


@dataclass(frozen=True, slots=True)
class NamedSpace:
    """An RGB space known by name.

    Parameters
    ----------
    name : str
        What people call it.
    colorants : tuple of tuple of float
        XYZ of red, green and blue, adapted to D50 (Bradford).
    curve : tuple of float
        Parameters g, a, b, c, d of the ICC parametric curve type 3.
    """

    name: str
    colorants: tuple[tuple[float, float, float], ...]
    curve: tuple[float, float, float, float, float]


DISPLAY_P3 = NamedSpace(
    "Display P3",
    ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407)),
    (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045),
)
"""SMPTE EG 432-1 primaries, D65, with the curve of IEC 61966-2-1."""

ADOBE_RGB = NamedSpace(
    "Adobe RGB (1998)",
    ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)),
    (563 / 256, 1.0, 0.0, 0.0, 0.0),
)
"""Adobe RGB (1998) Color Image Encoding, May 2005."""


@dataclass(frozen=True, slots=True)
class SrgbImage:
    """An RGB image in sRGB, the name of the profile it came from, and what happened on the way."""

    image: Image.Image
    profile: str | None
    flags: tuple[Flag, ...]


_USE_ORIGINAL = "Use the file as the camera wrote it."

_CMYK = Flag("cmyk", "The file holds printing inks (CMYK), so its colours are approximate.", _USE_ORIGINAL)
_TRANSPARENT = Flag(
    "transparency", "The file has transparent places, which were filled with white.", _USE_ORIGINAL
)
_BROKEN_PROFILE = Flag(
    "colour_profile_broken",
    "The file's colour profile cannot be used, so its colours were taken for sRGB.",
    _USE_ORIGINAL,
)


def to_srgb(image: Image.Image, icc: bytes | None, space: NamedSpace | None = None) -> SrgbImage:
    """Convert a loaded image to sRGB; the image given may be changed.

    Parameters
    ----------
    image : PIL.Image.Image
        Loaded, in any mode that a photo comes in.
    icc : bytes or None
        Its embedded profile.
    space : NamedSpace, optional
        What the file says it is where it embeds no profile.

    Returns
    -------
    SrgbImage
        Mode ``RGB``.

    Raises
    ------
    NotConvertibleError
        When the mode is none of a photo's (32-bit, floating point, Lab).
    """
    if image.mode not in _READABLE_MODES:
        raise NotConvertibleError(image.mode)
    flags: list[Flag] = []
    if image.mode in _SIXTEEN_BIT_MODES:
        image = _eight_bits(image)
    image, alpha = _split_alpha(image)
    if image.mode == "CMYK":
        flags.append(_CMYK)
    profile = None
    if icc is not None or space is not None:
        converted = _apply_profile(image, icc if space is None or icc else profile_bytes(space))
        if converted is None:
            flags.append(_BROKEN_PROFILE)
        else:
            image, profile = converted
    if image.mode != "RGB":
        image = image.convert("RGB")
    if alpha is not None:
        ground = Image.new("RGB", image.size, _WHITE)
        ground.paste(image, mask=alpha)
        image = ground
        flags.append(_TRANSPARENT)
    return SrgbImage(image, profile, tuple(flags))


def pixels_without_colour(pixels: NDArray[np.uint8]) -> bool:
    """Tell whether a photo holds shades of grey only.

    Parameters
    ----------
    pixels : numpy.ndarray
        uint8, (height, width, 3).

    Returns
    -------
    bool
        True when nowhere in an even sample of the pixels the channels differ by more than rounding.
    """
    step = max(1, min(pixels.shape[:2]) // _SAMPLE_SIDE)
    sample = pixels[::step, ::step].astype(np.int16)
    return int(np.ptp(sample, axis=2).max()) <= _NEUTRAL_SPREAD


def profile_bytes(space: NamedSpace) -> bytes:
    """Return a matrix profile (ICC.1:2010, version 4) of a named space."""
    text = space.name.encode("utf-16-be")
    tags = [
        (b"desc", b"mluc" + struct.pack(">4xII2s2sII", 1, 12, b"en", b"US", len(text), 28) + text),
        (b"wtpt", _xyz_tag(_D50)),
        *(
            (name, _xyz_tag(xyz))
            for name, xyz in zip((b"rXYZ", b"gXYZ", b"bXYZ"), space.colorants, strict=True)
        ),
    ]
    curve = b"para" + struct.pack(
        ">4xHxx5i", _PARAMETRIC_TYPE_3, *(round(v * _FIXED_ONE) for v in space.curve)
    )
    tags += [(name, curve) for name in (b"rTRC", b"gTRC", b"bTRC")]
    offset = _HEADER_SIZE + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for name, data in tags:
        table += struct.pack(">4sII", name, offset + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    size = offset + len(body)
    header = struct.pack(
        ">I4xI4s4s4s12x4s28x3i", size, _VERSION_4, b"mntr", b"RGB ", b"XYZ ", b"acsp", *_fixed(_D50)
    )
    return header.ljust(_HEADER_SIZE, b"\0") + table + body


def _fixed(values: tuple[float, ...]) -> tuple[int, ...]:
    return tuple(round(value * _FIXED_ONE) for value in values)


def _xyz_tag(xyz: tuple[float, float, float]) -> bytes:
    return b"XYZ " + struct.pack(">4x3i", *_fixed(xyz))


def _eight_bits(image: Image.Image) -> Image.Image:
    """Return a 16-bit grey image with 8 bits: 65535 becomes 255, each level rounded to the nearest."""
    levels = np.arange(65536, dtype=np.uint32)
    table = ((levels * 255 + 32767) // 65535).astype(np.uint8)
    source = np.asarray(image)
    scaled = np.empty(source.shape, dtype=np.uint8)
    for row in range(source.shape[0]):
        scaled[row] = table[source[row]]
    return Image.fromarray(scaled)


def _split_alpha(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """Return an image of mode L, RGB or CMYK, and its alpha where that is not fully opaque."""
    if image.mode in _PALETTE_MODES or "transparency" in image.info:
        see_through = image.mode == "PA" or "transparency" in image.info
        colour = "L" if image.mode in ("1", "L") else "RGB"
        image = image.convert(colour + "A" if see_through else colour)
    if image.mode in ("RGBa", "La"):
        image = image.convert(image.mode.upper())
    if image.mode in ("RGBA", "LA"):
        alpha = image.getchannel("A")
        lowest, _ = alpha.getextrema()
        return image.convert(image.mode[:-1]), None if lowest == _OPAQUE else alpha
    if image.mode == "1":
        return image.convert("L"), None
    return (image.convert("RGB") if image.mode == "RGBX" else image), None


def _apply_profile(image: Image.Image, icc: bytes | None) -> tuple[Image.Image, str] | None:
    """Return the image in sRGB (mode RGB) and the profile's name, or None when the profile cannot be used."""
    # ImageCms takes a while to import, and most photos of a test or of the web carry no profile.
    from PIL import ImageCms

    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(icc or b""))
        space = profile.profile.xcolor_space.strip()
        if space == "RGB" and image.mode == "L":
            image = image.convert("RGB")
        if _MODE_OF_SPACE.get(space) != image.mode:
            return None
        transform = ImageCms.buildTransform(
            profile,
            ImageCms.createProfile("sRGB"),
            image.mode,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
        name = _profile_name(ImageCms.getProfileDescription(profile))
        if image.mode != "RGB":
            return transform.apply(image), name
        if not _changes_nothing(transform):
            transform.apply_in_place(image)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
    return image, name


def _changes_nothing(transform: "ImageCmsTransform") -> bool:
    """Tell whether a transform leaves colours all over the cube as they are: then a whole pass is saved."""
    levels = np.arange(0, 256, 51, dtype=np.uint8)
    cube = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(1, -1, 3)
    after = np.asarray(transform.apply(Image.fromarray(cube)))
    return int(np.abs(after.astype(np.int16) - cube).max()) <= _SAME_COLOUR


def _profile_name(description: str) -> str:
    printable = (character if character.isprintable() else " " for character in description.split("\0")[0])
    return " ".join("".join(printable).split())[:_MAX_PROFILE_NAME] or "unnamed profile"
