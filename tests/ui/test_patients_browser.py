"""From the list of patients to the pair, to the patient view and back, by mouse, keys and touch on a face."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from skincompare.records import Patient
from skincompare.store import open_store
from tests.ui.app_site import few_samples, fill_clinic, running_app

pytestmark = pytest.mark.browser

WAIT_MS = 60_000
HOSTILE = "<img src=x onerror=alert(1)>"
BIG_SCREEN = {"width": 1920, "height": 1080}


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store with a measured sample patient, and another one with a hostile name."""
    samples = few_samples(tmp_path_factory.mktemp("samples"))
    folder = fill_clinic(tmp_path_factory.mktemp("clinic") / "store", samples)
    with open_store(folder) as store:
        store.people.add(Patient(code="Z-9", display_name=HOSTILE))
    return folder


@pytest.fixture(scope="module")
def address(clinic: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_app(tmp_path_factory.mktemp("server"), SKINCOMPARE_STORE=str(clinic)) as started:
        yield started


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        started = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """Return the list of patients on a big screen; no script of a name may have run."""
    opened = browser.new_page(viewport=BIG_SCREEN)
    opened.set_default_timeout(WAIT_MS)
    dialogs: list[str] = []
    opened.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    opened.goto(address)
    expect(opened.locator(".patients .row")).to_have_count(2, timeout=WAIT_MS)
    yield opened
    assert "Traceback" not in opened.inner_text("body")
    opened.close()
    assert dialogs == []


def test_a_name_is_searched_while_it_is_typed_and_shown_literally(page: Page) -> None:
    expect(page.locator(".patients .name", has_text=HOSTILE)).to_have_text(HOSTILE)
    search = page.get_by_placeholder("Code or name")
    search.press_sequentially("z-9")
    expect(page.locator(".patients .row")).to_have_count(1, timeout=WAIT_MS)
    expect(page.locator(".patients .code")).to_have_text("Z-9")


def test_rows_are_walked_and_opened_by_keys(page: Page) -> None:
    rows = page.locator(".patients .row")
    rows.first.focus()
    page.keyboard.press("ArrowDown")
    expect(rows.last).to_be_focused()
    page.keyboard.press("Home")
    expect(rows.first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".sc-who h1")).to_contain_text("Patient A", timeout=WAIT_MS)


def wait_for_picture(page: Page, place: str) -> None:
    picture = page.locator(place).first
    picture.wait_for(timeout=WAIT_MS)
    expect(picture).to_have_js_property("complete", True, timeout=WAIT_MS)
    assert picture.evaluate("image => image.naturalWidth") > 200


def test_one_tap_to_the_pair_then_the_patient_view_and_back_by_escape(page: Page) -> None:
    page.locator(".patients .row", has_text="DEMO-A").click()
    wait_for_picture(page, ".viewer .second img")
    page.locator(".st-key-course_present button").click()
    wait_for_picture(page, ".present .after img")
    expect(page.locator('[data-testid="stHeader"]')).to_be_hidden()
    main = page.locator('[data-testid="stMain"]')
    assert main.evaluate("element => element.scrollHeight <= element.clientHeight")
    assert HOSTILE not in page.inner_text("body")
    expect(page.locator(".sc-present h1")).to_contain_text("1 day after your treatment")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".present .after figcaption")).to_contain_text("Day 0")
    expect(page.locator(".sc-present h1")).to_contain_text("On the day of your treatment", timeout=WAIT_MS)

    question = page.locator(".present .ask")
    page.keyboard.press("Escape")
    expect(question).to_be_visible()
    page.keyboard.press("Escape")  # stays
    expect(question).to_be_hidden()
    expect(page.locator(".present")).to_be_visible()
    page.keyboard.press("Escape")
    question.get_by_role("button", name="Leave").click()
    expect(page.locator(".sc-who h1")).to_contain_text("Patient A", timeout=WAIT_MS)


def test_a_session_is_added_by_tapping_the_face(page: Page, clinic: Path) -> None:
    page.locator(".patients .row", has_text="DEMO-A").click()
    page.locator(".st-key-session_add button").click()
    dialog = page.get_by_role("dialog")
    chin = dialog.get_by_role("checkbox", name="Chin", exact=True)
    chin.click()
    expect(chin).to_have_attribute("aria-checked", "true", timeout=WAIT_MS)
    dialog.get_by_role("button", name="Save session").click()
    expect(page.locator(".sc-record", has_text="Session 2")).to_contain_text("chin", timeout=WAIT_MS)
    with open_store(clinic) as store:
        course = store.treatments.courses(store.people.get("DEMO-A"))[0]
        assert "chin" in store.treatments.sessions(course)[-1].treated
