"""Find a face and its mesh: MediaPipe's 478-point mesh on what its detector finds, run by OpenCV.

The mesh is run on a crop that is turned upright, then tightened to the mesh until the crop and the mesh stay where they
are. It was learned on faces that show both eyes: it holds to a yaw of about 60 degrees, and a full profile has none.

Sources: Kartynnik et al. 2019, Real-time facial surface geometry, arXiv:1907.06724; Grishchenko et al. 2020, Attention
mesh, arXiv:2006.10962.
"""

import math
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

import cv2
import numpy as np
import numpy.typing as npt
from scipy.special import expit

from skincompare.imaging.face_detection import (
    CROP_SCALE,
    Box,
    head_score,
    load_net,
    middle_score,
    net_lock,
    searches,
)

__all__ = ["Face", "find_faces", "shows_head"]

FloatArray = npt.NDArray[np.float64]
PixelArray = npt.NDArray[np.uint8]

MESH_SIDE = 256
"""Side of the mesh model's input, px (the model's)."""
MESH_POINTS = 478
"""Mesh points: 468 of the face, 5 for each iris (the model's)."""
MIN_PRESENCE = 0.5
"""Lowest probability, after the mesh, that the crop holds a face (MediaPipe's default)."""
MESH_PASSES, SETTLED = 4, 0.03
"""Most passes of the mesh after the first, and how far it may still move in the last, as a share of its extent (22
photographs, upright and turned by 30 degrees at half size: at most 0.015; 27 false meshes on crops of cheeks and
foreheads come to rest at 0.018-0.154, so this alone does not tell them)."""
CONFIRMED = 0.66
"""Detection score, on the crop of the mesh turned upright, from which it is a face (11 photographs, plain, turned by
30 and 80 degrees, small, blurred: at least 0.90; renders to a yaw of 60 degrees: at least 0.75; 27 false meshes on
crops of cheeks and foreheads, most of presence above 0.8: at most 0.57)."""
STEADY_CROP = 0.05
"""Change of the crop below which another pass is not worth its time: of place and size as shares of its side, of turn
in radians (11 photographs turned by 30 degrees: error 0.21 % of the distance of the eye corners, against 0.49 %
without; half a pass more on average)."""
HEAD_DETECTION = 0.7
"""Detection score from which a photo without a mesh shows a head (rendered profiles 0.79-0.89, rendered close-ups 0.00,
crops of cheeks, foreheads and eye corners of photographs at most 0.60)."""
SEARCH_SIDE = 1400
"""Longer side at which a face is searched for, px at most."""

RIGHT_EYE_CORNERS = (33, 133)
LEFT_EYE_CORNERS = (362, 263)
RIGHT_IRIS = (469, 470, 471, 472)
LEFT_IRIS = (474, 475, 476, 477)
FOREHEAD_TOP, CHIN = 10, 152
LEVEL_SLOPE = -5.0
"""Slope in depth from chin to forehead of a head held level, degrees (median of 22 portraits; they and their faces
differ with an SD of 5)."""


