"""A comparison as a screen shows it once its pixels are gone: sentences, pictures, circumstances; and as one file."""

import hashlib
import io
import json
import math
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from skincompare.comparison import Comparison
from skincompare.errors import OptionError
from skincompare.measurement import Change, Flag
from skincompare.photo import Photo
from skincompare.records.plain import from_plain, to_plain
from skincompare.report import words
from skincompare.report.document import report_html
from skincompare.report.figures import map_threshold
from skincompare.report.gate import gate_sentence, gate_table
from skincompare.report.locale import date_words
from skincompare.report.overlays import overlays_of
from skincompare.report.viewer_pair import viewer_pair

__all__ = [
    "PairPicture",
    "PairView",
    "ShownPair",
    "pack",
    "unpack",
    "unpack_shown",
    "view_of",
    "with_addresses",
]

CONTENT = "view.json"
"""Name of the sentences in the file of a view."""
VIEWER = "viewer.json"
"""Name of what the viewer is fed with."""
NUMBERS = "numbers.json"
"""Name of the numbers, as they go out."""
ENDINGS = MappingProxyType({"image/jpeg": ".jpg", "image/webp": ".webp", "image/png": ".png"})


@dataclass(frozen=True, slots=True)
class PairPicture:
    """An encoded picture and its media type."""

    data: bytes
    kind: str


@dataclass(frozen=True, eq=False)
class ShownPair:
    """What the viewer shows of a pair, with the names of its pictures in place of addresses, and the pictures."""

    viewer: dict[str, Any]
    pictures: Mapping[str, PairPicture]


@dataclass(frozen=True, eq=False)
class PairView:
    """A comparison as a screen shows it.

    Parameters
    ----------
    photos : tuple of str
        The sha256 of both files.
    is_aligned : bool
        Whether the photos could be compared.
    mirrored : tuple of str, or None
        The sha256 of both files, where one photo is the mirror image of the other: what a flip is remembered by.
    unchecked : tuple of str, or None
        The sha256 of both files, where it could not be checked that both photos show the same person.
    headline : tuple of str
        Sentences, the most important first.
    treated, light_references : tuple of str
        Regions that were treated, and those that told the light.
    pair_flags, light_flags : tuple of Flag
        Circumstances of the pair, and of its light.
    facts : tuple of (str, str)
        How it was measured: name and text.
    notes : tuple of str
        A few words on the before and on the after photo.
    gate : tuple of str
        Whether the photos may be compared: the answer, and the table of checks as HTML.
    file_stem : str
        Name of files to download, without its ending.
    viewer : dict
        What the viewer shows, with the names of `pictures` in place of addresses.
    pictures : mapping of str to PairPicture
        The pictures.
    changes : tuple of Change
        All numbers, without the marks and maps, which are in the pictures.
    map_threshold : float
        Change of redness below which its map stays grey, EI; NaN without a map.
    numbers : bytes
        All numbers as JSON.
    report : bytes
        The report as HTML; it is not kept in a file.
    """

    photos: tuple[str, str]
    is_aligned: bool
    mirrored: tuple[str, str] | None
    unchecked: tuple[str, str] | None
    headline: tuple[str, ...]
    treated: tuple[str, ...]
    light_references: tuple[str, ...]
    pair_flags: tuple[Flag, ...]
    light_flags: tuple[Flag, ...]
    facts: tuple[tuple[str, str], ...]
    notes: tuple[str, str]
    gate: tuple[str, str]
    file_stem: str
    viewer: dict[str, Any]
    pictures: Mapping[str, PairPicture]
    changes: tuple[Change, ...]
    map_threshold: float
    numbers: bytes
    report: bytes = b""


def view_of(comparison: Comparison, *, with_report: bool = False) -> PairView:
    """Return all that a screen needs of a comparison, so that its pixels can be let go.

    Parameters
    ----------
    comparison : Comparison
        Aligned or refused.
    with_report : bool
        Whether the HTML report is made, too.
    """
    overlays = overlays_of(comparison)
    before, after = comparison.before.photo, comparison.after.photo
    files = before.sha256, after.sha256
    codes = {flag.code for flag in comparison.alignment.flags}
    pictures: dict[str, PairPicture] = {}

    def keep(name: str, data: bytes, kind: str) -> str:
        full_name = name + ENDINGS[kind]
        pictures[full_name] = PairPicture(data, kind)
        return full_name

    viewer = viewer_pair(comparison, overlays, keep)
    report = report_html(comparison, overlays).encode() if with_report else b""
    # A name of its own for each content: Streamlit tells large files apart by name, length and samples only.
    mark = f"-{hashlib.sha256(report).hexdigest()[:6]}" if report else ""
    return PairView(
        photos=files,
        is_aligned=comparison.alignment.is_aligned,
        mirrored=files if "mirrored" in codes else None,
        unchecked=files if "no_fine_detail" in codes else None,
        headline=tuple(words.headline(comparison)),
        treated=comparison.treated,
        light_references=tuple(one.name for one in comparison.light.references),
        pair_flags=comparison.flags,
        light_flags=comparison.light.flags,
        facts=_facts(comparison),
        notes=(_note(before), _note(after)),
        gate=(
            gate_sentence(comparison.comparability, is_aligned=comparison.alignment.is_aligned),
            gate_table(comparison.comparability, "sc-gate"),
        ),
        file_stem=f"skincompare-{before.sha256[:8]}-{after.sha256[:8]}{mark}",
        viewer=viewer,
        pictures=MappingProxyType(pictures),
        changes=tuple(map(_told_only, comparison.changes)),
        map_threshold=map_threshold(comparison),
        numbers=json.dumps(comparison.to_dict(), indent=1).encode(),
        report=report,
    )


