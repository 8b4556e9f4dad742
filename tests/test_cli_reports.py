"""What may leave, from the command line: documents, pictures, films, tables; options, refusals and exit codes."""

import csv
import io
import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

from skincompare import cli
from skincompare.comparison import Comparison
from skincompare.report.film import FilmKind
from skincompare.workflows import reporting
from skincompare.workflows.reporting import LeftOut, Outgoing, ReportOptions
from tests.compared import healing, refused
from tests.test_cli_store import clinic, folder, run  # noqa: F401 - fixtures

Run = Callable[..., tuple[int, str, str]]
LETTER = (612, 792)
COMPARE = import_module("skincompare.compare")
"""The module: the name in the package is that of its function."""

pytestmark = pytest.mark.usefixtures("fast_disk")


@pytest.fixture
def compare(run: Run, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str, str]]:  # noqa: F811
    """Return a runner of ``compare`` that is handed a comparison."""

    def call(found: Comparison, *options: str) -> tuple[int, str, str]:
        monkeypatch.setattr(COMPARE, "compare", lambda *photos, **more: found)
        return run("compare", "before.jpg", "after.jpg", *options)

    return call


def test_a_comparison_is_written_as_pdf_picture_and_table(compare: Run, tmp_path: Path) -> None:
    found, _ = healing()
    names = {option: str(tmp_path / f"out.{option}") for option in ("pdf", "pair", "csv")}
    options = [part for option, path in names.items() for part in (f"--{option}", path)]
    code, _, err = compare(found, *options, "--mask-eyes", "--match-light", "--paper", "letter")
    assert code == 0
    assert all(f"Written: {path}" in err for path in names.values())
    page = PdfReader(names["pdf"]).pages[0]
    assert (round(page.mediabox.width), round(page.mediabox.height)) == LETTER
    assert "in the light of the before photo" in page.extract_text()
    with Image.open(names["pair"]) as image:
        assert image.format == "PNG"
    rows = list(csv.DictReader(io.StringIO(Path(names["csv"]).read_text(encoding="utf-8-sig"))))
    assert len(rows) == len(found.changes)


def test_a_refused_comparison_is_written_and_ends_with_4(compare: Run, tmp_path: Path) -> None:
    found, _ = refused()
    code, _, _ = compare(found, "--pdf", str(tmp_path / "out.pdf"))
    assert code == cli.ExitCode.REFUSED
    assert "cannot be compared" in PdfReader(tmp_path / "out.pdf").pages[0].extract_text()
    code, _, err = compare(found, "--pair", str(tmp_path / "out.png"), "--mask-eyes")
    assert code == cli.ExitCode.REFUSED
    assert "eyes cannot be masked" in err
    assert not (tmp_path / "out.png").exists()


def test_eyes_are_never_half_masked(compare: Run, tmp_path: Path) -> None:
    found, _ = healing()
    page = str(tmp_path / "out.html")
    code, _, err = compare(found, "--report", page, "--mask-eyes", "--pdf", str(tmp_path / "out.pdf"))
    assert (code, "--report cannot mask eyes" in err) == (cli.ExitCode.USAGE, True)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def leaving(clinic: Run, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:  # noqa: F811
    """Return what was asked of the workflows, whose answers are made by hand."""
    asked: list[dict[str, object]] = []

    def make(kind: str) -> Callable[..., Outgoing]:
        def made(
            _store: object, patient: object, course: object, options: ReportOptions, **more: object
        ) -> Outgoing:
            asked.append({"what": kind, "options": options, **more})
            left_out = (LeftOut("Day 3", "It is blurred."),) if options.mask_eyes else ()
            return Outgoing(b"bytes", left_out)

        return made

    monkeypatch.setattr(reporting, "course_report", make("report"))
    monkeypatch.setattr(reporting, "course_film", make("film"))
    return asked


def test_a_course_is_written_and_what_stays_behind_is_named(
    clinic: Run,  # noqa: F811
    leaving: list[dict[str, object]],
    tmp_path: Path,
) -> None:
    out, table = tmp_path / "a.pdf", tmp_path / "a.csv"
    code, told, err = clinic(
        "report", "A-17", "--out", str(out), "--csv", str(table), "--name", "--paper", "letter"
    )
    assert (code, err) == (0, "")
    assert out.read_bytes() == b"bytes"
    assert table.read_text(encoding="utf-8-sig").startswith("photo,region")
    assert f"Written: {out}" in told
    options = leaving[0]["options"]
    assert (options.paper, options.with_name, options.mask_eyes) == ("letter", True, False)
    code, told, _ = clinic("report", "A-17", "--out", str(out), "--mask-eyes")
    assert (code, "Left out: Day 3: It is blurred." in told) == (cli.ExitCode.PARTLY, True)
    code, told, _ = clinic("report", "A-17", "--out", str(out), "--mask-eyes", "--json")
    assert json.loads(told)["left_out"] == [{"picture": "Day 3", "why": "It is blurred."}]


def test_a_timelapse_is_a_film_or_a_gif(
    clinic: Run,  # noqa: F811
    leaving: list[dict[str, object]],
    tmp_path: Path,
) -> None:
    assert clinic("timelapse", "A-17", "--out", str(tmp_path / "a.mp4"))[0] == 0
    assert (
        clinic("timelapse", "A-17", "--out", str(tmp_path / "a.GIF"), "--light", "taken", "--seconds", "2")[0]
        == 0
    )
    first, second = leaving
    assert (first["what"], first["match_light"], first["seconds"]) == ("film", True, 1.0)
    assert (second["what"], second["match_light"], second["seconds"]) == ("film", False, 2.0)
    assert FilmKind.MP4 in first.values()
    assert FilmKind.GIF in second.values()


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (("report", "A-17"), cli.ExitCode.USAGE, "--out course.pdf"),
        (("report", "A-17", "--out", "/nowhere/a.pdf"), cli.ExitCode.USAGE, "cannot be written"),
        (("report", "B-1", "--out", "a.pdf"), cli.ExitCode.STORE, "B-1"),
        (("timelapse", "A-17", "--out", "a.avi"), cli.ExitCode.USAGE, ".mp4 or .gif"),
        (("timelapse", "A-17", "--out", "a.mp4"), cli.ExitCode.USAGE, "no photo from before"),
    ],
)
def test_wrong_turns_say_what_to_do(
    clinic: Run,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    code: int,
    word: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    ended, _, err = clinic(*arguments)
    assert (ended, word in err) == (code, True), err
    assert not list(tmp_path.glob("a.*"))
