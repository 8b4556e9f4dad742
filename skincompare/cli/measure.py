"""The command ``skincompare measure``: the numbers of a single photo.

What needs time to load is imported inside the functions, so that ``--help`` answers at once.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from skincompare.cli_output import make_console, make_table, progress_bar
from skincompare.errors import OptionError

if TYPE_CHECKING:
    from skincompare.measured import Measured

__all__ = ["measure"]

STDOUT = "-"
"""What stands for standard output in place of a file."""
JPEG_NAMES = (".jpg", ".jpeg")
"""Endings that a picture may have."""


def measure(
    photo: Annotated[str, typer.Argument(help="The photo.", show_default=False)],
    reference: Annotated[
        list[str] | None,
        typer.Option(help="Regions that were not treated, with commas: forehead,nose. They set the level."),
    ] = None,
    treated: Annotated[
        list[str] | None,
        typer.Option(
            help="Regions that were treated: left_cheek,right_cheek. The steady others are untreated."
        ),
    ] = None,
    regions: Annotated[
        Path | None, typer.Option(help="JSON file of drawn regions, in pixels of the photo.")
    ] = None,
    px_per_mm: Annotated[
        float | None, typer.Option("--px-per-mm", help="Pixels in a millimetre of the photo, if known.")
    ] = None,
    marker_mm: Annotated[
        float | None, typer.Option("--marker-mm", help="Side of a printed ArUco marker in the photo, mm.")
    ] = None,
    metric: Annotated[
        list[str] | None, typer.Option(help="Run only this metric; may be given more than once.")
    ] = None,
    json_path: Annotated[
        str | None, typer.Option("--json", help="Write all numbers as JSON; - for standard output alone.")
    ] = None,
    picture: Annotated[
        str | None, typer.Option(help="Write the photo with what was counted marked on it: a JPEG file.")
    ] = None,
) -> None:
    """Measure a single photo: values with their error, and what is withheld and why. No change, no verdict."""
    from skincompare.report.files import check_outputs, write_bytes, write_text

    if picture is not None and not picture.lower().endswith(JPEG_NAMES):
        raise OptionError(f"--picture writes a JPEG; give it a name that ends with .jpg, not {picture!r}.")
    check_outputs({"--json": None if json_path == STDOUT else json_path, "--picture": picture}, (photo,))
    from skincompare.measure import measure as measure_photo

    with progress_bar() as tell:
        measured = measure_photo(
            photo,
            reference=tuple(",".join(reference or ()).split(",")),
            treated=tuple(",".join(treated or ()).split(",")),
            regions=regions,
            px_per_mm=px_per_mm,
            marker_mm=marker_mm,
            only=metric or None,
            progress=tell,
        )
    text = json.dumps(measured.to_dict(), indent=2, allow_nan=False, ensure_ascii=False)
    if json_path == STDOUT:
        typer.echo(text)
    else:
        _print(measured)
    if json_path is not None and json_path != STDOUT:
        write_text(json_path, f"{text}\n")
        typer.echo(f"Written: {json_path}", err=True)
    if picture is not None:
        from skincompare.report.figures import encode_jpeg
        from skincompare.report.measured_picture import measured_picture

        write_bytes(picture, encode_jpeg(measured_picture(measured)))
        typer.echo(f"Written: {picture}", err=True)


def _print(measured: "Measured") -> None:
    from skincompare.report import words
    from skincompare.report.measured_words import level_words, measured_notes, measured_rows
    from skincompare.report.reasons import grouped_withheld, measured_cautions

    console = make_console()

    def say(text: str, style: str | None = None) -> None:
        console.print(text, style=style, soft_wrap=not console.is_terminal)

    opened = measured.subject.photo
    say(f"Photo     {opened.name}, {opened.width} x {opened.height}, {words.captured_words(opened)}")
    say(f"{'':10}scale: {words.scale_words(measured.scale)}")
    say(f"Untreated {level_words(measured)}")
    rows = measured_rows(measured)
    if rows:
        table = make_table(("Region", "Metric", "Value ± 1 SD", "Unit"), ("Value ± 1 SD",))
        for row in rows:
            table.add_row(*row)
        console.print(table)
    else:
        say("\nNothing could be measured on this photo.", "bold")
    blocks = (
        ("Withheld", [one.line for one in grouped_withheld(measured.measurements)]),
        ("Less certain", [one.line for one in measured_cautions(measured.measurements)]),
        (
            "About the photo",
            [
                *measured_notes(measured),
                *(f"{flag.reason} {flag.advice}".rstrip() for flag in measured.flags),
            ],
        ),
    )
    for title, lines in blocks:
        if lines:
            say(f"\n{title}", "bold")
        for line in lines:
            say(f"- {line}")
    say("")
    say(words.NOT_A_DIAGNOSIS.replace("two photographs", "one photograph"), "dim")
