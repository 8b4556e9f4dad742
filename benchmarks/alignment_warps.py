"""Set 1 of the alignment benchmark: photographs of people, warped by a known smooth warp.

Redness, other light, noise and JPEG come on top. The warp is a similarity with smooth bumps of motion, known in closed
form from the after to the before photo, and inverted numerically for the truth.
"""

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from alignment_scores import FloatArray, Pair, Truth

from skincompare.imaging.colour import linear_from_srgb
from skincompare.imaging.face import find_faces
from skincompare.imaging.sampling import FieldArray, pixel_grid, sample
from skincompare.photo import Photo, read_photo
from skincompare.synthetic.camera import CameraOptions, encode_jpeg, photograph
from skincompare.synthetic.noise import smooth_field, stream
from skincompare.synthetic.skin import HEMOGLOBIN_AXIS

Box = tuple[float, float, float, float]

__all__ = ["MARGIN_PX", "as_photo", "mirrored", "warped_pairs"]

JPEG_QUALITY = 90
"""Of every picture that is made here."""
MARGIN_PX = 4.0
"""Points nearer than this to the edge of the after photo do not count as shown."""

TURN_DEGREES, SCALE_SHARE, SHIFT_PX = 8.0, 0.15, 60.0
"""The largest similarity of set 1, either way."""
BUMPS, BUMP_PX, BUMP_SIGMA_PX = 12, 5.0, 70.0
"""Expression-like local motion of set 1: how many, the largest motion of all together, and their width."""
REDNESS, REDNESS_SIGMA_PX = 0.2, 45.0
"""Largest hemoglobin density (optical density in G) added in set 1, and the width of its patches."""
FACE_REACH = 0.65
"""How far redness reaches from the middle of the face, in its widths and heights."""
WHITE_BALANCE, LIGHT_GRADIENT = 0.08, 0.25
"""Largest change of a channel, and of the light from the middle of the picture to its edge."""
EXACT_PX = 1e-4
"""To which the true warp is inverted."""
QUICK_WARPS = ("020f", "123m", "012_neutral", "061_neutral")
"""Photos of set 1 that ``--quick`` keeps."""


def as_photo(pixels: np.ndarray, name: str) -> Photo:
    """Return pixels as they come out of a JPEG."""
    return read_photo(encode_jpeg(np.ascontiguousarray(pixels), quality=JPEG_QUALITY), name=name)


def mirrored(photo: Photo) -> Photo:
    """Return a photo mirrored, as some phones save selfies."""
    pixels = np.ascontiguousarray(photo.pixels[:, ::-1])
    digest = hashlib.sha256(pixels.tobytes()).hexdigest()
    return replace(photo, pixels=pixels, name=f"mirrored {photo.name}", sha256=digest)


@dataclass(frozen=True, eq=False)
class Warp:
    """A similarity with smooth bumps of motion on top, in closed form from the after to the before photo.

    ``centres`` and ``pushes`` are (BUMPS, 2), px of the before photo.
    """

    middle: FloatArray
    turn: FloatArray
    shift: FloatArray
    centres: FloatArray
    pushes: FloatArray

    @property
    def scale(self) -> float:
        """Size of things in the after photo, px a px of the before photo."""
        return math.sqrt(float(np.linalg.det(self.turn)))

    def back(self, xy: FloatArray) -> FloatArray:
        """Return the before points of after points, shape (..., 2)."""
        places = (xy - self.middle - self.shift) @ np.linalg.inv(self.turn).T + self.middle
        return np.asarray(places + self.local(places))

    def local(self, places: FloatArray) -> FloatArray:
        """Return the local motion at places, shape (..., 2)."""
        moved = np.zeros_like(places)
        for centre, push in zip(self.centres, self.pushes, strict=True):
            squared = ((places - centre) ** 2).sum(axis=-1)
            moved += np.exp(-0.5 * squared / BUMP_SIGMA_PX**2)[..., None] * push
        return moved

    def forward(self, xy: FloatArray) -> FloatArray:
        """Return the after points of before points (N, 2), by iteration."""
        found = (xy - self.middle) @ self.turn.T + self.middle + self.shift
        for _ in range(60):
            miss = self.back(found) - xy
            if np.abs(miss).max(initial=0.0) < EXACT_PX:
                return found
            found = found - miss @ self.turn.T
        raise ArithmeticError("The warp of set 1 has no inverse; this is a fault of the benchmark.")


