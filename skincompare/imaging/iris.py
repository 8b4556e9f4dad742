"""The width of the iris by its edge, the limbus: where iris turns into white of the eye, left and right of the pupil.

The mesh draws every iris pulled toward an average face. Its circle is only where the search begins: rays from its
centre to both sides, clear of the lids, are read in the red channel (the iris is dark there, veins are pale), and the
circle that the brightness steps up across most is fitted to the steps of its rays.

After Daugman 1993, High confidence visual recognition of persons, doi:10.1109/34.244676.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares

from skincompare.imaging.colour import linear_from_srgb
from skincompare.imaging.face import LEFT_IRIS, RIGHT_IRIS, Face
from skincompare.imaging.sampling import FloatArray, blur, sample

__all__ = ["IrisWidth", "iris_width"]

PixelArray = npt.NDArray[np.uint8]

MESH_IRIS_BIAS = 1.03
"""The mesh draws the iris wider than its edge by this factor (measured on 102 people)."""
MESH_REPEAT = 0.013
"""Relative SD of the mesh iris between two photos of one person (measured on 102 people)."""
LIMBUS_REPEAT = 0.0105
"""Relative SD of the refined iris between two photos of one person (measured on 102 people)."""
SIDE_DEGREES, RAYS = 40.0, 41
"""Half width of the side arcs, and rays in each: above and below lie the lids [judgement]."""
REACH, STEP = (0.72, 1.30), 0.01
"""Radii that are read, and their step, over the radius by the mesh [judgement]."""
SOFTENING = 0.05
"""SD of the smoothing of the eye before its slopes are read, over the radius by the mesh [judgement]."""
OFFSET, OFFSET_STEP = 0.24, 0.04
"""How far the search shifts the circle, and its step, over the radius by the mesh [judgement]."""
NEAR = 0.08
"""How far from the best circle the step of a ray may lie, over the radius by the mesh [judgement]."""
LOOSE = 0.02
"""Residual from which a ray's step is weighed down, over the radius by the mesh [judgement]."""
MIN_RADIUS_PX = 5.0
"""Radius below which an iris has too few pixels for its edge, photo px [judgement]."""
MAX_SCATTER = 0.06
"""Largest scatter (1.4826 times the median of the sizes) of the rays round the fitted circle, over its radius
[judgement]."""
MAX_DIFFERENCE = 0.08
"""Largest difference (natural log) of the two eyes' widths, beyond which one of them is wrong [judgement]."""


@dataclass(frozen=True, slots=True)
class IrisWidth:
    """The horizontal visible diameter of a person's irises in a photo, as seen from the front.

    Parameters
    ----------
    px : float
        Mean of both eyes, px; NaN when there is none.
    repeat : float
        Relative SD between two photos of one person.
    is_refined : bool
        Whether it is measured at the edge; else it is the mesh's.
    """

    px: float
    repeat: float
    is_refined: bool


def iris_width(pixels: PixelArray, face: Face) -> IrisWidth:
    """Measure the width of the irises.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)
        The photo, RGB.
    face : Face
        Its mesh.

    Returns
    -------
    IrisWidth
        By the edge where an eye shows it (where both do, they must agree); else by the mesh.
    """
    turned = math.cos(math.radians(face.yaw_degrees))
    meshed = [_MeshIris.of(face, ring) for ring in (RIGHT_IRIS, LEFT_IRIS)]
    refined = [2 * _limbus_radius(pixels, one) for one in meshed]
    seen = [width for width in refined if not math.isnan(width)]
    if seen and math.log(max(seen) / min(seen)) <= MAX_DIFFERENCE:
        return IrisWidth(float(np.mean(seen)) / turned, LIMBUS_REPEAT, True)
    width = float(np.mean([2 * one.radius for one in meshed])) / MESH_IRIS_BIAS / turned
    return IrisWidth(width, MESH_REPEAT, False)


@dataclass(frozen=True, eq=False)
class _MeshIris:
    """An iris as the mesh draws it: centre, radius, and the direction from its right to its left, px."""

    centre: FloatArray
    radius: float
    across: FloatArray

    @classmethod
    def of(cls, face: Face, ring: tuple[int, ...]) -> "_MeshIris":
        span = face.xy[ring[0]] - face.xy[ring[2]]
        width = float(np.linalg.norm(span))
        roll = math.radians(face.roll_degrees)
        return cls(face.xy[list(ring)].mean(axis=0), width / 2, np.array([math.cos(roll), math.sin(roll)]))


