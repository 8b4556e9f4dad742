"""What was treated and what was not, in plain words."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

import streamlit as st

from skincompare.imaging.regions import FACE_REGIONS
from skincompare.report import words
from skincompare.ui.cache import Options
from skincompare.ui.face_map import show_face_map
from skincompare.ui.keys import Key
from skincompare.ui.words import treatment as own

__all__ = ["Preset", "choose_treatment"]


class Preset(StrEnum):
    """Usual answers to what was treated."""

    CHEEKS = own.CHEEKS
    CHEEKS_AND_NOSE = own.CHEEKS_AND_NOSE
    BUT_FOREHEAD = own.BUT_FOREHEAD
    WHOLE_FACE = own.WHOLE_FACE
    CHOSEN = own.CHOSEN
    CLOSE_UP = own.CLOSE_UP


ALL_REGIONS: tuple[str, ...] = (*FACE_REGIONS, "neck")
"""Regions that a person can name, from the forehead down."""
FOREHEAD = ("forehead", "glabella", "left_temple", "right_temple")
"""What counts as forehead in plain words."""
COLUMNS = (0.58, 0.42)
"""Shares of the width for what was treated and what was not."""
TREATED: Mapping[Preset, tuple[str, ...]] = MappingProxyType(
    {
        Preset.CHEEKS: ("left_cheek", "right_cheek"),
        Preset.CHEEKS_AND_NOSE: ("left_cheek", "right_cheek", "nose"),
        Preset.BUT_FOREHEAD: tuple(name for name in FACE_REGIONS if name not in FOREHEAD),
        Preset.WHOLE_FACE: tuple(FACE_REGIONS),
    }
)


def choose_treatment() -> Options | None:
    """Ask what was treated and what was not.

    Returns
    -------
    Options or None
        None while the question is open.
    """
    left, right = st.columns(COLUMNS, gap="large")
    with left:
        preset = st.pills(
            own.WHAT,
            list(Preset),
            key=Key.TREATED_PRESET,
            on_change=_forget_references,
            wrap=True,
        )
        if preset is None:
            return None
        treated = _chosen_regions() if preset == Preset.CHOSEN else TREATED.get(preset, ())
    with right:
        if preset == Preset.CLOSE_UP:
            return _close_up()
        return Options(treated, _references(treated), chart=_has_chart()) if treated else None


def _chosen_regions() -> tuple[str, ...]:
    show_face_map(st.session_state.get(Key.TREATED, ()), Key.FACE_MAP, _toggle)
    chosen = st.multiselect(
        own.REGIONS,
        ALL_REGIONS,
        format_func=_label,
        key=Key.TREATED,
        on_change=_forget_references,
    )
    return tuple(chosen)


def _toggle(region: str) -> None:
    """Mark a region that was tapped as treated, or no longer."""
    chosen = list(st.session_state.get(Key.TREATED, ()))
    st.session_state[Key.TREATED] = [one for one in ALL_REGIONS if (one in chosen) is not (one == region)]
    _forget_references()


def _close_up() -> Options:
    px_per_mm = st.number_input(
        own.PX_PER_MM,
        min_value=1.0,
        max_value=500.0,
        value=None,
        step=0.5,
        key=Key.PX_PER_MM,
        placeholder=own.PX_PER_MM_NONE,
        help=own.PX_PER_MM_HELP,
    )
    return Options(px_per_mm=px_per_mm)


def _references(treated: Sequence[str]) -> tuple[str, ...]:
    """Ask for untreated skin; nobody named means all that was not treated, as in the terminal."""
    left = [name for name in ALL_REGIONS if name not in treated]
    chosen = st.multiselect(
        own.REFERENCE,
        left,
        help=own.REFERENCE_HELP,
        format_func=_label,
        key=Key.REFERENCE,
        placeholder=own.REFERENCE_NONE,
    )
    return tuple(chosen)


def _has_chart() -> bool:
    return st.checkbox(
        own.HAS_CHART,
        key=Key.HAS_CHART,
        help=own.HAS_CHART_HELP,
    )


def _forget_references() -> None:
    st.session_state.pop(Key.REFERENCE, None)


def _label(region: str) -> str:
    return words.capitalised(words.region_label(region))
