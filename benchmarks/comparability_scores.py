"""Rates of error, areas under curves and simple peers for the comparability benchmark."""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from skincompare.imaging.subject import Subject

__all__ = [
    "area_under_curve",
    "best_threshold",
    "equal_error",
    "histogram_difference",
    "laplacian_log_ratio",
    "markdown",
    "share_above",
]

Floats = Sequence[float] | npt.NDArray[np.float64]


def area_under_curve(low: Floats, high: Floats) -> float:
    """Return how often a value of `high` exceeds one of `low` (ties count half)."""
    low_values, high_values = np.asarray(low)[:, None], np.asarray(high)[None, :]
    return float(np.mean((high_values > low_values) + 0.5 * (high_values == low_values)))


def equal_error(low: Floats, high: Floats) -> tuple[float, float]:
    """Return the rate at which both kinds of error are most nearly equal, and its threshold."""
    low_values, high_values = np.asarray(low), np.asarray(high)
    cuts = np.unique(np.concatenate([low_values, high_values]))
    rates = [(float(np.mean(low_values >= cut)), float(np.mean(high_values < cut))) for cut in cuts]
    best = min(range(len(cuts)), key=lambda one: (abs(rates[one][0] - rates[one][1]), sum(rates[one])))
    return sum(rates[best]) / 2, float(cuts[best])


def best_threshold(low: Floats, high: Floats) -> float:
    """Return the threshold between two groups that makes the fewest errors, in the middle of its gap."""
    values = np.unique(np.concatenate([np.asarray(low), np.asarray(high)]))
    cuts = (values[1:] + values[:-1]) / 2
    wrong = [np.mean(np.asarray(low) > cut) + np.mean(np.asarray(high) <= cut) for cut in cuts]
    return float(np.median(cuts[np.isclose(wrong, min(wrong))]))


def share_above(values: Floats, cut: float) -> float:
    """Return the share of values above a threshold."""
    return float(np.mean(np.asarray(values) > cut))


def laplacian_log_ratio(before: Subject, after: Subject) -> float:
    """Return the peer for blur: ln of the variance of the Laplacian of the face, after over before."""
    first, second = (np.var(cv2.Laplacian(_face_luma(one), cv2.CV_32F)) for one in (before, after))
    return float(np.log(second / first))


def histogram_difference(before: Subject, after: Subject) -> float:
    """Return the peer for light: one minus the correlation of the two faces' histograms of brightness."""
    first, second = (cv2.calcHist([_face_luma(one)], [0], None, [64], [0, 256]) for one in (before, after))
    return 1.0 - float(cv2.compareHist(first, second, cv2.HISTCMP_CORREL))


def _face_luma(subject: Subject) -> npt.NDArray[np.uint8]:
    pixels = subject.photo.pixels
    left, top, right, bottom = (max(0, round(side)) for side in subject.face.box)
    return cv2.cvtColor(np.ascontiguousarray(pixels[top:bottom, left:right]), cv2.COLOR_RGB2GRAY)


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
