"""Photos for the comparability benchmark: rendered people in several lights, real pairs, and what spoils them.

Rendered pictures are kept as PNG in a folder, so that a second run need not draw them again.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import cv2
import numpy as np
import numpy.typing as npt
from alignment_scores import progress
from alignment_warps import as_photo
from PIL import Image

from skincompare.imaging.colour import linear_from_srgb, srgb_from_linear
from skincompare.imaging.subject import Subject, prepare
from skincompare.photo import read_photo
from skincompare.synthetic.camera import CameraOptions
from skincompare.synthetic.lighting import PortraitLight
from skincompare.synthetic.portrait import PortraitOptions, ViewOptions, grow_head, render
from skincompare.synthetic.surface import Pose

__all__ = [
    "BLURS",
    "FILTERS",
    "LAMPS",
    "PairOfPhotos",
    "Spoil",
    "real_pairs",
    "relit",
    "rendered_pairs",
    "spoiled",
]

PixelArray = npt.NDArray[np.uint8]
Spoil = Callable[[PixelArray], PixelArray]

PEOPLE, QUICK_PEOPLE = 24, 6
"""Rendered people."""
SIZE_PX, SKIN_PX_PER_MM = (520, 660), 2.8
"""Size of their portraits, and resolution of their skin: a little above the picture's (2.2 px/mm)."""
FIRST_SEED = 500
"""Seed of the first person: none of them is in a test or in another benchmark."""
TONES = (62.0, 50.0, 38.0, 24.0, 8.0, -12.0, -35.0, -50.0)
"""Individual typology angles of the rendered people, in turn."""
LAMPS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"lamp right": (45.0, 45.0), "lamp left": (170.0, 40.0), "lamp below": (250.0, 50.0)}
)
"""Azimuth and elevation of the lamp in photos under other light; the first visit has it at 125 and 48 degrees."""
BLURS: Mapping[str, Spoil] = MappingProxyType(
    {
        "blur 1.5 px": lambda picture: cv2.GaussianBlur(picture, (0, 0), 1.5),
        "blur 2.5 px": lambda picture: cv2.GaussianBlur(picture, (0, 0), 2.5),
        "moved by 6 px": lambda picture: cv2.blur(picture, (6, 1)),
    }
)
FILTERS: Mapping[str, Spoil] = MappingProxyType(
    {
        "bilateral, weak": lambda picture: cv2.bilateralFilter(picture, 9, 40, 5),
        "bilateral, strong": lambda picture: cv2.bilateralFilter(picture, 15, 60, 8),
        "edge-preserving": lambda picture: cv2.edgePreservingFilter(
            picture, flags=1, sigma_s=20, sigma_r=0.25
        ),
        "surface blur": lambda picture: _surface_blur(picture),
    }
)
"""What a beauty filter does: smooth the skin, spare the edges."""


def _surface_blur(picture: PixelArray) -> PixelArray:
    """Blend with a blurred picture wherever the two differ little, as skin-smoothing apps do."""
    soft = cv2.GaussianBlur(picture, (0, 0), 4.0).astype(np.float32)
    share = np.exp(-(((picture - soft).max(axis=2, keepdims=True) / 18.0) ** 2))
    return np.clip(picture + 0.85 * share * (soft - picture), 0, 255).astype(np.uint8)


@dataclass(frozen=True, eq=False)
class PairOfPhotos:
    """Two prepared photos of one person, and who it is."""

    name: str
    person: str
    before: Subject
    after: Subject


def rendered_pairs(folder: Path, *, quick: bool) -> Iterator[tuple[PairOfPhotos, Mapping[str, PixelArray]]]:
    """Yield every rendered person: two visits in the same light, and the second visit in other lights."""
    for number in range(QUICK_PEOPLE if quick else PEOPLE):
        pictures = _drawn(folder, number)
        name = f"render {number}"
        first, second = (prepare(as_photo(pictures[key], f"{name}, {key}")) for key in ("before", "after"))
        yield PairOfPhotos(name, name, first, second), {key: pictures[key] for key in ("after", *LAMPS)}


def _views(number: int) -> dict[str, ViewOptions]:
    draw = np.random.default_rng(FIRST_SEED + number)
    yaw, pitch, roll = (float(draw.uniform(-limit, limit)) for limit in (3.0, 2.0, 4.0))
    azimuth, elevation = 125.0 + float(draw.uniform(-6, 6)), 48.0 + float(draw.uniform(-3, 3))
    white = (float(draw.uniform(0.94, 1.06)), 1.0, float(draw.uniform(0.94, 1.06)))
    exposure = float(draw.uniform(0.85, 1.1))
    pose = Pose(yaw=yaw, pitch=pitch, roll=roll, face_share=float(draw.uniform(0.58, 0.63)))
    camera = CameraOptions(seed=2 * number + 1, exposure=exposure, white_balance=white)
    views = {
        "before": ViewOptions(
            pose=Pose(face_share=0.62), size_px=SIZE_PX, camera=CameraOptions(seed=2 * number)
        )
    }
    for key, (lamp, height) in {"after": (azimuth, elevation), **LAMPS}.items():
        light = PortraitLight(azimuth_degrees=lamp, elevation_degrees=height)
        views[key] = ViewOptions(pose=pose, size_px=SIZE_PX, light=light, camera=camera)
    return views


def _drawn(folder: Path, number: int) -> dict[str, PixelArray]:
    folder.mkdir(parents=True, exist_ok=True)
    views = _views(number)
    paths = {key: folder / f"{number:02d} {key}.png" for key in views}
    if not all(path.exists() for path in paths.values()):
        progress(f"rendering person {number + 1}")
        seed = FIRST_SEED + number
        tone = TONES[number % len(TONES)]
        head = grow_head(
            PortraitOptions(head_seed=seed, skin_seed=seed, ita_degrees=tone, px_per_mm=SKIN_PX_PER_MM)
        )
        for key, view in views.items():
            Image.fromarray(render(head, view).pixels).save(paths[key])
    return {key: np.asarray(Image.open(path).convert("RGB")) for key, path in paths.items()}


def real_pairs(folder: Path) -> Iterator[PairOfPhotos]:
    """Yield the photographed people, neutral and smiling, minutes apart in the same light."""
    for path in sorted(folder.glob("london/*_neutral.jpg")):
        number = path.stem.split("_")[0]
        progress(f"photographs of person {number}")
        pair = [prepare(read_photo(one)) for one in (path, path.with_name(f"{number}_smile.jpg"))]
        yield PairOfPhotos(f"photo {number}", number, *pair)


def spoiled(subject: Subject, spoil: Spoil, name: str) -> Subject:
    """Return a photo after a filter, saved as JPEG and prepared anew."""
    return prepare(as_photo(spoil(np.ascontiguousarray(subject.photo.pixels)), name))


def relit(subject: Subject, slope: float, degrees: float) -> Subject:
    """Return a photo with a smooth gradient of light across the face: `slope` in natural log per eye distance."""
    face = subject.face
    rows, columns = np.indices(subject.photo.pixels.shape[:2], dtype=np.float32)
    middle = face.xy.mean(axis=0)
    angle = math.radians(degrees)
    along = math.cos(angle) * (columns - middle[0]) + math.sin(angle) * (rows - middle[1])
    gain = 0.8 * np.exp(slope * along / face.interocular_px)
    light = np.clip(linear_from_srgb(subject.photo.pixels) * gain[..., None], 0, 1).astype(np.float32)
    return prepare(as_photo(srgb_from_linear(light), "relit"))
