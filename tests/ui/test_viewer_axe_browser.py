"""The viewer looked at by axe, in every view and with every panel, light and dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.ui.viewer_site import COLOURS, DARK, LIGHT, SIZE, entry, focus, press, put_viewer, show, whole_pair

pytestmark = pytest.mark.browser

OF_THE_PAGE = {"html-has-lang", "landmark-one-main", "page-has-heading-one", "region"}
"""Findings on the bare page that holds the viewer here."""
LAYER = {
    "label": "Pores",
    "note": "1 of 2 pores no longer seen.",
    "legend": [{"state": "gone", "text": "1 no longer seen"}],
    "paths": [{"classes": "gone", "before": "M10,10h9v9z", "after": "M10,10h9v9z"}],
}


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_axe_finds_nothing_in_any_view(viewer_browser: Browser, theme: dict[str, str]) -> None:
    with viewer_browser.new_context(
        viewport={"width": SIZE[0], "height": SIZE[1]}, reduced_motion="reduce"
    ) as context:
        page = context.new_page()
        site = put_viewer(page, theme)
        for name, colour in COLOURS.items():
            site.colour(name, colour)
        gone = entry("gone", "/pairs/gone", label="Day 9", thumb="/pictures/red")
        pairs = [entry("a", whole_pair(marks=[LAYER]), note="3 March", thumb="/pictures/red"), gone]
        show(page, *pairs)
        focus(page)
        views = (
            "1",
            "r",
            "k",
            "2",
            "3",
            "4",
            "5",
            "6",
            "1",
            "Shift+ArrowLeft",
            "a",
            "Escape",
            "x",
            "Escape",
            "?",
        )
        for key in (*views, "Escape", "]"):
            press(page, key)
            if key == "]":
                expect(page.locator(".viewer")).to_have_attribute("data-state", "error")
            found = Axe().run(page).response["violations"]
            assert [one for one in found if one["id"] not in OF_THE_PAGE] == [], key
