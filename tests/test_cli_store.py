"""The commands of the store as a shell sees them: from an empty store to a timeline, and every wrong turn."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from skincompare import cli
from skincompare.cli import measuring as cli_measuring
from skincompare.cli.measuring import sparkline
from skincompare.measurement import Method
from skincompare.records import Course
from skincompare.store import Store, open_store
from skincompare.workflows import measuring, timeline
from tests.store.clinic import analysis, change
from tests.workflows.conftest import picture

Run = Callable[..., tuple[int, str, str]]
REDNESS = Method("redness", 3, {})

pytestmark = pytest.mark.usefixtures("fast_disk")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of the store that the commands use."""
    for name in ("SKINCOMPARE_DATABASE_URL", "SKINCOMPARE_PHOTOS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SKINCOMPARE_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("SKINCOMPARE_USER", "Dr. Ito")
    monkeypatch.setenv(cli.DEBUG_VARIABLE, "1")
    return tmp_path / "store"


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a runner of the command line inside this process: exit code, standard output, standard error."""

    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main(arguments)
        told = capsys.readouterr()
        code = ended.value.code
        return (code if isinstance(code, int) else 0), told.out, told.err

    return call


@pytest.fixture
def clinic(run: Run) -> Run:
    """Return the runner, with a patient, a course and a session."""
    assert run("patient", "add", "A-17", "--name", "Zoë", "--fitzpatrick", "iv")[0] == 0
    assert run("course", "add", "A-17", "--condition", "acne scars")[0] == 0
    depths = ("--depth", "left_cheek=1.5,nose=0.5")
    assert run("session", "add", "A-17", "--at", "2026-03-03T10:00+02:00", *depths)[0] == 0
    return run


def said(result: tuple[int, str, str]) -> Any:
    code, out, _ = result
    assert code == 0
    content = json.loads(out)
    assert content["schema_version"] == 1
    return content


# From nothing to a curve


def test_each_step_names_the_next(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("patient", "list")
    assert code == 0
    assert "skincompare patient add CODE" in out
    assert "skincompare demo" in out
    assert "skincompare course add A" in run("patient", "add", "A")[1]
    assert "skincompare session add A" in run("course", "add", "A", "--condition", "redness")[1]
    assert "skincompare import A" in run("session", "add", "A", "--at", "2026-03-03")[1]
    picture(tmp_path / "a.jpg", 1, day=-1)
    code, out, _ = run("import", "A", str(tmp_path / "a.jpg"), "--no-measure")
    assert code == 0
    assert "skincompare timeline A" in out


def test_json_is_complete_and_alone_on_standard_output(clinic: Run, tmp_path: Path) -> None:
    picture(tmp_path / "a.jpg", 1, day=-1)
    assert said(clinic("patient", "list", "--json"))["patients"][0]["patient"]["code"] == "A-17"
    assert said(clinic("course", "list", "A-17", "--json"))["courses"][0]["condition"] == "acne scars"
    sessions = said(clinic("session", "list", "A-17", "--json"))["sessions"]
    assert sessions[0]["depths_mm"] == {"left_cheek": 1.5, "nose": 0.5}
    assert sessions[0]["at"] == "2026-03-03T10:00:00+02:00"
    files = said(clinic("import", "A-17", str(tmp_path), "--no-measure", "--json"))["files"]
    assert [one["status"] for one in files] == ["stored"]
    shown = said(clinic("patient", "show", "A-17", "--json"))
    assert shown["photos"][0]["captured_source"] == "EXIF"
    assert said(clinic("store", "where", "--json"))["patients"] == 1
    assert said(clinic("store", "check", "--json"))["files_without_rows"] == []
    assert said(clinic("timeline", "A-17", "--json"))["baseline"]["file_name"] == "a.jpg"


def test_everything_of_a_patient_is_shown(clinic: Run, tmp_path: Path) -> None:
    picture(tmp_path / "a.jpg", 1, day=-1)
    clinic("import", "A-17", str(tmp_path / "a.jpg"), "--no-measure")
    assert clinic("patient", "consent", "A-17", "teaching", "--given", "2026-01-02")[0] == 0
    grade = ("--scale", "cea", "--value", "3", "--at", "2026-03-04T10:00", "--by", "Dr. Ito")
    assert clinic("session", "grade", "A-17", *grade, "--session", "1")[0] == 0
    assert clinic("patient", "edit", "A-17", "--notes", "two weeks")[0] == 0
    assert clinic("session", "edit", "A-17", "1", "--device", "pen", "--depth", "nose=0.75")[0] == 0
    code, out, _ = clinic("patient", "show", "A-17")
    assert code == 0
    for part in (
        "Zoë",
        "Skin type (as answered): IV",
        "two weeks",
        "acne scars",
        "nose 0.75 mm",
        "a.jpg",
        "CEA 3",
    ):
        assert part in out
    assert "Consent: teaching, given 2026-01-02" in out
    code, out, _ = clinic("patient", "consent", "A-17", "teaching", "--withdrawn", "2026-04-01")
    assert (code, "withdrawn 2026-04-01" in out) == (0, True)


def test_a_patient_is_searched_and_pages_are_turned(run: Run) -> None:
    for number in range(3):
        run("patient", "add", f"P{number}", "--name", f"Anna {number}")
    code, out, _ = run("patient", "list", "--limit", "2")
    assert (code, "--after P1" in out, "2 of 3" in out) == (0, True, True)
    assert "P2" in run("patient", "list", "--search", "ann 2")[1]
    assert "P1" not in run("patient", "list", "--search", "ann 2")[1]


def test_import_prints_a_line_for_each_file(clinic: Run, tmp_path: Path) -> None:
    picture(tmp_path / "in" / "a.jpg", 1, day=1)
    (tmp_path / "in" / "b.jpg").write_text("no photo")
    code, out, _ = clinic("import", "A-17", str(tmp_path / "in"), "--no-measure")
    assert code == cli.ExitCode.PARTLY
    for part in ("stored", "2026-03-04 10:00 +0200", "EXIF", "2026-03-03", "refused", "1 refused, 1 stored"):
        assert part in out
    code, out, _ = clinic("import", "A-17", str(tmp_path / "in" / "b.jpg"), "--no-measure")
    assert code == cli.ExitCode.PHOTO


def test_a_patient_goes_out_and_in_again(
    clinic: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture(tmp_path / "a.jpg", 1, day=-1)
    clinic("import", "A-17", str(tmp_path / "a.jpg"), "--no-measure")
    archive = tmp_path / "out.zip"
    assert clinic("export", "A-17", str(archive))[0] == 0
    assert clinic("export", "A-17", str(archive))[0] == cli.ExitCode.USAGE
    assert clinic("export", "A-17", str(archive), "--force")[0] == 0
    with zipfile.ZipFile(archive) as opened:
        assert opened.testzip() is None
    code, _, err = clinic("patient", "restore", str(archive))
    assert (code, "already" in err) == (cli.ExitCode.STORE, True)
    monkeypatch.setenv("SKINCOMPARE_STORE", str(tmp_path / "elsewhere"))
    assert clinic("patient", "restore", str(archive))[0] == 0
    assert said(clinic("patient", "show", "A-17", "--json"))["photos"][0]["file_name"] == "a.jpg"


def test_a_patient_is_removed_with_all_files(clinic: Run, folder: Path, tmp_path: Path) -> None:
    picture(tmp_path / "a.jpg", 1, day=-1)
    clinic("import", "A-17", str(tmp_path / "a.jpg"), "--no-measure")
    assert "1 photo files" in clinic("patient", "remove", "A-17", "--yes")[1]
    assert list((folder / "photos").rglob("*.jpg")) == []
    assert clinic("patient", "show", "A-17")[0] == cli.ExitCode.STORE


def test_the_clinic_and_its_zone(run: Run) -> None:
    assert run("store", "clinic", "--name", "Skin", "--time-zone", "Asia/Tokyo")[0] == 0
    assert "Asia/Tokyo" in run("store", "clinic")[1]
    run("patient", "add", "A")
    run("course", "add", "A", "--condition", "other")
    out = run("session", "add", "A", "--at", "2026-03-03T10:00", "--json")[1]
    assert json.loads(out)["session"]["at"] == "2026-03-03T10:00:00+09:00"


# The timeline


@pytest.fixture
def measured(clinic: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return the runner, with a baseline and three measured days, one of them without a number."""
    for module in (measuring, timeline):
        monkeypatch.setattr(module, "current_methods", lambda: {"redness": REDNESS})
    for number, day in enumerate((-1, 1, 3, 7)):
        picture(tmp_path / "in" / f"day{number}.jpg", number, day=day)
    clinic("import", "A-17", str(tmp_path / "in"), "--no-measure")
    with open_store(folder) as store:
        patient = store.people.get("A-17")
        baseline, *days = store.photos.of_patient(patient)
        for photo, by in zip(days, (8.0, float("nan"), 1.0), strict=True):
            changes = tuple(
                change(baseline, photo, region=region, by=by, method=REDNESS)
                for region in ("left_cheek", "nose")
            )
            store.analyses.add(analysis(baseline, photo, methods=(REDNESS,), changes=changes))
    return clinic


def test_a_timeline_is_a_table_and_a_sparkline(measured: Run) -> None:
    code, out, err = measured("timeline", "A-17")
    assert (code, err) == (0, "")
    assert "Session of 03 March 2026 10:00: left cheek 1.5 mm, nose 0.5 mm" in out
    lines = [line.split() for line in out.splitlines()]
    assert ["1.0", "day1.jpg", "+8.0", "±", "0.7", "▲", "+8.0", "±", "0.7", "▲"] in lines
    assert ["3.0", "day2.jpg", "–", "–"] in lines
    assert out.count("– Nothing tells the light. Show the forehead.") == 1
    assert "Day 1.0, 3.0 and 7.0: Note: The head is tilted." in out
    assert any(
        line.startswith("Left cheek") and "█·▂" in line and "+8.0 ± 0.7 EI on day 1.0" in line
        for line in out.splitlines()
    )
    assert "photos" in next(line for line in out.splitlines() if "needed" in line or "more" in line)
    assert "not a diagnosis" in out
    assert "improved" not in out


def test_a_timeline_as_json_is_complete(measured: Run) -> None:
    content = said(measured("timeline", "A-17", "--json"))
    assert [day["day"] for day in content["days"]] == [1.0, 3.0, 7.0]
    first = content["days"][0]
    assert first["session_id"] == content["sessions"][0]["id"]
    redness = first["changes"][0]
    assert redness["change"] == pytest.approx(8.0)
    assert redness["after"]["method"]["version"] == 3
    assert redness["flags"][0]["code"] == "tilted"
    assert content["days"][1]["changes"][0]["change"] is None
    (outlook,) = content["outlooks"]
    assert outlook["session_id"] == first["session_id"]
    assert [fit["region"] for fit in outlook["fits"]] == ["left_cheek", "nose"]
    assert outlook["sentences"]


def test_a_timeline_says_what_is_not_measured_yet(measured: Run, tmp_path: Path) -> None:
    picture(tmp_path / "more.jpg", 77, day=9)
    measured("import", "A-17", str(tmp_path / "more.jpg"), "--no-measure")
    out = measured("timeline", "A-17")[1]
    assert "not measured" in out
    assert "1 photos are not measured by the current versions: skincompare reanalyse A-17" in out


def test_regions_are_chosen(measured: Run) -> None:
    out = measured("timeline", "A-17", "--region", "nose")[1]
    assert "Nose  " in out
    assert "Left cheek  " not in out


def test_a_course_without_a_baseline_says_what_to_do(clinic: Run, tmp_path: Path) -> None:
    assert "skincompare import A-17" in clinic("timeline", "A-17")[1]
    picture(tmp_path / "a.jpg", 1, day=3)
    clinic("import", "A-17", str(tmp_path / "a.jpg"), "--no-measure")
    out = clinic("timeline", "A-17")[1]
    assert "no photo from before the first session" in out


@pytest.mark.parametrize(
    ("values", "bars"),
    [
        ([0.0, 4.0, 8.0], "▁▅█"),
        ([8.0, float("nan"), 0.0], "█·▁"),
        ([-2.0, 0.0, 2.0], "▁▅█"),
        ([0.0, 0.0], "▁▁"),
        ([float("nan")], "·"),
        ([], ""),
        ([5.0, 10.0], "▅█"),
    ],
)
def test_a_sparkline_stands_on_zero(values: list[float], bars: str) -> None:
    assert sparkline(values) == bars


# Measuring


def test_reanalyse_tells_how_many_and_then_that_nothing_is_left(
    measured: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def measure(work: Any) -> Any:
        own = (change(work.pair.baseline, work.pair.photo, method=REDNESS),)
        return measuring.Measured(
            analysis(work.pair.baseline, work.pair.photo, methods=(REDNESS,), changes=own)
        )

    monkeypatch.setattr(measuring, "measure", measure)
    picture(tmp_path / "more.jpg", 77, day=9)
    measured("import", "A-17", str(tmp_path / "more.jpg"), "--no-measure")
    code, _, err = measured("reanalyse", "--workers", "1")
    assert (code, err) == (0, "Against the baseline: 1 measured\n")
    assert "Everything is measured" in measured("reanalyse", "A-17")[1]
    assert said(measured("reanalyse", "--again", "--workers", "1", "--json"))["photos"] == {"measured": 4}


def test_import_measures_what_it_stored(clinic: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Any] = []

    def measure(_: Store, courses: tuple[Course, ...], **more: int) -> dict[str, int]:
        given.append((courses, more))
        return {"measured": 3, "refused": len(given) - 1}

    monkeypatch.setattr(cli_measuring, "measure_courses", measure)
    picture(tmp_path / "a.jpg", 1, day=1)
    assert clinic("import", "A-17", str(tmp_path / "a.jpg"), "--workers", "2")[0] == 0
    ((courses, more),) = given
    assert (len(courses), more) == (1, {"workers": 2})
    assert clinic("import", "A-17", str(tmp_path / "a.jpg"))[0] == cli.ExitCode.PARTLY
    assert clinic("reanalyse", "A-17")[0] == cli.ExitCode.PARTLY


def test_commands_that_are_named_can_be_pasted(run: Run) -> None:
    out = run("patient", "add", "Maria H; rm")[1]
    assert "Next: skincompare course add 'Maria H; rm' --condition" in out
    assert "skincompare course add 'Maria H; rm'" in run("timeline", "Maria H; rm")[2]
    out = run("course", "add", "Maria H; rm", "--condition", "other")[1]
    assert "Next: skincompare session add 'Maria H; rm' --at" in out
    assert "skincompare import 'Maria H; rm' PHOTOS" in run("timeline", "Maria H; rm")[1]


def test_the_demo_clinic_is_filled_and_named(run: Run) -> None:
    code, out, _ = run("demo", "--no-measure")
    assert code == 0
    assert out.count("DEMO-") == 7
    assert "skincompare reanalyse DEMO-A" in out  # nothing was measured yet
    assert len(said(run("demo", "--no-measure", "--json"))["patients"]) == 6


# Wrong turns


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("patient", "add", ""), 2, "empty"),
        (("patient", "add", "A-17"), 5, "skincompare patient show A-17"),
        (("patient", "add", "B", "--fitzpatrick", "VII"), 2, "Known: I, II"),
        (("patient", "show", "A-18"), 5, "Near: A-17. See: skincompare patient list"),
        (("patient", "consent", "A-17", "teaching", "--withdrawn", "2026-01-01"), 2, "given no consent"),
        (("patient", "consent", "A-17", "teaching", "--given", "soon"), 2, "2026-03-03"),
        (("patient", "restore", "nowhere.zip"), 2, "no archive"),
        (("course", "add", "A-17", "--condition", "acne scar"), 2, "Did you mean 'acne scars'"),
        (("session", "add", "A-17", "--at", "yesterday"), 2, "2026-03-03T10:00+01:00"),
        (("session", "add", "A-17", "--at", "2026-03-03", "--depth", "nose"), 2, "left_cheek=1.5"),
        (("session", "add", "A-17", "--at", "2026-03-03", "--depth", "nose=50"), 2, "at most at 5 mm"),
        (("session", "add", "A-17", "--at", "2026-03-03", "--depth", "left_chek=1"), 2, "left_cheek"),
        (("session", "add", "A-17", "--at", "2026-03-03", "--course", "9"), 5, "no course 9"),
        (("session", "edit", "A-17", "9"), 5, "skincompare session list A-17"),
        (
            ("session", "grade", "A-17", "--scale", "CEA", "--value", "9", "--at", "2026-03-03"),
            2,
            "between 0 and 4",
        ),
        (("import", "A-17", "nowhere", "--view", "above"), 2, "Known: close-up"),
        (("import", "B", "nowhere.jpg"), 5, "patient add B"),
        (("timeline", "A-17", "--metric", "beauty"), 2, "Known:"),
        (("export", "A-17", "no/such/folder/a.zip"), 5, "cannot be written"),
        (("store", "clinic", "--time-zone", "Moon"), 2, "Europe/Vienna"),
    ],
)
def test_a_wrong_turn_is_one_sentence_that_says_what_to_do(
    clinic: Run, arguments: tuple[str, ...], code: int, words: str
) -> None:
    ended, out, err = clinic(*arguments)
    assert (ended, out) == (code, "")
    assert words in err
    assert err.startswith("skincompare: ")
    assert err.count("\n") == 1


