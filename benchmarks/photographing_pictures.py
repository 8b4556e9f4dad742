"""Draw the pictures of docs/photographing.md: one person who does not exist, photographed well and badly.

python benchmarks/photographing_pictures.py [FOLDER]
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from skincompare.synthetic.camera import CameraOptions, encode_jpeg
from skincompare.synthetic.face_paint import strokes
from skincompare.synthetic.lighting import PortraitLight
from skincompare.synthetic.portrait import PortraitOptions, Render, ViewOptions, grow_head, render
from skincompare.synthetic.surface import Pose

SIZE_PX, QUALITY = (420, 520), 82
"""Size and JPEG quality of the pictures: some 25 KB each."""
PERSON = PortraitOptions(head_seed=5, skin_seed=5, ita_degrees=38.0, px_per_mm=2.4)
EVEN = PortraitLight(azimuth_degrees=95.0, elevation_degrees=62.0, ambient=0.55, fill=0.25)
STRANDS = 34
SHADES = ((112.0, 84.0, 55.0), (150.0, 116.0, 76.0), (92.0, 68.0, 45.0), (128.0, 98.0, 64.0))
"""Strands of hair of each shade that are drawn over a cheek, and the shades, sRGB."""


@dataclass(frozen=True)
class Picture:
    """One way to photograph."""

    name: str
    pose: Pose
    light: PortraitLight = EVEN
    exposure: float = 1.0


FRONT = Pose(face_share=0.66)
PICTURES = (
    Picture("good", FRONT),
    Picture("too_oblique", Pose(face_share=0.66, yaw=24.0)),
    Picture(
        "flash_glare",
        FRONT,
        PortraitLight(
            azimuth_degrees=90.0,
            elevation_degrees=84.0,
            ambient=0.1,
            fill=0.0,
            size=0.05,
            intensity=1.25,
            sheen=4.0,
        ),
        1.3,
    ),
    Picture(
        "one_sided_light",
        FRONT,
        PortraitLight(azimuth_degrees=175.0, elevation_degrees=18.0, ambient=0.08, fill=0.02),
    ),
)


def main() -> None:
    """Write the pictures as JPEG."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/pictures")
    folder.mkdir(parents=True, exist_ok=True)
    head = grow_head(PERSON)
    for picture in PICTURES:
        view = ViewOptions(
            pose=picture.pose,
            size_px=SIZE_PX,
            light=picture.light,
            camera=CameraOptions(seed=1, exposure=picture.exposure),
        )
        shot = render(head, view)
        _write(folder, picture.name, shot.pixels)
        if picture.name == "good":
            _write(folder, "hair_over_cheek", _with_hair(shot))


def _with_hair(shot: Render) -> np.ndarray:
    """Draw loose hair that falls from the temple over the left cheek."""
    draw = np.random.default_rng(3)
    outline = shot.region_outline("left_cheek")
    (left, top), (right, bottom) = outline.min(axis=0), outline.max(axis=0)
    width, height = right - left, bottom - top
    picture = shot.pixels.astype(np.float64)
    for shade in SHADES:
        starts = np.column_stack(
            [
                draw.normal(right - 0.1 * width, 0.13 * width, STRANDS),
                draw.normal(top - 1.85 * height, 0.03 * height, STRANDS),
            ]
        )
        lengths, bends = draw.uniform(3.0, 4.2, STRANDS) * height, draw.normal(-0.5, 0.12, STRANDS)
        cover = strokes(shot.pixels.shape[:2], starts, draw.normal(1.95, 0.08, STRANDS), lengths, bends, 2)
        picture += 0.85 * cv2.GaussianBlur(cover, (0, 0), 0.5)[..., None] * (np.array(shade) - picture)
    return picture.clip(0, 255).astype(np.uint8)


def _write(folder: Path, name: str, pixels: np.ndarray) -> None:
    (folder / f"{name}.jpg").write_bytes(encode_jpeg(np.ascontiguousarray(pixels), quality=QUALITY))


if __name__ == "__main__":
    main()
