"""The sentences of the architecture, held by reading the imports: arrows go down, and each library has its place.

The checker itself is tested on small bad sources, so that it is known to be able to fail.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = "skincompare"

MAX_LINES = 400
MAX_APP_LINES = 40

FLOORS = MappingProxyType(
    {
        "errors": 1,
        "marks": 2,
        "version": 1,
        "measurement": 2,
        "photo": 2,
        "photo_colour": 2,
        "photo_compression": 2,
        "photo_decoding": 2,
        "photo_kinds": 2,
        "photo_metadata": 2,
        "settings": 2,
        "spreadsheet": 1,
        "records": 3,
        "imaging": 3,
        "synthetic": 3,
        "metrics": 4,
        "store": 4,
        "recovery": 4,
        "comparison": 4,
        "measured": 4,
        "changes": 5,
        "choices": 5,
        "repeat_statistics": 5,
        "repeatability": 5,
        "pair_flags": 5,
        "aligned": 5,
        "compare": 5,
        "measure": 5,
        "report": 5,
        "repeat": 6,
        "workflows": 6,
        "": 6,  # skincompare/__init__.py, the public face
        "cli_output": 6,
        "cli": 7,
        "__main__": 8,
        "web": 6,
        "ui": 7,
    }
)
"""Part of the package (a module, or a package with all in it) and the floor it stands on; app.py is above all."""

ROOF = 8
"""The floor of app.py."""

ONLY_IN = MappingProxyType(
    {
        "streamlit": ("app", "ui"),
        "starlette": ("web",),
        "sqlalchemy": ("store",),
        "alembic": ("store",),
        "cv2": ("photo", "imaging", "metrics", "synthetic"),
        "pi_heif": ("photo_decoding",),
        "sqlite3": ("store",),
        "psycopg": ("store",),
        "fsspec": ("store",),
        "reportlab": ("report",),
        "imageio_ffmpeg": ("report",),
        "arabic_reshaper": ("report",),
        "bidi": ("report",),
        "anyascii": ("report",),
        "typer": ("cli", "__main__"),
        "rich": ("cli_output",),
    }
)
"""Which parts may import a library; other libraries may be imported anywhere."""

PIXEL_LIBRARIES = ("numpy", "cv2", "PIL", "scipy", "skimage")
"""What the store may not know."""

MUTABLE_MAKERS = ("list", "dict", "set", "bytearray", "defaultdict", "deque", "Counter", "OrderedDict")


@dataclass(frozen=True)
class Module:
    """One source file: its dotted name, its text, and whether it is a package's ``__init__``."""

    name: str
    source: str
    is_package: bool = False

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    @property
    def part(self) -> str:
        """The part of the package that it belongs to: ``imaging`` for ``skincompare.imaging.face``."""
        return part_of(self.name)

    @property
    def parent(self) -> str:
        """The package that it stands in."""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    @property
    def is_metric(self) -> bool:
        """Whether it is a metric: a module of ``metrics`` that sets ``SPEC``."""
        return self.part == "metrics" and any("SPEC" in names for names, _ in assignments(self.tree))

    def imports(self) -> Iterator[tuple[str, int]]:
        """Yield each imported name with its line, at any depth; ``from a import b`` gives ``a.b``."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((alias.name, node.lineno) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = node.module or ""
                if node.level:
                    package = self.parent.split(".")
                    kept = package[: len(package) - node.level + 1]
                    base = ".".join([*kept, *([base] if base else [])])
                yield from ((f"{base}.{alias.name}", node.lineno) for alias in node.names)


def part_of(name: str) -> str:
    top, _, rest = name.partition(".")
    return rest.split(".")[0] if top == PACKAGE else top


def assignments(tree: ast.Module) -> Iterator[tuple[list[str], ast.expr]]:
    """Yield names and values of the assignments that run when a module is imported."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [leaf.id for target in targets for leaf in ast.walk(target) if isinstance(leaf, ast.Name)]
            yield names, node.value
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))


def violations(modules: list[Module]) -> list[str]:
    """Return every break of the rules in a set of modules, one sentence each."""
    by_name = {module.name: module for module in modules}
    found = []
    for module in modules:
        found += [
            f"{module.name}: {what}" for what in (*wrong_imports(module, by_name), *wrong_state(module))
        ]
        limit = MAX_APP_LINES if module.name == "app" else MAX_LINES
        lines = module.source.count("\n")
        if lines > limit:
            found.append(f"{module.name}: {lines} lines, at most {limit}; split it at a seam")
    return found + [f"import cycle: {' -> '.join(cycle)}" for cycle in cycles(by_name)]


