"""The sample photo of a colour chart: chart and skin under a warm lamp, made the same way every time."""

from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from skincompare.synthetic.camera import CameraOptions, photograph
from skincompare.synthetic.chart import ChartPose, with_chart
from skincompare.synthetic.noise import FloatMap
from skincompare.synthetic.optics import base_melanin, bloodless_reflectance, pigmented
from skincompare.synthetic.sample_plans import CLINIC_ZONE
from skincompare.synthetic.spectral_camera import SpectralView

__all__ = ["CHART_CAPTURED", "CHART_FILE", "CHART_LAMP", "CHART_QUALITY", "chart_picture"]

CHART_FILE = "chart/warm_lamp.jpg"
"""Where it stands among the sample images."""
SIZE_PX = (1000, 640)
"""Width and height, px."""
ITA_DEGREES = 40.0
"""Tone of the skin: light."""
CALM_OD, RED_OD = 0.13, 0.23
"""Hemoglobin of the upper and of the lower half of the skin, optical density: calm, and as after a treatment."""
POSE = ChartPose((560.0, 320.0), 600.0, turn_degrees=4.0, tilt_degrees=(8.0, -6.0), shade_slope=0.06)
"""The chart lies a little turned and tilted, and its right side is lit more."""
CHART_LAMP = "black body 2800 K"
"""A light bulb."""
VIEW = SpectralView(CHART_LAMP, camera=3, adaptation=0.8, balance_error=(0.08, -0.1))
"""A white balance that takes most of the lamp's colour away, not all [judgement]."""
CAMERA = CameraOptions(exposure=0.72, seed=24)
CHART_QUALITY = 92
"""Of the JPEG."""
CHART_CAPTURED = datetime(2026, 3, 3, 9, 30, tzinfo=CLINIC_ZONE)


def chart_picture() -> NDArray[np.uint8]:
    """Return the photo, uint8 sRGB; the same on every call, bit for bit, on one machine."""
    return photograph(with_chart(VIEW.relit(_skin()), POSE, VIEW), CAMERA)


def _skin() -> FloatMap:
    """Return calm skin above redder skin, linear sRGB in daylight."""
    melanin = base_melanin(ITA_DEGREES)
    calm, red = (pigmented(bloodless_reflectance(melanin), melanin, blood) for blood in (CALM_OD, RED_OD))
    width, height = SIZE_PX
    scene = np.empty((height, width, 3), np.float32)
    scene[: height // 2], scene[height // 2 :] = calm, red
    return scene
