"""Curves of recovery, from changes made by hand."""

import math
from datetime import UTC, datetime, timedelta, timezone

import pytest

from skincompare.errors import OptionError
from skincompare.measurement import Change, Effect, Flag, Measurement, Method
from skincompare.recovery import DayOfChanges, days_since, recovery_curves

MISSING = Flag("no_reference", "The light is not known.", "Name untreated skin.", Effect.NOT_MEASURABLE)


def change(value: float, *, region: str = "left_cheek", metric: str = "redness", unit: str = "EI") -> Change:
    def side(number: float, sha256: str) -> Measurement:
        flags = (MISSING,) if math.isnan(number) else ()
        return Measurement(metric, region, number, 1.0, unit, 100, flags, Method(metric, 1), sha256)

    return Change.between(side(20.0, "a" * 64), side(20.0 + value, "b" * 64), sigma=1.0, mdc95=1.9)


def day(number: float, *changes: Change) -> DayOfChanges:
    return DayOfChanges(number, changes)


def values(curve) -> list[tuple[float, float]]:
    return [(point.day, round(point.change.change, 6)) for point in curve.points]


def test_days_are_put_in_order():
    (curve,) = recovery_curves([day(3.0, change(2.0)), day(0.1, change(14.0)), day(1.0, change(9.0))])
    assert values(curve) == [(0.1, 14.0), (1.0, 9.0), (3.0, 2.0)]
    assert (curve.region, curve.metric, curve.unit) == ("left_cheek", "redness", "EI")


def test_a_day_that_was_not_measurable_is_kept_but_is_no_peak():
    (curve,) = recovery_curves([day(0.0, change(math.nan)), day(1.0, change(9.0)), day(2.0, change(12.0))])
    assert [point.day for point in curve.points] == [0.0, 1.0, 2.0]
    assert math.isnan(curve.points[0].change.change)
    assert curve.peak is curve.points[2]


def test_the_peak_is_the_highest_and_not_the_largest():
    (curve,) = recovery_curves([day(0.0, change(-9.0)), day(1.0, change(2.0)), day(2.0, change(1.0))])
    assert curve.peak.day == 1.0


def test_no_measurable_day_has_no_peak():
    (curve,) = recovery_curves([day(0.0, change(math.nan))])
    assert curve.peak is None


def test_one_curve_a_region_in_the_order_asked_for():
    days = [
        day(0.0, change(5.0), change(1.0, region="chin"), change(3.0, region="nose")),
        day(1.0, change(4.0), change(2.0, region="nose")),
    ]
    assert [curve.region for curve in recovery_curves(days)] == ["left_cheek", "chin", "nose"]
    asked = recovery_curves(days, regions=("nose", "neck", "left_cheek"))
    assert [curve.region for curve in asked] == ["nose", "left_cheek"]
    assert values(asked[0]) == [(0.0, 3.0), (1.0, 2.0)]


def test_other_quantities_are_left_out():
    days = [day(0.0, change(5.0), change(0.4, metric="pore_density", unit="per cm²"))]
    (curve,) = recovery_curves(days, metric="pore_density")
    assert (curve.unit, values(curve)) == ("per cm²", [(0.0, 0.4)])
    assert recovery_curves(days, metric="shine") == ()
    assert recovery_curves([]) == ()


def test_days_come_from_any_iterable():
    assert len(recovery_curves(day(float(n), change(1.0)) for n in range(3))[0].points) == 3


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_a_day_is_a_finite_number(number):
    with pytest.raises(OptionError, match="finite"):
        DayOfChanges(number, ())


def test_days_are_exact_to_the_hour_and_across_time_zones():
    treated = datetime(2026, 3, 3, 10, 0, tzinfo=timezone(timedelta(hours=1)))
    assert days_since(treated, datetime(2026, 3, 4, 21, 0, tzinfo=UTC)) == pytest.approx(1.5)
    assert days_since(treated, datetime(2026, 3, 3, 3, 0, tzinfo=UTC)) == pytest.approx(-0.25)
    assert days_since(datetime(2026, 3, 3), datetime(2026, 3, 10)) == 7.0


@pytest.mark.parametrize("treated_zone", [UTC, None])
def test_times_with_and_without_a_zone_do_not_mix(treated_zone):
    other = None if treated_zone else UTC
    with pytest.raises(OptionError, match="time zone"):
        days_since(datetime(2026, 3, 3, tzinfo=treated_zone), datetime(2026, 3, 4, tzinfo=other))
