"""Spectra, cameras that see them, and the chart in a render."""

import numpy as np
import pytest

from skincompare.errors import OptionError
from skincompare.imaging.chart_colours import PATCH_COLOURS
from skincompare.imaging.chart_fit import patch_difference
from skincompare.synthetic.chart import patch_corners_mm, with_chart
from skincompare.synthetic.optics import XYZ_OF_LINEAR_SRGB
from skincompare.synthetic.spectra import LAMPS, WAVELENGTHS_NM, lamp_power, observer, patch_reflectances
from skincompare.synthetic.spectral_camera import SpectralView, camera_of, ideal_colours
from tests.charted import LED, POSE, TUNGSTEN, redness, skin_scene


@pytest.mark.parametrize(
    ("lamp", "x", "y"),
    [
        ("black body 2856 K", 0.4476, 0.4074),  # CIE illuminant A
        ("daylight 5003 K", 0.3457, 0.3585),  # D50
        ("daylight 6504 K", 0.3127, 0.3290),  # D65
        ("LED 2700 K", 0.4560, 0.4078),  # LED-B1
        ("LED 6600 K", 0.3118, 0.3236),  # LED-B5
        ("fluorescent 4200 K", 0.3721, 0.3751),  # FL2
        ("fluorescent 4000 K, three bands", 0.3805, 0.3769),  # FL11
    ],
)
def test_lamps_have_their_published_chromaticity(lamp: str, x: float, y: float) -> None:
    xyz = lamp_power(lamp) @ observer()
    assert xyz[0] / xyz.sum() == pytest.approx(x, abs=0.012)
    assert xyz[1] / xyz.sum() == pytest.approx(y, abs=0.012)


@pytest.mark.parametrize("name", ["candle", "black body K", "LED 9 K", "daylight warm K", ""])
def test_unknown_lamps_are_refused(name: str) -> None:
    with pytest.raises(OptionError, match="no lamp"):
        lamp_power(name)


def test_reflectances_give_the_published_colours() -> None:
    difference = patch_difference(ideal_colours(patch_reflectances()), PATCH_COLOURS)
    assert difference.mean() < 1.0
    assert difference.max() < 2.0


def test_the_observer_in_daylight_sees_white_white() -> None:
    assert ideal_colours(np.ones(len(WAVELENGTHS_NM))) == pytest.approx([1, 1, 1], abs=1e-9)
    assert XYZ_OF_LINEAR_SRGB.sum(axis=1)[1] == pytest.approx(1)


@pytest.mark.parametrize("seed", range(4))
def test_cameras_keep_white_and_come_near_the_chart(seed: int) -> None:
    assert camera_of(seed).matrix.sum(axis=1) == pytest.approx([1, 1, 1])
    seen = SpectralView("daylight 5500 K", camera=seed).colours(patch_reflectances())
    assert patch_difference(seen, ideal_colours(patch_reflectances())).mean() < 2.0


@pytest.mark.parametrize("lamp", LAMPS)
def test_a_full_white_balance_makes_white_white(lamp: str) -> None:
    assert SpectralView(lamp).colours(np.ones(len(WAVELENGTHS_NM))) == pytest.approx([1, 1, 1])


def test_a_partial_white_balance_leaves_a_warm_lamp_warm() -> None:
    warm = SpectralView("black body 2800 K", adaptation=0.7).colours(np.ones(len(WAVELENGTHS_NM)))
    assert warm[0] > 1.05 > 0.95 > warm[2]


def test_lamps_fake_a_change_of_redness_in_skin() -> None:
    scene = skin_scene()
    one, other = (redness(view.relit(scene)[10, 10]) for view in (LED, TUNGSTEN))
    assert abs(one - other) > 3


def test_added_blood_stays_redder_under_every_lamp() -> None:
    scene = skin_scene()
    for lamp in LAMPS:
        seen = SpectralView(lamp).relit(scene)
        assert 5.0 < redness(seen[-10, 10]) - redness(seen[10, 10]) < 9.0  # 7.2 in daylight


def test_the_chart_lies_where_its_pose_says_and_nowhere_else() -> None:
    view = SpectralView()
    scene = skin_scene()
    seen = with_chart(scene, POSE, view)
    middles = POSE.to_pixels(patch_corners_mm()).mean(axis=1).round().astype(int)
    assert np.allclose(seen[middles[:, 1], middles[:, 0]], view.colours(patch_reflectances()), atol=1e-5)
    assert np.array_equal(seen[:, :100], scene[:, :100])
    assert not np.array_equal(seen, scene)


def test_a_chart_outside_the_picture_changes_nothing() -> None:
    away = type(POSE)((5000.0, 200.0), 300.0)
    assert np.array_equal(with_chart(skin_scene(), away, SpectralView()), skin_scene())
