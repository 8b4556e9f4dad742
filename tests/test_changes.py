"""How errors are combined, with estimates made by hand."""

import math
from dataclasses import dataclass, replace

import numpy as np
import pytest

from skincompare.changes import SIMILAR_SCALE, change_between
from skincompare.errors import OptionError
from skincompare.imaging.light import GAIN_SD, NO_LIGHT, Light, LightRung
from skincompare.imaging.light_error import ERROR_WEIGHTS, ErrorParts
from skincompare.imaging.patches import LightShift, PatchPair, SkinPatch
from skincompare.imaging.scale import UNKNOWN_SCALE, Scale, given_scale
from skincompare.imaging.tone_curve import ToneCurve
from skincompare.marks import Mark, MarkState, PairedMark
from skincompare.measurement import WIDENING, Effect, Flag, Verdict
from skincompare.metrics.registry import ChangeEstimate, Estimate, MetricSpec, Quantity

BEFORE, AFTER = "a" * 64, "b" * 64
BLOCKS = (np.array([1.0, 2.0, 3.0, 4.0, np.nan]), np.array([2.0, 2.5, 5.0, 4.5, 9.0]))
BLOCK_ERROR = math.sqrt(math.pi / 2) * np.std([1.0, 0.5, 2.0, 0.5], ddof=1) / 2
STEADY = Light(LightRung.SEVERAL_REGIONS, LightShift(1.0, 0.0, 1.2, 0.7), (), 0.5, tone=ToneCurve(0.0, 0.0))
WEIGHTS = ERROR_WEIGHTS[LightRung.SEVERAL_REGIONS]
UNSURE = Flag("unsure", "Something is unsure.", "Do better.", Effect.WIDER_ERROR)
FORBIDDEN = Flag("forbidden", "This cannot be told.", "Do better.", Effect.NOT_MEASURABLE)
NOTE = Flag("note", "By the way.")


@dataclass(frozen=True)
class Options:
    width_mm: float = 2.0


def coloured(change: float) -> ErrorParts:
    """Return the parts of the error of a quantity of colour under the steady light."""
    return ErrorParts(math.hypot(0.6, 0.6), 0.0, 1.2, 0.0, GAIN_SD * abs(change))


def quantity(**changes: object) -> Quantity:
    plain = Quantity("gloss", "Gloss", "GU", 1, needs_light=False, min_px_per_mm=0.0, meaning="More gloss.")
    return replace(plain, **changes)


def estimate(value: float = 10.0, **changes: object) -> Estimate:
    return replace(Estimate("gloss", value, 2.0, 0.6, 500), **changes)


def patch(sha256: str, scale: Scale = UNKNOWN_SCALE, flags: tuple[Flag, ...] = ()) -> SkinPatch:
    whole = np.ones((1, 1), bool)
    return SkinPatch(
        region="left_cheek",
        photo_sha256=sha256,
        linear=np.zeros((1, 1, 3), np.float32),
        mask=whole,
        scale=scale,
        coarse_linear=np.full((1, 1, 3), 0.3, np.float32),
        coarse_mask=whole,
        coarse_blocks=np.zeros((1, 1), np.int32),
        n_blocks=1,
        light=LightShift(0.0, 0.0, 0.0, 0.0),
        flags=flags,
    )


def paired(before: SkinPatch, after: SkinPatch) -> PatchPair:
    return PatchPair(lambda: (before, after), to_after=lambda xy: xy, to_before=lambda xy: xy)


def spec(before: Estimate, after: Estimate, **changes: object) -> MetricSpec:
    values = {BEFORE: before, AFTER: after}
    return MetricSpec(
        name="gloss",
        version=3,
        quantities=(quantity(**changes),),
        measure=lambda seen, _: (values[seen.photo_sha256],),
        options=Options(),
        source="made by hand",
    )


