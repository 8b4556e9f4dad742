"""Numbers with their error: the verdict follows from them, and values that make no sense cannot be made."""

import dataclasses
import json
import math

import pytest

from skincompare.errors import OptionError
from skincompare.measurement import Change, Effect, Flag, Measurement, Method, Verdict, decide, worst_effect

NAN = math.nan
NOTE = Flag("grey_card", "A grey card was seen.")
WIDER = Flag("tilted", "The face is turned.", "Look straight ahead.", Effect.WIDER_ERROR)
FORBIDS = Flag(
    "no_reference", "No untreated skin is in the photo.", "Show the forehead.", Effect.NOT_MEASURABLE
)


def measurement(value: float = 10.0, **changes: object) -> Measurement:
    fields: dict[str, object] = {
        "metric": "redness",
        "region": "left_cheek",
        "value": value,
        "sigma": 0.5,
        "unit": "EI",
        "n_pixels": 5000,
        "flags": (),
        "method": Method("redness", 1, {"floor": 0.7}),
        "photo_sha256": "a" * 64,
    }
    return Measurement(**{**fields, **changes})


# The verdict


@pytest.mark.parametrize(
    ("change", "sigma", "mdc95", "verdict"),
    [
        (3.0, 1.0, 1.4, Verdict.INCREASED),
        (-3.0, 1.0, 1.4, Verdict.DECREASED),
        (1.9, 1.0, 1.4, Verdict.NO_DETECTABLE_CHANGE),  # beyond repeat photos, but the interval holds 0
        (
            1.3,
            0.1,
            1.4,
            Verdict.NO_DETECTABLE_CHANGE,
        ),  # the interval excludes 0, but repeat photos do as much
        (1.4, 0.1, 1.4, Verdict.NO_DETECTABLE_CHANGE),  # it must exceed
        (1.4001, 0.1, 1.4, Verdict.INCREASED),
        (1.97, 1.0, 0.0, Verdict.INCREASED),
        (1.95, 1.0, 0.0, Verdict.NO_DETECTABLE_CHANGE),
        (0.0, 0.0, 0.0, Verdict.NO_DETECTABLE_CHANGE),
        (NAN, 1.0, 1.0, Verdict.NOT_MEASURABLE),
        (9.0, NAN, 1.0, Verdict.NOT_MEASURABLE),
        (9.0, 1.0, NAN, Verdict.NOT_MEASURABLE),
    ],
)
def test_the_verdict_needs_both_bars(change: float, sigma: float, mdc95: float, verdict: Verdict) -> None:
    assert decide(change, sigma, mdc95) is verdict


def test_the_verdict_is_symmetric() -> None:
    opposite = {
        Verdict.INCREASED: Verdict.DECREASED,
        Verdict.NO_DETECTABLE_CHANGE: Verdict.NO_DETECTABLE_CHANGE,
    }
    for step in range(60):
        up, down = decide(step / 10, 1.0, 1.4), decide(-step / 10, 1.0, 1.4)
        assert opposite[up] is down


def test_a_flag_can_forbid_a_verdict_and_a_note_cannot() -> None:
    assert decide(9.0, 1.0, 1.4, [NOTE, FORBIDS]) is Verdict.NOT_MEASURABLE
    assert decide(9.0, 1.0, 1.4, [NOTE, WIDER]) is Verdict.INCREASED


def test_the_worst_effect() -> None:
    assert worst_effect([]) is Effect.NOTE
    assert worst_effect([WIDER, NOTE]) is Effect.WIDER_ERROR
    assert worst_effect([FORBIDS, WIDER, NOTE]) is Effect.NOT_MEASURABLE


# A change


def test_a_change_is_after_minus_before() -> None:
    change = Change.between(measurement(10.0), measurement(6.0), sigma=0.5, mdc95=1.4)
    assert change.change == -4.0
    assert change.verdict is Verdict.DECREASED
    assert change.interval == pytest.approx((-4.98, -3.02), abs=1e-3)
    assert change.unit == "EI"


def test_a_change_collects_every_flag_once() -> None:
    before, after = measurement(flags=(NOTE, WIDER)), measurement(flags=(WIDER,))
    change = Change.between(before, after, sigma=0.5, mdc95=1.4, flags=[FORBIDS])
    assert change.flags == (FORBIDS, NOTE, WIDER)
    assert change.verdict is Verdict.NOT_MEASURABLE


