"""What is drawn on the pairs of a page: read for the viewer, kept when somebody changed it there."""

from collections.abc import Mapping, Sequence

from skincompare.records import Drawing, PhotoRecord
from skincompare.store import Store

__all__ = ["drawings_of", "keep_drawings"]

Pairs = Mapping[str, tuple[PhotoRecord, PhotoRecord]]


def drawings_of(store: Store, pairs: Pairs) -> dict[str, tuple[Drawing, ...]]:
    """Return what stands on some pairs of photos.

    Parameters
    ----------
    store : Store
        Where.
    pairs : mapping of str to (PhotoRecord, PhotoRecord)
        Before and after photo of each pair, by the viewer's name for it.

    Returns
    -------
    dict of str to tuple of Drawing
        Pairs without any are left out.
    """
    found = {
        name: tuple(one.drawing for one in store.annotations.of_pair(before, after))
        for name, (before, after) in pairs.items()
    }
    return {name: drawn for name, drawn in found.items() if drawn}


def keep_drawings(
    store: Store,
    pairs: Pairs,
    changed: Mapping[str, Sequence[Drawing]],
    shown: Mapping[str, Sequence[Drawing]],
) -> tuple[str, ...]:
    """Store what a person changed in the viewer; what others drew on the same pairs meanwhile stays.

    Parameters
    ----------
    store : Store
        Where.
    pairs : mapping of str to (PhotoRecord, PhotoRecord)
        Before and after photo of each pair.
    changed : mapping of str to sequence of Drawing
        All that the person wants on a pair. Pairs that are not among `pairs` are left alone.
    shown : mapping of str to sequence of Drawing
        What stood on it in this person's browser before: of these only, those that are not wanted are removed.

    Returns
    -------
    tuple of str
        The pairs on which something was stored.

    Raises
    ------
    StoreError, OptionError
        When it cannot be stored, with one sentence.
    """
    saved = []
    for name, drawings in changed.items():
        before = tuple(shown.get(name, ()))
        if name in pairs and tuple(drawings) != before:
            store.annotations.save(*pairs[name], drawings, seen=before)
            saved.append(name)
    return tuple(saved)
