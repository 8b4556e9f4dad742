"""Records check themselves when they are made, and go to JSON and back unchanged."""

import json
import math
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from skincompare.errors import OptionError
from skincompare.measurement import Change, Effect, Flag, Measurement, Method
from skincompare.records import (
    Analysis,
    AnalysisStatus,
    Clinic,
    Condition,
    Consent,
    Course,
    Fitzpatrick,
    Grade,
    GradeScale,
    Patient,
    PhotoRecord,
    Session,
    TimeSource,
    View,
    baseline_of,
    session_of,
)
from skincompare.records.checks import member
from skincompare.records.plain import from_plain, to_plain

AT = datetime(2026, 3, 3, 10, tzinfo=timezone(timedelta(hours=1)))


def photo(day: float, **fields: object) -> PhotoRecord:
    values = {
        "patient_id": 1,
        "course_id": 1,
        "sha256": f"{abs(int(day * 1000)):064x}",
        "file_name": "a.jpg",
        "file_format": "JPEG",
        "n_bytes": 10,
        "width": 300,
        "height": 400,
        "captured": AT + timedelta(days=day),
        "captured_source": TimeSource.EXIF,
    }
    return PhotoRecord(**{**values, **fields})


def session(day: float, **fields: object) -> Session:
    return Session(course_id=1, at=AT + timedelta(days=day), **fields)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Patient(code=""),
        lambda: Patient(code=" A"),
        lambda: Patient(code="A\nB"),
        lambda: Patient(code="A\x00"),
        lambda: Patient(code="\ud800"),
        lambda: Patient(code="A" * 301),
        lambda: Patient(code="A", birth_year=1700),
        lambda: Patient(code="A", birth_year=2999),
        lambda: Patient(code="A", notes="x" * 20_001),
        lambda: Clinic(time_zone="Moon/Crater"),
        lambda: Clinic(time_zone="../etc/passwd"),
        lambda: Consent(patient_id=1, purpose="", given_on=date(2026, 1, 1)),
        lambda: Consent(patient_id=1, purpose="x", given_on=date(2026, 1, 2), withdrawn_on=date(2026, 1, 1)),
        lambda: Session(course_id=1, at=datetime(2026, 3, 3)),
        lambda: session(0, depths_mm={"nose": 0.0}),
        lambda: session(0, depths_mm={"nose": math.nan}),
        lambda: session(0, depths_mm={"nose": 9.0}),
        lambda: session(0, depths_mm={"Left Cheek": 1.0}),
        lambda: session(0, depths_mm={"a,b": 1.0}),
        lambda: session(0, passes=0),
        lambda: Grade(patient_id=1, scale=GradeScale.CEA, grade=5, at=AT),
        lambda: Grade(patient_id=1, scale=GradeScale.GOODMAN_BARON, grade=0, at=AT),
        lambda: photo(0, sha256="x"),
        lambda: photo(0, n_bytes=0),
        lambda: photo(0, px_per_mm=0.0),
        lambda: photo(0, px_per_mm=math.inf),
        lambda: photo(0, view=View.CLOSE_UP),
        lambda: photo(0, captured=datetime(2026, 3, 3)),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_sentence(make):
    with pytest.raises(OptionError) as refusal:
        make()
    assert len(str(refusal.value)) > 20
    assert "\n" not in str(refusal.value)


def test_a_word_is_found_however_it_is_written():
    assert member(Condition, "condition", "Acne_Scars ") is Condition.ACNE_SCARS
    assert member(View, "view", "LEFT THREE-QUARTER") is View.LEFT_THREE_QUARTER
    with pytest.raises(OptionError, match="Did you mean 'acne scars'"):
        member(Condition, "condition", "acne scar")


# Sessions and baselines by date


def test_a_photo_belongs_to_the_last_session_before_it_or_else_to_the_first():
    first, second = session(0), session(28)
    sessions = [second, first]
    for day, own in ((-3, first), (0, first), (27.99, first), (28, second), (100, second)):
        assert session_of(sessions, AT + timedelta(days=day)) is own
    assert session_of([], AT) is None


def test_time_zones_do_not_matter_for_the_order():
    early = AT.astimezone(timezone(timedelta(hours=-10)))
    assert session_of([session(0)], early - timedelta(minutes=1)) == session(0)
    assert session_of([session(0), session(1)], early + timedelta(hours=23)) == session(0)


