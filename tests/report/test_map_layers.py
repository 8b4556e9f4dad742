"""Maps on the aligned pair: each at its place in both pictures, in colours that never move."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from skincompare.comparison import Comparison
from skincompare.imaging.subject import prepare
from skincompare.marks import MetricMap
from skincompare.measurement import Change
from skincompare.report import report_html
from skincompare.report.map_layers import LONGEST_PX, map_layers, map_rgba, scale_colours
from skincompare.report.overlays import Overlays, overlays_of
from skincompare.report.viewer_pair import viewer_pair
from tests.rendered import Warp, known_alignment, near, photo_of

MakeChange = Callable[..., Change]
MakeComparison = Callable[..., Comparison]

MOTION = Warp((550, 418), turn_degrees=12.0, scale=0.8, shift_px=(21.0, -13.0), local_px=0.0)
MIDDLE, SIDE, STEP = np.array([[330.0, 150.0]]), 40.0, 2.0


def map_at(middle: np.ndarray, side: float, value: float = 8.0) -> MetricMap:
    """Return a map whose only known values lie in a square, with room round it."""
    cells = round(side / STEP)
    values = np.full((3 * cells, 3 * cells), np.nan, np.float32)
    values[cells : 2 * cells, cells : 2 * cells] = value
    left, top = np.rint(middle - 1.5 * cells * STEP + 0.5).astype(int)
    return MetricMap(values, int(left), int(top), STEP, -10.0, 10.0, "MI")


def with_maps(change: Change, before: MetricMap, after: MetricMap) -> Change:
    return replace(change, before=replace(change.before, map=before), after=replace(change.after, map=after))


@pytest.fixture
def moved(change: MakeChange, comparison_of: MakeComparison) -> Comparison:
    """Return a pair whose after photo is turned, smaller and shifted, by a motion that is known exactly."""
    before, after = near().subject, prepare(photo_of(MOTION.picture(near().pixels)))
    there = MOTION.forward(MIDDLE)[0]
    higher = change("evenness", "left_cheek", 3.0, unit="MI")
    maps = map_at(MIDDLE[0], SIDE), map_at(there, 0.8 * SIDE)
    made = comparison_of((with_maps(higher, *maps),))
    alignment = known_alignment(before, after, MOTION.motion)
    return replace(made, before=before, after=after, alignment=alignment, skin=None)


def shown(picture: np.ndarray) -> tuple[np.ndarray, int]:
    """Return the middle (x, y) of what is seen of a map, px of its picture, and how many pixels that is."""
    rows, columns = np.nonzero(picture[..., 3] > 100)
    return np.array([columns.mean(), rows.mean()]), rows.size


def test_a_map_lies_on_the_same_skin_in_both_pictures(moved: Comparison) -> None:
    (layer,) = map_layers(moved)
    height, width = layer.pictures["before"].shape[:2]
    assert layer.pictures["after"].shape == (height, width, 4)
    assert max(height, width) == min(LONGEST_PX, max(moved.before.frame.shape))
    scale = width / moved.before.frame.shape[1]
    truth = (moved.before.frame.from_photo(MIDDLE)[0] + 0.5) * scale - 0.5
    area = (SIDE * moved.before.frame.factor * scale) ** 2
    for side in ("before", "after"):
        middle, count = shown(layer.pictures[side])
        assert middle == pytest.approx(truth, abs=1.5)
        assert count == pytest.approx(area, rel=0.12)


def test_what_is_said_of_a_map(moved: Comparison, change: MakeChange, comparison_of: MakeComparison) -> None:
    (layer,) = map_layers(moved)
    assert layer.label == "Uneven pigment, map"
    assert layer.sentences == ("Higher on the left cheek.",)
    assert (layer.low, layer.high) == ("−10.0", "10.0 MI")
    assert not layer.is_faint
    small = change("evenness", "chin", 0.1, unit="MI")
    found = map_at(np.array([20.0, 20.0]), 8.0)
    (faint,) = map_layers(comparison_of((with_maps(small, found, found),)))
    assert faint.is_faint


def test_maps_of_several_regions_are_one_layer(
    moved: Comparison, change: MakeChange, comparison_of: MakeComparison
) -> None:
    second = np.array([120.0, 300.0])
    other = with_maps(
        change("evenness", "chin", 3.0, unit="MI"),
        map_at(second, SIDE),
        map_at(MOTION.forward(second[None])[0], 0.8 * SIDE),
    )
    (layer,) = map_layers(replace(moved, changes=(*moved.changes, other)))
    assert layer.sentences == ("Higher on the left cheek and chin.",)
    (alone,) = map_layers(moved)
    for side in ("before", "after"):
        assert shown(layer.pictures[side])[1] == pytest.approx(2 * shown(alone.pictures[side])[1], rel=0.1)


def test_without_maps_or_alignment_there_is_no_layer(comparison: Comparison, refused: Comparison) -> None:
    assert map_layers(comparison) == map_layers(refused) == ()


def test_the_legend_has_the_colours_of_the_map() -> None:
    found = MetricMap(np.array([[-10.0, 0.0, 10.0]], np.float32), 0, 0, 1.0, -10.0, 10.0, "MI")
    colours = scale_colours(found)
    for place, index in ((0, 0), (1, len(colours) // 2), (2, -1)):
        red, green, blue, alpha = map_rgba(found)[0, place].tolist()
        assert colours[index] == f"rgb({red} {green} {blue} / {alpha / 255:.2f})"


def test_the_report_and_the_viewer_get_both_pictures(moved: Comparison) -> None:
    page = report_html(moved)
    assert page.count('data-marks="evenness-map"') == 3  # two pictures and what is told
    assert page.count("<image href=") == 2
    (layer,) = viewer_pair(moved)["marks"]
    assert layer["images"].keys() == {"before", "after"}
    assert all(source.startswith("data:image/webp;base64,") for source in layer["images"].values())
    assert layer["scale"]["high"] == "10.0 MI"


def test_overlays_that_were_made_already_are_used(moved: Comparison) -> None:
    made = overlays_of(moved)
    assert report_html(moved, made) == report_html(moved)
    assert viewer_pair(moved, made) == viewer_pair(moved)
    assert viewer_pair(moved, Overlays((), ()))["marks"] == []
