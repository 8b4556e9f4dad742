"""Places beside the treated skin that tell something of the light when the whole face was treated.

Ears, the white of the eyes, hair and a plain wall. Each is found in each photo by the face mesh and its own brightness,
measured as it is, and weighed by how far such places are wrong by themselves: together they serve, none alone.
"""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

import cv2
import numpy as np
import numpy.typing as npt

from skincompare.imaging.colour import ei_pair, luminance
from skincompare.imaging.face import LEFT_IRIS, RIGHT_IRIS
from skincompare.imaging.references import Reference, ReferenceKind
from skincompare.imaging.sampling import blur
from skincompare.imaging.skin_mask import CLIPPED_SHARE, EYES, TONE_RINGS, draw_rings
from skincompare.imaging.subject import Subject

__all__ = ["BYSTANDER_SD", "measure_bystanders"]

BoolImage = npt.NDArray[np.bool_]

BYSTANDER_SD: Mapping[str, float] = MappingProxyType(
    {"sclera": 2.1, "hair": 2.3, "background": 2.5, "ears": 3.0}
)
"""SD of the difference between what such a place shows and the light on the skin, EI (measured on 102 people)."""
SISTER_SD = 1.2
"""SD of v over that of u for what is no skin [judgement; in eight pairs under one light it was 0.75, 32 places]."""
MIN_PIXELS = 60
"""Fewest frame pixels of a usable place."""
IRIS_MARGIN = 1.2
"""Radius that is cut out round the iris, over its own."""
SCLERA_RANKS = (0.35, 0.95)
"""Ranks by brightness of the white of the eye inside its outline: lashes and lids lie below, glints above."""
HAIR_DARKNESS = 0.45
"""Light of hair over that of the face's skin, at most; brighter hair is not told from skin by brightness."""
HAIR_ABOVE, HAIR_BESIDE = 0.22, 0.12
"""How far above and beside the mesh hair is looked for, as shares of the height and width of the face."""
EAR_REACH = (0.02, 0.12)
"""How far beside the edge of the mesh an ear lies, as shares of the width of the face."""
EAR_COLOUR, EAR_LIGHT = 12.0, 0.5
"""Most by which an ear differs from the face in u (EI), and least of its light over that of the face."""
BACKGROUND_AWAY = (0.19, 0.26)
"""How far beside and above the mesh the background begins, as shares of the width and height of the face."""
BACKGROUND_SPREAD = 3.0
"""Largest spread of u over a plain background, EI (interquartile range)."""
BACKGROUND_LIGHT = 0.03
"""Least linear light of a background whose colour can be told."""
SMOOTH_PX = 1.5
"""Scale over which hair and wall are averaged before their colour is taken, frame px."""

_EAR_EDGES = ((127, 234, 93, 132), (356, 454, 323, 361))
"""Mesh points of the right and left edge of the face at the height of the ears."""
_FOREHEAD_TOP, _CHIN = 10, 152


def measure_bystanders(before: Subject, after: Subject) -> tuple[Reference, ...]:
    """Measure what ears, eyes, hair and wall show between two photos of a face.

    Parameters
    ----------
    before, after : Subject
        Prepared photos, the after photo freed from its tone curve.

    Returns
    -------
    tuple of Reference
        Those that both photos show well enough, of kind ``BYSTANDER``; empty on close-ups.
    """
    if before.face is None or after.face is None:
        return ()
    views = _View(before), _View(after)
    found = []
    for name, places in _PLACES.items():
        first, second = (_median_pair(view, places(view)) for view in views)
        if first is None or second is None:
            continue
        (level, spread, _), (other, other_spread, colour) = first, second
        own = BYSTANDER_SD[name]
        error = math.hypot(spread, other_spread)
        found.append(
            Reference(
                name,
                other[0] - level[0],
                other[1] - level[1],
                math.hypot(error, own),
                math.hypot(error, SISTER_SD * own),
                math.nan,
                level,
                colour,
                kind=ReferenceKind.BYSTANDER,
            )
        )
    return tuple(found)


class _View:
    """One photo's frame, with what all places share."""

    def __init__(self, subject: Subject) -> None:
        face = subject.face
        assert face is not None
        self.frame = subject.frame
        self.points = subject.frame.from_photo(face.xy)
        self.light = luminance(self.frame.linear)
        self.usable: BoolImage = self.frame.clipped <= CLIPPED_SHARE
        self.tone = draw_rings(self.points, TONE_RINGS, self.frame.shape) & subject.skin
        low, high = self.points.min(axis=0), self.points.max(axis=0)
        self.width, self.height = (float(side) for side in high - low)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the frame."""
        return self.frame.shape

    @property
    def skin_light(self) -> float:
        """Median light of the face's skin; NaN where none counts."""
        return float(np.median(self.light[self.tone])) if self.tone.any() else math.nan

    def hull(self, grow: tuple[float, float] = (0.0, 0.0)) -> BoolImage:
        """Return the face inside its mesh, grown by shares of its width and height."""
        middle = self.points.mean(axis=0)
        factor = 1 + 2 * np.array(grow)
        outline = cv2.convexHull(np.round(middle + (self.points - middle) * factor).astype(np.int32))
        drawn = np.zeros(self.shape, np.uint8)
        cv2.fillConvexPoly(drawn, outline, 1)
        return drawn > 0


