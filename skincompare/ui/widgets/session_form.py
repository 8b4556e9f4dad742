"""The dialog on a session: when, which regions and how deep, with what, and what the patient was told."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from skincompare.errors import SkincompareError
from skincompare.records import Course, Session
from skincompare.records.treatments import MAX_DEPTH_MM, MAX_PASSES
from skincompare.report import words as names
from skincompare.store import Store
from skincompare.ui.face_map import show_face_map
from skincompare.ui.keys import Key
from skincompare.ui.problems import escape_markdown
from skincompare.ui.widgets.treatment import ALL_REGIONS
from skincompare.ui.words import session as words
from skincompare.workflows.course_overview import save_session

__all__ = ["edit_session", "new_session"]

USUAL_DEPTH_MM = 1.0
"""Depth that a new session begins with, mm: the middle of what the clinics use [judgement]."""
DEPTH_STEP_MM = 0.25
FACE_SHARE = (0.42, 0.58)
"""Shares of the width for the face and for the fields."""
NOTES_HEIGHT_PX = 80


@st.dialog(words.NEW, width="large", icon=":material/event:")
def new_session(store: Store, course: Course, zone: ZoneInfo, before: Session | None) -> None:
    """Ask for a new session; it begins with the device and regions of the last one."""
    assert course.id is not None
    moment = datetime.now(zone).replace(second=0, microsecond=0)
    fresh = Session(course_id=course.id, at=moment)
    if before is not None:
        fresh = replace(fresh, depths_mm=before.depths_mm, device=before.device, passes=before.passes)
    _ask(store, fresh, zone)


@st.dialog(words.EDIT, width="large", icon=":material/edit:")
def edit_session(store: Store, session: Session, zone: ZoneInfo) -> None:
    """Ask for changes of a session."""
    _ask(store, session, zone)


def _ask(store: Store, session: Session, zone: ZoneInfo) -> None:
    mark = f"{session.course_id}_{session.id or 'new'}_{session.revision}"
    face, fields = st.columns(FACE_SHARE, gap="large")
    with face:
        regions = _regions(session, mark)
    with fields:
        depths = _depths(session, regions, mark)
        changed = _fields(store, session, zone, mark)
        is_sent = st.button(words.SAVE, type="primary", key=f"{Key.SESSION_SAVE}_{mark}")
    if not is_sent:
        return
    try:
        save_session(store, replace(changed(), depths_mm=depths))
    except SkincompareError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
        return
    for key in [key for key in st.session_state if str(key).endswith(mark)]:
        del st.session_state[key]
    st.rerun()


def _regions(session: Session, mark: str) -> tuple[str, ...]:
    key = f"{Key.SESSION_REGIONS}_{mark}"
    st.session_state.setdefault(key, [one for one in ALL_REGIONS if one in session.depths_mm])

    def toggle(region: str) -> None:
        chosen: Sequence[str] = st.session_state[key]
        st.session_state[key] = [one for one in ALL_REGIONS if (one in chosen) is not (one == region)]

    show_face_map(st.session_state[key], f"{Key.SESSION_MAP}_{mark}", toggle)
    chosen = st.multiselect(words.REGIONS, ALL_REGIONS, format_func=_label, key=key)
    if not chosen:
        st.caption(words.NOTHING_MARKED)
    others = tuple(one for one in session.depths_mm if one not in ALL_REGIONS)  # named in a terminal, kept
    return (*chosen, *others)


def _depths(session: Session, regions: Sequence[str], mark: str) -> dict[str, float]:
    usual = next(iter(session.depths_mm.values()), USUAL_DEPTH_MM)
    common = st.number_input(
        words.DEPTH,
        min_value=DEPTH_STEP_MM / 5,
        max_value=MAX_DEPTH_MM,
        value=usual,
        step=DEPTH_STEP_MM,
        help=words.DEPTH_HELP,
        key=f"{Key.SESSION_DEPTH}_{mark}",
    )
    depths = {}
    own = {one: session.depths_mm.get(one, common) for one in regions}
    if len(regions) > 1:
        with st.expander(words.DEPTH_OWN, expanded=len(set(session.depths_mm.values())) > 1):
            for region in regions:
                begins = own[region] if own[region] != usual else common
                depths[region] = st.number_input(
                    _label(region),
                    min_value=DEPTH_STEP_MM / 5,
                    max_value=MAX_DEPTH_MM,
                    value=begins,
                    step=DEPTH_STEP_MM,
                    key=f"{Key.SESSION_DEPTH}_{region}_{begins}_{mark}",
                )
        return depths
    return dict.fromkeys(regions, common)


def _fields(store: Store, session: Session, zone: ZoneInfo, mark: str) -> Callable[[], Session]:
    at = st.datetime_input(
        words.at_label(zone.key),
        value=session.at.astimezone(zone).replace(tzinfo=None),
        step=60 * 5,
        key=f"{Key.SESSION_AT}_{mark}",
        required=True,
    )
    left, right = st.columns(2)
    device = left.text_input(words.DEVICE, session.device, max_chars=200, key=f"{Key.SESSION_DEVICE}_{mark}")
    people = tuple(dict.fromkeys((*filter(None, [session.practitioner]), *store.treatments.practitioners())))
    who = right.selectbox(
        words.WHO,
        people,
        0 if session.practitioner else None,
        placeholder=words.WHO_HINT,
        accept_new_options=True,
        key=f"{Key.SESSION_WHO}_{mark}",
    )
    left, right = st.columns(2)
    passes = left.number_input(
        words.PASSES,
        min_value=1,
        max_value=MAX_PASSES,
        value=session.passes,
        step=1,
        key=f"{Key.SESSION_PASSES}_{mark}",
    )
    topicals = right.text_input(words.TOPICALS, session.topicals, key=f"{Key.SESSION_TOPICALS}_{mark}")
    advice = st.text_area(
        words.ADVICE,
        session.instructions,
        help=words.ADVICE_HELP,
        height=NOTES_HEIGHT_PX,
        key=f"{Key.SESSION_ADVICE}_{mark}",
    )
    notes = st.text_area(
        words.NOTES, session.notes, height=NOTES_HEIGHT_PX, key=f"{Key.SESSION_NOTES}_{mark}"
    )
    moment = session.at if at is None else at.replace(tzinfo=zone)

    def changed() -> Session:
        return replace(
            session,
            at=moment,
            device=device.strip(),
            practitioner=(who or "").strip(),
            passes=passes,
            topicals=topicals,
            instructions=advice,
            notes=notes,
        )

    return changed


def _label(region: str) -> str:
    return names.capitalised(names.region_label(region))
