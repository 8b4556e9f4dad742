"""A course day by day, from what is stored: every change against the baseline, of one version of each metric."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from skincompare.measurement import Change, Flag, Method
from skincompare.records import (
    Analysis,
    AnalysisStatus,
    Course,
    Patient,
    PhotoRecord,
    Session,
    TickedSymptom,
    baseline_of,
    session_of,
)
from skincompare.records.plain import to_plain
from skincompare.recovery import (
    ASSUMED_BANDS,
    BandTable,
    DayOfChanges,
    RecoveryCurve,
    RecoveryFlag,
    RecoveryOutlook,
    days_since,
    depth_class,
    recovery_curves,
    recovery_flags,
    recovery_outlook,
    symptom_flags,
)
from skincompare.store import Store
from skincompare.workflows.bands import clinic_bands
from skincompare.workflows.measuring import current_methods, treated_regions

__all__ = ["SCHEMA_VERSION", "Timeline", "TimelineDay", "course_timeline", "days_of"]

SCHEMA_VERSION = 1
"""Version of :meth:`Timeline.to_dict`; raised when a reader of it would break."""


@dataclass(frozen=True, slots=True)
class TimelineDay:
    """One photo of a course.

    Parameters
    ----------
    photo : PhotoRecord
        The photo.
    session : Session or None
        The session it is looked at against.
    day : float
        Days since that session, hour-exact, negative before it; without a session days since the baseline.
    changes : tuple of Change
        Against the baseline, by the current version of each metric.
    status : AnalysisStatus or None
        How the newest analysis ended; None when there is none by the current versions.
    problem : str
        Why nothing was measured.
    flags : tuple of Flag
        Circumstances of the pair.
    is_complete : bool
        Whether the current version of every metric was run; else ``skincompare reanalyse`` does.
    """

    photo: PhotoRecord
    session: Session | None
    day: float
    changes: tuple[Change, ...]
    status: AnalysisStatus | None
    problem: str
    flags: tuple[Flag, ...]
    is_complete: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """A course: its sessions, its baseline and every other photo of one view.

    Parameters
    ----------
    patient, course : Patient, Course
        Whose.
    sessions : tuple of Session
        Oldest first.
    baseline : PhotoRecord or None
        What all are compared with; None when no photo was taken before the first session.
    days : tuple of TimelineDay
        Every photo but the baseline, oldest first.
    symptoms : tuple of TickedSymptom
        What the patient ticked after its sessions, oldest first.
    bands : BandTable
        What is expected.
    """

    patient: Patient
    course: Course
    sessions: tuple[Session, ...]
    baseline: PhotoRecord | None
    days: tuple[TimelineDay, ...]
    symptoms: tuple[TickedSymptom, ...] = ()
    bands: BandTable = ASSUMED_BANDS

    @property
    def treated(self) -> tuple[str, ...]:
        """Regions that the course treats, sorted."""
        return tuple(sorted({region for session in self.sessions for region in session.treated}))

    @property
    def n_due(self) -> int:
        """Photos that the current versions have not measured."""
        return sum(not day.is_complete for day in self.days)

    def curves(
        self, session: Session | None, *, quantity: str = "redness", regions: Sequence[str] | None = None
    ) -> tuple[RecoveryCurve, ...]:
        """Return how one quantity went after one session, a curve for each region."""
        return recovery_curves(days_of(self, session), metric=quantity, regions=regions)

    def outlook(self, session: Session | None) -> RecoveryOutlook:
        """Return what redness says so far after one session: fits, expected days, what to show to a clinician."""
        found = recovery_outlook(
            days_of(self, session),
            regions=self._regions(session) or None,
            needle_depth_mm=_deepest(session),
            table=self.bands,
        )
        return replace(found, flags=(*self._symptom_flags(session), *found.flags))

    def flags(self, session: Session | None) -> tuple[RecoveryFlag, ...]:
        """Return the flags of :meth:`outlook` alone, without its fits: a list of patients needs no more."""
        days, regions, depth = days_of(self, session), self._regions(session) or None, _deepest(session)
        redness = recovery_curves(days, regions=regions)
        melanin = recovery_curves(days, metric="melanin", regions=regions)
        line = None if depth is None else self.bands.line(depth_class(depth))
        return (*self._symptom_flags(session), *recovery_flags(redness, melanin, line=line))

    def _regions(self, session: Session | None) -> tuple[str, ...]:
        return self.treated if session is None else session.treated

    def _symptom_flags(self, session: Session | None) -> tuple[RecoveryFlag, ...]:
        if session is None:
            return ()
        ticked = [one for one in self.symptoms if one.session_id == session.id]
        return tuple(
            flag for one in ticked for flag in symptom_flags([one.symptom], days_since(session.at, one.at))
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON, with a ``schema_version``; NaN becomes None."""
        return {
            "schema_version": SCHEMA_VERSION,
            "patient": self.patient.code,
            "course": to_plain(self.course),
            "sessions": to_plain(self.sessions),
            "baseline": to_plain(self.baseline),
            "symptoms": to_plain(self.symptoms),
            "outlooks": [
                {"session_id": session.id, **self.outlook(session).to_dict()} for session in self.sessions
            ],
            "days": [
                {
                    "photo": to_plain(day.photo),
                    "session_id": day.session.id if day.session else None,
                    "day": day.day,
                    "status": day.status.value if day.status else None,
                    "problem": day.problem,
                    "is_complete": day.is_complete,
                    "flags": [flag.to_dict() for flag in day.flags],
                    "changes": [change.to_dict() for change in day.changes],
                }
                for day in self.days
            ],
        }


