"""An import that is killed at any step leaves each photo whole or not there, and loses nothing."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
QUICK_RUNS, FULL_RUNS = 15, 100


def killed(folder: Path, url: str, runs: int) -> dict[str, object]:
    """Run imports that are killed, in a program of their own: it forks, and a test has threads."""
    command = [sys.executable, "-m", "tests.store.killed_imports", str(folder), url, str(runs), "7"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


@pytest.mark.parametrize("runs", [QUICK_RUNS, pytest.param(FULL_RUNS, marks=pytest.mark.slow)])
def test_after_kill_9_each_photo_is_there_or_not_and_nothing_is_lost(database_url, tmp_path, runs):
    told = killed(tmp_path / "store" / "photos", database_url, runs)
    assert told["problems"] == []
    assert told["killed"] > runs / 2
    assert told["half_way"] > 0
    assert told["photos"] == 3 * runs
