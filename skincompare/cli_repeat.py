"""The command ``skincompare repeat``: how well photos of one visit repeat.

What needs time to load is imported inside the functions, so that ``--help`` answers at once.
"""

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from skincompare.cli_output import make_console, make_table, progress_bar

if TYPE_CHECKING:
    from skincompare.repeatability import Repeatability

__all__ = ["NOTHING_REPEATED", "RepeatabilityOption", "repeat"]

NOTHING_REPEATED = 4
"""Exit code where nothing could be measured in two photos, as for photos that cannot be compared."""

RepeatabilityOption = Annotated[
    list[Path] | None,
    typer.Option(
        help="File of skincompare repeat --save: your own repeatability in place of the defaults. Once a visit."
    ),
]
"""The option of ``compare`` that takes the files which ``repeat`` writes."""


def repeat(
    photos: Annotated[
        list[str],
        typer.Argument(help="Two or more photos of one visit, taken anew each time.", show_default=False),
    ],
    reference: Annotated[
        list[str] | None, typer.Option(help="Regions that tell the light, as in your comparisons.")
    ] = None,
    treated: Annotated[
        list[str] | None,
        typer.Option(help="Regions that are treated in your comparisons; all others tell the light."),
    ] = None,
    px_per_mm: Annotated[
        float | None, typer.Option("--px-per-mm", help="Pixels in a millimetre of the first photo, if known.")
    ] = None,
    same_person: Annotated[
        bool,
        typer.Option("--same-person", help="All photos show the same person, where dim photos cannot tell."),
    ] = False,
    metric: Annotated[
        list[str] | None, typer.Option(help="Run only this metric; may be given more than once.")
    ] = None,
    save: Annotated[
        str | None, typer.Option(help="Keep the result in this file, for compare --repeatability.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print all numbers as JSON, and nothing else.")
    ] = False,
) -> None:
    """Measure how well your own photos repeat: several photos of one visit, nothing treated between them."""
    from skincompare.report.files import check_outputs, write_text

    check_outputs({"--save": save}, photos)
    from skincompare.repeat import repeat_visit

    with progress_bar() as tell:
        found = repeat_visit(
            photos,
            reference=tuple(",".join(reference or ()).split(",")) if reference else (),
            treated=tuple(",".join(treated or ()).split(",")) if treated else (),
            px_per_mm=px_per_mm,
            same_person=same_person,
            only=metric or None,
            progress=tell,
        )
    text = json.dumps(found.to_dict(), indent=2, allow_nan=False, ensure_ascii=False)
    if as_json:
        typer.echo(text)
    else:
        _print(found)
    if not found.entries:
        raise typer.Exit(NOTHING_REPEATED)
    if save is not None:
        write_text(save, f"{text}\n")
        typer.echo(f"Written: {save}", err=True)


def _print(found: "Repeatability") -> None:
    from skincompare.repeatability import FEW_DEGREES
    from skincompare.report import words

    console = make_console()
    for note in found.notes:
        console.print(note, soft_wrap=not console.is_terminal)
    if not found.entries:
        console.print("Nothing could be measured in two of these photos.")
        return
    numbers = ("SD of one photo", "95 % limits", "CV", "Smallest detectable", "Limits ", "df")
    table = make_table(("Metric", "Region", *numbers, "Unit"), numbers)
    for entry in found.entries:
        shown = [words.format_value(entry.metric, value) for value in (*entry.sd_limits, *entry.mdc95_limits)]
        table.add_row(
            words.quantity_label(entry.metric),
            words.capitalised(words.region_label(entry.region)),
            words.format_value(entry.metric, entry.sd),
            f"{shown[0]} to {shown[1]}",
            "" if math.isnan(entry.cv) else f"{100 * entry.cv:.1f} %",
            words.format_value(entry.metric, entry.mdc95),
            f"{shown[2]} to {shown[3]}",
            str(entry.df),
            entry.unit,
        )
    console.print(table)
    table = make_table(
        ("Metric", "ICC(A,1)", "95 % limits", "Regions", "Photos"), ("ICC(A,1)", "Regions", "Photos")
    )
    known = [one for one in found.agreements if not math.isnan(one.icc)]
    for one in known:
        limits = "" if math.isnan(one.low) else f"{one.low:.2f} to {one.high:.2f}"
        table.add_row(
            words.quantity_label(one.metric), f"{one.icc:.2f}", limits, str(one.n_regions), str(one.n_photos)
        )
    if known:
        console.print(table)
    if any(entry.df < FEW_DEGREES for entry in found.entries):
        console.print(
            f"With fewer than {FEW_DEGREES} degrees of freedom the limits are wide: compare keeps its default where "
            "that is larger. Take more photos, or repeat a second visit.",
            soft_wrap=not console.is_terminal,
        )
