"""Adding photos in a real browser: files dropped, and a camera that shows a face, with the baseline over it."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from skincompare.records import Clinic, Condition, Course, Patient, Session, TimeSource
from skincompare.store import Store, open_store
from skincompare.ui.words import add as words
from skincompare.ui.words import camera
from skincompare.workflows.importing import ImportPlan, import_photos
from tests.ui.app_site import ROOT, running_app
from tests.workflows.conftest import picture

pytestmark = pytest.mark.browser

SAMPLES = ROOT / "sample_images" / "patient_a"
TREATED_AT = datetime.fromisoformat("2026-03-03T10:00:00+00:00")
CAMERA_PX = (1280, 720)
WAIT_MS = 60_000
QUIET = ("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu")
FAKE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
SAID = camera.SCRIPT_WORDS
HINTS = camera.HINTS

OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Yield the app's store: one patient with a baseline, and one with a session alone."""
    with open_store(tmp_path_factory.mktemp("clinic")) as opened:
        opened.people.set_clinic(Clinic(time_zone="Europe/Vienna"))
        for code in ("A-17", "B-2"):
            patient = opened.people.add(Patient(code=code))
            assert patient.id is not None
            course = opened.treatments.add_course(
                Course(patient_id=patient.id, condition=Condition.ACNE_SCARS)
            )
            assert course.id is not None
            opened.treatments.add_session(Session(course_id=course.id, at=TREATED_AT))
            if code == "A-17":
                list(import_photos(opened, ImportPlan(patient, course), [SAMPLES / "before.jpg"]))
        yield opened


@pytest.fixture(scope="module")
def address(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = Path(store.place.split(", photos in ")[1]).parent
    with running_app(tmp_path_factory.mktemp("server"), SKINCOMPARE_STORE=str(folder)) as found:
        yield found


@contextmanager
def started(chromium: str, *arguments: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*QUIET, *arguments])
        yield browser
        browser.close()


def opened(browser: Browser, address: str, store: Store, code: str, way: str = words.FILES) -> Page:
    page = browser.new_page(viewport={"width": 1024, "height": 768})
    page.set_default_timeout(WAIT_MS)
    page.goto(f"{address}/add?patient={store.people.get(code).uid}")
    expect(page.get_by_text(words.UPLOAD)).to_be_visible(timeout=WAIT_MS)
    if way != words.FILES:
        page.get_by_role("radio", name=way).click()
    return page


