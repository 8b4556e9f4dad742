"""The compare page as a person reads it: samples at once, own photos, and what it says when something is wrong."""

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from skincompare.errors import SkincompareError
from skincompare.measurement import Change, Effect, Flag
from skincompare.ui.cache import Options, PhotoFile
from skincompare.ui.keys import Key
from skincompare.ui.pages import compare
from skincompare.ui.words.problems import CALM_SENTENCE

SKIN = np.full((30, 20, 3), 150, np.uint8)
HOSTILE = "<img src=x onerror=alert(1)>[link](x) **bold** :fire: $x$.jpg"


def page() -> AppTest:
    """Return the page, not run yet."""
    return AppTest.from_string("from skincompare.ui.pages import compare\ncompare.show()", default_timeout=60)


def texts(app: AppTest) -> str:
    """Return all that is written on the page."""
    return "\n".join(
        str(getattr(element, "value", getattr(element, "body", ""))) for element in [*app.main, *app.html]
    )


def upload(app: AppTest, key: Key, data: bytes, name: str = "photo.jpg") -> None:
    app.file_uploader(key=key).set_value([(name, data, "image/jpeg")])


def own_photos(
    before: bytes | None, after: bytes | None, names: tuple[str, str] = ("a.jpg", "b.jpg")
) -> AppTest:
    """Return the page with own photos added, not run after it."""
    app = page()
    app.session_state[Key.SOURCE] = compare.Source.OWN
    app.run()
    for key, data, name in ((Key.BEFORE, before, names[0]), (Key.AFTER, after, names[1])):
        if data is not None:
            upload(app, key, data, name)
    return app


