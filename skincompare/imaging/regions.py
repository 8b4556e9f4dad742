"""Named regions of skin, as outlines in the before photo.

On a face an outline is a ring of mesh points, so it lies on the same skin whatever the pose. Left and right
are the patient's own. Without a face the regions are drawn by the user (a JSON file of polygons) or are the
whole picture. What lies inside an outline but is not skin (eyes, lips, brows, hair, glare) is masked out later,
in :mod:`skincompare.imaging.skin_mask`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from skincompare.errors import RegionFileError
from skincompare.imaging.face import Face

__all__ = [
    "FACE_REGIONS",
    "REGION_GROUPS",
    "WHOLE_SKIN",
    "Region",
    "face_regions",
    "load_regions",
    "neck_outline",
    "whole_skin",
]

FloatArray = npt.NDArray[np.float64]

WHOLE_SKIN = "whole_skin"
"""Name of the region that is the whole picture of a close-up."""
MIN_REGION_PX = 8
"""Smallest width or height of a region, px; anything smaller holds no measurable skin."""

_FOREHEAD = (68, 103, 67, 109, 10, 338, 297, 332, 298, 334, 296, 336, 107, 66, 105)
_GLABELLA = (107, 336, 285, 417, 193, 55)
_NOSE = (
    193,
    417,
    351,
    419,
    399,
    456,
    420,
    429,
    279,
    294,
    327,
    326,
    2,
    97,
    98,
    64,
    49,
    209,
    198,
    236,
    174,
    196,
    122,
)
_UPPER_LIP = (98, 97, 2, 326, 327, 391, 322, 409, 270, 269, 267, 0, 37, 39, 40, 185, 92, 165)
_CHIN = (182, 83, 18, 313, 406, 418, 262, 369, 396, 175, 171, 140, 32, 194)
_RIGHT = MappingProxyType(
    {
        "temple": (68, 54, 21, 162, 127, 143, 156, 70),
        "crows_feet": (156, 124, 113, 226, 31, 111, 143),
        "under_eye": (31, 110, 24, 23, 22, 26, 232, 121, 120, 119, 118, 117, 111),
        "cheek": (116, 117, 118, 119, 100, 142, 203, 206, 216, 207, 187, 147, 123),
        "nasolabial": (129, 203, 206, 216, 212, 57, 186, 92, 165, 98, 64),
    }
)
_LEFT = MappingProxyType(
    {
        "temple": (298, 284, 251, 389, 356, 372, 383, 300),
        "crows_feet": (383, 353, 342, 446, 261, 340, 372),
        "under_eye": (261, 339, 254, 253, 252, 256, 452, 350, 349, 348, 347, 346, 340),
        "cheek": (345, 346, 347, 348, 329, 371, 423, 426, 436, 427, 411, 376, 352),
        "nasolabial": (358, 423, 426, 436, 432, 287, 410, 322, 391, 327, 294),
    }
)
FACE_REGIONS: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        "forehead": _FOREHEAD,
        "glabella": _GLABELLA,
        "nose": _NOSE,
        **{
            f"{side}_{name}": ring
            for side, rings in (("left", _LEFT), ("right", _RIGHT))
            for name, ring in rings.items()
        },
        "upper_lip": _UPPER_LIP,
        "chin": _CHIN,
    }
)
"""Mesh points round each region, by name. The neck lies outside the mesh: see :func:`face_regions`."""

REGION_GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **{
            plural: (f"left_{one}", f"right_{one}")
            for plural, one in (
                ("cheeks", "cheek"),
                ("temples", "temple"),
                ("crows_feet", "crows_feet"),
                ("under_eyes", "under_eye"),
                ("nasolabial", "nasolabial"),
            )
        },
        "face": tuple(FACE_REGIONS),
        "whole_face": tuple(FACE_REGIONS),
    }
)
"""Words for several regions of a face at once."""

_JAW_RIGHT, _JAW_LEFT, _CHIN_TIP, _HAIRLINE = 150, 379, 152, 10
_NECK_TOP, _NECK_BOTTOM = 0.10, 0.34
"""The neck begins and ends below the chin tip at these shares of the height of the face."""
_NECK_INSET = 0.16
"""The neck's outline stays inside the jaw's width by this share on each side."""


@dataclass(frozen=True, eq=False)
class Region:
    """A named piece of skin.

    Parameters
    ----------
    name : str
        Lower case with underscores, for example ``"left_cheek"``.
    outline : ndarray of float64, shape (N, 2)
        Polygon in the before photo, px; pixel centres are integers.
    """

    name: str
    outline: FloatArray

    @property
    def label(self) -> str:
        """The name as a person reads it."""
        return region_label(self.name)


def region_label(name: str) -> str:
    """Return a region's name as a person reads it: ``left crow's feet``."""
    words = name.replace("_", " ")
    return words.replace("crows feet", "crow's feet").replace("nasolabial", "nasolabial fold")


def face_regions(face: Face, size: tuple[int, int]) -> tuple[Region, ...]:
    """Return the regions of a face.

    Parameters
    ----------
    face : Face
        Mesh in the before photo.
    size : tuple of int
        Width and height of the photo, px; regions that lie outside by more than half are left out.

    Returns
    -------
    tuple of Region
        In the order of :data:`FACE_REGIONS`, then ``neck`` when the picture reaches that far down. Whether
        there is bare skin inside is for the skin mask to find out.
    """
    outlines = {name: face.xy[list(ring)] for name, ring in FACE_REGIONS.items()}
    outlines["neck"] = neck_outline(face)
    limits = np.array(size, dtype=np.float64)
    kept = []
    for name, outline in outlines.items():
        inside = np.mean(np.all((outline >= 0) & (outline <= limits - 1), axis=1))
        if inside >= 0.5:
            kept.append(Region(name, np.clip(outline, 0, limits - 1)))
    return tuple(kept)


def neck_outline(face: Face) -> FloatArray:
    """Return the outline of the front of the neck: a box that hangs from the jaw, shape (4, 2)."""
    right, left = face.xy[_JAW_RIGHT], face.xy[_JAW_LEFT]
    down = face.xy[_CHIN_TIP] - face.xy[_HAIRLINE]
    across = left - right
    tip = face.xy[_CHIN_TIP]
    middle = right + across * float((tip - right) @ across / (across @ across))
    half = across * (0.5 - _NECK_INSET)
    start = middle + down * float((tip - middle) @ down / (down @ down))
    return np.array(
        [
            start + down * _NECK_TOP - half,
            start + down * _NECK_TOP + half,
            start + down * _NECK_BOTTOM + half,
            start + down * _NECK_BOTTOM - half,
        ]
    )


def whole_skin(size: tuple[int, int]) -> Region:
    """Return the region that is the whole picture, for a close-up without drawn regions.

    Parameters
    ----------
    size : tuple of int
        Width and height of the photo, px.

    Returns
    -------
    Region
        Named :data:`WHOLE_SKIN`.
    """
    width, height = size
    corners = [(0, 0), (width - 1, 0), (width - 1, height - 1), (0, height - 1)]
    return Region(WHOLE_SKIN, np.array(corners, dtype=np.float64))


def load_regions(path: str | PathLike[str], size: tuple[int, int]) -> tuple[Region, ...]:
    """Read drawn regions: ``{"regions": [{"name": "scar_1", "polygon": [[x, y], ...]}, ...]}``.

    Parameters
    ----------
    path : path
        A JSON file; coordinates are pixels of the upright before photo.
    size : tuple of int
        Width and height of that photo, px.

    Returns
    -------
    tuple of Region
        In the order of the file.

    Raises
    ------
    RegionFileError
        With one sentence that says what is wrong and how it should look.
    """
    shape = 'expected {"regions": [{"name": "scar_1", "polygon": [[x, y], [x, y], [x, y]]}]}'
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise RegionFileError(f"The region file {path} cannot be read: {error.strerror}.") from error
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RegionFileError(f"The region file {path} is not JSON ({error}); {shape}.") from error
    entries = content.get("regions") if isinstance(content, dict) else None
    if not isinstance(entries, list) or not entries:
        raise RegionFileError(f"The region file {path} names no regions; {shape}.")
    regions = tuple(_region(entry, path, shape, size) for entry in entries)
    names = [region.name for region in regions]
    if len(set(names)) < len(names):
        raise RegionFileError(f"The region file {path} names a region twice; give each its own name.")
    return regions


def _region(entry: object, path: str | PathLike[str], shape: str, size: tuple[int, int]) -> Region:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str) or not entry["name"].strip():
        raise RegionFileError(f"A region in {path} has no name; {shape}.")
    name = "_".join(entry["name"].lower().split())
    try:
        outline = np.asarray(entry.get("polygon"), dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise RegionFileError(
            f"The polygon of {name!r} in {path} is not a list of points; {shape}."
        ) from error
    if outline.ndim != 2 or outline.shape[1] != 2 or len(outline) < 3 or not np.isfinite(outline).all():
        raise RegionFileError(f"The polygon of {name!r} in {path} needs at least three points [x, y].")
    limits = np.array(size, dtype=np.float64) - 1
    clipped = np.clip(outline, 0, limits)
    if np.ptp(clipped, axis=0).min() < MIN_REGION_PX:
        raise RegionFileError(
            f"The region {name!r} in {path} covers less than {MIN_REGION_PX} pixels of the before photo "
            f"({size[0]} x {size[1]}); draw it in that photo's pixels."
        )
    return Region(name, clipped)
