"""How fast the app shows a stored pair, what a switch costs, and whether the server's memory stays flat.

Beside it stands a peer: a plain Streamlit page that hands the same two photos to ``st.image`` and steps with a button,
as tutorials do. Run it with the project's Python on a machine with Chromium::

    python benchmarks/app.py [--store FOLDER] [--switches 200] [--uploads 100]
"""

import argparse
import io
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, WebSocket, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.ui.app_site import SAMPLES, fill_clinic, running_app, running_script  # noqa: E402 - found once the path above is set

CHROMIUM = "/usr/bin/chromium"
WAIT_MS = 120_000
SETTLED = 20
"""Switches and uploads after which the memory is to be flat."""
PATIENT = "DEMO-D"
MIB = 1 << 20


@dataclass
class Traffic:
    """Bytes over the websocket."""

    received: int = 0
    sockets: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Count what a page receives from now on."""
        page.on("websocket", self._opened)

    def _opened(self, socket: WebSocket) -> None:
        self.sockets.append(socket.url)
        socket.on("framereceived", lambda frame: self._count(frame))

    def _count(self, frame: str | bytes) -> None:
        self.received += len(frame)


def resident_mib(pid: int) -> float:
    """Return the memory of a process and of the processes that it started, MiB."""
    total = 0
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) in _family(pid):
            text = (folder / "status").read_text()
            total += int(text.partition("VmRSS:")[2].split()[0]) if "VmRSS:" in text else 0
    return total / 1024


def _family(pid: int) -> set[int]:
    found = {pid}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, ValueError):
                continue
            if parent in found:
                found.add(int(folder.name))
    return found


@contextmanager
def opened(browser: Browser, address: str) -> Iterator[tuple[Page, Traffic]]:
    """Open a page and close it again."""
    page, traffic = browser.new_page(viewport={"width": 1440, "height": 900}), Traffic()
    page.set_default_timeout(WAIT_MS)
    traffic.watch(page)
    page.goto(address)
    yield page, traffic
    page.close()


def shown(page: Page, label: str = "") -> None:
    """Wait until the viewer shows a pair to its end."""
    page.wait_for_selector('.viewer[data-state="ready"]')
    if label:
        page.locator(".second .tag.left", has_text=label).wait_for()
    page.wait_for_function(
        """() => {
          const roots = [document]
          for (const root of roots) {
            for (const one of root.querySelectorAll('*')) if (one.shadowRoot) roots.push(one.shadowRoot)
          }
          const images = roots.flatMap((root) => [...root.querySelectorAll('.viewer .pane img')])
          return images.some((one) => one.offsetParent && one.complete && one.naturalWidth > 300)
        }"""
    )


def first_pair(browser: Browser, address: str, repeats: int) -> list[float]:
    """Return the seconds from a click in the list of patients to the visible pair."""
    seconds = []
    for _ in range(repeats):
        with opened(browser, address) as (page, _):
            row = page.get_by_text(PATIENT).first
            row.wait_for()
            page.wait_for_timeout(500)
            start = time.perf_counter()
            row.click()
            shown(page)
            seconds.append(time.perf_counter() - start)
    return seconds


def switches(browser: Browser, address: str, pid: int, count: int) -> tuple[list[float], float, list[float]]:
    """Step through a course; return seconds a switch, bytes a switch, and the server's memory after each."""
    seconds, memory = [], []
    with opened(browser, address) as (page, traffic):
        page.get_by_text(PATIENT).first.click()
        shown(page)
        page.locator(".viewer .pane.first").focus()
        page.wait_for_timeout(1500)
        before = traffic.received
        for number in range(count):
            key = "[" if (number // 7) % 2 == 0 else "]"
            tag = page.locator(".second .tag.left")
            old = tag.inner_text()
            start = time.perf_counter()
            page.keyboard.press(key)
            page.wait_for_function("() => true")
            for _ in range(400):
                if tag.inner_text() != old:
                    break
                page.wait_for_timeout(5)
            shown(page)
            seconds.append(time.perf_counter() - start)
            page.wait_for_timeout(700)  # the page hears of it 400 ms later
            memory.append(resident_mib(pid))
        return seconds, (traffic.received - before) / count, memory


def uploads(browser: Browser, address: str, pid: int, count: int, folder: Path) -> list[float]:
    """Add photos one by one as a person does; return the server's memory after each."""
    memory = []
    rng = np.random.default_rng(5)
    base = np.asarray(Image.open(SAMPLES / "patient_a" / "before.jpg"))
    with opened(browser, f"{address}/compare") as (page, _):
        page.get_by_text("Two photos").click()
        chooser = page.locator(".st-key-before_photo input[type=file]")
        for number in range(count):
            noisy = np.clip(base + rng.integers(-2, 3, base.shape), 0, 255).astype(np.uint8)
            stream = io.BytesIO()
            Image.fromarray(noisy).save(stream, "JPEG", quality=90)
            name = f"photo_{number}.jpg"
            chooser.set_input_files({"name": name, "mimeType": "image/jpeg", "buffer": stream.getvalue()})
            page.locator(".st-key-before_photo").get_by_text(name).wait_for()
            page.locator(".st-key-before_photo").get_by_role("button", name="Remove").first.click()
            page.locator(".st-key-before_photo").get_by_text(name).wait_for(state="detached")
            memory.append(resident_mib(pid))
    return memory


def flatness(memory: list[float]) -> str:
    """Return the memory after the first switches and at the end."""
    settled = memory[min(SETTLED, len(memory) - 1)]
    later = memory[SETTLED:] or memory
    rise = 100 * (max(later) / settled - 1)
    return f"{settled:.0f} MiB after {SETTLED}, at most {max(later):.0f} later ({rise:+.0f} %)"


def told(seconds: list[float]) -> str:
    """Return median and slowest."""
    return f"median {statistics.median(seconds):.2f} s, slowest {max(seconds):.2f} s"


ALL_THERE = "() => [...document.querySelectorAll('img')].every(one => one.complete && one.naturalWidth)"
PEER = """
import streamlit as st, numpy as np
from pathlib import Path
from PIL import Image
photos = sorted(Path({folder!r}).glob("*.jpg"))
if "at" not in st.session_state: st.session_state.at = 0
if st.button("next"): st.session_state.at = (st.session_state.at + 1) % (len(photos) - 1)
left, right = st.columns(2)
left.image(np.asarray(Image.open(photos[-1])))
right.image(np.asarray(Image.open(photos[st.session_state.at])))
st.write(f"shown {{st.session_state.at}}")
"""


def peer(browser: Browser, address: str, pid: int, count: int) -> tuple[list[float], float, list[float]]:
    """Step through the same photos on a plain page."""
    seconds, memory = [], []
    with opened(browser, address) as (page, traffic):
        page.get_by_text("shown 0").wait_for()
        before = traffic.received
        for number in range(count):
            start = time.perf_counter()
            page.get_by_role("button", name="next").click()
            page.get_by_text(f"shown {(number + 1) % 8}", exact=True).wait_for()
            page.wait_for_function(
                "() => [...document.querySelectorAll('img')].every(i => i.complete && i.naturalWidth)"
            )
            seconds.append(time.perf_counter() - start)
            memory.append(resident_mib(pid))
        return seconds, (traffic.received - before) / count, memory


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--store", type=Path, help="a measured demo clinic; made when none is named")
    parser.add_argument("--switches", type=int, default=200)
    parser.add_argument("--uploads", type=int, default=100)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        store = arguments.store or fill_clinic(folder / "clinic", SAMPLES)
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        (folder / "app").mkdir()
        with running_app(folder / "app", SKINCOMPARE_STORE=str(store)) as site:
            print("list to pair:     ", told(first_pair(browser, site, 5)))
            seconds, size, memory = switches(browser, site, site.pid, arguments.switches)
            print("switch of a pair: ", told(seconds), f"; {size / 1000:.1f} KB over the websocket")
            print("memory, switches: ", flatness(memory))
            print("memory, uploads:  ", flatness(uploads(browser, site, site.pid, arguments.uploads, folder)))
        script = folder / "peer" / "peer.py"
        script.parent.mkdir()
        script.write_text(PEER.format(folder=str(SAMPLES / "patient_d")))
        with running_script(script, folder / "peer") as site:
            seconds, size, memory = peer(browser, site, site.pid, min(40, arguments.switches))
            print("peer, a switch:   ", told(seconds), f"; {size / 1000:.1f} KB over the websocket")
            print("peer, memory:     ", flatness(memory))
        browser.close()


if __name__ == "__main__":
    main()
