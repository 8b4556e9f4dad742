"""The demo clinic: simulated patients from the sample images, once however often it is filled."""

from pathlib import Path

import pytest

from skincompare.errors import SkincompareError
from skincompare.records import Condition, Patient
from skincompare.workflows.demo import fill_demo
from skincompare.workflows.samples import load_samples

SAMPLES = Path(__file__).parents[2] / "sample_images"


@pytest.fixture(scope="module")
def samples():
    return load_samples(SAMPLES)


def test_the_clinic_has_six_patients_of_different_skin_depth_and_condition(store, samples):
    told = []
    filled = fill_demo(store, samples, lambda *what: told.append(what))
    assert len(filled) >= 6
    assert len({course.condition for _, course in filled} - {Condition.OTHER}) >= 4
    depths = {
        one
        for _, course in filled
        for own in store.treatments.sessions(course)
        for one in own.depths_mm.values()
    }
    assert len(depths) >= 3
    for patient, course in filled:
        assert patient.is_simulated
        assert patient.code.startswith("DEMO-")
        photos = store.photos.of_course(course)
        (session,) = store.treatments.sessions(course)
        assert len(photos) == 9
        assert sum(photo.captured < session.at for photo in photos) == 1
        assert {photo.captured_source.value for photo in photos} == {"EXIF"}
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert shares[-1] < 1


def test_filling_it_again_adds_nothing(store, samples):
    first = fill_demo(store, samples)
    assert fill_demo(store, samples) == first
    assert store.people.count() == len(first)


def test_a_demo_that_was_cut_short_is_completed(store, samples):
    store.people.add(Patient(code="DEMO-A", is_simulated=True))
    filled = fill_demo(store, samples)
    assert len(store.photos.of_course(filled[0][1])) == 9


def test_a_real_patients_code_is_left_alone(store, samples):
    store.people.add(Patient(code="DEMO-C", notes="real"))
    with pytest.raises(SkincompareError, match="DEMO-C is taken"):
        fill_demo(store, samples)
    assert store.people.get("DEMO-C").notes == "real"
