"""A comparison as a screen shows it: whole, and the same once it was kept in a file."""

import io
import json
from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest
from PIL import Image

from skincompare.compare import compare_subjects
from skincompare.comparison import Comparison
from skincompare.imaging.subject import Subject, prepare
from skincompare.report.pair_view import PairView, pack, unpack, view_of, with_addresses
from tests.rendered import Shot, near, nearer, photo_of

LARGE = 3.2
"""By how much the pictures are enlarged, so that a screen shows them reduced."""


@cache
def compared() -> Comparison:
    return compare_subjects(near().subject, nearer().subject, only=("redness", "spots"))


@cache
def viewed() -> PairView:
    return view_of(compared())


def enlarged(shot: Shot) -> Subject:  # type: ignore[type-arg]
    pixels = cv2.resize(shot.photo.pixels, None, fx=LARGE, fy=LARGE, interpolation=cv2.INTER_CUBIC)
    return prepare(photo_of(pixels))


@pytest.fixture
def large_pair() -> Comparison:
    """Return a pair whose photos are larger than a screen shows them."""
    return compare_subjects(enlarged(near()), enlarged(nearer()), only=("redness",))


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
        if name not in ("changes", "pictures"):
            assert getattr(again, name) == getattr(view, name), name
    assert [one.to_dict() for one in again.changes] == [one.to_dict() for one in view.changes]


def test_the_same_comparison_gives_the_same_file() -> None:
    assert pack(view_of(compared())) == pack(viewed())


@pytest.mark.parametrize("damage", [lambda data: data[:-9], lambda data: b"", lambda data: b"PK" + data[:40]])
def test_a_damaged_file_is_made_again_and_does_not_raise(damage: "object") -> None:
    assert unpack(damage(pack(viewed()))) is None  # type: ignore[operator]


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


def test_full_size_pictures_show_the_same_skin_as_the_small_ones(large_pair: Comparison) -> None:
    view = view_of(large_pair)
    full, small = view.viewer["full"], view.viewer["after"]
    assert full["width"] > small["width"]
    for side in ("before", "after"):
        large = Image.open(io.BytesIO(view.pictures[full[side]].data))
        assert large.size == (full["width"], full["height"])
        shown = Image.open(io.BytesIO(view.pictures[view.viewer[side]["src"]].data))
        reduced = np.asarray(large.resize(shown.size, Image.Resampling.BOX), np.float64)
        difference = np.abs(reduced - np.asarray(shown, np.float64)).mean(axis=2)
        assert np.median(difference) < 2.0
        assert np.percentile(difference, 99) < 12.0


def test_a_photo_that_is_shown_whole_has_no_full_size_beside() -> None:
    assert ("full" in viewed().viewer) == (near().subject.frame.factor < 1)
