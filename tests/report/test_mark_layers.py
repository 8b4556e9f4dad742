"""Marks on the aligned pair: at places that are known, with the state told by shape and colour, and what is said."""

import math
import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import cKDTree

from skincompare.comparison import Comparison
from skincompare.imaging.subject import prepare
from skincompare.marks import Mark, MarkState, PairedMark
from skincompare.measurement import Change, Effect, Flag
from skincompare.report import report_html
from skincompare.report.mark_layers import STATE_STYLES, mark_layers, path_data
from skincompare.report.viewer_pair import LONGEST_PX, viewer_pair
from tests.compared import close_ups
from tests.rendered import CLOSE_UP_PX_PER_MM, Warp, known_alignment, near, photo_of

MakeChange = Callable[..., Change]
MakeComparison = Callable[..., Comparison]

PLACES = np.array([[120.0, 90.0], [305.5, 211.25], [410.0, 300.0]])
STATES = (MarkState.STILL_THERE, MarkState.GONE, MarkState.NEW)
NEAR_MM = 0.15
"""Within this of a true pore a mark is on it."""
MOTION = Warp((550, 418), turn_degrees=7.0, scale=0.8, shift_px=(21.0, -13.0), local_px=0.0)


def marked(change: Change, marks: tuple[PairedMark, ...]) -> Change:
    return replace(change, marks=marks)


def round_marks(before: np.ndarray, after: np.ndarray, scale: float = 1.0) -> tuple[PairedMark, ...]:
    return tuple(
        PairedMark(Mark((tuple(one),), 8.0), Mark((tuple(other),), 8.0 * scale), state)
        for one, other, state in zip(before.tolist(), after.tolist(), STATES, strict=True)
    )


@pytest.fixture
def moved(change: MakeChange, comparison_of: MakeComparison) -> Comparison:
    """Return a pair whose after photo is turned, smaller and shifted, by a motion that is known exactly."""
    before, after = near().subject, prepare(photo_of(MOTION.picture(near().pixels)))
    alignment = known_alignment(before, after, MOTION.motion)
    lower = change("pore_density", "left_cheek", -6.0, unit="per cm²")
    marks = round_marks(PLACES, MOTION.forward(PLACES), 0.8)
    made = comparison_of((marked(lower, marks),))
    return replace(made, before=before, after=after, alignment=alignment, skin=None)


def test_both_photos_marks_lie_on_the_same_skin_of_the_aligned_pictures(moved: Comparison) -> None:
    (layer,) = mark_layers(moved)
    truth = moved.before.frame.from_photo(PLACES)
    for index, state in enumerate(STATES):
        (group,) = [one for one in layer.groups if one.state is state]
        (before,), (after,) = group.before, group.after
        assert before.points[0] == pytest.approx(truth[index], abs=1e-9)
        assert after.points[0] == pytest.approx(truth[index], abs=0.1)
        factor = moved.before.frame.factor
        assert (before.size_px, after.size_px) == pytest.approx((8.0 * factor, 8.0 * factor), rel=0.01)


def test_a_mark_is_over_its_feature_in_the_after_picture_as_it_is_shown(moved: Comparison) -> None:
    dot = np.round(MOTION.forward(PLACES[:1])[0]).astype(int)
    pixels = moved.after.photo.pixels.copy()
    pixels[dot[1] - 2 : dot[1] + 3, dot[0] - 2 : dot[0] + 3] = (0, 255, 0)
    shown = moved.alignment.warp_for_display(replace(moved.after.photo, pixels=pixels)).astype(int)
    rows, columns = np.nonzero(shown[..., 1] - shown[..., 0] > 120)
    (layer,) = mark_layers(moved)
    (group,) = [one for one in layer.groups if one.state is MarkState.STILL_THERE]
    assert group.after[0].points[0] == pytest.approx((columns.mean(), rows.mean()), abs=0.8)


def test_what_is_told_and_counted(moved: Comparison) -> None:
    (layer,) = mark_layers(moved)
    assert layer.label == "Pores"
    assert layer.sentences == ("Left cheek: 1 of 2 pores no longer seen, 1 new (lower).",)
    assert dict(layer.counts) == dict.fromkeys(STATES, 1)
    assert not any(group.is_faint for group in layer.groups)


def test_marks_inside_the_error_are_faint_and_those_not_measurable_are_not_shown(
    change: MakeChange, comparison_of: MakeComparison
) -> None:
    marks = round_marks(PLACES / 20, PLACES / 20)
    small = marked(change("pore_density", "chin", 0.2, unit="per cm²"), marks)
    blurred = Flag("too_blurred", "Blurred.", "Hold still.", Effect.NOT_MEASURABLE)
    none = marked(change("spot_density", "chin", math.nan, flags=(blurred,), unit="per cm²"), marks)
    (layer,) = mark_layers(comparison_of((small, none)))
    assert layer.quantity == "pore_density"
    assert all(group.is_faint and "faint" in group.classes for group in layer.groups)
    assert "no detectable change" in layer.sentences[0]


