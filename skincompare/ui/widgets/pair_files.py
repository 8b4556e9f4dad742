"""What of a pair can be taken away: made when it is asked for, then downloaded."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from skincompare.errors import SkincompareError
from skincompare.report.pdf.layout import Paper
from skincompare.ui.keys import Key
from skincompare.ui.problems import escape_markdown
from skincompare.ui.words import files as words
from skincompare.workflows.reporting import ReportOptions

__all__ = ["FileKind", "show_files"]

SHOWN_HASH = 6
"""Digits of the content's hash in a file's name: Streamlit tells large files apart by name, length and samples only."""


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file.

    Parameters
    ----------
    label : str
        For a person.
    ending, mime : str
        Of the file.
    make : callable
        Makes it.
    """

    label: str
    ending: str
    mime: str
    make: Callable[[ReportOptions], bytes]


WITH_PICTURES = ("pdf", "png")
"""Endings of files whose pictures can be shown otherwise."""


def show_files(key: str, stem: str, kinds: tuple[FileKind, ...]) -> None:
    """Draw the choice of a file, the button that makes it, and the one that downloads it.

    Parameters
    ----------
    key : str
        Names what the files are of; what was made is forgotten with it.
    stem : str
        Name of the file without its ending.
    kinds : tuple of FileKind
        What can be made.
    """
    with st.popover(words.TAKE_AWAY, icon=":material/download:"):
        by_label = {kind.label: kind for kind in kinds}
        label = st.radio(words.KIND, list(by_label), key=f"{Key.FILE_KIND}_{key}", horizontal=True)
        kind = by_label[label]
        masked = matched = False
        if kind.ending in WITH_PICTURES:
            masked = st.checkbox(words.MASK_EYES, key=f"{Key.MASK_EYES}_{key}", help=words.MASK_HELP)
            matched = st.checkbox(words.MATCH_LIGHT, key=f"{Key.MATCH_LIGHT}_{key}", help=words.MATCH_HELP)
        paper = Paper.A4
        if kind.ending == "pdf":
            paper = st.radio(
                words.PAPER,
                list(words.PAPERS),
                format_func=words.PAPERS.__getitem__,
                key=f"{Key.PAPER}_{key}",
                horizontal=True,
            )
        options = ReportOptions(paper=paper, mask_eyes=masked, match_light=matched)
        question = (key, kind.ending, options)
        if st.button(words.MAKE, key=f"{Key.MAKE_FILE}_{key}", type="primary"):
            _make(kind, options, question)
        asked, data = st.session_state.get(Key.MADE_FILE, (None, b""))
        if asked == question:
            mark = hashlib.sha256(data).hexdigest()[:SHOWN_HASH]
            st.download_button(
                words.download(kind.label, len(data)),
                data=data,
                file_name=f"{stem}{'-eyes-masked' if masked else ''}-{mark}.{kind.ending}",
                mime=kind.mime,
                key=f"{Key.DOWNLOAD}_{key}",
                on_click="ignore",
            )


def _make(kind: FileKind, options: ReportOptions, question: tuple[str, str, ReportOptions]) -> None:
    st.session_state.pop(Key.MADE_FILE, None)
    try:
        with st.spinner(words.MAKING):
            st.session_state[Key.MADE_FILE] = question, kind.make(options)
    except SkincompareError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
