"""What a reader must know of a pair of photos beside whether they may be compared: files, order, references."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from skincompare.imaging.mirroring import FLIPPED, Side, other_side
from skincompare.imaging.regions import region_label
from skincompare.imaging.subject import Subject
from skincompare.measurement import Change, Effect, Flag, Verdict

__all__ = ["of_pair", "of_references"]


def of_pair(before: Subject, after: Subject) -> tuple[Flag, ...]:
    """Return the circumstances of a pair.

    Parameters
    ----------
    before, after : Subject
        The prepared photos.

    Returns
    -------
    tuple of Flag
        Notes and warnings; what keeps the photos from being compared is told by the gate (:mod:`imaging.quality`).
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
