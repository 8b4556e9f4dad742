"""A colour chart among what tells the light, against lamps whose spectrum is known."""

import numpy as np
import pytest

from skincompare.imaging.chart_light import CHART_SD
from skincompare.imaging.light import LightRung
from skincompare.imaging.light_evidence import (
    ChartPair,
    LightEvidence,
    gather_light,
    read_charts,
    region_colour,
)
from skincompare.imaging.pairing import PairedRegion, pair_region, pair_skin
from skincompare.imaging.regions import Region
from skincompare.imaging.scale import given_scale
from skincompare.imaging.subject import Subject, prepare
from tests.charted import DAYLIGHT, LED, SIZE_PX, TUNGSTEN, charted, read, redness, skin_colours
from tests.rendered import front, known_alignment, photo_of

SCALE = given_scale(5.0)
HALF = SIZE_PX[1] / 2
BOXES = {"calm": (20.0, HALF - 20), "red": (HALF + 20, SIZE_PX[1] - 21.0)}


def region(name: str) -> Region:
    top, bottom = BOXES[name]
    return Region(name, np.array([(5.0, top), (145.0, top), (145.0, bottom), (5.0, bottom)]))


def both(lamp) -> tuple[Subject, Subject]:
    return prepare(photo_of(charted(DAYLIGHT).pixels)), prepare(photo_of(charted(lamp).pixels))


def paired(name: str, before: Subject, after: Subject) -> PairedRegion:
    alignment = known_alignment(before, after, np.eye(3))
    return pair_region(region(name), before, after, alignment, pair_skin(before, after, alignment), SCALE)


def evidence(lamp, *, with_chart: bool, with_skin: bool) -> tuple[LightEvidence, np.ndarray]:
    """Return what tells the light, the calm skin being untreated, and the colour of the red skin before."""
    before, after = both(lamp)
    calm = [paired("calm", before, after)] if with_skin else []
    charts = ChartPair(read(charted(DAYLIGHT)), read(charted(lamp))) if with_chart else None
    found = gather_light(
        calm,
        before,
        after,
        known_alignment(before, after, np.eye(3)),
        SCALE.px_per_mm,
        ask_bystanders=False,
        charts=charts,
    )
    return found, region_colour(paired("red", before, after), before)


def true_shifts(lamp) -> np.ndarray:
    """Return by how much the lamp moves the redness of the calm and of the red skin."""
    return redness(skin_colours(charted(lamp))) - redness(skin_colours(charted(DAYLIGHT)))


@pytest.mark.parametrize("lamp", [LED, TUNGSTEN])
def test_a_chart_alone_tells_the_light(lamp):
    found, colour = evidence(lamp, with_chart=True, with_skin=False)
    light = found.light(colour=colour)
    assert light.rung is LightRung.CHART
    assert light.shift.u == pytest.approx(true_shifts(lamp)[1], abs=1.96 * CHART_SD)
    assert abs(true_shifts(lamp)[1]) > 4
    assert light.shift.sigma_u >= CHART_SD
    assert found.is_known


@pytest.mark.parametrize("lamp", [LED, TUNGSTEN])
def test_a_chart_and_skin_tell_it_better(lamp):
    found, colour = evidence(lamp, with_chart=True, with_skin=True)
    light = found.light(colour=colour)
    assert light.rung is LightRung.CHART_AND_SKIN
    # By lamps of other spectra redder skin moves otherwise: an SD of 1.3 EI was measured for 7 EI more blood.
    assert light.shift.u == pytest.approx(true_shifts(lamp)[1], abs=1.96 * 1.3)
    calm = found.light().shift.u
    assert calm == pytest.approx(true_shifts(lamp)[0], abs=0.3)


def test_the_only_region_that_is_left_out_leaves_the_chart():
    found, colour = evidence(LED, with_chart=True, with_skin=True)
    assert found.light(without="calm", colour=colour).rung is LightRung.CHART
    bare, _ = evidence(LED, with_chart=False, with_skin=True)
    assert bare.light().rung is LightRung.ONE_REGION
    assert bare.light(without="calm").rung is LightRung.NOTHING


def test_charts_are_read_in_both_photos_or_it_is_said_where_none_is():
    before, after = both(LED)
    charts, flags = read_charts(before, after)
    assert charts is not None
    assert flags == ()
    charts, flags = read_charts(front().subject, after)
    assert charts is None
    (flag,) = flags
    assert "before photo" in flag.reason
    assert "24 patches" in flag.advice
