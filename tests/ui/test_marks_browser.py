"""Marks in the viewer, in a real browser and without the app: where they lie on the screen, and what turns them on."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.ui.viewer_site import HEIGHT, SIZE, WIDTH, entry, open_browser, pair, put_viewer
from tests.ui.viewer_site import show as show_pairs

pytestmark = pytest.mark.browser

PLACE, RADIUS = (450.0, 100.0), 10.0
CLOSE_PX = 2.5
"""How near the middle of a mark has to lie to its place on the screen, px: strokes are this wide."""
PICTURE = f"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='{WIDTH}' height='{HEIGHT}'/>"


def box_path(place: tuple[float, float]) -> str:
    x, y = place
    return f"M{x - RADIUS},{y - RADIUS}h{2 * RADIUS}v{2 * RADIUS}h{-2 * RADIUS}z"


def layer(label: str, note: str) -> dict[str, Any]:
    legend = [{"state": state, "text": f"1 {state}"} for state in ("still", "gone", "new")]
    far = (PLACE[0] - 300, PLACE[1] + 200)
    return {
        "label": label,
        "note": note,
        "legend": legend,
        "paths": [{"classes": "gone faint", "before": box_path(PLACE), "after": box_path(far)}],
    }


@pytest.fixture
def page(chromium: str) -> Iterator[Page]:
    """Return a page that holds the viewer and nothing else."""
    complaints: list[str] = []
    with open_browser(chromium) as browser:
        page = browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]}, reduced_motion="reduce")
        page.on("pageerror", lambda error: complaints.append(str(error)))
        put_viewer(page)
        yield page
    assert complaints == []


def show(page: Page, *layers: dict[str, Any]) -> None:
    """Show a pair with these marks, another one each time."""
    name = f"pair {len(layers)} {' '.join(layer['label'] for layer in layers)}"
    show_pairs(page, entry(name, pair(PICTURE, PICTURE, marks=list(layers))))


def middle(mark: Locator) -> tuple[float, float]:
    box = mark.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def place_of(picture: Locator, place: tuple[float, float]) -> tuple[float, float]:
    box = picture.bounding_box()
    assert box is not None
    return box["x"] + box["width"] * place[0] / WIDTH, box["y"] + box["height"] * place[1] / HEIGHT


def test_marks_lie_on_their_places_at_every_zoom(page: Page) -> None:
    show(page, layer("Pores", "1 of 2 pores no longer seen."))
    page.locator(".pane.first").focus()
    page.keyboard.press("k")
    for _ in range(3):
        found = middle(page.locator('.first [data-side="before"] path.ink'))
        assert found == pytest.approx(place_of(page.locator(".first img.before"), PLACE), abs=CLOSE_PX)
        far = (PLACE[0] - 300, PLACE[1] + 200)
        after = middle(page.locator('.second [data-side="after"] path.ink'))
        assert after == pytest.approx(place_of(page.locator(".second img.after"), far), abs=CLOSE_PX)
        page.keyboard.press("+")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowUp")


def test_the_key_and_the_button_turn_marks_on_and_off(page: Page) -> None:
    show(page, layer("Pores", "1 of 2 pores no longer seen."))
    button, told = page.get_by_role("button", name="Marks"), page.locator(".marks-note")
    expect(told).to_be_hidden()
    button.click()
    expect(told).to_have_text("1 of 2 pores no longer seen.")
    expect(page.locator(".marks-legend svg")).to_have_count(3)
    expect(page.get_by_label("What is marked")).to_be_hidden()  # there is nothing to choose from
    page.keyboard.press("K")
    expect(told).to_be_hidden()
    expect(button).to_have_attribute("aria-pressed", "false")


def test_one_of_several_kinds_is_chosen_and_survives_another_pair(page: Page) -> None:
    show(page, layer("Pores", "Of pores."), layer("Spots", "Of spots."))
    page.get_by_role("button", name="Marks").click()
    page.get_by_label("What is marked").select_option("Spots")
    expect(page.locator(".marks-note")).to_have_text("Of spots.")
    show(page, layer("Lines", "Of lines."), layer("Spots", "Of other spots."))
    expect(page.locator(".marks-note")).to_have_text("Of other spots.")
    show(page)
    expect(page.get_by_role("button", name="Marks")).to_be_disabled()
    expect(page.locator(".marks-note")).to_be_hidden()


def test_a_map_covers_its_picture_and_has_a_scale(page: Page) -> None:
    images = {"before": PICTURE, "after": PICTURE}
    scale = {"low": "0.0", "high": "6.0 %", "colours": ["rgb(0 32 77 / 0)", "rgb(255 234 70 / 0.86)"]}
    mapped = {
        "label": "Shine, map",
        "note": "Nose: higher.",
        "faint": False,
        "images": images,
        "scale": scale,
    }
    show(page, mapped)
    page.get_by_role("button", name="Marks").click()
    page.locator(".pane.first").focus()
    page.keyboard.press("+")
    for side, pane in (("before", ".first"), ("after", ".second")):
        drawn = page.locator(f'{pane} [data-side="{side}"] image').bounding_box()
        shown = page.locator(f"{pane} img.{side}").first.bounding_box()
        assert drawn == pytest.approx(shown, abs=1.0)
    expect(page.locator(".marks-legend")).to_have_text("0.06.0 %")
    assert "gradient" in page.locator(".marks-legend .scale").evaluate("one => one.style.backgroundImage")


def test_a_swiped_picture_shows_the_marks_of_its_own_side(page: Page) -> None:
    show(page, layer("Pores", "Of pores."))
    page.locator(".pane.first").focus()
    page.keyboard.press("k")
    page.keyboard.press("2")
    over = page.locator(".first .over")
    expect(over.locator('[data-side="after"] path.ink')).to_be_visible()
    assert over.locator('[data-side="before"]').count() == 0
