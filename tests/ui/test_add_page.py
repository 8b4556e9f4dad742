"""The page that adds photos: whose, dates to confirm, what stays out and why, stored in the background."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from skincompare.errors import StoreUnavailableError
from skincompare.records import AnalysisStatus, Clinic, Course, Patient, TimeSource, View
from skincompare.store import Store, open_store
from skincompare.ui import capture, intake
from skincompare.ui.jobs import jobs
from skincompare.ui.keys import Key
from skincompare.ui.state import PATIENT
from skincompare.ui.words import add as words
from skincompare.ui.words import camera
from skincompare.ui.words import jobs as job_words
from skincompare.web import shelf, tickets
from skincompare.workflows import incoming
from skincompare.workflows.importing import ImportedFile, ImportPlan, import_photos
from skincompare.workflows.jobs import Job
from skincompare.workflows.measuring import Pair
from tests.store.clinic import TREATED_AT, add_course, add_photo, add_session, analysis
from tests.workflows.conftest import picture

HOSTILE = '<img src=x onerror="alert(1)">'
WAIT_SECONDS = 30.0

Treated = tuple[Patient, Course]


@pytest.fixture
def clinic(tmp_path: Path, fast_disk: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """Make the app's store an empty one, in which nothing is measured."""
    monkeypatch.setenv("SKINCOMPARE_STORE", str(tmp_path / "store"))
    for module in (intake, capture):
        monkeypatch.setattr(module, "start_measuring", lambda *_: None)
    with open_store(tmp_path / "store") as opened:
        opened.people.set_clinic(Clinic(time_zone="Europe/Vienna"))
        yield opened


@pytest.fixture
def treated(clinic: Store) -> Treated:
    patient, course = add_course(clinic, "A-17", display_name="Anna")
    add_session(clinic, course)
    return patient, course


def page(patient: Patient | None = None) -> AppTest:
    app = AppTest.from_string("from skincompare.ui.pages import add\nadd.show()", default_timeout=60)
    if patient is not None:
        app.query_params[PATIENT] = patient.uid
    return settled(app.run())


def settled(app: AppTest) -> AppTest:
    """Wait until no job runs, then draw the page as it is then."""
    assert not app.exception
    assert not app.error, [one.value for one in app.error]
    end = time.monotonic() + WAIT_SECONDS
    while jobs().running():
        assert time.monotonic() < end
        time.sleep(0.01)
    app.run()
    assert not app.exception
    return app


def dropped(app: AppTest, *paths: Path) -> AppTest:
    uploader = next(one for one in app.file_uploader if str(one.key).startswith(Key.ADD_FILES))
    uploader.set_value([(path.name, path.read_bytes(), "image/jpeg") for path in paths])
    return settled(app.run())


def texts(app: AppTest) -> str:
    shown = (app.html, app.markdown, app.info, app.warning, app.caption, app.subheader)
    return "\n".join(getattr(one, "value", None) or one.body for kind in shown for one in kind)


def labels(app: AppTest) -> list[str]:
    return [one.label for one in app.button]


def store_all(app: AppTest) -> AppTest:
    app.button(key=Key.ADD_STORE).click()
    return settled(app.run())


def test_an_empty_clinic_makes_a_patient_by_code_alone(clinic: Store) -> None:
    app = page()
    assert words.WHOSE in texts(app)
    app.text_input(key=Key.ADD_CODE).input("  ")
    app.button(key=Key.ADD_NEW).click().run()
    assert "is empty" in app.error[0].value
    app.text_input(key=Key.ADD_CODE).input("C-1")
    app.button(key=Key.ADD_NEW).click().run()
    patient = clinic.people.get("C-1")
    assert len(clinic.treatments.courses(patient)) == 1
    assert app.query_params[PATIENT] == patient.uid
    assert len(app.file_uploader) == 1