def test_the_baseline_is_the_last_photo_before_the_first_session():
    photos = [photo(day) for day in (-9, -0.1, 0.1, 20)]
    series = photos[0].series
    assert baseline_of(photos, [session(14), session(0)], series) is photos[1]
    assert baseline_of(photos[2:], [session(0)], series) is None
    assert baseline_of(photos, [], series) is photos[0]
    assert baseline_of([], [], series) is None


def test_views_and_sites_have_their_own_baseline():
    front, chin = photo(-2), photo(-1, view=View.CLOSE_UP, site=" Chin ")
    later = photo(3, view=View.CLOSE_UP, site="chin")
    assert later.series == chin.series != front.series
    assert baseline_of([front, chin, later], [session(0)], later.series) is chin
    assert baseline_of([front, chin, later], [session(0)], front.series) is front


# Analyses


def test_an_analysis_says_why_it_did_not_measure():
    values = {
        "photo_id": 2,
        "baseline_id": 1,
        "made_at": AT,
        "software_version": "1",
        "methods": (Method("redness", 1),),
        "treated": (),
    }
    Analysis(**values)
    for wrong in (
        {"problem": "x"},
        {"status": AnalysisStatus.REFUSED},
        {"baseline_id": 2},
        {"made_at": datetime(2026, 1, 1)},
        {"changes": (change(),), "methods": ()},
        {"changes": (change(),), "status": AnalysisStatus.FAILED, "problem": "x"},
    ):
        with pytest.raises(OptionError):
            Analysis(**{**values, **wrong})


def change() -> Change:
    flag = Flag("dark", "Too dark.", "More light.", Effect.NOT_MEASURABLE)
    method = Method("redness", 2, {"a": 1.5, "b": True, "c": "x", "d": 3})
    sides = [
        Measurement("redness", "nose", value, math.nan, "EI", 5, (flag,), method, "0" * 64)
        for value in (math.nan, 2.0)
    ]
    return Change.between(*sides, sigma=math.nan, mdc95=math.nan)


# JSON and back


@pytest.mark.parametrize(
    "record",
    [
        Patient(
            code="A", birth_year=1990, fitzpatrick=Fitzpatrick.V, is_simulated=True, id=3, uid="u", revision=4
        ),
        Patient(code="A"),
        Consent(patient_id=1, purpose="teaching", given_on=date(2026, 1, 2), withdrawn_on=date(2026, 1, 3)),
        Course(patient_id=1, condition=Condition.FINE_LINES, title="t"),
        session(0, depths_mm={"nose": 1.0, "chin": 2}, passes=3),
        Grade(patient_id=1, scale=GradeScale.GAIS, grade=2, at=AT),
        photo(0, view=View.CLOSE_UP, site="chin", px_per_mm=12.5),
    ],
)
def test_a_record_goes_to_json_and_back(record):
    text = json.dumps(to_plain(record), allow_nan=False)
    assert from_plain(type(record), json.loads(text)) == record


def test_an_analysis_goes_to_json_and_back_with_its_gaps():
    given = Analysis(
        photo_id=2,
        baseline_id=1,
        made_at=datetime(2026, 1, 1, tzinfo=UTC),
        software_version="1",
        methods=(change().after.method,),
        treated=("nose",),
        changes=(change(),),
    )
    again = from_plain(Analysis, json.loads(json.dumps(to_plain(given), allow_nan=False)))
    assert to_plain(again) == to_plain(given)
    assert math.isnan(again.changes[0].before.value)
    assert again.changes[0].after.method == given.changes[0].after.method


@pytest.mark.parametrize(
    "plain",
    [
        {},
        {"code": 3},
        {"code": None},
        {"code": "A", "age": 3},
        {"code": "A", "birth_year": "1990"},
        {"code": "A", "birth_year": True},
        {"code": "A", "fitzpatrick": "VII"},
        {"code": "A", "is_simulated": 1},
        {"code": ""},
        ["code"],
    ],
)
def test_what_is_no_record_is_refused(plain):
    with pytest.raises(OptionError):
        from_plain(Patient, plain)


@pytest.mark.parametrize(
    ("kind", "change_of"),
    [
        (Session, {"at": "yesterday"}),
        (Session, {"at": 5}),
        (Session, {"depths_mm": [1]}),
        (Session, {"depths_mm": {"nose": "deep"}}),
        (Analysis, {"flags": "none"}),
        (Analysis, {"methods": [{"name": "redness", "version": 1, "options": {"a": None}}]}),
    ],
)
def test_what_is_no_field_is_refused(kind, change_of):
    with pytest.raises(OptionError):
        from_plain(kind, {"course_id": 1, **change_of})
