"""The panel "May these photos be compared?": each check with what was found, its limit and its verdict."""

import math
from collections.abc import Mapping
from html import escape
from types import MappingProxyType

from skincompare.imaging.comparability import Check, Comparability, Standing
from skincompare.report.labels import MINUS, MISSING

__all__ = ["GATE_TITLE", "STANDING_SYMBOLS", "STANDING_WORDS", "gate_sentence", "gate_table"]

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
HEADS = ("Check", "Found", "Warns from", "Verdict")


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
    heads = "".join(f'<th scope="col">{head}</th>' for head in HEADS)
    rows = "".join(_row(check) for check in comparability.checks)
    named = f' class="{escape(table_class)}"' if table_class else ""
    return f"<table{named}><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _row(check: Check) -> str:
    found = escape(check.measured.replace("-", MINUS) if check.measured.startswith("-") else check.measured)
    return (
        f'<tr data-standing="{check.standing.value.replace(" ", "-")}"><th scope="row">{escape(check.label)}</th>'
        f"<td>{found}{_reasons(check)}</td><td>{escape(_limit(check))}</td>"
        f"<td>{STANDING_SYMBOLS[check.standing]} {STANDING_WORDS[check.standing]}</td></tr>"
    )


def _reasons(check: Check) -> str:
    """Return reasons and advice, each once; of many alike the first few."""
    reasons = tuple(dict.fromkeys(flag.reason for flag in check.flags))
    advice = tuple(dict.fromkeys(flag.advice for flag in check.flags if flag.advice))
    left = len(reasons) - MAX_REASONS
    more = f" And {left} more like {'it' if left == 1 else 'them'}." if left > 0 else ""
    told = f"<br>{escape(' '.join(reasons[:MAX_REASONS]) + more)}" if reasons else ""
    return told + (f"<br><em>{escape(' '.join(advice[:MAX_REASONS]))}</em>" if advice else "")


def _limit(check: Check) -> str:
    if math.isnan(check.limit) or check.standing is Standing.NOT_CHECKED:
        return MISSING
    if check.limit == 0:
        return "any"
    return f"{check.limit:g} {check.unit}".replace("-", MINUS).strip()