def pack(view: PairView) -> bytes:
    """Return a view as the bytes of one file."""
    told = {
        name: to_plain(getattr(view, name))
        for name in PairView.__dataclass_fields__
        if name not in ("viewer", "pictures", "numbers", "report")
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name, content in ((CONTENT, json.dumps(told).encode()), (NUMBERS, view.numbers)):
            file.writestr(_entry(name), content, zipfile.ZIP_DEFLATED)
        file.writestr(_entry(VIEWER), json.dumps(view.viewer).encode(), zipfile.ZIP_DEFLATED)
        for name, picture in view.pictures.items():
            file.writestr(_entry(name), picture.data, zipfile.ZIP_STORED)
    return stream.getvalue()


def unpack(data: bytes) -> PairView | None:
    """Return the view in the bytes of a file, or None when it was written by another version or is damaged."""
    shown = unpack_shown(data)
    if shown is None:
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            told = json.loads(file.read(CONTENT))
            numbers = file.read(NUMBERS)
        return PairView(**_told(told), viewer=shown.viewer, pictures=shown.pictures, numbers=numbers)
    except (zipfile.BadZipFile, OptionError, KeyError, TypeError, ValueError):
        return None


def unpack_shown(data: bytes) -> ShownPair | None:
    """Return only what the viewer shows, or None when the file is damaged; the numbers would take most of the time."""
    kinds = {ending: kind for kind, ending in ENDINGS.items()}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            pictures = {
                name: PairPicture(file.read(name), kinds[name[name.rindex(".") :]])
                for name in file.namelist()
                if not name.endswith(".json")
            }
            return ShownPair(json.loads(file.read(VIEWER)), MappingProxyType(pictures))
    except (zipfile.BadZipFile, KeyError, ValueError):
        return None


def with_addresses(view: PairView | ShownPair, address: Mapping[str, str]) -> dict[str, Any]:
    """Return what the viewer shows with an address for each picture's name."""
    found: dict[str, Any] = _replaced(view.viewer, address)
    return found


def _replaced(value: Any, address: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _replaced(one, address) for key, one in value.items()}
    if isinstance(value, list):
        return [_replaced(one, address) for one in value]
    return address.get(value, value) if isinstance(value, str) else value


def _entry(name: str) -> zipfile.ZipInfo:
    """Return an entry without a time of its own: the same view gives the same bytes."""
    return zipfile.ZipInfo(name)


def _told(plain: dict[str, Any]) -> dict[str, Any]:
    flags = {
        name: tuple(from_plain(Flag, one) for one in plain[name]) for name in ("pair_flags", "light_flags")
    }
    pairs = {name: _pair(plain[name]) for name in ("photos", "mirrored", "unchecked", "notes", "gate")}
    return {
        **plain,
        "changes": tuple(from_plain(Change, one) for one in plain["changes"]),
        **flags,
        **pairs,
        "headline": tuple(plain["headline"]),
        "map_threshold": math.nan if plain["map_threshold"] is None else plain["map_threshold"],
        "treated": tuple(plain["treated"]),
        "light_references": tuple(plain["light_references"]),
        "facts": tuple((name, text) for name, text in plain["facts"]),
    }


def _told_only(change: Change) -> Change:
    before, after = (replace(one, marks=(), map=None) for one in (change.before, change.after))
    return replace(change, before=before, after=after, marks=())


def _pair(plain: list[str] | None) -> tuple[str, str] | None:
    return None if plain is None else (plain[0], plain[1])


def _facts(comparison: Comparison) -> tuple[tuple[str, str], ...]:
    return (
        ("Alignment", words.alignment_words(comparison)),
        ("Light", words.light_words(comparison.light)),
        ("Scale, before", words.scale_words(comparison.scales[0])),
        ("Scale, after", words.scale_words(comparison.scales[1])),
        ("Before photo", _photo_words(comparison.before.photo)),
        ("After photo", _photo_words(comparison.after.photo)),
    )


def _photo_words(photo: Photo) -> str:
    return f"{photo.name}, {photo.width} × {photo.height} px, {words.captured_words(photo)}{words.flipped_words(photo)}"


def _note(photo: Photo) -> str:
    """Return the day a photo was taken, where the camera wrote it, and the name of its file."""
    if photo.captured is None or photo.captured.source != "exif":
        return photo.name
    taken = photo.captured.local
    return f"{date_words(taken)} · {photo.name}"
