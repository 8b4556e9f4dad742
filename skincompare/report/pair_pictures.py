"""The pictures of one pair in a document: made of a comparison, or handed in as files; eyes masked on request."""

import io
import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from PIL import Image

from skincompare.comparison import Comparison
from skincompare.errors import OptionError
from skincompare.imaging.eyes import cover_eyes, eye_bars, eye_bars_of_pair
from skincompare.report.figures import change_map_picture, map_threshold, shrunk

__all__ = ["PAIR_PX", "PairPictures", "decoded", "pictures_of"]

Picture = npt.NDArray[np.uint8]

PAIR_PX = 1100
"""Longer side of a picture in a document, px: about 300 a printed inch at half the width of a page."""
STORED_FORMATS = ("JPEG", "PNG", "WEBP")
"""Kinds of files that pictures of a pair are handed in as."""


@dataclass(frozen=True, eq=False)
class PairPictures:
    """The pictures of one pair.

    Parameters
    ----------
    before, after : ndarray of uint8, shape (height, width, 3)
        RGB; of one shape where the pair is aligned.
    is_aligned : bool
        Whether the after picture was moved to fit the before picture.
    matched : ndarray of uint8 or None
        The aligned after picture in the light of the before picture.
    matched_words : str
        What was changed in it.
    change_map : ndarray of uint8 or None
        Change of redness over the greyed before picture.
    threshold : float
        Change below which the map stays grey, EI; NaN without a map.
    eyes_masked : bool
        Whether the pixels of the eyes were replaced in all of them.
    """

    before: Picture
    after: Picture
    is_aligned: bool
    matched: Picture | None = None
    matched_words: str = ""
    change_map: Picture | None = None
    threshold: float = math.nan
    eyes_masked: bool = False

    @classmethod
    def from_files(
        cls,
        before: bytes,
        after: bytes,
        *,
        is_aligned: bool,
        matched: bytes | None = None,
        matched_words: str = "",
        change_map: bytes | None = None,
        threshold: float = math.nan,
    ) -> "PairPictures":
        """Return pictures that were stored as files (JPEG, PNG or WebP), so that nothing is compared anew.

        Raises
        ------
        OptionError
            When a file is no such picture, or aligned pictures have two shapes.
        """
        return cls(
            decoded(before),
            decoded(after),
            is_aligned,
            None if matched is None else decoded(matched),
            matched_words,
            None if change_map is None else decoded(change_map),
            threshold,
        )

    def __post_init__(self) -> None:
        if self.is_aligned and self.before.shape != self.after.shape:
            raise OptionError(
                f"Aligned pictures have one shape, not {self.before.shape[:2]} and {self.after.shape[:2]}."
            )

    def with_masked_eyes(self) -> "PairPictures":
        """Return the pictures with the pixels of every eye replaced.

        Raises
        ------
        EyesNotFoundError
            When no face is found in one of the photos: then no picture of the pair may leave.
        """
        if self.eyes_masked:
            return self
        if not self.is_aligned:
            before = cover_eyes(self.before, eye_bars(self.before, what="the before picture"))
            after = cover_eyes(self.after, eye_bars(self.after, what="the after picture"))
            return replace(self, before=before, after=after, matched=None, change_map=None, eyes_masked=True)
        bars, seen_at = eye_bars_of_pair(self.before, self.after), self.before.shape[:2]

        def covered(picture: Picture | None) -> Picture | None:
            return None if picture is None else cover_eyes(picture, bars, seen_at)

        return replace(
            self,
            before=cover_eyes(self.before, bars),
            after=cover_eyes(self.after, bars),
            matched=covered(self.matched),
            change_map=covered(self.change_map),
            eyes_masked=True,
        )

    def shrunk(self, longest: int = PAIR_PX) -> "PairPictures":
        """Return the pictures at most `longest` px on their longer side."""
        return replace(
            self,
            before=shrunk(self.before, longest),
            after=shrunk(self.after, longest),
            matched=None if self.matched is None else shrunk(self.matched, longest),
            change_map=None if self.change_map is None else shrunk(self.change_map, longest),
        )


def pictures_of(comparison: Comparison, words: str = "") -> PairPictures:
    """Return the pictures of a comparison in full size.

    Parameters
    ----------
    comparison : Comparison
        Any; of a refused one both photos are shown as they are.
    words : str
        What was changed in the picture whose light is matched.
    """
    before, after = comparison.aligned_pair
    matched = comparison.matched_after
    return PairPictures(
        before=before,
        after=after,
        is_aligned=comparison.alignment.is_aligned,
        matched=None if matched is None else matched[0],
        matched_words=words,
        change_map=change_map_picture(comparison),
        threshold=map_threshold(comparison),
    )


def decoded(data: bytes) -> Picture:
    """Return a picture that this program stored.

    Raises
    ------
    OptionError
        When the bytes are no such picture.
    """
    try:
        with Image.open(io.BytesIO(data), formats=STORED_FORMATS) as image:
            return np.asarray(image.convert("RGB"), np.uint8)
    except (OSError, ValueError, SyntaxError) as error:
        raise OptionError("A stored picture of a pair is damaged; measure the pair again.") from error
