"""``skincompare timeline``, ``reanalyse`` and ``demo``: what was measured, and measuring what is missing."""

import math
from collections.abc import Callable, Sequence
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
from skincompare.cli.errors import ExitCode, errors_told, is_partly
from skincompare.cli_output import make_console, make_table, progress_bar

if TYPE_CHECKING:
    from skincompare.measurement import Change
    from skincompare.records import Course, Session
    from skincompare.recovery import RecoveryCurve
    from skincompare.store import Store
    from skincompare.workflows.timeline import Timeline, TimelineDay

__all__ = ["demo", "measure_courses", "reanalyse", "sparkline", "timeline"]

BARS = "▁▂▃▄▅▆▇█"
"""Heights of a sparkline."""
GAP = "·"
"""A day without a number in a sparkline."""


def timeline(
    patient: PatientArgument,
    course: CourseOption = None,
    metric: Annotated[
        list[str] | None,
        typer.Option(help="Quantity to show; may be given more than once. Default: redness."),
    ] = None,
    region: Annotated[
        list[str] | None, typer.Option(help="Regions to show, with commas. Default: the treated ones.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show a course day by day: every change against the baseline, with its error."""
    with errors_told():
        from skincompare.errors import OptionError
        from skincompare.metrics.registry import quantities
        from skincompare.workflows.timeline import course_timeline

        wanted = metric or ["redness"]
        for name in wanted:
            if name not in quantities():
                raise OptionError.unknown("quantity", name, quantities())
        with opened() as store:
            found = store.people.get(patient)
            own = chosen_course(store, found, course)
            whole = course_timeline(
                store, found, own, quantities=None if as_json and metric is None else wanted
            )
        if as_json:
            print_json(whole.to_dict())
        else:
            _print_timeline(whole, wanted, ",".join(region or ()))


def reanalyse(
    patient: Annotated[
        str | None, typer.Argument(metavar="[PATIENT]", help="Only this patient; default: all.")
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes that measure.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Measure everything again.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Measure what the current version has not measured yet; stopped, it goes on where it was."""
    with errors_told():
        with opened() as store:
            if patient is None:
                courses = tuple(course for _, course in store.treatments.all_courses())
            else:
                courses = store.treatments.courses(store.people.get(patient))
            counts = measure_courses(store, courses, workers=workers, again=again)
        if as_json:
            print_json({"photos": counts})
        elif not sum(counts.values()):
            typer.echo("Everything is measured by the current versions.")
    if is_partly(counts):
        raise typer.Exit(ExitCode.PARTLY)


def demo(
    measured: Annotated[
        bool, typer.Option("--measure/--no-measure", help="Measure the photos; it takes minutes.")
    ] = True,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes that measure.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Fill a clinic with simulated patients: nobody in it exists."""
    with errors_told():
        from skincompare.settings import read_settings
        from skincompare.workflows.demo import fill_demo
        from skincompare.workflows.samples import load_samples

        samples = load_samples(read_settings().samples)
        with opened() as store:
            with progress_bar() as tell:
                filled = fill_demo(store, samples, tell)
            if measured:
                measure_courses(store, [course for _, course in filled], workers=workers)
        if as_json:
            print_json({"patients": [patient.code for patient, _ in filled]})
            return
        for patient, course in filled:
            typer.echo(f"{patient.code}: {patient.display_name}, {course.condition.value}")
        next_step = "timeline" if measured else "reanalyse"
        typer.echo(
            f"Next: skincompare {next_step} {quote(filled[0][0].code)}"
            if filled
            else "There are no sample courses."
        )


def measure_courses(
    store: "Store", courses: "Sequence[Course]", *, workers: int | None = None, again: bool = False
) -> dict[str, int]:
    """Measure what is missing of some courses; return how many photos ended how, and say it on standard error."""
    from skincompare.workflows.measuring import due_pairs, measure_due
    from skincompare.workflows.returns import refresh_returns

    pairs = [pair for course in courses for pair in due_pairs(store, course, again=again)]
    counts: dict[str, int] = {}
    with progress_bar() as tell:
        for pair, analysis in measure_due(store, pairs, workers=workers, progress=tell):
            counts[analysis.status.value] = counts.get(analysis.status.value, 0) + 1
            if analysis.problem:
                typer.echo(f"{pair.photo.file_name}: {analysis.status.value}: {analysis.problem}", err=True)
    if pairs:
        told = ", ".join(f"{number} {status}" for status, number in sorted(counts.items()))
        typer.echo(f"Against the baseline: {told}", err=True)
        refresh_returns(store, courses)
    return counts


def sparkline(values: Sequence[float]) -> str:
    """Return values as bars of one height scale from 0 or the least to the greatest; NaN is a dot."""
    known = [value for value in values if not math.isnan(value)]
    low, high = min([0.0, *known]), max([0.0, *known])
    if high == low:
        return "".join(GAP if math.isnan(value) else BARS[0] for value in values)
    top = len(BARS) - 1
    return "".join(
        GAP if math.isnan(value) else BARS[round((value - low) / (high - low) * top)] for value in values
    )


def _print_timeline(whole: "Timeline", wanted: Sequence[str], regions: str) -> None:
    say = make_console().print
    code, condition = whole.patient.code, whole.course.condition.value
    say(f"Patient {code}, course {whole.course.id}: {condition} {whole.course.title}".rstrip(), style="bold")
    if whole.baseline is None:
        for treated in whole.sessions:
            for flag in whole.outlook(treated).flags:  # symptoms need no photo
                say(f"{flag.reason} {flag.advice}", style="bold")
        say(
            "There is no photo from before the first session, so nothing to compare with; "
            f"import one: skincompare import {quote(code)} PHOTOS"
            if whole.sessions or not whole.days
            else f"There are no photos yet; import some: skincompare import {quote(code)} PHOTOS"
        )
        return
    say(f"Baseline: {whole.baseline.file_name}, {whole.baseline.captured:%d %B %Y %H:%M}")
    names = tuple(filter(None, regions.replace(" ", "").split(","))) or whole.treated
    for session in whole.sessions or (None,):
        _print_session(say, whole, session, wanted, names)
    if whole.n_due:
        say(
            f"{whole.n_due} photos are not measured by the current versions: skincompare reanalyse {quote(code)}",
            style="bold",
        )
    say("A measurement, not a diagnosis: ask your clinician about anything that worries you.", style="dim")


def _print_session(
    say: Callable[..., None],
    whole: "Timeline",
    session: "Session | None",
    wanted: Sequence[str],
    names: Sequence[str],
) -> None:
    from skincompare.report import words

    number = session.id if session else None
    days = [day for day in whole.days if (day.session.id if day.session else None) == number]
    if session:
        depths = ", ".join(f"{words.region_label(name)} {mm:g} mm" for name, mm in session.depths_mm.items())
        say(f"\nSession of {session.at:%d %B %Y %H:%M}: {depths or 'no depth noted'}", style="bold")
    if not days:
        for flag in whole.outlook(session).flags:
            say(f"{flag.reason} {flag.advice}", style="bold")
        say("No photo after it yet.")
        return
    shown = names or tuple(dict.fromkeys(change.region for day in days for change in day.changes))
    for quantity in wanted:
        _print_quantity(say, whole, session, days, quantity, shown)
    if "redness" in wanted:
        for sentence in whole.outlook(session).sentences():
            say(sentence)
    for day in days:
        if day.problem:
            say(f"Day {day.day:.1f}, {day.photo.file_name}: {day.status}: {day.problem}")
    _print_noticed(say, days)


def _print_noticed(say: Callable[..., None], days: "Sequence[TimelineDay]") -> None:
    """Print what was noticed on the photos, each sentence once with the days it is of."""
    from skincompare.report import words

    noticed: dict[str, list[str]] = {}
    for day in days:
        for flag in day.flags:
            told = f"{words.effect_words(flag.effect)}: {flag.reason} {flag.advice}".rstrip()
            noticed.setdefault(told, []).append(f"{day.day:.1f}")
    for told, labels in noticed.items():
        say(f"Day {words.joined(labels)}: {told}")


def _print_quantity(
    say: Callable[..., None],
    whole: "Timeline",
    session: "Session | None",
    days: "Sequence[TimelineDay]",
    quantity: str,
    regions: Sequence[str],
) -> None:
    """Print one quantity: a table of days and regions, and a sparkline for each region."""
    from skincompare.metrics.registry import quantities
    from skincompare.recovery import overall_curve
    from skincompare.report import words

    unit = quantities()[quantity].unit
    say(f"{words.quantity_label(quantity)} against the baseline, {unit} (change ± 1 SD)")
    labels = [words.capitalised(words.region_label(name)) for name in regions]
    table = make_table(("Day", "Photo", *labels), ("Day", *labels))
    for day in days:
        cells = (_cell(day, quantity, region) for region in regions)
        table.add_row(f"{day.day:.1f}", day.photo.file_name, *cells)
    say(table)
    for reason in _reasons(days, quantity, regions):
        say(f"– {reason}")
    shown = [one for day in days for one in day.changes if one.metric == quantity and one.region in regions]
    for group in words.grouped_unconfirmed(shown):
        say(f"= {group.line}")
    curves = {curve.region: curve for curve in whole.curves(session, quantity=quantity, regions=regions)}
    for region, label in zip(regions, labels, strict=True):
        if region in curves:
            say(f"{label:20} {_curve_words(curves[region])}")
    treated = [curve for region, curve in curves.items() if region in whole.treated]
    overall = overall_curve(treated)
    if overall is not None:
        label = words.capitalised(words.region_label(overall.region))
        say(f"{label:20} {_curve_words(overall)}")


def _reasons(days: "Sequence[TimelineDay]", quantity: str, regions: Sequence[str]) -> tuple[str, ...]:
    """Return why a quantity was not measurable on some days, each reason once."""
    from skincompare.measurement import Effect, Verdict

    return tuple(
        dict.fromkeys(
            f"{flag.reason} {flag.advice}".strip()
            for day in days
            for change in day.changes
            if change.metric == quantity
            and change.region in regions
            and change.verdict is Verdict.NOT_MEASURABLE
            for flag in change.flags
            if flag.effect is Effect.NOT_MEASURABLE
        )
    )


def _curve_words(curve: "RecoveryCurve") -> str:
    """Return a curve as a sparkline and its peak. Fits, bands and flags of a recovery will be told here."""
    from skincompare.report import words

    line = sparkline([point.change.change for point in curve.points])
    peak = curve.peak
    if peak is None:
        return f"{line}  not measurable on any day"
    return f"{line}  highest {words.change_with_sigma(peak.change)} {curve.unit} on day {peak.day:.1f}"


def _cell(day: "TimelineDay", quantity: str, region: str) -> str:
    from skincompare.report import words

    found: Change | None = next(
        (one for one in day.changes if (one.metric, one.region) == (quantity, region)), None
    )
    if found is None:
        return "" if day.is_complete else "not measured"
    symbol = words.VERDICT_SYMBOLS[found.verdict]
    return f"{words.change_with_sigma(found)} {symbol}" if words.is_measurable(found) else symbol
