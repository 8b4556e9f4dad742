"""The viewer within an app: a switch of the pair runs no page, says one thing, and sends little."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.ui.viewer_site import COLOURS, PATIENCE_MS, address, drag, entry, pair, picture_of, press, wait_for

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0
MOST_BYTES = 20_000
"""Most that a switch of the pair may send over the websocket, both ways."""
PAIRS = 20
SCRIPT = """
import json
from pathlib import Path

import streamlit as st

from skincompare.ui.viewer import show_viewer

runs = st.session_state.setdefault("runs", {"page": 0, "part": 0})
runs["page"] += 1
PAIRS = json.loads((Path(__file__).parent / "pairs.json").read_text())


@st.fragment
def part():
    runs["part"] += 1
    state = show_viewer(PAIRS, key="viewer", annotations={}, patient_view=True)
    drawn = {name: [one.kind.value for one in many] for name, many in state.annotations.items()}
    st.text(f"page {runs['page']}, part {runs['part']}, shows {state.current}, drawn {drawn}")
    if state.presents:
        st.text(f"patient view of {state.presents}")
    if state.align:
        st.text(f"align {state.align[0]} with {len(state.align[1])} points")


part()
"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a page that holds the viewer of a course of twenty."""
    folder = tmp_path_factory.mktemp("app")
    names = [f"day{number}" for number in range(PAIRS)]
    pairs = [entry(name, f"/pairs/{name}", thumb=f"/pictures/{name}", note="3 March 2026") for name in names]
    (folder / "pairs.json").write_text(json.dumps(pairs), encoding="utf-8")
    (folder / "app.py").write_text(SCRIPT, encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--server.port", str(port), "--server.headless", "true", "--browser.gatherUsageStats", "false"]
    command = [sys.executable, "-m", "streamlit", "run", str(folder / "app.py"), *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    log = folder / "log.txt"
    with (
        log.open("wb") as out,
        subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=out) as server,
    ):
        try:
            wait_until_healthy(f"http://127.0.0.1:{port}/_stcore/health", server, log)
            yield f"http://127.0.0.1:{port}"
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


class Traffic:
    """What went over the page's websockets, bytes."""

    def __init__(self, page: Page) -> None:
        self.count = 0
        page.on("websocket", lambda socket: self._listen(socket))

    def _listen(self, socket: object) -> None:
        for way in ("framesent", "framereceived"):
            socket.on(way, self._add)

    def _add(self, frame: bytes | str) -> None:
        self.count += len(frame)


@pytest.fixture
def page(viewer_browser: Browser, complaints: list[str]) -> Iterator[Page]:
    with viewer_browser.new_context(viewport={"width": 1024, "height": 768}) as context:
        opened = context.new_page()
        opened.set_default_timeout(PATIENCE_MS)
        opened.on("pageerror", lambda error: complaints.append(str(error)))

        def answer(route: Route) -> None:
            name = route.request.url.rpartition("/")[2]
            number = int(name.removeprefix("day") or 0) if name.startswith("day") else 0
            if "/pairs/" in route.request.url:
                route.fulfill(json=pair(address("day0"), address(name)))
            else:
                colour = tuple(COLOURS.values())[number % len(COLOURS)]
                route.fulfill(body=picture_of(colour), content_type="image/png")

        opened.route(re.compile(r"/(pairs|pictures)/"), answer)
        yield opened


def test_a_switch_runs_one_fragment_and_sends_little(page: Page, app: str) -> None:
    traffic = Traffic(page)
    page.goto(app)
    wait_for(page, "day0")
    told = page.get_by_test_id("stText").first
    expect(told).to_contain_text("page 1, part 1, shows day0")
    page.locator(".pane.first").focus()
    sizes = []
    for number in range(1, 6):
        before = traffic.count
        press(page, "]")
        expect(told).to_contain_text(f"page 1, part {number + 1}, shows day{number}")
        sizes.append(traffic.count - before)
    assert max(sizes) <= MOST_BYTES
    assert min(sizes) > 100  # that something was counted
    before = traffic.count
    press(page, "2", "3", "4", "5", "1", "+", "+", "ArrowLeft", "0", "r", "s", "l", "l")
    page.wait_for_timeout(800)
    assert traffic.count - before < 200  # looking costs nothing
    expect(told).to_contain_text("page 1, part 6")
    press(page, "[", "[", "[", "[")
    expect(told).to_have_text(re.compile("^page 1, part .* shows day1,"))
    wait_for(page, "day1")


def test_the_page_gets_drawings_the_patient_view_and_points(page: Page, app: str) -> None:
    page.goto(app)
    wait_for(page, "day0")
    told = page.get_by_test_id("stText")
    page.locator(".pane.first").focus()
    press(page, "a")
    drag(page, "first", (0.3, 0.4), (0.6, 0.6))
    expect(told.first).to_contain_text("drawn {'day0': ['arrow']}")
    press(page, "p")
    expect(told.nth(1)).to_have_text("patient view of day0")
    press(page, "]")
    expect(told.first).to_contain_text("shows day1")
    expect(told).to_have_count(1)  # asked for once
    assert page.locator(".first svg.notes path.ink").count() == 0
    press(page, "[")
    expect(told.first).to_contain_text("shows day0, drawn {'day0': ['arrow']}")
    assert page.locator(".first svg.notes path.ink").count() == 1
