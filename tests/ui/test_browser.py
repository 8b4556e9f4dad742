"""The app in a real browser: what is seen, by keyboard and at two sizes, and that nothing leaves this machine."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.ui.app_site import PHOTOS_KEPT, few_samples, running_app

pytestmark = pytest.mark.browser

SIZES = ((1440, 900), (1024, 768))
RESULT_MS = 90_000
DIVIDER_TOLERANCE_PX = 1.0

PageMaker = Callable[..., Page]


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return few_samples(tmp_path_factory.mktemp("samples"))


@pytest.fixture(scope="module")
def address(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_app(tmp_path_factory.mktemp("server"), SKINCOMPARE_SAMPLES=str(samples)) as started:
        yield started


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        started = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield started
        started.close()


@pytest.fixture
def open_app(browser: Browser, address: str) -> Iterator[PageMaker]:
    """Return an opener of the app; afterwards the console must be clean and no request may have left."""
    complaints: list[str] = []
    pages: list[Page] = []

    def open_page(size: tuple[int, int] = SIZES[0]) -> Page:
        page = browser.new_page(viewport={"width": size[0], "height": size[1]})
        page.set_default_timeout(RESULT_MS)
        page.on("console", lambda line: None if is_known(line) else complaints.append(line.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: None if is_local(request.url) else complaints.append(request.url))
        pages.append(page)
        page.goto(f"{address}/compare")
        return page

    yield open_page
    for page in pages:
        assert "Traceback" not in page.inner_text("body")
        page.close()
    assert complaints == []


def is_known(line: ConsoleMessage) -> bool:
    """Return whether a line of the console is no error, or Streamlit's search for its own place below a page."""
    return line.type != "error" or "/compare/_stcore/" in line.location["url"]


def is_local(url: str) -> bool:
    return url.startswith(("http://127.0.0.1:", "data:", "blob:"))


def wait_for_result(page: Page) -> None:
    """Wait until a comparison is shown to its end: its pictures, and the files to download below."""
    expect(page.locator(".viewer")).to_have_attribute("data-state", "ready", timeout=RESULT_MS)
    expect(page.get_by_role("button", name="Take away")).to_be_visible(timeout=RESULT_MS)


def fits(page: Page) -> bool:
    """Return whether the page has no scroll bar to the side."""
    main = page.locator('[data-testid="stMain"]')
    return bool(main.evaluate("element => element.scrollWidth <= element.clientWidth"))


@pytest.mark.parametrize("size", SIZES, ids=["desktop", "tablet"])
def test_a_sample_is_compared_and_looked_at(open_app: PageMaker, size: tuple[int, int]) -> None:
    page = open_app(size)
    wait_for_result(page)
    assert fits(page)
    expect(page.get_by_role("heading", level=2)).to_contain_text("Redness higher on the left cheek")
    assert page.locator(".sc-table tbody tr").count() >= 4
    expect(page.locator(".sc-table").first).to_contain_text("Left cheek")
    assert "left_cheek" not in page.inner_text("body")

    before, after = (page.locator(f".pane.{name}") for name in ("first", "second"))
    expect(before.locator(".tag.left")).to_contain_text("Before")
    expect(after.locator(".tag.left")).to_contain_text("Day 1")
    for picture in (before.locator("img.before"), after.locator("img.after")):
        assert picture.evaluate("image => image.complete && image.naturalWidth > 300")
    box = before.bounding_box()
    assert box is not None
    assert box["height"] <= 0.7 * size[1] + 1


def test_the_divider_is_moved_by_keys_and_lines_up(open_app: PageMaker) -> None:
    page = open_app()
    wait_for_result(page)
    page.get_by_role("button", name="Swipe").click()
    divider = page.get_by_role("slider", name="Divider")
    divider.focus()
    expect(divider).to_have_attribute("aria-valuenow", "50")
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    expect(divider).to_have_attribute("aria-valuenow", "40")
    edge = page.locator(".pane.first .over").evaluate(
        "over => over.getBoundingClientRect().left + parseFloat(over.style.clipPath.split(' ')[3])"
    )
    line = divider.evaluate(
        "one => (one.getBoundingClientRect().left + one.getBoundingClientRect().right) / 2"
    )
    assert edge == pytest.approx(line, abs=DIVIDER_TOLERANCE_PX)
    page.keyboard.press("End")
    expect(divider).to_have_attribute("aria-valuenow", "100")


def test_the_divider_follows_the_pointer(open_app: PageMaker) -> None:
    page = open_app()
    wait_for_result(page)
    page.get_by_role("button", name="Swipe").click()
    pane = page.locator(".pane.first")
    pane.scroll_into_view_if_needed()
    box = pane.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 120, steps=4)
    page.mouse.up()
    expect(page.get_by_role("slider", name="Divider")).to_have_attribute("aria-valuenow", "25")


