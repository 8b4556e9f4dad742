"""Pictures with known truth that several test files share. Each is made once a session, when first asked for."""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt
from scipy.ndimage import map_coordinates

from skincompare.imaging.align import align
from skincompare.imaging.alignment import Alignment, AlignmentStatus
from skincompare.imaging.colour import linear_from_srgb, srgb_from_linear
from skincompare.imaging.face import Face
from skincompare.imaging.frame import Frame
from skincompare.imaging.sampling import apply_matrix, pixel_grid, sample
from skincompare.imaging.subject import Subject, prepare
from skincompare.photo import Photo
from skincompare.synthetic.camera import CameraOptions, Scene, close_up
from skincompare.synthetic.lighting import PortraitLight
from skincompare.synthetic.portrait import (
    Head,
    PortraitOptions,
    Render,
    ViewOptions,
    grow_head,
    render,
)
from skincompare.synthetic.portrait_skin import region_axes
from skincompare.synthetic.skin import LightOptions, SkinOptions
from skincompare.synthetic.surface import Pose

FloatArray = npt.NDArray[np.float64]
PixelArray = npt.NDArray[np.uint8]
Truth = TypeVar("Truth", Render, Scene)

MOUTH_CORNERS = (61, 291)
"""Mesh points."""
SIZE_PX = (700, 880)
SKIN_PX_PER_MM = 3.4
"""Below 1.25 times the picture's own resolution, so that the renderer uses the skin's maps as they are."""
CHEEKS: Mapping[str, float] = MappingProxyType({"left_cheek": 0.2, "right_cheek": 0.2})
"""Hemoglobin added on reddened days, optical density in G."""
FRONT = ViewOptions(pose=Pose(face_share=0.62), size_px=SIZE_PX)
TURNED = ViewOptions(
    pose=Pose(yaw=4.0, pitch=-3.0, roll=4.0, face_share=0.58, centre_share=(0.52, 0.46)),
    size_px=SIZE_PX,
    light=PortraitLight(azimuth_degrees=115.0, colour=(1.06, 1.0, 0.94)),
    camera=CameraOptions(seed=5, exposure=0.93),
)
"""Another visit: the head turned and farther away, the lamp moved and warmer."""
CLOSE_UP_PX_PER_MM = 11.0
EVEN_LIGHT = LightOptions(sheen=0.0, ambient=1.0)
"""Light from everywhere: when the skin turns under a slanting lamp, the shadows of its relief move on the skin."""


@dataclass(frozen=True, eq=False)
class Shot(Generic[Truth]):
    """A picture with what is known of it, and as the program sees it."""

    truth: Truth
    subject: Subject

    @property
    def photo(self) -> Photo:
        """The picture as a photo."""
        return self.subject.photo

    @property
    def pixels(self) -> PixelArray:
        """The picture."""
        return self.truth.pixels


def photo_of(pixels: PixelArray, name: str = "photo.png") -> Photo:
    """Return a photo of these pixels."""
    whole = np.ascontiguousarray(pixels)
    return Photo(whole, hashlib.sha256(whole.tobytes()).hexdigest(), name, "PNG")


def shot_of(truth: Truth) -> Shot[Truth]:
    """Return a rendered picture, prepared."""
    return Shot(truth, prepare(photo_of(truth.pixels)))


@cache
def head(*, person: int = 0, reddened: bool = False) -> Head:
    """Return a person, on a calm day or with red cheeks."""
    redness = CHEEKS if reddened else {}
    return grow_head(
        PortraitOptions(head_seed=person, skin_seed=person, redness=redness, px_per_mm=SKIN_PX_PER_MM)
    )


@cache
def front() -> Shot[Render]:
    """Return the person seen from the front."""
    return shot_of(render(head(), FRONT))


@cache
def turned() -> Shot[Render]:
    """Return the same calm skin at another visit."""
    return shot_of(render(head(), TURNED))


@cache
def reddened() -> Shot[Render]:
    """Return the other visit with red cheeks: nothing else differs from :func:`turned`."""
    return shot_of(render(head(reddened=True), TURNED))


@cache
def stranger() -> Shot[Render]:
    """Return another person."""
    return shot_of(render(head(person=3), TURNED))