def change(
    before: Estimate | None = None,
    after: Estimate | None = None,
    *,
    light: Light = STEADY,
    pair_wide: tuple[Flag, ...] = (),
    patch_flags: tuple[Flag, ...] = (),
    scales: tuple[Scale, Scale] = (UNKNOWN_SCALE, UNKNOWN_SCALE),
    **quantity_changes: object,
):
    (found,) = change_between(
        spec(before or estimate(), after or estimate(12.0), **quantity_changes),
        paired(patch(BEFORE, scales[0], patch_flags), patch(AFTER, scales[1])),
        light=light,
        pair_wide=pair_wide,
    )
    return found


def test_the_difference_is_after_minus_before_with_both_measurements():
    found = change()
    assert found.change == pytest.approx(2.0)
    assert (found.metric, found.region, found.unit) == ("gloss", "left_cheek", "GU")
    assert (found.before.photo_sha256, found.after.photo_sha256) == (BEFORE, AFTER)
    assert (found.before.value, found.after.value) == (10.0, 12.0)
    assert found.before.sigma == 2.0
    assert (found.before.method.name, found.before.method.version) == ("gloss", 3)
    assert found.before.method.options == {"width_mm": 2.0}


def test_repeatability_alone_sets_the_smallest_detectable_change():
    found = change(estimate(repeat_sigma=0.3), estimate(repeat_sigma=0.4))
    assert found.sigma == pytest.approx(0.5)
    assert found.mdc95 == pytest.approx(1.96 * 0.5, rel=1e-4)
    even = change()
    assert even.mdc95 == pytest.approx(1.96 * math.sqrt(2) * 0.6, rel=1e-4)


def test_the_scatter_of_block_differences_is_added():
    found = change(estimate(block_values=BLOCKS[0]), estimate(12.0, block_values=BLOCKS[1]))
    assert found.sigma == pytest.approx(math.hypot(0.6, 0.6, BLOCK_ERROR))
    assert found.mdc95 == pytest.approx(change().mdc95)


@pytest.mark.parametrize("blocks", [(None, BLOCKS[1]), (BLOCKS[0], None), (BLOCKS[0][:2], BLOCKS[1][:2])])
def test_without_enough_common_blocks_nothing_is_added(blocks):
    found = change(estimate(block_values=blocks[0]), estimate(block_values=blocks[1]))
    assert found.sigma == pytest.approx(math.hypot(0.6, 0.6))


def test_the_error_of_the_light_is_added_only_where_colour_counts():
    found = change(needs_light=True)
    assert found.sigma == pytest.approx(WEIGHTS.sigma(coloured(found.change)))
    assert change(needs_light=False).sigma == pytest.approx(math.hypot(0.6, 0.6))


def test_a_value_says_by_its_own_weights_how_the_light_moves_it():
    plain, own = (
        change(None, estimate(12.0, light_weights=weights), needs_light=True)
        for weights in (None, (3.0, 0.0))
    )
    same = change(None, estimate(12.0), needs_light=True, light_weights=(3.0, 0.0))
    assert own.sigma == same.sigma > plain.sigma
    assert change(None, estimate(12.0, light_weights=(3.0, 0.0))).sigma == pytest.approx(math.hypot(0.6, 0.6))


def test_without_light_colour_is_not_measurable_and_says_what_to_do():
    found = change(light=NO_LIGHT, needs_light=True)
    assert found.verdict is Verdict.NOT_MEASURABLE
    assert math.isnan(found.sigma)
    assert "no_reference" in [flag.code for flag in found.flags]
    assert change(light=NO_LIGHT).verdict is not Verdict.NOT_MEASURABLE


@pytest.mark.parametrize("where", ["pair", "patch", "before", "after", "light"])
def test_a_warning_from_anywhere_widens_the_error_once(where):
    found = change(
        estimate(flags=(UNSURE,) if where == "before" else ()),
        estimate(12.0, flags=(UNSURE,) if where == "after" else ()),
        pair_wide=(UNSURE, UNSURE) if where == "pair" else (),
        patch_flags=(UNSURE,) if where == "patch" else (),
        light=replace(STEADY, flags=(UNSURE,) if where == "light" else ()),
        needs_light=True,
    )
    assert WIDENING == 1.5
    assert found.sigma == pytest.approx(1.5 * WEIGHTS.sigma(coloured(found.change)))
    assert found.flags == (UNSURE,)
    assert found.mdc95 == pytest.approx(change().mdc95)


