"""Settings come from the environment, once, with defaults."""

from pathlib import Path

import pytest

import skincompare.settings
from skincompare.settings import read_settings


def test_nothing_set_gives_the_defaults():
    settings = read_settings({})
    root = Path(skincompare.settings.__file__).parents[1]
    assert settings.samples == root / "sample_images"
    assert settings.debug is False


def test_the_folder_of_samples_can_be_set():
    assert read_settings({"SKINCOMPARE_SAMPLES": "/data/samples"}).samples == Path("/data/samples")
    assert read_settings({"SKINCOMPARE_SAMPLES": ""}).samples == read_settings({}).samples


@pytest.mark.parametrize(("value", "debug"), [("1", True), ("0", False), ("", False), ("yes", False)])
def test_debug_is_on_with_1_alone(value, debug):
    assert read_settings({"SKINCOMPARE_DEBUG": value}).debug is debug


def test_the_process_own_environment_is_the_default(monkeypatch):
    monkeypatch.setenv("SKINCOMPARE_SAMPLES", "/elsewhere")
    monkeypatch.setenv("SKINCOMPARE_DEBUG", "1")
    settings = read_settings()
    assert (settings.samples, settings.debug) == (Path("/elsewhere"), True)


def test_the_store_lies_with_the_users_data_unless_named():
    assert read_settings({}).store == Path.home() / ".local/share/skincompare"
    assert read_settings({"XDG_DATA_HOME": "/data"}).store == Path("/data/skincompare")
    assert read_settings({"SKINCOMPARE_STORE": "~/clinic"}).store == Path.home() / "clinic"


def test_database_photos_and_user_can_be_set_and_no_password_is_shown():
    given = {
        "SKINCOMPARE_DATABASE_URL": "postgresql://me:secret@host/db",
        "SKINCOMPARE_PHOTOS": "/photos",
        "SKINCOMPARE_USER": "Dr. Ito",
        "USER": "login",
    }
    settings = read_settings(given)
    assert (settings.database_url, settings.photos) == (given["SKINCOMPARE_DATABASE_URL"], "/photos")
    assert settings.user == "Dr. Ito"
    assert read_settings({"USER": "login"}).user == "login"
    assert "secret" not in repr(settings)
