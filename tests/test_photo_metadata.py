"""Which way is up, when, and with which camera."""

import io
import math
import os
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from skincompare.errors import OptionError
from skincompare.photo import Camera, CaptureTime, Photo, read_photo
from skincompare.photo_metadata import NO_SETTINGS

UPRIGHT = np.random.default_rng(5).integers(0, 256, (256, 320, 3)).astype(np.uint8)

ORIENTATIONS = range(1, 9)


def as_stored(upright: np.ndarray, orientation: int) -> np.ndarray:
    """Return how a camera stores an upright picture under an EXIF orientation (EXIF 2.32, tag 274)."""
    return {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.swapaxes(0, 1),
        6: np.rot90(upright, 1),
        7: upright[::-1, ::-1].swapaxes(0, 1),
        8: np.rot90(upright, -1),
    }[orientation]


ORIENTATION, MAKE, MODEL, DATE_TIME, DETAIL = 0x0112, 0x010F, 0x0110, 0x0132, 0x8769
ORIGINAL, DIGITIZED = 0x9003, 0x9004
OFFSET, OFFSET_ORIGINAL, OFFSET_DIGITIZED, SUBSECOND = 0x9010, 0x9011, 0x9012, 0x9291

LOSSLESS = (("PNG", {}), ("WEBP", {"lossless": True}), ("TIFF", {}))


def photo_with(
    tags: dict[int, object], pixels: np.ndarray = UPRIGHT, file_format: str = "PNG", **options: object
) -> Photo:
    exif = Image.Exif()
    for tag, value in tags.items():
        exif[tag] = value
    stream = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(stream, file_format, exif=exif.tobytes(), **options)
    return read_photo(stream.getvalue())


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize(("file_format", "options"), LOSSLESS)
def test_every_orientation_gives_the_same_upright_pixels(
    file_format: str, options: dict[str, object], orientation: int
) -> None:
    photo = photo_with({ORIENTATION: orientation}, as_stored(UPRIGHT, orientation), file_format, **options)
    np.testing.assert_array_equal(photo.pixels, UPRIGHT)


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_every_orientation_of_a_jpeg(orientation: int) -> None:
    upright = np.full((256, 320, 3), (200, 140, 120), np.uint8)
    upright[:64, :64] = 20
    stored = as_stored(upright, orientation)
    photo = photo_with({ORIENTATION: orientation}, stored, "JPEG", quality=95, subsampling=0)
    np.testing.assert_allclose(photo.pixels, upright, atol=8)


@pytest.mark.parametrize("orientation", [0, 9, 250])
def test_an_orientation_that_does_not_exist_is_left_out(orientation: int) -> None:
    np.testing.assert_array_equal(photo_with({ORIENTATION: orientation}).pixels, UPRIGHT)


# Time


def test_the_time_of_the_picture_comes_before_all_others() -> None:
    detail = {ORIGINAL: "2026:03:04 05:06:07", DIGITIZED: "2026:04:05 06:07:08", SUBSECOND: "123"}
    photo = photo_with({DATE_TIME: "2026:05:06 07:08:09", DETAIL: detail})
    assert photo.captured == CaptureTime(datetime(2026, 3, 4, 5, 6, 7), None, "exif")
    assert photo.captured.utc is None


@pytest.mark.parametrize(
    ("tags", "expected", "minutes"),
    [
        (
            {DETAIL: {DIGITIZED: "2026:04:05 06:07:08", OFFSET_DIGITIZED: "-03:30"}},
            datetime(2026, 4, 5, 6, 7, 8),
            -210,
        ),
        ({DATE_TIME: "2026:05:06 07:08:09", DETAIL: {OFFSET: "+05:45"}}, datetime(2026, 5, 6, 7, 8, 9), 345),
        ({DATE_TIME: "2026:05:06 07:08:09"}, datetime(2026, 5, 6, 7, 8, 9), None),
        (
            {DATE_TIME: "2026:05:06 07:08:09", DETAIL: {ORIGINAL: "0000:00:00 00:00:00"}},
            datetime(2026, 5, 6, 7, 8, 9),
            None,
        ),
        ({DETAIL: {ORIGINAL: "2026:03:04 05:06:07", OFFSET: "+01:00"}}, datetime(2026, 3, 4, 5, 6, 7), None),
    ],
)
def test_the_next_best_time_with_its_own_offset(
    tags: dict[int, object], expected: datetime, minutes: int | None
) -> None:
    captured = photo_with(tags, file_format="JPEG").captured
    assert captured == CaptureTime(expected, minutes, "exif")


@pytest.mark.parametrize(
    ("offset", "utc"),
    [
        ("+02:00", datetime(2026, 3, 3, 22, 30, tzinfo=UTC)),
        ("-09:30", datetime(2026, 3, 4, 10, 0, tzinfo=UTC)),
        ("Z", datetime(2026, 3, 4, 0, 30, tzinfo=UTC)),
        ("+14:00", datetime(2026, 3, 3, 10, 30, tzinfo=UTC)),
    ],
)
def test_the_offset_gives_utc(offset: str, utc: datetime) -> None:
    captured = photo_with({DETAIL: {ORIGINAL: "2026:03:04 00:30:00", OFFSET_ORIGINAL: offset}}).captured
    assert captured is not None
    assert captured.utc == utc


