"""What a reader must know of a pair of photos as a whole."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from skincompare.imaging.alignment import Alignment
from skincompare.imaging.mirroring import FLIPPED, Side, other_side
from skincompare.imaging.regions import region_label
from skincompare.imaging.slant import head_motion
from skincompare.imaging.subject import Subject
from skincompare.measurement import Change, Effect, Flag, Verdict

__all__ = ["of_expression", "of_pair", "of_references", "of_texture"]

MAX_TURN_DEGREES = 5.0
"""Difference of the head's turn from which one cheek is foreshortened (repeat SD 1.3-2.6 degrees)."""
SOFTER, SHARPER = -0.4, 0.3
"""Natural log of the ratio of fine detail, after over before, beyond which the photos differ in sharpness rather than
the skin in texture (a blur of 1.5 px is told without error)."""
FOLDED_BY_A_SMILE = ("left_nasolabial", "right_nasolabial", "upper_lip")
"""Regions that another expression folds or stretches too much to be compared."""
MOVED_BY_A_SMILE = (
    "left_under_eye",
    "right_under_eye",
    "left_crows_feet",
    "right_crows_feet",
    "left_cheek",
    "right_cheek",
    "chin",
    "glabella",
)
"""Regions whose blood and shading another expression changes."""


def of_pair(before: Subject, after: Subject, alignment: Alignment) -> tuple[Flag, ...]:
    """Return the circumstances of a pair.

    Parameters
    ----------
    before, after : Subject
        The prepared photos.
    alignment : Alignment
        Aligned or refused.

    Returns
    -------
    tuple of Flag
        Notes and warnings; a refusal's reasons are on the alignment itself.
    """
    flags = []
    if before.photo.sha256 == after.photo.sha256:
        flags.append(
            Flag("same_photo", "Both files are the same photograph, so no change is to be expected.")
        )
    sides: tuple[tuple[Subject, Side], ...] = ((before, "before"), (after, "after"))
    for subject, which in sides:
        flags += [_of_photo(flag, which) for flag in subject.photo.flags]
        if subject.face is not None and subject.face.others:
            flags.append(
                Flag(
                    "several_faces",
                    f"The {which} photo shows {subject.face.others + 1} faces; the largest is compared.",
                )
            )
    flags += _of_order(before, after)
    if alignment.is_aligned and before.face is not None and after.face is not None:
        turn = after.face.yaw_degrees - before.face.yaw_degrees
        if abs(turn) > MAX_TURN_DEGREES:
            side = "left" if turn > 0 else "right"
            flags.append(
                Flag(
                    "turned",
                    f"The head is turned about {abs(turn):.0f} degrees further to the {side} in the after photo.",
                    "Look straight into the camera in both photos.",
                    Effect.WIDER_ERROR,
                )
            )
    return tuple(flags)


def _of_photo(flag: Flag, which: Side) -> Flag:
    """Say of a photo's flag which photo it speaks of."""
    if flag.code == FLIPPED.code:
        return replace(
            flag,
            reason=f"The {which} photo was flipped left-right for this comparison; left and right are those of the "
            f"{other_side(which)} photo.",
        )
    return replace(flag, reason=f"In the {which} photo: {flag.reason}")


def _of_order(before: Subject, after: Subject) -> list[Flag]:
    """Warn of photos in the wrong order, where both carry the time they were taken."""
    times = [subject.photo.captured for subject in (before, after)]
    first, second = times
    if first is None or second is None or {first.source, second.source} != {"exif"}:
        return []
    if second.local >= first.local:
        return []
    return [
        Flag(
            "photos_swapped",
            f"The after photo was taken before the before photo ({second.local:%Y-%m-%d %H:%M} and "
            f"{first.local:%Y-%m-%d %H:%M}), so an increase reads as a decrease.",
            "Give the earlier photo first.",
        )
    ]


def of_references(changes: Iterable[Change], references: Sequence[str]) -> tuple[Flag, ...]:
    """Warn where skin that counts as untreated changed against the other untreated skin.

    Parameters
    ----------
    changes : iterable of Change
        Of the whole comparison.
    references : sequence of str
        Regions that told the light.

    Returns
    -------
    tuple of Flag
        One for each region that changed, or none.
    """
    return tuple(
        Flag(
            "reference_changed",
            f"The {region_label(change.region)} counts as untreated, but its redness changed by "
            f"{change.change:+.1f} EI against the other untreated skin.".replace("-", "\u2212"),
            "If it was treated, say so: a treated region among the references shifts the redness of all others.",
            Effect.WIDER_ERROR,
        )
        for change in changes
        if change.region in references
        and change.metric == "redness"
        and change.verdict in (Verdict.INCREASED, Verdict.DECREASED)
    )


def of_texture(alignment: Alignment) -> tuple[Flag, ...]:
    """Return what keeps the texture of two photos from being compared.

    Parameters
    ----------
    alignment : Alignment
        Aligned.

    Returns
    -------
    tuple of Flag
        Empty when both photos are about equally sharp.
    """
    if math.isnan(alignment.detail_ratio):
        return ()  # no fine detail in either photo: the metrics' own gates speak
    if SOFTER <= alignment.detail_ratio <= SHARPER:
        return ()
    softer = "after" if alignment.detail_ratio < 0 else "before"
    return (
        Flag(
            "sharpness_differs",
            f"The {softer} photo is much softer than the other, so its texture cannot be compared.",
            "Hold the camera still, let it focus on the skin, and switch off beauty filters.",
            Effect.NOT_MEASURABLE,
        ),
    )


def of_expression(before: Subject, after: Subject, region: str) -> tuple[Flag, ...]:
    """Return what another expression does to a region.

    Parameters
    ----------
    before, after : Subject
        The prepared photos.
    region : str
        Name of a region.

    Returns
    -------
    tuple of Flag
        Empty on close-ups, with the same expression, and for regions that do not move.
    """
    if region not in (*FOLDED_BY_A_SMILE, *MOVED_BY_A_SMILE):
        return ()
    motion = head_motion(before.face, after.face)
    if motion is None or not motion.is_other_expression:
        return ()
    folded = region in FOLDED_BY_A_SMILE
    return (
        Flag(
            "expression",
            "The two photos show different expressions, which "
            + ("folds or stretches this skin." if folded else "moves this skin and its blood."),
            "Keep a relaxed, neutral face in every photo.",
            Effect.NOT_MEASURABLE if folded else Effect.WIDER_ERROR,
        ),
    )
