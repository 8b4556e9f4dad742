"""The tree of errors: what a caller may catch, and that an unknown name teaches the known ones."""

import pytest

import skincompare.errors as errors
from skincompare.errors import (
    ModelError,
    OptionError,
    PhotoError,
    PhotoProblem,
    PointPairsError,
    RegionFileError,
    SkincompareError,
)


def test_every_error_is_one_of_ours_and_stands_in_the_tree() -> None:
    ours = [
        value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, Exception)
    ]
    assert set(ours) >= {PhotoError, OptionError, PointPairsError, RegionFileError, ModelError}
    for error in ours:
        assert issubclass(error, SkincompareError)
        assert error.__name__ in (errors.__doc__ or "")
        assert error.__name__ in errors.__all__


def test_a_bad_photo_is_no_wrong_call() -> None:
    assert issubclass(OptionError, ValueError)
    assert not issubclass(PhotoError, ValueError)


def test_a_photo_error_carries_its_problem_and_its_sentence() -> None:
    error = PhotoError(PhotoProblem.EMPTY, "'a.jpg' is empty: copy it again.")
    assert error.problem is PhotoProblem.EMPTY
    assert str(error) == "'a.jpg' is empty: copy it again."


@pytest.mark.parametrize(
    ("given", "known", "sentence"),
    [
        (
            "left_cheak",
            ["right_cheek", "left_cheek", "nose"],
            "There is no region named 'left_cheak'. Did you mean 'left_cheek'? Known: left_cheek, nose, right_cheek.",
        ),
        ("knee", ["nose"], "There is no region named 'knee'. Known: nose."),
        ("knee", [], "There is no region named 'knee'. Known: none."),
        (
            "nos",
            (name for name in ["nose"]),
            "There is no region named 'nos'. Did you mean 'nose'? Known: nose.",
        ),
    ],
)
def test_an_unknown_name_teaches_the_known_ones(given: str, known: list[str], sentence: str) -> None:
    error = OptionError.unknown("region", given, known)
    assert isinstance(error, OptionError)
    assert str(error) == sentence