@pytest.mark.parametrize("offset", ["", "   :  ", "+2", "+15:00", "+01:75", "local"])
def test_an_offset_that_makes_no_sense_is_unknown(offset: str) -> None:
    captured = photo_with({DETAIL: {ORIGINAL: "2026:03:04 00:30:00", OFFSET_ORIGINAL: offset}}).captured
    assert captured is not None
    assert captured.utc_offset_minutes is None


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026:13:04 00:00:00", "2026-03-04", "    :  :     :  :  "]
)
def test_a_time_that_makes_no_sense_is_none(text: str) -> None:
    assert photo_with({DETAIL: {ORIGINAL: text}}).captured is None


def test_the_time_of_the_file_is_only_the_last_resort(tmp_path: Path) -> None:
    plain, dated = tmp_path / "plain.png", tmp_path / "dated.png"
    Image.fromarray(UPRIGHT).save(plain)
    exif = Image.Exif()
    exif[DATE_TIME] = "2026:05:06 07:08:09"
    Image.fromarray(UPRIGHT).save(dated, exif=exif)
    moment = datetime(2026, 7, 1, 12, 0, 30, tzinfo=UTC)
    os.utime(plain, (moment.timestamp() + 0.7,) * 2)
    captured = read_photo(plain).captured
    assert captured is not None
    assert (captured.source, captured.utc) == ("file", moment)
    assert captured.utc_offset_minutes == time.localtime(moment.timestamp()).tm_gmtoff / 60
    assert read_photo(plain.read_bytes()).captured is None
    exif_time = read_photo(dated).captured
    assert exif_time is not None
    assert exif_time.source == "exif"


def test_a_capture_time_is_checked_when_it_is_made() -> None:
    with pytest.raises(OptionError, match="no time zone"):
        CaptureTime(datetime(2026, 1, 1, tzinfo=UTC), 0, "exif")
    with pytest.raises(OptionError, match="within 14 hours"):
        CaptureTime(datetime(2026, 1, 1), 900, "exif")
    assert CaptureTime(datetime(1, 1, 1), 60, "exif").utc is None


# Camera


@pytest.mark.parametrize(
    ("tags", "camera"),
    [
        ({MAKE: "Acme", MODEL: "Pocket 3"}, Camera("Acme", "Pocket 3")),
        ({MODEL: "Pocket 3"}, Camera("", "Pocket 3")),
        ({MAKE: "  Acme \0\0junk", MODEL: "A\n\tB"}, Camera("Acme", "A B")),
        ({MAKE: "x" * 500}, Camera("x" * 64, "")),
        ({MAKE: " ", MODEL: ""}, None),
        ({}, None),
    ],
)
def test_the_camera(tags: dict[int, object], camera: Camera | None) -> None:
    assert photo_with(tags, file_format="JPEG").camera == camera


def test_notes_that_cannot_be_read_do_not_cost_the_photo() -> None:
    stream = io.BytesIO()
    Image.fromarray(UPRIGHT).save(stream, "PNG", exif=b"Exif\0\0this is no TIFF directory")
    photo = read_photo(stream.getvalue())
    np.testing.assert_array_equal(photo.pixels, UPRIGHT)
    assert [flag.code for flag in photo.flags] == ["metadata_unreadable"]


FLASH, EXPOSURE, F_NUMBER, ISO = 0x9209, 0x829A, 0x829D, 0x8827
BALANCE, FOCAL, FOCAL_35, ZOOM, LENS = 0xA403, 0x920A, 0xA405, 0xA404, 0xA434


def test_the_settings_of_the_camera() -> None:
    detail = {FLASH: 0x19, EXPOSURE: 0.02, F_NUMBER: 1.8, ISO: 400, BALANCE: 1}
    photo = photo_with({DETAIL: {**detail, FOCAL: 4.2, FOCAL_35: 26, ZOOM: 1.5, LENS: "Wide  4.2 mm"}})
    found = photo.settings
    assert (found.flash_fired, found.white_balance, found.lens) == (True, "manual", "Wide 4.2 mm")
    assert found.exposure_seconds == pytest.approx(0.02)
    assert found.f_number == pytest.approx(1.8)
    assert (found.iso, found.focal_length_35mm) == (400, 26)
    assert found.focal_length_mm == pytest.approx(4.2)
    assert found.digital_zoom == pytest.approx(1.5)


def test_settings_that_are_not_noted_are_unknown() -> None:
    assert photo_with({}).settings == NO_SETTINGS
    assert photo_with({DETAIL: {FLASH: 0x10, ZOOM: 0.0}}).settings.flash_fired is False
    assert photo_with({DETAIL: {ZOOM: 0.0}}).settings.digital_zoom == 1.0


@pytest.mark.parametrize("value", [0, "high", (), b"\x00"])
def test_a_setting_that_makes_no_sense_is_unknown(value: object) -> None:
    found = photo_with({DETAIL: {ISO: value, BALANCE: 7}}).settings
    assert math.isnan(found.iso)
    assert found.white_balance is None


def test_a_jpeg_tells_its_quality_and_a_png_has_none() -> None:
    assert photo_with({}, file_format="JPEG", quality=80).jpeg_quality == pytest.approx(80, abs=1)
    assert math.isnan(photo_with({}).jpeg_quality)
