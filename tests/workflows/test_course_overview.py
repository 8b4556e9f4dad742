"""Which photo of a course is looked at first, and measuring a course so that its pairs can be seen afterwards."""

from dataclasses import replace

import pytest

from skincompare.measurement import Method
from skincompare.records import AnalysisStatus, Session, View
from skincompare.workflows import adding, measuring
from skincompare.workflows import timeline as timelines
from skincompare.workflows.adding import measure_course
from skincompare.workflows.course_overview import (
    all_series,
    day_to_show,
    save_session,
    session_number,
)
from skincompare.workflows.jobs import Cancelled, Job
from skincompare.workflows.timeline import course_timeline
from tests.store.clinic import TREATED_AT, add_photo, add_session, analysis, change

METHODS = {"pores": Method("pores", 1, {}), "redness": Method("redness", 3, {"a": 1.5})}


@pytest.fixture
def methods(monkeypatch):
    """Return what the current version measures, to be changed."""
    now = dict(METHODS)
    for module in (measuring, timelines, adding):
        monkeypatch.setattr(module, "current_methods", lambda: now)
    return now


@pytest.fixture
def quick(monkeypatch, methods):
    """Measure in no time; return which metrics were run on which photo."""
    seen = []

    def measure(work):
        pair = work.pair
        seen.append((pair.photo.file_name, tuple(sorted(pair.metrics))))
        own = tuple(methods[name] for name in pair.metrics)
        changes = (change(pair.baseline, pair.photo, by=9.0, method=methods["redness"]),)
        found = analysis(pair.baseline, pair.photo, methods=own, treated=pair.treated, changes=changes)
        return measuring.Measured(found, b"view" if len(pair.metrics) == len(methods) else b"")

    monkeypatch.setattr(measuring, "measure", measure)
    monkeypatch.setattr(measuring, "_processors", lambda: 1)
    return seen


class _CancelledAt(Job):
    """A job that somebody cancels once a share of it is done."""

    def __init__(self, share):
        super().__init__("key", "title")
        self.limit = share

    def tell(self, step, share):
        if share >= self.limit:
            self.cancel()
        super().tell(step, share)


def test_a_course_is_measured_whole_so_that_each_pair_can_be_seen(store, treated, quick, methods):
    photos = [add_photo(store, treated[1], number, day) for number, day in enumerate((-1, 2))]
    ((pair, found),) = measure_course(store, treated[1], None)
    assert (pair.photo.file_name, found.status) == ("1.jpg", AnalysisStatus.MEASURED)
    assert list(store.derived.names(photos[1].sha256))
    methods["redness"] = Method("redness", 4, {"a": 1.5})  # one metric is new: its view would be half a view
    assert len(list(measure_course(store, treated[1], None))) == 1
    assert quick == [("1.jpg", ("pores", "redness"))] * 2
    assert list(store.derived.names(photos[1].sha256))


def test_measuring_stops_between_two_photos_and_keeps_what_is_done(store, treated, quick):
    for number, day in enumerate((-1, 2, 3)):
        add_photo(store, treated[1], number, day)
    with pytest.raises(Cancelled):
        list(measure_course(store, treated[1], None, _CancelledAt(0.5).tell))
    assert len(quick) == 1
    assert course_timeline(store, *treated).n_due == 1


def test_the_newest_measured_photo_is_looked_at_first(store, treated, methods):
    baseline, first, last = (
        add_photo(store, treated[1], number, day) for number, day in enumerate((-1, 2, 5))
    )
    assert day_to_show(course_timeline(store, *treated)).photo == last
    store.analyses.add(analysis(baseline, first, methods=tuple(methods.values()), changes=()))
    refused = {"status": AnalysisStatus.REFUSED, "problem": "Turned away.", "changes": ()}
    store.analyses.add(analysis(baseline, last, methods=tuple(methods.values()), **refused))
    assert day_to_show(course_timeline(store, *treated)).photo == first
    assert day_to_show(replace(course_timeline(store, *treated), days=())) is None


def test_series_and_sessions_are_named_by_their_order(store, treated):
    add_photo(store, treated[1], 0, -1)
    for number in (1, 2):
        add_photo(store, treated[1], number, number, view=View.CLOSE_UP, site="chin")
    assert all_series(store.photos.of_course(treated[1])) == (("close-up", "chin"), ("front", ""))
    later = save_session(store, Session(course_id=treated[1].id, at=TREATED_AT.replace(year=2027)))
    whole = course_timeline(store, *treated)
    assert [session_number(whole, one) for one in whole.sessions] == [1, 2]
    assert session_number(whole, None) == 0
    assert save_session(store, replace(later, device="pen")).revision == later.revision + 1
    assert add_session(store, treated[1], 30).id != later.id
