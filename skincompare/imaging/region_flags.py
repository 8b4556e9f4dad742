"""What keeps a region of a pair from being measured well: flags and their limits."""

import math

import numpy as np

from skincompare.imaging.sampling import FloatArray
from skincompare.imaging.slant import HeadMotion, Slant
from skincompare.measurement import Effect, Flag

__all__ = ["MISPLACED", "foreign_share", "of_pair", "of_photo", "of_place"]

CLIPPED_WARN, CLIPPED_REFUSE = 0.10, 0.30
"""Share of clipped pixels in either photo from which a region is uncertain, and not measurable."""
COUNTED_WARN, COUNTED_REFUSE = 0.50, 0.15
"""Share of a region that is bare skin in both photos, below which it is uncertain, and not measurable [judgement]."""
SEEN_REFUSE = 0.60
"""Share of a region that must lie in the after photo [judgement]."""
FOREIGN_WARN, FOREIGN_REFUSE = 0.10, 0.30
"""Share of other skin that the stated error lets into a region, from which it is uncertain, and not measurable: the
same shares as of clipped pixels. Of a cheek 35 mm wide these are errors of 2.2 and 6.6 mm, of crow's feet 13 mm wide
0.8 and 2.4 mm. On rendered heads the stated share of a front view repeated within 3 degrees is at most 0.08 (a neck
0.09); at yaw 15 the stated and the true share are 0.14 and 0.06 at the averted temple, 0.12 and 0.18 at the other."""
SQUEEZED_WARN, SQUEEZED_REFUSE = 0.82, 0.50
"""Squeeze of a region below which it is uncertain, and not measurable. On two rendered heads a front view against a
repeat within 3 degrees of yaw, pitch and roll squeezes no region below 0.84, yaw 5 the temples to 0.83; yaw 8 squeezes
temples and crow's feet to 0.72-0.80 and the averted cheek to 0.82, yaw 15 that cheek to 0.71 (read as 0.78) and the
temple to 0.45, pitch 12 both cheeks to 0.78, and 30 instead of 70 cm the temples to 0.75 and no cheek below 0.90. At
one half the skin's own texture has half the pixels in one direction [judgement]. Real smiles squeeze the lip above
the mouth to 0.44-0.83 and the skin round the eyes to 0.66-0.80 without any turn, which is told as a fold."""
ONE_SIDED = 0.5
"""Part of a squeeze that must show in the region's area before one photo is said to see it more obliquely: a turn
shows wholly in it, a nod shears the cheeks and shows hardly."""
MIN_NAMED_DEGREES = 5.0
"""Turn or nod of the head that is worth naming (the mesh repeats to 1.3-2.6 degrees)."""
MAX_POSE_DEGREES = 15.0
"""Turn or nod of the head between the photos beyond which a region that it foreshortens is not measurable."""
MISPLACED = "misplaced"
"""Code of the flag of a region whose place is uncertain."""


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
    return (*flags, *_of_skin(label, counted, clipped, " in both photos"))


def of_photo(label: str, *, counted: float, clipped: float) -> tuple[Flag, ...]:
    """Return the flags of a region of a single photo.

    Parameters
    ----------
    label : str
        The region as a person reads it.
    counted : float
        Share of the region that is bare skin, in [0, 1].
    clipped : float
        Share of clipped pixels, in [0, 1].

    Returns
    -------
    tuple of Flag
        Empty when all is well.
    """
    return _of_skin(label, counted, clipped, "")


def _of_skin(label: str, counted: float, clipped: float, where: str) -> tuple[Flag, ...]:
    flags = []
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
                f"Only {counted:.0%} of the {label} is bare, evenly lit skin{where}.",
                "Hold back hair, and avoid glare and deep shadow.",
                Effect.NOT_MEASURABLE if counted < COUNTED_REFUSE else Effect.WIDER_ERROR,
            )
        )
    return tuple(flags)


def foreign_share(outline: FloatArray, error_px: float) -> float:
    """Return which share of a region is other skin when its outline is off by the stated error.

    A shape that is shifted by d takes in, on average over the directions, d x perimeter / (pi x area) of what lies
    beside it; d is the mean length of an error with this standard deviation on each axis.

    Parameters
    ----------
    outline : ndarray of float64, shape (N, 2)
        Polygon, px.
    error_px : float
        Standard deviation of a mapped point on each axis, px.

    Returns
    -------
    float
        At most 1; NaN when the error is not known.
    """
    ahead = np.roll(outline, -1, axis=0)
    area = abs(float(np.sum(outline[:, 0] * ahead[:, 1] - outline[:, 1] * ahead[:, 0]))) / 2
    perimeter = float(np.linalg.norm(ahead - outline, axis=1).sum())
    shift = error_px * math.sqrt(math.pi / 2)
    return math.nan if math.isnan(error_px) else min(1.0, shift * perimeter / (math.pi * max(area, 1.0)))