def test_keys_change_the_view_the_zoom_and_the_outlines(open_app: PageMaker) -> None:
    page = open_app()
    wait_for_result(page)
    pane = page.locator(".pane.first")
    pane.focus()
    page.keyboard.press("6")
    expect(page.locator(".viewer img.map")).to_be_visible()
    expect(page.locator(".legend")).to_contain_text("redder")
    page.keyboard.press("2")
    divider = page.get_by_role("slider", name="Divider")
    divider.focus()
    page.keyboard.press("1")  # the divider is gone, the keys must not be
    page.keyboard.press("r")
    expect(page.locator(".first .names span", has_text="left cheek")).to_be_visible()
    assert page.locator(".first polygon.treated").count() == 3
    for _ in range(3):
        page.keyboard.press("+")
    expect(page.locator(".level")).to_have_text("195 %")
    moves = [
        page.locator(f".{name} .move").first.evaluate("one => one.style.transform")
        for name in ("first", "second")
    ]
    assert moves[0] == moves[1]  # the two pictures move together
    page.keyboard.press("0")
    expect(page.locator(".level")).to_have_text("100 %")


def test_the_view_survives_another_day(open_app: PageMaker) -> None:
    page = open_app()
    wait_for_result(page)
    page.locator(".pane.first").focus()
    page.keyboard.press("+")
    page.keyboard.press("2")
    page.get_by_role("radio", name="Day 0").click()
    expect(page.locator(".first .tag.right")).to_contain_text("Day 0", timeout=RESULT_MS)
    expect(page.locator(".level")).to_have_text("125 %")
    expect(page.get_by_role("button", name="Swipe")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("size", SIZES, ids=["desktop", "tablet"])
def test_a_recovery_is_followed(open_app: PageMaker, size: tuple[int, int]) -> None:
    page = open_app(size)
    page.get_by_role("link", name="Examples").click()
    expect(page.locator(".strip .day")).to_have_count(PHOTOS_KEPT)
    expect(page.get_by_role("heading", level=2)).to_contain_text("highest on day 0", timeout=RESULT_MS)
    expect(page.locator(".stProgress")).to_have_count(0, timeout=RESULT_MS)
    expect(page.locator('[data-testid="stVegaLiteChart"]').first).to_be_visible()
    assert fits(page)
    page.locator(".strip .day", has_text="Day 0").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".strip .day", has_text="Day 1")).to_have_attribute("aria-checked", "true")
    expect(page.locator(".viewer .second .tag.left")).to_contain_text("Day 1")


def test_own_photos_with_odd_names(open_app: PageMaker, samples: Path) -> None:
    page = open_app()
    page.get_by_role("radio", name="Two photos").click()
    before, after = (
        page.locator(f".st-key-{name} input[type=file]") for name in ("before_photo", "after_photo")
    )
    hostile = "<img src=x onerror=alert(1)>.jpg"
    course = json.loads((samples / "truth.json").read_text(encoding="utf-8"))["courses"][0]
    photos = [(samples / photo["file"]).read_bytes() for photo in course["photos"]]
    before.set_input_files({"name": hostile, "mimeType": "image/jpeg", "buffer": b"no photo"})
    expect(page.get_by_role("alert")).to_contain_text(f"'{hostile}' is not an image")  # at once
    expect(page.locator(".sc-steps")).not_to_contain_text("from before. ✓")
    after.set_input_files({"name": "after.jpg", "mimeType": "image/jpeg", "buffer": photos[1]})
    page.get_by_role("radio", name="Cheeks", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text(
        f"The before photo cannot be used. '{hostile}' is not an image"
    )
    page.locator(".st-key-before_photo").get_by_role("button", name="Remove").first.click()
    expect(page.get_by_role("alert")).to_have_count(0)  # a file given sooner is lost
    before.set_input_files({"name": hostile, "mimeType": "image/jpeg", "buffer": photos[0]})
    wait_for_result(page)
    expect(page.locator(".first .tag.left")).to_contain_text(hostile)
    page.get_by_role("button", name="Take away").click()
    page.get_by_text("Interactive report", exact=True).click()
    page.get_by_role("button", name="Make the file").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download: Interactive report").click()
    report = waiting.value.path().read_text(encoding="utf-8")
    assert "<img src=x" not in report


def test_what_was_treated_is_tapped_on_a_face(open_app: PageMaker) -> None:
    page = open_app(SIZES[1])
    page.get_by_text("Two photos").click()
    page.get_by_text("Other regions").click()
    cheek = page.get_by_role("checkbox", name="Left cheek", exact=True)
    cheek.click()
    chosen = page.locator(".st-key-treated_regions")
    expect(chosen.get_by_text("Left cheek")).to_be_visible()
    expect(cheek).to_have_attribute("aria-checked", "true")
    chin = page.get_by_role("checkbox", name="Chin", exact=True)
    chin.focus()
    page.keyboard.press("Space")
    expect(chosen.get_by_text("Chin")).to_be_visible()
    cheek.click()
    expect(cheek).to_have_attribute("aria-checked", "false")
    expect(chosen.get_by_text("Left cheek")).to_have_count(0)


def test_the_light_is_matched_for_the_eye_and_back(open_app: PageMaker) -> None:
    page = open_app()
    match = page.get_by_role("button", name="Match light")
    match.click()
    hint = page.locator(".hint")
    expect(hint).to_contain_text("For the eye only")
    matched = page.locator(".second img.after").get_attribute("src")
    match.click()
    expect(hint).not_to_contain_text("For the eye only")
    assert page.locator(".second img.after").get_attribute("src") != matched
