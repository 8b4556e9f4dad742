"""A course as one screen shows it: which photo is looked at first, and what its condition is followed by."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from skincompare.records import AnalysisStatus, Condition, Course, Patient, PhotoRecord, Session
from skincompare.store import Store
from skincompare.workflows.jobs import Job
from skincompare.workflows.measuring import treated_regions
from skincompare.workflows.timeline import Timeline, TimelineDay
from skincompare.workflows.views import make_view

__all__ = [
    "QUANTITIES_OF",
    "all_series",
    "day_to_show",
    "make_views",
    "new_course",
    "save_session",
    "session_number",
    "treated_of",
]

QUANTITIES_OF: Mapping[Condition, tuple[str, ...]] = MappingProxyType(
    {
        Condition.LARGE_PORES: ("pore_area", "pore_density", "pore_diameter", "shine"),
        Condition.ACNE_SCARS: ("scar_unevenness", "scar_area", "roughness", "redness"),
        Condition.FINE_LINES: ("line_density", "line_strength", "roughness"),
        Condition.WRINKLES: ("line_density", "line_strength", "roughness"),
        Condition.DISCOLORATION: ("melanin", "spot_area", "spot_density", "evenness"),
        Condition.REDNESS: ("redness", "red_area", "hemoglobin"),
        Condition.OTHER: ("redness", "melanin", "roughness"),
    }
)
"""What a course for a condition is followed by, the telling ones first [judgement]."""


def all_series(photos: tuple[PhotoRecord, ...]) -> tuple[tuple[str, str], ...]:
    """Return the series of some photos (view and site), the one with most photos first."""
    kinds = [photo.series for photo in photos]
    return tuple(sorted(dict.fromkeys(kinds), key=lambda one: -kinds.count(one)))


def day_to_show(whole: Timeline) -> TimelineDay | None:
    """Return the day that is looked at first: the newest that was measured, else the newest of all."""
    measured = [day for day in whole.days if day.status is AnalysisStatus.MEASURED]
    return next(reversed(measured or whole.days), None)


def treated_of(whole: Timeline, photo: PhotoRecord) -> tuple[str, ...]:
    """Return the regions under which the pair of a photo and the baseline is kept."""
    return treated_regions(whole.sessions, photo)


def session_number(whole: Timeline, session: Session | None) -> int:
    """Return which session of the course one is, from 1; 0 for none."""
    return next((n for n, one in enumerate(whole.sessions, 1) if session and one.id == session.id), 0)


def save_session(store: Store, session: Session) -> Session:
    """Store a session, new or changed."""
    if session.id is None:
        return store.treatments.add_session(session)
    return store.treatments.save_session(session)


def make_views(store: Store, whole: Timeline, days: Sequence[TimelineDay], job: Job) -> None:
    """Make the views of measured pairs that are not kept, each kept as it is made.

    Parameters
    ----------
    store : Store
        Where the photos are.
    whole : Timeline
        The course, with a baseline.
    days : sequence of TimelineDay
        Which photos, in this order.
    job : Job
        Told how far it is.
    """
    assert whole.baseline is not None
    for index, day in enumerate(days):
        job.tell(day.photo.file_name, index / len(days))
        make_view(store, whole.baseline, day.photo, treated_of(whole, day.photo))


def new_course(store: Store, patient: Patient, course: Course) -> Course:
    """Store a further course of a patient."""
    assert patient.id is not None
    return store.treatments.add_course(replace(course, patient_id=patient.id))
