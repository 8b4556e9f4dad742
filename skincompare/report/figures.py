"""Pictures made of a comparison: the map of change, the greyed photo under it, and files for a page."""

import base64
import io
import math

import numpy as np
import numpy.typing as npt
from PIL import Image

from skincompare.comparison import Comparison
from skincompare.errors import OptionError
from skincompare.report.labels import smallest_detectable

__all__ = [
    "MAP_LIMIT_EI",
    "change_map_picture",
    "change_map_rgba",
    "colour_at",
    "data_uri",
    "encode_jpeg",
    "encode_png",
    "encode_webp",
    "greyed",
    "laid_over",
    "map_threshold",
    "outline_in_picture",
    "shrunk",
]

Picture = npt.NDArray[np.uint8]

MAP_LIMIT_EI = 12.0
"""Change at the ends of the colour scale, EI: fixed, so that maps of different pairs can be laid side by side."""
COLOUR_STOPS = (
    (5, 48, 97),
    (33, 102, 172),
    (67, 147, 195),
    (146, 197, 222),
    (247, 247, 247),
    (244, 165, 130),
    (214, 96, 77),
    (178, 24, 43),
    (103, 0, 31),
)
"""From lower to higher, sRGB: RdBu of ColorBrewer 2.0 (Harrower & Brewer 2003, doi:10.1179/000870403235002042),
which red-green colour-blind people can read."""
OPAQUE_AT = 1.6
"""Multiple of the detectable change at which the colour is full; at the change itself it begins [judgement]."""
MAX_ALPHA = 220
"""Opacity of full colour, of 255, so that the face stays visible."""
LUMA = (0.2126, 0.7152, 0.0722)
"""Weights of red, green and blue in lightness (ITU-R BT.709)."""
WEBP_QUALITY = 80
"""WebP quality of maps laid over a picture [judgement: no visible loss]."""
JPEG_QUALITY = 88
"""JPEG quality of pictures for a page [judgement: no visible loss at full size]."""


def colour_at(values: npt.ArrayLike, limit: float = MAP_LIMIT_EI) -> Picture:
    """Return the colour of a change.

    Parameters
    ----------
    values : array_like
        Changes, in the unit of `limit`; beyond it they get the end colour.
    limit : float
        Change at the ends of the scale, positive.

    Returns
    -------
    ndarray of uint8, shape (..., 3)
        sRGB.
    """
    if not limit > 0:
        raise OptionError(f"The limit of a colour scale is positive, not {limit}.")
    places = (np.clip(np.asarray(values, np.float64) / limit, -1, 1) + 1) / 2
    stops = np.linspace(0, 1, len(COLOUR_STOPS))
    channels = [np.interp(places, stops, [stop[axis] for stop in COLOUR_STOPS]) for axis in range(3)]
    return np.rint(np.stack(channels, axis=-1)).astype(np.uint8)


def change_map_rgba(
    change: npt.NDArray[np.float32], mdc: float, limit: float = MAP_LIMIT_EI
) -> npt.NDArray[np.uint8]:
    """Return a map of change as a see-through picture.

    Parameters
    ----------
    change : ndarray of float32, shape (H, W)
        After minus before; NaN is fully transparent.
    mdc : float
        Smallest detectable change, in the same unit: up to it all is transparent, then colour fades in. NaN
        makes all of it transparent.
    limit : float
        Change at the ends of the colour scale.

    Returns
    -------
    ndarray of uint8, shape (H, W, 4)
        RGB and opacity.
    """
    known = np.nan_to_num(change, nan=0.0)
    picture = np.zeros((*change.shape, 4), np.uint8)
    picture[..., :3] = colour_at(known, limit)
    if not math.isnan(mdc):
        rise = (np.abs(known) - mdc) / max((OPAQUE_AT - 1) * mdc, 1e-6)
        picture[..., 3] = np.rint(MAX_ALPHA * np.clip(rise, 0, 1)).astype(np.uint8)
    return picture


def map_threshold(comparison: Comparison) -> float:
    """Return the redness change below which the map stays clear, EI; NaN when no redness was measured.

    The median over the regions of what their change would have to exceed.
    """
    limits = [smallest_detectable(one) for one in comparison.changes if one.metric == "redness"]
    known = [limit for limit in limits if not math.isnan(limit)]
    return float(np.median(known)) if known else math.nan


def greyed(picture: Picture) -> Picture:
    """Return a photo without colour and with less contrast, as ground for a map; uint8 RGB of the same shape."""
    lightness = picture.astype(np.float32) @ np.array(LUMA, np.float32)
    soft = np.rint(40 + lightness * (215 / 255))
    return np.repeat(soft.astype(np.uint8)[..., None], 3, axis=-1)


def laid_over(ground: Picture, overlay: npt.NDArray[np.uint8]) -> Picture:
    """Return an RGBA picture laid over an RGB picture of the same height and width, uint8 RGB."""
    if ground.shape[:2] != overlay.shape[:2]:
        raise OptionError(f"A map of shape {overlay.shape[:2]} does not fit a picture of {ground.shape[:2]}.")
    share = overlay[..., 3:].astype(np.float32) / 255
    mixed = ground.astype(np.float32) * (1 - share) + overlay[..., :3].astype(np.float32) * share
    return np.rint(mixed).astype(np.uint8)


def change_map_picture(comparison: Comparison, limit: float = MAP_LIMIT_EI) -> Picture | None:
    """Return the map of redness over the greyed before photo, or None when there is no map."""
    change, threshold = comparison.redness_map, map_threshold(comparison)
    if change is None or math.isnan(threshold):
        return None
    return laid_over(greyed(comparison.aligned_pair[0]), change_map_rgba(change, threshold, limit))


def outline_in_picture(comparison: Comparison, region: str) -> npt.NDArray[np.float64]:
    """Return a region's outline in pixels of the aligned pictures, shape (N, 2): the same in both."""
    return comparison.before.frame.from_photo(comparison.region_outline(region, "before"))


def shrunk(picture: npt.NDArray[np.uint8], longest: int) -> npt.NDArray[np.uint8]:
    """Return a picture whose longer side is at most `longest` pixels; a small one is returned as it is."""
    height, width = picture.shape[:2]
    factor = longest / max(height, width)
    if factor >= 1:
        return picture
    size = max(1, round(width * factor)), max(1, round(height * factor))
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS))


def encode_jpeg(picture: Picture, quality: int = JPEG_QUALITY) -> bytes:
    """Return an RGB picture as a JPEG file, colour at full resolution, without any metadata."""
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "JPEG", quality=quality, subsampling=0)
    return stream.getvalue()


def encode_webp(picture: npt.NDArray[np.uint8], quality: int = WEBP_QUALITY) -> bytes:
    """Return an RGBA picture as a WebP file: a smooth see-through map in a tenth of the bytes of a PNG."""
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "WEBP", quality=quality, alpha_quality=quality)
    return stream.getvalue()


def encode_png(picture: npt.NDArray[np.uint8]) -> bytes:
    """Return an RGB or RGBA picture as a PNG file, without any metadata."""
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "PNG", optimize=True)
    return stream.getvalue()


def data_uri(content: bytes, mime: str) -> str:
    """Return the content of a file as an address that needs no network."""
    return f"data:{mime};base64,{base64.b64encode(content).decode('ascii')}"
