"""A photo made ready for comparison: its face, its frame, its bare skin, its scale. Made once, used in every pair."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from skincompare.imaging.face import Face, find_faces
from skincompare.imaging.frame import Frame, cut_frame
from skincompare.imaging.scale import Scale, given_scale, iris_scale, marker_scale
from skincompare.imaging.skin_mask import skin_mask
from skincompare.photo import Photo

__all__ = ["Subject", "prepare"]


@dataclass(frozen=True, eq=False)
class Subject:
    """A prepared photo.

    Parameters
    ----------
    photo : Photo
        The photo itself.
    face : Face or None
        The largest face; None on a close-up.
    frame : Frame
        The cut that alignment and colour use.
    skin : ndarray of bool, shape (height, width)
        Which pixels of the frame are bare skin.
    scale : Scale
        Pixels in a millimetre of the photo.
    """

    photo: Photo
    face: Face | None
    frame: Frame
    skin: npt.NDArray[np.bool_]
    scale: Scale


def prepare(photo: Photo, *, px_per_mm: float | None = None, marker_mm: float | None = None) -> Subject:
    """Find face, frame, skin and scale of a photo.

    Parameters
    ----------
    photo : Photo
        Any photo.
    px_per_mm : float, optional
        Its scale, when the user knows it; goes before any other source.
    marker_mm : float, optional
        Side of an ArUco marker that lies in the picture, mm.

    Returns
    -------
    Subject
        Ready for alignment and measurement.
    """
    faces = find_faces(photo.pixels)
    face = faces[0] if faces else None
    frame = cut_frame(photo, face)
    if px_per_mm is not None:
        scale = given_scale(px_per_mm)
    elif marker_mm is not None:
        scale = marker_scale(photo.pixels, marker_mm)
    else:
        scale = iris_scale(photo.pixels, face)
    return Subject(photo, face, frame, skin_mask(frame, face), scale)
