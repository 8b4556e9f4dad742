"""The style of the pages, joined of its parts: none is forgotten, and no rule is left that nothing uses."""

import re
from pathlib import Path

import pytest

from skincompare.ui.widgets.page_frame import PARTS, STYLE

PACKAGE = Path(__file__).parents[2] / "skincompare"
FOLDER = PACKAGE / "ui" / "styles"
SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.py")))
SELECTORS = re.compile(r"([^{}]+)\{")
NAME = re.compile(r"\.(sc-[a-z-]+)")
KEY = re.compile(r"\.st-key-([a-z_-]+)")


def unused(style: str, sources: str) -> list[str]:
    """Return the classes and keys of containers that a style speaks of and no source names."""
    heads = " ".join(SELECTORS.findall(re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)))
    names = {*NAME.findall(heads), *KEY.findall(heads)}
    return sorted(name for name in names if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", sources))


def test_the_checker_finds_what_nothing_uses() -> None:
    style = ".sc-note > li, .sc-not { margin: 0 }\n.st-key-row-b .sc-note p { margin: 0 }"
    assert unused(style, 'st.html(\'<ul class="sc-note">\', key="row-a")') == ["row-b", "sc-not"]


@pytest.mark.parametrize("part", PARTS)
def test_every_rule_is_used(part: str) -> None:
    assert unused((FOLDER / f"{part}.css").read_text(encoding="utf-8"), SOURCES) == []


def test_every_part_is_joined_once() -> None:
    assert sorted(PARTS) == sorted(path.stem for path in FOLDER.glob("*.css"))
    assert STYLE.count("{") == STYLE.count("}") > 50
