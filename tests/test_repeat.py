"""Photos of one visit, rendered: what their repeatability says, and what it does in a comparison."""

import json
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest
from PIL import Image

from skincompare.cli import ExitCode, main
from skincompare.cli_repeat import NOTHING_REPEATED
from skincompare.compare import compare_subjects
from skincompare.comparison import Comparison
from skincompare.errors import OptionError
from skincompare.photo import CaptureTime
from skincompare.repeat import load_repeatability, repeat_visit
from skincompare.repeatability import Repeatability
from tests.rendered import front, near, turned

RED = ("redness",)
STEADY = ("forehead", "nose", "chin")


@cache
def visit() -> Repeatability:
    return repeat_visit([front().photo, turned().photo], reference=STEADY, only=RED)


@cache
def plain() -> Comparison:
    return compare_subjects(front().subject, turned().subject, reference=STEADY, only=RED)


def test_two_photos_give_one_degree_and_their_own_difference() -> None:
    entry = visit().find("redness", "left_cheek")
    change = plain().find("left_cheek", "redness")
    assert entry is not None
    assert change is not None
    assert entry.df == 1
    assert entry.sd == pytest.approx(abs(change.change) / 2**0.5)
    assert visit().visits == ((front().photo.sha256, turned().photo.sha256),)


def test_calm_skin_repeats_within_what_the_default_allows() -> None:
    cheeks = [visit().find("redness", f"{side}_cheek") for side in ("left", "right")]
    assert all(entry is not None and entry.sd < 2.0 for entry in cheeks)
    assert not any(entry.metric.startswith("pore") for entry in visit().entries)


def test_without_names_the_steady_regions_tell_the_light() -> None:
    found = repeat_visit([front().photo, turned().photo], only=RED)
    assert found.find("redness", "left_cheek") is not None


def test_the_same_file_twice_is_refused() -> None:
    with pytest.raises(OptionError, match="re-rating one file is not repeatability"):
        repeat_visit([front().photo, turned().photo, front().photo])


def test_one_photo_is_too_few_and_eleven_too_many() -> None:
    for photos in ([front().photo], [front().photo] * 11):
        with pytest.raises(OptionError, match="2 to 10 photos"):
            repeat_visit(photos)


def test_photos_that_cannot_be_compared_are_named() -> None:
    found = repeat_visit([front().photo, near().photo], only=RED)
    assert found.entries == ()
    assert any("photo.png and photo.png" in note for note in found.notes)


def test_photos_of_different_days_are_no_visit() -> None:
    days = [
        replace(shot.photo, captured=CaptureTime(datetime(2026, 5, day, 10), None, "exif"))
        for day, shot in ((1, front()), (4, turned()))
    ]
    assert "3 day(s)" in " ".join(repeat_visit(days, reference=STEADY, only=RED).notes)


def test_a_comparison_uses_it_and_says_so() -> None:
    entry = visit().find("redness", "left_cheek")
    assert entry is not None
    own = Repeatability((replace(entry, sd=2.5, df=9),), (), visit().visits)
    found = compare_subjects(front().subject, turned().subject, reference=STEADY, only=RED, repeatability=own)
    cheek, other = found.find("left_cheek", "redness"), found.find("right_cheek", "redness")
    before = plain().find("right_cheek", "redness")
    assert cheek is not None
    assert other is not None
    assert before is not None
    assert cheek.mdc95 == pytest.approx(own.entries[0].mdc95)
    assert "own_repeatability" in {flag.code for flag in cheek.flags}
    assert other.mdc95 == before.mdc95
    assert other.flags == before.flags


def test_the_command_writes_what_compare_reads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = []
    for name, shot in (("one", front()), ("two", turned())):
        paths.append(str(tmp_path / f"{name}.png"))
        Image.fromarray(shot.pixels).save(paths[-1])
    kept = tmp_path / "own.json"
    named = ["--reference", "forehead,nose,chin", "--metric", "redness"]
    assert run("repeat", *paths, *named, "--save", str(kept)) == ExitCode.DONE
    printed = capsys.readouterr().out
    assert "Left cheek" in printed
    assert "the limits are wide" in printed
    assert load_repeatability([kept]).find("redness", "left_cheek") is not None
    assert run("compare", *paths, *named, "--repeatability", str(kept), "--json", "-") == ExitCode.DONE
    told = json.loads(capsys.readouterr().out)
    codes = {flag["code"] for change in told["changes"] for flag in change["flags"]}
    assert "few_repeats" in codes


def test_the_command_tells_its_errors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "one.png"
    Image.fromarray(front().pixels).save(path)
    assert run("repeat", str(path), str(path)) == ExitCode.USAGE
    assert "re-rating" in capsys.readouterr().err
    other = tmp_path / "close.png"
    Image.fromarray(near().pixels).save(other)
    assert NOTHING_REPEATED == ExitCode.REFUSED
    assert run("repeat", str(path), str(other), "--metric", "redness", "--json") == NOTHING_REPEATED
    assert json.loads(capsys.readouterr().out)["entries"] == []


def test_files_of_repeatability_are_checked(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="cannot be read"):
        load_repeatability([tmp_path / "missing.json"])
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    with pytest.raises(OptionError, match="not JSON"):
        load_repeatability([tmp_path / "bad.json"])


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(ended.value.code or 0)