def test_a_patient_is_found_by_name_and_opened(treated: Treated, clinic: Store) -> None:
    add_course(clinic, "B-2")
    app = page()
    app.text_input(key=Key.ADD_FIND).input("ann").run()
    assert "A-17 · Anna".replace("-", "\\-") in labels(app)
    assert not any("B" in one for one in labels(app))
    app.button(key=f"{Key.ADD_PICK}_{treated[0].uid}").click().run()
    assert len(app.file_uploader) == 1
    app.button(key=Key.ADD_OTHER).click().run()
    assert words.WHOSE in texts(app)


def test_photos_are_shown_before_they_are_stored(treated: Treated, clinic: Store, tmp_path: Path) -> None:
    paths = [
        picture(tmp_path / "before.jpg", 90, day=-1),
        picture(tmp_path / "after.jpg", 91, day=3),
        picture(tmp_path / "undated.jpg", 92),
    ]
    bad = tmp_path / "bad.jpg"
    bad.write_text("no photo")
    app = dropped(page(treated[0]), *paths, bad)
    shown = texts(app)
    assert clinic.photos.of_course(treated[1]) == ()
    assert "2 Mar 2026, 09:00" in shown  # 10:00 at +02:00, in Vienna
    assert words.BASELINE in shown
    assert words.DATES in shown
    assert "bad.jpg" in shown
    assert words.REFUSED in shown
    assert "needs its date" in shown
    assert words.store_button(2) in labels(app)

    app = store_all(app)
    assert [one.file_name for one in clinic.photos.of_course(treated[1])] == ["before.jpg", "after.jpg"]
    shown = texts(app)
    assert words.RESULTS in shown
    assert "undated.jpg" in shown
    assert "bad.jpg" in shown

    key = next(str(one.key) for one in app.datetime_input)
    app.datetime_input(key=key).set_value(datetime(2026, 3, 9, 12, 0)).run()
    store_all(app)
    stored = clinic.photos.of_course(treated[1])[-1]
    assert (stored.file_name, stored.captured_source) == ("undated.jpg", TimeSource.TYPED)
    assert stored.captured.isoformat() == "2026-03-09T12:00:00+01:00"


def test_one_date_is_given_to_all_that_have_none(treated: Treated, clinic: Store, tmp_path: Path) -> None:
    app = dropped(page(treated[0]), *(picture(tmp_path / f"{n}.jpg", n) for n in (1, 2, 3)))
    assert Key.ADD_STORE not in [one.key for one in app.button]
    app.button(key=Key.ADD_FOR_ALL).click().run()
    assert words.ENTER_FIRST in texts(app)
    app.datetime_input(key=Key.ADD_ALL_DATE).set_value(datetime(2026, 3, 4, 8, 30)).run()
    app.button(key=Key.ADD_FOR_ALL).click().run()
    store_all(app)
    photos = clinic.photos.of_course(treated[1])
    assert [one.captured.isoformat() for one in photos] == ["2026-03-04T08:30:00+01:00"] * 3


def test_a_folder_of_this_machine_gives_file_dates_to_confirm(
    treated: Treated, clinic: Store, tmp_path: Path
) -> None:
    folder = tmp_path / "camera"
    picture(folder / "1.jpg", 1)
    picture(folder / "2.jpg", 2)
    app = page(treated[0])
    app.button_group(key=Key.ADD_WAY).set_value(words.FOLDER).run()
    app.text_input(key=Key.ADD_FOLDER).input(str(tmp_path / "nowhere"))
    app.button(key=Key.ADD_LOOK).click().run()
    app.text_input(key=Key.ADD_FOLDER).input(str(folder))
    app.button(key=Key.ADD_LOOK).click()
    app = settled(app.run())
    app.button(key=f"{Key.ADD_RIGHT}_all").click()
    store_all(app.run())
    assert {one.captured_source for one in clinic.photos.of_course(treated[1])} == {TimeSource.FILE}
    assert sorted(path.name for path in folder.iterdir()) == ["1.jpg", "2.jpg"]  # nothing is taken away


