"""Small sample photos and made-up results, so that pages are tested without measuring faces."""

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from streamlit import config

from skincompare.measurement import Change, Flag, Measurement, Method
from skincompare.report.pair_view import PairView
from tests.ui.viewer_site import COLOURS, PATIENCE_MS, SIZE, Site, open_browser, put_viewer

DETAILS = "client.showErrorDetails"
SIDE = 256
CLOSE_UP = Path(__file__).parents[2] / "sample_images" / "close_up" / "before.jpg"
CUT = 320
"""Side of the piece of the close-up that is compared, px."""
DAYS = (("Before", "2026-03-02T09:30"), ("Day 0", "2026-03-02T10:40"), ("Day 1", "2026-03-03T12:00"))

ChangeMaker = Callable[..., Change]
OutcomeMaker = Callable[..., PairView]


def _jpeg(seed: int = 0, side: int = SIDE) -> bytes:
    pixels = np.random.default_rng(seed).integers(60, 200, (side, side, 3)).astype(np.uint8)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG")
    return stream.getvalue()


@pytest.fixture
def make_jpeg() -> Callable[..., bytes]:
    """Return a maker of photos of noise, another one for each seed."""
    return _jpeg


@pytest.fixture
def make_photo_pair() -> tuple[bytes, bytes]:
    """Return a close-up of skin, and the same as a mirror shows it."""
    with Image.open(CLOSE_UP) as whole:
        left, top = (whole.width - CUT) // 2, (whole.height - CUT) // 2
        cut = whole.crop((left, top, left + CUT, top + CUT))
    files = []
    for picture in (cut, cut.transpose(Image.Transpose.FLIP_LEFT_RIGHT)):
        stream = io.BytesIO()
        picture.save(stream, "PNG")
        files.append(stream.getvalue())
    return files[0], files[1]


@pytest.fixture(autouse=True)
def _clean_app() -> Iterator[None]:
    """Forget what pages keep between runs, and let AppTest see what went wrong."""
    st.cache_resource.clear()
    st.cache_data.clear()
    usual = config.get_option(DETAILS)
    config.set_option(DETAILS, "full")
    yield
    config.set_option(DETAILS, usual)


@pytest.fixture
def sample_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of two courses and a close-up, and make it the app's."""
    folder = tmp_path / "samples"

    def photos(name: str, offset: int) -> list[dict[str, object]]:
        (folder / name).mkdir(parents=True)
        entries: list[dict[str, object]] = []
        for index, (label, captured) in enumerate(DAYS):
            (folder / name / f"{index}.jpg").write_bytes(_jpeg(offset + index))
            entries.append(
                {
                    "file": f"{name}/{index}.jpg",
                    "label": label,
                    "captured": f"{captured}:00+00:00",
                    "redness_ei": {"left_cheek": 8.0 / index if index else 0.0},
                }
            )
        return entries

    courses = [
        {
            "name": name,
            "title": title,
            "summary": "Both cheeks treated.",
            "ita_degrees": 40.0,
            "treated_at": "2026-03-02T10:00:00+00:00",
            "treated": ["left_cheek", "right_cheek"],
            "reference": [],
            "photos": photos(name, 10 * number),
        }
        for number, (name, title) in enumerate(
            (("a", "Patient A, light skin"), ("b", "Patient B, dark skin"))
        )
    ]
    close_up = {
        "name": "close",
        "title": "Close-up of a cheek",
        "summary": "No face in the picture.",
        "px_per_mm": 16.0,
        "treated_at": "2026-03-02T10:00:00+00:00",
        "photos": photos("close", 100),
    }
    (folder / "truth.json").write_text(json.dumps({"courses": courses, "close_ups": [close_up]}))
    monkeypatch.setenv("SKINCOMPARE_SAMPLES", str(folder))
    return folder


@pytest.fixture
def make_change() -> ChangeMaker:
    """Return a maker of changes of redness with numbers of one's choice."""

    def make(
        region: str = "left_cheek",
        change: float = 8.0,
        *,
        sigma: float = 1.0,
        mdc95: float = 1.9,
        flags: tuple[Flag, ...] = (),
    ) -> Change:
        def side(value: float) -> Measurement:
            return Measurement(
                "redness", region, value, 1.0, "EI", 500, flags, Method("redness", 1), "0" * 64
            )

        return Change.between(side(20.0), side(20.0 + change), sigma=sigma, mdc95=mdc95)

    return make


@pytest.fixture
def make_outcome(make_change: ChangeMaker) -> OutcomeMaker:
    """Return a maker of results, aligned or refused."""

    def make(
        *changes: Change,
        is_aligned: bool = True,
        flags: tuple[Flag, ...] = (),
        mirrored: tuple[str, str] | None = None,
        unchecked: tuple[str, str] | None = None,
    ) -> PairView:
        source = "data:image/gif;base64,R0lGODlhAQABAAAAACw="
        picture = {"src": source, "width": 30, "height": 40, "note": ""}
        return PairView(
            photos=("0" * 64, "1" * 64),
            is_aligned=is_aligned,
            mirrored=mirrored,
            unchecked=unchecked,
            headline=("Redness on the left cheek higher.", "The rest unchanged.")
            if is_aligned
            else ("Refused.",),
            changes=changes or ((make_change(),) if is_aligned else ()),
            treated=("left_cheek",),
            light_references=("forehead", "nose"),
            pair_flags=flags,
            light_flags=(),
            facts=(("Alignment", "typical error 0.2 px"),),
            notes=("one.jpg", "two.jpg"),
            gate=("", ""),
            pictures={},
            viewer={
                "aligned": is_aligned,
                "before": {**picture, "title": "Before"},
                "after": {**picture, "title": "After"},
                "map": None,
                "regions": [],
            },
            file_stem="skincompare-x",
            report=b"<html></html>",
            map_threshold=2.0,
            numbers=b"{}",
        )

    return make


@pytest.fixture(scope="module")
def viewer_browser(chromium: str) -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    with open_browser(chromium) as started:
        yield started
    expect.set_options(timeout=None)


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    found: list[str] = []
    yield found
    assert found == []


@pytest.fixture
def page(viewer_browser: Browser, complaints: list[str]) -> Iterator[Page]:
    """Return a page for the viewer, in a browser whose user asked for little motion."""
    with viewer_browser.new_context(
        viewport={"width": SIZE[0], "height": SIZE[1]}, reduced_motion="reduce"
    ) as context:
        opened = context.new_page()
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        yield opened


@pytest.fixture
def site(page: Page) -> Site:
    made = put_viewer(page)
    for name, colour in COLOURS.items():
        made.colour(name, colour)
    return made
