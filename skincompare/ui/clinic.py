"""The clinic's store, opened once for all pages."""

from contextlib import suppress
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import streamlit as st

from skincompare.errors import OptionError, SkincompareError
from skincompare.records import Clinic
from skincompare.report.locale import use_locale
from skincompare.settings import read_settings
from skincompare.store import Store, Sweep, open_store
from skincompare.ui.problems import escape_markdown

__all__ = ["OpenClinic", "clinic_or_stop", "clinic_zone", "open_clinic"]


@dataclass(frozen=True, eq=False)
class OpenClinic:
    """The open store.

    Parameters
    ----------
    store : Store
        Everything that is remembered; threads share it.
    sweep : Sweep
        What did not fit when it was opened: files without rows, rows without files.
    """

    store: Store
    sweep: Sweep


def open_clinic() -> OpenClinic:
    """Return the store that the settings name, opened at the first call.

    Raises
    ------
    SkincompareError
        When it cannot be opened; the next call tries again.
    """
    settings = read_settings()
    return _opened(str(settings.store), settings.database_url, settings.photos, settings.user)


def clinic_zone(store: Store) -> ZoneInfo:
    """Return the clinic's time zone; from here on this run writes dates and numbers as the clinic does.

    Each part of a page that runs alone begins with it.
    """
    clinic = store.people.clinic()
    use_locale(clinic.locale)
    return clinic.zone


def clinic_or_stop() -> OpenClinic:
    """Return the open store, or say in one sentence why there is none and end the page.

    From here on the page writes dates and numbers as the clinic does.
    """
    try:
        clinic = open_clinic()
        _take_zone_of_browser(clinic.store)
        use_locale(clinic.store.people.clinic().locale)
    except SkincompareError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
        st.stop()
    return clinic


def _take_zone_of_browser(store: Store) -> None:
    """Let a new clinic lie where the browser is: times that are typed in count there. Settings change it."""
    zone = st.context.timezone
    if not zone or store.people.has_clinic():
        return
    with suppress(OptionError):  # a zone that this machine does not know
        store.people.set_clinic(Clinic(time_zone=zone))


@st.cache_resource(max_entries=1, show_spinner=False, on_release=lambda clinic: clinic.store.close())
def _opened(folder: str, database_url: str, photos: str, user: str) -> OpenClinic:
    settings = read_settings()
    store = open_store(settings.store, database_url=database_url, photos=photos, actor=user)
    return OpenClinic(store, store.photos.sweep())