def test_anothers_photo_and_one_stored_before_are_named_before_anything_is_stored(
    treated: Treated, clinic: Store, tmp_path: Path
) -> None:
    other = add_course(clinic, "B-2")
    theirs = picture(tmp_path / "theirs.jpg", 1, day=1)
    mine, twin = picture(tmp_path / "mine.jpg", 2, day=2), tmp_path / "twin.jpg"
    list(import_photos(clinic, ImportPlan(*other), [theirs]))
    list(import_photos(clinic, ImportPlan(*treated), [mine]))
    new = picture(tmp_path / "new.jpg", 3, day=3)
    twin.write_bytes(new.read_bytes())
    app = dropped(page(treated[0]), theirs, mine, new, twin)
    shown = texts(app)
    assert "photo of patient B-2. Is A-17 the right patient?" in shown
    assert words.stored_before("mine.jpg") in shown
    assert words.twice("new.jpg") in shown
    assert words.store_button(1) in labels(app)
    app.checkbox(key=f"{Key.ADD_SHARED}_{treated[0].uid}").check().run()
    assert words.store_button(2) in labels(app)
    store_all(app)
    assert {one.file_name for one in clinic.photos.of_course(treated[1])} == {
        "mine.jpg",
        "theirs.jpg",
        "new.jpg",
    }


def test_a_close_up_waits_for_its_site(treated: Treated, clinic: Store, tmp_path: Path) -> None:
    app = dropped(page(treated[0]), picture(tmp_path / "a.jpg", 1, day=1))
    app.button_group(key=Key.ADD_VIEW).set_value(View.CLOSE_UP).run()
    assert words.CLOSE_UP_HINT in texts(app)
    assert Key.ADD_STORE not in [one.key for one in app.button]
    app.text_input(key=Key.ADD_SITE).input("left cheek")
    app.number_input(key=Key.ADD_SCALE).set_value(20.5).run()
    store_all(app)
    (photo,) = clinic.photos.of_course(treated[1])
    assert (photo.view, photo.site, photo.px_per_mm) == (View.CLOSE_UP, "left cheek", 20.5)


def test_a_date_a_view_and_a_place_on_the_list_are_changed(
    treated: Treated, clinic: Store, tmp_path: Path
) -> None:
    paths = [picture(tmp_path / f"{n}.jpg", n, day=n) for n in (1, 2)]
    app = dropped(page(treated[0]), *paths)
    chosen = app.selectbox(key=Key.ADD_CHANGE)
    chosen.select_index(0)
    app.run()
    view = next(one for one in app.selectbox if str(one.key).startswith(Key.ADD_VIEW))
    view.select_index(list(View).index(View.LEFT_PROFILE)).run()
    assert words.view_label(View.LEFT_PROFILE) in texts(app)
    app.selectbox(key=Key.ADD_CHANGE).select_index(1).run()
    leave = next(one for one in app.button if str(one.key).startswith(Key.ADD_LEAVE))
    leave.click().run()
    store_all(app)
    (photo,) = clinic.photos.of_course(treated[1])
    assert (photo.file_name, photo.view) == ("1.jpg", View.LEFT_PROFILE)


def test_what_would_be_a_baseline_is_told(treated: Treated, clinic: Store, tmp_path: Path) -> None:
    app = dropped(page(treated[0]), picture(tmp_path / "late.jpg", 1, day=4))
    assert words.no_baseline("Front") in texts(app).replace("\\", "")
    list(import_photos(clinic, ImportPlan(*treated), [picture(tmp_path / "old.jpg", 2, day=-5)]))
    app = dropped(app, picture(tmp_path / "same_day.jpg", 3, day=-0.02))
    shown = texts(app).replace("\\", "")
    assert words.replaces("old.jpg") in shown
    assert "either this time or that of the session is wrong" in shown


def test_without_a_session_the_page_says_what_counts_as_baseline(clinic: Store, tmp_path: Path) -> None:
    patient, _ = add_course(clinic)
    app = dropped(page(patient), picture(tmp_path / "a.jpg", 1, day=1))
    assert words.NO_SESSION in texts(app).replace("\\", "")


def test_a_course_is_begun_where_there_is_none(clinic: Store) -> None:
    patient = clinic.people.add(Patient(code="D-4"))
    app = page(patient)
    assert not app.file_uploader
    app.button(key=Key.ADD_BEGIN).click().run()
    assert len(app.file_uploader) == 1


