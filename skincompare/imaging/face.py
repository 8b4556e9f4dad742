"""Find a face and its mesh: MediaPipe's detector and 478-point mesh, run by OpenCV.

The detector (BlazeFace, short range) sees the photo as a 128 x 128 square and misses faces that are small or
turned on their side; so when nothing sure is found the photo is tried turned by 90, 180 and 270 degrees and
then in overlapping tiles. The mesh is run on a crop that is turned upright, then tightened to the mesh until it stays
where it is.

Sources: Bazarevsky et al. 2019, BlazeFace, arXiv:1907.05047; Kartynnik et al. 2019, Real-time facial surface
geometry, arXiv:1907.06724; Grishchenko et al. 2020, Attention mesh, arXiv:2006.10962.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.resources import as_file, files
from threading import Lock

import cv2
import numpy as np
import numpy.typing as npt
from scipy.special import expit

from skincompare.errors import ModelError

__all__ = ["Face", "find_faces"]

FloatArray = npt.NDArray[np.float64]
PixelArray = npt.NDArray[np.uint8]

DETECTOR_SIDE = 128
"""Side of the detector's input, px (the model's)."""
MESH_SIDE = 256
"""Side of the mesh model's input, px (the model's)."""
MESH_POINTS = 478
"""Mesh points: 468 of the face, 5 for each iris (the model's)."""
MIN_DETECTION = 0.5
"""Lowest detection score that counts as a face (MediaPipe's default)."""
SURE_DETECTION = 0.8
"""Detection score from which a face is the right way up: upright 0.85-0.99, on its head 0.57-0.73, seen on 22
portraits."""
MIN_PRESENCE = 0.5
"""Lowest probability, after the mesh, that the crop holds a face (MediaPipe's default)."""
MESH_PASSES, SETTLED = 4, 0.03
"""Most passes of the mesh after the first, and how far it may still move in the last, as a share of its extent (22
photographs, upright and turned by 30 degrees at half size: at most 0.015; a close-up of skin that was taken for a face:
0.05-0.11)."""
CROP_SCALE = 1.5
"""Side of the mesh crop over the face's extent (MediaPipe's)."""
OVERLAP_SAME_FACE = 0.3
"""Intersection over union from which two detections are one face (MediaPipe's)."""
SEARCH_SIDE = 1400
"""Longer side at which a face is searched for, px at most."""
TILE_SHARE = 0.5
"""Side of a search tile over the shorter side of the photo."""

RIGHT_EYE_CORNERS = (33, 133)
LEFT_EYE_CORNERS = (362, 263)
RIGHT_IRIS = (469, 470, 471, 472)
LEFT_IRIS = (474, 475, 476, 477)


@dataclass(frozen=True, eq=False)
class Face:
    """One face and its mesh.

    Parameters
    ----------
    points : ndarray of float64, shape (478, 3)
        x and y in pixels of the photo (pixel centres are integers), z in the same unit, smaller is nearer.
    presence : float
        Probability in [0, 1] that this is a face, by the mesh model.
    others : int
        How many further faces were found; the larger one is this.
    """

    points: FloatArray
    presence: float
    others: int = 0

    @property
    def xy(self) -> FloatArray:
        """The points without depth, shape (478, 2)."""
        return self.points[:, :2]

    @cached_property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of the mesh, px."""
        low, high = self.xy.min(axis=0), self.xy.max(axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])

    @cached_property
    def roll_degrees(self) -> float:
        """Angle of the line from the right to the left eye, clockwise on the picture, in degrees."""
        right = self.xy[list(RIGHT_EYE_CORNERS)].mean(axis=0)
        left = self.xy[list(LEFT_EYE_CORNERS)].mean(axis=0)
        return math.degrees(math.atan2(left[1] - right[1], left[0] - right[0]))

    @cached_property
    def interocular_px(self) -> float:
        """Distance between the outer corners of the eyes, px."""
        return float(np.linalg.norm(self.xy[LEFT_EYE_CORNERS[1]] - self.xy[RIGHT_EYE_CORNERS[0]]))

    @cached_property
    def yaw_degrees(self) -> float:
        """Turn of the head by the mesh's own depth, degrees; positive to the patient's left."""
        across = self.points[LEFT_EYE_CORNERS[1]] - self.points[RIGHT_EYE_CORNERS[0]]
        return math.degrees(math.atan2(across[2], math.hypot(across[0], across[1])))

    def scaled(self, factor: float) -> "Face":
        """Return the same face in a photo resized by `factor` (pixel centres kept)."""
        points = self.points * factor
        points[:, :2] += (factor - 1) / 2
        return Face(points, self.presence, self.others)


@dataclass(frozen=True)
class _Box:
    """A detection: centre, side and turn of the square round a face, px and radians, with its score."""

    x: float
    y: float
    side: float
    angle: float
    score: float


def find_faces(pixels: PixelArray) -> tuple[Face, ...]:
    """Find the faces of a photo, the largest first.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)
        RGB, upright or not.

    Returns
    -------
    tuple of Face
        Empty when there is none: a close-up of skin is not an error.

    Raises
    ------
    ModelError
        When a vendored model file is missing or damaged.
    """
    # A whole number of photo pixels a search pixel: the resize is many times faster.
    step = math.ceil(max(pixels.shape[:2]) / SEARCH_SIDE)
    small, factor = pixels, 1 / step
    if step > 1:
        cut = pixels[: pixels.shape[0] // step * step, : pixels.shape[1] // step * step]
        size = (cut.shape[1] // step, cut.shape[0] // step)
        small = np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_AREA), np.uint8)
    for boxes in _searches(small):
        found = [_fit_mesh(pixels, small, box, factor) for box in boxes]
        faces = _distinct([face for face in found if face is not None])
        if faces:
            return tuple(Face(face.points, face.presence, len(faces) - 1) for face in faces)
    return ()


def _searches(small: PixelArray) -> Iterator[list[_Box]]:
    """Yield detections of ever harder searches: upright, the best turn, tiles (turned too).

    A face on its head is found too, but taken for an upright one with a low score; so a low score is trusted
    only after the other turns were tried.
    """
    upright = _detect(small)
    if _best_score(upright) >= SURE_DETECTION:
        yield upright
    turned = [upright, *(_detect_turned(small, turns) for turns in (1, 2, 3))]
    yield max(turned, key=_best_score)
    for turns in range(4):
        yield _in_tiles(small, turns)


def _best_score(boxes: list[_Box]) -> float:
    return max((box.score for box in boxes), default=0.0)


def _detect_turned(small: PixelArray, turns: int) -> list[_Box]:
    """Detect in the image turned by `turns` times 90 degrees; boxes in the unturned image's coordinates."""
    turned = np.ascontiguousarray(np.rot90(small, turns))
    boxes = _detect(turned)
    height, width = turned.shape[:2]
    for _ in range(turns):
        # np.rot90 sends (x, y) to (y, old width - 1 - x); here the way back, one quarter turn at a time.
        boxes = [replace(b, x=height - 1 - b.y, y=b.x, angle=b.angle + math.pi / 2) for b in boxes]
        height, width = width, height
    return boxes


