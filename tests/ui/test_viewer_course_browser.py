"""Stepping through a course in the viewer: the right pair under the right label, also where answers come late."""

import pytest
from playwright.sync_api import Page, expect

from tests.ui.viewer_site import (
    GREEN,
    RED,
    REGION,
    YELLOW,
    Site,
    address,
    colour_at,
    course,
    entry,
    focus,
    is_near,
    last_told,
    pair,
    press,
    show,
    told,
    wait_for,
    whole_pair,
)

pytestmark = pytest.mark.browser


def test_a_course_is_stepped_through_and_told_once(page: Page, site: Site) -> None:
    page.clock.install(time=0)
    show(page, *course(site, "one", "two", "three"))
    page.clock.pause_at(10_000_000)
    focus(page)
    press(page, "]")
    wait_for(page, "two")
    assert is_near(colour_at(page, "second"), GREEN)
    expect(page.locator(".second .tag.left")).to_contain_text("two")
    press(page, "]", "[", "]")
    wait_for(page, "three")
    page.clock.run_for(399)
    assert told(page) == []
    page.clock.run_for(2_000)
    assert [one["current"] for one in told(page)] == ["three"]
    press(page, "]")
    expect(page.locator(".hint")).to_contain_text("last pair")
    page.get_by_role("radio", name="One").click()
    wait_for(page, "one")
    expect(page.get_by_role("radio", name="One")).to_have_attribute("aria-checked", "true")
    press(page, "ArrowRight")
    wait_for(page, "two")
    assert site.asked.count("/pairs/two") == 1  # kept from before


def test_what_is_shown_survives_new_data_and_obeys_a_new_name(page: Page, site: Site) -> None:
    pairs = course(site, "one", "two", "three")
    show(page, *pairs)
    focus(page)
    press(page, "2", "+", "]")
    wait_for(page, "two")
    assert last_told(page)["current"] == "two"
    show(page, *pairs, current="two")  # the page answers
    press(page, "]")
    wait_for(page, "three")
    show(page, *pairs, current="two", wait=False)  # late: the same answer again
    page.wait_for_timeout(200)
    wait_for(page, "three")
    show(page, *pairs, current="one")
    assert is_near(colour_at(page, "first", (0.75, 0.75)), RED)
    expect(page.locator(".level")).to_have_text("125 %")
    expect(page.get_by_role("button", name="Swipe")).to_have_attribute("aria-pressed", "true")


def test_neighbours_are_fetched_ahead(page: Page, site: Site) -> None:
    show(page, *course(site, "one", "two", "three", "four"), current="two")
    page.wait_for_function(
        "names => names.every(name => performance.getEntriesByName(location.origin + name).length)",
        arg=["/pairs/one", "/pairs/three"],
    )
    assert "/pairs/four" not in site.asked


@pytest.mark.parametrize("late", ["/pairs/two", "/pictures/two"])
def test_a_late_answer_never_stands_under_another_label(page: Page, site: Site, late: str) -> None:
    pairs = course(site, "one", "two", "three", "four")
    site.hold(late)
    show(page, *pairs, current="four")
    show(page, *pairs, current="two", wait=False)
    page.wait_for_function("document.querySelector('.viewer').dataset.state === 'loading'")
    expect(page.locator(".waiting-words")).to_contain_text("Two")
    assert not is_near(
        colour_at(page, "second", (0.5, 0.9)), YELLOW
    )  # the last pair is not shown as this one
    expect(page.locator(".second .tag.left")).to_be_empty()
    show(page, *pairs, current="one")
    assert is_near(colour_at(page, "second"), RED)
    site.release(late)
    page.wait_for_timeout(300)
    wait_for(page, "one")
    assert is_near(colour_at(page, "second"), RED)
    expect(page.locator(".second .tag.left")).to_contain_text("one")
    show(page, *pairs, current="two")
    assert is_near(colour_at(page, "second"), GREEN)


@pytest.mark.parametrize("missing", ["/pairs/two", "/pictures/two"])
def test_a_pair_that_cannot_be_fetched_says_so_and_is_tried_again(
    page: Page, site: Site, missing: str
) -> None:
    pairs = course(site, "one", "two")
    answer = site.files.pop(missing)
    show(page, *pairs)
    focus(page)
    press(page, "]")
    viewer = page.locator(".viewer")
    expect(viewer).to_have_attribute("data-state", "error")
    expect(page.locator(".waiting-words")).to_contain_text("The pictures of Two could not be fetched.")
    expect(page.locator(".second .tag.left")).to_be_empty()
    assert not is_near(colour_at(page, "second", (0.5, 0.9)), RED)
    press(page, "k", "a", "Enter", "Delete", "Shift+ArrowLeft", "x")  # there is nothing to mark
    page.get_by_role("button", name="Try again").click()
    expect(viewer).to_have_attribute("data-state", "error")
    site.files[missing] = answer
    page.get_by_role("button", name="Try again").click()
    wait_for(page, "two")
    assert is_near(colour_at(page, "second"), GREEN)


def test_hostile_labels_are_shown_as_they_are(page: Page, site: Site) -> None:
    hostile = "<img src=x onerror=window.hacked=1> ‮abc " + "x" * 300
    content = pair(address("red"), address("green"), regions=[{**REGION, "label": hostile}])
    one = entry("a", content, label=hostile, before_note=hostile, after_note=hostile, note=hostile)
    show(page, one, {**one, "id": "b"})
    focus(page)
    press(page, "r")
    expect(page.locator(".first .tag.left")).to_contain_text("<img src=x")
    assert page.evaluate("window.hacked") is None
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_patient_view_is_asked_for(page: Page, site: Site) -> None:
    show(page, entry("a", whole_pair()))
    focus(page)
    press(page, "p")
    assert page.evaluate("window.triggered") == [["present", "a"]]


def test_a_single_pair_for_a_page_that_listens_to_nothing(page: Page, site: Site) -> None:
    show(page, entry("a", whole_pair()), quiet=True, patient_view=False)
    focus(page)
    expect(page.get_by_role("button", name="Annotate")).to_be_hidden()
    press(page, "Shift+ArrowLeft", "p", "a", "x")
    expect(page.locator(".panel:visible")).to_have_count(0)
    expect(page.locator(".nudged")).to_be_visible()
    page.wait_for_timeout(600)
    assert told(page) == []
    assert page.evaluate("window.triggered") == []
    expect(page.locator(".course")).to_be_hidden()
