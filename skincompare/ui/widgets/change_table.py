"""The table of changes, in plain words: what can be told, treated regions first."""

from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby

import streamlit as st

from skincompare.measurement import Change, Verdict
from skincompare.metrics.registry import quantities
from skincompare.report import words
from skincompare.ui.words import outcome as own

__all__ = ["change_table", "is_detected", "show_change_tables"]

PAIRED = "*"
"""Marks a change that was measured on the same features, so that before and after do not add up to it."""
_NUMBERS = (1, 2, 3, 4)


def show_change_tables(changes: Iterable[Change], treated: Sequence[str]) -> None:
    """Draw what can be told of the treated regions and of all that changed; the rest waits below, folded.

    A quantity of which nothing changed is folded, too, but for the first one: redness is always looked for.

    Parameters
    ----------
    changes : iterable of Change
        All changes; those that are not measurable are told elsewhere.
    treated : sequence of str
        Regions that come first and carry a mark; with none named all regions are drawn.
    """
    told = [one for one in words.sorted_changes(changes, treated) if words.is_measurable(one)]
    first = [one for one in told if not treated or one.region in treated or is_detected(one)]
    rest = [one for one in told if one not in first]
    moved = {one.metric for one in first if is_detected(one)} | {one.metric for one in first[:1]}
    shown = [one for one in first if one.metric in moved]
    calm = [one for one in first if one.metric not in moved]
    if shown:
        st.html(change_table(shown, treated))
    if calm:
        names = [words.quantity_label(metric).lower() for metric in dict.fromkeys(one.metric for one in calm)]
        with st.expander(own.calm_quantities(names, len(calm))):
            st.html(change_table(calm, treated))
    if rest:
        with st.expander(own.other_skin(len(rest))):
            st.html(change_table(rest, treated))


def change_table(changes: Sequence[Change], treated: Sequence[str]) -> str:
    """Return a table of measurable changes, sorted by quantity, as HTML with every text escaped."""
    heads = "".join(
        f'<th scope="col"{_number_class(index)}>{escape(head)}</th>' for index, head in enumerate(own.HEADS)
    )
    body = "".join(
        _group_row(metric) + "".join(_row(change, change.region in treated) for change in members)
        for metric, members in groupby(changes, key=lambda one: one.metric)
    )
    note = (
        f'<p class="sc-quiet">{PAIRED} {escape(words.PAIRED_NOTE)}</p>' if words.are_paired(changes) else ""
    )
    return (
        '<div class="sc-table-room"><table class="sc-table">'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>{note}</div>"
    )


def _group_row(metric: str) -> str:
    quantity = quantities().get(metric)
    unit = f", {quantity.unit}" if quantity else ""
    meaning = f" <span>{escape(quantity.meaning)}</span>" if quantity else ""
    label = escape(words.quantity_label(metric) + unit)
    return f'<tr class="sc-group"><th scope="rowgroup" colspan="{len(own.HEADS)}">{label}{meaning}</th></tr>'


def _row(change: Change, is_treated: bool) -> str:
    mark = f'<span class="sc-mark">{escape(own.TREATED_MARK)}</span>' if is_treated else ""
    symbol = f'<span class="sc-symbol" aria-hidden="true">{words.VERDICT_SYMBOLS[change.verdict]}</span>'
    cells = (
        escape(words.capitalised(words.region_label(change.region))) + mark,
        words.format_value(change.metric, change.before.value),
        words.format_value(change.metric, change.after.value),
        words.change_with_sigma(change) + (PAIRED if change.is_paired else ""),
        words.format_value(change.metric, words.smallest_detectable(change)),
        symbol + escape(words.VERDICT_WORDS[change.verdict]),
    )
    filled = "".join(f"<td{_number_class(index)}>{cell}</td>" for index, cell in enumerate(cells))
    return f"<tr{' class=sc-detected' if is_detected(change) else ''}>{filled}</tr>"


def is_detected(change: Change) -> bool:
    """Return whether a change counts as one."""
    return change.verdict in (Verdict.INCREASED, Verdict.DECREASED)


def _number_class(index: int) -> str:
    return ' class="sc-number"' if index in _NUMBERS else ""