def test_hostile_names_are_shown_literally(clinic: Store, tmp_path: Path) -> None:
    patient, course = add_course(clinic, "*bold* `x`", display_name=HOSTILE)
    add_session(clinic, course)
    picked = page()
    assert any("\\*bold\\*" in one for one in labels(picked))
    app = page(patient)
    path = picture(tmp_path / "a.jpg", 1, day=1)
    app.file_uploader[0].set_value([(f"{HOSTILE}.jpg", path.read_bytes(), "image/jpeg")])
    app = settled(app.run())
    assert HOSTILE not in texts(app)
    assert "&lt;img src=x onerror=" in texts(app)
    shown = texts(store_all(app))
    assert HOSTILE not in shown
    (photo,) = clinic.photos.of_course(course)
    assert photo.captured == TREATED_AT + timedelta(days=1)


def test_nothing_stays_in_the_tray_or_the_memory(treated: Treated, clinic: Store, tmp_path: Path) -> None:
    app = dropped(page(treated[0]), *(picture(tmp_path / f"{n}.jpg", n, day=n) for n in (1, 2)))
    tray = tmp_path / "store" / "tray"
    assert len(list(tray.iterdir())) == 2
    assert app.file_uploader[0].value in (None, [])
    store_all(app)
    assert list(tray.iterdir()) == []


def camera_of(app: AppTest) -> dict[str, object]:
    (element,) = app.get("bidi_component")
    found: dict[str, object] = json.loads(element.proto.json)
    return found


def kept(app: AppTest, data: bytes, ticket: str) -> AppTest:
    """Do what the camera's script does: send a photo, then say that it is kept."""
    app.session_state[Key.ADD_KEPT] = (ticket, tickets().keep(ticket, data).name)
    return settled(app.run())


def test_the_camera_lays_the_baseline_over_and_keeps_what_is_taken(
    treated: Treated, clinic: Store, tmp_path: Path
) -> None:
    list(import_photos(clinic, ImportPlan(*treated), [picture(tmp_path / "old.jpg", 2, day=-5)]))
    app = page(treated[0])
    app.button_group(key=Key.ADD_WAY).set_value(words.CAMERA).run()
    shown = camera_of(app)
    ghost = shelf().find(str(shown["ghost"]).rpartition("/")[2])
    assert ghost is not None
    assert (ghost.load() or b"").startswith(b"\xff\xd8")
    app = kept(app, picture(tmp_path / "new.jpg", 3).read_bytes(), str(shown["ticket"]))
    photo = clinic.photos.of_course(treated[1])[-1]
    assert photo.captured_source is TimeSource.CLOCK
    assert abs(photo.captured - datetime.now(UTC)) < timedelta(minutes=5)
    assert photo.file_name.startswith("camera 20")
    assert "Stored: Front" in app.success[0].value.replace("\\", "")
    again = camera_of(app)
    assert (again["ticket"], again["done"]) == (shown["ticket"], 1)


def test_a_photo_goes_where_its_ticket_says_and_only_once(
    treated: Treated, clinic: Store, tmp_path: Path
) -> None:
    app = page(treated[0])
    app.button_group(key=Key.ADD_WAY).set_value(words.CAMERA).run()
    front = camera_of(app)
    assert front["ghost"] == ""
    assert camera.NO_BASELINE in texts(app)
    app.button_group(key=Key.ADD_VIEW).set_value(View.LEFT_PROFILE).run()
    assert camera_of(app)["ticket"] != front["ticket"]
    app = kept(app, picture(tmp_path / "new.jpg", 3).read_bytes(), str(front["ticket"]))
    (photo,) = clinic.photos.of_course(treated[1])
    assert photo.view is View.FRONT
    app.session_state[Key.ADD_KEPT] = (str(front["ticket"]), "taken before")
    app.run()
    assert camera.GONE in app.error[0].value.replace("\\", "")
    app.session_state[Key.ADD_KEPT] = ("a guess", "x")
    app.run()
    assert camera.GONE in app.error[0].value.replace("\\", "")
    assert len(clinic.photos.of_course(treated[1])) == 1


