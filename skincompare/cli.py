"""The command line: ``skincompare compare``, ``skincompare metrics``, ``skincompare samples``.

Results go to standard output, everything else to standard error. What needs time to load is imported inside the
commands, so that ``--help`` answers at once.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import TYPE_CHECKING, Annotated

import typer

from skincompare.errors import OptionError, PhotoError, RegionFileError, SkincompareError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from skincompare.compare import Comparison
    from skincompare.measurement import Change, Flag
    from skincompare.report.words import ReasonGroup

__all__ = ["ExitCode", "main"]

STDOUT = "-"
"""What stands for standard output in place of a file."""
WIDE = 400
"""Columns of a table that goes to a file or a pipe: wide enough that no cell is cut."""
DEBUG_VARIABLE = "SKINCOMPARE_DEBUG"
"""Environment variable that brings back the traceback of an unexpected error."""
EXIT_CODES = (
    "Exit codes: 0 done; 1 unexpected error; 2 wrong usage (an option, a name, a region file, a path that cannot "
    "be written); 3 a file is no usable photo; 4 the photos cannot be compared (reasons and advice are printed, "
    "--json and --report are written all the same); 130 interrupted."
)


class ExitCode(IntEnum):
    """What the command tells the shell."""

    DONE = 0
    UNEXPECTED = 1
    USAGE = 2
    PHOTO = 3
    REFUSED = 4


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


@contextmanager
def _errors_told() -> Iterator[None]:
    """Turn our own errors into one sentence on standard error and an exit code."""
    try:
        yield
    except SkincompareError as error:
        code = ExitCode.UNEXPECTED
        if isinstance(error, PhotoError):
            code = ExitCode.PHOTO
        elif isinstance(error, OptionError | RegionFileError):
            code = ExitCode.USAGE
        typer.echo(f"skincompare: {error}", err=True)
        raise typer.Exit(code) from error


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
    metric: Annotated[
        list[str] | None, typer.Option(help="Run only this metric; may be given more than once.")
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="List what is not measurable row by row instead of by reason.")
    ] = False,
    json_path: Annotated[
        str | None, typer.Option("--json", help="Write all numbers as JSON; - for standard output alone.")
    ] = None,
    report: Annotated[
        str | None, typer.Option(help="Write a report: one HTML file that opens without a network.")
    ] = None,
) -> None:
    """Compare two photographs of the same skin and print every change with its error."""
    with _errors_told():
        from skincompare.report.files import check_outputs

        check_outputs(
            {"--json": None if json_path == STDOUT else json_path, "--report": report}, (before, after)
        )
        comparison = _compared(
            before,
            after,
            reference=tuple(",".join(reference or ()).split(",")),
            treated=tuple(",".join(treated or ()).split(",")),
            regions=regions,
            px_per_mm=px_per_mm,
            marker_mm=marker_mm,
            only=metric or None,
        )
        text = json.dumps(comparison.to_dict(), indent=2, allow_nan=False, ensure_ascii=False)
        if json_path == STDOUT:
            typer.echo(text)
            _print_refusal(comparison, _console(stderr=True))
        else:
            _print_comparison(comparison, _console(), every)
        if json_path is not None and json_path != STDOUT:
            _write(json_path, f"{text}\n")
        if report is not None:
            from skincompare.report import report_html

            _write(report, report_html(comparison))
    if not comparison.alignment.is_aligned:
        raise typer.Exit(ExitCode.REFUSED)


@app.command()
def metrics() -> None:
    """List what is measured: names, units, what each needs, and what more of it means."""
    with _errors_told():
        from skincompare.metrics.registry import metrics as registered

        table = _table(("Metric", "Quantity", "What it is", "Unit", "Needs", "Meaning"))
        for spec in registered().values():
            for quantity in spec.quantities:
                needs = [f"{quantity.min_px_per_mm:g} px/mm"] if quantity.min_px_per_mm else []
                needs += ["untreated skin"] if quantity.needs_light else []
                name = f"{spec.name} (version {spec.version})"
                table.add_row(
                    name, quantity.name, quantity.label, quantity.unit, " and ".join(needs), quantity.meaning
                )
        _console().print(table)


@app.command()
def samples(
    directory: Annotated[Path, typer.Argument(help="Folder to write to; it is made when missing.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite files that differ.")] = False,
) -> None:
    """Make the sample images again: simulated photographs whose truth is known."""
    with _errors_told():
        from skincompare.report.files import make_folder
        from skincompare.synthetic.samples import write_samples

        make_folder(directory)
        with TemporaryDirectory(prefix=".samples-", dir=directory) as scratch:
            with _progress() as tell:
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


def _compared(before: str, after: str, **options: object) -> "Comparison":
    from skincompare.compare import compare as compare_photos

    with _progress() as tell:
        return compare_photos(before, after, **options, progress=tell)  # type: ignore[arg-type]


def _write(path: str, text: str) -> None:
    from skincompare.report.files import write_text

    write_text(path, text)
    typer.echo(f"Written: {path}", err=True)


def _differs(path: Path, content: bytes) -> bool:
    return path.exists() and (not path.is_file() or path.read_bytes() != content)


# Printing


def _console(*, stderr: bool = False) -> "Console":
    from rich.console import Console

    console = Console(stderr=stderr, markup=False, highlight=False, emoji=False)
    if not console.is_terminal:
        console = Console(
            stderr=stderr, markup=False, highlight=False, emoji=False, width=WIDE, no_color=True
        )
    return console


def _table(columns: Sequence[str], right: Sequence[str] = ()) -> "Table":
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    return table


@contextmanager
def _progress() -> Iterator[Callable[[str, float], None]]:
    """Yield a progress callback that draws a bar on standard error, or nothing where that is no terminal."""
    console = _console(stderr=True)
    if not console.is_terminal:
        yield lambda step, share: None
        return
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting", total=1.0)
        yield lambda step, share: bar.update(task, description=step, completed=share)


def _print_comparison(comparison: "Comparison", console: "Console", every: bool) -> None:
    from skincompare.report import words

    def say(text: str, style: str | None = None) -> None:
        console.print(text, style=style, soft_wrap=not console.is_terminal)

    for name, subject, scale in zip(
        ("Before", "After"), (comparison.before, comparison.after), comparison.scales, strict=True
    ):
        photo = subject.photo
        say(f"{name:10}{photo.name}, {photo.width} x {photo.height}, {words.captured_words(photo)}")
        say(f"{'':10}scale: {words.scale_words(scale)}")
    if not comparison.alignment.is_aligned:
        _print_refusal(comparison, console)
        return
    say(f"Alignment {words.alignment_words(comparison)}")
    say(f"Light     {words.light_words(comparison.light)}")
    say("")
    for sentence in words.headline(comparison):
        say(sentence, "bold")
    changes = words.sorted_changes(comparison.changes, comparison.treated)
    rows = [one for one in changes if every or words.is_measurable(one)]
    if rows:
        _print_rows(rows, console)
    if not every:
        _print_block("Not measurable", words.grouped_reasons(changes, comparison.reference), say)
    _print_block("Less certain", words.grouped_cautions(changes, comparison.flags), say)
    _print_flags("About the pair", words.pair_flags(comparison), say)
    say("")
    say(words.NOT_A_DIAGNOSIS, "dim")


def _print_rows(changes: Sequence["Change"], console: "Console") -> None:
    from rich.text import Text

    from skincompare.measurement import Verdict
    from skincompare.report import words

    numbers = ("Before", "After", "Change ± 1 SD", "Smallest detectable")
    table = _table(("Region", "Metric", *numbers, "Unit", "Verdict"), numbers)
    styles = {
        Verdict.INCREASED: "bold magenta",
        Verdict.DECREASED: "bold cyan",
        Verdict.NOT_MEASURABLE: "dim",
    }
    for change in changes:
        verdict = f"{words.VERDICT_SYMBOLS[change.verdict]} {words.VERDICT_WORDS[change.verdict]}"
        table.add_row(
            words.capitalised(words.region_label(change.region)),
            words.quantity_label(change.metric),
            words.format_value(change.metric, change.before.value),
            words.format_value(change.metric, change.after.value),
            words.change_with_sigma(change),
            words.format_value(change.metric, words.smallest_detectable(change)),
            change.unit,
            Text(verdict, style=styles.get(change.verdict, "")),
        )
    console.print(table)


def _print_block(title: str, groups: Sequence["ReasonGroup"], say: Callable[..., None]) -> None:
    if groups:
        say(f"\n{title}", "bold")
    for group in groups:
        say(f"- {group.line}")


def _print_flags(title: str, flags: Sequence["Flag"], say: Callable[..., None]) -> None:
    from skincompare.report import words

    if flags:
        say(f"\n{title}", "bold")
    for flag in flags:
        say(f"- {words.effect_words(flag.effect)}: {flag.reason} {flag.advice}".rstrip())


def _print_refusal(comparison: "Comparison", console: "Console") -> None:
    if comparison.alignment.is_aligned:
        return
    from skincompare.report import words

    console.print()
    for sentence in words.headline(comparison):
        console.print(sentence, style="bold", soft_wrap=not console.is_terminal)
