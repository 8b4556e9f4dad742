"""From two estimates of one quantity to a change with its error: the one place where errors are combined."""

import math
from collections.abc import Sequence

from skincompare.errors import OptionError
from skincompare.imaging.blocks import standard_error
from skincompare.imaging.light import Light
from skincompare.imaging.patches import SkinPatch
from skincompare.measurement import Z95, Change, Effect, Flag, Measurement, Method
from skincompare.metrics.registry import Estimate, MetricSpec, Quantity
from skincompare.repeatability import Repeatability

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
    repeatability: Repeatability | None = None,
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
    repeatability : Repeatability, optional
        The user's own, in place of the metric's default where it says more.

    Returns
    -------
    tuple of Change
        One for each quantity of the metric.
    """
    pairs = zip(
        spec.quantities, spec.measure(before, spec.options), spec.measure(after, spec.options), strict=True
    )
    return tuple(
        _change(
            spec,
            quantity,
            (first, second),
            (before, after),
            light,
            (*pair_wide, *texture_wide) if quantity.min_px_per_mm > 0 else pair_wide,
            repeatability,
        )
        for quantity, first, second in pairs
    )


def _change(
    spec: MetricSpec,
    quantity: Quantity,
    estimates: tuple[Estimate, Estimate],
    patches: tuple[SkinPatch, SkinPatch],
    light: Light,
    pair_wide: Sequence[Flag],
    repeatability: Repeatability | None,
) -> Change:
    first, second = (
        _measurement(spec, quantity, estimate, patch, light)
        for estimate, patch in zip(estimates, patches, strict=True)
    )
    flags = [*pair_wide, *patches[0].flags, *_scale_flags(quantity, patches)]
    if quantity.needs_light:
        flags += light.flags
    repeat = math.hypot(estimates[0].repeat_sigma, estimates[1].repeat_sigma)
    if repeatability is not None:
        repeat, own = repeatability.instead_of(
            repeat, metric=quantity.name, region=patches[0].region, version=spec.version
        )
        flags += own
    parts = [repeat, _sampling_error(estimates)]
    if quantity.needs_light:
        parts.append(light.shift.sigma_u)
    sigma = math.hypot(*parts)
    if any(flag.effect is Effect.WIDER_ERROR for flag in (*flags, *first.flags, *second.flags)):
        sigma *= WIDENED
    return Change.between(first, second, sigma=sigma, mdc95=Z95 * repeat, flags=flags)


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
