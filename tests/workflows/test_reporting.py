"""Documents and films of a stored course: which photos are in them, which stay behind, and how to stop the work."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader

from skincompare.errors import OptionError
from skincompare.measurement import Effect, Flag, Method
from skincompare.records import AnalysisStatus, Clinic, Course, Patient, View
from skincompare.report.film import FRAMES_A_SECOND
from skincompare.report.pair_pictures import PairPictures
from skincompare.store import Store
from skincompare.workflows import timeline as timeline_module
from skincompare.workflows.importing import ImportPlan, import_photos
from skincompare.workflows.reporting import (
    ReportOptions,
    comparison_csv,
    comparison_pair,
    comparison_report,
    course_csv,
    course_film,
    course_report,
)
from skincompare.workflows.timeline import Timeline, TimelineDay
from tests.compared import healing
from tests.rendered import front
from tests.store.clinic import analysis, change
from tests.workflows.conftest import picture

REDNESS = Method("redness", 3, {})
Clinicians = tuple[Patient, Course]
FACE_DAYS = (-1, 1)
PROBLEM = "These may be two people."


@pytest.fixture
def course(store: Store, treated: Clinicians, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clinicians:
    """Return a course with a baseline, a measured day 1 and 3, a refused day 7, and a profile."""
    patient, own = treated
    store.people.set_clinic(Clinic(name="Skin clinic", time_zone="Europe/Vienna"))
    monkeypatch.setattr(timeline_module, "current_methods", lambda: {"redness": REDNESS})
    for number, day in enumerate((-1, 1, 3, 7)):
        picture(tmp_path / "in" / f"Maria_{number}.jpg", 120 + number, day=day)
    list(import_photos(store, ImportPlan(patient, own), sorted((tmp_path / "in").iterdir())))
    profile = picture(tmp_path / "profile.jpg", 99, day=1)
    list(import_photos(store, ImportPlan(patient, own, view=View.LEFT_PROFILE), [profile]))
    photos = [one for one in store.photos.of_course(own) if one.view is View.FRONT]
    baseline, first, second, third = sorted(photos, key=lambda one: one.captured)
    for photo, by in ((first, 8.0), (second, -2.5)):
        changes = tuple(
            change(baseline, photo, region=region, by=by, method=REDNESS) for region in ("left_cheek", "nose")
        )
        store.analyses.add(analysis(baseline, photo, methods=(REDNESS,), changes=changes))
    refused = {"status": AnalysisStatus.REFUSED, "problem": PROBLEM, "changes": ()}
    store.analyses.add(analysis(baseline, third, methods=(REDNESS,), **refused))
    return treated


class StoredPairs:
    """Pictures of pairs that are at hand, as a screen hands them in; it counts what was asked for."""

    def __init__(self, *, grey: int = 100, matched: bool = True) -> None:
        self.asked: list[float] = []
        self.before = np.full((120, 90, 3), grey, np.uint8)
        self.matched = matched

    def __call__(
        self, whole: Timeline, days: Sequence[TimelineDay]
    ) -> Iterator[tuple[TimelineDay, PairPictures | str]]:
        for day in days:
            self.asked.append(round(day.day))
            if day.status is AnalysisStatus.REFUSED:
                yield day, day.problem
                continue
            after = np.full_like(self.before, 150 + round(day.day))
            matched = np.full_like(self.before, 200 + round(day.day)) if self.matched else None
            yield day, PairPictures(self.before, after, True, matched=matched, matched_words="Matched.")


def text_of(data: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages).split())


def test_a_course_goes_out_with_its_numbers_and_without_names(store: Store, course: Clinicians) -> None:
    pairs = StoredPairs()
    told: list[float] = []
    made = course_report(store, *course, pairs=pairs, progress=lambda _, share: told.append(share))
    text = text_of(made.data)
    for part in (
        "Skin clinic",
        "Patient: A-17",
        "1 session, 5 photos, 2 March 2026 to 10 March 2026",
        "left cheek 1.5 mm, nose 0.5 mm",
        "Photos: front",
        "Photos: left profile",
        "Day 1, 4 March 2026",
        "+8.0 ± 0.7 ▲",
        f"Day 7, 10 March 2026: not comparable. {PROBLEM}",
        "Before: baseline, 2 March 2026",
        "After: Day 3, 6 March 2026, moved to fit",
    ):
        assert part in text, part
    assert all(one.sha256 in text.replace(" ", "") for one in store.photos.of_course(course[1]))
    assert "Maria" not in text
    assert pairs.asked == [3]
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert made.left_out == ()
    assert made.data == course_report(store, *course, pairs=StoredPairs()).data


def test_a_photo_that_may_show_another_person_stays_behind(store: Store, course: Clinicians) -> None:
    photos = sorted(store.photos.of_course(course[1]), key=lambda one: one.captured)
    front_photos = [one for one in photos if one.view is View.FRONT]
    stranger = Flag("other_skin", PROBLEM, "Check the names.", Effect.NOT_MEASURABLE)
    refused = {"status": AnalysisStatus.REFUSED, "problem": PROBLEM, "changes": (), "flags": (stranger,)}
    store.analyses.add(analysis(front_photos[0], front_photos[-1], methods=(REDNESS,), **refused))
    made = course_report(store, *course, pairs=StoredPairs())
    assert [one.label for one in made.left_out] == ["Day 7, 10 March 2026"]
    assert "left out: it may show another person" in text_of(made.data)


def test_the_name_stands_only_where_it_is_asked_for(store: Store, course: Clinicians) -> None:
    patient = replace(course[0], display_name="Zoë <b>")
    plain = course_report(store, patient, course[1], pairs=StoredPairs())
    named = course_report(store, patient, course[1], ReportOptions(with_name=True), pairs=StoredPairs())
    assert "Zoë" not in text_of(plain.data)
    assert "Patient: A-17, Zoë <b>" in text_of(named.data)


def test_masking_leaves_out_what_shows_no_face(store: Store, course: Clinicians) -> None:
    made = course_report(store, *course, ReportOptions(mask_eyes=True), pairs=StoredPairs())
    assert len(made.left_out) == 6  # five photos and the pair: none of these grey pictures shows a face
    pages = PdfReader(io.BytesIO(made.data)).pages
    assert sum(len(page.images) for page in pages) == 0
    text = text_of(made.data)
    assert "no face was found, so its eyes cannot be masked" in text
    assert "Pictures left out" in text


def test_a_film_has_every_aligned_photo_and_names_the_others(
    store: Store, course: Clinicians, tmp_path: Path
) -> None:
    made = course_film(store, *course, pairs=StoredPairs(), seconds=0.5)
    frames = _frames(made.data, tmp_path)
    step = FRAMES_A_SECOND // 2
    assert len(frames) == 3 * step + step
    shown = [frames[number * step][60, 40].astype(int) for number in range(3)]
    for found, grey in zip(shown, (100, 201, 203), strict=True):
        assert np.abs(found - grey).max() <= 4
    assert [(one.label, one.why) for one in made.left_out] == [("Day 7, 10 March 2026", PROBLEM)]
    taken = _frames(course_film(store, *course, pairs=StoredPairs(), match_light=False).data, tmp_path)
    assert np.abs(taken[FRAMES_A_SECOND][60, 40].astype(int) - 151).max() <= 4


def test_a_film_without_any_aligned_photo_is_refused(store: Store, course: Clinicians) -> None:
    with pytest.raises(OptionError, match="light could not be matched"):
        course_film(store, *course, pairs=StoredPairs(matched=False))
    with pytest.raises(OptionError, match="eyes cannot be masked"):
        course_film(store, *course, ReportOptions(mask_eyes=True), pairs=StoredPairs())


@pytest.mark.parametrize("make", [course_report, course_film])
def test_progress_that_raises_stops_the_work(store: Store, course: Clinicians, make: object) -> None:
    pairs = StoredPairs()
    calls: list[str] = []

    def stop(step: str, _share: float) -> None:
        calls.append(step)
        if len(calls) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(store, *course, pairs=pairs, progress=stop)
    assert len(calls) == 2
    assert len(pairs.asked) <= 2


def test_numbers_of_a_course_are_a_safe_table(store: Store, course: Clinicians) -> None:
    lines = course_csv(store, *course).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("photo,region,quantity,unit,before,after,change,sigma")
    assert sum(",-2.5," in line for line in lines) == 2
    assert len(lines) == 5


def test_a_comparison_leaves_as_pdf_picture_and_table() -> None:
    found, _ = healing()
    data = comparison_report(found, ReportOptions(mask_eyes=True))
    assert "Redness" in text_of(data)
    assert "The eyes are masked" in text_of(data)
    with Image.open(io.BytesIO(comparison_pair(found))) as image:
        assert image.width > 2 * 0.9 * front().pixels.shape[1] * 0.5
        assert not image.info
    table = comparison_csv(found).decode("utf-8-sig").splitlines()
    assert len(table) == len(found.changes) + 1


def _frames(data: bytes, folder: Path) -> list[np.ndarray]:
    path = folder / "film.mp4"
    path.write_bytes(data)
    opened = cv2.VideoCapture(str(path))
    frames = []
    while True:
        is_read, frame = opened.read()
        if not is_read:
            return frames
        frames.append(frame)
