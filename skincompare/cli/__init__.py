"""The command line: ``compare``, ``metrics`` and ``samples`` are here, those of the store in the modules beside.

Results go to standard output, everything else to standard error. What needs time to load is imported inside the
commands, so that ``--help`` answers at once.
"""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Annotated, Literal

import typer

from skincompare.cli.chart import chart
from skincompare.cli.errors import EXIT_CODES, ExitCode, errors_told
from skincompare.cli.measure import measure
from skincompare.cli.records import add_commands
from skincompare.cli.repeat import RepeatabilityOption, repeat
from skincompare.cli.reports import MaskOption, PaperOption, write_compared
from skincompare.cli_output import make_console, make_table, print_comparison, print_refusal, progress_bar
from skincompare.errors import OptionError

__all__ = ["ExitCode", "main"]

STDOUT = "-"
"""What stands for standard output in place of a file."""
DEBUG_VARIABLE = "SKINCOMPARE_DEBUG"
"""Environment variable that brings back the traceback of an unexpected error."""
app = typer.Typer(
    name="skincompare",
    help="Did this skin really change? Compare a before and an after photograph; every change with its error.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with one of :class:`ExitCode`.

    Parameters
    ----------
    arguments : sequence of str, optional
        What was typed; by default what the shell gave.

    Raises
    ------
    SystemExit
        Always, with the exit code.
    """
    if os.environ.get(DEBUG_VARIABLE, "") in ("", "0"):
        sys.excepthook = _tell_unexpected
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console without ▲ prints ? and the word beside it
    typer.main.get_command(app)(args=arguments, prog_name="skincompare")


def _tell_unexpected(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    text = " ".join(str(error).split())
    print(  # noqa: T201 - the last word of a program that failed; nothing else may be relied on
        f"skincompare: unexpected {kind.__name__}: {text} (set {DEBUG_VARIABLE}=1 to see where)",
        file=sys.stderr,
    )


def _print_version(wanted: bool) -> None:
    if wanted:
        import skincompare

        typer.echo(f"skincompare {skincompare.__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@app.command(epilog=EXIT_CODES)
def compare(
    before: Annotated[str, typer.Argument(help="The earlier photo.", show_default=False)],
    after: Annotated[str, typer.Argument(help="The later photo.", show_default=False)],
    reference: Annotated[
        list[str] | None,
        typer.Option(help="Regions that were not treated, with commas: forehead,nose. They tell the light."),
    ] = None,
    treated: Annotated[
        list[str] | None,
        typer.Option(
            help="Regions that were treated: left_cheek,right_cheek. All others count as untreated."
        ),
    ] = None,
    regions: Annotated[
        Path | None, typer.Option(help="JSON file of drawn regions, in pixels of the before photo.")
    ] = None,
    px_per_mm: Annotated[
        float | None,
        typer.Option("--px-per-mm", help="Pixels in a millimetre of the before photo, if known."),
    ] = None,
    marker_mm: Annotated[
        float | None, typer.Option("--marker-mm", help="Side of a printed ArUco marker in the photos, mm.")
    ] = None,
    points: Annotated[
        Path | None,
        typer.Option(help="JSON file of point pairs marked by hand; they help to align a difficult pair."),
    ] = None,
    flip: Annotated[
        Literal["before", "after"] | None,
        typer.Option(help="Flip this photo left-right first, when it is a mirrored selfie."),
    ] = None,
    chart: Annotated[
        bool, typer.Option("--chart", help="A colour chart of 24 patches lies in both photos.")
    ] = False,
    same_person: Annotated[
        bool,
        typer.Option("--same-person", help="Both photos show the same person, where dim photos cannot tell."),
    ] = False,
    metric: Annotated[
        list[str] | None, typer.Option(help="Run only this metric; may be given more than once.")
    ] = None,
    repeatability: RepeatabilityOption = None,
    every: Annotated[
        bool, typer.Option("--all", help="List what is not measurable row by row instead of by reason.")
    ] = False,
    json_path: Annotated[
        str | None, typer.Option("--json", help="Write all numbers as JSON; - for standard output alone.")
    ] = None,
    report: Annotated[
        str | None, typer.Option(help="Write a report: one HTML file that opens without a network.")
    ] = None,
    pdf: Annotated[str | None, typer.Option(help="Write a document for paper: one PDF.")] = None,
    pair: Annotated[
        str | None, typer.Option(help="Write both photos side by side with their dates: one PNG.")
    ] = None,
    csv: Annotated[str | None, typer.Option(help="Write every change as a table for spreadsheets.")] = None,
    mask_eyes: MaskOption = False,
    match_light: Annotated[
        bool, typer.Option("--match-light", help="Show the after photo in the light of the before photo.")
    ] = False,
    paper: PaperOption = "a4",
) -> None:
    """Compare two photographs of the same skin and print every change with its error."""
    with errors_told():
        from skincompare.report.files import check_outputs

        outputs = {"--json": None if json_path == STDOUT else json_path, "--report": report}
        outputs |= {"--pdf": pdf, "--pair": pair, "--csv": csv}
        if mask_eyes and report is not None:
            raise OptionError(
                "--report cannot mask eyes, so nothing was written; use --pdf and --pair instead."
            )
        check_outputs(outputs, (before, after))
        from skincompare.compare import compare as compare_photos
        from skincompare.repeat import load_repeatability
        from skincompare.repeatability import NO_REPEATABILITY

        own = load_repeatability(repeatability) if repeatability else NO_REPEATABILITY
        with progress_bar() as tell:
            comparison = compare_photos(
                before,
                after,
                reference=tuple(",".join(reference or ()).split(",")),
                treated=tuple(",".join(treated or ()).split(",")),
                regions=regions,
                px_per_mm=px_per_mm,
                marker_mm=marker_mm,
                points=points,
                flip=flip,
                same_person=same_person,
                chart=chart,
                only=metric or None,
                repeatability=own,
                progress=tell,
            )
        text = json.dumps(comparison.to_dict(), indent=2, allow_nan=False, ensure_ascii=False)
        if json_path == STDOUT:
            typer.echo(text)
            print_refusal(comparison, make_console(stderr=True))
        else:
            print_comparison(comparison, make_console(), every)
        if json_path is not None and json_path != STDOUT:
            _write(json_path, f"{text}\n")
        if report is not None:
            from skincompare.report import report_html

            _write(report, report_html(comparison))
        leaving = {"pdf": pdf, "pair": pair, "csv": csv}
        for path in write_compared(
            comparison, **leaving, mask_eyes=mask_eyes, match_light=match_light, paper=paper
        ):
            typer.echo(f"Written: {path}", err=True)
    if not comparison.alignment.is_aligned:
        raise typer.Exit(ExitCode.REFUSED)


@app.command()
def metrics() -> None:
    """List what is measured: names, units, what each needs, and what more of it means."""
    with errors_told():
        from skincompare.metrics.registry import metrics as registered

        table = make_table(("Metric", "Quantity", "What it is", "Unit", "Needs", "Meaning"))
        for spec in registered().values():
            for quantity in spec.quantities:
                needs = [f"{quantity.min_px_per_mm:g} px/mm"] if quantity.min_px_per_mm else []
                needs += ["untreated skin"] if quantity.needs_light else []
                name = f"{spec.name} (version {spec.version})"
                table.add_row(
                    name, quantity.name, quantity.label, quantity.unit, " and ".join(needs), quantity.meaning
                )
        make_console().print(table)


@app.command()
def samples(
    directory: Annotated[Path, typer.Argument(help="Folder to write to; it is made when missing.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite files that differ.")] = False,
) -> None:
    """Make the sample images again: simulated photographs whose truth is known."""
    with errors_told():
        from skincompare.report.files import make_folder
        from skincompare.synthetic.samples import write_samples

        make_folder(directory)
        with TemporaryDirectory(prefix=".samples-", dir=directory) as scratch:
            with progress_bar() as tell:
                made = [path.relative_to(scratch) for path in write_samples(Path(scratch), tell)]
            new = {path: (Path(scratch) / path).read_bytes() for path in made}
            differ = [path for path in new if _differs(directory / path, new[path])]
            if differ and not force:
                raise OptionError(
                    f"{len(differ)} files in {directory} differ from the samples, the first is {differ[0]}; "
                    "nothing was written. Give another folder, or --force to overwrite them."
                )
            for path, content in new.items():
                (directory / path).parent.mkdir(parents=True, exist_ok=True)
                (directory / path).write_bytes(content)
        typer.echo(f"{len(new)} files in {directory}")


app.command(epilog=EXIT_CODES)(errors_told()(measure))
app.command(epilog=EXIT_CODES)(errors_told()(chart))
app.command(epilog=EXIT_CODES)(errors_told()(repeat))
add_commands(app)


def _write(path: str, text: str) -> None:
    from skincompare.report.files import write_text

    write_text(path, text)
    typer.echo(f"Written: {path}", err=True)


def _differs(path: Path, content: bytes) -> bool:
    return path.exists() and (not path.is_file() or path.read_bytes() != content)
