"""The list of patients and a patient's page: an empty clinic, a made-up one, hostile names, a journey each."""

import json
import math
import time
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from skincompare.records import (
    AnalysisStatus,
    Clinic,
    Condition,
    Consent,
    Course,
    Fitzpatrick,
    Patient,
    Symptom,
    TickedSymptom,
)
from skincompare.store import Store, open_store
from skincompare.ui.jobs import jobs
from skincompare.ui.keys import Key
from skincompare.ui.widgets import demo_clinic
from skincompare.workflows import measuring
from skincompare.workflows import timeline as timelines
from skincompare.workflows.jobs import Job
from skincompare.workflows.views import keep_view
from tests.store.clinic import PORES, REDNESS, add_course, add_photo, add_session, analysis, change

WAIT_SECONDS = 30.0
HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "=cmd|' /C calc'!A0",
    "مرحبا שלום",
    "**bold** [link](http://a.b) $x$ :material/home:",
    "n" * 200,
)


@pytest.fixture(autouse=True)
def methods(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (measuring, timelines):
        monkeypatch.setattr(module, "current_methods", lambda: {"redness": REDNESS, "pores": PORES})


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fast_disk: None) -> Iterator[Store]:
    """Return the clinic of the app."""
    monkeypatch.setenv("SKINCOMPARE_STORE", str(tmp_path / "store"))
    with open_store(tmp_path / "store") as opened:
        opened.people.set_clinic(Clinic(time_zone="Europe/Vienna"))
        yield opened


@pytest.fixture
def followed(store: Store) -> tuple[Patient, Course]:
    """Return a patient whose redness stays, with a photo that could not be compared and one that waits."""
    patient, course = add_course(store, "A-17", display_name="Ada")
    add_session(store, course, practitioner="Dr. Ito")
    baseline = add_photo(store, course, 0, -1)
    for number, day in enumerate((1, 3, 8, 9), 1):
        photo = add_photo(store, course, number, day)
        changes = tuple(change(baseline, photo, region=region, by=9.0) for region in ("left_cheek", "nose"))
        store.analyses.add(analysis(baseline, photo, changes=changes))
    turned = add_photo(store, course, 5, 10)
    store.analyses.add(
        analysis(
            baseline, turned, changes=(), status=AnalysisStatus.REFUSED, problem="The head is turned away."
        )
    )
    add_photo(store, course, 6, 12)
    return patient, course


def page(name: str, **query: str) -> AppTest:
    app = AppTest.from_string(f"from skincompare.ui.pages import {name}\n{name}.show()", default_timeout=60)
    for key, value in query.items():
        app.query_params[key] = value
    return app


def dialog(module: str, call: str) -> AppTest:
    """Return a page that is nothing but an open dialog: AppTest runs the whole page where a browser runs the dialog."""
    name = call.partition("(")[0]
    script = f"""
from skincompare.ui.clinic import open_clinic
from skincompare.ui.widgets.{module} import {name}
store = open_clinic().store
patient = store.people.find("A-17")
courses = store.treatments.courses(patient) if patient else ()
zone = store.people.clinic().zone
{call}
"""
    return AppTest.from_string(script, default_timeout=60)


def texts(app: AppTest) -> str:
    bodies = [element.body for element in app.html]
    spoken = [element.value for kind in (app.markdown, app.info, app.error, app.caption) for element in kind]
    return "\n".join([*bodies, *spoken])


def rows(app: AppTest) -> list[dict[str, Any]]:
    (component,) = app.get("bidi_component")
    found: list[dict[str, Any]] = json.loads(component.proto.json)["rows"]
    return found


# The list


def test_an_empty_clinic_offers_a_patient_and_the_demo(store: Store) -> None:
    app = page("patients").run()
    assert not app.exception
    assert "Nobody is in this clinic yet" in texts(app)
    assert app.button(key=f"{Key.DEMO}_start").label == "Fill the demo clinic"
    assert app.button(key=Key.PATIENT_NEW)


