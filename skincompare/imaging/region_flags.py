"""What keeps a region of a pair from being measured well: flags and their limits."""

from skincompare.measurement import Effect, Flag

__all__ = ["of_pair"]

CLIPPED_WARN, CLIPPED_REFUSE = 0.10, 0.30
"""Share of clipped pixels in either photo from which a region is uncertain, and not measurable."""
COUNTED_WARN, COUNTED_REFUSE = 0.50, 0.15
"""Share of a region that is bare skin in both photos, below which it is uncertain, and not measurable [judgement]."""
SEEN_REFUSE = 0.60
"""Share of a region that must lie in the after photo [judgement]."""


def of_pair(label: str, *, counted: float, clipped: float, seen: float) -> tuple[Flag, ...]:
    """Return the flags of a region.

    Parameters
    ----------
    label : str
        The region as a person reads it.
    counted : float
        Share of the region that is bare skin in both photos, in [0, 1].
    clipped : float
        Larger share of clipped pixels of the two photos, in [0, 1].
    seen : float
        Share of the region that the after photo shows, in [0, 1].

    Returns
    -------
    tuple of Flag
        Empty when all is well.
    """
    flags = []
    if seen < SEEN_REFUSE:
        flags.append(
            Flag(
                "outside",
                f"The {label} lies partly outside the after photo.",
                "Frame the after photo like the before photo.",
                Effect.NOT_MEASURABLE,
            )
        )
    if clipped > CLIPPED_WARN:
        flags.append(
            Flag(
                "clipped",
                f"{clipped:.0%} of the {label} is over- or underexposed.",
                "Use softer, even light and switch off the flash.",
                Effect.NOT_MEASURABLE if clipped > CLIPPED_REFUSE else Effect.WIDER_ERROR,
            )
        )
    if counted < COUNTED_WARN:
        flags.append(
            Flag(
                "covered",
                f"Only {counted:.0%} of the {label} is bare, evenly lit skin in both photos.",
                "Hold back hair, and avoid glare and deep shadow.",
                Effect.NOT_MEASURABLE if counted < COUNTED_REFUSE else Effect.WIDER_ERROR,
            )
        )
    return tuple(flags)
