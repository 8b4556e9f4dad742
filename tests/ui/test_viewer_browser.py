"""The viewer in a real browser, without the app: six views, moving and zooming."""

import io
import math
import re
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect
from scipy import ndimage

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
    expect(page.locator(".hint")).to_contain_text("no map for this pair")
    press(page, "m")
    expect(page.locator(".hint")).to_contain_text("light of these photos is not known")


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
        page.clock.install(time=0)
        site = put_viewer(page)
        site.colour("red", RED)
        site.colour("green", GREEN)
        show(page, entry("a", pair(address("red"), address("green"))))
        page.clock.pause_at(10_000_000)
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
    assert last_told(page, "({ nudge }) => nudge.a[1] === -1")["nudge"] == {"a": [2, -1]}
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


PHOTO_PX, DOT_PX = 4, 24
"""Pixels of the photo in a pixel of the picture, and radius of the dots on it, px of the photo."""
DOTS = ((0.42, 0.44), (0.58, 0.47), (0.46, 0.6))
"""Places on the skin, as shares of the before picture."""
GRID = (21, 15)
BAND_PX = 40
"""What is left out above and below: labels, and round corners."""


def moved_by(x: float, y: float) -> tuple[float, float]:
    """Return where a place of the before photo lies in the after photo: turned, smaller, shifted and bent, px."""
    turn, scale = math.radians(9.0), 0.85
    bent = x + 30 * math.sin(y / 300), y + 24 * math.sin(x / 350)
    return (
        300 + scale * (math.cos(turn) * bent[0] - math.sin(turn) * bent[1]),
        40 + scale * (math.sin(turn) * bent[0] + math.cos(turn) * bent[1]),
    )


def dotted(places: list[tuple[float, float]]) -> Image.Image:
    photo = Image.new("RGB", (PHOTO_PX * WIDTH, PHOTO_PX * HEIGHT), (90, 90, 90))
    for x, y in places:
        ImageDraw.Draw(photo).ellipse((x - DOT_PX, y - DOT_PX, x + DOT_PX, y + DOT_PX), fill=(255, 255, 255))
    return photo


def full_of(site: Site) -> dict[str, Any]:
    """Return two photos of the same dots at full resolution, and how they lie under the pictures."""
    size = PHOTO_PX * WIDTH, PHOTO_PX * HEIGHT
    there = [(x * size[0], y * size[1]) for x, y in DOTS]
    columns, rows = GRID
    corners = [
        moved_by(column / (columns - 1) * size[0], row / (rows - 1) * size[1])
        for row in range(rows)
        for column in range(columns)
    ]
    units = [(round(2 * x), round(2 * y)) for x, y in corners]
    pairs = zip(units, [(0, 0), *units[:-1]], strict=True)
    return {
        "before": site.photo("whole-b", dotted(there)),
        "after": site.photo("whole-a", dotted([moved_by(*one) for one in there])),
        "width": size[0],
        "height": size[1],
        "place": [0, 0, *size],
        "after_width": size[0],
        "after_height": size[1],
        "grid": {
            "columns": columns,
            "rows": rows,
            "steps": [now - then for one, last in pairs for now, then in zip(one, last, strict=True)],
        },
    }


def dots_in(page: Page, name: str) -> list[tuple[float, float]]:
    """Return the middles of the white dots that are really seen in a pane, px from its edges, from left to right."""
    box = box_of(page.locator(f".pane.{name}"))
    clip = {
        "x": box["x"],
        "y": box["y"] + BAND_PX,
        "width": box["width"],
        "height": box["height"] - 2 * BAND_PX,
    }
    with Image.open(io.BytesIO(page.screenshot(clip=clip))) as shot:
        labels, count = ndimage.label(np.asarray(shot.convert("L")) > 200)
    middles = ndimage.center_of_mass(labels > 0, labels, range(1, count + 1))
    return sorted((x + 0.5, y + 0.5) for y, x in middles)


def test_zooming_in_shows_the_photos_themselves_each_in_its_place(page: Page, site: Site) -> None:
    show(page, entry("a", whole_pair(full=full_of(site))))
    focus(page)
    assert not [one for one in site.asked if "crop" in one]
    press(page, *"++++")
    for name in ("first", "second"):
        expect(page.locator(f".{name} canvas.detail")).to_have_count(1)
    shown, pane = box_of(page.locator(".first img.before")), box_of(page.locator(".pane.first"))
    wanted = sorted(
        (shown["x"] - pane["x"] + x * shown["width"], shown["y"] - pane["y"] - BAND_PX + y * shown["height"])
        for x, y in DOTS
    )
    for name in ("first", "second"):
        found = dots_in(page, name)
        assert len(found) == len(DOTS)
        for place, truth in zip(found, wanted, strict=True):
            assert place == pytest.approx(truth, abs=1.0)
    assert len([one for one in site.asked if "crop" in one]) == 2  # once things stood still
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
