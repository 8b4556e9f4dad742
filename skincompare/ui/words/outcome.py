"""Words of a result: pictures, table, charts, checks and method of one comparison."""

from collections.abc import Sequence

from skincompare.report.words import joined
from skincompare.ui.words.moments import counted

__all__ = [
    "FLIP",
    "FLIP_NOTE",
    "FOREST_ALT",
    "FOREST_NOTE",
    "FOREST_TITLE",
    "HEADS",
    "METHOD",
    "NOTE",
    "NOT_LOOKED_FOR",
    "NOT_MEASURED",
    "REDNESS_AXIS",
    "SAME_PERSON",
    "SAME_PERSON_NOTE",
    "TIP_CHANGE",
    "TIP_REGION",
    "TIP_VERDICT",
    "TREATED_MARK",
    "calm_quantities",
    "caution",
    "gate_title",
    "more_notes",
    "more_sentences",
    "other_redness",
    "other_skin",
    "reason_head",
    "reason_text",
]

FLIP = "Flip the after photo and compare"
FLIP_NOTE = (
    "Which of the two photos is mirrored cannot be told. Left and right stay those of the before photo, and your "
    "files are not changed."
)
SAME_PERSON = "Both photos show the same person"
SAME_PERSON_NOTE = (
    "The fine detail of the skin does not tell, because a photo is dim, noisy or soft. If you know it, say so, and "
    "the changes are shown with a wider error."
)
FOREST_TITLE = "##### Redness by region"
FOREST_ALT = "Change of redness in each region with its error; see the table"
FOREST_NOTE = (
    "Dots: change, lines: 95 % interval, grey bars: how far repeat photos of unchanged skin differ. Left and right "
    "are the patient's own."
)
REDNESS_AXIS = "← less red  ·  change of redness, EI  ·  redder →"
TIP_REGION, TIP_CHANGE, TIP_VERDICT = "Region", "Change", "Verdict"
NOTE = "##### Please note"
NOT_MEASURED = "What could not be measured, and how to retake the photos"
NOT_LOOKED_FOR = "Make-up and glasses are not looked for."
METHOD = "How this was measured"
HEADS = ("Region", "Before", "After", "Change ± error", "Smallest detectable change", "Verdict")
TREATED_MARK = "treated"


def caution(what: str, where: str, why: str) -> str:
    """Return a reason for care in one sentence: what is measured, on which regions, and why."""
    return f"{what} on {where}: {why}"


def reason_head(what: str, where: str) -> str:
    """Return what could not be measured, and where."""
    return f"{what}, {where}."


def reason_text(why: str, advice: str) -> str:
    """Return why something could not be measured, and what to do."""
    return f"{why} {advice}"


def gate_title(question: str, answer: str) -> str:
    """Return the title of the checks, with what they came to."""
    return f"{question} {answer}"


def more_sentences(number: int) -> str:
    """Return over the sentences that wait folded."""
    return f"More that these photos tell ({number})"


def more_notes(number: int) -> str:
    """Return over the notes that wait folded."""
    return f"What else makes numbers less certain ({number})"


def other_redness(regions: int) -> str:
    """Return over the redness of skin that was not treated and did not change."""
    return f"Redness of the other skin, no detectable change ({counted(regions, 'region')})"


def calm_quantities(names: Sequence[str], numbers: int) -> str:
    """Return over the quantities that did not change on the skin that was treated."""
    return f"No detectable change of {joined(names)} ({counted(numbers, 'number')})"


def other_skin(numbers: int) -> str:
    """Return over the numbers of skin that was not treated and did not change."""
    return f"Other skin, no detectable change ({counted(numbers, 'number')})"