def target_module(name: str, by_name: dict[str, Module]) -> str:
    """Return the module that an imported name is, or is found in."""
    while name not in by_name and "." in name:
        name = name.rpartition(".")[0]
    return name


def floor_of(module: Module) -> int | None:
    return ROOF if module.name == "app" else FLOORS.get(module.part)


def wrong_imports(module: Module, by_name: dict[str, Module]) -> Iterator[str]:
    floor = floor_of(module)
    if floor is None:
        yield f"stands on no floor; give {module.part!r} one in FLOORS"
        return
    for name, line in module.imports():
        library = name.split(".")[0]
        if library != PACKAGE:
            allowed = ONLY_IN.get(library)
            if allowed is not None and module.part not in allowed:
                yield f"line {line} imports {library}, which only {', '.join(allowed)} may"
            if module.part == "store" and library in PIXEL_LIBRARIES:
                yield f"line {line} imports {library}, but the store knows no pixels"
            continue
        target = target_module(name, by_name)
        if target not in by_name or target == module.name:
            continue
        below = FLOORS.get(by_name[target].part)
        if below is None:
            continue  # reported with that module
        siblings = module.parent == by_name[target].parent or module.part == by_name[target].part
        if below > floor or (below == floor and not siblings):
            yield f"line {line} imports {target} (floor {below}) from floor {floor}: arrows go down only"
        if module.is_metric and by_name[target].is_metric:
            yield f"line {line} imports {target}, but a metric imports no other metric"


def wrong_state(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Global):
            yield f"line {node.lineno} has a global statement"
    for names, value in assignments(module.tree):
        if names != ["__all__"] and is_mutable(value):
            yield f"line {value.lineno} keeps a mutable {' '.join(names)}: use a tuple, MappingProxyType, frozenset"


def is_mutable(value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        called = value.func.attr if isinstance(value.func, ast.Attribute) else getattr(value.func, "id", "")
        return called in MUTABLE_MAKERS
    return isinstance(value, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp)


def cycles(by_name: dict[str, Module]) -> list[list[str]]:
    """Return import cycles between modules, each once."""
    arrows = {
        name: sorted(
            {target_module(target, by_name) for target, _ in module.imports()} & by_name.keys() - {name}
        )
        for name, module in by_name.items()
    }
    found: list[list[str]] = []
    done: set[str] = set()

    def visit(name: str, path: list[str]) -> None:
        if name in path:
            found.append([*path[path.index(name) :], name])
        elif name not in done:
            for target in arrows[name]:
                visit(target, [*path, name])
            done.add(name)

    for name in sorted(by_name):
        visit(name, [])
    return found


def modules_of_the_project() -> list[Module]:
    files = sorted((ROOT / PACKAGE).rglob("*.py")) + [path for path in [ROOT / "app.py"] if path.exists()]
    modules = []
    for path in files:
        parts = path.relative_to(ROOT).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        modules.append(Module(name, path.read_text(encoding="utf-8"), is_package))
    return modules


# The project


def test_the_project_keeps_its_architecture() -> None:
    assert violations(modules_of_the_project()) == []


def test_the_project_was_read() -> None:
    names = {module.name for module in modules_of_the_project()}
    assert {PACKAGE, f"{PACKAGE}.photo", f"{PACKAGE}.imaging", f"{PACKAGE}.imaging.face"} <= names


# The checker


def broken(name: str, source: str, *others: tuple[str, str], is_package: bool = False) -> list[str]:
    """Return what is wrong with one module, among others that stand beside it."""
    known = [
        Module(f"{PACKAGE}.{part}", "", is_package=part in ("imaging", "metrics", "store", "report", "ui"))
        for part in FLOORS
        if part and part != name.partition(".")[2]
    ]
    beside = [Module(other, text) for other, text in others]
    return violations(
        [Module(name, source, is_package), *known, Module(PACKAGE, "", is_package=True), *beside]
    )


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("skincompare.measurement", "from skincompare.errors import OptionError"),
        ("skincompare.photo", "from skincompare.measurement import Flag"),
        ("skincompare.imaging.face", "import numpy, cv2\nfrom skincompare.photo import Photo"),
        ("skincompare.imaging.face", "from skincompare.imaging import colour\nfrom .colour import x"),
        ("skincompare.metrics.redness", "from skincompare.imaging.colour import x\nSPEC = 1"),
        ("skincompare.report.figures", "import numpy\nfrom PIL import Image\nimport altair"),
        ("skincompare.ui.pages.compare", "import streamlit\nfrom skincompare import workflows"),
        ("skincompare.cli", "import skincompare\nimport typer"),
        (
            "skincompare.errors",
            "__all__ = ['a']\nA = (1, 2)\nB = frozenset({1})\nC = MappingProxyType({1: 2})",
        ),
        ("skincompare.errors", "def f():\n    found = []\n    return found"),
        ("skincompare.errors", "class A:\n    def f(self):\n        self.x = {}"),
        ("skincompare.errors", "\n" * MAX_LINES),
        ("app", "import streamlit\nfrom skincompare.ui import pages"),
    ],
)
def test_what_is_allowed(name: str, source: str) -> None:
    colour = ("skincompare.imaging.colour", "")
    assert broken(name, source, colour) == []


