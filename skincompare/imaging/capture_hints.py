"""What to change before the next photo is taken: a small frame of the camera against how the baseline shows the head.

The limits are those from which a pair of photos is flagged, so that a photo taken without a hint is one that can be
compared as far as pose, size and light go. It promises no more: sharpness and the finest skin are seen only on the
photo itself.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from skincompare.imaging.colour import DARKEST, linear_from_srgb
from skincompare.imaging.face import Face, find_faces
from skincompare.imaging.frame import CLIPPED_HIGH
from skincompare.imaging.pair_checks import MAX_SLOPE, MAX_TURN_DEGREES, OTHER_SIZE
from skincompare.imaging.regions import FACE_REGIONS
from skincompare.imaging.skin_mask import CLIPPED_SHARE, EYES_AND_LIPS, draw_rings
from skincompare.imaging.slant import head_motion

__all__ = ["Aim", "CaptureHint", "aim_of", "hints_for", "outline_of"]

PixelArray = npt.NDArray[np.uint8]
FloatArray = npt.NDArray[np.float64]

MAX_SIZE_RATIO = math.sqrt(OTHER_SIZE)
"""Ratio of the sizes of the two heads from which the distance is to be changed: half way, in logarithms, to where a
pair is flagged."""
MAX_TILT_DEGREES = 5.0
"""Difference of the heads' tilt from which it is said; alignment turns it back, so the limit is that of the pose."""
MAX_OFF_CENTRE = 0.25
"""How far the face may lie from its place in the baseline, over the distance of the outer eye corners: about 22 mm
[judgement: the ghost is then seen to lie beside the face]."""
ONE_STOP = math.log(2.0)
"""How much darker or brighter than the baseline the skin may be, natural log of linear light: one stop of exposure
[judgement: the correction of light has carried that without a loss]."""
DARK_LIGHT = 0.03
"""Linear light of the skin (G) below which a frame is too dark when there is no baseline, 0.19 coded [judgement: the
darkest skin of the sample faces in good light has 0.05]."""
MIDDLE_SHARE = 0.5
"""Share of a frame without a face, in width and height, whose brightness counts."""
FACE_OVAL = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
"""Mesh points round the face."""
RED, GREEN = 0, 1
"""Channels."""
LEFT_CHEEK, RIGHT_CHEEK = FACE_REGIONS["left_cheek"], FACE_REGIONS["right_cheek"]


class CaptureHint(StrEnum):
    """What to change, most important first; left and right of a turn are the patient's own, of a move the picture's."""

    NO_FACE = "no_face"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    CLOSER = "closer"
    FARTHER = "farther"
    MOVE_LEFT = "move_left"
    MOVE_RIGHT = "move_right"
    MOVE_UP = "move_up"
    MOVE_DOWN = "move_down"
    TURN_LEFT = "turn_left"
    TURN_RIGHT = "turn_right"
    CHIN_UP = "chin_up"
    CHIN_DOWN = "chin_down"
    TILT_LEFT = "tilt_left"
    TILT_RIGHT = "tilt_right"
    OTHER_LIGHT = "other_light"


@dataclass(frozen=True, eq=False)
class Aim:
    """How a photo shows the head.

    Parameters
    ----------
    size : (int, int)
        Width and height of the picture, px.
    face : Face or None
        The largest face; None on a close-up or a full profile.
    level : float
        Mean linear light (G) of both cheeks, or of the middle of a picture without a face, in [0, 1].
    side : float
        Natural log of the light (R, which redness of the skin changes least) of the left over that of the right
        cheek; NaN without a face.
    clipped : float
        Share of those pixels that are clipped.
    """

    size: tuple[int, int]
    face: Face | None
    level: float
    side: float
    clipped: float


def aim_of(pixels: PixelArray, *, thorough: bool = True) -> Aim:
    """Look at a picture.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)
        RGB, upright.
    thorough : bool
        Whether small and turned faces are searched for as well.

    Returns
    -------
    Aim
        Of the largest face.
    """
    height, width = pixels.shape[:2]
    faces = find_faces(pixels, thorough=thorough)
    if not faces:
        across, down = (round(side * (1 - MIDDLE_SHARE) / 2) for side in (width, height))
        middle = pixels[down : height - down, across : width - across]
        return Aim((width, height), None, _level(middle), math.nan, _clipped(middle))
    left, right = (
        pixels[draw_rings(faces[0].xy, [ring], (height, width))] for ring in (LEFT_CHEEK, RIGHT_CHEEK)
    )
    both = np.concatenate([left, right])
    side = math.log(_level(left, RED) / _level(right, RED)) if len(left) and len(right) else math.nan
    return Aim((width, height), faces[0], _level(both), side, _clipped(both))