@cache
def front_to_turned() -> Alignment:
    """Return the alignment of the two calm visits."""
    return align(front().subject, turned().subject)


@cache
def front_to_reddened() -> Alignment:
    """Return the alignment of the calm day with the red one."""
    return align(front().subject, reddened().subject)


def close_up_shot(
    *,
    light: LightOptions | None = EVEN_LIGHT,
    skin_seed: int = 3,
    magnification: float = 1.0,
    rotation_degrees: float = 0.0,
    shift_mm: tuple[float, float] = (0.0, 0.0),
    frame_mm: tuple[float, float] = (50.0, 38.0),
    noise_seed: int = 0,
) -> Shot[Scene]:
    """Photograph a forearm's worth of skin, part of which the frame shows."""
    skin = SkinOptions(size_mm=(60.0, 46.0), seed=skin_seed)
    return shot_of(
        close_up(
            skin,
            light,
            CameraOptions(seed=noise_seed),
            px_per_mm=CLOSE_UP_PX_PER_MM * magnification,
            rotation_degrees=rotation_degrees,
            shift_mm=shift_mm,
            frame_mm=frame_mm,
        )
    )


@cache
def near() -> Shot[Scene]:
    """Return a close-up of skin."""
    return close_up_shot()


@cache
def nearer() -> Shot[Scene]:
    """Return the same skin turned by 25 degrees and 1.3 times as large."""
    return close_up_shot(magnification=1.3, rotation_degrees=25.0, frame_mm=(42.0, 32.0), noise_seed=3)


def relit(pixels: PixelArray, gains: tuple[float, float, float]) -> PixelArray:
    """Return a picture under light of another colour: linear gains of R, G and B."""
    return srgb_from_linear(linear_from_srgb(pixels) * np.asarray(gains, np.float32))


def with_face(
    subject: Subject, *, yaw: float = 0.0, pitch: float = 0.0, mouth: float = 1.0, others: int = 0
) -> Subject:
    """Return the subject with its mesh turned by `yaw` and its chin lowered by `pitch` degrees more, mouth wider."""
    points = subject.face.points.copy()
    middle = points.mean(axis=0)
    points = (points - middle) @ (_turn(yaw, 0) @ _turn(pitch, 1)).T + middle
    corners = points[list(MOUTH_CORNERS)]
    points[list(MOUTH_CORNERS)] = corners.mean(axis=0) + mouth * (corners - corners.mean(axis=0))
    return replace(subject, face=Face(points, 1.0, others))


def _turn(degrees: float, axis: int) -> FloatArray:
    """Return the rotation that moves an axis of the picture (0 right, 1 down) away from the camera."""
    matrix = np.eye(3)
    angle = math.radians(degrees)
    matrix[axis, axis] = matrix[2, 2] = math.cos(angle)
    matrix[axis, 2], matrix[2, axis] = -math.sin(angle), math.sin(angle)
    return matrix


def added_density(shot: Shot[Render], person: Head, xy: FloatArray) -> FloatArray:
    """Return the hemoglobin density that was added to the skin seen at pixels (N, 2)."""
    u, v = region_axes()
    uv = shot.truth.image_to_uv(xy)
    rows_columns = (uv[:, 1] - v[0]) / (v[1] - v[0]), (uv[:, 0] - u[0]) / (u[1] - u[0])
    return np.asarray(map_coordinates(person.redness_density, rows_columns, np.float64, order=1))


def skin_points(alignment: Alignment, count: int = 4000, seed: int = 0) -> FloatArray:
    """Return random pixels (N, 2) of the before photo that are skin in both photos."""
    rows, columns = np.nonzero(alignment.skin)
    chosen = np.random.default_rng(seed).permutation(len(rows))[:count]
    return alignment.before.to_photo(np.column_stack([columns, rows])[chosen].astype(np.float64))


def stated_sigma(alignment: Alignment, xy: FloatArray) -> FloatArray:
    """Return the standard deviation that an alignment states for points (N, 2) of the before photo, px of it."""
    columns, rows = np.round(alignment.before.from_photo(xy)).astype(int).T
    return np.asarray(alignment.sigma_field[rows, columns] / alignment.before.factor, np.float64)