def test_a_missing_side_makes_the_change_not_measurable() -> None:
    change = Change.between(measurement(), measurement(NAN, flags=(WIDER,)), sigma=0.5, mdc95=1.4)
    assert math.isnan(change.change)
    assert change.verdict is Verdict.NOT_MEASURABLE


def test_a_verdict_cannot_be_given() -> None:
    made = Change.between(measurement(10.0), measurement(10.1), sigma=0.5, mdc95=1.4)
    with pytest.raises(OptionError, match="does not follow"):
        dataclasses.replace(made, verdict=Verdict.INCREASED)


@pytest.mark.parametrize(
    ("other", "message"),
    [({"region": "nose"}, "'nose'"), ({"metric": "melanin"}, "'melanin'"), ({"unit": "%"}, "two units")],
)
def test_unlike_measurements_have_no_change(other: dict[str, object], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        Change.between(measurement(), measurement(**other), sigma=0.5, mdc95=1.4)


@pytest.mark.parametrize("bad", [{"sigma": -0.1}, {"sigma": math.inf}, {"mdc95": -1.0}, {"mdc95": math.inf}])
def test_the_errors_of_a_change_are_checked(bad: dict[str, float]) -> None:
    with pytest.raises(OptionError, match="must be a finite number"):
        Change.between(measurement(), measurement(), **{"sigma": 0.5, "mdc95": 1.4, **bad})


# A measurement


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"sigma": -1.0}, "sigma of 'redness'"),
        ({"sigma": math.inf}, "sigma of 'redness'"),
        ({"value": math.inf}, "infinite"),
        ({"n_pixels": -1}, "number of pixels"),
        ({"value": NAN}, "without a flag"),
    ],
)
def test_a_measurement_that_makes_no_sense_cannot_be_made(bad: dict[str, object], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        measurement(**bad)


def test_unknown_is_nan_and_becomes_null_in_json() -> None:
    made = measurement(NAN, sigma=NAN, flags=(FORBIDS,))
    read_back = json.loads(json.dumps(made.to_dict(), allow_nan=False))
    assert read_back["value"] is None
    assert read_back["sigma"] is None
    assert read_back["flags"] == [
        {
            "code": "no_reference",
            "reason": "No untreated skin is in the photo.",
            "advice": "Show the forehead.",
            "effect": "not measurable",
        }
    ]
    assert read_back["method"] == {"name": "redness", "version": 1, "options": {"floor": 0.7}}


def test_a_change_becomes_json_with_every_field() -> None:
    made = Change.between(measurement(10.0), measurement(6.0), sigma=0.5, mdc95=NAN)
    read_back = json.loads(json.dumps(made.to_dict(), allow_nan=False))
    assert set(read_back) == {field.name for field in dataclasses.fields(Change)} | {"unit"}
    assert (read_back["change"], read_back["mdc95"], read_back["verdict"]) == (-4.0, None, "not measurable")
    assert read_back["after"]["value"] == 6.0


def test_values_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        measurement().value = 1.0


# Flags and methods


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (("", "Why."), "lower case"),
        (("No_reference", "Why."), "lower case"),
        (("no reference", "Why."), "lower case"),
        (("no_reference", ""), "reason in words"),
        (("no_reference", "Why.", "", Effect.WIDER_ERROR), "must say what to do"),
    ],
)
def test_a_flag_is_a_code_and_sentences(fields: tuple[str, ...], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        Flag(*fields)


def test_the_version_of_a_method_starts_at_one() -> None:
    with pytest.raises(OptionError, match="starts at 1, not 0"):
        Method("redness", 0)


def test_what_is_not_confirmed_is_no_change():
    doubt = Flag("doubt", "Something else explains it.", "Look again.", Effect.UNCONFIRMED)
    assert decide(9.0, 1.0, 1.9, (doubt,)) is Verdict.NO_DETECTABLE_CHANGE
    missing = Flag("missing", "Nothing is seen.", "Look again.", Effect.NOT_MEASURABLE)
    assert decide(9.0, 1.0, 1.9, (missing, doubt)) is Verdict.NOT_MEASURABLE
