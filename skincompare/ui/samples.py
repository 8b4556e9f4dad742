"""The sample photos as the pages use them: read once, again when they were made anew; with the truth they carry."""

import json
from pathlib import Path

import streamlit as st

from skincompare.errors import SkincompareError
from skincompare.report.locale import date_words
from skincompare.settings import read_settings
from skincompare.ui.widgets.recovery_chart import TruthPoint
from skincompare.workflows import CoursePhoto, SampleCourse, Samples, load_samples

__all__ = ["photo_note", "read_samples", "true_redness"]


def read_samples() -> Samples | None:
    """Return the sample photos, or None when there are none or their list is damaged."""
    folder = read_settings().samples
    try:
        made = (folder / "truth.json").stat().st_mtime_ns
        return _samples(str(folder), made)
    except (OSError, SkincompareError):
        return None


@st.cache_resource(max_entries=2, show_spinner=False)
def _samples(folder: str, made_ns: int) -> Samples:
    return load_samples(Path(folder))


def photo_note(photo: CoursePhoto) -> str:
    """Return the day and date of a photo, for the picture: ``Day 1 · 4 March 2026``."""
    date = date_words(photo.captured)
    return date if photo.label.lower() == "before" else f"{photo.label} · {date}"


def true_redness(course: SampleCourse) -> tuple[TruthPoint, ...]:
    """Return the redness that was put into a simulated course, against its baseline; empty when not told."""
    try:
        truth = json.loads((read_settings().samples / "truth.json").read_text(encoding="utf-8"))
        (own,) = (one for one in truth["courses"] if one["name"] == course.name)
        return tuple(
            TruthPoint(region, photo.day, float(value))
            for photo, entry in zip(course.photos[1:], own["photos"][1:], strict=True)
            for region, value in entry["redness_ei"].items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ()
