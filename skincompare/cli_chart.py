"""The command ``skincompare chart``: which patches of a colour chart are read in a photo, and how well they fit.

What needs time to load is imported inside the functions, so that ``--help`` answers at once.
"""

import json
from collections.abc import Sequence
from typing import Annotated

import typer

from skincompare.cli_output import make_console, make_table

__all__ = ["NO_CHART", "chart"]

NO_CHART = 4
"""Exit code where the photo shows no chart that can be used: the data do not allow it, as for photos that cannot be
compared."""


def chart(
    photo: Annotated[
        str, typer.Argument(help="A photo with a colour chart of 24 patches.", show_default=False)
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print all numbers as JSON, and nothing else.")
    ] = False,
) -> None:
    """Read the colour chart in a photo: which patches count, and how well they fit their published colours."""
    from skincompare.imaging.chart import read_chart
    from skincompare.photo import read_photo
    from skincompare.report.chart_words import chart_rows, chart_sentences

    opened = read_photo(photo)
    reading = read_chart(opened.pixels)
    if as_json:
        told = {"photo": opened.name, "chart": None if reading is None else reading.to_dict()}
        typer.echo(json.dumps(told, indent=2, allow_nan=False, ensure_ascii=False))
    else:
        _print(chart_sentences(opened.name, reading), () if reading is None else chart_rows(reading))
    if reading is None or not reading.is_usable:
        raise typer.Exit(NO_CHART)


def _print(sentences: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    console = make_console()
    for sentence in sentences:
        console.print(sentence, soft_wrap=not console.is_terminal)
    if rows:
        table = make_table(("Patch", "Read", "Corrected", "Published", "Difference"), ("Difference",))
        for row in rows:
            table.add_row(*row)
        console.print(table)
