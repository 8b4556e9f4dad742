"""How true and how repeatable the texture metrics are, beside what others use, on the same rendered skin.

Run: ``python benchmarks/texture.py [--quick] [metric ...]``. Each metric has a module ``texture_<metric>.py`` here.
"""

import argparse
import importlib
from pathlib import Path

from texture_common import print_rows

HERE = Path(__file__).parent
NOT_METRICS = ("common", "cost")
"""Modules ``texture_<name>.py`` that are no metric's."""


def available() -> list[str]:
    """Return the metrics that have a module here."""
    names = (path.stem.removeprefix("texture_") for path in sorted(HERE.glob("texture_*.py")))
    return [name for name in names if name not in NOT_METRICS and not name.endswith("_peers")]


def main() -> None:
    """Print the tables that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("metrics", nargs="*", help="names of metrics; default: all, and the cost")
    parser.add_argument("--quick", action="store_true", help="few renders, for a first look")
    options = parser.parse_args()
    names = options.metrics or [*available(), "cost"]
    for name in names:
        if not (HERE / f"texture_{name}.py").exists():
            parser.error(f"there is no table for {name!r}; there is {', '.join(available())}")
        # One module a metric, found by its name: a new metric edits nothing here.
        print_rows(importlib.import_module(f"texture_{name}").table(options.quick))


if __name__ == "__main__":
    main()
