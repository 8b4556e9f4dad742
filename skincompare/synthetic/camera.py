"""A camera for synthetic scenes: light fall-off, blur, noise, white balance, tone curve, JPEG; and close-ups."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass, replace
from datetime import datetime

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

from skincompare.errors import OptionError
from skincompare.synthetic.noise import FloatMap, raster_shape
from skincompare.synthetic.resampling import mask_view, mm_to_pixel_matrix, resample, view
from skincompare.synthetic.skin import (
    FeatureKind,
    LightOptions,
    SkinOptions,
    SkinTruth,
    feature_mask,
    grow_skin,
    shade,
)
from skincompare.synthetic.skin_model import FloatArray

__all__ = [
    "CameraOptions",
    "Scene",
    "close_up",
    "encode_jpeg",
    "encoded",
    "gradient",
    "photograph",
    "resample",
]

WORKING_RESOLUTION = 1.5  # the skin under a close-up is grown at this many times the photo's resolution
FOOTPRINT_SIGMA_PX = 0.55  # blur before sampling, in the finer pixels: keeps the relief from aliasing
SRGB_KNEE_LINEAR = 0.0031308  # IEC 61966-2-1


@dataclass(frozen=True)
class CameraOptions:
    """What the camera does to scene-linear light, in this order.

    `exposure` and `white_balance` (r, g, b) multiply linear light; `light_gradient` is its relative change over
    one image width toward `light_gradient_degrees` (0 right, 90 down); `blur_px` the sigma of the optics;
    `shot_noise` the SD at linear 1 (it grows with the root of the light) and `read_noise` the SD in the dark;
    `tone_curve` is c in t' = t - c t (1 - t) (2 t - 1) on coded values; `jpeg_quality` None leaves the pixels
    as they are, a number passes them through a JPEG.
    """

    exposure: float = 1.0
    white_balance: tuple[float, float, float] = (1.0, 1.0, 1.0)
    light_gradient: float = 0.0
    light_gradient_degrees: float = 0.0
    blur_px: float = 0.6
    shot_noise: float = 0.006
    read_noise: float = 0.0012
    tone_curve: float = 0.0
    jpeg_quality: int | None = None
    seed: int = 0


@dataclass(frozen=True)
class Scene:
    """A close-up photo and its truth.

    `pixels` uint8 sRGB (rows, columns, 3); `mm_to_pixel` (2, 3) takes (x, y) in mm on the skin to pixels; the
    features in `truth` are in mm.
    """

    pixels: NDArray[np.uint8]
    px_per_mm: float
    truth: SkinTruth
    mm_to_pixel: FloatArray

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the photo."""
        rows, columns = self.pixels.shape[:2]
        return rows, columns

    def to_pixels(self, points_mm: FloatArray) -> FloatArray:
        """Return (N, 2) pixel coordinates (x, y) in this photo of points (N, 2) in mm on the skin."""
        points = np.asarray(points_mm, dtype=np.float64)
        return points @ self.mm_to_pixel[:, :2].T + self.mm_to_pixel[:, 2]

    def to_mm(self, points: FloatArray) -> FloatArray:
        """Return the mm on the skin (N, 2) of pixel coordinates (N, 2)."""
        moved = np.asarray(points, dtype=np.float64) - self.mm_to_pixel[:, 2]
        return moved @ np.linalg.inv(self.mm_to_pixel[:, :2]).T

    def points(self, kind: FeatureKind) -> FloatArray:
        """Return (N, 2) pixel coordinates of the centres of all pores, spots or scars, hair roots, line middles."""
        return self.to_pixels(self.truth.centres_mm(kind))

    def inside(self, points: FloatArray, margin_px: float = 0.0) -> NDArray[np.bool_]:
        """Return (N,) True where a point lies in the photo, `margin_px` or more from its edge."""
        rows, columns = self.shape
        x, y = np.asarray(points).T
        wide = (x >= margin_px) & (x <= columns - 1 - margin_px)
        return np.asarray(wide & (y >= margin_px) & (y <= rows - 1 - margin_px))

    def mask(self, kind: FeatureKind) -> NDArray[np.bool_]:
        """Return (rows, columns) True on pores, spots, scars, wrinkles or hairs of this photo."""
        drawn = feature_mask(self.truth, kind, self.px_per_mm)
        return mask_view(drawn, self.px_per_mm, self.mm_to_pixel, self.shape)

    def skin_area(self) -> NDArray[np.bool_]:
        """Return (rows, columns) True where the photo shows the skin and not its mirrored continuation."""
        whole = np.ones(raster_shape(self.truth.size_mm, self.px_per_mm), dtype=np.bool_)
        return mask_view(whole, self.px_per_mm, self.mm_to_pixel, self.shape)


def encoded(linear: FloatMap) -> FloatMap:
    """Return sRGB coded values, 0 to 1, of linear light; values outside are clipped."""
    light = np.clip(linear, 0.0, 1.0)
    curve = 1.055 * np.power(light, np.float32(1.0 / 2.4)) - np.float32(0.055)
    return np.asarray(np.where(light <= SRGB_KNEE_LINEAR, 12.92 * light, curve), dtype=np.float32)


