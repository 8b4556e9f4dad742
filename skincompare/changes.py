"""From two estimates of one quantity to a change with its error: the one place where errors are combined."""

import math
from collections.abc import Sequence
from dataclasses import replace

from skincompare.errors import OptionError
from skincompare.imaging.blocks import standard_error
from skincompare.imaging.light import Light
from skincompare.imaging.patches import PatchPair, SkinPatch
from skincompare.imaging.sampling import FloatArray
from skincompare.measurement import Z95, Change, Effect, Flag, Measurement, Method, widening_of
from skincompare.metrics.registry import ChangeEstimate, Estimate, FoundChange, MetricSpec, Quantity
from skincompare.repeatability import NO_REPEATABILITY, Repeatability

__all__ = ["change_between", "measurement_of"]

NO_REFERENCE = "no_reference"
"""Code of a metric's flag that there is no light to take off."""
THIS_PHOTO, HAS = "this photo", "this photo has"
"""How a metric that sees one photo names it."""
SIMILAR_SCALE = 1.3
"""Ratio of the photos' px/mm beyond which texture is not measured alike in both [judgement]."""


def change_between(
    spec: MetricSpec,
    pair: PatchPair,
    references: Sequence[PatchPair] = (),
    *,
    light: Light,
    pair_wide: Sequence[Flag] = (),
    texture_wide: Sequence[Flag] = (),
    repeatability: Repeatability = NO_REPEATABILITY,
) -> tuple[Change, ...]:
    """Measure one metric on the same skin of two photos.

    Parameters
    ----------
    spec : MetricSpec
        The metric.
    pair : PatchPair
        The same region of both photos.
    references : sequence of PatchPair
        Untreated regions that a metric may lay a change against; the region itself is passed over.
    light : Light
        What the light did, without this region's own word.
    pair_wide : sequence of Flag
        Circumstances of the whole pair that bear on every number.
    texture_wide : sequence of Flag
        Circumstances of the whole pair that bear on numbers with a resolution gate.
    repeatability : Repeatability, optional
        The user's own, in place of the metric's default where it says more.

    Returns
    -------
    tuple of Change
        One for each quantity of the metric. Where the metric measures the change itself, that is the change; the
        values of the two photos stay beside it.
    """
    patches = pair.before, pair.after
    estimates = tuple(zip(*(spec.measure(patch, spec.options) for patch in patches), strict=True))
    paired = _paired(spec, pair, references, estimates)
    colour = pair.after.median_colour
    measured, found = [], []
    for quantity, both, own in zip(spec.quantities, estimates, paired, strict=True):
        sides = _named_sides(
            *(
                measurement_of(spec, quantity, estimate, patch, light)
                for estimate, patch in zip(both, patches, strict=True)
            )
        )
        wide = (*pair_wide, *texture_wide) if quantity.min_px_per_mm > 0 else tuple(pair_wide)
        flags = (*wide, *pair.before.flags, *_scale_flags(quantity, patches))
        flags += (*(light.flags if quantity.needs_light else ()), *(own.flags if own else ()))
        flags = tuple(dict.fromkeys((*flags, *sides[0].flags, *sides[1].flags)))
        measured.append(sides)
        repeat, notes = repeatability.instead_of(
            _repeat(both, own), metric=quantity.name, region=pair.before.region, version=spec.version
        )
        found.append(_found(quantity, both, own, light, colour, (*flags, *notes), repeat))
    confirmed = spec.confirm(tuple(found), light.skin_tone_degrees) if spec.confirm else found
    return tuple(
        Change.between(
            *(_told_level(quantity, side) for side in sides),
            sigma=one.sigma,
            mdc95=one.mdc95,
            flags=one.flags,
            paired=None if own is None else own.change,
            difference=one.change,
            marks=() if own is None else own.marks,
        )
        for quantity, sides, one, own in zip(spec.quantities, measured, confirmed, paired, strict=True)
    )


def _told_level(quantity: Quantity, side: Measurement) -> Measurement:
    """Return what is told of one photo: no level where it is too uncertain to mean anything."""
    if not side.sigma > quantity.max_level_sigma:
        return side
    unknown = Flag(
        "level_unknown",
        f"{quantity.label}: how brightly the photo was taken leaves its level uncertain by more than "
        f"{quantity.max_level_sigma:g} {quantity.unit}, so only the change is told.",
        "Compare photos; the level itself needs a colorimeter.",
    )
    return replace(side, value=math.nan, sigma=math.nan, flags=(*side.flags, unknown), map=None)


def _paired(
    spec: MetricSpec,
    pair: PatchPair,
    references: Sequence[PatchPair],
    estimates: Sequence[tuple[Estimate, ...]],
) -> tuple[ChangeEstimate | None, ...]:
    """Return each quantity's change as the metric measures it itself; None where the difference stands."""
    known = [not any(math.isnan(one.value) for one in both) for both in estimates]
    if spec.change is None or not any(known):
        return (None,) * len(spec.quantities)
    others = [one for one in references if one is not pair]
    found = spec.change(pair, others, spec.options)
    for quantity, own in zip(spec.quantities, found, strict=True):
        if own is not None and own.quantity != quantity.name:
            raise OptionError(
                f"The metric {spec.name!r} returned a change of {own.quantity!r} where {quantity.name!r} belongs."
            )
    return tuple(own if both else None for own, both in zip(found, known, strict=True))


