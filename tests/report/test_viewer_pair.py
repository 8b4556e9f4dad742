"""What the viewer is fed with: where pictures lie in their photos, and how the photos themselves lie under them."""

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from skincompare.comparison import Comparison
from skincompare.imaging.mirroring import flipped, flipped_points
from skincompare.imaging.subject import prepare
from skincompare.report.viewer_pair import GRID_PER_PX, GRID_STEPS, viewer_pair, with_full, with_notes
from tests.rendered import Warp, known_alignment, near, photo_of

MOTION = Warp((550, 418), turn_degrees=12.0, scale=0.8, shift_px=(21.0, -13.0), local_px=0.0)
HALF_UNIT = 0.5 / GRID_PER_PX + 1e-6


@pytest.fixture
def moved(comparison: Comparison) -> Comparison:
    """Return a pair whose after photo is turned, smaller and shifted, by a motion that is known exactly."""
    before, after = near().subject, prepare(photo_of(MOTION.picture(near().pixels)))
    alignment = known_alignment(before, after, MOTION.motion)
    return replace(comparison, before=before, after=after, alignment=alignment, skin=None, regions=())


def places_of_grid(pair: dict) -> tuple[np.ndarray, np.ndarray]:
    """Return places in the before photo, and where the grid has them in the after photo, px, integers at centres."""
    grid, (left, top, width, height) = pair["full"]["grid"], pair["full"]["place"]
    columns, rows = grid["columns"], grid["rows"]
    steps = np.array(grid["steps"]).reshape(-1, 2)
    there = np.cumsum(steps, axis=0) / GRID_PER_PX - 0.5
    across, down = np.linspace(left, left + width, columns), np.linspace(top, top + height, rows)
    return np.stack(np.meshgrid(across, down), -1).reshape(-1, 2) - 0.5, there


def test_the_grid_leads_from_the_picture_to_the_after_photo(moved: Comparison) -> None:
    pair = viewer_pair(moved)
    here, there = places_of_grid(pair)
    assert len(here) == len(there) == pair["full"]["grid"]["columns"] * pair["full"]["grid"]["rows"]
    assert max(pair["full"]["grid"]["columns"], pair["full"]["grid"]["rows"]) == GRID_STEPS + 1
    truth = MOTION.forward(here)
    assert np.abs(there - truth).max() <= HALF_UNIT


def test_the_pictures_say_which_part_of_their_photo_they_show(moved: Comparison) -> None:
    pair = viewer_pair(moved)
    for name, subject in (("before", moved.before), ("original", moved.after)):
        left, top, width, height = pair[name]["place"]
        corners = np.array([[-0.5, -0.5], [subject.frame.shape[1] - 0.5, subject.frame.shape[0] - 0.5]])
        truth = subject.frame.to_photo(corners) + 0.5
        assert [[left, top], [left + width, top + height]] == pytest.approx(truth, abs=0.01)
    assert "place" not in pair["after"]  # it is not a part of the photo as it was taken
    assert (pair["full"]["width"], pair["full"]["after_width"]) == (
        moved.before.photo.width,
        moved.after.photo.width,
    )


def test_a_flipped_photo_is_marked_in_the_places_of_its_file_and_not_cut(comparison: Comparison) -> None:
    after = comparison.after
    pair = viewer_pair(replace(comparison, after=replace(after, photo=flipped(after.photo))))
    assert pair["full"] is None
    left, top, width, height = pair["original"]["place"]
    shown = np.array([[3.0, 4.0]])  # a pixel of the frame
    share = (shown[0] + 0.5) / after.frame.shape[::-1]
    marked = left + share[0] * width - 0.5, top + share[1] * height - 0.5
    truth = flipped_points(after.frame.to_photo(shown), after.photo.width)[0]
    assert marked == pytest.approx(tuple(truth))


def test_a_refused_pair_shows_both_photos_as_they_are(refused: Comparison) -> None:
    pair = viewer_pair(refused)
    assert pair["original"] is None
    assert pair["maps"] == []
    assert pair["after"]["place"] == pair["before"]["place"]
    assert pair["full"]["grid"] is None


def test_addresses_of_the_photos_are_added_where_they_can_be_cut(moved: Comparison) -> None:
    pair = viewer_pair(moved)
    assert with_full(pair, "/b", "/a")["full"] == {**pair["full"], "before": "/b", "after": "/a"}
    assert "before" not in pair["full"]
    assert with_full({**pair, "full": None}, "/b", "/a")["full"] is None


def test_without_its_pictures_a_pair_is_small(
    moved: Comparison, keeper: Callable[[str, bytes, str], str]
) -> None:
    pair = with_notes(viewer_pair(moved, keep=keeper), "2 March", "Day 3")
    assert (pair["before"]["note"], pair["after"]["note"]) == ("2 March", "Day 3")
    assert len(json.dumps(pair)) < 60_000
    assert pair["before"]["src"] == "kept/before"


@pytest.fixture
def keeper() -> Callable[[str, bytes, str], str]:
    def keep(name: str, data: bytes, kind: str) -> str:
        assert data
        assert kind in ("image/jpeg", "image/webp")
        return f"kept/{name}"

    return keep
