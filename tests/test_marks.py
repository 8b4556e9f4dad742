"""Marks and maps: what is checked when they are made, and how they go out."""

import math

import numpy as np
import pytest

from skincompare.errors import OptionError
from skincompare.marks import Mark, MarkState, MetricMap, PairedMark


def test_a_mark_goes_out_as_plain_values():
    dot = Mark(((3.04, 4.0),), 5.02)
    assert dot.to_dict() == {"points": [[3.0, 4.0]], "size_px": 5.0, "strength": None}
    line = Mark(((1.0, 2.0), (3.0, 4.0)), 2.0, 0.5)
    paired = PairedMark(dot, line, MarkState.GONE).to_dict()
    assert paired["state"] == "gone"
    assert paired["after"] == {"points": [[1.0, 2.0], [3.0, 4.0]], "size_px": 2.0, "strength": 0.5}


@pytest.mark.parametrize("size", [0.0, -1.0, math.nan, math.inf])
def test_a_mark_without_a_size_is_refused(size):
    with pytest.raises(OptionError, match="positive number of pixels"):
        Mark(((1.0, 2.0),), size)


def test_a_mark_without_a_place_is_refused():
    with pytest.raises(OptionError, match="at least one point"):
        Mark((), 1.0)


@pytest.mark.parametrize(
    ("shape", "step", "ends"), [((3,), 1.0, (0, 1)), ((3, 3), 0.0, (0, 1)), ((3, 3), 1.0, (1, 1))]
)
def test_a_faulty_map_is_refused(shape, step, ends):
    with pytest.raises(OptionError, match="map"):
        MetricMap(np.zeros(shape, np.float32), 0, 0, step, *ends, "%")
