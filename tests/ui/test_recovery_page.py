"""The recovery page: the strip, the growing curve in words, and days that cannot be used."""

import json
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from skincompare.errors import SkincompareError
from skincompare.ui.cache import DayResult
from skincompare.ui.keys import Key
from skincompare.ui.pages import recovery
from skincompare.ui.widgets.recovery_chart import TruthPoint, recovery_chart
from skincompare.workflows import CoursePhoto, SampleCourse


def page() -> AppTest:
    return AppTest.from_string(
        "from skincompare.ui.pages import recovery\nrecovery.show()", default_timeout=60
    )


def texts(app: AppTest) -> str:
    return "\n".join(element.body for element in app.html)


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch, make_change: Any, make_outcome: Any) -> list[str]:
    """Make days fall from 9 EI to nothing, and keep the order in which they were asked for."""
    asked: list[str] = []

    def day(course: SampleCourse, photo: CoursePhoto) -> DayResult:
        asked.append(f"{course.name} {photo.label}")
        size = 9.0 if photo.label == "Day 0" else 0.3
        return DayResult(
            photo, (make_change("left_cheek", size), make_change("nose", 0.1)), make_outcome().viewer
        )

    monkeypatch.setattr(recovery, "followed_day", day)
    return asked


def test_a_course_is_measured_day_by_day(sample_folder: Path, measured: list[str]) -> None:
    app = page().run()
    assert not app.exception
    assert measured == ["a Day 0", "a Day 1"]
    shown = texts(app)
    assert "Redness on the left cheek was highest on day 0 (+9.0 ± 1.0 EI)" in shown
    assert "no longer detectably higher from day 1 on" in shown
    assert "not a diagnosis" in shown


def test_the_outlook_says_what_is_still_needed(sample_folder: Path, measured: list[str]) -> None:
    shown = texts(page().run())
    assert "returns cannot be told yet: 2 usable photos cannot tell it. Take about 2 more photos." in shown
    assert "Expected at" not in shown  # these courses do not say how deep the needles went


def test_depth_and_days_give_band_and_flags(
    sample_folder: Path, monkeypatch: pytest.MonkeyPatch, make_change: Any, make_outcome: Any
) -> None:
    truth = json.loads((sample_folder / "truth.json").read_text())
    course = truth["courses"][0]
    course["needle_depth_mm"] = 0.5
    last = course["photos"][-1]
    course["photos"] += [
        {**last, "label": f"Day {day}", "captured": f"2026-03-{2 + day:02d}T12:00:00+00:00"}
        for day in (2, 4, 7)
    ]
    (sample_folder / "truth.json").write_text(json.dumps(truth))
    sizes = {"Day 0": 14.0, "Day 1": 11.0, "Day 2": 9.5, "Day 4": 6.0, "Day 7": 3.5}

    def day(course: SampleCourse, photo: CoursePhoto) -> DayResult:
        return DayResult(photo, (make_change("left_cheek", sizes[photo.label]),), make_outcome().viewer)

    monkeypatch.setattr(recovery, "followed_day", day)
    app = page().run()
    assert not app.exception
    shown = texts(app)
    assert "Expected at up to 0.5 mm (assumption)" in shown
    assert "still detectably raised on day 4" in shown
    assert "Show this to your clinician" in shown
    assert "halves in about" in shown


def test_the_strip_has_every_photo(sample_folder: Path, measured: list[str]) -> None:
    app = page().run()
    strip, viewer = app.get("bidi_component")
    days = json.loads(strip.proto.json)["days"]
    assert [day["label"] for day in days] == ["Before", "Day 0", "Day 1"]
    assert [day["fixed"] for day in days] == [True, False, False]
    assert all(day["src"].startswith("data:image/jpeg") for day in days)
    (entry,) = json.loads(viewer.proto.json)["pairs"]
    assert entry["pair"]["after"]["note"] == "Day 0 · 2 March 2026"


def test_another_patient_is_followed_when_chosen(sample_folder: Path, measured: list[str]) -> None:
    app = page().run()
    app.button_group(key=Key.PATIENT).set_value("b").run()
    assert measured[-2:] == ["b Day 0", "b Day 1"]


def test_no_region_asks_for_one(sample_folder: Path, measured: list[str]) -> None:
    app = page().run()
    app.button_group(key=f"{Key.CURVE_REGIONS}_a").set_value([]).run()
    assert not app.exception
    assert "Choose a region" in texts(app)


def test_the_truth_is_drawn_when_asked_for(
    sample_folder: Path, measured: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[tuple[TruthPoint, ...]] = []

    def chart(curves: Any, truth: tuple[TruthPoint, ...], last_day: float, outlook: Any) -> Any:
        drawn.append(truth)
        return recovery_chart(curves, truth, last_day, outlook)

    monkeypatch.setattr(recovery, "recovery_chart", chart)
    app = page().run()
    assert drawn[-1] == ()
    app.toggle(key=Key.SHOW_TRUTH).set_value(True).run()
    assert not app.exception
    assert [(point.region, point.value) for point in drawn[-1]] == [("left_cheek", 8.0), ("left_cheek", 4.0)]


def test_a_day_without_a_result_says_why(
    sample_folder: Path, monkeypatch: pytest.MonkeyPatch, make_change: Any
) -> None:
    def day(course: SampleCourse, photo: CoursePhoto) -> DayResult:
        if photo.label == "Day 0":
            return DayResult(photo, (), None, "The head is turned away.")
        return DayResult(photo, (make_change("left_cheek", 0.2),), None)

    monkeypatch.setattr(recovery, "followed_day", day)
    app = page().run()
    assert not app.exception
    assert any("turned away" in warning.value for warning in app.warning)
    assert "not detectably higher than before" in texts(app)


def test_a_course_that_cannot_be_read_is_one_sentence(
    sample_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def day(course: SampleCourse, photo: CoursePhoto) -> DayResult:
        raise SkincompareError("The baseline is missing.")

    monkeypatch.setattr(recovery, "followed_day", day)
    app = page().run()
    assert not app.exception
    assert app.error[0].value == "The baseline is missing\\."


def test_a_missing_folder_names_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKINCOMPARE_SAMPLES", str(tmp_path / "none"))
    app = page().run()
    assert not app.exception
    assert app.code[0].value == "skincompare samples none"
