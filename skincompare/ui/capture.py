"""Photos taken on the page: the camera, the ticket under which it sends, and what is kept."""

from dataclasses import dataclass, replace

import streamlit as st

from skincompare.errors import SkincompareError
from skincompare.records import TimeSource
from skincompare.store import Store
from skincompare.ui.camera import show_camera
from skincompare.ui.intake import Batch, start_measuring
from skincompare.ui.keys import Key
from skincompare.ui.pictures import picture_address
from skincompare.ui.problems import escape_markdown
from skincompare.ui.words import add, camera
from skincompare.ui.words.moments import moment_words
from skincompare.web import tickets
from skincompare.workflows.camera import baseline_for, guide_for, store_capture
from skincompare.workflows.importing import ImportPlan
from skincompare.workflows.views import DISPLAY

__all__ = ["take_photos"]

TICKETS_KEPT = 12
"""Tickets of one browser session: the views of two patients."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What became of a photo, for the person who took it."""

    sentence: str
    is_stored: bool


def take_photos(store: Store, plan: ImportPlan, waiting: Batch) -> None:
    """Draw the camera; store what was kept.

    Parameters
    ----------
    store : Store
        Where to.
    plan : ImportPlan
        Whose photos they are.
    waiting : Batch
        Where a photo goes that cannot be stored, so that it is not lost.
    """
    kept = st.session_state.pop(Key.ADD_KEPT, None)
    if kept is not None:
        st.session_state[Key.ADD_TAKEN] = [*_taken(), _store(store, waiting, *kept)]
    baseline = baseline_for(store, plan.course, plan.view, plan.site)
    if baseline is None:
        st.caption(camera.NO_BASELINE)
    bound = (plan.patient.uid, plan.course.id, plan.view, plan.site, baseline.sha256 if baseline else "")
    show_camera(
        _ticket(store, plan, bound),
        picture_address(store, baseline, DISPLAY) if baseline is not None else "",
        len(_taken()),
        Key.ADD_CAMERA,
        _keep,
    )
    for told in _taken()[-1:]:
        show = st.success if told.is_stored else st.error
        show(
            escape_markdown(told.sentence), icon=":material/check:" if told.is_stored else ":material/error:"
        )


def _taken() -> list[_Told]:
    found: list[_Told] = st.session_state.get(Key.ADD_TAKEN, [])
    return found


def _keep(ticket: str, name: str) -> None:
    st.session_state[Key.ADD_KEPT] = (ticket, name)


def _issued() -> dict[tuple[object, ...], tuple[str, ImportPlan]]:
    found: dict[tuple[object, ...], tuple[str, ImportPlan]] = st.session_state.setdefault(Key.ADD_TICKETS, {})
    return found


def _ticket(store: Store, plan: ImportPlan, bound: tuple[object, ...]) -> str:
    """Return the ticket for photos of this kind, a new one where the old one holds no more."""
    issued = _issued()
    token, _ = issued.pop(bound, ("", plan))
    if not token or tickets().find(token) is None:
        baseline = baseline_for(store, plan.course, plan.view, plan.site)
        token = tickets().issue(bound, guide_for(store, baseline, plan.view))
    issued[bound] = (token, plan)
    while len(issued) > TICKETS_KEPT:
        del issued[next(iter(issued))]
    return token


def _store(store: Store, waiting: Batch, ticket: str, name: str) -> _Told:
    """Store a photo as what its ticket was issued for, whatever is chosen on the page by now."""
    found = next(((bound, plan) for bound, (token, plan) in _issued().items() if token == ticket), None)
    capture = tickets().take(ticket, found[0], name) if found is not None else None
    if found is None or capture is None:
        return _Told(camera.GONE, False)
    plan = found[1]
    at = capture.at.astimezone(store.people.clinic().zone)
    try:
        result = store_capture(store, plan, capture.data, camera.file_name(at), at)
        problem = result.sentence
    except SkincompareError as error:
        result, problem = None, str(error)
    if result is None or result.photo is None:
        file = waiting.tray.put(camera.file_name(at), capture.data)
        waiting.add([replace(file, captured=at, captured_source=TimeSource.CLOCK, view=plan.view)])
        return _Told(problem, False)
    start_measuring(store, plan.course)
    return _Told(camera.stored(add.view_label(plan.view, plan.site), moment_words(at)), True)
