"""Settings: the clinic, what is expected after a session, where everything is, copies and exports."""

import platform
from html import escape

import streamlit as st

from skincompare.errors import SkincompareError
from skincompare.records import Clinic
from skincompare.store import Store
from skincompare.ui.clinic import clinic_or_stop
from skincompare.ui.keys import Key
from skincompare.ui.problems import CalmErrors, escape_markdown
from skincompare.ui.widgets.bands_form import show_bands
from skincompare.ui.widgets.page_frame import begin_page, end_page
from skincompare.ui.widgets.patient_form import archive_name
from skincompare.ui.widgets.storage import show_storage
from skincompare.ui.words import patients as patient_words
from skincompare.ui.words import settings as words
from skincompare.ui.words.settings import Section
from skincompare.version import package_version
from skincompare.workflows.housekeeping import known_locales, known_zones
from skincompare.workflows.patients import patient_archive

__all__ = ["show"]

LISTED = 20
"""Patients offered for an export at a time."""
FORM_WIDTH_PX = 560


@CalmErrors()
def show() -> None:
    """Draw the page."""
    begin_page()
    clinic = clinic_or_stop()
    section = st.segmented_control(
        words.SECTIONS,
        [one.value for one in Section],
        default=Section.CLINIC.value,
        required=True,
        key=Key.SETTINGS,
        label_visibility="collapsed",
    )
    if section == Section.CLINIC:
        _clinic(clinic.store)
    elif section == Section.BANDS:
        show_bands(clinic.store)
    elif section == Section.STORAGE:
        show_storage(clinic.store, clinic.sweep)
    elif section == Section.EXPORT:
        _export(clinic.store)
    else:
        _about()
    end_page()


def _clinic(store: Store) -> None:
    now = store.people.clinic()
    zones, locales = known_zones(), known_locales()
    with st.form(Key.CLINIC_FORM, width=FORM_WIDTH_PX):
        name = st.text_input(words.NAME, now.name, help=words.NAME_HELP, max_chars=200, key=Key.CLINIC_NAME)
        zone = st.selectbox(
            words.ZONE, zones, _place(zones, now.time_zone), help=words.ZONE_HELP, key=Key.CLINIC_ZONE
        )
        locale = st.selectbox(words.LOCALE, locales, _place(locales, now.locale), key=Key.CLINIC_LOCALE)
        is_sent = st.form_submit_button(words.SAVE, type="primary", key=Key.CLINIC_SAVE)
    if is_sent:
        try:
            store.people.set_clinic(Clinic(name=name.strip(), time_zone=zone, locale=locale))
        except SkincompareError as error:
            st.error(escape_markdown(str(error)), icon=":material/error:")
        else:
            st.toast(words.SAVED, icon=":material/check:")
    st.markdown(f"##### {words.WHO}")
    people = store.treatments.practitioners()
    if people:
        st.html("".join(f'<p class="sc-name" dir="auto">{escape(one)}</p>' for one in people))
    else:
        st.write(words.NOBODY)
    st.caption(f"{escape_markdown(words.signed_as(store.actor))} {words.ACTOR_HELP}")


def _place(listed: tuple[str, ...], wanted: str) -> int:
    return listed.index(wanted) if wanted in listed else 0


def _export(store: Store) -> None:
    st.write(words.EXPORT_TEXT)
    search = st.text_input(
        words.EXPORT_FIND, type="search", live=True, max_chars=200, key=Key.EXPORT_FIND, width=FORM_WIDTH_PX
    )
    found = {one.patient.uid: one.patient for one in store.people.page(search=search or "", limit=LISTED)}
    if not found:
        st.info(words.EXPORT_NOBODY)
        return
    chosen = st.selectbox(
        words.EXPORT_WHO,
        list(found),
        format_func=lambda uid: patient_words.patient_name(found[uid]),
        key=Key.EXPORT_WHO,
        width=FORM_WIDTH_PX,
    )
    patient = found[chosen]
    st.download_button(
        words.EXPORT,
        data=lambda: patient_archive(store, patient),
        file_name=archive_name(patient),
        mime="application/zip",
        icon=":material/download:",
        on_click="ignore",
        key=Key.EXPORT,
    )


def _about() -> None:
    facts = ((words.VERSION, package_version()), (words.PYTHON, platform.python_version()))
    listed = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in facts)
    st.html(f'<dl class="sc-facts">{listed}</dl>')
    st.write(words.PRIVACY)
