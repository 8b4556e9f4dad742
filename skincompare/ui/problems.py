"""What a person sees when something went wrong: one calm sentence, never a traceback."""

import logging
import re
from contextlib import ContextDecorator
from pathlib import Path
from types import TracebackType

import streamlit as st

from skincompare.settings import read_settings
from skincompare.ui.words import problems as words

__all__ = ["CalmErrors", "escape_markdown", "show_missing_samples"]


class CalmErrors(ContextDecorator):
    """Turn any unexpected error into one calm sentence and write it to the server's log.

    With ``SKINCOMPARE_DEBUG=1`` errors go through.
    """

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        """Swallow errors, but not Streamlit's own control of the script, which is no ``Exception``."""
        if not isinstance(error, Exception) or read_settings().debug:
            return False
        logging.getLogger("skincompare.ui").error("A page failed", exc_info=error)
        st.error(words.CALM_SENTENCE, icon=":material/error:")
        return True


def escape_markdown(text: str) -> str:
    """Return the text so that Markdown shows it literally, whatever a file is called."""
    return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|~:$&^=])", r"\\\1", text)


def show_missing_samples(folder: Path) -> None:
    """Say how the sample photos are made when they are not there."""
    with st.container(border=True):
        st.markdown(words.NO_SAMPLES)
        st.write(words.NO_SAMPLES_HOW)
        st.code(words.samples_command(folder.name), language="bash")
        st.write(words.NO_SAMPLES_THEN)
