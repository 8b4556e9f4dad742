"""Every sentence that a screen shows stands in the phrase book; held by reading the sources.

The checker itself is tested on small bad sources, so that it is known to be able to fail.
"""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

UI = Path(__file__).parents[2] / "skincompare" / "ui"
BOOK = UI / "words"
PAGES = tuple(path for path in sorted(UI.rglob("*.py")) if BOOK not in path.parents)
PARTS = tuple(path for path in sorted(UI.rglob("*")) if path.suffix in (".html", ".js"))

TAG = re.compile(r"<[^>]*>?")
SAID_BY_TAG = re.compile(r"(?:title|alt|aria-label|aria-description|placeholder)=[\"']([^\"']*)")
"""What a tag says to a person: these attributes are read out or shown."""
WORD = re.compile(r"[A-Za-z]+['’]?[a-z]*[,.:;!?…]?|[–—·]")
LOGGED = ("debug", "info", "warning", "error", "exception", "critical")
NEVER = re.compile(r"improv|better|(?<!not a )(?<!no )diagnos", re.IGNORECASE)
ALLOWED = (
    "A measurement, not a diagnosis. Ask your clinician about anything that worries you.",
    "GAIS: 1 very much better … 5 worse",
)
"""What all pages must say, and a published scale by which a person grades."""


def texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the literals of a source with their lines, values of an f-string as a gap; not docstrings and logs."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if isinstance(node, ast.Call) and is_log(node.func):
            continue
        if isinstance(node, ast.JoinedStr):
            parts = [one.value if isinstance(one, ast.Constant) else "\0" for one in node.values]
            yield node.lineno, "".join(str(part) for part in parts)
            waiting += [one for one in node.values if not isinstance(one, ast.Constant)]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value
        else:
            waiting += ast.iter_child_nodes(node)


def is_log(called: ast.expr) -> bool:
    if not isinstance(called, ast.Attribute) or called.attr not in LOGGED:
        return False
    return "log" in ast.unparse(called.value).lower()


def spoken(text: str) -> list[str]:
    """Return the words that a text says to a person: tags left out, but not what their attributes say."""
    heard = " ".join([TAG.sub("\n", text), *SAID_BY_TAG.findall(text)])
    return [word for word in heard.replace("\0", "").split() if WORD.fullmatch(word)]


def offences(source: str) -> list[str]:
    """Return the literals of a page or widget that say two words or more."""
    return [f"{line}: {text!r}" for line, text in texts(ast.parse(source)) if len(spoken(text)) > 1]


def wrong_claims(source: str) -> list[str]:
    """Return sentences that judge a change or an illness."""
    every = (text for _, text in texts(ast.parse(source)) if " " in text and text not in ALLOWED)
    return [text for text in every if NEVER.search(text)]


def markup_offences(markup: str) -> list[str]:
    """Return the words of a part's HTML."""
    return [word for word in spoken(markup) if word.strip(".,…")]


def script_offences(script: str) -> list[str]:
    """Return string literals of a part's JavaScript that begin as a sentence does."""
    return re.findall(r"[\"'`][A-Z][a-z]+ [^\"'`]*[\"'`]", script)


@pytest.mark.parametrize(
    "source",
    [
        "st.write('Add photos')",
        "TITLE = 'Two words'",
        "st.error(f'The {side} photo cannot be used')",
        "st.error(f'The {side} photo')",
        "st.html(f'<p class=\"sc-quiet\">Not looked for.</p>')",
        "st.html('<img alt=\"Your face\">')",
        'st.html(f\'<img src="{address}" title="Read aloud">\')',
        "class Source:\n    OWN = 'Own photos'",
        "def f(label='All of them'): ...",
        "st.metric('Seen so far:', 3)",
    ],
)
def test_the_checker_finds_words_outside_the_book(source: str) -> None:
    assert offences(source)


@pytest.mark.parametrize(
    "source",
    [
        '"""What this module does."""',
        "def f():\n    'It draws the page.'",
        "X = 1\n'''What X is for.'''",
        "logging.getLogger('skincompare.ui').error('A page failed')",
        'st.html(f\'<div class="sc-room sc-wide" style="width: 3em; height: 2em">{escape(text)}</div>\')',
        "st.button(words.ADD, key=f'{Key.ADD}_{mark}', icon=':material/add:')",
        "st.html('<td title=\"')",
    ],
)
def test_the_checker_leaves_alone_what_no_screen_shows(source: str) -> None:
    assert not offences(source)


def test_the_checker_finds_words_of_parts_and_claims() -> None:
    assert markup_offences('<ul aria-label="Days"></ul>') == ["Days"]
    assert markup_offences("<p>Tap it.</p>") == ["Tap", "it."]
    assert not markup_offences('<div class="a b" role="group"><p></p></div>')
    assert script_offences('button.title = "Take it away"') == ['"Take it away"']
    assert not script_offences('if (event.key === "ArrowLeft") find(".first img")')
    assert wrong_claims("A = 'The skin improved by 3'")
    assert wrong_claims("def f(n):\n    return f'Looks better by {n}'")
    assert not wrong_claims("__all__ = ['NOT_A_DIAGNOSIS']")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(UI)))
def test_pages_and_widgets_take_their_words_from_the_book(path: Path) -> None:
    assert offences(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", PARTS, ids=lambda path: str(path.relative_to(UI)))
def test_parts_of_the_browser_are_handed_their_words(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert (markup_offences if path.suffix == ".html" else script_offences)(text) == []


@pytest.mark.parametrize("path", sorted(BOOK.glob("[!_]*.py")), ids=lambda path: path.stem)
def test_the_book_lists_its_phrases_and_judges_nothing(path: Path) -> None:
    module = importlib.import_module(f"skincompare.ui.words.{path.stem}")
    assert module.__all__ == sorted(module.__all__, key=lambda name: (not name.isupper(), name))
    assert all(hasattr(module, name) for name in module.__all__)
    assert wrong_claims(path.read_text(encoding="utf-8")) == []
