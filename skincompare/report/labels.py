"""Names, numbers and units as a person reads them."""

import math
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from skincompare.imaging.regions import region_label
from skincompare.measurement import Change, Effect, Verdict
from skincompare.metrics.registry import Quantity, quantities
from skincompare.report.locale import decimal_words

__all__ = [
    "MINUS",
    "MISSING",
    "VERDICT_SYMBOLS",
    "VERDICT_WORDS",
    "capitalised",
    "change_unit",
    "change_with_sigma",
    "effect_words",
    "format_change",
    "format_number",
    "format_value",
    "is_measurable",
    "joined",
    "quantity_label",
    "region_label",
    "smallest_detectable",
]

MINUS = "−"
"""The minus sign, as wide as a plus; a hyphen is not one."""
MISSING = "–"
"""What stands for a number that there is not."""
VERDICT_SYMBOLS: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.INCREASED: "▲",
        Verdict.DECREASED: "▼",
        Verdict.NO_DETECTABLE_CHANGE: "=",
        Verdict.NOT_MEASURABLE: MISSING,
    }
)
"""A shape for each verdict, so that colour never carries the meaning alone."""
VERDICT_WORDS: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.INCREASED: "higher",
        Verdict.DECREASED: "lower",
        Verdict.NO_DETECTABLE_CHANGE: "no detectable change",
        Verdict.NOT_MEASURABLE: "not measurable",
    }
)
"""What a person reads for a verdict."""
EFFECT_WORDS: Mapping[Effect, str] = MappingProxyType(
    {
        Effect.NOTE: "Note",
        Effect.WIDER_ERROR: "Less certain",
        Effect.UNCONFIRMED: "Not confirmed",
        Effect.NOT_MEASURABLE: "Not measurable",
    }
)


def format_number(value: float, decimals: int, *, signed: bool = False) -> str:
    """Return a number for people, as the clinic writes it: a true minus, never a negative zero, a dash for NaN."""
    if math.isnan(value):
        return MISSING
    rounded = float(f"{value:.{decimals}f}")
    sign = MINUS if rounded < 0 else "+" if signed and rounded else ""
    return sign + decimal_words(abs(rounded), decimals)


def capitalised(text: str) -> str:
    """Return the text with its first letter large and the rest as it is."""
    return text[:1].upper() + text[1:]


def joined(parts: Iterable[str]) -> str:
    """Return a list in words: ``a, b and c``; semicolons where a part has a comma itself."""
    words = list(parts)
    if len(words) < 2:
        return "".join(words)
    comma = "; " if any("," in word for word in words) else ", "
    return f"{comma.join(words[:-1])} and {words[-1]}"


def quantity_label(name: str) -> str:
    """Return a quantity's name as a person reads it: ``Redness``."""
    quantity = _quantity(name)
    return quantity.label if quantity else capitalised(name.replace("_", " "))


def format_value(name: str, value: float) -> str:
    """Return a value of a quantity with the digits that it deserves."""
    return format_number(value, _decimals(name))


def format_change(name: str, value: float) -> str:
    """Return a change of a quantity with its sign."""
    return format_number(value, _decimals(name), signed=True)


def change_unit(unit: str) -> str:
    """Return the unit of a difference: of two percentages it is percentage points."""
    return "percentage points" if unit == "%" else unit


def change_with_sigma(change: Change) -> str:
    """Return ``−4.1 ± 1.2``, one standard deviation, or a dash."""
    if not is_measurable(change):
        return MISSING
    return f"{format_change(change.metric, change.change)} ± {format_value(change.metric, change.sigma)}"


def is_measurable(change: Change) -> bool:
    """Return whether anything may be said of the change."""
    return change.verdict is not Verdict.NOT_MEASURABLE


def smallest_detectable(change: Change) -> float:
    """Return the size that this change would have to exceed to be called one, in its unit; NaN when unknown."""
    low, high = change.interval
    return max((high - low) / 2, change.mdc95) if is_measurable(change) else math.nan


def effect_words(effect: Effect) -> str:
    """Return what a flag does to a number, in two words at most."""
    return EFFECT_WORDS[effect]


def _quantity(name: str) -> Quantity | None:
    return quantities().get(name)


def _decimals(name: str) -> int:
    quantity = _quantity(name)
    return quantity.decimals if quantity else 2