def photograph(linear: FloatMap, options: CameraOptions | None = None) -> NDArray[np.uint8]:
    """Return the photo (rows, columns, 3), uint8 sRGB, of scene-linear light.

    Parameters
    ----------
    linear : numpy.ndarray
        float32 (rows, columns, 3), linear sRGB; 1 is clipped white.
    options : CameraOptions, optional
        The camera.

    Raises
    ------
    OptionError
        If `linear` is not (rows, columns, 3).
    """
    options = options or CameraOptions()
    if linear.ndim != 3 or linear.shape[2] != 3:
        raise OptionError(f"linear must be (rows, columns, 3), got {linear.shape}")
    gains = np.asarray(options.white_balance, dtype=np.float32) * np.float32(options.exposure)
    light = np.asarray(linear, dtype=np.float32) * gains
    if options.light_gradient != 0.0:
        light *= gradient(linear.shape[:2], options.light_gradient, options.light_gradient_degrees)[..., None]
    if options.blur_px > 0.0:
        light = np.asarray(
            cv2.GaussianBlur(light, (0, 0), options.blur_px, borderType=cv2.BORDER_REFLECT_101),
            dtype=np.float32,
        )
    if options.shot_noise > 0.0 or options.read_noise > 0.0:
        spread = np.sqrt(options.shot_noise**2 * np.maximum(light, 0.0) + options.read_noise**2)
        light += spread * np.random.default_rng(options.seed).standard_normal(light.shape, dtype=np.float32)
    coded = encoded(light)
    if options.tone_curve != 0.0:
        coded -= np.float32(options.tone_curve) * coded * (1.0 - coded) * (2.0 * coded - 1.0)
    pixels = np.round(255.0 * np.clip(coded, 0.0, 1.0)).astype(np.uint8)
    if options.jpeg_quality is None:
        return pixels
    with Image.open(io.BytesIO(encode_jpeg(pixels, quality=options.jpeg_quality))) as image:
        return np.asarray(image.convert("RGB"), dtype=np.uint8)


def gradient(shape: tuple[int, int], relative: float, degrees: float) -> FloatMap:
    """Return a linear light gradient (rows, columns), 1 in the middle, changing by `relative` per image width."""
    rows, columns = shape
    x = (np.arange(columns, dtype=np.float32) - 0.5 * (columns - 1))[None, :] / columns
    y = (np.arange(rows, dtype=np.float32) - 0.5 * (rows - 1))[:, None] / columns
    angle = math.radians(degrees)
    ramp = 1.0 + relative * (math.cos(angle) * x + math.sin(angle) * y)
    return np.asarray(np.maximum(ramp, 0.0), dtype=np.float32)


def encode_jpeg(
    pixels: NDArray[np.uint8],
    *,
    quality: int = 92,
    captured: datetime | None = None,
    subsampling: str = "4:2:0",
) -> bytes:
    """Return a JPEG of uint8 RGB `pixels`; same input, same bytes.

    Parameters
    ----------
    pixels : numpy.ndarray
        uint8 (rows, columns, 3), sRGB.
    quality : int
        JPEG quality, 1 to 95 (100 at most).
    captured : datetime, optional
        Written as EXIF DateTimeOriginal, and OffsetTimeOriginal when it has a time zone.
    subsampling : str
        Chroma subsampling: "4:4:4", "4:2:2" or "4:2:0".
    """
    exif = Image.Exif()
    if captured is not None:
        times = exif.get_ifd(ExifTags.IFD.Exif)
        times[ExifTags.Base.DateTimeOriginal] = captured.strftime("%Y:%m:%d %H:%M:%S")
        offset = captured.strftime("%z")
        if offset:
            times[ExifTags.Base.OffsetTimeOriginal] = f"{offset[:3]}:{offset[3:5]}"
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=quality, subsampling=subsampling, exif=exif)
    return out.getvalue()


def close_up(
    options: SkinOptions,
    light: LightOptions | None = None,
    camera: CameraOptions | None = None,
    *,
    px_per_mm: float | None = None,
    rotation_degrees: float = 0.0,
    shift_mm: tuple[float, float] = (0.0, 0.0),
    frame_mm: tuple[float, float] | None = None,
) -> Scene:
    """Return a close-up photo of the skin, with exact correspondences to any other close-up of it.

    Parameters
    ----------
    options : SkinOptions
        The skin; its own `px_per_mm` is not used when `px_per_mm` is given.
    light : LightOptions, optional
        The light, fixed to the camera: it does not turn with the skin.
    camera : CameraOptions, optional
        The camera.
    px_per_mm : float, optional
        Resolution of the photo.
    rotation_degrees : float
        How far the skin is turned in the photo, clockwise.
    shift_mm : tuple of float
        Where on the skin, from its middle, the middle of the photo lies, in mm along the skin's x and y.
    frame_mm : tuple of float, optional
        Width and height of the photo in mm, the size of the skin by default. Beyond the edge of the skin the
        photo shows it mirrored: see `Scene.skin_area`.

    Returns
    -------
    Scene
        Photo, truth, and the map from mm to pixels.
    """
    light = light or LightOptions()
    resolution = px_per_mm or options.px_per_mm
    frame = frame_mm or options.size_mm
    fine = resolution * WORKING_RESOLUTION
    maps = grow_skin(replace(options, px_per_mm=fine))
    skin_light = replace(light, azimuth_degrees=light.azimuth_degrees + rotation_degrees)
    linear = shade(maps, skin_light)
    linear = np.asarray(cv2.GaussianBlur(linear, (0, 0), FOOTPRINT_SIGMA_PX), dtype=np.float32)
    shape = raster_shape(frame, resolution)
    matrix = mm_to_pixel_matrix(options.size_mm, shape, resolution, rotation_degrees, shift_mm)
    pixels = photograph(view(linear, fine, matrix, shape), camera)
    return Scene(pixels=pixels, px_per_mm=resolution, truth=maps.truth, mm_to_pixel=matrix)