def course_timeline(
    store: Store,
    patient: Patient,
    course: Course,
    *,
    quantities: Sequence[str] | None = None,
    series: tuple[str, str] | None = None,
    bands: BandTable | None = None,
) -> Timeline:
    """Read a course from the store; nothing is measured.

    Parameters
    ----------
    store : Store
        Where it is.
    patient, course : Patient, Course
        Which.
    quantities : sequence of str, optional
        Which quantities to read; default: all.
    series : (str, str), optional
        View and site; default: that of which there are most photos.
    bands : BandTable, optional
        What is expected; default: the clinic's own table.

    Returns
    -------
    Timeline
        Numbers of older versions of a metric, of another baseline or of other treated regions are left out.
    """
    photos, sessions = store.photos.of_course(course), store.treatments.sessions(course)
    if series is None:
        kinds = [photo.series for photo in photos]
        series = max(dict.fromkeys(kinds), key=kinds.count, default=("", ""))
    own = [photo for photo in photos if photo.series == series]
    baseline = baseline_of(own, sessions, series)
    others = [photo for photo in own if baseline is None or photo.id != baseline.id]
    numbers = [photo.id for photo in others if photo.id is not None]
    found = store.analyses.of_photos(numbers, quantities=quantities)
    methods = current_methods()
    return Timeline(
        patient=patient,
        course=course,
        sessions=sessions,
        baseline=baseline,
        days=tuple(_day(photo, baseline, sessions, found, methods) for photo in others),
        symptoms=store.aftercare.symptoms(course),
        bands=clinic_bands(store) if bands is None else bands,
    )


def days_of(timeline: Timeline, session: Session | None) -> tuple[DayOfChanges, ...]:
    """Return the measured days after one session: what a curve, a fit or a rule of recovery is made from.

    This is the seam to :mod:`skincompare.recovery`: fits, bands and flags take these days.

    Parameters
    ----------
    timeline : Timeline
        The course.
    session : Session or None
        Which session; None for a course without any.

    Returns
    -------
    tuple of DayOfChanges
        Photos that belong to that session and were measured, oldest first; negative days before it.
    """
    wanted = None if session is None else session.id
    return tuple(
        DayOfChanges(day.day, day.changes)
        for day in timeline.days
        if day.changes and (day.session.id if day.session else None) == wanted
    )


def _deepest(session: Session | None) -> float | None:
    return None if session is None else max(session.depths_mm.values(), default=None)


def _day(
    photo: PhotoRecord,
    baseline: PhotoRecord | None,
    sessions: tuple[Session, ...],
    analyses: Sequence[Analysis],
    methods: Mapping[str, Method],
) -> TimelineDay:
    session = session_of(sessions, photo.captured)
    start = session.at if session else baseline.captured if baseline else photo.captured
    key = (photo.id, baseline.id if baseline else None, treated_regions(sessions, photo))
    own = [one for one in analyses if (one.photo_id, one.baseline_id, one.treated) == key]
    newest: dict[str, Analysis] = {}
    for name, method in methods.items():
        ran = [one for one in own if method in one.methods]
        if ran:
            newest[name] = ran[-1]
    last = max(newest.values(), key=lambda one: one.id or 0, default=None)
    changes = tuple(
        change
        for name, analysis in newest.items()
        for change in analysis.changes
        if change.after.method.name == name
    )
    return TimelineDay(
        photo=photo,
        session=session,
        day=days_since(start, photo.captured),
        changes=changes,
        status=last.status if last else None,
        problem=last.problem if last and not changes else "",
        flags=last.flags if last else (),
        is_complete=baseline is None or len(newest) == len(methods),
    )
