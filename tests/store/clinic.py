"""A small clinic for tests: a patient, a course, a session, photos without pixels, an analysis."""

import hashlib
import math
from datetime import UTC, datetime, timedelta, timezone

from skincompare.measurement import Change, Effect, Flag, Measurement, Method
from skincompare.records import Analysis, Condition, Course, Patient, PhotoRecord, Session, TimeSource
from skincompare.store import Store

ZONE = timezone(timedelta(hours=2))
TREATED_AT = datetime(2026, 3, 3, 10, 0, tzinfo=ZONE)
REDNESS = Method("redness", 3, {"sigma_mm": 0.5, "robust": True, "name": "median", "n": 3})
PORES = Method("pores", 1, {})
NOTE = Flag("tilted", "The head is tilted.")
WITHHELD = Flag("no_light", "Nothing tells the light.", "Show the forehead.", Effect.NOT_MEASURABLE)


def content(number: int) -> bytes:
    """Return what stands for the bytes of a photo."""
    return f"photo {number} ".encode() * 200


def photo_of(course: Course, number: int, day: float = 0.0, **fields: object) -> PhotoRecord:
    data = content(number)
    values = {
        "patient_id": course.patient_id,
        "course_id": course.id,
        "sha256": hashlib.sha256(data).hexdigest(),
        "file_name": f"{number}.jpg",
        "file_format": "JPEG",
        "n_bytes": len(data),
        "width": 1500,
        "height": 1900,
        "captured": TREATED_AT + timedelta(days=day),
        "captured_source": TimeSource.EXIF,
    }
    return PhotoRecord(**{**values, **fields})


def add_course(store: Store, code: str = "A-17", **fields: object) -> tuple[Patient, Course]:
    patient = store.people.add(Patient(code=code, **fields))
    course = store.treatments.add_course(Course(patient_id=patient.id, condition=Condition.ACNE_SCARS))
    return patient, course


def add_session(store: Store, course: Course, day: float = 0.0, **fields: object) -> Session:
    values = {"depths_mm": {"left_cheek": 1.5, "nose": 0.5}, **fields}
    return store.treatments.add_session(
        Session(course_id=course.id, at=TREATED_AT + timedelta(days=day), **values)
    )


def add_photo(store: Store, course: Course, number: int, day: float = 0.0, **fields: object) -> PhotoRecord:
    return store.photos.add(photo_of(course, number, day, **fields), content(number))


def change(
    baseline: PhotoRecord,
    photo: PhotoRecord,
    *,
    quantity: str = "redness",
    region: str = "left_cheek",
    by: float = 4.0,
    method: Method = REDNESS,
    flags: tuple[Flag, ...] = (NOTE,),
) -> Change:
    missing = math.isnan(by)
    before, after = (
        Measurement(
            metric=quantity,
            region=region,
            value=value,
            sigma=math.nan if missing else 0.123456789,
            unit="EI",
            n_pixels=1234,
            flags=(WITHHELD,) if missing else (),
            method=method,
            photo_sha256=sha256,
        )
        for value, sha256 in ((10.1, baseline.sha256), (10.1 + by, photo.sha256))
    )
    sigma, mdc95 = (math.nan, math.nan) if missing else (0.7, 1.4)
    return Change.between(before, after, sigma=sigma, mdc95=mdc95, flags=flags)


def analysis(baseline: PhotoRecord, photo: PhotoRecord, **fields: object) -> Analysis:
    values = {
        "photo_id": photo.id,
        "baseline_id": baseline.id,
        "made_at": datetime(2026, 4, 1, 8, 30, tzinfo=UTC),
        "software_version": "0.1.0",
        "methods": (PORES, REDNESS),
        "treated": ("left_cheek", "nose"),
        "reference": ("chin", "forehead"),
        "rung": "several untreated regions",
        "flags": (NOTE,),
        "changes": (
            change(baseline, photo),
            change(baseline, photo, region="nose", by=math.nan),
            change(baseline, photo, quantity="pore_density", by=-2.5, method=PORES, flags=()),
        ),
    }
    return Analysis(**{**values, **fields})
