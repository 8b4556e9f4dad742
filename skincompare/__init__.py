"""Did this skin really change? Before and after photographs, aligned and measured with their error.

What stands here is loaded when it is first asked for, so ``import skincompare`` costs nothing.
"""

import sys
from importlib import import_module
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from skincompare.compare import Comparison, compare
    from skincompare.errors import (
        ModelError,
        OptionError,
        PhotoError,
        PhotoProblem,
        PointPairsError,
        RegionFileError,
        SkincompareError,
    )
    from skincompare.imaging.points import PointPairs
    from skincompare.measure import Measured, measure
    from skincompare.photo import Photo, read_photo

    __version__: str

__all__ = [
    "Comparison",
    "Measured",
    "ModelError",
    "OptionError",
    "Photo",
    "PhotoError",
    "PhotoProblem",
    "PointPairs",
    "PointPairsError",
    "RegionFileError",
    "SkincompareError",
    "__version__",
    "compare",
    "measure",
    "read_photo",
]

_HOMES = MappingProxyType(
    {
        "Comparison": "skincompare.compare",
        "Measured": "skincompare.measure",
        "ModelError": "skincompare.errors",
        "OptionError": "skincompare.errors",
        "Photo": "skincompare.photo",
        "PhotoError": "skincompare.errors",
        "PhotoProblem": "skincompare.errors",
        "PointPairs": "skincompare.imaging.points",
        "PointPairsError": "skincompare.errors",
        "RegionFileError": "skincompare.errors",
        "SkincompareError": "skincompare.errors",
        "compare": "skincompare.compare",
        "measure": "skincompare.measure",
        "read_photo": "skincompare.photo",
    }
)
"""The module in which each public name lives."""


class _Face(ModuleType):
    """A module whose ``compare`` and ``measure`` stay functions, also once the modules of these names are loaded."""

    def __setattr__(self, name: str, value: object) -> None:
        if name in ("compare", "measure") and isinstance(value, ModuleType):
            value = getattr(value, name)
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Face


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from skincompare.version import package_version

        return package_version()
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
