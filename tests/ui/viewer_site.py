"""A made-up server for the viewer alone, answered inside the browser: pairs, pictures and cuts, also late or never."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs

from PIL import Image
from playwright.sync_api import Browser, FloatRect, Locator, Page, Route, expect, sync_playwright

from skincompare.ui.viewer import viewer_parts
from skincompare.ui.words.viewer import viewer_words

ORIGIN = "http://viewer.test"
WIDTH, HEIGHT = 600, 400
SIZE = (1024, 768)
PATIENCE_MS = 60_000
"""How long to wait for what has to come, ms: other programs may be busy."""
LIGHT = {
    "text-color": "#222222",
    "background-color": "#fafafa",
    "secondary-background-color": "#eeeeee",
    "primary-color": "#1f6f74",
}
DARK = {
    "text-color": "#ececec",
    "background-color": "#1c1c1c",
    "secondary-background-color": "#2b2b2b",
    "primary-color": "#2b8287",
}
Colour = tuple[int, int, int]
RED, GREEN, BLUE, YELLOW = (200, 40, 40), (40, 160, 40), (40, 40, 200), (200, 200, 40)
COLOURS = {"red": RED, "green": GREEN, "blue": BLUE, "yellow": YELLOW}
MAP = {
    "title": "Change of redness",
    "high": "+12 EI, redder",
    "low": "−12 EI, less red",
    "note": "Grey: less than 2 EI",
    "colours": ["rgb(0 0 90)", "rgb(90 0 0)"],
}
REGION = {"label": "left cheek", "treated": True, "points": [[0.1, 0.5], [0.5, 0.5], [0.5, 0.9], [0.1, 0.9]]}


def picture_of(colour: Colour, size: tuple[int, int] = (WIDTH, HEIGHT)) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, colour).save(stream, "PNG")
    return stream.getvalue()


class Site:
    """What the browser may fetch. An address that is held is answered when the test says so."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.files: dict[str, tuple[bytes, str]] = {}
        self.photos: dict[str, Image.Image] = {}
        self.held: dict[str, list[Route]] = {}
        self.asked: list[str] = []
        page.route(f"{ORIGIN}/**", self._answer)
        self.serve("/", b"<!doctype html><title>viewer</title>", "text/html")

    def serve(self, path: str, data: bytes, kind: str = "image/png") -> str:
        self.files[path] = (data, kind)
        return path

    def colour(self, name: str, colour: Colour, size: tuple[int, int] = (WIDTH, HEIGHT)) -> str:
        return self.serve(f"/pictures/{name}", picture_of(colour, size))

    def photo(self, name: str, pixels: Image.Image) -> str:
        """Serve parts of a photo, as the app does."""
        self.photos[f"/pictures/{name}/crop"] = pixels
        return f"/pictures/{name}"

    def json(self, path: str, value: Any) -> str:
        return self.serve(path, json.dumps(value).encode(), "application/json")

    def hold(self, path: str) -> None:
        self.held[path] = []

    def release(self, path: str) -> None:
        for route in self.held.pop(path):
            self._fulfil(route, path)

    def _answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        self.asked.append(path)
        if path in self.held:
            self.held[path].append(route)
        elif path.partition("?")[0] in self.photos:
            self._cut(route, *path.split("?"))
        else:
            self._fulfil(route, path.partition("?")[0])

    def _cut(self, route: Route, path: str, query: str) -> None:
        asked = {name: int(value) for name, (value,) in parse_qs(query, strict_parsing=True).items()}
        left, top = asked["left"], asked["top"]
        part = self.photos[path].crop((left, top, left + asked["width"], top + asked["height"]))
        part.thumbnail((asked["longest"], asked["longest"]))
        stream = io.BytesIO()
        part.save(stream, "PNG")
        route.fulfill(body=stream.getvalue(), content_type="image/png")

    def _fulfil(self, route: Route, path: str) -> None:
        data, kind = self.files.get(path, (b"", ""))
        route.fulfill(status=200 if kind else 404, body=data, content_type=kind or "text/plain")


def picture(source: str, title: str = "", **more: Any) -> dict[str, Any]:
    return {"src": source, "width": WIDTH, "height": HEIGHT, "title": title, "note": "", **more}


def pair(before: str, after: str, **more: Any) -> dict[str, Any]:
    """Return what the viewer is fed with of a pair whose pictures are at these addresses."""
    return {
        "aligned": True,
        "before": picture(before, "Before"),
        "after": picture(after, "After"),
        "matched": None,
        "map": None,
        "regions": [],
        "marks": [],
        **more,
    }


def entry(name: str, content: dict[str, Any] | str, **more: Any) -> dict[str, Any]:
    """Return an entry of the list of pairs: with the pair itself, or where it is."""
    place = {"url": content} if isinstance(content, str) else {"pair": content}
    return {"id": name, "label": name.capitalize(), "before_note": "", "after_note": name, **place, **more}


