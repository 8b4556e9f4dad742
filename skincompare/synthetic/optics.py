"""From pigment and height to scene-linear colour: pigments, tone, shading, subsurface light, sheen."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from skincompare.errors import OptionError
from skincompare.synthetic.noise import FloatMap
from skincompare.synthetic.skin_model import FloatArray, SkinMaps

HEMOGLOBIN_AXIS = (0.28, 1.0, 0.93)  # optical density in linear (R, G, B) per unit in G
MELANIN_AXIS = (0.53, 1.0, 1.78)
CAVITY_AXIS = (0.64, 1.0, 1.14)  # light reflected several times in a pore: darker and more saturated

BLOODLESS_RGB = (0.77, 0.68, 0.645)  # reflectance of skin without blood and melanin (dermis), linear
RESTING_HEMOGLOBIN = 0.13  # optical density in G of the blood of calm skin
# Above this melanin density, skin also darkens evenly in all channels (deep, dense pigment): without that
# part, brown skin would come out orange. The slope puts ITA 60 ... -50 at a* 11 and b* 12-19, as measured skin.
FLAT_ABSORPTION_FROM = 0.07
FLAT_ABSORPTION_SLOPE = 1.5

XYZ_OF_LINEAR_SRGB = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)  # IEC 61966-2-1, D65
LAB_KNEE = (6.0 / 29.0) ** 3

SUBSURFACE_SIGMA_MM = (0.30, 0.14, 0.09)  # how far light wanders under the skin, R G B
SUBSURFACE_SHARE = (0.68, 0.50, 0.42)  # share of the light that wanders that far
CAVITY_SIGMA_MM = 0.25  # neighbourhood that shades a cavity from ambient light
CAVITY_DEPTH_MM = 0.12  # depth below the neighbourhood that halves the ambient light
FRESNEL_NORMAL = 0.028  # reflectance of the skin's surface, refractive index 1.4
SHEEN_ROUGHNESS = 0.36  # GGX alpha of the stratum corneum at scales below a pixel
HAIR_COLOUR = (0.66, 0.58, 0.48)  # times the reflectance of the skin below: translucent vellus hair
HAIR_SHADOW = 0.35
HAIR_LIFT_MM = 0.10  # height of a hair above the skin
HAIR_SHADOW_SIGMA_MM = 0.045


@dataclass(frozen=True)
class LightOptions:
    """One lamp and ambient light.

    `azimuth_degrees` is where the lamp stands, seen in the picture: 0 right, 90 top; `elevation_degrees` its
    height above the skin; `ambient` the share of the light from everywhere; `distance_mm` of the lamp bends
    the sheen across the picture; `sheen` multiplies the surface reflection (0 is a cross-polarised photo).
    """

    azimuth_degrees: float = 120.0
    elevation_degrees: float = 50.0
    ambient: float = 0.52
    intensity: float = 1.0
    distance_mm: float = 350.0
    sheen: float = 1.0

    def __post_init__(self) -> None:
        if not 0.0 < self.elevation_degrees <= 90.0:
            raise OptionError(
                f"elevation_degrees must lie above 0 and up to 90, got {self.elevation_degrees:g}"
            )
        if not 0.0 <= self.ambient <= 1.0:
            raise OptionError(f"ambient is a share of the light, 0 to 1, got {self.ambient:g}")


def lab_of_linear(rgb: NDArray[np.floating]) -> FloatArray:
    """Return CIELAB (D65) of linear sRGB (..., 3) with values from 0 to 1."""
    xyz = np.asarray(rgb, dtype=np.float64) @ XYZ_OF_LINEAR_SRGB.T / XYZ_OF_LINEAR_SRGB.sum(axis=1)
    f = np.where(xyz > LAB_KNEE, np.cbrt(xyz), xyz * (29.0 / 6.0) ** 2 / 3.0 + 4.0 / 29.0)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)], axis=-1)


def ita_of_linear(rgb: NDArray[np.floating]) -> FloatArray:
    """Return the individual typology angle in degrees of linear sRGB (..., 3)."""
    lab = lab_of_linear(rgb)
    return np.asarray(np.degrees(np.arctan2(lab[..., 0] - 50.0, lab[..., 2])), dtype=np.float64)


def bloodless_reflectance(melanin: float) -> FloatArray:
    """Return linear RGB (3,) of skin of constitutive `melanin` density before melanin and blood are added."""
    flat = FLAT_ABSORPTION_SLOPE * max(0.0, melanin - FLAT_ABSORPTION_FROM)
    return np.asarray(np.asarray(BLOODLESS_RGB) * 10.0**-flat, dtype=np.float64)


def pigmented(bloodless: FloatArray, melanin: float, hemoglobin: float) -> FloatArray:
    """Return linear RGB (3,) of `bloodless` behind the given optical densities."""
    density = melanin * np.asarray(MELANIN_AXIS) + hemoglobin * np.asarray(HEMOGLOBIN_AXIS)
    return np.asarray(bloodless * 10.0**-density, dtype=np.float64)


def base_melanin(ita_degrees: float) -> float:
    """Return the melanin density (linear G) at which resting skin has that ITA.

    Raises
    ------
    OptionError
        If no density from 0 to 2 gives that angle (about 73 to -75 degrees).
    """
    low, high = 0.0, 2.0

    def ita(melanin: float) -> float:
        return float(ita_of_linear(pigmented(bloodless_reflectance(melanin), melanin, RESTING_HEMOGLOBIN)))

    if not ita(high) <= ita_degrees <= ita(low):
        raise OptionError(
            f"ITA must lie between {ita(high):.0f} and {ita(low):.0f} degrees, got {ita_degrees:g}"
        )
    for _ in range(50):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if ita(middle) > ita_degrees else (low, middle)
    return 0.5 * (low + high)


def base_reflectance(ita_degrees: float) -> FloatArray:
    """Return the linear sRGB diffuse reflectance (3,) of calm skin of that individual typology angle.

    The tone is made of the same pigments as everything else: melanin solved for the angle, and resting blood.

    Raises
    ------
    OptionError
        If the angle is out of reach (about 73 to -75 degrees).
    """
    melanin = base_melanin(ita_degrees)
    return pigmented(bloodless_reflectance(melanin), melanin, RESTING_HEMOGLOBIN)


def albedo(maps: SkinMaps) -> FloatMap:
    """Return the diffuse reflectance (rows, columns, 3) of the skin, linear RGB, without hairs.

    A hemoglobin density raised by d raises 100 log10(R/G) by 72 d exactly.
    """
    rows, columns = maps.shape
    reflectance = np.empty((rows, columns, 3), dtype=np.float32)
    for channel in range(3):
        density = maps.melanin * np.float32(MELANIN_AXIS[channel])
        density += maps.hemoglobin * np.float32(HEMOGLOBIN_AXIS[channel])
        density += maps.occlusion * np.float32(CAVITY_AXIS[channel])
        density *= np.float32(-math.log(10.0))
        cv2.exp(density, density)
        density *= np.float32(maps.bloodless[channel])
        reflectance[..., channel] = density
    return reflectance


def light_direction(light: LightOptions) -> tuple[float, float, float]:
    """Return the unit vector (x right, y down, z out of the skin) toward the lamp."""
    azimuth, elevation = math.radians(light.azimuth_degrees), math.radians(light.elevation_degrees)
    flat = math.cos(elevation)
    return flat * math.cos(azimuth), -flat * math.sin(azimuth), math.sin(elevation)


def slopes(height_mm: FloatMap, px_per_mm: float) -> tuple[FloatMap, FloatMap]:
    """Return dh/dx and dh/dy (mm per mm) of a height map, by central differences."""
    scale = 0.5 * px_per_mm
    along_x = cv2.Sobel(height_mm, cv2.CV_32F, 1, 0, ksize=1, scale=scale, borderType=cv2.BORDER_REPLICATE)
    along_y = cv2.Sobel(height_mm, cv2.CV_32F, 0, 1, ksize=1, scale=scale, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(along_x, dtype=np.float32), np.asarray(along_y, dtype=np.float32)


def blurred(image: FloatMap, sigma_px: float) -> FloatMap:
    """Return a Gaussian blur; below 0.2 px a copy."""
    if sigma_px < 0.2:
        return image.copy()
    return np.asarray(
        cv2.GaussianBlur(image, (0, 0), sigma_px, borderType=cv2.BORDER_REFLECT_101), dtype=np.float32
    )


def irradiance(maps: SkinMaps, light: LightOptions) -> FloatMap:
    """Return the light that falls on the surface (rows, columns), 1 on flat open skin."""
    x, y, z = light_direction(light)
    slope_x, slope_y = slopes(maps.height_mm, maps.px_per_mm)
    direct = z - x * slope_x - y * slope_y
    direct /= np.sqrt(slope_x**2 + slope_y**2 + 1.0)
    np.maximum(direct, 0.0, out=direct)
    direct *= (1.0 - light.ambient) / z
    depth = blurred(maps.height_mm, CAVITY_SIGMA_MM * maps.px_per_mm) - maps.height_mm
    np.maximum(depth, 0.0, out=depth)
    direct += np.float32(light.ambient) / (1.0 + depth / np.float32(CAVITY_DEPTH_MM))
    lift = HAIR_LIFT_MM * maps.px_per_mm / z
    shift = np.array([[1.0, 0.0, -x * lift], [0.0, 1.0, -y * lift]])
    shadow = cv2.warpAffine(maps.hair, shift, maps.shape[::-1])
    shadow = blurred(np.asarray(shadow, dtype=np.float32), HAIR_SHADOW_SIGMA_MM * maps.px_per_mm)
    direct *= 1.0 - np.float32(HAIR_SHADOW) * shadow
    return np.asarray(direct, dtype=np.float32)


def sheen(maps: SkinMaps, light: LightOptions) -> FloatMap:
    """Return the light reflected by the surface itself (rows, columns), relative to a white diffuser.

    GGX microfacets (Walter 2007, doi 10.2312/EGWR/EGSR07/195-206) around the normals of the height map, seen
    from straight above, lamp at `distance_mm`.
    """
    rows, columns = maps.shape
    x, y, z = light_direction(light)
    reach = light.distance_mm * maps.px_per_mm
    half_x = (x - (np.arange(columns, dtype=np.float32) - 0.5 * columns) / reach)[None, :]
    half_y = (y - (np.arange(rows, dtype=np.float32) - 0.5 * rows) / reach)[:, None]
    slope_x, slope_y = slopes(maps.height_mm, maps.px_per_mm)
    dot = (1.0 + z) - half_x * slope_x - half_y * slope_y
    np.maximum(dot, 0.0, out=dot)
    cos2 = dot * dot / ((half_x**2 + half_y**2 + (1.0 + z) ** 2) * (slope_x**2 + slope_y**2 + 1.0))
    alpha2 = SHEEN_ROUGHNESS**2
    lobe = (alpha2 / (cos2 * (alpha2 - 1.0) + 1.0)) ** 2
    lobe *= maps.gloss * np.float32(light.sheen * FRESNEL_NORMAL / (4.0 * alpha2))
    return np.asarray(lobe, dtype=np.float32)


def shade(maps: SkinMaps, light: LightOptions | None = None) -> FloatMap:
    """Return the scene-linear picture (rows, columns, 3), float32, of the skin in that light.

    Flat skin without sheen shows its albedo. Shading is softened under the skin, red most; the sheen lies on
    top and is white.
    """
    light = light or LightOptions()
    picture = albedo(maps)
    falling = irradiance(maps, light)
    surface = sheen(maps, light)
    for channel in range(3):
        share = np.float32(SUBSURFACE_SHARE[channel])
        soft = blurred(falling, SUBSURFACE_SIGMA_MM[channel] * maps.px_per_mm)
        soft *= share
        soft += (1.0 - share) * falling
        plane = picture[..., channel] * soft
        plane *= 1.0 - maps.hair * np.float32(1.0 - HAIR_COLOUR[channel])
        plane += surface
        picture[..., channel] = plane * np.float32(light.intensity)
    return picture