@dataclass(frozen=True, eq=False)
class Face:
    """One face and its mesh.

    Parameters
    ----------
    points : ndarray of float64, shape (478, 3)
        x and y in pixels of the photo (pixel centres are integers), z in the same unit, smaller is nearer.
    presence : float
        Probability in [0, 1] that this is a face, by the mesh model.
    others : int
        How many further faces were found; the larger one is this.
    """

    points: FloatArray
    presence: float
    others: int = 0

    @property
    def xy(self) -> FloatArray:
        """The points without depth, shape (478, 2)."""
        return self.points[:, :2]

    @cached_property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of the mesh, px."""
        low, high = self.xy.min(axis=0), self.xy.max(axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])

    @cached_property
    def roll_degrees(self) -> float:
        """Angle of the line from the right to the left eye, clockwise on the picture, in degrees."""
        right = self.xy[list(RIGHT_EYE_CORNERS)].mean(axis=0)
        left = self.xy[list(LEFT_EYE_CORNERS)].mean(axis=0)
        return math.degrees(math.atan2(left[1] - right[1], left[0] - right[0]))

    @cached_property
    def interocular_px(self) -> float:
        """Distance between the outer corners of the eyes on the picture, px: less when the head is turned."""
        return float(np.linalg.norm(self.xy[LEFT_EYE_CORNERS[1]] - self.xy[RIGHT_EYE_CORNERS[0]]))

    @cached_property
    def outer_canthi_px(self) -> float:
        """Distance between the outer corners of the eyes as seen from the front, px, by the mesh's own depth.

        On rendered heads it keeps to that of the frontal view within 4 % to a yaw of 30 degrees and 11 % at 45 (16 %
        where hair hides the far eye), where :attr:`interocular_px` loses 15 % and 30 % (41 %).
        """
        return float(np.linalg.norm(self.points[LEFT_EYE_CORNERS[1]] - self.points[RIGHT_EYE_CORNERS[0]]))

    @cached_property
    def yaw_degrees(self) -> float:
        """Turn of the head by the mesh's own depth, degrees; positive to the patient's left."""
        across = self.points[LEFT_EYE_CORNERS[1]] - self.points[RIGHT_EYE_CORNERS[0]]
        return math.degrees(math.atan2(across[2], math.hypot(across[0], across[1])))

    @cached_property
    def pitch_degrees(self) -> float:
        """Lift of the chin by the mesh's own depth, degrees; for the same face in two photos.

        On rendered heads differences of 20 degrees read 17-21; a turn of the head by 30 degrees reads as 4-7, a full
        smile as -3. As a value of one photo it bears the shape of the face, about 5 degrees.
        """
        down = self.points[CHIN] - self.points[FOREHEAD_TOP]
        return math.degrees(math.atan2(-down[2], math.hypot(down[0], down[1]))) - LEVEL_SLOPE

    def scaled(self, factor: float) -> "Face":
        """Return the same face in a photo resized by `factor` (pixel centres kept)."""
        points = self.points * factor
        points[:, :2] += (factor - 1) / 2
        return Face(points, self.presence, self.others)


def find_faces(pixels: PixelArray, *, thorough: bool = True) -> tuple[Face, ...]:
    """Find the faces of a photo, the largest first.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)
        RGB, upright or not.
    thorough : bool
        Whether small and turned faces are searched for as well; without it the answer comes in a fraction of the
        time when there is no face, as frames of a camera need it.

    Returns
    -------
    tuple of Face
        Empty when there is none: a close-up of skin is not an error.

    Raises
    ------
    ModelError
        When a vendored model file is missing or damaged.
    """
    small, factor = _search_picture(pixels)
    for boxes in searches(small) if thorough else islice(searches(small), 1):
        found = [_fit_mesh(pixels, small, box, factor) for box in boxes]
        faces = _distinct([face for face in found if face is not None])
        if faces:
            return tuple(Face(face.points, face.presence, len(faces) - 1) for face in faces)
    return ()


def shows_head(pixels: PixelArray) -> bool:
    """Return whether a photo without a mesh shows a head all the same: a profile, or half a face.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)
        RGB of a photo in which :func:`find_faces` finds none.

    Returns
    -------
    bool
        By the detector alone.
    """
    return head_score(_search_picture(pixels)[0]) >= HEAD_DETECTION


def _search_picture(pixels: PixelArray) -> tuple[PixelArray, float]:
    """Return the picture in which faces are searched, and its size over that of the photo."""
    # A whole number of photo pixels a search pixel: the resize is many times faster.
    step = math.ceil(max(pixels.shape[:2]) / SEARCH_SIDE)
    if step == 1:
        return pixels, 1.0
    cut = pixels[: pixels.shape[0] // step * step, : pixels.shape[1] // step * step]
    size = (cut.shape[1] // step, cut.shape[0] // step)
    return np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_AREA), np.uint8), 1 / step


def _fit_mesh(pixels: PixelArray, small: PixelArray, box: Box, factor: float) -> Face | None:
    """Run the mesh on the detector's box, then on its own extent.

    The mesh sees 256 px whatever the photo holds, so the search picture serves unless the face is small in it.
    """
    if box.side >= MESH_SIDE:
        face = _confirmed_mesh(small, box)
        return face.scaled(1 / factor) if face else None
    middle = [(value + 0.5) / factor - 0.5 for value in (box.x, box.y)]
    return _confirmed_mesh(pixels, replace(box, x=middle[0], y=middle[1], side=box.side / factor))


def _confirmed_mesh(picture: PixelArray, box: Box) -> Face | None:
    """Run the mesh until it rests, then ask the detector, which knows nothing of it, whether a face is there."""
    face = _settle_mesh(picture, box)
    if face is None:
        return None
    crop = _cut(picture, _box_of(face))[0]
    return face if crop is not None and middle_score(crop) >= CONFIRMED else None


def _settle_mesh(picture: PixelArray, crop: Box) -> Face | None:
    """Run the mesh on its own extent until it stays where it is; on what is no face it never does."""
    face, settled = _run_mesh(picture, crop), None
    for _ in range(MESH_PASSES):
        following = _box_of(face)
        if face.presence < MIN_PRESENCE or (settled and _change(crop, following) < STEADY_CROP):
            break
        earlier, crop, face = face, following, _run_mesh(picture, following)
        moved = float(np.median(np.linalg.norm(face.xy - earlier.xy, axis=1)))
        if face.presence >= MIN_PRESENCE:
            settled = face if moved <= SETTLED * float(np.ptp(face.xy, axis=0).max()) else None
    return settled


def _change(crop: Box, other: Box) -> float:
    """Return how far two crops differ in place, size (both over the side) or turn (radians), whichever is most."""
    return max(
        math.hypot(crop.x - other.x, crop.y - other.y) / other.side,
        abs(math.log(crop.side / other.side)),
        abs(math.remainder(crop.angle - other.angle, math.tau)),
    )


def _box_of(face: Face) -> Box:
    """Square round a mesh, turned with the eyes."""
    angle = math.radians(face.roll_degrees)
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    upright = face.xy @ turn.T
    low, high = upright.min(axis=0), upright.max(axis=0)
    x, y = ((low + high) / 2) @ turn
    return Box(float(x), float(y), float((high - low).max()) * CROP_SCALE, angle, face.presence)


def _run_mesh(pixels: PixelArray, box: Box) -> Face:
    """Run the mesh on a turned square of the photo, and bring its points back."""
    crop, turn, shift = _cut(pixels, box)
    if crop is None:
        return Face(np.zeros((MESH_POINTS, 3)), 0.0)
    with net_lock:
        net = load_net("face_landmarks_detector.tflite")
        net.setInput(cv2.dnn.blobFromImage(crop, 1 / 255))
        mesh, presence = net.forward(("Identity", "Identity_1"))
    raw = mesh.reshape(MESH_POINTS, 3).astype(np.float64)
    points = np.column_stack([raw[:, :2] @ turn.T + shift, raw[:, 2] * box.side / MESH_SIDE])
    return Face(points, float(expit(presence.reshape(-1)[0])))


def _cut(pixels: PixelArray, box: Box) -> tuple[PixelArray | None, FloatArray, FloatArray]:
    """Cut a turned square out of the photo; None beside it. Crop point c lies at turn @ c + shift of the photo."""
    # Turn, scale, move (pixel centres are integers on both sides).
    scale = box.side / MESH_SIDE
    turn = scale * np.array(
        [[math.cos(box.angle), -math.sin(box.angle)], [math.sin(box.angle), math.cos(box.angle)]]
    )
    middle = (MESH_SIDE - 1) / 2
    shift = np.array([box.x, box.y]) - turn @ (middle, middle)
    shrink = min(1.0, 2 * MESH_SIDE / box.side)
    reach = box.side * math.sqrt(0.5) + 2
    height, width = pixels.shape[:2]
    left, top = max(0, math.floor(box.x - reach)), max(0, math.floor(box.y - reach))
    right, bottom = min(width, math.ceil(box.x + reach)), min(height, math.ceil(box.y + reach))
    source = pixels[top:bottom, left:right]
    if source.size == 0:
        return None, turn, shift
    if shrink < 1:
        source = np.asarray(
            cv2.resize(source, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.uint8
        )
    to_source = np.column_stack([turn, shift - (left, top)]) * shrink
    to_source[:, 2] += (shrink - 1) / 2
    crop = cv2.warpAffine(
        source, to_source, (MESH_SIDE, MESH_SIDE), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    )
    return np.asarray(crop, np.uint8), turn, shift


def _distinct(faces: list[Face]) -> list[Face]:
    """Drop meshes of the same face; the largest first."""
    kept: list[Face] = []
    for face in sorted(faces, key=lambda f: -f.interocular_px):
        centre = face.xy.mean(axis=0)
        if all(np.linalg.norm(centre - o.xy.mean(axis=0)) > o.interocular_px for o in kept):
            kept.append(face)
    return kept
