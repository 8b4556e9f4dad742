"""Patient view, settings and methods: an empty clinic, a made-up one, hostile names, and a journey each."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from skincompare.records import Clinic, Course, Patient
from skincompare.recovery import DepthClass
from skincompare.store import Store, open_store
from skincompare.ui.jobs import jobs
from skincompare.ui.keys import Key
from skincompare.workflows import measuring
from skincompare.workflows import timeline as timelines
from skincompare.workflows.bands import clinic_bands
from skincompare.workflows.views import keep_view
from tests.store.clinic import PORES, REDNESS, add_course, add_photo, add_session, analysis, change

JOB_SECONDS = 30.0
HOSTILE = ("<img src=x onerror=alert(1)>", "=cmd|' /C calc'!A0", "مرحبا שלום", "n" * 200)


@pytest.fixture(autouse=True)
def methods(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (measuring, timelines):
        monkeypatch.setattr(module, "current_methods", lambda: {"redness": REDNESS, "pores": PORES})


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fast_disk: None) -> Iterator[Store]:
    """Return the clinic of the app."""
    monkeypatch.setenv("SKINCOMPARE_STORE", str(tmp_path / "store"))
    with open_store(tmp_path / "store", actor="Dr. Ito") as opened:
        yield opened


def followed(store: Store, name: str = "Ada", by: float = 9.0) -> tuple[Patient, Course]:
    """Return a patient with two measured photos whose views are kept."""
    patient, course = add_course(store, "A-17", display_name=name)
    add_session(store, course, practitioner=name)
    baseline = add_photo(store, course, 0, -1)
    for number, day in enumerate((1, 3), 1):
        photo = add_photo(store, course, number, day)
        changes = tuple(change(baseline, photo, region=region, by=by) for region in ("left_cheek", "nose"))
        store.analyses.add(analysis(baseline, photo, changes=changes))
        keep_view(store, baseline, photo, ("left_cheek", "nose"), b"kept")
    return patient, course


def page(name: str, **query: str) -> AppTest:
    app = AppTest.from_string(f"from skincompare.ui.pages import {name}\n{name}.show()", default_timeout=60)
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


def texts(app: AppTest) -> str:
    bodies = [element.body for element in app.html]
    spoken = [
        element.value
        for kind in (app.markdown, app.info, app.error, app.caption, app.success)
        for element in kind
    ]
    return "\n".join([*bodies, *spoken])


# The patient view


def test_nothing_to_present_leads_back(store: Store) -> None:
    assert "nothing to show yet" in texts(page("present"))
    patient, _ = add_course(store)
    app = page("present", patient=patient.uid)
    assert not app.exception
    assert "nothing to show yet" in texts(app)


def test_the_newest_photo_is_presented_without_navigation_or_name(store: Store) -> None:
    patient, _ = followed(store)
    store.people.add(Patient(code="OTHER-1", display_name="Berta"))
    app = page("present", patient=patient.uid)
    assert not app.exception
    shown = texts(app)
    assert "3 days after your treatment of 3 March 2026" in shown
    assert "The treated skin is still redder than before the treatment." in shown
    assert "stHeader]{display:none}" in shown
    for name in ("Ada", "A-17", "Berta", "OTHER-1"):
        assert name not in shown
    data = json.loads(app.get("bidi_component")[0].proto.json)
    assert [pair["after_note"] for pair in data["pairs"]] == ["Day 1 · 4 March 2026", "Day 3 · 6 March 2026"]
    assert data["current"] == data["pairs"][-1]["id"]


def test_the_photo_of_the_address_is_presented(store: Store) -> None:
    patient, course = followed(store, by=0.2)
    first = store.photos.of_course(course)[1]
    app = page("present", patient=patient.uid, photo=str(first.id))
    assert "1 day after your treatment" in texts(app)
    assert "as red as before the treatment, as far as photos can tell" in texts(app)
    assert "improved" not in texts(app)


# Settings


def section(app: AppTest, name: str) -> AppTest:
    return app.segmented_control(key=Key.SETTINGS).set_value(name).run()


def test_the_clinic_is_named(store: Store) -> None:
    app = page("settings")
    assert not app.exception
    assert "Nobody is named in a session yet" in texts(app)
    app.text_input(key=Key.CLINIC_NAME).set_value("Clinic <b>")
    app.selectbox(key=Key.CLINIC_ZONE).set_value("Europe/Vienna")
    app.selectbox(key=Key.CLINIC_LOCALE).set_value("de_AT")
    app.button(key=Key.CLINIC_SAVE).click().run()
    assert not app.exception
    assert store.people.clinic() == Clinic(name="Clinic <b>", time_zone="Europe/Vienna", locale="de_AT")


def test_a_band_is_set_with_its_provenance_and_reset(store: Store) -> None:
    app = section(page("settings"), "Expected recovery")
    assert not app.exception
    assert "An assumption" in texts(app)
    mark = "middle_2.0_4.0_7.0"
    app.number_input(key=f"{Key.BAND}_1_{mark}").set_value(5.0)
    app.button(key=f"{Key.BAND_SAVE}_{mark}").click().run()
    assert "provenance" in app.error[0].value
    app.text_input(key=f"{Key.BAND_PROVENANCE}_{mark}").set_value("our sheet of 2026")
    app.button(key=f"{Key.BAND_SAVE}_{mark}").click().run()
    assert clinic_bands(store).line(DepthClass.MIDDLE).last_day == 5.0
    assert "Set by your clinic: our sheet of 2026" in texts(app).replace("\\", "")
    app.button(key=f"{Key.BAND_RESET}_middle_2.0_5.0_7.0").click().run()
    assert clinic_bands(store).line(DepthClass.MIDDLE).last_day == 4.0


def test_storage_says_what_is_wrong_and_copies(store: Store, tmp_path: Path) -> None:
    followed(store)
    store.keep_file(b"of nobody", "aa/" + "a" * 64 + ".jpg")
    app = section(page("settings"), "Storage and copies")
    assert not app.exception
    assert "1 file belongs to nobody" in texts(app)
    app.text_input(key=Key.STORE_FOLDER).set_value(str(tmp_path / "copy")).run()
    app.button(key=f"{Key.STORE_COPY}_start").click().run()
    wait_for(Key.STORE_COPY)
    app.run()
    assert "all records are in the copy" in texts(app)
    with open_store(tmp_path / "copy") as copy:
        assert copy.people.count() == 1
    app.button(key=Key.STORE_CLEAR).click().run()
    app.button(key=Key.STORE_DERIVED).click().run()
    assert not app.exception
    assert store.derived.n_bytes() == 0
    assert store.photos.sweep().is_clean


def test_every_photo_is_checked(store: Store) -> None:
    followed(store)
    app = section(page("settings"), "Storage and copies")
    assert "fit together" in texts(app)
    app.button(key=f"{Key.STORE_CHECK}_start").click().run()
    wait_for(Key.STORE_CHECK)
    app.run()
    assert not app.exception
    assert "fit together" in texts(app)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_in_settings_and_patient_view(store: Store, name: str) -> None:
    patient, _ = followed(store, name)
    for app in (
        page("settings"),
        section(page("settings"), "Export"),
        section(page("settings"), "About"),
        page("present", patient=patient.uid),
    ):
        assert not app.exception
        assert "<img src=x" not in texts(app)


def wait_for(key: str) -> None:
    end = time.monotonic() + JOB_SECONDS
    while time.monotonic() < end:
        found = jobs().find(key)
        if found is not None and found.is_over:
            return
        time.sleep(0.01)
    pytest.fail(f"The job {key} did not end.")


# Methods


def test_methods_say_in_short_what_it_cannot_do(store: Store) -> None:
    app = page("methods")
    assert not app.exception
    assert "It makes no diagnosis" in texts(app)
    assert "Erythema" in texts(app) or "Redness" in texts(app)


def test_a_method_is_read_with_its_pictures(store: Store) -> None:
    app = page("methods", page="spots")
    assert not app.exception
    assert "How spots are found" in texts(app)
    assert "](/pictures/" in texts(app)
    assert ".md)" not in texts(app)


def test_methods_without_their_folder_are_a_calm_sentence(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from skincompare.ui.pages import methods as shown

    monkeypatch.setattr(shown, "handbook_folder", lambda: None)
    app = page("methods")
    assert not app.exception
    assert "not installed with this copy" in texts(app)