def _in_tiles(small: PixelArray, turns: int) -> list[_Box]:
    """Detect in half-overlapping square tiles."""
    height, width = small.shape[:2]
    side = round(min(height, width) * TILE_SHARE)
    found: list[_Box] = []
    for top in _tile_starts(height, side):
        for left in _tile_starts(width, side):
            tile = small[top : top + side, left : left + side]
            found += [replace(b, x=b.x + left, y=b.y + top) for b in _detect_turned(tile, turns)]
    return found


def _tile_starts(length: int, side: int) -> list[int]:
    count = max(1, math.ceil((length - side) / (side / 2)) + 1)
    return [round(start) for start in np.linspace(0, length - side, count)]


@cache
def _net(name: str) -> cv2.dnn.Net:
    """Load a vendored model once. The classic engine: newer ones drop one of the two outputs."""
    source = files("skincompare") / "models" / name
    try:
        with as_file(source) as path:
            return cv2.dnn.readNetFromTFLite(str(path), cv2.dnn.ENGINE_CLASSIC)
    except (cv2.error, FileNotFoundError) as error:
        raise ModelError(
            f"The face model {name} cannot be read; install skincompare again to restore it."
        ) from error


_net_lock = Lock()
"""OpenCV's networks hold their input: one caller at a time."""


@cache
def _anchors() -> FloatArray:
    """Anchor centres of BlazeFace in [0, 1], shape (896, 2): 2 a cell of 16 x 16, 6 a cell of 8 x 8."""
    grids = []
    for cells, repeats in ((16, 2), (8, 6)):
        centres = (np.arange(cells) + 0.5) / cells
        grid = np.stack(np.meshgrid(centres, centres), axis=-1).reshape(-1, 2)
        grids.append(np.repeat(grid, repeats, axis=0))
    return np.concatenate(grids)


def _detect(image: PixelArray) -> list[_Box]:
    """Run the detector on the image, padded to a square; overlapping detections are merged."""
    height, width = image.shape[:2]
    side = max(height, width)
    pad_x, pad_y = (side - width) // 2, (side - height) // 2
    square = cv2.copyMakeBorder(
        image, pad_y, side - height - pad_y, pad_x, side - width - pad_x, cv2.BORDER_CONSTANT
    )
    square = cv2.resize(square, (DETECTOR_SIDE, DETECTOR_SIDE), interpolation=cv2.INTER_AREA)
    with _net_lock:
        net = _net("face_detector.tflite")
        net.setInput(cv2.dnn.blobFromImage(square, 1 / 127.5, mean=(127.5, 127.5, 127.5)))
        scores, regressors = net.forward(("classificators", "regressors"))
    score = expit(scores.reshape(-1).astype(np.float64))
    good = np.flatnonzero(score >= MIN_DETECTION)
    raw = regressors.reshape(-1, 16)[good].astype(np.float64) / DETECTOR_SIDE
    anchors = _anchors()[good]
    centres = raw[:, :2] + anchors
    eyes = raw[:, 4:8].reshape(-1, 2, 2) + anchors[:, None, :]
    boxes = []
    for centre, size, (right, left), one in zip(centres, raw[:, 2:4], eyes, score[good], strict=True):
        angle = math.atan2(left[1] - right[1], left[0] - right[0])
        x, y = centre * side - 0.5 - (pad_x, pad_y)
        boxes.append(_Box(float(x), float(y), float(size.max()) * side * CROP_SCALE, angle, float(one)))
    return _strongest(boxes)


