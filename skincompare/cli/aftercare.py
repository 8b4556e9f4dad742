"""``skincompare session symptoms`` and ``skincompare store bands``: what was ticked, and what is expected."""

from datetime import datetime
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from skincompare.cli.common import JsonOption, PatientArgument, moment, opened, print_json
from skincompare.cli.errors import errors_told
from skincompare.cli.photos import store_app
from skincompare.cli.treatments import session_app
from skincompare.cli_output import make_console, make_table, progress_bar
from skincompare.errors import NotFoundError, OptionError

if TYPE_CHECKING:
    from skincompare.recovery import BandTable, DepthClass

__all__ = ["bands", "symptoms"]

DEPTHS = ("shallow", "middle", "deep")
"""Names of the classes of needle depth on the command line, in their order."""


@session_app.command()
def symptoms(
    patient: PatientArgument,
    session: Annotated[int, typer.Argument(metavar="SESSION", help="Its number.", show_default=False)],
    tick: Annotated[
        list[str] | None, typer.Option(help="pain, pus, blister or fever, with commas; default: list them.")
    ] = None,
    at: Annotated[str | None, typer.Option(help="Date and time; default: now.")] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Remove all that was ticked before.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Record what a patient ticked after a session, or list it; the timeline says to show it to a clinician."""
    with errors_told():
        from skincompare.records import Symptom, TickedSymptom
        from skincompare.records.checks import member
        from skincompare.records.plain import to_plain

        names = [one.strip() for one in ",".join(tick or ()).split(",") if one.strip()]
        given = [member(Symptom, "symptom", name) for name in names]
        with opened() as store:
            found = store.people.get(patient)
            courses = store.treatments.courses(found)
            course = next(
                (own for own in courses if any(one.id == session for one in store.treatments.sessions(own))),
                None,
            )
            if course is None:
                raise NotFoundError(
                    f"Patient {patient} has no session {session}; see: skincompare session list {quote(patient)}"
                )
            zone = store.people.clinic().zone
            when = datetime.now(zone).replace(microsecond=0) if at is None else moment(store, "--at", at)
            (treated,) = (one for one in store.treatments.sessions(course) if one.id == session)
            if given and when < treated.at:
                raise OptionError(
                    f"The symptoms of {when:%Y-%m-%d %H:%M} come before the session of {treated.at:%Y-%m-%d %H:%M}."
                )
            if clear:
                store.aftercare.untick(session)
            for symptom in dict.fromkeys(given):
                store.aftercare.tick(TickedSymptom(session_id=session, symptom=symptom, at=when))
            ticked = [one for one in store.aftercare.symptoms(course) if one.session_id == session]
        if as_json:
            print_json({"symptoms": to_plain(ticked)})
            return
        for one in ticked:
            typer.echo(f"{one.at:%Y-%m-%d %H:%M %z}: {one.symptom.value}")
        typer.echo("Show this to your clinician today." if ticked else "Nothing is ticked.")


@store_app.command()
def bands(
    depth: Annotated[
        str | None,
        typer.Option(help="shallow (to 0.5 mm), middle (to 1.5 mm) or deep: the line to set or reset."),
    ] = None,
    first: Annotated[float | None, typer.Option(help="Day from which redness usually is back.")] = None,
    last: Annotated[float | None, typer.Option(help="Day until which it usually is back.")] = None,
    ask: Annotated[
        float | None, typer.Option(help="Day after which raised redness is shown to the clinician.")
    ] = None,
    provenance: Annotated[
        str | None, typer.Option(help="Where the line comes from, in words; needed with a new line.")
    ] = None,
    reset: Annotated[
        bool, typer.Option("--reset", help="Remove the line that was set; without --depth all of them.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show when redness is expected to be back, by needle depth; set a line of your own, or reset it."""
    with errors_told():
        from skincompare.workflows.bands import clinic_bands
        from skincompare.workflows.returns import refresh_returns

        days = (first, last, ask)
        chosen = None if depth is None else _depth(depth)
        is_set = provenance is not None or any(one is not None for one in days)
        if is_set and (reset or chosen is None or provenance is None or any(one is None for one in days)):
            raise OptionError(
                "A line needs all of it: --depth middle --first 2 --last 4 --ask 7 --provenance 'our sheet of 2026'."
            )
        with opened() as store:
            if reset:
                store.aftercare.reset_band(chosen)
            elif is_set:
                from skincompare.records import EditedBand

                assert chosen is not None
                assert provenance is not None
                assert first is not None
                assert last is not None
                assert ask is not None
                store.aftercare.set_band(
                    EditedBand(
                        depth=chosen, first_day=first, last_day=last, ask_after_day=ask, provenance=provenance
                    )
                )
            elif chosen is not None:
                raise OptionError(
                    "--depth names the line to set (with --first, --last, --ask, --provenance) or reset."
                )
            with progress_bar() as tell:
                refresh_returns(store, progress=tell)
            table = clinic_bands(store)
            completed = [name for name, _ in store.aftercare.returns()]
        counts = {line.depth: completed.count(line.depth.value) for line in table.lines}
        if as_json:
            content = [{**line.to_dict(), "completed_courses": counts[line.depth]} for line in table.lines]
            print_json({"lines": content})
        else:
            _print_bands(table, counts)


def _depth(name: str) -> "DepthClass":
    from skincompare.recovery import DepthClass

    if name not in DEPTHS:
        raise OptionError.unknown("depth", name, DEPTHS)
    return tuple(DepthClass)[DEPTHS.index(name)]


def _print_bands(table: "BandTable", counts: "dict[DepthClass, int]") -> None:
    numbers = ("Back from day", "To day", "Ask after day", "Completed courses")
    shown = make_table(("Depth", *numbers), numbers)
    for line in table.lines:
        days = (f"{day:.3g}" for day in (line.first_day, line.last_day, line.ask_after_day))
        shown.add_row(line.depth.value, *days, str(counts[line.depth]))
    console = make_console()
    console.print(shown)
    for line in table.lines:
        console.print(f"– {line.depth.value}: {line.provenance}")
