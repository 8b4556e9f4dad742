"""Pairs of points marked by hand: what a file gives, and the sentence for every defect of one."""

import json
from pathlib import Path

import numpy as np
import pytest

from skincompare.errors import PointPairsError
from skincompare.imaging.points import MAX_FILE_BYTES, MAX_PAIRS, PointPairs, check_points, load_points

SIZES = ((400, 300), (300, 400))
BEFORE = ((10.0, 20.0), (350.5, 30.0), (200.0, 280.0), (120.0, 130.0))
AFTER = ((20.0, 30.0), (250.0, 40.5), (150.0, 390.0), (90.0, 170.0))


def content(before: object = BEFORE, after: object = AFTER, version: object = 1) -> str:
    pairs = [{"before": first, "after": second} for first, second in zip(before, after, strict=True)]
    return json.dumps({"schema_version": version, "pairs": pairs})


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "pairs.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def with_first(point: object) -> tuple[object, ...]:
    return (point, *BEFORE[1:])


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "byte-order-mark"])
def test_a_file_gives_its_pairs_in_its_order(tmp_path: Path, mark: str) -> None:
    points = load_points(written(tmp_path, mark + content()), *SIZES)
    assert isinstance(points, PointPairs)
    assert len(points) == 4
    assert points.before.dtype == points.after.dtype == np.float64
    assert np.array_equal(points.before, BEFORE)
    assert np.array_equal(points.after, AFTER)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(PointPairsError, match=r"none\.json cannot be read: No such file or directory\.$"):
        load_points(tmp_path / "none.json", *SIZES)
    with pytest.raises(PointPairsError, match=r"cannot be read: Is a directory\.$"):
        load_points(tmp_path, *SIZES)
    with pytest.raises(PointPairsError, match="cannot be read"):
        load_points("a\0b", *SIZES)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ["is not JSON", "expected"]),
        ("no JSON", ["is not JSON", "expected", "schema_version"]),
        (b"\xff\xfe\x00", ["is not JSON"]),
        ("[" * 100_000, ["is not JSON"]),
        ("[" + "9" * 5000 + "]", ["is not JSON"]),
        ("[]", ["holds no JSON object"]),
        ('{"pairs": []}', ["schema_version null", "expected"]),
        (content(version=2), ["schema_version 2", "expected"]),
        (content(version=True), ["schema_version true"]),
        (content(version="x" * 999), ['schema_version "xxxxxxx']),
        ('{"schema_version": 1}', ["no list of pairs"]),
        ('{"schema_version": 1, "pairs": {"before": 1}}', ["no list of pairs"]),
        ('{"schema_version": 1, "pairs": []}', ["has 0 pairs", "from 3 to"]),
        (content(BEFORE[:1], AFTER[:1]), ["has 1 pair;"]),
        (content(BEFORE[:2], AFTER[:2]), ["has 2 pairs", "from 3 to"]),
        ('{"schema_version": 1, "pairs": [7, 7, 7]}', ["no point [x, y]", "pair 1"]),
        (
            '{"schema_version": 1, "pairs": [{"before": [1, 2]}]}',
            ["no point [x, y]", "after photo", "pair 1"],
        ),
        (content(with_first([1.0])), ["no point [x, y]", "before photo", "pair 1"]),
        (content(with_first([1, 2, 3])), ["no point [x, y]"]),
        (content(with_first(["1", "2"])), ["no point [x, y]"]),
        (content(with_first([True, 2])), ["no point [x, y]"]),
        (content(with_first([None, 2])), ["no point [x, y]"]),
        (content(with_first([[1], [2]])), ["no point [x, y]"]),
        (content(with_first([float("nan"), 2])), ["no finite number in pair 1", "before photo"]),
        (content().replace("10.0", "1e999"), ["no finite number in pair 1"]),
        (content().replace("10.0", "1" + "0" * 400), ["no finite number in pair 1"]),
        (content(with_first([400, 20])), ["pair 1 at (400, 20)", "before photo of 400 x 300"]),
        (content(with_first([10, -1])), ["pair 1 at (10, -1)", "outside"]),
        (content(after=((20, 400), *AFTER[1:])), ["pair 1", "after photo of 300 x 400"]),
        (content((*BEFORE[:3], BEFORE[1])), ["one place of the before photo twice", "pairs 2 and 4"]),
        (content(after=(*AFTER[:3], (20.4, 30.4))), ["after photo twice", "pairs 1 and 4"]),
        (content([[10 + 90 * i, 20 + 50 * i] for i in range(4)]), ["before photo", "nearly on one line"]),
        (content(after=[[20, 30 + i * 90] for i in range(4)]), ["after photo", "nearly on one line"]),
        (content([[10, 10], [13, 10], [10, 13], [13, 13]]), ["in one spot"]),
        (content([[1, 2]] * (MAX_PAIRS + 1), [[1, 2]] * (MAX_PAIRS + 1)), [f"has {MAX_PAIRS + 1} pairs"]),
        (" " * (MAX_FILE_BYTES + 1), ["larger than 1 MB"]),
    ],
)
def test_every_defect_of_a_file_is_one_sentence(tmp_path: Path, text: str | bytes, parts: list[str]) -> None:
    path = written(tmp_path, text)
    with pytest.raises(PointPairsError) as refusal:
        load_points(path, *SIZES)
    told = str(refusal.value)
    assert told.startswith(f"The point file {path} ")
    assert told.endswith(".")
    assert len(told) < 500
    assert "\n" not in told
    for part in parts:
        assert part in told


def test_three_pairs_and_the_border_are_enough(tmp_path: Path) -> None:
    corners = [[-0.5, -0.5], [399.5, 0], [0, 299.5]], [[0, 0], [299.5, 0], [0, 399]]
    assert len(load_points(written(tmp_path, content(*corners)), *SIZES)) == 3


def test_pairs_given_in_a_call_are_checked_too() -> None:
    before, after = np.array(BEFORE), np.array(AFTER)
    check_points(PointPairs(before, after), *SIZES)
    with pytest.raises(PointPairsError, match="4 points in the before photo and 3 in the after photo"):
        check_points(PointPairs(before, after[:3]), *SIZES)
    with pytest.raises(PointPairsError, match=r"shape \(N, 2\) for the after photo, not \(4,\)"):
        check_points(PointPairs(before, after[:, 0]), *SIZES)
    with pytest.raises(PointPairsError, match="outside the after photo"):
        check_points(PointPairs(before, after + 200), *SIZES)
