"""Flags of a region: what share of it is other skin, and how its slant is told."""

import math

import numpy as np
import numpy.typing as npt
import pytest

from skincompare.imaging import region_flags
from skincompare.imaging.region_flags import foreign_share
from skincompare.imaging.slant import UNKNOWN_SLANT, HeadMotion, Slant
from skincompare.measurement import Effect, Flag

SAME = Slant(1.0, 1.0)
STILL = HeadMotion(0.0, 0.0, 0.0)
FloatArray = npt.NDArray[np.float64]


def told(
    share: float = 0.0,
    *,
    slant: Slant = SAME,
    motion: HeadMotion | None = STILL,
    error_mm: float = 1.25,
) -> tuple[Flag, ...]:
    return region_flags.of_place(
        "left cheek", share=share, error_px=4.0, error_mm=error_mm, slant=slant, motion=motion
    )


def ellipse(across: float, down: float) -> FloatArray:
    angles = np.linspace(0, 2 * math.pi, 90, endpoint=False)
    return np.column_stack([150 + across / 2 * np.cos(angles), 150 + down / 2 * np.sin(angles)])


@pytest.mark.parametrize("size", [(120.0, 120.0), (160.0, 60.0), (180.0, 30.0)])
@pytest.mark.parametrize("error_px", [1.0, 3.0])
def test_the_share_of_other_skin_is_that_of_shifted_shapes(
    size: tuple[float, float], error_px: float
) -> None:
    grid = np.stack(np.meshgrid(*[np.arange(40.0, 260.0)] * 2), axis=-1) - 150

    def drawn(shift: FloatArray) -> npt.NDArray[np.bool_]:
        return np.asarray((((grid - shift) / (np.array(size) / 2)) ** 2).sum(axis=-1) <= 1)

    here = drawn(np.zeros(2))
    lengths = error_px * np.sqrt(-2 * np.log(1 - (np.arange(12) + 0.5) / 12))  # of normal errors on both axes
    angles = 2 * math.pi * (np.arange(16) + 0.5) / 16
    shifts = [length * np.array([math.cos(angle), math.sin(angle)]) for length in lengths for angle in angles]
    foreign = [np.count_nonzero(drawn(shift) & ~here) / np.count_nonzero(here) for shift in shifts]
    assert foreign_share(ellipse(*size), error_px) == pytest.approx(float(np.mean(foreign)), rel=0.1)


def test_a_share_is_at_most_all_and_nothing_is_told_of_an_unknown_error() -> None:
    assert foreign_share(ellipse(20, 20), 1e4) == 1.0
    assert math.isnan(foreign_share(ellipse(20, 20), math.nan))
    assert foreign_share(np.zeros((3, 2)), 1.0) <= 1.0
    assert told(math.nan, slant=UNKNOWN_SLANT) == ()


@pytest.mark.parametrize(
    ("share", "effect", "part"),
    [
        (0.11, Effect.WIDER_ERROR, "about 11% of"),
        (0.31, Effect.NOT_MEASURABLE, "about 31% of"),
        (0.9, Effect.NOT_MEASURABLE, "more than half of"),
    ],
)
def test_limits_of_a_place(share: float, effect: Effect, part: str) -> None:
    (flag,) = told(share)
    assert (flag.code, flag.effect) == ("misplaced", effect)
    assert "a typical error of 1.2 mm" in flag.reason
    assert part in flag.reason
    (flag,) = told(share, error_mm=math.nan)
    assert "a typical error of 4.0 px" in flag.reason
    assert told(0.09) == ()


@pytest.mark.parametrize(("squeeze", "effect"), [(0.81, Effect.WIDER_ERROR), (0.49, Effect.NOT_MEASURABLE)])
def test_limits_of_a_squeeze(squeeze: float, effect: Effect) -> None:
    (flag,) = told(slant=Slant(squeeze, squeeze))
    assert (flag.code, flag.effect) == ("foreshortened", effect)
    assert f"{1 - squeeze:.0%} narrower" in flag.reason
    assert told(slant=Slant(0.83, 0.83)) == ()


def test_a_region_that_is_hard_to_find_may_be_squeezed_too_but_not_a_lost_one() -> None:
    squeezed = Slant(0.7, 0.7)
    assert [flag.code for flag in told(0.2, slant=squeezed)] == ["misplaced", "foreshortened"]
    assert [flag.code for flag in told(0.4, slant=squeezed)] == ["misplaced"]


@pytest.mark.parametrize(
    ("area", "reason"),
    [
        (0.7, "The after photo sees the left cheek more obliquely, 30% narrower than the before photo does."),
        (
            1 / 0.7,
            "The before photo sees the left cheek more obliquely, 30% narrower than the after photo does.",
        ),
        (1.0, "The two photos see the left cheek at different slants: one shows it 30% narrower."),
    ],
)
def test_the_photo_that_sees_it_obliquely_is_named(area: float, reason: str) -> None:
    assert told(slant=Slant(0.7, area))[0].reason == reason


@pytest.mark.parametrize(
    ("motion", "advice"),
    [
        (HeadMotion(14.2, 3.0, 0.0), "turn the head about 14 degrees further to the person's right"),
        (HeadMotion(-14.2, 3.0, 0.0), "turn the head about 14 degrees further to the person's left"),
        (HeadMotion(2.0, 11.0, 0.0), "hold the chin about 11 degrees higher"),
        (HeadMotion(2.0, -11.0, 0.0), "hold the chin about 11 degrees lower"),
        (HeadMotion(2.0, -3.0, 0.0), "from the same distance and with the head held as in the before photo"),
        (None, "Hold the camera at the same angle to the skin"),
    ],
)
def test_the_advice_names_the_motion_of_the_head(motion: HeadMotion | None, advice: str) -> None:
    assert advice in told(slant=Slant(0.7, 0.7), motion=motion)[0].advice


def test_what_an_expression_folds_is_not_called_oblique() -> None:
    (flag,) = told(slant=Slant(0.7, 0.7), motion=HeadMotion(-1.0, 4.0, 0.1))
    assert (flag.code, flag.effect) == ("folded", Effect.WIDER_ERROR)
    assert (
        flag.reason == "With another expression, one photo shows the left cheek 30% narrower than the other."
    )
    (flag,) = told(slant=Slant(0.4, 0.4), motion=HeadMotion(-1.0, 4.0, -0.1))
    assert (flag.code, flag.effect) == ("folded", Effect.NOT_MEASURABLE)
    (flag,) = told(slant=Slant(0.7, 0.7), motion=HeadMotion(12.0, 4.0, 0.1))
    assert flag.code == "foreshortened"
    (flag,) = told(slant=Slant(0.7, 0.7), motion=HeadMotion(-1.0, 4.0, 0.04))
    assert flag.code == "foreshortened"


@pytest.mark.parametrize("motion", [HeadMotion(16.0, 0.0, 0.0), HeadMotion(2.0, -16.0, 0.0)])
def test_what_a_far_turned_head_foreshortens_is_not_measurable(motion: HeadMotion) -> None:
    (flag,) = told(slant=Slant(0.7, 0.7), motion=motion)
    assert (flag.code, flag.effect) == ("foreshortened", Effect.NOT_MEASURABLE)
    assert told(slant=SAME, motion=motion) == ()
    (flag,) = told(slant=Slant(0.7, 0.7), motion=HeadMotion(14.0, 0.0, 0.0))
    assert flag.effect is Effect.WIDER_ERROR
