"""What a screen shows of stored photos: made once, kept, and made again where it is missing or old."""

import io
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from skincompare.records import Course, Patient, PhotoRecord, View
from skincompare.report.pair_view import PairView
from skincompare.store import Store
from skincompare.workflows import measuring, views
from skincompare.workflows.importing import ImportPlan, import_photos
from skincompare.workflows.measuring import due_pairs, measure_due
from skincompare.workflows.views import DISPLAY, THUMB, make_view, picture_of, stored_view, view_name
from tests.rendered import near, nearer
from tests.workflows.conftest import picture

ONLY = {"redness": measuring.current_methods()["redness"]}


def save(path: Path, pixels: np.ndarray) -> Path:
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture
def pair(store: Store, treated: tuple[Patient, Course], tmp_path: Path) -> tuple[PhotoRecord, PhotoRecord]:
    """Return two stored close-ups of the same skin, before and after the treatment."""
    patient, course = treated
    files = [save(tmp_path / f"{n}.png", shot.photo.pixels) for n, shot in enumerate((near(), nearer()))]
    stored = []
    for file, day in zip(files, ("2026-03-01T10:00", "2026-03-04T10:00"), strict=True):
        plan = ImportPlan(
            patient,
            course,
            view=View.CLOSE_UP,
            site="left cheek",
            captured=datetime.fromisoformat(day),
            px_per_mm=8.0,
        )
        (one,) = import_photos(store, plan, [file])
        assert one.photo is not None
        stored.append(one.photo)
    return stored[0], stored[1]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measure redness alone, so that a pair takes no time."""
    monkeypatch.setattr(measuring, "current_methods", lambda: ONLY)


def test_an_import_keeps_picture_ofs(store: Store, treated: tuple[Patient, Course], tmp_path: Path) -> None:
    path = picture(tmp_path / "wide.jpg", 90, day=1, size=2400)
    (one,) = import_photos(store, ImportPlan(*treated), [path])
    assert one.photo is not None
    for name, longest in ((THUMB, 320), (DISPLAY, 2000)):
        data = store.derived.read(one.photo.sha256, name)
        assert data is not None
        with Image.open(io.BytesIO(data)) as opened:
            assert (max(opened.size), dict(opened.getexif())) == (longest, {})


def test_a_picture_of_that_is_missing_is_made_again(
    store: Store, pair: tuple[PhotoRecord, PhotoRecord]
) -> None:
    wanted = picture_of(store, pair[0])
    store.derived.remove(pair[0].sha256)
    assert picture_of(store, pair[0]) == wanted
    assert picture_of(store, pair[1]) != wanted


def test_a_photo_whose_file_is_missing_has_no_picture(
    store: Store, pair: tuple[PhotoRecord, PhotoRecord]
) -> None:
    store.derived.remove(pair[0].sha256)
    store.photos.clear(type(store.photos.sweep())(unfinished=(f"{pair[0].sha256[:2]}/{pair[0].sha256}.png",)))
    assert picture_of(store, pair[0]) is None


@pytest.mark.usefixtures("quick")
def test_measuring_keeps_what_a_screen_shows(
    store: Store, treated: tuple[Patient, Course], pair: tuple[PhotoRecord, PhotoRecord]
) -> None:
    due = due_pairs(store, treated[1])
    list(measure_due(store, due, workers=1))
    view = stored_view(store, *pair, due[0].treated)
    assert isinstance(view, PairView)
    assert view.changes
    assert stored_view(store, *pair, ("left_cheek",)) is None  # another question has another answer


@pytest.mark.usefixtures("quick")
def test_a_view_that_does_not_hold_all_that_is_measured_goes(
    store: Store,
    treated: tuple[Patient, Course],
    pair: tuple[PhotoRecord, PhotoRecord],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    due = due_pairs(store, treated[1])
    list(measure_due(store, due, workers=1))
    both = {**ONLY, "spots": measuring.Method("spots", 99)}
    monkeypatch.setattr(measuring, "current_methods", lambda: both)
    later = due_pairs(store, treated[1])
    assert later[0].metrics == ("spots",)
    list(measure_due(store, later, workers=1))
    assert stored_view(store, *pair, due[0].treated) is None


def test_a_view_is_made_when_somebody_looks(store: Store, pair: tuple[PhotoRecord, PhotoRecord]) -> None:
    steps: list[float] = []
    view = make_view(store, *pair, (), progress=lambda step, share: steps.append(share))
    again = stored_view(store, *pair, ())
    assert again is not None
    assert again.headline == view.headline
    assert steps == sorted(steps)
    assert steps


def test_a_view_of_an_older_version_is_not_shown(
    store: Store, pair: tuple[PhotoRecord, PhotoRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    store.derived.keep(pair[1].sha256, view_name(pair[0], ()), b"damaged")
    assert stored_view(store, *pair, ()) is None
    old = view_name(pair[0], ())
    monkeypatch.setattr(views, "VIEW_VERSION", views.VIEW_VERSION + 1)
    assert view_name(pair[0], ()) != old
