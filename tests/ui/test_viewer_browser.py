"""The viewer in a real browser, without the app: six views, moving and zooming."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.ui.viewer_site import (
    BLUE,
    GREEN,
    HEIGHT,
    RED,
    WIDTH,
    YELLOW,
    Site,
    address,
    box_of,
    colour_at,
    drag,
    entry,
    focus,
    is_near,
    last_told,
    pair,
    press,
    put_viewer,
    show,
    whole_pair,
)

pytestmark = pytest.mark.browser

# The six views


def test_each_view_is_one_key_away_and_shows_its_pictures(page: Page, site: Site) -> None:
    show(page, entry("a", whole_pair()))
    focus(page)
    assert is_near(colour_at(page, "first"), RED)
    assert is_near(colour_at(page, "second"), GREEN)

    press(page, "2")
    assert is_near(colour_at(page, "first", (0.25, 0.75)), RED)
    assert is_near(colour_at(page, "first", (0.75, 0.75)), GREEN)

    press(page, "3")
    mixed = tuple((one + other) // 2 for one, other in zip(RED, GREEN, strict=True))
    assert is_near(colour_at(page, "first"), mixed)
    press(page, ".", ".")
    more = tuple(round(0.4 * one + 0.6 * other) for one, other in zip(RED, GREEN, strict=True))
    assert is_near(colour_at(page, "first"), more)

    press(page, "4")
    assert is_near(colour_at(page, "first"), GREEN)
    press(page, "b")
    assert is_near(colour_at(page, "first"), RED)
    expect(page.locator(".first .tag.left")).to_contain_text("Before")

    press(page, "5")
    grey = colour_at(page, "first")
    assert max(grey) - min(grey) <= 3
    assert min(grey) > 200  # four times the difference of the two
    press(page, "6")
    expect(page.locator(".legend .high")).to_have_text("+12 EI, redder")
    assert is_near(colour_at(page, "first"), YELLOW)
    page.get_by_label("Change of", exact=True).select_option("Change of shine")
    expect(page.locator("img.map")).to_have_attribute("src", address("blue"))
    assert is_near(colour_at(page, "first"), BLUE)
    press(page, "1")
    assert is_near(colour_at(page, "second"), GREEN)


def test_equal_pictures_have_no_difference(page: Page, site: Site) -> None:
    show(page, entry("a", pair(address("red"), address("red"))))
    focus(page)
    press(page, "5")
    assert max(colour_at(page, "first")) <= 2


def test_a_swapped_pair_changes_its_sides_and_its_labels(page: Page, site: Site) -> None:
    show(page, entry("a", whole_pair()))
    focus(page)
    first, second = (box_of(page.locator(f".pane.{name}")) for name in ("first", "second"))
    assert first["x"] < second["x"]
    press(page, "s")
    first, second = (box_of(page.locator(f".pane.{name}")) for name in ("first", "second"))
    assert first["x"] > second["x"]
    press(page, "2")
    assert is_near(colour_at(page, "first", (0.25, 0.75)), GREEN)
    assert is_near(colour_at(page, "first", (0.75, 0.75)), RED)
    expect(page.locator(".first .tag.left")).to_contain_text("After")
    expect(page.locator(".first .tag.right")).to_contain_text("Before")


def test_what_a_refused_pair_cannot_show_is_closed_and_says_why(page: Page, site: Site) -> None:
    show(page, entry("a", pair(address("red"), address("green"), aligned=False)))
    focus(page)
    for key, name in (("2", "Swipe"), ("5", "Difference"), ("6", "Change map")):
        press(page, key)
        button = page.get_by_role("button", name=name)
        expect(button).to_be_disabled()
        assert button.get_attribute("title")
    expect(page.locator(".stage")).to_have_attribute("data-mode", "side")
    expect(page.locator(".hint")).to_contain_text("could not be aligned")


def test_nothing_blinks_by_itself_where_motion_is_unwanted(page: Page, site: Site) -> None:
    show(page, entry("a", whole_pair()))
    focus(page)
    press(page, "b")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    assert page.evaluate("document.querySelector('.stage').classList.contains('flipped')")
    page.clock.install()
    page.clock.run_for(5_000)
    assert page.evaluate("document.querySelector('.stage').classList.contains('flipped')")


def test_the_pictures_take_turns_until_they_are_stopped(
    viewer_browser: Browser, complaints: list[str]
) -> None:
    with viewer_browser.new_context(reduced_motion="no-preference") as context:
        page = context.new_page()
        page.clock.install()
        site = put_viewer(page)
        site.colour("red", RED)
        site.colour("green", GREEN)
        show(page, entry("a", pair(address("red"), address("green"))))
        focus(page)
        press(page, "b")
        stage = page.locator(".stage")
        expect(stage).to_have_class(re.compile("flipped"))
        page.clock.run_for(850)
        expect(stage).not_to_have_class(re.compile("flipped"))
        page.clock.run_for(800)
        expect(stage).to_have_class(re.compile("flipped"))
        press(page, " ")
        expect(page.get_by_role("button", name="Play")).to_be_visible()
        page.clock.run_for(5_000)
        expect(stage).to_have_class(re.compile("flipped"))


# Moving and zooming


def zoom_of(page: Page, name: str) -> str:
    return str(page.locator(f".pane.{name} .move").first.evaluate("one => one.style.transform"))


def test_linked_pictures_move_together_and_unlinked_ones_do_not(page: Page, site: Site) -> None:
    show(page, entry("a", whole_pair()))
    focus(page)
    press(page, "+", "+", "ArrowRight")
    assert zoom_of(page, "first") == zoom_of(page, "second") != "translate(0px, 0px) scale(1)"
    press(page, "l")
    expect(page.get_by_role("button", name="Linked")).to_have_attribute("aria-pressed", "false")
    page.locator(".pane.second").focus()
    press(page, "+", "ArrowDown")
    assert zoom_of(page, "first") != zoom_of(page, "second")
    expect(page.locator(".level")).to_have_text("195 %")
    focus(page)
    press(page, "l")
    assert zoom_of(page, "first") == zoom_of(page, "second")
    press(page, "0")
    expect(page.locator(".level")).to_have_text("100 %")


def test_the_wheel_keeps_the_skin_under_the_pointer(page: Page, site: Site) -> None:
    show(page, entry("a", whole_pair()))
    box = box_of(page.locator(".pane.first"))
    at = box["x"] + 0.3 * box["width"], box["y"] + 0.6 * box["height"]
    page.mouse.move(*at)
    page.mouse.wheel(0, -300)
    expect(page.locator(".level")).to_have_text("100 %")  # the page scrolls until the picture was chosen
    focus(page)
    page.mouse.wheel(0, -300)
    expect(page.locator(".level")).not_to_have_text("100 %")
    shown = box_of(page.locator(".first img.before"))
    assert (at[0] - shown["x"]) / shown["width"] == pytest.approx(0.3, abs=0.005)
    assert (at[1] - shown["y"]) / shown["height"] == pytest.approx(0.6, abs=0.005)


def test_the_after_picture_is_nudged_shown_and_put_back(page: Page, site: Site) -> None:
    show(page, entry("a", whole_pair()))
    focus(page)
    before = box_of(page.locator(".second img.after"))
    press(page, "Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowUp")
    expect(page.locator(".nudged output")).to_have_text("After moved by +2, −1 px")
    after = box_of(page.locator(".second img.after"))
    still = box_of(page.locator(".first img.before"))
    pane = box_of(page.locator(".pane.first"))
    scale = before["width"] / WIDTH
    assert after["x"] - before["x"] == pytest.approx(2 * scale, abs=0.05)
    assert after["y"] - before["y"] == pytest.approx(-1 * scale, abs=0.05)
    assert still["x"] == pytest.approx(pane["x"], abs=0.05)
    assert last_told(page)["nudge"] == {"a": [2, -1]}
    press(page, "Backspace")
    expect(page.locator(".nudged")).to_be_hidden()
    page.keyboard.down("Shift")
    drag(page, "second", (0.5, 0.5), (0.6, 0.5))
    page.keyboard.up("Shift")
    expect(page.locator(".nudged output")).to_have_text("After moved by +60, 0 px")


def test_the_after_photo_as_it_was_taken_is_one_key_away(page: Page, site: Site) -> None:
    show(page, entry("a", whole_pair()))
    focus(page)
    press(page, "o")
    expect(page.locator(".second .tag.left")).to_contain_text("not moved")
    assert is_near(colour_at(page, "second"), BLUE)
    press(page, "m")
    expect(page.locator(".second .tag.left")).to_contain_text("light matched")
    assert is_near(colour_at(page, "second"), YELLOW)
    press(page, "m")
    expect(page.locator(".second .tag.left")).not_to_contain_text("light matched")
    assert is_near(colour_at(page, "second"), GREEN)


def test_regions_are_named_on_both_pictures(page: Page, site: Site) -> None:
    show(page, entry("a", whole_pair()))
    focus(page)
    press(page, "r")
    for name in ("first", "second"):
        expect(page.locator(f".{name} .names span")).to_have_text("left cheek")
        outline = box_of(page.locator(f".{name} polygon.treated"))
        shown = box_of(page.locator(f".{name} img").first)
        assert (outline["x"] - shown["x"]) / shown["width"] == pytest.approx(0.1, abs=0.02)
    press(page, "o")
    expect(page.locator(".second .tag.left")).to_contain_text("not moved")
    expect(page.locator(".second .names span")).to_be_hidden()


# Full resolution


def test_zooming_in_asks_for_the_photo_itself_and_lays_it_in_its_place(page: Page, site: Site) -> None:
    grid = {"columns": 3, "rows": 3, "points": [[x, y] for y in (0, 400, 800) for x in (0, 600, 1200)]}
    full = {
        "before": address("whole-b"),
        "after": address("whole-a"),
        "width": 2 * WIDTH,
        "height": 2 * HEIGHT,
        "place": [0, 0, 2 * WIDTH, 2 * HEIGHT],
        "after_width": 2 * WIDTH,
        "after_height": 2 * HEIGHT,
        "grid": grid,
    }
    site.colour("whole-b/crop", YELLOW)
    site.colour("whole-a/crop", BLUE)
    show(page, entry("a", whole_pair(full=full)))
    focus(page)
    assert not [one for one in site.asked if "crop" in one]
    press(page, *"+++++")
    expect(page.locator("canvas.detail")).to_have_count(2)
    asked = [one for one in site.asked if "crop" in one]
    assert len(asked) == 2
    numbers = {
        name: int(value) for name, value in re.findall(r"(left|top|width|height|longest)=(\d+)", asked[0])
    }
    zoom = 1.25**5
    assert numbers["width"] == pytest.approx(2 * WIDTH / zoom * 1.24, abs=3)
    assert numbers["left"] == pytest.approx(WIDTH - numbers["width"] / 2, abs=3)
    assert is_near(colour_at(page, "first", (0.5, 0.6)), YELLOW)
    assert is_near(colour_at(page, "second", (0.5, 0.6)), BLUE)
    press(page, "o")
    expect(page.locator(".second .tag.left")).to_contain_text("not moved")
    expect(page.locator(".second canvas.detail")).to_have_count(0)


def test_a_cut_that_cannot_be_had_leaves_the_picture(page: Page, site: Site) -> None:
    full = {
        "before": address("gone"),
        "after": "",
        "width": 9,
        "height": 9,
        "place": [0, 0, 9, 9],
        "grid": None,
    }
    show(page, entry("a", whole_pair(full=full)))
    focus(page)
    press(page, *"++++++")
    page.wait_for_timeout(400)
    assert is_near(colour_at(page, "first"), RED)
    expect(page.locator("canvas.detail")).to_have_count(0)
