"""Bands of the clinic, days of return and symptoms in the store."""

from datetime import timedelta

import pytest

from skincompare.errors import NotFoundError, OptionError
from skincompare.records import EditedBand, Symptom, TickedSymptom
from skincompare.store.archive import export_patient, restore_patient
from tests.store.clinic import TREATED_AT, add_course, add_photo, add_session, analysis

pytestmark = pytest.mark.usefixtures("fast_disk")


def band(depth: str = "middle", last: float = 4.0, **fields) -> EditedBand:
    return EditedBand(
        depth=depth, first_day=2.0, last_day=last, ask_after_day=7.0, provenance="our sheet", **fields
    )


def test_a_band_is_set_replaced_and_reset(store, make_store):
    for one in (band(), band(last=5.0), band("deep")):
        store.aftercare.set_band(one)
    assert make_store().aftercare.bands() == (band("deep"), band(last=5.0))
    assert store.aftercare.reset_band("middle") == 1
    assert store.aftercare.bands() == (band("deep"),)
    assert store.aftercare.reset_band() == 1
    assert store.aftercare.bands() == ()


@pytest.mark.parametrize("days", [(3.0, 2.0, 7.0), (-1.0, 2.0, 3.0), (1.0, 5.0, float("inf"))])
def test_days_of_a_band_rise(days):
    first, last, ask = days
    with pytest.raises(OptionError, match="rise from 0"):
        EditedBand(depth="deep", first_day=first, last_day=last, ask_after_day=ask, provenance="x")


def test_days_of_return_are_those_of_real_patients(store):
    _, real = add_course(store, "A")
    _, simulated = add_course(store, "B", is_simulated=True)
    store.aftercare.set_returns(real, {"middle": 3.0, "deep": None}, "1")
    store.aftercare.set_returns(simulated, {"middle": 9.0}, "1")
    assert store.aftercare.returns() == (("middle", 3.0),)
    store.aftercare.set_returns(real, {"middle": 3.5}, "2")
    assert store.aftercare.returns() == (("middle", 3.5),)
    assert store.aftercare.known_sources([real.id]) == {real.id: "2"}
    assert set(store.aftercare.known_sources()) == {real.id, simulated.id}
    store.remove_patient(store.people.get("A"))
    assert store.aftercare.returns() == ()


def test_what_a_return_hangs_on_moves_with_photos_and_sessions(store):
    _, course = add_course(store)
    assert store.aftercare.sources() == {}
    session = add_session(store, course)
    baseline, photo = (add_photo(store, course, number, number - 1.0) for number in (0, 2))
    seen = []
    store.aftercare.sources()
    store.analyses.add(analysis(baseline, photo))
    seen.append(store.aftercare.sources([course.id])[course.id])
    store.analyses.add(analysis(baseline, photo))
    seen.append(store.aftercare.sources()[course.id])
    store.treatments.save_session(session)
    store.treatments.save_session(
        type(session)(
            course_id=course.id, at=session.at, id=session.id, revision=session.revision, device="pen"
        )
    )
    seen.append(store.aftercare.sources()[course.id])
    assert len(set(seen)) == 3
    assert store.aftercare.sources([course.id + 1]) == {}


def test_symptoms_are_kept_exported_and_restored(store, other_store, tmp_path):
    patient, course = add_course(store)
    add_session(store, course, -30)
    session = add_session(store, course)
    ticked = store.aftercare.tick(
        TickedSymptom(session_id=session.id, symptom=Symptom.PUS, at=TREATED_AT + timedelta(days=2))
    )
    assert store.aftercare.symptoms(course) == (ticked,)
    export_patient(store, patient, tmp_path / "a.zip", version="1")
    restored = restore_patient(other_store, tmp_path / "a.zip")
    (other_course,) = other_store.treatments.courses(restored)
    (found,) = other_store.aftercare.symptoms(other_course)
    assert (found.symptom, found.at) == (Symptom.PUS, ticked.at)
    assert found.session_id == other_store.treatments.sessions(other_course)[1].id
    assert store.aftercare.untick(session.id) == 1
    assert store.aftercare.symptoms(course) == ()


def test_a_symptom_needs_its_session(store):
    with pytest.raises(NotFoundError, match="not in the store"):
        store.aftercare.tick(TickedSymptom(session_id=9, symptom=Symptom.PAIN, at=TREATED_AT))
