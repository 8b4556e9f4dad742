"""Sample courses from a folder, and a course followed day by day."""

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from PIL import Image

from skincompare.errors import PhotoError, SkincompareError
from skincompare.measurement import Verdict
from skincompare.workflows import CoursePhoto, FollowedDay, SampleCourse, curves_of, follow, load_samples
from tests.rendered import front, near, reddened, turned

ZONE = timezone(timedelta(hours=1))
TREATED_AT = datetime(2026, 3, 3, 10, 0, tzinfo=ZONE)


def truth() -> dict:
    photos = [
        {"file": "p/before.jpg", "label": "Before", "captured": "2026-03-03T09:30:00+01:00"},
        {"file": "p/day_01.jpg", "label": "Day 1", "captured": "2026-03-04T22:00:00+01:00", "redness_ei": {}},
    ]
    course = {
        "name": "p",
        "title": "Patient P",
        "summary": "Cheeks treated.",
        "ita_degrees": 41.5,
        "treated_at": "2026-03-03T10:00:00+01:00",
        "treated": ["left_cheek", "right_cheek"],
        "reference": ["forehead"],
        "photos": photos,
    }
    close_up = {
        "name": "arm",
        "title": "Forearm",
        "summary": "Eight weeks.",
        "px_per_mm": 20,
        "treated_at": "2026-03-03T10:00:00+01:00",
        "photos": photos[:1],
    }
    return {"schema_version": 1, "courses": [course], "close_ups": [close_up]}


def written(folder: Path, content: object) -> Path:
    text = content if isinstance(content, str) else json.dumps(content)
    (folder / "truth.json").write_text(text, encoding="utf-8")
    return folder


def test_a_folder_of_samples_is_read(tmp_path):
    samples = load_samples(written(tmp_path, truth()))
    (course,), (close_up,) = samples.courses, samples.close_ups
    assert (course.name, course.title, course.summary) == ("p", "Patient P", "Cheeks treated.")
    assert (course.ita_degrees, course.treated_at) == (41.5, TREATED_AT)
    assert (course.treated, course.reference) == (("left_cheek", "right_cheek"), ("forehead",))
    assert [photo.path for photo in course.photos] == [tmp_path / "p/before.jpg", tmp_path / "p/day_01.jpg"]
    assert [photo.day for photo in course.photos] == pytest.approx([-0.5 / 24, 1.5])
    assert course.baseline is course.photos[0]
    assert (course.baseline.label, course.photos[1].captured) == ("Before", TREATED_AT + timedelta(days=1.5))
    assert (close_up.name, close_up.px_per_mm, len(close_up.photos)) == ("arm", 20.0, 1)


def without(key: str) -> dict:
    content = truth()
    del content["courses"][0][key]
    return content


def changed(**values: object) -> dict:
    content = truth()
    content["courses"][0].update(values)
    return content


@pytest.mark.parametrize(
    "content",
    [
        "{broken",
        "",
        [],
        {},
        {"courses": []},
        {"courses": {"name": 1}, "close_ups": []},
        {"courses": [3], "close_ups": []},
        without("treated"),
        without("photos"),
        without("treated_at"),
        changed(photos=[]),
        changed(photos={"file": "x"}),
        changed(photos=["before.jpg"]),
        changed(photos=[{"file": "x"}]),
        changed(treated="left_cheek"),
        changed(treated_at="yesterday"),
        changed(treated_at="2026-03-03T10:00:00"),  # without the zone that the photos have
        changed(ita_degrees="fair"),
    ],
)
def test_a_damaged_truth_names_the_command_that_makes_it_again(tmp_path, content):
    with pytest.raises(SkincompareError) as refusal:
        load_samples(written(tmp_path, content))
    assert f"skincompare samples {tmp_path}" in str(refusal.value)


def test_a_missing_folder_names_the_command_too(tmp_path):
    with pytest.raises(SkincompareError, match=r"skincompare samples .*nowhere"):
        load_samples(tmp_path / "nowhere")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> SampleCourse:
    """Return a course of a calm day, a red one, a broken file, a close-up and a calm one again."""
    folder = tmp_path_factory.mktemp("course")
    photos = []
    for number, (day, shot) in enumerate(
        [(-0.1, front), (0.1, reddened), (1.0, None), (2.0, near), (7.0, turned)]
    ):
        path = folder / f"{number}.png"
        if shot is None:
            path.write_bytes(b"\x89PNG broken")
        else:
            Image.fromarray(shot().pixels).save(path)
        photos.append(CoursePhoto(path, f"Day {day}", day, TREATED_AT + timedelta(days=day)))
    return SampleCourse("p", "P", "", 45.0, TREATED_AT, ("left_cheek", "right_cheek"), (), tuple(photos))


@pytest.fixture(scope="module")
def days(course: SampleCourse) -> list[FollowedDay]:
    return list(follow(course))


def test_a_course_is_followed_past_what_cannot_be_used(course, days):
    assert [day.photo for day in days] == list(course.photos[1:])
    assert [day.comparison is None for day in days] == [False, True, False, False]
    assert "2.png" in days[1].problem
    assert [bool(day.problem) for day in days] == [False, True, True, False]
    assert "face" in days[2].problem
    assert days[2].comparison.changes == ()
    assert {change.metric for change in days[0].comparison.changes} == {"redness", "hemoglobin", "red_area"}


def test_curves_follow_the_redness_of_the_treated_regions(days):
    curves = curves_of(days, ("left_cheek", "forehead", "right_cheek"))
    assert [curve.region for curve in curves] == ["left_cheek", "forehead", "right_cheek"]
    for curve in curves:
        assert [point.day for point in curve.points] == [0.1, 7.0]
        red, calm = (point.change.verdict for point in curve.points)
        treated = curve.region != "forehead"
        assert red is (Verdict.INCREASED if treated else Verdict.NO_DETECTABLE_CHANGE)
        assert calm is Verdict.NO_DETECTABLE_CHANGE


def test_days_come_one_by_one_as_they_are_asked_for(course):
    missing = replace(course.photos[2], path=Path("/nowhere/gone.png"))
    first = next(follow(replace(course, photos=(course.photos[0], missing)), baseline=front().subject))
    assert first.comparison is None
    assert "gone.png" in first.problem


def test_a_prepared_baseline_is_used_as_it_is(course):
    moved = replace(course, photos=(replace(course.photos[0], path=Path("/nowhere")), course.photos[4]))
    (day,) = follow(moved, baseline=front().subject, only=())
    assert day.comparison.before is front().subject
    assert day.comparison.changes == ()


def test_a_broken_baseline_is_an_error_at_once(course):
    broken = replace(course, photos=(course.photos[2], course.photos[1]))
    with pytest.raises(PhotoError):
        next(follow(broken))


def test_other_metrics_run_when_asked(course):
    short = replace(course, photos=(course.photos[0], course.photos[4]))
    (day,) = follow(short, baseline=front().subject, only=("pores",))
    assert "pore_density" in {change.metric for change in day.comparison.changes}
    assert curves_of([day], ("left_cheek",)) == ()


def test_days_without_a_comparison_make_no_curve():
    photo = CoursePhoto(Path("x"), "Day 1", 1.0, TREATED_AT)
    assert curves_of([FollowedDay(photo, None, "gone")], ("left_cheek",)) == ()
