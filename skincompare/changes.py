"""From two estimates of one quantity to a change with its error: the one place where errors are combined."""

import math
from collections.abc import Sequence

import numpy as np

from skincompare.errors import OptionError
from skincompare.imaging.blocks import standard_error
from skincompare.imaging.light import Light
from skincompare.imaging.patches import SkinPatch
from skincompare.imaging.sampling import FloatArray
from skincompare.measurement import Z95, Change, Effect, Flag, Measurement, Method
from skincompare.metrics.registry import Estimate, FoundChange, MetricSpec, Quantity

__all__ = ["change_between"]

WIDENED = 1.5
"""Factor on sigma for a number with a flag that makes it uncertain [judgement, until it is calibrated]."""
NO_REFERENCE = "no_reference"
"""Code of a metric's flag that there is no light to take off."""
SIMILAR_SCALE = 1.3
"""Ratio of the photos' px/mm beyond which texture is not measured alike in both [judgement]."""


def change_between(
    spec: MetricSpec,
    before: SkinPatch,
    after: SkinPatch,
    *,
    light: Light,
    pair_wide: Sequence[Flag] = (),
    texture_wide: Sequence[Flag] = (),
) -> tuple[Change, ...]:
    """Measure one metric on the same skin of two photos.

    Parameters
    ----------
    spec : MetricSpec
        The metric.
    before, after : SkinPatch
        The same region of both photos.
    light : Light
        What the light did, without this region's own word.
    pair_wide : sequence of Flag
        Circumstances of the whole pair that bear on every number.
    texture_wide : sequence of Flag
        Circumstances of the whole pair that bear on numbers with a resolution gate.

    Returns
    -------
    tuple of Change
        One for each quantity of the metric.
    """
    firsts, seconds = spec.measure(before, spec.options), spec.measure(after, spec.options)
    colour = _median_colour(after)
    measured, found = [], []
    for quantity, first, second in zip(spec.quantities, firsts, seconds, strict=True):
        sides = tuple(
            _measurement(spec, quantity, estimate, patch, light)
            for estimate, patch in ((first, before), (second, after))
        )
        wide = (*pair_wide, *texture_wide) if quantity.min_px_per_mm > 0 else tuple(pair_wide)
        flags = (*wide, *before.flags, *_scale_flags(quantity, (before, after)))
        if quantity.needs_light:
            flags += light.flags
        flags = tuple(dict.fromkeys((*flags, *sides[0].flags, *sides[1].flags)))
        measured.append(sides)
        found.append(_found(quantity, (first, second), light, colour, flags))
    confirmed = spec.confirm(tuple(found), light.skin_tone_degrees) if spec.confirm else found
    return tuple(
        Change.between(*sides, sigma=one.sigma, mdc95=one.mdc95, flags=one.flags)
        for sides, one in zip(measured, confirmed, strict=True)
    )


def _found(
    quantity: Quantity,
    estimates: tuple[Estimate, Estimate],
    light: Light,
    colour: FloatArray,
    flags: tuple[Flag, ...],
) -> FoundChange:
    """Return the change of one quantity with its error."""
    repeat = math.hypot(estimates[0].repeat_sigma, estimates[1].repeat_sigma)
    sampling = _sampling_error(estimates)
    if quantity.needs_light:
        sigma = light.sigma_of_change(quantity.light_weights, repeat=repeat, sampling=sampling, colour=colour)
    else:
        sigma = math.hypot(repeat, sampling)
    if any(flag.effect is Effect.WIDER_ERROR for flag in flags):
        sigma *= WIDENED
    change = estimates[1].value - estimates[0].value
    return FoundChange(quantity.name, change, sigma, Z95 * repeat, flags)


def _median_colour(patch: SkinPatch) -> FloatArray:
    """Return the median linear light of what counts of a patch, RGB; NaN where nothing does."""
    counted = patch.coarse_linear[patch.coarse_mask]
    return np.median(counted, axis=0).astype(np.float64) if len(counted) else np.full(3, np.nan)


def _measurement(
    spec: MetricSpec, quantity: Quantity, estimate: Estimate, patch: SkinPatch, light: Light
) -> Measurement:
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
    )


def _with_why_unlit(flags: Sequence[Flag], light: Light) -> tuple[Flag, ...]:
    """Say why the light is not known where a metric only knows that it is not, so that a change has one reason."""
    known = [flag for flag in light.flags if flag.effect is Effect.NOT_MEASURABLE]
    if not known:
        return tuple(flags)
    own = (why for flag in flags for why in (known if flag.code == NO_REFERENCE else [flag]))
    return tuple(dict.fromkeys(own))


def _sampling_error(estimates: tuple[Estimate, Estimate]) -> float:
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
