"""What an import would do is told before it does it; the tray holds files on the disk and lets them go."""

import os
import stat
import time
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from skincompare.errors import StoreUnavailableError
from skincompare.imaging.face import Face
from skincompare.records import TimeSource, View
from skincompare.workflows import incoming
from skincompare.workflows.adding import measure_course
from skincompare.workflows.importing import ImportPlan, IncomingFile, import_photos
from skincompare.workflows.incoming import Doubt, Standing, expect, see
from skincompare.workflows.tray import KEPT_SECONDS, Tray
from tests.store.clinic import TREATED_AT, add_course
from tests.workflows.conftest import picture


def sent(path):
    return IncomingFile(path.name, path.read_bytes)


def expected(store, treated, *files, confirmed=(), **options):
    return expect(store, ImportPlan(*treated, **options), [see(one) for one in files], confirmed)


def test_a_file_is_looked_into_without_being_stored(store, treated, tmp_path):
    path = picture(tmp_path / "a.jpg", 200, day=3.0)
    seen = see(sent(path))
    assert (seen.width, seen.height, seen.file_format, seen.problem) == (300, 300, "JPEG", "")
    assert seen.thumb.startswith(b"\xff\xd8")
    (one,) = expect(store, ImportPlan(*treated), [seen]).files
    assert (one.standing, one.doubt, one.source) == (Standing.READY, None, TimeSource.EXIF)
    assert one.captured == datetime(2026, 3, 6, 8, 0, tzinfo=UTC)
    assert store.photos.of_course(treated[1]) == ()
    assert store.photos.sweep().is_clean


@pytest.mark.parametrize(
    ("day", "doubt"),
    [
        (-1.0, None),
        (-0.05, Doubt.DAY_OF_TREATMENT),
        (0.05, None),
        (9000.0, Doubt.IN_FUTURE),
        (-9000.0, Doubt.CLOCK_NOT_SET),
        (None, Doubt.MISSING),
    ],
)
def test_doubtful_dates_want_confirming(store, treated, tmp_path, day, doubt):
    file = sent(picture(tmp_path / "a.jpg", 200, day=day))
    (one,) = expected(store, treated, file).files
    assert one.doubt is doubt
    assert one.standing is (Standing.TO_CONFIRM if doubt else Standing.READY)
    (confirmed,) = expected(store, treated, file, confirmed=[one.seen.sha256]).files
    assert confirmed.standing is (Standing.TO_CONFIRM if doubt is Doubt.MISSING else Standing.READY)


def test_the_date_of_a_file_of_this_machine_is_doubtful_and_stays_the_files(store, treated, tmp_path):
    path = picture(tmp_path / "a.jpg", 200)
    moment = datetime(2026, 3, 5, 12, tzinfo=UTC).timestamp()
    os.utime(path, (moment, moment))
    (one,) = expected(store, treated, IncomingFile("a.jpg", path)).files
    assert (one.doubt, one.source) == (Doubt.FILE_ONLY, TimeSource.FILE)
    (one,) = expected(store, treated, IncomingFile("a.jpg", path), confirmed=[one.seen.sha256]).files
    assert (one.standing, one.source) == (Standing.READY, TimeSource.FILE)


def test_what_stays_out_has_its_reason(store, treated, tmp_path):
    other = add_course(store, "B-2")
    theirs, mine = (picture(tmp_path / f"{n}.jpg", n, day=n) for n in (1, 2))
    new, bad = picture(tmp_path / "3.jpg", 3, day=3), tmp_path / "bad.jpg"
    bad.write_text("no picture")
    list(import_photos(store, ImportPlan(*other), [theirs]))
    list(import_photos(store, ImportPlan(*treated), [mine]))
    files = [sent(one) for one in (theirs, mine, new)] + [
        IncomingFile("again.jpg", new.read_bytes),
        sent(bad),
    ]
    found = expected(store, treated, *files).files
    assert [one.standing for one in found] == [
        Standing.OF_ANOTHER,
        Standing.ALREADY_THERE,
        Standing.READY,
        Standing.TWICE,
        Standing.REFUSED,
    ]
    assert [one.others for one in found] == [("B-2",), ("2.jpg",), (), ("3.jpg",), ()]
    assert "bad.jpg" in found[4].seen.problem
    assert expected(store, treated, files[0], shared=True).files[0].standing is Standing.READY