@pytest.mark.parametrize(
    ("name", "source", "word"),
    [
        ("skincompare.errors", "import skincompare.photo", "arrows go down"),
        ("skincompare.errors", "from skincompare import measurement", "arrows go down"),
        ("skincompare.photo", "def f():\n    from skincompare.imaging.colour import x", "arrows go down"),
        ("skincompare.imaging.face", "from ..metrics import redness", "arrows go down"),
        ("skincompare.imaging.face", "from skincompare import Photo", "arrows go down"),
        ("skincompare.imaging.face", "from skincompare.synthetic import skin", "arrows go down"),
        ("skincompare.imaging.face", "from skincompare.records import Patient", "arrows go down"),
        ("skincompare.metrics.redness", "from skincompare.store import Store", "arrows go down"),
        ("skincompare.metrics.redness", "from skincompare.report import figures", "arrows go down"),
        ("skincompare.store.tables", "import skincompare.recovery as r", "arrows go down"),
        ("skincompare.cli", "import skincompare.ui", "arrows go down"),
        ("skincompare.compare", "if True:\n    import streamlit", "which only app, ui may"),
        ("skincompare.workflows", "import sqlalchemy.orm", "which only store may"),
        ("skincompare.report.figures", "import cv2", "which only photo"),
        ("skincompare.ui.viewer", "from cv2 import resize", "which only photo"),
        ("skincompare.store.files", "import numpy as np", "no pixels"),
        ("skincompare.store.files", "from PIL import Image", "no pixels"),
        ("skincompare.settings2", "", "stands on no floor"),
        ("skincompare.errors", "found = []", "mutable found"),
        ("skincompare.errors", "CACHE: dict[str, int] = {}", "mutable CACHE"),
        ("skincompare.errors", "try:\n    A = {1}\nfinally:\n    pass", "mutable A"),
        ("skincompare.errors", "a = b = [x for x in (1, 2)]", "mutable a b"),
        ("skincompare.errors", "import collections\nA = collections.defaultdict(int)", "mutable A"),
        ("skincompare.errors", "A = dict(a=1)", "mutable A"),
        ("skincompare.errors", "def f():\n    global a\n    a = 1", "global statement"),
        ("skincompare.errors", "\n" * (MAX_LINES + 1), "401 lines, at most 400"),
        ("app", "\n" * (MAX_APP_LINES + 1), "41 lines, at most 40"),
    ],
)
def test_what_is_found(name: str, source: str, word: str) -> None:
    colour = ("skincompare.imaging.colour", "")
    found = broken(name, source, colour)
    assert len(found) == 1
    assert word in found[0]
    assert found[0].startswith(name)


def test_a_metric_imports_no_other_metric_but_its_registry() -> None:
    pores = ("skincompare.metrics.pores", "SPEC = 1")
    registry = ("skincompare.metrics.registry", "")
    (found,) = broken("skincompare.metrics.redness", "from .pores import x\nSPEC = 2", pores)
    assert "no other metric" in found
    assert broken("skincompare.metrics.redness", "from .registry import x\nSPEC = 2", pores, registry) == []
    assert broken("skincompare.metrics._shared", "from .registry import x", pores, registry) == []


def test_a_cycle_is_found_even_inside_one_package() -> None:
    colour = ("skincompare.imaging.colour", "def f():\n    from skincompare.imaging.face import y")
    (found,) = broken("skincompare.imaging.face", "from .colour import x", colour)
    assert (
        found
        == "import cycle: skincompare.imaging.colour -> skincompare.imaging.face -> skincompare.imaging.colour"
    )


def test_relative_imports_of_a_package_face_are_its_own() -> None:
    found = broken("skincompare.metrics", "from .. import workflows\nfrom . import registry", is_package=True)
    assert len(found) == 1
    assert "skincompare.workflows" in found[0]
