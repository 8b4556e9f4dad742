"""The pages on the methods, as they stand in ``docs``: beside the package, or where it was installed."""

import re
import sysconfig
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

__all__ = ["Page", "handbook_folder", "handbook_pages", "pictures_of", "read_page", "with_pictures"]

INSTALLED = Path("share") / "skincompare" / "docs"
"""Where an installation puts the folder, within its data."""
METHODS = "methods"
FIRST = ("redness", "light", "alignment", "comparability")
"""Pages that stand first; the others follow by title."""
BESIDE = ("recovery", "photographing", "privacy")
"""Pages of the folder above that belong to it, in this order, at the end."""
TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
HEADING = re.compile(r"^(##+ )", re.MULTILINE)
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((?!https?://)[^)\s]+\)")


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the handbook.

    Parameters
    ----------
    name : str
        Of its file, without the ending.
    title : str
        Its heading.
    path : Path
        The file.
    """

    name: str
    title: str
    path: Path


def handbook_folder() -> Path | None:
    """Return the folder ``docs``: that of the project, else the installed one; None where there is neither."""
    project = Path(__file__).resolve().parents[2] / "docs"
    for folder in (project, Path(sysconfig.get_path("data")) / INSTALLED):
        if (folder / METHODS).is_dir():
            return folder
    return None


def handbook_pages(folder: Path) -> tuple[Page, ...]:
    """Return the pages on methods, the basic ones first, then recovery, photographing and privacy."""
    methods = [_page(path) for path in sorted((folder / METHODS).glob("*.md"))]
    basic = [page for name in FIRST for page in methods if page.name == name]
    rest = sorted((page for page in methods if page.name not in FIRST), key=lambda page: page.title)
    beside = [_page(folder / f"{name}.md") for name in BESIDE if (folder / f"{name}.md").is_file()]
    return (*basic, *rest, *beside)


def read_page(page: Page) -> str:
    """Return the text of a page in Markdown, for reading under another heading.

    Its own heading is left out and those below are two levels smaller; links to other files are left as their words.
    """
    text = TITLE.sub("", page.path.read_text(encoding="utf-8"), count=1)
    return LINK.sub(r"\1", HEADING.sub(r"##\1", text)).strip()


def with_pictures(text: str, addresses: dict[str, str]) -> str:
    """Return the text with addresses in place of pictures beside it; one that is not there is left as its words.

    Parameters
    ----------
    text : str
        From :func:`read_page`.
    addresses : dict of str to str
        By the path of the picture as the text names it.
    """

    def placed(found: re.Match[str]) -> str:
        words, path = found.groups()
        address = addresses.get(path)
        return f"![{words}]({address})" if address else words

    return PICTURE.sub(placed, text)


def pictures_of(page: Page, text: str) -> dict[str, Path]:
    """Return the pictures that a text names and that lie beside it, by the text's name for them."""
    folder = page.path.parent.resolve()
    found = {}
    for _, path in PICTURE.findall(text):
        place = (folder / path).resolve()
        if place.is_relative_to(folder) and place.is_file():
            found[path] = place
    return found


def _page(path: Path) -> Page:
    return Page(path.stem, _title(path), path)


@lru_cache(maxsize=64)
def _title(path: Path) -> str:
    found = TITLE.search(path.read_text(encoding="utf-8"))
    return found.group(1).strip() if found else path.stem.replace("_", " ").capitalize()
