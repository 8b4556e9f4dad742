"""Records as plain values for JSON, and back: dates in ISO 8601, NaN as null, enumerations as their words."""

import dataclasses
import math
from collections.abc import Hashable, Mapping
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from skincompare.errors import OptionError

__all__ = ["from_plain", "to_plain"]

Record = TypeVar("Record")


def to_plain(value: Any) -> Any:
    """Return plain values for JSON.

    Parameters
    ----------
    value : record, or any value that a record holds
        A frozen dataclass, a tuple, a mapping, a date ...

    Returns
    -------
    dict, list, str, int, float, bool or None
        A float that is NaN becomes None.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): to_plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [to_plain(one) for one in value]
    if isinstance(value, float) and math.isnan(value):
        return None
    return value


def from_plain(kind: type[Record], plain: Mapping[str, Any]) -> Record:
    """Make a record again from what :func:`to_plain` gave.

    Parameters
    ----------
    kind : type
        The dataclass.
    plain : mapping
        Its fields; one that is missing takes its default, one that is unknown is refused.

    Returns
    -------
    record
        Checked as any other.

    Raises
    ------
    OptionError
        When a field is unknown, missing, of another kind, or refused by the record.
    """
    if not isinstance(plain, Mapping):
        raise OptionError(f"A {kind.__name__} is a set of named fields, not {type(plain).__name__}.")
    hints = _hints(cast(Hashable, kind))
    unknown = sorted(set(plain) - set(hints))
    if unknown:
        raise OptionError(f"A {kind.__name__} has no field {unknown[0]!r}.")
    values = {name: _revived(hints[name], value, f"{kind.__name__}.{name}") for name, value in plain.items()}
    try:
        return kind(**values)
    except TypeError as error:
        raise OptionError(f"A {kind.__name__} is incomplete: {error}.") from error


@cache
def _hints(kind: Hashable) -> Mapping[str, Any]:
    hints = get_type_hints(cast(type, kind))
    return {field.name: hints[field.name] for field in dataclasses.fields(cast(Any, kind))}


def _revived(hint: Any, value: Any, where: str) -> Any:
    origin = get_origin(hint)
    if origin is Literal:
        return value
    if origin in (Union, UnionType):
        return _revived_union(get_args(hint), value, where)
    if origin is tuple:
        if not isinstance(value, list | tuple):
            raise OptionError(f"{where} is a list, not {type(value).__name__}.")
        return tuple(_revived(get_args(hint)[0], one, where) for one in value)
    if origin is Mapping:
        if not isinstance(value, Mapping):
            raise OptionError(f"{where} is a set of named values, not {type(value).__name__}.")
        return {str(key): _revived(get_args(hint)[1], one, where) for key, one in value.items()}
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return from_plain(hint, value)
    return _revived_simple(hint, value, where)


def _revived_union(options: tuple[Any, ...], value: Any, where: str) -> Any:
    """Return a value of one of several kinds; plain kinds (numbers, texts) are taken as they are."""
    if value is None and NoneType in options:
        return None
    others = [one for one in options if one is not NoneType]
    if len(others) == 1:
        return _revived(others[0], value, where)
    if isinstance(value, tuple(others)):
        return value
    raise OptionError(f"{where} cannot be {value!r}.")


def _revived_simple(hint: Any, value: Any, where: str) -> Any:
    if hint is float and value is None:
        return math.nan
    if hint is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if isinstance(hint, type) and issubclass(hint, StrEnum | date) and isinstance(value, str):
        try:
            return hint(value) if issubclass(hint, StrEnum) else hint.fromisoformat(value)
        except ValueError as error:
            raise OptionError(f"{where} cannot be {value!r}.") from error
    if isinstance(hint, type) and type(value) is hint:
        return value
    raise OptionError(f"{where} cannot be {value!r}.")