def test_a_note_changes_no_number():
    found = change(pair_wide=(NOTE,))
    assert found.sigma == pytest.approx(change().sigma)
    assert found.flags == (NOTE,)


def test_a_forbidding_flag_decides_whatever_the_number():
    assert change(after=estimate(90.0)).verdict is Verdict.INCREASED
    assert change(after=estimate(90.0), pair_wide=(FORBIDDEN,)).verdict is Verdict.NOT_MEASURABLE
    assert change(after=estimate(90.0), patch_flags=(FORBIDDEN,)).verdict is Verdict.NOT_MEASURABLE


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        (12.0, Verdict.INCREASED),
        (8.0, Verdict.DECREASED),
        (11.6, Verdict.NO_DETECTABLE_CHANGE),
        (10.0, Verdict.NO_DETECTABLE_CHANGE),
    ],
)
def test_the_verdict_follows_the_error(value, verdict):
    assert change(after=estimate(value)).verdict is verdict  # 1.96 sigma is 1.66


def test_a_missing_number_is_not_measurable():
    found = change(after=Estimate.missing("gloss", FORBIDDEN))
    assert math.isnan(found.change)
    assert found.verdict is Verdict.NOT_MEASURABLE
    assert found.flags == (FORBIDDEN,)


@pytest.mark.parametrize(
    ("ratio", "codes"),
    [(1.0, []), (1.29, []), (1.31, ["scale_differs"]), (1 / 1.29, []), (1 / 1.31, ["scale_differs"])],
)
def test_texture_seen_at_another_size_warns(ratio, codes):
    assert SIMILAR_SCALE == 1.3
    scales = given_scale(10.0), given_scale(10.0 * ratio)
    found = change(scales=scales, min_px_per_mm=3.0)
    assert [flag.code for flag in found.flags] == codes
    assert found.sigma == pytest.approx((WIDENING if codes else 1.0) * math.hypot(0.6, 0.6))
    assert change(scales=scales).flags == ()  # a number without a gate is no texture
    assert change(scales=(UNKNOWN_SCALE, scales[1]), min_px_per_mm=3.0).flags == ()


def test_what_keeps_texture_from_being_compared_touches_texture_alone():
    quantities = (quantity(name="relief", min_px_per_mm=3.0), quantity())
    both = MetricSpec(
        name="gloss",
        version=1,
        quantities=quantities,
        measure=lambda *_: (Estimate("relief", 1.0, 0.1, 0.1, 9), Estimate("gloss", 1.0, 0.1, 0.1, 9)),
        options=Options(),
        source="made by hand",
    )
    relief, gloss = change_between(
        both, paired(patch(BEFORE), patch(AFTER)), light=STEADY, texture_wide=(FORBIDDEN,)
    )
    assert (relief.metric, relief.verdict) == ("relief", Verdict.NOT_MEASURABLE)
    assert (gloss.metric, gloss.verdict) == ("gloss", Verdict.NO_DETECTABLE_CHANGE)


def test_a_metric_that_mixes_up_its_quantities_is_refused():
    wrong = replace(estimate(), quantity="shine")
    with pytest.raises(OptionError, match=r"'gloss' returned 'shine' where 'gloss' belongs"):
        change(wrong, wrong)


DOT = Mark(((3.0, 4.0),), 5.0)
GONE = PairedMark(DOT, DOT, MarkState.GONE)


def paired_change(own: ChangeEstimate | None, *, after: Estimate | None = None, **quantity_changes: object):
    made = replace(spec(estimate(), after or estimate(12.0), **quantity_changes), change=lambda *_: (own,))
    (found,) = change_between(made, paired(patch(BEFORE), patch(AFTER)), light=STEADY)
    return found


def test_a_change_measured_itself_goes_before_the_difference():
    found = paired_change(ChangeEstimate("gloss", -1.5, 0.2, 0.1, marks=(GONE,)))
    assert (found.before.value, found.after.value, found.change) == (10.0, 12.0, -1.5)
    assert found.is_paired
    assert found.sigma == pytest.approx(0.2)
    assert found.mdc95 == pytest.approx(1.96 * math.sqrt(2) * 0.1, rel=1e-4)
    assert found.verdict is Verdict.DECREASED
    assert (found.count(MarkState.GONE), found.count(MarkState.NEW)) == (1, 0)
    assert not change().is_paired


