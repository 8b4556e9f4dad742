"""What is kept of a photo's own notes: when it was taken, with which camera and settings, and which way is up.

Everything else (place, owner, serial numbers, thumbnails) is never copied out of the file.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Literal, SupportsFloat

from PIL import ExifTags, Image

from skincompare.errors import OptionError

__all__ = ["NO_SETTINGS", "Camera", "CaptureSettings", "CaptureTime", "Metadata", "read_metadata"]

_MAX_TEXT = 64
"""Longest camera make or model kept, in characters."""

_MAX_OFFSET_MINUTES = 14 * 60
"""Largest offset from UTC in use anywhere, in minutes (Kiribati, +14:00)."""

_UPRIGHT = 1
"""EXIF orientation of a picture whose first row is its top."""

_TIME_TAGS = (
    (ExifTags.Base.DateTimeOriginal, ExifTags.Base.OffsetTimeOriginal),
    (ExifTags.Base.DateTimeDigitized, ExifTags.Base.OffsetTimeDigitized),
    (ExifTags.Base.DateTime, ExifTags.Base.OffsetTime),
)
"""Where EXIF 2.32 keeps a time and the offset that belongs to it, best first."""

_FLASH_FIRED = 1
"""Bit of the EXIF tag Flash that says that it fired."""

_WHITE_BALANCE: Mapping[int, Literal["auto", "manual"]] = MappingProxyType({0: "auto", 1: "manual"})
"""Values of the EXIF tag WhiteBalance."""

_ADOBE_RGB_INTEROPERABILITY = "R03"
"""Interoperability index by which DCF 2.0 marks an Adobe RGB file that carries no profile."""


@dataclass(frozen=True, slots=True)
class CaptureTime:
    """When a photo was taken, as its clock showed it.

    Parameters
    ----------
    local : datetime.datetime
        Wall-clock time, without a time zone.
    utc_offset_minutes : int or None
        Minutes by which that clock is ahead of UTC; None when the file does not say.
    source : {"exif", "file"}
        Written by the camera, or only the file's own time, which copying may change.
    """

    local: datetime
    utc_offset_minutes: int | None
    source: Literal["exif", "file"]

    def __post_init__(self) -> None:
        if self.local.tzinfo is not None:
            raise OptionError("The local time of a photo has no time zone; give the offset beside it.")
        if self.utc_offset_minutes is not None and abs(self.utc_offset_minutes) > _MAX_OFFSET_MINUTES:
            raise OptionError(f"An offset from UTC is within 14 hours, not {self.utc_offset_minutes} min.")

    @property
    def utc(self) -> datetime | None:
        """The same moment in UTC (with its time zone), or None when the offset is unknown."""
        if self.utc_offset_minutes is None:
            return None
        try:
            return (self.local - timedelta(minutes=self.utc_offset_minutes)).replace(tzinfo=UTC)
        except OverflowError:
            return None


@dataclass(frozen=True, slots=True)
class Camera:
    """Make and model as the file names them; either may be empty."""

    make: str
    model: str


@dataclass(frozen=True, slots=True)
class CaptureSettings:
    """With which settings a photo was taken, as far as its file says (EXIF 2.32).

    Parameters
    ----------
    flash_fired : bool or None
        Whether the flash fired.
    exposure_seconds, f_number, iso : float
        Exposure; NaN when not noted.
    white_balance : {"auto", "manual"} or None
        Who set the white balance.
    focal_length_mm, focal_length_35mm : float
        True focal length, and that of the same view on 35 mm film; NaN when not noted.
    digital_zoom : float
        By how much the camera enlarged a cut of its picture; 1 for not at all, NaN when not noted.
    lens : str
        Name of the lens; may be empty.
    """

    flash_fired: bool | None = None
    exposure_seconds: float = math.nan
    f_number: float = math.nan
    iso: float = math.nan
    white_balance: Literal["auto", "manual"] | None = None
    focal_length_mm: float = math.nan
    focal_length_35mm: float = math.nan
    digital_zoom: float = math.nan
    lens: str = ""


NO_SETTINGS = CaptureSettings()
"""Of a file that says nothing."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What was read: capture time, camera, settings, EXIF orientation (1 to 8), and whether DCF says Adobe RGB."""

    captured: CaptureTime | None = None
    camera: Camera | None = None
    settings: CaptureSettings = NO_SETTINGS
    orientation: int = _UPRIGHT
    adobe_rgb: bool = False


