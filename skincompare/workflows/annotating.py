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
) -> dict[str, tuple[Drawing, ...]]:
    """Store what a person changed in the viewer; what others drew on the same pairs meanwhile stays.

    Parameters
    ----------
    store : Store
        Where.
    pairs : mapping of str to (PhotoRecord, PhotoRecord)
        Before and after photo of each pair.
    changed : mapping of str to sequence of Drawing
        All that the person wants on a pair, as :attr:`skincompare.ui.viewer.ViewerState.annotations` has it. Pairs that
        are not among `pairs` are left alone.
    shown : mapping of str to sequence of Drawing
        What this person's viewer has shown: what was read for it, or what it told last time.

    Returns
    -------
    dict of str to tuple of Drawing
        By changed pair, what the viewer has shown by now: give it as `shown` the next time.
    """
    kept: dict[str, tuple[Drawing, ...]] = {}
    for name, drawings in changed.items():
        if name not in pairs:
            continue
        wanted, seen = tuple(drawings), tuple(shown.get(name, ()))
        if wanted != seen:
            store.annotations.save(*pairs[name], wanted, seen=seen)
        kept[name] = wanted
    return kept
