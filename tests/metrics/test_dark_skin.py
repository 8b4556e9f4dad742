"""Relief on dark skin: less light comes back, so its error is wider, or it is withheld and says so."""

from functools import cache

import numpy as np
import pytest

from skincompare.measurement import Effect
from skincompare.metrics.registry import metrics
from skincompare.synthetic.optics import base_reflectance

PX_PER_MM = 12.0
DARK, BROWN, LIGHT = -45.0, -15.0, 48.0


@pytest.fixture(scope="module")
def flags_on(make_patch):
    """Return a function: the effects of `dark_skin` on a quantity of speckled, lined skin of a typology angle."""
    rng = np.random.default_rng(0)
    shade = 1 + 0.01 * rng.standard_normal((300, 360, 1))
    shade[40:260, 100:104] = 0.85

    @cache
    def measured(metric, angle):
        spec = metrics()[metric]
        patch = make_patch(np.asarray(shade * base_reflectance(angle), np.float32), PX_PER_MM)
        return {one.quantity: one for one in spec.measure(patch, spec.options)}

    def flags(metric, quantity, angle):
        return [flag.effect for flag in measured(metric, angle)[quantity].flags if flag.code == "dark_skin"]

    return flags


@pytest.mark.parametrize(
    ("metric", "quantity", "effect"),
    [
        ("lines", "line_strength", Effect.WIDER_ERROR),
        ("scars", "scar_unevenness", Effect.WIDER_ERROR),
        ("scars", "scar_area", Effect.WIDER_ERROR),
        ("roughness", "roughness", Effect.NOT_MEASURABLE),
    ],
)
def test_dark_skin_widens_or_forbids_and_lighter_skin_does_not(flags_on, metric, quantity, effect):
    assert flags_on(metric, quantity, DARK) == [effect]
    for angle in (BROWN, LIGHT):
        assert flags_on(metric, quantity, angle) == []


def test_the_finer_bands_of_roughness_stay(flags_on):
    assert flags_on("roughness", "roughness_120um", DARK) == []