def read_metadata(image: Image.Image) -> Metadata:
    """Return what is kept of an image's EXIF record.

    Parameters
    ----------
    image : PIL.Image.Image
        As opened; its record may be missing or odd in any way.

    Returns
    -------
    Metadata
        Fields that are missing or make no sense are None or their defaults.
    """
    exif = image.getexif()
    detail = exif.get_ifd(ExifTags.IFD.Exif)
    orientation = exif.get(ExifTags.Base.Orientation, _UPRIGHT)
    known = isinstance(orientation, int) and 1 <= orientation <= 8
    index = ""
    if ExifTags.IFD.Interop in detail:
        index = _text(exif.get_ifd(ExifTags.IFD.Interop).get(ExifTags.Interop.InteropIndex))
    return Metadata(
        captured=_capture_time(lambda tag: detail.get(tag, exif.get(tag))),
        camera=_camera(exif.get(ExifTags.Base.Make), exif.get(ExifTags.Base.Model)),
        settings=_settings(detail),
        orientation=orientation if known else _UPRIGHT,
        adobe_rgb=index == _ADOBE_RGB_INTEROPERABILITY,
    )


def _text(value: object) -> str:
    """Return a tag as one printable line, without the padding that cameras leave."""
    if isinstance(value, bytes):
        value = value.decode("ascii", errors="replace")
    if not isinstance(value, str):
        return ""
    printable = (character if character.isprintable() else " " for character in value.split("\0")[0])
    return " ".join("".join(printable).split())[:_MAX_TEXT]


def _camera(make: object, model: object) -> Camera | None:
    camera = Camera(make=_text(make), model=_text(model))
    return camera if camera.make or camera.model else None


def _settings(detail: Mapping[int, object]) -> CaptureSettings:
    flash, balance = detail.get(ExifTags.Base.Flash), detail.get(ExifTags.Base.WhiteBalance)
    zoom = _positive(detail.get(ExifTags.Base.DigitalZoomRatio), zero=1.0)
    return CaptureSettings(
        flash_fired=bool(flash & _FLASH_FIRED) if isinstance(flash, int) else None,
        exposure_seconds=_positive(detail.get(ExifTags.Base.ExposureTime)),
        f_number=_positive(detail.get(ExifTags.Base.FNumber)),
        iso=_positive(detail.get(ExifTags.Base.ISOSpeedRatings)),
        white_balance=_WHITE_BALANCE.get(balance) if isinstance(balance, int) else None,
        focal_length_mm=_positive(detail.get(ExifTags.Base.FocalLength)),
        focal_length_35mm=_positive(detail.get(ExifTags.Base.FocalLengthIn35mmFilm)),
        digital_zoom=zoom,
        lens=_text(detail.get(ExifTags.Base.LensModel)),
    )


def _positive(value: object, zero: float = math.nan) -> float:
    """Return a tag as a positive finite number; NaN when it is none, and `zero` for 0."""
    if isinstance(value, tuple) and value:
        value = value[0]
    if not isinstance(value, SupportsFloat):
        return math.nan
    try:
        number = float(value)
    except (ArithmeticError, ValueError):
        return math.nan
    if number == 0:
        return zero
    return number if math.isfinite(number) and number > 0 else math.nan


def _capture_time(value_of: Callable[[int], object]) -> CaptureTime | None:
    for time_tag, offset_tag in _TIME_TAGS:
        try:
            local = datetime.strptime(_text(value_of(time_tag))[:19], "%Y:%m:%d %H:%M:%S")
        except ValueError:
            continue
        return CaptureTime(local, _offset_minutes(_text(value_of(offset_tag))), source="exif")
    return None


def _offset_minutes(text: str) -> int | None:
    if text == "Z":
        return 0
    match = re.fullmatch(r"([+-])(\d\d):([0-5]\d)", text)
    if match is None:
        return None
    sign, hours, minutes = match.groups()
    total = 60 * int(hours) + int(minutes)
    if total > _MAX_OFFSET_MINUTES:
        return None
    return -total if sign == "-" else total
