"""What a person puts on a pair in the viewer, by keys, mouse and touch: annotations, points; and the help."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.ui.viewer_site import (
    COLOURS,
    HEIGHT,
    SIZE,
    WIDTH,
    Site,
    address,
    box_of,
    course,
    drag,
    entry,
    focus,
    last_told,
    press,
    put_viewer,
    show,
    wait_for,
    whole_pair,
)

pytestmark = pytest.mark.browser

# Annotations


def drawings(page: Page, name: str = "first") -> int:
    return page.locator(f".{name} svg.notes path.ink").count()


def test_an_arrow_is_drawn_on_both_pictures_kept_and_taken_back(page: Page, site: Site) -> None:
    show(page, entry("a", whole_pair()))
    page.get_by_role("button", name="Annotate").click()
    drag(page, "second", (0.25, 0.5), (0.75, 0.6))
    assert drawings(page, "first") == drawings(page, "second") == 1
    (arrow,) = last_told(page)["annotations"]["a"]
    assert (arrow["kind"], arrow["side"], arrow["text"]) == ("arrow", "both", "")
    places = [arrow[name] for name in ("x", "y", "to_x", "to_y")]
    assert places == pytest.approx([0.25, 0.5, 0.75, 0.6], abs=0.003)
    assert page.evaluate("document.querySelector('.second img.after').src").endswith(address("green"))
    press(page, "Control+z")
    assert drawings(page) == 0
    assert last_told(page, "({ annotations }) => !annotations.a.length")["annotations"] == {"a": []}
    press(page, "Control+z")
    expect(page.locator(".hint")).to_contain_text("nothing to take back")


def test_two_presses_draw_as_well_as_a_drag(page: Page, site: Site) -> None:
    show(page, entry("a", whole_pair()))
    focus(page)
    press(page, "c")
    drag(page, "first", (0.4, 0.4), (0.4, 0.4))
    expect(page.locator(".hint")).to_contain_text("Now the end")
    drag(page, "first", (0.5, 0.4), (0.5, 0.4))
    assert drawings(page) == 1
    (circle,) = last_told(page)["annotations"]["a"]
    assert [circle[name] for name in ("x", "to_x")] == pytest.approx([0.4, 0.5], abs=0.003)


def test_everything_is_drawn_chosen_and_deleted_by_keys_alone(page: Page, site: Site) -> None:
    show(page, entry("a", whole_pair()))
    focus(page)
    press(page, "a", "ArrowRight", "Enter", "ArrowRight", "ArrowDown", "Shift+ArrowDown", "Enter")
    press(page, "Escape", "t", "ArrowUp", "Enter")
    page.keyboard.type("m1: a mole")
    press(page, "Enter")
    assert page.evaluate("document.activeElement.className") == "pane first"
    arrow, words = last_told(page, "({ annotations }) => annotations.a.length === 2")["annotations"]["a"]
    places = [arrow[name] for name in ("x", "y", "to_x", "to_y")]
    assert places == pytest.approx([0.52, 0.5, 0.54, 0.524], abs=1e-4)
    assert (words["kind"], words["text"], words["to_x"]) == ("text", "m1: a mole", None)
    expect(page.locator(".first .texts span")).to_have_text("m1: a mole")
    press(page, "n", "n")
    expect(page.locator(".hint")).to_contain_text("Text “m1: a mole” chosen, 2 of 2")
    press(page, "Delete")
    expect(page.locator(".texts span")).to_have_count(0)
    press(page, "Control+z")
    expect(page.locator(".second .texts span")).to_have_text("m1: a mole")


def test_a_pressed_annotation_is_chosen(page: Page, site: Site) -> None:
    drawn = {"kind": "circle", "side": "both", "x": 0.5, "y": 0.5, "to_x": 0.6, "to_y": 0.5, "text": ""}
    show(page, entry("a", whole_pair()), annotations={"a": [drawn]})
    assert drawings(page) == 1
    focus(page)
    press(page, "a")
    page.get_by_role("button", name="Choose").click()
    drag(page, "first", (0.1, 0.1), (0.1, 0.1))
    expect(page.locator("path.chosen")).to_have_count(0)
    drag(page, "first", (0.4, 0.5), (0.4, 0.5))
    expect(page.locator(".first path.chosen")).to_have_count(2)
    page.get_by_role("button", name="Delete").click()
    assert drawings(page) == 0


def test_annotations_belong_to_their_pair_and_lie_where_they_were_put(page: Page, site: Site) -> None:
    drawn = {"kind": "arrow", "side": "after", "x": 0.5, "y": 0.5, "to_x": 0.75, "to_y": 0.25, "text": ""}
    words = {"kind": "text", "side": "both", "x": 0.2, "y": 0.2, "text": "<b>bold</b>"}
    show(page, *course(site, "one", "two"), annotations={"two": [drawn, words]})
    focus(page)
    assert drawings(page) == 0
    press(page, "]")
    wait_for(page, "two")
    assert (drawings(page, "first"), drawings(page, "second")) == (0, 1)
    expect(page.locator(".first .texts span")).to_have_text("<b>bold</b>")
    for _ in range(2):
        shown = box_of(page.locator(".second img.after"))
        arrow = box_of(page.locator(".second svg.notes path.ink"))
        assert (arrow["x"] - shown["x"]) / shown["width"] == pytest.approx(0.5, abs=0.015)
        press(page, "+")


def test_a_pair_has_room_for_fifty(page: Page, site: Site) -> None:
    drawn = {"kind": "arrow", "side": "both", "x": 0.5, "y": 0.5, "to_x": 0.75, "to_y": 0.25, "text": ""}
    show(page, entry("a", whole_pair()), annotations={"a": [drawn] * 50})
    focus(page)
    press(page, "a")
    drag(page, "first", (0.2, 0.2), (0.5, 0.2))
    expect(page.locator(".hint")).to_contain_text("at most 50")
    assert drawings(page) == 50


# Points


def test_points_are_marked_in_both_photos_and_sent_in_their_pixels(page: Page, site: Site) -> None:
    show(page, entry("a", whole_pair()))
    focus(page)
    press(page, "2")
    page.get_by_role("button", name="Align by hand").click()
    expect(page.locator(".second .tag.left")).to_contain_text("not moved")
    align = page.get_by_role("button", name="Align again with these")
    for number, (before, after) in enumerate((((0.25, 0.5), (0.5, 0.5)), ((0.5, 0.25), (0.75, 0.25)))):
        drag(page, "first", before, before)
        drag(page, "second", after, after)
        expect(page.locator(".pairs li")).to_have_count(number + 1)
    expect(align).to_be_disabled()
    page.locator(".pane.first").focus()
    press(page, "ArrowRight", "Enter")
    page.locator(".pane.second").focus()
    press(page, "ArrowLeft", "Enter")
    expect(page.locator(".pairs li")).to_have_count(3)
    points = last_told(page, "({ points }) => points.a && points.a.length === 3")["points"]["a"]
    wide, high = 2 * WIDTH, 2 * HEIGHT
    assert points[0] == pytest.approx(
        [0.25 * wide - 0.5, 0.5 * high - 0.5, 10 + 0.5 * wide - 0.5, 20 + 0.5 * high - 0.5], abs=3
    )
    assert points[2] == pytest.approx([0.52 * wide - 0.5, 0.5 * high - 0.5, 10 + 0.48 * wide - 0.5, 419.5])
    align.click()
    ((name, value),) = page.evaluate("window.triggered")
    assert (name, value["id"], len(value["points"])) == ("align", "a", 3)
    expect(page.locator(".stage")).to_have_attribute("data-mode", "swipe")  # as before
    expect(page.locator(".first .tag.right")).not_to_contain_text("not moved")


def test_a_wrong_point_is_taken_back_or_removed(page: Page, site: Site) -> None:
    show(page, entry("a", whole_pair()))
    focus(page)
    press(page, "x")
    for _ in range(2):
        drag(page, "first", (0.5, 0.5), (0.5, 0.5))
        drag(page, "second", (0.5, 0.5), (0.5, 0.5))
    drag(page, "second", (0.2, 0.5), (0.2, 0.5))
    expect(page.locator(".second .points span")).to_have_count(3)
    press(page, "Control+z")
    expect(page.locator(".second .points span")).to_have_count(2)
    page.get_by_role("button", name="Remove pair 1").click()
    expect(page.locator(".pairs li")).to_have_count(1)
    press(page, "Control+z")
    expect(page.locator(".pairs li")).to_have_count(0)
    press(page, "Escape")
    expect(page.locator(".points-panel")).to_be_hidden()


# Help


def test_the_keys_are_told_in_a_dialog_that_escape_closes(page: Page, site: Site) -> None:
    show(page, entry("a", whole_pair()))
    focus(page)
    press(page, "?")
    dialog = page.get_by_role("dialog", name="Keys of the viewer")
    expect(dialog).to_be_visible()
    expect(dialog.locator("dt")).to_have_count(27)
    press(page, "2")  # the dialog has the keys now
    press(page, "Escape")
    expect(dialog).to_be_hidden()
    assert page.evaluate("document.activeElement.className") == "pane first"
    expect(page.locator(".stage")).to_have_attribute("data-mode", "side")


def test_keys_work_before_anything_has_the_focus(page: Page, site: Site) -> None:
    show(page, entry("a", whole_pair()))
    assert page.evaluate("document.activeElement === document.body")
    press(page, "3")
    expect(page.locator(".stage")).to_have_attribute("data-mode", "onion")


# Pointers


def test_a_pinch_zooms_and_a_finger_moves(viewer_browser: Browser, complaints: list[str]) -> None:
    with viewer_browser.new_context(
        viewport={"width": SIZE[0], "height": SIZE[1]}, has_touch=True, reduced_motion="reduce"
    ) as context:
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        site = put_viewer(page)
        for name, colour in COLOURS.items():
            site.colour(name, colour)
        show(page, entry("a", whole_pair()))
        box = box_of(page.locator(".pane.first"))
        middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        client = context.new_cdp_session(page)

        def touch(kind: str, *places: tuple[float, float]) -> None:
            points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(places)]
            client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        def pair_of_fingers(apart: float) -> tuple[tuple[float, float], ...]:
            return (middle[0] - apart, middle[1]), (middle[0] + apart, middle[1])

        touch("touchStart", *pair_of_fingers(30))
        for apart in (40, 50, 60):
            touch("touchMove", *pair_of_fingers(apart))
        touch("touchEnd")
        expect(page.locator(".level")).to_have_text("200 %")
        shown = box_of(page.locator(".first img.before"))
        assert shown["x"] + shown["width"] / 2 == pytest.approx(middle[0], abs=1)
        touch("touchStart", middle)
        touch("touchMove", (middle[0] + 20, middle[1]))
        touch("touchMove", (middle[0] + 40, middle[1] + 10))
        touch("touchEnd")
        moved = box_of(page.locator(".first img.before"))
        assert moved["x"] - shown["x"] == pytest.approx(40, abs=1)
        assert moved["y"] - shown["y"] == pytest.approx(10, abs=1)
        page.get_by_role("button", name="Annotate").tap()
        touch("touchStart", middle)
        touch("touchMove", (middle[0] + 40, middle[1]))
        touch("touchMove", (middle[0] + 80, middle[1]))
        touch("touchEnd")
        assert drawings(page) == 1


def test_targets_are_large_enough_for_a_finger(page: Page, site: Site) -> None:
    show(page, *course(site, "one", "two"))
    focus(page)
    press(page, "4", "a", "Shift+ArrowRight")
    sizes = page.locator("button:visible, input:visible, select:visible").evaluate_all(
        "all => all.map(one => { const box = one.getBoundingClientRect(); return [box.width, box.height] })"
    )
    assert len(sizes) > 20
    assert min(min(size) for size in sizes) >= 24
