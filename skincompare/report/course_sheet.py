"""What a document says of a whole course: plain values, so that a document needs neither store nor photos."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from skincompare.measurement import Change
from skincompare.recovery import RecoveryOutlook
from skincompare.report.pair_pictures import PairPictures

__all__ = ["CoursePhoto", "CourseSheet", "DayRow", "LatestPair", "PhotoView", "ProgressRow", "SessionRow"]

Picture = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session: when, how deep, and what redness did after it (None without a photo)."""

    number: int
    at: datetime
    depths: str
    device: str
    practitioner: str
    outlook: RecoveryOutlook | None


@dataclass(frozen=True, eq=False)
class CoursePhoto:
    """One photo of a view: what stands below it, and why it is not shown or not comparable; both may be empty."""

    picture: Picture | None
    label: str
    note: str = ""


@dataclass(frozen=True, eq=False)
class PhotoView:
    """The photos of one view, oldest first, and how many more there are."""

    title: str
    photos: tuple[CoursePhoto, ...]
    n_left_out: int = 0


@dataclass(frozen=True, slots=True)
class DayRow:
    """One photo in the table of days.

    Parameters
    ----------
    label : str
        Day and date.
    changes : tuple of (Change or None)
        Of the quantity of the table, in the order of its regions.
    problem : str
        Why nothing was measured; may be empty.
    """

    label: str
    changes: tuple[Change | None, ...]
    problem: str = ""


@dataclass(frozen=True, eq=False)
class LatestPair:
    """The baseline beside the latest photo that could be compared.

    Parameters
    ----------
    before, after : str
        What stands below each.
    pictures : PairPictures or None
        None when they could not be made.
    problem : str
        Why not; may be empty.
    changes : tuple of Change
        All changes of that photo.
    """

    before: str
    after: str
    pictures: PairPictures | None
    problem: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class ProgressRow:
    """How one quantity of one region went over the sessions: its change at each visit, and what can be told; or ""."""

    quantity: str
    region: str
    changes: tuple[Change | None, ...]
    sentence: str


@dataclass(frozen=True, eq=False)
class CourseSheet:
    """What a document says of a course.

    Parameters
    ----------
    title : str
        Condition and title of the course.
    facts : tuple of str
        Lines under it.
    lead : tuple of str
        Flags first, then what the latest photo says.
    sessions : tuple of SessionRow
        Oldest first.
    views : tuple of PhotoView
        Photos by view.
    regions : tuple of str
        Regions of the table of days.
    quantity : str
        Quantity of the table of days.
    days : tuple of DayRow
        One a photo.
    latest : LatestPair or None
        None without a comparable photo.
    treated : tuple of str
        Treated regions.
    progress_hint : str
        On which days the sessions are compared.
    progress : tuple of ProgressRow
        One a quantity and region.
    reasons : tuple of str
        Why numbers are missing or less certain, each once.
    symptoms : tuple of str
        What the patient ticked.
    methods : tuple of str
        How it was measured.
    hashes : tuple of (str, str)
        Photo and the SHA-256 of its file.
    left_out : tuple of str
        Pictures that do not leave, with the reason.
    eyes_masked : bool
        Whether masking was asked for.
    software : str
        Version of this program.
    """

    title: str
    facts: tuple[str, ...]
    lead: tuple[str, ...] = ()
    sessions: tuple[SessionRow, ...] = ()
    views: tuple[PhotoView, ...] = ()
    regions: tuple[str, ...] = ()
    quantity: str = "redness"
    days: tuple[DayRow, ...] = ()
    latest: LatestPair | None = None
    treated: tuple[str, ...] = ()
    progress_hint: str = ""
    progress: tuple[ProgressRow, ...] = ()
    reasons: tuple[str, ...] = ()
    symptoms: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    hashes: tuple[tuple[str, str], ...] = ()
    left_out: tuple[str, ...] = ()
    eyes_masked: bool = False
    software: str = ""
