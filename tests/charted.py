"""Pictures of skin with a colour chart in them, whose lamp, camera and pigments are known."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from skincompare.imaging.chart import ChartReading, read_chart
from skincompare.imaging.colour import linear_from_srgb
from skincompare.synthetic.camera import CameraOptions, photograph
from skincompare.synthetic.chart import ChartPose, with_chart
from skincompare.synthetic.optics import base_melanin, bloodless_reflectance, pigmented
from skincompare.synthetic.spectral_camera import SpectralView

FloatArray = npt.NDArray[np.float64]

SIZE_PX = (760, 400)
POSE = ChartPose((480.0, 200.0), 320.0, turn_degrees=7.0, tilt_degrees=(10.0, -8.0))
CALM, RED = 0.13, 0.23
"""Hemoglobin of the upper and of the lower half of the strip of skin left of the chart, optical density."""
CAMERA = CameraOptions(exposure=0.9, jpeg_quality=90)
DAYLIGHT = SpectralView()
TUNGSTEN = SpectralView("black body 2800 K", camera=3, adaptation=0.8, balance_error=(0.08, -0.1))
LED = SpectralView("LED 4100 K", camera=3, balance_error=(-0.07, 0.06))


@dataclass(frozen=True, eq=False)
class Charted:
    """A picture and its chart as it was read."""

    pixels: npt.NDArray[np.uint8]
    pose: ChartPose
    reading: ChartReading | None


def skin_scene(ita_degrees: float = 40.0) -> npt.NDArray[np.float32]:
    """Return calm skin above redder skin, linear sRGB in daylight."""
    melanin = base_melanin(ita_degrees)
    rows = [pigmented(bloodless_reflectance(melanin), melanin, blood) for blood in (CALM, RED)]
    width, height = SIZE_PX
    scene = np.empty((height, width, 3), np.float32)
    scene[: height // 2], scene[height // 2 :] = rows
    return scene


@cache
def charted(
    view: SpectralView = DAYLIGHT,
    pose: ChartPose = POSE,
    camera: CameraOptions = CAMERA,
    ita_degrees: float = 40.0,
) -> Charted:
    """Return a picture under this lamp, and read its chart."""
    linear = with_chart(view.relit(skin_scene(ita_degrees)), pose, view)
    pixels = photograph(linear, camera)
    return Charted(pixels, pose, read_chart(pixels))


def read(shot: Charted) -> ChartReading:
    """Return the reading, which there must be."""
    assert shot.reading is not None
    return shot.reading


def skin_colours(shot: Charted) -> FloatArray:
    """Return the mean linear light (2, 3) of the calm and of the red skin."""
    half = SIZE_PX[1] // 2
    light = linear_from_srgb(shot.pixels[:, :150])
    return np.array([light[20 : half - 20].mean(axis=(0, 1)), light[half + 20 : -20].mean(axis=(0, 1))])


def redness(linear: FloatArray) -> FloatArray:
    """Return the erythema index of linear light (..., 3)."""
    return np.asarray(100 * np.log10(linear[..., 0] / linear[..., 1]))
