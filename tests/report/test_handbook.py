"""The pages on methods are found, read without their links, and show only pictures that lie beside them."""

from pathlib import Path

import pytest

from skincompare.report import handbook
from skincompare.report.handbook import (
    handbook_folder,
    handbook_pages,
    pictures_of,
    read_page,
    with_pictures,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "methods" / "pictures").mkdir(parents=True)
    (tmp_path / "methods" / "shine.md").write_text(
        "# Shine\n\n## Why\n\nSee [light](light.md) and [a paper](https://doi.org/1)."
    )
    (tmp_path / "methods" / "redness.md").write_text(
        "# Redness\n\n![Red skin](pictures/red.jpg) ![Gone](pictures/gone.jpg) ![Other](../../secret.jpg)"
    )
    (tmp_path / "methods" / "pictures" / "red.jpg").write_bytes(b"red")
    (tmp_path / "recovery.md").write_text("# Recovery\n")
    (tmp_path.parent / "secret.jpg").write_bytes(b"secret")
    return tmp_path


def test_the_projects_own_pages_are_found() -> None:
    found = handbook_folder()
    assert found is not None
    pages = handbook_pages(found)
    assert [page.name for page in pages][:2] == ["redness", "light"]
    assert {"pores", "scars", "recovery"} <= {page.name for page in pages}
    for page in pages:
        assert len(read_page(page)) > 200
        named = handbook.PICTURE.findall(read_page(page))
        assert len(pictures_of(page, read_page(page))) == len(named)


def test_pages_stand_in_their_order_and_links_become_words(folder: Path) -> None:
    pages = handbook_pages(folder)
    assert [page.title for page in pages] == ["Redness", "Shine", "Recovery"]
    assert read_page(pages[1]) == "#### Why\n\nSee light and [a paper](https://doi.org/1)."


def test_only_pictures_beside_a_page_are_shown(folder: Path) -> None:
    page = handbook_pages(folder)[0]
    text = read_page(page)
    found = pictures_of(page, text)
    assert list(found) == ["pictures/red.jpg"]
    shown = with_pictures(text, {"pictures/red.jpg": "/pictures/abc"})
    assert shown == "![Red skin](/pictures/abc) Gone Other"


def test_without_the_folder_there_are_no_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handbook, "__file__", str(tmp_path / "a" / "b" / "handbook.py"))
    monkeypatch.setattr(handbook.sysconfig, "get_path", lambda name: str(tmp_path))
    assert handbook_folder() is None
    (tmp_path / "share" / "skincompare" / "docs" / "methods").mkdir(parents=True)
    assert handbook_folder() == tmp_path / "share" / "skincompare" / "docs"
