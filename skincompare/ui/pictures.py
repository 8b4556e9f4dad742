"""Addresses for pictures on a page: pages hand out addresses, never pixels."""

import weakref
from functools import partial
from typing import Any

from skincompare.records import PhotoRecord
from skincompare.report.pair_view import PairView, with_addresses
from skincompare.store import Store
from skincompare.web import shelf, shelve_view
from skincompare.workflows.incoming import SeenFile
from skincompare.workflows.views import THUMB, small_picture, stored_view, view_name

__all__ = ["picture_address", "seen_address", "shown_pair", "view_address"]

JPEG = "image/jpeg"


def shown_pair(view: PairView, key: str) -> dict[str, Any]:
    """Return what the viewer takes of a view that is in memory; its pictures go when the view goes.

    Parameters
    ----------
    view : PairView
        A comparison.
    key : str
        Names it uniquely, also among sessions.
    """
    kept = weakref.ref(view)

    def loaded(name: str) -> bytes | None:
        there = kept()
        return there.pictures[name].data if there else None

    addresses = {
        name: shelf().put(f"{key}/{id(view)}/{name}", partial(loaded, name), picture.kind)
        for name, picture in view.pictures.items()
    }
    return with_addresses(view, addresses)


def view_address(store: Store, baseline: PhotoRecord, photo: PhotoRecord, treated: tuple[str, ...]) -> str:
    """Return the address of what the viewer shows of a stored pair; it is read when the browser asks."""
    return shelve_view(
        shelf(),
        f"view/{photo.sha256}/{view_name(baseline, treated)}",
        lambda: stored_view(store, baseline, photo, treated),
    )


def picture_address(store: Store, photo: PhotoRecord, name: str = THUMB) -> str:
    """Return the address of a small picture of a stored photo."""
    return shelf().put(f"photo/{photo.sha256}/{name}", lambda: small_picture(store, photo, name), JPEG)


def seen_address(seen: SeenFile) -> str:
    """Return the address of the small picture of a file that is not stored yet; it goes when the file goes."""
    kept = weakref.ref(seen)

    def loaded() -> bytes | None:
        there = kept()
        return there.thumb if there else None

    return shelf().put(f"seen/{id(seen)}/{seen.sha256}", loaded, JPEG)
