"""What the command line prints: consoles, tables, progress, and a comparison in words and numbers.

What needs time to load is imported inside the functions, so that ``--help`` answers at once.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from skincompare.comparison import Comparison
    from skincompare.measurement import Change, Flag
    from skincompare.report.words import ReasonGroup

__all__ = ["hints", "make_console", "make_table", "print_comparison", "print_refusal", "progress_bar"]

WIDE = 400
"""Columns of a table that goes to a file or a pipe: wide enough that no cell is cut."""


def make_console(*, stderr: bool = False) -> "Console":
    """Return a console; where it is no terminal, wide and without colour."""
    from rich.console import Console

    console = Console(stderr=stderr, markup=False, highlight=False, emoji=False)
    if not console.is_terminal:
        console = Console(
            stderr=stderr, markup=False, highlight=False, emoji=False, width=WIDE, no_color=True
        )
    return console


def make_table(columns: Sequence[str], right: Sequence[str] = ()) -> "Table":
    """Return an empty table; columns named in `right` are right-aligned."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    return table


@contextmanager
def progress_bar() -> Iterator[Callable[[str, float], None]]:
    """Yield a progress callback that draws a bar on standard error, or nothing where that is no terminal."""
    console = make_console(stderr=True)
    if not console.is_terminal:
        yield lambda step, share: None
        return
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting", total=1.0)
        yield lambda step, share: bar.update(task, description=step, completed=share)


def print_comparison(comparison: "Comparison", console: "Console", every: bool) -> None:
    """Print a comparison: the photos, what was found, every change, and what could not be measured."""
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
        print_refusal(comparison, console)
        return
    say(f"Alignment {words.alignment_words(comparison)}")
    say(f"Light     {words.light_words(comparison.light)}")
    say("")
    for sentence in (*words.headline(comparison), *hints(comparison)):
        say(sentence, "bold")
    changes = words.sorted_changes(comparison.changes, comparison.treated)
    rows = [one for one in changes if every or words.is_measurable(one)]
    if rows:
        _print_rows(rows, console)
    if words.are_paired(rows):
        say(f"* {words.PAIRED_NOTE}", "dim")
    if not every:
        _print_block("Not measurable", words.grouped_reasons(changes, comparison.reference), say)
    _print_block("Not confirmed", words.grouped_unconfirmed(changes), say)
    _print_block("Less certain", words.grouped_cautions(changes, comparison.flags), say)
    _print_flags("About the pair", words.pair_flags(comparison), say)
    say("")
    say(words.NOT_A_DIAGNOSIS, "dim")


def _print_rows(changes: Sequence["Change"], console: "Console") -> None:
    from rich.text import Text

    from skincompare.measurement import Verdict
    from skincompare.report import words

    numbers = ("Before", "After", "Change ± 1 SD", "Smallest detectable")
    table = make_table(("Region", "Metric", *numbers, "Unit", "Verdict"), numbers)
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
            words.change_with_sigma(change) + ("*" if change.is_paired else ""),
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


def print_refusal(comparison: "Comparison", console: "Console") -> None:
    """Print why a pair was refused, and what to do; nothing for an aligned one."""
    if comparison.alignment.is_aligned:
        return
    from skincompare.report import words

    console.print()
    for sentence in (*words.headline(comparison), *hints(comparison)):
        console.print(sentence, style="bold", soft_wrap=not console.is_terminal)


def hints(comparison: "Comparison") -> list[str]:
    """Return which options compare a pair that is withheld: a mirrored one, or one whose person is not checked."""
    from skincompare.imaging.mirroring import is_flipped

    codes = {flag.code for flag in comparison.alignment.flags}
    if "no_fine_detail" in codes:
        return ["If you know that both photos show the same person, add --same-person."]
    if "mirrored" not in codes:
        return []
    if is_flipped(comparison.before.photo) or is_flipped(comparison.after.photo):
        return ["Leave out --flip: as they are stored, neither photo is the mirror image of the other."]
    told = "To compare them all the same, add --flip after: left and right are then those of the before photo"
    return [f"{told}. If the before photo is the mirrored one, add --flip before instead."]
