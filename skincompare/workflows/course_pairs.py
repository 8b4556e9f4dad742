"""Which photos of a patient can be laid beside each other, and which pairs can be shown without comparing anew."""

from dataclasses import dataclass

from skincompare.choices import Progress
from skincompare.comparison import Comparison
from skincompare.records import Course, PhotoRecord, Session, baseline_of
from skincompare.report.pair_view import PairView
from skincompare.store import Store
from skincompare.workflows.course_sheets import photo_label
from skincompare.workflows.measuring import treated_regions
from skincompare.workflows.views import compare_stored, stored_view, view_name

__all__ = [
    "CoursePair",
    "CourseSeries",
    "compared_pair",
    "kept_pairs",
    "series_of_course",
    "view_of_pair",
]


BEFORE = "Before, "
"""How the label of a photo from before the first session begins."""


@dataclass(frozen=True, slots=True)
class CourseSeries:
    """The photos of one view (and site) of a course.

    Parameters
    ----------
    view, site : str
        What they show.
    photos : tuple of PhotoRecord
        Oldest first.
    labels : tuple of str
        Day and date of each.
    baseline : PhotoRecord or None
        What a course is compared with.
    sessions : tuple of Session
        Of the course.
    """

    view: str
    site: str
    photos: tuple[PhotoRecord, ...]
    labels: tuple[str, ...]
    baseline: PhotoRecord | None
    sessions: tuple[Session, ...]

    def label(self, photo: PhotoRecord) -> str:
        """Return day and date of one of its photos."""
        return self.labels[self.photos.index(photo)]

    def date(self, photo: PhotoRecord) -> str:
        """Return the label without "Before", which stands on a before picture anyway."""
        return self.label(photo).removeprefix(BEFORE)

    def find(self, number: int | None) -> PhotoRecord | None:
        """Return the photo of this number, or None."""
        return next((photo for photo in self.photos if photo.id == number), None)


@dataclass(frozen=True, slots=True)
class CoursePair:
    """Two photos of a series, and the regions that were treated."""

    before: PhotoRecord
    after: PhotoRecord
    treated: tuple[str, ...]

    @property
    def key(self) -> str:
        """Names the pair on a page."""
        return f"{self.before.id}-{self.after.id}"


def series_of_course(store: Store, course: Course) -> tuple[CourseSeries, ...]:
    """Return the series of a course that have at least two photos, the one with most photos first."""
    photos, sessions = store.photos.of_course(course), store.treatments.sessions(course)
    zone = store.people.clinic().zone
    kinds = [photo.series for photo in photos]
    found = []
    for view, site in sorted(dict.fromkeys(kinds), key=lambda one: -kinds.count(one)):
        own = tuple(photo for photo in photos if photo.series == (view, site))
        if len(own) < 2:
            continue
        labels = tuple(photo_label(photo, sessions, zone) for photo in own)
        found.append(
            CourseSeries(view, site, own, labels, baseline_of(own, sessions, (view, site)), sessions)
        )
    return tuple(found)


def kept_pairs(
    store: Store, series: CourseSeries, before: PhotoRecord, wanted: CoursePair | None = None
) -> tuple[CoursePair, ...]:
    """Return the pairs of a series with one before photo that are shown without comparing anew.

    Parameters
    ----------
    store : Store
        Where they are.
    series : CourseSeries
        Of a course.
    before : PhotoRecord
        One of its photos.
    wanted : CoursePair, optional
        A pair that is listed in any case, in place of the one with its usual treated regions.

    Returns
    -------
    tuple of CoursePair
        In the order of the after photos.
    """
    found = []
    for photo in series.photos:
        if photo.id == before.id:
            continue
        pair = CoursePair(before, photo, treated_regions(series.sessions, photo))
        if wanted is not None and photo.id == wanted.after.id:
            found.append(wanted)
        elif view_name(before, pair.treated) in store.derived.names(photo.sha256):
            found.append(pair)
    return tuple(found)


def view_of_pair(store: Store, pair: CoursePair) -> PairView | None:
    """Return what a screen shows of a pair, as it was kept, or None."""
    return stored_view(store, pair.before, pair.after, pair.treated)


def compared_pair(
    store: Store, pair: CoursePair, points: bytes | None = None, progress: Progress | None = None
) -> Comparison:
    """Compare a stored pair anew, with all its pixels.

    Parameters
    ----------
    store : Store
        Where it is.
    pair : CoursePair
        Which.
    points : bytes, optional
        Pairs of points marked by hand, as a file of them is written.
    progress : callable, optional
        Called with the name of a step and the share done.

    Raises
    ------
    SkincompareError
        When a photo is missing or cannot be used.
    """
    return compare_stored(store, pair.before, pair.after, pair.treated, progress, points)
