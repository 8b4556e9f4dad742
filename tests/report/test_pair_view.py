"""The view of a pair as one file: all that a screen needs comes back, what it does not need stays out."""

from types import MappingProxyType

import numpy as np

from skincompare.marks import Mark, MarkState, MetricMap, PairedMark
from skincompare.measurement import Change, Measurement, Method
from skincompare.report.pair_view import PairPicture, PairView, pack, unpack


def measured(value: float, marks: tuple[Mark, ...], seen: MetricMap) -> Measurement:
    return Measurement(
        "redness", "nose", value, 1.0, "EI", 500, (), Method("redness", 3), "0" * 64, marks, seen
    )


def view_with(*changes: Change) -> PairView:
    return PairView(
        is_aligned=True,
        mirrored=None,
        unchecked=None,
        headline=("Redness on the nose higher.",),
        changes=changes,
        treated=("nose",),
        light_references=("chin",),
        pair_flags=(),
        light_flags=(),
        facts=(("Alignment", "typical error 0.2 px"),),
        notes=("one.jpg", "two.jpg"),
        gate=("", ""),
        pictures=MappingProxyType({"before.jpg": PairPicture(b"picture", "image/jpeg")}),
        viewer={"before": {"src": "before.jpg"}},
        file_stem="skincompare-x",
        numbers=b"{}",
    )


def test_changes_with_features_and_maps_come_back_as_numbers() -> None:
    mark = Mark(((3.0, 4.0),), 2.0)
    seen = MetricMap(np.ones((2, 3), np.float32), 0, 0, 1.0, 0.0, 1.0, "EI")
    before, after = measured(10.0, (mark,), seen), measured(18.0, (), seen)
    gone = PairedMark(mark, mark, MarkState.GONE)
    found = unpack(pack(view_with(Change.between(before, after, sigma=1.0, mdc95=1.9, marks=(gone,)))))
    assert found is not None
    (change,) = found.changes
    assert (change.change, change.before.value, change.after.value) == (8.0, 10.0, 18.0)
    assert (change.marks, change.before.marks, change.before.map) == ((), (), None)
    assert found.pictures["before.jpg"].data == b"picture"
    assert found.viewer == {"before": {"src": "before.jpg"}}
