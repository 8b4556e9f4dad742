"""The page of the colour chart as a person reads it."""

import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image
from streamlit.testing.v1 import AppTest

from skincompare.report.chart_picture import LEFT_OUT_COLOUR, LONGEST_PX, outlined_chart
from skincompare.ui.keys import Key
from tests.charted import POSE, charted, read


def png(pixels: npt.NDArray[np.uint8]) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def shown(data: bytes | None, name: str = "chart.png") -> str:
    """Return all that is written on the page after a photo was given."""
    app = AppTest.from_string(
        "from skincompare.ui.pages import chart\nchart.show()", default_timeout=60
    ).run()
    if data is not None:
        app.file_uploader(key=Key.CHART).set_value([(name, data, "image/png")])
        app.run()
    assert not app.exception
    return "\n".join(
        str(getattr(one, "value", getattr(one, "body", ""))) for one in [*app.main, *app.html]
    ).replace("\\", "")


def test_without_a_photo_it_says_what_to_bring() -> None:
    assert "at least 220 pixels wide" in shown(None)


def test_a_chart_is_shown_with_its_patches() -> None:
    text = shown(png(charted().pixels))
    assert "A colour chart was found in chart.png: 23 of 24 patches are read" in text
    assert "data:image/jpeg" in text
    assert "moderate red" in text
    assert text.count("background:#") >= 3 * 23


def test_the_sample_is_read_at_a_click() -> None:
    app = AppTest.from_string(
        "from skincompare.ui.pages import chart\nchart.show()", default_timeout=60
    ).run()
    app.button(key=Key.CHART_SAMPLE).click().run()
    assert not app.exception
    assert "found in the sample photo: 24 of 24 patches are read" in app.markdown[0].value.replace("\\", "")
    assert "<figure>" in "".join(one.body for one in app.html)


def test_samples_without_a_chart_offer_none(sample_folder: Path) -> None:
    app = AppTest.from_string(
        "from skincompare.ui.pages import chart\nchart.show()", default_timeout=60
    ).run()
    assert not app.exception
    assert not app.button


def test_a_sample_that_is_gone_is_told(sample_folder: Path) -> None:
    truth = json.loads((sample_folder / "truth.json").read_text(encoding="utf-8"))
    truth["charts"] = [{"file": "chart/gone.jpg"}]
    (sample_folder / "truth.json").write_text(json.dumps(truth), encoding="utf-8")
    app = AppTest.from_string(
        "from skincompare.ui.pages import chart\nchart.show()", default_timeout=60
    ).run()
    app.button(key=Key.CHART_SAMPLE).click().run()
    assert not app.exception
    assert "is missing" in app.error[0].value


def test_no_chart_and_no_photo_are_told() -> None:
    assert "No colour chart was found" in shown(png(np.full((300, 300, 3), 90, np.uint8)))
    assert "plain.png" in shown(b"not a photo", "plain.png")


def test_outlines_are_drawn_round_what_was_read_and_the_rest_is_crossed() -> None:
    shot = charted()
    reading = read(shot)
    counted = np.ones_like(reading.counted)
    pictures = []
    for left_out in (False, True):
        counted[3] = not left_out
        pictures.append(outlined_chart(shot.pixels, replace(reading, counted=counted.copy())))
    assert max(pictures[0].shape[:2]) <= LONGEST_PX
    assert pictures[0].shape[1] > POSE.width_px
    crossed = [bool((picture == LEFT_OUT_COLOUR).all(axis=2).any()) for picture in pictures]
    assert crossed == [False, True]
