"""The PDF of one comparison, read back: what it says, what it shows, and what it does not give away."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader

from skincompare.comparison import Comparison
from skincompare.errors import EyesNotFoundError, OptionError
from skincompare.imaging.eyes import COVER, eye_bars_of_pair
from skincompare.measurement import Change
from skincompare.photo_metadata import CaptureTime
from skincompare.report.figures import encode_jpeg
from skincompare.report.pair_pictures import PairPictures, pictures_of
from skincompare.report.pair_sheet import sheet_of
from skincompare.report.pdf.layout import Paper
from skincompare.report.pdf.pair_pages import Letterhead, pair_pdf
from skincompare.report.pdf.tables import MAX_ROWS
from tests.rendered import front, reddened

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "=cmd|'/c calc'!A1",
    "&amp;<b>bold</b>",
    "שלום עולם",
    "x" * 300,
    "王小明",
)
A4_POINTS, LETTER_POINTS = (595, 842), (612, 792)


def pdf_of(comparison: Comparison, **options: object) -> bytes:
    return pair_pdf(sheet_of(comparison, software="1.2.3"), pictures_of(comparison), **options)


def text_of(data: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages).split())


def images_of(data: bytes) -> list[np.ndarray]:
    pages = PdfReader(io.BytesIO(data)).pages
    return [
        np.asarray(Image.open(io.BytesIO(one.data)).convert("RGB")) for page in pages for one in page.images
    ]


def eyes_pair() -> PairPictures:
    return PairPictures(front().pixels, reddened().pixels, True, change_map=front().pixels)


def test_it_says_all_that_a_clinic_needs(comparison: Comparison) -> None:
    text = text_of(pdf_of(comparison, letterhead=Letterhead("Skin clinic", "A-17")))
    for told in (
        "Skin clinic",
        "Patient: A-17",
        "Redness on the left cheek higher by 4.1 EI (repeat photos differ by up to 1.9).",
        "+4.1 ± 0.5",
        "▲ higher",
        "= no detectable change",
        "Smallest detectable",
        "Corrections made",
        "The light alone shifts redness by 0.0 ± 1.7 EI",
        "version 1",
        "SHA-256 " + "ab" * 32,
        "skincompare 1.2.3",
        "not a diagnosis",
        "Page 1 of ",
        "Change of redness",
    ):
        assert told in text
    assert "improve" not in text.lower()


def test_the_same_comparison_gives_the_same_bytes(comparison: Comparison) -> None:
    assert pdf_of(comparison) == pdf_of(comparison)


def test_it_gives_nothing_away(
    comparison_of: Callable[..., Comparison], change: Callable[..., Change]
) -> None:
    named = comparison_of((change("redness", "left_cheek", 4.0),), names=("Maria_Huber.jpg", "Maria_2.jpg"))
    data = pdf_of(named)
    reader = PdfReader(io.BytesIO(data))
    known = {key: value for key, value in (reader.metadata or {}).items() if key != "/Producer"}
    assert known["/Title"] == "Skin comparison"
    assert str(known["/CreationDate"]).startswith("D:20000101")
    assert not any(known.get(key) for key in ("/Author", "/Subject", "/Keywords"))
    assert "Maria" not in text_of(data)
    assert b"Maria" not in data
    assert b"Exif" not in data
    assert b"/ASCII85Decode" not in data
    assert reader.xmp_metadata is None


def test_only_what_the_camera_wrote_is_a_date(comparison: Comparison) -> None:
    def text(source: str) -> str:
        moment = CaptureTime(datetime(2026, 3, 2, 9, 5), 60, source)
        photo = replace(comparison.before.photo, captured=moment)
        return text_of(pdf_of(replace(comparison, before=replace(comparison.before, photo=photo))))

    assert "Before: 2 March 2026, 09:05" in text("exif")
    assert "Before: date not known" in text("file")
    assert "2026" not in text("file")


@pytest.mark.parametrize(("paper", "points"), [(Paper.A4, A4_POINTS), (Paper.LETTER, LETTER_POINTS)])
def test_paper_sizes_and_numbered_pages(
    comparison: Comparison, paper: Paper, points: tuple[int, int]
) -> None:
    pages = PdfReader(io.BytesIO(pdf_of(comparison, paper=paper))).pages
    for number, page in enumerate(pages, start=1):
        assert (round(page.mediabox.width), round(page.mediabox.height)) == points
        assert f"Page {number} of {len(pages)}" in page.extract_text()
        assert "not a diagnosis" in page.extract_text()


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_shown_literally(comparison: Comparison, name: str) -> None:
    data = pdf_of(comparison, letterhead=Letterhead(name, name))
    text = re.sub(r"\s", "", text_of(data))
    shown = name.replace("王小明", "⟨WangXiaoMing⟩")  # the reader puts Hebrew back into its order
    assert "".join(shown.split()) in text
    assert len(PdfReader(io.BytesIO(data)).pages) <= len(PdfReader(io.BytesIO(pdf_of(comparison))).pages) + 1
    assert b"/JavaScript" not in data
    assert b"/URI" not in data


def test_hostile_regions_are_shown_literally(
    comparison_of: Callable[..., Comparison], change: Callable[..., Change]
) -> None:
    names = ("<img_src=x_onerror=y>", "=cmd", "y" * 300, "</para><b>")
    text = text_of(pdf_of(comparison_of(tuple(change("redness", name, 4.0) for name in names))))
    plain = re.sub(r"\s", "", text)
    for name in names:
        assert name.replace("_", "").lower() in plain.lower()


def test_a_long_table_is_bounded_and_repeats_its_head(
    comparison_of: Callable[..., Comparison], change: Callable[..., Change]
) -> None:
    many = comparison_of(tuple(change("redness", f"region_{number}", 0.1) for number in range(3 * MAX_ROWS)))
    data = pdf_of(many)
    pages = PdfReader(io.BytesIO(data)).pages
    assert len(pages) < 25
    assert f"And {2 * MAX_ROWS + 1} more rows" in text_of(data)
    tables = [page.extract_text() for page in pages if "= no detectable" in page.extract_text()]
    assert len(tables) > 5
    assert all("Verdict" in text for text in tables)


def test_a_paired_change_says_why_it_does_not_add_up(comparison: Comparison) -> None:
    told = "need not be the difference of the two values"
    assert told not in text_of(pdf_of(comparison))
    paired = tuple(replace(one, is_paired=True) for one in comparison.changes)
    text = text_of(pdf_of(replace(comparison, changes=paired)))
    assert told in text
    assert "+4.1 ± 0.5*" in text


def test_the_first_page_has_redness_in_short_where_it_was_told(
    comparison: Comparison, comparison_of: Callable[..., Comparison], change: Callable[..., Change]
) -> None:
    assert "Redness, EI Before After" in text_of(pdf_of(comparison))
    bare = comparison_of((change("pore_density", "whole_skin", 1.0, unit="per cm²"),))
    assert "Pores, per cm² Before" not in text_of(pdf_of(bare))


def test_a_refused_pair_says_why_and_shows_both_photos(refused: Comparison) -> None:
    data = pdf_of(refused)
    assert "These two photos cannot be compared. These may be two people. Check the names." in text_of(data)
    assert len(images_of(data)) == 2


def test_matched_light_is_said_on_the_page(comparison: Comparison) -> None:
    sheet, plain = sheet_of(comparison, software="1"), pictures_of(comparison)
    shown = replace(plain, matched=plain.after, matched_words="Colour by −1.0 EI.")
    text = text_of(pair_pdf(sheet, shown, match_light=True))
    assert "in the light of the before photo" in text
    assert "Colour by −1.0 EI." in text
    unknown = text_of(pair_pdf(sheet, replace(plain, matched=None), match_light=True))
    assert "could not be matched" in unknown


def test_masked_eyes_are_gone_from_every_picture(comparison: Comparison) -> None:
    pair = eyes_pair()
    bars = eye_bars_of_pair(pair.before, pair.after)
    data = pair_pdf(sheet_of(comparison, software="1"), pair.with_masked_eyes())
    assert "their pixels were replaced" in text_of(data)
    shown = images_of(data)
    assert len(shown) == 3
    for image in shown:
        for bar in bars:
            x, y = (bar.mean(axis=0) * image.shape[1] / pair.before.shape[1]).astype(int)
            reach = int(0.2 * np.linalg.norm(bar[1] - bar[0]))
            middle = image[y - 4 : y + 5, x - reach : x + reach].astype(int)
            assert np.abs(middle - COVER).max() <= 3  # a JPEG of one colour
    unmasked = images_of(pair_pdf(sheet_of(comparison, software="1"), pair))
    assert np.abs(shown[0].astype(int) - unmasked[0].astype(int)).max() > 50


def test_a_pair_without_a_face_does_not_leave_masked(comparison: Comparison) -> None:
    with pytest.raises(EyesNotFoundError):
        pictures_of(comparison).with_masked_eyes()


def test_stored_pictures_are_taken_as_they_are() -> None:
    pair = eyes_pair()
    stored = PairPictures.from_files(encode_jpeg(pair.before), encode_jpeg(pair.after), is_aligned=True)
    assert stored.before.shape == pair.before.shape
    assert np.abs(stored.before.astype(int) - pair.before.astype(int)).mean() < 3
    assert stored.with_masked_eyes().eyes_masked
    with pytest.raises(OptionError, match="damaged"):
        PairPictures.from_files(b"no picture", encode_jpeg(pair.after), is_aligned=True)
    with pytest.raises(OptionError, match="one shape"):
        PairPictures.from_files(encode_jpeg(pair.before[:-8]), encode_jpeg(pair.after), is_aligned=True)
