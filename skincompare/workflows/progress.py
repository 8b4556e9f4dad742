"""Progress between sessions, from a timeline: which photos are compared, and what they say of each quantity."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Any

from skincompare.measurement import Change, Verdict, decide
from skincompare.recovery import Progress, Visit, depth_class, measure_progress, progress_sentence
from skincompare.recovery.curves import own_sigma, photo_sigma
from skincompare.workflows.timeline import Timeline, TimelineDay

__all__ = ["CourseProgress", "ProgressVisit", "course_progress", "mean_change"]

USUAL_LAST_DAY = 7.0
"""Day from which a session without a needle depth counts as recovered: the end of the deepest class [judgement]."""
COMPARABLE_SHARE, LEAST_DAYS_APART = 0.25, 0.5
"""Photos are comparable when their days differ from the chosen day by at most this share of it, and at least this many
days [judgement]: swelling and redness fade about exponentially."""


@dataclass(frozen=True, slots=True)
class ProgressVisit:
    """The photos of one session that are compared.

    Parameters
    ----------
    number : int
        Sessions done before it.
    days : tuple of TimelineDay
        At comparable days; empty when there is none.
    """

    number: int
    days: tuple[TimelineDay, ...]


@dataclass(frozen=True, slots=True)
class CourseProgress:
    """How the quantities of a course went from session to session.

    Parameters
    ----------
    day : float
        Days after its session at which each visit is compared; NaN when there is nothing to compare.
    is_settled : bool
        Whether by that day the skin is expected to have recovered; else swelling and redness are in the numbers.
    visits : tuple of ProgressVisit
        One a session, in their order.
    progress : tuple of Progress
        One a quantity and region.
    changes : tuple of (tuple of (Change or None))
        The change at each visit, in the order of `progress`; None where it was not looked at.
    """

    day: float
    is_settled: bool
    visits: tuple[ProgressVisit, ...]
    progress: tuple[Progress, ...]
    changes: tuple[tuple[Change | None, ...], ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; NaN becomes None."""
        return {
            "day": None if math.isnan(self.day) else self.day,
            "is_settled": self.is_settled,
            "visits": [
                {
                    "sessions": visit.number,
                    "photos": [{"file_name": one.photo.file_name, "day": one.day} for one in visit.days],
                }
                for visit in self.visits
            ],
            "progress": [
                {
                    **one.to_dict(),
                    "sentence": progress_sentence(one),
                    "changes": [None if change is None else change.to_dict() for change in changes],
                }
                for one, changes in zip(self.progress, self.changes, strict=True)
            ],
        }


def course_progress(
    whole: Timeline, *, quantities: Sequence[str] | None = None, regions: Sequence[str] | None = None
) -> CourseProgress:
    """Return how a course went from session to session, at comparable days.

    Parameters
    ----------
    whole : Timeline
        The course.
    quantities : sequence of str, optional
        Which; default: all that were measured.
    regions : sequence of str, optional
        Which; default: the treated ones; all that there are where none of those was looked at.

    Returns
    -------
    CourseProgress
        The day is the latest on which every session that has a photo from after its recovery still has one; with no
        such session the latest of those that have any photo.
    """
    own = {
        session.id: [
            day for day in whole.days if day.session and day.session.id == session.id and day.changes
        ]
        for session in whole.sessions
    }
    latest = {
        session.id: max((day.day for day in own[session.id]), default=math.nan) for session in whole.sessions
    }
    settled = {
        session.id
        for session in whole.sessions
        if latest[session.id] >= _recovered_from(whole, tuple(session.depths_mm.values()))
    }
    chosen = [latest[one] for one in (settled or latest) if not math.isnan(latest[one])]
    day = min(chosen, default=math.nan)
    room = max(LEAST_DAYS_APART, COMPARABLE_SHARE * day)
    visits = tuple(
        ProgressVisit(number, tuple(one for one in own[session.id] if abs(one.day - day) <= room))
        for number, session in enumerate(whole.sessions, start=1)
    )
    wanted = _wanted(visits, quantities, whole.treated if regions is None else regions)
    if not wanted and regions is None:  # a close-up is a region of its own
        wanted = _wanted(visits, quantities, ())
    found = [(_visits_of(visits, metric, region)) for metric, region in wanted]
    return CourseProgress(
        day=day,
        is_settled=bool(settled),
        visits=visits,
        progress=tuple(measure_progress([one for one in each if one is not None]) for each in found),
        changes=tuple(tuple(None if one is None else one.change for one in each) for each in found),
    )


def mean_change(changes: Sequence[Change]) -> Change:
    """Return the mean of one visit's photos against one baseline.

    Parameters
    ----------
    changes : sequence of Change
        Of one metric and region, measurable, one a photo.

    Returns
    -------
    Change
        The last photo's, with the mean as its change. Its sigma is that of the mean: what is the photos' own falls
        with the root of their number, the baseline's error does not. The smallest detectable change stays that of
        one photo.
    """
    last = changes[-1]
    if len(changes) == 1:
        return last
    mdc95 = fmean(one.mdc95 for one in changes)
    baseline = fmean(photo_sigma(one) for one in changes)
    own = math.sqrt(sum(own_sigma(one, baseline) ** 2 for one in changes)) / len(changes)
    value, sigma = fmean(one.change for one in changes), math.hypot(baseline, own)
    verdict = decide(value, sigma, mdc95, last.flags)
    return replace(last, change=value, sigma=sigma, mdc95=mdc95, verdict=verdict, is_paired=True)


def _recovered_from(whole: Timeline, depths: Sequence[float]) -> float:
    if not depths:
        return USUAL_LAST_DAY
    return whole.bands.line(depth_class(max(depths))).last_day


def _wanted(
    visits: Sequence[ProgressVisit], quantities: Sequence[str] | None, regions: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    """Return quantity and region of everything that was looked at and asked for."""
    seen = dict.fromkeys(
        (change.metric, change.region)
        for visit in visits
        for day in visit.days
        for change in day.changes
        if (quantities is None or change.metric in quantities) and (not regions or change.region in regions)
    )
    order = list(dict.fromkeys(metric for metric, _ in seen)) if quantities is None else list(quantities)
    return tuple(sorted(seen, key=lambda pair: order.index(pair[0])))


def _visits_of(visits: Sequence[ProgressVisit], metric: str, region: str) -> tuple[Visit | None, ...]:
    found: list[Visit | None] = []
    for visit in visits:
        changes = [
            one for day in visit.days for one in day.changes if (one.metric, one.region) == (metric, region)
        ]
        told = [one for one in changes if one.verdict is not Verdict.NOT_MEASURABLE]
        if told:
            found.append(Visit(visit.number, mean_change(told), len(told)))
        else:
            found.append(Visit(visit.number, changes[-1]) if changes else None)
    return tuple(found)