def test_the_demo_is_filled_in_the_background_and_then_listed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, goes_on = Event(), Event()

    def fill(into: Store, job: Job) -> None:
        job.tell("day_01.jpg", 0.5)
        begun.set()
        goes_on.wait(WAIT_SECONDS)
        into.people.add(Patient(code="DEMO-A", is_simulated=True))

    monkeypatch.setattr(demo_clinic, "fill_and_measure", fill)
    app = page("patients").run()
    app.button(key=f"{Key.DEMO}_start").click()
    app.run()
    assert begun.wait(WAIT_SECONDS)
    app.run()
    assert app.button(key=f"cancel_{Key.DEMO}").label == "Stop"
    goes_on.set()
    job = jobs().find(Key.DEMO)
    end = time.monotonic() + WAIT_SECONDS
    while job is not None and not job.is_over and time.monotonic() < end:
        time.sleep(0.01)
    app.run()
    assert not app.exception
    assert [row["code"] for row in rows(app)] == ["DEMO-A"]


def test_a_row_tells_flags_and_what_waits_in_words_and_shape(followed: tuple[Patient, Course]) -> None:
    (row,) = rows(page("patients").run())
    assert (row["code"], row["name"]) == ("A-17", "Ada")
    assert row["facts"] == ["Last session 3 March 2026", "7 photos · acne scars"]
    shapes = [(note["shape"], note["strong"]) for note in row["notes"]]
    assert shapes == [("▲", True), ("◌", False), ("✕", False)]
    assert "still detectably raised" in row["notes"][0]["text"]
    assert [note["text"] for note in row["notes"][1:]] == [
        "1 photo not measured yet",
        "1 photo not comparable",
    ]


def test_a_search_shows_who_fits_and_says_when_nobody_does(store: Store) -> None:
    for code, name in (("A-1", "Ada"), ("B-2", "Berta")):
        store.people.add(Patient(code=code, display_name=name))
    app = page("patients").run()
    assert [row["code"] for row in rows(app)] == ["A-1", "B-2"]
    app.text_input(key=Key.PATIENT_SEARCH).set_value("ber").run()
    assert [row["code"] for row in rows(app)] == ["B-2"]
    app.text_input(key=Key.PATIENT_SEARCH).set_value("zz").run()
    assert "Nobody found" in texts(app)


def test_pages_are_turned(store: Store) -> None:
    for number in range(45):
        store.people.add(Patient(code=f"P-{number:02d}"))
    app = page("patients").run()
    assert len(rows(app)) == 20
    assert "1 to 20 of 45 patients" in texts(app)
    app.button(key=Key.PATIENTS_NEXT).click().run()
    app.button(key=Key.PATIENTS_NEXT).click().run()
    assert [row["code"] for row in rows(app)] == [f"P-{number:02d}" for number in range(40, 45)]
    app.button(key=Key.PATIENTS_PREVIOUS).click().run()
    assert rows(app)[0]["code"] == "P-20"


