"""A map between two frames: exact both ways, and free of folds.

A face that folds onto itself has no inverse, and skin never passes through skin; so a map is smoothed wherever it
would fold.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import map_coordinates
from scipy.spatial import cKDTree

from skincompare.imaging.sampling import (
    FieldArray,
    FloatArray,
    apply_matrix,
    blur,
    motion_field,
    pixel_grid,
    sample,
)

__all__ = ["Warp", "unfolded"]

BACK_STEPS = 40
"""Most Newton steps of the inverse map; it is left as soon as it is exact."""
FLATTEST = 0.02
"""Share of the global change of area below which the field's own slope is not used to invert it."""
LONGEST_STEP_PX = 8.0
"""Longest Newton step of the inverse map, frame px."""
BACK_TOLERANCE_PX = 1e-3
"""When the inverse is exact enough, frame px."""
LEAST_AREA = 0.05
"""Least area of a pixel after the map, over that by the global motion: below it the map is about to fold, and skin seen
so obliquely cannot be measured."""
NODE_STEP = 4
"""Spacing of the nodes between which a mended map is straight, frame px: finer than anything the flow resolves."""
UNFOLD_NODES = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0, 48.0)
"""Scales at which a map is smoothed round its folds, in turn, until none is left, nodes."""
UNFOLD_REACH = 12.0
"""How wide the smoothing reaches round a fold: the share of folded nodes nearby, times this, at most 1."""
SLOPE_REACH = 0.25
"""Distance to either side over which the slope is taken, frame px."""


@dataclass(frozen=True, eq=False)
class Warp:
    """A map from one frame to another.

    Parameters
    ----------
    field : ndarray of float32, shape (height, width, 2)
        Place (x, y) in the second frame of every pixel of the first.
    matrix : ndarray of float64, shape (3, 3)
        Global motion, first frame to second; carries the field's edge on outside it.
    """

    field: FieldArray
    matrix: FloatArray

    def forward(self, xy: FloatArray) -> FloatArray:
        """Map points (N, 2) of the first frame to the second."""
        height, width = self.field.shape[:2]
        nearest = np.clip(xy, 0, (width - 1, height - 1))
        rows_columns = nearest[:, ::-1].T
        found = np.column_stack(
            [map_coordinates(self.field[..., axis], rows_columns, np.float64, order=1) for axis in (0, 1)]
        )
        return found + apply_matrix(self.matrix, xy) - apply_matrix(self.matrix, nearest)

    def back(self, target: FloatArray, *, tolerance: float = BACK_TOLERANCE_PX) -> FloatArray:
        """Map points of the second frame to the first, by Newton's method.

        Parameters
        ----------
        target : ndarray of float64, shape (N, 2)
            Points in the second frame, px.
        tolerance : float
            Length of a step at which a point is exact enough, frame px.

        Returns
        -------
        ndarray of float64, shape (N, 2)
            The same skin in the first frame.
        """
        guess = apply_matrix(np.linalg.inv(self.matrix), target)
        left = np.flatnonzero(np.isfinite(guess).all(axis=1))
        left = self._approach(guess, target, left, LONGEST_STEP_PX, tolerance)
        if len(left):  # far from the global motion, steps may run in circles: begin beside the answer
            guess[left] = self._nearest_nodes(target[left])
            self._approach(guess, target, left, NODE_STEP / 2, tolerance)
        return guess

    def _approach(
        self,
        guess: FloatArray,
        target: FloatArray,
        left: npt.NDArray[np.intp],
        longest: float,
        tolerance: float,
    ) -> npt.NDArray[np.intp]:
        """Improve the guesses numbered `left` in place, and return those that are not exact enough yet."""
        for turn in range(BACK_STEPS):
            if not len(left):
                break
            miss = self.forward(guess[left]) - target[left]
            step = np.linalg.solve(self._slopes(guess[left]), miss[..., None])[..., 0]
            reach = longest * min(1.0, 2 * (1 - turn / BACK_STEPS))
            guess[left] -= np.clip(step, -reach, reach)
            left = left[np.abs(step).max(axis=1) > tolerance]
        return left

    def _nearest_nodes(self, target: FloatArray) -> FloatArray:
        """Return the pixels (N, 2) of the first frame, a few px apart, that are mapped nearest to points."""
        nodes = pixel_grid(self.field.shape[:2])[::NODE_STEP, ::NODE_STEP].reshape(-1, 2)
        images = self.field[::NODE_STEP, ::NODE_STEP].reshape(-1, 2)
        return np.asarray(nodes[cKDTree(images).query(target)[1]], np.float64)

    def _slopes(self, xy: FloatArray) -> FloatArray:
        """Return the derivative of :meth:`forward` at points, shape (N, 2, 2), kept away from singular."""
        right, below = np.array([SLOPE_REACH, 0.0]), np.array([0.0, SLOPE_REACH])
        across = self.forward(xy + right) - self.forward(xy - right)
        down = self.forward(xy + below) - self.forward(xy - below)
        slopes = np.stack([across, down], axis=-1) / (2 * SLOPE_REACH)
        globally = self.matrix[:2, :2] / self.matrix[2, 2]
        flat = ~(np.linalg.det(slopes) > FLATTEST * np.linalg.det(globally))
        slopes[flat] = globally
        return np.asarray(slopes, np.float64)


def unfolded(field: FieldArray, matrix: FloatArray) -> FieldArray:
    """Return a field without folds: straight between nodes a few pixels apart, and smoothed where it would fold.

    Parameters
    ----------
    field : ndarray of float32, shape (height, width, 2)
        Place in the second frame of every pixel of the first.
    matrix : ndarray of float64, shape (3, 3)
        The global motion in it.

    Returns
    -------
    ndarray of float32, shape (height, width, 2)
        The same map, invertible.
    """
    shape = field.shape[:2]
    size = (-(-shape[0] // NODE_STEP) + 1, -(-shape[1] // NODE_STEP) + 1)
    nodes = pixel_grid(size) * np.float32(NODE_STEP)
    globally = motion_field(matrix, size, NODE_STEP)
    inner = np.clip(nodes, 0, np.array((shape[1] - 1, shape[0] - 1), np.float32)).astype(np.intp)
    places = field[inner[..., 1], inner[..., 0]]
    bend = places - apply_matrix(matrix, inner).astype(np.float32)
    for scale in UNFOLD_NODES:
        where = _folds(globally + bend, matrix)
        if not where.any():
            break
        share = np.minimum(1, UNFOLD_REACH * blur(where.astype(np.float32), scale))[..., None]
        bend = bend + share * (blur(bend, scale) - bend)
    return sample(globally + bend, pixel_grid(shape) / np.float32(NODE_STEP))


def _folds(nodes: FieldArray, matrix: FloatArray) -> npt.NDArray[np.bool_]:
    """Return where a map, given at nodes, almost turns a cell over, shape (rows, columns)."""
    across, down = nodes[:, 1:] - nodes[:, :-1], nodes[1:] - nodes[:-1]
    least = LEAST_AREA * NODE_STEP**2 * np.linalg.det(matrix[:2, :2] / matrix[2, 2])
    found = np.zeros(nodes.shape[:2], bool)
    for right in (across[:-1], across[1:]):  # the corners of a bilinear cell
        for below in (down[:, :-1], down[:, 1:]):
            found[:-1, :-1] |= right[..., 0] * below[..., 1] - right[..., 1] * below[..., 0] < least
    return found
