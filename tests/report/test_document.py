"""The report: one file, nothing fetched, every name harmless, every number in it."""

import base64
import hashlib
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from skincompare.comparison import Comparison
from skincompare.errors import OptionError
from skincompare.imaging.mirroring import flipped
from skincompare.measurement import Change, Effect, Flag
from skincompare.report import report_html, write_report
from skincompare.report.forest import forest_svg

MakeChange = Callable[..., Change]
MakeComparison = Callable[..., Comparison]
HOSTILE = "<img src=x onerror=alert(1)>\"'&.jpg"
VOID = frozenset({"meta", "img", "input", "br"})


class Page(HTMLParser):
    """Tags, attributes and text of a page; it fails on tags that do not close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in ("script", "style"):
            self.text += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_the_numbers_and_verdicts_are_there(comparison: Comparison) -> None:
    text = Page(report_html(comparison)).text
    for expected in ("+4.1 ± 0.5", "▲ higher", "= no detectable change", "−0.6 ± 2.0", "ab" * 32, "0.10 mm"):
        assert expected in text
    assert "not a diagnosis" in text
    assert "improved" not in text.lower()


def test_nothing_is_fetched_and_only_the_own_script_runs(comparison: Comparison) -> None:
    html = report_html(comparison)
    page = Page(html)
    assert len(page.named("img")) == 3
    assert all(str(image["src"]).startswith("data:image/jpeg;base64,") for image in page.named("img"))
    assert not {tag for tag, _ in page.tags} & {"link", "iframe", "object", "embed", "base", "form"}
    without_pictures = re.sub(r'src="data:[^"]*"', "", html)
    assert not re.search(r"https?:|url\(|@import|//[a-z]", without_pictures, re.IGNORECASE)
    script = html.split("<script>")[1].split("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = next(one["content"] for one in page.named("meta") if one.get("http-equiv"))
    assert policy is not None
    assert f"script-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy


def test_hostile_names_are_only_text(change: MakeChange, comparison_of: MakeComparison) -> None:
    flag = Flag("odd", f"Reason {HOSTILE}", f"Advice {HOSTILE}", Effect.NOT_MEASURABLE)
    changes = (change("redness", HOSTILE, 5.0), change("redness", "nose", flags=(flag,)))
    pair = comparison_of(changes, names=(HOSTILE, HOSTILE), flags=(flag,), treated=(HOSTILE,))
    page = Page(report_html(pair))
    assert len(page.named("img")) == 3
    assert not [tag for tag, attributes in page.tags if any(name.startswith("on") for name in attributes)]
    assert HOSTILE in page.text
    assert f"Advice {HOSTILE}" in page.text


def test_a_refused_pair_shows_reasons_and_photos_but_no_numbers(refused: Comparison) -> None:
    page = Page(report_html(refused))
    assert "These two photos cannot be compared." in page.text
    assert page.text.count("These may be two people.") == 1
    assert "Check the names." in page.text
    assert len(page.named("img")) == 2
    assert not page.named("table")
    assert not page.named("button")


def test_the_same_comparison_gives_the_same_file(comparison: Comparison, tmp_path: Path) -> None:
    write_report(comparison, tmp_path / "a.html")
    write_report(comparison, tmp_path / "b.html")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_a_file_that_cannot_be_written_is_one_sentence(comparison: Comparison, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="cannot be written"):
        write_report(comparison, tmp_path / "missing" / "a.html")


def test_the_forest_draws_each_interval_in_its_place(change: MakeChange) -> None:
    rows = [change("redness", "nose", 6.0, sigma=1.0), change("redness", "chin", -6.0, sigma=1.0)]
    svg = ElementTree.fromstring(forest_svg(rows))
    bars = [one for one in svg.iter("line") if one.get("class") == "interval"]
    (zero,) = [float(str(one.get("x1"))) for one in svg.iter("line") if one.get("class") == "zero"]
    ends = [(float(str(one.get("x1"))) - zero, float(str(one.get("x2"))) - zero) for one in bars]
    assert ends[0] == pytest.approx((-ends[1][1], -ends[1][0]), abs=0.11)
    assert ends[0][1] / ends[0][0] == pytest.approx((6 + 1.96) / (6 - 1.96), rel=0.01)
    band = next(svg.iter("rect"))
    assert float(str(band.get("width"))) / 2 / ends[0][0] == pytest.approx(1.9 / (6 - 1.96), rel=0.01)
    assert [one.get("class") for one in svg.iter("g")] == ["up", "down"]


def test_the_forest_of_nothing_is_nothing(change: MakeChange) -> None:
    flag = Flag("covered", "Covered.", "Uncover it.", Effect.NOT_MEASURABLE)
    assert forest_svg([]) == forest_svg([change("redness", "nose", flags=(flag,))]) == ""


@pytest.mark.browser
def test_swipe_outlines_and_map_work_in_a_browser(
    comparison: Comparison, tmp_path: Path, chromium: str
) -> None:
    from playwright.sync_api import sync_playwright

    write_report(comparison, tmp_path / "report.html")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        page = browser.new_page()
        problems: list[str] = []
        page.on("console", lambda message: problems.append(message.text))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto((tmp_path / "report.html").as_uri())
        assert not page.locator(".split").is_visible()
        page.get_by_role("button", name="Swipe").click()
        page.locator(".split").focus()
        page.keyboard.press("ArrowLeft")
        clip = page.locator(".after .frame").evaluate("(one) => getComputedStyle(one).clipPath")
        assert "49%" in clip
        page.get_by_role("button", name="Redness map").click()
        assert page.locator("figure.map").is_visible()
        assert not page.locator("figure.before").is_visible()
        assert not page.locator(".map svg").is_visible()
        page.get_by_label("Region outlines").check()
        assert page.locator(".map svg").is_visible()
        browser.close()
    assert problems == []


def test_the_alignments_error_of_each_region_and_a_flip_are_told(comparison: Comparison) -> None:
    assert "Typical error by region: forehead 0.12 mm; left cheek 0.12 mm" in report_html(comparison)
    turned = replace(comparison.after, photo=flipped(comparison.after.photo))
    assert "flipped left-right for this comparison. Colour" in report_html(replace(comparison, after=turned))
    assert "flipped" not in report_html(comparison)


def test_the_page_says_why_paired_changes_do_not_add_up(comparison: Comparison) -> None:
    told = "need not be the difference of the two values"
    assert told not in report_html(comparison)
    paired = tuple(replace(one, is_paired=True) for one in comparison.changes)
    page = report_html(replace(comparison, changes=paired))
    assert told in page
    assert "+4.1 ± 0.5*" in page
