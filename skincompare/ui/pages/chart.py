"""The colour chart in a photo: which patches were read, and how well they fit."""

from html import escape

import streamlit as st

from skincompare.errors import SkincompareError
from skincompare.imaging.chart import read_chart
from skincompare.photo import read_photo
from skincompare.report.chart_picture import outlined_chart
from skincompare.report.chart_words import NOT_READ, chart_rows, chart_sentences
from skincompare.report.figures import data_uri, encode_jpeg
from skincompare.ui.cache import PhotoFile
from skincompare.ui.keys import Key
from skincompare.ui.problems import CalmErrors, escape_markdown
from skincompare.ui.samples import read_samples
from skincompare.ui.widgets.page_frame import begin_page, end_page
from skincompare.ui.widgets.sentences import show_quiet
from skincompare.ui.words import chart as words
from skincompare.ui.words import problems as problem_words

__all__ = ["show"]

FILE_TYPES = ("jpg", "jpeg", "png", "webp", "tif", "tiff", "heic", "heif")
"""Endings that the file chooser offers; what a file really is decides its content."""
COLUMNS = (0.55, 0.45)
"""Shares of the width for the picture and for the patches."""
KEPT = 6
"""Readings kept in one session."""

Told = tuple[str, tuple[str, ...], tuple[tuple[str, str, str, str, str], ...]]
"""The picture as a data address (empty without a chart), sentences, and a row for each patch."""


@CalmErrors()
def show() -> None:
    """Draw the page."""
    begin_page()
    file = st.file_uploader(words.FILE, FILE_TYPES, key=Key.CHART)
    if file is not None:
        _show(PhotoFile(file.getvalue(), file.name))
    else:
        st.caption(words.HOW_TO_LAY)
        _offer_sample()
    end_page()


def _offer_sample() -> None:
    """Offer the sample photo of a chart, where there is one, and show it once it was asked for."""
    samples = read_samples()
    if samples is None or not samples.charts:
        return
    path = samples.charts[0]
    if st.button(words.TRY_SAMPLE, key=Key.CHART_SAMPLE, icon=":material/palette:"):
        show_quiet(words.SAMPLE_NOTE)
        try:
            data = path.read_bytes()
        except OSError:
            st.error(escape_markdown(problem_words.sample_missing(path.name)), icon=":material/error:")
            return
        _show(PhotoFile(data, words.SAMPLE))


def _show(photo: PhotoFile) -> None:
    try:
        _show_reading(*_told(photo.sha256, photo.name, photo))
    except SkincompareError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")


@st.cache_data(max_entries=KEPT, scope="session", show_spinner=words.READING)
def _told(sha256: str, name: str, _file: PhotoFile) -> Told:
    photo = read_photo(_file.data, name=name)
    reading = read_chart(photo.pixels)
    sentences = tuple(chart_sentences(photo.name, reading))
    if reading is None:
        return "", sentences, ()
    picture = encode_jpeg(outlined_chart(photo.pixels, reading))
    return data_uri(picture, "image/jpeg"), sentences, tuple(chart_rows(reading))


def _show_reading(
    picture: str, sentences: tuple[str, ...], rows: tuple[tuple[str, str, str, str, str], ...]
) -> None:
    lead, *more = sentences
    st.markdown(f"##### {escape_markdown(lead)}")
    for sentence in more:
        st.markdown(escape_markdown(sentence))
    if not rows:
        return
    left, right = st.columns(COLUMNS, gap="large")
    left.html(
        f'<figure><img src="{picture}" style="max-width:100%" alt="{escape(words.ALT)}">'
        f"<figcaption>{escape(words.CAPTION)}</figcaption></figure>"
    )
    cells = "".join(
        f"<tr><td>{escape(name)}</td>{_swatch(read)}{_swatch(corrected)}{_swatch(published)}<td>{difference}</td></tr>"
        for name, read, corrected, published, difference in rows
    )
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in words.HEADS)
    right.html(f'<table class="sc-patches"><thead><tr>{heads}</tr></thead><tbody>{cells}</tbody></table>')


def _swatch(code: str) -> str:
    if code == NOT_READ:
        return f"<td>{NOT_READ}</td>"
    return f'<td title="{code}"><div style="background:{code};width:3.5em;height:1.2em"></div></td>'