def _strongest(boxes: list[_Box]) -> list[_Box]:
    """Keep the best of each group of overlapping boxes."""
    kept: list[_Box] = []
    for box in sorted(boxes, key=lambda b: -b.score):
        if all(_overlap(box, other) < OVERLAP_SAME_FACE for other in kept):
            kept.append(box)
    return kept


def _overlap(a: _Box, b: _Box) -> float:
    """Intersection over union of two upright squares."""
    across = min(a.x + a.side / 2, b.x + b.side / 2) - max(a.x - a.side / 2, b.x - b.side / 2)
    down = min(a.y + a.side / 2, b.y + b.side / 2) - max(a.y - a.side / 2, b.y - b.side / 2)
    common = max(across, 0.0) * max(down, 0.0)
    return common / (a.side**2 + b.side**2 - common)


def _fit_mesh(pixels: PixelArray, small: PixelArray, box: _Box, factor: float) -> Face | None:
    """Run the mesh on the detector's box, then on its own extent.

    The mesh sees 256 px whatever the photo holds, so the search picture serves unless the face is small in it.
    """
    if box.side >= MESH_SIDE:
        face = _settle_mesh(small, box)
        return face.scaled(1 / factor) if face else None
    middle = [(value + 0.5) / factor - 0.5 for value in (box.x, box.y)]
    return _settle_mesh(pixels, replace(box, x=middle[0], y=middle[1], side=box.side / factor))


def _settle_mesh(picture: PixelArray, box: _Box) -> Face | None:
    """Run the mesh on its own extent until it stays where it is; on what is no face it never does."""
    face = _run_mesh(picture, box)
    for _ in range(MESH_PASSES):
        if face.presence < MIN_PRESENCE:
            return None
        earlier, face = face, _run_mesh(picture, _box_of(face))
        moved = float(np.median(np.linalg.norm(face.xy - earlier.xy, axis=1)))
        if face.presence >= MIN_PRESENCE and moved <= SETTLED * float(np.ptp(face.xy, axis=0).max()):
            return face
    return None


def _box_of(face: Face) -> _Box:
    """Square round a mesh, turned with the eyes."""
    angle = math.radians(face.roll_degrees)
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    upright = face.xy @ turn.T
    low, high = upright.min(axis=0), upright.max(axis=0)
    x, y = ((low + high) / 2) @ turn
    return _Box(float(x), float(y), float((high - low).max()) * CROP_SCALE, angle, face.presence)


def _run_mesh(pixels: PixelArray, box: _Box) -> Face:
    """Cut the turned square out of the photo, run the mesh, and bring its points back."""
    shrink = min(1.0, 2 * MESH_SIDE / box.side)
    reach = box.side * math.sqrt(0.5) + 2
    height, width = pixels.shape[:2]
    left, top = max(0, math.floor(box.x - reach)), max(0, math.floor(box.y - reach))
    right, bottom = min(width, math.ceil(box.x + reach)), min(height, math.ceil(box.y + reach))
    source = pixels[top:bottom, left:right]
    if source.size == 0:
        return Face(np.zeros((MESH_POINTS, 3)), 0.0)
    if shrink < 1:
        source = np.asarray(
            cv2.resize(source, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.uint8
        )
    # Crop pixel c to photo pixel: turn, scale, move (pixel centres are integers on both sides).
    scale = box.side / MESH_SIDE
    turn = scale * np.array(
        [[math.cos(box.angle), -math.sin(box.angle)], [math.sin(box.angle), math.cos(box.angle)]]
    )
    middle = (MESH_SIDE - 1) / 2
    shift = np.array([box.x, box.y]) - turn @ (middle, middle)
    to_source = np.column_stack([turn, shift - (left, top)]) * shrink
    to_source[:, 2] += (shrink - 1) / 2
    crop = cv2.warpAffine(
        source, to_source, (MESH_SIDE, MESH_SIDE), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    )
    with _net_lock:
        net = _net("face_landmarks_detector.tflite")
        net.setInput(cv2.dnn.blobFromImage(crop, 1 / 255))
        mesh, presence = net.forward(("Identity", "Identity_1"))
    raw = mesh.reshape(MESH_POINTS, 3).astype(np.float64)
    points = np.column_stack([raw[:, :2] @ turn.T + shift, raw[:, 2] * scale])
    return Face(points, float(expit(presence.reshape(-1)[0])))


def _distinct(faces: list[Face]) -> list[Face]:
    """Drop meshes of the same face; the largest first."""
    kept: list[Face] = []
    for face in sorted(faces, key=lambda f: -f.interocular_px):
        centre = face.xy.mean(axis=0)
        if all(np.linalg.norm(centre - o.xy.mean(axis=0)) > o.interocular_px for o in kept):
            kept.append(face)
    return kept
