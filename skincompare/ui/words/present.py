"""Words of the patient view: for the person in the chair."""

from collections.abc import Sequence

from skincompare.measurement import Change, Verdict
from skincompare.recovery import BandLine, RecoveryFlag
from skincompare.report import words
from skincompare.ui.words.moments import day_number

__all__ = [
    "BACK",
    "CURVE_ALT",
    "CURVE_NOTE",
    "EARLIER",
    "GONE",
    "LATER",
    "LEAVE",
    "LEAVE_TITLE",
    "LOWER",
    "NOTHING",
    "NOT_A_DIAGNOSIS",
    "RAISED",
    "SAME",
    "STAY",
    "UNKNOWN",
    "WAIT",
    "expected",
    "others",
    "redness",
    "to_ask",
    "when",
]

LEAVE_TITLE = "Leave the patient view? Names and records of others can be seen after that."
LEAVE = "Leave"
STAY = "Stay"
EARLIER, LATER = "Earlier", "Later"
WAIT = "The pictures are coming …"
GONE = "This picture is not here any more. Reload the page."
NOTHING = "There is nothing to show yet: it takes a photo from before the treatment and one after it."
BACK = "Back to the patient"
RAISED, SAME = (
    "is still redder than before the treatment",
    "is as red as before the treatment, as far as photos can tell",
)
LOWER = "is less red than before the treatment"
UNKNOWN = "How red it is could not be measured on this photo."
NOT_A_DIAGNOSIS = "A measurement, not a diagnosis. Ask your clinician about anything that worries you."
CURVE_ALT = "How the redness went from day to day, and where you are now"
CURVE_NOTE = (
    "The line is the redness of your skin; the grey band is what two photos of the same skin differ by."
)


def when(day: float, date: str) -> str:
    """Return how long ago the treatment was."""
    number = day_number(day)
    if number == 0:
        return f"On the day of your treatment, {date}"
    return f"{number} {'day' if number == 1 else 'days'} after your treatment of {date}"


def redness(changes: Sequence[Change], treated: Sequence[str]) -> str:
    """Return what one photo says of the redness of the treated skin, in one sentence without a number."""
    own = [one for one in changes if one.metric == "redness" and (one.region in treated or not treated)]
    told = [one for one in own if words.is_measurable(one)]
    if not told:
        return UNKNOWN
    for verdict, said in ((Verdict.INCREASED, RAISED), (Verdict.DECREASED, LOWER)):
        regions = [one.region for one in told if one.verdict is verdict]
        if regions:
            return f"{_places(regions, len(told))} {said}."
    return f"{_places([one.region for one in told], len(told))} {SAME}."


def others(changes: Sequence[Change], treated: Sequence[str], quantities: Sequence[str]) -> str:
    """Return what else changed of what is treated; empty where nothing else could be told."""
    own = [
        one
        for one in changes
        if one.metric in quantities
        and one.metric != "redness"
        and (one.region in treated or not treated)
        and one.verdict in (Verdict.INCREASED, Verdict.DECREASED)
    ]
    if not own:
        return ""
    first = own[0]
    same = [one.region for one in own if (one.metric, one.verdict) == (first.metric, first.verdict)]
    where = words.joined(f"the {words.region_label(one)}" for one in same)
    return f"{words.quantity_label(first.metric)} is {words.VERDICT_WORDS[first.verdict]} than before on {where}."


def expected(line: BandLine | None, day: float) -> str:
    """Return when redness is expected to be gone; empty once that is over, or where nothing is expected."""
    if line is None or day > line.ask_after_day:
        return ""
    first, last, ask = (f"{one:g}" for one in (line.first_day, line.last_day, line.ask_after_day))
    return (
        f"It usually is back to before between day {first} and day {last}. Tell us if it is not by day {ask}."
    )


def to_ask(flags: Sequence[RecoveryFlag]) -> str:
    """Return what to talk about; empty where there is nothing."""
    if not flags:
        return ""
    return f"To talk about with your clinician: {flags[0].reason[:1].lower()}{flags[0].reason[1:]}"


def _places(regions: Sequence[str], total: int) -> str:
    if len(regions) == total and total > 1:
        return "The treated skin"
    return words.capitalised(f"the skin of the {words.joined(words.region_label(one) for one in regions)}")
