"""Pictures of the alignment benchmark's pairs: the two photos side by side, and every point coloured by its miss."""

from pathlib import Path

import cv2
import numpy as np
from alignment_scores import FloatArray, Outcome, Pair, PixelArray

from skincompare.synthetic.camera import encode_jpeg

__all__ = ["save_pair", "save_side_by_side"]

LONGEST_PX = 700
"""Longer side of each photo in a picture."""
WORST_SHOWN = 5.0
"""Miss, in multiples of the pair's median, from which a point has the last colour."""


def save_pair(pair: Pair, outcome: Outcome, folder: Path) -> None:
    """Write a pair, its points on the before photo coloured by our miss from dark (none) to yellow."""
    before = np.array(pair.before.pixels)
    if outcome.points is not None and outcome.errors is not None:
        radius = max(2, round(max(before.shape) / 350))
        for (x, y), colour in zip(
            np.round(outcome.points).astype(int), _colours(outcome.errors), strict=True
        ):
            cv2.circle(before, (int(x), int(y)), radius, tuple(map(int, colour)), -1)
    save_side_by_side(pair.name, before, pair.after.pixels, folder)


def save_side_by_side(name: str, before: PixelArray, after: PixelArray, folder: Path) -> None:
    """Write two photos in one picture."""
    folder.mkdir(parents=True, exist_ok=True)
    halves = [_fitted(pixels) for pixels in (before, after)]
    height = max(half.shape[0] for half in halves)
    padded = [np.pad(half, ((0, height - half.shape[0]), (0, 0), (0, 0))) for half in halves]
    plain = "".join(letter if letter.isalnum() else "_" for letter in name)
    (folder / f"{plain}.jpg").write_bytes(encode_jpeg(np.ascontiguousarray(np.hstack(padded)), quality=88))


def _fitted(pixels: PixelArray) -> PixelArray:
    factor = LONGEST_PX / max(pixels.shape[:2])
    return np.asarray(cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)


def _colours(errors: FloatArray) -> PixelArray:
    share = errors / max(WORST_SHOWN * float(np.median(errors)), 1e-9)
    codes = np.clip(255 * share, 0, 255).astype(np.uint8)[:, None]
    return np.asarray(
        cv2.cvtColor(cv2.applyColorMap(codes, cv2.COLORMAP_INFERNO), cv2.COLOR_BGR2RGB)[:, 0], np.uint8
    )