def _limbus_radius(pixels: PixelArray, iris: _MeshIris) -> float:
    """Return the radius of an iris by its edge, px; NaN when the edge is not to be had."""
    if iris.radius < MIN_RADIUS_PX:
        return math.nan
    reach = math.ceil((REACH[1] + OFFSET + 3 * SOFTENING) * iris.radius) + 1
    corner = np.floor(iris.centre).astype(int) - reach
    rows, columns = (slice(corner[axis], corner[axis] + 2 * reach + 1) for axis in (1, 0))
    height, width = pixels.shape[:2]
    if rows.start < 0 or columns.start < 0 or rows.stop > height or columns.stop > width:
        return math.nan
    red = linear_from_srgb(np.ascontiguousarray(pixels[rows, columns]))[..., 0]
    light = blur(np.sqrt(red), SOFTENING * iris.radius)
    return _fitted_radius(light, iris.centre - corner, iris)


def _fitted_radius(light: npt.NDArray[np.float32], centre: FloatArray, iris: _MeshIris) -> float:
    """Search the circle across which the light steps up most, then fit it to the steps of its rays."""
    half = math.radians(SIDE_DEGREES)
    side = np.linspace(-half, half, RAYS)
    angles = np.concatenate([side, side + math.pi])
    down = np.array([-iris.across[1], iris.across[0]])
    rays = np.cos(angles)[:, None] * iris.across + np.sin(angles)[:, None] * down
    radii = np.arange(REACH[0], REACH[1] + STEP / 2, STEP)
    shifts = np.arange(-OFFSET, OFFSET + OFFSET_STEP / 2, OFFSET_STEP)
    best, found = -math.inf, (centre, 1.0)
    for dx in shifts:
        for dy in shifts[np.abs(shifts) <= OFFSET / 2]:
            middle = centre + iris.radius * (dx * iris.across + dy * down)
            slope = _slopes(light, middle, rays, radii * iris.radius)
            # Both sides must step up: the weaker one counts, so that a lid or lash on one side does not rule.
            score = np.minimum(np.median(slope[:RAYS], axis=0), np.median(slope[RAYS:], axis=0))
            top = int(np.argmax(score))
            if score[top] > best:
                best, found = float(score[top]), (middle, float(radii[1:-1][top]))
    middle, ratio = found
    slope = _slopes(light, middle, rays, radii * iris.radius)
    inner = np.abs(radii[1:-1] - ratio) <= NEAR
    edge = _peaks(radii[1:-1][inner] * iris.radius, slope[:, inner])
    points = middle + edge[:, None] * rays
    known = ~np.isnan(edge)
    if np.count_nonzero(known[:RAYS]) < RAYS / 2 or np.count_nonzero(known[RAYS:]) < RAYS / 2:
        return math.nan
    circle = _circle(points[known], (*middle, ratio * iris.radius), LOOSE * iris.radius)
    rest = np.linalg.norm(points[known] - circle[:2], axis=1) - circle[2]
    scatter = 1.4826 * float(np.median(np.abs(rest)))
    return float(circle[2]) if scatter <= MAX_SCATTER * iris.radius else math.nan


def _slopes(
    light: npt.NDArray[np.float32], middle: FloatArray, rays: FloatArray, radii: FloatArray
) -> FloatArray:
    """Return the slope of the light outward along every ray, per px, at all but the first and last radius."""
    places = middle + radii[None, :, None] * rays[:, None, :]
    values = sample(light, places.astype(np.float32)).astype(np.float64)
    return np.asarray((values[:, 2:] - values[:, :-2]) / (radii[2:] - radii[:-2]))


def _peaks(radii: FloatArray, slopes: FloatArray) -> FloatArray:
    """Return the radius of the steepest rise on every ray, between samples; NaN where it lies at an end."""
    top = np.argmax(slopes, axis=1)
    within = (top > 0) & (top < len(radii) - 1) & (slopes.max(axis=1) > 0)
    kept = np.clip(top, 1, len(radii) - 2)
    rows = np.arange(len(slopes))
    left, middle, right = (slopes[rows, kept + shift] for shift in (-1, 0, 1))
    bend = np.minimum(left - 2 * middle + right, -np.finfo(np.float64).tiny)
    found = radii[kept] + (radii[1] - radii[0]) * np.clip((left - right) / (2 * bend), -1, 1)
    return np.where(within, found, np.nan)


def _circle(points: FloatArray, first: tuple[float, float, float], loose: float) -> FloatArray:
    """Fit a circle (x, y, radius) to points, weighing down those far off."""

    def miss(circle: FloatArray) -> FloatArray:
        return np.asarray(np.linalg.norm(points - circle[:2], axis=1) - circle[2])

    return np.asarray(least_squares(miss, np.array(first), loss="soft_l1", f_scale=loose).x)
