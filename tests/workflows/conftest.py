"""A store with one patient, and small pictures of a calm and a red day to import."""

import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PIL import ExifTags, Image

from skincompare.records import Clinic, Course, Patient
from skincompare.store import Store, open_store
from tests.store.clinic import TREATED_AT, add_course, add_session


@pytest.fixture
def store(tmp_path: Path, fast_disk: None) -> Iterator[Store]:
    with open_store(tmp_path / "store", actor="Dr. Ito") as opened:
        opened.people.set_clinic(Clinic(time_zone="Asia/Tokyo"))
        yield opened


@pytest.fixture
def treated(store: Store) -> tuple[Patient, Course]:
    """Return a patient whose cheeks and nose were treated."""
    patient, course = add_course(store)
    add_session(store, course)
    return patient, course


def picture(
    path: Path, colour: int, *, day: float | None = None, offset: str | None = "+02:00", size: int = 300
) -> Path:
    """Write a JPEG of one colour, with a capture time in its record where a day is given."""
    image = Image.new("RGB", (size, size), (colour, 100, 90))
    exif = Image.Exif()
    if day is not None:
        moment: datetime = TREATED_AT + timedelta(days=day)
        detail = exif.get_ifd(ExifTags.IFD.Exif)
        detail[ExifTags.Base.DateTimeOriginal] = moment.strftime("%Y:%m:%d %H:%M:%S")
        if offset is not None:
            detail[ExifTags.Base.OffsetTimeOriginal] = offset
    data = io.BytesIO()
    image.save(data, "JPEG", exif=exif)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.getvalue())
    return path
