"""Spectra for renders: lamps, the standard observer, skin. All on one grid of wavelengths.

Lamps are given as formulae (black body, CIE daylight) or as sums of bell curves fitted to the CIE tables of LEDs and
fluorescent lamps: smooth, small, and within 2 to 4 % (LED) or 15 % (fluorescent) root mean square of the mean power.
"""

from __future__ import annotations

from functools import cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from skincompare.errors import OptionError
from skincompare.synthetic.chart_reflectances import PATCH_REFLECTANCES, REFLECTANCE_NM
from skincompare.synthetic.optics import BLOODLESS_RGB

__all__ = [
    "LAMPS",
    "WAVELENGTHS_NM",
    "lamp_power",
    "observer",
    "patch_reflectances",
    "skin_reflectance",
]

FloatArray = NDArray[np.float64]

WAVELENGTHS_NM: FloatArray = np.arange(400.0, 701.0, 5.0)
"""The grid of all spectra, nm."""
TABLE_NM = REFLECTANCE_NM
"""The grid of the tables below, nm."""

SECOND_RADIATION_NM_K = 1.4388e7
"""c2 of Planck's law, nm K (CODATA)."""

_DAYLIGHT = """
94.8 104.8 105.9 96.8 113.9 125.6 125.5 121.3 121.3 113.5 113.1 110.8 106.5 108.8 105.3 104.4
100 96 95.1 89.1 90.5 90.3 88.4 84 85.1 81.9 82.6 84.9 81.3 71.9 74.3
43.4 46.3 43.9 37.1 36.7 35.9 32.6 27.9 24.3 20.1 16.2 13.2 8.6 6.1 4.2 1.9
0 -1.6 -3.5 -3.5 -5.8 -7.2 -8.6 -9.5 -10.9 -10.7 -12 -14 -13.6 -12 -13.3
-1.1 -0.5 -0.7 -1.2 -2.6 -2.9 -2.8 -2.6 -2.6 -1.8 -1.5 -1.3 -1.2 -1 -0.5 -0.3
0 0.2 0.5 2.1 3.2 4.1 4.7 5.1 6.7 7.3 8.6 9.8 10.2 8.3 9.6
"""
DAYLIGHT_PARTS: FloatArray = np.array(_DAYLIGHT.split(), dtype=np.float64).reshape(3, 31)
"""Components S0, S1, S2 of daylight (CIE 15:2004, table T.2)."""

Band = tuple[float, float, float, float]
_BANDS: MappingProxyType[str, tuple[Band, ...]] = MappingProxyType(
    {
        "LED 2700 K": ((450.8, 9.7, 11.4, 0.6), (604.4, 43.8, 54.6, 2.1), (522.1, 46.7, 26.2, 0.5)),
        "LED 4100 K": ((448.0, 9.0, 9.5, 1.6), (593.4, 73.9, 56.0, 1.6), (515.0, 19.2, 15.6, 0.2)),
        "LED 6600 K": ((451.5, 10.1, 10.6, 2.7), (554.4, 24.5, 70.0, 1.5), (518.0, 53.5, 13.7, 0.7)),
        "fluorescent 4200 K": (
            (435.4, 3.5, 3.5, 3.0),
            (575.9, 17.2, 41.2, 1.7),
            (478.6, 33.7, 90.0, 0.8),
            (545.7, 3.5, 3.5, 1.6),
            (405.0, 3.5, 3.5, 1.4),
        ),
        "fluorescent 4000 K, three bands": (
            (435.6, 3.5, 3.5, 3.4),
            (544.0, 3.6, 4.8, 7.8),
            (611.9, 3.5, 3.5, 6.6),
            (487.3, 3.5, 6.4, 1.3),
            (585.6, 7.4, 10.4, 1.5),
            (447.6, 3.5, 37.8, 0.7),
            (405.1, 3.5, 3.5, 1.2),
            (623.3, 3.5, 9.8, 1.4),
        ),
    }
)
"""Bell curves (centre, width to the left and right as SD, nm, and height) fitted to CIE LED-B1, LED-B3 and LED-B5 (CIE
15:2018) and to FL2 and FL11 (CIE 15:2004)."""

LAMPS = (
    "black body 2800 K",
    "black body 3400 K",
    "daylight 4500 K",
    "daylight 5500 K",
    "daylight 6500 K",
    "daylight 7500 K",
    *_BANDS,
)
"""Names that :func:`lamp_power` knows; any black body and any daylight of 4000 to 25000 K besides."""

_BLOOD = """
266232 466840 480360 246072 102580 62816 44480 33209 26629 23684 20932 20035 24202 39957 53236 43016
32613 44496 50104 14401 3200 1506 942 610 442 368 320 294 278 276 290
223296 303956 407560 528600 413280 103292 23389 16156 14550 16684 20862 25774 31590 39036 46592 53412
53788 45072 37020 28324 14677 9444 6510 5149 4345 3750 3227 2795 2408 2052 1794
"""
BLOOD_EXTINCTION: FloatArray = np.array(_BLOOD.split(), dtype=np.float64).reshape(2, 31)
"""Molar extinction of oxygenated and deoxygenated hemoglobin, 1/(cm M) (S. Prahl, "Optical absorption of hemoglobin",
Oregon Medical Laser Center 1999)."""
OXYGENATION = 0.75
"""Oxygenated share of the blood in skin [judgement]."""
BLOOD_SATURATION = 15000.0
"""Extinction at which scattered light, which takes shorter ways where absorption is strong, sees half the density
[judgement: gives (0.30, 0.95, 1.05) in linear sRGB where (0.28, 1, 0.93) is measured on faces]."""
MELANIN_POWER = 2.8
"""Power of the wavelength with which melanin's density falls [judgement: gives (0.63, 1.02, 1.79) where (0.53, 1, 1.78)
is measured; melanin in solution falls faster, 3.5 by S. Jacques, "Skin optics summary", 1998]."""
DENSITY_UNIT_NM = 545.0
"""Wavelength near which a density of 1 in linear G is a density of 1 [judgement]."""


