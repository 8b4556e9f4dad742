"""Cover the eyes in a picture that leaves the program: pixels are replaced, nothing is laid over.

Covered eyes make a person harder to recognise; they do not make a picture anonymous. Friends know a mouth, and marks of
the skin are a person's own.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from skincompare.errors import EyesNotFoundError
from skincompare.imaging.face import (
    LEFT_EYE_CORNERS,
    LEFT_IRIS,
    RIGHT_EYE_CORNERS,
    RIGHT_IRIS,
    Face,
    find_faces,
)

__all__ = ["COVER", "cover_eyes", "eye_bars", "eye_bars_of_pair"]

FloatArray = npt.NDArray[np.float64]
PixelArray = npt.NDArray[np.uint8]

RIGHT_LIDS = (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246)
LEFT_LIDS = (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466)
"""Mesh points round each eye (the model's)."""
EYE_POINTS = (*RIGHT_LIDS, *LEFT_LIDS, *RIGHT_IRIS, *LEFT_IRIS)
BESIDE, ABOVE = 0.20, 0.09
"""Room beside the outer corners and above and below the lids, over the distance of the outer corners: lashes, and what
the mesh may be off [judgement]."""
LEAST_HALF_HEIGHT = 0.17
"""Half the height of a bar at least, over the same distance: closed eyes have lashes, too [judgement]."""
COVER = (64, 64, 64)
"""Colour of the bar, sRGB."""


def eye_bars(pixels: PixelArray, *, what: str = "the picture") -> tuple[FloatArray, ...]:
    """Return where the eyes of every face in a picture are.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)
        RGB.
    what : str
        What the error calls the picture.

    Returns
    -------
    tuple of ndarray of float64, shape (4, 2)
        Corners of a bar over both eyes, px; one for each face.

    Raises
    ------
    EyesNotFoundError
        When no face is found: then nobody knows where the eyes are.
    """
    faces = find_faces(np.ascontiguousarray(pixels))
    if not faces:
        raise EyesNotFoundError(
            f"No face was found in {what}, so its eyes cannot be masked and it does not leave; "
            "leave it out, or leave out the masking where it shows no eyes."
        )
    return tuple(_bar(face) for face in faces)


def eye_bars_of_pair(before: PixelArray, after: PixelArray) -> tuple[FloatArray, ...]:
    """Return the bars of two aligned pictures of one shape together: where either shows eyes, both are covered.

    Raises
    ------
    EyesNotFoundError
        When either shows no face.
    """
    return (
        *eye_bars(before, what="the before picture"),
        *eye_bars(after, what="the after picture"),
    )


def cover_eyes(
    pixels: PixelArray, bars: Iterable[FloatArray], seen_at: Sequence[int] | None = None
) -> PixelArray:
    """Return a copy of a picture whose pixels under the bars are replaced by one colour.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)
        RGB.
    bars : iterable of ndarray, shape (4, 2)
        From :func:`eye_bars`.
    seen_at : (int, int), optional
        Height and width of the picture that the bars were found in, when it shows the same at another size.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
        Nothing of what was under the bars is left in it.
    """
    height, width = pixels.shape[:2]
    across, down = (1.0, 1.0) if seen_at is None else (width / seen_at[1], height / seen_at[0])
    image = Image.fromarray(np.ascontiguousarray(pixels))
    draw = ImageDraw.Draw(image)
    for bar in bars:
        corners = [((x + 0.5) * across - 0.5, (y + 0.5) * down - 0.5) for x, y in bar.tolist()]
        draw.polygon(corners, fill=COVER)
    return np.asarray(image, np.uint8)


def _bar(face: Face) -> FloatArray:
    """Return the corners of a bar along the line of the eyes."""
    points = face.xy[list(EYE_POINTS)]
    right, left = face.xy[RIGHT_EYE_CORNERS[0]], face.xy[LEFT_EYE_CORNERS[1]]
    middle, span = (right + left) / 2, face.outer_canthi_px
    along = (left - right) / max(float(np.linalg.norm(left - right)), 1e-6)
    across = np.array([-along[1], along[0]])
    reach, height = (points - middle) @ along, (points - middle) @ across
    low, high = reach.min() - BESIDE * span, reach.max() + BESIDE * span
    half = LEAST_HALF_HEIGHT * span
    top = min(height.min() - ABOVE * span, -half)
    bottom = max(height.max() + ABOVE * span, half)
    corners = ((low, top), (high, top), (high, bottom), (low, bottom))
    return np.array([middle + x * along + y * across for x, y in corners])