def known_alignment(before: Subject, after: Subject, motion: FloatArray) -> Alignment:
    """Return the exact alignment by a 3 x 3 matrix from before photo to after photo."""
    matrix = np.linalg.inv(_frame_to_photo(after.frame)) @ motion @ _frame_to_photo(before.frame)
    field = apply_matrix(matrix, pixel_grid(before.frame.shape)).astype(np.float32)
    limits = (after.frame.shape[1] - 1, after.frame.shape[0] - 1)
    seen = np.all((field >= 0) & (field <= limits), axis=-1)
    # A face against none is refused before any work: what it returns is filled in.
    empty = align(replace(before, face=Face(np.zeros((478, 3)), 1.0)), replace(after, face=None))
    return replace(
        empty,
        status=AlignmentStatus.ALIGNED,
        method="mesh",
        flags=(),
        field=field,
        matrix=np.asarray(matrix, np.float64),
        sigma_field=np.full(before.frame.shape, 0.1, np.float32),
        skin=before.skin & seen,
        overlap=1.0,
        detail_agreement=1.0,
        detail_ratio=0.0,
    )


def _frame_to_photo(frame: Frame) -> FloatArray:
    step, shift = 1.0 / frame.factor, 0.5 / frame.factor - 0.5
    return np.array([[step, 0.0, shift + frame.left], [0.0, step, shift + frame.top], [0.0, 0.0, 1.0]])


@dataclass(frozen=True)
class Warp:
    """A similarity with a smooth local motion on top, known in closed form from after to before.

    `local_px` is the largest local motion, which changes over about `reach_px`.
    """

    size_px: tuple[int, int]
    turn_degrees: float
    scale: float
    shift_px: tuple[float, float]
    local_px: float = 5.0
    reach_px: float = 70.0

    @property
    def motion(self) -> FloatArray:
        """The similarity, before to after, as a 3 x 3 matrix."""
        matrix = np.eye(3)
        matrix[:2, :2] = self._turn
        matrix[:2, 2] = self._middle + self.shift_px - self._turn @ self._middle
        return matrix

    @property
    def _turn(self) -> FloatArray:
        angle = math.radians(self.turn_degrees)
        turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
        return np.asarray(self.scale * turn)

    @property
    def _middle(self) -> FloatArray:
        return (np.array(self.size_px) - 1.0) / 2.0

    def back(self, xy: FloatArray) -> FloatArray:
        """Return the before points of after points, shape (..., 2)."""
        places = (xy - self._middle - self.shift_px) @ np.linalg.inv(self._turn).T + self._middle
        x, y = places[..., 0] / self.reach_px, places[..., 1] / self.reach_px
        local = np.stack([np.sin(x + 0.5) * np.sin(y + 1.0), np.sin(x + 2.5) * np.sin(y + 4.0)], axis=-1)
        return np.asarray(places + self.local_px * local)

    def forward(self, xy: FloatArray) -> FloatArray:
        """Return the after points of before points (N, 2), by iteration."""
        found = (xy - self._middle) @ self._turn.T + self._middle + self.shift_px
        for _ in range(40):
            found = found - (self.back(found) - xy) @ self._turn.T
        assert np.abs(self.back(found) - xy).max() < 1e-6
        return found

    def picture(
        self, pixels: PixelArray, gains: tuple[float, float, float] = (1.08, 1.0, 0.93)
    ) -> PixelArray:
        """Return the warped picture in other, uneven light, with noise."""
        places = self.back(pixel_grid(pixels.shape[:2]).astype(np.float64)).astype(np.float32)
        light = sample(linear_from_srgb(pixels), places, cubic=True)
        slope = np.linspace(0.9, 1.1, pixels.shape[1], dtype=np.float32)[None, :, None]
        light = light * slope * np.asarray(gains, np.float32)
        noise = np.random.default_rng(1).standard_normal(light.shape, dtype=np.float32)
        light += (0.006 * np.sqrt(np.maximum(light, 0)) + 0.0012) * noise
        return srgb_from_linear(np.clip(light, 0, 1).astype(np.float32))


def seen_marks(first: Shot[Scene], second: Shot[Scene], xy: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return those of the points (N, 2) of one close-up that another shows too, and where they lie there."""
    truth = second.truth.to_pixels(first.truth.to_mm(xy))
    shown = second.truth.inside(truth, 5)
    return xy[shown], truth[shown]
