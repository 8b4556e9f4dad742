"""The face whose regions are tapped: every region is on it, and its regions lie where they belong."""

import numpy as np

from skincompare.ui.face_map import OUTLINES
from skincompare.ui.widgets.treatment import ALL_REGIONS


def middle(name: str) -> np.ndarray:
    return np.mean(OUTLINES[name], axis=0)


def test_every_region_can_be_tapped():
    assert set(OUTLINES) == set(ALL_REGIONS)


def test_the_persons_left_is_on_the_right():
    for name in OUTLINES:
        if name.startswith("left_"):
            left, right = middle(name), middle(name.replace("left_", "right_"))
            assert left[0] > 100 > right[0]
            assert abs(left[1] - right[1]) < 4
    assert middle("forehead")[1] < middle("nose")[1] < middle("chin")[1] < middle("neck")[1]