def test_a_patient_without_course_or_with_several(run: Run) -> None:
    run("patient", "add", "A")
    code, _, err = run("timeline", "A")
    assert (code, "skincompare course add A" in err) == (5, True)
    for condition in ("redness", "wrinkles"):
        run("course", "add", "A", "--condition", condition)
    code, _, err = run("timeline", "A")
    assert (code, "--course" in err, "1 redness; 2 wrinkles" in err) == (2, True, True)
    assert run("timeline", "A", "--course", "2")[0] == 0


def test_a_store_that_cannot_be_opened(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKINCOMPARE_DATABASE_URL", "postgresql://me:secret@127.0.0.1:1/x")
    code, out, err = run("patient", "list")
    assert (code, out) == (cli.ExitCode.STORE, "")
    assert "cannot be reached" in err
    assert "secret" not in err


def test_the_check_finds_a_missing_file_and_tells_the_shell(
    clinic: Run, folder: Path, tmp_path: Path
) -> None:
    picture(tmp_path / "a.jpg", 1, day=-1)
    clinic("import", "A-17", str(tmp_path / "a.jpg"), "--no-measure")
    assert "All is well" in clinic("store", "check", "--contents")[1]
    (photo,) = (folder / "photos").rglob("*.jpg")
    photo.rename(photo.with_name(f"{'0' * 64}.jpg"))
    code, out, _ = clinic("store", "check")
    assert code == cli.ExitCode.STORE
    assert "Missing file of a.jpg" in out
    assert "belongs to nobody" in out
    assert (
        "files that belong to nobody" in clinic("import", "A-17", str(tmp_path / "a.jpg"), "--no-measure")[2]
    )
    assert "1 files removed" in clinic("store", "check", "--clear")[1]