@contextmanager
def open_browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        started = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield started
        started.close()


def put_viewer(page: Page, theme: dict[str, str] | None = None) -> Site:
    """Put the viewer and nothing else on a page; what it tells is kept in ``window.told``."""
    site = Site(page)
    page.goto(f"{ORIGIN}/")
    html, css, script = viewer_parts()
    colours = "".join(f"--st-{name}: {value};" for name, value in (theme or LIGHT).items())
    look = f":root {{ {colours} }} body {{ margin: 16px; background: var(--st-background-color); }}"
    page.evaluate(
        "([style, html]) => { document.head.insertAdjacentHTML('beforeend', `<style>${style}</style>`);"
        " document.body.innerHTML = html }",
        [look + css, html],
    )
    page.evaluate(
        """async script => {
            const made = URL.createObjectURL(new Blob([script], { type: "text/javascript" }))
            window.told = []
            window.triggered = []
            const draw = (await import(made)).default
            window.show = (data) => draw({
                data, parentElement: document.body,
                setStateValue: (name, value) => window.told.push([name, value]),
                setTriggerValue: (name, value) => window.triggered.push([name, value]),
            })
        }""",
        script,
    )
    return site


def show(page: Page, *pairs: dict[str, Any], wait: bool = True, **more: Any) -> None:
    """Feed the viewer; by default wait until the pair is on the screen."""
    data = {
        "pairs": list(pairs),
        "current": pairs[0]["id"],
        "words": viewer_words(),
        "patient_view": True,
        **more,
    }
    page.evaluate("data => { window.show(data) }", data)
    if wait:
        wait_for(page, data["current"])


def wait_for(page: Page, name: str) -> None:
    expect(page.locator(".viewer")).to_have_attribute("data-shown", name, timeout=PATIENCE_MS)


def colour_at(page: Page, pane: str, at: tuple[float, float] = (0.5, 0.75)) -> Colour:
    """Return the colour that is really on the screen at a place of a pane."""
    box = box_of(page.locator(f".pane.{pane}"))
    clip = {
        "x": box["x"] + at[0] * box["width"],
        "y": box["y"] + at[1] * box["height"],
        "width": 1,
        "height": 1,
    }
    with Image.open(io.BytesIO(page.screenshot(clip=clip))) as shot:
        red, green, blue = shot.convert("RGB").getpixel((0, 0))
    return red, green, blue


def address(name: str) -> str:
    return f"/pictures/{name}"


def whole_pair(**more: Any) -> dict[str, Any]:
    """Return a red before and a green after picture with everything that a pair can have."""
    place = [0, 0, 2 * WIDTH, 2 * HEIGHT]
    before = picture(address("red"), "Before", place=place)
    content = {
        "before": before,
        "original": picture(address("blue"), "After, not moved", place=[10, 20, 2 * WIDTH, 2 * HEIGHT]),
        "matched": picture(address("yellow"), "After, light matched", words="For the eye only."),
        "maps": [
            {**MAP, "src": address("yellow")},
            {**MAP, "src": address("blue"), "title": "Change of shine"},
        ],
        "regions": [REGION],
    }
    return {**pair(address("red"), address("green")), **content, **more}


def focus(page: Page) -> None:
    page.locator(".pane.first").focus()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def told(page: Page) -> list[Any]:
    return page.evaluate("window.told.map(([, value]) => value)")


def last_told(page: Page, until: str = "() => true") -> Any:
    """Wait until the viewer told something for which a function of JavaScript holds; return it."""
    page.wait_for_function(
        f"() => window.told.length && ({until})(window.told.at(-1)[1])", timeout=PATIENCE_MS
    )
    return told(page)[-1]


def is_near(found: tuple[int, int, int], wanted: tuple[int, int, int], by: int = 6) -> bool:
    return all(abs(one - other) <= by for one, other in zip(found, wanted, strict=True))


def course(site: Site, *names: str, **more: Any) -> list[dict[str, Any]]:
    colours = {"one": RED, "two": GREEN, "three": BLUE, "four": YELLOW}
    entries = []
    for name in names:
        site.colour(name, colours[name])
        url = site.json(f"/pairs/{name}", pair(address("red"), address(name)))
        entries.append(entry(name, url, thumb=address(name), **more))
    return entries


def box_of(part: Locator) -> FloatRect:
    """Return where a part is on the screen."""
    box = part.bounding_box()
    assert box is not None
    return box


def drag(page: Page, name: str, start: tuple[float, float], end: tuple[float, float]) -> None:
    box = box_of(page.locator(f".pane.{name}"))
    page.mouse.move(box["x"] + start[0] * box["width"], box["y"] + start[1] * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + end[0] * box["width"], box["y"] + end[1] * box["height"], steps=5)
    page.mouse.up()
