"""The panel "May these photos be compared?": each check with what was found, its limit and its verdict."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from types import MappingProxyType

from skincompare.imaging.comparability import Check, Comparability, Standing
from skincompare.report.labels import MINUS, MISSING

__all__ = [
    "GATE_HEADS",
    "GATE_TITLE",
    "STANDING_SYMBOLS",
    "STANDING_WORDS",
    "GateRow",
    "gate_rows",
    "gate_sentence",
    "gate_table",
]

GATE_TITLE = "May these photos be compared?"
STANDING_SYMBOLS: Mapping[Standing, str] = MappingProxyType(
    {
        Standing.OK: "✓",
        Standing.WIDER_ERROR: "△",
        Standing.NOT_MEASURABLE: "✕",
        Standing.NOT_CHECKED: MISSING,
    }
)
"""A shape for each verdict, so that colour never carries the meaning alone."""
STANDING_WORDS: Mapping[Standing, str] = MappingProxyType(
    {
        Standing.OK: "fine",
        Standing.WIDER_ERROR: "less certain",
        Standing.NOT_MEASURABLE: "not measurable",
        Standing.NOT_CHECKED: "not checked",
    }
)
ANSWERS: Mapping[Standing, str] = MappingProxyType(
    {
        Standing.OK: "Yes.",
        Standing.WIDER_ERROR: "Yes, with wider errors.",
        Standing.NOT_MEASURABLE: "Not for everything.",
        Standing.NOT_CHECKED: "This was not checked.",
    }
)
MAX_REASONS = 2
"""Most reasons of one check that are spelled out; the others are told with their numbers."""
GATE_HEADS = ("Check", "Found", "Warns", "Verdict")
"""Heads of the table."""


@dataclass(frozen=True, slots=True)
class GateRow:
    """One check in words.

    Parameters
    ----------
    label, found, limit, verdict : str
        What was looked at, what was seen, where it warns, and what that means (a shape and a word).
    reasons, advice : str
        What is the matter and what to do, each sentence once; empty when all is well.
    standing : Standing
        For machines.
    """

    label: str
    found: str
    limit: str
    verdict: str
    reasons: str
    advice: str
    standing: Standing


def gate_sentence(comparability: Comparability, *, is_aligned: bool) -> str:
    """Return the answer in one sentence.

    Parameters
    ----------
    comparability : Comparability
        All checks.
    is_aligned : bool
        Whether the same skin was found in both photos; without that nothing can be compared.

    Returns
    -------
    str
        Of the whole pair; single regions may be worse.
    """
    if not is_aligned:
        return "No."
    if not comparability.checks:
        return ANSWERS[Standing.NOT_CHECKED]
    answer = ANSWERS[comparability.standing]
    worse = [check for check in comparability.checks if any(concern.regions for concern in check.concerns)]
    return f"{answer} Some regions are worse off than others; see below." if worse else answer


def gate_table(comparability: Comparability, table_class: str = "") -> str:
    """Return the checks as a table, every text escaped.

    Parameters
    ----------
    comparability : Comparability
        All checks.
    table_class : str
        Class of the table.

    Returns
    -------
    str
        HTML; empty when nothing was checked.
    """
    if not comparability.checks:
        return ""
    heads = "".join(f'<th scope="col">{head}</th>' for head in GATE_HEADS)
    rows = "".join(_html(row) for row in gate_rows(comparability))
    named = f' class="{escape(table_class)}"' if table_class else ""
    return f"<table{named}><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def gate_rows(comparability: Comparability) -> tuple[GateRow, ...]:
    """Return the checks in words, in the order in which a person reads them."""
    return tuple(_row(check) for check in comparability.checks)


def _row(check: Check) -> GateRow:
    reasons = tuple(dict.fromkeys(flag.reason for flag in check.flags))
    advice = tuple(dict.fromkeys(flag.advice for flag in check.flags if flag.advice))
    left = len(reasons) - MAX_REASONS
    more = f" And {left} more like {'it' if left == 1 else 'them'}." if left > 0 else ""
    return GateRow(
        label=check.label,
        found=check.measured.replace("-", MINUS) if check.measured.startswith("-") else check.measured,
        limit=_limit(check),
        verdict=f"{STANDING_SYMBOLS[check.standing]} {STANDING_WORDS[check.standing]}",
        reasons=" ".join(reasons[:MAX_REASONS]) + more,
        advice=" ".join(advice[:MAX_REASONS]),
        standing=check.standing,
    )


def _html(row: GateRow) -> str:
    told = f"<br>{escape(row.reasons)}" if row.reasons else ""
    told += f"<br><em>{escape(row.advice)}</em>" if row.advice else ""
    return (
        f'<tr data-standing="{row.standing.value.replace(" ", "-")}"><th scope="row">{escape(row.label)}</th>'
        f"<td>{escape(row.found)}{told}</td><td>{escape(row.limit)}</td><td>{row.verdict}</td></tr>"
    )


def _limit(check: Check) -> str:
    if math.isnan(check.limit) or check.standing is Standing.NOT_CHECKED:
        return MISSING
    if check.warns:
        return check.warns
    if check.limit == 0:
        return "on any"
    return f"above {check.limit:g} {check.unit}".replace("-", MINUS).strip()