def test_a_mark_whose_place_is_not_known_is_left_out(
    change: MakeChange, comparison_of: MakeComparison
) -> None:
    nowhere = Mark(((math.nan, 3.0),), 2.0)
    pair = PairedMark(nowhere, Mark(((10.0, 12.0),), 2.0), MarkState.GONE)
    (layer,) = mark_layers(
        comparison_of((marked(change("pore_density", "chin", -6.0, unit="per cm²"), (pair,)),))
    )
    (group,) = layer.groups
    assert (len(group.before), len(group.after)) == (0, 1)


def test_states_differ_in_shape_and_in_colour(moved: Comparison) -> None:
    (layer,) = mark_layers(moved)
    drawn = {group.state: path_data(group.before, group.state) for group in layer.groups}
    shapes = [re.sub(r"[-0-9., ]+", "", data) for data in drawn.values()]
    assert len(set(shapes)) == len(STATES)
    assert len({style.colour for style in STATE_STYLES.values()}) == len(STATES)
    assert len({style.shape for style in STATE_STYLES.values()}) == len(STATES)


def test_a_path_surrounds_its_place_counted_from_the_corner_of_the_picture(moved: Comparison) -> None:
    (layer,) = mark_layers(moved)
    (group,) = [one for one in layer.groups if one.state is MarkState.NEW]
    x, y, wide = (
        float(one) for one in re.findall(r"-?[\d.]+", path_data(group.before, group.state, 0.5))[:3]
    )
    middle = (group.before[0].points[0] + 0.5) * 0.5
    assert (x + wide / 2, y + wide / 2) == pytest.approx(tuple(middle), abs=0.11)


def test_a_line_follows_its_course_and_its_state_is_told_by_its_dashes(
    change: MakeChange, comparison_of: MakeComparison
) -> None:
    course = Mark(((8.0, 6.0), (12.0, 9.0), (15.0, 15.0)), 1.5)
    pair = PairedMark(course, course, MarkState.GONE)
    made = comparison_of((marked(change("line_density", "chin", -6.0, unit="mm per cm²"), (pair,)),))
    (layer,) = mark_layers(made)
    (group,) = layer.groups
    assert group.classes == "gone long"
    places = made.before.frame.from_photo(np.array(course.points)) + 0.5
    assert path_data(group.before, group.state) == "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in places)


def test_a_refused_pair_and_one_without_features_have_no_marks(
    comparison: Comparison, refused: Comparison
) -> None:
    assert mark_layers(comparison) == mark_layers(refused) == ()
    assert 'id="show-marks"' not in report_html(comparison)
    assert viewer_pair(comparison)["marks"] == []


def test_the_report_draws_each_layer_on_both_pictures(moved: Comparison, change: MakeChange) -> None:
    spots = marked(change("spot_density", "left_cheek", -6.0, unit="per cm²"), moved.changes[0].marks)
    page = report_html(replace(moved, changes=(*moved.changes, spots)))
    assert page.count('<svg class="marks chosen" data-marks="pore_density"') == 2
    assert page.count('<svg class="marks" data-marks="spot_density"') == 2
    assert '<select id="marks-of"' in page
    assert "1 of 2 pores no longer seen" in page
    height, width = moved.aligned_pair[0].shape[:2]
    assert f'viewBox="0 0 {width} {height}"' in page
    alone = report_html(moved)
    assert '<select id="marks-of"' not in alone
    assert 'id="show-marks"' in alone


def test_the_viewer_gets_paths_in_pixels_of_the_picture_it_shows(moved: Comparison) -> None:
    pair = viewer_pair(moved)
    (layer,) = pair["marks"]
    assert [one["classes"] for one in layer["paths"]] == ["still", "gone", "new"]
    assert [one["text"] for one in layer["legend"]] == ["1 still seen", "1 no longer seen", "1 new"]
    scale = pair["before"]["width"] / moved.before.frame.shape[1]
    assert scale <= 1
    assert max(pair["before"]["width"], pair["before"]["height"]) <= LONGEST_PX
    (group,) = [one for one in mark_layers(moved)[0].groups if one.state is MarkState.GONE]
    assert layer["paths"][1]["after"] == path_data(group.after, MarkState.GONE, scale)


def test_pores_that_were_really_found_are_marked_where_the_truth_has_them_in_both_pictures() -> None:
    comparison = close_ups()  # the after photo is turned by 25 degrees and 1.3 times as large
    (layer,) = [one for one in mark_layers(comparison) if one.quantity == "pore_density"]
    truth = cKDTree(comparison.before.frame.from_photo(near().truth.points("pores")))
    near_px = NEAR_MM * CLOSE_UP_PX_PER_MM * comparison.before.frame.factor
    for marks in (layer.groups[0].before, layer.groups[0].after):
        places = np.array([mark.points[0] for mark in marks])
        assert len(places) > 300
        assert np.mean(truth.query(places)[0] < near_px) > 0.97
        assert (
            np.mean(truth.query(places + 6.0)[0] < near_px) < 0.2
        )  # their places carry it, not their number
