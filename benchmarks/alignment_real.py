"""Set 4 of the alignment benchmark: untouched pairs of real photos, where only agreement can be measured.

Two kinds of agreement: points carried to the other photo by one alignment and back by an independent one; and
landmarks that know nothing of the alignment's flow: hand-placed ones (``.tem`` files) where both photos have them,
else the face mesh found on resized and turned copies of both photos.
"""

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from alignment_scores import OURS, FloatArray, Outcome, progress

from skincompare.imaging.align import align
from skincompare.imaging.alignment import Alignment
from skincompare.imaging.face import find_faces
from skincompare.imaging.regions import face_regions
from skincompare.imaging.subject import Subject, prepare
from skincompare.photo import Photo, read_photo

__all__ = ["real_outcomes", "real_pairs"]

CHECKED_REGIONS = ("left_cheek", "right_cheek", "forehead")
POINTS = 3000
MESH_POINTS = 468
"""Of the face mesh without the irises."""
COPIES = ((0.90, -4.0), (0.95, 3.0), (1.05, -2.0), (1.10, 5.0))
"""Size and turn (degrees) of the copies on which the mesh is found anew."""
QUICK_PAIRS = 3


@dataclass(frozen=True)
class RealPair:
    """Two photos of one person."""

    name: str
    before: Path
    after: Path


def real_pairs(folder: Path) -> list[RealPair]:
    """Return the neutral and smiling photos of each person, and each selfie with the next."""
    found = []
    for neutral in sorted(folder.glob("london/*_neutral.jpg")):
        smile = neutral.with_name(neutral.name.replace("_neutral", "_smile"))
        if smile.exists():
            found.append(RealPair(neutral.stem, neutral, smile))
    selfies = sorted(folder.glob("selfies/*.jpg"))
    for first, second in itertools.pairwise(selfies):
        found.append(RealPair(f"{first.stem} to {second.stem}", first, second))
    return found


def real_outcomes(folder: Path, *, quick: bool) -> Iterator[Outcome]:
    """Align every pair in both directions, and yield how well the two and the landmarks agree."""
    pairs = real_pairs(folder)
    chosen = pairs[:QUICK_PAIRS] if quick else pairs
    for number, pair in enumerate(chosen):
        progress(f"set 4, pair {number + 1} of {len(chosen)}: {pair.name}")
        yield from pair_outcomes(pair)


def pair_outcomes(pair: RealPair) -> Iterator[Outcome]:
    """Align one pair in both directions, and yield how well the two and the landmarks agree."""
    kind = f"4 {pair.before.parent.name}"
    photos = read_photo(pair.before), read_photo(pair.after)
    start = time.perf_counter()
    before, after = prepare(photos[0]), prepare(photos[1])
    prepared = time.perf_counter()
    there = align(before, after)
    end = time.perf_counter()
    back = align(after, before)
    outcome = Outcome(
        pair=pair.name,
        groups=(f"{kind}, there and back",),
        method=OURS,
        unit="px",
        seconds=end - prepared,
        whole=end - start,
        errors=None,
        aligned=there.is_aligned and back.is_aligned,
        note=",".join(sorted({flag.code for flag in (*there.flags, *back.flags)})),
    )
    if not outcome.aligned:
        yield outcome
        return
    yield replace(outcome, errors=there_and_back(before, there, back))
    found = hand_landmarks(pair)
    if found is not None:
        yield replace(outcome, groups=(f"{kind}, hand landmarks",), errors=landmark_misses(there, *found))
    meshes = mesh_on_copies(before.photo), mesh_on_copies(after.photo)
    yield replace(outcome, groups=(f"{kind}, mesh on copies",), errors=landmark_misses(there, *meshes))


def there_and_back(before: Subject, there: Alignment, back: Alignment) -> FloatArray:
    """Return the misses (N,), px of the before photo, of cheek and forehead skin carried there and back."""
    assert before.face is not None
    photo = before.photo
    drawn = np.zeros((photo.height, photo.width), np.uint8)
    for region in face_regions(before.face, (photo.width, photo.height)):
        if region.name in CHECKED_REGIONS:
            cv2.fillPoly(drawn, [np.round(region.outline).astype(np.int32)], 1)
    rows, columns = np.nonzero(before.skin)
    xy = before.frame.to_photo(np.column_stack([columns, rows]).astype(np.float64))
    pixel = np.round(xy).astype(int)
    xy = xy[drawn[np.clip(pixel[:, 1], 0, photo.height - 1), np.clip(pixel[:, 0], 0, photo.width - 1)] > 0]
    xy = np.random.default_rng(0).permutation(xy)[:POINTS]
    return np.asarray(np.linalg.norm(back.map_points(there.map_points(xy)) - xy, axis=1), np.float64)


def hand_landmarks(pair: RealPair) -> tuple[FloatArray, FloatArray] | None:
    """Return the hand-placed landmarks (N, 2) of both photos, None where one has none."""
    files = pair.before.with_suffix(".tem"), pair.after.with_suffix(".tem")
    if not all(file.exists() for file in files):
        return None
    first, second = (read_landmarks(file) for file in files)
    return (first, second) if len(first) == len(second) else None


def read_landmarks(path: Path) -> FloatArray:
    """Read a ``.tem`` file: a count, then one point a line."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return np.array([[float(number) for number in line.split()] for line in lines[1 : 1 + int(lines[0])]])


def mesh_on_copies(photo: Photo) -> FloatArray:
    """Return the mesh (468, 2) in the photo, the mean over those found on resized and turned copies of it."""
    middle = ((photo.width - 1) / 2, (photo.height - 1) / 2)
    found = []
    for size, degrees in COPIES:
        matrix = cv2.getRotationMatrix2D(middle, degrees, size)
        copy = cv2.warpAffine(photo.pixels, matrix, (photo.width, photo.height), flags=cv2.INTER_AREA)
        faces = find_faces(np.asarray(copy, np.uint8))
        if faces:
            found.append(cv2.transform(faces[0].xy[None, :MESH_POINTS], cv2.invertAffineTransform(matrix))[0])
    return np.asarray(np.mean(found, axis=0), np.float64)


def landmark_misses(alignment: Alignment, before: FloatArray, after: FloatArray) -> FloatArray:
    """Return how far before landmarks are carried from the after ones (N,), px of the before photo."""
    miss = np.linalg.norm(alignment.map_points(before) - after, axis=1)
    return np.asarray(miss / alignment.magnification, np.float64)