def video(folder: Path, *, zoom: float = 1.0, right: int = 0) -> str:
    """Return the flag for a camera that shows the baseline, as large as fits or smaller and to one side."""
    with Image.open(SAMPLES / "before.jpg") as whole:
        factor = min(CAMERA_PX[0] / whole.width, CAMERA_PX[1] / whole.height) * zoom
        face = whole.resize((round(whole.width * factor), round(whole.height * factor)))
    frame = Image.new("RGB", CAMERA_PX, (120, 120, 124))
    frame.paste(face, ((CAMERA_PX[0] - face.width) // 2 + right, (CAMERA_PX[1] - face.height) // 2))
    stream = io.BytesIO()
    frame.save(stream, "JPEG", quality=92)
    path = folder / "camera.mjpeg"
    path.write_bytes(stream.getvalue() * 3)
    return f"--use-file-for-fake-video-capture={path}"


def grave(page: Page) -> list[str]:
    """Return what axe finds that keeps somebody from using the page."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{one['id']}: {node['target']} {node['html'][:160]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def photos_of(store: Store, code: str) -> list[str]:
    return [one.file_name for one in store.photos.of_patient(store.people.get(code))]


def test_files_are_dropped_dated_and_stored(
    chromium: str, address: str, store: Store, tmp_path: Path
) -> None:
    dated, undated = picture(tmp_path / "dated.jpg", 1, day=4), picture(tmp_path / "undated.jpg", 2)
    bad = tmp_path / "bad.jpg"
    bad.write_text("no photo")
    with started(chromium) as browser:
        page = opened(browser, address, store, "B-2")
        page.locator("input[type=file]").set_input_files([dated, undated, bad, SAMPLES / "before.jpg"])
        expect(page.get_by_text(words.DATES)).to_be_visible(timeout=WAIT_MS)
        expect(page.get_by_text(words.of_another(["A-17"], "B-2"))).to_be_visible()
        expect(page.get_by_text("bad.jpg").first).to_be_visible()
        thumbs = page.locator("img.sc-thumb")
        expect(thumbs).to_have_count(3)
        assert thumbs.first.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
        assert photos_of(store, "B-2") == []

        assert grave(page) == []
        page.get_by_role("button", name=words.store_button(1)).click()
        table = page.locator("table.sc-results")
        expect(table).to_contain_text("dated.jpg", timeout=WAIT_MS)
        assert photos_of(store, "B-2") == ["dated.jpg"]

        page.get_by_role("spinbutton", name=f"year, {words.taken_label('undated.jpg')}").click()
        page.keyboard.type("202603091230")
        page.keyboard.press("Enter")
        again = page.get_by_role("button", name=words.store_button(1))
        expect(again).to_be_visible(timeout=WAIT_MS)
        box = again.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        page.keyboard.press("Escape")  # the calendar of the field
        again.click()
        expect(table).to_contain_text("undated.jpg", timeout=WAIT_MS)
        stored = store.photos.of_patient(store.people.get("B-2"))[-1]
        assert stored.captured.isoformat() == "2026-03-09T12:30:00+01:00"
        assert stored.captured_source is TimeSource.TYPED
        main = page.locator('[data-testid="stMain"]')
        assert main.evaluate("one => one.scrollWidth <= one.clientWidth")
        assert "Traceback" not in page.inner_text("body")


def test_a_face_that_is_small_and_beside_gets_hints(
    chromium: str, address: str, store: Store, tmp_path: Path
) -> None:
    with started(chromium, *FAKE, video(tmp_path, zoom=0.7, right=200)) as browser:
        page = opened(browser, address, store, "A-17", words.CAMERA)
        said = page.locator(".camera .said")
        for hint in ("closer", "move_left"):
            (text,) = [words for one, (_, words) in HINTS.items() if one.value == hint]
            expect(said).to_contain_text(text, timeout=WAIT_MS)
        assert said.get_attribute("aria-live") == "polite"
        expect(page.locator(".camera")).to_have_attribute("data-match", "false")


@pytest.mark.parametrize(
    ("arguments", "sentence"), [((), "none"), (("--use-fake-device-for-media-stream",), "denied")]
)
def test_without_a_camera_one_sentence_says_what_to_do_and_files_still_come(
    chromium: str, address: str, store: Store, arguments: tuple[str, ...], sentence: str
) -> None:
    with started(chromium, *arguments) as browser:
        page = opened(browser, address, store, "A-17", words.CAMERA)
        expect(page.locator(".camera .trouble")).to_contain_text(str(SAID[sentence]), timeout=WAIT_MS)
        expect(page.get_by_role("button", name=str(SAID["again"]))).to_be_visible()
        page.get_by_role("radio", name=words.FILES).click()
        expect(page.locator("input[type=file]")).to_be_attached()


def test_a_photo_is_taken_with_the_baseline_over_it_by_keyboard_alone(
    chromium: str, address: str, store: Store, tmp_path: Path
) -> None:
    before = photos_of(store, "A-17")
    with started(chromium, *FAKE, video(tmp_path)) as browser:
        page = opened(browser, address, store, "A-17", words.CAMERA)
        ghost = page.locator(".camera .ghost")
        expect(ghost).to_be_visible(timeout=WAIT_MS)
        assert ghost.evaluate("image => image.decode().then(() => image.naturalWidth)") > 500
        assert ghost.evaluate("image => getComputedStyle(image).opacity") == "0.4"
        opacity = page.get_by_label(str(SAID["ghost"]))
        opacity.focus()
        page.keyboard.press("ArrowRight")
        assert ghost.evaluate("image => getComputedStyle(image).opacity") == "0.45"
        page.get_by_label(str(SAID["outline"])).check()
        expect(page.locator(".camera .outline polygon")).to_have_count(4)
        expect(page.locator(".camera .said")).to_have_text(str(SAID["match"]), timeout=WAIT_MS)
        for name in (".shutter", ".lines", ".opacity input"):
            box = page.locator(f".camera {name}").bounding_box()
            assert box is not None
            assert box["height"] >= 44

        assert grave(page) == []
        page.locator(".camera .stage").focus()
        page.keyboard.press(" ")
        expect(page.locator(".camera .keep")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.locator(".camera .shutter")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator(".camera .keep")).to_be_focused()
        assert photos_of(store, "A-17") == before
        page.keyboard.press("Enter")
        expect(page.get_by_text("Stored: Front")).to_be_visible(timeout=WAIT_MS)
        expect(page.locator(".camera .shutter")).to_be_enabled()
    photo = store.photos.of_patient(store.people.get("A-17"))[-1]
    assert (photo.width, photo.height) == CAMERA_PX
    assert photo.captured_source is TimeSource.CLOCK
    assert photo.captured.utcoffset() == photo.captured.astimezone(store.people.clinic().zone).utcoffset()
