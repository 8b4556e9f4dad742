"""The command line as a shell sees it: what is printed where, and the exit code."""

import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

import skincompare
from skincompare import cli, cli_output
from skincompare.errors import SkincompareError
from skincompare.imaging.mirroring import FLIPPED
from skincompare.measurement import Effect, Flag
from tests.shell import shell

ROOT = Path(__file__).parents[1]
CLOSE_UP = ROOT / "sample_images" / "close_up"
SIDE = 480
"""Side of the piece of the close-ups that is compared, px: small, so that it is quick."""

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Return two photos of one skin, cut from the middle of a close-up eight weeks apart."""
    folder = tmp_path_factory.mktemp("pair")
    for name, source in (("before.png", "before.jpg"), ("after.png", "week_08.jpg")):
        with Image.open(CLOSE_UP / source) as picture:
            left, top = (picture.width - SIDE) // 2, (picture.height - SIDE) // 2
            picture.crop((left, top, left + SIDE, top + SIDE)).save(folder / name)
    return str(folder / "before.png"), str(folder / "after.png")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a runner of the command line inside this process: exit code, standard output, standard error."""
    monkeypatch.setenv(cli.DEBUG_VARIABLE, "1")

    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main(arguments)
        told = capsys.readouterr()
        code = ended.value.code
        return (code if isinstance(code, int) else 0), told.out, told.err

    return call


# A pair of close-ups


def test_a_pair_is_printed_in_full_width_without_colour_codes(run: Run, pair: tuple[str, str]) -> None:
    code, out, err = run("compare", *pair, "--px-per-mm", "20")
    assert (code, err) == (cli.ExitCode.DONE, "")
    assert "\x1b" not in out
    assert "…" not in out
    row = next(line for line in out.splitlines() if line.strip().startswith("Whole skin   Area of pores"))
    assert re.search(r"−\d+\.\d ± \d+\.\d\* .* %  +▼ lower", row)  # the star: it was measured as a change
    assert "Area of pores lower by" in out
    assert re.search(r"Alignment Aligned, typical error \d\.\d px \((below )?0\.\d\d mm\)", out)
    assert out.count("20.0 ± 0.4 px/mm, as typed in") == 1
    assert re.search(r"[Rr]edness.*: not measurable on whole skin\. No untreated skin is named", out)
    assert "improved" not in out


def test_json_to_standard_output_is_nothing_else(run: Run, tmp_path: Path, pair: tuple[str, str]) -> None:
    report = tmp_path / "out.html"
    code, out, err = run(
        "compare", pair[0], pair[0], "--json", "-", "--metric", "redness", "--report", str(report)
    )
    content = json.loads(out)
    assert code == cli.ExitCode.DONE
    assert content["schema_version"] == 1
    assert {change["metric"] for change in content["changes"]} == {"redness", "hemoglobin", "red_area"}
    assert report.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert err == f"Written: {report}\n"


def test_all_lists_what_is_not_measurable(run: Run, pair: tuple[str, str]) -> None:
    _, grouped, _ = run("compare", *pair, "--metric", "redness")
    _, listed, _ = run("compare", *pair, "--metric", "redness", "--all")
    assert "– not measurable" not in grouped
    assert "– not measurable" in listed


def test_a_refused_pair_exits_4_with_reasons_and_still_writes(
    run: Run, tmp_path: Path, pair: tuple[str, str]
) -> None:
    noise = np.random.default_rng(1).integers(60, 200, (SIDE, SIDE, 3), dtype=np.uint8)
    other = tmp_path / "other.png"
    Image.fromarray(noise).save(other)
    numbers, report = tmp_path / "out.json", tmp_path / "out.html"
    options = ("--json", str(numbers), "--report", str(report))
    code, out, _ = run("compare", pair[0], str(other), *options)
    assert code == cli.ExitCode.REFUSED
    content = json.loads(numbers.read_text(encoding="utf-8"))
    assert content["alignment"]["status"] == "refused"
    for flag in content["alignment"]["flags"]:
        assert flag["reason"] in out
        assert flag["advice"] in out
    assert "cannot be compared" in report.read_text(encoding="utf-8")


# Mirrored photos and point pairs


@pytest.fixture
def mirrored(tmp_path: Path, pair: tuple[str, str]) -> str:
    """Return the before photo as a mirror shows it."""
    path = tmp_path / "selfie.png"
    with Image.open(pair[0]) as picture:
        picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(path)
    return str(path)


