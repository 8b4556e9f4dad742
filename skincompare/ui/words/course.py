"""Words of a patient's page: a course with its photos, sessions, recovery and progress."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from skincompare.measurement import Change, Effect, Flag, Verdict
from skincompare.records import Course, PhotoRecord, Session
from skincompare.report import words
from skincompare.ui.words.moments import counted, day_label
from skincompare.workflows.course_overview import session_number
from skincompare.workflows.timeline import Timeline, TimelineDay

__all__ = [
    "ADD_GRADE",
    "ADD_PHOTOS",
    "ADD_SESSION",
    "ADD_SYMPTOM",
    "ALL_FOUND",
    "ALL_REGIONS",
    "AS_THEY_ARE",
    "BASELINE",
    "BEFORE",
    "COURSE",
    "EDIT_COURSE",
    "EDIT_SESSION",
    "EXPORT",
    "GRADES",
    "GRADE_LABELS",
    "INCOMPLETE",
    "MENU",
    "NEW_COURSE",
    "NOBODY",
    "NOTHING_CHANGED",
    "NOTHING_SO_FAR",
    "NOT_COMPARABLE",
    "NOT_MEASURABLE",
    "NOT_MEASURED",
    "NO_BASELINE",
    "NO_COURSE",
    "NO_GRADES",
    "NO_LATER",
    "NO_PHOTOS",
    "NO_PROGRESS",
    "NO_SESSIONS",
    "NO_SYMPTOMS",
    "PRESENT",
    "PROGRESS",
    "RECORDS",
    "RECOVERY",
    "RECOVERY_NOTE",
    "REGION",
    "REMOVE_SYMPTOMS",
    "SESSIONS",
    "SYMPTOMS",
    "TO_LIST",
    "UNSETTLED",
    "VIEW",
    "VIEWS_JOB",
    "WHY_NOT",
    "after_session",
    "birth_words",
    "course_name",
    "day_words",
    "depth_words",
    "doubts_of",
    "due_button",
    "grade_words",
    "lead_words",
    "limit_words",
    "measured_words",
    "passes_words",
    "photo_reason",
    "progress_head",
    "redness_untold",
    "series_name",
    "session_name",
    "skin_words",
    "strip_note",
    "symptom_words",
    "treated_words",
    "untold",
    "why_not",
]

TO_LIST = "All patients"
NOBODY = "No patient is open. Choose one from the list."
PRESENT = "Patient view"
ADD_PHOTOS = "Add photos"
MENU = "More"
COURSE = "Course"
VIEW = "View"
NEW_COURSE, EDIT_COURSE = "New course", "Edit course"
EXPORT = "Download everything (ZIP)"
NO_COURSE = "This patient has no course yet. A course is a series of sessions for one condition."
NO_PHOTOS = (
    "There are no photos yet. Add the photo from before the first session, then those of the days after it."
)
NO_BASELINE = (
    "There is no photo from before the first session, so nothing to compare with. Add one if you have it: photos are "
    "matched by their date."
)
NO_LATER = "This is the baseline. Add a photo from after the session, and both are compared here."
BASELINE = "Baseline"
BEFORE = "Before"
NOT_COMPARABLE = "✕ not comparable"
NOT_MEASURABLE = "Nothing could be measured on the treated skin."
NOT_MEASURED = "◌ not measured"
WHY_NOT = "Photos that cannot be compared, and what to do"
AS_THEY_ARE = "The photos as they are, not aligned and not measured yet."
ALL_FOUND = "All numbers of this photo"
NOTHING_CHANGED = "No detectable change on the treated skin."
NOTHING_SO_FAR = "No detectable change so far, but not everything is measured."
INCOMPLETE = "◌ Not everything is measured by this version of the software yet: measure what is due."
VIEWS_JOB = "Laying the photos over each other"

RECOVERY = "Recovery after the last session"
RECOVERY_NOTE = (
    "Dots: change against the baseline, bars: 95 % interval, curve: fitted rise and return (straight lines where none "
    "could be fitted), grey band: how far repeat photos differ, tinted: days on which redness is expected back. "
    "Dots of one photo stand side by side round its day, so that none hides another."
)
ALL_REGIONS = "All treated"
PROGRESS = "Progress over the sessions"
NO_PROGRESS = (
    "Nothing to compare yet. It takes a photo from before the first session, and a measured one from after a "
    "session."
)
REGION = "Region"
UNSETTLED = (
    "Every photo so far is from days on which redness and swelling are still expected: wait for later ones."
)

RECORDS = "Records"
SESSIONS = "Sessions"
NO_SESSIONS = "No session yet. Add one, so that days are counted from it and the treated regions are known."
ADD_SESSION, EDIT_SESSION = "Add session", "Edit"
SYMPTOMS = "Symptoms"
NO_SYMPTOMS = "Nothing was ticked."
ADD_SYMPTOM = "Tick"
REMOVE_SYMPTOMS = "Untick all of this session"
GRADES = "Grades by a person"
NO_GRADES = "Nothing was graded."
ADD_GRADE = "Add grade"
GRADE_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "CEA": "CEA: 0 clear … 4 severe",
        "GAIS": "GAIS: 1 very much better … 5 worse",
        "Goodman-Baron": "Goodman-Baron: 1 macular … 4 severe",
        "other": "Another scale",
    }
)


def course_name(course: Course) -> str:
    """Return how a course is called."""
    name = words.capitalised(course.condition.value)
    return f"{name} · {course.title}" if course.title else name


def series_name(series: tuple[str, str]) -> str:
    """Return how photos of one view are called."""
    view, site = series
    return words.capitalised(f"{view}, {site}" if site else view)


def day_words(whole: Timeline, day: TimelineDay) -> str:
    """Return how long after its session a photo was taken; the session is named where there are several."""
    number = session_number(whole, day.session) if len(whole.sessions) > 1 else 0
    return day_label(day.day, day.session, number=number)


def lead_words(day: TimelineDay, treated: Sequence[str]) -> tuple[str, ...]:
    """Return what one photo says of the treated skin: every detected change, the largest against its error first."""
    own = [one for one in day.changes if not treated or one.region in treated]
    found = [one for one in own if one.verdict in (Verdict.INCREASED, Verdict.DECREASED)]
    found.sort(key=lambda one: (one.metric != "redness", -abs(one.change) / one.sigma))
    if found:
        return tuple(f"{words.sentence_for(one, with_region=True)}." for one in found)
    if not any(words.is_measurable(one) for one in own):
        return ()
    untold = [one for one in own if one.metric == "redness" and not words.is_measurable(one)]
    if untold:
        return (redness_untold(words.joined(words.region_label(one.region) for one in untold)),)
    return (NOTHING_CHANGED if day.is_complete else NOTHING_SO_FAR,)


def untold(what: str, where: str) -> str:
    """Return what a reason that forbids numbers speaks of."""
    return f"{what} could not be told, {where}."


def redness_untold(where: str) -> str:
    """Return that redness of some treated skin could not be told, which is not that it did not change."""
    return f"How red the {where} is could not be told on this photo; nothing else changed detectably."


def limit_words(changes: Sequence[Change]) -> str:
    """Return from which size on a change of redness would have been seen; empty where none could be, or was."""
    if any(one.metric == "redness" and doubts_of([one]) for one in changes):
        return ""
    limits = [
        words.smallest_detectable(one)
        for one in changes
        if one.metric == "redness" and words.is_measurable(one)
    ]
    if not limits:
        return ""
    return (
        f"A change of redness would have been seen from {words.format_value('redness', max(limits))} EI on."
    )


def doubts_of(changes: Sequence[Change]) -> tuple[Flag, ...]:
    """Return why changes that are large enough are not taken for one."""
    return tuple(
        dict.fromkeys(flag for one in changes for flag in one.flags if flag.effect is Effect.UNCONFIRMED)
    )


def treated_words(treated: Sequence[str]) -> str:
    """Return what was treated."""
    if not treated:
        return "Nothing was named as treated."
    return f"Treated: {words.joined(words.region_label(one) for one in treated)}."


def depth_words(session: Session) -> str:
    """Return depths by region, regions of one depth together."""
    by_depth: dict[float, list[str]] = {}
    for region, depth in sorted(session.depths_mm.items()):
        by_depth.setdefault(depth, []).append(words.region_label(region))
    return "; ".join(f"{depth:g} mm: {', '.join(names)}" for depth, names in sorted(by_depth.items()))


def session_name(number: int, date: str) -> str:
    """Return how a session is called."""
    return f"Session {number} · {date}"


def passes_words(passes: int) -> str:
    """Return how often the skin was passed over."""
    return counted(passes, "pass", "passes")


def due_button(number: int) -> str:
    """Return what stands on the button that measures."""
    return f"Measure {counted(number, 'photo')}"


def measured_words(done: int, refused: int) -> str:
    """Return what came of measuring."""
    told = f"{counted(done, 'photo')} measured"
    return f"{told}, {refused} not comparable" if refused else told


def birth_words(year: int) -> str:
    """Return a year of birth."""
    return f"born {year}"


def skin_words(kind: str) -> str:
    """Return a skin type as answered."""
    return f"skin type {kind} (answered)"


def symptom_words(name: str, when: str) -> str:
    """Return a ticked symptom."""
    return f"{words.capitalised(name)}, {when}"


def grade_words(scale: str, grade: int, when: str, who: str) -> str:
    """Return a grade."""
    by = f", by {who}" if who else ""
    return f"{scale} {grade}, {when}{by}"


def after_session(number: int) -> str:
    """Return the heading of a session in the table of progress."""
    return f"After session {number}"


def progress_head(day: float) -> str:
    """Return at which day after each session the sessions are compared."""
    return f"Compared at about day {round(day)} after each session, against the baseline."


def photo_reason(photo: PhotoRecord, when: str) -> str:
    """Return which photo cannot be compared."""
    return f"{when} ({photo.file_name})."


def why_not(number: int) -> str:
    """Return over how many photos it is told why they cannot be compared."""
    return f"{WHY_NOT} ({number})"


def strip_note(date: str, day: TimelineDay) -> str:
    """Return what stands under a small picture of the viewer."""
    return f"{date} · {NOT_COMPARABLE}" if day.problem else date