def test_a_new_patient_is_asked_for_and_a_taken_code_explained(followed: Any, store: Store) -> None:
    app = dialog("patient_form", "new_patient(store)").run()
    app.text_input(key=Key.PATIENT_CODE).set_value("A-17")
    app.button(key=Key.PATIENT_SAVE).click().run()
    assert "The code A\\-17 is taken by another patient" in app.error[0].value
    app.text_input(key=Key.PATIENT_CODE).set_value("N-1")
    app.selectbox(key=Key.PATIENT_CONDITION).set_value("wrinkles")
    app.selectbox(key=Key.PATIENT_SKIN).set_value("IV")
    app.checkbox(key=Key.PATIENT_CONSENT).check()
    app.button(key=Key.PATIENT_SAVE).click().run()
    assert not app.exception
    patient = store.people.get("N-1")
    assert patient.fitzpatrick is Fitzpatrick.IV
    assert [one.condition for one in store.treatments.courses(patient)] == [Condition.WRINKLES]
    assert [one.purpose for one in store.people.consents(patient)] == ["treatment record"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_data_on_the_list(store: Store, name: str) -> None:
    store.people.add(Patient(code=name[:60], display_name=name))
    app = page("patients").run()
    assert not app.exception
    assert rows(app)[0]["name"] == name
    assert "<img" not in texts(app)


def test_a_patient_is_changed_and_removed_by_its_code(followed: Any, store: Store) -> None:
    patient = followed[0]
    app = dialog("patient_form", "edit_patient(store, patient)").run()
    app.text_input(key=f"{Key.PATIENT_NAME}_{patient.uid}").set_value("Ada L.")
    app.button(key=Key.PATIENT_SAVE).click().run()
    assert store.people.get("A-17").display_name == "Ada L."
    app = dialog("patient_form", "remove_patient(store, patient)").run()
    assert "1 course, 1 session and 7 photos" in texts(app)
    app.text_input(key=Key.PATIENT_REMOVE_CODE).set_value("A-1")
    app.button(key=Key.PATIENT_REMOVE).click().run()
    assert "not the code of this patient" in app.error[0].value
    app.text_input(key=Key.PATIENT_REMOVE_CODE).set_value("A-17")
    app.button(key=Key.PATIENT_REMOVE).click().run()
    assert store.people.count() == 0


def test_a_session_is_asked_for_in_the_clinics_time(followed: Any, store: Store) -> None:
    app = dialog("session_form", "new_session(store, courses[0], zone, None)").run()
    mark = f"{followed[1].id}_new_0"
    app.multiselect(key=f"{Key.SESSION_REGIONS}_{mark}").set_value(["chin", "nose"]).run()
    app.number_input(key=f"{Key.SESSION_DEPTH}_chin_1.0_{mark}").set_value(0.5)
    app.text_input(key=f"{Key.SESSION_DEVICE}_{mark}").set_value("pen")
    app.selectbox(key=f"{Key.SESSION_WHO}_{mark}").set_value("Dr. Ito")
    app.get("date_time_input")[0].set_value(datetime(2026, 7, 1, 9, 0))
    app.button(key=f"{Key.SESSION_SAVE}_{mark}").click().run()
    assert not app.exception
    session = store.treatments.sessions(followed[1])[-1]
    assert dict(session.depths_mm) == {"chin": 0.5, "nose": 1.0}
    assert (session.device, session.practitioner) == ("pen", "Dr. Ito")
    assert session.at.isoformat() == "2026-07-01T09:00:00+02:00"


# The patient


def test_no_patient_sends_back_to_the_list(store: Store) -> None:
    app = page("patient", patient="unknown").run()
    assert not app.exception
    assert "No patient is open" in texts(app)


def test_a_patient_without_course_or_photo_says_what_comes_next(store: Store) -> None:
    patient = store.people.add(Patient(code="N-1"))
    assert "has no course yet" in texts(page("patient", patient=patient.uid).run())
    store.treatments.add_course(Course(patient_id=patient.id or 0))
    app = page("patient", patient=patient.uid).run()
    assert not app.exception
    assert "There are no photos yet" in texts(app)
    assert "Nothing to compare yet" in texts(app)


def test_a_course_is_on_one_screen(followed: tuple[Patient, Course], store: Store) -> None:
    session = store.treatments.sessions(followed[1])[0]
    assert session.id is not None
    store.aftercare.tick(TickedSymptom(session_id=session.id, symptom=Symptom.PAIN, at=session.at))
    app = page("patient", patient=followed[0].uid).run()
    assert not app.exception
    shown = texts(app)
    assert "<h1" in shown
    assert "Ada" in shown
    assert "A-17 · Acne scars" in shown
    assert "still detectably raised" in shown
    assert "The head is turned away." in shown
    assert "✕ not comparable" in shown
    assert "◌ not measured" in shown
    assert "Redness on the left cheek was highest on day" in shown
    assert "1.5 mm: left cheek" in shown
    assert app.get("arrow_vega_lite_chart") or app.get("vega_lite_chart")
    assert app.button(key=f"{Key.COURSE_MEASURE}_{followed[1].id}_start").label.startswith("Measure")


def test_untold_redness_is_never_called_no_change(store: Store) -> None:
    patient, course = add_course(store)
    add_session(store, course)
    baseline, photo = (add_photo(store, course, number, day) for number, day in enumerate((-1, 1)))
    changes = (
        *(change(baseline, photo, region=region, by=math.nan) for region in ("left_cheek", "nose")),
        change(baseline, photo, quantity="roughness", region="left_cheek", by=0.0),
    )
    store.analyses.add(analysis(baseline, photo, changes=changes))
    keep_view(store, baseline, photo, ("left_cheek", "nose"), b"kept")
    shown = texts(page("patient", patient=patient.uid).run())
    assert "How red the left cheek and nose is could not be told" in shown
    assert "Redness could not be told, left cheek and nose." in shown
    assert "No detectable change" not in shown


def test_a_photo_that_tells_nothing_says_why(store: Store) -> None:
    patient, course = add_course(store)
    add_session(store, course)
    baseline, photo = (add_photo(store, course, number, day) for number, day in enumerate((-1, 1)))
    untold = tuple(change(baseline, photo, region=region, by=math.nan) for region in ("left_cheek", "nose"))
    store.analyses.add(analysis(baseline, photo, changes=untold))
    keep_view(store, baseline, photo, ("left_cheek", "nose"), b"kept")
    shown = texts(page("patient", patient=patient.uid).run())
    assert "Nothing could be measured on the treated skin." in shown
    assert "Nothing tells the light. Show the forehead." in shown


def test_a_second_course_is_chosen_and_named_in_the_address(
    followed: tuple[Patient, Course], store: Store
) -> None:
    patient, first = followed
    second = store.treatments.add_course(Course(patient_id=patient.id or 0, title="spring"))
    app = page("patient", patient=patient.uid).run()
    chooser = app.selectbox(key=f"{Key.COURSE}_{patient.uid}_{second.id}")
    assert chooser.value == str(second.id)  # the newest
    chooser.set_value(str(first.id)).run()
    assert not app.exception
    assert app.query_params["course"] == str(first.id)
    assert "highest on day" in texts(app)


def test_symptoms_and_grades_are_written_down(followed: tuple[Patient, Course], store: Store) -> None:
    app = page("patient", patient=followed[0].uid)
    app.session_state[Key.RECORDS] = "Symptoms"
    app.run()
    app.button(key=Key.SYMPTOM_SAVE).click().run()
    assert not app.exception
    assert [one.symptom for one in store.aftercare.symptoms(followed[1])] == [Symptom.PAIN]
    assert "Pain, after session 1" in texts(app).replace("\\", "")
    app.button(key=Key.SYMPTOM_REMOVE).click().run()
    assert store.aftercare.symptoms(followed[1]) == ()
    app.session_state[Key.RECORDS] = "Grades by a person"
    app.run()
    app.button(key=Key.GRADE_SAVE).click().run()
    assert not app.exception
    assert [one.grade for one in store.treatments.grades(followed[0])] == [0]


def test_a_consent_is_noted_and_taken_back(followed: tuple[Patient, Course], store: Store) -> None:
    app = page("patient", patient=followed[0].uid)
    app.session_state[Key.RECORDS] = "Notes and consents"
    app.run()
    app.button(key=Key.CONSENT_SAVE).click().run()
    (consent,) = store.people.consents(followed[0])
    assert consent.withdrawn_on is None
    app.button(key=f"{Key.CONSENT_SAVE}_{consent.id}").click().run()
    assert not app.exception
    (consent,) = store.people.consents(followed[0])
    assert consent.withdrawn_on is not None


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_shown_literally(store: Store, name: str) -> None:
    patient, course = add_course(store, name[:60], display_name=name, notes=name)
    add_session(store, course, device=name, practitioner=name, notes=name, instructions=name)
    add_photo(store, course, 0, -1, file_name=name)
    add_photo(store, course, 1, 1, file_name=name)
    store.people.add_consent(Consent(patient_id=patient.id or 0, purpose=name, given_on=date(2026, 3, 3)))
    for records in ("Sessions", "Symptoms", "Grades by a person", "Notes and consents"):
        app = page("patient", patient=patient.uid)
        app.session_state[Key.RECORDS] = records
        app.run()
        assert not app.exception
        assert "<img src=x" not in texts(app)
