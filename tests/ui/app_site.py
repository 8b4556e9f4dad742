"""The whole app for tests in a browser: started as a person does, with a small clinic that is measured once."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from skincompare.store import open_store
from skincompare.workflows import load_samples
from skincompare.workflows.demo import fill_demo
from skincompare.workflows.measuring import due_pairs, measure_due

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_images"
START_SECONDS = 60.0
PHOTOS_KEPT = 3


def few_samples(folder: Path) -> Path:
    """Put the first photos of the first course into a folder, so that it is followed quickly."""
    truth = json.loads((SAMPLES / "truth.json").read_text(encoding="utf-8"))
    course = truth["courses"][0]
    course["photos"] = course["photos"][:PHOTOS_KEPT]
    for photo in course["photos"]:
        target = folder / photo["file"]
        target.parent.mkdir(exist_ok=True)
        shutil.copy(SAMPLES / photo["file"], target)
    (folder / "truth.json").write_text(json.dumps({"courses": [course], "close_ups": []}), encoding="utf-8")
    return folder


def fill_clinic(folder: Path, samples: Path) -> Path:
    """Make a store of the sample patients, measured."""
    with open_store(folder) as store:
        for _, course in fill_demo(store, load_samples(samples)):
            list(measure_due(store, due_pairs(store, course), workers=1))
    return folder


class Address(str):
    """The address of a server that runs, and the number of its process."""

    pid: int = 0


@contextmanager
def running_app(folder: Path, **settings: str) -> Iterator[Address]:
    """Start the app on a free port and yield its address.

    Parameters
    ----------
    folder : Path
        For the log, and for the store where `settings` name none.
    **settings : str
        Environment variables.
    """
    own = {"SKINCOMPARE_STORE": str(folder / "store"), **settings}
    with running_script(ROOT / "app.py", folder, **own) as one:
        yield one


@contextmanager
def running_script(script: Path, folder: Path, **settings: str) -> Iterator[Address]:
    """Start a script of Streamlit's on a free port and yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    options = ["--server.port", str(port), "--server.headless", "true"]
    environment = {**os.environ, **settings}
    log = folder / "log.txt"
    with (
        log.open("wb") as out,
        subprocess.Popen([*command, *options], cwd=ROOT, env=environment, stdout=out, stderr=out) as server,
    ):
        try:
            wait_until_healthy(f"http://127.0.0.1:{port}/_stcore/health", server, log)
            address = Address(f"http://127.0.0.1:{port}")
            address.pid = server.pid
            yield address
        finally:
            server.terminate()


def wait_until_healthy(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            with urlopen(url, timeout=1) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"The app did not start:\n{log.read_text(errors='replace')}")
