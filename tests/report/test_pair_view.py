"""A comparison as a screen shows it: whole, and the same once it was kept in a file."""

import io
import json
from dataclasses import replace
from functools import cache

import pytest
from PIL import Image

from skincompare.compare import compare_subjects
from skincompare.comparison import Comparison
from skincompare.report.pair_view import PairView, pack, unpack, unpack_shown, view_of, with_addresses
from tests.rendered import near, nearer


@cache
def compared() -> Comparison:
    return compare_subjects(near().subject, nearer().subject, only=("redness", "spots"))


@cache
def viewed() -> PairView:
    return view_of(compared())


def test_a_view_holds_its_pictures_beside_itself() -> None:
    view = viewed()
    assert {view.viewer["before"]["src"], view.viewer["after"]["src"]} <= set(view.pictures)
    assert "data:" not in json.dumps(view.viewer)
    for picture in view.pictures.values():
        with Image.open(io.BytesIO(picture.data)) as opened:
            assert (opened.get_format_mimetype(), opened.getexif()) == (picture.kind, {})


def test_a_view_comes_back_from_its_file_as_it_was() -> None:
    view = viewed()
    again = unpack(pack(view))
    assert again is not None
    assert pack(again) == pack(view)
    assert dict(again.pictures) == dict(view.pictures)
    for name in PairView.__dataclass_fields__:
        if name not in ("changes", "pictures", "map_threshold"):
            assert getattr(again, name) == getattr(view, name), name
    assert again.map_threshold == pytest.approx(view.map_threshold, nan_ok=True)
    assert [one.to_dict() for one in again.changes] == [one.to_dict() for one in view.changes]


def test_the_same_comparison_gives_the_same_file() -> None:
    assert pack(view_of(compared())) == pack(viewed())


@pytest.mark.parametrize("damage", [lambda data: data[:-9], lambda data: b"", lambda data: b"PK" + data[:40]])
def test_a_damaged_file_is_made_again_and_does_not_raise(damage: "object") -> None:
    assert unpack(damage(pack(viewed()))) is None


def test_the_file_of_another_version_is_made_again() -> None:
    odd = replace(viewed(), treated="not a list of names", changes=())
    told = pack(odd)
    assert unpack(told) is not None  # the format is the same
    assert unpack(told.replace(b"view.json", b"seen.json")) is None


def test_addresses_take_the_place_of_names() -> None:
    view = viewed()
    addresses = {name: f"/pictures/{number}" for number, name in enumerate(view.pictures)}
    shown = with_addresses(view, addresses)
    assert shown["before"]["src"] == addresses[view.viewer["before"]["src"]]
    assert not any(f'"{name}"' in json.dumps(shown) for name in view.pictures)
    assert shown["before"]["title"] == "Before"


def test_a_report_is_made_where_it_is_wanted_and_names_its_file() -> None:
    view = view_of(compared(), with_report=True)
    assert view.report.startswith(b"<!doctype html")
    assert view.file_stem.startswith(viewed().file_stem)
    assert view.file_stem != viewed().file_stem
    again = unpack(pack(view))
    assert again is not None
    assert again.report == b""


def test_what_the_viewer_shows_is_read_without_the_numbers() -> None:
    packed = pack(viewed())
    shown, whole = unpack_shown(packed), unpack(packed)
    assert shown is not None
    assert whole is not None
    assert shown.viewer == whole.viewer
    assert shown.pictures == whole.pictures
    assert unpack_shown(b"no file") is None
