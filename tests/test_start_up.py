"""What starting costs, and the public face of the package."""

from collections.abc import Callable
from typing import Any

import pytest

import skincompare
from skincompare import cli
from tests.shell import shell

HEAVY = ("cv2", "numpy", "scipy", "skimage", "PIL", "streamlit", "sqlalchemy", "alembic", "psycopg", "fsspec")
Run = Callable[..., tuple[int, str, str]]


@pytest.mark.parametrize("arguments", [[], ["compare"], ["patient", "add"], ["timeline"]])
def test_help_loads_nothing_heavy_and_tells_the_exit_codes(arguments: list[str]) -> None:
    program = (
        "import sys, skincompare.cli as cli\n"
        "try:\n"
        f"    cli.main({[*arguments, '--help']!r})\n"
        "finally:\n"
        f"    print('loaded', sorted(set(sys.modules) & set({HEAVY!r})))\n"
    )
    ended = shell(["-W", "error", "-c", program])
    assert ended.returncode == cli.ExitCode.DONE
    assert ended.stdout.endswith("loaded []\n")
    if arguments in ([], ["compare"]):
        assert "4 the photos cannot be" in " ".join(ended.stdout.split())


def test_importing_the_package_loads_nothing_heavy() -> None:
    program = f"import sys, skincompare; print(sorted(set(sys.modules) & set({HEAVY!r})), dir(skincompare))"
    told = shell(["-c", program]).stdout
    assert told.startswith("[] ")
    assert "'read_photo'" in told


def test_the_module_runs_as_a_program() -> None:
    assert shell(["-m", "skincompare", "--version"]).stdout.startswith("skincompare ")


# The public face


def test_the_public_face_is_sorted_and_complete() -> None:
    assert skincompare.__all__ == sorted(skincompare.__all__)
    assert all(getattr(skincompare, name) is not None for name in skincompare.__all__)
    with pytest.raises(AttributeError, match="no_such_name"):
        _: Any = skincompare.no_such_name


def test_compare_is_the_function_also_after_its_module_was_loaded() -> None:
    for first in ("import skincompare.compare", "import skincompare.report", "pass"):
        told = shell(["-c", f"{first}\nimport skincompare\nprint(skincompare.compare.__name__)"])
        assert told.stdout == "compare\n", told.stderr