def test_a_mirrored_pair_names_the_option_that_compares_it(
    run: Run, pair: tuple[str, str], mirrored: str
) -> None:
    code, out, _ = run("compare", pair[0], mirrored, "--metric", "redness")
    assert code == cli.ExitCode.REFUSED
    assert "add --flip after: left and right are then those of the before photo" in out
    assert "add --flip before instead" in out
    code, out, _ = run("compare", pair[0], mirrored, "--flip", "after", "--metric", "redness")
    assert code == cli.ExitCode.DONE
    assert (
        "- Note: The after photo was flipped left-right for this comparison; left and right are those of"
        in out
    )


def test_flipping_a_photo_that_is_not_mirrored_is_told() -> None:
    mirrored = Flag("mirrored", "One is mirrored.", "Flip it.", Effect.NOT_MEASURABLE)
    flipped = SimpleNamespace(photo=SimpleNamespace(flags=(FLIPPED,)))
    plain = SimpleNamespace(photo=SimpleNamespace(flags=()))

    def hint(*subjects: object, flags: tuple[Flag, ...] = (mirrored,)) -> str:
        before, after = subjects
        alignment = SimpleNamespace(flags=flags)
        found: Any = SimpleNamespace(before=before, after=after, alignment=alignment)
        return " ".join(cli_output.hints(found))

    assert "Leave out --flip" in hint(flipped, plain)
    assert "Leave out --flip" in hint(plain, flipped)
    assert "--flip after" in hint(plain, plain)
    assert hint(plain, flipped, flags=()) == ""


def test_the_option_that_vouches_for_the_person_is_named() -> None:
    flag = Flag("no_fine_detail", "It could not be checked.", "Say so.", Effect.NOT_MEASURABLE)
    found: Any = SimpleNamespace(alignment=SimpleNamespace(flags=(flag,)))
    assert cli_output.hints(found) == [
        "If you know that both photos show the same person, add --same-person."
    ]


