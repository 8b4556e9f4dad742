"""The published colours of a classic chart of 24 patches, as linear sRGB under daylight."""

import numpy as np
import numpy.typing as npt

from skincompare.imaging.colour import XYZ_FROM_RGB

__all__ = ["GREYS", "PATCH_COLOURS", "PATCH_NAMES"]

PUBLISHED = (
    ("dark skin", 37.99, 13.56, 14.05),
    ("light skin", 65.71, 18.14, 17.81),
    ("blue sky", 49.93, -4.91, -21.94),
    ("foliage", 43.14, -13.10, 21.88),
    ("blue flower", 55.11, 8.84, -25.41),
    ("bluish green", 70.72, -33.39, -0.23),
    ("orange", 62.66, 36.07, 57.07),
    ("purplish blue", 40.01, 10.42, -45.99),
    ("moderate red", 51.13, 48.24, 16.25),
    ("purple", 30.33, 23.00, -21.61),
    ("yellow green", 72.53, -23.69, 57.26),
    ("orange yellow", 71.94, 19.37, 67.85),
    ("blue", 28.77, 14.18, -50.31),
    ("green", 55.26, -38.32, 31.35),
    ("red", 42.11, 53.38, 28.19),
    ("yellow", 81.73, 4.04, 79.84),
    ("magenta", 51.94, 50.00, -14.58),
    ("cyan", 51.04, -28.65, -28.65),
    ("white", 96.54, -0.46, 1.16),
    ("neutral 8", 81.26, -0.64, -0.37),
    ("neutral 6.5", 66.76, -0.72, -0.53),
    ("neutral 5", 50.86, -0.14, -0.29),
    ("neutral 3.5", 35.65, -0.43, -1.24),
    ("black", 20.48, -0.07, -0.99),
)
"""Name and CIELAB (D50, 2 degree observer) of each patch, row by row: the values of 2005 (D. Pascale, "RGB coordinates
of the Macbeth ColorChecker", BabelColor 2006). Charts made after November 2014 differ by about 1 in dE00."""
D50_WHITE = np.array([0.96422, 1.0, 0.82521])
"""XYZ of D50 (ICC.1:2010)."""
BRADFORD = np.array(
    [
        [0.9555766, -0.0230393, 0.0631636],
        [-0.0282895, 1.0099416, 0.0210077],
        [0.0122982, -0.0204830, 1.3299098],
    ]
)
"""XYZ under D50 to XYZ under D65, Bradford adaptation (Lindbloom, "Chromatic adaptation")."""
LAB_EPSILON, LAB_KAPPA = 216 / 24389, 24389 / 27
"""Where the CIELAB curve is straight, and its slope there (CIE 15)."""


def _linear_from_lab_d50(lab: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    y = (lab[:, 0] + 16) / 116
    curve = np.column_stack([y + lab[:, 1] / 500, y, y - lab[:, 2] / 200])
    straight = (116 * curve - 16) / LAB_KAPPA
    relative = np.where(curve**3 > LAB_EPSILON, curve**3, straight)
    xyz = relative * D50_WHITE @ BRADFORD.T
    return np.asarray(xyz @ np.linalg.inv(XYZ_FROM_RGB.astype(np.float64)).T)


PATCH_NAMES = tuple(row[0] for row in PUBLISHED)
"""Names of the patches, dark skin first, black last."""
PATCH_COLOURS = _linear_from_lab_d50(np.array([row[1:] for row in PUBLISHED], dtype=np.float64))
"""Linear sRGB of the patches under D65 (24, 3); cyan lies outside: its red is below 0."""
GREYS = slice(18, 24)
"""The neutral patches, white to black."""
