"""Paths of results are checked before the work, and nothing is left behind or overwritten."""

from pathlib import Path

import pytest

from skincompare.errors import OptionError
from skincompare.report.files import check_outputs, make_folder, write_text


def test_a_path_that_can_be_written_is_left_as_it_was(tmp_path: Path) -> None:
    old = tmp_path / "old.json"
    old.write_text("kept")
    check_outputs({"--json": str(old), "--report": str(tmp_path / "new.html"), "--other": None}, ())
    assert old.read_text() == "kept"
    assert [path.name for path in tmp_path.iterdir()] == ["old.json"]


@pytest.mark.parametrize("name", ["missing/out.json", ".", "", "-", "a\0b"])
def test_a_path_that_cannot_be_written_is_found_out(name: str, tmp_path: Path) -> None:
    given = name if name in ("", "-") else f"{tmp_path}/{name}"
    with pytest.raises(OptionError):
        check_outputs({"--json": given}, ())


def test_a_photo_is_never_overwritten(tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(b"x")
    with pytest.raises(OptionError, match="would overwrite the photo"):
        check_outputs({"--report": f"{tmp_path}/../{tmp_path.name}/photo.jpg"}, (str(photo),))


def test_two_results_do_not_share_a_file(tmp_path: Path) -> None:
    path = str(tmp_path / "out")
    with pytest.raises(OptionError, match="would overwrite what --json writes"):
        check_outputs({"--json": path, "--report": path}, ())


def test_writing_and_folders(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b")
    write_text(tmp_path / "a" / "b" / "c.txt", "−4.1\n")
    assert (tmp_path / "a" / "b" / "c.txt").read_bytes() == "−4.1\n".encode()
    with pytest.raises(OptionError, match="cannot be written"):
        make_folder(tmp_path / "a" / "b" / "c.txt")
