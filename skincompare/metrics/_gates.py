"""When a number is withheld: the checks that every metric makes before it measures, and their flags."""

import math

from skincompare.imaging.patches import SkinPatch
from skincompare.measurement import Effect, Flag
from skincompare.metrics.registry import Estimate, Quantity

__all__ = [
    "all_missing",
    "blurred",
    "no_reference",
    "unknown_blur",
    "withheld_for_scale",
    "withheld_for_size",
]


def withheld_for_size(n_pixels: int, min_pixels: int) -> Flag | None:
    """Return why too few pixels forbid a number, or None.

    Parameters
    ----------
    n_pixels : int
        Pixels that count.
    min_pixels : int
        Fewest that carry the number.
    """
    if n_pixels >= max(1, min_pixels):
        return None
    if n_pixels == 0:
        return Flag(
            "no_pixels",
            "No pixel of this region can be counted.",
            "Take the photograph with the region in view, evenly lit and not overexposed.",
            Effect.NOT_MEASURABLE,
        )
    return Flag(
        "few_pixels",
        f"Only {n_pixels} pixels of this region can be counted; {min_pixels} are needed.",
        "Come closer, or keep hair, glare and deep shadow off the region.",
        Effect.NOT_MEASURABLE,
    )


def withheld_for_scale(patch: SkinPatch, quantity: Quantity) -> Flag | None:
    """Return why the resolution of `patch` forbids `quantity`, or None."""
    if quantity.min_px_per_mm <= 0:
        return None
    if not patch.scale.is_known:
        return Flag(
            "unknown_scale",
            "How many pixels make a millimetre is not known for this photo.",
            "Show both eyes, type in the pixels per millimetre, or lay a printed ArUco marker beside the skin.",
            Effect.NOT_MEASURABLE,
        )
    if patch.scale.px_per_mm < quantity.min_px_per_mm:
        return Flag(
            "too_coarse",
            f"{quantity.label} can be told from {quantity.min_px_per_mm:g} px/mm on; "
            f"this photo has {math.floor(10 * patch.scale.px_per_mm) / 10:.1f} px/mm.",
            "Come closer, or use a camera with more pixels.",
            Effect.NOT_MEASURABLE,
        )
    return None


def blurred(what: str, blur_mm: float, limit_mm: float) -> Flag:
    """Return the flag of a photo too blurred for `what`: its blur and the largest allowed (sigma, mm)."""
    return Flag(
        "too_blurred",
        f"{what} needs a blur of at most {limit_mm:.2f} mm (sigma); this photo has {blur_mm:.2f} mm.",
        "Hold the camera still, let it focus on the skin and use more light.",
        Effect.NOT_MEASURABLE,
    )


def unknown_blur() -> Flag:
    """Return the flag of a photo whose blur cannot be told."""
    return Flag(
        "unknown_blur",
        "The region is too small to tell how sharp the photo is.",
        "Show more of the skin round the region, closer.",
        Effect.WIDER_ERROR,
    )


def no_reference() -> Flag:
    """Return the flag of a colour that has no untreated skin to be compared with."""
    return Flag(
        "no_reference",
        "The light of the two photos differs by an unknown amount: there is no untreated skin to compare with.",
        "Name an untreated region as the reference, or show the neck in both photos.",
        Effect.NOT_MEASURABLE,
    )


def all_missing(quantities: tuple[Quantity, ...], flag: Flag, n_pixels: int) -> tuple[Estimate, ...]:
    """Return every quantity as missing for one reason."""
    return tuple(Estimate.missing(quantity.name, flag, n_pixels) for quantity in quantities)