def hints_for(frame: Aim, aim: Aim | None, *, needs_face: bool = True) -> tuple[CaptureHint, ...]:
    """Return what to change so that a frame shows the head as the baseline does.

    Parameters
    ----------
    frame : Aim
        What the camera shows.
    aim : Aim or None
        What the baseline shows, laid over the frame as large as fits, in the middle; None without a baseline.
    needs_face : bool
        Whether a picture without a face is wrong where there is no baseline that says so.

    Returns
    -------
    tuple of CaptureHint
        Most important first; empty when it is as in the baseline.
    """
    face = frame.face
    wanted = aim.face if aim is not None else None
    if face is None and (wanted is not None or (aim is None and needs_face)):
        return (CaptureHint.NO_FACE,)
    found = _brightness(frame, aim)
    if aim is not None and face is not None and wanted is not None:
        found += _place(frame.size, face, aim.size, wanted) + _pose(face, wanted)
        if abs(frame.side - aim.side) > MAX_SLOPE and not found:  # a turned head has its light turned
            found += [CaptureHint.OTHER_LIGHT]
    order = list(CaptureHint)
    return tuple(sorted(found, key=order.index))


def outline_of(face: Face) -> tuple[FloatArray, ...]:
    """Return the lines to lay a head into: round the face, the eyes and the lips, each (N, 2), px, closed."""
    return tuple(face.xy[list(ring)] for ring in (FACE_OVAL, *EYES_AND_LIPS))


def _level(pixels: PixelArray, channel: int = GREEN) -> float:
    """Return the mean linear light of a channel, at least that of the darkest code."""
    if not pixels.size:
        return math.nan
    return max(float(linear_from_srgb(np.ascontiguousarray(pixels[..., channel])).mean()), DARKEST)


def _clipped(pixels: PixelArray) -> float:
    return float((pixels.max(axis=-1) >= CLIPPED_HIGH).mean()) if pixels.size else 0.0


def _brightness(frame: Aim, aim: Aim | None) -> list[CaptureHint]:
    if frame.clipped > CLIPPED_SHARE and (aim is None or frame.clipped > aim.clipped + CLIPPED_SHARE):
        return [CaptureHint.TOO_BRIGHT]
    change = math.log(frame.level / (aim.level if aim is not None else DARK_LIGHT))
    if change < (-ONE_STOP if aim is not None else 0.0):
        return [CaptureHint.TOO_DARK]
    return [CaptureHint.TOO_BRIGHT] if aim is not None and change > ONE_STOP else []


def _place(size: tuple[int, int], face: Face, aim_size: tuple[int, int], wanted: Face) -> list[CaptureHint]:
    """Compare size and place, the baseline laid over the frame as large as fits, in the middle."""
    scale = min(size[0] / aim_size[0], size[1] / aim_size[1])
    target = (_middle(wanted) - np.array(aim_size) / 2) * scale + np.array(size) / 2
    unit = wanted.outer_canthi_px * scale
    across, down = (_middle(face) - target) / unit
    ratio = face.outer_canthi_px / unit
    found = []
    if not 1 / MAX_SIZE_RATIO <= ratio <= MAX_SIZE_RATIO:
        found.append(CaptureHint.CLOSER if ratio < 1 else CaptureHint.FARTHER)
    if abs(across) > MAX_OFF_CENTRE:
        found.append(CaptureHint.MOVE_LEFT if across > 0 else CaptureHint.MOVE_RIGHT)
    if abs(down) > MAX_OFF_CENTRE:
        found.append(CaptureHint.MOVE_UP if down > 0 else CaptureHint.MOVE_DOWN)
    return found


def _pose(face: Face, wanted: Face) -> list[CaptureHint]:
    motion = head_motion(wanted, face)
    assert motion is not None
    tilt = math.remainder(face.roll_degrees - wanted.roll_degrees, 360)
    found = []
    if abs(motion.turn_degrees) > MAX_TURN_DEGREES:
        found.append(CaptureHint.TURN_RIGHT if motion.turn_degrees > 0 else CaptureHint.TURN_LEFT)
    if abs(motion.nod_degrees) > MAX_TURN_DEGREES:
        found.append(CaptureHint.CHIN_UP if motion.nod_degrees > 0 else CaptureHint.CHIN_DOWN)
    if abs(tilt) > MAX_TILT_DEGREES:  # clockwise on the picture: towards the patient's left
        found.append(CaptureHint.TILT_RIGHT if tilt > 0 else CaptureHint.TILT_LEFT)
    return found


def _middle(face: Face) -> FloatArray:
    left, top, right, bottom = face.box
    return np.array([left + right, top + bottom]) / 2
