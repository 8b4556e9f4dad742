"""One ``app.py`` for everybody who starts it: Streamlit, uvicorn, and AppTest."""

import http.client
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.app_site import ROOT, running_app, wait_until_healthy

PATIENCE = 60.0


@pytest.fixture(scope="module")
def by_uvicorn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("uvicorn")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "app:app", "--port", str(port), "--no-access-log"]
    environment = {**os.environ, "SKINCOMPARE_STORE": str(folder / "store")}
    log = folder / "log.txt"
    with (
        log.open("wb") as out,
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out) as server,
    ):
        try:
            wait_until_healthy(f"http://127.0.0.1:{port}/_stcore/health", server, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


@pytest.fixture(scope="module")
def by_streamlit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_app(tmp_path_factory.mktemp("streamlit")) as address:
        yield address


@pytest.fixture(params=["by_uvicorn", "by_streamlit"])
def address(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param))


def ask(address: str, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)
    connection.request(
        "GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    answer = connection.getresponse()
    told = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    connection.close()
    return told


def test_a_browser_is_let_in_and_gets_the_rest_by_its_cookie(address: str) -> None:
    status, headers, page = ask(address, "/patients", accept="text/html")
    assert (status, b'<div id="root">' in page) == (200, True)
    assert "no-store" in headers["cache-control"]
    cookie = headers["set-cookie"].partition(";")[0]
    assert ask(address, "/_stcore/host-config")[0] == 403
    assert ask(address, "/_stcore/host-config", cookie=cookie)[0] == 200


@pytest.mark.parametrize("path", ["/pictures/0123", "/media/0123.jpg", "/_stcore/stream", "/captures/x"])
def test_nothing_private_is_open(address: str, path: str) -> None:
    assert ask(address, path)[0] == 403


def test_the_app_runs_under_apptest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKINCOMPARE_STORE", str(tmp_path / "store"))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE).run()
    assert not app.exception
    assert "demo" in "\n".join(button.label for button in app.button).lower()
