"""Addresses for pictures on a page: pages hand out addresses, never pixels."""

import mimetypes
import weakref
from collections.abc import Callable
from functools import partial
from pathlib import Path

from skincompare.errors import SkincompareError
from skincompare.photo import read_photo
from skincompare.records import PhotoRecord
from skincompare.report.figures import encode_jpeg
from skincompare.report.pair_view import PairView
from skincompare.store import Store
from skincompare.web import shelf, shelve_view
from skincompare.workflows.incoming import SeenFile
from skincompare.workflows.views import FULL, FULL_QUALITY, THUMB, picture_of, shown_pair, view_name

__all__ = ["file_address", "picture_address", "seen_address", "shown_view", "upload_address", "view_address"]

JPEG = "image/jpeg"


def shown_view(view: PairView, key: str, full: tuple[str, str] = ("", "")) -> str:
    """Return the address of what the viewer shows of a view in memory; it is gone when the view is.

    Parameters
    ----------
    view : PairView
        A comparison.
    key : str
        Names it uniquely, also among sessions.
    full : tuple of str
        Addresses of the whole photos.
    """
    return shelve_view(shelf(), f"shown/{key}/{id(view)}", weakref.ref(view), full)


def view_address(store: Store, baseline: PhotoRecord, photo: PhotoRecord, treated: tuple[str, ...]) -> str:
    """Return the address of what the viewer shows of a stored pair; it is read when the browser asks."""
    return shelve_view(
        shelf(),
        f"view/{photo.sha256}/{view_name(baseline, treated)}",
        lambda: shown_pair(store, baseline, photo, treated),
        (picture_address(store, baseline, FULL), picture_address(store, photo, FULL)),
    )


def picture_address(store: Store, photo: PhotoRecord, name: str = THUMB) -> str:
    """Return the address of a picture of a stored photo."""
    return shelf().put(f"photo/{photo.sha256}/{name}", partial(picture_of, store, photo, name), JPEG)


def file_address(path: Path) -> str:
    """Return the address of a picture that comes with the program."""
    kind = mimetypes.guess_type(path.name)[0] or JPEG
    return shelf().put(f"file/{path}", partial(_content, path), kind)


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def seen_address(seen: SeenFile) -> str:
    """Return the address of the small picture of a file that is not stored yet; it goes when the file goes."""
    return shelf().put(f"seen/{id(seen)}/{seen.sha256}", partial(_thumb, weakref.ref(seen)), JPEG)


def _thumb(kept: Callable[[], SeenFile | None]) -> bytes | None:
    there = kept()
    return there.thumb if there is not None else None


def upload_address(key: str, data: Callable[[], bytes | None]) -> str:
    """Return the address of an uploaded photo, upright and without metadata; it is decoded when it is asked for.

    Parameters
    ----------
    key : str
        Names it uniquely, also among sessions.
    data : callable
        Returns the file's bytes, or None when they are gone.
    """
    return shelf().put(f"upload/{key}", partial(_upright, data), JPEG)


def _upright(data: Callable[[], bytes | None]) -> bytes | None:
    content = data()
    if content is None:
        return None
    try:
        return encode_jpeg(read_photo(content).pixels, FULL_QUALITY)
    except SkincompareError:
        return None
