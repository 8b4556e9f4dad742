"""Text in every script: legible, in the order of the eye, never an empty box."""

import pytest
from PIL import Image, ImageDraw

from skincompare.report import typeface
from skincompare.report.typeface import BOLD, REGULAR, picture_font, printable, text_width, visual_lines


def measure(line: str) -> float:
    return text_width(line, 9.0)


@pytest.mark.parametrize(
    "text",
    [
        "<img src=x onerror=alert(1)>",
        '=cmd|"/c calc"!A1',
        "Zoë Škvorecký ΑΒΓ Привет",
        "− ± ≤ ▲ ▼ = – ✓ △ ✕ ° µ ² × …",
    ],
)
def test_what_the_typeface_has_stays_as_it_is(text: str) -> None:
    assert printable(text) == text


def test_other_scripts_stand_in_latin_letters() -> None:
    assert printable("王小明 (Ming)") == "⟨WangXiaoMing⟩ (Ming)"
    assert printable("अमित") == "⟨amit⟩"
    assert printable("\U000e0041x") == "x"


@pytest.mark.parametrize("text", ["王小明", "ไทย", "אבג", "محمد عبد الله", "😀", "ﷺ", "𝔘", "한국어", "ߐ"])
def test_every_sign_that_is_drawn_has_a_shape(text: str) -> None:
    for line in visual_lines(text, 200.0, measure):
        assert line
        assert set(line) <= typeface._known() | {" "}


def test_controls_and_marks_of_direction_are_dropped() -> None:
    assert printable("a\u202eb\x00c\u200bd\te\nf") == "abcd e f"


def test_letters_from_right_to_left_are_turned_and_joined() -> None:
    assert visual_lines("אבג 12", 200.0, measure) == ("12 גבא",)
    (line,) = visual_lines("محمد", 200.0, measure)
    assert line == "\ufeaa\ufee4\ufea4\ufee3"


def test_lines_fit_and_keep_every_letter() -> None:
    text = "x" * 300 + " and a few words"
    lines = visual_lines(text, 100.0, measure)
    assert max(map(measure, lines)) <= 100.0
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert visual_lines("", 100.0, measure) == ("",)


def test_the_bold_cut_is_wider_and_pictures_have_the_same_signs() -> None:
    assert text_width("mm", 9.0, bold=True) > text_width("mm", 9.0)
    assert REGULAR != BOLD
    shapes = set()
    for sign in "−±▲▼":
        image = Image.new("L", (40, 40))
        ImageDraw.Draw(image).text((4, 4), sign, fill=255, font=picture_font(24))
        shapes.add(image.tobytes())
    assert len(shapes) == 4
