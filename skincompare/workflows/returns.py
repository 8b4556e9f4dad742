"""Days of return of the clinic's completed courses: fitted once, stored, fitted again when a course changed."""

from collections.abc import Callable, Collection
from statistics import median

from skincompare.records import Course, Session
from skincompare.recovery import (
    ASSUMED_BANDS,
    DepthClass,
    depth_class,
    overall_curve,
    recovery_curves,
    recovery_outlook,
)
from skincompare.store import Store
from skincompare.workflows.measuring import current_methods
from skincompare.workflows.timeline import Timeline, course_timeline, days_of

__all__ = ["course_returns", "refresh_returns"]

QUANTITY = "redness"
"""What returns."""

Progress = Callable[[str, float], None]


def course_returns(whole: Timeline) -> dict[DepthClass, float | None]:
    """Return on which day the redness of a course was back, by class of needle depth.

    Parameters
    ----------
    whole : Timeline
        With redness.

    Returns
    -------
    dict of DepthClass to float or None
        Days. All regions of a session that were treated in one class of depth count as one (their mean), and all
        sessions of a course count as one (their median): neighbouring regions and one person's sessions are no
        independent courses. None where no return could be fitted.
    """
    found: dict[DepthClass, list[float]] = {depth: [] for depth in DepthClass}
    for session in whole.sessions:
        for depth in DepthClass:
            day = _session_return(whole, session, depth)
            if day is not None:
                found[depth].append(day)
    return {depth: median(days) if days else None for depth, days in found.items()}


def refresh_returns(
    store: Store, courses: Collection[Course] | None = None, progress: Progress | None = None
) -> int:
    """Fit the courses of real patients that changed since their days of return were stored.

    Parameters
    ----------
    store : Store
        Where they are.
    courses : collection of Course, optional
        Only these; default: all.
    progress : callable, optional
        Called with a word and the share that is done, in [0, 1].

    Returns
    -------
    int
        Courses that were fitted.
    """
    numbers = None if courses is None else [one.id for one in courses if one.id is not None]
    versions = f"{current_methods()[QUANTITY].version}" if QUANTITY in current_methods() else ""
    known = store.aftercare.known_sources(numbers)
    sources = {course: f"{versions}:{source}" for course, source in store.aftercare.sources(numbers).items()}
    due = {course for course, source in sources.items() if known.get(course) != source}
    if not due:
        return 0
    n_done = 0
    for code, course in store.treatments.all_courses():
        if course.id not in due:
            continue
        patient = store.people.find(code)
        if patient is None or patient.is_simulated:
            continue
        whole = course_timeline(store, patient, course, quantities=(QUANTITY,), bands=ASSUMED_BANDS)
        days = {depth.value: day for depth, day in course_returns(whole).items()}
        store.aftercare.set_returns(course, days, sources[course.id])
        n_done += 1
        if progress is not None:
            progress("Fitting completed courses", n_done / len(due))
    return n_done


def _session_return(whole: Timeline, session: Session, depth: DepthClass) -> float | None:
    regions = tuple(region for region, mm in session.depths_mm.items() if depth_class(mm) is depth)
    if not regions:
        return None
    days = days_of(whole, session)
    curves = recovery_curves(days, metric=QUANTITY, regions=regions)
    if not curves:
        return None
    outlook = recovery_outlook(days, regions=regions)
    fit = outlook.overall_fit if overall_curve(curves) is not None else outlook.fits[0]
    return fit.returned.value if fit is not None and fit.returned.is_known else None
