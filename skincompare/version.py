"""Which version of this package is installed."""

from importlib.metadata import PackageNotFoundError, version

__all__ = ["package_version"]


def package_version() -> str:
    """Return the version, or one that says that the package is not installed."""
    try:
        return version("skincompare")
    except PackageNotFoundError:
        return "0+not-installed"
