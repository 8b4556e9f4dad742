"""What a screen shows of stored photos: small pictures, and pairs with all that was found; made once, kept beside."""

import hashlib
from collections.abc import Sequence
from types import MappingProxyType

from skincompare.choices import Progress
from skincompare.compare import compare_subjects
from skincompare.comparison import Comparison
from skincompare.errors import SkincompareError
from skincompare.imaging.points import parse_points
from skincompare.imaging.subject import prepare
from skincompare.photo import Photo, read_photo
from skincompare.records import PhotoRecord
from skincompare.report.figures import encode_jpeg, shrunk
from skincompare.report.pair_view import PairView, ShownPair, pack, unpack, unpack_shown, view_of
from skincompare.store import Store

__all__ = [
    "DISPLAY",
    "FULL",
    "THUMB",
    "compare_stored",
    "drop_view",
    "keep_small_pictures",
    "keep_view",
    "make_view",
    "picture_of",
    "shown_pair",
    "stored_view",
    "view_name",
]

VIEW_VERSION = 1
"""Raised when what a view holds, or how it looks, changes: older ones are made again."""
DISPLAY, THUMB, FULL = "display.jpg", "thumb.jpg", "full.jpg"
"""Pictures of a photo: for a screen, for a list, and to zoom into; upright, in sRGB, without metadata."""
LONGEST_PX = MappingProxyType({DISPLAY: 2000, THUMB: 320})
"""Longer side of the small ones, px."""
FULL_QUALITY = 92
"""JPEG quality of the full one [judgement: no visible loss at 100 %]."""


def view_name(baseline: PhotoRecord, treated: Sequence[str]) -> str:
    """Return the name under which a photo keeps its view against a baseline."""
    said = "\n".join((str(VIEW_VERSION), *sorted(treated)))
    return f"pair-{baseline.sha256[:16]}-{hashlib.sha256(said.encode()).hexdigest()[:12]}.zip"


def stored_view(
    store: Store, baseline: PhotoRecord, photo: PhotoRecord, treated: Sequence[str]
) -> PairView | None:
    """Return the view of a pair as it was kept, or None when it has to be made."""
    data = store.derived.read(photo.sha256, view_name(baseline, treated))
    return None if data is None else unpack(data)


def shown_pair(
    store: Store, baseline: PhotoRecord, photo: PhotoRecord, treated: Sequence[str]
) -> ShownPair | None:
    """Return only what the viewer shows of a kept view; without its numbers it is there in a tenth of the time."""
    data = store.derived.read(photo.sha256, view_name(baseline, treated))
    return None if data is None else unpack_shown(data)


def keep_view(
    store: Store, baseline: PhotoRecord, photo: PhotoRecord, treated: Sequence[str], packed: bytes
) -> None:
    """Keep the view of a pair, as :func:`skincompare.report.pair_view.pack` gives it."""
    store.derived.keep(photo.sha256, view_name(baseline, treated), packed)


def drop_view(store: Store, baseline: PhotoRecord, photo: PhotoRecord, treated: Sequence[str]) -> None:
    """Let a view go that does not hold what is measured now; it is made again when somebody looks."""
    store.derived.remove(photo.sha256, view_name(baseline, treated))


def compare_stored(
    store: Store,
    baseline: PhotoRecord,
    photo: PhotoRecord,
    treated: Sequence[str],
    progress: Progress | None = None,
    points: bytes | None = None,
) -> Comparison:
    """Compare two stored photos; nothing is kept.

    Parameters
    ----------
    store, baseline, photo, treated, progress
        As for :func:`make_view`.
    points : bytes, optional
        Pairs of points marked by hand, as a file of them is written.

    Raises
    ------
    SkincompareError
        When a photo is missing or cannot be used.
    """
    before, after = (
        prepare(read_photo(store.photos.read(one), name=one.file_name), px_per_mm=one.px_per_mm)
        for one in (baseline, photo)
    )
    marked = None
    if points is not None:
        sizes = tuple((one.photo.width, one.photo.height) for one in (before, after))
        marked = parse_points(points, *sizes, source="What was marked")
    return compare_subjects(before, after, treated=tuple(treated), points=marked, progress=progress)


def make_view(
    store: Store,
    baseline: PhotoRecord,
    photo: PhotoRecord,
    treated: Sequence[str],
    progress: Progress | None = None,
) -> PairView:
    """Compare two stored photos and keep what a screen shows of it.

    Parameters
    ----------
    store : Store
        Where the photos are.
    baseline, photo : PhotoRecord
        Before and after.
    treated : sequence of str
        Regions that were treated.
    progress : callable, optional
        Called with what is done and its share in [0, 1].

    Returns
    -------
    PairView
        Aligned or refused.

    Raises
    ------
    SkincompareError
        When a photo is missing or cannot be used.
    """
    view = view_of(compare_stored(store, baseline, photo, treated, progress))
    keep_view(store, baseline, photo, treated, pack(view))
    return view


def keep_small_pictures(store: Store, photo: Photo) -> None:
    """Keep the small pictures of a photo that was just read."""
    for name, longest in LONGEST_PX.items():
        store.derived.keep(photo.sha256, name, encode_jpeg(shrunk(photo.pixels, longest)))


def picture_of(store: Store, photo: PhotoRecord, name: str = THUMB) -> bytes | None:
    """Return a picture of a stored photo as a JPEG without metadata, made now where it is missing.

    Parameters
    ----------
    store : Store
        Where the photo is.
    photo : PhotoRecord
        Which.
    name : {"thumb.jpg", "display.jpg", "full.jpg"}
        Which picture.

    Returns
    -------
    bytes or None
        None when the photo cannot be read.
    """
    found = store.derived.read(photo.sha256, name)
    if found is not None:
        return found
    try:
        read = read_photo(store.photos.read(photo), name=photo.file_name)
    except SkincompareError:
        return None
    if name == FULL:
        data = encode_jpeg(read.pixels, FULL_QUALITY)
        store.derived.keep(photo.sha256, FULL, data)
        return data
    keep_small_pictures(store, read)
    return store.derived.read(photo.sha256, name)
