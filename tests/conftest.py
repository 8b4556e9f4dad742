"""Fixtures that several test files need, and the rule for tests that drive a browser."""

import base64
import os
from pathlib import Path

import pytest

CHROMIUM = os.environ.get("SKINCOMPARE_CHROMIUM", "/usr/bin/chromium")
"""The browser that tests marked ``browser`` start."""


def browser_skip_reason(chromium: str, continuous_integration: str) -> str | None:
    """Return why browser tests are left out, or None when they run; where CI is true they always run."""
    if continuous_integration.lower() == "true" or Path(chromium).exists():
        return None
    return f"There is no Chromium at {chromium}: install it, or set SKINCOMPARE_CHROMIUM to where it is."


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reason = browser_skip_reason(CHROMIUM, os.environ.get("CI", ""))
    if reason is not None:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason=reason))


HEIC_TEXT = """
AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAaJtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRpbG9j
AAAAAERAAAIAAQAAAAABxgABAAAAAAAAALsAAgAAAAACgQABAAAAAAAAAHwAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAA
ABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAAA4WlwcnAAAADBaXBjbwAAAHlodmNDAQNwAAAAkAAAAAAAPPAA/P34+AAADwNg
AAEAGEABDAH//wNwAAADAJAAAAMAAAMAPLoCQGEAAQAsQgEBA3AAAAMAkAAAAwAAAwA8oAwIBAWW6kkprm4CGgwIAAADAMgAAAMACEBiAAEA
B0QBwXKwYkAAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAABgAAAAQAAAAAQcGl4aQAAAAADCAgIAAAACWlyb3QDAAAAGGlwbWEA
AAAAAAAAAQABBYECAwSFAAAAGmlyZWYAAAAAAAAADmNkc2MAAgABAAEAAAE/bWRhdAAAALcoAa8TIdbMQebIaFP//31VXlGGgcpFM/UC3Srf
rjrd/5uZ4enVNkNon0rA716XwbQAAaYAERCjGesW6+BXrSAhgbNFXS1aWru2+ZZzVIbET1UHm/r/+AQ2VSVz5zgjDXSaZRwmVpBigEVW0iGz
uRym1MDBUIfancfuy9PgALEAG2ATUJcL0Itx/dpaH/zczw9O7ToA1VIFUAAAAwAAAwAAAwAccIcAAAMAAAMAAAMAAAMAAAMADUgAAAAGRXhp
ZgAATU0AKgAAAAgAAwEPAAIAAAAFAAAAMgESAAMAAAABAAYAAIdpAAQAAAABAAAAOAAAAABBY21lAAAAApADAAIAAAAUAAAAVpARAAIAAAAH
AAAAagAAAAAyMDI2OjAzOjA0IDA1OjA2OjA3ACswMjowMAAA
"""


@pytest.fixture
def fast_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for the disk, in tests that are not about power cuts: on a busy one a store test takes seconds."""
    from skincompare.store import engine

    monkeypatch.setattr(engine, "SYNCHRONOUS", "OFF")
    monkeypatch.setattr(os, "fsync", lambda handle: None)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of the browser that tests start."""
    return CHROMIUM


@pytest.fixture(scope="session")
def heic() -> bytes:
    """Return a HEIC stored 384 x 256, to be turned 90 degrees clockwise, noted in the container and in EXIF.

    All (200, 140, 120) but for (60, 60, 60) in the stored top-left 128 x 128; camera "Acme", taken
    2026-03-04 05:06:07 at +02:00; sRGB by an nclx note, no ICC profile. Made once with libheif and x265.
    """
    return base64.b64decode(HEIC_TEXT)