class Spy:
    """Stands in for the comparison and keeps what it was asked."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[tuple[PhotoFile, PhotoFile, Options, bool]] = []

    def __call__(
        self,
        before: PhotoFile,
        after: PhotoFile,
        options: Options,
        *,
        is_sample: bool,
        progress: Callable[[str, float], None],
        show_aligned: Callable[..., None],
    ) -> Any:
        self.asked.append((before, after, options, is_sample))
        progress("aligning", 0.3)
        show_aligned(SKIN, SKIN)
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer


@pytest.fixture
def spy(monkeypatch: pytest.MonkeyPatch, make_outcome: Any) -> Spy:
    made = Spy(make_outcome())
    monkeypatch.setattr(compare, "compared", made)
    return made


def test_the_first_sample_is_compared_at_once(sample_folder: Path, spy: Spy) -> None:
    app = page().run()
    assert not app.exception
    ((before, after, options, is_sample),) = spy.asked
    assert (before.name, after.name) == ("0.jpg", "2.jpg")
    assert before.data == (sample_folder / "a" / "0.jpg").read_bytes()
    assert options == Options(("left_cheek", "right_cheek"), ())
    assert is_sample
    shown = texts(app)
    assert "Redness on the left cheek higher." in shown
    assert "not a diagnosis" in shown
    assert "Photos stay on this computer." in shown


def test_the_table_speaks_plain_words(
    sample_folder: Path, spy: Spy, make_outcome: Any, make_change: Any
) -> None:
    spy.answer = make_outcome(make_change("left_cheek", 8.0), make_change("right_crows_feet", 0.2))
    app = page().run()
    shown = texts(app)
    assert "Left cheek" in shown
    assert "+8.0 ± 1.0" in shown
    assert "higher" in shown
    assert "left_cheek" not in shown
    assert "crows_feet" not in shown


def folded(app: AppTest) -> dict[str, str]:
    """Return what each folded part of the page holds, by its title."""
    return {
        one.label: "\n".join(
            [*(each.body for each in one.get("html")), *(each.value for each in one.markdown)]
        )
        for one in app.expander
    }


def test_quantities_without_a_change_are_folded(
    sample_folder: Path, spy: Spy, make_outcome: Any, make_change: Any
) -> None:
    def of(metric: str, region: str, change: float) -> Change:
        one = make_change(region, change)
        sides = (replace(side, metric=metric) for side in (one.before, one.after))
        return replace(one, metric=metric, **dict(zip(("before", "after"), sides, strict=True)))

    spy.answer = make_outcome(
        of("redness", "left_cheek", 0.1),
        of("melanin", "left_cheek", 0.2),
        of("hemoglobin", "left_cheek", 8.0),
        of("hemoglobin", "chin", 0.3),
    )
    app = page().run()
    assert not app.exception
    calm = folded(app)["No detectable change of melanin (1 number)"]
    assert "+0.2" in calm
    assert "Chin" in folded(app)["Other skin, no detectable change (1 number)"]
    hidden = "".join(folded(app).values())
    (table,) = [one.body for one in app.html if "<table" in one.body and one.body not in hidden]
    assert "+8.0" in table
    assert "+0.1" in table  # redness is always looked for
    assert "+0.2" not in table


def test_what_matters_least_is_folded_and_doubts_never_are(
    sample_folder: Path, spy: Spy, make_outcome: Any
) -> None:
    widened = [Flag(f"wide_{n}", f"Reason {n}.", "Do it again.", Effect.WIDER_ERROR) for n in range(4)]
    doubts = [Flag(f"doubt_{n}", f"Doubt {n}.", "Do it again.", Effect.UNCONFIRMED) for n in range(4)]
    told = make_outcome(flags=(*widened, *doubts))
    spy.answer = replace(told, headline=("Lead.", "First.", "Second.", "Third.", "Fourth."))
    app = page().run()
    assert not app.exception
    hidden = folded(app)
    assert "Third.</p><p>Fourth." in hidden["More that these photos tell (2)"]
    notes = hidden["What else makes numbers less certain (2)"]
    assert "Reason 2." in notes
    assert "Reason 3." in notes
    assert "Doubt" not in "".join(hidden.values())
    assert "Doubt 3." in texts(app)


@pytest.mark.parametrize(("name", "scale"), [("b", None), ("close", 16.0)])
def test_another_sample_is_compared_when_chosen(
    sample_folder: Path, spy: Spy, name: str, scale: float | None
) -> None:
    app = page().run()
    app.selectbox(key=Key.SAMPLE).set_value(name).run()
    before, after, options, _ = spy.asked[-1]
    assert before.data == (sample_folder / name / "0.jpg").read_bytes()
    assert after.data == (sample_folder / name / "2.jpg").read_bytes()
    assert options.px_per_mm == scale


def test_a_missing_folder_names_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKINCOMPARE_SAMPLES", str(tmp_path / "sample_images"))
    app = page().run()
    assert not app.exception
    assert app.code[0].value == "skincompare samples sample_images"


def test_a_damaged_list_of_samples_is_like_a_missing_one(sample_folder: Path) -> None:
    (sample_folder / "truth.json").write_text("{")
    app = page().run()
    assert not app.exception
    assert app.code[0].value.startswith("skincompare samples")


def test_a_missing_sample_photo_is_told(sample_folder: Path) -> None:
    (sample_folder / "a" / "2.jpg").unlink()
    app = page().run()
    assert not app.exception
    assert "after photo cannot be used" in app.error[0].value


def test_own_photos_wait_until_all_is_there(make_jpeg: Any, spy: Spy) -> None:
    app = own_photos(make_jpeg(1), None).run()
    assert not spy.asked
    assert "Add the photo from before. ✓" in texts(app)
    assert "Add the photo from after.<" in texts(app)
    upload(app, Key.AFTER, make_jpeg(2))
    app.run()
    assert not spy.asked
    app.button_group(key=Key.TREATED_PRESET).set_value("Cheeks").run()
    ((before, after, options, is_sample),) = spy.asked
    assert (before.data, after.data) == (make_jpeg(1), make_jpeg(2))
    assert options == Options(("left_cheek", "right_cheek"), ())
    assert not is_sample


def test_references_never_were_treated(make_jpeg: Any, spy: Spy) -> None:
    app = own_photos(make_jpeg(1), make_jpeg(2))
    for preset in ("Cheeks and nose", "Face without forehead", "Whole face"):
        app.button_group(key=Key.TREATED_PRESET).set_value(preset).run()
        _, _, options, _ = spy.asked[-1]
        assert options.treated
        assert options.reference == ()  # all that was not treated, as in the terminal


def test_regions_can_be_named_one_by_one(make_jpeg: Any, spy: Spy) -> None:
    app = own_photos(make_jpeg(1), make_jpeg(2))
    app.button_group(key=Key.TREATED_PRESET).set_value("Other regions").run()
    assert not spy.asked
    app.multiselect(key=Key.TREATED).set_value(["chin", "nose"]).run()
    assert spy.asked[-1][2] == Options(("chin", "nose"), ())


def test_a_close_up_takes_its_scale(make_jpeg: Any, spy: Spy) -> None:
    app = own_photos(make_jpeg(1), make_jpeg(2))
    app.button_group(key=Key.TREATED_PRESET).set_value("A close-up of skin").run()
    assert spy.asked[-1][2] == Options()
    app.number_input(key=Key.PX_PER_MM).set_value(20.0).run()
    assert spy.asked[-1][2] == Options(px_per_mm=20.0)


@pytest.mark.parametrize(
    ("garbage", "word"),
    [(b"this is no photo", "image"), (b"", "empty"), ("small", "256")],
    ids=["text", "empty", "small"],
)
@pytest.mark.parametrize("side", ["before", "after"])
def test_a_photo_that_cannot_be_used_is_named(
    make_jpeg: Any, garbage: bytes | str, word: str, side: str
) -> None:
    bad = make_jpeg(3, 40) if isinstance(garbage, str) else garbage
    photos = (bad, make_jpeg(1)) if side == "before" else (make_jpeg(1), bad)
    app = own_photos(*photos)
    app.button_group(key=Key.TREATED_PRESET).set_value("Cheeks").run()
    assert not app.exception
    (error,) = app.error
    assert error.value.startswith(f"The {side} photo cannot be used")
    assert word in error.value
    kept = Key.AFTER if side == "before" else Key.BEFORE
    assert app.file_uploader(key=kept).value is not None


def test_regions_of_a_photo_without_a_face_are_told(make_jpeg: Any) -> None:
    app = own_photos(make_jpeg(1), make_jpeg(2))
    app.button_group(key=Key.TREATED_PRESET).set_value("Cheeks").run()
    assert not app.exception
    assert "No face was found" in app.error[0].value


def test_two_equal_photos_say_so(make_jpeg: Any) -> None:
    app = own_photos(make_jpeg(1), make_jpeg(1))
    app.button_group(key=Key.TREATED_PRESET).set_value("A close-up of skin").run()
    assert not app.exception
    assert not app.error
    assert "same photograph" in texts(app)


def test_a_hostile_name_is_shown_as_it_is(make_jpeg: Any) -> None:
    app = own_photos(b"no photo", make_jpeg(1), (HOSTILE, "b.jpg"))
    app.button_group(key=Key.TREATED_PRESET).set_value("Cheeks").run()
    told = app.error[0].value
    for mark in ("[link]", "**bold**", ":fire:", "$x$"):
        assert mark not in told  # every sign that means something to Markdown is escaped
    assert "\\<img src\\=x" in told


def test_a_hostile_name_in_a_result_is_escaped(make_jpeg: Any) -> None:
    app = own_photos(make_jpeg(1), make_jpeg(1), (HOSTILE, "b.jpg"))
    app.button_group(key=Key.TREATED_PRESET).set_value("A close-up of skin").run()
    html = "\n".join(element.body for element in app.html)
    assert "<img src=x" not in html
    assert "&lt;img src=x" in html


def test_photos_that_cannot_be_compared_say_why(sample_folder: Path, spy: Spy, make_outcome: Any) -> None:
    flag = Flag("other_skin", "The skin does not agree.", "Check the person.", Effect.NOT_MEASURABLE)
    spy.answer = make_outcome(is_aligned=False, flags=(flag,))
    app = page().run()
    assert not app.exception
    shown = texts(app)
    assert "Refused." in shown
    assert "The skin does not agree. Check the person." in shown


def test_a_mirrored_pair_is_flipped_at_a_click(make_jpeg: Any, spy: Spy, make_outcome: Any) -> None:
    flag = Flag("mirrored", "One of the two is mirrored.", "Flip it.", Effect.NOT_MEASURABLE)
    files = [PhotoFile(make_jpeg(seed), "") for seed in (1, 2)]
    shas = files[0].sha256, files[1].sha256
    spy.answer = make_outcome(is_aligned=False, flags=(flag,), mirrored=shas)
    app = own_photos(make_jpeg(1), make_jpeg(2))
    app.button_group(key=Key.TREATED_PRESET).set_value("A close-up of skin").run()
    assert spy.asked[-1][2] == Options()
    assert "Left and right stay those of the before photo" in texts(app)
    app.button(key=Key.FLIP).click().run()
    assert spy.asked[-1][2] == Options(flip_after=True)
    upload(app, Key.AFTER, make_jpeg(3))
    app.run()
    assert spy.asked[-1][2] == Options()


def test_the_user_vouches_for_the_person_at_a_click(make_jpeg: Any, spy: Spy, make_outcome: Any) -> None:
    flag = Flag("no_fine_detail", "It could not be checked.", "Say so.", Effect.NOT_MEASURABLE)
    files = [PhotoFile(make_jpeg(seed), "") for seed in (1, 2)]
    spy.answer = make_outcome(flags=(flag,), unchecked=(files[0].sha256, files[1].sha256))
    app = own_photos(make_jpeg(1), make_jpeg(2))
    app.button_group(key=Key.TREATED_PRESET).set_value("A close-up of skin").run()
    assert spy.asked[-1][2] == Options()
    app.button(key=Key.SAME_PERSON).click().run()
    assert not app.exception
    assert spy.asked[-1][2] == Options(same_person=True)
    upload(app, Key.AFTER, make_jpeg(3))
    app.run()
    assert spy.asked[-1][2] == Options()


def test_other_refusals_offer_no_flip(sample_folder: Path, spy: Spy, make_outcome: Any) -> None:
    flag = Flag("other_skin", "The skin does not agree.", "Check the person.", Effect.NOT_MEASURABLE)
    spy.answer = make_outcome(is_aligned=False, flags=(flag,))
    assert Key.FLIP not in [button.key for button in page().run().button]


def test_a_mirrored_pair_is_compared_after_the_click(make_photo_pair: tuple[bytes, bytes]) -> None:
    before, mirrored = make_photo_pair
    app = own_photos(before, mirrored)
    app.button_group(key=Key.TREATED_PRESET).set_value("A close-up of skin").run()
    assert "cannot be compared" in texts(app)
    app.button(key=Key.FLIP).click().run()
    assert not app.exception
    assert "cannot be compared" not in texts(app)
    assert "The after photo was flipped left-right" in texts(app)


def test_point_pairs_are_passed_on_and_their_defects_told(make_jpeg: Any, spy: Spy) -> None:
    app = own_photos(make_jpeg(1), make_jpeg(1))
    app.button_group(key=Key.TREATED_PRESET).set_value("A close-up of skin").run()
    content = b'{"schema_version": 1, "pairs": []}'
    app.file_uploader(key=Key.POINTS).set_value([("pairs.json", content, "application/json")]).run()
    assert spy.asked[-1][2] == Options(points=content)


def test_point_pairs_that_cannot_be_used_are_told(make_jpeg: Any) -> None:
    app = own_photos(make_jpeg(1), make_jpeg(1))
    app.button_group(key=Key.TREATED_PRESET).set_value("A close-up of skin").run()
    app.file_uploader(key=Key.POINTS).set_value([("pairs.json", b"no JSON", "application/json")]).run()
    assert not app.exception
    assert app.error[0].value.startswith("The point file is not JSON")


def test_an_error_of_ours_is_one_sentence(sample_folder: Path, spy: Spy) -> None:
    spy.answer = SkincompareError("A model file is damaged.")
    app = page().run()
    assert not app.exception
    assert app.error[0].value == "A model file is damaged\\."


def test_an_unexpected_error_is_calm_and_logged(
    sample_folder: Path, spy: Spy, caplog: pytest.LogCaptureFixture
) -> None:
    spy.answer = RuntimeError("secret detail")
    with caplog.at_level(logging.ERROR):
        app = page().run()
    assert not app.exception
    assert app.error[0].value == CALM_SENTENCE
    assert "secret detail" not in texts(app)
    assert "secret detail" in caplog.text


def test_an_unexpected_error_goes_through_when_asked(
    sample_folder: Path, spy: Spy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKINCOMPARE_DEBUG", "1")
    spy.answer = RuntimeError("secret detail")
    app = page().run()
    assert "secret detail" in app.exception[0].message


def test_the_viewer_gets_the_days_of_the_photos(sample_folder: Path, spy: Spy) -> None:
    app = page().run()
    (viewer,) = app.get("bidi_component")
    data = json.loads(viewer.proto.mixed.json or viewer.proto.json)
    (shown,) = data["pairs"]
    assert (shown["before_note"], shown["after_note"]) == ("2 March 2026", "Day 1 · 3 March 2026")
    assert shown["url"].startswith("/pictures/")
    assert len(json.dumps(data["pairs"])) < 2_000  # addresses, no pictures
