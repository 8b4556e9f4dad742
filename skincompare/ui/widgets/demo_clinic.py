"""The demo clinic as a job: simulated patients with their photos, then measured."""

import streamlit as st

from skincompare.settings import read_settings
from skincompare.store import Store
from skincompare.ui.jobs import jobs
from skincompare.ui.keys import Key
from skincompare.ui.words import patients as words
from skincompare.workflows.demo import fill_demo
from skincompare.workflows.jobs import Job
from skincompare.workflows.measuring import due_pairs, measure_due
from skincompare.workflows.samples import load_samples

__all__ = ["offer_demo"]

DEMO_BUTTON = f"{Key.DEMO}_start"
FILLING_SHARE = 0.05
"""Share of the time that storing takes; measuring takes the rest."""


def offer_demo(store: Store) -> None:
    """Draw the button that fills the demo clinic."""
    st.button(words.DEMO, key=DEMO_BUTTON, icon=":material/science:", on_click=_start, args=(store,))
    st.caption(words.DEMO_TEXT)


def _start(store: Store) -> None:
    jobs().start(Key.DEMO, words.DEMO_JOB, lambda job: fill_and_measure(store, job))


def fill_and_measure(store: Store, job: Job) -> None:
    """Fill the demo clinic and measure it; a stop between two photos keeps what is done."""
    filled = fill_demo(
        store,
        load_samples(read_settings().samples),
        lambda step, share: job.tell(step, FILLING_SHARE * share),
    )
    pairs = [pair for _, course in filled for pair in due_pairs(store, course)]

    def tell(step: str, share: float) -> None:
        job.tell(step, FILLING_SHARE + (1 - FILLING_SHARE) * share)

    tell("", 0.0)
    for pair, analysis in measure_due(store, pairs, progress=tell):
        job.add((pair.photo.file_name, analysis.status.value))
