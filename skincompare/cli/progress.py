"""``skincompare progress``: what the sessions did to each quantity, at comparable days."""

import math
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from skincompare.cli.common import (
    CourseOption,
    JsonOption,
    PatientArgument,
    chosen_course,
    opened,
    print_json,
)
from skincompare.cli.errors import errors_told
from skincompare.cli_output import make_console, make_table

if TYPE_CHECKING:
    from skincompare.measurement import Change
    from skincompare.workflows.progress import CourseProgress
    from skincompare.workflows.timeline import Timeline

__all__ = ["progress"]


def progress(
    patient: PatientArgument,
    course: CourseOption = None,
    metric: Annotated[
        list[str] | None,
        typer.Option(help="Quantity to show; may be given more than once. Default: all that were measured."),
    ] = None,
    region: Annotated[
        list[str] | None, typer.Option(help="Regions to show, with commas. Default: the treated ones.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show what the sessions of a course did, at comparable days: baseline against after session 1, 2, 3 ..."""
    with errors_told():
        from skincompare.errors import OptionError
        from skincompare.metrics.registry import quantities
        from skincompare.workflows.progress import course_progress
        from skincompare.workflows.timeline import course_timeline

        for name in metric or ():
            if name not in quantities():
                raise OptionError.unknown("quantity", name, quantities())
        names = tuple(filter(None, ",".join(region or ()).replace(" ", "").split(",")))
        with opened() as store:
            found = store.people.get(patient)
            own = chosen_course(store, found, course)
            whole = course_timeline(store, found, own, quantities=metric)
        told = course_progress(whole, quantities=metric, regions=names or None)
        if as_json:
            print_json({"patient": found.code, "course_id": own.id, **told.to_dict()})
        else:
            _print_progress(whole, told)


def _print_progress(whole: "Timeline", told: "CourseProgress") -> None:
    from skincompare.recovery import progress_sentence
    from skincompare.report import words

    say = make_console().print
    code, condition = whole.patient.code, whole.course.condition.value
    say(f"Patient {code}, course {whole.course.id}: {condition} {whole.course.title}".rstrip(), style="bold")
    if not told.progress:
        say(
            "Nothing to compare yet: it takes a photo from before the first session and a measured one after a "
            f"session; see: skincompare timeline {quote(code)}"
        )
        return
    say(f"Against the baseline, at about day {told.day:.0f} after each session (change ± 1 SD)")
    if not told.is_settled:
        say(
            "Every photo so far is from days on which redness and swelling are still expected: wait for later ones.",
            style="bold",
        )
    headings = tuple(f"After session {visit.number}" for visit in told.visits)
    table = make_table(("Quantity", "Region", *headings), headings)
    for one, changes in zip(told.progress, told.changes, strict=True):
        label = f"{words.quantity_label(one.metric)}, {one.unit}"
        place = words.capitalised(words.region_label(one.region))
        table.add_row(label, place, *(_cell(change) for change in changes))
    say(table)
    for visit in told.visits:
        if not visit.days:
            say(f"– After session {visit.number} there is no measured photo from about day {told.day:.0f}.")
        elif len(visit.days) > 1:
            say(f"– After session {visit.number}: mean of {len(visit.days)} photos.")
    for one in told.progress:
        say(progress_sentence(one))
    say("A measurement, not a diagnosis: ask your clinician about anything that worries you.", style="dim")


def _cell(change: "Change | None") -> str:
    from skincompare.report import words

    if change is None:
        return ""
    symbol = words.VERDICT_SYMBOLS[change.verdict]
    return symbol if math.isnan(change.change) else f"{words.change_with_sigma(change)} {symbol}"