def test_a_new_baseline_is_told_and_which_it_replaces(store, treated, tmp_path):
    old, newer, after = (picture(tmp_path / f"{n}.jpg", 50 + n, day=n) for n in (-9, -2, 4))
    alone = expected(store, treated, sent(after))
    assert alone.without_baseline == (("front", ""),)
    list(import_photos(store, ImportPlan(*treated), [old]))
    outlook = expected(store, treated, sent(newer), sent(after))
    assert [one.is_baseline for one in outlook.files] == [True, False]
    assert [one.file_name for one in outlook.replaced] == ["-9.jpg"]
    assert outlook.without_baseline == ()
    profile = IncomingFile("p.jpg", newer.read_bytes, view=View.LEFT_PROFILE)
    outlook = expected(store, treated, profile, sent(after))
    assert [one.is_baseline for one in outlook.files] == [True, False]
    assert outlook.replaced == ()


def test_without_a_session_the_earliest_is_the_baseline(store, tmp_path):
    course = add_course(store, "B-2")
    outlook = expected(store, course, *(sent(picture(tmp_path / f"{n}.jpg", n, day=n)) for n in (5, 4)))
    assert not outlook.has_session
    assert [one.is_baseline for one in outlook.files] == [False, True]


def test_the_tray_keeps_a_file_until_it_is_dropped(tmp_path):
    tray = Tray(tmp_path / "tray")
    file = tray.put("../../etc/x.jpg", b"bytes")
    assert (file.name, file.source()) == ("../../etc/x.jpg", b"bytes")
    (path,) = (tmp_path / "tray").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    tray.drop(file)
    tray.drop(IncomingFile("b.jpg", tmp_path / "b.jpg"))
    assert list((tmp_path / "tray").iterdir()) == []
    assert "choose it again" in see(file).problem


def test_the_tray_lets_go_what_is_older_than_a_day(tmp_path):
    tray = Tray(tmp_path)
    old = tray.put("a.jpg", b"a")
    long_ago = time.time() - KEPT_SECONDS - 60
    os.utime(old.source.path, (long_ago, long_ago))
    kept = tray.put("b.jpg", b"b")
    assert list(tmp_path.iterdir()) == [kept.source.path]


def test_a_tray_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "tray").write_text("a file is in the way")
    with pytest.raises(StoreUnavailableError, match=r"a\.jpg cannot be taken"):
        Tray(tmp_path / "tray").put("a.jpg", b"a")


def test_what_comes_while_a_course_is_measured_is_measured_too(store, treated, tmp_path):
    first, second, late = (picture(tmp_path / f"{n}.jpg", 50 + n, day=n) for n in (-1, 1, 2))
    list(import_photos(store, ImportPlan(*treated), [first, second]))
    names = []
    for pair, _ in measure_course(store, treated[1], None):
        names.append(pair.photo.file_name)
        list(import_photos(store, ImportPlan(*treated), [late]))
    assert names == ["1.jpg", "2.jpg"]
    assert timedelta(days=1) == store.photos.of_course(treated[1])[2].captured - TREATED_AT - timedelta(
        days=1
    )


@pytest.mark.parametrize(
    ("yaw", "view"),
    [
        (0.0, View.FRONT),
        (12.0, View.FRONT),
        (35.0, View.RIGHT_THREE_QUARTER),
        (-35.0, View.LEFT_THREE_QUARTER),
        (None, None),
    ],
)
def test_a_view_is_told_by_the_turn_of_the_face(monkeypatch, tmp_path, yaw, view):
    angle = np.radians(yaw or 0.0)
    points = np.zeros((478, 3))
    points[263] = [100 * np.cos(angle), 0, 100 * np.sin(angle)]  # the outer corner of the left eye
    faces = () if yaw is None else (Face(points, 1.0),)
    monkeypatch.setattr(incoming, "find_faces", lambda pixels, thorough: faces)
    assert see(sent(picture(tmp_path / "a.jpg", 200, day=1.0))).face_view is view