def of_place(
    label: str, *, share: float, error_px: float, error_mm: float, slant: Slant, motion: HeadMotion | None
) -> tuple[Flag, ...]:
    """Return the flags of a region that is hard to find again, or that one photo sees much more obliquely.

    Parameters
    ----------
    label : str
        The region as a person reads it.
    share : float
        Share of other skin in it, as :func:`foreign_share` gives; NaN when it is not known.
    error_px, error_mm : float
        Stated error of a mapped point; millimetres may be NaN.
    slant : Slant
        What becomes of its shape.
    motion : HeadMotion or None
        Of the head between the photos, for the advice; None on close-ups.

    Returns
    -------
    tuple of Flag
        Up to two; where the place itself is lost, nothing is said of its shape.
    """
    flags = []
    if share > FOREIGN_WARN:
        flags.append(_misplaced(label, share, error_px, error_mm))
    if slant.squeeze < SQUEEZED_WARN and not share > FOREIGN_REFUSE:
        still = motion is not None and abs(motion.turn_degrees) < MIN_NAMED_DEGREES
        if motion is not None and motion.is_other_expression and still:
            flags.append(_folded(label, slant))
        else:
            flags.append(_foreshortened(label, slant, motion))
    return tuple(flags)


def _misplaced(label: str, share: float, error_px: float, error_mm: float) -> Flag:
    error = f"{error_px:.1f} px" if math.isnan(error_mm) else f"{error_mm:.1f} mm"
    part = f"about {share:.0%}" if share <= 0.5 else "more than half"
    return Flag(
        MISPLACED,
        f"The {label} is found in the after photo only with a typical error of {error}, so {part} of what is compared "
        "there may be other skin.",
        "Take the after photo from the same side as the before photo, sharp and in even light.",
        Effect.NOT_MEASURABLE if share > FOREIGN_REFUSE else Effect.WIDER_ERROR,
    )


def _folded(label: str, slant: Slant) -> Flag:
    return Flag(
        "folded",
        f"With another expression, one photo shows the {label} {1 - slant.squeeze:.0%} narrower than the other.",
        "Keep a relaxed, neutral face in every photo.",
        Effect.NOT_MEASURABLE if slant.squeeze < SQUEEZED_REFUSE else Effect.WIDER_ERROR,
    )


def _foreshortened(label: str, slant: Slant, motion: HeadMotion | None) -> Flag:
    narrower = f"{1 - slant.squeeze:.0%} narrower"
    if abs(math.log(slant.area)) < ONE_SIDED * abs(math.log(slant.squeeze)):
        reason = f"The two photos see the {label} at different slants: one shows it {narrower}."
    else:
        which, other = ("after", "before") if slant.area < 1 else ("before", "after")
        reason = f"The {which} photo sees the {label} more obliquely, {narrower} than the {other} photo does."
    far = motion is not None and max(abs(motion.turn_degrees), abs(motion.nod_degrees)) > MAX_POSE_DEGREES
    return Flag(
        "foreshortened",
        reason,
        _retake(motion),
        Effect.NOT_MEASURABLE if far or slant.squeeze < SQUEEZED_REFUSE else Effect.WIDER_ERROR,
    )


def _retake(motion: HeadMotion | None) -> str:
    """Say how the after photo would show a region as the before photo does."""
    if motion is None:
        return "Hold the camera at the same angle to the skin as in the before photo."
    turn, nod = motion.turn_degrees, motion.nod_degrees
    if max(abs(turn), abs(nod)) < MIN_NAMED_DEGREES:
        return "Take the after photo from the same distance and with the head held as in the before photo."
    if abs(turn) >= abs(nod):
        side = "right" if turn > 0 else "left"
        return (
            f"In the after photo, turn the head about {abs(turn):.0f} degrees further to the person's {side}."
        )
    way = "higher" if nod > 0 else "lower"
    return f"In the after photo, hold the chin about {abs(nod):.0f} degrees {way}."