def draw_warp(photo: Photo, box: Box, chance: np.random.Generator) -> Warp:
    """Draw the warp of a photo; its bumps lie on the face in the box (left, top, right, bottom)."""
    angle = math.radians(chance.uniform(-TURN_DEGREES, TURN_DEGREES))
    scale = 1 + chance.uniform(-SCALE_SHARE, SCALE_SHARE)
    turn = scale * np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    shift = chance.uniform(-SHIFT_PX, SHIFT_PX, 2)
    left, top, right, bottom = box
    centres = chance.uniform((left, top), (right, bottom), (BUMPS, 2))
    directions = chance.uniform(0, 2 * math.pi, BUMPS)
    pushes = chance.uniform(0.3, 1.0, BUMPS)[:, None] * np.column_stack(
        [np.cos(directions), np.sin(directions)]
    )
    middle = (np.array([photo.width, photo.height]) - 1) / 2
    warp = Warp(middle, turn, shift, centres, pushes)
    grid = np.stack(np.meshgrid(np.arange(left, right, 8), np.arange(top, bottom, 8)), axis=-1)
    largest = float(np.linalg.norm(warp.local(grid), axis=-1).max())
    return replace(warp, pushes=pushes * BUMP_PX / largest)


def patchy_redness(photo: Photo, box: Box, chance: np.random.Generator) -> FieldArray:
    """Return added hemoglobin density (height, width): patches up to REDNESS on the face, nothing away from it."""
    shape = (photo.height, photo.width)
    left, top, right, bottom = box
    reach = np.array([right - left, bottom - top]) * FACE_REACH
    away = (pixel_grid(shape) - ((left + right) / 2, (top + bottom) / 2)) / reach
    on_face = np.exp(-((away**2).sum(axis=-1) ** 2))
    pattern = np.maximum(smooth_field(chance, (shape[1], shape[0]), shape, REDNESS_SIGMA_PX), 0) * on_face
    return np.asarray(REDNESS * pattern / pattern.max(), np.float32)


def another_day(photo: Photo, box: Box, warp: Warp, chance: np.random.Generator) -> Photo:
    """Return a photo warped, reddened and in other light, noise and JPEG included."""
    shape = (photo.height, photo.width)
    places = np.asarray(warp.back(pixel_grid(shape).astype(np.float64)), np.float32)
    density = sample(patchy_redness(photo, box, chance), places)
    light = sample(linear_from_srgb(photo.pixels), places, cubic=True)
    light *= np.float32(10) ** (-density[..., None] * np.asarray(HEMOGLOBIN_AXIS, np.float32))
    white = 1 + chance.uniform(-WHITE_BALANCE, WHITE_BALANCE, 3)
    camera = CameraOptions(
        white_balance=(float(white[0]), float(white[1]), float(white[2])),
        light_gradient=2 * float(chance.uniform(-LIGHT_GRADIENT, LIGHT_GRADIENT)),
        light_gradient_degrees=float(chance.uniform(0, 360)),
        blur_px=0.0,
        seed=int(chance.integers(1 << 31)),
    )
    return as_photo(photograph(np.maximum(light, 0), camera), f"{photo.name}, warped")


def warped_pairs(folder: Path, *, quick: bool) -> Iterator[Pair]:
    """Yield set 1: the photos ``portraits/*.jpg`` and ``london/*neutral*.jpg`` of a folder, warped."""
    paths = [*sorted(folder.glob("portraits/*.jpg")), *sorted(folder.glob("london/*neutral*.jpg"))]
    for path in paths:
        if quick and path.stem not in QUICK_WARPS:
            continue
        photo = read_photo(path)
        chance = stream(1, f"alignment warp {path.stem}")
        box = find_faces(photo.pixels)[0].box
        warp = draw_warp(photo, box, chance)
        after = another_day(photo, box, warp, chance)
        yield Pair(path.stem, ("1 warped portraits",), photo, after, partial(_warp_truth, warp, after))


def _warp_truth(warp: Warp, after: Photo, xy: FloatArray) -> Truth:
    there = warp.forward(xy)
    seen = _inside(there, after)
    return Truth(xy[seen], there[seen], np.full(np.count_nonzero(seen), warp.scale))


def _inside(xy: FloatArray, photo: Photo) -> np.ndarray:
    limits = np.array([photo.width, photo.height]) - 1 - MARGIN_PX
    return np.asarray(np.all((xy >= MARGIN_PX) & (xy <= limits), axis=1))
