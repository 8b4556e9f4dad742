"""``skincompare measure`` as a shell sees it: the table, the JSON, the picture, and how wrong use is told."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from skincompare import cli

CLOSE_UP = Path(__file__).parents[1] / "sample_images" / "close_up" / "before.jpg"
SIDE = 420

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("photo") / "skin.png"
    with Image.open(CLOSE_UP) as picture:
        picture.crop((300, 200, 300 + SIDE, 200 + SIDE)).save(path)
    return str(path)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv(cli.DEBUG_VARIABLE, "1")

    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main(arguments)
        told = capsys.readouterr()
        code = ended.value.code
        return (code if isinstance(code, int) else 0), told.out, told.err

    return call


def test_values_and_reasons_are_printed_and_nothing_of_a_change(run: Run, photo: str) -> None:
    code, out, err = run("measure", photo, "--px-per-mm", "20")
    assert (code, err) == (0, "")
    assert "20.0 ± 0.4 px/mm" in out
    assert any(line.split()[:3] == ["Whole", "skin", "Pores"] for line in out.splitlines())
    assert "Withheld" in out
    assert "Red area: not measurable" in out
    assert "white balance" in out
    assert "verdict" not in out.lower()
    assert "detectable change" not in out
    assert "one photograph, not a diagnosis" in out


def test_json_is_all_that_goes_to_standard_output(run: Run, photo: str) -> None:
    code, out, _ = run("measure", photo, "--px-per-mm", "20", "--metric", "pores", "--json", "-")
    content = json.loads(out)
    assert code == 0
    assert {one["metric"] for one in content["measurements"]} == {
        "pore_density",
        "pore_area",
        "pore_diameter",
        "pore_contrast",
    }
    assert content["measurements"][0]["marks"]


def test_the_picture_is_the_photo_with_a_legend(run: Run, photo: str, tmp_path: Path) -> None:
    target, numbers = tmp_path / "marked.jpg", tmp_path / "numbers.json"
    arguments = ("--px-per-mm", "20", "--metric", "pores", "--picture", str(target), "--json", str(numbers))
    code, _, err = run("measure", photo, *arguments)
    assert code == 0
    assert err.count("Written:") == 2
    with Image.open(target) as picture:
        assert picture.format == "JPEG"
        assert picture.width == SIDE
        assert picture.height > SIDE
    assert json.loads(numbers.read_text(encoding="utf-8"))["schema_version"] == 1


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--picture", "marked.png"), ".jpg"),
        (("--metric", "beauty"), "beauty"),
        (("--reference", "elbow"), "elbow"),
        (("--regions", "nowhere.json"), "nowhere.json"),
    ],
)
def test_wrong_use_is_told_in_one_sentence(
    run: Run, photo: str, arguments: tuple[str, ...], word: str
) -> None:
    code, out, err = run("measure", photo, *arguments)
    assert (code, out) == (cli.ExitCode.USAGE, "")
    assert word in err
    assert err.count("\n") == 1


def test_a_picture_never_overwrites_the_photo(run: Run, tmp_path: Path) -> None:
    own = tmp_path / "own.jpg"
    own.write_bytes(CLOSE_UP.read_bytes())
    code, _, err = run("measure", str(own), "--picture", str(own))
    assert code == cli.ExitCode.USAGE
    assert "overwrite" in err
    assert own.read_bytes() == CLOSE_UP.read_bytes()


def test_what_is_no_photo_has_its_exit_code(run: Run, tmp_path: Path) -> None:
    wrong = tmp_path / "x.jpg"
    wrong.write_bytes(b"no photo")
    assert run("measure", str(wrong))[0] == cli.ExitCode.PHOTO
