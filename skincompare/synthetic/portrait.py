"""A photo-like portrait of a person who does not exist, every skin point of which is known exactly.

:func:`grow_head` makes a person (shape, hair, pores, pigment); :func:`render` photographs them. The same
options give the same bytes. The person depends on seeds alone, so one person can be photographed on many days
with other redness, pose, expression, light and camera.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from skincompare.synthetic.camera import CameraOptions, photograph
from skincompare.synthetic.face_paint import (
    IRIS_DIAMETER_MM,
    IRIS_V_MM,
    LIP_HEMOGLOBIN,
    LIP_MELANIN_DARK,
    UV_LEFT_MM,
    UV_SIZE_MM,
    UV_TOP_MM,
    Paint,
    lip_share,
    paint_brow,
    paint_eye,
    paint_hairline,
    paint_mouth,
    paint_nostrils,
)
from skincompare.synthetic.hair import HairStrands, grow_hair
from skincompare.synthetic.head import EYE_U_MM, FloatArray, HeadTraits, coarse_height, draw_traits
from skincompare.synthetic.lighting import PortraitLight
from skincompare.synthetic.noise import FloatMap
from skincompare.synthetic.optics import albedo
from skincompare.synthetic.portrait_skin import (
    REGION_OUTLINES_MM,
    added_redness,
    gloss_gain,
    mean_in_regions,
    region_axes,
    regional_tone,
)
from skincompare.synthetic.render import ShadedScene, shade_scene
from skincompare.synthetic.skin import SkinOptions, SkinTruth, grow_skin
from skincompare.synthetic.surface import Pose, PosedHead

GLOSS_CONTRAST = 0.4  # exponent on the close-up's patches of sebum
LEAST_GLOSS = 1e-3
PIGMENT_SEED_STEP = 1000  # pigment lies in other patches than redness
DARK_SKIN_ITA = 0.0  # below it, lips carry more pigment than blood


@dataclass(frozen=True)
class PortraitOptions:
    """Who is portrayed, and how their skin is today.

    `head_seed` sets shape, eyes, hair and shirt, `skin_seed` pores, spots and mottling. `redness` maps region
    names (:data:`portrait_skin.REGION_OUTLINES_MM`) to an added hemoglobin optical density in linear G (0.10 is
    clearly visible, 0.25 a fresh treatment), `pigment` to an added melanin optical density in linear G;
    `px_per_mm` is the resolution of the skin, not of the picture.
    """

    head_seed: int = 0
    skin_seed: int = 0
    ita_degrees: float = 45.0
    redness: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    redness_seed: int = 0
    pigment: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    pore_scale: float = 1.0
    pore_density_per_cm2: float = 60.0
    relief_scale: float = 1.0
    spots: int = 40
    gloss: float = 0.5
    mottling: float = 0.5
    px_per_mm: float = 12.0


@dataclass(frozen=True)
class ViewOptions:
    """How the person is photographed: pose and expression, light, camera, picture size (width, height)."""

    pose: Pose = field(default_factory=Pose)
    size_px: tuple[int, int] = (1500, 1900)
    light: PortraitLight = field(default_factory=PortraitLight)
    camera: CameraOptions = field(default_factory=CameraOptions)
    auto_exposure: bool = True


@dataclass(frozen=True, eq=False)
class Head:
    """One person on one day: maps in uv and hair. Treat as opaque; see :func:`grow_head`."""

    options: PortraitOptions
    traits: HeadTraits
    height: FloatMap
    paint: Paint
    hair: HairStrands
    skin_truth: SkinTruth
    redness_density: FloatMap
    pigment_density: FloatMap
    brightness: float


@dataclass(frozen=True)
class PortraitTruth:
    """What is known about a picture: lengths in mm, uv outlines (N, 2), optical densities in linear G."""

    region_outlines_mm: Mapping[str, FloatArray]
    added_hemoglobin: Mapping[str, float]
    added_melanin: Mapping[str, float]
    iris_diameter_mm: float
    iris_centres_mm: Mapping[str, tuple[float, float]]
    pore_centres_mm: FloatArray
    pose: Pose


def _skin_options(options: PortraitOptions) -> SkinOptions:
    return SkinOptions(
        size_mm=UV_SIZE_MM,
        px_per_mm=options.px_per_mm,
        ita_degrees=options.ita_degrees,
        seed=options.skin_seed,
        pore_density_per_cm2=options.pore_density_per_cm2,
        pore_scale=options.pore_scale,
        relief_scale=options.relief_scale,
        spots=options.spots,
        gloss=options.gloss,
        mottling=options.mottling,
    )


def _add_resized(target: FloatMap, coarse: FloatMap) -> None:
    rows, columns = target.shape
    target += cv2.resize(coarse, (columns, rows), interpolation=cv2.INTER_LINEAR)


def _face_gloss(gloss: FloatMap) -> FloatMap:
    """Return the gloss of a face: less patchy than a close-up, and more where sebum gathers."""
    rows, columns = gloss.shape
    middle = np.float32(max(float(np.median(gloss[::8, ::8])), LEAST_GLOSS))
    gain = cv2.resize(gloss_gain(), (columns, rows), interpolation=cv2.INTER_LINEAR)
    return np.asarray(middle * gain * cv2.pow(gloss / middle, GLOSS_CONTRAST), dtype=np.float32)


def grow_head(options: PortraitOptions | None = None) -> Head:
    """Return a person on a day: takes seconds, depends on `options` alone, and serves any number of pictures.

    Raises
    ------
    OptionError
        If `redness` or `pigment` names an unknown region.
    ValueError
        If the ITA is out of reach (about 73 to -75 degrees).
    """
    options = options or PortraitOptions()
    traits = draw_traits(options.head_seed, options.ita_degrees)
    maps = grow_skin(_skin_options(options))
    hemoglobin, melanin = regional_tone()
    u, v = np.meshgrid(*region_axes())
    lips = lip_share(u, v, traits.lips).astype(np.float32)
    redness = added_redness(options.redness, options.redness_seed) * (1.0 - lips)
    pigment = added_redness(options.pigment, options.redness_seed + PIGMENT_SEED_STEP) * (1.0 - lips)
    dark = float(np.clip((DARK_SKIN_ITA + 20.0 - options.ita_degrees) / 40.0, 0.0, 1.0))
    _add_resized(maps.hemoglobin, hemoglobin + redness + np.float32(LIP_HEMOGLOBIN) * lips)
    melanin = melanin * np.float32(1.0 + 2.0 * dark) + np.float32(LIP_MELANIN_DARK * dark) * lips
    if options.pigment:
        melanin = melanin + pigment
    _add_resized(maps.melanin, melanin)
    paint = Paint(
        albedo=albedo(maps),
        height=maps.height_mm,
        gloss=_face_gloss(maps.gloss),
        eye=np.zeros(maps.shape, np.float32),
        px_per_mm=options.px_per_mm,
    )
    brightness = float(np.median(paint.albedo[::16, ::16, 1]))
    paint_nostrils(paint, traits)
    paint_mouth(paint, traits, options.head_seed)
    for sign in (-1.0, 1.0):
        paint_eye(paint, sign, traits, options.ita_degrees, options.head_seed)
        paint_brow(paint, sign, traits, options.head_seed)
    paint_hairline(paint, traits, options.head_seed)
    return Head(
        options=options,
        traits=traits,
        height=coarse_height(traits),
        paint=paint,
        hair=grow_hair(traits, options.head_seed),
        skin_truth=maps.truth,
        redness_density=redness,
        pigment_density=pigment,
        brightness=brightness,
    )


class Render:
    """A photo of a head, and where every skin point went. Points are (x, y), pixel centres at integers."""

    def __init__(
        self, pixels: NDArray[np.uint8], skin_visible: FloatMap, geometry: PosedHead, truth: PortraitTruth
    ) -> None:
        self.pixels = pixels
        self.skin_visible = skin_visible
        self.truth = truth
        self._geometry = geometry

    def uv_to_image(self, uv_mm: FloatArray) -> FloatArray:
        """Return pixels (N, 2) of skin points (N, 2) in uv mm, hidden ones too: see :meth:`visible`."""
        return self._geometry.uv_to_image(uv_mm)

    def image_to_uv(self, xy: FloatArray) -> FloatArray:
        """Return uv mm (N, 2) of the surface at pixels (N, 2); NaN where there is only background.

        Hair is ignored: the answer is the surface below it.
        """
        return self._geometry.image_to_uv(xy)

    def visible(self, uv_mm: FloatArray) -> NDArray[np.bool_]:
        """Return (N,) whether skin points are seen: inside the frame, not behind the head, not under hair."""
        seen = self._geometry.visible(uv_mm)
        xy = np.nan_to_num(self.uv_to_image(uv_mm))
        rows, columns = self.skin_visible.shape
        x = np.clip(np.round(xy[:, 0]).astype(np.intp), 0, columns - 1)
        y = np.clip(np.round(xy[:, 1]).astype(np.intp), 0, rows - 1)
        return np.asarray(seen & (self.skin_visible[y, x] > 0.5))

    def px_per_mm_at(self, uv_mm: FloatArray) -> FloatArray:
        """Return the true local scale (N,), px per mm on the skin, at uv points (N, 2)."""
        return self._geometry.px_per_mm_at(uv_mm)

    def correspond(self, xy: FloatArray, other: Render) -> FloatArray:
        """Return where pixels `xy` (N, 2) of this picture lie in `other` (of the same person); NaN off the head."""
        return other.uv_to_image(self.image_to_uv(xy))

    def region_outline(self, name: str) -> FloatArray:
        """Return the outline (N, 2) of a named region in this picture, px."""
        return self.uv_to_image(self.truth.region_outlines_mm[name])


def _truth(head: Head, pose: Pose) -> PortraitTruth:
    pores = head.skin_truth.pores
    return PortraitTruth(
        region_outlines_mm=REGION_OUTLINES_MM,
        added_hemoglobin=MappingProxyType(mean_in_regions(head.redness_density)),
        added_melanin=MappingProxyType(mean_in_regions(head.pigment_density)),
        iris_diameter_mm=IRIS_DIAMETER_MM,
        iris_centres_mm=MappingProxyType({"left": (EYE_U_MM, IRIS_V_MM), "right": (-EYE_U_MM, IRIS_V_MM)}),
        pore_centres_mm=np.stack([pores.x_mm + UV_LEFT_MM, pores.y_mm + UV_TOP_MM], axis=1),
        pose=pose,
    )


METER_TARGET = 0.40  # reflectance in G that the meter leaves as it is
METER_STRENGTH = 0.32  # 1 would make every skin equally bright


def shade(head: Head, view: ViewOptions | None = None) -> ShadedScene:
    """Return the light that a camera would see, before it takes the photo.

    Parameters
    ----------
    head : Head
        From :func:`grow_head`.
    view : ViewOptions, optional
        Pose, expression, light and size.

    Returns
    -------
    ShadedScene
        Scene-linear RGB, and where skin is seen.
    """
    view = view or ViewOptions()
    return _shaded(head, view, PosedHead(head.height, view.pose, view.size_px))


def _shaded(head: Head, view: ViewOptions, geometry: PosedHead) -> ShadedScene:
    exposure = (METER_TARGET / head.brightness) ** METER_STRENGTH if view.auto_exposure else 1.0
    return shade_scene(head.paint, head.traits, head.hair, geometry, view.light, exposure)


def render(head: Head, view: ViewOptions | None = None) -> Render:
    """Photograph a head.

    Parameters
    ----------
    head : Head
        From :func:`grow_head`.
    view : ViewOptions, optional
        Pose, expression, light, camera and size.

    Returns
    -------
    Render
        uint8 sRGB pixels (rows, columns, 3), and the exact correspondences between skin and picture.
    """
    view = view or ViewOptions()
    geometry = PosedHead(head.height, view.pose, view.size_px)
    scene = _shaded(head, view, geometry)
    return Render(
        pixels=photograph(scene.linear, view.camera),
        skin_visible=scene.skin_visible,
        geometry=geometry,
        truth=_truth(head, view.pose),
    )
