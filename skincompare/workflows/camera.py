"""Photos taken with the app's own camera: what the baseline shows, and what to change to show it again."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from threading import Lock
from typing import Any

from skincompare.errors import SkincompareError
from skincompare.imaging.capture_hints import Aim, aim_of, hints_for, outline_of
from skincompare.photo import read_photo
from skincompare.records import Course, PhotoRecord, TimeSource, View, baseline_of
from skincompare.store import Store
from skincompare.workflows.importing import ImportedFile, ImportPlan, IncomingFile, import_photos
from skincompare.workflows.views import DISPLAY, picture_of

__all__ = ["Guide", "baseline_for", "guide_for", "store_capture"]


def baseline_for(store: Store, course: Course, view: View, site: str = "") -> PhotoRecord | None:
    """Return the photo that the next one of a view is compared with, or None."""
    series = (view.value, " ".join(site.lower().split()))
    return baseline_of(store.photos.of_course(course), store.treatments.sessions(course), series)


class Guide:
    """Tells what to change before a photo is taken; looks at the baseline once, when first asked.

    Parameters
    ----------
    load : callable or None
        Reads a picture of the baseline, JPEG; None when there is no baseline.
    needs_face : bool
        Whether a photo without a face is wrong where no baseline says so.
    """

    def __init__(self, load: Callable[[], bytes | None] | None, *, needs_face: bool = True) -> None:
        self._load = load
        self._needs_face = needs_face
        self._lock = Lock()

    @cached_property
    def _aim(self) -> Aim | None:
        data = self._load() if self._load is not None else None
        try:
            return aim_of(read_photo(data).pixels) if data else None
        except SkincompareError:
            return None

    def hints(self, frame: bytes) -> Sequence[str]:
        """Return what to change, most important first.

        Parameters
        ----------
        frame : bytes
            A small JPEG of what the camera sees.

        Returns
        -------
        sequence of str
            Values of :class:`~skincompare.imaging.capture_hints.CaptureHint`.

        Raises
        ------
        PhotoError
            When it is no picture.
        """
        with self._lock:
            aim = self._aim
        seen = aim_of(read_photo(frame, name="frame").pixels, thorough=False)
        return [hint.value for hint in hints_for(seen, aim, needs_face=self._needs_face)]

    def outline(self) -> Mapping[str, Any]:
        """Return the lines to lay the head into: width and height of the baseline's picture, and lines in its px."""
        with self._lock:
            aim = self._aim
        if aim is None or aim.face is None:
            return {"width": 0, "height": 0, "lines": []}
        lines = [[[round(x, 1), round(y, 1)] for x, y in line] for line in outline_of(aim.face)]
        return {"width": aim.size[0], "height": aim.size[1], "lines": lines}


def guide_for(store: Store, baseline: PhotoRecord | None, view: View) -> Guide:
    """Return who tells what to change so that a photo shows the head as its baseline does."""
    load = None if baseline is None else lambda: picture_of(store, baseline, DISPLAY)
    return Guide(load, needs_face=view in (View.FRONT, View.LEFT_THREE_QUARTER, View.RIGHT_THREE_QUARTER))


def store_capture(store: Store, plan: ImportPlan, data: bytes, name: str, at: datetime) -> ImportedFile:
    """Store a photo that was just taken.

    Parameters
    ----------
    store : Store
        Where to.
    plan : ImportPlan
        Whose it is.
    data : bytes
        The JPEG.
    name : str
        What it is called.
    at : datetime
        When, with its zone, by the clock of this computer.

    Returns
    -------
    ImportedFile
        What became of it.
    """
    file = IncomingFile(name, lambda: data, at, TimeSource.CLOCK)
    return next(import_photos(store, plan, [file]))
