"""The people of the light benchmark: photographed twice with nothing done between, as linear light.

Rendered people of every skin tone, and a folder of photographs of real people. Redness and pigment are put on by
:func:`inject`: an optical density on the axes of hemoglobin and melanin, known exactly, whatever the skin.
"""

from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from skincompare.imaging.colour import linear_from_srgb
from skincompare.imaging.face import Face
from skincompare.imaging.regions import FACE_REGIONS, neck_outline
from skincompare.imaging.skin_mask import EYES, draw_rings
from skincompare.photo import read_photo
from skincompare.synthetic.portrait import PortraitOptions, ViewOptions, grow_head, shade
from skincompare.synthetic.skin import HEMOGLOBIN_AXIS, MELANIN_AXIS
from skincompare.synthetic.surface import Pose

__all__ = ["TONES", "Person", "inject", "real_people", "rendered_people"]

LinearImage = npt.NDArray[np.float32]

TONES: Mapping[str, tuple[float, float]] = {
    "very light": (56.0, 66.0),
    "light": (42.0, 54.0),
    "intermediate": (29.0, 40.0),
    "tan": (11.0, 27.0),
    "brown": (-28.0, 9.0),
    "dark": (-55.0, -31.0),
}
"""Typology angles of the classes, degrees."""
SIZE_PX, SKIN_PX_PER_MM = (620, 780), 2.6
"""Size of a rendered portrait, and the resolution of its skin: light is measured over centimetres."""
MOVES_DEGREES = 2.0
"""SD of turn, nod and tilt between two portraits of one person."""
EDGE_MM = 2.5
"""Over which injected redness fades at the edge of its region."""


@dataclass(frozen=True, eq=False)
class Person:
    """One person, twice: linear light in [0, 1], shape (height, width, 3)."""

    name: str
    tone: str
    is_real: bool
    before: LinearImage
    after: LinearImage


def _rendered(index: int) -> Person:
    """Draw person `index`; tones take turns."""
    chance = np.random.default_rng(9000 + index)
    tone = list(TONES)[index % len(TONES)]
    head = grow_head(
        PortraitOptions(
            head_seed=500 + index,
            skin_seed=700 + index,
            ita_degrees=float(chance.uniform(*TONES[tone])),
            gloss=float(chance.uniform(0.3, 0.7)),
            mottling=float(chance.uniform(0.3, 0.9)),
            px_per_mm=SKIN_PX_PER_MM,
        )
    )
    views = []
    for _ in range(2):
        yaw, pitch, roll = chance.normal(0, MOVES_DEGREES, 3)
        pose = Pose(yaw=yaw, pitch=pitch, roll=roll, face_share=float(chance.uniform(0.58, 0.64)))
        views.append(np.clip(shade(head, ViewOptions(pose=pose, size_px=SIZE_PX)).linear, 0, 1))
    return Person(f"render_{index:03d}", tone, False, *(one.astype(np.float32) for one in views))


def rendered_people(count: int, cache: Path | None = None, workers: int = 2) -> Iterator[Person]:
    """Yield rendered people, one after the other; with a folder, those made before are read from it."""
    if cache is not None:
        cache.mkdir(parents=True, exist_ok=True)
    missing = [i for i in range(count) if cache is None or not (cache / f"{i:03d}.npz").exists()]
    with ProcessPoolExecutor(workers) as pool:
        made = pool.map(_rendered, missing)
        for index in range(count):
            if index in missing:
                person = next(made)
                if cache is not None:
                    np.savez(
                        cache / f"{index:03d}.npz",
                        before=person.before.astype(np.float16),
                        after=person.after.astype(np.float16),
                    )
                yield person
            else:
                with np.load(cache / f"{index:03d}.npz") as stored:
                    pair = [stored[side].astype(np.float32) for side in ("before", "after")]
                yield Person(f"render_{index:03d}", list(TONES)[index % len(TONES)], False, *pair)


def real_people(folder: Path) -> Iterator[Person]:
    """Yield the people of a folder with ``ID_neutral.jpg`` and ``ID_smile.jpg``."""
    for before in sorted(folder.glob("*_neutral.jpg")):
        after = before.with_name(before.name.replace("neutral", "smile"))
        if after.exists():
            pair = [linear_from_srgb(read_photo(path).pixels) for path in (before, after)]
            yield Person(before.name.split("_")[0], "real", True, *pair)


def inject(
    linear: LinearImage,
    face: Face,
    *,
    hemoglobin: Mapping[str, float],
    melanin: Mapping[str, float] | None = None,
    px_per_mm: float,
) -> LinearImage:
    """Return linear light with optical density (in G) added to named regions, fading at their edges."""
    density = np.zeros(linear.shape, np.float32)
    eyes = draw_rings(face.xy, EYES, linear.shape[:2])
    for axis, amounts in ((HEMOGLOBIN_AXIS, hemoglobin), (MELANIN_AXIS, melanin or {})):
        for name, amount in amounts.items():
            outline = neck_outline(face) if name == "neck" else face.xy[list(FACE_REGIONS[name])]
            drawn = np.zeros(linear.shape[:2], np.uint8)
            cv2.fillPoly(drawn, [np.round(outline).astype(np.int32)], 1)
            side = 2 * round(EDGE_MM * px_per_mm) + 1
            drawn = cv2.dilate(drawn, np.ones((side, side), np.uint8))
            soft = cv2.GaussianBlur(drawn.astype(np.float32), (0, 0), EDGE_MM * px_per_mm / 2)
            soft[eyes] = 0  # what is injected into lids does not redden the eye
            density += np.float32(amount) * soft[..., None] * np.asarray(axis, np.float32)
    return np.asarray(linear * np.power(np.float32(10), -density), np.float32)
