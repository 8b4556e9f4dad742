"""What others would align two pictures with: each peer takes two uint8 RGB pictures and returns a map of points."""

import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from multiprocessing import get_context
from types import MappingProxyType

import cv2
import numpy as np
import numpy.typing as npt
from alignment_scores import FloatArray, Peer, PixelArray
from scipy.ndimage import map_coordinates
from skimage.color import rgb2gray
from skimage.registration import optical_flow_tvl1

__all__ = ["PEERS", "SLOW_PEERS", "warm_up"]

ORB_FEATURES = 5000
LOWE_RATIO = 0.75
"""Largest ratio of the best to the second best distance of a match, as OpenCV's tutorial has it."""
INLIER_PX = 3.0
"""Reprojection error within which a match agrees with a homography: OpenCV's default."""
LEAST_MATCHES = 4
"""Matches that a homography needs."""
LARGEST_SIDE = 1350
"""Longer pictures are reduced before the dense peers."""

Mapper = Callable[[FloatArray], FloatArray]


def _grey(pixels: PixelArray) -> PixelArray:
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)


def _homography(before: FloatArray, after: FloatArray, method: int) -> Mapper | None:
    if len(before) < LEAST_MATCHES:
        return None
    cv2.setRNGSeed(0)
    matrix, _ = cv2.findHomography(before, after, method, INLIER_PX)
    if np.shape(matrix) != (3, 3):
        return None
    return lambda xy: np.asarray(cv2.perspectiveTransform(xy[None], matrix)[0], np.float64)


def orb_homography(before: PixelArray, after: PixelArray) -> Mapper | None:
    """Match ORB features with a cross-check and fit a homography by RANSAC."""
    orb = cv2.ORB.create(nfeatures=ORB_FEATURES)
    found = [orb.detectAndCompute(_grey(pixels), None) for pixels in (before, after)]
    if any(descriptors is None for _, descriptors in found):
        return None
    matches = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(found[0][1], found[1][1])
    here = np.array([found[0][0][one.queryIdx].pt for one in matches], np.float64)
    there = np.array([found[1][0][one.trainIdx].pt for one in matches], np.float64)
    return _homography(here, there, cv2.RANSAC)


def sift_homography(before: PixelArray, after: PixelArray) -> Mapper | None:
    """Match SIFT features by Lowe's ratio and fit a homography by MAGSAC."""
    sift = cv2.SIFT.create()
    found = [sift.detectAndCompute(_grey(pixels), None) for pixels in (before, after)]
    if any(descriptors is None or len(descriptors) < 2 for _, descriptors in found):
        return None
    candidates = cv2.BFMatcher(cv2.NORM_L2).knnMatch(found[0][1], found[1][1], k=2)
    matches = [best for best, second in candidates if best.distance < LOWE_RATIO * second.distance]
    here = np.array([found[0][0][one.queryIdx].pt for one in matches], np.float64)
    there = np.array([found[1][0][one.trainIdx].pt for one in matches], np.float64)
    return _homography(here, there, cv2.USAC_MAGSAC)


def tvl1_flow(before: PixelArray, after: PixelArray) -> Mapper:
    """Run scikit-image's TV-L1 optical flow on the grey pictures, as its gallery does."""
    height, width = before.shape[:2]
    factor = min(1.0, LARGEST_SIDE / max(height, width))
    size = (round(width * factor), round(height * factor))
    # Pictures of two shapes: the flow needs one, so the after picture is stretched to the before's.
    here, there = (
        rgb2gray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)) for pixels in (before, after)
    )
    down, right = optical_flow_tvl1(here, there)
    shrunk = np.array(size) / (width, height)
    grown = np.array(size) / (after.shape[1], after.shape[0])

    def mapper(xy: FloatArray) -> FloatArray:
        places = (xy + 0.5) * shrunk - 0.5
        motion = [map_coordinates(one, places.T[::-1], order=1, mode="nearest") for one in (right, down)]
        return np.asarray((places + np.column_stack(motion) + 0.5) / grown - 0.5, np.float64)

    return mapper


def elastix(before: PixelArray, after: PixelArray) -> Mapper | None:
    """Run elastix, affine then B-spline, with its default parameter maps, in a process of its own.

    It now and then ends its process with a segmentation fault, which then counts as its failure and not as ours.
    """
    try:
        field = _elastix_process().submit(elastix_field, before, after).result()
    except BrokenProcessPool:
        _elastix_process.cache_clear()
        _elastix_process()
        return None
    except RuntimeError:  # elastix gave up, for example because the pictures no longer overlap
        return None

    def mapper(xy: FloatArray) -> FloatArray:
        motion = [map_coordinates(field[..., axis], xy.T[::-1], order=1, mode="nearest") for axis in (0, 1)]
        return np.asarray(xy + np.column_stack(motion), np.float64)

    return mapper


@lru_cache(maxsize=1)
def _elastix_process() -> ProcessPoolExecutor:
    """Return the process that runs elastix, its libraries loaded."""
    pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    pool.submit(elastix_field, _small_picture(), _small_picture()).result()
    return pool


def elastix_field(before: PixelArray, after: PixelArray) -> npt.NDArray[np.float64]:
    """Return elastix's motion (height, width, 2) of every pixel of the before picture, px."""
    import itk

    fixed, moving = (itk.image_from_array(_grey(pixels).astype(np.float32)) for pixels in (before, after))
    parameters = itk.ParameterObject.New()
    for name in ("affine", "bspline"):
        parameters.AddParameterMap(itk.ParameterObject.GetDefaultParameterMap(name))
    _, found = itk.elastix_registration_method(
        fixed, moving, parameter_object=parameters, log_to_console=False
    )
    with tempfile.TemporaryDirectory() as folder:  # it writes the field to a file as well
        field = itk.transformix_deformation_field(moving, found, output_directory=folder)
    return np.asarray(itk.array_from_image(field), np.float64)


PEERS: Mapping[str, Peer] = MappingProxyType(
    {
        "ORB + RANSAC homography": orb_homography,
        "SIFT + MAGSAC homography": sift_homography,
        "TV-L1 flow": tvl1_flow,
        "elastix affine + B-spline": elastix,
    }
)
SLOW_PEERS = ("TV-L1 flow", "elastix affine + B-spline")
"""Left out of sets 2 and 3 by ``--quick``."""


def warm_up() -> None:
    """Run every peer once on small pictures, so that loading libraries is not timed."""
    for peer in PEERS.values():
        peer(_small_picture(), _small_picture())


def _small_picture() -> PixelArray:
    noise = np.random.default_rng(0).integers(0, 255, (160, 160, 3), np.uint8)
    return np.asarray(cv2.GaussianBlur(noise, (0, 0), 2.0), np.uint8)
