"""What an import would do, file by file: dates to confirm, what is ready, what stays out and why."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from html import escape
from typing import Literal
from zoneinfo import ZoneInfo

import streamlit as st

from skincompare.records import View
from skincompare.ui.intake import Batch
from skincompare.ui.keys import Key
from skincompare.ui.pictures import seen_address
from skincompare.ui.problems import escape_markdown
from skincompare.ui.words import add as words
from skincompare.ui.words.moments import moment_words
from skincompare.workflows.incoming import Expected, SeenFile, Standing

__all__ = ["of_standing", "show_dates", "show_left_out", "show_ready"]

ROW = (0.09, 0.45, 0.27, 0.19)
"""Shares of the width: picture, words, date, button."""
DATE_FORMAT = "YYYY-MM-DD"
"""How dates are typed: the one order that is read alike everywhere."""
FIRST_DATE, LAST_DATE = datetime(1990, 1, 1), datetime(2100, 1, 1)
"""Dates that can be typed; the fields know no zones."""
FIELD_WIDTH_PX = 240
STEP = timedelta(minutes=1)
"""Step of the fields for a time."""


def show_dates(waiting: Batch, files: Sequence[Expected], zone: ZoneInfo) -> None:
    """Draw the files whose date wants confirming, each with a field for it."""
    if not files:
        return
    st.subheader(words.DATES)
    st.caption(escape_markdown(words.zone_note(zone.key)))
    if len(files) > 1:
        _dates_of_all(waiting, files, zone)
    for one in files:
        _date_row(waiting, one, zone)


def _dates_of_all(waiting: Batch, files: Sequence[Expected], zone: ZoneInfo) -> None:
    with st.container(key="add-for-all", horizontal=True, vertical_alignment="bottom"):
        typed = _date_field(words.TAKEN_ALL, None, Key.ADD_ALL_DATE, width=FIELD_WIDTH_PX)
        if st.button(words.FOR_ALL, key=Key.ADD_FOR_ALL):
            if typed is None:
                st.caption(words.ENTER_FIRST)
            else:
                for one in files:
                    _said(waiting, one.seen, typed, zone)
                st.rerun()
        dated = [one for one in files if one.captured is not None]
        if len(dated) == len(files) and st.button(words.ALL_RIGHT, key=f"{Key.ADD_RIGHT}_all"):
            waiting.confirmed.update(one.seen.sha256 for one in dated)
            st.rerun()


def _date_row(waiting: Batch, one: Expected, zone: ZoneInfo) -> None:
    seen, name = one.seen, one.seen.file.name
    key = seen.sha256[:16]
    picture, said, field, button = st.columns(ROW, vertical_alignment="center")
    picture.html(_thumb(seen))
    doubt = words.doubt_words(one.doubt) if one.doubt else ""
    said.html(f'<div class="sc-name">{escape(name)}</div><p class="sc-quiet">{escape(doubt)}</p>')
    found = one.captured.astimezone(zone).replace(tzinfo=None) if one.captured else None
    with field:
        typed = _date_field(words.taken_label(name), found, f"{Key.ADD_DATE}_{key}", is_named=False)
    # The field gives a date when it was typed to its end, so that no button has to say so again.
    if typed is not None and (found is None or abs(typed - found) >= STEP):
        _said(waiting, seen, typed, zone)
        st.rerun()
    if found is not None and button.button(words.RIGHT, key=f"{Key.ADD_RIGHT}_{key}", width="stretch"):
        waiting.confirmed.add(seen.sha256)
        st.rerun()


def _date_field(
    label: str,
    value: datetime | None,
    key: str,
    *,
    is_named: bool = True,
    width: int | Literal["stretch"] = "stretch",
) -> datetime | None:
    typed: datetime | None = st.datetime_input(
        label,
        value,
        min_value=FIRST_DATE,
        max_value=LAST_DATE,
        step=STEP,
        format=DATE_FORMAT,
        key=key,
        label_visibility="visible" if is_named else "collapsed",
        width=width,
    )
    return typed


def _said(waiting: Batch, seen: SeenFile, typed: datetime, zone: ZoneInfo) -> None:
    waiting.say(seen, captured=typed.replace(tzinfo=zone))
    waiting.confirmed.add(seen.sha256)


def show_ready(waiting: Batch, files: Sequence[Expected], plan_view: View, zone: ZoneInfo) -> None:
    """Draw the files that can be stored as they are, and a way to change one of them."""
    if not files:
        return
    st.subheader(words.READY)
    st.html(f'<ul class="sc-cards">{"".join(_card(one, plan_view, zone) for one in files)}</ul>')
    named = {one.seen.sha256: one for one in files}
    with st.container(key="add-change", horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            words.CHANGE,
            list(named),
            index=None,
            placeholder=words.CHANGE_HINT,
            format_func=lambda sha256: named[sha256].seen.file.name,
            key=Key.ADD_CHANGE,
            width=300,
        )
        if chosen in named:
            _change(waiting, named[chosen], plan_view, zone)


def _change(waiting: Batch, one: Expected, plan_view: View, zone: ZoneInfo) -> None:
    seen, key = one.seen, one.seen.sha256[:16]
    assert one.captured is not None
    found = one.captured.astimezone(zone).replace(tzinfo=None)
    typed = _date_field(words.TAKEN, found, f"{Key.ADD_DATE}_{key}", width=FIELD_WIDTH_PX)
    view = seen.file.view or plan_view
    if plan_view is not View.CLOSE_UP:
        faces: tuple[View, ...] = tuple(one for one in View if one is not View.CLOSE_UP)
        chosen: View | None = st.selectbox(
            words.VIEW,
            faces,
            faces.index(view),
            format_func=words.view_label,
            key=f"{Key.ADD_VIEW}_{key}",
            width=200,
        )
        view = chosen or view
    if typed is not None and abs(typed - found) >= STEP:
        _said(waiting, seen, typed, zone)
        st.rerun()
    if view is not (seen.file.view or plan_view):
        waiting.say(seen, view=view)
        st.rerun()
    if st.button(words.LEAVE_OUT, key=f"{Key.ADD_LEAVE}_{key}"):
        waiting.leave_out([seen])
        st.rerun()


def _card(one: Expected, plan_view: View, zone: ZoneInfo) -> str:
    assert one.captured is not None
    view = one.seen.file.view or plan_view
    marks = [words.view_label(view)] if view is not plan_view else []
    if one.is_baseline:
        marks.append(words.BASELINE)
    shown = "".join(f'<span class="sc-mark">{escape(mark)}</span>' for mark in marks)
    return (
        f'<li class="sc-card">{_thumb(one.seen)}<div class="sc-name">{escape(one.seen.file.name)}</div>'
        f"<div>{escape(moment_words(one.captured, zone))}</div>"
        f'<div class="sc-quiet">{escape(words.source_words(one.source))}</div>{shown}</li>'
    )


def show_left_out(
    waiting: Batch, title: str, files: Sequence[Expected], sentence: Callable[[Expected], str]
) -> None:
    """Draw files that would not be stored, each with its reason, and a button that takes them off the list."""
    if not files:
        return
    st.subheader(title)
    rows = "".join(
        f'<li>{_thumb(one.seen)}<div><div class="sc-name">{escape(one.seen.file.name)}</div>'
        f"<p>{escape(sentence(one))}</p></div></li>"
        for one in files
    )
    st.html(f'<ul class="sc-files">{rows}</ul>')
    kind = files[0].standing
    clear = partial(waiting.leave_out, [one.seen for one in files])
    st.button(words.LEAVE_OUT_ALL, key=f"{Key.ADD_LEAVE}_{kind.name}", on_click=clear)


def of_standing(files: Sequence[Expected], *standings: Standing) -> tuple[Expected, ...]:
    """Return the files of some standings."""
    return tuple(one for one in files if one.standing in standings)


def _thumb(seen: SeenFile) -> str:
    if not seen.thumb:
        return '<span class="sc-thumb" aria-hidden="true"></span>'
    return f'<img class="sc-thumb" src="{seen_address(seen)}" alt="">'
