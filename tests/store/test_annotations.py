"""Annotations in the store: kept with who and when, never over another person's, gone with the patient."""

import pytest

from skincompare.errors import NotFoundError, OptionError
from skincompare.records import Drawing, DrawingKind, DrawingSide
from skincompare.records.annotations import MAX_DRAWINGS
from skincompare.store.archive import export_patient, restore_patient
from tests.store.clinic import add_course, add_photo, content
from tests.store.test_archive import changed_archive, edited

pytestmark = pytest.mark.usefixtures("fast_disk")

ARROW = Drawing(kind=DrawingKind.ARROW, x=0.1, y=0.2, to_x=0.30001, to_y=0.4)
CIRCLE = Drawing(kind=DrawingKind.CIRCLE, side=DrawingSide.BEFORE, x=0.5, y=0.5, to_x=0.6, to_y=0.5)
WORDS = Drawing(kind=DrawingKind.TEXT, x=0.0, y=1.0, text="<img src=x onerror=alert(1)> שלום")


@pytest.fixture
def course(store):
    return add_course(store)[1]


@pytest.fixture
def pair(store, course):
    return add_photo(store, course, 1, -1), add_photo(store, course, 2, 3)


def drawn(annotations):
    return tuple(one.drawing for one in annotations)


def test_drawings_come_back_as_they_were_with_who_and_when(store, make_store, pair):
    saved = store.annotations.save(*pair, (ARROW, CIRCLE, WORDS))
    assert drawn(saved) == (ARROW, CIRCLE, WORDS)
    assert make_store().annotations.of_pair(*pair) == saved
    assert {one.made_by for one in saved} == {"Dr. Ito"}
    assert all(one.made_at.utcoffset() is not None for one in saved)
    assert store.annotations.of_pair(*reversed(pair)) == ()


def test_the_photos_stay_as_they_are(store, pair):
    store.annotations.save(*pair, (ARROW, WORDS))
    assert [store.photos.read(one) for one in pair] == [content(1), content(2)]


def test_what_stays_keeps_its_time_and_its_author(store, make_store, pair):
    (first,) = store.annotations.save(*pair, (ARROW,))
    other = make_store(actor="Dr. Sato")
    assert other.annotations.save(*pair, (ARROW, WORDS), seen=(ARROW,))[0] == first
    assert [one.made_by for one in store.annotations.of_pair(*pair)] == ["Dr. Ito", "Dr. Sato"]


def test_only_what_the_editor_saw_is_removed(store, make_store, pair):
    store.annotations.save(*pair, (ARROW,))
    make_store(actor="Dr. Sato").annotations.save(*pair, (ARROW, WORDS), seen=(ARROW,))
    left = store.annotations.save(*pair, (CIRCLE,), seen=(ARROW,))  # has not seen the words
    assert drawn(left) == (WORDS, CIRCLE)
    assert drawn(store.annotations.save(*pair, (), seen=(WORDS, CIRCLE))) == ()


def test_the_same_twice_is_kept_once(store, pair):
    store.annotations.save(*pair, (ARROW, ARROW))
    assert drawn(store.annotations.save(*pair, (ARROW,))) == (ARROW,)


def test_a_pair_has_room_for_so_many(store, pair):
    many = [
        Drawing(kind=DrawingKind.TEXT, x=number / 100, y=0.5, text="x") for number in range(MAX_DRAWINGS + 1)
    ]
    store.annotations.save(*pair, many[:-1])
    with pytest.raises(OptionError, match=f"at most {MAX_DRAWINGS}"):
        store.annotations.save(*pair, many)
    assert len(store.annotations.of_pair(*pair)) == MAX_DRAWINGS


def test_they_go_with_the_patient_and_with_a_photo(store, pair):
    other = add_course(store, "B")[1]
    theirs = add_photo(store, other, 3), add_photo(store, other, 4)
    store.annotations.save(*pair, (ARROW,))
    store.annotations.save(*theirs, (CIRCLE,))
    store.remove_patient(store.people.get("A-17"))
    assert store.annotations.of_pair(*pair) == ()
    assert drawn(store.annotations.of_pair(*theirs)) == (CIRCLE,)
    with pytest.raises(NotFoundError, match="somebody removed it"):
        store.annotations.save(*pair, (ARROW,))


def test_photos_of_two_patients_are_no_pair(store, pair):
    other = add_photo(store, add_course(store, "B")[1], 3)
    with pytest.raises(OptionError, match="of one patient"):
        store.annotations.save(pair[0], other, (ARROW,))


def test_they_are_exported_and_restored(store, other_store, pair, tmp_path):
    saved = store.annotations.save(*pair, (ARROW, WORDS))
    patient = store.people.get("A-17")
    export_patient(store, patient, tmp_path / "a.zip", version="1")
    add_photo(other_store, add_course(other_store, "Z")[1], 9)  # so that numbers differ there
    restored = restore_patient(other_store, tmp_path / "a.zip")
    found = other_store.annotations.of_patient(restored)
    assert [(one.drawing, one.made_at, one.made_by) for one in found] == [
        (one.drawing, one.made_at, one.made_by) for one in saved
    ]
    by_sha = {one.id: one.sha256 for one in other_store.photos.of_patient(restored)}
    assert [by_sha[found[0].before_id], by_sha[found[0].after_id]] == [one.sha256 for one in pair]


def test_archives_from_before_annotations_are_restored_and_broken_ones_refused(
    store, other_store, pair, tmp_path
):
    store.annotations.save(*pair, (ARROW,))
    export_patient(store, store.people.get("A-17"), tmp_path / "a.zip", version="1")
    broken = [{"before_id": 77, "after_id": 78, "drawing": {}, "made_at": "2026-03-03T10:00:00+01:00"}]
    for name, annotations in (("broken.zip", broken), ("old.zip", [])):
        path = changed_archive(
            tmp_path / "a.zip", tmp_path / name, **{"patient.json": edited(annotations=annotations)}
        )
        if annotations:
            with pytest.raises(OptionError):
                restore_patient(other_store, path)
            assert other_store.people.count() == 0
        else:
            assert other_store.annotations.of_patient(restore_patient(other_store, path)) == ()
