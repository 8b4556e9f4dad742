"""Analyses in the store: every number, flag and method comes back, or nothing of them was written."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from skincompare.errors import NotFoundError
from skincompare.measurement import Method
from skincompare.records import (
    AnalysisStatus,
)
from tests.store.clinic import (
    PORES,
    REDNESS,
    WITHHELD,
    add_course,
    add_photo,
    analysis,
    change,
)

pytestmark = pytest.mark.usefixtures("fast_disk")


# Analyses


def test_an_analysis_comes_back_with_every_number_flag_and_method(store, make_store):
    _, course = add_course(store)
    first, second = add_photo(store, course, 1, -1), add_photo(store, course, 2, 1)
    given = analysis(first, second)
    number = store.analyses.add(given)
    (again,) = make_store().analyses.of_photos([second.id])
    assert again.id == number
    assert [one.to_dict() for one in sorted_changes(again)] == [
        one.to_dict() for one in sorted_changes(given)
    ]
    assert replace(again, id=None, changes=()) == replace(given, changes=())
    assert again.changes[0].after.photo_sha256 in (first.sha256, second.sha256)
    assert any(WITHHELD in one.flags for one in again.changes)


def sorted_changes(one):
    return sorted(one.changes, key=lambda change: (change.metric, change.region))


def test_only_the_asked_quantities_are_read(store):
    _, course = add_course(store)
    first, second = add_photo(store, course, 1, -1), add_photo(store, course, 2, 1)
    store.analyses.add(analysis(first, second))
    (some,) = store.analyses.of_photos([second.id], quantities=["pore_density"])
    assert {one.metric for one in some.changes} == {"pore_density"}
    assert some.methods == (PORES, REDNESS)


def test_versions_and_options_stay_apart(store):
    _, course = add_course(store)
    first, second = add_photo(store, course, 1, -1), add_photo(store, course, 2, 1)
    newer = Method("redness", 4, REDNESS.options)
    other = Method("redness", 4, {**REDNESS.options, "sigma_mm": 0.6})
    for method in (REDNESS, newer, other):
        changes = (change(first, second, method=method),)
        store.analyses.add(analysis(first, second, methods=(method,), changes=changes))
    found = store.analyses.of_photos([second.id])
    assert [one.changes[0].after.method for one in found] == [REDNESS, newer, other]


def test_a_refused_pair_is_remembered_with_its_reason(store):
    _, course = add_course(store)
    first, second = add_photo(store, course, 1, -1), add_photo(store, course, 2, 1)
    given = analysis(first, second, status=AnalysisStatus.REFUSED, problem="Turned too far.", changes=())
    store.analyses.add(given)
    (again,) = store.analyses.of_photos([second.id])
    assert (again.status, again.problem, again.changes) == (AnalysisStatus.REFUSED, "Turned too far.", ())


def test_an_analysis_of_a_photo_that_is_gone_is_refused(store):
    _, course = add_course(store)
    first = add_photo(store, course, 1, -1)
    with pytest.raises(NotFoundError):
        store.analyses.add(analysis(first, replace(first, id=999)))
    assert store.analyses.of_photos([first.id]) == ()


def test_an_analysis_that_fails_half_way_leaves_nothing(store):
    """Two rows of one region and quantity break the last of the writes."""
    _, course = add_course(store)
    first, second = add_photo(store, course, 1, -1), add_photo(store, course, 2, 1)
    twice = (change(first, second), change(first, second))
    with pytest.raises(Exception, match="nothing was saved"):
        store.analyses.add(analysis(first, second, changes=twice))
    assert store.analyses.of_photos([second.id]) == ()
    store.analyses.add(analysis(first, second, made_at=datetime.now(UTC)))
