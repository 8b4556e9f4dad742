"""Comparing stored photos on the page: which pair comes first, what is drawn is kept, and hostile names stay text."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from skincompare.records import Course, Patient, PhotoRecord
from skincompare.report.pair_view import PairView, pack
from skincompare.store import Store, open_store
from skincompare.ui.keys import Key
from skincompare.ui.state import PATIENT
from skincompare.ui.widgets import stored_compare
from skincompare.workflows import views
from skincompare.workflows.course_pairs import (
    CoursePair,
    kept_pairs,
    series_of_course,
)
from skincompare.workflows.measuring import treated_regions
from tests.store.clinic import TREATED_AT, add_course, add_photo, add_session
from tests.ui.conftest import OutcomeMaker

HOSTILE = "<img src=x onerror=alert(1)> =cmd|' /C calc'!A0 ‮abc " + "x" * 240
DAYS = (-1.0, 0.05, 3.0, 21.0)


@pytest.fixture
def store(tmp_path: Path, fast_disk: None, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("SKINCOMPARE_STORE", str(tmp_path / "store"))
    return open_store(tmp_path / "store")


@pytest.fixture
def filled(store: Store, make_outcome: OutcomeMaker) -> tuple[Patient, Course, list[PhotoRecord]]:
    """Return a patient with four photos, all compared with the baseline."""
    patient, course = add_course(store, display_name=HOSTILE)
    session = add_session(store, course)
    photos = [add_photo(store, course, number, day) for number, day in enumerate(DAYS)]
    for photo in photos[1:]:
        treated = treated_regions([session], photo)
        views.keep_view(store, photos[0], photo, treated, pack(make_outcome()))
    return patient, course, photos


def page(patient: Patient | None = None) -> AppTest:
    app = AppTest.from_string("from skincompare.ui.pages import compare\ncompare.show()", default_timeout=60)
    if patient is not None:
        app.query_params[PATIENT] = patient.uid
    return app


def viewer_data(app: AppTest) -> dict[str, Any]:
    every = [json.loads(one.proto.mixed.json or one.proto.json) for one in app.get("bidi_component")]
    (found,) = (one for one in every if "pairs" in one)
    return dict(found)


def test_the_baseline_stands_beside_the_newest_photo(
    filled: tuple[Patient, Course, list[PhotoRecord]],
) -> None:
    patient, _, photos = filled
    app = page(patient).run()
    assert not app.exception
    data = viewer_data(app)
    assert data["current"] == f"{photos[0].id}-{photos[-1].id}"
    assert [pair["id"] for pair in data["pairs"]] == [f"{photos[0].id}-{one.id}" for one in photos[1:]]
    assert all(pair["url"].startswith("/pictures/") for pair in data["pairs"])
    assert len(json.dumps(data["pairs"])) < 20_000
    assert "Redness on the left cheek higher." in "\n".join(one.proto.body for one in app.get("html"))


def test_a_hostile_name_stays_text(filled: tuple[Patient, Course, list[PhotoRecord]]) -> None:
    app = page(filled[0]).run()
    shown = "\n".join(one.proto.body for one in app.get("html"))
    assert "<img src=x" not in shown
    assert any(HOSTILE in option for one in app.selectbox for option in one.options)


def test_any_two_photos_can_be_chosen(
    filled: tuple[Patient, Course, list[PhotoRecord]],
    monkeypatch: pytest.MonkeyPatch,
    make_outcome: OutcomeMaker,
) -> None:
    patient, course, photos = filled
    asked: list[tuple[int | None, int | None]] = []

    def make(
        store: Store, before: PhotoRecord, after: PhotoRecord, treated: tuple[str, ...], progress: Any
    ) -> PairView:
        progress("aligning", 0.3)
        asked.append((before.id, after.id))
        made = make_outcome()
        views.keep_view(store, before, after, treated, pack(made))
        return made

    monkeypatch.setattr(stored_compare, "make_view", make)
    app = page(patient).run()
    name = f"{course.id}_front_"
    app.selectbox(key=f"{Key.COMPARE_BEFORE}_{name}").set_value(photos[1].id).run()
    assert not app.exception
    assert asked == [(photos[1].id, photos[3].id)]
    assert viewer_data(app)["current"] == f"{photos[1].id}-{photos[3].id}"
    app.run()
    assert len(asked) == 1  # kept


def test_a_pair_that_cannot_be_compared_says_why(
    filled: tuple[Patient, Course, list[PhotoRecord]], store: Store
) -> None:
    patient, course, photos = filled
    app = page(patient).run()
    app.selectbox(key=f"{Key.COMPARE_BEFORE}_{course.id}_front_").set_value(photos[2].id).run()
    (error,) = app.error
    assert "no photo" in error.value or "photo" in error.value  # the stored bytes are no picture
    assert not app.exception


def test_a_tapped_region_is_another_question(
    filled: tuple[Patient, Course, list[PhotoRecord]],
    monkeypatch: pytest.MonkeyPatch,
    make_outcome: OutcomeMaker,
) -> None:
    patient, _, photos = filled
    asked: list[tuple[str, ...]] = []

    def make(
        store: Store, before: PhotoRecord, after: PhotoRecord, treated: tuple[str, ...], progress: Any
    ) -> PairView:
        asked.append(treated)
        made = make_outcome()
        views.keep_view(store, before, after, treated, pack(made))
        return made

    monkeypatch.setattr(stored_compare, "make_view", make)
    app = page(patient).run()
    assert asked == []
    app.multiselect(key=f"{Key.COMPARE_TREATED}_{photos[0].id}-{photos[3].id}").set_value(["nose"]).run()
    assert not app.exception
    assert asked == [("nose",)]


def test_points_marked_by_hand_align_this_pair_again(
    filled: tuple[Patient, Course, list[PhotoRecord]],
    monkeypatch: pytest.MonkeyPatch,
    make_outcome: OutcomeMaker,
) -> None:
    patient, _, photos = filled
    asked: list[Any] = []

    def compare(store: Store, pair: CoursePair, points: bytes | None = None, progress: Any = None) -> Any:
        asked.append((pair.before.id, pair.after.id, points))
        return "compared"

    monkeypatch.setattr(stored_compare, "compared_pair", compare)
    monkeypatch.setattr(stored_compare, "view_of", lambda comparison: make_outcome())
    app = page(patient)
    app.session_state[Key.MARKED_POINTS] = (photos[0].sha256, photos[3].sha256), b"points"
    app.run()
    assert not app.exception
    assert asked == [(photos[0].id, photos[3].id, b"points")]
    assert "marked" in app.info[0].value
    next(one for one in app.button if one.label == "Align without them").click().run()
    assert viewer_data(app)["current"] == f"{photos[0].id}-{photos[3].id}"
    assert len(asked) == 1


def test_an_empty_store_says_what_to_do(store: Store) -> None:
    app = page()
    app.session_state[Key.SOURCE] = "A patient's photos"
    app.run()
    (info,) = app.info
    assert "no patient yet" in info.value


def test_a_course_without_a_pair_says_what_to_do(store: Store) -> None:
    patient, course = add_course(store)
    add_photo(store, course, 1)
    (info,) = page(patient).run().info
    assert "Add photos" in info.value


def test_the_wanted_pair_is_listed_in_the_place_of_its_usual_one(
    store: Store, filled: tuple[Patient, Course, list[PhotoRecord]]
) -> None:
    _, course, photos = filled
    (series,) = series_of_course(store, course)
    wanted = CoursePair(photos[0], photos[2], ("nose",))
    found = kept_pairs(store, series, photos[0], wanted)
    assert [pair.after.id for pair in found] == [one.id for one in photos[1:]]
    assert found[1] is wanted
    assert series.label(photos[0]).startswith("Before")
    assert (TREATED_AT + timedelta(days=3)).strftime("%Y") in series.label(photos[2])