def test_the_light_and_its_own_flags_still_bear_on_a_change_measured_itself():
    own = ChangeEstimate("gloss", -1.5, 0.2, 0.1, flags=(UNSURE,))
    assert paired_change(own).sigma == pytest.approx(WIDENING * 0.2)
    assert UNSURE in paired_change(own).flags
    coloured_change = paired_change(replace(own, flags=()), needs_light=True)
    parts = ErrorParts(0.0, 0.2, 1.2, 0.0, GAIN_SD * 1.5)
    assert coloured_change.sigma == pytest.approx(WEIGHTS.sigma(parts))
    forbidden = replace(own, flags=(FORBIDDEN,))
    assert paired_change(forbidden).verdict is Verdict.NOT_MEASURABLE


def test_without_a_change_of_its_own_or_without_values_the_difference_stands():
    assert paired_change(None).change == pytest.approx(2.0)
    own = ChangeEstimate("gloss", -1.5, 0.2, 0.1)
    missing = paired_change(own, after=Estimate.missing("gloss", FORBIDDEN))
    assert math.isnan(missing.change)
    assert not missing.is_paired


def test_a_level_too_uncertain_to_mean_anything_is_withheld_beside_its_change():
    told, withheld = (change(max_level_sigma=limit) for limit in (2.1, 1.9))
    assert (told.before.value, told.after.value) == (10.0, 12.0)
    assert math.isnan(withheld.before.value)
    assert math.isnan(withheld.after.value)
    assert [flag.code for flag in withheld.before.flags] == ["level_unknown"]
    assert (withheld.change, withheld.sigma, withheld.verdict) == (told.change, told.sigma, told.verdict)
    assert not withheld.is_paired


def test_a_change_under_another_name_is_refused():
    with pytest.raises(OptionError, match=r"change of 'shine' where 'gloss' belongs"):
        paired_change(ChangeEstimate("shine", -1.5, 0.2, 0.1))


def test_a_region_is_never_its_own_reference():
    seen = []

    def measure_change(pair, references, options):
        seen.append((pair, references, options))
        return (None,)

    own, other = (paired(patch(BEFORE), patch(AFTER)) for _ in range(2))
    made = replace(spec(estimate(), estimate()), change=measure_change)
    change_between(made, own, (own, other), light=STEADY)
    assert seen == [(own, [other], made.options)]


def test_the_strongest_doubt_widens_the_error():
    worse = replace(UNSURE, code="worse", widening=2.5)
    assert change(pair_wide=(UNSURE, worse, UNSURE)).sigma == pytest.approx(2.5 * change().sigma)
    with pytest.raises(OptionError, match="at least 1"):
        replace(UNSURE, widening=0.5)


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        ((5.9, 5.9), {"It needs 8; the before photo has 5.9.", "It needs 8; the after photo has 5.9."}),
        ((6.1, 5.9), {"It needs 8; the before photo has 6.1.", "It needs 8; the after photo has 5.9."}),
        ((9.0, 5.9), {"It needs 8; the after photo has 5.9."}),
    ],
)
def test_a_flag_of_one_photo_says_which_it_is(seen, told):
    def side(value):
        coarse = Flag("too_coarse", f"It needs 8; this photo has {value}.", "Closer.", Effect.NOT_MEASURABLE)
        return estimate() if value > 8 else estimate(math.nan, flags=(coarse,))

    found = change(*(side(value) for value in seen))
    assert {flag.reason for flag in found.flags} == told
    assert found.verdict is Verdict.NOT_MEASURABLE


def test_a_flag_that_both_photos_share_is_told_once():
    blue = Flag("too_dark", "Blue is lost in this photo.", "Use more light.", Effect.WIDER_ERROR)
    (told,) = change(estimate(flags=(blue,)), estimate(flags=(blue,))).flags
    assert told.reason == "Blue is lost in both photos."
