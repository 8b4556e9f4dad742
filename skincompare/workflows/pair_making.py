"""Pictures of the pairs of a course, one after the other: compared anew, with two full photos in memory at most."""

from collections.abc import Callable, Iterator, Sequence

from skincompare.compare import compare_subjects
from skincompare.errors import SkincompareError
from skincompare.imaging.subject import Subject, prepare
from skincompare.photo import read_photo
from skincompare.records import AnalysisStatus, PhotoRecord
from skincompare.report import words
from skincompare.report.pair_pictures import PairPictures, pictures_of
from skincompare.report.pair_view import PairView
from skincompare.store import Store
from skincompare.workflows.measuring import treated_regions
from skincompare.workflows.timeline import Timeline, TimelineDay
from skincompare.workflows.views import stored_view

__all__ = ["Pairs", "compared_pairs", "stored_pairs"]

Pairs = Callable[[Timeline, Sequence[TimelineDay]], Iterator[tuple[TimelineDay, PairPictures | str]]]
"""Yields, for each photo asked for, the pictures of it and the baseline, or a sentence that says why there are none."""

STORED_PX = 1400
"""Longer side of the pictures, px."""


def compared_pairs(store: Store) -> Pairs:
    """Return what makes pictures of pairs by comparing stored photos anew.

    Parameters
    ----------
    store : Store
        Where the photos are.

    Returns
    -------
    callable
        A pair that was refused when it was measured is not tried again.
    """

    def pairs(
        whole: Timeline, days: Sequence[TimelineDay]
    ) -> Iterator[tuple[TimelineDay, PairPictures | str]]:
        before: Subject | None = None
        for day in days:
            if whole.baseline is None:
                yield day, "There is no photo from before the first session."
                continue
            if day.status in (AnalysisStatus.REFUSED, AnalysisStatus.FAILED):
                yield day, day.problem
                continue
            try:
                if before is None:
                    before = _prepared(store, whole.baseline)
                yield day, _pictures(before, _prepared(store, day.photo), whole, day)
            except SkincompareError as error:
                yield day, str(error)

    return pairs


def stored_pairs(store: Store) -> Pairs:
    """Return what takes the pictures of pairs as they were kept when they were measured, and compares only the rest.

    Parameters
    ----------
    store : Store
        Where the photos are.
    """
    anew = compared_pairs(store)

    def pairs(
        whole: Timeline, days: Sequence[TimelineDay]
    ) -> Iterator[tuple[TimelineDay, PairPictures | str]]:
        for day in days:
            kept = None
            if whole.baseline is not None:
                treated = treated_regions(whole.sessions, day.photo)
                kept = stored_view(store, whole.baseline, day.photo, treated)
            if kept is not None and kept.is_aligned:
                yield day, _kept_pictures(kept)
            else:
                yield from anew(whole, [day])

    return pairs


def _kept_pictures(view: PairView) -> PairPictures:
    def data(part: str) -> bytes | None:
        found = view.viewer.get(part)
        return view.pictures[found["src"]].data if found else None

    before, after = data("before"), data("after")
    assert before is not None
    assert after is not None
    matched = view.viewer.get("matched")
    return PairPictures.from_files(
        before,
        after,
        is_aligned=True,
        matched=data("matched"),
        matched_words=matched["words"] if matched else "",
        change_map=data("map"),
        threshold=view.map_threshold,
    ).shrunk(STORED_PX)


def _pictures(before: Subject, after: Subject, whole: Timeline, day: TimelineDay) -> PairPictures | str:
    treated = treated_regions(whole.sessions, day.photo)
    found = compare_subjects(before, after, treated=treated, only=("redness",))
    if not found.alignment.is_aligned:
        return " ".join(flag.reason for flag in found.alignment.flags)
    return pictures_of(found, words.matched_words(found)).shrunk(STORED_PX)


def _prepared(store: Store, photo: PhotoRecord) -> Subject:
    return prepare(read_photo(store.photos.read(photo), name=photo.file_name), px_per_mm=photo.px_per_mm)