def _sclera(view: _View) -> BoolImage:
    """Return the whites of both eyes: inside the lids, off the iris, neither lash nor glint."""
    inside = draw_rings(view.points, EYES, view.shape).astype(np.uint8)
    inside = np.asarray(cv2.erode(inside, np.ones((3, 3), np.uint8)), np.uint8)
    for iris in (RIGHT_IRIS, LEFT_IRIS):
        ring = view.points[list(iris)]
        radius = IRIS_MARGIN * float(np.linalg.norm(ring - ring.mean(axis=0), axis=1).mean())
        cv2.circle(inside, np.round(ring.mean(axis=0)).astype(int).tolist(), math.ceil(radius), 0, -1)
    return _ranked(view, inside > 0)


def _ranked(view: _View, where: BoolImage) -> BoolImage:
    """Keep the middle ranks by brightness."""
    if np.count_nonzero(where) < MIN_PIXELS:
        return where
    low, high = np.quantile(view.light[where], SCLERA_RANKS)
    return np.asarray(where & (view.light >= low) & (view.light <= high))


def _hair(view: _View) -> BoolImage:
    """Return dark places above and beside the face."""
    dark = blur(view.light, SMOOTH_PX) < HAIR_DARKNESS * view.skin_light
    near = view.hull((HAIR_BESIDE, HAIR_ABOVE)) & ~view.hull((0.01, 0.01))
    rows = np.arange(view.shape[0])[:, None] < view.points[_CHIN, 1] - view.height / 3
    return np.asarray(near & dark & rows)


def _ears(view: _View) -> BoolImage:
    """Return what has the colour of the face beside it at the height of the ears."""
    drawn = np.zeros(view.shape, np.uint8)
    across = view.points[_EAR_EDGES[1][1]] - view.points[_EAR_EDGES[0][1]]
    for edge, way in zip(_EAR_EDGES, (-1, 1), strict=True):
        line = view.points[list(edge)]
        box = np.concatenate([line + way * EAR_REACH[0] * across, line[::-1] + way * EAR_REACH[1] * across])
        cv2.fillPoly(drawn, [np.round(box).astype(np.int32)], 1)
    where = drawn > 0
    if not where.any() or not view.tone.any():
        return where
    u = np.zeros(view.shape, np.float32)
    u[where] = ei_pair(view.frame.linear[where])[0]
    skin = float(np.median(ei_pair(view.frame.linear[view.tone])[0]))
    return np.asarray(where & (np.abs(u - skin) < EAR_COLOUR) & (view.light > EAR_LIGHT * view.skin_light))


def _background(view: _View) -> BoolImage:
    """Return what lies beside the head above the eyes, is no dark hair, and is plain; else nothing."""
    above = np.arange(view.shape[0])[:, None] < view.points[list(EYES[0] + EYES[1]), 1].mean()
    bright = view.light > max(BACKGROUND_LIGHT, HAIR_DARKNESS * view.skin_light)
    where = np.asarray(~view.hull(BACKGROUND_AWAY) & above & bright & view.usable)
    if np.count_nonzero(where) < MIN_PIXELS:
        return where
    u = ei_pair(view.frame.linear[where])[0]
    plain = float(np.subtract(*np.quantile(u, (0.75, 0.25)))) < BACKGROUND_SPREAD
    return where if plain else np.zeros_like(where)


_PLACES: Mapping[str, Callable[[_View], BoolImage]] = MappingProxyType(
    {"sclera": _sclera, "hair": _hair, "background": _background, "ears": _ears}
)


def _median_pair(
    view: _View, where: BoolImage
) -> tuple[tuple[float, float], float, tuple[float, float, float]] | None:
    """Return the median (u, v) of a place, its error and its colour; None where too little counts."""
    counted = where & view.usable
    n = np.count_nonzero(counted)
    if n < MIN_PIXELS:
        return None
    linear = view.frame.linear[counted]
    u, v = ei_pair(linear)
    colour = np.median(linear, axis=0)
    error = float(np.subtract(*np.quantile(u, (0.75, 0.25)))) / 1.349 / math.sqrt(n)
    return (
        (float(np.median(u)), float(np.median(v))),
        error,
        (float(colour[0]), float(colour[1]), float(colour[2])),
    )
