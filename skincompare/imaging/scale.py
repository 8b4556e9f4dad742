"""How many pixels make a millimetre of skin, and how sure that is.

On a face the ruler is the iris: its visible horizontal diameter is nearly the same in all adults. On a close-up it
is a number that the user knows, or a printed ArUco marker of known size. Without any of these the scale stays
unknown, and whatever needs millimetres is not measurable.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from skincompare.errors import OptionError
from skincompare.imaging.face import Face
from skincompare.imaging.iris import iris_width

__all__ = ["UNKNOWN_SCALE", "Scale", "given_scale", "iris_scale", "marker_scale", "shared_scales"]

IRIS_MM, IRIS_SIGMA_MM = 11.7, 0.5
"""Visible horizontal iris diameter of adults and its SD between people, mm (Ruefer et al. 2005,
doi:10.1097/01.ico.0000148312.01805.53)."""
MAX_YAW_DEGREES = 35.0
"""Turn of the head beyond which the iris is foreshortened too much to be a ruler."""
MARKER_REPEAT = 0.01
"""Relative SD of a marker's side: its corners are found to about 0.5 px, and it may lie a little tilted [judgement]."""
ALIGNED_REPEAT = 0.009
"""Relative SD of the ratio of two photos' scales by their alignment (measured on 102 people)."""
GIVEN_SIGMA = 0.02
"""Relative SD assumed for a scale that the user states [judgement]."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Ground sampling of a photo.

    Parameters
    ----------
    px_per_mm : float
        Pixels in a millimetre on the skin; NaN when unknown.
    sigma : float
        One standard deviation of `px_per_mm`, all sources included; NaN when unknown.
    repeat_sigma : float
        The part of `sigma` that differs from photo to photo of one person (what does not cancel in a change).
    source : str
        Where it comes from: ``"iris"``, ``"marker"``, ``"given"``, ``"unknown"``.
    """

    px_per_mm: float
    sigma: float
    repeat_sigma: float
    source: str

    def __post_init__(self) -> None:
        if self.px_per_mm <= 0 or math.isinf(self.px_per_mm):
            raise OptionError(f"Pixels in a millimetre are a positive number, not {self.px_per_mm}.")

    @property
    def is_known(self) -> bool:
        """Whether anything in millimetres can be stated."""
        return not math.isnan(self.px_per_mm)


UNKNOWN_SCALE = Scale(math.nan, math.nan, math.nan, "unknown")
"""The scale of a close-up without any ruler."""


def given_scale(px_per_mm: float) -> Scale:
    """Return the scale that a user states.

    Parameters
    ----------
    px_per_mm : float
        Pixels in a millimetre of the photo, positive.

    Returns
    -------
    Scale
        With :data:`GIVEN_SIGMA`.

    Raises
    ------
    OptionError
        When the number is not positive and finite.
    """
    if not (math.isfinite(px_per_mm) and px_per_mm > 0):
        raise OptionError(f"Pixels in a millimetre are a positive number, not {px_per_mm}.")
    return Scale(px_per_mm, GIVEN_SIGMA * px_per_mm, GIVEN_SIGMA * px_per_mm, "given")


def iris_scale(pixels: npt.NDArray[np.uint8], face: Face | None) -> Scale:
    """Return the scale by the iris, the mean of both eyes.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)
        The photo, RGB.
    face : Face or None
        The mesh; None or a face turned away too far gives an unknown scale.

    Returns
    -------
    Scale
        In photo pixels, at the depth of the eyes.
    """
    if face is None or abs(face.yaw_degrees) > MAX_YAW_DEGREES:
        return UNKNOWN_SCALE
    iris = iris_width(pixels, face)
    if iris.px <= 0:
        return UNKNOWN_SCALE
    px_per_mm = iris.px / IRIS_MM
    relative = math.hypot(IRIS_SIGMA_MM / IRIS_MM, iris.repeat)
    return Scale(px_per_mm, relative * px_per_mm, iris.repeat * px_per_mm, "iris")


def marker_scale(pixels: npt.NDArray[np.uint8], side_mm: float) -> Scale:
    """Return the scale by an ArUco marker (4 x 4, 5 x 5 or 6 x 6 cells) lying on the skin.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)
        The photo, RGB.
    side_mm : float
        Side of the marker's black square, mm.

    Returns
    -------
    Scale
        Unknown when no marker is seen. With several, the largest counts.

    Raises
    ------
    OptionError
        When the side is not positive and finite.
    """
    if not (math.isfinite(side_mm) and side_mm > 0):
        raise OptionError(f"The side of a marker is a positive number of millimetres, not {side_mm}.")
    gray = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    options = cv2.aruco.DetectorParameters()
    options.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    sides = [0.0]
    for dictionary in (cv2.aruco.DICT_4X4_50, cv2.aruco.DICT_5X5_50, cv2.aruco.DICT_6X6_50):
        detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(dictionary), options)
        for corners in detector.detectMarkers(gray)[0]:
            square = corners.reshape(4, 2).astype(np.float64)
            sides.append(float(np.linalg.norm(square - np.roll(square, 1, axis=0), axis=1).mean()))
    if max(sides) == 0:
        return UNKNOWN_SCALE
    px_per_mm = max(sides) / side_mm
    relative = math.hypot(MARKER_REPEAT, 0.5 / max(sides))
    return Scale(px_per_mm, relative * px_per_mm, relative * px_per_mm, "marker")


def shared_scales(before: Scale, after: Scale, magnification: float) -> tuple[Scale, Scale]:
    """Make the scales of a pair agree: the ruler sets the absolute scale, the alignment the ratio.

    Parameters
    ----------
    before, after : Scale
        Each photo's own; either may be unknown.
    magnification : float
        Size of the skin in the after photo over that in the before photo, by the alignment.

    Returns
    -------
    tuple of Scale
        Both unknown, or both known.
    """
    known = [
        (scale.px_per_mm / size, scale.sigma / size, scale.source)
        for scale, size in ((before, 1.0), (after, magnification))
        if scale.is_known
    ]
    if not known:
        return UNKNOWN_SCALE, UNKNOWN_SCALE
    sharpest = min(sigma / value for value, sigma, _ in known)
    used = [(value, sigma, source) for value, sigma, source in known if sigma / value <= 1.5 * sharpest]
    value = float(np.mean([one[0] for one in used]))
    relative = min(sigma / own for own, sigma, _ in used)
    repeat = min(ALIGNED_REPEAT, relative)
    first = Scale(value, relative * value, repeat * value, used[0][2])
    size = value * magnification
    return first, Scale(size, math.hypot(relative, repeat) * size, repeat * size, used[0][2])