def _repeat(estimates: tuple[Estimate, ...], paired: ChangeEstimate | None) -> float:
    """Return the SD of a change of unchanged skin that the metric states."""
    if paired is None:
        return math.hypot(*(one.repeat_sigma for one in estimates))
    return math.sqrt(2) * paired.repeat_sigma


def _found(
    quantity: Quantity,
    estimates: tuple[Estimate, ...],
    paired: ChangeEstimate | None,
    light: Light,
    colour: FloatArray,
    flags: tuple[Flag, ...],
    repeat: float,
) -> FoundChange:
    """Return the change of one quantity with its error; `repeat` is the SD of a change of unchanged skin."""
    if paired is None:
        change = estimates[1].value - estimates[0].value
        own, sampling = repeat, _sampling_error(estimates)
    else:
        change = paired.change
        own, sampling = 0.0, paired.sigma
    if quantity.needs_light:
        weights = estimates[1].light_weights or quantity.light_weights
        sigma = light.sigma_of_change(weights, change=change, repeat=own, sampling=sampling, colour=colour)
    else:
        sigma = math.hypot(own, sampling)
    return FoundChange(quantity.name, change, sigma * widening_of(flags), Z95 * repeat, flags)


def _named_sides(before: Measurement, after: Measurement) -> tuple[Measurement, Measurement]:
    """Say of which photo a flag speaks: of a pair, "this photo" may be either.

    What a photo *has* is told of each, as scales differ a little from region to region.
    """
    shared = set(before.flags) & set(after.flags)

    def named(measurement: Measurement, which: str) -> Measurement:
        flags = tuple(
            _named(flag, "both photos" if flag in shared and HAS not in flag.reason else which)
            for flag in measurement.flags
        )
        return replace(measurement, flags=flags)

    return named(before, "the before photo"), named(after, "the after photo")


def _named(flag: Flag, which: str) -> Flag:
    if THIS_PHOTO not in flag.reason:
        return flag
    return replace(flag, reason=flag.reason.replace(THIS_PHOTO, which))


def measurement_of(
    spec: MetricSpec, quantity: Quantity, estimate: Estimate, patch: SkinPatch, light: Light
) -> Measurement:
    """Return what a metric said of one photo as a measurement.

    Parameters
    ----------
    spec : MetricSpec
        The metric.
    quantity : Quantity
        Which of its quantities.
    estimate : Estimate
        What it said.
    patch : SkinPatch
        Of which skin.
    light : Light
        Why the light is not known, where the metric says only that it is not.

    Returns
    -------
    Measurement
        With the flags of the estimate alone.

    Raises
    ------
    OptionError
        When the estimate is of another quantity.
    """
    if estimate.quantity != quantity.name:
        raise OptionError(
            f"The metric {spec.name!r} returned {estimate.quantity!r} where {quantity.name!r} belongs."
        )
    return Measurement(
        metric=quantity.name,
        region=patch.region,
        value=estimate.value,
        sigma=estimate.sigma,
        unit=quantity.unit,
        n_pixels=estimate.n_pixels,
        flags=_with_why_unlit(estimate.flags, light),
        method=Method(spec.name, spec.version, spec.option_values()),
        photo_sha256=patch.photo_sha256,
        marks=estimate.marks,
        map=estimate.map,
    )


def _with_why_unlit(flags: Sequence[Flag], light: Light) -> tuple[Flag, ...]:
    """Say why the light is not known where a metric only knows that it is not, so that a change has one reason."""
    known = [flag for flag in light.flags if flag.effect is Effect.NOT_MEASURABLE]
    if not known:
        return tuple(flags)
    own = (why for flag in flags for why in (known if flag.code == NO_REFERENCE else [flag]))
    return tuple(dict.fromkeys(own))


def _sampling_error(estimates: tuple[Estimate, ...]) -> float:
    """Return the error of a change by the scatter of its blocks: the same skin in both photos, piece by piece."""
    first, second = (estimate.block_values for estimate in estimates)
    if first is None or second is None:
        return 0.0
    error = standard_error(second - first)
    return 0.0 if math.isnan(error) else error


def _scale_flags(quantity: Quantity, patches: tuple[SkinPatch, SkinPatch]) -> list[Flag]:
    """Warn where texture is seen at different resolution in the two photos."""
    if quantity.min_px_per_mm == 0 or not all(patch.scale.is_known for patch in patches):
        return []
    ratio = patches[1].scale.px_per_mm / patches[0].scale.px_per_mm
    if 1 / SIMILAR_SCALE <= ratio <= SIMILAR_SCALE:
        return []
    return [
        Flag(
            "scale_differs",
            f"The after photo shows the skin {ratio:.1f} times as large as the before photo.",
            "Take both photos from the same distance.",
            Effect.WIDER_ERROR,
        )
    ]