def test_the_word_that_both_show_one_person_is_passed_on(
    run: Run, pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[bool] = []
    module = sys.modules["skincompare.aligned"]
    real = module.align

    def spy(*subjects: object, same_person: bool) -> object:
        given.append(same_person)
        return real(*subjects, same_person=same_person)

    monkeypatch.setattr(module, "align", spy)
    run("compare", *pair, "--metric", "redness")
    run("compare", *pair, "--metric", "redness", "--same-person")
    assert given == [False, True]


def test_points_that_cannot_be_used_exit_2(run: Run, tmp_path: Path, pair: tuple[str, str]) -> None:
    path = tmp_path / "pairs.json"
    path.write_text('{"schema_version": 1, "pairs": []}')
    code, out, err = run("compare", *pair, "--points", str(path))
    assert (code, out) == (cli.ExitCode.USAGE, "")
    assert (
        err
        == f"skincompare: The point file {path} has 0 pairs; mark from 3 to 1000 places that both photos show.\n"
    )


# Errors


def test_a_photo_that_is_missing_exits_3(run: Run, tmp_path: Path, pair: tuple[str, str]) -> None:
    code, out, err = run("compare", str(tmp_path / "none.jpg"), pair[1])
    assert (code, out) == (cli.ExitCode.PHOTO, "")
    assert err == "skincompare: There is no file 'none.jpg': check its path and name.\n"


@pytest.mark.parametrize(
    "options",
    [
        ("--no-such-option",),
        ("--px-per-mm", "many"),
        ("--px-per-mm", "-1"),
        ("--metric", "beauty"),
        ("--reference", "elbow"),
        ("--regions", "no-such-file.json"),
        ("--points", "no-such-file.json"),
        ("--flip", "both"),
        ("--json", "no/such/folder/out.json"),
        ("--report", "BEFORE"),
        ("--report", "-"),
    ],
)
def test_wrong_usage_exits_2_with_a_sentence(
    run: Run, options: tuple[str, ...], pair: tuple[str, str]
) -> None:
    named = [pair[0] if option == "BEFORE" else option for option in options]
    code, out, err = run("compare", *pair, *named)
    assert (code, out) == (cli.ExitCode.USAGE, "")
    assert len(err.strip()) > 20
    assert "Traceback" not in err


def test_a_path_that_cannot_be_written_is_found_out_before_the_work(
    run: Run, monkeypatch: pytest.MonkeyPatch, pair: tuple[str, str]
) -> None:
    worked: list[str] = []
    monkeypatch.setattr(sys.modules["skincompare.compare"], "compare", lambda *_, **__: worked.append("yes"))
    code, _, err = run("compare", *pair, "--report", "no/such/folder/out.html")
    assert (code, worked) == (cli.ExitCode.USAGE, [])
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "expected"), [(KeyboardInterrupt(), 130), (SkincompareError("A model is damaged."), 1)]
)
def test_interruption_is_quiet_and_other_errors_exit_1(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: BaseException, expected: int, pair: tuple[str, str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(sys.modules["skincompare.compare"], "compare", fail)
    code, out, err = run("compare", *pair)
    assert (code, out) == (expected, "")
    assert err == ("" if expected == 130 else "skincompare: A model is damaged.\n")


@pytest.mark.parametrize("debug", ["", "1"])
def test_an_unexpected_error_is_one_line_unless_debugging(debug: str, pair: tuple[str, str]) -> None:
    program = (
        "import skincompare.compare, sys, skincompare.cli as cli\n"
        "def fail(*_, **__): raise ZeroDivisionError('over\\nthe edge')\n"
        "sys.modules['skincompare.compare'].compare = fail\n"
        f"cli.main(['compare', *{pair!r}])"
    )
    ended = shell(["-c", program], SKINCOMPARE_DEBUG=debug)
    assert ended.returncode == cli.ExitCode.UNEXPECTED
    assert ("Traceback" in ended.stderr) == bool(debug)
    if not debug:
        assert ended.stderr.startswith("skincompare: unexpected ZeroDivisionError: over the edge")
        assert ended.stderr.count("\n") == 1


# Other commands


def test_version(run: Run) -> None:
    assert run("--version") == (0, f"skincompare {skincompare.__version__}\n", "")


def test_metrics_are_listed(run: Run) -> None:
    from skincompare.metrics.registry import quantities

    code, out, _ = run("metrics")
    assert code == cli.ExitCode.DONE
    for name, quantity in quantities().items():
        (line,) = [one for one in out.splitlines() if quantity.meaning in one]
        assert {name, quantity.unit.split()[0]} <= set(line.split())


def test_samples_are_written_and_different_files_are_kept(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(directory: Path, progress: object) -> tuple[Path, ...]:
        paths = directory / "one.jpg", directory / "more" / "two.jpg"
        paths[1].parent.mkdir()
        for path in paths:
            path.write_bytes(path.name.encode())
        return paths

    from skincompare.synthetic import samples

    monkeypatch.setattr(samples, "write_samples", write)
    folder = tmp_path / "new" / "samples"
    assert run("samples", str(folder))[0] == cli.ExitCode.DONE
    assert run("samples", str(folder))[0] == cli.ExitCode.DONE
    (folder / "more" / "two.jpg").write_bytes(b"mine")
    (folder / "one.jpg").unlink()
    code, _, err = run("samples", str(folder))
    assert code == cli.ExitCode.USAGE
    assert "--force" in err
    assert (folder / "more" / "two.jpg").read_bytes() == b"mine"
    assert not (folder / "one.jpg").exists()
    assert run("samples", str(folder), "--force")[0] == cli.ExitCode.DONE
    assert (folder / "more" / "two.jpg").read_bytes() == b"two.jpg"
    assert sorted(path.name for path in folder.iterdir()) == ["more", "one.jpg"]


def test_every_command_and_exit_code_is_in_the_docs() -> None:
    import typer.main

    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    commands = dict(leaves("skincompare", typer.main.get_command(cli.app)))
    assert {
        "skincompare compare",
        "skincompare patient add",
        "skincompare import",
        "skincompare chart",
        "skincompare repeat",
    } <= set(commands)
    for name, one in commands.items():
        assert name in text
        for parameter in one.params:
            for option in (*parameter.opts, *parameter.secondary_opts):
                assert not option.startswith("--") or f"`{option}`" in text or option == "--help", option
    for code in cli.ExitCode:
        assert f"| {code.value} |" in text


def test_the_commands_of_the_store_all_give_json() -> None:
    import typer.main

    commands = dict(leaves("skincompare", typer.main.get_command(cli.app)))
    for name, one in commands.items():
        options = {option for parameter in one.params for option in parameter.opts}
        assert "--json" in options or name in ("skincompare metrics", "skincompare samples"), name


def leaves(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    """Yield every command below a group with its whole name."""
    inner = getattr(command, "commands", None)
    if inner is None:
        yield name, command
        return
    for word, one in inner.items():
        yield from leaves(f"{name} {word}", one)
