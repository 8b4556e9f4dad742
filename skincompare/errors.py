"""What can go wrong, as one tree.

::

    SkincompareError
    ├── PhotoError            the bytes are no usable photograph (``problem`` says which way)
    ├── OptionError           a name or value in the call is not one we know
    ├── RegionFileError       a file of drawn regions cannot be used
    ├── PointPairsError       pairs of points marked by hand cannot be used
    ├── EyesNotFoundError     eyes are to be masked, but no face was found in a picture
    ├── ModelError            a vendored model file is missing or damaged
    └── StoreError            the store of patients and photos cannot do what was asked
        ├── StoreUnavailableError   it cannot be read or written now: busy, full, read-only, unreachable
        ├── SchemaError             its layout is not one that this version knows
        ├── ConflictError           somebody else changed the same record in the meantime
        ├── DuplicateError          what is to be stored is there already, or belongs to another patient
        └── NotFoundError           there is no such patient, course, session or photo

Every message is one sentence for a person: what was expected, what came, what to do.
Poor *data* (a blurred cheek, a missing reference) is not an error but a flag on the result.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from enum import StrEnum

__all__ = [
    "ConflictError",
    "DuplicateError",
    "EyesNotFoundError",
    "ModelError",
    "NotFoundError",
    "OptionError",
    "PhotoError",
    "PhotoProblem",
    "PointPairsError",
    "RegionFileError",
    "SchemaError",
    "SkincompareError",
    "StoreError",
    "StoreUnavailableError",
]


class SkincompareError(Exception):
    """Base of every error that this package raises on purpose."""


class PhotoProblem(StrEnum):
    """The ways in which bytes fail to be a usable photograph."""

    NOT_FOUND = "not found"
    EMPTY = "empty"
    TRUNCATED = "truncated"
    NOT_AN_IMAGE = "not an image"
    TOO_LARGE = "too large"
    TOO_SMALL = "too small"
    UNSUPPORTED = "unsupported"


class PhotoError(SkincompareError):
    """The bytes are no usable photograph.

    Parameters
    ----------
    problem : PhotoProblem
        Which way it fails.
    message : str
        One sentence: what was expected, what came, what to do.
    """

    def __init__(self, problem: PhotoProblem, message: str) -> None:
        super().__init__(message)
        self.problem = problem


class OptionError(SkincompareError, ValueError):
    """A name or value in the call is not one we know."""

    @classmethod
    def unknown(cls, kind: str, given: str, known: Iterable[str]) -> "OptionError":
        """Build the error for an unknown name, with the nearest known one.

        Parameters
        ----------
        kind : str
            What was named, for example ``"region"``.
        given : str
            The name that came.
        known : iterable of str
            The names there are.

        Returns
        -------
        OptionError
            With a sentence that lists the known names.
        """
        names = sorted(known)
        near = get_close_matches(given, names, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        return cls(f"There is no {kind} named {given!r}.{hint} Known: {', '.join(names) or 'none'}.")


class RegionFileError(SkincompareError):
    """A file of drawn regions cannot be used."""


class PointPairsError(SkincompareError):
    """Pairs of points marked by hand cannot be used."""


class EyesNotFoundError(SkincompareError):
    """Eyes are to be masked in what leaves, but no face was found in a picture."""


class ModelError(SkincompareError):
    """A vendored model file is missing or damaged."""


class StoreError(SkincompareError):
    """The store of patients and photos cannot do what was asked."""


class StoreUnavailableError(StoreError):
    """The store cannot be read or written now; nothing was half-saved."""


class SchemaError(StoreError):
    """The layout of the store is not one that this version knows."""


class ConflictError(StoreError):
    """Somebody else changed the same record in the meantime; nothing was saved."""


class DuplicateError(StoreError):
    """What is to be stored is there already, or belongs to another patient."""


class NotFoundError(StoreError):
    """There is no such patient, course, session or photo."""
