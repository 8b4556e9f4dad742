"""A single photo with its marks: in the photo's own pixels, the rest untouched, and maps at their places."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from skincompare.marks import Mark, MetricMap
from skincompare.measure import measure_subject
from skincompare.measured import Measured
from skincompare.report.figures import MAX_ALPHA
from skincompare.report.map_layers import map_rgba
from skincompare.report.measured_picture import measured_picture, with_maps
from tests.rendered import near

TOLERANCE_PX = 1.0


@cache
def bare() -> Measured:
    """Return a close-up of which only redness was measured: it has no marks and no map."""
    return measure_subject(near().subject, only="redness")


def with_marks(*marks: Mark) -> Measured:
    first, *rest = bare().measurements
    return replace(bare(), measurements=(replace(first, marks=marks), *rest))


def touched(picture: np.ndarray) -> np.ndarray:
    pixels = near().photo.pixels
    return np.argwhere(np.any(picture[: pixels.shape[0]] != pixels, axis=-1))


def test_without_marks_the_photo_is_untouched_and_the_legend_says_so() -> None:
    picture = measured_picture(bare())
    height, width = near().photo.pixels.shape[:2]
    assert picture.shape[0] > height
    assert picture.shape[1] == width
    assert len(touched(picture)) == 0


@pytest.mark.parametrize("size", [6.0, 40.0])
def test_a_ring_goes_round_its_feature_and_leaves_it_to_be_seen(size: float) -> None:
    rows_columns = touched(measured_picture(with_marks(Mark(((200.0, 120.0),), size))))
    middle = (rows_columns.min(axis=0) + rows_columns.max(axis=0)) / 2
    assert middle == pytest.approx((120.0, 200.0), abs=TOLERANCE_PX)
    distance = np.hypot(*(rows_columns - (120.0, 200.0)).T)
    if size > 10:
        assert distance.min() > size / 2
    assert distance.max() < size + 6


def test_a_line_is_drawn_along_its_course() -> None:
    rows_columns = touched(measured_picture(with_marks(Mark(((50.0, 40.0), (250.0, 40.0)), 3.0))))
    assert rows_columns[:, 0].mean() == pytest.approx(40, abs=TOLERANCE_PX)
    assert (rows_columns[:, 1].min(), rows_columns[:, 1].max()) == pytest.approx((50, 250), abs=3)


def test_a_map_lies_at_its_place_and_is_clear_where_it_says_nothing() -> None:
    values = np.full((10, 20), np.nan, np.float32)
    values[2:6, 5:15] = 4.0
    first, *rest = bare().measurements
    found = MetricMap(values, 100, 60, 3.0, -5.0, 5.0, "MI")
    picture = measured_picture(replace(bare(), measurements=(replace(first, map=found), *rest)))
    rows_columns = touched(picture)
    low, high = rows_columns.min(axis=0), rows_columns.max(axis=0)
    assert low == pytest.approx((60 + 6, 100 + 15), abs=3)
    assert high == pytest.approx((60 + 18, 100 + 45), abs=3)


def test_two_maps_are_not_laid_over_each_other() -> None:
    found = MetricMap(np.full((9, 9), 4.0, np.float32), 10, 10, 2.0, 0.0, 5.0, "%")
    first, second, *rest = bare().measurements
    both = (replace(first, map=found), replace(second, map=found), *rest)
    assert len(touched(measured_picture(replace(bare(), measurements=both)))) == 0


def test_the_colours_of_a_map_are_fixed_and_fade_where_it_says_little() -> None:
    values = np.array([[np.nan, 0.0, 2.5, 5.0, 9.0]], np.float32)
    one_way = map_rgba(MetricMap(values, 0, 0, 1.0, 0.0, 5.0, "%"))
    both_ways = map_rgba(MetricMap(values - 5, 0, 0, 1.0, -5.0, 5.0, "MI"))
    assert one_way[0, :, 3].tolist() == [0, 0, MAX_ALPHA // 2, MAX_ALPHA, MAX_ALPHA]
    assert both_ways[0, :4, 3].tolist() == [0, MAX_ALPHA, MAX_ALPHA // 2, 0]
    again = map_rgba(MetricMap(values[:, ::-1].copy(), 0, 0, 1.0, 0.0, 5.0, "%"))
    assert np.array_equal(
        again[:, ::-1], one_way
    )  # the same value has the same colour whatever lies beside it


def test_the_legend_uses_letters_that_its_font_has() -> None:
    found = MetricMap(np.full((9, 9), 4.0, np.float32), 10, 10, 2.0, -5.0, 5.0, "MI")
    first, *rest = bare().measurements
    plain = replace(bare(), measurements=(replace(first, map=found), *rest))
    _, words = with_maps(near().photo.pixels, list(plain.measurements))
    assert words == "Redness: blue to red is -5.0 to 5.0 MI"
    assert words.isascii()