def test_a_photo_that_cannot_be_stored_is_not_lost(
    treated: Treated, clinic: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = page(treated[0])
    app.button_group(key=Key.ADD_WAY).set_value(words.CAMERA).run()
    ticket = str(camera_of(app)["ticket"])

    def full(*_: object) -> None:
        raise StoreUnavailableError("The disk is full.")

    data = picture(tmp_path / "new.jpg", 3).read_bytes()
    monkeypatch.setattr(capture, "store_capture", full)
    app.session_state[Key.ADD_KEPT] = (ticket, tickets().keep(ticket, data).name)
    app.run()
    assert "disk is full" in app.error[0].value
    monkeypatch.undo()
    (waiting,) = (tmp_path / "store" / "tray").iterdir()
    assert waiting.read_bytes() == data


def test_a_close_up_is_not_taken_without_its_site(treated: Treated) -> None:
    app = page(treated[0])
    app.button_group(key=Key.ADD_WAY).set_value(words.CAMERA)
    app.button_group(key=Key.ADD_VIEW).set_value(View.CLOSE_UP).run()
    assert not app.get("bidi_component")
    assert words.CLOSE_UP_HINT in texts(app)
    app.text_input(key=Key.ADD_SITE).input("chin").run()
    assert app.get("bidi_component")


def test_photos_of_another_view_are_sorted_when_a_person_says_so(
    treated: Treated, clinic: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    views = iter([View.FRONT, View.LEFT_THREE_QUARTER, None])
    monkeypatch.setattr(incoming, "_face_view", lambda pixels: next(views))
    app = dropped(page(treated[0]), *(picture(tmp_path / f"{n}.jpg", n, day=n) for n in (1, 2, 3)))
    assert "left three-quarter: 1" in texts(app).replace("\\", "")
    app.button(key=Key.ADD_VIEWS).click().run()
    assert Key.ADD_VIEWS not in [one.key for one in app.button]
    store_all(app)
    photos = clinic.photos.of_course(treated[1])
    assert [one.view for one in photos] == [View.FRONT, View.LEFT_THREE_QUARTER, View.FRONT]


def test_photos_that_cannot_be_compared_are_named_at_once(treated: Treated, clinic: Store) -> None:
    baseline, good, bad = (add_photo(clinic, treated[1], n, day) for n, day in ((1, -1), (2, 1), (3, 2)))
    problem = "The head is turned. Take it again from the front."

    def work(job: Job) -> None:
        for photo, status, said in (
            (good, AnalysisStatus.MEASURED, ""),
            (bad, AnalysisStatus.REFUSED, problem),
        ):
            found = analysis(baseline, photo, status=status, problem=said, changes=())
            job.add((Pair(baseline, photo, (), ()), found))

    jobs().start(intake.measure_key(treated[1]), words.MEASURING, work)
    app = page(treated[0])
    shown = texts(app).replace("\\", "")
    assert words.measured(1) in shown
    assert words.not_comparable("3.jpg", problem) in shown
    app.button(key=Key.ADD_DISMISS).click().run()
    assert problem not in texts(app).replace("\\", "")


def test_a_stopped_import_says_so_and_keeps_the_rest_on_the_list(
    treated: Treated, clinic: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = dropped(page(treated[0]), *(picture(tmp_path / f"{n}.jpg", n, day=n) for n in (1, 2)))

    def stopped(*wanted: Any) -> Iterator[ImportedFile]:
        for one in import_photos(*wanted):
            yield one
            found = jobs().find(intake.import_key(treated[0]))
            assert found is not None
            found.cancel()  # what the button does

    monkeypatch.setattr(intake, "import_photos", stopped)
    app = store_all(app)
    assert [one.file_name for one in clinic.photos.of_course(treated[1])] == ["1.jpg"]
    assert job_words.CANCELLED in texts(app).replace("\\", "")
    assert words.store_button(1) in labels(app)
