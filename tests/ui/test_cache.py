"""What is kept: no photo's result is ever another photo's, nothing is made twice, errors are not kept."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from skincompare.ui import cache
from skincompare.ui.cache import Options, PhotoFile, SideError, compared, followed_day, thumbnail
from skincompare.ui.samples import read_samples

Made = Callable[..., Any]


def quiet(step: str, share: float) -> None:
    """Tell nobody."""


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[bytes, bytes, Options]]:
    """Stand in for the comparison; the answer names what was asked."""
    asked: list[tuple[bytes, bytes, Options]] = []

    def make(before: PhotoFile, after: PhotoFile, options: Options, *_: Any) -> Any:
        asked.append((before.data, after.data, options))
        return asked[-1]

    monkeypatch.setattr(cache, "_compare", make)
    return asked


def ask(
    before: bytes, after: bytes, options: Options | None = None, names: tuple[str, str] = ("a", "b")
) -> Any:
    files = PhotoFile(before, names[0]), PhotoFile(after, names[1])
    return compared(*files, options or Options(), is_sample=True, progress=quiet)


def test_the_same_question_is_answered_once(counted: list[Any]) -> None:
    assert ask(b"one", b"two") is ask(b"one", b"two")
    assert len(counted) == 1


def test_any_difference_is_another_question(counted: list[Any]) -> None:
    large = bytes(3_000_000)
    lesion = large[:1_400_000] + b"\x01" + large[1_400_001:]
    answers = [
        ask(large, large),
        ask(large, lesion),
        ask(lesion, large),
        ask(large, large, Options(("nose",))),
        ask(large, large, Options((), ("nose",))),
        ask(large, large, Options(px_per_mm=3.0)),
        ask(large, large, names=("a", "c")),
    ]
    assert len(counted) == len(answers)
    assert answers[0][1] == large
    assert answers[1][1] == lesion


def test_an_error_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[Any] = [SideError("after", "cut short"), "good"]

    def make(*_: Any) -> Any:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(cache, "_compare", make)
    with pytest.raises(SideError):
        ask(b"one", b"two")
    assert ask(b"one", b"two") == "good"


def test_a_close_up_is_compared_with_its_steps(make_jpeg: Made) -> None:
    steps: list[str] = []
    files = PhotoFile(make_jpeg(1), "a.jpg"), PhotoFile(make_jpeg(1), "b.jpg")
    options = Options(px_per_mm=20.0)
    shapes: list[Any] = []

    def show(before: Any, after: Any) -> None:
        shapes.append((before.shape, after.shape, len(steps)))

    outcome = compared(
        *files, options, is_sample=True, progress=lambda step, share: steps.append(step), show_aligned=show
    )
    ((first, second, told_before),) = shapes
    assert first == second
    assert told_before < len(steps) - 1  # the pair is shown before its changes are measured
    assert steps[0] == "reading the photos"
    assert "aligning" in steps
    assert {change.region for change in outcome.changes} == {"whole_skin"}
    assert outcome.report.startswith(b"<!doctype html")
    assert b"schema_version" in outcome.numbers
    assert outcome.pictures[outcome.viewer["before"]["src"]].kind == "image/jpeg"


def test_a_download_has_a_name_of_its_own(make_jpeg: Made) -> None:
    files = PhotoFile(make_jpeg(1), "a.jpg"), PhotoFile(make_jpeg(1), "b.jpg")
    stems = {
        compared(*files, Options(px_per_mm=scale), is_sample=True, progress=quiet).file_stem
        for scale in (20.0, 5.0)
    }
    assert len(stems) == 2


def test_regions_out_of_view_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = [SimpleNamespace(name=name) for name in ("left_cheek", "forehead")]
    monkeypatch.setattr(cache, "face_regions", lambda face, size: shown)
    subject: Any = SimpleNamespace(face=object(), photo=SimpleNamespace(pixels=np.zeros((4, 5, 3))))
    fitted = cache._fitting(Options(("left_cheek", "right_cheek"), ("forehead", "chin")), subject)
    assert fitted == Options(("left_cheek",), ("forehead",))
    with pytest.raises(SideError, match="treated"):
        cache._fitting(Options(("right_cheek",)), subject)


def test_a_day_that_cannot_be_read_says_why_and_a_changed_file_is_read_again(
    sample_folder: Path, make_jpeg: Made
) -> None:
    samples = read_samples()
    assert samples is not None
    course = replace(samples.courses[0], treated=(), reference=())
    photo = course.photos[1]
    photo.path.write_bytes(b"no photo")
    assert "not an image" in followed_day(course, photo).problem
    photo.path.write_bytes(course.baseline.path.read_bytes())
    day = followed_day(course, photo)
    assert day.problem == ""
    assert day.changes


def test_a_thumbnail_is_small_and_a_bad_photo_has_none(tmp_path: Path, make_jpeg: Made) -> None:
    (tmp_path / "good.jpg").write_bytes(make_jpeg(1, 900))
    (tmp_path / "bad.jpg").write_bytes(b"no photo")
    good = thumbnail(tmp_path / "good.jpg")
    assert good.startswith("data:image/jpeg;base64,")
    assert len(good) < 120_000
    assert thumbnail(tmp_path / "bad.jpg") == ""
    assert thumbnail(tmp_path / "none.jpg") == ""
