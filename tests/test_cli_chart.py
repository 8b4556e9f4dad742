"""``skincompare chart``: what it prints and with which code it ends."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from skincompare.cli import ExitCode, main
from skincompare.cli_chart import NO_CHART
from tests.charted import charted


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("chart") / "chart.png"
    Image.fromarray(charted().pixels).save(path)
    return path


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(one) for one in arguments])
    return int(ended.value.code or 0)


def test_the_chart_is_told_in_words(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("chart", photo) == ExitCode.DONE
    printed = capsys.readouterr().out
    assert "A colour chart was found in chart.png" in printed
    assert "dark skin" in printed
    assert "fits well" in printed


def test_json_is_json_alone(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("chart", photo, "--json") == ExitCode.DONE
    told = json.loads(capsys.readouterr().out)
    assert told["photo"] == "chart.png"
    assert len(told["chart"]["patches"]) == 24


def test_no_chart_ends_with_its_own_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "plain.png"
    Image.fromarray(np.full((300, 400, 3), 120, np.uint8)).save(path)
    assert NO_CHART == ExitCode.REFUSED
    assert run("chart", path) == NO_CHART
    assert "No colour chart was found in plain.png" in capsys.readouterr().out
    assert run("chart", path, "--json") == NO_CHART
    assert json.loads(capsys.readouterr().out)["chart"] is None


def test_a_missing_photo_is_told_in_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("chart", "nowhere.jpg") == ExitCode.PHOTO
    assert "nowhere.jpg" in capsys.readouterr().err
