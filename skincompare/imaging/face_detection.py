"""Find where faces are in a picture: MediaPipe's detector (BlazeFace, short range), run by OpenCV.

It sees a picture as a 128 x 128 square and misses faces that are small or turned on their side; so when nothing sure
is found the picture is tried turned by 90, 180 and 270 degrees and then in overlapping tiles.

Source: Bazarevsky et al. 2019, BlazeFace, arXiv:1907.05047.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import as_file, files
from threading import Lock

import cv2
import numpy as np
import numpy.typing as npt
from scipy.special import expit

from skincompare.errors import ModelError

__all__ = ["CROP_SCALE", "Box", "head_score", "load_net", "middle_score", "net_lock", "searches"]

FloatArray = npt.NDArray[np.float64]
PixelArray = npt.NDArray[np.uint8]

DETECTOR_SIDE = 128
"""Side of the detector's input, px (the model's)."""
MIN_DETECTION = 0.5
"""Lowest detection score that counts as a face (MediaPipe's default)."""
SURE_DETECTION = 0.8
"""Detection score from which a face is the right way up: upright 0.85-0.99, on its head 0.57-0.73, seen on 22
portraits."""
CROP_SCALE = 1.5
"""Side of the mesh crop over the face's extent (MediaPipe's)."""
OVERLAP_SAME_FACE = 0.3
"""Intersection over union from which two detections are one face (MediaPipe's)."""
MIDDLE_SHARE = 0.25
"""Farthest that the face in the middle of a square may lie from it, as a share of the side."""
TILE_SHARE = 0.5
"""Side of a search tile over the shorter side of the photo."""


@dataclass(frozen=True)
class Box:
    """A detection: centre, side and turn of the square round a face, px and radians, with its score."""

    x: float
    y: float
    side: float
    angle: float
    score: float


def searches(small: PixelArray) -> Iterator[list[Box]]:
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


def head_score(small: PixelArray) -> float:
    """Return the best score, in [0, 1], of a head in a search picture, upright or on its side."""
    return max(_best_score(_detect_turned(small, turns)) for turns in range(4))


def middle_score(square: PixelArray) -> float:
    """Return the score, in [0, 1], of an upright face in the middle of a square picture."""
    middle, side = (square.shape[0] - 1) / 2, square.shape[0]
    boxes = [b for b in _detect(square) if math.hypot(b.x - middle, b.y - middle) < MIDDLE_SHARE * side]
    return _best_score(boxes)


def _best_score(boxes: list[Box]) -> float:
    return max((box.score for box in boxes), default=0.0)


def _detect_turned(small: PixelArray, turns: int) -> list[Box]:
    """Detect in the image turned by `turns` times 90 degrees; boxes in the unturned image's coordinates."""
    turned = np.ascontiguousarray(np.rot90(small, turns))
    boxes = _detect(turned)
    height, width = turned.shape[:2]
    for _ in range(turns):
        # np.rot90 sends (x, y) to (y, old width - 1 - x); here the way back, one quarter turn at a time.
        boxes = [replace(b, x=height - 1 - b.y, y=b.x, angle=b.angle + math.pi / 2) for b in boxes]
        height, width = width, height
    return boxes


def _in_tiles(small: PixelArray, turns: int) -> list[Box]:
    """Detect in half-overlapping square tiles."""
    height, width = small.shape[:2]
    side = round(min(height, width) * TILE_SHARE)
    found: list[Box] = []
    for top in _tile_starts(height, side):
        for left in _tile_starts(width, side):
            tile = small[top : top + side, left : left + side]
            found += [replace(b, x=b.x + left, y=b.y + top) for b in _detect_turned(tile, turns)]
    return found


def _tile_starts(length: int, side: int) -> list[int]:
    count = max(1, math.ceil((length - side) / (side / 2)) + 1)
    return [round(start) for start in np.linspace(0, length - side, count)]


@cache
def load_net(name: str) -> cv2.dnn.Net:
    """Load a vendored model once. The classic engine: newer ones drop one of the two outputs."""
    source = files("skincompare") / "models" / name
    try:
        with as_file(source) as path:
            return cv2.dnn.readNetFromTFLite(str(path), cv2.dnn.ENGINE_CLASSIC)
    except (cv2.error, FileNotFoundError) as error:
        raise ModelError(
            f"The face model {name} cannot be read; install skincompare again to restore it."
        ) from error


net_lock = Lock()
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


def _detect(image: PixelArray) -> list[Box]:
    """Run the detector on the image, padded to a square; overlapping detections are merged."""
    height, width = image.shape[:2]
    side = max(height, width)
    pad_x, pad_y = (side - width) // 2, (side - height) // 2
    square = cv2.copyMakeBorder(
        image, pad_y, side - height - pad_y, pad_x, side - width - pad_x, cv2.BORDER_CONSTANT
    )
    square = cv2.resize(square, (DETECTOR_SIDE, DETECTOR_SIDE), interpolation=cv2.INTER_AREA)
    with net_lock:
        net = load_net("face_detector.tflite")
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
        boxes.append(Box(float(x), float(y), float(size.max()) * side * CROP_SCALE, angle, float(one)))
    return _strongest(boxes)


def _strongest(boxes: list[Box]) -> list[Box]:
    """Keep the best of each group of overlapping boxes."""
    kept: list[Box] = []
    for box in sorted(boxes, key=lambda b: -b.score):
        if all(_overlap(box, other) < OVERLAP_SAME_FACE for other in kept):
            kept.append(box)
    return kept


def _overlap(a: Box, b: Box) -> float:
    """Intersection over union of two upright squares."""
    across = min(a.x + a.side / 2, b.x + b.side / 2) - max(a.x - a.side / 2, b.x - b.side / 2)
    down = min(a.y + a.side / 2, b.y + b.side / 2) - max(a.y - a.side / 2, b.y - b.side / 2)
    common = max(across, 0.0) * max(down, 0.0)
    return common / (a.side**2 + b.side**2 - common)
