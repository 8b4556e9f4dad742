"""Photos as the store knows them, which session each belongs to, and which is the baseline."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from skincompare.errors import OptionError
from skincompare.records.checks import check_moment, check_text
from skincompare.records.treatments import Session

__all__ = ["PhotoRecord", "TimeSource", "View", "baseline_of", "session_of"]

SHA256 = re.compile("[0-9a-f]{64}")


class View(StrEnum):
    """From where a photo was taken."""

    FRONT = "front"
    LEFT_THREE_QUARTER = "left three-quarter"
    RIGHT_THREE_QUARTER = "right three-quarter"
    LEFT_PROFILE = "left profile"
    RIGHT_PROFILE = "right profile"
    CLOSE_UP = "close-up"


class TimeSource(StrEnum):
    """Where a capture time comes from, best first but for what was typed in, which goes before all.

    The clock is that of the computer on which the photo was taken with the app's own camera.
    """

    TYPED = "typed in"
    EXIF = "EXIF"
    EXIF_CLINIC_ZONE = "EXIF, zone of the clinic"
    FILE = "file"
    CLOCK = "clock of this computer"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoRecord:
    """One photo of a patient.

    Parameters
    ----------
    patient_id, course_id : int
        Whose, and of which course.
    session_id : int or None
        The session it is looked at against: the last one before it, or the first of the course for a photo taken
        before; None while the course has none.
    sha256 : str
        Of the file's bytes; its name in the folder of photos.
    file_name : str
        What the file was called.
    file_format : str
        ``JPEG``, ``PNG`` ...
    n_bytes, width, height : int
        Size of the file, and of the upright picture, px.
    view : View
        From where.
    site : str
        The place on the body of a close-up.
    captured : datetime
        When, with its zone.
    captured_source : TimeSource
        Where that time comes from.
    camera : str
        Make and model.
    px_per_mm : float or None
        Scale, when somebody knows it.
    id : int or None
        Number in the store.
    """

    patient_id: int
    course_id: int
    sha256: str
    file_name: str
    file_format: str
    n_bytes: int
    width: int
    height: int
    captured: datetime
    captured_source: TimeSource
    view: View = View.FRONT
    site: str = ""
    camera: str = ""
    px_per_mm: float | None = None
    session_id: int | None = None
    id: int | None = None

    def __post_init__(self) -> None:
        check_moment("a photo", self.captured)
        check_text("name of a file", self.file_name, limit=255)
        check_text("site of a photo", self.site)
        check_text("camera of a photo", self.camera)
        if not SHA256.fullmatch(self.sha256):
            raise OptionError(f"A SHA-256 has 64 lower-case hexadecimal digits; {self.sha256!r} has not.")
        if min(self.n_bytes, self.width, self.height) < 1:
            raise OptionError("A photo has at least one byte and one pixel.")
        if self.px_per_mm is not None and not (math.isfinite(self.px_per_mm) and self.px_per_mm > 0):
            raise OptionError(f"A scale is a number of pixels per mm above 0, not {self.px_per_mm}.")
        if self.view is View.CLOSE_UP and not self.site.strip():
            raise OptionError("A close-up needs its site, for example: left cheek.")

    @property
    def series(self) -> tuple[str, str]:
        """View and site: photos of one series are compared with each other."""
        return self.view.value, " ".join(self.site.lower().split())


def session_of(sessions: Iterable[Session], captured: datetime) -> Session | None:
    """Return the session that a photo belongs to.

    Parameters
    ----------
    sessions : iterable of Session
        Of one course, in any order.
    captured : datetime
        When the photo was taken, with its zone.

    Returns
    -------
    Session or None
        The last session that began before the photo; for a photo before all of them the first; None without any.
    """
    ordered = sorted(sessions, key=lambda one: one.at)
    before = [one for one in ordered if one.at <= captured]
    return before[-1] if before else next(iter(ordered), None)


def baseline_of(
    photos: Iterable[PhotoRecord], sessions: Sequence[Session], series: tuple[str, str]
) -> PhotoRecord | None:
    """Return the photo that all others of a series are compared with.

    Parameters
    ----------
    photos : iterable of PhotoRecord
        Of one course.
    sessions : sequence of Session
        Of the same course.
    series : (str, str)
        View and site.

    Returns
    -------
    PhotoRecord or None
        The last photo before the first session; without any session the first photo; None when there is none.
    """
    own = sorted((one for one in photos if one.series == series), key=lambda one: (one.captured, one.sha256))
    if not sessions:
        return own[0] if own else None
    first = min(one.at for one in sessions)
    before = [one for one in own if one.captured < first]
    return before[-1] if before else None