@cache
def lamp_power(name: str) -> FloatArray:
    """Return the relative power of a lamp on :data:`WAVELENGTHS_NM`, mean 1.

    Parameters
    ----------
    name : str
        One of :data:`LAMPS`, or ``"black body N K"``, ``"daylight N K"``.

    Returns
    -------
    ndarray of float64, shape (61,)
        Read-only.

    Raises
    ------
    OptionError
        When there is no such lamp.
    """
    kind, _, rest = name.rpartition(" K")[0].rpartition(" ")
    if name in _BANDS:
        power = sum((_bell(*band) for band in _BANDS[name]), np.zeros_like(WAVELENGTHS_NM))
    elif kind == "black body" and rest.isdecimal():
        power = WAVELENGTHS_NM**-5.0 / np.expm1(SECOND_RADIATION_NM_K / (WAVELENGTHS_NM * float(rest)))
    elif kind == "daylight" and rest.isdecimal():
        power = _daylight(float(rest))
    else:
        raise OptionError.unknown("lamp", name, LAMPS)
    power = np.asarray(power / power.mean())
    power.setflags(write=False)
    return power


def _bell(centre: float, left: float, right: float, height: float) -> FloatArray:
    width = np.where(centre > WAVELENGTHS_NM, left, right)
    return np.asarray(height * np.exp(-0.5 * ((WAVELENGTHS_NM - centre) / width) ** 2))


def _daylight(kelvin: float) -> FloatArray:
    """Return CIE daylight of a colour temperature of 4000 to 25000 K (CIE 15:2004, 3.1)."""
    if kelvin <= 7000:
        parts = (0.244063, 0.09911e3, 2.9678e6, -4.6070e9)
    else:
        parts = (0.237040, 0.24748e3, 1.9018e6, -2.0064e9)
    x = sum(part / kelvin**power for power, part in enumerate(parts))
    y = -3.000 * x * x + 2.870 * x - 0.275
    scale = 0.0241 + 0.2562 * x - 0.7341 * y
    first = (-1.3515 - 1.7703 * x + 5.9114 * y) / scale
    second = (0.0300 - 31.4424 * x + 30.0717 * y) / scale
    return _on_grid(DAYLIGHT_PARTS[0] + first * DAYLIGHT_PARTS[1] + second * DAYLIGHT_PARTS[2])


def _on_grid(table: FloatArray) -> FloatArray:
    return np.asarray(np.interp(WAVELENGTHS_NM, TABLE_NM, table))


@cache
def observer() -> FloatArray:
    """Return the colour matching functions of the CIE 1931 observer (61, 3), read-only.

    Notes
    -----
    Analytic fits of Wyman, Sloan and Shirley 2013 (Journal of Computer Graphics Techniques 2(2)).
    """
    matching = np.column_stack(
        [
            _bell(599.8, 37.9, 31.0, 1.056)
            + _bell(442.0, 16.0, 26.7, 0.362)
            + _bell(501.1, 20.4, 26.2, -0.065),
            _bell(568.8, 46.9, 40.5, 0.821) + _bell(530.9, 16.3, 31.1, 0.286),
            _bell(437.0, 11.8, 36.0, 1.217) + _bell(459.0, 26.0, 13.8, 0.681),
        ]
    )
    matching.setflags(write=False)
    return matching


@cache
def patch_reflectances() -> FloatArray:
    """Return the reflectances of the 24 patches of a chart (24, 61), read-only."""
    table = np.stack([_on_grid(row) for row in PATCH_REFLECTANCES])
    table.setflags(write=False)
    return table


@cache
def pigment_densities() -> FloatArray:
    """Return the optical density of melanin and of blood (2, 61) for a density of 1 in linear G, read-only."""
    extinction = OXYGENATION * BLOOD_EXTINCTION[0] + (1 - OXYGENATION) * BLOOD_EXTINCTION[1]
    seen = extinction / (1 + extinction / BLOOD_SATURATION)
    blood = _on_grid(seen / np.interp(DENSITY_UNIT_NM, TABLE_NM, seen))
    melanin = (WAVELENGTHS_NM / DENSITY_UNIT_NM) ** -MELANIN_POWER
    table = np.stack([melanin, blood])
    table.setflags(write=False)
    return table


def skin_reflectance(
    melanin: NDArray[np.floating] | float, hemoglobin: NDArray[np.floating] | float
) -> FloatArray:
    """Return the reflectance (..., 61) of skin with pigments of the given optical densities in linear G.

    Parameters
    ----------
    melanin, hemoglobin : float or ndarray
        Densities, broadcast together.

    Returns
    -------
    ndarray of float64, shape (..., 61)
        The spectrum of the bloodless skin behind both pigments.
    """
    red, green, blue = BLOODLESS_RGB
    bloodless = np.interp(WAVELENGTHS_NM, (450.0, 545.0, 620.0), (blue, green, red))
    dark, blood = pigment_densities()
    first, second = np.broadcast_arrays(np.asarray(melanin, np.float64), np.asarray(hemoglobin, np.float64))
    return np.asarray(bloodless * 10.0 ** -(first[..., None] * dark + second[..., None] * blood))
