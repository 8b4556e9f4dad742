"""``skincompare report`` and ``timelapse``: what may leave the clinic, written to files."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from skincompare.cli.common import (
    CourseOption,
    JsonOption,
    PatientArgument,
    chosen_course,
    opened,
    print_json,
)
from skincompare.cli.errors import ExitCode, errors_told
from skincompare.cli_output import progress_bar

if TYPE_CHECKING:
    from skincompare.comparison import Comparison
    from skincompare.workflows.reporting import LeftOut

__all__ = ["MaskOption", "PaperOption", "report", "timelapse", "write_compared"]

PaperOption = Annotated[Literal["a4", "letter"], typer.Option("--paper", help="Size of the paper of a PDF.")]
MaskOption = Annotated[
    bool,
    typer.Option(
        "--mask-eyes", help="Replace the pixels of the eyes; a picture without a face then stays behind."
    ),
]
FILM_ENDINGS = (".mp4", ".gif")
"""Endings of the files of a time-lapse."""


def report(
    patient: PatientArgument,
    out: Annotated[Path | None, typer.Option("--out", help="The PDF to write.")] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Write every change as a table for spreadsheets.")
    ] = None,
    course: CourseOption = None,
    mask_eyes: MaskOption = False,
    match_light: Annotated[
        bool, typer.Option("--match-light", help="Show the latest photo in the light of the baseline.")
    ] = False,
    name: Annotated[bool, typer.Option("--name", help="Put the patient's name beside the code.")] = False,
    paper: PaperOption = "a4",
    as_json: JsonOption = False,
) -> None:
    """Write a whole course as a PDF: photos, recovery, changes with their errors."""
    with errors_told():
        from skincompare.errors import OptionError
        from skincompare.report.files import check_outputs, write_bytes
        from skincompare.report.pdf.layout import Paper
        from skincompare.workflows.reporting import ReportOptions, course_csv, course_report

        if out is None and csv is None:
            raise OptionError("Name what to write: --out course.pdf, --csv changes.csv, or both.")
        outputs = {"--out": out, "--csv": csv}
        check_outputs({option: None if path is None else str(path) for option, path in outputs.items()}, ())
        options = ReportOptions(
            paper=Paper(paper), mask_eyes=mask_eyes, match_light=match_light, with_name=name
        )
        left_out: Sequence[LeftOut] = ()
        with opened() as store:
            found = store.people.get(patient)
            own = chosen_course(store, found, course)
            if out is not None:
                with progress_bar() as tell:
                    made = course_report(store, found, own, options, progress=tell)
                write_bytes(out, made.data)
                left_out = made.left_out
            if csv is not None:
                write_bytes(csv, course_csv(store, found, own))
        _tell(patient, [path for path in outputs.values() if path is not None], left_out, as_json)
    if left_out:
        raise typer.Exit(ExitCode.PARTLY)


def timelapse(
    patient: PatientArgument,
    out: Annotated[Path, typer.Option("--out", help="The file to write: .mp4 or .gif.")],
    course: CourseOption = None,
    mask_eyes: MaskOption = False,
    light: Annotated[
        Literal["matched", "taken"],
        typer.Option(help="All frames in the light of the first, or each as it was taken."),
    ] = "matched",
    seconds: Annotated[float, typer.Option(help="How long each photo is shown, seconds.")] = 1.0,
    as_json: JsonOption = False,
) -> None:
    """Write a time-lapse of a course: every photo moved to fit the first, with its day below."""
    with errors_told():
        from skincompare.errors import OptionError
        from skincompare.report.files import check_outputs, write_bytes
        from skincompare.report.film import FilmKind
        from skincompare.workflows.reporting import ReportOptions, course_film

        if out.suffix.lower() not in FILM_ENDINGS:
            raise OptionError(f"--out {out} must end in {' or '.join(FILM_ENDINGS)}.")
        check_outputs({"--out": str(out)}, ())
        with opened() as store:
            found = store.people.get(patient)
            own = chosen_course(store, found, course)
            with progress_bar() as tell:
                made = course_film(
                    store,
                    found,
                    own,
                    ReportOptions(mask_eyes=mask_eyes),
                    match_light=light == "matched",
                    kind=FilmKind(out.suffix.lower().lstrip(".")),
                    seconds=seconds,
                    progress=tell,
                )
        write_bytes(out, made.data)
        _tell(patient, [out], made.left_out, as_json)
    if made.left_out:
        raise typer.Exit(ExitCode.PARTLY)


def write_compared(
    comparison: "Comparison",
    *,
    pdf: str | None,
    pair: str | None,
    csv: str | None,
    mask_eyes: bool,
    match_light: bool,
    paper: str,
) -> tuple[str, ...]:
    """Write what of a comparison may leave; return the paths."""
    from skincompare.report.files import write_bytes
    from skincompare.report.pdf.layout import Paper
    from skincompare.workflows.reporting import (
        ReportOptions,
        comparison_csv,
        comparison_pair,
        comparison_report,
    )

    options = ReportOptions(paper=Paper(paper), mask_eyes=mask_eyes, match_light=match_light)
    if csv is not None:
        write_bytes(csv, comparison_csv(comparison))
    if pdf is not None:
        write_bytes(pdf, comparison_report(comparison, options))
    if pair is not None:
        write_bytes(pair, comparison_pair(comparison, options))
    return tuple(path for path in (csv, pdf, pair) if path is not None)


def _tell(patient: str, files: Sequence[Path], left_out: "Sequence[LeftOut]", as_json: bool) -> None:
    """Say what was written, and which pictures are not in it."""
    if as_json:
        content: dict[str, Any] = {
            "patient": patient,
            "files": [str(path) for path in files],
            "left_out": [{"picture": one.label, "why": one.why} for one in left_out],
        }
        print_json(content)
        return
    for path in files:
        typer.echo(f"Written: {path}. It holds a person's records: treat it as you treat the photos.")
    for one in left_out:
        typer.echo(f"Left out: {one.label}: {one.why}")
