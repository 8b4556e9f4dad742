"""Every page for everybody: no serious finding of axe, light and dark, and nothing wider than the screen."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from skincompare.store import open_store
from tests.ui.app_site import few_samples, fill_clinic, running_app

pytestmark = pytest.mark.browser

WAIT_MS = 60_000
SIZE = {"width": 1024, "height": 768}
GRAVE = ("serious", "critical")
PAGES = ("patients", "patient", "compare", "add", "present", "recovery", "chart", "methods", "settings")
STILL = """() => !document.querySelector('[data-testid="stApp"][data-test-script-state="running"]')"""
"""Whether the page's script has come to its end."""


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    samples = few_samples(tmp_path_factory.mktemp("samples"))
    return samples, fill_clinic(tmp_path_factory.mktemp("clinic") / "store", samples)


@pytest.fixture(scope="module")
def address(clinic: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    samples, store = clinic
    with running_app(
        tmp_path_factory.mktemp("server"), SKINCOMPARE_SAMPLES=str(samples), SKINCOMPARE_STORE=str(store)
    ) as started:
        yield started


@pytest.fixture(scope="module")
def uid(clinic: tuple[Path, Path]) -> str:
    with open_store(clinic[1]) as store:
        return store.people.get("DEMO-A").uid


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        started = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield started
        started.close()


def opened(browser: Browser, address: str, name: str, uid: str, theme: str) -> Page:
    page = browser.new_page(viewport=SIZE, color_scheme=theme)
    page.set_default_timeout(WAIT_MS)
    page.goto(f"{address}/{'' if name == 'patients' else name}?patient={uid}")
    expect(page.locator(".sc-footer, .sc-present").first).to_be_visible(timeout=WAIT_MS)
    expect(page.locator(".stProgress")).to_have_count(0, timeout=WAIT_MS)
    page.wait_for_function(
        '() => !document.querySelector(\'[data-testid="stApp"][data-test-script-state="running"]\')'
    )
    return page


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_for_everybody(browser: Browser, address: str, uid: str, name: str, theme: str) -> None:
    page = opened(browser, address, name, uid, theme)
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    told = [
        f"{one['id']} ({one['impact']}): {one['help']}: {node['target']} {node['html'][:160]}"
        for one in found
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]
    main = page.locator('[data-testid="stMain"]')
    fits = main.evaluate("element => element.scrollWidth <= element.clientWidth")
    page.close()
    assert told == []
    assert fits
